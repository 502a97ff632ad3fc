"""Answers that no service sends: a peer, a proxy or a bug on the other side decides every byte."""

from __future__ import annotations

import json
import time
import tracemalloc
from base64 import b64encode
from collections.abc import Callable
from random import Random
from typing import Annotated, Any

import cbor2
import pytest
from botocore import xform_name
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec import Meta

import conftest
from aws import cbor, json_body, xml_parser
from aws.errors import ServiceError
from aws.lenient import read_text
from aws.shape import Shape
from calls import Ours
from conformance.wires import WIRES
from edgemote_codegen.protocols import PROTOCOLS
from hostile import FORMS
from oracle import Oracle

# Operations of all protocols, whose results hold about everything: recursion and blobs, maps,
# timestamps, numbers, unions, payloads raw and structured, headers, streams.
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
    ("cloudwatch-json", "DescribeAlarms"),
    ("cloudwatch", "DescribeAlarms"),
    ("cloudwatch", "GetMetricData"),
    ("cloudwatch", "GetDashboard"),
    ("s3-whole", "ListObjectsV2"),
    ("s3-whole", "GetObject"),
    ("s3-whole", "HeadObject"),
    ("s3-whole", "CopyObject"),
    ("s3-whole", "GetBucketPolicy"),
    ("s3-whole", "GetBucketLocation"),
    ("s3-whole", "GetBucketLifecycleConfiguration"),
    ("s3-whole", "GetObjectAcl"),
    ("iam", "GetUser"),
    ("iam", "GetUserPolicy"),
    ("sns", "GetTopicAttributes"),
    ("sts", "AssumeRole"),
    ("cloudwatch-query", "DescribeAlarms"),
    ("ec2-part", "DescribeInstances"),
    ("ec2-part", "DescribeSecurityGroups"),
)
CLIENTS = {package: Ours(package) for package, _ in OPERATIONS}
_BY_MODULE = {f"aws.{row.module}": name for name, row in PROTOCOLS.items()}
SPOKEN = {
    package: _BY_MODULE[ours.client_class.service.protocol.__name__]
    for package, ours in CLIENTS.items()
}
JUDGES = {
    package: Oracle(conftest.CLIENTS[package].service, protocol=SPOKEN[package])
    for package in CLIENTS
}
STATUSES = (200, 201, 204, 300, 301, 304, 400, 403, 500, 503, 599, 999)


def sent_by(service: str, operation: str) -> dict[str, Any]:
    model = JUDGES[service].model.operation_model(operation)
    return WIRES[SPOKEN[service]].samples(Random(0), full=False).params(model.input_shape)


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
    if hasattr(getattr(result, "Body", None), "read"):
        result.Body.read()
    return result


PARAMS = {(service, operation): sent_by(service, operation) for service, operation in OPERATIONS}


@pytest.mark.parametrize(("service", "operation"), OPERATIONS)
def test_corpus(service: str, operation: str) -> None:
    for body in FORMS[SPOKEN[service]].corpus:
        for status in (200, 400):
            ask(service, operation, (status, {}, body))


header_texts = st.one_of(
    st.sampled_from(
        ("", "5", "-5", "NaN", "true", "maybe", "a,b", ",", "é", "AAAA", "e30=", "null")
    ),
    st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=10),
    st.text("0123456789:-TZ., GMTSunNov", max_size=30),
)


# Whatever the bytes and headers of an answer are, a call gives its result or a ServiceError, and
# nothing else.
@pytest.mark.slow
@settings(deadline=None, max_examples=800)
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
                "content-length",
                "content-encoding",
                "last-modified",
                "expires",
                "x-amz-meta-a",
                "x-amz-missing-meta",
                "x-amz-checksum-crc32",
                "x-amz-storage-class",
                "x-amz-object-lock-retain-until-date",
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
    spoken = SPOKEN[operation[0]]
    samples = WIRES[spoken].samples(random, full=random.random() < 0.5)
    _, sound, body = samples.answer(output)
    if random.random() < 0.5:
        headers = sound | headers
    ask(*operation, (status, headers, FORMS[spoken].spoil(random, body)))


@settings(deadline=None, max_examples=400)
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


# (package, operation, a body of about so many bytes): what takes the most of memory or time.
GREEDY: dict[str, tuple[str, str, Callable[[int], bytes]]] = {
    "json nested": ("dynamodb", "GetItem", lambda n: b"[" * n),
    "json many": ("dynamodb", "GetItem", lambda n: _wrap(b'{"Item":{"a":{"L":[', b"{},", n)),
    "json blob": ("dynamodb", "GetItem", lambda n: b'{"Item":{"a":{"B":"' + b"*" * n + b'"}}}'),
    "json number": ("dynamodb", "DescribeTable", lambda n: b'{"Table":{"ItemCount":' + b"9" * n),
    "json digits": (
        "dynamodb",
        "DescribeTable",
        lambda n: b'{"Table":{"ItemCount":"' + b"9" * n + b'"}}',
    ),
    "json code": ("dynamodb", "GetItem", lambda n: b'{"__type":"' + b"#:" * (n // 2) + b'"}'),
    "json message": ("dynamodb", "GetItem", lambda n: b'{"message":"' + b"m" * n + b'"}'),
    "xml nested": ("iam", "GetUser", lambda n: b"<a>" * (n // 3)),
    "xml flat": ("s3-whole", "ListObjectsV2", lambda n: _wrap(b"<r>", b"<Contents/>", n)),
    "xml items": ("ec2-part", "DescribeInstances", lambda n: _wrap(_RESERVED, b"<item/>", n)),
    "xml unknown": ("iam", "GetUser", lambda n: _wrap(b"<r>", b"<x/>", n)),
    "xml text": ("s3-whole", "ListObjectsV2", lambda n: b"<r><Name>" + b"t" * n + b"</Name></r>"),
    "xml entities": ("s3-whole", "ListObjectsV2", lambda n: _wrap(b"<r><Name>", b"&amp;", n)),
    "xml references": ("s3-whole", "ListObjectsV2", lambda n: _wrap(b"<r><Name>", b"&#9;", n)),
    "xml digits": ("s3-whole", "ListObjectsV2", lambda n: _wrap(b"<r><KeyCount>", b"9", n)),
    "xml time": ("iam", "GetUser", lambda n: _wrap(_CREATED, b"9", n)),
    "xml comments": ("iam", "GetUser", lambda n: _wrap(b"<r>", b"<!---->", n)),
    "xml comment": ("iam", "GetUser", lambda n: b"<r><!--" + b"-" * n),
    "xml sections": ("iam", "GetUser", lambda n: _wrap(b"<r>", b"<![CDATA[]]>", n)),
    "xml tag": ("iam", "GetUser", lambda n: b"<" + b"r" * n + b"/>"),
    "xml attributes": (
        "s3-whole",
        "GetObjectAcl",
        lambda n: (
            b"<r><AccessControlList><Grant><Grantee"
            + b"".join(b" a%d=''" % number for number in range(n // 10))
            + b"/></Grant></AccessControlList></r>"
        ),
    ),
    "xml namespaces": ("iam", "GetUser", lambda n: _wrap(b"<r>", b"<x xmlns='n'/>", n)),
    "xml doctype": ("iam", "GetUser", lambda n: b"<!DOCTYPE r [" + b"<!ENTITY a 'b'>" * (n // 15)),
    "xml policy": ("iam", "GetUserPolicy", lambda n: _wrap(_POLICY, b"%5B", n)),
    "xml map": ("sns", "GetTopicAttributes", lambda n: _wrap(_ATTRIBUTES, b"<entry/>", n)),
    "cbor nested": ("cloudwatch", "DescribeAlarms", lambda n: b"\x81" * n),
    "cbor open": ("cloudwatch", "DescribeAlarms", lambda n: b"\x9f" * n),
    "cbor many": ("cloudwatch", "DescribeAlarms", lambda n: _ALARMS + b"\xa0" * n + b"\xff"),
    "cbor numbers": ("cloudwatch", "GetMetricData", lambda n: _RESULTS + b"\0" * n + b"\xff"),
    "cbor pieces": ("cloudwatch", "DescribeAlarms", lambda n: b"\x7f" + b"\x60" * n + b"\xff"),
    "cbor long number": (
        "cloudwatch",
        "DescribeAlarms",
        lambda n: b"\xc2\x5a" + n.to_bytes(4, "big") + b"\xff" * n,
    ),
    "cbor text": (
        "cloudwatch",
        "GetDashboard",
        lambda n: b"\xa1\x6dDashboardBody\x7a" + n.to_bytes(4, "big") + b"t" * n,
    ),
    "cbor promise": (
        "cloudwatch",
        "DescribeAlarms",
        lambda n: b"\x9b" + (2**60).to_bytes(8, "big") + b"\0" * n,
    ),
}
_RESERVED = b"<r><reservationSet>"
_CREATED = b"<r><GetUserResult><User><CreateDate>"
_POLICY = b"<r><GetUserPolicyResult><PolicyDocument>"
_ATTRIBUTES = b"<r><GetTopicAttributesResult><Attributes>"
_ALARMS = b"\xa1\x6cMetricAlarms\x9f"
_RESULTS = b"\xa1\x71MetricDataResults\x81\xa1\x66Values\x9f"


def _wrap(start: bytes, part: bytes, size: int) -> bytes:
    """`start`, parts of about so many bytes, and what closes the elements of XML that it opens."""
    middle = part * (size // len(part))
    if not start.startswith(b"<"):
        return start + middle + b"{}]}}}"
    tags = [tag.partition(b">")[0] for tag in start.split(b"<")[1:]]
    return start + middle + b"".join(b"</%b>" % tag for tag in reversed(tags))


greedy = pytest.mark.parametrize("name", GREEDY)


@greedy
@pytest.mark.parametrize("status", [200, 400])
def test_memory_grows_no_faster_than_the_body(name: str, status: int) -> None:
    service, operation, make = GREEDY[name]
    body = make(300_000)
    tracemalloc.start()
    try:
        ask(service, operation, (status, {}, body))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # A struct takes more than the byte that it may come from, but a fixed number more, and there
    # cannot be more of them than the form's limit allows.
    assert peak < 80 * len(body), peak / len(body)


@pytest.mark.parametrize(
    ("service", "operation", "body", "words"),
    [
        (
            "dynamodb",
            "GetItem",
            b'{"a": [' + b"{}," * json_body.CONTAINER_LIMIT + b"5]}",
            f"more than {json_body.CONTAINER_LIMIT} objects and lists",
        ),
        (
            "lambda",
            "GetFunction",
            b'{"a": [' + b"[]," * json_body.CONTAINER_LIMIT + b"5]}",
            f"more than {json_body.CONTAINER_LIMIT} objects and lists",
        ),
        (
            "cloudwatch",
            "DescribeAlarms",
            b"\xa1\x6cMetricAlarms\x9f" + b"\xa0" * cbor.CONTAINER_LIMIT + b"\xff",
            f"more than {cbor.CONTAINER_LIMIT} lists and maps",
        ),
        (
            "ec2-part",
            "DescribeInstances",
            b"<A" + b" a=''" * (xml_parser.ATTRIBUTE_LIMIT + 1) + b"/>",
            f"more than {xml_parser.ATTRIBUTE_LIMIT} equals signs",
        ),
    ],
    ids=["json", "rest-json", "cbor", "xml"],
)
def test_what_an_answer_holds_has_limits(
    service: str, operation: str, body: bytes, words: str
) -> None:
    error = ask(service, operation, (200, {}, body))
    assert (error.code, error.status) == ("UnreadableAnswer", 200)
    assert words in error.message
    assert len(str(error)) < 200


def test_as_much_as_allowed_is_read() -> None:
    names = b"".join(b" a%d='>'" % number for number in range(xml_parser.ATTRIBUTE_LIMIT - 2))
    grant = b"<Grant><Grantee" + names + b" xmlns:xsi='urn:x' xsi:type='x'/></Grant>"
    body = b"<A><AccessControlList>" + grant + b"</AccessControlList></A>"
    result = ask("s3-whole", "GetObjectAcl", (200, {}, body))
    assert result.Grants[0].Grantee.Type == "x"
    count = cbor.CONTAINER_LIMIT - 2  # the response's own map and the list are two
    result = ask("cloudwatch", "DescribeAlarms", (200, {}, _ALARMS + b"\xa0" * count + b"\xff"))
    assert len(result.MetricAlarms) == count


# How deep is too deep is a matter of the Python: 1,000 for 3.11, more for later ones.
@pytest.mark.parametrize("depth", [980, 1000, 5000, 1_000_000])
def test_json_in_a_header_that_is_nested_too_deeply_is_handed_on(depth: int) -> None:
    text = b64encode(b"[" * depth + b"]" * depth).decode()
    found = read_text(Annotated[Any, Meta(extra={"wire": "jsonvalue"})], text)
    assert found == text or (depth < 1_000_000 and isinstance(found, list))


@pytest.mark.parametrize("wrong", [["a"], {"a": 1}, None, [[[]]]])
def test_a_code_and_a_message_that_are_no_texts_are_not_quoted(wrong: Any) -> None:
    row = {"__type": wrong, "message": wrong}
    for service, operation, body in (
        ("dynamodb", "GetItem", json.dumps(row).encode()),
        ("sagemaker-edge", "GetDeployments", json.dumps(row).encode()),
        ("cloudwatch", "DescribeAlarms", cbor2.dumps(row)),
    ):
        error = ask(service, operation, (400, {}, body))
        assert (error.code, error.message) == ("400", "")


@greedy
def test_time_grows_no_faster_than_the_body(name: str) -> None:
    service, operation, make = GREEDY[name]

    def measure_s(size: int) -> float:
        body = make(size)
        best = []
        for _ in range(3):
            started = time.process_time()
            ask(service, operation, (200, {}, body))
            best.append(time.process_time() - started)
        return min(best)

    # Sixteen times the bytes: 16 where it grows as they do, 256 where it grows with their square.
    # What is small is lost in what every call takes.
    assert measure_s(320_000) < 64 * max(measure_s(20_000), 0.0005)


def test_errors_quote_little_of_a_page() -> None:
    page = b"<html>" + b"x" * 10_000
    error = ask("sagemaker-edge", "GetDeployments", (403, {}, page))
    assert error.message == page[:200].decode()
    error = ask("sagemaker-edge", "GetDeployments", (200, {}, page))
    assert error.code == "UnreadableAnswer"
    assert len(str(error)) < 300
