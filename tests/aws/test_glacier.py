"""Glacier's archives go with a tree hash of their body."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.utils import calculate_tree_hash

from aws.errors import ValidationError
from calls import Ours
from conformance.comparison import generated
from edgemote.client.checksums import hash_tree
from edgemote_codegen.models import load_model
from edgemote_codegen.selection import select
from oracle import Oracle

MIB = 1_048_576
CALLS: list[tuple[str, dict[str, Any]]] = [
    ("upload_archive", {"accountId": "-", "vaultName": "v"}),
    (
        "upload_multipart_part",
        {"accountId": "-", "vaultName": "v", "uploadId": "u", "range": "bytes 0-4/*"},
    ),
]


@pytest.fixture(scope="module")
def ours() -> Iterator[Ours]:
    names = ("UploadArchive", "UploadMultipartPart")
    with generated(select(load_model("glacier", {}), names)) as client:
        yield client


@pytest.mark.parametrize("in_file", [False, True])
@pytest.mark.parametrize("chosen", [{}, {"checksum": "theirs"}])
@pytest.mark.parametrize(("method", "params"), CALLS)
def test_requests_are_botocores(
    ours: Ours, method: str, params: dict[str, Any], chosen: dict[str, Any], in_file: bool
) -> None:
    facts = []
    for side in (Oracle("glacier"), ours):
        body = io.BytesIO(b"skipped" + b"body")
        body.seek(7)
        sent, _ = side.call(
            method, {**params, **chosen, "body": body if in_file else b"body"}, (201, {}, b"")
        )
        facts.append(sent.facts())
    assert facts[0] == facts[1]
    assert facts[0]["body"] == b"body"
    assert len(facts[0]["headers"]["x-amz-sha256-tree-hash"]) == (6 if chosen else 64)
    hashed = ours.recorder.raw.headers
    assert hashed["x-amz-content-sha256"] == (
        "230d8358dc8e8890b4c58deeb62912ee2f20357ae92a5cc861b98e68fe31acb5"
    )
    assert "x-amz-content-sha256" in hashed["authorization"]


def test_the_account_is_the_callers_own(ours: Ours) -> None:
    params = {"vaultName": "v", "body": b"b"}
    expected, _ = Oracle("glacier").call("upload_archive", params, (201, {}, b""))
    sent, _ = ours.call("upload_archive", params, (201, {}, b""))
    assert sent.facts() == expected.facts()
    assert sent.path == "/-/vaults/v/archives"


def test_a_body_that_is_read_once_has_no_hash(ours: Ours) -> None:
    with pytest.raises(ValidationError, match=r"^\$\.body: UploadArchive requires a checksum: "):
        ours.client.upload_archive(accountId="-", vaultName="v", body=iter([b"b"]))


@pytest.mark.parametrize(
    "size", [0, 1, MIB - 1, MIB, MIB + 1, *(n * MIB + 5 for n in range(2, 9)), 8 * MIB]
)
@pytest.mark.parametrize("piece", [65_536, 100_003, 3 * MIB])
def test_the_tree_is_botocores(size: int, piece: int) -> None:
    content = bytes(range(251)) * (size // 251 + 1)
    content = content[:size]
    pieces = (content[at : at + piece] for at in range(0, size, piece))
    assert hash_tree(pieces) == calculate_tree_hash(io.BytesIO(content))
