"""ministack as a process: an AWS that is not ours, in a Python environment of its own.

python tests/judges/ministack.py      makes that environment and prints the path of its Python
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import venv
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_ROOT = Path(__file__).resolve().parents[2]
_REQUIREMENTS = Path(__file__).with_name("requirements.txt")
_INSTALL_TIMEOUT_S = 300.0
_START_TIMEOUT_S = 60.0
_STOP_TIMEOUT_S = 10.0
# hypercorn writes this once its socket listens, with the port that the kernel chose.
_LISTENING = re.compile(rb"Running on (http://127\.0\.0\.1:\d+)")

# The key that every ministack knows. Its secret is never looked at, so it only makes the users of
# the tests.
BOOTSTRAP_KEY = "test"


class Server(NamedTuple):
    """A ministack that listens, and the file that it writes its log into."""

    endpoint_url: str
    output: Path


def prepare_environment() -> Path:
    """The Python of the environment, which is made if it is not there or holds another version."""
    wanted = _REQUIREMENTS.read_text(encoding="utf-8")
    folder = _ROOT / ".venv-ministack" / f"{sys.version_info.major}.{sys.version_info.minor}"
    python = folder / "bin" / "python"
    ready = folder / "ready.txt"
    folder.parent.mkdir(exist_ok=True)
    with open(f"{folder}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # pytest-xdist asks from several processes at once
        if not ready.is_file() or ready.read_text(encoding="utf-8") != wanted:
            shutil.rmtree(folder, ignore_errors=True)
            venv.create(folder, with_pip=True, symlinks=True)
            _install(python)
            ready.write_text(wanted, encoding="utf-8")
    return python


def _install(python: Path) -> None:
    # -I: what PYTHONPATH holds is not in the environment, and must not pass for installed.
    command = [str(python), "-I", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    done = subprocess.run(
        [*command, "-r", str(_REQUIREMENTS)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=_INSTALL_TIMEOUT_S,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"pip could not install {_REQUIREMENTS}:\n{done.stdout[-2000:]}")


@contextlib.contextmanager
def serve(folder: Path) -> Iterator[Server]:
    """Run ministack with an empty memory; `folder` takes its log and all other files that it
    writes.
    """
    python = prepare_environment()
    output = folder / "ministack.log"
    environ = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "AUTH": "true",  # verify signatures and enforce policies
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": "0",
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
    print(prepare_environment())
