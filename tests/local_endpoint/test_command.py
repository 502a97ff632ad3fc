"""The local endpoint over time, and its command."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import ssl
import subprocess
import sys
from pathlib import Path

import pytest
from botocore.exceptions import (
    ConnectionClosedError,
    EndpointConnectionError,
)

from endpoint import Endpoint, Key, control
from endpoint.__main__ import main
from endpoint.signatures import Request
from endpoint.tables import show
from local_endpoint.client import (
    BEAT,
    DEPLOYMENT,
    DEVICE,
    FULL_BEAT,
    TESTS,
    botocore_client,
    exchange,
    failure,
    signed,
)


def test_an_outage_keeps_port_keys_and_store(endpoint):
    with botocore_client(endpoint) as client:
        client.send_heartbeat(**BEAT)
        endpoint.stop()
        with pytest.raises((EndpointConnectionError, ConnectionClosedError)):
            client.send_heartbeat(**BEAT)
        endpoint.start()
        client.send_heartbeat(**BEAT)
    assert endpoint.store.count("heartbeats") == 2


def test_a_port_that_is_taken_leaves_nothing_behind(shared):
    second = Endpoint(port=shared.port)
    with pytest.raises(OSError, match="in use"), second:
        pass
    assert not second.directory.exists()


def test_a_directory_keeps_authority_keys_and_store(tmp_path):
    with Endpoint(directory=tmp_path, register=["dock/cam-7"]) as first:
        key, ca = first.credentials, Path(first.ca_file).read_bytes()
    with Endpoint(directory=tmp_path) as second:
        assert (second.credentials, Path(second.ca_file).read_bytes()) == (key, ca)
        assert second.store.find_registration("dock", "cam-7")
    assert (tmp_path / "ca-key.pem").stat().st_mode & 0o077 == 0
    assert (tmp_path / "keys.json").stat().st_mode & 0o077 == 0
    assert key.secret_access_key not in repr(key)


def run_command(*arguments):
    environment = {**os.environ, "PYTHONPATH": str(TESTS)}
    return subprocess.Popen(
        [sys.executable, "-m", "endpoint", *map(str, arguments)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_the_command_serves_obeys_and_shows(tmp_path, capsys):
    folder = tmp_path / "served"
    (tmp_path / "deploy.json").write_text(json.dumps(DEPLOYMENT))
    with run_command(
        "--dir", folder, "--ca", tmp_path / "ca", "--register", "dock/cam-7", "--verbose"
    ) as process:
        try:
            assert process.stdout.readline().startswith("endpoint ready at https://localhost:")
            ready = json.loads((folder / "endpoint.json").read_text())
            context = ssl.create_default_context(cafile=ready["ca_file"])
            served = SimpleEndpoint(ready)
            with botocore_client(served) as client:
                client.send_heartbeat(**FULL_BEAT)
            assert main(["--tell", str(folder), "--register", "dock/cam-8",
                         "--deploy", f"dock/cam-7={tmp_path / 'deploy.json'}",
                         "--fault", "throttle:times=1,operation=GetDeployments"]) == 0  # fmt: skip
            assert capsys.readouterr().out.splitlines() == [
                "registered dock/cam-8",
                "queued roll-1",
                "armed throttle",
            ]
            answer = failure(served, lambda client: client.get_deployments(**DEVICE))
            assert answer["Error"]["Code"] == "ThrottlingException"
            with botocore_client(served) as client:
                assert client.get_deployments(**DEVICE)["Deployments"] == [DEPLOYMENT]
            assert main(["--tell", str(folder), "--fault", "nothing"]) == 1
            assert "no fault 'nothing'" in capsys.readouterr().err
            assert main(["--show", str(folder)]) == 0
            shown = capsys.readouterr().out
            assert context.cert_store_stats()["x509_ca"] == 1
        finally:
            process.send_signal(signal.SIGTERM)
        output, log = process.communicate(timeout=60)
    assert process.returncode == 0
    assert not (folder / "endpoint.json").exists()
    for words in ("board/cpu", "CpuTemp", "51.5", "roll-1", "2023-11-14 22:13:20", "cam-8"):
        assert words in shown
    lines = log.splitlines()
    assert len(lines) == 3
    assert "POST /GetDeployments" in lines[1]
    assert "400 ThrottlingException (throttle)" in lines[1]
    for key in ready["keys"].values():
        assert key["secret_access_key"] not in output + log + shown


def test_only_this_machine_gives_orders():
    with Endpoint(host="0.0.0.0") as endpoint:
        order = json.dumps([["register", {"fleet": "dock", "device": "cam-7"}]]).encode()
        assert exchange(endpoint, {}, order, path="/-/control")[0] == 200
        assert exchange(endpoint, {}, b"", path="/-/control", method="GET")[0] == 400
        assert exchange(endpoint, {}, b'[["sing", {}]]', path="/-/control")[0] == 400
        assert endpoint.store.count("requests") == 0
        answer = control.obey(endpoint, Request("POST", "/-/control", (), order), "192.0.2.7")
        assert answer.status == 403


class SimpleEndpoint:
    """An endpoint in another process, as its endpoint.json describes it."""

    def __init__(self, ready):
        self.url, self.ca_file = ready["url"], ready["ca_file"]
        self.credentials = Key(**ready["keys"]["permanent"])


def test_the_command_says_what_is_wrong(tmp_path, capsys):
    for arguments, words in [
        (["--show", str(tmp_path / "none")], "unable to open"),
        (["--tell", str(tmp_path / "none")], "No such file"),
        (["--dir", str(tmp_path / "a"), "--register", "cam-7"], "is not FLEET/DEVICE"),
        (["--dir", str(tmp_path / "a"), "--fault", "nothing"], "no fault 'nothing'"),
        (["--dir", str(tmp_path / "a"), "--deploy", "dock"], "is not FLEET[/DEVICE]=FILE"),
    ]:
        assert main(arguments) == 1
        assert words in capsys.readouterr().err


def test_show_survives_hostile_text_and_times(endpoint):
    hostile = {"Value": "NaN", "Timestamp": 1e300}
    result = {"DeploymentStatusMessage": "\x1b[31m" + "x" * 500}
    body = json.dumps({**BEAT, "AgentMetrics": [hostile] * 30, "DeploymentResult": result})
    assert exchange(endpoint, *signed(endpoint, body.encode()))[0] == 200
    text = show(endpoint.store.path)
    assert "\x1b" not in text
    assert "(10 earlier)" in text
    assert "1e+300" in text
    assert max(map(len, text.splitlines())) < 200


def test_show_of_nothing(tmp_path):
    with Endpoint(directory=tmp_path) as endpoint:
        assert show(endpoint.store.path) == "nothing stored yet"
    with pytest.raises(sqlite3.OperationalError):
        show(tmp_path / "none.sqlite")
