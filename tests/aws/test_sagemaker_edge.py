"""The three operations with parameters and answers made by hypothesis: equal to botocore's."""

from __future__ import annotations

import json
import math
from datetime import datetime, timedelta, timezone
from random import Random
from typing import Any

import pytest
from botocore import xform_name
from botocore.exceptions import ClientError
from botocore.model import Shape
from hypothesis import example, given, settings
from hypothesis import strategies as st

import aws.sagemaker_edge as package
from aws.errors import ServiceError
from calls import Ours
from oracle import Oracle, plain_result, plain_struct
from samples import RestSamples, Samples

JUDGE = Oracle("sagemaker-edge")
OURS = Ours("sagemaker-edge")
OPERATIONS = ("SendHeartbeat", "GetDeployments", "GetDeviceRegistration")
ANSWER = (200, {}, b"{}")
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)

randoms = st.randoms(use_true_random=False)
operations = st.sampled_from(OPERATIONS)
texts = st.text(min_size=4, max_size=12).filter(
    lambda text: not any("\ud800" <= letter <= "\udfff" for letter in text)
)


class Wild(RestSamples):
    """Texts and numbers of every kind, where samples.py has a fixed few."""

    def __init__(self, random: Random, *, full: bool) -> None:
        super().__init__(random, full=full)

    def string(self, shape: Shape, depth: int) -> str:
        if shape.enum and self.random.random() < 0.7:
            return self.random.choice(shape.enum)
        size = self.random.randint(4, 8)
        return "".join(chr(self.letter()) for _ in range(size))

    def letter(self) -> int:
        top = self.random.choice((0x7F, 0x7FF, 0xD7FF, 0x10FFFF))
        code = self.random.randint(0, top)
        return code if not 0xD800 <= code <= 0xDFFF else 0x2603

    def float(self, shape: Shape, depth: int) -> float:
        if self.random.random() < 0.2:
            return self.random.choice((math.nan, math.inf, -math.inf, 0, -7, 1 << 60))
        return self.random.uniform(-1, 1) * 10 ** self.random.randint(-300, 300)

    double = float


def shape_of(operation: str) -> Shape:
    return JUDGE.model.operation_model(operation).input_shape


def in_structs(shape: Shape, value: Any, random: Random, share: float) -> Any:
    """The value with a share of its dicts as structs."""
    if shape.type_name == "list":
        return [in_structs(shape.member, part, random, share) for part in value]
    if shape.type_name == "structure":
        parts = {
            name: in_structs(shape.members[name], part, random, share)
            for name, part in value.items()
        }
        return getattr(package, shape.name)(**parts) if random.random() < share else parts
    if shape.type_name == "timestamp":
        return in_any_form(value, random) if share < 1 else value.timestamp()
    return value


def in_any_form(moment: datetime, random: Random) -> Any:
    """A datetime in one of the forms in which callers pass it."""
    zone = timezone(timedelta(minutes=random.randint(-1439, 1439)))
    return random.choice(
        (
            moment,
            moment.replace(tzinfo=None),
            moment.astimezone(zone),
            moment.timestamp(),
            moment.isoformat(),
            moment.isoformat().replace("+00:00", "Z"),
            moment.isoformat(sep=" "),
            repr(moment.timestamp()),
        )
    )


def send(operation: str, params: dict[str, Any]) -> Any:
    sent, _ = OURS.call(xform_name(operation), params, ANSWER)
    return sent.facts()


# A request depends on what was passed alone, not on the form in which it was passed: all in dicts,
# all in structs, or mixed, it is the request that botocore sends for the dicts.
@settings(deadline=None, max_examples=120)
@given(randoms, operations, st.booleans())
def test_requests_are_botocores(random: Random, operation: str, full: bool) -> None:
    shape = shape_of(operation)
    params = Wild(random, full=full).params(shape)
    expected, _ = JUDGE.call(xform_name(operation), params, ANSWER)
    assert send(operation, params) == expected.facts()
    for share in (1.0, 0.5):
        parts = {
            name: in_structs(shape.members[name], part, random, share)
            for name, part in params.items()
        }
        assert send(operation, parts) == expected.facts()


@settings(deadline=None, max_examples=80)
@given(
    st.one_of(
        st.floats(allow_nan=False, min_value=-6e10, max_value=2.5e11),
        st.integers(-60_000_000_000, 250_000_000_000),
        st.datetimes(timezones=st.none() | st.timezones()).filter(
            lambda moment: 2 <= moment.year <= 9998
        ),
        st.datetimes(min_value=datetime(1000, 1, 1)).map(datetime.isoformat),
        st.datetimes(min_value=datetime(1000, 1, 1)).map(lambda moment: f"{moment.isoformat()}Z"),
        st.datetimes(min_value=datetime(1000, 1, 1), timezones=st.timezones())
        .filter(lambda moment: moment.utcoffset().total_seconds() % 60 == 0)
        .map(datetime.isoformat),
        st.dates(min_value=datetime(1000, 1, 1).date()).map(str),
    )
)
@example(0)
@example(-0.0)
@example(1_440_938_160.123456)
@example("2015-08-30 12:36:00")
@example("1440938160")
@example("Sun, 30 Aug 2015 12:36:00 GMT")
@example(datetime(1, 1, 2))
@example(datetime(9999, 12, 30, 23, 59, 59, 999999))
def test_timestamps_in_every_form(value: Any) -> None:
    params = {"AgentMetrics": [{"Timestamp": value}], **REQUIRED}
    expected, _ = JUDGE.call("send_heartbeat", params, ANSWER)
    theirs = expected.body["AgentMetrics"][0]["Timestamp"]
    ours = send("SendHeartbeat", params)["body"]["AgentMetrics"][0]["Timestamp"]
    # botocore rounds a number to microseconds, we hand on every digit of it.
    assert ours == pytest.approx(theirs, abs=1e-6, rel=0)
    if isinstance(value, (int, datetime)):
        assert ours == theirs
        assert type(ours) is type(theirs)


REQUIRED = {"AgentVersion": "1", "DeviceName": "d", "DeviceFleetName": "f"}


@pytest.mark.parametrize(
    ("value", "wire"), [(math.nan, "NaN"), (math.inf, "Infinity"), (-math.inf, "-Infinity")]
)
@pytest.mark.parametrize("make", [dict, package.EdgeMetric])
def test_what_is_no_finite_number_travels_as_text(value: float, wire: str, make: Any) -> None:
    params = {"AgentMetrics": [make(Value=value), make(Value=1.5)], **REQUIRED}
    metrics = send("SendHeartbeat", params)["body"]["AgentMetrics"]
    assert metrics == [{"Value": wire}, {"Value": 1.5}]


@settings(deadline=None, max_examples=100)
@given(randoms, operations, st.booleans())
def test_results_are_botocores(random: Random, operation: str, full: bool) -> None:
    model = JUDGE.model.operation_model(operation)
    params = Samples(random, full=False).params(model.input_shape)
    answer = Wild(random, full=full).answer(model.output_shape)
    _, expected = JUDGE.call(xform_name(operation), params, answer)
    _, result = OURS.call(xform_name(operation), params, answer)
    assert (plain_struct(result) or {}) == plain_result(model.output_shape, expected)
    if operation == "SendHeartbeat":
        assert result is None


# Unknown members, unknown enum values and nulls never break decoding.
def test_answers_of_tomorrow() -> None:
    body = {
        "New": {"deep": [1, None]},
        "Deployments": [
            {"Type": "Firmware", "DeploymentName": None, "Later": 1.5, "Definitions": [{"X": []}]},
            {},
        ],
    }
    answer = (200, {}, json.dumps(body).encode())
    _, expected = JUDGE.call("get_deployments", REQUIRED_DEVICE, answer)
    _, result = OURS.call("get_deployments", REQUIRED_DEVICE, answer)
    assert result.Deployments[0].Type == "Firmware"
    assert plain_struct(result) == {"Deployments": expected["Deployments"]}


REQUIRED_DEVICE = {"DeviceName": "d", "DeviceFleetName": "f"}
codes = st.sampled_from(
    (
        "InternalServiceException",
        "InternalServiceException:http://internal.amazon.com/coral/com.amazonaws.sagemakeredge/",
        "com.amazonaws.sagemakeredge#InternalServiceException",
        "a.b#InternalServiceException:http://x#y",
        "ThrottlingException",
        "UnheardOf",
        "ServiceError",
        "annotations",
        "__builtins__",
        "",
    )
)
places = st.sampled_from(("x-amzn-ErrorType", "__type", "code", "Code", None))


@settings(deadline=None, max_examples=150)
@given(
    operation=operations,
    status=st.sampled_from((301, 400, 403, 404, 413, 429, 500, 503, 599)),
    code=codes,
    place=places,
    message=st.none() | st.text(max_size=20),
    message_name=st.sampled_from(("message", "Message")),
    more=st.dictionaries(st.sampled_from(("a", "Message", "fault")), st.text(max_size=5)),
)
def test_errors_are_botocores(
    operation: str,
    status: int,
    code: str,
    place: str | None,
    message: str | None,
    message_name: str,
    more: dict[str, str],
) -> None:
    body: dict[str, Any] = {**more}
    headers = {"x-amzn-RequestId": "4442587f"}
    if message is not None:
        body[message_name] = message
    if place == "x-amzn-ErrorType":
        headers[place] = code
    elif place is not None:
        body[place] = code
    params = Samples(Random(0), full=False).params(shape_of(operation))
    answer = (status, headers, json.dumps(body).encode())
    _, expected = JUDGE.call(xform_name(operation), params, answer)
    _, error = OURS.call(xform_name(operation), params, answer)
    assert isinstance(expected, ClientError)
    assert isinstance(error, ServiceError)
    # An empty code says less than the status does, which is what we fall back on.
    assert error.code == (expected.response["Error"]["Code"] or str(status))
    assert error.message == expected.response["Error"]["Message"]
    assert error.status == status
    assert error.request_id == "4442587f"
    modelled = error.code == "InternalServiceException"
    assert type(error) is (package.InternalServiceException if modelled else ServiceError)
