"""Calls that go well, over real TLS."""

from __future__ import annotations

import json
import socket
import sys
import threading
from contextlib import closing

import pytest

import edgemote
import edgemote.client.pipeline
from aws.sagemaker_edge import (
    SagemakerEdgeManager,
)
from calls import Ours
from edgemote import (
    CredentialsError,
    ServiceError,
)
from edgemote.client.settings import Settings
from edgemote.credentials.http_source import HttpProvider
from edgemote.http import sockets
from edgemote.http.proxy import Proxy, connect_request
from endpoint import Endpoint
from runtime.client.device_calls import (
    BEAT,
    DEPLOYMENT,
    DEVICE,
    FULL_BEAT,
    FULL_BEAT_ON_THE_WIRE,
    connect,
    plain_client,
    seen,
)
from runtime.http_peer import Peer


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
