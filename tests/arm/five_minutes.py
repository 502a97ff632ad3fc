"""The README's "a device in five minutes", followed to the letter by a board under qemu; and the
first scripts of the pages.

Commands, configuration and scripts are taken out of the pages. What a reader's device has and this
one lacks is put in their place: /opt/edgemote is a copy of the bundle, the certificates and the
credential provider are the local endpoint's, and AWS_ENDPOINT_URL says where the service is.
"""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from endpoint import Endpoint
from endpoint.credential_provider import CredentialProvider
from pages.blocks import cut_section, read_block

from . import device
from .guest import guest_command, guest_environment
from .roots import PROJECT, Target, build_root

FIVE_MINUTES = "A device in five minutes"
SCRIPT, CLIENT = "Firmware scripts", "Parameters and results"
BUNDLE = "/opt/edgemote"
PREFIX = f"PYTHONPATH={BUNDLE} python3 "
CONFIG = "/etc/edgemote.toml"
IOT_HOST = "https://PREFIX.credentials.iot.us-west-2.amazonaws.com"
IOT_PATH = "/role-aliases/ALIAS/credentials"
SCRIPT_METRIC = "QueueDepth"
TIMEOUT_S = 300


class FollowError(Exception):
    """What the README says does not work; the text says what, and why."""


def follow(target: Target) -> str:
    """Do it on a board; what went wrong, "" when nothing has."""
    readme = (PROJECT / "README.md").read_text()
    guide, calls = ((PROJECT / "docs" / name).read_text() for name in ("agent.md", "client.md"))
    try:
        with tempfile.TemporaryDirectory(prefix="five-minutes-") as name, serve() as servers:
            board = Board(target, Path(name), *servers)
            section = cut_section(readme, FIVE_MINUTES)
            board.check_files(re.findall(rf"{BUNDLE}/(\S+)", section))
            commands = list(read_commands(section))
            for arguments, output in commands:
                said = board.run(arguments)
                if output:
                    settings = read_block(readme, FIVE_MINUTES, "toml")
                    board.write(output, fill_in(said, board.localize(settings)))
            board.run_agent(board.write("script.py", read_block(guide, SCRIPT, "python")))
            client = board.write("client.py", read_block(calls, CLIENT, "python"))
            board.run([str(client)])
    except (FollowError, LookupError) as error:
        return f"README: {error}"
    print(f"{target.name}: README: {len(commands)} commands, and two scripts", flush=True)
    return ""


def read_commands(section: str) -> Iterator[tuple[list[str], str]]:
    """For each python3 command its arguments, and the file that it writes to, "" for none."""
    for line in section.splitlines():
        if line.strip().startswith(PREFIX):
            command, _, output = line.strip().removeprefix(PREFIX).partition(" > ")
            yield command.split(), output


def fill_in(printed: str, settings: str) -> str:
    """What a reader does in an editor: each setting takes the place of its key's line."""
    wanted = dict(_list_settings(settings.splitlines()))
    lines = printed.splitlines()
    for number, (place, _) in enumerate(_list_settings(lines)):
        lines[number] = wanted.pop(place, lines[number])
    if wanted:
        raise FollowError(f"--print-config has no {', '.join(map('.'.join, wanted))}")
    return "\n".join(lines) + "\n"


def _list_settings(lines: Sequence[str]) -> Iterator[tuple[tuple[str, str], str]]:
    """Section and key of each line, commented out or not, and the line; other lines too."""
    section = ""
    for line in lines:
        if line.startswith("["):
            section = line.strip("[]")
        yield (section, line.removeprefix("# ").partition(" = ")[0]), line


@contextmanager
def serve() -> Iterator[tuple[Endpoint, CredentialProvider]]:
    with (
        Endpoint(register=["dock/cam-7"]) as endpoint,
        CredentialProvider(
            ca_directory=endpoint.ca_directory,
            issue=lambda end_s: endpoint.add_key(temporary=True, expires_at_s=end_s),
        ) as provider,
    ):
        yield endpoint, provider


class Board:
    """A folder with the bundle, in which the README's paths lie, and the guest's Python."""

    def __init__(
        self, target: Target, folder: Path, endpoint: Endpoint, provider: CredentialProvider
    ) -> None:
        root = build_root(target)
        self._bundle = folder / "edgemote"
        shutil.copytree(device.bundle(target), self._bundle)
        self.endpoint = endpoint
        self._folder = folder
        self._python = guest_command(target, root)
        key = endpoint.credentials
        self._environment = guest_environment(
            [self._bundle],
            root,
            {
                "AWS_ACCESS_KEY_ID": key.access_key_id,
                "AWS_SECRET_ACCESS_KEY": key.secret_access_key,
                "AWS_ENDPOINT_URL": endpoint.url,
                "AWS_CA_BUNDLE": endpoint.ca_file,
            },
        )
        self._places = {
            CONFIG: str(folder / Path(CONFIG).name),
            "/etc/edgemote/AmazonRootCA1.pem": endpoint.ca_file,
            "/etc/edgemote/device.pem": provider.cert_file,
            "/etc/edgemote/device.key": provider.key_file,
            "https://edge.example.com": endpoint.url,
            IOT_HOST + IOT_PATH: provider.url + provider.path,
        }

    def check_files(self, names: Sequence[str]) -> None:
        """Whether the bundle has them."""
        for name in names:
            if not (self._bundle / name).is_file():
                raise FollowError(f"the bundle has no {name}")

    def localize(self, text: str) -> str:
        for place, here in self._places.items():
            text = text.replace(place, here)
        return text

    def write(self, name: str, text: str) -> Path:
        """A file of this name, with paths of this board."""
        path = self._folder / Path(name).name
        # A board's folders, which are not this machine's.
        text = text.replace('# state = "/var/lib/', f'state = "{self._folder}/')
        path.write_text(self.localize(text))
        return path

    def run(self, arguments: Sequence[str]) -> str:
        """What it writes to standard output."""
        done = subprocess.run(
            [*self._python, *map(self.localize, arguments)],
            env=self._environment,
            cwd=self._folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
        )
        if done.returncode:
            said = f"{done.stdout[-2000:]}{done.stderr[-2000:]}"
            raise FollowError(f"{' '.join(arguments)}: exit status {done.returncode}\n{said}")
        return done.stdout

    def run_agent(self, script: Path) -> None:
        """Run a firmware script until its metric is in a heartbeat, then end it."""
        log = self._folder / "log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [*self._python, str(script)],
                env=self._environment,
                cwd=self._folder,
                stdout=output,
                stderr=output,
            )
        end = time.monotonic() + TIMEOUT_S
        try:
            while not self._has_metric():
                if process.poll() is not None or time.monotonic() > end:
                    raise FollowError(f"no {SCRIPT_METRIC} of the script\n{log.read_text()}")
                time.sleep(0.1)
            process.send_signal(signal.SIGTERM)
            if status := process.wait(TIMEOUT_S):
                raise FollowError(f"the script ends with status {status}\n{log.read_text()}")
        finally:
            process.kill()
            process.wait()

    def _has_metric(self) -> bool:
        names = self.endpoint.store.rows("SELECT name FROM metrics WHERE name = ?", SCRIPT_METRIC)
        return bool(names)
