"""Downloads over links that fail, and answers that only S3 itself gives."""

from __future__ import annotations

import hashlib
import os
from base64 import b64encode
from contextlib import suppress

import pytest
import trustme

import edgemote
from aws.s3 import S3
from fault_proxy import Fault, FaultProxy
from runtime.deployments.device import define, make, summary
from runtime.http_peer import Peer
from s3_server import KEY_ID, SECRET, serve

CONTENT = os.urandom(500_000)


@pytest.fixture
def model(s3):
    return define("m", s3.put("links", "m-1.bin", CONTENT), CONTENT)


@pytest.fixture
def device(open_device, proxy):
    return open_device(url=f"http://{proxy.origin}")


def check_deployed(device, content=CONTENT):
    assert summary(device.finish()) == {"": "SUCCESS", "m": ("SUCCESS", None, None)}
    assert device.current() == {"m": content}


def step_until(device, have_bytes):
    """Until so much of the model is on the disk."""
    partial = device.folder / "models" / ".partial" / "m"
    while not partial.exists() or partial.stat().st_size < have_bytes:
        device.step()


@pytest.mark.parametrize("kind", ["cut", "reset"])
def test_resumed(device, proxy, model, kind):
    # HEAD and GET have a connection each time, since a cut one is not kept.
    proxy.once(Fault(kind, 200_000), Fault(kind, 150_000), Fault(kind, 70_000))
    device.deployments.offer([make("d", model)], device.now_s)
    check_deployed(device)
    assert proxy.connections == 4
    if kind == "cut":  # a reset takes with it what was not read yet
        assert proxy.carried["answer"] < len(CONTENT) + 10_000


def test_more_cuts_than_attempts(device, proxy, model):
    """What brings something is no failed attempt."""
    proxy.once(*[Fault("cut", 70_000)] * 8)
    device.deployments.offer([make("d", model)], device.now_s)
    check_deployed(device)


@pytest.mark.parametrize("at_byte", [0, 1, 100])
def test_cut_before_a_byte_of_it(device, proxy, model, at_byte):
    proxy.fault = Fault("cut", at_byte)
    result = device.finish(make("d", model))
    assert summary(result)["m"][1].startswith("gave up after 5 attempts: bucket links: ")
    assert device.current() == {}


def test_back_after_an_outage(device, proxy, model):
    proxy.fault = Fault("stall", 200_000)
    device.deployments.offer([make("d", model)], device.now_s)
    step_until(device, 50_000)
    proxy.fault = Fault("refuse")
    while not any("retrying" in line for line in device.log.lines):
        device.step()
    proxy.fault = None
    check_deployed(device)


def test_a_silent_link_is_given_up(device, proxy, model):
    proxy.once(Fault("stall", 200_000))
    device.real_pause_s = 0.001
    device.deployments.offer([make("d", model)], device.now_s)
    while device.step(limit_s=0.004) is not None:
        pass
    check_deployed(device)
    assert any("silent" in line for line in device.log.lines)


def test_a_slow_link_takes_its_time(device, proxy, s3):
    content = os.urandom(3_000)
    proxy.fault = Fault("drip")
    device.deployments.offer(
        [make("d", define("m", s3.put("links", "drip.bin", content), content))], device.now_s
    )
    check_deployed(device, content)


def test_restarted_in_the_middle(device, open_device, proxy, model):
    device.deployments.offer([make("d", model)], device.now_s)
    step_until(device, 250_000)
    carried = proxy.carried["answer"]
    device.deployments.close()
    again = open_device(url=f"http://{proxy.origin}")
    check_deployed(again)
    have = len(CONTENT) - 250_000
    assert proxy.carried["answer"] - carried < have + 100_000


@pytest.mark.parametrize("damage", ["other bytes", "too long", "too short"])
def test_what_a_power_cut_left_is_not_trusted(device, open_device, model, damage):
    device.deployments.offer([make("d", model)], device.now_s)
    step_until(device, 250_000)
    device.deployments.close()
    partial = device.folder / "models" / ".partial" / "m"
    content = partial.read_bytes()
    partial.write_bytes(
        {
            "other bytes": b"\0" * 4096 + content[4096:],
            "too long": CONTENT + b"more",
            "too short": content[:1000],
        }[damage]
    )
    check_deployed(open_device())


def test_an_object_that_changes_is_fetched_anew(device, s3, model):
    device.deployments.offer([make("d", model)], device.now_s)
    step_until(device, 50_000)
    device.deployments.close()
    s3.put("links", "m-1.bin", b"?" * 600_000)
    device.finish()
    result = device.deployments.result
    assert "wrong checksum" in summary(result)["m"][1]


def test_what_the_meter_holds_back_waits(device, proxy, model):
    device.deployments.offer([make("d", model)], device.now_s)
    step_until(device, 50_000)
    carried, connections = proxy.carried["answer"], proxy.connections
    device.meter.held_s = 3.0
    before_s = device.steady_s
    assert device.step() == before_s + 3.0
    device.meter.held_s = 86_400.0
    device.step()
    device.step()
    assert proxy.carried["answer"] - carried < len(CONTENT)
    device.meter.held_s = 0.0
    check_deployed(device)
    assert proxy.connections == connections + 1  # nobody holds one open for a day
    assert all(size <= 16_384 for size in device.meter.asked)


def test_steps_are_bounded(device, model, monkeypatch):
    """In what they read, write and hash, not in time."""
    done = []
    for name in ("pwrite", "pread"):
        function = getattr(os, name)

        def count(descriptor, what, at, function=function):
            done.append(what if isinstance(what, int) else len(what))
            return function(descriptor, what, at)

        monkeypatch.setattr(os, name, count)
    device.deployments.offer([make("d", model)], device.now_s)
    most = 0
    while device.step() is not None:
        most = max(most, sum(done))
        done.clear()
    assert 0 < most <= 262_144 + 16_384
    check_deployed(device)


@pytest.fixture(scope="module")
def secure_s3(tmp_path_factory):
    """An S3 over TLS, and the file of its authority."""
    folder = tmp_path_factory.mktemp("secure")
    authority = trustme.CA()
    certificate = authority.issue_cert("127.0.0.1")
    names = [folder / name for name in ("ca.pem", "cert.pem", "key.pem")]
    authority.cert_pem.write_to_path(names[0])
    certificate.cert_chain_pems[0].write_to_path(names[1])
    certificate.private_key_pem.write_to_path(names[2])
    with serve(folder / "s3", cert_file=names[1], key_file=names[2]) as server:
        yield server, str(names[0])


@pytest.mark.parametrize("limit_s", [0.0, 5.0])
def test_over_tls_cut_and_resumed(open_device, secure_s3, limit_s):
    """With no time to wait too: what OpenSSL has decrypted already is taken."""
    server, ca_file = secure_s3
    model = define("m", server.put("links", "m-1.bin", CONTENT), CONTENT)
    with FaultProxy("127.0.0.1", server.port) as proxy:
        device = open_device(url=f"https://{proxy.origin}", ca_file=ca_file)
        device.real_pause_s = 0.001
        device.timeout_s = 2.0  # for the rest of a TLS record, which never comes
        proxy.once(Fault("cut", 200_000), Fault("stall", 100_000))
        device.deployments.offer([make("d", model)], device.now_s)
        while device.step(limit_s=limit_s if proxy.connections != 2 else 0.0) is not None:
            pass
        check_deployed(device)
        assert proxy.connections == 3
        device.deployments.close()


def test_a_server_that_cannot_be_trusted(open_device, secure_s3):
    server, _ = secure_s3
    model = define("m", server.put("links", "m-1.bin", CONTENT), CONTENT)
    result = open_device(url=server.url).finish(make("d", model))
    assert "certificate is refused" in summary(result)["m"][1]


# What only S3 answers ------------------------------------------------------------------------


class Bucket:
    """An S3 of one object for http_peer: If-Match, regions and checksums as S3 has them."""

    def __init__(self, content, headers=b""):
        self.content = content
        self.headers = headers
        self.requests = []
        self.refusals = []  # answers to come before the object: (status, headers)

    def __call__(self, wire):
        while head := wire.read_head():
            method = head.split()[0]
            self.requests.append(head)
            if self.refusals:
                status, more = self.refusals.pop(0)
                wire.answer(b"", status, more)
                continue
            etag = b'"%b"' % hashlib.md5(self.content).hexdigest().encode()
            if b"if-match" in head.lower() and etag not in head:
                wire.answer(b"", b"412 Precondition Failed")
                continue
            more = b"ETag: %b\r\n%b" % (etag, self.headers)
            if method == b"HEAD":
                size = len(self.content)
                wire.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n%b\r\n" % (size, more))
            else:
                wire.answer(self.content, b"200 OK", more)


def open_peer(peer):
    def open_s3():
        return edgemote.connect(
            S3,
            region="us-east-1",
            endpoint_url=peer.origin,
            credentials=edgemote.Credentials(KEY_ID, SECRET),
            timeout_s=30,
            retries=0,
        )

    return open_s3


def deploy_from(open_device, bucket, model):
    with Peer(bucket) as peer:
        device = open_device(open_s3=open_peer(peer))
        result = device.finish(make("d", model))
        device.deployments.close()
    return summary(result)["m"]


SMALL = b"a small model"
SMALL_MODEL = define("m", "s3://bucket/key.bin", SMALL)


@pytest.mark.parametrize("status", [b"301 Moved", b"307 Temporary", b"400 Bad"])
def test_a_bucket_of_another_region(open_device, status):
    """The client follows by itself."""
    bucket = Bucket(SMALL)
    bucket.refusals = [(status, b"x-amz-bucket-region: eu-west-1\r\n")]
    assert deploy_from(open_device, bucket, SMALL_MODEL) == ("SUCCESS", None, None)
    assert all(b"/eu-west-1/s3/" in head for head in bucket.requests[1:])


def test_regions_that_never_end(open_device):
    bucket = Bucket(SMALL)
    regions = [b"x-amz-bucket-region: eu-west-%d\r\n" % number for number in range(99)]
    bucket.refusals = [(b"301 Moved", region) for region in regions]
    found = deploy_from(open_device, bucket, SMALL_MODEL)
    assert found[0] == "FAIL"
    assert len(bucket.requests) < 10


@pytest.mark.parametrize("region", [b"../../x", b"a b", b"", b"x" * 64])
def test_a_region_that_is_none(open_device, region):
    bucket = Bucket(SMALL)
    bucket.refusals = [(b"301 Moved", b"x-amz-bucket-region: %b\r\n" % region)]
    assert deploy_from(open_device, bucket, SMALL_MODEL)[0] == "FAIL"
    assert all(b"/us-east-1/s3/" in head for head in bucket.requests)


@pytest.mark.parametrize("status", [b"500 Oops", b"503 Slow Down", b"429 Too Many"])
def test_a_service_in_trouble_is_asked_again(open_device, status):
    bucket = Bucket(SMALL)
    bucket.refusals = [(status, b"")] * 3
    found = deploy_from(open_device, bucket, SMALL_MODEL)
    assert found == ("SUCCESS", None, None)


def test_an_object_replaced_between_head_and_get(open_device):
    bucket = Bucket(b"something older")
    with Peer(bucket) as peer:
        device = open_device(open_s3=open_peer(peer))
        device.deployments.offer([make("d", SMALL_MODEL)], device.now_s)
        while len(bucket.requests) < 1:
            device.step()
        bucket.content = SMALL
        result = device.finish()
        device.deployments.close()
    assert summary(result)["m"] == ("SUCCESS", None, None)
    assert [head.split()[0] for head in bucket.requests] == [b"HEAD", b"GET", b"HEAD", b"GET"]


def test_an_object_that_changes_each_time(open_device):
    class Restless(Bucket):
        def __call__(self, wire):
            while head := wire.read_head():
                self.requests.append(head)
                etag = b'ETag: "%d"\r\n' % len(self.requests)
                if head.startswith(b"HEAD"):
                    wire.send(b"HTTP/1.1 200 OK\r\nContent-Length: 13\r\n%b\r\n" % etag)
                else:
                    wire.answer(b"", b"412 Precondition Failed", etag)

    found = deploy_from(open_device, Restless(SMALL), SMALL_MODEL)
    assert found == ("FAIL", "the object kept changing during the download", None)


def sha256_header(content, end=b""):
    digest = b64encode(hashlib.sha256(content).digest())
    return b"x-amz-checksum-sha256: %b%b\r\n" % (digest, end)


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (sha256_header(SMALL), None),
        (sha256_header(b"other"), "wrong checksum: SHA-256 is"),
        (sha256_header(b"other", b"-3"), None),  # of parts: not the object's
        (b"x-amz-checksum-sha256: ???\r\n", None),
    ],
)
def test_the_hash_that_s3_has(open_device, header, reason):
    bucket = Bucket(SMALL, header)
    found = deploy_from(open_device, bucket, define("m", "s3://bucket/key.bin"))
    assert b"x-amz-checksum-mode: ENABLED" in bucket.requests[0]
    assert found[0] == ("SUCCESS" if reason is None else "FAIL")
    assert reason is None or reason in found[1]


class Ranges(Bucket):
    """Answers each GET with the next one of `parts`: (first byte, end, whether it says so)."""

    parts = ()

    def __call__(self, wire):
        while head := wire.read_head():
            self.requests.append(head)
            etag = b'ETag: "1"\r\n'
            if head.startswith(b"HEAD"):
                size = len(self.content)
                wire.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n%b\r\n" % (size, etag))
                continue
            first, end, cut = self.parts[min(self.requests.count(b"GET"), len(self.parts) - 1)](
                head
            )
            part = self.content[first:end]
            status = b"200 OK"
            if cut is not None:
                status = b"206 Partial Content"
                etag += b"Content-Range: bytes %d-%d/%d\r\n" % (first, end - 1, len(self.content))
            length = b"Content-Length: %d\r\n" % len(part)
            wire.send(b"HTTP/1.1 " + status + b"\r\n" + length + etag + b"\r\n")
            gets = sum(not head.startswith(b"HEAD") for head in self.requests)
            if gets == 1 and cut != "whole":
                wire.send(part[: len(part) // 2])
                return
            with suppress(ConnectionError):  # who cannot use it hangs up
                wire.send(part)


def asked_first(head):
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"range:"):
            return int(line.partition(b"=")[2].rstrip(b"-"))
    return 0


LONG = os.urandom(1_000_000)
PARTS = {
    "it ignores ranges": lambda head: (0, len(LONG), None),
    "it begins earlier": lambda head: (max(0, asked_first(head) - 1_000), len(LONG), "part"),
    "it ends earlier": lambda head: (
        asked_first(head),
        min(len(LONG), asked_first(head) + 30_000),
        "whole",
    ),
}


@pytest.mark.parametrize("kind", PARTS)
def test_every_lawful_answer_to_a_range_is_made_use_of(open_device, kind):
    bucket = Ranges(LONG)
    bucket.parts = (PARTS[kind],)
    with Peer(bucket) as peer:
        device = open_device(open_s3=open_peer(peer))
        result = device.finish(make("d", define("m", "s3://bucket/key.bin", LONG)))
        device.deployments.close()
    assert summary(result)["m"] == ("SUCCESS", None, None)
    assert device.current() == {"m": LONG}


class Picky(Bucket):
    """Cuts the first GET short; what it makes of a range after that is its mode's affair."""

    mode = ""

    def __call__(self, wire):
        while head := wire.read_head():
            self.requests.append(head)
            size, first, etag = len(self.content), asked_first(head), b'ETag: "1"\r\n'
            gets = sum(not head.startswith(b"HEAD") for head in self.requests)
            whole = b"Content-Length: %d\r\n%b\r\n" % (size, etag)
            if gets == 0:
                wire.send(b"HTTP/1.1 200 OK\r\n" + whole)
            elif gets == 1:
                wire.send(b"HTTP/1.1 200 OK\r\n" + whole + self.content[: size // 2])
                return
            elif first and (self.mode == "no range at all" or (self.mode, gets) == ("no range", 2)):
                more = b"Content-Range: bytes */%d\r\n" % size
                wire.answer(b"", b"416 Range Not Satisfiable", more)
            elif self.mode == "no length":
                wire.send(b"HTTP/1.1 200 OK\r\nConnection: close\r\n%b\r\n" % etag + self.content)
                return
            elif first and self.mode == "no total":
                head = b"Content-Length: %d\r\nContent-Range: bytes %d-%d/*\r\n%b\r\n"
                head %= (size - first, first, size - 1, etag)
                wire.send(b"HTTP/1.1 206 Partial Content\r\n" + head + self.content[first:])
            else:
                wire.send(b"HTTP/1.1 200 OK\r\n" + whole + self.content)


@pytest.mark.parametrize("mode", ["no range", "no range at all", "no length", "no total"])
def test_a_refused_range_begins_anew(open_device, mode):
    bucket = Picky(LONG)
    bucket.mode = mode
    with Peer(bucket) as peer:
        device = open_device(open_s3=open_peer(peer))
        result = device.finish(make("d", define("m", "s3://bucket/key.bin", LONG)))
        device.deployments.close()
    assert summary(result)["m"] == ("SUCCESS", None, None)
    assert device.current() == {"m": LONG}
    assert any(asked_first(head) for head in bucket.requests)


@pytest.mark.parametrize(
    "part", [lambda head: (asked_first(head) + 1, len(LONG), "part"), lambda head: (0, 10, None)]
)
def test_an_answer_that_cannot_be_used_is_no_model(open_device, part):
    bucket = Ranges(LONG)
    bucket.parts = (part,)
    with Peer(bucket) as peer:
        device = open_device(open_s3=open_peer(peer))
        result = device.finish(make("d", define("m", "s3://bucket/key.bin", LONG)))
        device.deployments.close()
    status, reason, _ = summary(result)["m"]
    assert status == "FAIL"
    assert "S3 sent a different range than requested" in reason


def test_what_the_disk_has_is_hashed(device, model):
    """Bytes that came whole and were overwritten on the disk are not installed."""
    device.deployments.offer([make("d", model)], device.now_s)
    partial = device.folder / "models" / ".partial" / "m"
    while not partial.exists() or partial.stat().st_size < 300_000:
        device.step()
    with open(partial, "r+b") as file:
        file.write(b"WARNING: a line of a log")
    assert summary(device.finish())["m"][1].startswith("wrong checksum")
    assert device.current() == {}


def test_files_of_any_name_are_got_from_s3(device, s3):
    for number, name in enumerate(
        ("snow!v1*'(2) ~&;:,@$=+.bin", "schn\u00e9e \u96ea.bin", "#?%41.bin")
    ):
        device.url = s3.url
        content = os.urandom(1_000)
        url = s3.put("link", name, content)
        result = device.deploy(make(f"d{number}", define("m", url, content)))
        assert summary(result)["m"] == ("SUCCESS", None, None)
        assert device.current() == {"m": content}
