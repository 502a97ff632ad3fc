"""Endpoints that depend on parts of members: the requests of both sides go to the same hosts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from calls import Ours
from edgemote.settings import Settings
from edgemote_codegen.endpoints import make_standard_rule_set
from made_service import made_oracle, make_service
from oracle import Oracle

CASE = Path(__file__).parents[1] / "codegen/cases/endpoint_parameter_paths"
ARN = "arn:aws:streams:us-west-2:123456789012:stream/dock"


@pytest.fixture(scope="module")
def sides(tmp_path_factory: pytest.TempPathFactory) -> tuple[Ours, Oracle]:
    folder = tmp_path_factory.mktemp("paths")
    model = json.loads((CASE / "model.json").read_text())
    rule_set = (CASE / "endpoint-rule-set-1.json").read_bytes()
    operations = model["operations"]
    ours = make_service(folder, "docks", model["shapes"], operations, rule_set=rule_set)
    with made_oracle(folder, "docks") as judge:
        return ours, judge


@pytest.mark.parametrize(
    ("method", "params", "host"),
    [
        ("batch_read", {"Items": [{"Put": {}}, {"Get": {"Name": "cam"}}]}, "cam"),
        ("batch_read", {"Items": [{"Get": {}}]}, "streams"),
        ("batch_read", {"Items": []}, "streams"),
        ("batch_read", {}, "streams"),
        ("find_by_name", {"ByName": {"dock": "1", "cam": "2"}}, "dock"),
        ("find_by_name", {"ByName": {}}, "streams"),
        ("read_stream", {"Source": {"from": ARN}}, "123456789012"),
        ("read_stream", {"Source": {"from": "no ARN"}}, "streams"),
        ("read_stream", {"Source": {}}, "streams"),
        ("transact", {"Items": [{"Put": {"Name": "cam"}}, {"Get": {"Name": "dock"}}]}, "cam"),
        ("transact", {"Items": [{"Put": {"Name": "cam"}, "Get": {"Name": "dock"}}]}, "dock"),
        ("transact", {"Items": [{}]}, "streams"),
    ],
)
def test_hosts_are_botocores(
    sides: tuple[Ours, Oracle], method: str, params: dict[str, Any], host: str
) -> None:
    ours, judge = sides
    sent, _ = ours.call(method, params, (200, {}, b"{}"))
    expected, _ = judge.call(method, params, (200, {}, b"{}"))
    assert sent.facts() == expected.facts()
    assert sent.host.partition(".")[0] == host


@pytest.mark.parametrize("protocol", ["rest-json", "json"])
@pytest.mark.parametrize("base", ["", "/", "/x", "/x/", "/x//", "/x/y"])
def test_a_path_of_the_endpoint_goes_ahead(tmp_path: Path, protocol: str, base: str) -> None:
    name = f"based-{protocol}-{base.encode().hex()}"
    http = {
        "Root": {"http": {"method": "POST", "requestUri": "/"}},
        "Deep": {"http": {"method": "POST", "requestUri": "/" if protocol == "json" else "/a/"}},
    }
    ours = make_service(
        tmp_path, name, {}, http, protocol=protocol, jsonVersion="1.1", targetPrefix="T"
    )
    url = f"https://gate.example{base}"
    ours.caller.settings = Settings(region="us-west-2", endpoint_url=url)
    with made_oracle(tmp_path, name, endpoint_url=url) as judge:
        for method in ("root", "deep"):
            sent, _ = ours.call(method, {}, (200, {}, b"{}"))
            expected, _ = judge.call(method, {}, (200, {}, b"{}"))
            assert sent.facts() == expected.facts()


def test_an_operation_outranks_its_clients_region_and_options(tmp_path: Path) -> None:
    rule_set = make_standard_rule_set("ranked")
    rule_set["parameters"]["Class"] = {"type": "string"}
    scheme = {"name": "sigv4", "signingName": "ranked", "signingRegion": "{Region}"}
    end = {"url": "https://{Class}.{Region}.example", "properties": {"authSchemes": [scheme]}}
    is_set = [{"fn": "isSet", "argv": [{"ref": name}]} for name in ("Region", "Class")]
    rule_set["rules"].insert(0, {"type": "endpoint", "conditions": is_set, "endpoint": end})
    shapes = {
        "Text": {"type": "string"},
        "Input": {
            "type": "structure",
            "members": {
                "Place": {"shape": "Text", "contextParam": {"name": "Region"}},
                "Class": {"shape": "Text", "contextParam": {"name": "Class"}},
            },
        },
    }
    operations = {
        "Say": {"input": {"shape": "Input"}},
        "Fix": {"staticContextParams": {"UseFIPS": {"value": True}, "Region": {"value": "x-y-1"}}},
    }
    content = json.dumps(rule_set).encode()
    ours = make_service(tmp_path, "ranked", shapes, operations, rule_set=content)
    with made_oracle(tmp_path, "ranked") as judge:
        for method, params in (
            ("say", {}),
            ("say", {"Place": "eu-west-1"}),
            ("say", {"Place": "eu-west-1", "Class": "c"}),
            ("say", {"Class": "c"}),
            ("fix", {}),
        ):
            sent, _ = ours.call(method, params, (200, {}, b"{}"))
            expected, _ = judge.call(method, params, (200, {}, b"{}"))
            assert sent.facts() == expected.facts()


def test_structs_have_parts_too(sides: tuple[Ours, Oracle]) -> None:
    ours, _ = sides
    source = ours.package.Source(from_=ARN)
    sent, _ = ours.call("read_stream", {"Source": source}, (200, {}, b"{}"))
    assert sent.host == "123456789012.control-streams.us-west-2.amazonaws.com"


def test_keys_of_no_map_are_unset(sides: tuple[Ours, Oracle]) -> None:
    """Where botocore's JMESPath fails, since its models require such maps."""
    ours, _ = sides
    sent, _ = ours.call("find_by_name", {}, (200, {}, b"{}"))
    assert sent.host == "streams.us-west-2.amazonaws.com"
