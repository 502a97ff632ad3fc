"""The README's "a device in five minutes", followed to the letter by a board under qemu.

Commands and script are taken out of README.md. What a reader's device has and this one lacks is
put in their place: /opt/edgemote is a copy of the bundle, amazon.pem the local endpoint's
authority, and AWS_ENDPOINT_URL says where the service is.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import textwrap
from pathlib import Path

from endpoint import Endpoint

from . import device
from .guest import guest_command, guest_environment
from .roots import PROJECT, Target, build_root

HEADING = "## A device in five minutes"
PREFIX = "PYTHONPATH=/opt/edgemote python3 "
AUTHORITIES = "/etc/ssl/certs/amazon.pem"
TIMEOUT_S = 300


def read_steps(readme: str) -> tuple[list[list[str]], str]:
    """The arguments of every python3 command in the section, and its first script."""
    section = readme.partition(HEADING)[2].partition("\n## ")[0]
    commands = [
        line.strip().removeprefix(PREFIX).split()
        for line in section.splitlines()
        if line.strip().startswith(PREFIX)
    ]
    script = section.partition("```python\n")[2].partition("```")[0]
    return commands, textwrap.dedent(script)


def follow(target: Target, endpoint: Endpoint) -> str:
    """Do it on a board; what went wrong, "" when nothing has."""
    commands, script = read_steps((PROJECT / "README.md").read_text())
    if not commands or AUTHORITIES not in script:
        return f"README.md's {HEADING!r} has no `{PREFIX}...`, or no script with {AUTHORITIES}"
    root = build_root(target)
    with tempfile.TemporaryDirectory(prefix="five-minutes-") as name:
        copy = Path(name) / "edgemote"
        shutil.copytree(device.bundle(target), copy)
        file = Path(name) / "script.py"
        file.write_text(script.replace(AUTHORITIES, endpoint.ca_file))
        key = endpoint.credentials
        environment = guest_environment(
            [copy],
            root,
            {
                "AWS_ACCESS_KEY_ID": key.access_key_id,
                "AWS_SECRET_ACCESS_KEY": key.secret_access_key,
                "AWS_ENDPOINT_URL": endpoint.url,
            },
        )
        for arguments in (*commands, [str(file)]):
            done = subprocess.run(
                [*guest_command(target, root), *arguments],
                env=environment,
                cwd=name,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=TIMEOUT_S,
            )
            if done.returncode:
                return f"README's five minutes: {' '.join(arguments)}: {done.stderr[-2000:]}"
    count = len(commands)
    print(f"{target.name}: README's five minutes: {count} command(s) and the script", flush=True)
    return ""
