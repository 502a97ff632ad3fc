"""Nulls in the lists and maps of an answer.

Of a map: left out, but where it is sparse, as Smithy has it (botocore leaves them out of CBOR, of
sparse maps too, and has them in JSON). Of a list: None, as botocore has it.
"""

from __future__ import annotations

import json

import cbor2
import pytest

from made_service import make_service
from oracle import plain_struct

TYPES = {
    "Text": ({"type": "string"}, "a"),
    "Number": ({"type": "integer"}, 1),
    "Flag": ({"type": "boolean"}, True),
    "Struct": ({"type": "structure", "members": {"Text": {"shape": "Text"}}}, {"Text": "a"}),
    "Nested": ({"type": "map", "key": {"shape": "Text"}, "value": {"shape": "Text"}}, {"b": "a"}),
}


@pytest.mark.parametrize("protocol", ["json", "rest-json", "smithy-rpc-v2-cbor"])
def test_nulls_are_left_out_of_dense_maps_alone(protocol, tmp_path):
    shapes = {name: shape for name, (shape, _) in TYPES.items()}
    members = {}
    answer = {}
    expected = {}
    for name, (_, value) in TYPES.items():
        for sparse in (False, True):
            kind = "Sparse" if sparse else "Dense"
            traits = {"sparse": True} if sparse else {}
            entry = {"key": {"shape": "Text"}, "value": {"shape": name}}
            shapes[f"{kind}{name}Map"] = {"type": "map", **entry, **traits}
            shapes[f"{kind}{name}List"] = {"type": "list", "member": {"shape": name}, **traits}
            for form in ("Map", "List"):
                members[f"{kind}{name}{form}"] = {"shape": f"{kind}{name}{form}"}
            answer[f"{kind}{name}Map"] = {"x": value, "y": None}
            expected[f"{kind}{name}Map"] = {"x": value, "y": None} if sparse else {"x": value}
            expected[f"{kind}{name}List"] = answer[f"{kind}{name}List"] = [value, None]
    shapes["Out"] = {"type": "structure", "members": members}
    facts = {"jsonVersion": "1.1", "targetPrefix": "Nulls", "protocol": protocol}
    name = f"nulls-{protocol}"
    ours = make_service(tmp_path, name, shapes, {"Ask": {"output": {"shape": "Out"}}}, **facts)
    body = cbor2.dumps(answer) if "cbor" in protocol else json.dumps(answer).encode()
    _, result = ours.call("ask", {}, (200, {"smithy-protocol": "rpc-v2-cbor"}, body))
    assert plain_struct(result) == expected


def test_documents_keep_their_nulls(tmp_path):
    shapes = {
        "Text": {"type": "string"},
        "Any": {"type": "structure", "document": True},
        "Anys": {"type": "map", "key": {"shape": "Text"}, "value": {"shape": "Any"}},
        "Texts": {"type": "map", "key": {"shape": "Text"}, "value": {"shape": "Text"}},
        "Out": {
            "type": "structure",
            "members": {"Anys": {"shape": "Anys"}, "Texts": {"shape": "Texts"}},
        },
    }
    ours = make_service(tmp_path, "documents", shapes, {"Ask": {"output": {"shape": "Out"}}})
    body = b'{"Anys": {"a": null, "b": {"c": null}}, "Texts": {"a": null}}'
    _, result = ours.call("ask", {}, (200, {}, body))
    assert plain_struct(result) == {"Anys": {"a": None, "b": {"c": None}}, "Texts": {}}
