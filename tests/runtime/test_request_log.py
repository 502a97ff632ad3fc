"""What edgemote.set_log and EDGEMOTE_LOG show, and what they never show."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import threading
from contextlib import closing, suppress
from pathlib import Path
from time import time
from types import SimpleNamespace

import pytest

import edgemote
import edgemote.client.pipeline
from aws.s3 import S3
from aws.sagemaker_edge import SagemakerEdgeManager
from edgemote.client import log
from edgemote.client.pipeline import Pipeline
from edgemote.clock import Clock
from edgemote.http.transport import Transport
from edgemote.retry import RetryRules
from endpoint import Endpoint
from runtime.http_peer import Peer, Wire, refusing_port

ROOT = Path(__file__).resolve().parents[2]
DEVICE = {"DeviceName": "cam-7", "DeviceFleetName": "dock"}
SECRETS = ("SECRETKEY", "TOKENTOKEN", "COOKIE", "CUSTOMERKEY", "QUERYSECRET")


@pytest.fixture(autouse=True)
def _off_afterwards(monkeypatch):
    for name in list(os.environ):
        if name.startswith("AWS_") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.delenv("EDGEMOTE_LOG", raising=False)
    monkeypatch.setattr(edgemote.client.pipeline.time, "sleep", lambda s: None)
    yield
    edgemote.set_log(None)
    log._to, log._keeps_responses = None, False
    log._patch()


@pytest.fixture(scope="module")
def running():
    with Endpoint(register=["dock/cam-7"]) as endpoint:
        yield endpoint


def connect(endpoint, **options):
    key = endpoint.credentials
    keys = edgemote.Credentials(key.access_key_id, key.secret_access_key, key.session_token)
    options = {"endpoint_url": endpoint.url, "ca_file": endpoint.ca_file, **options}
    return closing(
        edgemote.connect(
            SagemakerEdgeManager, region=endpoint.region, credentials=keys, timeout_s=60, **options
        )
    )


def s3_at(peer, **options):
    keys = edgemote.Credentials("AKIDEXAMPLE", "SECRETKEY", "TOKENTOKEN")
    options = {"retries": 0, "credentials": keys, **options}
    return closing(
        edgemote.connect(
            S3, region="us-west-2", endpoint_url=peer.origin, path_style=True, **options
        )
    )


def answer(*responses):
    """A peer that gives these responses, one for each request."""
    left = list(responses)

    def script(wire: Wire) -> None:
        while left and wire.read_request()[0]:
            wire.send(left.pop(0))

    return Peer(script)


def test_a_call_is_a_line_for_the_request_and_one_for_the_response(running):
    lines: list[str] = []
    edgemote.set_log("debug", to=lines.append)
    with connect(running) as edge:
        edge.get_device_registration(**DEVICE)
        edge.get_device_registration(**DEVICE)
    peer = running.url.partition("//")[2]
    assert lines[0] == f"edgemote {edgemote.__version__}: logging at level debug"
    name = "GetDeviceRegistration (attempt 1): "
    assert lines[1] == f"{name}POST to {peer}, 47 bytes"
    assert lines[2].startswith(f"connected to {peer} after ")
    assert lines[3].startswith(f"{name}200 from {peer} after ")
    before, _, request_id = lines[3].partition(" ms, 53 bytes, request id ")
    assert before[-1].isdecimal()
    assert len(request_id) == 36
    # The connection is kept: it is not in the log again.
    assert [line.partition(":")[0] for line in lines[4:]] == [name[:-2]] * 2
    edgemote.set_log(None)
    with connect(running) as edge:
        edge.get_device_registration(**DEVICE)
    assert len(lines) == 6


def test_retries_are_seen(running):
    lines: list[str] = []
    running.faults.add("throttle", times=1)
    edgemote.set_log("debug", to=lines.append)
    with connect(running) as edge:
        edge.get_device_registration(**DEVICE)
    text = "\n".join(lines)
    assert "GetDeviceRegistration (attempt 1): failed with ThrottlingException" in text
    assert "GetDeviceRegistration (attempt 1): next attempt in 1." in text
    assert "GetDeviceRegistration (attempt 2): 200 from " in text


def test_an_end_without_a_retry_is_seen():
    lines: list[str] = []
    edgemote.set_log("debug", to=lines.append)
    oops = answer(b"HTTP/1.1 500 Oops\r\ncontent-length: 0\r\n\r\n")
    with oops as peer, s3_at(peer) as s3, pytest.raises(edgemote.ServiceError):
        s3.head_object(Bucket="dock-logs", Key="a")
    assert lines[-2:] == [
        "HeadObject (attempt 1): failed with 500",
        "HeadObject (attempt 1): no further attempt",
    ]


def test_a_corrected_clock_is_seen(running):
    lines: list[str] = []
    edgemote.set_log("debug", to=lines.append)
    with connect(running, clock=Clock(wall_s=lambda: time() - 7200)) as edge:
        edge.get_device_registration(**DEVICE)
    (line,) = (line for line in lines if "clock" in line)
    assert line in {f"the clock was corrected by +{s} s" for s in (7199, 7200, 7201)}
    assert "GetDeviceRegistration (attempt 2): 200" in "\n".join(lines)


def test_a_new_connection_in_place_of_one_that_ended_is_seen():
    lines: list[str] = []
    response = b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
    edgemote.set_log("debug", to=lines.append)
    with Peer(lambda wire: (wire.read_request(), wire.send(response))) as peer, s3_at(peer) as s3:
        s3.head_object(Bucket="dock-logs", Key="a")
        s3.head_object(Bucket="dock-logs", Key="a")
    found = [line.partition(" to ")[0] for line in lines if line.startswith("connected")]
    assert found == ["connected", "connected again"]


def test_no_connection_is_seen():
    lines: list[str] = []
    edgemote.set_log("debug", to=lines.append)
    with refusing_port() as port:
        nobody = SimpleNamespace(origin=f"http://127.0.0.1:{port}")
        with s3_at(nobody) as s3, pytest.raises(edgemote.ConnectError):
            s3.head_object(Bucket="dock-logs", Key="a")
    assert lines[2] == f"no connection: 127.0.0.1:{port}: Connection refused"
    assert lines[3].startswith("HeadObject (attempt 1): failed with ConnectError: 127.0.0.1:")


def test_wire_shows_heads_and_masks_what_is_secret():
    lines: list[str] = []
    edgemote.set_log("wire", to=lines.append)
    response = (
        b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\netag: abc\r\nset-cookie: a=COOKIE\r\n"
        b"x-amz-request-id: R1\r\nx-amz-server-side-encryption-customer-key-MD5: CUSTOMERKEY\r\n"
        b"location: https://b/k?X-Amz-Signature=QUERYSECRET&x=1\r\n\r\nBODY"
    )
    with answer(response) as peer, s3_at(peer) as s3:
        body = s3.get_object(
            Bucket="dock-logs",
            Key="cam-7/log",
            SSECustomerKey="CUSTOMERKEY",
            SSECustomerAlgorithm="AES256",
        ).Body
        body.read()
    text = "\n".join(lines)
    for secret in (*SECRETS, "BODY"):
        assert secret not in text
    assert "  > GET /dock-logs/cam-7/log HTTP/1.1" in lines
    assert f"  > host: 127.0.0.1:{peer.port}" in lines
    assert "  > x-amz-security-token: ***" in lines
    assert "  > x-amz-server-side-encryption-customer-key: ***" in lines
    assert "  > x-amz-server-side-encryption-customer-algorithm: AES256" in lines
    (signature,) = (line for line in lines if line.startswith("  > authorization: "))
    assert signature.startswith("  > authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/")
    assert signature.endswith(", Signature=***")
    assert "  < etag: abc" in lines
    assert "  < set-cookie: ***" in lines
    assert "  < location: https://b/k?X-Amz-Signature=***&x=1" in lines
    assert any(line.endswith(", a stream of 4 bytes, request id R1") for line in lines)


def test_what_the_model_says_is_sensitive_is_masked():
    from aws.operation import Operation
    from aws.shape import SensitiveStr, Shape

    namespace = {
        "Name": SensitiveStr,
        "Pin": SensitiveStr,
        "Size": str,
        "Meta": dict[str, SensitiveStr],
    }
    shape = type(Shape)("Input", (Shape,), {"__annotations__": namespace, "__module__": __name__})
    operation = Operation(
        name="Get",
        path="/things/{Name}",
        input=shape,
        labels={"Name": "Name"},
        query={"pin": "Pin", "size": "Size"},
        headers={"x-pin": "Pin"},
        prefix_headers={"x-meta-": "Meta"},
    )
    head = (
        b"GET /things/Bob?pin=1234&size=5 HTTP/1.1\r\nX-Pin: 1234\r\nx-meta-a: 1234\r\nx-a: 5\r\n"
    )
    assert log.mask_head(operation, head) == [
        "GET /things/{Name}?pin=***&size=5 HTTP/1.1",
        "X-Pin: ***",
        "x-meta-a: ***",
        "x-a: 5",
    ]


@pytest.mark.parametrize(
    "head",
    [
        "Authorization: Bearer TOKENTOKEN",
        "Proxy-Authorization: Basic TOKENTOKEN",
        "Authorization: AWS AKID:TOKENTOKEN",
        "Cookie: TOKENTOKEN",
        "x-aws-ec2-metadata-token: TOKENTOKEN",
        "x-amz-s3session-token: TOKENTOKEN",
        "x-amz-sso_bearer_token: TOKENTOKEN",
        "x-amz-copy-source-server-side-encryption-customer-key: TOKENTOKEN",
        "Referer: https://b/k?a=1&X-Amz-Security-Token=TOKENTOKEN",
    ],
)
def test_a_header_that_is_secret_by_its_name_is_masked(head):
    from aws.s3.client import GET_OBJECT

    target = "/?X-Amz-Signature=TOKENTOKEN&X-Amz-Security-Token=TOKENTOKEN&Signature=TOKENTOKEN"
    lines = log.mask_head(GET_OBJECT, f"GET {target} HTTP/1.1\r\n{head}\r\n\r\n".encode())
    assert "TOKENTOKEN" not in str(lines)
    assert str(lines).count("***") == 4


def test_of_a_request_for_credentials_only_host_and_status_are_shown(monkeypatch):
    lines: list[str] = []
    expiration = "2099-01-01T00:00:00Z"
    keys = (
        f'{{"AccessKeyId":"AKID","SecretAccessKey":"SECRETKEY","Token":"TOKENTOKEN",'
        f'"Expiration":"{expiration}"}}'
    ).encode()
    head = b"HTTP/1.1 200 OK\r\nset-cookie: COOKIE\r\ncontent-length: %d\r\n\r\n" % len(keys)
    done = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"
    with answer(head + keys) as source, answer(done) as peer:
        monkeypatch.setenv(
            "AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{source.origin}/creds?id=QUERYSECRET"
        )
        monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", "TOKENTOKEN")
        edgemote.set_log("wire", to=lines.append)
        with s3_at(peer, credentials=None) as s3:
            s3.head_object(Bucket="dock-logs", Key="a")
    text = "\n".join(lines)
    assert f"(no operation): GET to 127.0.0.1:{source.port}, 0 bytes" in lines
    for secret in SECRETS:
        assert secret not in text
    assert "creds" not in text


def test_a_message_that_quotes_the_request_is_not_shown():
    lines: list[str] = []
    body = (
        b"<Error><Code>SignatureDoesNotMatch</Code><Message>The canonical string should be "
        b"x-amz-security-token:TOKENTOKEN</Message></Error>"
    )
    response = b"HTTP/1.1 403 No\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body)
    edgemote.set_log("wire", to=lines.append)
    with answer(response) as peer, s3_at(peer) as s3, pytest.raises(edgemote.ServiceError):
        s3.put_object(Bucket="dock-logs", Key="a", Body=b"SECRETKEY")
    assert "TOKENTOKEN" not in str(lines)
    assert "SECRETKEY" not in str(lines)
    assert "PutObject (attempt 1): failed with SignatureDoesNotMatch" in lines


def test_nothing_from_outside_makes_a_line_of_its_own():
    lines: list[str] = []
    response = b"HTTP/1.1 200 OK\r\nx-a: \x1b[31m\x85red\r\ncontent-length: 0\r\n\r\n"
    edgemote.set_log("wire", to=lines.append)
    with answer(response) as peer, s3_at(peer) as s3, suppress(edgemote.ProtocolError):
        s3.head_object(Bucket="dock-logs", Key="a")
    assert all(line.isprintable() for line in lines)


def test_what_is_off_is_not_there():
    originals = [
        (owner, name, owner.__dict__[name])
        for owner, name in (
            (Pipeline, "send"),
            (Pipeline, "_send_once"),
            (Transport, "exchange"),
            (Transport, "_connect"),
            (RetryRules, "next_retry"),
            (Clock, "sync"),
        )
    ]
    assert {name for _, name, _ in originals} == set(log._PLACES)
    edgemote.set_log("debug", to=lambda line: None)
    for owner, name, original in originals:
        assert owner.__dict__[name] is not original
    edgemote.set_log("wire", to=lambda line: None)
    edgemote.set_log(None)
    for owner, name, original in originals:
        assert owner.__dict__[name] is original


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"level": "loud"}, 'argument level: expected "debug", "wire" or None, got \'loud\''),
        ({"to": 7}, "argument to: expected a function that takes a line, got int"),
    ],
)
def test_wrong_arguments_are_refused(arguments, words):
    with pytest.raises(edgemote.ConfigError, match=f"^{words}$"):
        edgemote.set_log(**arguments)


def test_a_function_that_fails_is_found_at_once():
    with pytest.raises(ZeroDivisionError):
        edgemote.set_log("debug", to=lambda line: 1 // 0)


def test_a_function_that_fails_later_fails_no_call(running, capsys):
    lines = []

    def take(line: str) -> None:
        lines.append(line)
        if len(lines) > 1:
            raise RuntimeError("disk full")

    edgemote.set_log("debug", take)
    with connect(running) as edge:
        edge.get_device_registration(**DEVICE)
    assert len(lines) == 4
    lost = "edgemote: a log line was lost: RuntimeError: disk full"
    assert capsys.readouterr().err.splitlines() == [lost] * 3


def test_a_function_that_calls_a_client_is_told_so(running, capsys):
    """It would wait for the lock of the connection, which its own thread holds."""
    with connect(running) as edge:

        def take(line: str) -> None:
            if "GetDeviceRegistration" in line:
                edge.get_deployments(**DEVICE)

        edgemote.set_log("debug", take)
        edge.get_device_registration(**DEVICE)
        edgemote.set_log(None)
        edge.get_deployments(**DEVICE)
    errors = capsys.readouterr().err.splitlines()
    assert len(errors) == 2
    assert all("the function called GetDeployments: it must not use a client" in e for e in errors)


def test_without_stderr_nothing_is_lost(monkeypatch, running):
    for stream in (None, io.StringIO()):
        if stream is not None:
            stream.close()
        monkeypatch.setattr(sys, "stderr", stream)
        edgemote.set_log("debug")
        with connect(running) as edge:
            edge.get_device_registration(**DEVICE)


PROGRAM = """
import edgemote
from aws.sagemaker_edge import SagemakerEdgeManager
edge = edgemote.connect(
    SagemakerEdgeManager, region="us-west-2", endpoint_url="http://127.0.0.1:9", retries=0,
    credentials=edgemote.Credentials("AKID", "SECRETKEY"),
)
try:
    edge.get_deployments(DeviceName="cam-7", DeviceFleetName="dock")
except edgemote.ConnectError:
    pass
"""


def run(level, path, program=PROGRAM):
    environment = {name: value for name, value in os.environ.items() if name[:4] != "AWS_"}
    environment |= {"PYTHONPATH": path, "EDGEMOTE_LOG": level}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True
    )
    return done.stderr.splitlines()


def test_the_environment_switches_it_on():
    path = os.pathsep.join((str(ROOT / "runtime"), str(ROOT / "generated")))
    lines = run("debug", path)
    assert lines[1] == "edgemote: GetDeployments (attempt 1): POST to 127.0.0.1:9, 47 bytes"
    assert run("off", path) == run("", path) == []
    assert run("everything", path)[-1] == (
        "edgemote.errors.ConfigError: environment variable EDGEMOTE_LOG: expected debug, wire or "
        "off, got 'everything'"
    )


def test_the_program_outranks_the_environment(monkeypatch, running):
    lines: list[str] = []
    monkeypatch.setenv("EDGEMOTE_LOG", "wire")
    edgemote.set_log("debug", to=lines.append)
    with connect(running) as edge:
        edge.get_device_registration(**DEVICE)
    assert len(lines) == 4


def test_a_copy_without_it_says_how_to_get_it(tmp_path):
    import shutil

    for name in ("runtime/edgemote", "generated/aws"):
        shutil.copytree(ROOT / name, tmp_path / Path(name).name)
    (tmp_path / "edgemote/client/log.py").unlink()
    words = (
        "this bundle was made without log: add --with log to `edgemote-codegen bundle`, or "
        '"log" to features of [tool.edgemote]'
    )
    assert run("debug", str(tmp_path)) == [f"edgemote: EDGEMOTE_LOG has no effect: {words}"]
    done = run("", str(tmp_path), "import edgemote\nedgemote.set_log()")
    assert done[-1] == f"ImportError: {words}"


# What comes with a result -------------------------------------------------------------------------


def test_a_result_tells_its_request_id_on_demand(running):
    with connect(running) as edge:
        ask = edgemote.with_response(edge.get_device_registration)
        result, response = ask(**DEVICE)
        assert result.DeviceRegistration == "REGISTERED"
        assert len(response.request_id) == 36
        assert (response.status, response.attempts) == (200, 1)
        assert response.headers["content-type"]
        running.faults.add("throttle", times=1)
        assert ask(**DEVICE)[1].attempts == 2
        nothing, response = edgemote.with_response(edge.send_heartbeat)(AgentVersion="1", **DEVICE)
        assert nothing is None
        assert len(response.request_id) == 36


def test_each_thread_gets_its_own_request_ids():
    def script(wire: Wire) -> None:
        while head := wire.read_head():
            key = head.partition(b" HTTP")[0].rpartition(b"/")[2]
            wire.send(b"HTTP/1.1 200 OK\r\nx-amz-request-id: %b\r\ncontent-length: 0\r\n\r\n" % key)

    wrong: list[str] = []
    with Peer(script) as peer, s3_at(peer) as s3:
        ask = edgemote.with_response(s3.head_object)

        def work(number: int) -> None:
            for turn in range(50):
                key = f"{number}-{turn}"
                found = ask(Bucket="dock-logs", Key=key)[1].request_id
                if found != key:
                    wrong.append(f"{key} {found}")

        threads = [threading.Thread(target=work, args=(number,)) for number in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert wrong == []


@pytest.mark.parametrize(
    ("headers", "body", "expected"),
    [
        ({"x-amzn-requestid": "a", "x-amz-request-id": "b"}, b"", "a"),
        ({"x-amz-request-id": "b"}, b"<RequestId>c</RequestId>", "b"),
        ({}, b"<R><ResponseMetadata><RequestId>c</RequestId></ResponseMetadata></R>", "c"),
        ({}, b"<R><requestId>d</requestId><a/></R>", "d"),
        ({}, b"{}", ""),
    ],
)
def test_where_a_request_id_is(headers, body, expected):
    from edgemote.http import Response

    assert log.read_request_id(Response(200, headers, body)) == expected
