"""Endpoints that a service tells, over real TLS connections to a front and its cells."""

from __future__ import annotations

import json
import os
import ssl
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import trustme

import edgemote
from calls import Ours
from conformance.comparison import generated
from edgemote import Clock, ProtocolError, ServiceError, ValidationError, limits
from edgemote_codegen.models import load_model
from edgemote_codegen.selection import select
from made_service import make_service
from runtime.http_peer import Peer, Wire

SHAPES = {
    "Put": {"type": "structure", "members": {"Name": {"shape": "Text"}}},
    "None": {"type": "structure", "members": {}},
    "Endpoints": {"type": "structure", "members": {"Endpoints": {"shape": "EndpointList"}}},
    "EndpointList": {"type": "list", "member": {"shape": "Endpoint"}},
    "Endpoint": {
        "type": "structure",
        "members": {"Address": {"shape": "Text"}, "CachePeriodInMinutes": {"shape": "Long"}},
    },
    "Text": {"type": "string"},
    "Long": {"type": "long"},
}
OPERATIONS = {
    "DescribeEndpoints": {
        "input": {"shape": "None"},
        "output": {"shape": "Endpoints"},
        "endpointoperation": True,
    },
    "Put": {"input": {"shape": "Put"}, "endpointdiscovery": {"required": True}},
}


class Server:
    """Keeps the targets that it was asked for; what it answers is the test's, None is a reset."""

    def __init__(self) -> None:
        self.targets: list[str] = []
        self.versions: list[str] = []
        self.answer: Callable[[], tuple[bytes, bytes] | None] = lambda: (b"200 OK", b"{}")

    def __call__(self, wire: Wire) -> None:
        while head := wire.read_request()[0].decode():
            lines = (line.partition(": ") for line in head.split("\r\n"))
            found = {name.lower(): value for name, _, value in lines}
            self.targets.append(found["x-amz-target"].partition(".")[2])
            self.versions.append(found.get("x-amz-api-version", ""))
            answer = self.answer()
            if answer is None:
                wire.reset()
                return
            status, body = answer
            wire.answer(body, status)

    def tell(self, address: object, minutes: object = 5) -> None:
        """Answer with an endpoint."""
        answer = {"Endpoints": [{"Address": address, "CachePeriodInMinutes": minutes}]}
        self.answer = lambda: (b"200 OK", json.dumps(answer).encode())


class House:
    """A service with a front, two cells, and a clock that the test moves."""

    def __init__(self, folder: Path, name: str, context: ssl.SSLContext, ca_file: str) -> None:
        self.front, self.cell, self.other = Server(), Server(), Server()
        self.peers = [Peer(server, context) for server in (self.front, self.cell, self.other)]
        self.folder, self.name, self.ca_file = folder, name, ca_file
        self.steady_s = 0.0

    def __enter__(self) -> House:
        for peer in self.peers:
            peer.__enter__()
        front, cell, other = self.peers
        self.address = cell.origin.removeprefix("https://")
        self.other_address = other.origin.removeprefix("https://")
        self.front.tell(self.address)
        endpoint = {"url": front.origin, "properties": {}, "headers": {}}
        rules = {
            "version": "1.0",
            "parameters": {
                "Region": {"type": "string", "builtIn": "AWS::Region"},
                "Endpoint": {"type": "string", "builtIn": "SDK::Endpoint"},
            },
            "rules": [
                {
                    "conditions": [{"fn": "isSet", "argv": [{"ref": "Endpoint"}]}],
                    "endpoint": {"url": {"ref": "Endpoint"}},
                    "type": "endpoint",
                },
                {"conditions": [], "endpoint": endpoint, "type": "endpoint"},
            ],
        }
        facts = {"protocol": "json", "jsonVersion": "1.0", "targetPrefix": "House"}
        self.service = make_service(
            self.folder,
            self.name,
            SHAPES,
            OPERATIONS,
            rule_set=json.dumps(rules).encode(),
            **facts,
        ).client_class
        return self

    def __exit__(self, *exc: object) -> None:
        for peer in self.peers:
            peer.__exit__(*exc)

    def connect(self, **options: Any) -> Any:
        settings = {
            "region": "us-west-2",
            "ca_file": self.ca_file,
            "credentials": edgemote.Credentials("AKID", "secret"),
            "retries": 0,
            "clock": Clock(lambda: 1_700_000_000.0, lambda: self.steady_s),
            **options,
        }
        return closing(edgemote.connect(self.service, **settings))


@pytest.fixture
def house(tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    for name in list(os.environ):
        if name.startswith("AWS_") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    # Packages stay imported, so that each test has one of its own.
    number = abs(hash(request.node.nodeid))
    with House(tmp_path, f"house{number}", context, str(tmp_path / "ca.pem")) as made:
        yield made


def test_the_endpoint_is_asked_for_once_and_again_when_it_has_aged(house: House) -> None:
    with house.connect() as client:
        client.put(Name="a")
        house.steady_s = 299.0
        client.put(Name="b")
        assert house.front.targets == ["DescribeEndpoints"]
        assert house.front.versions == ["2020-01-01"]
        assert house.cell.targets == ["Put", "Put"]
        house.front.tell(f"https://{house.other_address}")
        house.steady_s = 301.0
        client.put(Name="c")
        # Nothing is kept for each time that it is asked for.
        assert {operation.name for operation in client._call._fixed} <= {
            "DescribeEndpoints",
            "Put",
        }
        assert len(client._call._fixed) <= 2
    assert house.front.targets == ["DescribeEndpoints"] * 2
    assert house.other.targets == ["Put"]


@pytest.mark.parametrize(
    ("minutes", "holds_s"),
    [
        (0, limits.DISCOVERY_LEAST_S),
        (-7, limits.DISCOVERY_LEAST_S),
        (None, limits.DISCOVERY_LEAST_S),
        (10**15, limits.DISCOVERY_MOST_S),
    ],
)
def test_its_age_is_bounded(house: House, minutes: int | None, holds_s: float) -> None:
    house.front.tell(house.address, minutes)
    with house.connect() as client:
        client.put(Name="a")
        house.steady_s = holds_s - 1
        client.put(Name="a")
        assert len(house.front.targets) == 1
        house.steady_s = holds_s + 1
        client.put(Name="a")
        assert len(house.front.targets) == 2


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (b"421 Misdirected Request", b'{"__type": "Wrong"}'),
        (b"400 Bad Request", b'{"__type": "x#InvalidEndpointException"}'),
    ],
)
def test_a_wrong_endpoint_is_asked_for_anew_once(house: House, status: bytes, body: bytes) -> None:
    house.cell.answer = lambda: (status, body)
    with house.connect() as client:
        with pytest.raises(ServiceError):  # told the same cell again
            client.put(Name="a")
        assert house.front.targets == ["DescribeEndpoints"] * 2
        assert house.cell.targets == ["Put"] * 2
        house.front.tell(house.other_address)
        client.put(Name="a")
    assert house.front.targets == ["DescribeEndpoints"] * 3
    assert house.other.targets == ["Put"]


def test_other_errors_of_the_service_are_the_callers(house: House) -> None:
    house.cell.answer = lambda: (b"400 Bad Request", b'{"__type": "Busy"}')
    with house.connect() as client:
        with pytest.raises(ServiceError):
            client.put(Name="a")
        assert house.front.targets == ["DescribeEndpoints"]
        house.front.answer = lambda: (b"403 Forbidden", b'{"__type": "AccessDenied"}')
        house.steady_s = 1_000.0
        with pytest.raises(ServiceError) as caught:
            client.put(Name="a")
        assert caught.value.code == "AccessDenied"


def test_an_aged_endpoint_serves_on_while_nobody_tells_another(house: House) -> None:
    house.front.answer = lambda: None
    with house.connect() as client:
        with pytest.raises(edgemote.TransportError):
            client.put(Name="a")  # none is known yet
        house.front.tell(house.address)
        client.put(Name="a")
        house.front.answer = lambda: None
        house.steady_s = 301.0
        client.put(Name="a")
        asked = len(house.front.targets)
        house.steady_s = 301.0 + limits.DISCOVERY_LEAST_S - 1
        client.put(Name="a")
    assert house.cell.targets == ["Put"] * 3
    assert len(house.front.targets) == asked > 2


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b'{"Endpoints": []}',
        b'{"Endpoints": [{}]}',
        *(
            json.dumps({"Endpoints": [{"Address": address}]}).encode()
            for address in (
                "",
                "http://cell.example",
                "user@cell.example",
                "cell.example/?x",
                "a b",
                "-cell",
                "cell\r\nx: y",
                "x" * 300,
                "ünï",
            )
        ),
    ],
)
def test_what_is_no_endpoint_is_refused(house: House, body: bytes) -> None:
    house.front.answer = lambda: (b"200 OK", body)
    with (
        house.connect() as client,
        pytest.raises(ProtocolError, match="DescribeEndpoints returned no"),
    ):
        client.put(Name="a")


def test_an_endpoint_of_ones_own_is_the_endpoint(house: House) -> None:
    with house.connect(endpoint_url=house.peers[2].origin) as client:
        client.put(Name="a")
    assert (house.front.targets, house.other.targets) == ([], ["Put"])


def test_an_endpoint_can_be_a_parameter() -> None:
    """That its requests are botocore's is held by the comparison of all operations."""
    params = {"MLModelId": "m", "Record": {}}
    with generated(select(load_model("machinelearning", {}), ("Predict",))):
        ours = Ours("machinelearning")
        for url in ("https://h.example", "https://h.example/"):
            sent, _ = ours.call("predict", {**params, "PredictEndpoint": url}, (200, {}, b"{}"))
            assert (sent.host, sent.path) == ("h.example", "/")
            assert sent.signing == "us-west-2/machinelearning"
        for bad in ("", "h.example", "ftp://h", "https://h/?x", "https://a b"):
            with pytest.raises(ValidationError, match=r"^\$\.PredictEndpoint: expected"):
                ours.client.predict(**params, PredictEndpoint=bad)
