"""ministack as a process: an AWS that is not ours, in a Python environment of its own.

PYTHONPATH=tests python -m judges.ministack      makes that environment, prints its Python's path
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from judges.environment import prepare_environment

_REQUIREMENTS = Path(__file__).with_name("requirements.txt")
_START_TIMEOUT_S = 60.0
_STOP_TIMEOUT_S = 30.0
# hypercorn writes this once its socket listens, with the port that the kernel chose.
_LISTENING = re.compile(rb"Running on (http://127\.0\.0\.1:\d+)")

# The key that every ministack knows. Its secret is never looked at, so it only makes the users of
# the tests.
BOOTSTRAP_KEY = "test"


class Server(NamedTuple):
    """A ministack that listens, and the file that it writes its log into."""

    endpoint_url: str
    output: Path


def prepare() -> Path:
    """The Python of ministack's environment."""
    return prepare_environment("ministack", [["-r", str(_REQUIREMENTS)]], _REQUIREMENTS.read_text())


@contextlib.contextmanager
def serve(folder: Path) -> Iterator[Server]:
    """Run ministack with an empty memory; `folder` takes its log and all other files that it
    writes.
    """
    python = prepare()
    output = folder / "ministack.log"
    environ = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "AUTH": "true",  # verify signatures and enforce policies
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": "0",
        "IOT_MTLS_ENABLED": "0",  # its MQTT broker would take port 8883
        "LAMBDA_EXECUTOR": "local",
        "DOCKER_HOST": f"unix://{folder}/none.sock",  # it tidies containers up, and none are ours
    }
    with open(output, "wb") as log:
        process = subprocess.Popen(
            [str(python), "-m", "ministack"],
            cwd=folder,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # a group, with the workers that run Lambda functions
        )
    try:
        yield Server(_wait_for_url(process, output), output)
    finally:
        _stop(process)


def _wait_for_url(process: subprocess.Popen[bytes], output: Path) -> str:
    deadline_s = time.monotonic() + _START_TIMEOUT_S
    while time.monotonic() < deadline_s:
        found = _LISTENING.search(output.read_bytes())
        if found:
            return found[1].decode()
        if process.poll() is not None:
            break
        time.sleep(0.05)
    raise RuntimeError(
        f"ministack does not listen (exit code {process.poll()}):\n"
        f"{output.read_text(encoding='utf-8', errors='replace')[-4000:]}"
    )


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)  # what it left behind in its group


if __name__ == "__main__":
    print(prepare())
