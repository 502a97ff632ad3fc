"""The role alias of AWS IoT, over mutual TLS with a real server that is told what to do."""

import contextlib
import datetime

import pytest
import trustme

import edgemote
from aws.sagemaker_edge import SagemakerEdgeManager
from aws_home import aws_home
from edgemote import limits
from edgemote.credentials import find_credentials
from edgemote.credentials.provider import RETRY_PAUSE_S
from edgemote.errors import ConfigError, CredentialsError
from endpoint import Endpoint
from endpoint.credential_provider import CredentialProvider

from .http_peer import Peer
from .key_servers import open_directly, refused

DEVICE = {"DeviceName": "cam-7", "DeviceFleetName": "dock"}
PREFIX = "c2sakl5huz0afv.credentials.iot.us-west-2.amazonaws.com"


@pytest.fixture(scope="module")
def served():
    with CredentialProvider() as provider:
        yield provider


@pytest.fixture
def provider(served):
    served.lifetime_s, served.refusal, served.thing_name = 3600.0, None, None
    served.faults.clear()
    served.requests.clear()
    served.issued.clear()
    return served


def role_alias(provider, **changes):
    arguments = {
        "endpoint": provider.endpoint,
        "role_alias": provider.role_alias,
        "cert_file": provider.cert_file,
        "key_file": provider.key_file,
        "ca_file": provider.ca_file,
        **changes,
    }
    return edgemote.IotRoleAlias(**arguments)


def test_a_client_signs_with_the_keys_of_its_certificate():
    with (
        Endpoint(register=["dock/cam-7"]) as endpoint,
        CredentialProvider(
            issue=lambda end_s: endpoint.add_key(temporary=True, expires_at_s=end_s)
        ) as provider,
        edgemote.connect(
            SagemakerEdgeManager,
            region=endpoint.region,
            endpoint_url=endpoint.url,
            ca_file=endpoint.ca_file,
            credentials=role_alias(provider),
        ) as edge,
    ):
        for _ in range(3):
            edge.send_heartbeat(AgentVersion="1.0", **DEVICE)
        assert len(provider.requests) == 1
        stored = endpoint.store.requests()
        assert [row["access_key_id"] for row in stored] == [provider.issued[0].access_key_id] * 3


def test_what_is_sent(provider):
    keys = role_alias(provider).get(provider.now_s())
    key = provider.issued[0]
    assert keys == edgemote.Credentials(key.access_key_id, key.secret_access_key, key.session_token)
    (request,) = provider.requests
    assert (request.method, request.target) == ("GET", "/role-aliases/edge/credentials")
    assert request.headers == (("host", provider.endpoint), ("user-agent", "edgemote"))
    assert provider.servers[-1] == "localhost"


def test_the_thing_is_named_if_it_is_given(provider):
    provider.thing_name = "cam-7"
    assert "status 403 (Access Denied); check that" in refused(role_alias(provider), 0.0)
    role_alias(provider, thing_name="cam-7").get(provider.now_s())
    assert provider.requests[1].header("x-amzn-iot-thingname") == "cam-7"


@pytest.mark.parametrize(
    ("endpoint", "alias", "origin", "path"),
    [
        (PREFIX, "edge", f"https://{PREFIX}", "/role-aliases/edge/credentials"),
        (f"https://{PREFIX}", "a=b,c@d-e_", f"https://{PREFIX}", "/role-aliases/a=b,c@d-e_/"),
        (f"HTTPS://{PREFIX}/", "edge", f"https://{PREFIX}", "/role-aliases/edge/credentials"),
        (f"{PREFIX}:8443", "edge", f"https://{PREFIX}:8443", "/role-aliases/edge/credentials"),
        (f"https://{PREFIX}/role-aliases/edge/credentials", None, f"https://{PREFIX}", "/role-"),
        (f"https://{PREFIX}/role-aliases/edge/credentials", "edge", f"https://{PREFIX}", "/role-"),
        (f"{PREFIX}/role-aliases/edge/credentials", None, f"https://{PREFIX}", "/role-aliases/e"),
    ],
)
def test_a_host_or_the_whole_address(endpoint, alias, origin, path):
    asked = []

    def open_transport(origin, **settings):
        asked.append((origin, settings))
        raise ConfigError("this is far enough")

    found = edgemote.IotRoleAlias(endpoint, alias, "/cert", open_transport=open_transport)
    with pytest.raises(ConfigError):
        found.get(0.0)
    assert asked == [
        (
            origin,
            {
                "ca_file": None,
                "cert_file": "/cert",
                "key_file": None,
                "body_limit_bytes": limits.CREDENTIALS_BYTES,
            },
        )
    ]
    assert found.target.startswith(path)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"endpoint": ""}, "argument endpoint: expected a string, got an empty one"),
        ({"endpoint": 7}, "argument endpoint: expected a string, got int"),
        ({"endpoint": f"http://{PREFIX}"}, "argument endpoint: expected https, because"),
        ({"endpoint": f"ftp://{PREFIX}"}, "argument endpoint: expected an address like https://"),
        ({"endpoint": "a b"}, "argument endpoint: expected an address like https://"),
        ({"endpoint": "user@host"}, "argument endpoint: expected an address like https://"),
        ({"endpoint": "host\r\nx: y"}, "argument endpoint: expected an address like https://"),
        ({"endpoint": f"https://{PREFIX}/x"}, "argument endpoint: expected a host, or https://HO"),
        ({"endpoint": f"{PREFIX}?x"}, "argument endpoint: expected a host, or https://HOST/role-"),
        (
            {"role_alias": None},
            "argument role_alias: it is required, because the endpoint does not",
        ),
        ({"role_alias": ""}, "argument role_alias: expected a string, got an empty one"),
        ({"role_alias": 7}, "argument role_alias: expected a string, got int"),
        ({"role_alias": "a/b"}, "argument role_alias: expected up to 128 letters, digits and = ,"),
        ({"role_alias": "a" * 129}, "argument role_alias: expected up to 128 letters"),
        (
            {"endpoint": f"{PREFIX}/role-aliases/other/credentials"},
            "argument role_alias: 'edge' is not the one in the endpoint, 'other'",
        ),
        (
            {"endpoint": f"{PREFIX}/role-aliases//credentials", "role_alias": None},
            "argument role_alias: expected a string, got an empty one",
        ),
        ({"thing_name": "a b"}, "argument thing_name: expected up to 128 letters, digits and : -"),
        ({"thing_name": "a\r\nb: c"}, "argument thing_name: expected up to 128 letters"),
        ({"cert_file": None}, "argument cert_file: expected a string, got NoneType"),
        ({"key_file": 7}, "argument key_file: expected a string, got int"),
        ({"ca_file": ""}, "argument ca_file: expected a string, got an empty one"),
    ],
)
def test_what_cannot_be_given(changes, text):
    arguments = {"endpoint": PREFIX, "role_alias": "edge", "cert_file": "/cert", **changes}
    with pytest.raises(ConfigError) as caught:
        edgemote.IotRoleAlias(**arguments)
    assert str(caught.value).startswith(text)


@pytest.mark.parametrize(
    ("status", "document", "text"),
    [
        (403, {"message": "Invalid Certificate"}, "403 (Invalid Certificate); check that the c"),
        (404, {"message": "No such alias"}, "404 (No such alias); there is no such role alias"),
        (400, {"message": "Unable to assume"}, "400 (Unable to assume); check that the al"),
        (429, {}, "429"),
        (404, "<html>hunter2", "404; there is no such role alias"),
        (403, {"message": "hunter2" + "\r\n"}, "403; check that"),
        (403, {"message": ["hunter2"]}, "403; check that"),
        (403, b"\xff", "403; check that"),
        (403, '{"message":' + "[" * 50_000, "403; check that"),
        (500, {"message": "Internal failure"}, "500 (Internal failure)"),
    ],
)
def test_a_refusal_says_what_to_do(provider, status, document, text):
    provider.refusal = status, document
    asked = f"IoT role alias 'edge': GET https://{provider.endpoint}{provider.path} returned "
    assert refused(role_alias(provider), 0.0).startswith(f"{asked}status {text}")


def test_with_valid_keys_nobody_waits_long_for_new_ones(provider):
    times = []

    def open_transport(origin, **settings):
        times.append({name: value for name, value in settings.items() if name.endswith("_s")})
        return open_directly()(origin, **settings)

    now_s = provider.now_s()
    found = role_alias(provider, open_transport=open_transport)
    for second in (0, 2710, 10_000):
        found.get(now_s + second)
    names = ("connect_timeout_s", "read_timeout_s", "response_timeout_s")
    # Without valid ones, and with ones that have run out, they are worth the client's own patience.
    assert times == [{}, dict.fromkeys(names, limits.REFRESH_TIMEOUT_S), {}]


def test_a_client_does_not_try_again_what_its_source_refused(provider):
    provider.refusal = 500, ""
    with (
        edgemote.connect(
            SagemakerEdgeManager, region="us-west-2", credentials=role_alias(provider)
        ) as edge,
        pytest.raises(CredentialsError, match="returned status 500"),
    ):
        edge.send_heartbeat(AgentVersion="1.0", **DEVICE)
    assert len(provider.requests) == 1


KEYS = {
    "accessKeyId": "id",
    "secretAccessKey": "hunter2",
    "sessionToken": "hunter2",
    "expiration": "2023-02-06T05:54:46Z",
}


@pytest.mark.parametrize(
    ("document", "text"),
    [
        ({}, "unusable response of 2 bytes: Object missing required field `credentials`"),
        ([KEYS], "Expected `object`, got `array`"),
        ({"credentials": "hunter2"}, "Expected `object`, got `str` - at `$.credentials`"),
        ({"credentials": {**KEYS, "sessionToken": None}}, "got `null` - at `$.credentials.sessio"),
        ({"credentials": {**KEYS, "accessKeyId": ""}}, "access_key_id: it is empty"),
        (
            {"credentials": {**KEYS, "sessionToken": "hunter2\r\n"}},
            "session_token: it begins or ends with white",
        ),
        (
            {"credentials": {**KEYS, "expiration": "hunter2"}},
            "its expiration: expected a time like",
        ),
        ({"credentials": {**KEYS, "expiration": 1675662886}}, "Expected `str`, got `int`"),
        (b'{"credentials":{"accessKeyId":"\xff"}}', "it is not UTF-8 text"),
    ],
)
def test_what_an_answer_may_lack(provider, document, text):
    provider.refusal = 200, document
    said = refused(role_alias(provider), 0.0)
    assert said.startswith("IoT role alias 'edge': ")
    assert text in said


def test_a_certificate_of_another_authority_is_refused(provider, tmp_path):
    stranger = trustme.CA().issue_cert("cam-7.example")
    path = tmp_path / "stranger.pem"
    stranger.private_key_and_cert_chain_pem.write_to_path(str(path))
    said = refused(role_alias(provider, cert_file=str(path), key_file=None), 0.0)
    assert f"localhost:{provider.port}: " in said
    assert "unknown ca" in said
    assert provider.requests == []


def test_a_server_of_another_authority_is_refused(provider, tmp_path):
    path = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(str(path))
    said = refused(role_alias(provider, ca_file=str(path)), 0.0)
    assert "its certificate is refused: self-signed certificate in certificate chain" in said
    assert provider.requests == []


def test_a_server_of_another_name_is_refused():
    with CredentialProvider(host_names=["example.com"]) as provider:
        said = refused(role_alias(provider), 0.0)
        assert "its certificate is refused: Hostname mismatch" in said


def test_files_that_cannot_be_used(provider, tmp_path):
    absent = str(tmp_path / "absent.pem")
    for changes, text in (
        ({"cert_file": absent, "key_file": None}, f"cannot read {absent}: No such file"),
        ({"ca_file": absent}, f"cannot read CA file {absent}: No such file"),
        ({"key_file": provider.cert_file}, f"certificate {provider.cert_file} and private key"),
    ):
        said = refused(role_alias(provider, **changes), 0.0)
        assert said.startswith("IoT role alias 'edge': GET ")
        assert text in said


def test_a_renewed_certificate_counts_at_the_next_fetch(provider, tmp_path):
    path = tmp_path / "device.pem"
    found = role_alias(provider, cert_file=str(path), key_file=None)
    now_s = provider.now_s()
    assert "No such file" in refused(found, now_s)
    for file in (provider.key_file, provider.cert_file):
        with open(file, "rb") as source, open(path, "ab") as target:
            target.write(source.read())
    found.get(now_s + RETRY_PAUSE_S)


@pytest.mark.parametrize("years", [-4, 4])
def test_a_board_that_does_not_know_the_time(years):
    month = datetime.timedelta(days=30)
    era = datetime.timedelta(days=365 * years)
    middle = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None) + era
    of_then = {
        "clock_offset_s": era.total_seconds(),
        "not_before": middle - month,
        "not_after": middle + month,
    }
    clock = edgemote.Clock(earliest_s=0.0)
    with (
        Endpoint(any_device=True, **of_then) as endpoint,
        CredentialProvider(
            issue=lambda end_s: endpoint.add_key(temporary=True, expires_at_s=end_s), **of_then
        ) as provider,
        edgemote.connect(
            SagemakerEdgeManager,
            region=endpoint.region,
            endpoint_url=endpoint.url,
            ca_file=endpoint.ca_file,
            credentials=role_alias(provider),
            retries=0,
            clock=clock,
        ) as edge,
    ):
        for _ in range(2):
            edge.send_heartbeat(AgentVersion="1.0", **DEVICE)
        assert abs(clock.now() - endpoint.now_s()) < 60
        # The provider, asked first, is asked for the time; from then on it is known. That a board
        # is ahead takes the service for a second witness.
        assert [request.method for request in provider.requests] == ["HEAD", "GET"]
        asked = [404] if years < 0 else []
        assert [row["status"] for row in endpoint.store.requests()] == [*asked, 200, 200]


def test_it_is_asked_after_environment_and_shared_files(provider):
    alias = role_alias(provider)
    key = "aws_access_key_id = file\naws_secret_access_key = file\n"
    with aws_home({"AWS_ACCESS_KEY_ID": "environ", "AWS_SECRET_ACCESS_KEY": "environ"}):
        assert find_credentials(role_alias=alias).get(0.0).access_key_id == "environ"
    with aws_home({}, credentials="[default]\n" + key):
        assert find_credentials(role_alias=alias).get(0.0).access_key_id == "file"
    with aws_home({"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:1/"}):
        assert find_credentials(role_alias=alias) is alias
    assert provider.requests == []


def test_a_client_lends_its_way_to_the_network(provider):
    with Endpoint(any_device=True, ca_directory=provider.directory) as endpoint:
        meter = Meter()
        arguments = {
            "region": endpoint.region,
            "endpoint_url": endpoint.url,
            "ca_file": endpoint.ca_file,
            "retries": 0,
        }
        found = role_alias(provider, ca_file=None)
        with contextlib.ExitStack() as stack:
            first, second = (
                stack.enter_context(
                    edgemote.connect(
                        SagemakerEdgeManager, **arguments, credentials=found, meter=meter
                    )
                )
                for meter in (meter, None)
            )
            for edge in (first, second):
                # The endpoint does not know the keys, which is how we know that they were used.
                with pytest.raises(edgemote.ServiceError, match="security token"):
                    edge.send_heartbeat(AgentVersion="1.0", **DEVICE)
        assert len(provider.requests) == 1
        assert meter.connections == 2


def test_a_clients_proxy_is_used(provider):
    def refuse(wire):
        assert wire.read_head().startswith(f"CONNECT localhost:{provider.port} ".encode())
        wire.answer(b"", b"502 Bad Gateway")

    with (
        Peer(refuse) as proxy,
        aws_home({"HTTPS_PROXY": proxy.origin}),
        edgemote.connect(
            SagemakerEdgeManager, region="us-west-2", credentials=role_alias(provider)
        ) as edge,
        pytest.raises(CredentialsError, match="refused the tunnel with status 502"),
    ):
        edge.send_heartbeat(AgentVersion="1.0", **DEVICE)


class Meter:
    def __init__(self):
        self.connections = 0

    def connected(self):
        self.connections += 1

    def resumed(self):
        pass

    def sent(self, size):
        pass

    def received(self, size):
        pass


def test_no_secret_is_shown(provider):
    found = role_alias(provider)
    keys = found.get(provider.now_s())
    assert repr(found) == f"<IoT role alias 'edge' at https://{provider.endpoint}>"
    assert keys.secret_access_key not in repr(keys)
