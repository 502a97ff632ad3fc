"""Several clients of one session, and what they share."""

import inspect
import time

import pytest

import edgemote
from aws.s3 import S3
from aws.ssm import SSM
from aws.sts import STS
from aws_home import aws_home, ini
from edgemote.errors import ConfigError
from sts_server import serve

ROLE = "arn:aws:iam::123456789012:role/{}"
KEYS = edgemote.Credentials("AKIDSOURCE", "secret")
CONFIG = {
    "profile board": {
        "region": "eu-west-1",
        "role_arn": ROLE.format("board"),
        "source_profile": "board",
        "aws_access_key_id": "AKIDBOARD",
        "aws_secret_access_key": "secret",
    }
}


@pytest.fixture
def sts():
    with serve() as server, aws_home({"AWS_ENDPOINT_URL_STS": server.url}, ini(CONFIG)):
        yield server


def test_keys_are_fetched_once_for_all_clients(sts):
    session = edgemote.Session(profile="board")
    clients = [session.connect(service) for service in (SSM, STS, S3)]
    found = [client._call.provider.get(time.time()) for client in clients]
    assert {keys.access_key_id for keys in found} == {"ASIABOARD1"}
    assert len(sts.asked) == 1
    assert [client._call.settings.region for client in clients] == ["eu-west-1"] * 3


def test_settings_are_the_sessions_unless_a_client_has_its_own(sts):
    session = edgemote.Session(
        region="us-west-2", credentials=KEYS, timeout_s=7, retries=4, ca_file="/ca.pem"
    )
    ssm = session.connect(SSM)._call
    other = session.connect(SSM, region="eu-north-1", endpoint_url="http://localhost")._call
    s3 = session.connect(S3, path_style=True)._call
    assert ssm.settings.region == s3.settings.region == "us-west-2"
    assert (other.settings.region, other.settings.endpoint_url) == (
        "eu-north-1",
        "http://localhost",
    )
    assert s3.settings.path_style is True
    for pipeline in (ssm, other, s3):
        assert pipeline.settings.ca_file == "/ca.pem"
        assert pipeline.settings.max_attempts == 5
        assert pipeline._open_transport("https://h")._read_timeout_s == 7


def test_clients_share_one_clock_and_the_connections_to_an_origin(sts):
    clock = edgemote.Clock()
    session = edgemote.Session(region="us-west-2", credentials=KEYS, clock=clock)
    ssm, sts, s3, more = (session.connect(kind)._call for kind in (SSM, STS, S3, S3))
    assert {id(one.clock) for one in (ssm, sts, s3, more)} == {id(clock)}
    origin = "https://localhost"
    assert ssm._find_transport(origin) is sts._find_transport(origin)
    assert s3._find_transport(origin) is more._find_transport(origin)
    # An object store has no say about the time of the others.
    assert s3._find_transport(origin) is not ssm._find_transport(origin)
    assert ssm._find_transport(origin).may_sync
    assert not s3._find_transport(origin).may_sync


def test_without_a_clock_it_has_one(sts):
    session = edgemote.Session(region="us-west-2", credentials=KEYS)
    assert session.connect(SSM)._call.clock is session.connect(S3)._call.clock


def test_it_calls_and_closes(sts):
    with edgemote.Session(region="us-west-2", credentials=KEYS) as session:
        client = session.connect(STS)
        role = client.assume_role(RoleArn=ROLE.format("a"), RoleSessionName="cam-7")
        assert role.Credentials.AccessKeyId == "ASIAA1"
        transport = client._call._find_transport(sts.url)
        assert transport._kept is not None
    assert transport._kept is None


def test_wrong_arguments_are_told():
    with pytest.raises(TypeError, match="endpoint_url"):
        edgemote.Session(endpoint_url="http://localhost")
    with pytest.raises(ConfigError, match="argument timeout_s"):
        edgemote.Session(timeout_s=0, region="r-1", credentials=KEYS).connect(SSM)


def test_each_argument_of_connect_is_the_sessions_or_a_clients():
    own = set(inspect.signature(edgemote.Session).parameters)
    clients = set(inspect.signature(edgemote.Session.connect).parameters) - {"self"}
    assert own | clients == set(inspect.signature(edgemote.connect).parameters)
    assert own & clients == {"region"}
