"""The structs of a list are written together, and each as it would be alone: as botocore does."""

from __future__ import annotations

from enum import Enum

import pytest
from msgspec import Struct

from aws.errors import ValidationError
from conformance.comparison import generated
from edgemote_codegen.models import load_model
from edgemote_codegen.selection import select
from oracle import Oracle


class Key(str, Enum):
    ODD = "a&b"


class Reordered(Struct):
    """Not the generated struct, but with its attributes."""

    Size: int | None
    VersionId: str | None
    Key: str
    ETag: str | None = None
    LastModifiedTime: str | None = None


@pytest.fixture(scope="module")
def s3():
    operations = ("DeleteObjects", "PutBucketLifecycleConfiguration", "PutObjectAcl")
    with generated(select(load_model("s3", {}), operations)) as ours:
        yield ours


def compare(s3, method, **params):
    oracle = Oracle("s3")
    expected, _ = oracle.call(method, params, (200, {}, b""))
    sent, _ = s3.call(method, params, (200, {}, b""))
    assert sent.facts() == expected.facts()
    return s3.recorder.raw.body


@pytest.mark.parametrize(
    "objects",
    [
        [{"Key": "a"}, {"Key": "b"}],
        [{"Key": "a", "VersionId": "1"}, {"Key": "b"}, {"Key": "c", "VersionId": "3", "Size": 7}],
        [{"Key": "a"}, {"Key": "<b>&\n"}, {"Key": "ü☃"}],
        [{"Key": "a", "LastModifiedTime": 1_790_000_000}, {"Key": "b", "ETag": '"e"'}],
        [],
    ],
)
def test_objects_with_some_members_or_others(s3, objects):
    compare(s3, "delete_objects", Bucket="dock", Delete={"Objects": objects, "Quiet": True})


def test_members_of_enums_are_their_texts(s3):
    objects = [{"Key": Key.ODD}, {"Key": "b", "ETag": Key.ODD}]
    s3.call("delete_objects", {"Bucket": "dock", "Delete": {"Objects": objects}}, (200, {}, b""))
    enums = s3.recorder.raw.body
    texts = [{"Key": "a&b"}, {"Key": "b", "ETag": "a&b"}]
    s3.call("delete_objects", {"Bucket": "dock", "Delete": {"Objects": texts}}, (200, {}, b""))
    assert enums == s3.recorder.raw.body


def test_lists_within_lists(s3):
    rule = {"Status": "Enabled", "Filter": {"Prefix": ""}}
    tags = [{"Key": f"k{index}", "Value": "<>"} for index in range(3)]
    rules = [
        {**rule, "ID": "a", "Transitions": [{"Days": 1}, {"Days": 2, "StorageClass": "GLACIER"}]},
        {**rule, "ID": "b", "Transitions": []},
        {**rule, "Filter": {"And": {"Prefix": "p", "Tags": tags}}, "Expiration": {"Days": 3}},
        {**rule, "Filter": {"And": {"Tags": tags[:1]}}},
    ]
    compare(
        s3,
        "put_bucket_lifecycle_configuration",
        Bucket="dock",
        LifecycleConfiguration={"Rules": rules},
    )


def test_attributes_of_some(s3):
    grants = [
        {"Grantee": {"Type": kind, "ID": "<1>"}, "Permission": "READ"}
        for kind in ("CanonicalUser", '"Group"')
    ]
    body = compare(
        s3, "put_object_acl", Bucket="dock", Key="k", AccessControlPolicy={"Grants": grants}
    )
    assert b'xsi:type="&quot;Group&quot;"' in body


def test_objects_of_several_classes(s3):
    from aws.s3.shapes import Delete, ObjectIdentifier

    alike = [
        ObjectIdentifier(Key="a", VersionId="1", Size=7),
        Reordered(Key="a", VersionId="1", Size=7),
    ]
    params = {"Bucket": "dock", "Delete": Delete(Objects=alike)}
    s3.call("delete_objects", params, (200, {}, b""))
    one, other = s3.recorder.raw.body.split(b"<Object>")[1:]
    assert one == other.replace(b"</Delete>", b"")


def test_half_of_a_surrogate_pair_in_one_of_many(s3):
    objects = [{"Key": "a"}, {"Key": "\ud800"}]
    with pytest.raises(ValidationError, match="surrogate"):
        s3.call(
            "delete_objects", {"Bucket": "dock", "Delete": {"Objects": objects}}, (200, {}, b"")
        )
