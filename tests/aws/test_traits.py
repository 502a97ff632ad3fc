"""A member's traits are its target's, overridden by its own, in every place that reads them."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

from aws.errors import ValidationError
from aws.shape import type_hints
from made_service import made_oracle, make_service
from oracle import plain_result, plain_struct

WHEN = datetime(2015, 8, 30, 12, 36, tzinfo=timezone.utc)
# Name -> (what the shape is, its traits, an example of it)
TRAITS: dict[str, tuple[dict[str, Any], dict[str, Any], Any]] = {
    "Head": ({"type": "string"}, {"location": "header", "locationName": "x-head"}, "a"),
    "Query": ({"type": "integer"}, {"location": "querystring", "locationName": "q"}, 7),
    "Label": ({"type": "string"}, {"location": "uri", "locationName": "label"}, "l/m"),
    "Heads": (
        {"type": "map", "key": {"shape": "Text"}, "value": {"shape": "Text"}},
        {"location": "headers", "locationName": "x-map-"},
        {"one": "1"},
    ),
    "Renamed": ({"type": "string"}, {"locationName": "other"}, "b"),
    "When": ({"type": "timestamp"}, {"timestampFormat": "iso8601"}, WHEN),
    "Json": ({"type": "string"}, {"location": "header", "jsonvalue": True}, [1, {"a": "b"}]),
    "Token": ({"type": "string"}, {"idempotencyToken": True}, "t"),
    "Whole": ({"type": "structure", "members": {}}, {"document": True}, [1, None]),
}


def make(folder: Any, name: str, on_target: bool) -> Any:
    """A service whose traits stand at the targets, or at the references."""
    shapes: dict[str, Any] = {"Text": {"type": "string"}}
    members = {}
    for member, (kind, traits, _) in TRAITS.items():
        shapes[f"{member}Shape"] = {**kind, **traits} if on_target else kind
        members[member] = {"shape": f"{member}Shape", **({} if on_target else traits)}
    shapes["In"] = {"type": "structure", "members": members, "required": ["Label"]}
    shapes["Out"] = {
        "type": "structure",
        "members": {name: part for name, part in members.items() if name not in ("Query", "Label")},
    }
    operations = {
        "Ask": {
            "http": {"method": "POST", "requestUri": "/ask/{label}"},
            "input": {"shape": "In"},
            "output": {"shape": "Out"},
        }
    }
    return make_service(folder, name, shapes, operations)


@pytest.mark.parametrize("on_target", [True, False])
def test_traits_count_at_the_reference_and_at_its_target(on_target, tmp_path):
    name = f"traits-{on_target}".lower()
    ours = make(tmp_path, name, on_target)
    params = {member: example for member, (_, _, example) in TRAITS.items()}
    body = b'{"other": "B", "When": "2015-08-30T12:36:00Z", "Token": "T", "Whole": {"a": 1}}'
    answer = (200, {"x-head": "H", "x-map-two": "2", "Json": "WzFd"}, body)
    sent, result = ours.call("ask", params, answer)
    with made_oracle(tmp_path, name) as oracle:
        expected, parsed = oracle.call("ask", params, answer)
        shape = oracle.model.operation_model("Ask").output_shape
    assert sent.facts() == expected.facts()
    assert plain_struct(result) == plain_result(shape, parsed)
    ours.call("ask", {"Label": "l"}, (200, {}, b"{}"))
    assert b'"Token":"' in ours.recorder.raw.body  # nobody gave one


def test_a_reference_overrides_its_target(tmp_path):
    shapes = {
        "Text": {"type": "string", "locationName": "far", "min": 3, "sensitive": True},
        "When": {"type": "timestamp", "timestampFormat": "iso8601"},
        "In": {
            "type": "structure",
            "members": {
                "Near": {"shape": "Text", "locationName": "near", "min": 1},
                "Far": {"shape": "Text"},
                "When": {"shape": "When", "timestampFormat": "unixTimestamp"},
            },
        },
    }
    ours = make_service(tmp_path, "overridden", shapes, {"Ask": {"input": {"shape": "In"}}})
    params = {"Near": "a", "Far": "abc", "When": WHEN}
    sent, _ = ours.call("ask", params, (200, {}, b""))
    with made_oracle(tmp_path, "overridden") as oracle:
        expected, _ = oracle.call("ask", params, (200, {}, b""))
    assert sent.facts() == expected.facts()
    for wrong in ({"Near": ""}, {"Far": "ab"}):
        with pytest.raises(ValidationError, match="length >= "):
            ours.call("ask", wrong, (200, {}, b""))
    shown = ours.package.In(Near="hidden", Far="hidden")
    assert "hidden" not in repr(shown)


def test_a_minimum_or_a_secret_of_the_reference_counts(tmp_path):
    shapes = {
        "Text": {"type": "string"},
        "Texts": {"type": "list", "member": {"shape": "Text", "min": 2}},
        "In": {
            "type": "structure",
            "members": {
                "Secret": {"shape": "Text", "sensitive": True, "min": 2},
                "List": {"shape": "Texts", "min": 1, "sparse": True},
            },
        },
    }
    ours = make_service(tmp_path, "at-reference", shapes, {"Ask": {"input": {"shape": "In"}}})
    for wrong in ({"Secret": "a"}, {"List": []}, {"List": ["a"]}):
        with pytest.raises(ValidationError, match="length >= "):
            ours.call("ask", wrong, (200, {}, b""))
    ours.call("ask", {"List": [None, "ab"]}, (200, {}, b""))
    assert ours.recorder.raw.body == b'{"List":[null,"ab"]}'
    assert "sensitive" in repr(type_hints(ours.package.In)["Secret"])


@pytest.mark.parametrize("at", ["shape", "reference"])
def test_a_payload_of_the_reference_to_an_input_or_output_counts(at, tmp_path):
    trait = {"payload": "Data"}
    members = {"Data": {"shape": "Data"}, "Other": {"shape": "Text", "location": "header"}}
    shapes = {
        "Text": {"type": "string"},
        "Data": {"type": "blob", "streaming": True},
        "In": {"type": "structure", "members": members, **(trait if at == "shape" else {})},
    }
    role = {"shape": "In", **(trait if at == "reference" else {})}
    name = f"payload-{at}"
    ours = make_service(tmp_path, name, shapes, {"Ask": {"input": role, "output": role}})
    params = {"Data": b"abc", "Other": "o"}
    answer = (200, {"Other": "p"}, b"xyz")
    sent, result = ours.call("ask", params, answer)
    with made_oracle(tmp_path, name) as oracle:
        expected, parsed = oracle.call("ask", params, answer)
    assert (sent.facts(), ours.recorder.raw.body) == (expected.facts(), b"abc")
    assert result.Data.read() == parsed["Data"].read() == b"xyz"
    assert result.Other == parsed["Other"] == "p"


@pytest.mark.parametrize("protocol", ["rest-json", "json", "smithy-rpc-v2-cbor"])
def test_a_document_needs_no_members(protocol, tmp_path):
    facts = {"jsonVersion": "1.1", "targetPrefix": "Any"} if protocol != "rest-json" else {}
    shapes = {
        "Any": {"type": "structure", "document": True},
        "In": {"type": "structure", "members": {"Any": {"shape": "Any"}}},
    }
    operations = {"Ask": {"input": {"shape": "In"}, "output": {"shape": "In"}}}
    name = f"document-{protocol}"
    if protocol == "smithy-rpc-v2-cbor":  # CBOR has no documents
        make_service(tmp_path, name, shapes, operations, protocol=protocol, **facts)
        return
    ours = make_service(tmp_path, name, shapes, operations, protocol=protocol, **facts)
    params = {"Any": {"a": [1, None, "b", {"c": True}]}}
    sent, result = ours.call("ask", params, (200, {}, b'{"Any": [1, null, {"a": null}]}'))
    with made_oracle(tmp_path, name) as oracle:
        expected, parsed = oracle.call("ask", params, (200, {}, b'{"Any": [1, null, {"a": null}]}'))
    assert sent.facts() == expected.facts()
    assert result.Any == parsed["Any"] == [1, None, {"a": None}]
