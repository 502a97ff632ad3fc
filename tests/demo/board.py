"""A board: a bundle with msgspec and a firmware script beside it, and a clock without a battery."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import libfaketime
import msgspec

from demo.story import check

WAIT_S = 60.0
FAKETIME = next(Path(libfaketime.__file__).parent.rglob("libfaketime.so.1"))


class Board:
    # No site packages: the bundle's folder is all that is on its path.
    _python = (sys.executable, "-S")

    def __init__(self, home: Path, bundle: Path, config: str) -> None:
        self.folder = bundle
        self.state = home / "state"
        self._status = home / "run" / "status.json"
        self._status.parent.mkdir()
        self._config = home / "edgemote.toml"
        self._config.write_text(config)
        self._process: subprocess.Popen[bytes] | None = None
        (bundle / "msgspec").symlink_to(Path(msgspec.__file__).parent)
        shutil.copy(Path(__file__).with_name("device.py"), bundle)

    def call(self, *options: str) -> str:
        """What `python3 -m edgemote --config FILE OPTIONS` says; it is shown, too."""
        command = [*self._python, "-m", "edgemote", "--config", str(self._config), *options]
        done = subprocess.run(
            command, env=self._environment(), capture_output=True, text=True, timeout=WAIT_S
        )
        print(done.stdout + done.stderr, end="", flush=True)
        check(done.returncode == 0, f"{' '.join(options)} ends with 0, not {done.returncode}")
        return done.stdout

    def boot(self) -> None:
        """Start the firmware script. Its log is what comes on standard error."""
        script = str(self.folder / "device.py")
        self._process = subprocess.Popen(
            [*self._python, script, str(self._config)], env=self._environment()
        )

    def cut_power(self) -> None:
        """As far as the process is concerned."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
            self._status.unlink(missing_ok=True)  # which was in memory

    def shut_down(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        status = self._process.wait(WAIT_S)
        self._process = None
        check(status == 0, f"SIGTERM ends the agent with 0, not {status}")

    def status(self, name: str) -> Any:
        """What the running agent says of itself, None before it did."""
        try:
            return json.loads(self._status.read_bytes()).get(name)
        except OSError:
            return None

    def wait_for(self, what: str, is_so: Callable[[], object]) -> None:
        """Until it is so; the demo ends where that never comes."""
        end = time.monotonic() + WAIT_S
        while not is_so():
            check(self._process is not None and self._process.poll() is None, "the agent runs")
            check(time.monotonic() < end, f"{what} within {WAIT_S:g} s")
            time.sleep(0.05)

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": os.defpath,
            "HOME": str(self.state),
            "PYTHONPATH": str(self.folder),
            "PYTHONDONTWRITEBYTECODE": "1",
            "LD_PRELOAD": str(FAKETIME),
            "FAKETIME": f"{10 - time.time():+.0f}",  # ten seconds after the start of 1970
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }
