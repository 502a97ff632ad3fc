"""Models from https URLs: a real TLS server that answers as hosts do, and as they should not."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import ssl
import traceback

import pytest
import trustme

from edgemote.agent.deployments.url_source import UrlSource
from edgemote.errors import EdgemoteError
from edgemote.http.tls import client_context
from edgemote.http.transport import Transport
from runtime.deployments.device import Device, define, make
from runtime.http_peer import Peer

CONTENT = os.urandom(120_000)
ETAG = b'"0123456789"'
SECRET = "5ec2e7" * 8
QUERY = f"X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature={SECRET}"


class FileHost:
    """Answers each request of one file by `respond(part, head)`, or as S3 does.

    part: what is asked for, as (first, last) bytes, or None for all; heads: what was asked
    """

    def __init__(self):
        self.content, self.etag = CONTENT, ETAG
        self.respond = None
        self.heads = []

    def script(self, wire):
        with contextlib.suppress(OSError):  # whoever has heard enough hangs up
            self.serve(wire)

    def serve(self, wire):
        while head := wire.read_head():
            self.heads.append(head)
            span = re.search(rb"\r\nrange: bytes=(\d+)-(\d*)\r\n", head)
            part = None
            if span is not None:
                part = int(span[1]), int(span[2] or len(self.content) - 1)
            if self.respond is None or not self.respond(wire, part, head):
                self.answer(wire, part)

    def answer(self, wire, part):
        if part is None:
            return wire.answer(self.content, more=b"ETag: %b\r\n" % self.etag)
        first, last = part
        if first >= len(self.content):
            return wire.answer(error("InvalidRange", "not there"), b"416 Range Not Satisfiable")
        span = b"Content-Range: bytes %d-%d/%d\r\n" % (first, last, len(self.content))
        more = b"ETag: %b\r\n%b" % (self.etag, span)
        return wire.answer(self.content[first : last + 1], b"206 Partial Content", more)


def error(code, message):
    return f"<?xml?><Error><Code>{code}</Code><Message>{message}</Message></Error>".encode()


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture(scope="module")
def ca_file(authority, tmp_path_factory):
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


@pytest.fixture
def files():
    return FileHost()


@pytest.fixture
def peer(files, authority):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", "::1").configure_cert(context)
    with Peer(files.script, context) as peer:
        yield peer


@pytest.fixture
def device(tmp_path, ca_file):
    opened = []

    def open_url(origin):
        transport = Transport(
            origin, tls=lambda: client_context(ca_file), read_timeout_s=30, may_sync=False
        )
        opened.append(transport)
        return transport

    device = Device(tmp_path, "", open_url=open_url)
    device.opened = opened
    yield device
    device.deployments.close()


def deploy(device, peer, content=CONTENT, **fields):
    """The result's reason, "" where it is a success; URLs are renewed when they are to be."""
    sums = {"checksum_type": "SHA256", "checksum": hashlib.sha256(content).hexdigest()}
    url = f"{peer.origin}/models/m-1.bin?{QUERY}"
    device.deployments.offer([make("d", define("m", url, **{**sums, **fields}))], device.now_s)
    device.renewed = 0
    while device.step() is not None:
        if device.deployments.needs_renewal:
            device.renewed += 1
            device.deployments.renew(make("d", define("m", url, **{**sums, **fields})))
    result = device.deployments.result
    check_secrets(device)
    if result.status == "SUCCESS":
        assert device.current() == {"m": content}
        return ""
    assert device.current() == {}
    return result.models[0].reason


def check_secrets(device):
    texts = [*device.log.lines, json.dumps(device.deployments.status)]
    texts += [path.read_text() for path in (device.folder / "state").iterdir()]
    texts.append(repr(device.deployments.result))
    for text in texts:
        assert SECRET not in text
        assert "X-Amz" not in text


def test_a_file_is_got_with_one_question_before(device, peer, files):
    assert deploy(device, peer) == ""
    assert len(files.heads) == 2
    assert f"?{QUERY} HTTP/1.1".encode() in files.heads[0]
    assert b"authorization" not in files.heads[0].lower()
    assert b'if-match: "0123456789"' in files.heads[1]


def whole(files):
    return lambda wire, part, head: wire.answer(CONTENT, more=b"ETag: %b\r\n" % ETAG) or True


def bare(files):
    def respond(wire, part, head):
        wire.answer(CONTENT)
        return True

    return respond


def weak(files):
    files.etag = b'W/"0123456789"'
    return


def slow_first_byte(files):
    def respond(wire, part, head):
        if part is None and len(files.heads) == 2:
            wire.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n" % len(CONTENT))
            wire.send(b"ETag: %b\r\n\r\n%b" % (ETAG, CONTENT[:50_000]))
            wire.finish()
            return True
        return False

    return respond


@pytest.mark.parametrize("host", [whole, bare, weak, slow_first_byte])
def test_hosts_that_serve(host, device, peer, files):
    files.respond = host(files)
    assert deploy(device, peer) == ""
    if host is weak:
        assert b"if-match" not in files.heads[1]
    if host is slow_first_byte:
        assert b"range: bytes=50000-" in files.heads[2]


def fail_with(status, body=b"", more=b""):
    return lambda wire, part, head: wire.answer(body, status, more) or True


def lie_about_length(wire, part, head):
    span = b"Content-Range: bytes 0-0/%d\r\n" % (len(CONTENT) + 1)
    if part == (0, 0):
        return wire.answer(b"x", b"206 Partial Content", b"ETag: %b\r\n%b" % (ETAG, span)) or True
    return False


def lie_about_range(wire, part, head):
    if part == (0, 0):
        return False
    span = b"ETag: %b\r\nContent-Range: bytes 5-%d/%d\r\n" % (ETAG, len(CONTENT) - 1, len(CONTENT))
    return wire.answer(CONTENT[5:], b"206 Partial Content", span) or True


def hide_size(wire, part, head):
    span = b"ETag: %b\r\nContent-Range: bytes 0-0/*\r\n" % ETAG
    return wire.answer(b"x", b"206 Partial Content", span) or True


def hide_length(wire, part, head):
    wire.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n")
    return True


def end_early(wire, part, head):
    if part == (0, 0):
        return False
    wire.send(b"HTTP/1.1 200 OK\r\nETag: %b\r\nContent-Length: 120000\r\n\r\n" % ETAG)
    wire.finish()
    return True


EXPIRED = error("AccessDenied", "Request has expired")
ECHO = error("SignatureDoesNotMatch", f"The signature {SECRET} is wrong: {QUERY}")


@pytest.mark.parametrize(
    ("respond", "reason", "renewals"),
    [
        (fail_with(b"403 Forbidden", EXPIRED), "AccessDenied: Request has expired", 3),
        (fail_with(b"403 Forbidden", ECHO), "refused 4 times: 403", 3),
        (
            fail_with(b"403 Forbidden", EXPIRED, b"x-amz-bucket-region: us-west-2\r\n"),
            "refused 4 times: AccessDenied",
            3,
        ),
        (fail_with(b"400 Bad Request", error("ExpiredToken", "late")), "ExpiredToken", 3),
        (fail_with(b"404 Not Found", error("NoSuchKey", "none")), "NoSuchKey: none", 0),
        (fail_with(b"404 Not Found", b"\xff" * 100_000), "404", 0),
        (fail_with(b"302 Found", more=b"Location: https://evil/\r\n"), "302", 0),
        (fail_with(b"503 Slow Down", error("SlowDown", "slow")), "gave up after 5 attempts", 0),
        (hide_size, "gave up after 5 attempts: ", 0),
        (hide_length, "lacks the object's size", 0),
        (lie_about_length, "gave up after 5 attempts: ", 0),
        (lie_about_range, "sent a different range", 0),
        (end_early, "gave up after 5 attempts: ", 0),
    ],
)
def test_hosts_that_do_not(respond, reason, renewals, device, peer, files):
    files.respond = respond
    assert reason in deploy(device, peer)
    assert device.renewed == renewals
    assert not list((device.folder / "models" / ".partial").iterdir())


def test_an_empty_file(device, peer, files):
    files.content = b""
    assert "the file is empty" in deploy(device, peer, b"")


def test_a_file_that_changes_between_the_question_and_the_download(device, peer, files):
    def respond(wire, part, head):
        if part is None and files.etag == ETAG:
            files.etag, files.content = b'"other"', CONTENT + b"more"
            wire.answer(error("PreconditionFailed", "changed"), b"412 Precondition Failed")
            return True
        return False

    files.respond = respond
    assert deploy(device, peer, CONTENT + b"more") == ""


def test_a_url_that_expires_in_the_middle_is_resumed_with_a_new_one(device, peer, files):
    def respond(wire, part, head):
        if len(files.heads) == 2:
            wire.send(b"HTTP/1.1 200 OK\r\nETag: %b\r\nContent-Length: 120000\r\n\r\n" % ETAG)
            wire.send(CONTENT[:70_000])
            wire.finish()
        elif len(files.heads) == 3:
            wire.answer(EXPIRED, b"403 Forbidden")
        else:
            return False
        return True

    files.respond = respond
    assert deploy(device, peer) == ""
    assert device.renewed == 1
    assert b"range: bytes=70000-" in files.heads[3]


def test_a_host_with_another_certificate(device, files, tmp_path):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    with Peer(files.script, context) as peer:
        assert "gave up after 5 attempts" in deploy(device, peer)
    assert files.heads == []


def test_connections_of_urls_that_were_renewed_are_closed(device, peer, files):
    """A poll brings new URLs; that must not cost a connection each."""
    url = f"{peer.origin}/models/m-1.bin?{QUERY}&n="
    sums = {"checksum_type": "SHA256", "checksum": hashlib.sha256(CONTENT).hexdigest()}

    def cut(wire, part, head):
        if part == (0, 0):
            return False
        first = 0 if part is None else part[0]
        total = len(CONTENT)
        span = b"" if part is None else b"Content-Range: bytes %d-%d/%d\r\n" % (*part, total)
        status = b"200 OK" if part is None else b"206 Partial Content"
        wire.send(b"HTTP/1.1 %b\r\n%bETag: %b\r\n" % (status, span, ETAG))
        wire.send(b"Content-Length: %d\r\n\r\n" % (total - first))
        wire.send(CONTENT[first : first + 30_000])
        if first + 30_000 < total:
            wire.finish()
        return True

    files.respond = cut
    number = 0
    due_s = 0.0
    while due_s is not None:
        number += 1
        device.deployments.offer([make("d", define("m", f"{url}{number}", **sums))], device.now_s)
        due_s = device.step()
    assert device.current() == {"m": CONTENT}
    assert len(device.opened) > 3
    assert not [one for one in device.opened[:-1] if one._kept is not None]


@pytest.mark.parametrize(
    "url",
    [
        f"https://user:{SECRET}@host/m-1.bin",
        f"https://host?{QUERY}",
        f"https://host:99999/m-1.bin?{QUERY}",
        f"https://host:port/m-1.bin?{QUERY}",
        f"https://[::1/m-1.bin?{QUERY}",
        f"https:///m-1.bin?{QUERY}",
        f"https://ho st/m-1.bin?{QUERY}",
        f"https://host/?{QUERY}",
        f"https://host/..?{QUERY}",
        f"https://host/m-1.bin?{QUERY}\r\nx: y",
        f"https://host/m-1.bin?{QUERY}{'x' * 5_000}",
        f"http://host/m-1.bin?{QUERY}",
        f"ftp://host/m-1.bin?{QUERY}",
        f"https:host/m-1.bin?{QUERY}",
        f"?{QUERY}",
        "",
    ],
)
def test_urls_that_are_none(url, device):
    device.deployments.offer([make("d", define("m", url, CONTENT))], device.now_s)
    while device.step() is not None:
        pass
    (model,) = device.deployments.result.models
    assert model.status == "FAIL"
    assert model.reason
    assert device.log.lines
    if not url.startswith(("http://", "ftp://", "https:host", "?")):
        check_secrets(device)


@pytest.mark.parametrize("place", ["[::1]", "[::1]:1", "127.0.0.1:1", "127.0.0.1:1/deep/er"])
def test_no_exception_has_a_secret(place, ca_file):
    def open_url(origin):
        return Transport(origin, tls=lambda: client_context(ca_file), may_sync=False)

    url = f"https://{place}/m-1.bin?{QUERY}"
    source = UrlSource(url, open_url)
    with pytest.raises(EdgemoteError) as caught:
        source.head_object()
    text = "".join(traceback.format_exception(caught.value))
    assert SECRET not in f"{text} {source!r} {define('m', url)!r} {make('d', define('m', url))!r}"
