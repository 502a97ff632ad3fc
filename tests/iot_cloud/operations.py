"""What a device may ask of AWS IoT over HTTPS, and the rules of it that ministack lacks."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

from endpoint.answers import Answer, error_answer
from endpoint.signatures import Request

PUBLISH_LIMIT_BYTES = 128 * 1024
SHADOW_LIMIT_BYTES = 8 * 1024
DETAILS_LIMIT = 10
_DETAIL_NAME = re.compile(r"[a-zA-Z0-9:_-]{1,128}")
_DETAIL_VALUE = re.compile(r"[^\x00-\x1f\x7f]{1,1024}")
STEP_MINUTES = range(1, 10_081)


class Operation(NamedTuple):
    """A row. path: with one group, the thing or the topic. grant: prefix of the policy's action,
    and kind of its resource. scope: ministack routes by the signing name.
    """

    name: str
    method: str
    path: re.Pattern[str]
    grant: tuple[str, str]
    scope: str


def _row(name: str, method: str, path: str, grant: tuple[str, str], scope: str) -> Operation:
    return Operation(name, method, re.compile(path), grant, scope)


_TOPIC, _THING, _JOBS = ("iot", "topic"), ("iot", "thing"), ("iotjobsdata", "thing")
OPERATIONS = (
    _row("Publish", "POST", "/topics/(.+)", _TOPIC, "iotdata"),
    _row("GetThingShadow", "GET", "/things/([^/]+)/shadow", _THING, "iotdata"),
    _row("UpdateThingShadow", "POST", "/things/([^/]+)/shadow", _THING, "iotdata"),
    _row("DeleteThingShadow", "DELETE", "/things/([^/]+)/shadow", _THING, "iotdata"),
    _row("GetPendingJobExecutions", "GET", "/things/([^/]+)/jobs", _JOBS, "iot-jobs-data"),
    _row(
        "StartNextPendingJobExecution",
        "PUT",
        r"/things/([^/]+)/jobs/(?:\$|%24)next",
        _JOBS,
        "iot-jobs-data",
    ),
    _row("DescribeJobExecution", "GET", "/things/([^/]+)/jobs/[^/]+", _JOBS, "iot-jobs-data"),
    _row("UpdateJobExecution", "POST", "/things/([^/]+)/jobs/[^/]+", _JOBS, "iot-jobs-data"),
)


class Asked(NamedTuple):
    """An operation on a thing or a topic. action and resource: as policies name them, without
    the ARN's account.
    """

    operation: Operation
    action: str
    resource: str


def find(request: Request) -> Asked | None:
    for operation in OPERATIONS:
        found = operation.path.fullmatch(request.path)
        if found and operation.method == request.method:
            prefix, kind = operation.grant
            resource = f"{kind}/{unquote(found[1])}"
            shadow = parse_qs(urlsplit(request.target).query).get("name")
            if shadow:
                resource += f"/{shadow[0]}"
            return Asked(operation, f"{prefix}:{operation.name}", resource)
    return None


def judge(asked: Asked, request: Request) -> Answer | None:
    """The refusal of what AWS refuses and ministack does not."""
    name = asked.operation.name
    if name == "Publish" and len(request.body) > PUBLISH_LIMIT_BYTES:
        return _too_large()
    if name == "UpdateThingShadow" and len(request.body) > SHADOW_LIMIT_BYTES:
        return _too_large()
    if name not in ("StartNextPendingJobExecution", "UpdateJobExecution"):
        return None
    try:
        body = json.loads(request.body or b"{}")
    except ValueError:
        return _invalid("The body is not JSON.")
    details = body.get("statusDetails") or {}
    if len(details) > DETAILS_LIMIT:
        return _invalid(f"statusDetails has {len(details)} pairs; {DETAILS_LIMIT} are allowed.")
    for key, value in details.items():
        if not _DETAIL_NAME.fullmatch(key) or not _DETAIL_VALUE.fullmatch(value):
            return _invalid(f"statusDetails: {key!r} does not satisfy the constraints.")
    minutes = body.get("stepTimeoutInMinutes")
    if minutes is not None and minutes != -1 and minutes not in STEP_MINUTES:
        return _invalid(f"stepTimeoutInMinutes is {minutes}.")
    return None


def adapt(asked: Asked, request: Request) -> Request:
    """What ministack is asked instead: it takes a step timeout of -1, which is none, for one that
    is over, and 0 for none.
    """
    if asked.operation.name not in ("StartNextPendingJobExecution", "UpdateJobExecution"):
        return request
    body = json.loads(request.body or b"{}")
    if body.get("stepTimeoutInMinutes") != -1:
        return request
    return replace(request, body=json.dumps({**body, "stepTimeoutInMinutes": 0}).encode())


def _too_large() -> Answer:
    return error_answer("RequestEntityTooLargeException", "The payload is too large.", status=413)


def _invalid(message: str) -> Answer:
    return error_answer("InvalidRequestException", message, status=400)
