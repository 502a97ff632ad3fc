"""A tagged union has exactly one member set, at whatever depth it is."""

from __future__ import annotations

import pytest
from botocore.exceptions import ParamValidationError

from aws.errors import ValidationError
from made_service import made_oracle, make_service

SHAPES = {
    "Text": {"type": "string"},
    "Blob": {"type": "blob"},
    "Choice": {
        "type": "structure",
        "union": True,
        "members": {
            "One": {"shape": "Text", "locationName": "uno"},
            "Other": {"shape": "Text"},
            "Blob": {"shape": "Blob"},
            "Nested": {"shape": "Choice"},
        },
    },
    "Holder": {"type": "structure", "members": {"Choice": {"shape": "Choice"}}},
}
OPERATIONS = {
    "Choose": {"input": {"shape": "Choice", "locationName": "Root"}},
    "Hold": {"input": {"shape": "Holder", "locationName": "Root"}},
}
PROTOCOLS = ("json", "rest-json", "smithy-rpc-v2-cbor", "query", "rest-xml")
WRONG = [{}, {"One": "a", "Other": "b"}, {"One": "a", "Nested": {"One": "a"}}, {"Nested": {}}]


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_one_member_of_a_union_is_set(protocol, tmp_path):
    name = f"union-{protocol}"
    facts = {"jsonVersion": "1.1", "targetPrefix": "Union", "protocol": protocol}
    ours = make_service(tmp_path, name, SHAPES, OPERATIONS, **facts)
    with made_oracle(tmp_path, name) as oracle:
        for wrong in WRONG:
            for method, params in (("choose", wrong), ("hold", {"Choice": wrong})):
                count = ours.recorder.count
                with pytest.raises(
                    ValidationError, match=r"^\$.*: Expected exactly one of One, Ot"
                ):
                    ours.call(method, params, (200, {}, b""))
                assert ours.recorder.count == count
                with pytest.raises(ParamValidationError):
                    oracle.call(method, params, (200, {}, b""))
        for right in ({"One": "a"}, {"Blob": b"b"}, {"Nested": {"Other": "c"}}):
            if "Blob" in right and protocol == "rest-xml":
                continue
            for method, params in (("choose", right), ("hold", {"Choice": right})):
                sent, _ = ours.call(method, params, (200, {}, b""))
                expected, _ = oracle.call(method, params, (200, {}, b"<a/>"))
                assert sent.facts() == expected.facts()
        # A struct of ours, and a member that is None.
        struct = ours.package.Choice(One="a")
        ours.call("choose", {"Nested": struct, "Other": None}, (200, {}, b""))
