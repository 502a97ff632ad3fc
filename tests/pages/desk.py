"""A reader's desk: a folder in which the commands and snippets of a page are carried out.

The programs and paths of the pages are there. What a test cannot have is stood in for: STAND_INS
says by what. AWS is ministack and the local SageMaker Edge endpoint.
"""

from __future__ import annotations

import configparser
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from edgemote.agent.config import load
from edgemote_codegen.config import read_config
from pages.blocks import ROOT, Block, read_blocks

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

TIMEOUT_S = 300.0
_SOURCES = f"{ROOT / 'codegen'}:{ROOT / 'runtime'}"
# Command of a page -> the shell script that stands in for it.
STAND_INS = {
    # A page's own clients, or bundle, come first.
    "python3": f'PYTHONPATH="$PYTHONPATH:$CLIENTS:{ROOT}/runtime" exec {sys.executable} "$@"',
    "edgemote-codegen": f'PYTHONPATH={_SOURCES} exec {sys.executable} -m edgemote_codegen "$@"',
    # What it would run; a bundle is made here, and the other commands have tests of their own.
    "make": f"""
        make=$(PATH=/usr/bin:/bin command -v make)
        $make --no-print-directory -n -C {ROOT} "$@" >/dev/null
        for word; do case $word in TARGET=*) target=${{word#TARGET=}};; esac; done
        if [ "$1" = bundle ]; then
            cd {ROOT}
            edgemote-codegen bundle --target $target --out "$OLDPWD/build"
        fi""",
    "aws": f'PYTHONPATH={ROOT}/tests exec {sys.executable} -m pages.aws_cli "$@"',
    # The host is this machine, and the packages are in its environment.
    "scp": 'shift; rm -rf "${2#*:}"; cp -r "$1" "${2#*:}"',
    "pip": f'exec {sys.executable} -m pip --disable-pip-version-check "$@" --no-index --dry-run',
    # They would change this machine; tests/runtime/test_unit_file.py judges the unit.
    **dict.fromkeys(("systemctl", "journalctl", "useradd", "chgrp", "chown", "dpkg"), "true"),
}
# What boto3.client is, for who has botocore.
_BOTO3 = """\
from botocore.session import Session

client = Session().create_client
"""
# Absolute paths of the pages.
_PATHS = re.compile(r"(?<![\w}])(/(?:etc|opt|var/lib|run/edgemote)\b)")
# What is started, and ends by SIGTERM alone.
_ENDLESS = ("agent.run(", "while True:")


class Desk:
    """
    Args:
        folder: becomes the desk
        environment: where AWS is, and the keys for it
        places: path or address of the pages -> the one here
        clients: folder with a package aws
        heartbeats: how many the endpoint has accepted
    """

    def __init__(
        self,
        folder: Path,
        environment: Mapping[str, str],
        places: Mapping[str, str],
        clients: Path,
        heartbeats: Callable[[], int],
    ) -> None:
        self.folder = folder
        self._heartbeats = heartbeats
        self._places = {
            "armhf": "any",
            ".venv/bin/python": "python3",
            "PYTHONPATH=tests ": f"PYTHONPATH={ROOT}/tests ",
            "PYTHONPATH=generated:runtime ": f"PYTHONPATH={ROOT}/generated:{ROOT}/runtime ",
            **places,
        }
        programs = folder / "programs"
        for path in ("etc/edgemote", "etc/systemd/system", "opt", "var/lib", "run/edgemote"):
            (folder / path).mkdir(parents=True)
        programs.mkdir()
        (folder / "boto3.py").write_text(_BOTO3)
        self._programs = programs
        for name, script in STAND_INS.items():
            self.replace_program(name, script)
        self._environment = {
            "CLIENTS": str(clients),
            "HOME": str(folder),
            "PATH": f"{programs}:{os.environ['PATH']}",
            "PYTHONDONTWRITEBYTECODE": "1",
            "XDG_CACHE_HOME": os.environ.get("XDG_CACHE_HOME", f"{Path.home()}/.cache"),
            **environment,
        }

    def replace_program(self, name: str, script: str) -> None:
        """A command of the pages becomes this shell script."""
        (self._programs / name).write_text(f"#!/bin/bash\nset -e\n{script}\n")
        (self._programs / name).chmod(0o755)

    def localize(self, text: str) -> str:
        text = _PATHS.sub(rf"{self.folder}\1", text)
        for place, here in self._places.items():
            text = text.replace(place, here)
        return text

    def write(self, file: str, text: str) -> Path:
        """A file of a page; a relative path is below the desk."""
        path = self.folder / self.localize(file)
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".toml" and "[device]" in text and "[folders]" not in text:
            text += '\n[folders]\nstate = "/var/lib/edgemote"\nrun = "/run/edgemote"\n'
        path.write_text(self.localize(text))
        return path

    def follow(self, page: Path) -> None:
        """Do all that the blocks of a page say, from the first to the last."""
        chain: list[Block] = []
        for block in [*read_blocks(page.read_text()), None]:
            goes_on = block and block.language == "python" and not block.file
            if chain and not (goes_on and "import " not in block.text):
                self._run_chain(page.name, chain)
                chain = []
            if goes_on:
                chain.append(block)
            elif block:
                self._do(block)

    def _do(self, block: Block) -> None:
        where = f"line {block.line}"
        path = self.write(block.file, block.text) if block.file else None
        if block.language == "sh":
            self.run(["bash", "-euxo", "pipefail", "-c", self.localize(block.text)], where)
        elif block.language == "json":
            json.loads(block.text)
        elif block.language == "toml":
            document = tomllib.loads(block.text)
            if path and "device" in document:
                load(str(path))
            elif path and "edgemote" in document.get("tool", {}):
                read_config(path.parent)
        elif block.language == "ini":
            parser = configparser.RawConfigParser(strict=False)
            parser.read_string(block.text)

    def _run_chain(self, name: str, chain: Sequence[Block]) -> None:
        """Python that goes on from block to block; a traceback has the page's lines."""
        script = ""
        for block in chain:
            script += "\n" * (block.line + 1 - script.count("\n")) + block.text
        path = self.write(f"{name}.{chain[0].line}.py", script)
        self.run(["python3", str(path)], name, endless=any(word in script for word in _ENDLESS))

    def run(self, command: Sequence[str], where: str, *, endless: bool = False) -> str:
        """What a command writes. An endless one is ended after its first heartbeat."""
        output = self.folder / "output"
        before = self._heartbeats()
        with output.open("wb") as log:
            process = subprocess.Popen(
                command,
                cwd=self.folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            end = time.monotonic() + TIMEOUT_S
            while endless and self._heartbeats() == before and process.poll() is None:
                assert time.monotonic() < end, f"{where}: no heartbeat\n{output.read_text()}"
                time.sleep(0.05)
            if endless and process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
            status = process.wait(TIMEOUT_S)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        said = output.read_text(errors="replace")
        ends = (0, -signal.SIGTERM) if endless else (0,)
        assert status in ends, f"{where}: exit status {status}\n{said}"
        return said
