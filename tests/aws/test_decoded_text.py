"""Texts of answers that boto3 decodes: botocore's handlers are the judge."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any
from urllib.parse import quote

import pytest
from botocore import handlers
from hypothesis import example, given
from hypothesis import strategies as st

from aws import decoded_text
from conformance.comparison import generated
from edgemote_codegen.models import load_model
from edgemote_codegen.selection import select
from oracle import Oracle

# botocore's JSON has numbers that JSON has not.
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20).filter(
    lambda text: "NaN" not in text and "Infinity" not in text
)
DOCUMENTS = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


@given(
    DOCUMENTS.map(json.dumps).map(quote)
    | DOCUMENTS.map(json.dumps)
    | TEXTS
    | st.text('%0a9F {}[]"', max_size=12)
)
@example("%")
@example("%7")
@example("%  {}")
@example("%22%FF%22")
def test_policies(text: str) -> None:
    assert decoded_text.read_policy(text) == handlers.decode_quoted_jsondoc(text)


def test_what_is_nested_too_deeply_stays_a_text() -> None:
    assert decoded_text.read_policy("[" * 1_000_000 + "]" * 1_000_000).startswith("[[")


@given(DOCUMENTS.map(json.dumps) | TEXTS)
@example("Resources: {}")
@example("%7B%7D")
def test_templates(text: str) -> None:
    parsed = {"TemplateBody": text}
    handlers.json_decode_template_body(parsed)
    assert decoded_text.read_json(text) == parsed["TemplateBody"]


@given(st.binary(max_size=20).map(lambda content: b64encode(content).decode()) | TEXTS)
def test_consoles(text: str) -> None:
    parsed = {"Output": text}
    handlers.decode_console_output(parsed)
    assert decoded_text.read_base64(text) == parsed["Output"]


def test_the_message_of_an_oauth_error() -> None:
    params = {"clientId": "c", "clientSecret": "s", "grantType": "g"}
    body = b'{"error": "invalid_grant", "error_description": "why"}'
    answer = (400, {"x-amzn-ErrorType": "InvalidGrantException"}, body)
    _, expected = Oracle("sso-oidc").call("create_token", params, answer)
    with generated(select(load_model("sso-oidc", {}), ("CreateToken",))) as ours:
        _, error = ours.call("create_token", params, answer)
    assert error.message == expected.response["Error"]["Message"] == "why"
    assert (error.error, error.error_description) == ("invalid_grant", "why")


@pytest.mark.parametrize(
    ("service", "operation", "answer", "found"),
    [
        (
            "iam",
            "GetRole",
            "<R><GetRoleResult><Role><AssumeRolePolicyDocument>%7B%22a%22%3A1%7D"
            "</AssumeRolePolicyDocument></Role></GetRoleResult></R>",
            lambda result: result.Role.AssumeRolePolicyDocument == {"a": 1},
        ),
        (
            "cloudformation",
            "GetTemplate",
            '<R><GetTemplateResult><TemplateBody>{"a": 1}</TemplateBody></GetTemplateResult></R>',
            lambda result: result.TemplateBody == {"a": 1},
        ),
        (
            "ec2",
            "GetConsoleOutput",
            "<R><output>dGhlIGNvbnNvbGU=</output></R>",
            lambda result: result.Output == "the console",
        ),
    ],
)
def test_members(service: str, operation: str, answer: str, found: Any) -> None:
    with generated(select(load_model(service, {}), (operation,))) as ours:
        method, params = {
            "GetRole": ("get_role", {"RoleName": "r"}),
            "GetTemplate": ("get_template", {}),
            "GetConsoleOutput": ("get_console_output", {"InstanceId": "i"}),
        }[operation]
        _, result = ours.call(method, params, (200, {}, answer.encode()))
    assert found(result)
