"""The faults of the local endpoint, as botocore and raw TLS sockets meet them."""

from __future__ import annotations

import json
import socket
import ssl
import time
from email.utils import parsedate_to_datetime
from http.client import HTTPSConnection, IncompleteRead

import pytest
from botocore.exceptions import (
    ConnectionClosedError,
    HTTPClientError,
    ReadTimeoutError,
)

from endpoint import FAULTS
from endpoint.faults import Faults, parse_fault
from local_endpoint.client import (
    BEAT,
    DEVICE,
    botocore_client,
    exchange,
    failure,
    raw_socket,
    request_bytes,
    signed,
)


@pytest.mark.parametrize(
    ("name", "options", "code", "status"),
    [
        ("internal-error", {}, "InternalServiceException", 500),
        ("throttle", {}, "ThrottlingException", 400),
        ("throttle", {"status": 429, "retry_after_s": 0}, "ThrottlingException", 429),
        ("unavailable", {}, "503", 503),
        ("wrong-clock", {}, "InvalidSignatureException", 403),
    ],
)
def test_faults_that_answer_instead(endpoint, name, options, code, status):
    armed = endpoint.faults.add(name, times=2, **options)
    for _ in range(2):
        answer = failure(endpoint)
        assert answer["Error"]["Code"] == code
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == status
    headers = answer["ResponseMetadata"]["HTTPHeaders"]
    assert headers.get("retry-after") == ("1" if (name, options) == ("throttle", {}) else None)
    assert armed.used == 2
    assert endpoint.store.count("heartbeats") == 0
    with botocore_client(endpoint) as client:
        client.send_heartbeat(**BEAT)
    assert [row["fault"] for row in endpoint.store.requests()] == [name, name, None]
    if name == "wrong-clock":
        date = parsedate_to_datetime(headers["date"]).timestamp()
        assert date > time.time() + 3000
        assert answer["Error"]["Message"].startswith("Signature expired: ")
    else:
        # An answer in place of the real one does not hide how the request was signed.
        assert endpoint.store.requests()[0]["signature"] == "ok"


def test_internal_error_is_the_modelled_exception(endpoint):
    endpoint.faults.add("internal-error")
    with botocore_client(endpoint) as client:
        with pytest.raises(client.exceptions.InternalServiceException) as caught:
            client.get_deployments(**DEVICE)
        assert caught.value.response["Message"] == "Internal service error"


@pytest.mark.parametrize(
    ("name", "options", "error"),
    [
        ("close-before-answer", {}, ConnectionClosedError),
        ("close-before-answer", {"notify": 1}, ConnectionClosedError),
        ("close-mid-answer", {"sent_bytes": 5}, ConnectionClosedError),
        ("reset", {}, ConnectionClosedError),
        ("garbage", {}, ConnectionClosedError),
    ],
)
def test_faults_that_botocore_stumbles_over(endpoint, name, options, error):
    endpoint.faults.add(name, operation="GetDeployments", **options)
    with botocore_client(endpoint) as client:
        client.get_device_registration(**DEVICE)
        with pytest.raises(error):
            client.get_deployments(**DEVICE)
        client.get_deployments(**DEVICE)
    assert endpoint.faults.armed() == []


def test_half_an_answer(endpoint):
    headers, body = signed(endpoint, json.dumps(DEVICE).encode(), path="/GetDeployments")
    endpoint.faults.add("close-mid-answer", notify=1)
    # botocore itself takes such an answer for a whole one; http.client counts.
    with pytest.raises(IncompleteRead, match="9 bytes read, 9 more expected"):
        exchange(endpoint, headers, body, path="/GetDeployments")


@pytest.mark.parametrize("name", ["close-before-answer", "reset", "garbage"])
def test_a_lost_answer_is_not_a_lost_heartbeat(endpoint, name):
    endpoint.faults.add(name)
    with botocore_client(endpoint) as client:
        with pytest.raises(HTTPClientError):
            client.send_heartbeat(**BEAT)
        client.send_heartbeat(**BEAT)
    assert endpoint.store.count("heartbeats") == 2


def spoilt_bytes(endpoint, name, *, path="/GetDeviceRegistration", **options):
    """What a raw client receives until the end, with one fault armed."""
    endpoint.faults.add(name, **options)
    headers, body = signed(endpoint, json.dumps(DEVICE).encode(), path=path)
    with raw_socket(endpoint) as sock:
        sock.sendall(request_bytes({**headers, "Connection": "close"}, body, path=path))
        received = bytearray()
        try:
            while data := sock.recv(65536):
                received += data
            end = "closed"
        except ssl.SSLError as error:  # an SSLEOFError, but not in Debian 12's Python
            end = "cut" if "EOF" in str(error) else str(error)
    return bytes(received), end


BODY = b'{"DeviceRegistration":"REGISTERED","CacheTTL":"3600"}'


def test_faults_on_the_wire(endpoint):
    whole, end = spoilt_bytes(endpoint, "latency", seconds=0.01)
    assert (whole[:12], whole.endswith(b"\r\n\r\n" + BODY), end) == (
        b"HTTP/1.1 200",
        True,
        "closed",
    )
    for name, options, received, expected_end in [
        ("close-before-answer", {}, b"", "cut"),
        ("close-before-answer", {"notify": 1}, b"", "closed"),
        ("close-mid-answer", {"sent_bytes": 12}, b"HTTP/1.1 200", "cut"),
        ("close-mid-answer", {"sent_bytes": 12, "notify": 1}, b"HTTP/1.1 200", "closed"),
    ]:
        assert spoilt_bytes(endpoint, name, **options) == (received, expected_end), (name, options)
    half, end = spoilt_bytes(endpoint, "close-mid-answer")
    assert 0 < len(half) < len(whole)
    assert end == "cut"
    garbage, end = spoilt_bytes(endpoint, "garbage", bytes=5000)
    assert b"HTTP/1.1" not in garbage
    assert len(garbage) >= 5000
    spoilt, _ = spoilt_bytes(endpoint, "bad-json")
    assert spoilt.endswith(b"\r\n\r\n" + BODY[: len(BODY) // 2])
    assert b"Content-Length: %d\r\n" % (len(BODY) // 2) in spoilt
    empty, _ = spoilt_bytes(endpoint, "empty-200")
    assert empty.startswith(b"HTTP/1.1 200 ")
    assert b"Content-Length: 0\r\n" in empty
    chunked, _ = spoilt_bytes(endpoint, "chunked", bytes=30)
    assert b"content-length" not in chunked.lower()
    assert chunked.endswith(
        b"\r\n1e\r\n" + BODY[:30] + b"\r\n17\r\n" + BODY[30:] + b"\r\n0\r\n\r\n"
    )
    interim, _ = spoilt_bytes(endpoint, "interim")
    assert interim.startswith(b"HTTP/1.1 103 ")
    assert b"\r\n\r\nHTTP/1.1 200 " in interim
    header, _ = spoilt_bytes(endpoint, "huge-header", bytes=200_000)
    assert b"\r\nX-Filler: " + b"x" * 200_000 + b"\r\n" in header
    body, _ = spoilt_bytes(endpoint, "huge-body", bytes=3_000_000)
    assert body.endswith(b"Content-Length: 3000000\r\n\r\n" + b" " * 3_000_000)
    dripped, _ = spoilt_bytes(endpoint, "drip", gap_s=0)
    assert dripped.endswith(b"\r\n\r\n" + BODY)
    assert {row["status"] for row in endpoint.store.requests()} == {200}


def test_a_reset_is_a_reset(endpoint):
    endpoint.faults.add("reset")
    headers, body = signed(endpoint)
    with raw_socket(endpoint) as sock:
        sock.sendall(request_bytes(headers, body))
        # Below TLS: Python's ssl reports a reset as the end of the file.
        with pytest.raises(ConnectionResetError):
            receive_below_tls(sock)


def receive_below_tls(sock):
    while socket.socket.recv(sock, 65536):
        pass


def test_a_dripped_answer_comes_byte_by_byte(endpoint):
    endpoint.faults.add("drip", gap_s=0.0005)
    headers, body = signed(endpoint)
    with raw_socket(endpoint) as sock:
        sock.sendall(request_bytes(headers, body))
        # A TLS record is read at most one at a time.
        assert [sock.recv(100) for _ in range(12)] == [bytes([b]) for b in b"HTTP/1.1 200"]


def test_latency_outlasts_a_client(endpoint):
    endpoint.faults.add("latency", seconds=60)
    with botocore_client(endpoint, read_timeout=0.2) as client, pytest.raises(ReadTimeoutError):
        client.send_heartbeat(**BEAT)
    with botocore_client(endpoint) as client:
        client.send_heartbeat(**BEAT)
    # Accepted twice; and the endpoint ends without waiting for its own sleep.
    assert endpoint.store.count("heartbeats") == 2


def test_a_kept_connection_that_closes(endpoint):
    endpoint.faults.add("close-after-answer")
    context = ssl.create_default_context(cafile=endpoint.ca_file)
    connection = HTTPSConnection("localhost", endpoint.port, timeout=60, context=context)
    headers, body = signed(endpoint)
    connection.request("POST", "/SendHeartbeat", body, headers)
    answer = connection.getresponse()
    assert answer.read() == b""
    assert not answer.will_close
    assert connection.sock.recv(1) == b""
    connection.close()


def test_a_connection_that_closes_before_tls(endpoint):
    endpoint.faults.add("close-before-handshake", times=2)
    for _ in range(2):
        with pytest.raises((ssl.SSLError, ConnectionError)), raw_socket(endpoint):
            pass
    with raw_socket(endpoint) as sock:
        assert sock.version()


def test_faults_count_skip_and_select():
    faults = Faults()
    faults.add("drip", skip=1, times=2)
    faults.add("reset", operation="GetDeployments", times=None)
    taken = [faults.take("SendHeartbeat") for _ in range(4)]
    assert [armed and armed.name for armed in taken] == [None, "drip", "drip", None]
    assert [faults.take("GetDeployments").name for _ in range(3)] == ["reset"] * 3
    assert [armed.name for armed in faults.armed()] == ["reset"]
    faults.clear()
    assert faults.take("GetDeployments") is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("trottle", "did you mean throttle"),
        ("throttle:seconds=1", "has no option 'seconds'; it has: retry_after_s, status"),
        ("throttle:status=many", "'many' is not a number"),
        ("throttle:times", "is not name=value"),
        ("throttle:times=0", "at least 1"),
        ("close-before-handshake:operation=SendHeartbeat", "before there is an operation"),
    ],
)
def test_faults_that_cannot_be_armed(text, words):
    def arm():
        name, settings = parse_fault(text)
        Faults().add(name, **settings)

    with pytest.raises(ValueError, match=words):
        arm()


def test_every_fault_can_be_armed_by_its_text():
    for name, fault in FAULTS.items():
        text = ",".join(f"{key}={value}" for key, value in fault.options.items())
        parsed, settings = parse_fault(f"{name}:times=always,skip=1,{text}")
        armed = Faults().add(parsed, **settings)
        assert (armed.options, armed.times, armed.skip) == (fault.options, None, 1)
        assert fault.doc
