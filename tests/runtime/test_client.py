"""The client against a real TLS endpoint that checks signatures and fails on request.

Only `time.sleep` of the client is replaced: what would have been slept is recorded.
"""

from __future__ import annotations

import gc
import json
import os
import socket
import ssl
import sys
import threading
import traceback
import tracemalloc
from contextlib import closing, contextmanager
from email.utils import formatdate
from time import time

import pytest

import edgemote
import edgemote.client.pipeline
from aws.sagemaker_edge import (
    DeploymentModel,
    DeploymentResult,
    EdgeMetric,
    InternalServiceException,
    Model,
    SagemakerEdgeManager,
)
from calls import Ours, Recorder
from edgemote import (
    Clock,
    ConfigError,
    ConnectError,
    ConnectionClosedError,
    CredentialsError,
    EdgemoteError,
    EndpointError,
    ProtocolError,
    ReadTimeoutError,
    ServiceError,
    TransportError,
    ValidationError,
)
from edgemote.client.pipeline import Pipeline
from edgemote.client.settings import Settings
from edgemote.credentials.http_source import HttpProvider
from edgemote.http import sockets
from edgemote.http.proxy import Proxy, connect_request
from endpoint import Endpoint
from endpoint.signatures import Key
from runtime.http_peer import Peer

DEVICE = {"DeviceName": "cam-7", "DeviceFleetName": "dock"}
BEAT = {"AgentVersion": "1.0", **DEVICE}
METRIC = EdgeMetric(
    Dimension="board/cpu", MetricName="CpuTemp", Value=51.5, Timestamp=1_700_000_000.25
)
FULL_BEAT = {
    **BEAT,
    "AgentMetrics": [METRIC, EdgeMetric(MetricName="Load", Value=-1e300)],
    "Models": [
        Model(ModelName="gate", ModelVersion="2.1", LatestInference=0.0, ModelMetrics=[METRIC]),
        Model(),
    ],
    "DeploymentResult": DeploymentResult(
        DeploymentName="roll-1",
        DeploymentStatusMessage="fine é ☃",
        DeploymentModels=[DeploymentModel(ModelHandle="gate-2", RollbackFailureReason="")],
    ),
}
FULL_BEAT_ON_THE_WIRE = {
    **BEAT,
    "AgentMetrics": [
        {
            "Dimension": "board/cpu",
            "MetricName": "CpuTemp",
            "Value": 51.5,
            "Timestamp": 1_700_000_000.25,
        },
        {"MetricName": "Load", "Value": -1e300},
    ],
    "Models": [
        {
            "ModelName": "gate",
            "ModelVersion": "2.1",
            "LatestInference": 0,
            "ModelMetrics": [
                {
                    "Dimension": "board/cpu",
                    "MetricName": "CpuTemp",
                    "Value": 51.5,
                    "Timestamp": 1_700_000_000.25,
                }
            ],
        },
        {},
    ],
    "DeploymentResult": {
        "DeploymentName": "roll-1",
        "DeploymentStatusMessage": "fine é ☃",
        "DeploymentModels": [{"ModelHandle": "gate-2", "RollbackFailureReason": ""}],
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


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch, tmp_path):
    for name in list(os.environ):
        if name.startswith("AWS_") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture(scope="module")
def running():
    with Endpoint(register=["dock/cam-7"]) as endpoint:
        yield endpoint


@pytest.fixture
def endpoint(running):
    """The endpoint, without what earlier tests armed or sent."""
    running.faults.clear()
    running.clock_offset_s = 0.0
    running.seen_before = len(running.store.requests())
    return running


@pytest.fixture
def sleeps(monkeypatch):
    """What the client would have slept, in seconds."""
    slept = []
    monkeypatch.setattr(edgemote.client.pipeline.time, "sleep", slept.append)
    return slept


def credentials(key):
    return edgemote.Credentials(key.access_key_id, key.secret_access_key, key.session_token)


def connect(endpoint, key=None, **options):
    options = {
        "region": endpoint.region,
        "endpoint_url": endpoint.url,
        "ca_file": endpoint.ca_file,
        "credentials": credentials(key or endpoint.credentials),
        "timeout_s": 10,
        **options,
    }
    return closing(edgemote.connect(SagemakerEdgeManager, **options))


def seen(endpoint):
    """The requests of this test, in order of arrival."""
    return endpoint.store.requests()[endpoint.seen_before :]


# Calls that go well ------------------------------------------------------------------------------


def test_what_is_stored_is_what_was_sent(endpoint):
    with connect(endpoint) as edge:
        assert edge.send_heartbeat(**FULL_BEAT) is None
    (request,) = seen(endpoint)
    assert request["signature"] == "ok"
    assert request["status"] == 200
    assert request["operation"] == "SendHeartbeat"
    assert request["access_key_id"] == endpoint.credentials.access_key_id
    assert json.loads(request["body"]) == FULL_BEAT_ON_THE_WIRE
    assert endpoint.store.heartbeats()[-1] == FULL_BEAT_ON_THE_WIRE


def test_the_answers_become_structs():
    with Endpoint() as endpoint:
        endpoint.register("dock", "cam-7", cache_ttl_s=77)
        endpoint.deploy("dock", "cam-7", DEPLOYMENT)
        with connect(endpoint) as edge:
            registration = edge.get_device_registration(**DEVICE)
            assert (registration.DeviceRegistration, registration.CacheTTL) == ("REGISTERED", "77")
            (deployment,) = edge.get_deployments(**DEVICE).Deployments
            assert deployment.DeploymentName == "roll-1"
            (definition,) = deployment.Definitions
            assert definition.S3Url == "s3://models/gate-2.tar.gz"
            assert definition.Checksum.Type == "SHA1"
            with pytest.raises(ServiceError, match="not registered") as caught:
                edge.get_deployments(DeviceName="cam-8", DeviceFleetName="dock")
        assert caught.value.code == "ValidationException"
        assert caught.value.status == 400
        assert caught.value.request_id == endpoint.store.requests()[-1]["id"]


def test_one_connection_serves_many_calls(endpoint):
    with connect(endpoint) as edge:
        for _ in range(20):
            edge.send_heartbeat(**BEAT)
            edge.get_deployments(**DEVICE)
    assert len({request["connection"] for request in seen(endpoint)}) == 1
    assert [request["signature"] for request in seen(endpoint)] == ["ok"] * 40


def test_no_connection_is_made_before_the_first_call():
    # Nobody listens on port 1.
    edge = edgemote.connect(
        SagemakerEdgeManager,
        region="us-west-2",
        endpoint_url="https://localhost:1",
        credentials=edgemote.Credentials("AKID", "secret"),
    )
    edge.close()


def test_how_long_a_connection_is_kept_can_be_chosen(endpoint):
    for kept_idle_s, count in ((1e-9, 2), (3600, 1)):
        endpoint_seen = len(seen(endpoint))
        with connect(endpoint, kept_idle_s=kept_idle_s) as edge:
            edge.send_heartbeat(**BEAT)
            edge.send_heartbeat(**BEAT)
        requests = seen(endpoint)[endpoint_seen:]
        assert len({request["connection"] for request in requests}) == count


def test_a_closed_client_opens_a_new_connection(endpoint):
    with connect(endpoint) as closable, closable as edge:
        assert edge.__enter__() is edge
        edge.send_heartbeat(**BEAT)
        edge.close()
        edge.close()
        edge.send_heartbeat(**BEAT)
    edge.send_heartbeat(**BEAT)
    edge.close()
    assert len({request["connection"] for request in seen(endpoint)}) == 3


def test_two_clients_with_two_regions_and_keys_take_turns(endpoint):
    with Endpoint(region="eu-west-1", register=["dock/cam-7"]) as other:
        second = endpoint.add_key()
        with (
            connect(endpoint) as west,
            connect(endpoint, second) as west_too,
            connect(other) as east,
        ):
            for _ in range(3):
                for edge in (west, east, west_too):
                    edge.send_heartbeat(**BEAT)
        assert [request["signature"] for request in other.store.requests()] == ["ok"] * 3
    keys = [endpoint.credentials.access_key_id, second.access_key_id] * 3
    assert [request["access_key_id"] for request in seen(endpoint)] == keys
    assert {request["signature"] for request in seen(endpoint)} == {"ok"}


def test_threads_may_share_a_client(endpoint):
    barrier = threading.Barrier(6)
    failures = []

    def work(number):
        barrier.wait()
        try:
            for turn in range(8):
                edge.send_heartbeat(**{**BEAT, "AgentVersion": f"{number}.{turn}"})
                assert edge.get_device_registration(**DEVICE).DeviceRegistration == "REGISTERED"
        except BaseException as error:
            failures.append(error)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with connect(endpoint) as edge:
            threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(30)
    finally:
        sys.setswitchinterval(interval)
    assert not failures
    beats = [json.loads(request["body"]) for request in seen(endpoint)]
    versions = sorted(beat["AgentVersion"] for beat in beats if "AgentVersion" in beat)
    assert versions == [f"{number}.{turn}" for number in range(6) for turn in range(8)]
    assert {request["signature"] for request in seen(endpoint)} == {"ok"}
    # All of them, the very first ones included, went through one connection.
    assert len({request["connection"] for request in seen(endpoint)}) == 1


def test_a_path_in_the_endpoint_url_comes_before_the_operation():
    heads = []

    def script(wire):
        heads.append(wire.read_request()[0])
        wire.answer()

    with Peer(script) as peer:
        for url in (f"{peer.origin}/gate/", f"{peer.origin}/gate", f"{peer.origin}/"):
            with closing(plain_client(peer, endpoint_url=url)) as edge:
                edge.send_heartbeat(**BEAT)
    lines = [head.partition(b"\r\n")[0] for head in heads]
    assert lines[0] == lines[1] == b"POST /gate/SendHeartbeat HTTP/1.1"
    assert lines[2] == b"POST /SendHeartbeat HTTP/1.1"
    assert f"\r\nhost: 127.0.0.1:{peer.port}\r\n".encode() in heads[0]


def test_default_ports_are_not_in_the_host_header():
    assert sent_host("https://edge.example:443") == "edge.example"
    assert sent_host("http://edge.example:80") == "edge.example"
    assert sent_host("https://edge.example:80") == "edge.example:80"
    assert sent_host("http://edge.example:8443") == "edge.example:8443"


def sent_host(url):
    ours = Ours("sagemaker-edge")
    ours.caller.settings = Settings(region="us-west-2", endpoint_url=url)
    ours.client.send_heartbeat(**BEAT)
    return ours.recorder.raw.headers["host"]


@pytest.mark.parametrize("zone", ["%25lo", "%1"])
def test_an_ipv6_zone_is_not_sent(monkeypatch, zone):
    """It is this board's name for an interface; the resolver's answer is made up."""
    hosts = []

    def script(wire):
        while head := wire.read_request()[0]:
            hosts.append(head.partition(b"host: ")[2].partition(b"\r\n")[0])
            wire.answer(b"{}")

    with Peer(script) as peer:
        row = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", peer.port))
        asked = []
        monkeypatch.setattr(
            sockets.socket, "getaddrinfo", lambda host, *_: asked.append(host) or [row]
        )
        edge = edgemote.connect(
            SagemakerEdgeManager,
            region="us-west-2",
            endpoint_url=f"http://[fe80::1{zone}]:{peer.port}",
            credentials=edgemote.Credentials("AKIA", "secret"),
        )
        with closing(edge):
            edge.send_heartbeat(**BEAT)
        assert hosts == [b"[fe80::1]:%d" % peer.port]
        origin = f"http://[fe80::1{zone}]:{peer.port}"
        with pytest.raises(CredentialsError, match="unusable response"):
            HttpProvider(
                "source",
                origin,
                lambda source: source.parse(source.read("GET", "/", {}), int),
                None,
            ).get(0.0)
        assert hosts == [b"[fe80::1]:%d" % peer.port] * 2
        assert asked == [b"fe80::1%" + zone.replace("%25", "%")[1:].encode()] * 2
    tunnel = connect_request(f"fe80::1{zone}", 443, Proxy("proxy", 3128, None))
    assert tunnel == b"CONNECT [fe80::1]:443 HTTP/1.1\r\nHost: [fe80::1]:443\r\n\r\n"


# Faults ------------------------------------------------------------------------------------------

# Fault and its options -> what is raised when every try fails so.
TRANSIENT = {
    "internal-error": ({}, InternalServiceException),
    "throttle": ({"retry_after_s": 0.0}, ServiceError),
    "unavailable": ({}, ServiceError),
    "close-before-answer": ({}, ConnectionClosedError),
    "close-mid-answer": ({}, ConnectionClosedError),
    "close-before-handshake": ({}, ConnectError),
    "reset": ({"sent_bytes": 20}, ConnectionClosedError),
    "latency": ({"seconds": 5.0}, ReadTimeoutError),
}


@pytest.mark.parametrize("name", TRANSIENT)
def test_a_call_outlives_one_failure(endpoint, sleeps, name):
    options, _ = TRANSIENT[name]
    endpoint.faults.add(name, times=1, **options)
    timeout_s = 0.25 if name == "latency" else 10
    with connect(endpoint, timeout_s=timeout_s) as edge:
        assert edge.get_device_registration(**DEVICE).DeviceRegistration == "REGISTERED"
    assert len(seen(endpoint)) == (1 if name == "close-before-handshake" else 2)
    assert len(sleeps) == 1
    assert len({bytes(request["body"]) for request in seen(endpoint)}) == 1


@pytest.mark.parametrize("name", TRANSIENT)
def test_a_failure_that_stays_is_raised_after_three_tries(endpoint, sleeps, name):
    options, kind = TRANSIENT[name]
    endpoint.faults.add(name, times=None, **options)
    timeout_s = 0.25 if name == "latency" else 10
    with connect(endpoint, timeout_s=timeout_s) as edge, pytest.raises(kind) as caught:
        edge.get_device_registration(**DEVICE)
    assert len(seen(endpoint)) == (0 if name == "close-before-handshake" else 3)
    assert len(sleeps) == 2
    first_s, second_s = (1.0, 2.0) if name == "throttle" else (0.05, 0.1)
    assert 0 <= sleeps[0] < first_s
    assert 0 <= sleeps[1] < second_s
    if isinstance(caught.value, TransportError):
        assert str(caught.value).startswith(f"localhost:{endpoint.port}: ")


@pytest.mark.parametrize("name", TRANSIENT)
def test_without_retries_the_first_failure_is_raised(endpoint, sleeps, name):
    options, kind = TRANSIENT[name]
    endpoint.faults.add(name, times=1, **options)
    timeout_s = 0.25 if name == "latency" else 10
    with connect(endpoint, timeout_s=timeout_s, retries=0) as edge:
        with pytest.raises(kind):
            edge.get_device_registration(**DEVICE)
        edge.get_device_registration(**DEVICE)
    assert not sleeps


@pytest.mark.parametrize(
    ("name", "options"),
    [("garbage", {}), ("huge-header", {"bytes": 70_000}), ("huge-body", {"bytes": 9_000_000})],
)
def test_an_answer_that_cannot_be_read_is_not_asked_for_again(endpoint, sleeps, name, options):
    """It came: the service has done what was asked, and would answer the same again."""
    endpoint.faults.add(name, times=None, **options)
    with connect(endpoint, retries=3) as edge, pytest.raises(ProtocolError) as caught:
        edge.send_heartbeat(**BEAT)
    assert str(caught.value).startswith(f"localhost:{endpoint.port}: ")
    assert len(seen(endpoint)) == 1
    assert not sleeps


def test_the_number_of_retries_can_be_chosen(endpoint, sleeps, monkeypatch):
    endpoint.faults.add("internal-error", times=None)
    with connect(endpoint, retries=5) as edge, pytest.raises(InternalServiceException):
        edge.send_heartbeat(**BEAT)
    assert len(seen(endpoint)) == 6
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "2")
    with connect(endpoint) as edge, pytest.raises(InternalServiceException):
        edge.send_heartbeat(**BEAT)
    assert len(seen(endpoint)) == 8


def test_errors_say_what_the_service_said(endpoint, sleeps):
    endpoint.faults.add("internal-error", times=3)
    with connect(endpoint) as edge:
        with pytest.raises(edge.exceptions.InternalServiceException) as caught:
            edge.send_heartbeat(**BEAT)
        error = caught.value
        assert (error.code, error.message) == ("InternalServiceException", "Internal service error")
        assert error.status == 500
        assert error.request_id == seen(endpoint)[-1]["id"]
        endpoint.faults.add("unavailable", times=3)
        with pytest.raises(ServiceError) as caught:
            edge.send_heartbeat(**BEAT)
        assert type(caught.value) is ServiceError
        assert (caught.value.code, caught.value.status) == ("503", 503)
        assert caught.value.message == "Service Unavailable"


@pytest.mark.parametrize("status", [400, 429])
@pytest.mark.parametrize(
    ("asked_s", "slept_s"), [(7.0, 7.0), (20.0, 20.0), (21.0, 20.0), (1000.0, 20.0)]
)
def test_the_delay_that_was_asked_for_is_kept(endpoint, sleeps, status, asked_s, slept_s):
    endpoint.faults.add("throttle", times=None, retry_after_s=asked_s, status=status)
    with connect(endpoint) as edge, pytest.raises(ServiceError) as caught:
        edge.send_heartbeat(**BEAT)
    assert (caught.value.code, caught.value.status) == ("ThrottlingException", status)
    assert sleeps == [slept_s, slept_s]


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("chunked", {}),
        ("chunked", {"bytes": 1}),
        ("interim", {}),
        ("interim", {"status": 102}),
        ("drip", {"gap_s": 0.0}),
        ("latency", {"seconds": 0.05}),
    ],
)
def test_odd_but_good_answers_are_taken(endpoint, sleeps, name, options):
    endpoint.faults.add(name, times=2, **options)
    with connect(endpoint) as edge:
        for _ in range(3):
            assert edge.get_device_registration(**DEVICE).DeviceRegistration == "REGISTERED"
            edge.send_heartbeat(**BEAT)
    assert not sleeps
    assert len(seen(endpoint)) == 6


@pytest.mark.parametrize("options", [{}, {"notify": 0}])
def test_a_connection_that_ended_while_it_was_idle_is_replaced_at_no_cost(
    endpoint, sleeps, options
):
    endpoint.faults.add("close-after-answer", times=2, **options)
    with connect(endpoint, retries=0) as edge:
        for _ in range(3):
            for transport in edge._call._transports.values():
                wait_for_the_end(transport)
            edge.send_heartbeat(**BEAT)
    assert not sleeps
    assert len(seen(endpoint)) == 3


def wait_for_the_end(transport):
    """Until the peer's closing of the kept connection has come through the loopback."""
    end = time() + 30
    while (sock := transport._take_kept()) is not None and time() < end:
        transport._keep(sock, True)
        threading.Event().wait(0.01)
    assert sock is None


@pytest.mark.parametrize("retries", [0, None, 4])
@pytest.mark.parametrize("name", ["close-before-answer", "reset"])
def test_a_request_that_was_read_is_sent_again_by_the_retry_rules_alone(
    endpoint, sleeps, name, retries
):
    tries = 3 if retries is None else retries + 1
    with connect(endpoint, retries=retries) as edge:
        edge.send_heartbeat(**BEAT)  # from now on the connection is a kept one
        before = edge._call.rules.quota.available
        endpoint.faults.add(name, times=None, **({"sent_bytes": 0} if name == "reset" else {}))
        with pytest.raises(ConnectionClosedError):
            edge.send_heartbeat(**BEAT)
        assert edge._call.rules.quota.available == before - 14 * (tries - 1)
    assert len(seen(endpoint)) == 1 + tries
    assert len(sleeps) == tries - 1


def test_an_outage_ends(endpoint, sleeps):
    with connect(endpoint) as edge:
        edge.send_heartbeat(**BEAT)
        endpoint.stop()
        try:
            with pytest.raises(ConnectError, match=r"^localhost:\d+: Connection refused \(SendH"):
                edge.send_heartbeat(**BEAT)
            assert len(sleeps) == 2
        finally:
            endpoint.start()
        edge.send_heartbeat(**BEAT)


def test_unreadable_and_empty_answers(endpoint, sleeps):
    endpoint.faults.add("bad-json", operation="GetDeployments")
    endpoint.faults.add("empty-200", operation="GetDeployments")
    endpoint.faults.add("bad-json", operation="SendHeartbeat")
    with connect(endpoint) as edge:
        with pytest.raises(ServiceError, match="bytes is not JSON") as caught:
            edge.get_deployments(**DEVICE)
        assert caught.value.code == "UnreadableAnswer"
        assert caught.value.status == 200
        assert caught.value.request_id == seen(endpoint)[-1]["id"]
        assert edge.get_deployments(**DEVICE).Deployments is None
        # What has no output is accepted by its status alone.
        assert edge.send_heartbeat(**BEAT) is None
    # It was accepted, so it is not sent again.
    assert len(seen(endpoint)) == 3
    assert not sleeps


def test_retries_end_when_their_quota_is_spent(endpoint, sleeps):
    endpoint.faults.add("internal-error", times=None)
    with connect(endpoint) as edge:
        for _ in range(20):
            with pytest.raises(InternalServiceException):
                edge.send_heartbeat(**BEAT)
    # 500 tokens at 14 for each retry.
    assert len(sleeps) == 35
    assert len(seen(endpoint)) == 20 + 35


def test_successes_give_the_quota_back(endpoint, sleeps):
    with connect(endpoint) as edge:
        quota = edge._call.rules.quota
        endpoint.faults.add("internal-error", times=1)
        edge.send_heartbeat(**BEAT)
        assert quota.available == 500  # the retry's cost came back with its success
        endpoint.faults.add("internal-error", times=3)
        with pytest.raises(InternalServiceException):
            edge.send_heartbeat(**BEAT)
        assert quota.available == 500 - 28
        edge.send_heartbeat(**BEAT)
        assert quota.available == 500 - 28 + 1


def test_a_long_poll_waits_even_where_the_quota_is_spent(sleeps):
    recorder = Recorder()
    recorder.answer = (500, {}, b"{}")
    sqs = Ours("sqs")
    caller = Pipeline(
        sqs.client_class.service,
        Settings(region="us-west-2", max_attempts=3),
        edgemote.credentials.find_credentials(edgemote.Credentials("AKID", "secret")),
        Clock(),
        recorder.open,
    )
    caller.rules.quota.available = 0
    client = sqs.client_class(caller, caller.close)
    with pytest.raises(ServiceError):
        client.receive_message(QueueUrl="https://sqs.us-west-2.amazonaws.com/1/q")
    assert (recorder.count, len(sleeps)) == (1, 1)
    with pytest.raises(ServiceError):
        client.purge_queue(QueueUrl="https://sqs.us-west-2.amazonaws.com/1/q")
    assert (recorder.count, len(sleeps)) == (2, 1)


def test_a_body_without_its_crc32_is_asked_for_again(sleeps):
    recorder = Recorder()
    recorder.answer = (200, {"x-amz-crc32": "1"}, b"{}")
    dynamodb = Ours("dynamodb")
    dynamodb.caller._open_transport = recorder.open
    dynamodb.caller.rules.max_attempts = 4
    with pytest.raises(ProtocolError, match="CRC-32"):
        dynamodb.client.list_tables()
    assert recorder.count == 4
    recorder.answer = (200, {"x-amz-crc32": "2745614147"}, b"{}")
    assert dynamodb.client.list_tables().TableNames is None


# Clocks ------------------------------------------------------------------------------------------

YEAR_S = 365.25 * 86_400


@pytest.mark.parametrize(
    "offset_s",
    # The client's clock stands, so one that is behind comes nearer: on a slow machine it must not
    # get below the five minutes.
    [3600.0, -3600.0, 301.0, -420.0, 10 * YEAR_S, -time() + 86_400 * 2.5],
    ids=["hour-ahead", "hour-behind", "minutes-ahead", "minutes-behind", "decade", "1970"],
)
def test_a_wrong_clock_costs_one_refusal(endpoint, sleeps, offset_s):
    endpoint.clock_offset_s = offset_s
    wall = [time()]
    with connect(endpoint, clock=Clock(lambda: wall[0]), retries=0) as edge:
        edge.send_heartbeat(**BEAT)
        assert [request["signature"] for request in seen(endpoint)] == [
            "InvalidSignatureException",
            "ok",
        ]
        for jump_s in (0.0, -1e9, 1e9):
            wall[0] = time() + jump_s
            edge.send_heartbeat(**BEAT)
    assert [request["signature"] for request in seen(endpoint)][1:] == ["ok"] * 4
    assert not sleeps


def test_a_board_that_boots_in_1970_learns_the_time(endpoint, sleeps):
    clock = Clock(lambda: 12.0)
    with connect(endpoint, clock=clock) as edge:
        edge.send_heartbeat(**BEAT)
    # A Date header has whole seconds.
    assert abs(clock.now() - time()) < 60
    with connect(endpoint, clock=clock) as edge:  # shared with a second client
        edge.send_heartbeat(**BEAT)
    signatures = [request["signature"] for request in seen(endpoint)]
    assert signatures == ["InvalidSignatureException", "ok", "ok"]
    assert not sleeps


def test_a_clock_that_goes_wrong_again_is_set_again(endpoint):
    with connect(endpoint) as edge:
        for offset_s in (0.0, 7200.0, -7200.0):
            endpoint.clock_offset_s = offset_s
            edge.send_heartbeat(**BEAT)
    assert [request["signature"] for request in seen(endpoint)].count("ok") == 3
    assert len(seen(endpoint)) == 5


def plain_client(peer, **options):
    """A client over plain HTTP, for scripts that answer what no endpoint would."""
    options = {
        "region": "us-west-2",
        "endpoint_url": peer.origin,
        "credentials": edgemote.Credentials("AKID", "secret"),
        "timeout_s": 10,
        **options,
    }
    return edgemote.connect(SagemakerEdgeManager, **options)


def refusing(date):
    """A script that refuses every signature for its date."""

    def script(wire):
        while wire.read_request()[0]:
            script.count += 1
            wire.answer(
                b'{"message": "Signature expired: 1 is now earlier than 2"}',
                b"403 Forbidden",
                b"Date: %b\r\nx-amzn-ErrorType: InvalidSignatureException\r\n" % date,
            )

    script.count = 0
    return script


@pytest.mark.parametrize(
    ("date", "count"),
    [
        (b"soon", 2),
        (b"Sun, 06 Nov 1994 08:49:37 GMT", 2),
        (b"Fri, 31 Dec 9999 23:59:59 GMT", 1),
        (b"Mon, 01 Jan 0001 00:00:00 GMT", 1),
        (b"Wed, 31 Dec 1969 23:59:59 GMT", 1),
        (b"yesterday", 1),
        (b"", 1),
        (b"1e999", 1),
    ],
)
def test_a_server_that_keeps_refusing_is_asked_once_more_at_most(sleeps, date, count):
    if date == b"soon":
        date = formatdate(time() + 7200, usegmt=True).encode()
    script = refusing(date)
    clock = Clock()
    with Peer(script) as peer, closing(plain_client(peer, clock=clock)) as edge:
        with pytest.raises(ServiceError, match="Signature expired"):
            edge.send_heartbeat(**BEAT)
        assert script.count == count
        # Who may not set the clock still casts doubt on it.
        assert clock.doubted is (count == 2)
        # Nothing could be signed with these dates; the board's own goes on.
        if count == 1:
            assert abs(clock.now() - time()) < 60
        with pytest.raises(ServiceError, match="Signature expired"):
            edge.send_heartbeat(**BEAT)
    assert not sleeps


# Identity ----------------------------------------------------------------------------------------


def test_temporary_credentials_bring_their_token(endpoint):
    with connect(endpoint, endpoint.temporary_credentials) as edge:
        edge.send_heartbeat(**BEAT)
    (request,) = seen(endpoint)
    assert request["signature"] == "ok"
    assert request["access_key_id"] == endpoint.temporary_credentials.access_key_id


def test_keys_that_are_refused(endpoint, sleeps):
    good = endpoint.credentials
    temporary = endpoint.temporary_credentials
    refused = [
        (Key(good.access_key_id, "wrong"), "InvalidSignatureException", "does not match"),
        (Key("AKIAUNKNOWN", "wrong"), "UnrecognizedClientException", "is invalid"),
        (
            Key(temporary.access_key_id, temporary.secret_access_key),
            "UnrecognizedClientException",
            "is invalid",
        ),
        (
            Key(temporary.access_key_id, temporary.secret_access_key, "token"),
            "UnrecognizedClientException",
            "is invalid",
        ),
        (
            endpoint.add_key(temporary=True, expires_at_s=time() - 1),
            "ExpiredTokenException",
            "is expired",
        ),
    ]
    for key, code, words in refused:
        with connect(endpoint, key) as edge, pytest.raises(ServiceError, match=words) as caught:
            edge.send_heartbeat(**BEAT)
        assert (caught.value.code, caught.value.status) == (code, 403)
    with (
        connect(endpoint, region="eu-west-1") as edge,
        pytest.raises(ServiceError, match="valid region") as caught,
    ):
        edge.send_heartbeat(**BEAT)
    assert caught.value.code == "InvalidSignatureException"
    # None of them is worth a second try.
    assert len(seen(endpoint)) == len(refused) + 1
    assert not sleeps


def test_everything_from_the_environment(endpoint, monkeypatch):
    for name, value in endpoint.temporary_credentials.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_REGION", endpoint.region)
    monkeypatch.setenv("AWS_ENDPOINT_URL_SAGEMAKER_EDGE", endpoint.url)
    monkeypatch.setenv("AWS_CA_BUNDLE", endpoint.ca_file)
    with closing(edgemote.connect(SagemakerEdgeManager)) as edge:
        edge.send_heartbeat(**BEAT)
    (request,) = seen(endpoint)
    assert request["access_key_id"] == endpoint.temporary_credentials.access_key_id


def test_everything_from_the_files(endpoint, tmp_path):
    (tmp_path / ".aws").mkdir()
    key = endpoint.credentials
    (tmp_path / ".aws" / "config").write_text(
        f"[default]\nregion = eu-central-1\n[profile gate]\nregion = {endpoint.region}\n"
        f"endpoint_url = {endpoint.url}\nca_bundle = {endpoint.ca_file}\nmax_attempts = 1\n"
    )
    (tmp_path / ".aws" / "credentials").write_text(
        "[default]\naws_access_key_id = AKIAOTHER\naws_secret_access_key = other\n"
        f"[gate]\naws_access_key_id = {key.access_key_id}\n"
        f"aws_secret_access_key = {key.secret_access_key}\n"
    )
    with closing(edgemote.connect(SagemakerEdgeManager, profile="gate")) as edge:
        edge.send_heartbeat(**BEAT)
        endpoint.faults.add("internal-error")
        with pytest.raises(InternalServiceException):
            edge.send_heartbeat(**BEAT)
    assert [request["signature"] for request in seen(endpoint)] == ["ok", "ok"]


def test_a_provider_is_asked_before_each_request(endpoint):
    keys = [endpoint.credentials, endpoint.temporary_credentials, endpoint.credentials]
    asked = []

    class Rotating:
        def get(self, now_s):
            asked.append(now_s)
            return credentials(keys[len(asked) - 1])

    with connect(endpoint, credentials=Rotating()) as edge:
        for _ in keys:
            edge.send_heartbeat(**BEAT)
    assert [request["access_key_id"] for request in seen(endpoint)] == [
        key.access_key_id for key in keys
    ]
    assert all(abs(now_s - time()) < 60 for now_s in asked)


# TLS and the way there ---------------------------------------------------------------------------


def test_a_certificate_that_nobody_vouches_for_is_refused(endpoint, sleeps):
    with Endpoint() as stranger, connect(endpoint, ca_file=stranger.ca_file) as edge:
        with pytest.raises(ConnectError, match="its certificate is refused") as caught:
            edge.send_heartbeat(**BEAT)
        assert isinstance(caught.value.__cause__, ssl.SSLCertVerificationError)
    with connect(endpoint, ca_file=None) as edge, pytest.raises(ConnectError, match="refused"):
        edge.send_heartbeat(**BEAT)
    assert not seen(endpoint)


def test_a_certificate_for_another_host_is_refused(sleeps):
    with Endpoint(host_names=["elsewhere.example"]) as other:
        with connect(other) as edge, pytest.raises(ConnectError, match="Hostname mismatch"):
            edge.send_heartbeat(**BEAT)
        assert not other.store.requests()


def test_nobody_listens(sleeps):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    edge = edgemote.connect(
        SagemakerEdgeManager,
        region="us-west-2",
        endpoint_url=f"https://127.0.0.1:{port}",
        credentials=edgemote.Credentials("AKID", "secret"),
    )
    with pytest.raises(ConnectError, match=rf"^127\.0\.0\.1:{port}: Connection refused \("):
        edge.send_heartbeat(**BEAT)
    assert len(sleeps) == 2


@contextmanager
def connect_proxy(status=b"200 Connection established"):
    """A proxy that opens tunnels; yields its URL and the heads that it read."""
    heads = []

    def pump(source, sink):
        try:
            while data := source.recv(65536):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def script(wire):
        head = wire.read_head()
        heads.append(head)
        host, _, port = head.split()[1].decode().rpartition(":")
        if not status.startswith(b"200"):
            wire.send(b"HTTP/1.1 %b\r\nContent-Length: 0\r\n\r\n" % status)
            return
        with socket.create_connection((host, int(port)), timeout=10) as target:
            wire.send(b"HTTP/1.1 %b\r\n\r\n" % status)
            back = threading.Thread(target=pump, args=(target, wire.sock))
            back.start()
            pump(wire.sock, target)
            back.join(10)

    with Peer(script) as peer:
        yield peer.origin, heads


def test_a_proxy_tunnels_and_sees_nothing(endpoint, monkeypatch):
    with connect_proxy() as (url, heads):
        monkeypatch.setenv("HTTPS_PROXY", url.replace("//", "//user:pass%2Fword@"))
        with connect(endpoint) as edge:
            edge.send_heartbeat(**BEAT)
            edge.send_heartbeat(**BEAT)
        monkeypatch.setenv("NO_PROXY", "example.com,localhost")
        with connect(endpoint) as edge:
            edge.send_heartbeat(**BEAT)
        monkeypatch.setenv("NO_PROXY", f"localhost:{endpoint.port}")
        with connect(endpoint) as edge:
            edge.send_heartbeat(**BEAT)
        monkeypatch.setenv("NO_PROXY", "localhost:1")
        with connect(endpoint) as edge:
            edge.send_heartbeat(**BEAT)
    assert len(heads) == 2
    assert heads[0].startswith(b"CONNECT localhost:%d HTTP/1.1\r\n" % endpoint.port)
    assert b"Proxy-Authorization: Basic dXNlcjpwYXNzL3dvcmQ=" in heads[0]
    assert b"aws4" not in b"".join(heads).lower()
    assert [request["signature"] for request in seen(endpoint)] == ["ok"] * 5


def test_a_proxy_that_refuses(endpoint, monkeypatch, sleeps):
    with connect_proxy(b"407 Proxy Authentication Required") as (url, heads):
        monkeypatch.setenv("https_proxy", url.replace("//", "//user:hidden@"))
        with connect(endpoint) as edge, pytest.raises(ConnectError, match="status 407") as caught:
            edge.send_heartbeat(**BEAT)
        assert "through proxy 127.0.0.1" in str(caught.value)
    assert_hidden(["hidden"], caught.value)
    assert len(heads) == 3


# Settings that cannot be meant -------------------------------------------------------------------

GIVEN = {
    "region": "us-west-2",
    "credentials": edgemote.Credentials("AKID", "secret"),
    "endpoint_url": "https://localhost:1",
}
WRONG_SETTINGS = [
    (
        {"region": None},
        ConfigError,
        "no region: pass region=, set AWS_REGION, or write region into ~/.aws/config",
    ),
    (
        {"region": "us west"},
        ConfigError,
        "argument region: expected a region such as us-west-2, got str",
    ),
    ({"region": 5}, ConfigError, "argument region: expected a string, got int"),
    ({"region": ""}, ConfigError, "argument region: expected a string, got an empty str"),
    (
        {"endpoint_url": "localhost:8443"},
        ConfigError,
        "argument endpoint_url: expected a URL such as https://host:8443/path without user name "
        "and query, got str",
    ),
    (
        {"endpoint_url": "https://me:secret@host"},
        ConfigError,
        "argument endpoint_url: expected a URL such as https://host:8443/path without user name "
        "and query, got str",
    ),
    ({"endpoint_url": 5}, ConfigError, "argument endpoint_url: expected a string, got int"),
    (
        {"retries": -1},
        ConfigError,
        "argument retries: expected a whole number of 0 or more, got int -1",
    ),
    (
        {"retries": "2"},
        ConfigError,
        "argument retries: expected a whole number of 0 or more, got str '2'",
    ),
    (
        {"retries": True},
        ConfigError,
        "argument retries: expected a whole number of 0 or more, got bool True",
    ),
    ({"ca_file": b"x"}, ConfigError, "argument ca_file: expected a string, got bytes"),
    ({"use_fips": "yes"}, ConfigError, "argument use_fips: expected true or false, got str"),
    (
        {"use_dual_stack": 1},
        ConfigError,
        "argument use_dual_stack: expected true or false, got int",
    ),
    (
        {"credentials": ("AKID", "secret")},
        ConfigError,
        "argument credentials: expected edgemote.Credentials or an object with get(now_s), "
        "got tuple",
    ),
    (
        {"credentials": {"access_key_id": "AKID"}},
        ConfigError,
        "argument credentials: expected edgemote.Credentials or an object with get(now_s), "
        "got dict",
    ),
    (
        {"profile": 5},
        ConfigError,
        "argument profile: expected the name of a profile, got int",
    ),
    (
        {"timeout_s": None},
        ConfigError,
        "argument timeout_s: expected a number of seconds above 0 and up to 86400, got None",
    ),
    (
        {"timeout_s": 0},
        ConfigError,
        "argument timeout_s: expected a number of seconds above 0 and up to 86400, got 0",
    ),
    (
        {"timeout_s": float("nan")},
        ConfigError,
        "argument timeout_s: expected a number of seconds above 0 and up to 86400, got nan",
    ),
    (
        {"connect_timeout_s": -1.5},
        ConfigError,
        "argument connect_timeout_s: expected a number of seconds above 0 and up to "
        "86400, got -1.5",
    ),
    (
        {"connect_timeout_s": True},
        ConfigError,
        "argument connect_timeout_s: expected a number of seconds above 0 and up to "
        "86400, got True",
    ),
    (
        {"kept_idle_s": 0},
        ConfigError,
        "argument kept_idle_s: expected a number of seconds above 0 and up to 86400, got 0",
    ),
    (
        {"connect_timeout_s": "5"},
        ConfigError,
        "argument connect_timeout_s: expected a number of seconds above 0 and up to 86400, got '5'",
    ),
]


@pytest.mark.parametrize(("changes", "kind", "text"), WRONG_SETTINGS)
def test_wrong_settings_name_themselves(changes, kind, text):
    with pytest.raises(kind) as caught:
        edgemote.connect(SagemakerEdgeManager, **{**GIVEN, **changes})
    assert str(caught.value) == text
    assert_hidden(["me:secret"], caught.value)


@pytest.mark.parametrize("service", ["sagemaker-edge", None, object, SagemakerEdgeManager.service])
def test_something_else_than_a_client_class(service):
    with pytest.raises(ConfigError, match=r"^argument service: expected a generated class"):
        edgemote.connect(service, **GIVEN)


WRONG_VARIABLES = [
    ("AWS_REGION", "us west", "AWS_REGION: expected a region such as us-west-2, got str"),
    (
        "AWS_MAX_ATTEMPTS",
        "0",
        "AWS_MAX_ATTEMPTS: expected a whole number of 1 or more, got str",
    ),
    (
        "AWS_USE_FIPS_ENDPOINT",
        "maybe",
        "AWS_USE_FIPS_ENDPOINT: expected true or false, got str",
    ),
    ("AWS_PROFILE", "nobody", "profile 'nobody' is neither in "),
    (
        "AWS_ENDPOINT_URL",
        "ftp://x",
        "AWS_ENDPOINT_URL: expected a URL such as https://host:8443/path without user name and "
        "query, got str",
    ),
    ("HTTPS_PROXY", "socks5://x", "HTTPS_PROXY: only plain HTTP to the proxy is supported"),
]


@pytest.mark.parametrize(("name", "value", "text"), WRONG_VARIABLES)
def test_wrong_variables_name_themselves(monkeypatch, sleeps, name, value, text):
    monkeypatch.setenv(name, value)
    keys = edgemote.Credentials("AKID", "secret")
    options = {} if name == "AWS_REGION" else {"region": "us-west-2"}
    with pytest.raises(ConfigError) as caught:
        edgemote.connect(SagemakerEdgeManager, credentials=keys, **options).send_heartbeat(**BEAT)
    assert str(caught.value).startswith(text)


def test_files_that_cannot_be_used(endpoint, tmp_path):
    empty = tmp_path / "empty.pem"
    empty.write_text("")
    for path, text in (
        (tmp_path / "absent.pem", f"cannot read CA file {tmp_path}/absent.pem: No such file"),
        (empty, f"CA file {empty} holds no "),
    ):
        with connect(endpoint, ca_file=str(path)) as edge, pytest.raises(ConfigError) as caught:
            edge.send_heartbeat(**BEAT)
        assert str(caught.value).startswith(text)


def test_no_credentials_anywhere(monkeypatch):
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(CredentialsError, match=r"^no credentials found; environment: set AWS_ACC"):
        edgemote.connect(SagemakerEdgeManager, region="us-west-2")


def test_a_region_and_options_without_an_endpoint():
    edge = edgemote.connect(SagemakerEdgeManager, **{**GIVEN, "use_fips": True})
    with pytest.raises(EndpointError, match="FIPS and custom endpoint are not supported"):
        edge.send_heartbeat(**BEAT)


# Secrets -----------------------------------------------------------------------------------------


def assert_hidden(secrets, error):
    """No text that an error can turn into, its causes and contexts included, holds a secret."""
    texts = traceback.format_exception(error)
    while error is not None:
        texts += [str(error), repr(error), repr(error.args), repr(vars(error))]
        error = error.__cause__ or error.__context__
    for secret in secrets:
        assert secret not in "\n".join(texts)


def test_no_error_holds_a_secret(endpoint, sleeps):
    key = endpoint.temporary_credentials
    secrets = [key.secret_access_key, key.session_token, "other-secret", "Signature="]
    stranger = Key(key.access_key_id, "other-secret", key.session_token)
    faults = [*TRANSIENT, "bad-json"]
    for name in faults:
        endpoint.faults.clear()
        endpoint.faults.add(name, times=None, **TRANSIENT.get(name, ({}, None))[0])
        with (
            connect(endpoint, key, timeout_s=0.25 if name == "latency" else 10) as edge,
            pytest.raises((EdgemoteError, ServiceError)) as caught,
        ):
            edge.get_deployments(**DEVICE)
        assert_hidden(secrets, caught.value)
    endpoint.faults.clear()
    for options in ({"key": stranger}, {"key": key, "region": "eu-west-1"}):
        with connect(endpoint, **options) as edge, pytest.raises(ServiceError) as caught:
            edge.send_heartbeat(**BEAT)
        assert_hidden(secrets, caught.value)
    with connect(endpoint, key) as edge, pytest.raises(ValidationError) as caught:
        edge.send_heartbeat(**BEAT, Nope=1)
    assert_hidden(secrets, caught.value)


def test_no_repr_holds_a_secret(endpoint):
    key = endpoint.temporary_credentials
    with connect(endpoint, key) as edge:
        edge.send_heartbeat(**BEAT)
        caller = edge._call
        parts = [edge, caller, caller.provider, caller.provider.get(0.0), caller.settings]
        parts += [caller.clock, caller.rules, caller._fixed, caller._transports]
        for route in caller._fixed.values():
            parts += [route, route.signer, route.head, route.transport, route.start]
        for part in parts:
            for secret in (key.secret_access_key, key.session_token, "Signature="):
                assert secret not in repr(part)
        assert repr(edge) == "<SagemakerEdgeManager client>"


def test_a_caught_error_keeps_no_request_alive(endpoint, sleeps):
    endpoint.faults.add("internal-error", times=None)
    with connect(endpoint) as edge, pytest.raises(InternalServiceException) as caught:
        edge.send_heartbeat(**BEAT)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


# Memory ------------------------------------------------------------------------------------------


@contextmanager
def traced_peak(limit_bytes):
    gc.collect()
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < limit_bytes
    finally:
        tracemalloc.stop()


def test_bodies_that_are_held_whole_have_a_limit(endpoint, sleeps):
    endpoint.faults.add("huge-body", bytes=64_000_000)
    with (
        traced_peak(40_000_000),
        connect(endpoint, retries=0) as edge,
        pytest.raises(ProtocolError, match="BODY_BYTES"),
    ):
        edge.get_deployments(**DEVICE)
