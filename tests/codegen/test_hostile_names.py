"""Any text in any place of a model: a client that sends what botocore sends, or a clear refusal."""

from __future__ import annotations

import itertools
import json
import keyword
import os
from pathlib import Path
from typing import Any

import pytest
from botocore import xform_name
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import aws
from aws.errors import EndpointError, ValidationError
from aws.shape import type_hints
from calls import Ours
from edgemote_codegen.errors import CodegenError
from edgemote_codegen.lowering import lower_service
from edgemote_codegen.models import load_model, load_partitions
from edgemote_codegen.output import write_files
from edgemote_codegen.rendering import render_services
from edgemote_codegen.selection import select
from made_service import made_oracle, write_model

_NUMBERS = itertools.count()
_PARTITIONS = load_partitions()
HOSTILE = (
    '"', "'", "\\", 'a"b', "a'b\"c", '\\"', "a\\", "\n", "a\nb", "\r\nX: y", "\0", "\t", "\x7f",
    "\x85", "{", "}", "{a}", "{0}", "%", "%s", "%0a", "é", "\u2028", "\u202e", "\U0001f600", " ",
    "a b", "", "#", "?", "&", "=", "/", "..", ":", ";", "`", "$", "'''", '"""', "\\N{DASH}", "\\x",
    "{{ x }}", "{% if %}", "#}", "</a>", "<", "None", "class", "__init__",
)  # fmt: skip
TEXTS = st.sampled_from(HOSTILE) | st.text(
    st.sampled_from("aZ0_-.\"'\\{}%\n\r\0\té\u2028 #?&=/:`$<>"), max_size=6
)

MODEL: dict[str, Any] = {
    "metadata": {
        "protocol": "rest-json",
        "jsonVersion": "1.1",
        "targetPrefix": "Target",
        "signingName": "signed",
    },
    "operations": {
        "Ask": {
            "http": {"method": "POST", "requestUri": "/ask/{label}?static=1"},
            "input": {"shape": "In", "locationName": "Root"},
            "output": {"shape": "Out", "resultWrapper": "Wrapper"},
            "errors": [{"shape": "Refused"}],
            "documentation": "<p>words</p>",
            "endpoint": {"hostPrefix": "pre."},
            "staticContextParams": {"Fixed": {"value": "fixed"}},
        }
    },
    "shapes": {
        "Text": {"type": "string"},
        "Texts": {"type": "list", "member": {"shape": "Text", "locationName": "item"}},
        "Map": {
            "type": "map",
            "key": {"shape": "Text", "locationName": "key"},
            "value": {"shape": "Text", "locationName": "value"},
        },
        "Enum": {"type": "string", "enum": ["one", "two"]},
        "In": {
            "type": "structure",
            "required": ["Label"],
            "documentation": "<p>words</p>",
            "members": {
                "Label": {"shape": "Text", "location": "uri", "locationName": "label"},
                "Query": {"shape": "Text", "location": "querystring", "locationName": "query"},
                "Head": {"shape": "Text", "location": "header", "locationName": "x-head"},
                "Heads": {"shape": "Map", "location": "headers", "locationName": "x-map-"},
                "Body": {"shape": "Text", "locationName": "body", "documentation": "words"},
                "Enum": {"shape": "Enum"},
                "List": {"shape": "Texts"},
                "Map": {"shape": "Map"},
            },
        },
        "Out": {
            "type": "structure",
            "members": {
                "Head": {"shape": "Text", "location": "header", "locationName": "x-head"},
                "Body": {"shape": "Text", "locationName": "body"},
            },
        },
        "Refused": {
            "type": "structure",
            "exception": True,
            "error": {"code": "Refused"},
            "members": {"Detail": {"shape": "Text", "locationName": "detail"}},
        },
    },
    "rules": {
        "version": "1.0",
        "parameters": {
            "Region": {"type": "String", "builtIn": "AWS::Region", "documentation": "words"},
            "Fixed": {"type": "String"},
            "Endpoint": {"type": "String", "builtIn": "SDK::Endpoint"},
        },
        "rules": [
            {
                "conditions": [{"fn": "isSet", "argv": [{"ref": "Endpoint"}]}],
                "type": "error",
                "error": "a refusal",
            },
            {
                "conditions": [
                    {"fn": "stringEquals", "argv": [{"ref": "Fixed"}, "other"]},
                    {"fn": "aws.partition", "argv": [{"ref": "Region"}], "assign": "Found"},
                ],
                "type": "endpoint",
                "endpoint": {"url": "https://other.example.com"},
            },
            {
                "conditions": [],
                "type": "endpoint",
                "endpoint": {
                    "url": "https://hostile.{Region}.example.com",
                    "headers": {"x-rule": ["value"]},
                    "properties": {"authSchemes": [{"name": "sigv4", "signingName": "scoped"}]},
                },
            },
        ],
    },
}
ANSWERS = {
    "rest-json": b"{}",
    "json": b"{}",
    "smithy-rpc-v2-cbor": b"\xa0",
    "query": b"<a><Wrapper/></a>",
    "rest-xml": b"<a/>",
}
PLACES = (
    "metadata/apiVersion",
    "metadata/endpointPrefix",
    "metadata/jsonVersion",
    "metadata/protocol",
    "metadata/serviceFullName",
    "metadata/serviceId",
    "metadata/signatureVersion",
    "metadata/signingName",
    "metadata/targetPrefix",
    "metadata/uid",
    "operations/Ask/name",
    "operations/Ask/http/method",
    "operations/Ask/http/requestUri",
    "operations/Ask/documentation",
    "operations/Ask/input/locationName",
    "operations/Ask/output/resultWrapper",
    "operations/Ask/endpoint/hostPrefix",
    "operations/Ask/staticContextParams/Fixed/value",
    "shapes/In/documentation",
    "shapes/In/members/Label/locationName",
    "shapes/In/members/Query/locationName",
    "shapes/In/members/Head/locationName",
    "shapes/In/members/Heads/locationName",
    "shapes/In/members/Body/locationName",
    "shapes/In/members/Body/documentation",
    "shapes/Out/members/Head/locationName",
    "shapes/Out/members/Body/locationName",
    "shapes/Texts/member/locationName",
    "shapes/Map/key/locationName",
    "shapes/Map/value/locationName",
    "shapes/Enum/enum/0",
    "shapes/Refused/error/code",
    "shapes/Refused/members/Detail/locationName",
    "rules/rules/0/error",
    "rules/rules/1/conditions/0/argv/1",
    "rules/rules/1/conditions/1/assign",
    "rules/rules/1/endpoint/url",
    "rules/rules/2/endpoint/url",
    "rules/rules/2/endpoint/headers/x-rule/0",
    "rules/rules/2/endpoint/properties/authSchemes/0/signingName",
    "rules/parameters/Region/documentation",
    # What is a name in JSON too:
    "operations/Ask/",
    "shapes/In/members/Body/",
    "shapes/Out/",
    "shapes/Text/",
    "rules/parameters/Fixed/",
    "rules/rules/2/endpoint/headers/x-rule/",
)


def put(model: Any, place: str, text: str, prefix: str = "") -> Any:
    """A copy of the model with the text in a place; one that ends in a slash is a name."""
    *path, last = place.strip("/").split("/")
    copy = json.loads(json.dumps(model))
    spot = copy
    for step in path:
        spot = spot[int(step) if step.isdecimal() else step]
    if not place.endswith("/"):
        spot[int(last) if last.isdecimal() else last] = prefix + text
        return copy
    spot[text] = spot.pop(last)
    if path == ["shapes"]:  # and those who refer to it
        return json.loads(
            json.dumps(copy).replace(f'"shape": "{last}"', f'"shape": {json.dumps(text)}')
        )
    return copy


def write(folder: Path, name: str, model: Any) -> None:
    rules = json.dumps(model["rules"]).encode()
    write_model(folder, name, model["shapes"], model["operations"], rules, **model["metadata"])


def generate(folder: Path, name: str, model: Any) -> Ours:
    write(folder, name, model)
    file = folder / name / "2020-01-01" / "service-2.json"
    selected = select(load_model(name, {name: file}), ())
    service = lower_service(selected, _PARTITIONS, with_docs=True, command="tests")
    out = folder / "clients"
    write_files(out, render_services([service], _PARTITIONS))
    if str(out / "aws") not in aws.__path__:
        aws.__path__.append(str(out / "aws"))
    return Ours(name)


# The rest of a model is the same in all protocols.
CASES = [
    (place, protocol)
    for place in PLACES
    for protocol in ANSWERS
    if protocol == "rest-json" or place.endswith(("locationName", "Wrapper", "targetPrefix"))
]


@pytest.mark.parametrize(("place", "protocol"), CASES)
@settings(
    # Those that are always the same are fewer.
    max_examples=1 if os.environ.get("CI") else 4,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(text=TEXTS)
@example(text='a"b')
@example(text="a\\b")
def test_a_text_works_or_is_refused(place: str, protocol: str, text: str, tmp_path: Path) -> None:
    model = json.loads(json.dumps(MODEL))
    model["metadata"]["protocol"] = protocol
    model = put(model, place, text, "/ask/{label}" if place.endswith("requestUri") else "")
    name = f"hostile-{next(_NUMBERS)}"
    refusal = ""
    try:
        ours = generate(tmp_path, name, model)
    except CodegenError as error:
        refusal = str(error)
    if refusal:
        assert refusal.isprintable()
        assert name in refusal
        return
    params: dict[str, Any] = {
        member: {"List": ["a"], "Map": {"k": "v"}, "Heads": {"one": "1"}}.get(member, "value")
        for member in model["shapes"]["In"]["members"]
    }
    (operation,) = ours.operations.values()
    method = xform_name(operation.name)
    method = f"{method}_" if keyword.iskeyword(method) else method
    for found in vars(ours.client_class.exceptions).values():
        assert not isinstance(found, type) or type_hints(found) is not None
    answer = (200, {}, b"" if operation.output is None else ANSWERS[protocol])
    try:
        sent, _ = ours.call(method, params, answer)
    except (ValidationError, EndpointError):
        return
    known = tmp_path
    if protocol == "query" and place == "shapes/In/members/Heads/locationName":
        # To botocore's query serializer the name of a map is a template: its braces are doubled.
        known = tmp_path / "doubled"
        write(known, name, put(model, place, text.replace("{", "{{").replace("}", "}}")))
    try:
        with made_oracle(known, name) as oracle:
            expected, _ = oracle.call(method, params, answer)
    except Exception:
        return  # botocore checks no models, and fails in many ways where one is wrong
    if place.startswith("rules/") and ("{{" in text or "}}" in text):
        return  # Smithy has one brace there, botocore two in a text without a template
    assert sent.facts() == expected.facts()


def test_braces_in_the_name_of_a_map_are_sent(tmp_path: Path) -> None:
    test = test_a_text_works_or_is_refused.hypothesis.inner_test
    test("shapes/In/members/Heads/locationName", "query", "{{b}}", tmp_path)
