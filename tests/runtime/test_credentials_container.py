"""The keys of containers, from real servers; botocore asks the same ones the same."""

import ipaddress
import os
import time

import botocore.credentials
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import edgemote
from aws.sagemaker_edge import SagemakerEdgeManager
from aws_home import aws_home
from edgemote import Credentials, limits
from edgemote.credentials import container, find_credentials
from edgemote.credentials.http_source import (
    REQUEST_REFUSED_PAUSE_S,
    UNREACHED_PAUSE_S,
)
from edgemote.credentials.provider import ProviderContext
from edgemote.errors import ConfigError, CredentialsError
from edgemote.http import is_loopback
from edgemote.http.transport import Transport
from edgemote.profiles import SharedFiles
from endpoint.certificates import load_authority, server_context
from endpoint.container import PATH, ContainerCredentials

from .key_servers import open_directly, refused

FULL_URI = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
RELATIVE_URI = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
TOKEN = "AWS_CONTAINER_AUTHORIZATION_TOKEN"
TOKEN_FILE = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"


@pytest.fixture(scope="module")
def served():
    with ContainerCredentials() as server:
        yield server


@pytest.fixture
def server(served):
    served.lifetime_s, served.refusal, served.authorization = 3600.0, None, None
    served.faults.clear()
    served.requests.clear()
    served.issued.clear()
    return served


def find(environ, open_transport=None):
    return container.find(
        ProviderContext(None, environ, SharedFiles({}), open_transport=open_transport)
    )


def url(server):
    return f"http://127.0.0.1:{server.port}{PATH}"


def ask_botocore(environ):
    fetcher = botocore.credentials.ContainerMetadataFetcher(sleep=lambda seconds: None)
    found = botocore.credentials.ContainerProvider(environ, fetcher).load()
    keys = found.get_frozen_credentials()
    return Credentials(keys.access_key, keys.secret_key, keys.token)


def asked(request):
    """What counts of a request; botocore's has a User-Agent and Accept-Encoding of its own."""
    counting = ("host", "accept", "authorization")
    return (
        request.method,
        request.target,
        {name: value for name, value in request.headers if name in counting},
        request.body,
    )


@pytest.mark.parametrize("given", ["nothing", "token", "file", "both"])
def test_requests_and_keys_are_botocores(server, tmp_path, given):
    file = tmp_path / "token"
    file.write_text("Bearer of-the-file")
    environ = {FULL_URI: url(server) + "?id=1&x=%20"}
    if given in ("token", "both"):
        environ[TOKEN] = "of-the-environment"
    if given in ("file", "both"):
        environ[TOKEN_FILE] = str(file)
    ours, theirs = find(environ).get(server.now_s()), ask_botocore(environ)
    mine, other = server.requests
    assert asked(mine) == asked(other)
    assert mine.header("authorization") == {
        "nothing": None,
        "token": "of-the-environment",
        "file": "Bearer of-the-file",
        "both": "Bearer of-the-file",
    }.get(given)
    assert [ours, theirs] == [
        Credentials(key.access_key_id, key.secret_access_key, key.session_token)
        for key in server.issued
    ]


class Diverted:
    """What has the address of ECS, which no test machine has, goes to a server here."""

    def __init__(self, server):
        self.server = server
        self.asked = []

    def __call__(self, origin, **settings):
        self.asked.append((origin, settings))
        return Transport(f"http://127.0.0.1:{self.server.port}", **settings)


def test_the_address_of_ecs(server):
    environ = {RELATIVE_URI: PATH, FULL_URI: "http://127.0.0.1:1/"}
    open_transport = Diverted(server)
    find(environ, open_transport).get(server.now_s())
    ((origin, settings),) = open_transport.asked
    theirs = botocore.credentials.ContainerMetadataFetcher().full_url(PATH)
    assert origin + server.requests[0].target == theirs
    assert server.requests[0].header("host") == "169.254.170.2"
    assert settings == {
        "connect_timeout_s": 2.0,
        "read_timeout_s": 2.0,
        "response_timeout_s": 2.0,
        "body_limit_bytes": limits.CREDENTIALS_BYTES,
        "proxy": None,
    }


def test_without_an_address_the_next_source_is_asked():
    for environ in ({}, {FULL_URI: "", RELATIVE_URI: ""}):
        with pytest.raises(CredentialsError, match=f"container: neither {RELATIVE_URI} nor "):
            find_credentials(environ={"AWS_EC2_METADATA_DISABLED": "true", **environ})


HOSTS = [
    "127.0.0.1",
    "127.255.255.255",
    "127.0.0.256",
    "127.0.0.01",
    "127.0.0",
    "127.0.0.1.example.com",
    "127.example.com.x",
    "localhost",
    "localhost.example.com",
    "169.254.170.2",
    "169.254.170.23",
    "169.254.170.24",
    "169.254.169.254",
    "10.0.0.1",
    "example.com",
    "[::1]",
    "[fd00:ec2::23]",
    "[fd00:ec2::254]",
    "[::]",
]


@pytest.mark.parametrize("port", ["", ":80", ":8080"])
@pytest.mark.parametrize("host", HOSTS)
def test_hosts_that_may_be_asked_without_tls_are_botocores(host, port):
    address = f"http://{host}{port}/x"
    fetcher = botocore.credentials.ContainerMetadataFetcher()
    try:
        fetcher._validate_allowed_url(address)
    except ValueError:
        with pytest.raises(ConfigError, match=rf"^{FULL_URI}: .* may not be used without TLS; ex"):
            find({FULL_URI: address})
    else:
        find({FULL_URI: address})
    find({FULL_URI: f"https://{host}{port}/x"})


@given(
    st.lists(st.sampled_from(["127", "0", "1", "255", "256", "01", "a", "", "٣"]), max_size=5),
    st.sampled_from(".:"),
)
@example(["127", "0", "0", "1"], ".")
def test_loopback_addresses_are_pythons(parts, joint):
    host = joint.join(parts)
    try:
        expected = ipaddress.IPv4Address(host).is_loopback
    except ValueError:
        expected = False
    assert is_loopback(host) == expected


@pytest.mark.parametrize(
    ("environ", "text"),
    [
        ({FULL_URI: "127.0.0.1/x"}, f"{FULL_URI}: expected an address like https://host/path"),
        ({FULL_URI: "ftp://127.0.0.1/x"}, f"{FULL_URI}: expected an address like"),
        ({FULL_URI: "http://127.0.0.1@example.com/"}, f"{FULL_URI}: expected an address like"),
        ({FULL_URI: "http://127.0.0.1:0/"}, f"{FULL_URI}: expected an address like"),
        ({FULL_URI: "http://127.0.0.1/a b"}, f"{FULL_URI}: expected an address like"),
        ({FULL_URI: "http://127.0.0.1/\r\nx: y"}, f"{FULL_URI}: expected an address like"),
        ({FULL_URI: "http://example.com\\@127.0.0.1/"}, f"{FULL_URI}: expected an address like"),
        ({RELATIVE_URI: "evil"}, f"{RELATIVE_URI}: expected a path that begins with /"),
        ({RELATIVE_URI: ".example.com/"}, f"{RELATIVE_URI}: expected a path that begins with /"),
        ({RELATIVE_URI: "/a\r\nb"}, f"{RELATIVE_URI}: expected an address like"),
    ],
)
def test_addresses_that_are_refused(environ, text):
    with pytest.raises(ConfigError) as caught:
        find(environ)
    assert str(caught.value).startswith(text)


@pytest.mark.parametrize("token", ["hunter2\n", "hunter2\r", "a\r\nb: hunter2", "h\0", "häunter2"])
def test_a_token_that_is_not_one_line_is_refused(server, tmp_path, token):
    file = tmp_path / "token"
    file.write_text(token, newline="")
    for environ, name in (({TOKEN: token}, TOKEN), ({TOKEN_FILE: str(file)}, TOKEN_FILE)):
        said = refused(find({FULL_URI: url(server), **environ}))
        assert said.startswith(f"container: {name}")
        assert said.endswith("expected one line of ASCII text without a line ending")
    assert server.requests == []


def test_the_file_of_the_token_is_read_at_each_fetch(server, tmp_path):
    file = tmp_path / "token"
    file.write_text("one")
    found = find({FULL_URI: url(server), TOKEN_FILE: str(file)})
    now_s = server.now_s()
    found.get(now_s)
    file.write_text("two")
    found.get(now_s + 2710)
    assert [request.header("authorization") for request in server.requests] == ["one", "two"]


def test_files_without_a_token(server, tmp_path):
    empty, long, pipe = tmp_path / "empty", tmp_path / "long", tmp_path / "pipe"
    empty.touch()
    long.write_bytes(b"h" * limits.LINE_BYTES)
    os.mkfifo(pipe)
    for path, text in (
        (tmp_path / "absent", "cannot be read: No such file or directory"),
        (tmp_path, "cannot be read: Is a directory"),
        (empty, "is empty"),
        (long, f"is longer than {limits.LINE_BYTES - 1} bytes"),
        (pipe, "is empty"),  # and nobody waited for its writer
    ):
        said = refused(find({FULL_URI: url(server), TOKEN_FILE: str(path)}))
        assert said == f"container: {TOKEN_FILE} {path} {text}"
    assert server.requests == []


@pytest.mark.parametrize("fault", ["unavailable", "reset", "close-before-answer"])
def test_three_tries(server, fault):
    environ = {FULL_URI: url(server)}
    now_s = server.now_s()
    server.faults.add(fault, times=2)
    find(environ).get(now_s)
    assert len(server.requests) == 3
    server.faults.add(fault, times=3)
    found = find(environ)
    said = refused(found, now_s)
    assert said.startswith(f"container ({FULL_URI}): GET http://127.0.0.1:{server.port}")
    assert PATH not in said
    assert len(server.requests) == 6
    refused(found, now_s + UNREACHED_PAUSE_S - 1)
    assert len(server.requests) == 6


def test_a_refusal_is_final_for_a_while(server):
    # botocore asks three times and would ask again at once.
    server.authorization = "other"
    found = find({FULL_URI: url(server), TOKEN: "hunter2"})
    now_s = server.now_s()
    for second in (0, 60, REQUEST_REFUSED_PAUSE_S - 1):
        said = refused(found, now_s + second)
        # Of the address no path: with that of ECS, whoever can reach the host gets the keys.
        asked = f"GET {url(server).removesuffix(PATH)}"
        assert said == f"container ({FULL_URI}): {asked} returned status 401"
    assert len(server.requests) == 1
    server.authorization = "hunter2"
    found.get(now_s + REQUEST_REFUSED_PAUSE_S)


def test_a_server_that_says_nothing_is_left(server):
    server.faults.add("latency", times=3, seconds=5.0)
    said = refused(find({FULL_URI: url(server)}, open_directly(read_timeout_s=0.1)))
    assert said.endswith(f"127.0.0.1:{server.port}: silent for 0.1 s")
    # A busy server reads the last of them later than the client waits.
    end_s = time.monotonic() + 60
    while len(server.requests) < 3 and time.monotonic() < end_s:
        time.sleep(0.01)
    assert len(server.requests) == 3


def test_no_proxy_is_asked_for_the_way(server):
    environ = {FULL_URI: url(server), "HTTP_PROXY": "http://127.0.0.1:1"}
    with (
        aws_home(environ),
        edgemote.connect(
            SagemakerEdgeManager,
            region="us-west-2",
            endpoint_url="http://service.lan",
            retries=0,
        ) as edge,
        pytest.raises(edgemote.ConnectError, match=r"service.lan:80 through proxy 127\.0\.0\.1:1"),
    ):
        edge.send_heartbeat(AgentVersion="1.0", DeviceName="cam-7", DeviceFleetName="dock")
    assert len(server.issued) == 1


def test_https_of_the_clients_authorities(tmp_path):
    authority = load_authority(tmp_path)
    environ = {}
    ours = str(tmp_path / "ca.pem")

    def open_ours(origin, **settings):
        return open_directly()(origin, ca_file=ours, **settings)

    with ContainerCredentials(tls=server_context(authority, ("localhost",))) as server:
        environ[FULL_URI] = f"{server.url}{PATH}"
        assert find(environ, open_ours).get(server.now_s())
        assert server.servers == ["localhost"]
        assert "its certificate is refused" in refused(find(environ))
