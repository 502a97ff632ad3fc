"""Checksums of bodies, as botocore calculates them."""

from __future__ import annotations

import io
import sys
from typing import Any

import pytest
from awscrt import checksums
from botocore.httpchecksum import Sha1Checksum, Sha256Checksum, Sha512Checksum
from hypothesis import given
from hypothesis import strategies as st

from aws.errors import ValidationError
from aws.operation import Operation, Request
from calls import Ours
from edgemote.client import digests
from edgemote.client.checksums import make_headers
from oracle import Oracle

REQUIRED: Operation[Any] = Operation(
    name="Put", checksum="CRC32", checksum_member="Algorithm", headers={"x-amz-sdk": "Algorithm"}
)
CHOSEN: Operation[Any] = Operation(name="Put", checksum_member="Algorithm", payload="Body")
KINDS = {"SHA1": Sha1Checksum, "SHA256": Sha256Checksum, "SHA512": Sha512Checksum}


def request(body: Any = b"", **headers: str) -> Request:
    return Request("PUT", "/", "", headers, body)


def test_crc32_where_one_is_required_and_none_chosen() -> None:
    found = make_headers(REQUIRED, request(b"123456789"), {})
    assert found == {"x-amz-sdk": "CRC32", "x-amz-checksum-crc32": "y/Q5Jg=="}


def test_none_where_none_is_required_or_one_is_given() -> None:
    assert make_headers(CHOSEN, request(b"b"), {}) == {}
    given_one = request(b"b", **{"x-amz-checksum-crc64nvme": "theirs"})
    assert make_headers(REQUIRED, given_one, {}) == {}


@given(st.binary(max_size=50), st.sampled_from(sorted(KINDS)), st.booleans())
def test_those_that_are_chosen(body: bytes, kind: str, in_file: bool) -> None:
    file = io.BytesIO(b"before" + body)
    file.seek(6)
    found = make_headers(CHOSEN, request(file if in_file else body), {"Algorithm": kind})
    assert found == {f"x-amz-checksum-{kind.lower()}": KINDS[kind]().handle(io.BytesIO(body))}
    assert file.tell() == 6


@pytest.mark.parametrize("kind", ["CRC32", "SHA256"])
def test_a_file_that_has_nothing_yet_has_not_ended(kind: str) -> None:
    class Slow(io.BytesIO):
        def read(self, size: int | None = -1) -> Any:
            return super().read(2) or None

    file = Slow(b"abcdef")
    with pytest.raises(
        ValidationError, match=r"^\$\.Body: read\(\) returned None: expected a file"
    ):
        make_headers(CHOSEN, request(file), {"Algorithm": kind})
    assert file.tell() == 0


def test_what_cannot_be_calculated(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(
        ValidationError, match=r"^\$\.Algorithm: MD4 cannot be .* CRC64NVME, or pass"
    ):
        make_headers(CHOSEN, request(b"b"), {"Algorithm": "MD4"})
    with pytest.raises(ValidationError, match=r"^\$\.Body: Put requires a checksum.*`generator`"):
        make_headers(CHOSEN, request(x for x in [b"b"]), {"Algorithm": "CRC32"})
    # As in a bundle without them.
    monkeypatch.setitem(sys.modules, "edgemote.client.crc", None)
    with pytest.raises(ValidationError, match=r"^\$\.Algorithm: .*add --with slow-checksums to"):
        make_headers(CHOSEN, request(b"b"), {"Algorithm": "CRC32C"})


@given(st.lists(st.binary(max_size=70)))
def test_those_that_python_lacks(pieces: list[bytes]) -> None:
    whole = b"".join(pieces)
    for name, size, calculate in (
        ("crc32c", 4, checksums.crc32c),
        ("crc64nvme", 8, checksums.crc64nvme),
    ):
        digest = digests.start(name)
        for piece in pieces:
            digest.update(piece)
        assert digest.digest() == calculate(whole).to_bytes(size, "big")


@pytest.mark.parametrize("algorithm", ["CRC32C", "CRC64NVME"])
def test_those_that_are_slow_are_sent_where_they_are_chosen(algorithm: str) -> None:
    params = {"Bucket": "b", "Key": "k", "Body": b"123456789", "ChecksumAlgorithm": algorithm}
    expected, _ = Oracle("s3").call("put_object", params, (200, {}, b""))
    sent, _ = Ours("s3-whole").call("put_object", params, (200, {}, b""))
    assert sent.facts() == expected.facts()
