"""The agent's clients have what its configuration says of the link."""

import sys

import pytest

from aws.sagemaker_edge import SagemakerEdgeManager
from aws_home import aws_home, ini
from edgemote import Clock, ConfigError
from edgemote.agent.config import load
from edgemote.agent.services import Services
from sts_server import serve

from .http_peer import Peer, Wire


def make_services(tmp_path, monkeypatch, line=""):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIA")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    file = tmp_path / "edgemote.toml"
    file.write_text(
        f'[device]\nname = "n"\nfleet = "f"\nregion = "us-west-2"\n[link]\n{line}\n'
        f'[folders]\nstate = "{tmp_path}"\n'
    )
    return Services(load(str(file)), Clock(), None)


@pytest.mark.parametrize(("line", "expected_s"), [("", 240), ("kept_idle_s = 17", 17)])
def test_how_long_the_agent_keeps_a_connection(tmp_path, monkeypatch, line, expected_s):
    services = make_services(tmp_path, monkeypatch, line)
    edge = services.connect(SagemakerEdgeManager, services.provider, None)
    for client in (edge, services.open_s3()):
        assert client._call._open_transport("http://h")._kept_idle_s == expected_s
        client.close()


def test_where_a_bucket_is_is_told_once_for_all_clients(tmp_path, monkeypatch):
    """Each round of uploads and each deployment has a client of its own."""
    regions = []

    def script(wire: Wire) -> None:
        while head := wire.read_head():
            regions.append(head.partition(b"/s3/")[0].rpartition(b"/")[2].decode())
            there = regions[-1] == "eu-west-1"
            status = b"200 OK" if there else b"301 Moved"
            wire.answer(b"", status, b"x-amz-bucket-region: eu-west-1\r\n")

    with Peer(script) as peer:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", peer.origin)
        services = make_services(tmp_path, monkeypatch)
        for _ in range(2):
            s3 = services.open_s3()
            s3.head_object(Bucket="models", Key="k")
            s3.close()
    assert regions == ["us-west-2", "eu-west-1", "eu-west-1"]


def test_a_bundle_without_s3_says_so(tmp_path, monkeypatch):
    """ConfigError, which is a deployment's reason to fail: any other would be tried for ever."""
    services = make_services(tmp_path, monkeypatch)
    monkeypatch.setitem(sys.modules, "aws.s3", None)
    with pytest.raises(
        ConfigError, match=r"bundle s3:GetObject,HeadObject, or deploy by presigned"
    ):
        services.open_s3()


def test_the_agent_assumes_the_role_of_its_profile(tmp_path):
    role = "arn:aws:iam::123456789012:role/edge"
    profiles = {
        "profile board": {"role_arn": role, "source_profile": "base", "external_id": "dock 7"},
        "profile base": {"aws_access_key_id": "AKIDBASE", "aws_secret_access_key": "secret"},
    }
    file = tmp_path / "edgemote.toml"
    file.write_text(
        '[device]\nname = "n"\nfleet = "f"\nregion = "eu-west-1"\n'
        f'[credentials]\nprofile = "board"\n[folders]\nstate = "{tmp_path}"\n'
    )
    with serve() as sts, aws_home({"AWS_ENDPOINT_URL_STS": sts.url}, ini(profiles)):
        clock = Clock()
        provider = Services(load(str(file)), clock, None).provider
        assert sts.asked == []
        assert provider.get(clock.now()).access_key_id == "ASIAEDGE1"
        [(form, key, region)] = sts.asked
    assert (form["ExternalId"], key, region) == ("dock 7", "AKIDBASE", "eu-west-1")
