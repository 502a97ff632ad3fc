"""What the local endpoint is asked with: botocore, raw TLS sockets, and parameters of all kinds."""

from __future__ import annotations

import json
import socket
import ssl
import time
from contextlib import contextmanager
from http.client import HTTPSConnection
from pathlib import Path

import botocore.session
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import (
    ClientError,
)

TESTS = Path(__file__).parents[1]
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
    # With this option, which Debian 12's Python sets, a cut connection looks like a closed one.
    context.options &= ~getattr(ssl, "OP_IGNORE_UNEXPECTED_EOF", 0)
    with (
        socket.create_connection(("127.0.0.1", endpoint.port), timeout=60) as plain,
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
    connection = HTTPSConnection("localhost", endpoint.port, timeout=60, context=context)
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


def error_of(answer):
    status, headers, body = answer
    return status, headers["x-amzn-ErrorType"], json.loads(body)["message"]
