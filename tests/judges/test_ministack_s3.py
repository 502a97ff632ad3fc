"""S3 at ministack: buckets and objects, in XML and headers."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest

from aws.s3_whole import S3, CompletedPart
from edgemote import ServiceError

WEST = {"LocationConstraint": "us-west-2"}
KEYS = ["plain", "a/b/c.txt", "two words", "é/日本", "100%/a%20b+c", "a=b&c?d;e,f@g", "(x)'y'!*~$"]


@pytest.fixture(scope="module")
def s3(connect: Callable[..., Any]) -> Any:
    client = connect(S3)
    client.create_bucket(Bucket="models", CreateBucketConfiguration=WEST)
    return client


@pytest.mark.parametrize("key", KEYS)
def test_an_object_comes_back_under_any_key(
    s3: Any, key: str, same_as_botocore: Callable[..., None]
) -> None:
    body = bytes(range(256)) + key.encode()
    where = {"Bucket": "models", "Key": f"keys/{key}"}
    put = s3.put_object(
        **where,
        Body=body,
        ContentType="application/x-model",
        Metadata={"site": "dock 7", "Build": "1"},
        CacheControl="no-store",
        Tagging="a=b%20c",
    )
    head = s3.head_object(**where)
    assert (head.ContentLength, head.ETag, head.ContentType) == (
        len(body),
        put.ETag,
        "application/x-model",
    )
    assert head.Metadata == {"site": "dock 7", "build": "1"}
    with s3.get_object(**where).Body as stream:
        assert stream.read() == body
    part = s3.get_object(**where, Range="bytes=10-19")
    assert (part.Body.read(), part.ContentLength) == (body[10:20], 10)
    assert part.ContentRange == f"bytes 10-19/{len(body)}"
    same_as_botocore("s3", s3, "get_object_tagging", **where)
    assert s3.delete_object(**where).DeleteMarker is None
    with pytest.raises(s3.exceptions.NoSuchKey) as caught:
        s3.get_object(**where)
    assert caught.value.status == 404
    with pytest.raises(ServiceError) as missing:
        s3.head_object(**where)
    assert missing.value.code == "404"


def test_bodies_of_all_kinds(s3: Any) -> None:
    big = b"0123456789abcdef" * 20_000
    for body in (big, io.BytesIO(big), bytearray(big)):
        s3.put_object(Bucket="models", Key="big", Body=body)
        chunks = list(s3.get_object(Bucket="models", Key="big").Body)
        assert b"".join(chunks) == big
    s3.put_object(Bucket="models", Key="sum", Body=big, ChecksumAlgorithm="SHA256")
    s3.put_object(Bucket="models", Key="empty")
    assert s3.get_object(Bucket="models", Key="empty").Body.read() == b""


def test_lists_in_pages_and_folders(s3: Any) -> None:
    s3.create_bucket(Bucket="listed", CreateBucketConfiguration=WEST)
    names = [f"{folder}/{number} é" for folder in "abc" for number in range(4)]
    for name in names:
        s3.put_object(Bucket="listed", Key=name, Body=name.encode())
    seen, token = [], None
    while True:
        more = {} if token is None else {"ContinuationToken": token}
        page = s3.list_objects_v2(Bucket="listed", MaxKeys=5, **more)
        seen += [item.Key for item in page.Contents]
        if not page.IsTruncated:
            break
        token = page.NextContinuationToken
    assert seen == names
    folders = s3.list_objects_v2(Bucket="listed", Delimiter="/")
    assert [item.Prefix for item in folders.CommonPrefixes] == ["a/", "b/", "c/"]
    assert folders.Contents is None
    some = s3.list_objects_v2(Bucket="listed", Prefix="b/", StartAfter="b/1 é")
    assert [item.Key for item in some.Contents] == ["b/2 é", "b/3 é"]
    deleted = s3.delete_objects(
        Bucket="listed", Delete={"Objects": [{"Key": name} for name in names[:3]]}
    )
    assert sorted(item.Key for item in deleted.Deleted) == names[:3]
    assert s3.list_objects_v2(Bucket="listed").KeyCount == len(names) - 3


def test_parts_and_copies(s3: Any, same_as_botocore: Callable[..., None]) -> None:
    where = {"Bucket": "models", "Key": "in parts/é"}
    upload = s3.create_multipart_upload(**where, Metadata={"a": "b"}).UploadId
    pieces = [b"x" * (5 << 20), b"the end"]
    parts = [
        CompletedPart(
            PartNumber=number,
            ETag=s3.upload_part(
                **where, UploadId=upload, PartNumber=number, Body=io.BytesIO(piece)
            ).ETag,
        )
        for number, piece in enumerate(pieces, 1)
    ]
    same_as_botocore("s3", s3, "list_parts", **where, UploadId=upload)
    whole = s3.complete_multipart_upload(**where, UploadId=upload, MultipartUpload={"Parts": parts})
    assert whole.ETag
    assert s3.head_object(**where).ContentLength == sum(map(len, pieces))
    copied = s3.copy_object(
        Bucket="models", Key="copy", CopySource={"Bucket": "models", "Key": "in parts/é"}
    )
    assert copied.CopyObjectResult.ETag
    assert s3.head_object(Bucket="models", Key="copy").Metadata == {"a": "b"}
    with pytest.raises(s3.exceptions.NoSuchUpload):
        s3.abort_multipart_upload(**where, UploadId="none")


def test_buckets_have_settings_in_xml(s3: Any, same_as_botocore: Callable[..., None]) -> None:
    bucket = {"Bucket": "models"}
    s3.put_bucket_versioning(**bucket, VersioningConfiguration={"Status": "Enabled"})
    assert s3.get_bucket_versioning(**bucket).Status == "Enabled"
    s3.put_bucket_tagging(**bucket, Tagging={"TagSet": [{"Key": "a", "Value": "<é> &"}]})
    same_as_botocore("s3", s3, "get_bucket_tagging", **bucket)
    s3.put_bucket_lifecycle_configuration(
        **bucket,
        LifecycleConfiguration={
            "Rules": [
                {"ID": "old", "Status": "Enabled", "Filter": {"Prefix": "logs/"},
                 "Expiration": {"Days": 7}}
            ]
        },
    )  # fmt: skip
    same_as_botocore("s3", s3, "get_bucket_lifecycle_configuration", **bucket)
    s3.put_bucket_policy(**bucket, Policy='{"Version":"2012-10-17","Statement":[]}')
    assert s3.get_bucket_policy(**bucket).Policy == '{"Version":"2012-10-17","Statement":[]}'
    same_as_botocore("s3", s3, "get_bucket_location", **bucket)
    versions = s3.list_object_versions(**bucket).Versions
    assert versions is None or all(version.VersionId for version in versions)


def test_a_bucket_that_is_there_already_is_a_typed_error(s3: Any) -> None:
    with pytest.raises(s3.exceptions.BucketAlreadyOwnedByYou) as caught:
        s3.create_bucket(Bucket="models", CreateBucketConfiguration=WEST)
    assert caught.value.status == 409
    with pytest.raises(s3.exceptions.NoSuchBucket):
        s3.list_objects_v2(Bucket="nobody-s")
