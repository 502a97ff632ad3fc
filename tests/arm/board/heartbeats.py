"""What a board has to do, done on one: run in the guest, against servers on the host."""

from __future__ import annotations

import json
import os
import sys
import time
from datetime import datetime, timezone

import pytest

import edgemote
from aws import timestamps
from aws.sagemaker_edge import EdgeMetric, SagemakerEdgeManager
from aws.sigv4 import Credentials, Signer, amz_date
from edgemote.credentials import find_credentials
from edgemote.profiles import SharedFiles

BOARD = json.loads(os.environ["ARM_BOARD"])
DEVICE = {"DeviceName": "cam-7", "DeviceFleetName": "dock"}
YEAR_2100_S = 4_102_444_800
# Debian's 32-bit ARM has a time_t of 64 bits since release 13, which has Python 3.13.
SMALL_TIME = sys.maxsize < 1 << 32 and sys.version_info < (3, 13)


def connect(**settings: object) -> SagemakerEdgeManager:
    defaults = {
        "region": "us-west-2",
        "endpoint_url": BOARD["url"],
        "ca_file": BOARD["ca_file"],
        "credentials": Credentials(*BOARD["keys"]),
    }
    return edgemote.connect(SagemakerEdgeManager, **{**defaults, **settings})


def beat(edge: SagemakerEdgeManager, **more: object) -> None:
    metric = EdgeMetric(
        Dimension="board/cpu", MetricName="CpuTemp", Value=51.5, Timestamp=time.time()
    )
    edge.send_heartbeat(AgentVersion="1.0", **DEVICE, **{"AgentMetrics": [metric], **more})


def test_the_three_operations():
    with connect() as edge:
        beat(edge)
        assert edge.get_device_registration(**DEVICE).CacheTTL.isdecimal()
        [deployment] = edge.get_deployments(**DEVICE).Deployments
        assert [len(deployment.Definitions), deployment.Type] == [20, "Model"]
        edge.close()
        beat(edge)


def test_nested_dicts_and_datetimes():
    metric = {
        "Dimension": "board/cpu",
        "MetricName": "CpuTemp",
        "Value": float("nan"),
        "Timestamp": datetime(2100, 1, 1, tzinfo=timezone.utc),
    }
    with connect() as edge:
        beat(edge, AgentMetrics=[metric])


def test_another_authority_is_refused():
    with (
        connect(ca_file=BOARD["mutual_ca_file"]) as edge,
        pytest.raises(edgemote.ConnectError, match="certificate is refused"),
    ):
        beat(edge)


def test_a_wrong_key_is_refused():
    key_id, secret = BOARD["keys"]
    wrong = Credentials(key_id, secret[::-1])
    with connect(credentials=wrong) as edge, pytest.raises(edgemote.ServiceError) as caught:
        beat(edge)
    assert caught.value.code == "InvalidSignatureException"


def test_mutual_tls():
    with connect_mutual(cert_file=BOARD["mutual_cert_file"]) as edge:
        beat(edge)
        beat(edge)


def test_mutual_tls_without_a_certificate():
    with connect_mutual(retries=0) as edge, pytest.raises(edgemote.TransportError):
        beat(edge)


def connect_mutual(**settings: object) -> SagemakerEdgeManager:
    return connect(endpoint_url=BOARD["mutual_url"], ca_file=BOARD["mutual_ca_file"], **settings)


@pytest.mark.skipif(not SMALL_TIME, reason="its time_t has 64 bits")
def test_this_is_a_board_whose_own_dates_end_in_2038():
    with pytest.raises(OverflowError):
        time.gmtime(YEAR_2100_S)


@pytest.mark.parametrize(
    ("epoch_s", "compact", "iso8601", "http"),
    [
        (2**31 - 1, "20380119T031407Z", "2038-01-19T03:14:07Z", "Tue, 19 Jan 2038 03:14:07 GMT"),
        (2**31, "20380119T031408Z", "2038-01-19T03:14:08Z", "Tue, 19 Jan 2038 03:14:08 GMT"),
        (2**32, "21060207T062816Z", "2106-02-07T06:28:16Z", "Sun, 07 Feb 2106 06:28:16 GMT"),
        (YEAR_2100_S, "21000101T000000Z", "2100-01-01T00:00:00Z", "Fri, 01 Jan 2100 00:00:00 GMT"),
    ],
)
def test_dates_beyond_32_bits(epoch_s, compact, iso8601, http):
    assert amz_date(epoch_s) == compact
    assert timestamps.format_iso8601(epoch_s) == iso8601
    assert timestamps.format_rfc822(epoch_s) == http
    assert timestamps.parse_text(iso8601) == timestamps.parse_http_date(http) == epoch_s


def test_signing_in_2100():
    signer = Signer("us-west-2", "sagemaker")
    head = signer.prepare("POST", "/SendHeartbeat", "", {"host": "edge.example"})
    signed = signer.sign(head, "0" * 64, Credentials("AKID", "secret"), YEAR_2100_S + 0.5)
    assert "21000101T000000Z" in signed
    assert "AKID/21000101/us-west-2/sagemaker/aws4_request" in signed


def test_keys_that_expire_after_2038(tmp_path, monkeypatch):
    answer = {
        "Version": 1,
        "AccessKeyId": "AKID",
        "SecretAccessKey": "secret",
        "SessionToken": "token",
        "Expiration": "2100-01-01T00:00:00Z",
    }
    (tmp_path / "answer").write_text(json.dumps(answer))
    config = tmp_path / "config"
    config.write_text(f"[default]\ncredential_process = /bin/cat {tmp_path}/answer\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    provider = find_credentials(None, profile=None, shared=SharedFiles(os.environ))
    assert provider.get(YEAR_2100_S - 86_400).session_token == "token"


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ({"AgentMetrics": [EdgeMetric(Value="warm")]}, "$.AgentMetrics[0].Value"),
        ({"AgentMetrics": [{"Timestamp": "soon"}]}, "$.AgentMetrics[0].Timestamp"),
        ({"Models": [{"ModelMetrics": [{"Value": True}]}]}, "$.Models[0].ModelMetrics[0].Value"),
        ({"AgentVersion": ""}, "$.AgentVersion"),
    ],
)
def test_bad_input_never_leaves_the_board(more, place):
    edge = connect(endpoint_url="https://localhost:1")
    with pytest.raises(edgemote.ValidationError) as caught:
        edge.send_heartbeat(**{"AgentVersion": "1.0", **DEVICE, **more})
    assert place in str(caught.value)


@pytest.mark.parametrize("believed_s", [0.0, 86_400.0, float(2**31), float(YEAR_2100_S)])
def test_a_board_that_does_not_know_the_time_learns_it(believed_s):
    clock = edgemote.Clock(lambda: believed_s)
    with connect(clock=clock, retries=0) as edge:
        beat(edge)
        assert abs(clock.now() - time.time()) < 240
        beat(edge)
