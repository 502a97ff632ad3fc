"""What callers get wrong: the text of each error, nothing sent, and botocore's opinion of it."""

from __future__ import annotations

import io
import sys
from collections import OrderedDict, UserDict
from collections.abc import Iterator
from contextlib import suppress
from copy import deepcopy
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from random import Random
from types import MappingProxyType
from typing import Any

import pytest
from botocore.model import Shape
from botocore.validate import ParamValidator
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from aws.errors import ServiceError, ValidationError
from aws.sagemaker_edge import DeploymentModel, DeploymentResult, EdgeMetric, Model
from calls import Ours
from conftest import SERVICES
from made_service import make_service
from oracle import Oracle
from samples import Samples

BEAT = {"AgentVersion": "1.0", "DeviceName": "cam-7", "DeviceFleetName": "dock"}
DEVICE = {"DeviceName": "cam-7", "DeviceFleetName": "dock"}
BEAT_NAMES = "AgentMetrics, Models, AgentVersion, DeviceName, DeviceFleetName, DeploymentResult"
TIME = "a timestamp (POSIX seconds, datetime or date text)"
YEARS = "Expected POSIX seconds in the years 1 to 9999"
HALF_A_PAIR = (
    "cannot be written as JSON: 'utf-8' codec can't encode character '\\ud800' in position 0: "
    "surrogates not allowed"
)


def refused(ours: Ours, method: str, params: dict[str, Any]) -> str:
    """The text of the ValidationError; nothing was sent."""
    before = ours.recorder.count
    with pytest.raises(ValidationError) as caught:
        getattr(ours.client, method)(**params)
    assert ours.recorder.count == before
    assert caught.value.__cause__ is None
    return str(caught.value)


def with_attribute(struct: Any, name: str, value: Any) -> Any:
    """A struct of which an attribute was set to something wrong, which msgspec allows."""
    setattr(struct, name, value)
    return struct


def nested(depth: int, leaf: Any, wrap: Any) -> Any:
    for _ in range(depth):
        leaf = wrap(leaf)
    return leaf


class Floatish:
    """A number as some packages make them: it can become a float, and is none."""

    def __float__(self) -> float:
        return 1.5


# sagemaker-edge: every operation -----------------------------------------------------------------

GET = [
    ({}, "$.DeviceName is required"),
    ({"DeviceName": "cam-7"}, "$.DeviceFleetName is required"),
    ({"DeviceFleetName": "dock"}, "$.DeviceName is required"),
    ({**DEVICE, "DeviceName": None}, "$.DeviceName: Expected `str`, got `None`"),
    ({**DEVICE, "DeviceName": ""}, "$.DeviceName: Expected `str` of length >= 1"),
    ({**DEVICE, "DeviceFleetName": ""}, "$.DeviceFleetName: Expected `str` of length >= 1"),
    ({**DEVICE, "DeviceName": 7}, "$.DeviceName: Expected `str`, got `int`"),
    ({**DEVICE, "DeviceName": b"cam-7"}, "$.DeviceName: Expected `str`, got `bytes`"),
    ({**DEVICE, "DeviceName": ["cam-7"]}, "$.DeviceName: Expected `str`, got `list`"),
    (
        {**DEVICE, "deviceName": "cam-7"},
        "$.deviceName is not a parameter; the parameters are: DeviceName, DeviceFleetName",
    ),
    (
        {**DEVICE, "DeviceName_": "cam-7"},
        "$.DeviceName_ is not a parameter; the parameters are: DeviceName, DeviceFleetName",
    ),
]

METRIC = [
    ({"Dimension": ""}, ".Dimension: Expected `str` of length >= 1"),
    ({"Dimension": 5}, ".Dimension: Expected `str`, got `int`"),
    ({"MetricName": "abc"}, ".MetricName: Expected `str` of length >= 4"),
    ({"MetricName": b"CpuTemp"}, ".MetricName: Expected `str`, got `bytes`"),
    ({"Value": "51.5"}, ".Value: Expected `float`, got `str`"),
    ({"Value": True}, ".Value: Expected `float`, got `bool`"),
    ({"Value": [1.0]}, ".Value: Expected `float`, got `list`"),
    ({"Value": Floatish()}, ".Value: Expected `float`, got `Floatish`"),
    ({"Value": 1j}, ".Value: Expected `float`, got `complex`"),
    ({"Value": 10**400}, ".Value: too large for a `float`"),
    ({"Value": Decimal("1e400")}, ".Value: too large for a `float`"),
    ({"Timestamp": True}, f".Timestamp: Expected {TIME}, got `bool`"),
    ({"Timestamp": b"2015-01-01"}, f".Timestamp: Expected {TIME}, got `bytes`"),
    ({"Timestamp": {}}, f".Timestamp: Expected {TIME}, got `dict`"),
    ({"Timestamp": "yesterday"}, ".Timestamp: not a date: 'yesterday'"),
    ({"Timestamp": "nan"}, f".Timestamp: {YEARS}"),
    ({"Timestamp": float("nan")}, f".Timestamp: {YEARS}"),
    ({"Timestamp": float("inf")}, f".Timestamp: {YEARS}"),
    ({"Timestamp": 1_700_000_000_000}, f".Timestamp: {YEARS}"),
    ({"Timestamp": -1e12}, f".Timestamp: {YEARS}"),
    ({"Timestamp": 10**400}, f".Timestamp: {YEARS}"),
    (
        {"Timestamp": datetime.max.replace(tzinfo=timezone(timedelta(hours=-1)))},
        f".Timestamp: {YEARS}",
    ),
]

BEATS = [
    ({}, "$.AgentVersion is required"),
    ({**DEVICE}, "$.AgentVersion is required"),
    ({**BEAT, "AgentVersion": None}, "$.AgentVersion: Expected `str`, got `None`"),
    (
        {**BEAT, "Metrics": []},
        f"$.Metrics is not a parameter; the parameters are: {BEAT_NAMES}",
    ),
    # One metric instead of a list of them.
    ({**BEAT, "AgentMetrics": {"Value": 1.0}}, "$.AgentMetrics: Expected `list`, got `dict`"),
    (
        {**BEAT, "AgentMetrics": EdgeMetric(Value=1.0)},
        "$.AgentMetrics: Expected `list`, got `EdgeMetric`",
    ),
    ({**BEAT, "AgentMetrics": "CpuTemp"}, "$.AgentMetrics: Expected `list`, got `str`"),
    ({**BEAT, "AgentMetrics": iter([])}, "$.AgentMetrics: Expected `list`, got `list_iterator`"),
    (
        {**BEAT, "AgentMetrics": [None]},
        "$.AgentMetrics[0]: Expected `EdgeMetric` or dict, got `NoneType`",
    ),
    (
        {**BEAT, "AgentMetrics": [{}, [{}]]},
        "$.AgentMetrics[1]: Expected `EdgeMetric` or dict, got `list`",
    ),
    (
        {**BEAT, "AgentMetrics": [EdgeMetric(), Model(ModelName="gate")]},
        "$.AgentMetrics[1]: Expected `EdgeMetric` or dict, got `Model`",
    ),
    # Two structs with some of the same members are two structs.
    (
        {**BEAT, "DeploymentResult": DeploymentModel()},
        "$.DeploymentResult: Expected `DeploymentResult` or dict, got `DeploymentModel`",
    ),
    (
        {**BEAT, "DeploymentResult": [{}]},
        "$.DeploymentResult: Expected `DeploymentResult` or dict, got `list`",
    ),
    (
        {**BEAT, "DeploymentResult": "SUCCESS"},
        "$.DeploymentResult: Expected `DeploymentResult` or dict, got `str`",
    ),
    (
        {**BEAT, "AgentMetrics": [{"Valu": 1.0}]},
        "$.AgentMetrics[0].Valu is not a parameter",
    ),
    (
        {**BEAT, "Models": [{}, {"ModelMetrics": [{}, {"MetricName": "abc"}]}]},
        "$.Models[1].ModelMetrics[1].MetricName: Expected `str` of length >= 4",
    ),
    (
        {**BEAT, "Models": [Model(ModelMetrics=[{"MetricName": "abc"}])]},
        "$.Models[0].ModelMetrics[0].MetricName: Expected `str` of length >= 4",
    ),
    (
        {**BEAT, "Models": [{"ModelMetrics": [EdgeMetric(MetricName="abc")]}]},
        "$.Models[0].ModelMetrics[0].MetricName: Expected `str` of length >= 4",
    ),
    (
        {**BEAT, "DeploymentResult": DeploymentResult(DeploymentModels=[{"State": 5}])},
        "$.DeploymentResult.DeploymentModels[0].State: Expected `str`, got `int`",
    ),
    (
        {**BEAT, "AgentVersion": "\ud800"},
        f"$: SendHeartbeat {HALF_A_PAIR}",
    ),
    (
        {**BEAT, "AgentMetrics": [EdgeMetric(Dimension="\ud800")]},
        f"$: SendHeartbeat {HALF_A_PAIR}",
    ),
    ({**BEAT, 'a` - at `$.b[...]"': 1}, None),
]


@pytest.fixture(scope="module")
def edge() -> Ours:
    return Ours("sagemaker-edge")


@pytest.mark.parametrize(("params", "text"), GET)
@pytest.mark.parametrize("method", ["get_deployments", "get_device_registration"])
def test_get_operations(edge: Ours, method: str, params: Any, text: str) -> None:
    assert refused(edge, method, params) == text


@pytest.mark.parametrize(("params", "text"), BEATS)
def test_heartbeats(edge: Ours, params: Any, text: str | None) -> None:
    words = refused(edge, "send_heartbeat", params)
    assert text in (words, None)


@pytest.mark.parametrize(("metric", "text"), METRIC)
def test_metrics_in_dicts_and_structs(edge: Ours, metric: Any, text: str) -> None:
    ((name, value),) = metric.items()
    good = EdgeMetric(Value=1.0)
    for where, metrics in (
        ("[0]", [metric]),
        ("[1]", [good, metric]),
        ("[1]", [{}, EdgeMetric(**metric)]),
        ("[0]", (EdgeMetric(**metric), good)),
        ("[0]", [with_attribute(EdgeMetric(), name, value)]),
    ):
        params = {**BEAT, "AgentMetrics": metrics}
        assert refused(edge, "send_heartbeat", params) == f"$.AgentMetrics{where}{text}"
        params = {**BEAT, "Models": [{}, Model(ModelMetrics=list(metrics))]}
        assert refused(edge, "send_heartbeat", params) == f"$.Models[1].ModelMetrics{where}{text}"


def test_parameters_have_names(edge: Ours) -> None:
    with pytest.raises(TypeError, match="positional"):
        edge.client.get_deployments("cam-7", "dock")


# Other services ----------------------------------------------------------------------------------

ITEM = "$.Item['a']"
OTHERS = [
    # Maps: the path names the key.
    ("dynamodb", "put_item", {"TableName": "t"}, "$.Item is required"),
    (
        "dynamodb",
        "put_item",
        {"TableName": "t", "Item": {"ok": {"S": "x"}, "a": {"S": 5}}},
        f"{ITEM}.S: Expected `str`, got `int`",
    ),
    (
        "dynamodb",
        "put_item",
        {"TableName": "t", "Item": {"a": {"L": [{"S": "x"}, {"M": {"b c": {"N": 5}}}]}}},
        f"{ITEM}.L[1].M['b c'].N: Expected `str`, got `int`",
    ),
    (
        "dynamodb",
        "put_item",
        {"TableName": "t", "Item": {"a": "plain"}},
        f"{ITEM}: Expected `AttributeValue` or dict, got `str`",
    ),
    (
        "dynamodb",
        "put_item",
        {"TableName": "t", "Item": {"a": {"X": "y"}}},
        f"{ITEM}.X is not a parameter",
    ),
    (
        "dynamodb",
        "put_item",
        {"TableName": "t", "Item": {5: {"S": "x"}}},
        "$.Item: Expected `str`, got `int` as a key",
    ),
    (
        "dynamodb",
        "put_item",
        {"TableName": "t", "Item": {"a": {"M": {b"k": {"S": "x"}}}}},
        f"{ITEM}.M: Expected `str`, got `bytes` as a key",
    ),
    (
        "dynamodb",
        "put_item",
        {"TableName": "t", "Item": {"`[...]` - at `$.x": {"S": 5}}},
        "$.Item['\\x60[..\\x2e]\\x60 - at \\x60$.x'].S: Expected `str`, got `int`",
    ),
    (
        "dynamodb",
        "put_item",
        {"TableName": "t", "Item": [("a", {"S": "x"})]},
        "$.Item: Expected `dict`, got `list`",
    ),
    (
        "dynamodb",
        "batch_get_item",
        {"RequestItems": {"": {"Keys": [{"a": {"S": "x"}}]}}},
        "$.RequestItems: Expected `str` of length >= 1 as a key",
    ),
    (
        "dynamodb",
        "batch_get_item",
        {"RequestItems": {"t": {"Keys": []}}},
        "$.RequestItems['t'].Keys: Expected `list` of length >= 1",
    ),
    (
        "dynamodb",
        "batch_get_item",
        {"RequestItems": {"t": {}}},
        "$.RequestItems['t'].Keys is required",
    ),
    # Blobs.
    (
        "dynamodb",
        "put_item",
        {"TableName": "t", "Item": {"a": {"B": 5}}},
        f"{ITEM}.B: Expected `bytes`, str or a file, got `int`",
    ),
    (
        "dynamodb",
        "put_item",
        {"TableName": "t", "Item": {"a": {"BS": [b"x", [b"y"]]}}},
        f"{ITEM}.BS[1]: Expected `bytes`, str or a file, got `list`",
    ),
    (
        "kinesis",
        "put_record",
        {"StreamName": "s", "Data": None, "PartitionKey": "k"},
        "$.Data: Expected `bytes`, str or a file, got `NoneType`",
    ),
    # Nesting without end.
    (
        "dynamodb",
        "put_item",
        {
            "TableName": "t",
            "Item": {"a": nested(100_000, {"S": "x"}, lambda leaf: {"L": [leaf]})},
        },
        "$: nested too deeply",
    ),
    # Integers.
    ("lambda", "list_functions", {"MaxItems": 0}, "$.MaxItems: Expected `int` >= 1"),
    ("lambda", "list_functions", {"MaxItems": True}, "$.MaxItems: Expected `int`, got `bool`"),
    ("lambda", "list_functions", {"MaxItems": 5.0}, "$.MaxItems: Expected `int`, got `float`"),
    ("lambda", "list_functions", {"MaxItems": "5"}, "$.MaxItems: Expected `int`, got `str`"),
    (
        "lambda",
        "list_functions",
        {"MaxItems": Decimal(5)},
        "$.MaxItems: Expected `int`, got `decimal`",
    ),
    # Floats with a minimum.
    *(
        (
            "iot",
            "create_job",
            {
                "jobId": "j",
                "targets": ["t"],
                "jobExecutionsRolloutConfig": {
                    "exponentialRate": {
                        "baseRatePerMinute": 1,
                        "incrementFactor": factor,
                        "rateIncreaseCriteria": {"numberOfNotifiedThings": 1},
                    }
                },
            },
            "$.jobExecutionsRolloutConfig.exponentialRate.incrementFactor: Expected `float` >= 1.1",
        )
        for factor in (1.0, 1, Decimal("1.05"), float("-inf"), -5)
    ),
    # Booleans.
    (
        "lambda",
        "create_function",
        {"FunctionName": "f", "Role": "r", "Code": {}, "Publish": 1},
        "$.Publish: Expected `bool`, got `int`",
    ),
    # Lists below their minimum.
    (
        "iot",
        "create_job",
        {"jobId": "j", "targets": []},
        "$.targets: Expected `list` of length >= 1",
    ),
    # Labels are part of the address.
    ("iot", "describe_thing", {"thingName": ""}, "$.thingName: Expected `str` of length >= 1"),
    (
        "iot",
        "describe_thing",
        {"thingName": "\ud800"},
        "$.thingName: contains an unpaired surrogate",
    ),
    (
        "iot-data",
        "publish",
        {"topic": ""},
        "$.topic: must not be empty, because it is part of the URL",
    ),
    ("iot-data", "publish", {}, "$.topic is required"),
    # Headers are lines.
    *(
        (
            "lambda",
            "invoke",
            {"FunctionName": "f", "ClientContext": text},
            "$.ClientContext: must not contain control characters, because it is sent as a header",
        )
        for text in ("a\r\nx-evil: 1", "a\nb", "a\rb", "a\0b", "\x1b[31m", "\x7f")
    ),
    (
        "lambda",
        "invoke",
        {"FunctionName": "f", "ClientContext": "\ud800"},
        "$.ClientContext: contains an unpaired surrogate",
    ),
    (
        "lambda",
        "list_functions",
        {"Marker": "\ud800"},
        "$.Marker: contains an unpaired surrogate",
    ),
    # Halves of surrogate pairs where no text is expected, and where boto3 encodes it first.
    (
        "lambda",
        "list_functions",
        {"MaxItems": "\ud800"},
        "$: a parameter contains an unpaired surrogate",
    ),
    *(
        (
            "s3-whole",
            "copy_object",
            {"Bucket": "b", "Key": "k", "CopySource": "b/k", **wrong},
            "$: a parameter contains an unpaired surrogate",
        )
        for wrong in ({"CopySource": "b/\ud800"}, {"SSECustomerKey": "\ud800"})
    ),
    # A sequence that msgspec takes for a mapping.
    (
        "dynamodb",
        "put_item",
        {"TableName": "t", "Item": range(3)},
        "$: 'range' object has no attribute 'keys'",
    ),
    (
        "iot-data",
        "publish",
        {"topic": "t", "userProperties": ["\ud800"]},
        f"$: Publish {HALF_A_PAIR}",
    ),
    # Operations without parameters.
    (
        "iot",
        "get_logging_options",
        {"x": 1},
        "$.x is not a parameter; the parameters are: none",
    ),
]


@pytest.mark.parametrize(("service", "method", "params", "text"), OTHERS)
def test_other_services(service: str, method: str, params: Any, text: str) -> None:
    assert refused(client(service), method, params) == text


def test_decimals_and_subclasses_are_written_by_each_protocol() -> None:
    class Text(str):
        __slots__ = ()

    noon = Decimal("1440938160.5")
    for service in ("cloudwatch", "cloudwatch-json", "cloudwatch-query"):
        times = {"StartTime": noon, "EndTime": noon}
        method, params = "get_metric_data", {"MetricDataQueries": [], **times}
        client(service).recorder.answer = (200, {}, b"")
        with suppress(ServiceError):
            getattr(client(service).client, method)(**params)
        sent = client(service).recorder.raw.body
        with suppress(ServiceError):
            getattr(client(service).client, method)(
                MetricDataQueries=[], StartTime=float(noon), EndTime=float(noon)
            )
        assert sent == client(service).recorder.raw.body, service
    sent_headers = []
    for properties in ([{"a": Text("b")}], [{"a": "b"}]):
        client("iot-data").client.publish(topic="t", userProperties=properties)
        sent_headers.append(client("iot-data").recorder.raw.headers["x-amz-mqtt5-user-properties"])
    assert sent_headers[0] == sent_headers[1]


_clients: dict[str, Ours] = {}


def client(service: str) -> Ours:
    if service not in _clients:
        _clients[service] = Ours(service)
    return _clients[service]


# Python 3.14 limits recursion in C by the stack's size instead of the number of calls.
TOO_DEEP = 5_000 if sys.version_info < (3, 14) else 100_000


@pytest.mark.parametrize("depth", [500, TOO_DEEP])
def test_structs_nested_too_deeply(depth: int) -> None:
    ours = client("dynamodb")
    struct = ours.package.AttributeValue
    value = nested(depth, struct(S="x"), lambda leaf: struct(L=[leaf]))
    params = {"TableName": "t", "Item": {"a": value}}
    if depth == TOO_DEEP:
        assert refused(ours, "put_item", params) == "$: nested too deeply"
    # Less deep ones are sent or refused, as Python's version has it.
    words = accepts("dynamodb", "PutItem", params)
    assert words in (None, "$: nested too deeply")


def test_a_minimum_is_allowed_itself() -> None:
    for factor in (1.1, Decimal("1.1000000000000001"), float("inf"), float("nan")):
        rate = {
            "baseRatePerMinute": 1,
            "incrementFactor": factor,
            "rateIncreaseCriteria": {"numberOfNotifiedThings": 1},
        }
        config = client("iot").package.JobExecutionsRolloutConfig
        for rollout in ({"exponentialRate": rate}, config(exponentialRate=rate)):
            params = {"jobId": "j", "targets": ["t"], "jobExecutionsRolloutConfig": rollout}
            assert accepts("iot", "CreateJob", params) is None


def test_a_value_that_holds_itself() -> None:
    loop: dict[str, Any] = {}
    loop["L"] = [loop]
    params = {"TableName": "t", "Item": {"a": loop}}
    assert refused(client("dynamodb"), "put_item", params) == "$: nested too deeply"


def test_what_is_passed_may_be_of_a_subclass() -> None:
    class Text(str):
        __slots__ = ()

    class Number(int):
        pass

    class Table(dict):  # type: ignore[type-arg]
        pass

    ours = client("dynamodb")
    params = {"TableName": Text("t"), "Key": Table(a={"S": Text("x")})}
    sent, _ = ours.call("get_item", params, (200, {}, b"{}"))
    assert sent.body == {"TableName": "t", "Key": {"a": {"S": "x"}}}
    sent, _ = ours.call("list_tables", {"Limit": Number(5)}, (200, {}, b"{}"))
    assert sent.body == {"Limit": 5}


@pytest.mark.parametrize("kind", [MappingProxyType, OrderedDict, UserDict])
def test_other_mappings_than_dicts(edge: Ours, kind: Any) -> None:
    params = {**BEAT, "AgentMetrics": [kind({"Value": 1.5})]}
    sent, _ = edge.call("send_heartbeat", params, (200, {}, b""))
    assert sent.body == {**BEAT, "AgentMetrics": [{"Value": 1.5}]}
    wrong = {**BEAT, "AgentMetrics": [kind({"Value": "1.5"})]}
    words = refused(edge, "send_heartbeat", wrong)
    assert words == "$.AgentMetrics[0].Value: Expected `float`, got `str`"
    item = kind({"a": kind({"S": "x"})})
    sent, _ = client("dynamodb").call("put_item", {"TableName": "t", "Item": item}, (200, {}, b""))
    assert sent.body["Item"] == {"a": {"S": "x"}}


# A model with what the services above lack --------------------------------------------------------

SHAPES = {
    "Text": {"type": "string"},
    "Blob": {"type": "blob"},
    "Document": {"type": "structure", "members": {}, "document": True},
    "Attributes": {"type": "map", "key": {"shape": "Text"}, "value": {"shape": "Text"}},
    "Moment": {"type": "timestamp", "timestampFormat": "iso8601"},
    "Either": {
        "type": "structure",
        "union": True,
        "members": {
            "Raw": {"shape": "Blob"},
            "Text": {"shape": "Text"},
            "Inner": {"shape": "Inner"},
        },
    },
    "Inner": {
        "type": "structure",
        "required": ["class"],
        "members": {
            "class": {"shape": "Text"},
            "Renamed": {"shape": "Text", "locationName": "wire"},
        },
    },
    "PutIn": {
        "type": "structure",
        "members": {
            "Anything": {"shape": "Document"},
            "Choice": {"shape": "Either"},
            "Inner": {"shape": "Inner"},
            "Moment": {"shape": "Moment"},
            "Meta": {"shape": "Attributes", "location": "headers", "locationName": "x-meta-"},
        },
    },
    "HostIn": {
        "type": "structure",
        "required": ["Account"],
        "members": {"Account": {"shape": "Text", "hostLabel": True}},
    },
    "GetIn": {
        "type": "structure",
        "required": ["Id"],
        "members": {"Id": {"shape": "Text", "location": "uri", "locationName": "id"}},
    },
}
OPERATIONS = {
    "Put": {"input": {"shape": "PutIn"}},
    "Host": {"input": {"shape": "HostIn"}, "endpoint": {"hostPrefix": "{Account}."}},
    "Get": {"http": {"method": "GET", "requestUri": "/{id}"}, "input": {"shape": "GetIn"}},
}
ODD = [
    ("put", {"Anything": Floatish()}, "$.Anything: Expected a JSON value, got `Floatish`"),
    ("put", {"Anything": {"a": [b"x"]}}, "$.Anything: Expected a JSON value, got `bytes`"),
    (
        "put",
        {"Anything": {"a": {5: 1}}},
        "$.Anything: Expected `str` as a document's key, got `int`",
    ),
    ("put", {"Anything": float("nan")}, "$.Anything: NaN and infinities are not valid in JSON"),
    ("put", {"Anything": [float("-inf")]}, "$.Anything: NaN and infinities are not valid in JSON"),
    (
        "put",
        {"Anything": datetime(2015, 1, 1)},
        "$.Anything: Expected a JSON value, got `datetime`",
    ),
    ("put", {"Anything": nested(100_000, 1, lambda leaf: [leaf])}, "$: nested too deeply"),
    ("put", {"Anything": {"a": "\ud800"}}, f"$: Put {HALF_A_PAIR}"),
    ("put", {"Choice": {}}, "$.Choice: Expected exactly one of Raw, Text, Inner, got 0"),
    (
        "put",
        {"Choice": {"Raw": b"", "Text": ""}},
        "$.Choice: Expected exactly one of Raw, Text, Inner, got 2",
    ),
    (
        "put",
        {"Choice": {"Text": None}},
        "$.Choice: Expected exactly one of Raw, Text, Inner, got 0",
    ),
    ("put", {"Choice": {"Other": 1}}, "$.Choice.Other is not a parameter"),
    ("put", {"Choice": {"Text": 5}}, "$.Choice.Text: Expected `str`, got `int`"),
    ("put", {"Choice": {"Inner": {}}}, "$.Choice.Inner.class is required"),
    ("put", {"Inner": {"class_": "x"}}, "$.Inner.class_ is not a parameter"),
    ("put", {"Inner": {"class": 5}}, "$.Inner.class: Expected `str`, got `int`"),
    ("put", {"Inner": {"class": "x", "wire": "y"}}, "$.Inner.wire is not a parameter"),
    ("put", {"Inner": {"class": "x", "Renamed": 5}}, "$.Inner.Renamed: Expected `str`, got `int`"),
    ("put", {"Moment": 1e300}, f"$.Moment: {YEARS}"),
    ("put", {"Moment": datetime.max.replace(tzinfo=timezone(timedelta(hours=-1)))}, None),
    (
        "put",
        {"Meta": {"a": "x\ny"}},
        "$.Meta['a']: must not contain control characters, because it is sent as a header",
    ),
    *(
        (
            "put",
            {"Meta": {key: "x"}},
            f"$.Meta[{key!r}]: the key may contain only letters, digits and hyphens, because it is "
            "part of a header name",
        )
        for key in ("a b", "a:b", "a\r\nb", "é", "a\0")
    ),
    ("host", {}, "$.Account is required"),
    *(
        (
            "host",
            {"Account": label},
            "$.Account: may contain only letters, digits, hyphens and periods, because it is part "
            "of the host name",
        )
        for label in ("a/b", "a b", "evil.com#", "é", "a@b", "a:80", "a\n")
    ),
    ("get", {"Id": ""}, "$.Id: must not be empty, because it is part of the URL"),
]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Ours]:
    """The model above, in both protocols."""
    folder = tmp_path_factory.mktemp("bad-input")
    return {
        "rest-json": make_service(folder / "rest", "bad-rest", SHAPES, OPERATIONS),
        "json": make_service(
            folder / "json",
            "bad-json",
            SHAPES,
            {name: facts for name, facts in OPERATIONS.items() if name != "Get"},
            protocol="json",
            protocols=["json"],
            jsonVersion="1.1",
            targetPrefix="Bad",
        ),
    }


@pytest.mark.parametrize(("method", "params", "text"), ODD)
def test_odd_shapes(made: dict[str, Ours], method: str, params: Any, text: str | None) -> None:
    assert text in (refused(made["rest-json"], method, params), None)
    # In the other protocol all members are in the body.
    if method not in ("get",) and "Meta" not in params:
        assert text in (refused(made["json"], method, params), None)


def test_a_host_label_is_not_empty(made: dict[str, Ours]) -> None:
    for ours in made.values():
        words = refused(ours, "host", {"Account": ""})
        assert words.startswith("$.Account: ")


# botocore's opinion ------------------------------------------------------------------------------

# We are stricter, and say so here.
#   bool for a number: it is a mistake, and AWS refuses `true` for one.
#   Text for a timestamp: dateutil guesses ("a" is a time zone), we take ISO 8601 and HTTP dates.
#   Documents and JSON values: NaN, tuples and keys that are no text are no JSON.
#   Empty labels, control characters in headers, characters that no host name has: they would ask
#   for something else than what was meant.
#   Halves of surrogate pairs: they are no text.
# We are laxer:
#   None for an optional member is an absent member, as in our structs.
#   Structs, mappings that are no dicts, memoryviews, and Decimals for timestamps are taken.
#   Sets are taken for lists, in the order in which they come.

WRONG: tuple[Any, ...] = (
    None, True, 0, 1, -1, 10**6, 1.5, -1.5, "", "x", "x" * 70, b"", b"x", bytearray(b"x"), [], (),
    [None], ["x"], ["x", 1], [{}], {}, {"x": 1}, {"x": "y"}, {"": "x"}, {1: "x"}, {"x": None},
    {"x": {}}, {"Unknown": 1}, object(), set(), 1j, Decimal("1.5"), Decimal("-1.5"),
    float("nan"), float("inf"), datetime(2015, 1, 1), io.BytesIO(b"x"),
)  # fmt: skip


def positions(shape: Shape, value: Any, required: bool) -> Iterator[tuple[Shape, Any, Any, bool]]:
    """(shape, container, key in it, required) of every value in the parameters."""
    if shape.type_name == "structure" and not getattr(shape, "is_document_type", False):
        needed = shape.metadata.get("required", [])
        for name, part in value.items():
            yield shape.members[name], value, name, name in needed
            yield from positions(shape.members[name], part, name in needed)
    elif shape.type_name == "list":
        for place, part in enumerate(value):
            yield shape.member, value, place, True
            yield from positions(shape.member, part, True)
    elif shape.type_name == "map":
        for key, part in value.items():
            yield shape.value, value, key, True
            yield from positions(shape.value, part, True)


def holds(value: Any, kinds: Any) -> bool:
    if isinstance(value, dict):
        return any(holds(part, kinds) for part in value.values())
    if isinstance(value, (list, tuple)):
        return any(holds(part, kinds) for part in value)
    return value is kinds if kinds is None else isinstance(value, kinds)


def is_declared(shape: Shape, value: Any, required: bool) -> bool:
    """Whether the lists above have something to say on this value in this place."""
    if value is None and not required:
        return True
    if holds(value, bool) and shape.type_name != "boolean":
        return True
    if shape.type_name == "timestamp" and isinstance(value, (str, Decimal, float)):
        return True
    if getattr(shape, "is_document_type", False) or shape.serialization.get("jsonvalue"):
        return True
    if shape.serialization.get("location") == "uri" and value == "":
        return True
    if shape.serialization.get("hostLabel"):
        return True
    if shape.type_name == "list" and isinstance(value, (set, frozenset)):
        return True
    # Members of what was put in: optional ones that are None.
    return isinstance(value, dict) and holds(value, None)


JUDGES = {service: Oracle(service) for service in SERVICES}
CONSTANTS = {service: client(service).operations for service in SERVICES}
operations = st.sampled_from(SERVICES).flatmap(
    lambda service: st.tuples(st.just(service), st.sampled_from(sorted(CONSTANTS[service])))
)


def accepts(service: str, operation: str, params: dict[str, Any]) -> str | None:
    """None if it would be sent, else the error's text."""
    described = client(service).client_class.service
    try:
        described.protocol.encode(described, CONSTANTS[service][operation], params)
    except ValidationError as error:
        return str(error)
    return None


# With one value put wrong, we refuse what botocore refuses and take what it takes, but for the
# exceptions that are declared above.
@settings(deadline=None, max_examples=400)
@given(operations, st.randoms(use_true_random=False))
def test_botocore_agrees(operation: tuple[str, str], random: Random) -> None:
    service, name = operation
    shape = JUDGES[service].model.operation_model(name).input_shape
    assume(shape is not None and shape.members)
    # Where boto3 has a name of its own for a parameter, as we have: test_names_of_parameters.
    assume(set(shape.members) <= set(CONSTANTS[service][name].input.__struct_fields__))
    params = Samples(random, full=random.random() < 0.3).params(shape)
    assert not ParamValidator().validate(params, shape).has_errors()
    assert accepts(service, name, params) is None
    places = list(positions(shape, params, True))
    assume(places)
    part, container, key, required = random.choice(places)
    how = random.random()
    if how < 0.7:
        value = deepcopy(random.choice(WRONG))
        assume(not is_declared(part, value, required))
        # A token that is None is filled in, one that is required too.
        assume(value is not None or key != CONSTANTS[service][name].token)
        container[key] = value
    elif how < 0.85:
        del container[key]
    elif isinstance(container, dict):
        container[random.choice(("Unknown", "", 5, key))] = container.pop(key)
    report = ParamValidator().validate(params, shape)
    words = accepts(service, name, params)
    assert (words is not None) == report.has_errors(), (words, report.generate_report())


# Whatever is passed, the error is a ValidationError with a path.
@settings(deadline=None, max_examples=200)
@given(operations, st.randoms(use_true_random=False))
def test_any_input_is_taken_or_refused_in_words(operation: tuple[str, str], random: Random) -> None:
    service, name = operation
    shape = JUDGES[service].model.operation_model(name).input_shape
    assume(shape is not None and shape.members)
    # Where boto3 has a name of its own for a parameter, as we have: test_names_of_parameters.
    assume(set(shape.members) <= set(CONSTANTS[service][name].input.__struct_fields__))
    params = Samples(random, full=False).params(shape)
    for _ in range(3):
        places = list(positions_now(params))
        if places:
            container, key = random.choice(places)
            container[key] = deepcopy(random.choice(WRONG))
    words = accepts(service, name, params)
    assert words is None or words.startswith("$")


def positions_now(value: Any) -> Iterator[tuple[Any, Any]]:
    parts = (
        value.items() if type(value) is dict else enumerate(value) if type(value) is list else ()
    )
    for key, part in list(parts):
        yield value, key
        yield from positions_now(part)
