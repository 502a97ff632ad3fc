"""Bearer tokens over real connections: sent in place of a signature, and told to nobody else."""

from __future__ import annotations

import os
import ssl
import subprocess
import sys
import traceback
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import trustme
from botocore.config import Config

import edgemote
from calls import Ours
from edgemote import ConfigError, CredentialsError, EndpointError
from edgemote.client.bearer import find_token
from edgemote.http import is_loopback
from made_service import make_service
from oracle import TOKEN, Oracle
from runtime.http_peer import Peer, Wire

SHAPES = {"Name": {"type": "structure", "members": {"Name": {"shape": "Text"}}}}
TEXT = {"Text": {"type": "string"}}
OPERATIONS: dict[str, Any] = {"Put": {"input": {"shape": "Name"}}}
BEARER = ["smithy.api#httpBearerAuth"]
EITHER = ["aws.auth#sigv4", *BEARER]
KEYS = edgemote.Credentials("AKIDEXAMPLE", "secret")
SECRET = "s3cret-TOKEN"


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith("AWS_") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


def make(factory: pytest.TempPathFactory, name: str, **facts: Any) -> Any:
    operations = {**OPERATIONS, **facts.pop("operations", {})}
    ours = make_service(factory.mktemp(name), name, {**SHAPES, **TEXT}, operations, **facts)
    return ours.client_class


@pytest.fixture(scope="module")
def bearer(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The class of a client that takes nothing but tokens."""
    return make(tmp_path_factory, "token-house", auth=BEARER, signatureVersion="bearer")


@pytest.fixture(scope="module")
def either(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """One that signs, or takes a token."""
    return make(tmp_path_factory, "either-house", auth=EITHER)


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """One that signs, but for one operation."""
    own = {"Ask": {"input": {"shape": "Name"}, "auth": BEARER}}
    return make(tmp_path_factory, "mixed-house", operations=own)


class Listener:
    """A server that keeps the Authorization header of each request."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def __call__(self, wire: Wire) -> None:
        while head := wire.read_request()[0].decode():
            lines = (line.partition(": ") for line in head.split("\r\n"))
            found = {name.lower(): value for name, _, value in lines}
            self.seen.append(found.get("authorization", ""))
            wire.answer(b"{}")


def connect(service: Any, peer: Peer, **options: Any) -> Any:
    settings = {"region": "us-west-2", "endpoint_url": peer.origin, "retries": 0, **options}
    return closing(edgemote.connect(service, **settings))


def test_a_token_goes_over_tls_and_needs_no_keys(bearer: Any, tmp_path: Path) -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    ca_file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(ca_file))
    listener = Listener()
    with (
        Peer(listener, context) as peer,
        connect(bearer, peer, token=SECRET, ca_file=str(ca_file)) as client,
    ):
        client.put(Name="a")
        client.put(Name="b")
        assert SECRET not in repr(client)
    assert listener.seen == [f"Bearer {SECRET}"] * 2


def test_the_environment_has_the_services_own_token(
    bearer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    listener = Listener()
    with Peer(listener) as peer:
        with pytest.raises(CredentialsError, match="set AWS_BEARER_TOKEN_TOKEN_HOUSE"):
            connect(bearer, peer)
        monkeypatch.setenv("AWS_BEARER_TOKEN_TOKEN_HOUSE", SECRET)
        with connect(bearer, peer) as client:
            client.put(Name="a")
        with connect(bearer, peer, token="other") as client:
            client.put(Name="a")
    assert listener.seen == [f"Bearer {SECRET}", "Bearer other"]


def test_where_both_will_do_a_token_is_preferred(
    either: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    listener = Listener()
    with Peer(listener) as peer:
        with connect(either, peer, credentials=KEYS) as client:
            client.put(Name="a")
        with connect(either, peer, token=SECRET) as client:  # without any keys
            client.put(Name="a")
        monkeypatch.setenv("AWS_BEARER_TOKEN_EITHER_HOUSE", SECRET)
        with connect(either, peer, credentials=KEYS) as client:
            client.put(Name="a")
    signed, *others = listener.seen
    assert signed.startswith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/")
    assert others == [f"Bearer {SECRET}"] * 2


def test_operations_that_sign_look_for_keys_when_they_need_them(mixed: Any) -> None:
    listener = Listener()
    with Peer(listener) as peer:
        with connect(mixed, peer, token=SECRET) as client:
            client.ask(Name="a")
            with pytest.raises(CredentialsError, match="no credentials found"):
                client.put(Name="a")
        with connect(mixed, peer, token=SECRET, credentials=KEYS) as client:
            client.put(Name="a")
            client.put(Name="b")
        with (
            connect(mixed, peer, credentials=KEYS) as client,
            pytest.raises(CredentialsError, match="Ask needs a bearer token: pass token="),
        ):
            client.ask(Name="a")
    asked, *others = listener.seen
    assert asked == f"Bearer {SECRET}"
    assert [value.partition(" ")[0] for value in others] == ["AWS4-HMAC-SHA256"] * 2


def test_the_token_of_one_client_is_not_all_that_a_session_finds(
    either: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = edgemote.Session(region="us-west-2")
    session.connect(either, token=SECRET)
    with pytest.raises(CredentialsError, match="no credentials found"):
        session.connect(either)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    provider = session.connect(either)._call.provider
    assert provider is session.connect(either)._call.provider
    assert provider.get(0.0).access_key_id == "AKIDEXAMPLE"


@pytest.mark.parametrize("url", ["http://tokens.example", "http://10.0.0.1:8080"])
def test_a_token_does_not_travel_in_the_clear(bearer: Any, url: str) -> None:
    with closing(
        edgemote.connect(bearer, region="us-west-2", endpoint_url=url, token=SECRET)
    ) as client:
        with pytest.raises(EndpointError, match="over https only, not to http://") as caught:
            client.put(Name="a")
        assert SECRET not in "".join(traceback.format_exception(caught.value))


def test_only_this_machine_is_asked_without_tls() -> None:
    for host in ("localhost", "127.0.0.1", "127.8.9.1", "::1"):
        assert is_loopback(host)
    for host in ("127.0.0.1.evil.example", "128.0.0.1", "::2", "example", "localhost.example"):
        assert not is_loopback(host)


@pytest.mark.parametrize("token", ["", "two words", "line\r\nx: y", "ünï", b"bytes", 7])
def test_what_is_no_token_is_refused_without_being_shown(bearer: Any, token: Any) -> None:
    with pytest.raises(ConfigError, match="argument token: expected letters") as caught:
        edgemote.connect(bearer, region="us-west-2", token=token)
    assert not token or repr(token) not in str(caught.value)


def test_a_bad_token_of_the_environment_is_named(bearer: Any) -> None:
    environ = {"AWS_BEARER_TOKEN_TOKEN_HOUSE": "two words"}
    with pytest.raises(ConfigError, match=r"AWS_BEARER_TOKEN_TOKEN_HOUSE: .* got 9 characters"):
        find_token(bearer.service, None, environ)
    with pytest.raises(CredentialsError):
        find_token(bearer.service, None, {"AWS_BEARER_TOKEN_TOKEN_HOUSE": ""})


def test_a_service_that_takes_none_says_so() -> None:
    from aws.sagemaker_edge import SagemakerEdgeManager

    with pytest.raises(
        ConfigError, match="argument token: Sagemaker Edge does not accept bearer tokens"
    ):
        edgemote.connect(SagemakerEdgeManager, region="us-west-2", credentials=KEYS, token=SECRET)


def test_requests_are_botocores() -> None:
    """Bedrock, the one that botocore takes for such a service."""
    from conformance.comparison import generated
    from edgemote_codegen.models import load_model
    from edgemote_codegen.selection import select

    judge = Oracle("bedrock", config=Config(auth_scheme_preference="httpBearerAuth"))
    with generated(select(load_model("bedrock", {}), ("ListGuardrails",))):
        for token, signing in ((TOKEN, f"Bearer {TOKEN}"), (None, "us-west-2/bedrock")):
            sent, _ = Ours("bedrock", token=token).call("list_guardrails", {}, (200, {}, b"{}"))
            assert sent.signing == signing
            if token is not None:
                expected, _ = judge.call("list_guardrails", {}, (200, {}, b"{}"))
                assert sent.facts() == expected.facts()


def test_a_device_that_signs_does_not_load_the_module() -> None:
    code = """
import sys
import edgemote
from aws.sagemaker_edge import SagemakerEdgeManager
keys = edgemote.Credentials("a", "b")
edgemote.connect(SagemakerEdgeManager, region="us-west-2", credentials=keys)
assert "edgemote.client.bearer" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True)
