# ruff: noqa: N803 -- the names of members are the services'
"""A scripted AWS IoT and the host of its presigned URLs, for agents in this process.

It knows the rules of job executions that a device can see (see its methods), keeps time by the
board's steady clock, and notes what it accepts. The network is other tests' matter.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

import edgemote.agent.services
from aws.errors import ServiceError
from aws.iot_jobs_data import (
    DescribeJobExecutionResponse,
    JobExecution,
    StartNextPendingJobExecutionResponse,
    UpdateJobExecutionResponse,
)
from edgemote import Agent, Clock
from edgemote.agent.cloud.job_document import OPERATION
from edgemote.agent.config import load
from edgemote.errors import ConnectError, ConnectionClosedError
from edgemote.http import Deadline, Response

from .board import NOW_S, Board, Lines

THING, HOST = "cam-7", "models.example"
SECRET = "X-Amz-Signature=5ec2e7"
ENDS = ("SUCCEEDED", "FAILED", "REJECTED", "TIMED_OUT", "CANCELED", "REMOVED")
_KEY = re.compile(r"[a-zA-Z0-9:_-]{1,128}")


class Execution:
    """One try of a job by the thing."""

    def __init__(self, job: str, number: int, models: list[dict[str, Any]], policy: str) -> None:
        self.job, self.number = job, number
        self.models, self.policy = models, policy
        self.text: str | None = None  # the document, where it is none of ours
        self.status, self.version = "QUEUED", 1
        self.details: dict[str, str] = {}
        self.ends_s = float("inf")
        self.updates: list[str] = []  # statuses that devices set

    @property
    def name(self) -> str:
        return f"{self.job}:{self.number}"


class ScriptedIot:
    """AWS IoT's data and jobs planes for one thing, and what its operator does.

    before, after: by what is called ("register", "poll", "renew", "look", "progress", "report",
    "beat", "state"; "" for all), what is called before it takes effect, or after; it may raise.
    """

    def __init__(self) -> None:
        self.now_s: Callable[[], float] = lambda: 0.0
        self.clocks: list[Clock] = []
        self.executions: list[Execution] = []
        self.before: dict[str, Callable[[], None]] = {}
        self.after: dict[str, Callable[[], None]] = {}
        self.calls: Counter[str] = Counter()
        self.beats: list[Any] = []
        self.shadow: dict[str, Any] = {}
        self.step_timeout = True
        self.url_valid_s = 3_600.0
        self.files: dict[str, bytes] = {}
        self.requests: list[tuple[str, str | None, int]] = []  # path, range, status

    # The operator ---------------------------------------------------------------------------------

    def create(
        self, job: str, *models: dict[str, Any], policy: str = "ROLLBACK_ON_FAILURE"
    ) -> Execution:
        number = 1 + sum(one.job == job for one in self.executions)
        execution = Execution(job, number, list(models), policy)
        self.executions.append(execution)
        return execution

    def put(self, handle: str, version: str, content: bytes) -> dict[str, Any]:
        """Upload a model; its part of a document."""
        key = f"{handle}-net-{version}.bin"
        self.files[f"/{key}"] = content
        sums = {"type": "SHA256", "sum": hashlib.sha256(content).hexdigest()}
        return {
            "handle": handle,
            "name": f"{handle}-net",
            "version": version,
            "url": key,
            "checksum": sums,
        }

    def end(self, execution: Execution, status: str) -> None:
        """Cancel it, or let it time out; a deleted one ("REMOVED") is not there any more."""
        if execution.status not in ENDS:
            execution.status = status
            execution.version += 1
        if status == "REMOVED":
            self.executions.remove(execution)

    # What devices call ----------------------------------------------------------------------------

    def start_next_pending_job_execution(
        self, *, thingName: str, stepTimeoutInMinutes: int
    ) -> StartNextPendingJobExecutionResponse:
        with self._called("poll"):
            found = self._next()
            if found is not None and found.status == "QUEUED":
                # One that is in progress is given as it is; its timer goes on.
                found.status = "IN_PROGRESS"
                found.version += 1
                self._arm(found, stepTimeoutInMinutes)
            execution = None if found is None else self._describe(found, True)
        return StartNextPendingJobExecutionResponse(execution=execution)

    def describe_job_execution(
        self,
        *,
        thingName: str,
        jobId: str,
        executionNumber: int | None = None,
        includeJobDocument: bool,
    ) -> DescribeJobExecutionResponse:
        what = "register" if jobId == "$next" else "renew" if includeJobDocument else "look"
        with self._called(what):
            found = self._next() if jobId == "$next" else self._find(jobId, executionNumber)
            execution = None if found is None else self._describe(found, includeJobDocument)
        return DescribeJobExecutionResponse(execution=execution)

    def update_job_execution(
        self,
        *,
        thingName: str,
        jobId: str,
        status: str,
        statusDetails: dict[str, str],
        expectedVersion: int,
        executionNumber: int | None = None,
        stepTimeoutInMinutes: int | None = None,
    ) -> UpdateJobExecutionResponse:
        with self._called("progress" if status == "IN_PROGRESS" else "report"):
            self._check_details(statusDetails)
            found = self._find(jobId, executionNumber)
            if found.status in ENDS:
                raise ServiceError("InvalidStateTransitionException", "it is over", 409)
            if found.version != expectedVersion:
                raise ServiceError("VersionMismatch", "the version differs", 409)
            found.status, found.details = status, statusDetails
            found.version += 1
            found.updates.append(status)
            if stepTimeoutInMinutes is not None:
                self._arm(found, stepTimeoutInMinutes)
        return UpdateJobExecutionResponse()

    def publish(self, *, topic: str, qos: int, payload: bytes) -> None:
        with self._called("beat"):
            assert (topic, qos) == (f"edgemote/{THING}/heartbeat", 1)
            self.beats.append(json.loads(payload))

    def update_thing_shadow(self, *, thingName: str, shadowName: str, payload: bytes) -> None:
        with self._called("state"):
            if len(payload) > 8_192:
                raise ServiceError("RequestEntityTooLargeException", "the document is large", 413)
            merge(self.shadow, json.loads(payload)["state"]["reported"])

    def close(self) -> None:
        """Nothing is open."""

    # Rules ----------------------------------------------------------------------------------------

    def _called(self, what: str) -> _Call:
        return _Call(self, what)

    def expire(self) -> None:
        for execution in self.executions:
            if execution.status == "IN_PROGRESS" and self.now_s() >= execution.ends_s:
                self.end(execution, "TIMED_OUT")

    def _arm(self, execution: Execution, minutes: int) -> None:
        assert 1 <= minutes <= 10_080
        if self.step_timeout:
            execution.ends_s = self.now_s() + 60 * minutes

    def _next(self) -> Execution | None:
        for status in ("IN_PROGRESS", "QUEUED"):
            for execution in self.executions:
                if execution.status == status:
                    return execution
        return None

    def _find(self, job: str, number: int | None) -> Execution:
        for execution in reversed(self.executions):
            if execution.job == job and number in (None, execution.number):
                return execution
        raise ServiceError("ResourceNotFoundException", "no such job", 404)

    def _describe(self, execution: Execution, document: bool) -> JobExecution:
        return JobExecution(
            jobId=execution.job,
            thingName=THING,
            status=execution.status,
            versionNumber=execution.version,
            executionNumber=execution.number,
            jobDocument=self._write(execution) if document else None,
        )

    def _write(self, execution: Execution) -> str:
        if execution.text is not None:
            return execution.text
        models = [
            {**one, "url": self.presign(one["url"])} if "url" in one else one
            for one in execution.models
        ]
        return json.dumps(
            {"operation": OPERATION, "models": models, "failure_policy": execution.policy}
        )

    def presign(self, key: str) -> str:
        until_s = self.now_s() + self.url_valid_s
        return f"https://{HOST}/{key}?Expires={until_s:.3f}&{SECRET}"

    @staticmethod
    def _check_details(details: dict[str, str]) -> None:
        sound = len(details) <= 10 and all(
            _KEY.fullmatch(key) and 0 < len(text) <= 1_024 and text.isprintable()
            for key, text in details.items()
        )
        if not sound:
            raise ServiceError("InvalidRequestException", "statusDetails", 400)

    # The host of the URLs -------------------------------------------------------------------------

    def serve(self, head: str) -> Response:
        lines = head.split("\r\n")
        path, _, query = lines[0].split()[1].partition("?")
        headers = dict(line.split(": ", 1) for line in lines[1:] if line)
        asked = headers.get("range")
        status, sent, body = self._serve(path, query, asked)
        self.requests.append((path, asked, status))
        return Response(status, sent, Body(body))  # type: ignore[arg-type]

    def _serve(self, path: str, query: str, asked: str | None) -> tuple[int, dict[str, str], bytes]:
        until = re.match(r"Expires=([\d.]+)&", query)
        if until is None or float(until[1]) <= self.now_s() or SECRET not in query:
            text = "<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>"
            return 403, {}, text.encode()
        content = self.files.get(path)
        if content is None:
            return 404, {}, b"<Error><Code>NoSuchKey</Code></Error>"
        etag = {"etag": f'"{hashlib.sha256(content).hexdigest()}"'}
        if asked is None:
            return 200, {**etag, "content-length": str(len(content))}, content
        first, _, last = asked.removeprefix("bytes=").partition("-")
        part = content[int(first) : int(last) + 1 if last else None]
        span = f"bytes {first}-{int(first) + len(part) - 1}/{len(content)}"
        return 206, {**etag, "content-length": str(len(part)), "content-range": span}, part


class _Call:
    """A call: the timers, the faults, and what it proves of the time."""

    def __init__(self, service: ScriptedIot, what: str) -> None:
        self._service, self._what = service, what

    def _fail(self, faults: dict[str, Callable[[], None]]) -> None:
        fault = faults.get(self._what) or faults.get("")
        if fault is not None:
            fault()

    def __enter__(self) -> None:
        self._service.expire()
        self._service.calls[self._what] += 1
        self._fail(self._service.before)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        if error is None:
            self._fail(self._service.after)
        for clock in self._service.clocks:
            clock.vouched = True


class Body:
    """What a request of a file got, in pieces as a link brings them."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def wait(self, limit_s: float) -> bool:
        return True

    def __iter__(self) -> Iterator[bytes]:
        while self._content:
            piece, self._content = self._content[:16_384], self._content[16_384:]
            yield piece

    def read(self, size: int) -> bytes:
        return self._content[:size]

    def close(self) -> None:
        """Nothing is open."""

    def __enter__(self) -> Body:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is open."""


def merge(known: dict[str, Any], change: dict[str, Any]) -> None:
    """As shadows do: null takes a key out, and objects are merged."""
    for key, value in change.items():
        if value is None:
            known.pop(key, None)
        elif isinstance(value, dict):
            if not isinstance(known.get(key), dict):
                known[key] = {}
            merge(known[key], value)
        else:
            known[key] = value


def refuse(status: int, code: str = "ServiceUnavailableException") -> Callable[[], None]:
    def raise_it() -> None:
        raise ServiceError(code, "not now", status)

    return raise_it


def lose() -> None:
    """The answer gets lost."""
    raise ConnectionClosedError(f"{HOST}: the connection was closed")


def cut() -> None:
    """There is no link."""
    raise ConnectError(f"{HOST}: no route to host")


class IotBoard(Board):
    """A device in AWS IoT. Several may share a service, and so a certificate.

    hook: asked by every deployment hook: (handle, path) -> whether it is taken
    """

    def __init__(
        self, folder: Path, monkeypatch: Any, service: ScriptedIot | None = None, **sections: str
    ) -> None:
        self.runs_commands = "_command" in sections.get("deployments", "")
        self.iot = service or ScriptedIot()
        self.iot.now_s = lambda: self.steady_s
        self.link_up = True
        self.hook: Callable[[str, str], bool | None] = lambda handle, path: True
        self.hooked: list[tuple[str, str]] = []
        folder.mkdir(exist_ok=True)
        (folder / "device.pem").write_text(
            "-----BEGIN CERTIFICATE-----\nMAo=\n-----END CERTIFICATE-----\n"
            "-----BEGIN PRIVATE KEY-----\nMAo=\n-----END PRIVATE KEY-----\n"
        )
        sections = {
            "cloud": 'kind = "iot"\nendpoint = "iot.example"',
            "credentials": f'cert_file = "{folder}/device.pem"',
            "deployments": "poll_s = 3600\nreserve_bytes = 0",
            **sections,
        }
        super().__init__(folder, monkeypatch, **sections)
        self.monkeypatch = monkeypatch

    def start(self, steady_s: float | None = None) -> None:
        board = self

        class Services:
            provider = None

            def __init__(self, *_: object) -> None:
                self.deadline = Deadline()

            def connect(self, *_: object, **__: object) -> Any:
                return board.iot

            def open_s3(self) -> Any:
                raise AssertionError("no job of these tests has a model in a bucket")

            def open_url(self, origin: str) -> Any:
                assert origin == f"https://{HOST}"
                return board

            def close(self) -> None:
                """Nothing is open."""

        edgemote.agent.services.Services = Services  # type: ignore[assignment,misc]
        if steady_s is not None:
            self.steady_s = steady_s
        if hasattr(self, "agent"):
            self.iot.clocks.remove(self.clock)
            # As the system does where one is killed.
            self.agent._lock.close()
            self.agent.core.spool._disconnect()
        self.clock = Clock(lambda: self.wall_s, lambda: self.steady_s, NOW_S - 1_000_000)
        self.iot.clocks.append(self.clock)
        if not hasattr(self, "settings"):  # to load it is what takes longest
            self.settings = load(str(self.config))
        self.agent = Agent(self.settings, clock=self.clock, log=self.log)
        if not self.runs_commands:
            self.agent.on_deploy(self._ask_hook)
            self.agent.on_undeploy(self._ask_hook)

    def _ask_hook(self, handle: str, path: str | None) -> bool | None:
        self.hooked.append((handle, path or ""))
        return self.hook(handle, path or "")

    # As a connection to the host of the URLs
    def exchange(self, head: bytes, body: bytes, *, method: str, stream: bool) -> Response:
        assert (body, method, stream) == (b"", "GET", True)
        if not self.link_up:
            cut()
        return self.iot.serve(head.decode())

    def close(self) -> None:
        """Nothing is open."""

    # What is on the disk --------------------------------------------------------------------------

    @property
    def journal(self) -> dict[str, Any]:
        path = self.folder / "state" / "deployment.json"
        return json.loads(path.read_bytes()) if path.exists() else {}

    @property
    def current(self) -> dict[str, bytes]:
        """Handle -> content of what is current."""
        links = (self.folder / "state" / "models").glob("[!.]*/current")
        found = {}
        for link in links:
            (file,) = link.iterdir()
            found[link.parent.name] = file.read_bytes()
        return found

    def check_tidy(self) -> None:
        """Nothing is left of a deployment: no partial file, nothing at work, nothing to report."""
        assert not list((self.folder / "state" / "models").glob(".partial/*"))
        journal = self.journal
        assert not journal.get("work"), journal
        assert not journal.get("reports"), journal
        assert not journal.get("untidy"), journal


__all__ = [
    "ENDS",
    "Execution",
    "IotBoard",
    "Lines",
    "ScriptedIot",
    "cut",
    "lose",
    "merge",
    "refuse",
]
