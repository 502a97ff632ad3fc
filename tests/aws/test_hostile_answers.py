"""Answers that no service sends: a peer, a proxy or a bug on the other side decides every byte."""

from __future__ import annotations

import json
import tracemalloc
from random import Random
from typing import Any

import pytest
from botocore import xform_name
from hypothesis import example, given, settings
from hypothesis import strategies as st

from aws.errors import ServiceError
from aws.shape import Shape
from calls import Ours
from oracle import Oracle
from samples import Samples

# Services of both protocols, with operations whose results hold about everything: recursion and
# blobs, maps, timestamps, numbers, unions, payloads raw and structured, headers.
OPERATIONS = (
    ("sagemaker-edge", "GetDeployments"),
    ("sagemaker-edge", "GetDeviceRegistration"),
    ("sagemaker-edge", "SendHeartbeat"),
    ("dynamodb", "GetItem"),
    ("dynamodb", "DescribeTable"),
    ("lambda", "Invoke"),
    ("lambda", "GetFunction"),
    ("iot-data", "GetThingShadow"),
    ("iot-data", "GetRetainedMessage"),
    ("iot", "DescribeJob"),
    ("kinesis", "GetRecords"),
    ("secretsmanager", "GetSecretValue"),
    ("sqs", "ReceiveMessage"),
    ("logs", "GetQueryResults"),
)
JUDGES = {service: Oracle(service) for service, _ in OPERATIONS}
CLIENTS = {service: Ours(service) for service, _ in OPERATIONS}

DEEP = 100_000
CORPUS = (
    b"",
    b"null",
    b"0",
    b'"text"',
    b"[]",
    b"[[[[",
    b"{}",
    b"{",
    b'{"a": }',
    b"{} trailing",
    b'{"a": 1}{"a": 2}',
    b"\xff\xfe{}",
    b'{"Item": "\xed\xa0\x80"}',
    b'{"CacheTTL": "\\ud800"}',
    b"\xef\xbb\xbf{}",
    b"<html><body>Sign in to the hotel's network</body></html>",
    b'{"CacheTTL": 3600}',
    b'{"Item": null, "Item": {"a": {"S": "x"}}, "Item": 5}',
    b'{"Item": {"a": {"B": "****"}, "b": {"BS": ["a", 5, null, "YQ"]}}}',
    b'{"Item": {"a": {"B": "\xc3\xa9"}, "b": {"B": {}}, "c": {"B": 1e999}}}',
    b'{"Item": {"a": {"NULL": "yes"}, "b": {"BOOL": "true"}, "c": {"BOOL": 1}}}',
    b'{"Table": {"ItemCount": 1e400, "TableSizeBytes": -0.0, "CreationDateTime": 1e400}}',
    b'{"Table": {"ItemCount": "NaN", "TableSizeBytes": "1e3", "CreationDateTime": "NaN"}}',
    b'{"Table": {"ItemCount": 12345678901234567890123, "CreationDateTime": "Infinity"}}',
    b'{"Table": {"ItemCount": ' + b"9" * 100_000 + b"}}",
    b'{"Table": {"ItemCount": "' + b"9" * 100_000 + b'"}}',
    b'{"Table": {"CreationDateTime": "' + b"9" * 100_000 + b'"}}',
    b'{"Table": {"CreationDateTime": "2015-99-99T99:99:99Z"}}',
    b'{"Table": {"CreationDateTime": "9999-12-31T23:59:59-23:59"}}',
    b'{"Table": {"CreationDateTime": "0001-01-01T00:00:00+23:59"}}',
    b'{"Table": {"CreationDateTime": {"seconds": 5}}}',
    b'{"Table": {"CreationDateTime": true}}',
    b'{"Table": {"KeySchema": {"0": {}}, "AttributeDefinitions": [null, [], 5, {"a": 1}]}}',
    b'{"Records": [{"Data": 5, "ApproximateArrivalTimestamp": "Sun, 06 Nov 1994 08:49:37 GMT"}]}',
    b'{"Records": {"Data": "YQ=="}, "MillisBehindLatest": "5"}',
    b'{"' + b"k" * 1_000_000 + b'": 1}',
    b"[" * DEEP,
    b'{"a":' * DEEP,
    b'{"a":' + b"[" * DEEP + b"]" * DEEP + b"}",
    b'{"Item": {"a": ' + b'{"L": [' * DEEP + b"]}" * DEEP + b"}}",
    *(
        b'{"Item": {"a": ' + b'{"L": [' * depth + b'{"N": 5}' + b"]}" * depth + b"}}"
        for depth in (100, 200, 300, 450, 700, 1500)
    ),
    b'{"Deployments": ' + b"[" * DEEP + b"]" * DEEP + b"}",
    b'{"__type": ["a"], "message": {"a": 1}, "code": {}}',
    b'{"__type": {"#": ":"}, "Message": 5}',
    b'{"__type": "a#b:c#d", "message": null}',
    b'{"code": 5, "Code": null, "Message": ["x"]}',
    b'{"__type": "ServiceError"}',
    b'{"__type": "NAMES_BY_CODE"}',
    b'{"__type": "ConditionalCheckFailedException", "Item": {"a": {"B": 5}}}',
    b'{"__type": "ConditionalCheckFailedException", "Item": 5}',
    b'{"__type": "TransactionCanceledException", "CancellationReasons": {"Item": []}}',
    b'{"__type": "ConditionalCheckFailedException", "Item": '
    + b'{"a": {"M": ' * 600
    + b"5"
    + b"}}" * 600
    + b"}",
)
STATUSES = (200, 201, 204, 300, 301, 304, 400, 403, 500, 503, 599, 999)


def sent_by(service: str, operation: str) -> dict[str, Any]:
    model = JUDGES[service].model.operation_model(operation)
    return Samples(Random(0), full=False).params(model.input_shape)


def ask(service: str, operation: str, answer: tuple[int, dict[str, str], bytes]) -> Any:
    """The result or the ServiceError. Whatever else is raised comes through."""
    client = CLIENTS[service]
    _, result = client.call(xform_name(operation), PARAMS[service, operation], answer)
    status = answer[0]
    if status >= 301:
        assert isinstance(result, ServiceError)
        assert result.status == status
        assert isinstance(result.code, str)
        assert isinstance(result.message, str)
    elif not isinstance(result, ServiceError):
        output = JUDGES[service].model.operation_model(operation).output_shape
        assert isinstance(result, Shape) if output is not None else result is None
    repr(result)
    str(result)
    return result


PARAMS = {(service, operation): sent_by(service, operation) for service, operation in OPERATIONS}


@pytest.mark.parametrize(("service", "operation"), OPERATIONS)
def test_corpus(service: str, operation: str) -> None:
    for body in CORPUS:
        for status in (200, 400):
            ask(service, operation, (status, {}, body))


def mutate(random: Random, value: Any, depth: int = 0) -> Any:
    """The JSON value with something in it put wrong."""
    if depth and random.random() < 0.15:
        return random.choice(
            (None, True, 0, -1, 1.5, 1e300, 2**70, "", "NaN", "é", "2015-01-01", [], {}, [None])
        )
    if isinstance(value, dict):
        parts = {name: mutate(random, part, depth + 1) for name, part in value.items()}
        if random.random() < 0.1:
            parts[random.choice(("", "x", "__type", "message", "__class__"))] = value
        return parts
    if isinstance(value, list):
        parts = [mutate(random, part, depth + 1) for part in value]
        return parts if random.random() < 0.9 else {"0": parts}
    return value


def spoil(random: Random, body: bytes) -> bytes:
    """The bytes cut, with some put in, or with some changed."""
    choice = random.random()
    at = random.randint(0, len(body))
    if choice < 0.5:
        return body
    if choice < 0.65:
        return body[:at]
    if choice < 0.8:
        return body[:at] + random.randbytes(random.randint(1, 4)) + body[at:]
    return body[:at] + random.choice((b'"', b"{", b"]", b"\\u", b"\0", b",", b"-")) + body[at + 1 :]


header_texts = st.one_of(
    st.sampled_from(
        ("", "5", "-5", "NaN", "true", "maybe", "a,b", ",", "é", "AAAA", "e30=", "null")
    ),
    st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=10),
    st.text("0123456789:-TZ., GMTSunNov", max_size=30),
)


# Whatever the bytes and headers of an answer are, a call gives its result or a ServiceError, and
# nothing else.
@settings(deadline=None, max_examples=400)
@given(
    st.sampled_from(OPERATIONS),
    st.randoms(use_true_random=False),
    st.sampled_from(STATUSES),
    st.dictionaries(
        st.sampled_from(
            (
                "x-amzn-errortype",
                "x-amzn-requestid",
                "x-amz-request-id",
                "x-amzn-query-error",
                "x-amz-function-error",
                "x-amz-log-result",
                "x-amz-executed-version",
                "retry-after",
                "date",
                "content-type",
            )
        ),
        header_texts,
        max_size=4,
    ),
)
def test_any_answer_is_a_result_or_a_service_error(
    operation: tuple[str, str], random: Random, status: int, headers: dict[str, str]
) -> None:
    output = JUDGES[operation[0]].model.operation_model(operation[1]).output_shape
    _, _, body = Samples(random, full=random.random() < 0.5).answer(output)
    if body.startswith(b"{"):
        body = json.dumps(mutate(random, json.loads(body))).encode()
    ask(*operation, (status, headers, spoil(random, body)))


@settings(deadline=None, max_examples=200)
@given(st.sampled_from(OPERATIONS), st.sampled_from((200, 400)), st.binary(max_size=60))
@example(("dynamodb", "GetItem"), 200, b'{"Item":{"a":{"B":"\\ud83d"}}}')
def test_any_bytes_are_a_result_or_a_service_error(
    operation: tuple[str, str], status: int, body: bytes
) -> None:
    ask(*operation, (status, {}, body))


def test_a_value_of_an_unexpected_type_is_handed_on() -> None:
    body = b'{"DeviceRegistration": {"a": 1}, "CacheTTL": 3600}'
    result = ask("sagemaker-edge", "GetDeviceRegistration", (200, {}, body))
    assert (result.DeviceRegistration, result.CacheTTL) == ({"a": 1}, 3600)
    body = b'{"Deployments": [5, {"DeploymentName": "d", "Definitions": "none"}]}'
    result = ask("sagemaker-edge", "GetDeployments", (200, {}, body))
    assert result.Deployments[0] == 5
    assert result.Deployments[1].DeploymentName == "d"
    assert result.Deployments[1].Definitions == "none"


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 4_000_000,
        b'{"Item": {"a": {"L": [' + b"{}," * 100_000 + b"{}]}}}",
        b'{"Item": {"a": {"B": "' + b"*" * 4_000_000 + b'"}}}',
        b'{"Table": {"ItemCount": ' + b"9" * 4_000_000 + b"}}",
        b'{"Table": {"ItemCount": "' + b"9" * 4_000_000 + b'"}}',
        b'{"__type": "' + b"#:" * 2_000_000 + b'"}',
        b'{"message": "' + b"m" * 4_000_000 + b'"}',
    ],
    ids=["nested", "many", "blob", "number", "digits", "code", "message"],
)
@pytest.mark.parametrize("status", [200, 400])
def test_memory_grows_no_faster_than_the_body(body: bytes, status: int) -> None:
    for operation in ("GetItem", "DescribeTable"):
        tracemalloc.start()
        try:
            ask("dynamodb", operation, (status, {}, body))
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        # A struct takes more than the three bytes that it may come from, but a fixed number more.
        assert peak < 80 * max(len(body), 300_000)


def test_errors_quote_little_of_a_page() -> None:
    page = b"<html>" + b"x" * 10_000
    error = ask("sagemaker-edge", "GetDeployments", (502, {}, page))
    assert error.message == page[:200].decode()
    error = ask("sagemaker-edge", "GetDeployments", (200, {}, page))
    assert error.code == "UnreadableAnswer"
    assert len(str(error)) < 300
