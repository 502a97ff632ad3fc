"""A device: a folder with a configuration, and the agent as a process with what a board has."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from endpoint import Endpoint

ROOT = Path(__file__).parents[2]
NAME, FLEET = "cam-7", "dock"
WAIT_S = 60.0
"""How long a test waits for something before it fails: far longer than that takes."""


class Device:
    """A board's folder. `write_config` fills it, `start` boots the agent."""

    def __init__(self, folder: Path, endpoint: Endpoint) -> None:
        self.folder = folder
        self.endpoint = endpoint
        self.config = folder / "edgemote.toml"
        self.run_folder = folder / "run"
        self.run_folder.mkdir(parents=True, exist_ok=True)
        self.log = folder / "log"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def state(self) -> Path:
        return self.folder / "state"

    def write_config(self, **sections: dict[str, Any]) -> None:
        """Sections and keys on top of what every test needs."""
        document: dict[str, dict[str, Any]] = {
            "device": {
                "name": NAME,
                "fleet": FLEET,
                "region": self.endpoint.region,
                "endpoint_url": self.endpoint.url,
                "ca_file": self.endpoint.ca_file,
            },
            "folders": {"state": str(self.state), "run": str(self.run_folder)},
            "heartbeat": {"period_s": 1, "jitter": 0.0},
            "link": {"step_limit_s": 5},
            "log": {"level": "debug"},
        }
        for name, keys in sections.items():
            document.setdefault(name, {}).update(keys)
        lines = []
        for name, keys in document.items():
            lines.append(f"[{name}]")
            # A JSON text, number, flag or list of them is a TOML one too.
            lines += [f"{key} = {json.dumps(value)}" for key, value in keys.items()]
        self.config.write_text("\n".join(lines) + "\n")

    def environment(self, **more: str) -> dict[str, str]:
        key = self.endpoint.credentials
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "PYTHONPATH": f"{ROOT / 'generated'}:{ROOT / 'runtime'}",
            "PYTHONDONTWRITEBYTECODE": "1",
            "AWS_ACCESS_KEY_ID": key.access_key_id,
            "AWS_SECRET_ACCESS_KEY": key.secret_access_key,
            "AWS_EC2_METADATA_DISABLED": "true",
            **more,
        }

    def command(self, *options: str, config: Path | None = None) -> list[str]:
        return [sys.executable, "-m", "edgemote", "--config", str(config or self.config), *options]

    def call(
        self, *options: str, config: Path | None = None, **more: str
    ) -> subprocess.CompletedProcess[str]:
        """Run the agent's command line to its end."""
        return subprocess.run(
            self.command(*options, config=config),
            env=self.environment(**more),
            capture_output=True,
            text=True,
            timeout=WAIT_S,
        )

    @contextlib.contextmanager
    def running(self, **more: str) -> Iterator[subprocess.Popen[bytes]]:
        """The agent as a process; ended by SIGTERM, if it still runs, and expected to end well."""
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                self.command(), env=self.environment(**more), stderr=log, stdout=log
            )
        self.process = process
        try:
            yield process
        except BaseException:
            process.kill()
            process.wait()
            raise
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            assert process.wait(WAIT_S) == 0, self.read_log()

    def read_log(self) -> str:
        return self.log.read_text() if self.log.exists() else ""

    def status(self) -> dict[str, Any]:
        """What the running agent says of itself, {} before it said anything."""
        try:
            return json.loads((self.run_folder / "status.json").read_bytes())
        except (OSError, ValueError):
            return {}

    def wait_for(self, what: Callable[[], Any], why: str = "") -> Any:
        """What `what` gives as soon as it is true."""
        end = time.monotonic() + WAIT_S
        while not (found := what()):
            assert self.process is None or self.process.poll() is None, self.read_log()
            assert time.monotonic() < end, f"waited for {why or what}\n{self.read_log()}"
            time.sleep(0.02)
        return found

    def beats(self) -> list[dict[str, Any]]:
        """The heartbeats that the endpoint accepted."""
        return self.endpoint.store.heartbeats()
