"""What holds for every source of keys alike: one check, one way to the network."""

import json
import sys
import time
import traceback
from pathlib import Path

import pytest

import edgemote
from aws.sagemaker_edge import SagemakerEdgeManager
from aws_home import aws_home, ini
from edgemote import Clock, Credentials, CredentialsError, ValidationError
from edgemote.agent import config
from edgemote.agent.services import Services
from edgemote.credentials import REFUSED, SOURCES, find_credentials
from edgemote.http.tls import client_context
from edgemote.http.transport import Transport
from endpoint.certificates import load_authority, server_context
from endpoint.container import PATH, ContainerCredentials
from endpoint.credential_provider import CredentialProvider
from endpoint.instance_metadata import InstanceMetadata

FULL_URI = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
METADATA = "AWS_EC2_METADATA_SERVICE_ENDPOINT"
FIELDS = ("access_key_id", "secret_access_key", "session_token")
GOOD = dict(zip(FIELDS, ("AKIDHUNTER2", "hunter2/secret+", "hunter2/token=="), strict=True))
MARK = "\ufeff"


@pytest.fixture(scope="module")
def container():
    with ContainerCredentials() as server:
        yield server


@pytest.fixture(scope="module")
def instance():
    with InstanceMetadata() as server:
        yield server


@pytest.fixture(scope="module")
def role(tmp_path_factory):
    with CredentialProvider(directory=tmp_path_factory.mktemp("role")) as server:
        yield server


def pascal(keys, token="Token"):
    names = ("AccessKeyId", "SecretAccessKey", token)
    answer = dict(zip(names, keys.values(), strict=True))
    return json.dumps({**answer, "Version": 1, "Expiration": "2099-01-01T00:00:00Z"})


class Given:
    def __init__(self, keys):
        self.keys = keys

    def get(self, now_s):
        return Credentials(*self.keys.values())


@pytest.fixture
def ask(container, instance, role, monkeypatch):
    """Ask a source that has these keys; `mark` is put before what it says."""

    def ask(source, keys, mark=""):
        environ, credentials, given = {}, None, None
        if source == "environment":
            environ = {f"AWS_{name.upper()}": value for name, value in keys.items()}
        elif source == "file":
            section = {f"aws_{name}": value for name, value in keys.items()}
            credentials = mark + ini({"default": section})
        elif source == "program":
            program = "import os; os.write(1, os.environ['ANSWER'].encode())"
            environ = {"ANSWER": mark + pascal(keys, "SessionToken")}
            command = f'{sys.executable} -c "{program}"'
            credentials = ini({"default": {"credential_process": command}})
        elif source == "container":
            container.refusal = 200, mark + pascal(keys)
            environ = {FULL_URI: f"http://127.0.0.1:{container.port}{PATH}"}
        elif source == "instance":
            monkeypatch.setattr(instance, "issue", lambda: json.loads(pascal(keys)))
            environ = {METADATA: instance.url, "AWS_EC2_METADATA_DISABLED": "false"}
        elif source == "role":
            names = ("accessKeyId", "secretAccessKey", "sessionToken")
            answer = dict(zip(names, keys.values(), strict=True))
            answer["expiration"] = "2099-01-01T00:00:00Z"
            role.refusal = 200, mark + json.dumps({"credentials": answer})
            given = edgemote.IotRoleAlias(
                role.endpoint, "edge", role.cert_file, role.key_file, ca_file=role.ca_file
            )
        else:
            given = Given(keys) if source == "provider" else Credentials(*keys.values())
        with aws_home(environ, credentials=credentials):
            return find_credentials(given).get(time.time())

    return ask


NAMES = {
    "argument": "",
    "provider": "",
    "environment": "environment: ",
    "file": "profile 'default' of ",
    "program": "credential_process in profile 'default' of ",
    "container": f"container ({FULL_URI}): ",
    "instance": "instance metadata: ",
    "role": "IoT role alias 'edge': ",
}
WRONG = ["{}\r", "{}\n", "{}\r\n", " {}", "{} ", "{}\t", "{}\x00", "hunter2\x1b{}", "\u200b{}"]


@pytest.mark.parametrize("source", NAMES)
def test_every_source_hands_its_keys_out(ask, source):
    assert ask(source, GOOD) == Credentials(**GOOD)


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("source", NAMES)
def test_no_source_hands_out_a_key_with_what_no_key_has(ask, source, field, wrong):
    if source == "environment" and "\0" in wrong:
        return  # no environment can hold it
    keys = {**GOOD, field: wrong.format(GOOD[field])}
    if source == "file" and keys[field].strip() == GOOD[field]:
        assert ask(source, keys) == Credentials(**GOOD)  # a file's blanks are nobody's
        return
    kind = ValidationError if NAMES[source] == "" else CredentialsError
    with pytest.raises(kind) as caught:
        ask(source, keys)
    said = str(caught.value)
    assert said.startswith(NAMES[source])
    assert f"{field}: it h" in said
    assert "hunter2" not in "".join(traceback.format_exception(caught.value)).lower()


@pytest.mark.parametrize("field", FIELDS[:2])
@pytest.mark.parametrize("source", NAMES)
def test_no_source_hands_out_an_empty_key(ask, source, field):
    kind = ValidationError if NAMES[source] == "" else CredentialsError
    with pytest.raises(kind, match=f"(?i){field}:? (it )?is (empty|missing)") as caught:
        ask(source, {**GOOD, field: ""})
    assert str(caught.value).startswith(NAMES[source])


@pytest.mark.parametrize("source", ["file", "program", "container", "role"])
def test_a_byte_order_mark_before_the_answer_is_skipped(ask, source):
    assert ask(source, GOOD, MARK) == Credentials(**GOOD)


def test_a_byte_order_mark_before_the_config_and_a_containers_token(container, tmp_path):
    section = {f"aws_{name}": value for name, value in GOOD.items()}
    with aws_home(config=MARK + ini({"default": section})):
        assert find_credentials().get(0.0) == Credentials(**GOOD)
    token = tmp_path / "token"
    token.write_text(MARK + "Bearer me", encoding="utf-8")
    container.refusal = None
    container.requests.clear()
    environ = {
        FULL_URI: f"http://127.0.0.1:{container.port}{PATH}",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": str(token),
    }
    with aws_home(environ):
        find_credentials().get(container.now_s())
    assert container.requests[0].header("authorization") == "Bearer me"


@pytest.mark.parametrize("found", [None, ("AKID", "hunter2"), {"access_key_id": "hunter2"}])
def test_what_a_providers_get_returns_is_checked(found):
    class Own:
        def get(self, now_s):
            return found

    with (
        edgemote.connect(SagemakerEdgeManager, region="us-west-2", credentials=Own()) as edge,
        pytest.raises(CredentialsError) as caught,
    ):
        edge.get_deployments(DeviceName="cam-7", DeviceFleetName="dock")
    assert str(caught.value) == (
        f"argument credentials: its get(now_s) returned {type(found).__name__}, "
        "expected edgemote.Credentials"
    )


def test_a_module_that_finds_keys_has_a_row():
    folder = Path(edgemote.credentials.__file__).parent
    modules = {path.stem for path in folder.glob("*.py") if "\ndef find(" in path.read_text()}
    assert {name for name, _, _ in SOURCES if name != REFUSED} == modules


# The agent's -------------------------------------------------------------------------------------


class Counter:
    """A meter."""

    def __init__(self):
        self.connections = self.bytes = 0

    def connected(self):
        self.connections += 1

    def sent(self, size):
        self.bytes += size

    received = sent


def agents_services(folder, endpoint_url, ca_file, clock, meter):
    path = folder / "edgemote.toml"
    path.write_text(
        "[device]\n"
        'name = "cam-7"\nfleet = "dock"\nregion = "us-west-2"\n'
        f'endpoint_url = "{endpoint_url}"\nca_file = "{ca_file}"\n'
    )
    return Services(config.load(str(path)), clock, meter)


def test_the_agents_container_is_judged_counted_and_bounded_as_its_service(tmp_path):
    authority = load_authority(tmp_path)
    clock, meter = Clock(), Counter()
    with (
        ContainerCredentials(tls=server_context(authority, ("localhost",))) as server,
        aws_home({FULL_URI: f"{server.url}{PATH}"}),
    ):
        arguments = tmp_path, "https://localhost:1", tmp_path / "ca.pem", clock, meter
        services = agents_services(*arguments)
        # "unable to get local issuer certificate" without the device's authorities.
        assert services.provider.get(server.now_s()).session_token
        assert meter.connections == 1
        assert meter.bytes > 300
        again = agents_services(*arguments)
        again.deadline.at_s = time.monotonic() - 1.0
        with pytest.raises(CredentialsError, match="no connection within"):
            again.provider.get(server.now_s())


@pytest.mark.parametrize("source", ["container", "instance", "role"])
def test_what_is_handed_to_one_source_is_handed_to_all(
    container, instance, role, tmp_path, monkeypatch, source
):
    opened = []
    original = Transport.__init__

    def note(self, origin, **settings):
        opened.append((origin, settings))
        original(self, origin, **settings)

    monkeypatch.setattr(Transport, "__init__", note)
    clock, meter, iot = Clock(), Counter(), ""
    environ = {
        "container": {FULL_URI: f"http://127.0.0.1:{container.port}{PATH}"},
        "instance": {METADATA: instance.url, "AWS_EC2_METADATA_DISABLED": "false"},
        "role": {},
    }[source]
    container.refusal = role.refusal = None
    if source == "role":
        iot = (
            "[credentials]\n"
            f'iot_endpoint = "{role.endpoint}"\niot_role_alias = "edge"\n'
            f'cert_file = "{role.cert_file}"\nkey_file = "{role.key_file}"\n'
        )
    with aws_home(environ):
        path = tmp_path / "edgemote.toml"
        path.write_text(
            '[device]\nname = "cam-7"\nfleet = "dock"\nregion = "us-west-2"\n'
            f'ca_file = "{role.ca_file}"\n{iot}'
        )
        services = Services(config.load(str(path)), clock, meter)
        services.provider.get(time.time())
    ((_, settings),) = opened
    assert settings["clock"] is clock
    assert settings["meter"] is meter
    assert settings["deadline"] is services.deadline
    (trusted,) = settings["tls"]().get_ca_certs()
    assert trusted == client_context(role.ca_file).get_ca_certs()[0]
