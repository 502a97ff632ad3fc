"""Requests, results and errors of every operation of the eleven services, equal to botocore's.

`make conformance` takes all of them, several samples each; `make test` takes a part.
"""

from __future__ import annotations

import json
import os
from base64 import b64decode
from functools import cache
from random import Random
from typing import Any

import pytest
from botocore import xform_name
from botocore.exceptions import ClientError
from botocore.model import Shape

from aws.errors import ServiceError
from calls import Ours
from conftest import SERVICES
from oracle import Oracle, Sent, plain_result, plain_struct
from samples import Samples

ALL = os.environ.get("EDGEMOTE_CONFORMANCE") == "all"
SHARE = 1 if ALL else 8  # one operation of so many
ROUNDS = 4 if ALL else 1

EVENT_STREAMS = {
    ("kinesis", "SubscribeToShard"),
    ("logs", "GetLogObject"),
    ("logs", "StartLiveTail"),
    ("lambda", "InvokeWithResponseStream"),
}


@cache
def oracle(service: str) -> Oracle:
    return Oracle(service)


@cache
def ours(service: str) -> Ours:
    return Ours(service)


def sampled() -> list[tuple[str, str]]:
    found = []
    for service in SERVICES:
        names = [
            name
            for name in oracle(service).model.operation_names
            if (service, name) not in EVENT_STREAMS
        ]
        found += [(service, name) for name in names[:: SHARE if len(names) > 15 else 1]]
    return found


def is_rest(service: str) -> bool:
    return str(oracle(service).model.resolved_protocol).startswith("rest")


def decode_json_headers(shape: Shape | None, sent: Sent) -> None:
    """botocore escapes what is not ASCII in the JSON of a header; the value is what counts."""
    for member in shape.members.values() if shape is not None else ():
        name = member.serialization.get("name", "").lower()
        if member.serialization.get("jsonvalue") and name in sent.headers:
            sent.headers[name] = json.loads(b64decode(sent.headers[name]))


def compare(service: str, operation: str, seed: object, *, full: bool) -> None:
    judge, client = oracle(service), ours(service)
    model = judge.model.operation_model(operation)
    samples = Samples(Random(f"{service}:{operation}:{seed}"), full=full)
    params = samples.params(model.input_shape)
    answer = samples.answer(model.output_shape, rest=is_rest(service))
    method = xform_name(operation)
    expected_request, expected = judge.call(method, params, answer)
    request, result = client.call(method, params, answer)
    for sent in (request, expected_request):
        decode_json_headers(model.input_shape, sent)
    assert request.facts() == expected_request.facts()
    if isinstance(expected, ClientError):
        pytest.fail(f"botocore takes the sample for an error: {expected}")
    assert not isinstance(result, ServiceError), result
    assert (plain_struct(result) or {}) == plain_result(model.output_shape, expected)


@pytest.mark.parametrize(("service", "operation"), sampled())
def test_full_parameters(service: str, operation: str) -> None:
    for seed in range(ROUNDS):
        compare(service, operation, seed, full=True)


@pytest.mark.parametrize(("service", "operation"), sampled())
def test_some_parameters(service: str, operation: str) -> None:
    for seed in range(ROUNDS):
        compare(service, operation, f"some {seed}", full=False)


@pytest.mark.parametrize(("service", "operation"), sampled())
def test_errors(service: str, operation: str) -> None:
    judge, client = oracle(service), ours(service)
    model = judge.model.operation_model(operation)
    params = Samples(Random(operation), full=False).params(model.input_shape)
    for shape in model.error_shapes:
        samples = Samples(Random(shape.name), full=True)
        members = {
            name: member for name, member in shape.members.items() if name.lower() != "message"
        }
        body: dict[str, Any] = {
            member.serialization.get("name", name): samples.wire(member, 1)
            for name, member in members.items()
            if not member.serialization.get("location")
        }
        body |= {"message": "what was wrong", "__type": f"com.amazonaws#{shape.error_code}"}
        headers = {"x-amzn-RequestId": "4442587f"}
        if is_rest(service):
            headers["x-amzn-ErrorType"] = f"{shape.error_code}:http://internal.amazon.com/"
        answer = (400, headers, json.dumps(body).encode())
        _, expected = judge.call(xform_name(operation), params, answer)
        _, error = client.call(xform_name(operation), params, answer)
        assert isinstance(expected, ClientError)
        assert isinstance(error, ServiceError)
        assert error.code == expected.response["Error"]["Code"]
        assert error.message == expected.response["Error"]["Message"]
        assert error.status == expected.response["ResponseMetadata"]["HTTPStatusCode"]
        assert error.request_id == expected.response["ResponseMetadata"]["RequestId"]
        modelled = isinstance(expected, judge.client.exceptions.from_code(error.code))
        assert (type(error) is not ServiceError) == modelled
        for name, member in members.items():
            if not member.serialization.get("location") and name in expected.response:
                got = plain_struct(getattr(error, name))
                assert got == plain_result(shape, {name: expected.response[name]})[name]
