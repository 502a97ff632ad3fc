"""S3's GetObject and HeadObject: addressing, headers, streams and errors as botocore has them."""

from __future__ import annotations

from datetime import datetime, timezone
from functools import cache
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from aws.errors import ServiceError
from aws.s3 import NoSuchKey
from aws.s3.client import S3
from calls import Ours
from oracle import Oracle, plain_result, plain_struct

BUCKETS = (
    "bucket",
    "bucket.with.dots",
    "Upper_case",
    "arn:aws:s3:us-west-2:123456789012:accesspoint:point",
)
ENDPOINTS = (None, "http://localhost:9000", "https://s3.example.com/base")
EMPTY = (200, {"content-length": "0"}, b"")


@cache
def oracle(endpoint_url: str | None = None, style: str = "auto") -> Oracle:
    config = Config(s3={"addressing_style": style})
    return Oracle("s3", config=config, endpoint_url=endpoint_url)


@cache
def ours(endpoint_url: str | None = None, path_style: bool | None = None) -> Ours:
    return Ours("s3", endpoint_url=endpoint_url, path_style=path_style)


def compare(judge: Oracle, client: Ours, params: dict[str, Any], answer: Any = EMPTY) -> None:
    expected_request, expected = judge.call("get_object", params, answer)
    request, result = client.call("get_object", params, answer)
    assert request.facts() == expected_request.facts()
    shape = judge.model.operation_model("GetObject").output_shape
    assert plain_struct(result) == plain_result(shape, expected)


@pytest.mark.parametrize("bucket", BUCKETS)
@pytest.mark.parametrize("endpoint_url", ENDPOINTS)
@pytest.mark.parametrize("style", ["virtual", "path"])
def test_addressing(bucket: str, endpoint_url: str | None, style: str) -> None:
    params = {"Bucket": bucket, "Key": "a key/of é/parts"}
    compare(oracle(endpoint_url, style), ours(endpoint_url, style == "path"), params)


@pytest.mark.parametrize("endpoint_url", ENDPOINTS)
def test_path_style_is_the_default_for_an_endpoint_of_ones_own(endpoint_url: str | None) -> None:
    for bucket in BUCKETS:
        compare(oracle(endpoint_url), ours(endpoint_url), {"Bucket": bucket, "Key": "k"})


@given(st.text(st.characters(codec="utf-8"), min_size=1))
def test_any_key(key: str) -> None:
    compare(oracle(), ours(), {"Bucket": "bucket", "Key": key})


def test_conditions_and_metadata() -> None:
    params = {
        "Bucket": "bucket",
        "Key": "k",
        "Range": "bytes=5-",
        "IfMatch": '"0123"',
        "IfModifiedSince": datetime(2020, 2, 29, 12, tzinfo=timezone.utc),
        "PartNumber": 2,
        "VersionId": "3/L4kqtJlcpXroDTDmJ+rmSpXd3dIbrHY",
    }
    headers = {
        "Content-Length": "4",
        "ETag": '"0123"',
        "Last-Modified": "Sat, 29 Feb 2020 12:00:00 GMT",
        "x-amz-meta-Owner": "me",
        "x-amz-meta-two-words": "a b",
        "x-amz-missing-meta": "1",
        "x-amz-delete-marker": "false",
    }
    compare(oracle(), ours(), params, (206, headers, b"body"))


ERROR = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>%s</Code><Message>not &lt;here&gt;'
    b"</Message><Key>k</Key><RequestId>4442587FB7D0A2F9</RequestId><HostId>h</HostId></Error>"
)


@pytest.mark.parametrize("code", ["NoSuchKey", "AccessDenied"])
def test_errors(code: str) -> None:
    params = {"Bucket": "bucket", "Key": "k"}
    answer = (404, {"x-amz-request-id": "4442587FB7D0A2F9"}, ERROR % code.encode())
    _, expected = oracle().call("get_object", params, answer)
    _, error = ours().call("get_object", params, answer)
    assert isinstance(expected, ClientError)
    assert isinstance(error, ServiceError)
    assert error.code == expected.response["Error"]["Code"] == code
    assert error.message == expected.response["Error"]["Message"]
    assert error.request_id == expected.response["ResponseMetadata"]["RequestId"]
    assert isinstance(error, NoSuchKey) == (code == "NoSuchKey")


def test_members_of_errors() -> None:
    body = (
        b"<Error><Code>InvalidObjectState</Code><Message>m</Message>"
        b"<StorageClass>GLACIER</StorageClass><AccessTier>ARCHIVE_ACCESS</AccessTier></Error>"
    )
    _, error = ours().call("get_object", {"Bucket": "b", "Key": "k"}, (403, {}, body))
    assert isinstance(error, S3.exceptions.InvalidObjectState)
    assert (error.StorageClass, error.AccessTier) == ("GLACIER", "ARCHIVE_ACCESS")


@pytest.mark.parametrize("status", [304, 400, 403, 404, 412, 500])
def test_errors_without_a_body(status: int) -> None:
    """The status is the code, as in botocore; its words for the status are no news to anyone."""
    answer = (status, {"x-amz-request-id": "R"}, b"")
    _, expected = oracle().call("head_object", {"Bucket": "bucket", "Key": "k"}, answer)
    _, error = ours().call("head_object", {"Bucket": "bucket", "Key": "k"}, answer)
    assert error.code == expected.response["Error"]["Code"] == str(status)
    assert (error.message, error.status, error.request_id) == ("", status, "R")


def test_a_bucket_elsewhere_tells_its_region() -> None:
    answer = (
        301,
        {"x-amz-bucket-region": "eu-central-1"},
        ERROR % b"PermanentRedirect",
    )
    _, error = ours().call("get_object", {"Bucket": "bucket", "Key": "k"}, answer)
    assert isinstance(error, ServiceError)
    assert error.code == "PermanentRedirect"
    assert error.headers["x-amz-bucket-region"] == "eu-central-1"
