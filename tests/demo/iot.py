"""A device's day with AWS IoT Core: it has a certificate and nothing else.

It boots without a clock, beats by certificate, loses its link and its power, delivers what it kept,
rejects a job that is not for it, installs a model over a download that is cut and whose URL
expires, goes back to it from one that is bad, and reports each once.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

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
from demo.story import check, note, title
from fault_proxy import Fault, FaultProxy
from iot_cloud import IotCloud, Thing, serve_iot

FOREIGN, GOOD, BAD = "reboot-all", "winter-models", "summer-models"
TOPIC = f"edgemote/{NAME}/heartbeat"

CONFIG = """\
[device]
name = "{name}"
region = "us-west-2"
ca_file = "{ca_file}"

[cloud]
kind = "iot"
endpoint = "https://localhost:{port}"
progress_s = 10

[credentials]
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
"""


class Services(NamedTuple):
    """AWS IoT and S3, the device's thing, and what lies in between."""

    cloud: IotCloud
    thing: Thing
    group_arn: str
    link: FaultProxy
    s3_link: FaultProxy
    packages: dict[str, bytes]

    def set_link(self, *, up: bool) -> None:
        """Lose the link to both of them, or get it back."""
        for link in (self.link, self.s3_link):
            link.fault = None if up else Fault("refuse")

    def list_beats(self) -> list[dict[str, Any]]:
        return self.cloud.front.published(TOPIC)

    def read_state(self) -> dict[str, Any]:
        """What the device's shadow reports."""
        data = self.cloud.client("iot-data")
        try:
            shadow = data.get_thing_shadow(thingName=NAME, shadowName="edgemote")
        except data.exceptions.ResourceNotFoundException:
            return {}
        return dict(json.load(shadow["payload"])["state"]["reported"])

    def describe(self, job_id: str) -> dict[str, Any]:
        return self.cloud.describe(job_id, self.thing)

    def count_results(self, job_id: str) -> int:
        """How often an end of this job was accepted."""
        return len(self._find_results(job_id))

    def has_polled_since(self, job_id: str) -> bool:
        """Whether the queue was looked at after an end of this job was accepted."""
        return any(
            passed.operation == "StartNextPendingJobExecution" and passed.answer.status == 200
            for place in self._find_results(job_id)
            for passed in self.cloud.front.passed[place:]
        )

    def _find_results(self, job_id: str) -> list[int]:
        return [
            place
            for place, passed in enumerate(list(self.cloud.front.passed))
            if passed.operation == "UpdateJobExecution"
            and passed.request.path.endswith(f"/{job_id}")
            and passed.body["status"] != "IN_PROGRESS"
            and passed.answer.status == 200
        ]

    def write_config(self, home: Path) -> str:
        """What the board is told of them."""
        return CONFIG.format(
            name=NAME,
            ca_file=self.cloud.ca_file,
            cert_file=self.thing.cert_file,
            key_file=self.thing.key_file,
            port=self.link.port,
            home=home,
        )


@contextlib.contextmanager
def serve(home: Path) -> Iterator[Services]:
    with contextlib.ExitStack() as stack:
        cloud = stack.enter_context(serve_iot(home / "cloud"))
        links = [
            stack.enter_context(FaultProxy("127.0.0.1", server.port))
            for server in (cloud.front, cloud.s3)
        ]
        cloud.s3.address = f"localhost:{links[1].port}"
        thing = cloud.add_thing(NAME)
        iot = cloud.client("iot")
        group = iot.create_thing_group(thingGroupName=FLEET)["thingGroupArn"]
        iot.add_thing_to_thing_group(thingGroupName=FLEET, thingName=NAME)
        yield Services(cloud, thing, group, *links, {})


def tell(home: Path, bundle: Path) -> None:
    """The day with AWS IoT."""
    title("services", "AWS IoT by mutual TLS, its Jobs, S3: ministack behind a throw-away CA")
    with serve(home) as services:
        board = Board(home, bundle, services.write_config(home))
        try:
            check_board(board, services)
            boot_by_certificate(board, services)
            lose_link(board, services)
            lose_power(board, services)
            order_jobs(services)
            get_link_back(board, services)
            reject(board, services)
            deploy(board, services)
            roll_back(board, services)
            stop(board, services)
        finally:
            board.cut_power()


def boot_by_certificate(board: Board, services: Services) -> None:
    title("boot", "heartbeats by certificate, state in the thing's shadow: python3 device.py FILE")
    boot(board, services)
    sent = [passed for passed in services.cloud.front.passed if passed.thing == NAME]
    check(sent, "AWS IoT knows the thing by its certificate")
    check(
        not any(passed.request.header("authorization") for passed in sent), "no request is signed"
    )
    board.wait_for("the state", lambda: services.read_state())
    print(f"shadow: {json.dumps(services.read_state())}", flush=True)
    note("boot", f"{BEATS} heartbeats at the right time, by certificate; nothing was signed")


def order_jobs(services: Services) -> None:
    """A job of somebody else's for the same things, one that brings a model, and one that brings
    another which is bad.
    """
    foreign = {"operation": "reboot", "delay": 5}
    services.cloud.create_job(FOREIGN, services.group_arn, document=foreign)
    create_job(services, GOOD, "1.4", pack_model())
    create_job(services, BAD, "1.5", pack_model(weights=b""))
    services.cloud.front.faults.add("close-before-answer", operation="UpdateJobExecution FAILED")


def create_job(services: Services, job_id: str, version: str, package: bytes) -> None:
    services.packages[version] = package
    model = {
        "handle": "snow",
        "name": "snow-net",
        "version": version,
        "url": services.cloud.put("models", f"snow-net-{version}.tar.gz", package),
        "checksum": {"type": "SHA256", "sum": hashlib.sha256(package).hexdigest()},
        "size_bytes": len(package),
    }
    document = {
        "operation": "edgemote/deploy-models",
        "failure_policy": "ROLLBACK_ON_FAILURE",
        "models": [model],
    }
    services.cloud.create_job(job_id, services.group_arn, document=document)


def reject(board: Board, services: Services) -> None:
    title("foreign job", "the first in the queue is for somebody else")
    ended = wait_for_end(board, services, FOREIGN)
    check(ended["status"] == "REJECTED", f"{ended} is rejected")
    note("foreign job", f"rejected: {tell_details(ended)}")


def deploy(board: Board, services: Services) -> None:
    title("deployment", f"S3 hangs up after {CUT_BYTES:,} bytes, and then its URL expires")
    link = services.s3_link
    board.wait_for("a cut download", lambda: link.carried["answer"] >= CUT_BYTES)
    services.cloud.s3.expire_urls()
    link.fault = None
    ended = wait_for_end(board, services, GOOD)
    check(ended["status"] == "SUCCEEDED", f"{ended} has succeeded")
    check(services.cloud.front.count("DescribeJobExecution"), "another URL was asked for")
    check_model(board, services, "1.4", services.packages["1.4"])
    check_resumed(services, services.packages["1.4"])
    board.wait_for("the model in the shadow", lambda: read_version(services) == "1.4")
    note("deployment", "another URL asked for, checksum right, tried by the script, switched")


def roll_back(board: Board, services: Services) -> None:
    title("bad model", "the firmware script refuses it; the answer to the report is lost")
    ended = wait_for_end(board, services, BAD)
    check(ended["status"] == "FAILED", f"{ended} has failed")
    check("labels or weights" in tell_details(ended), f"{ended} has the script's reason")
    # Instead of saying it again, the agent looks whether the job is still there.
    board.wait_for("a look at the queue", lambda: services.has_polled_since(BAD))
    check_model(board, services, "1.4", services.packages["1.4"])
    check(read_version(services) == "1.4", "the shadow says 1.4")
    note("bad model", f"rolled back to 1.4, and failed: {tell_details(ended)}")


def stop(board: Board, services: Services) -> None:
    title("stop", "python3 -m edgemote --config FILE --status, then SIGTERM")
    said = board.call("--status")
    check("snow-net" in said, "--status names the model")
    board.shut_down()
    for job_id in (FOREIGN, GOOD, BAD):
        check(services.count_results(job_id) == 1, f"the end of {job_id} was reported once")
    note("stop", "each job reported once; SIGTERM ended it in good order")


def wait_for_end(board: Board, services: Services, job_id: str) -> dict[str, Any]:
    """The execution of a job that has ended."""
    active = ("QUEUED", "IN_PROGRESS")
    board.wait_for(f"an end of {job_id}", lambda: services.describe(job_id)["status"] not in active)
    return services.describe(job_id)


def tell_details(execution: dict[str, Any]) -> str:
    details = execution.get("statusDetails", {}).get("detailsMap", {})
    return ", ".join(f"{name}: {value}" for name, value in details.items())


def read_version(services: Services) -> str | None:
    models = services.read_state().get("models", {})
    return str(models.get("snow", {}).get("version"))
