"""What is kept of an operation's last call is used for the same address and headers only."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import pytest

from calls import Ours
from conformance.comparison import generated
from edgemote_codegen.models import load_model
from edgemote_codegen.selection import select
from oracle import Oracle

LISTING = b"<ListBucketResult><Name>dock</Name></ListBucketResult>"
CALLS: list[dict[str, Any]] = [
    {"Bucket": "dock", "Prefix": "models/"},
    {"Bucket": "dock", "Prefix": "models/"},
    {"Bucket": "yard", "Prefix": "models/"},
    {"Bucket": "yard", "Prefix": "beats/"},
    {"Bucket": "yard", "Prefix": "beats/", "ExpectedBucketOwner": "123456789012"},
    {"Bucket": "yard", "Prefix": "beats/", "ExpectedBucketOwner": "210987654321"},
    {"Bucket": "Yard", "Prefix": "beats/"},  # no host's name: it goes into the path
    {"Bucket": "dock", "Prefix": "models/"},
]


@pytest.fixture
def ours() -> Iterator[Ours]:
    with generated(select(load_model("s3", {}), ("ListObjectsV2", "PutObject"))) as made:
        yield made


def test_requests_are_botocores_whatever_came_before(ours: Ours) -> None:
    judge = Oracle("s3")
    for params in CALLS:
        sent, _ = ours.call("list_objects_v2", params, (200, {}, LISTING))
        expected, _ = judge.call("list_objects_v2", params, (200, {}, LISTING))
        # botocore asks for keys in another encoding, which we do not need.
        expected.query = [pair for pair in expected.query if pair[0] != "encoding-type"]
        assert sent.facts() == expected.facts()
        assert len(ours.caller._last) == len(ours.caller._endpoints) == 1


def test_the_same_call_again_is_not_laid_out_again(ours: Ours) -> None:
    routes = []
    for params in (*CALLS[:2], CALLS[2]):
        ours.call("list_objects_v2", params, (200, {}, LISTING))
        routes += [route for _, route in ours.caller._last.values()]
    assert routes[0] is routes[1]
    assert routes[1] is not routes[2]


def test_what_follows_from_a_body_is_not_kept(ours: Ours) -> None:
    for body in (b"one", b"another", b"one"):
        params = {"Bucket": "dock", "Key": "k", "Body": body, "ChecksumAlgorithm": "SHA256"}
        sent, _ = ours.call("put_object", params, (200, {}, b""))
        checksum = b64encode(sha256(body).digest()).decode()
        assert sent.headers["x-amz-trailer"] == "x-amz-checksum-sha256"
        assert sent.body.endswith(f"\r\nx-amz-checksum-sha256:{checksum}\r\n\r\n".encode())
    assert not ours.caller._last
