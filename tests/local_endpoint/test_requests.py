"""What the local endpoint accepts and refuses, judged by botocore and by raw TLS sockets."""

from __future__ import annotations

import contextlib
import io
import json
import math
import socket
import ssl
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

import awscrt.auth
import awscrt.http
import pytest
from botocore.exceptions import (
    SSLError,
)

from endpoint import Endpoint, Key, RefusedError
from endpoint.connections import Limits
from local_endpoint.client import (
    BEAT,
    DEPLOYMENT,
    DEVICE,
    FULL_BEAT,
    REGION,
    botocore_client,
    error_of,
    exchange,
    failure,
    raw_socket,
    receive_all,
    request_bytes,
    signed,
)

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
    awscrt.auth.aws_sign_request(request, config).result(timeout=60)
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
    with socket.create_connection(("127.0.0.1", shared.port), timeout=60) as plain:
        plain.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        # A TLS alert, or a reset because the endpoint did not even read to the end.
        with contextlib.suppress(ConnectionResetError):
            assert b"HTTP/" not in plain.recv(100)


def test_time_limits_end_a_connection():
    with Endpoint(limits=Limits(idle_s=0.1)) as endpoint, raw_socket(endpoint) as sock:
        assert receive_all(sock) == b""
    # Idle as long as it likes, lest the connection ends before a busy machine has sent this.
    with Endpoint(limits=Limits(request_s=0.1)) as endpoint, raw_socket(endpoint) as sock:
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
