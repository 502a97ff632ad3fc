"""What holds for every source of keys alike: one check, one way to the network."""

import contextlib
import json
import sys
import threading
import time
import traceback
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import edgemote
from aws.sagemaker_edge import SagemakerEdgeManager
from aws_home import aws_home, ini
from edgemote import Clock, Credentials, CredentialsError, ValidationError, limits
from edgemote.agent import config
from edgemote.agent.services import Services
from edgemote.credentials import REFUSED, SOURCES, find_credentials
from edgemote.credentials.http_source import UNREACHED_PAUSE_S
from edgemote.credentials.provider import RETRY_PAUSE_S
from edgemote.http.tls import client_context
from edgemote.http.transport import Transport
from endpoint.certificates import load_authority, server_context
from endpoint.container import PATH, ContainerCredentials
from endpoint.credential_provider import CredentialProvider
from endpoint.instance_metadata import InstanceMetadata

from .key_servers import open_directly, refused

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
        instance.refusal = None
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
    assert f"{field}: it " in said
    assert "hunter2" not in "".join(traceback.format_exception(caught.value)).lower()


@pytest.mark.parametrize("field", FIELDS[:2])
@pytest.mark.parametrize("source", NAMES)
def test_no_source_hands_out_an_empty_key(ask, source, field):
    kind = ValidationError if NAMES[source] == "" else CredentialsError
    with pytest.raises(kind, match=f"(?i){field}:? (it )?is (empty|missing|required)") as caught:
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


# Over HTTP ---------------------------------------------------------------------------------------

# Requests of one fetch, attempts at each.
FETCHES = {"container": (1, 3), "instance": (3, 1), "role": (1, 1)}


class Asked:
    """A source that is asked over HTTP, and the server behind it."""

    def __init__(self, kind, server):
        self.kind = kind
        self.server = server
        self.requests, self.attempts = FETCHES[kind]
        server.lifetime_s, server.refusal = 3600.0, None
        server.faults.clear()
        server.requests.clear()
        server.issued.clear()

    def find(self, open_transport=None):
        server, environ = self.server, {"HOME": "/nowhere"}
        if self.kind == "role":
            return edgemote.IotRoleAlias(
                server.endpoint,
                "edge",
                server.cert_file,
                server.key_file,
                ca_file=server.ca_file,
                open_transport=open_transport,
            )
        if self.kind == "container":
            environ[FULL_URI] = f"http://127.0.0.1:{server.port}{PATH}"
        else:
            environ[METADATA] = server.url
        return find_credentials(environ=environ, open_transport=open_transport)


@pytest.fixture(params=FETCHES)
def source(request, container, instance, role):
    served = {"container": container, "instance": instance, "role": role}[request.param]
    return Asked(request.param, served)


def test_it_is_asked_again_ahead_of_the_end_of_its_keys(source):
    now_s = source.server.now_s()
    found = source.find()
    first = found.get(now_s)
    assert found.get(now_s + 2650) is first
    assert len(source.server.requests) == source.requests
    assert found.get(now_s + 2710) is not first
    assert len(source.server.requests) == 2 * source.requests
    assert len(source.server.issued) == 2


@pytest.mark.parametrize(
    ("status", "pause_s"),
    [(400, 120), (403, 120), (404, 120), (429, 120), (500, 60), (503, 60), (301, 60), (204, 60)],
)
def test_a_refusal_holds_for_a_while(source, status, pause_s):
    # The pauses are those of Greengrass. botocore would ask again at once.
    source.server.refusal = status, ""
    now_s = source.server.now_s()
    found = source.find()
    for second in range(0, pause_s, 7):
        said = refused(found, now_s + second)
        assert said.startswith(NAMES[source.kind])
        assert f" returned status {status}" in said
    assert len(source.server.requests) == (source.attempts if status >= 500 else 1)
    source.server.refusal = None
    assert found.get(now_s + pause_s) is found.get(now_s + pause_s + 1)


def test_while_a_refresh_is_refused_what_is_valid_is_used(source):
    source.server.lifetime_s = 900
    now_s = source.server.now_s()
    found = source.find()
    first = found.get(now_s)
    source.server.refusal = 403, {"message": "Access Denied"}
    for second in range(0, 895, 5):
        assert found.get(now_s + second) is first
    # Asked at 675 s, and again after 120.
    assert len(source.server.requests) == source.requests + 2
    assert "status 403" in refused(found, now_s + 901)
    source.server.refusal = None
    second = found.get(now_s + 675 + 245)
    assert second.access_key_id == source.server.issued[1].access_key_id


def test_an_outage_in_the_middle_of_a_refresh(source):
    now_s = source.server.now_s()
    found = source.find()
    first = found.get(now_s)
    source.server.stop()
    try:
        assert found.get(now_s + 2710) is first
        assert f":{source.server.port}: Connection refused" in refused(found, now_s + 3601)
    finally:
        source.server.start()
    refused(found, now_s + 3601 + UNREACHED_PAUSE_S - 1)
    assert found.get(now_s + 3601 + UNREACHED_PAUSE_S) is not first


def test_one_fetch_at_a_time(source):
    source.server.faults.add("latency", seconds=0.3)
    found = source.find(open_directly(read_timeout_s=30, response_timeout_s=30))
    now_s = source.server.now_s()
    results = []
    threads = [threading.Thread(target=lambda: results.append(found.get(now_s))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(source.server.issued) == 1
    assert len(results) == 8
    assert all(keys is results[0] for keys in results)


@pytest.mark.parametrize(
    ("fault", "options", "text"),
    [
        ("latency", {"seconds": 5.0}, "silent for 0.3 s"),
        ("drip", {"gap_s": 0.05}, "the response did not end in time"),
        ("garbage", {}, "the peer does not speak HTTP"),
        ("huge-body", {"bytes": limits.CREDENTIALS_BYTES + 1}, "the body exceeds its limit"),
        ("huge-header", {}, "HEAD_BYTES"),
        ("close-before-answer", {}, "before"),
        ("close-mid-answer", {}, "middle of the response"),
        ("reset", {}, "before"),
        ("unavailable", {}, "returned status 503"),
        ("empty-200", {}, ""),
    ],
)
@pytest.mark.parametrize(
    ("source", "question"),
    [(kind, question) for kind, (requests, _) in FETCHES.items() for question in range(requests)],
    indirect=["source"],
)
def test_what_a_server_may_do_wrong(source, fault, options, text, question):
    # What has to be waited for is waited for briefly; a slow board gets the time that it needs.
    brief = {"latency": {"read_timeout_s": 0.3}, "drip": {"response_timeout_s": 0.3}}
    found = source.find(open_directly(**brief.get(fault, {})))
    source.server.faults.add(fault, times=None, skip=question, **options)
    now_s = source.server.now_s()
    said = refused(found, now_s)
    assert said.startswith(NAMES[source.kind])
    assert text in said
    requests = len(source.server.requests)
    assert requests <= question + source.attempts
    refused(found, now_s + UNREACHED_PAUSE_S - 1)
    assert len(source.server.requests) == requests
    source.server.faults.clear()
    found.open_transport = open_directly(read_timeout_s=30, response_timeout_s=30)
    keys = found.get(now_s + RETRY_PAUSE_S)
    assert keys.access_key_id == source.server.issued[-1].access_key_id


TEXTS = st.text(max_size=9)
ISSUED = {
    "Code": TEXTS | st.just("Success") | st.none(),
    "AccessKeyId": TEXTS | st.just("id"),
    "SecretAccessKey": st.just("hunter2") | st.integers(),
    "Token": st.just("hunter2") | TEXTS | st.none(),
    "sessionToken": st.just("hunter2") | st.none(),
    "Expiration": TEXTS | st.just("2023-02-06T05:54:46Z") | st.just("0001-01-01T00:00:00+23:59"),
}
ISSUED |= {name[0].lower() + name[1:]: values for name, values in ISSUED.items()}
WHOLE = {
    "AccessKeyId": "id",
    "SecretAccessKey": "hunter2",
    "Token": "hunter2",
    "Expiration": "2023-02-06T05:54:46Z",
}
WHOLE |= {name[0].lower() + name[1:]: value for name, value in WHOLE.items()}
WHOLE["sessionToken"] = "hunter2"


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.sampled_from([200, 200, 200, 301, 400, 403, 404, 500]),
    st.binary(max_size=300)
    | st.recursive(
        st.none()
        | st.booleans()
        | st.floats()
        | st.text(max_size=20)
        | st.fixed_dictionaries({}, optional=ISSUED),
        lambda inner: (
            st.dictionaries(st.sampled_from(["credentials", "message", "x"]), inner)
            | st.lists(inner, max_size=3)
        ),
        max_leaves=8,
    ),
)
@example(200, {**WHOLE, "credentials": WHOLE})
@example(200, {**WHOLE, "Token": ""})
@example(200, {**WHOLE, "Expiration": "0001-01-01T00:00:00+23:59"})
@example(200, {"credentials": {**WHOLE, "expiration": "9999-12-31T23:59:59-23:59"}})
@example(200, b"token")
@example(200, b"token\r\nx: y")
@example(200, b"[" * 60_000)
@example(200, b'{"credentials":' + b"[" * 60_000)
@example(200, b'{"credentials":{"accessKeyId":"\\ud800"}}')
def test_hostile_responses_give_keys_or_an_error_of_ours(source, status, document):
    source.server.refusal = status, document
    with contextlib.suppress(CredentialsError):
        keys = source.find().get(0.0)
        assert status == 200
        said = document.get("credentials", document) if source.kind == "role" else document
        names = ("AccessKeyId", "accessKeyId")
        assert keys.access_key_id in [said.get(name) for name in names]
        assert keys.secret_access_key == "hunter2"
        return
    assert refused(source.find()).isprintable()


# The agent's -------------------------------------------------------------------------------------


class Counter:
    """A meter."""

    def __init__(self):
        self.connections = self.bytes = 0

    def connected(self):
        self.connections += 1

    def resumed(self):
        pass

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
    container.refusal = instance.refusal = role.refusal = None
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
    ((_, given),) = opened
    assert given["clock"] is clock
    assert given["meter"] is meter
    assert given["deadline"] is services.deadline
    (trusted,) = given["tls"]().get_ca_certs()
    assert trusted == client_context(role.ca_file).get_ca_certs()[0]
