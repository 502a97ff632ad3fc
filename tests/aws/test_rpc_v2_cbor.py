"""RPC v2 CBOR through a client, beside what test_conformance.py compares."""

from __future__ import annotations

import math
from datetime import datetime, timezone
from random import Random
from typing import Any

import cbor2
import pytest
from botocore import xform_name
from botocore.exceptions import ClientError
from hypothesis import given, settings
from hypothesis import strategies as st

from aws.cloudwatch import MetricDatum
from aws.errors import ServiceError, ValidationError
from calls import Ours
from hostile_cbor import mutate, read_corpus
from oracle import Oracle
from samples import CborSamples

OURS = Ours("cloudwatch")
JUDGE = Oracle("cloudwatch", protocol="smithy-rpc-v2-cbor")
OPERATIONS = ("DescribeAlarms", "GetMetricData", "GetDashboard", "PutMetricData")


def call(operation: str, status: int, body: bytes, **headers: str) -> Any:
    shape = JUDGE.model.operation_model(operation).input_shape
    params = CborSamples(Random(0), full=False, share=0.0).params(shape)
    _, result = OURS.call(xform_name(operation), params, (status, headers, body))
    return result


def put(**datum: Any) -> bytes:
    """The body of a PutMetricData with one datum."""
    params = {"Namespace": "n", "MetricData": [{"MetricName": "m", **datum}]}
    sent, _ = OURS.call("put_metric_data", params, (200, {}, b""))
    return sent.body  # type: ignore[no-any-return]


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 0, 7, 1e300])
def test_numbers_of_every_kind(value: float) -> None:
    found = put(Value=value)["MetricData"][0]["Value"]
    assert found == ("NaN" if math.isnan(value) else value)
    assert isinstance(found, (float, str))


@pytest.mark.parametrize(
    ("value", "wire"),
    [
        (1_440_938_160, b"\xc1\x1aU\xe2\xf8\xb0"),
        (1_440_938_160.0, b"\xc1\x1aU\xe2\xf8\xb0"),
        (1_440_938_160.25, b"\xc1\xfbA\xd5x\xbe,\x10\x00\x00"),
        (datetime(2015, 8, 30, 12, 36, tzinfo=timezone.utc), b"\xc1\x1aU\xe2\xf8\xb0"),
        (-1, b"\xc1\x20"),
    ],
)
def test_times_have_tag_1(value: Any, wire: bytes) -> None:
    for datum in (
        {"MetricName": "m", "Timestamp": value},
        MetricDatum(MetricName="m", Timestamp=value),
    ):
        OURS.call("put_metric_data", {"Namespace": "n", "MetricData": [datum]}, (200, {}, b""))
    assert OURS.recorder.raw.body.endswith(b"iTimestamp" + wire)


def test_struct_dict_and_mixture_are_the_same_request() -> None:
    names = [{"Name": f"n{n}", "Value": "v"} for n in range(30)]  # a head of two bytes
    assert put(Dimensions=names)["MetricData"][0]["Dimensions"] == names


def test_half_of_a_surrogate_pair_is_refused_before_anything_is_sent() -> None:
    OURS.recorder.sent = None
    with pytest.raises(ValidationError, match="PutMetricData cannot be written as CBOR"):
        OURS.client.put_metric_data(Namespace="\ud800", MetricData=[])
    assert OURS.recorder.sent is None


def test_the_code_of_the_older_protocol() -> None:
    error_shape = JUDGE.model.shape_for("InvalidParameterValueException")
    status, headers, body = CborSamples(Random(0), full=True).error(error_shape)
    headers["x-amzn-query-error"] = "InvalidParameterValue;Sender"
    answer = (status, headers, body)
    _, expected = JUDGE.call("list_dashboards", {}, answer)
    _, error = OURS.call("list_dashboards", {}, answer)
    assert isinstance(expected, ClientError)
    assert expected.response["Error"]["Code"] == error.code == "InvalidParameterValue"
    assert type(error).__name__ == "InvalidParameterValueException"
    assert error.message == "what was wrong"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"<html>", "the response of 6 bytes is not CBOR: 0x3c does not begin a data item"),
        (b"\x81" * 1000, "the response of 1000 bytes is not CBOR: it is nested too deeply"),
        (b"\x80", "expected a CBOR map, got list"),
    ],
)
def test_an_illegible_answer_is_told_by_its_size(body: bytes, words: str) -> None:
    error = call("DescribeAlarms", 200, body)
    assert isinstance(error, ServiceError)
    assert (error.code, error.message, error.status) == ("UnreadableAnswer", words, 200)


def test_an_illegible_error_is_quoted_and_keeps_its_status() -> None:
    error = call("DescribeAlarms", 503, b"Sign in")
    assert (error.code, error.message) == ("503", "Sign in")


def test_values_of_unexpected_types_are_handed_on() -> None:
    body = cbor2.dumps({"CompositeAlarms": [5, None, {"AlarmName": 7}], "NextToken": ["x"]})
    result = call("DescribeAlarms", 200, body)
    assert result.CompositeAlarms[:2] == [5, None]
    assert result.CompositeAlarms[2].AlarmName == 7
    assert result.NextToken == ["x"]


# Any answer is a result or a service error, whatever the network did to it.
@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from(OPERATIONS), st.randoms(use_true_random=True), st.sampled_from((200, 400, 503))
)
def test_spoilt_answers(operation: str, random: Random, status: int) -> None:
    output = JUDGE.model.operation_model(operation).output_shape
    _, _, body = CborSamples(random, full=random.random() < 0.5).answer(output)
    result = call(operation, status, mutate(random, body))
    assert status == 200 or isinstance(result, ServiceError)


@pytest.mark.parametrize("status", [200, 400])
def test_the_corpus_as_answers(status: int) -> None:
    for content, _ in read_corpus():
        for body in (content, cbor2.dumps({"MetricAlarms": 0})[:-1] + content):
            result = call("DescribeAlarms", status, body)
            assert status == 200 or isinstance(result, ServiceError)
