"""The least that a script by hand can do: a connection for each beat, closed at once.

Arguments of all programs: ports of the service, its keys and the time; CA file, the device's
certificate; beats.
"""

import hmac
import socket
import ssl
import sys
import time
from hashlib import sha256

import msgspec
from beats import make_beat
from msgspec import Struct
from virtual import BEAT_S, HOUR_S, Day, mark


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


class Keys(Struct, rename="camel"):
    access_key_id: str
    secret_access_key: str
    session_token: str


class Answer(Struct):
    credentials: Keys


port, keys_port, control, ca_file, device_file, beats = sys.argv[1:7]
day = Day(int(control))
encode = msgspec.json.Encoder().encode
decode = msgspec.json.Decoder(Answer).decode
contexts = [ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) for _ in range(2)]
for context in contexts:
    context.load_verify_locations(ca_file)
contexts[1].load_cert_chain(device_file)
signing = []


def connect(where, context):
    sock = socket.create_connection(("localhost", int(where)))
    return context.wrap_socket(sock, server_hostname="localhost")


def digest(key, text):
    return hmac.digest(key, text.encode(), "sha256")


def fetch_keys():
    with connect(keys_port, contexts[1]) as connection:
        connection.sendall(
            b"GET /role-aliases/board/credentials HTTP/1.1\r\n"
            b"host: localhost:%b\r\n\r\n" % keys_port.encode()
        )
        answer = connection.recv(16384)
    return decode(answer.partition(b"\r\n\r\n")[2]).credentials


def post(connection, path, params):
    body = encode(params)
    moment = time.gmtime(day.now_s)
    stamp = time.strftime("%Y%m%dT%H%M%SZ", moment)
    scope = stamp[:8] + "/us-west-2/sagemaker/aws4_request"
    if signing[1] != scope:
        key = ("AWS4" + keys.secret_access_key).encode()
        for part in scope.split("/"):
            key = digest(key, part)
        signing[:] = key, scope
    canonical = (
        f"POST\n{path}\n\ncontent-type:application/json\nhost:localhost:{port}\n"
        f"x-amz-date:{stamp}\nx-amz-security-token:{keys.session_token}\n\n"
        f"content-type;host;x-amz-date;x-amz-security-token\n{sha256(body).hexdigest()}"
    )
    text = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{sha256(canonical.encode()).hexdigest()}"
    connection.sendall(
        (
            f"POST {path} HTTP/1.1\r\nhost: localhost:{port}\r\ncontent-type: application/json\r\n"
            f"x-amz-date: {stamp}\r\nx-amz-security-token: {keys.session_token}\r\n"
            f"authorization: AWS4-HMAC-SHA256 Credential={keys.access_key_id}/{scope}, "
            "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token, "
            f"Signature={digest(signing[0], text).hex()}\r\ncontent-length: {len(body)}\r\n\r\n"
        ).encode()
        + body
    )
    answer = connection.recv(16384)
    assert answer.startswith(b"HTTP/1.1 200"), answer


NAMES = {"DeviceName": "cam-7", "DeviceFleetName": "dock"}
for beat in range(int(beats)):
    if beat * BEAT_S % HOUR_S == 0:
        mark()
        keys = fetch_keys()
        signing[:] = None, None
    with connect(port, contexts[0]) as connection:
        post(connection, "/SendHeartbeat", {**NAMES, **make_beat(EdgeMetric, Model, day.now_s)})
        if beat * BEAT_S % HOUR_S == 0:
            post(connection, "/GetDeployments", NAMES)
    day.wait(BEAT_S)
mark()
day.end()
