"""Where keys come from, and keys that are refused."""

from __future__ import annotations

from contextlib import closing
from time import time

import pytest

import edgemote
import edgemote.client.pipeline
from aws.sagemaker_edge import (
    InternalServiceException,
    SagemakerEdgeManager,
)
from edgemote import (
    ServiceError,
)
from endpoint.signatures import Key
from runtime.client.device_calls import (
    BEAT,
    connect,
    credentials,
    seen,
)


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
