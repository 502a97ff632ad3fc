"""Request structs in place of keyword arguments: the same request, or the same refusal.

`make conformance` calls every operation of all services by its struct, too.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path
from random import Random
from types import MappingProxyType
from typing import Any

import pytest
from botocore import xform_name
from botocore.model import OperationModel
from botocore.session import Session
from hypothesis import given
from hypothesis import strategies as st

import edgemote
from aws.dynamodb import AttributeValue
from aws.ec2_part import DescribeInstancesRequest, DescribeVolumesRequest
from aws.errors import EndpointError, ServiceError, ValidationError
from aws.kinesis import ListStreamsInput, PutRecordInput
from aws.lambda_ import InvocationRequest
from aws.operation import Operation
from aws.s3_whole import (
    S3,
    CreateBucketRequest,
    GetObjectRequest,
    HeadObjectRequest,
    ListBucketsRequest,
    ListObjectsV2Request,
    PutObjectRequest,
)
from aws.secretsmanager import CreateSecretRequest, PutSecretValueRequest
from aws.shape import Shape
from aws.validate import is_optional, member_name, type_hints
from aws.waiting import WaiterError
from calls import Ours
from conformance.comparison import generated
from conformance.wires import WIRES
from conftest import CLIENTS, TAKES_STRUCTS
from edgemote.testing import Stub
from edgemote_codegen.models import load_model
from edgemote_codegen.selection import select
from oracle import Raw

OBJECT = {"Bucket": "dock-logs", "Key": "cam-7/log"}
EMPTY = (200, {}, b"{}")


@pytest.fixture(scope="module")
def s3() -> Ours:
    return Ours("s3-whole")


def make_struct(operation: Operation[Any], params: dict[str, Any]) -> Shape:
    """The request struct of these parameters, right or wrong; what is not there is absent."""
    shape = operation.input
    assert shape is not None
    fields = {member_name(field): field for field in shape.__struct_fields__}
    struct = shape(**dict.fromkeys(fields.values()))
    for name, value in params.items():
        setattr(struct, fields[name], value)
    return struct


def send(ours: Ours, method: str, *request: Any, **params: Any) -> Raw | str:
    """What was sent, or why it was not."""
    before = ours.recorder.count
    try:
        ours.call(method, params, EMPTY, *request)
    except (EndpointError, ValidationError) as error:
        refusal = error
    else:
        return ours.recorder.raw
    assert ours.recorder.count == before
    assert refusal.__cause__ is None
    return str(refusal)


# Many operations of all protocols -----------------------------------------------------------------


Case = tuple[Ours, Operation[Any], OperationModel, type[Any]]


@cache
def list_operations() -> tuple[Case, ...]:
    """Those that have an input, with botocore's model, and what draws samples for it."""
    return tuple(_iterate_operations())


def _iterate_operations() -> Iterator[Case]:
    for name in TAKES_STRUCTS:
        ours, made = Ours(name), CLIENTS[name]
        model = Session().get_service_model(made.service)
        protocol = made.protocol or ours.client_class.service.protocol.__name__.rpartition(".")[2]
        samples = WIRES[_WIRES.get(protocol, protocol)].samples
        for operation in ours.operations.values():
            if operation.input is not None:
                yield ours, operation, model.operation_model(operation.name), samples


# Module of the codec -> protocol.
_WIRES = {
    "aws_json": "json",
    "aws_query": "query",
    "ec2_query": "ec2",
    "rest_json": "rest-json",
    "rest_xml": "rest-xml",
}
OPERATIONS = st.deferred(lambda: st.sampled_from(list_operations()))
WRONG = (7, -1, 1.5, b"\xff", "", "no date", True, [], [None], {}, {"": 1}, object(), None, ...)


def test_operations_of_every_protocol_are_judged() -> None:
    assert len(list_operations()) > 300
    assert {samples for *_, samples in list_operations()} == {
        wire.samples for wire in WIRES.values()
    }


@given(OPERATIONS, st.integers(0, 2**32), st.sampled_from((0.0, 0.5, 1.0)))
def test_a_struct_gives_the_request_of_keyword_arguments(
    case: Case, seed: int, share: float
) -> None:
    ours, operation, model, samples = case
    params = samples(Random(seed), full=False, share=share).params(model.input_shape)
    params = {name: params[name] for name in params if name in _names(operation)}
    method = xform_name(operation.name)
    struct = make_struct(operation, params)
    before = deepcopy(struct)
    assert send(ours, method, struct) == send(ours, method, **params)
    assert struct == before


def _names(operation: Operation[Any]) -> set[str]:
    """Its parameters' names, which boto3 has changed in places."""
    assert operation.input is not None
    return {member_name(field) for field in operation.input.__struct_fields__}


@given(OPERATIONS, st.integers(0, 2**32), st.sampled_from(WRONG))
def test_a_wrong_struct_is_refused_as_keyword_arguments_are(
    case: Case, seed: int, wrong: Any
) -> None:
    ours, operation, model, samples = case
    random = Random(seed)
    params = samples(random, full=False).params(model.input_shape)
    params = {name: params[name] for name in params if name in _names(operation)}
    name = random.choice(sorted(_names(operation)) or [""])
    if not name:
        return
    hints = {member_name(field): hint for field, hint in type_hints(operation.input).items()}
    for member, hint in hints.items():
        if member not in params and not is_optional(hint):
            params[member] = None
    method = xform_name(operation.name)
    params[name] = wrong
    assert send(ours, method, make_struct(operation, params)) == send(ours, method, **params)


# Values ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("member", "value", "told"),
    [
        ("Key", "", "$.Key: Expected `str` of length >= 1"),
        ("Key", None, "$.Key: Expected `str`, got `None`"),
        ("Key", 7, "$.Key: Expected `str`, got `int`"),
        ("PartNumber", "one", "$.PartNumber: Expected `int`, got `str`"),
        ("IfModifiedSince", "yesterday", "$.IfModifiedSince: not a date: 'yesterday'"),
    ],
)
def test_errors_name_the_member(s3: Ours, member: str, value: Any, told: str) -> None:
    struct = GetObjectRequest(**OBJECT)
    setattr(struct, member, value)
    assert send(s3, "get_object", struct) == told
    assert send(s3, "get_object", **{**OBJECT, member: value}) == told


def test_a_member_that_was_deleted_is_missing(s3: Ours) -> None:
    struct = GetObjectRequest(**OBJECT)
    del struct.Key
    assert send(s3, "get_object", struct) == "$.Key: Expected `str`, got `None`"
    del struct.PartNumber
    struct.Key = "a"
    assert isinstance(send(s3, "get_object", struct), Raw)


def test_nested_values_are_structs_or_dicts_as_in_keyword_arguments() -> None:
    ours = Ours("dynamodb")
    shape: Any = ours.operations["PutItem"].input
    for item in ({"Id": AttributeValue(S="a")}, {"Id": {"S": "a"}}):
        sent = send(ours, "put_item", shape(TableName="t", Item=item))
        assert sent == send(ours, "put_item", TableName="t", Item=item)
        assert json.loads(sent.body) == {"TableName": "t", "Item": {"Id": {"S": "a"}}}
    wrong = {"Id": AttributeValue(S=1)}  # type: ignore[arg-type]
    assert send(ours, "put_item", shape(TableName="t", Item=wrong)) == (
        "$.Item['Id'].S: Expected `str`, got `int`"
    )


def test_a_struct_of_ones_own_class_is_taken_by_the_members_of_the_model(s3: Ours) -> None:
    class Mine(GetObjectRequest, kw_only=True):
        Note: str = "for me"

    assert send(s3, "get_object", Mine(**OBJECT)) == send(s3, "get_object", **OBJECT)


def test_requests_without_members() -> None:
    ours = Ours("ec2-part")
    assert send(ours, "describe_instances", DescribeInstancesRequest()) == send(
        ours, "describe_instances"
    )


# What cannot be taken ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_", "params", "told"),
    [
        (
            (HeadObjectRequest(**OBJECT),),
            {},
            "got `HeadObjectRequest`",
        ),
        ((None,), {}, "got `NoneType`"),
        ((OBJECT,), {}, "got `dict`: pass its items as `**params`"),
        (("dock-logs",), {}, "got `str`"),
        ((GetObjectRequest,), {}, "got `StructMeta`"),
        (
            (GetObjectRequest(**OBJECT),),
            {"Range": "bytes=0-1", "PartNumber": 1},
            "got both: set Range, PartNumber in the GetObjectRequest, or pass no struct",
        ),
        (
            (GetObjectRequest(**OBJECT), GetObjectRequest(**OBJECT)),
            {},
            "got 2 positional arguments",
        ),
    ],
)
def test_what_is_no_request_is_refused(
    s3: Ours, given_: tuple[Any, ...], params: dict[str, Any], told: str
) -> None:
    words = f"$: GetObject takes one GetObjectRequest or keyword arguments, {told}"
    assert send(s3, "get_object", *given_, **params) == words


def test_operations_that_are_loaded_when_they_are_called() -> None:
    selected = select(load_model("secretsmanager", {}), ("GetSecretValue", "PutSecretValue"))
    with generated(selected, split_from=1) as ours:
        late = f"{ours.package.__name__}.operations.put_secret_value"
        shape = ours.package.PutSecretValueRequest
        assert shape.__module__ == late
        params = {"SecretId": "n", "ClientRequestToken": "t" * 32, "SecretString": "s"}
        assert isinstance(send(ours, "put_secret_value", shape(**params)), Raw)
        assert send(ours, "put_secret_value", shape(**params)) == send(
            ours, "put_secret_value", **params
        )
        # A struct of the same name, but of another package.
        assert send(ours, "put_secret_value", PutSecretValueRequest(**params)) == (
            "$: PutSecretValue takes one PutSecretValueRequest or keyword arguments, "
            "got `aws.secretsmanager.shapes.PutSecretValueRequest`"
        )
        assert "takes one GetSecretValueRequest or" in str(
            send(ours, "get_secret_value", shape(**params))
        )


def test_methods_without_the_feature_take_keyword_arguments_only() -> None:
    from aws.ssm import GetParameterRequest

    with pytest.raises(TypeError, match="takes 1 positional argument but 2 were given"):
        Ours("ssm").client.get_parameter(GetParameterRequest(Name="/a"))


# What surrounds a call ---------------------------------------------------------------------------


def test_bodies_are_paths_and_files(s3: Ours, tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(b"started" * 20_000)
    wanted = send(s3, "put_object", **OBJECT, Body=path)
    assert isinstance(wanted, Raw)
    assert len(wanted.body) > 140_000
    assert send(s3, "put_object", PutObjectRequest(**OBJECT, Body=path)) == wanted
    with path.open("rb") as file:
        struct = PutObjectRequest(**OBJECT, Body=file)
        assert send(s3, "put_object", struct) == wanted
        assert struct.Body is file


def test_an_idempotency_token_is_not_put_into_the_struct() -> None:
    ours = Ours("secretsmanager")
    struct = CreateSecretRequest(Name="n", SecretString="s")
    first, second = (send(ours, "create_secret", struct) for _ in range(2))
    tokens = {json.loads(sent.body)["ClientRequestToken"] for sent in (first, second)}
    assert len(tokens) == 2
    assert struct == CreateSecretRequest(Name="n", SecretString="s")


def test_secrets_do_not_show() -> None:
    struct = PutSecretValueRequest(SecretId="n", SecretString="hidden")
    assert repr(struct) == "PutSecretValueRequest(SecretId='n', SecretString=***)"
    ours = Ours("secretsmanager")
    error = ours.call("put_secret_value", {}, (400, {}, b'{"__type": "Odd"}'), struct)[1]
    assert isinstance(error, ServiceError)
    assert error.resource_name == "SecretId='n'"
    assert "hidden" not in str(error)
    struct.SecretString = ["hidden"]  # type: ignore[assignment]
    told = send(ours, "put_secret_value", struct)
    assert told == "$.SecretString: Expected `str`, got `list`"


def test_with_response_takes_structs(s3: Ours) -> None:
    s3.recorder.answer = (200, {"etag": "e"}, b"")
    result, _ = edgemote.with_response(s3.client.head_object)(HeadObjectRequest(**OBJECT))
    assert result.ETag == "e"


def test_compressed_requests_are_the_same() -> None:
    ours = Ours("cloudwatch", request_min_compression_size_bytes=1)
    shape: Any = ours.operations["PutMetricData"].input
    params = {"Namespace": "n", "MetricData": [{"MetricName": "CpuTemp", "Value": 51.5}]}
    sent = send(ours, "put_metric_data", shape(**params))
    assert sent == send(ours, "put_metric_data", **params)
    assert sent.headers["content-encoding"] == "gzip"


# Pages, waiters, URLs, stubs ---------------------------------------------------------------------


def test_paginators_take_structs_and_their_configuration() -> None:
    with Stub(S3) as stub:
        for params in (
            (ListObjectsV2Request(Bucket="dock-logs", Prefix="a"),),
            (),
        ):
            keywords = {} if params else {"Bucket": "dock-logs", "Prefix": "a"}
            stub.answer("list_objects_v2", {"NextContinuationToken": "t", "IsTruncated": True})
            stub.answer("list_objects_v2", {"Contents": [{"Key": "a/1"}, {"Key": "a/2"}]})
            pages = stub.client.pages.list_objects_v2(
                *params, **keywords, PaginationConfig={"MaxItems": 1, "PageSize": 5}
            )
            assert [item.Key for item in pages.items()] == ["a/1"]
            assert pages.resume_token is not None
    assert stub.calls[:2] == stub.calls[2:]
    assert stub.calls[1] == (
        "list_objects_v2",
        {"Bucket": "dock-logs", "Prefix": "a", "MaxKeys": 5, "ContinuationToken": "t"},
    )


def test_a_paginator_leaves_its_struct_as_it_was() -> None:
    request = ListStreamsInput(Limit=1)
    ours = Ours("kinesis")
    answer = {"StreamNames": ["a"], "HasMoreStreams": False}
    ours.recorder.answer = (200, {}, json.dumps(answer).encode())
    pages = ours.client.pages.list_streams(request, PaginationConfig={"PageSize": 7})
    for _ in range(2):
        assert list(pages.items()) == ["a"]
        assert json.loads(ours.recorder.raw.body) == {"Limit": 7}
    assert request == ListStreamsInput(Limit=1)


def test_paginators_refuse_what_methods_refuse(s3: Ours) -> None:
    pages = s3.client.pages
    words = r"\$: ListObjectsV2 takes one ListObjectsV2Request or keyword arguments, got "
    with pytest.raises(ValidationError, match=f"{words}`GetObjectRequest`"):
        pages.list_objects_v2(GetObjectRequest(**OBJECT))
    with pytest.raises(ValidationError, match=f"{words}both: set Prefix in"):
        pages.list_objects_v2(ListObjectsV2Request(Bucket="dock-logs"), Prefix="a")


def test_paginators_of_ec2_take_structs() -> None:
    ours = Ours("ec2-part")
    body = b"<R><volumeSet><item><volumeId>v</volumeId></item></volumeSet></R>"
    ours.recorder.answer = (200, {}, body)
    pages = ours.client.pages.describe_volumes(DescribeVolumesRequest(VolumeIds=["v"]))
    assert [volume.VolumeId for volume in pages.items()] == ["v"]


def test_waiters_take_structs_and_their_configuration() -> None:
    with Stub(S3) as stub:
        stub.answer("head_object", {})
        stub.client.wait.object_exists(HeadObjectRequest(**OBJECT))
        stub.error("head_object", "404", status=404)
        with pytest.raises(WaiterError, match="gave up after 1 calls"):
            stub.client.wait.object_exists(
                HeadObjectRequest(**OBJECT), WaiterConfig={"MaxAttempts": 1}
            )
        with pytest.raises(ValidationError, match="HeadObject takes one HeadObjectRequest"):
            stub.client.wait.object_exists(GetObjectRequest(**OBJECT))
    assert stub.calls == [("head_object", OBJECT)] * 2


def test_presign_takes_structs(s3: Ours) -> None:
    presign = s3.client.presign
    request = GetObjectRequest(**OBJECT, VersionId="1")
    params = {**OBJECT, "VersionId": "1"}
    url = presign("get_object", params, expires_s=60)
    assert presign("get_object", request, expires_s=60) == url
    assert presign("get_object", MappingProxyType(params), expires_s=60) == url
    assert presign("list_buckets", ListBucketsRequest()) == presign("list_buckets")
    with pytest.raises(ValidationError, match="GetObject takes one GetObjectRequest or"):
        presign("get_object", HeadObjectRequest(**OBJECT))
    with pytest.raises(ValidationError, match="has no operation 'get_objekt'"):
        presign("get_objekt", request)
    with pytest.raises(ValidationError, match="has no operation 'close'"):
        presign("close", request)


def test_a_stub_records_the_members_and_validates_them() -> None:
    with Stub(S3) as stub:
        stub.answer("create_bucket", {"Location": "/dock-logs"})
        stub.client.create_bucket(CreateBucketRequest(Bucket="dock-logs"))
        with pytest.raises(ValidationError, match=r"\$.Bucket: Expected `str`, got `int`"):
            stub.client.create_bucket(CreateBucketRequest(Bucket=1))  # type: ignore[arg-type]
    assert stub.calls == [("create_bucket", {"Bucket": "dock-logs"})]


def test_payloads_and_streams_of_other_services() -> None:
    ours = Ours("lambda")
    for body in (b"{}", io.BytesIO(b"{}")):
        sent = send(ours, "invoke", InvocationRequest(FunctionName="f", Payload=body))
        assert sent.body == b"{}"
    kinesis = Ours("kinesis")
    record: dict[str, Any] = {"StreamName": "s", "Data": b"\0", "PartitionKey": "p"}
    assert send(kinesis, "put_record", PutRecordInput(**record)) == send(
        kinesis, "put_record", **record
    )
