"""What goes wrong on the way, and what of it is retried."""

from __future__ import annotations

import threading
from time import time

import pytest

import edgemote
import edgemote.client.pipeline
from aws.sagemaker_edge import (
    InternalServiceException,
)
from calls import Ours, Recorder
from edgemote import (
    Clock,
    ConnectError,
    ConnectionClosedError,
    ProtocolError,
    ServiceError,
    TransportError,
)
from edgemote.client.pipeline import Pipeline
from edgemote.client.settings import Settings
from runtime.client.device_calls import (
    BEAT,
    DEVICE,
    TRANSIENT,
    connect,
    seen,
)


def have_patience(edge):
    """Wait long for answers from now on: a busy machine may be slow where no fault is."""
    for transport in edge._call._transports.values():
        transport._read_timeout_s = 60.0


def await_seen(endpoint, count):
    """The requests; a client that lost patience may be ahead of what the endpoint has read."""
    end_s = time() + 60
    while len(seen(endpoint)) < count and time() < end_s:
        threading.Event().wait(0.01)
    return seen(endpoint)


@pytest.mark.parametrize("name", TRANSIENT)
def test_a_call_outlives_one_failure(endpoint, sleeps, monkeypatch, name):
    options, _ = TRANSIENT[name]
    endpoint.faults.add(name, times=1, **options)
    timeout_s = 0.25 if name == "latency" else 10
    with connect(endpoint, timeout_s=timeout_s) as edge:
        sleep = edgemote.client.pipeline.time.sleep
        monkeypatch.setattr(
            edgemote.client.pipeline.time,
            "sleep",
            lambda delay_s: (sleep(delay_s), have_patience(edge)),
        )
        assert edge.get_device_registration(**DEVICE).DeviceRegistration == "REGISTERED"
    count = 1 if name == "close-before-handshake" else 2
    assert len(await_seen(endpoint, count)) == count
    assert len(sleeps) == 1
    assert len({bytes(request["body"]) for request in seen(endpoint)}) == 1


@pytest.mark.parametrize("name", TRANSIENT)
def test_a_failure_that_stays_is_raised_after_three_tries(endpoint, sleeps, name):
    options, kind = TRANSIENT[name]
    endpoint.faults.add(name, times=None, **options)
    timeout_s = 0.25 if name == "latency" else 10
    with connect(endpoint, timeout_s=timeout_s) as edge, pytest.raises(kind) as caught:
        edge.get_device_registration(**DEVICE)
    count = 0 if name == "close-before-handshake" else 3
    assert len(await_seen(endpoint, count)) == count
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
        have_patience(edge)
        edge.get_device_registration(**DEVICE)
    await_seen(endpoint, 1 if name == "close-before-handshake" else 2)  # none of the next test's
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
