"""Secrets stay out of errors, and memory has limits."""

from __future__ import annotations

import pytest

from aws.sagemaker_edge import (
    InternalServiceException,
)
from edgemote import (
    EdgemoteError,
    ProtocolError,
    ServiceError,
    ValidationError,
)
from endpoint.signatures import Key
from runtime.client.device_calls import (
    BEAT,
    DEVICE,
    TRANSIENT,
    assert_hidden,
    connect,
)
from runtime.memory import traced_peak


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


def test_bodies_that_are_held_whole_have_a_limit(endpoint, sleeps):
    endpoint.faults.add("huge-body", bytes=64_000_000)
    with (
        traced_peak(40_000_000),
        connect(endpoint, retries=0) as edge,
        pytest.raises(ProtocolError, match="BODY_BYTES"),
    ):
        edge.get_deployments(**DEVICE)
