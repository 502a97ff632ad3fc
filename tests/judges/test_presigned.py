"""Presigned URLs and forms, used by a client without keys at two servers that verify signatures."""

from __future__ import annotations

import http.client
import json
import time
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import botocore.session
import pytest
from botocore.config import Config

from aws.s3_whole import S3
from edgemote.clock import Clock
from judges.s3_servers import REGION, Server
from judges.s3_servers import server as server

KEYS = ("a b", " é/日本 ", "+~*!()';:@&=$,?%", "100%/a%20b+c", ".hidden", "x/.y", "a=b#c", "~")
BODY = b"\x00\xff presigned"


class Answer(NamedTuple):
    status: int
    body: bytes
    headers: Mapping[str, str]


def use(url: str, method: str = "GET", body: bytes = b"", **headers: str) -> Answer:
    """What anybody gets who has the URL. Names of headers are written with underscores."""
    parts = urlsplit(url)
    assert parts.hostname is not None
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=30)
    try:
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, target, body, named)
        response = connection.getresponse()
        return Answer(response.status, response.read(), dict(response.headers.items()))
    finally:
        connection.close()


@pytest.fixture(scope="module")
def ours(server: Server) -> Iterator[S3]:
    with server.connect() as client:
        yield client


@pytest.fixture(scope="module")
def theirs(server: Server) -> Iterator[Any]:
    client = botocore.session.Session().create_client(
        "s3",
        region_name=REGION,
        endpoint_url=server.url,
        aws_access_key_id=server.keys.access_key_id,
        aws_secret_access_key=server.keys.secret_access_key,
        config=Config(signature_version="s3v4", s3={"addressing_style": "path"}),
    )
    yield client
    client.close()


def test_keys_of_every_kind(server: Server, ours: S3, theirs: Any) -> None:
    for key in (*KEYS, "a//b.bin", "//a"):
        where = {"Bucket": "bucket", "Key": key}
        if "//" in key and server.name == "rclone":
            # It keeps objects as files, whose names have no two slashes: botocore fares the same.
            for presign in (ours.presign, theirs.generate_presigned_url):
                refused = use(presign("put_object", where), "PUT", BODY)
                assert (refused.status, b"unsupported characters" in refused.body) == (400, True)
            continue
        assert use(ours.presign("put_object", where), "PUT", BODY).status == 200, key
        answer = use(ours.presign("get_object", where, expires_s=60))
        assert (answer.status, answer.body) == (200, BODY), key
        assert use(theirs.generate_presigned_url("get_object", where)).body == BODY
        assert use(ours.presign("head_object", where), "HEAD").status == 200
        assert use(ours.presign("delete_object", where), "DELETE").status == 204
        assert use(ours.presign("get_object", where)).status == 404


def test_headers_that_are_signed_must_be_sent(server: Server, ours: S3) -> None:
    where = {"Bucket": "bucket", "Key": "signed headers"}
    digest = b64encode(sha256(BODY).digest()).decode()
    url = ours.presign(
        "put_object",
        {
            **where,
            "ContentType": "a/b",
            "Metadata": {"site": "dock 7"},
            "ChecksumAlgorithm": "SHA256",
            "ChecksumSHA256": digest,
        },
    )
    sent = {
        "content_type": "a/b",
        "x_amz_meta_site": "dock 7",
        "x_amz_checksum_sha256": digest,
        "x_amz_sdk_checksum_algorithm": "SHA256",
    }
    assert use(url, "PUT", BODY, **sent).status == 200
    head = ours.head_object(**where)
    assert head.ContentType == "a/b"
    assert {k.lower(): v for k, v in (head.Metadata or {}).items()}["site"] == "dock 7"
    for name in sent:
        assert use(url, "PUT", BODY, **{**sent, name: "other"}).status == 403, name
        left = {other: value for other, value in sent.items() if other != name}
        assert use(url, "PUT", BODY, **left).status == 403, name
    # rclone does not look at checksums.
    other = use(url, "PUT", b"another body", **sent).status
    assert other == (200 if server.name == "rclone" else 400)


def test_ranges_and_what_the_response_is_to_say(server: Server, ours: S3) -> None:
    where = {"Bucket": "bucket", "Key": "range"}
    ours.put_object(**where, Body=BODY)
    url = ours.presign("get_object", {**where, "ResponseContentType": "x/y z"})
    if server.name == "seaweedfs":  # rclone says what it wants
        assert use(url).headers["Content-Type"] == "x/y z"
    assert use(url, range="bytes=1-3").body == BODY[1:4]
    url = ours.presign("get_object", {**where, "Range": "bytes=1-3"})
    assert use(url, range="bytes=1-3").body == BODY[1:4]
    assert use(url).status == 403


def test_what_was_tampered_with_or_has_expired_is_refused(server: Server, ours: S3) -> None:
    where = {"Bucket": "bucket", "Key": "tampered"}
    ours.put_object(**where, Body=BODY)
    url = ours.presign("get_object", where)
    assert use(url).status == 200
    last = "0" if url[-1] != "0" else "1"
    for other in (
        url.replace("/tampered?", "/range?"),
        url.replace("Expires=3600", "Expires=3601"),
        f"{url}&response-content-type=x",
        url[:-1] + last,
    ):
        assert use(other).status == 403, other
    assert use(url, "DELETE").status == 403
    with server.connect(clock=Clock(lambda: time.time() - 100)) as late:
        assert use(late.presign("get_object", where, expires_s=3600)).status == 200
        expired = use(late.presign("get_object", where, expires_s=50))
    assert expired.status in (400, 403)  # rclone's is 400
    assert b"<Code>AccessDenied</Code>" in expired.body


def submit(form: Any, content: bytes, **changes: str) -> Answer:
    """What a browser sends."""
    parts = [
        f'--limit\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in {**form["fields"], **changes}.items()
    ]
    parts.append(
        '--limit\r\nContent-Disposition: form-data; name="file"; filename="f.txt"\r\n'
        "Content-Type: text/plain\r\n\r\n"
    )
    body = "".join(parts).encode() + content + b"\r\n--limit--\r\n"
    return use(form["url"], "POST", body, content_type="multipart/form-data; boundary=limit")


def test_a_form_with_conditions(server: Server, ours: S3, theirs: Any) -> None:
    fields = {"Content-Type": "text/plain"}
    limits = [{"Content-Type": "text/plain"}, ["content-length-range", 1, 10]]
    if server.name == "rclone":  # it knows forms of the old signature only
        for form in (
            ours.presign_post("bucket", "k"),
            theirs.generate_presigned_post("bucket", "k"),
        ):
            assert b"<Code>UnsupportedAlgorithm</Code>" in submit(form, b"x").body
        return
    for key, kept in (("p/a b/é+~*!()", "p/a b/é+~*!()"), ("up/${filename}", "up/f.txt")):
        form = ours.presign_post("bucket", key, fields=fields, conditions=limits, expires_s=60)
        assert submit(form, b"content").status == 204
        found = ours.get_object(Bucket="bucket", Key=kept)
        assert (found.Body.read(), found.ContentType) == (b"content", "text/plain")
        policy = json.loads(b64decode(form["fields"]["policy"]))
        policy["conditions"][1][2] = 1000
        wider = b64encode(json.dumps(policy).encode()).decode()
        for status, content, changes in (
            (400, b"more than ten bytes", {}),
            (403, b"content", {"key": "other"}),
            (403, b"content", {"Content-Type": "text/html"}),
            (403, b"more than ten bytes", {"policy": wider}),
            (403, b"content", {"x-amz-signature": "0" * 64}),
        ):
            assert submit(form, content, **changes).status == status, changes
    with server.connect(clock=Clock(lambda: time.time() - 100)) as late:
        expired = submit(late.presign_post("bucket", "k", expires_s=50), b"content")
    assert (expired.status, b"Policy expired" in expired.body) == (403, True)
