"""Python environments of judges, which need other packages than we, or other versions of them."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
_INSTALL_TIMEOUT_S = 300.0


def prepare_environment(name: str, steps: Sequence[Sequence[str]], wanted: str = "") -> Path:
    """The Python of an environment, which is made if it is not there or holds something else.

    Args:
        name: of the folder, behind `.venv-`
        steps: arguments of `pip install`, run one after the other
        wanted: what the steps do not say about themselves, such as the content of a file
    """
    wanted = "\n".join((*map(" ".join, steps), wanted))
    folder = _ROOT / f".venv-{name}" / f"{sys.version_info.major}.{sys.version_info.minor}"
    python = folder / "bin" / "python"
    ready = folder / "ready.txt"
    folder.parent.mkdir(exist_ok=True)
    with open(f"{folder}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # pytest-xdist asks from several processes at once
        if not ready.is_file() or ready.read_text(encoding="utf-8") != wanted:
            shutil.rmtree(folder, ignore_errors=True)
            venv.create(folder, with_pip=True, symlinks=True)
            for arguments in steps:
                _install(python, arguments)
            ready.write_text(wanted, encoding="utf-8")
    return python


def _install(python: Path, arguments: Sequence[str]) -> None:
    # -I: what PYTHONPATH holds is not in the environment, and must not pass for installed.
    command = [str(python), "-I", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    done = subprocess.run(
        [*command, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=_INSTALL_TIMEOUT_S,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"pip could not install {' '.join(arguments)}:\n{done.stdout[-2000:]}")
