"""The agent's clients have what its configuration says of the link."""

import pytest

from aws.sagemaker_edge import SagemakerEdgeManager
from edgemote import Clock
from edgemote.agent.config import load
from edgemote.agent.services import Services


@pytest.mark.parametrize(("line", "expected_s"), [("", 240), ("kept_idle_s = 17", 17)])
def test_how_long_the_agent_keeps_a_connection(tmp_path, monkeypatch, line, expected_s):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIA")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    file = tmp_path / "edgemote.toml"
    file.write_text(
        f'[device]\nname = "n"\nfleet = "f"\nregion = "us-west-2"\n[link]\n{line}\n'
        f'[folders]\nstate = "{tmp_path}"\n'
    )
    services = Services(load(str(file)), Clock(), None)
    edge = services.connect(SagemakerEdgeManager, services.provider, None)
    for client in (edge, services.open_s3(None), services.open_s3("eu-west-1")):
        assert client._call._open_transport("http://h")._kept_idle_s == expected_s
        client.close()
