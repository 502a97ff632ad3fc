"""Where the demo plays: the services, a link to each that can be cut, and a board."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import libfaketime
import msgspec

import s3_server
from endpoint import Endpoint
from endpoint.certificates import load_authority
from endpoint.credential_provider import CredentialProvider
from fault_proxy import Fault, FaultProxy

FLEET, NAME = "dock", "cam-7"
WAIT_S = 60.0
FAKETIME = next(Path(libfaketime.__file__).parent.rglob("libfaketime.so.1"))

CONFIG = """\
[device]
name = "{name}"
fleet = "{fleet}"
region = "{region}"
endpoint_url = "https://localhost:{edge_port}"
ca_file = "{ca_file}"

[credentials]
iot_endpoint = "localhost:{keys_port}"
iot_role_alias = "{role_alias}"
cert_file = "{cert_file}"
key_file = "{key_file}"

[folders]
state = "{home}/state"
run = "{home}/run"

[heartbeat]
period_s = 1
jitter = 0

[link]
step_limit_s = 5

[deployments]
s3_endpoint_url = "https://localhost:{s3_port}"
"""


class Services(NamedTuple):
    """SageMaker Edge Manager, AWS IoT's credential provider, S3; and what lies in between."""

    edge: Endpoint
    keys: CredentialProvider
    s3: s3_server.Server
    edge_link: FaultProxy
    keys_link: FaultProxy
    s3_link: FaultProxy

    def set_link(self, *, up: bool) -> None:
        """Lose the link to all of them, or get it back."""
        for link in (self.edge_link, self.keys_link, self.s3_link):
            link.fault = None if up else Fault("refuse")

    def write_config(self, home: Path) -> str:
        """What the board is told of them."""
        return CONFIG.format(
            name=NAME,
            fleet=FLEET,
            region=self.edge.region,
            ca_file=self.edge.ca_file,
            role_alias=self.keys.role_alias,
            cert_file=self.keys.cert_file,
            key_file=self.keys.key_file,
            edge_port=self.edge_link.port,
            keys_port=self.keys_link.port,
            s3_port=self.s3_link.port,
            home=home,
        )


@contextlib.contextmanager
def serve(home: Path) -> Iterator[Services]:
    """All services, with certificates of one throw-away authority."""
    with contextlib.ExitStack() as stack:
        edge = stack.enter_context(
            Endpoint(register=[f"{FLEET}/{NAME}"], directory=home / "endpoint")
        )
        # S3 knows one key, so that is the one that the certificate gets.
        key = edge.temporary_credentials
        keys = stack.enter_context(
            CredentialProvider(
                directory=home / "provider",
                ca_directory=edge.ca_directory,
                issue=lambda end_s: key,
            )
        )
        certificate = home / "s3.pem"
        leaf = load_authority(edge.ca_directory).issue_cert("localhost")
        leaf.private_key_and_cert_chain_pem.write_to_path(certificate)
        s3 = stack.enter_context(
            s3_server.serve(
                home / "s3",
                cert_file=certificate,
                key_file=certificate,
                keys=(key.access_key_id, key.secret_access_key),
            )
        )
        links = [
            stack.enter_context(FaultProxy("127.0.0.1", server.port)) for server in (edge, keys, s3)
        ]
        yield Services(edge, keys, s3, *links)


class Board:
    """A bundle with msgspec and a firmware script beside it, and a clock without a battery."""

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


def check(holds: object, what: str) -> None:
    """End the demo where something is not as it shows."""
    if not holds:
        raise SystemExit(f"not so: {what}")
