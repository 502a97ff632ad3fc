"""localstack reads what we send, and we read what it answers: a sample of `make conformance`."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

from aws import json_body
from conformance.departures import MISREAD
from conformance.reading import Reading, print_readings, read_service, settle
from oracle import Oracle

SAMPLE = [  # (service, protocol, one operation of so many)
    ("dynamodb", "json", 6),
    ("sqs", "json", 3),
    ("sagemaker-edge", "rest-json", 1),
    ("iot-data", "rest-json", 1),
    ("lambda", "rest-json", 8),
    ("cloudwatch", "smithy-rpc-v2-cbor", 4),
    ("s3", "rest-xml", 8),
    ("route53", "rest-xml", 8),
    ("sns", "query", 4),
    ("iam", "query", 20),
    ("ec2", "ec2", 60),
]


@pytest.mark.slow
@pytest.mark.parametrize(("service", "protocol", "every"), SAMPLE)
def test_a_service_is_read_as_botocores(service: str, protocol: str, every: int) -> None:
    reading = read_service(service, protocol, every=every)
    assert reading.differences == []
    assert reading.operations > 0
    declared = len(reading.departed)
    assert reading.requests >= 0.6 * reading.operations  # the judge has gaps of its own
    assert reading.answers >= 0.9 * reading.operations
    assert reading.requests - reading.requests_ours <= declared
    assert (reading.answers_ours, reading.errors_ours) == (reading.answers, reading.errors)


def test_a_wrong_request_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    encode = json_body.encode_members

    def drop_a_member(operation: Any, fields: Any) -> bytes:
        return encode(operation, dict(list(fields.items())[1:]))

    monkeypatch.setattr(json_body, "encode_members", drop_a_member)
    reading = read_service("sagemaker-edge", "rest-json")
    assert (reading.requests, reading.requests_ours) == (3, 0)
    assert "sagemaker-edge:GetDeployments (rest-json): request" in reading.differences[0]
    monkeypatch.setitem(MISREAD, ("sagemaker-edge", "*"), "on purpose")
    reading = read_service("sagemaker-edge", "rest-json")
    assert (reading.requests_ours, reading.differences) == (0, [])
    assert {words for _, words in reading.departed} == {"on purpose"}


def test_a_wrong_result_and_a_wrong_error_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_body, "decode", lambda shape, body: None)
    monkeypatch.setattr(json_body, "parse_object", lambda body: {})
    reading = read_service("sagemaker-edge", "rest-json")
    assert (reading.answers, reading.answers_ours) == (3, 1)  # SendHeartbeat has no output
    assert reading.errors_ours == 0 < reading.errors
    kinds = {line.partition("\n")[0].rpartition(": ")[2] for line in reading.differences}
    assert kinds == {"answer", "error"}


def test_values_are_the_same_in_whatever_form() -> None:
    shape = Oracle("dynamodb", protocol="json").model.shape_for("AttributeValue")
    assert settle(shape, {"B": "a", "SS": [], "N": None, "L": [{"S": ""}]}) == {
        "B": b"a",
        "L": [{}],
    }
    times = Oracle("iot", protocol="rest-json").model.shape_for("DateType")
    moment = datetime(2026, 1, 1, 0, 0, 0, 250_000)
    assert settle(times, moment) == settle(times, moment.replace(tzinfo=timezone.utc))
    assert settle(times, moment) == settle(times, 1_767_225_600.25) == 1_767_225_600
    assert settle(times, "never") == "never"


def test_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    reading = Reading("s", "query", 1000, 9, 8, 7, 6, 5, 4, departed=[("Op", "why"), ("Op", "why")])
    print_readings([reading], {})
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == "protocol operations requests ours answers ours errors ours".split()
    assert lines[1].split() == ["query", "1,000", "9", "8", "7", "6", "5", "4"]
    assert lines[2] == "on purpose: s:Op: why"
