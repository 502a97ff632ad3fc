"""Requests, results and errors equal to botocore's: a fixed sample of what `make conformance` runs.

Services are those that have most of what a protocol can ask for; of each some operations.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from aws import json_body
from conformance.__main__ import list_pairs, print_table
from conformance.comparison import Outcome, compare_service
from conformance.departures import DEPARTURES
from conformance.handlers import OTHERWISE, SAME, list_handlers
from conformance.wires import WIRES
from edgemote_codegen.protocols import PROTOCOLS

SAMPLE = [
    # (service, protocol, one operation of so many)
    ("dynamodb", "json", 4),
    ("kinesis", "json", 4),
    ("logs", "json", 8),
    ("secretsmanager", "json", 4),
    ("sqs", "json", 2),
    ("ssm", "json", 10),
    ("timestream-write", "json", 2),  # endpoints are asked for
    ("account-access-runtime", "rest-json", 1),  # bearer tokens
    ("bedrock-runtime", "rest-json", 1),  # event streams are left out; documents, unions
    ("cloudsearchdomain", "rest-json", 1),  # botocore departs from its model
    ("codeartifact", "rest-json", 8),  # a hash of the body in a parameter
    ("glacier", "rest-json", 6),  # a header of its own, payloads
    ("iot", "rest-json", 16),
    ("iot-data", "rest-json", 1),
    ("iot-jobs-data", "rest-json", 1),
    ("lambda", "rest-json", 8),
    ("lex-runtime", "rest-json", 1),  # JSON in headers
    ("mediastore-data", "rest-json", 1),  # bodies that are not signed
    ("sagemaker-edge", "rest-json", 1),
    ("cloudwatch", "smithy-rpc-v2-cbor", 3),
    ("textract", "smithy-rpc-v2-cbor", 3),  # float beside double, blobs
    ("cloudwatch", "json", 6),
    ("s3", "rest-xml", 4),
    ("route53", "rest-xml", 8),
    ("cloudfront", "rest-xml", 16),
    ("s3control", "rest-xml", 12),
    ("cloudwatch", "query", 6),
    ("sns", "query", 5),
    ("sts", "query", 2),
    ("rds", "query", 20),
    ("ec2", "ec2", 60),
]


@pytest.mark.slow
@pytest.mark.parametrize(("service", "protocol", "every"), SAMPLE)
def test_a_service_is_botocores(service: str, protocol: str, every: int) -> None:
    outcome = compare_service(service, protocol, every=every)
    assert outcome.differences == []
    assert outcome.operations > 0
    assert (outcome.requests, outcome.responses) == (outcome.operations,) * 2 or outcome.departed
    assert outcome.errors_equal == outcome.errors


def test_what_cannot_be_generated_is_named_with_its_reason() -> None:
    outcome = compare_service("lexv2-runtime", "rest-json", examples=0)
    assert outcome.left_out == [("StartConversation", "event streams are not supported")]


def test_a_wrong_request_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    encode = json_body.encode_members

    def drop_a_member(operation: Any, fields: Any) -> bytes:
        return encode(operation, dict(list(fields.items())[1:]))

    monkeypatch.setattr(json_body, "encode_members", drop_a_member)
    outcome = compare_service("sagemaker-edge", "rest-json", examples=0)
    assert outcome.requests == 0
    assert outcome.responses == outcome.operations == 3
    assert "sagemaker-edge:GetDeployments (rest-json): request of all" in outcome.differences[0]


def test_a_wrong_result_and_a_wrong_error_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_body, "decode", lambda shape, body: None)
    monkeypatch.setattr(json_body, "parse_object", lambda body: {})
    outcome = compare_service("sagemaker-edge", "rest-json", examples=0)
    assert outcome.requests == 3
    assert outcome.responses == 1  # SendHeartbeat has no output
    assert outcome.errors_equal == 0 < outcome.errors


def test_a_departure_that_is_none_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(DEPARTURES, ("sagemaker-edge", "GetDeployments"), "nothing")
    outcome = compare_service("sagemaker-edge", "rest-json", examples=0)
    assert outcome.differences == ["sagemaker-edge:GetDeployments: no longer differs: nothing"]


def test_every_protocol_that_a_service_lists_is_compared() -> None:
    assert set(WIRES) <= set(PROTOCOLS)
    pairs, _ = list_pairs(["cloudwatch", "sqs"], None)
    assert ("cloudwatch", "json") in {(service, protocol) for _, service, protocol in pairs}
    assert ("cloudwatch", "smithy-rpc-v2-cbor") in {pair[1:] for pair in pairs}
    assert [size for size, *_ in pairs] == sorted((size for size, *_ in pairs), reverse=True)


def test_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    outcome = Outcome("s", "json", 5, 4, 3, 2, 1, [("Stream", "event streams")], [("Op", "why")])
    print_table([outcome], Counter({"soap": 7}))
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].split() == ["json", "5", "4", "3", "1/2", "1"]
    assert lines[2].split() == ["soap", "7", "not", "compared"]
    assert lines[3] == "left out, 1: event streams: s:Stream"
    assert lines[4] == "on purpose: s:Op (json): why"


def test_botocores_handlers_have_rows() -> None:
    assert {*SAME, *OTHERWISE} == set(list_handlers())
    assert not SAME.keys() & OTHERWISE.keys()
