"""The keys of an instance, from a real metadata service; botocore asks the same one the same."""

import botocore.credentials
import botocore.utils
import pytest

import edgemote
from aws.sagemaker_edge import SagemakerEdgeManager
from aws_home import aws_home
from edgemote import Credentials, limits
from edgemote.credentials import find_credentials, instance
from edgemote.credentials.provider import ProviderContext
from edgemote.errors import ConfigError, CredentialsError
from edgemote.profiles import SharedFiles
from endpoint import Endpoint
from endpoint.instance_metadata import ROLES_PATH, TOKEN_PATH, InstanceMetadata

from .http_peer import refusing_port
from .key_servers import refused

NAME = "instance metadata"
ENDPOINT = "AWS_EC2_METADATA_SERVICE_ENDPOINT"
MODE = "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"


@pytest.fixture(scope="module")
def served():
    with InstanceMetadata() as server:
        yield server


@pytest.fixture
def server(served):
    served.lifetime_s, served.refusal = 3600.0, None
    served.role, served.code, served.token = "edge-role", "Success", ""
    served.faults.clear()
    served.requests.clear()
    served.issued.clear()
    return served


def find(environ, open_transport=None):
    return instance.find(
        ProviderContext(None, environ, SharedFiles({}), open_transport=open_transport)
    )


def found_at(server):
    return find({ENDPOINT: f"http://127.0.0.1:{server.port}"})


def asked(request):
    counting = ("host", "x-aws-ec2-metadata-token-ttl-seconds", "content-length")
    return (
        request.method,
        request.target,
        {name: value for name, value in request.headers if name in counting},
        request.body,
    )


@pytest.mark.parametrize("slash", ["", "/", "/moved", "/moved/"])
def test_requests_and_keys_are_botocores(server, slash):
    endpoint = f"http://127.0.0.1:{server.port}{slash}"
    fetcher = botocore.utils.InstanceMetadataFetcher(
        env={}, config={"ec2_metadata_service_endpoint": endpoint, "ec2_metadata_v1_disabled": True}
    )
    if "moved" in slash:
        refused(find({ENDPOINT: endpoint}))
        with pytest.raises(botocore.exceptions.MetadataRetrievalError):
            fetcher.retrieve_iam_role_credentials()
        ours, theirs = map(asked, server.requests)
        assert ours == theirs
        assert ours[1] == f"/moved{TOKEN_PATH}"
        return
    ours = find({ENDPOINT: endpoint}).get(server.now_s())
    theirs = botocore.credentials.InstanceMetadataProvider(fetcher).load().get_frozen_credentials()
    assert [asked(request) for request in server.requests[:3]] == [
        asked(request) for request in server.requests[3:]
    ]
    assert [request.target for request in server.requests[:3]] == [
        TOKEN_PATH,
        ROLES_PATH,
        ROLES_PATH + "edge-role",
    ]
    assert [ours, Credentials(theirs.access_key, theirs.secret_key, theirs.token)] == [
        Credentials(key.access_key_id, key.secret_access_key, key.session_token)
        for key in server.issued
    ]


def test_a_client_signs_with_the_keys_of_its_instance(server):
    with (
        Endpoint(any_device=True) as endpoint,
        InstanceMetadata(
            issue=lambda end_s: endpoint.add_key(temporary=True, expires_at_s=end_s)
        ) as metadata,
        aws_home({ENDPOINT: metadata.url, "AWS_EC2_METADATA_DISABLED": "false"}),
        edgemote.connect(
            SagemakerEdgeManager,
            region=endpoint.region,
            endpoint_url=endpoint.url,
            ca_file=endpoint.ca_file,
        ) as edge,
    ):
        assert metadata.requests == []
        edge.send_heartbeat(AgentVersion="1.0", DeviceName="cam-7", DeviceFleetName="dock")
        assert len(metadata.requests) == 3


@pytest.mark.parametrize("value", ["true", "True", "TRUE"])
def test_it_can_be_switched_off(value):
    environ = {"AWS_EC2_METADATA_DISABLED": value}
    with pytest.raises(CredentialsError, match=r"switched off by AWS_EC2_METADATA_DISABLED$"):
        find_credentials(environ=environ)
    assert find_credentials(environ={"AWS_EC2_METADATA_DISABLED": "false"}).name == NAME


@pytest.mark.parametrize(
    ("environ", "origin"),
    [
        ({}, "http://169.254.169.254"),
        ({MODE: "IPv4"}, "http://169.254.169.254"),
        ({MODE: "IPv6"}, "http://[fd00:ec2::254]"),
        ({ENDPOINT: "http://localhost:1338", MODE: "IPv6"}, "http://localhost:1338"),
        ({ENDPOINT: ""}, "http://169.254.169.254"),
    ],
)
def test_where_it_is_asked(environ, origin):
    opened = []

    def open_transport(origin, **settings):
        opened.append((origin, settings))
        raise ConfigError("this is far enough")

    with pytest.raises(ConfigError):
        find(environ, open_transport).get(0.0)
    assert opened == [
        (
            origin,
            {
                "connect_timeout_s": 1.0,
                "read_timeout_s": 1.0,
                "response_timeout_s": 1.0,
                "body_limit_bytes": limits.CREDENTIALS_BYTES,
                "proxy": None,
            },
        )
    ]


@pytest.mark.parametrize(
    ("environ", "text"),
    [
        ({ENDPOINT: "localhost"}, f"{ENDPOINT}: expected an address like https://host/path"),
        ({ENDPOINT: "http://a b/"}, f"{ENDPOINT}: expected an address like https://host/path"),
        ({MODE: "both"}, f"{MODE}: expected IPv4 or IPv6, got 'both'"),
    ],
)
def test_settings_that_cannot_be_used(environ, text):
    with pytest.raises(ConfigError) as caught:
        find(environ)
    assert str(caught.value).startswith(text)


def test_on_a_board_that_is_no_instance_every_source_says_what_to_set():
    with (
        refusing_port() as port,
        aws_home(
            {ENDPOINT: f"http://127.0.0.1:{port}", "AWS_EC2_METADATA_DISABLED": "false"},
        ),
        edgemote.connect(SagemakerEdgeManager, region="us-west-2") as edge,
        pytest.raises(CredentialsError) as caught,
    ):
        edge.send_heartbeat(AgentVersion="1.0", DeviceName="cam-7", DeviceFleetName="dock")
    assert str(caught.value).startswith("no credentials found; environment: set AWS_ACCESS_KEY_ID ")
    assert str(caught.value).endswith(
        f"; instance metadata: PUT http://127.0.0.1:{port}{TOKEN_PATH}: "
        f"127.0.0.1:{port}: Connection refused"
    )


@pytest.mark.parametrize("status", [400, 403, 404, 405, 500])
def test_version_1_is_not_spoken(server, status):
    server.refusal = status, ""
    assert f"PUT http://127.0.0.1:{server.port}{TOKEN_PATH} returned status {status}" in (
        refused(found_at(server))
    )
    assert [request.method for request in server.requests] == ["PUT"]


def test_an_instance_without_a_role(server):
    server.role = None
    now_s = server.now_s()
    found = found_at(server)
    assert f"{ROLES_PATH} returned status 404" in refused(found, now_s)
    refused(found, now_s + 119)
    assert len(server.requests) == 2


def test_a_role_that_may_not_be_assumed(server):
    server.code = "AssumeRoleUnauthorizedAccess"
    assert refused(found_at(server)) == (
        "instance metadata: no keys for role edge-role: AssumeRoleUnauthorizedAccess; "
        "check that EC2 may assume the role"
    )
    server.code = "hunter2\r\n"
    assert "no keys for role edge-role: another code" in refused(found_at(server))


@pytest.mark.parametrize("role", ["a/b", "../x", "a b", "r" * 65, "a?b", "", " ", "ä", "a\rb"])
def test_what_is_no_name_of_a_role_gets_into_no_path(server, role):
    server.role = role
    assert refused(found_at(server)) == "instance metadata: its response is not the name of a role"
    assert len(server.requests) == 2


def test_the_first_of_several_roles_counts(server):
    server.role = "edge-role\nother-role\n"
    found_at(server).get(server.now_s())
    assert server.requests[-1].path == ROLES_PATH + "edge-role"
