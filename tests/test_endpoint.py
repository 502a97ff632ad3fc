"""The local endpoint, judged by botocore and by raw TLS sockets."""

from __future__ import annotations

import contextlib
import io
import json
import math
import os
import signal
import socket
import sqlite3
import ssl
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from http.client import HTTPSConnection, IncompleteRead
from pathlib import Path

import awscrt.auth
import awscrt.http
import botocore.session
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    EndpointConnectionError,
    HTTPClientError,
    ReadTimeoutError,
    SSLError,
)

from endpoint import FAULTS, Endpoint, Key, RefusedError, control
from endpoint.__main__ import main
from endpoint.connections import Limits
from endpoint.faults import Faults, parse_fault
from endpoint.signatures import Request
from endpoint.tables import show

TESTS = Path(__file__).parent
REGION = "us-west-2"
DEVICE = {"DeviceName": "cam-7", "DeviceFleetName": "dock"}
BEAT = {"AgentVersion": "1.0", **DEVICE}
SESSION = botocore.session.Session()

METRICS = [
    {"Dimension": "board/cpu", "MetricName": "CpuTemp", "Value": 51.5, "Timestamp": 1700000000.25},
    {"Dimension": "board", "MetricName": "Load", "Value": -1e300, "Timestamp": 0.0},
    {"MetricName": "Free"},
]
FULL_BEAT = {
    **BEAT,
    "AgentMetrics": METRICS,
    "Models": [
        {
            "ModelName": "gate",
            "ModelVersion": "2.1",
            "LatestSampleTime": 1700000001.0,
            "LatestInference": 1700000002.5,
            "ModelMetrics": METRICS[:2],
        },
        {"ModelName": "belt", "ModelMetrics": []},
        {},
    ],
    "DeploymentResult": {
        "DeploymentName": "roll-1",
        "DeploymentStatus": "SUCCESS",
        "DeploymentStatusMessage": "fine é ☃",
        "DeploymentStartTime": 1700000003.0,
        "DeploymentEndTime": 1700000004.0,
        "DeploymentModels": [
            {
                "ModelHandle": "gate-2",
                "ModelName": "gate",
                "ModelVersion": "2.1",
                "DesiredState": "DEPLOY",
                "State": "DEPLOY",
                "Status": "SUCCESS",
                "StatusReason": "done",
                "RollbackFailureReason": "",
            },
            {},
        ],
    },
}
DEPLOYMENT = {
    "DeploymentName": "roll-1",
    "Type": "Model",
    "FailureHandlingPolicy": "ROLLBACK_ON_FAILURE",
    "Definitions": [
        {
            "ModelHandle": "gate-2",
            "S3Url": "s3://models/gate-2.tar.gz",
            "Checksum": {"Type": "SHA1", "Sum": "da39a3ee5e6b4b0d3255bfef95601890afd80709"},
            "State": "DEPLOY",
        }
    ],
}


@pytest.fixture(scope="module")
def shared():
    """One endpoint for tests that arm no faults and look only at what they sent themselves."""
    with Endpoint(register=["dock/cam-7"]) as endpoint:
        yield endpoint


@pytest.fixture
def endpoint():
    with Endpoint(register=["dock/cam-7"]) as endpoint:
        yield endpoint


@contextmanager
def botocore_client(endpoint, *, key=None, region=REGION, check=True, **config):
    key = key or endpoint.credentials
    client = SESSION.create_client(
        "sagemaker-edge",
        region_name=region,
        endpoint_url=endpoint.url,
        verify=endpoint.ca_file,
        aws_access_key_id=key.access_key_id,
        aws_secret_access_key=key.secret_access_key,
        aws_session_token=key.session_token,
        config=Config(
            retries={"total_max_attempts": 1}, parameter_validation=check, proxies={}, **config
        ),
    )
    try:
        yield client
    finally:
        client.close()


def failure(endpoint, call=lambda client: client.send_heartbeat(**BEAT), **settings):
    """What botocore makes of a refused call: its ClientError."""
    with botocore_client(endpoint, **settings) as client, pytest.raises(ClientError) as caught:
        call(client)
    return caught.value.response


def signed(
    endpoint,
    body=None,
    *,
    path="/SendHeartbeat",
    key=None,
    region=REGION,
    service="sagemaker",
    at_s=None,
    headers=(),
):
    """Headers and body of a request signed by botocore, to be sent (or spoilt) by hand."""
    key = key or endpoint.credentials
    body = json.dumps(BEAT).encode() if body is None else body
    request = AWSRequest(
        "POST", endpoint.url + path, {"Content-Type": "application/json", **dict(headers)}, body
    )
    signer = SigV4Auth(
        Credentials(key.access_key_id, key.secret_access_key, key.session_token), service, region
    )
    if at_s is None:
        signer.add_auth(request)
    else:
        stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(at_s))
        request.context["timestamp"] = stamp
        request.headers["X-Amz-Date"] = stamp
        text = signer.string_to_sign(request, signer.canonical_request(request))
        signer._inject_signature_to_request(request, signer.signature(text, request))
    return {**dict(request.headers.items()), "Host": f"localhost:{endpoint.port}"}, body


@contextmanager
def raw_socket(endpoint, *, server_name="localhost"):
    context = ssl.create_default_context(cafile=endpoint.ca_file)
    with (
        socket.create_connection(("127.0.0.1", endpoint.port), timeout=10) as plain,
        context.wrap_socket(plain, server_hostname=server_name, suppress_ragged_eofs=False) as sock,
    ):
        yield sock


def request_bytes(headers, body, *, path="/SendHeartbeat", method="POST"):
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    if not {"content-length", "transfer-encoding"} & {name.lower() for name in headers}:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def receive_all(sock, limit_bytes=200_000_000):
    received = bytearray()
    while len(received) < limit_bytes and (data := sock.recv(65536)):
        received += data
    return bytes(received)


def exchange(endpoint, headers, body, *, path="/SendHeartbeat", method="POST"):
    """Send by http.client: (status, headers, body)."""
    context = ssl.create_default_context(cafile=endpoint.ca_file)
    connection = HTTPSConnection("localhost", endpoint.port, timeout=10, context=context)
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


def error_of(answer):
    status, headers, body = answer
    return status, headers["x-amzn-ErrorType"], json.loads(body)["message"]


# --- what is accepted


def test_botocore_is_accepted_and_stored_as_sent(endpoint):
    endpoint.deploy("dock", "cam-7", DEPLOYMENT)
    with botocore_client(endpoint) as client:
        assert client.get_deployments(**DEVICE)["Deployments"] == [DEPLOYMENT]
        answer = client.send_heartbeat(**FULL_BEAT)
        assert client.get_deployments(**DEVICE)["Deployments"] == []
        registration = client.get_device_registration(**DEVICE)
    assert endpoint.store.heartbeats() == [FULL_BEAT]
    assert (registration["DeviceRegistration"], registration["CacheTTL"]) == ("REGISTERED", "3600")
    requests = endpoint.store.requests()
    assert [row["operation"] for row in requests] == [
        "GetDeployments",
        "SendHeartbeat",
        "GetDeployments",
        "GetDeviceRegistration",
    ]
    assert {row["connection"] for row in requests} == {1}
    assert {row["signature"] for row in requests} == {"ok"}
    assert requests[1]["id"] == answer["ResponseMetadata"]["RequestId"]
    assert requests[1]["access_key_id"] == endpoint.credentials.access_key_id
    assert json.loads(requests[1]["body"]) == FULL_BEAT


def test_a_temporary_key_is_accepted(shared):
    with botocore_client(shared, key=shared.temporary_credentials) as client:
        client.send_heartbeat(**BEAT)
    request = shared.store.requests()[-1]
    assert request["access_key_id"] == shared.temporary_credentials.access_key_id
    token = shared.temporary_credentials.session_token
    assert token not in json.dumps(request["headers"])


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity"])
def test_numbers_that_json_lacks_come_as_strings(shared, value):
    body = json.dumps({**BEAT, "AgentMetrics": [{"Value": value}]}).encode()
    assert exchange(shared, *signed(shared, body))[0] == 200
    stored = shared.store.heartbeats()[-1]["AgentMetrics"][0]["Value"]
    assert stored == float(value) or (math.isnan(stored) and value == "NaN")


def test_more_ways_to_sign_are_accepted(shared):
    """The Date header for X-Amz-Date, a query string, spaces, letters beyond ASCII."""
    now = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime())
    for path, extra in [
        ("/SendHeartbeat", {"Date": now}),
        ("/SendHeartbeat?b=2&a=1", {}),
        ("/SendHeartbeat", {"X-Odd": "  a   b  "}),
        ("/SendHeartbeat", {"X-Odd": "gr\u00fcn"}),
    ]:
        headers, body = signed(shared, path=path, headers=extra)
        with raw_socket(shared) as sock:
            sock.sendall(request_bytes({**headers, "Connection": "close"}, body, path=path))
            assert receive_all(sock).startswith(b"HTTP/1.1 200 "), (path, extra)


def test_a_signature_of_another_make_is_accepted(shared):
    """awscrt, in C, which signs User-Agent and x-amz-content-sha256 where botocore does not."""
    key, body = shared.temporary_credentials, json.dumps(BEAT).encode()
    headers = {"Host": f"localhost:{shared.port}", "User-Agent": "odd  agent"}
    request = awscrt.http.HttpRequest(
        "POST",
        "/SendHeartbeat",
        awscrt.http.HttpHeaders(list(headers.items())),
        io.BytesIO(body),
    )
    config = awscrt.auth.AwsSigningConfig(
        algorithm=awscrt.auth.AwsSigningAlgorithm.V4,
        signature_type=awscrt.auth.AwsSignatureType.HTTP_REQUEST_HEADERS,
        credentials_provider=awscrt.auth.AwsCredentialsProvider.new_static(
            key.access_key_id, key.secret_access_key, key.session_token
        ),
        region=REGION,
        service="sagemaker",
        signed_body_header_type=awscrt.auth.AwsSignedBodyHeaderType.X_AMZ_CONTENT_SHA_256,
    )
    awscrt.auth.aws_sign_request(request, config).result(timeout=10)
    headers = dict(request.headers)
    assert exchange(shared, headers, body)[0] == 200
    # The body's hash is signed here; other bytes under it do not pass.
    assert exchange(shared, headers, body.replace(b"cam-7", b"cam-8"))[0] == 403


def test_a_chunked_body_and_100_continue_are_accepted(shared):
    headers, body = signed(shared)
    headers.update({"Transfer-Encoding": "chunked", "Expect": "100-continue"})
    with raw_socket(shared) as sock:
        sock.sendall(request_bytes({**headers, "Connection": "close"}, b""))
        assert sock.recv(65536).startswith(b"HTTP/1.1 100 ")
        sock.sendall(b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body))
        assert receive_all(sock).startswith(b"HTTP/1.1 200 ")


def test_deployments_queue_for_devices_and_for_fleets(endpoint):
    endpoint.register("dock", "cam-8")
    other = {**DEPLOYMENT, "DeploymentName": "roll-2"}
    endpoint.deploy("dock", None, DEPLOYMENT)
    endpoint.deploy("dock", "cam-8", other)

    def names(device):
        with botocore_client(endpoint) as client:
            found = client.get_deployments(DeviceName=device, DeviceFleetName="dock")
        return [deployment["DeploymentName"] for deployment in found["Deployments"]]

    assert (names("cam-7"), names("cam-8")) == (["roll-1"], ["roll-1", "roll-2"])
    with botocore_client(endpoint) as client:
        client.send_heartbeat(**BEAT, DeploymentResult={"DeploymentName": "roll-1"})
    assert (names("cam-7"), names("cam-8")) == ([], ["roll-1", "roll-2"])
    # The same name again is a new deployment: the earlier result does not answer it.
    endpoint.deploy("dock", "cam-7", DEPLOYMENT)
    assert names("cam-7") == ["roll-1"]
    with pytest.raises(RefusedError, match="enum"):
        endpoint.deploy("dock", "cam-7", {**DEPLOYMENT, "Type": "Odd"})
    endpoint.deploy("dock", "cam-7", {**DEPLOYMENT, "Type": "Odd"}, checked=False)


def test_a_device_that_is_not_registered(shared):
    stranger = {"DeviceName": "cam-9", "DeviceFleetName": "dock"}
    with botocore_client(shared) as client:
        answer = client.get_device_registration(**stranger)
    assert (answer["DeviceRegistration"], answer["CacheTTL"]) == ("", "60")
    before = shared.store.count("heartbeats")
    for call in (
        lambda client: client.send_heartbeat(AgentVersion="1.0", **stranger),
        lambda client: client.get_deployments(**stranger),
    ):
        assert failure(shared, call)["Error"]["Code"] == "ValidationException"
    assert shared.store.count("heartbeats") == before
    with Endpoint(any_device=True) as anyone, botocore_client(anyone) as client:
        client.send_heartbeat(AgentVersion="1.0", **stranger)


def test_concurrent_clients_lose_nothing(endpoint):
    def beat(number):
        with botocore_client(endpoint) as client:
            for count in range(5):
                client.send_heartbeat(**{**BEAT, "AgentVersion": f"{number}.{count}"})

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(beat, range(8)))
    sent = sorted(f"{number}.{count}" for number in range(8) for count in range(5))
    assert sorted(beat["AgentVersion"] for beat in endpoint.store.heartbeats()) == sent
    assert len({row["connection"] for row in endpoint.store.requests()}) == 8


# --- what is refused


def other_secret(endpoint):
    return Key(endpoint.credentials.access_key_id, "not the secret")


def without_token(endpoint):
    key = endpoint.temporary_credentials
    return Key(key.access_key_id, key.secret_access_key)


def wrong_token(endpoint):
    key = endpoint.temporary_credentials
    return Key(key.access_key_id, key.secret_access_key, "another token")


def needless_token(endpoint):
    key = endpoint.credentials
    return Key(key.access_key_id, key.secret_access_key, "a token")


@pytest.mark.parametrize(
    ("make_key", "code", "words"),
    [
        (other_secret, "InvalidSignatureException", "does not match the signature you provided"),
        (lambda e: Key("AKIAUNKNOWN", "x"), "UnrecognizedClientException", "is invalid."),
        (without_token, "UnrecognizedClientException", "is invalid."),
        (wrong_token, "UnrecognizedClientException", "is invalid."),
        (needless_token, "UnrecognizedClientException", "is invalid."),
        (lambda e: e.add_key(temporary=True, expires_at_s=1.0), "ExpiredTokenException", "expired"),
    ],
)
def test_keys_that_botocore_gets_refused_with(shared, make_key, code, words):
    key = make_key(shared)
    answer = failure(shared, key=key)
    assert answer["Error"]["Code"] == code
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 403
    assert words in answer["Error"]["Message"]
    assert key.secret_access_key not in answer["Error"]["Message"]
    request = shared.store.requests()[-1]
    assert (request["signature"], request["status"]) == (code, 403)
    assert request["id"] == answer["ResponseMetadata"]["RequestId"]


def test_wrong_region_and_wrong_service(shared):
    answer = failure(shared, region="eu-west-1")
    assert answer["Error"]["Code"] == "InvalidSignatureException"
    assert "scoped to a valid region" in answer["Error"]["Message"]
    status, code, message = error_of(exchange(shared, *signed(shared, service="edge.sagemaker")))
    assert (status, code) == (403, "InvalidSignatureException")
    assert "scoped to correct service: 'sagemaker'" in message


@pytest.mark.parametrize(
    ("offset_s", "words"),
    [(3600, "Signature expired: "), (-3600, "Signature not yet current: ")],
)
def test_a_clock_that_is_off(endpoint, offset_s, words):
    endpoint.clock_offset_s = offset_s
    answer = failure(endpoint)
    assert answer["Error"]["Code"] == "InvalidSignatureException"
    assert answer["Error"]["Message"].startswith(words)
    assert " 5 min.)" in answer["Error"]["Message"]
    # The Date header lets a client find out, and a date by it is accepted.
    date = parsedate_to_datetime(answer["ResponseMetadata"]["HTTPHeaders"]["date"]).timestamp()
    assert abs(date - time.time() - offset_s) < 120
    assert exchange(endpoint, *signed(endpoint, at_s=date))[0] == 200


def test_a_date_at_either_end_of_the_window(shared):
    for offset_s, status in [(-240, 200), (240, 200), (-400, 403), (400, 403)]:
        at_s = time.time() + offset_s
        assert exchange(shared, *signed(shared, at_s=at_s))[0] == status, offset_s


def tampered_body(headers, body):
    return headers, body.replace(b"cam-7", b"cam-8")


def tampered_hash(headers, body):
    return {**headers, "X-Amz-Content-SHA256": "0" * 64}, body


def no_authorization(headers, body):
    return {name: value for name, value in headers.items() if name != "Authorization"}, body


def no_date(headers, body):
    return {name: value for name, value in headers.items() if name != "X-Amz-Date"}, body


def with_authorization(change):
    def spoil(headers, body):
        return {**headers, "Authorization": change(headers["Authorization"])}, body

    return spoil


MISMATCHED = (403, "InvalidSignatureException")
INCOMPLETE = (403, "IncompleteSignatureException")


@pytest.mark.parametrize(
    ("spoil", "expected", "words"),
    [
        (tampered_body, MISMATCHED, "does not match"),
        (tampered_hash, MISMATCHED, "must be a 'SignedHeader'"),
        (lambda h, b: ({**h, "Content-Type": "text/plain"}, b), MISMATCHED, "does not match"),
        (lambda h, b: ({**h, "X-Amz-New": "1"}, b), MISMATCHED, "'x-amz-new' must be"),
        (
            with_authorization(lambda text: text[:-1] + ("0" if text[-1] != "0" else "1")),
            MISMATCHED,
            "does not match",
        ),
        (
            with_authorization(lambda text: text.replace("content-type;", "")),
            MISMATCHED,
            "does not match",
        ),
        (
            with_authorization(lambda text: text.replace("host;", "")),
            MISMATCHED,
            "'host' must be a 'SignedHeader'",
        ),
        (
            with_authorization(lambda text: text.replace("host;", "host;nowhere;")),
            MISMATCHED,
            "does not match",
        ),
        (
            with_authorization(lambda text: text.replace("aws4_request", "aws5_request")),
            MISMATCHED,
            "valid terminator",
        ),
        (
            lambda h, b: ({**h, "X-Amz-Date": "20010101T000000Z"}, b),
            MISMATCHED,
            "Date in Credential scope does not match",
        ),
        (
            no_authorization,
            (403, "MissingAuthenticationTokenException"),
            "Missing Authentication Token",
        ),
        (no_date, INCOMPLETE, "existence of either a 'X-Amz-Date' or a 'Date' header"),
        (lambda h, b: ({**h, "X-Amz-Date": "yesterday"}, b), INCOMPLETE, "ISO-8601"),
        (lambda h, b: ({**h, "X-Amz-Date": "20019901T000000Z"}, b), INCOMPLETE, "ISO-8601"),
        (with_authorization(lambda text: "Bearer abc"), INCOMPLETE, "Unsupported algorithm"),
        (with_authorization(lambda text: "AWS4-HMAC-SHA256"), INCOMPLETE, "'Credential'"),
        (with_authorization(lambda text: text.split(", Sig")[0]), INCOMPLETE, "'Signature'"),
        (
            with_authorization(lambda text: text.replace("SignedHeaders=", "Other=")),
            INCOMPLETE,
            "'SignedHeaders'",
        ),
        (with_authorization(lambda text: text + ", odd"), INCOMPLETE, "missing equal-sign"),
        (
            with_authorization(lambda text: text.replace("/sagemaker", "")),
            INCOMPLETE,
            "exactly 5 slash-delimited elements",
        ),
    ],
)
def test_requests_spoilt_on_the_way(shared, spoil, expected, words):
    headers, body = signed(shared)
    before = shared.store.count("heartbeats")
    headers, body = spoil(headers, body)
    status, code, message = error_of(exchange(shared, headers, body))
    assert (status, code) == expected
    assert words in message
    assert shared.store.count("heartbeats") == before
    if "Authorization" in headers:
        assert headers["Authorization"] not in message


def test_what_should_have_been_signed_is_kept_without_the_token(shared):
    key = shared.temporary_credentials
    headers, body = tampered_body(*signed(shared, key=key))
    assert exchange(shared, headers, body)[0] == 403
    canonical = shared.store.requests()[-1]["canonical_request"]
    assert canonical.startswith("POST\n/SendHeartbeat\n")
    assert "(session token)" in canonical
    assert key.session_token not in canonical


@pytest.mark.parametrize(
    ("body", "code", "words"),
    [
        (b"{", "SerializationException", "not a JSON document"),
        (b"\xff", "SerializationException", "not a JSON document"),
        (b"[" * 100_000, "SerializationException", "not a JSON document"),
        (b"[]", "SerializationException", "Start of list can not be converted to a structure"),
        (b'{"AgentVersion": 1}', "SerializationException", "NUMBER_VALUE can not be converted"),
        (b'{"AgentVersion": "\\ud800"}', "SerializationException", "surrogate"),
        (b'{"AgentMetrics": {}}', "SerializationException", "Start of structure can not"),
        (b'{"AgentMetrics": [{"Value": "1"}]}', "SerializationException", "STRING_VALUE"),
        (b'{"AgentMetrics": [{"Value": true}]}', "SerializationException", "TRUE_VALUE"),
        (b'{"AgentMetrics": [{"Value": NaN}]}', "SerializationException", "not a JSON document"),
        (b'{"AgentMetrics": [{"Value": 1e999}]}', "SerializationException", "too large"),
        (b'{"AgentMetrics": [{"Timestamp": "x"}]}', "SerializationException", "Timestamp"),
        (b"", "ValidationException", "3 validation errors detected: Value null at 'agentVersion'"),
        (b'{"AgentMetrics": [null]}', "ValidationException", "'agentMetrics.1.member'"),
        (b'{"DeviceName": ""}', "ValidationException", "length greater than or equal to 1; "),
    ],
)
def test_bodies_that_are_refused(shared, body, code, words):
    status, found, message = error_of(exchange(shared, *signed(shared, body)))
    assert (status, found) == (400, code)
    assert words in message


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"AgentVersion": "x" * 65}, "length less than or equal to 64"),
        ({"DeviceName": "x" * 64}, "length less than or equal to 63"),
        ({"DeviceName": "cam 7"}, "regular expression pattern"),
        ({"DeviceName": "cam-7\n"}, "regular expression pattern"),
        ({"AgentVersion": "1-0"}, "'agentVersion'"),
        ({"AgentMetrics": [{"MetricName": "abc"}]}, "'agentMetrics.1.member.metricName'"),
        (
            {"DeploymentResult": {"DeploymentModels": [{"State": "GONE"}]}},
            "'deploymentResult.deploymentModels.1.member.state' failed to satisfy constraint: "
            "Member must satisfy enum value set: [DEPLOY, UNDEPLOY]",
        ),
    ],
)
def test_what_the_model_forbids_is_refused(shared, change, words):
    answer = failure(shared, lambda client: client.send_heartbeat(**BEAT | change), check=False)
    assert answer["Error"]["Code"] == "ValidationException"
    assert answer["Error"]["Message"].startswith("1 validation error detected: ")
    assert words in answer["Error"]["Message"]


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/SendHeartbeat"), ("POST", "/Nothing"), ("POST", "/"), ("POST", "//SendHeartbeat")],
)
def test_unknown_operations(shared, method, path):
    status, code, _ = error_of(exchange(shared, {}, b"{}", method=method, path=path))
    assert (status, code) == (404, "UnknownOperationException")


@pytest.mark.parametrize("framing", ["declared", "chunked"])
def test_a_body_that_is_too_large(framing):
    with (
        Endpoint(register=["dock/cam-7"], limits=Limits(body_bytes=1000)) as endpoint,
        raw_socket(endpoint) as sock,
    ):
        headers, body = signed(endpoint, b" " * 300_000)
        if framing == "chunked":
            headers["Transfer-Encoding"] = "chunked"
            body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
        sock.sendall(request_bytes(headers, body))
        answer = receive_all(sock)
        assert answer.startswith(b"HTTP/1.1 413 ")
        assert b"RequestEntityTooLargeException" in answer


def test_what_is_not_http_or_not_tls(shared):
    with raw_socket(shared) as sock:
        sock.sendall(b"\x00\x01 nonsense\r\n\r\n")
        assert receive_all(sock).startswith(b"HTTP/1.1 400 ")
    with raw_socket(shared) as sock:
        sock.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 100_000)
        assert receive_all(sock).startswith(b"HTTP/1.1 431 ")
    with socket.create_connection(("127.0.0.1", shared.port), timeout=10) as plain:
        plain.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        # A TLS alert, or a reset because the endpoint did not even read to the end.
        with contextlib.suppress(ConnectionResetError):
            assert b"HTTP/" not in plain.recv(100)


def test_time_limits_end_a_connection():
    limits = Limits(idle_s=0.1, request_s=0.1)
    with Endpoint(limits=limits) as endpoint:
        with raw_socket(endpoint) as sock:
            assert receive_all(sock) == b""
        with raw_socket(endpoint) as sock:
            sock.sendall(b"POST /SendHeartbeat HTTP/1.1\r\n")
            assert receive_all(sock) == b""


# --- TLS


def test_host_names_are_real(shared):
    for name in ("localhost", "127.0.0.1", "::1", "edge.sagemaker.us-west-2.amazonaws.com"):
        with raw_socket(shared, server_name=name) as sock:
            assert sock.version() == "TLSv1.3"
    with pytest.raises(ssl.SSLCertVerificationError), raw_socket(shared, server_name="other.test"):
        pass
    with Endpoint() as stranger:
        stranger.ca_file = shared.ca_file
        with botocore_client(stranger) as client, pytest.raises(SSLError):
            client.send_heartbeat(**BEAT)


def test_tls_version_and_dates_of_the_certificate_can_be_chosen(tmp_path):
    with Endpoint(tls_version="1.2", ca_directory=tmp_path) as old, raw_socket(old) as sock:
        assert sock.version() == "TLSv1.2"
    ended = datetime(2020, 1, 1, tzinfo=timezone.utc)
    with (
        Endpoint(not_after=ended, ca_directory=tmp_path) as expired,
        pytest.raises(ssl.SSLCertVerificationError, match="expired"),
        raw_socket(expired),
    ):
        pass
    with pytest.raises(ValueError, match=r"it can be 1\.2 or 1\.3"):
        Endpoint(tls_version="1.1")


# --- faults


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
        except ssl.SSLEOFError:
            end = "cut"
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
    connection = HTTPSConnection("localhost", endpoint.port, timeout=10, context=context)
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


# --- one endpoint over time, and the command


def test_an_outage_keeps_port_keys_and_store(endpoint):
    with botocore_client(endpoint) as client:
        client.send_heartbeat(**BEAT)
        endpoint.stop()
        with pytest.raises((EndpointConnectionError, ConnectionClosedError)):
            client.send_heartbeat(**BEAT)
        endpoint.start()
        client.send_heartbeat(**BEAT)
    assert endpoint.store.count("heartbeats") == 2


def test_a_port_that_is_taken_leaves_nothing_behind(shared):
    second = Endpoint(port=shared.port)
    with pytest.raises(OSError, match="in use"), second:
        pass
    assert not second.directory.exists()


def test_a_directory_keeps_authority_keys_and_store(tmp_path):
    with Endpoint(directory=tmp_path, register=["dock/cam-7"]) as first:
        key, ca = first.credentials, Path(first.ca_file).read_bytes()
    with Endpoint(directory=tmp_path) as second:
        assert (second.credentials, Path(second.ca_file).read_bytes()) == (key, ca)
        assert second.store.find_registration("dock", "cam-7")
    assert (tmp_path / "ca-key.pem").stat().st_mode & 0o077 == 0
    assert (tmp_path / "keys.json").stat().st_mode & 0o077 == 0
    assert key.secret_access_key not in repr(key)


def run_command(*arguments):
    environment = {**os.environ, "PYTHONPATH": str(TESTS)}
    return subprocess.Popen(
        [sys.executable, "-m", "endpoint", *map(str, arguments)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_the_command_serves_obeys_and_shows(tmp_path, capsys):
    folder = tmp_path / "served"
    (tmp_path / "deploy.json").write_text(json.dumps(DEPLOYMENT))
    with run_command(
        "--dir", folder, "--ca", tmp_path / "ca", "--register", "dock/cam-7", "--verbose"
    ) as process:
        try:
            assert process.stdout.readline().startswith("endpoint ready at https://localhost:")
            ready = json.loads((folder / "endpoint.json").read_text())
            context = ssl.create_default_context(cafile=ready["ca_file"])
            served = SimpleEndpoint(ready)
            with botocore_client(served) as client:
                client.send_heartbeat(**FULL_BEAT)
            assert main(["--tell", str(folder), "--register", "dock/cam-8",
                         "--deploy", f"dock/cam-7={tmp_path / 'deploy.json'}",
                         "--fault", "throttle:times=1,operation=GetDeployments"]) == 0  # fmt: skip
            assert capsys.readouterr().out.splitlines() == [
                "registered dock/cam-8",
                "queued roll-1",
                "armed throttle",
            ]
            answer = failure(served, lambda client: client.get_deployments(**DEVICE))
            assert answer["Error"]["Code"] == "ThrottlingException"
            with botocore_client(served) as client:
                assert client.get_deployments(**DEVICE)["Deployments"] == [DEPLOYMENT]
            assert main(["--tell", str(folder), "--fault", "nothing"]) == 1
            assert "no fault 'nothing'" in capsys.readouterr().err
            assert main(["--show", str(folder)]) == 0
            shown = capsys.readouterr().out
            assert context.cert_store_stats()["x509_ca"] == 1
        finally:
            process.send_signal(signal.SIGTERM)
        output, log = process.communicate(timeout=10)
    assert process.returncode == 0
    assert not (folder / "endpoint.json").exists()
    for words in ("board/cpu", "CpuTemp", "51.5", "roll-1", "2023-11-14 22:13:20", "cam-8"):
        assert words in shown
    lines = log.splitlines()
    assert len(lines) == 3
    assert "POST /GetDeployments" in lines[1]
    assert "400 ThrottlingException (throttle)" in lines[1]
    for key in ready["keys"].values():
        assert key["secret_access_key"] not in output + log + shown


def test_only_this_machine_gives_orders():
    with Endpoint(host="0.0.0.0") as endpoint:
        order = json.dumps([["register", {"fleet": "dock", "device": "cam-7"}]]).encode()
        assert exchange(endpoint, {}, order, path="/-/control")[0] == 200
        assert exchange(endpoint, {}, b"", path="/-/control", method="GET")[0] == 400
        assert exchange(endpoint, {}, b'[["sing", {}]]', path="/-/control")[0] == 400
        assert endpoint.store.count("requests") == 0
        answer = control.obey(endpoint, Request("POST", "/-/control", (), order), "192.0.2.7")
        assert answer.status == 403


class SimpleEndpoint:
    """An endpoint in another process, as its endpoint.json describes it."""

    def __init__(self, ready):
        self.url, self.ca_file = ready["url"], ready["ca_file"]
        self.credentials = Key(**ready["keys"]["permanent"])


def test_the_command_says_what_is_wrong(tmp_path, capsys):
    for arguments, words in [
        (["--show", str(tmp_path / "none")], "unable to open"),
        (["--tell", str(tmp_path / "none")], "No such file"),
        (["--dir", str(tmp_path / "a"), "--register", "cam-7"], "is not FLEET/DEVICE"),
        (["--dir", str(tmp_path / "a"), "--fault", "nothing"], "no fault 'nothing'"),
        (["--dir", str(tmp_path / "a"), "--deploy", "dock"], "is not FLEET[/DEVICE]=FILE"),
    ]:
        assert main(arguments) == 1
        assert words in capsys.readouterr().err


def test_show_survives_hostile_text_and_times(endpoint):
    hostile = {"Value": "NaN", "Timestamp": 1e300}
    result = {"DeploymentStatusMessage": "\x1b[31m" + "x" * 500}
    body = json.dumps({**BEAT, "AgentMetrics": [hostile] * 30, "DeploymentResult": result})
    assert exchange(endpoint, *signed(endpoint, body.encode()))[0] == 200
    text = show(endpoint.store.path)
    assert "\x1b" not in text
    assert "(10 earlier)" in text
    assert "1e+300" in text
    assert max(map(len, text.splitlines())) < 200


def test_show_of_nothing(tmp_path):
    with Endpoint(directory=tmp_path) as endpoint:
        assert show(endpoint.store.path) == "nothing stored yet"
    with pytest.raises(sqlite3.OperationalError):
        show(tmp_path / "none.sqlite")
