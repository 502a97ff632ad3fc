"""The least that a program can do: socket, ssl, msgspec, hashlib, hmac, by hand and unchecked.

No settings, no retries, no limits, no error but an assertion. Nothing that keeps a promise is
expected to be below it. Arguments: host, port, CA file, key id, secret, count of further calls.
"""

import hmac
import os
import socket
import ssl
import sys
import time
from hashlib import sha256

import msgspec
from msgspec import Struct


class EdgeMetric(Struct, omit_defaults=True):
    Dimension: str = None
    MetricName: str = None
    Value: float = None
    Timestamp: float = None


class Model(Struct, omit_defaults=True):
    ModelName: str = None
    ModelVersion: str = None
    LatestSampleTime: float = None
    LatestInference: float = None
    ModelMetrics: list = None


class ModelChecksum(Struct):
    Type: str = None
    Sum: str = None


class Definition(Struct):
    ModelHandle: str = None
    S3Url: str = None
    Checksum: ModelChecksum = None
    State: str = None


class EdgeDeployment(Struct):
    DeploymentName: str = None
    Type: str = None
    FailureHandlingPolicy: str = None
    Definitions: list[Definition] = None


class GetDeploymentsResult(Struct):
    Deployments: list[EdgeDeployment] = None


def make_metric(number, now_s):
    return EdgeMetric(f"board/cpu{number}", f"CpuTemp{number}", 51.5 + number, now_s)


def make_heartbeat(now_s):
    return {
        "AgentVersion": "1.0",
        "DeviceName": "cam-7",
        "DeviceFleetName": "dock",
        "AgentMetrics": [make_metric(number, now_s) for number in range(8)],
        "Models": [
            Model(
                f"model{index}",
                "1.0",
                now_s,
                now_s,
                [make_metric(number, now_s) for number in range(4)],
            )
            for index in range(2)
        ],
    }


host, port, ca_file, key_id, secret, count = sys.argv[1:7]
encode = msgspec.json.Encoder().encode
decode = msgspec.json.Decoder(GetDeploymentsResult).decode
context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
context.load_verify_locations(ca_file)
connection = context.wrap_socket(socket.create_connection((host, port)), server_hostname=host)
signing_keys = {}


def digest(key, text):
    return hmac.digest(key, text.encode(), "sha256")


def post(path, params):
    body = encode(params)
    moment = time.gmtime()
    date = time.strftime("%Y%m%d", moment)
    stamp = time.strftime("%Y%m%dT%H%M%SZ", moment)
    scope = date + "/us-west-2/sagemaker/aws4_request"
    key = signing_keys.get(date)
    if key is None:
        key = ("AWS4" + secret).encode()
        for part in scope.split("/"):
            key = digest(key, part)
        signing_keys[date] = key
    canonical = (
        f"POST\n{path}\n\ncontent-type:application/json\nhost:{host}:{port}\nx-amz-date:{stamp}\n\n"
        f"content-type;host;x-amz-date\n{sha256(body).hexdigest()}"
    )
    text = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{sha256(canonical.encode()).hexdigest()}"
    connection.sendall(
        (
            f"POST {path} HTTP/1.1\r\nhost: {host}:{port}\r\ncontent-type: application/json\r\n"
            f"x-amz-date: {stamp}\r\nauthorization: AWS4-HMAC-SHA256 Credential={key_id}/{scope}, "
            "SignedHeaders=content-type;host;x-amz-date, "
            f"Signature={digest(key, text).hex()}\r\ncontent-length: {len(body)}\r\n\r\n"
        ).encode()
        + body
    )
    answer = connection.recv(16384)
    assert answer.startswith(b"HTTP/1.1 200"), answer
    return answer


def mark():
    os.getpriority(os.PRIO_PROCESS, 0)


count = int(count)
start_s = time.time() // 1 + 0.25
post("/SendHeartbeat", make_heartbeat(start_s))
mark()
for number in range(count):
    make_heartbeat(start_s + number)
mark()
for number in range(count):
    post("/SendHeartbeat", make_heartbeat(start_s + number))
mark()
names = {"DeviceName": "cam-7", "DeviceFleetName": "dock"}
post("/GetDeployments", names)
mark()
for _ in range(count):
    result = decode(post("/GetDeployments", names).partition(b"\r\n\r\n")[2])
mark()
assert len(result.Deployments[0].Definitions) == 20


def reconnect(number):
    global connection
    connection.close()
    connection = context.wrap_socket(socket.create_connection((host, port)), server_hostname=host)
    post("/SendHeartbeat", make_heartbeat(start_s + number))


reconnect(0)
mark()
for number in range(count):
    reconnect(number)
mark()
