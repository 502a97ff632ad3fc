"""A device's day with SageMaker Edge Manager, or a host that speaks as it did.

It boots without a clock, gets credentials by its certificate, registers, beats, loses its link and
its power, delivers what it kept, and installs a model over a download that is cut.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import s3_server
from demo.board import Board
from demo.steps import (
    BEATS,
    CUT_BYTES,
    FLEET,
    NAME,
    boot,
    check_board,
    check_model,
    check_resumed,
    get_link_back,
    lose_link,
    lose_power,
    pack_model,
)
from demo.story import check, note, run, title
from endpoint import Endpoint
from endpoint.certificates import load_authority
from endpoint.credential_provider import CredentialProvider
from fault_proxy import Fault, FaultProxy

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

    def list_beats(self) -> list[dict[str, Any]]:
        beats = self.edge.store.heartbeats()
        return [beat for beat in beats if not beat.get("DeploymentResult")]

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


def tell(home: Path, bundle: Path) -> None:
    """The day with SageMaker Edge Manager."""
    title("services", "Edge Manager, AWS IoT's credential provider, S3: TLS, a throw-away CA")
    with serve(home) as services:
        board = Board(home, bundle, services.write_config(home))
        try:
            check_board(board, services)
            boot_registered(board, services)
            lose_link(board, services)
            lose_power(board, services)
            upload_model(services)
            get_link_back(board, services)
            deploy(board, services)
            stop(board, services)
        finally:
            board.cut_power()

    title("stored", "what Edge Manager accepted: python -m endpoint --show DIR")
    run("-m", "endpoint", "--show", str(home / "endpoint"))


def boot_registered(board: Board, services: Services) -> None:
    title("boot", "credentials by certificate, registration, heartbeats: python3 device.py FILE")
    boot(board, services)
    check(services.keys.requests, "the certificate was shown for credentials")
    check(board.status("registered"), "the device is registered")
    note("boot", f"registered with a key got by certificate; {BEATS} heartbeats at the right time")


def upload_model(services: Services) -> None:
    """A model in S3, and a deployment of it."""
    package = pack_model()
    url = services.s3.put("models", "snow-net-1.4.tar.gz", package)
    definition = {
        "ModelHandle": "snow",
        "S3Url": url,
        "Checksum": {"Type": "SHA1", "Sum": hashlib.sha1(package).hexdigest()},
        "State": "DEPLOY",
    }
    deployment = {
        "DeploymentName": "winter-models",
        "Type": "Model",
        "FailureHandlingPolicy": "ROLLBACK_ON_FAILURE",
        "Definitions": [definition],
    }
    services.edge.deploy(FLEET, NAME, deployment)


def deploy(board: Board, services: Services) -> None:
    title("deployment", f"S3 hangs up after {CUT_BYTES:,} bytes; the download goes on from there")
    link, store = services.s3_link, services.edge.store
    board.wait_for("a cut download", lambda: link.carried["answer"] >= CUT_BYTES)
    link.fault = None
    board.wait_for("a result", lambda: store.count("deployment_results"))
    [result] = filter(None, (beat.get("DeploymentResult") for beat in store.heartbeats()))
    check(result["DeploymentStatus"] == "SUCCESS", f"{result} is a success")
    [original] = (services.s3.folder / "models").iterdir()
    check_model(board, services, "1.4", original.read_bytes())
    check_resumed(services, original.read_bytes())
    note("deployment", "checksum right, tried by the firmware script, switched, reported once")


def stop(board: Board, services: Services) -> None:
    title("stop", "python3 -m edgemote --config FILE --status, then SIGTERM")
    said = board.call("--status")
    check("snow-net" in said, "--status names the model")
    board.shut_down()
    check(services.edge.store.count("deployment_results") == 1, "the result was reported once")
    note("stop", "status told; SIGTERM ended it in good order")
