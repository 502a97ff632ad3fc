"""The job document, against its published schema as another tool reads it."""

from __future__ import annotations

import json

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

import reference
from edgemote.agent.cloud.job_document import OPERATION, read
from edgemote.agent.deployments.shapes import Definition

SCHEMA = json.loads(reference.SCHEMA.read_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
SUM = "ab" * 32
SNOW = {
    "handle": "snow",
    "state": "DEPLOY",
    "name": "snow-net",
    "version": "1.4",
    "url": "https://bucket.example/snow.bin?signature=1",
    "checksum": {"type": "SHA256", "sum": SUM},
    "size_bytes": 10,
}
BLOCK = {"signature": "YWI=", "signatureAlgorithm": "ECDSA", "certificateName": "signer.pem"}
GOOD = {
    "operation": OPERATION,
    "models": [{**SNOW, "signature": BLOCK}],
    "failure_policy": "DO_NOTHING",
}
# Values for any place of a document: right ones, nearly right ones, and others.
VALUES = st.sampled_from(
    [
        *(None, True, -1, 1.5, "", "x", "..", "a-b", "SHA1", "UNDEPLOY", "s3://b/k", "http://h/k"),
        *([], {}, SNOW["checksum"], [SNOW], "a" * 300, OPERATION),
    ]
)
PLACES = [
    *((name,) for name in (*GOOD, "other")),
    *(("models", 0, name) for name in (*SNOW, "signature", "other")),
    *(("models", 0, "checksum", name) for name in ("type", "sum", "other")),
    *(("models", 0, "signature", name) for name in ("signature", "certificateName", "other")),
]


def change(document, place, value, remove):
    document = json.loads(json.dumps(document))
    target = document
    for step in place[:-1]:
        target = target[step]
    if remove:
        target.pop(place[-1], None)
    else:
        target[place[-1]] = value
    return document


def test_a_document_is_read():
    found = read("winter:1", json.dumps(GOOD))
    assert found.refusal is None
    assert (found.name, found.policy) == ("winter:1", "DO_NOTHING")
    assert found.definitions == [
        Definition(
            *("snow", "DEPLOY", SNOW["url"], "SHA256", SUM, "snow-net", "1.4", 10),
            signature={"hashAlgorithm": "SHA256", **BLOCK},
        )
    ]


@pytest.mark.parametrize(
    ("signature", "good", "read_as"),
    [
        ("YWI=", True, {"signature": "YWI="}),
        ({"signature": "YWI="}, True, {"signature": "YWI=", "hashAlgorithm": "SHA256"}),
        # What AWS Signer may add one day is no reason to refuse a model.
        (
            {"signature": "YWI=", "rawPayloadSize": 10},
            True,
            {"signature": "YWI=", "hashAlgorithm": "SHA256"},
        ),
        # The operator's tools refuse it; on the device the model fails, with the reason in words.
        (
            {"signature": "YWI=", "hashAlgorithm": "SHA1"},
            False,
            {"signature": "YWI=", "hashAlgorithm": "SHA1"},
        ),
    ],
)
def test_a_signature_is_base64_or_a_block_with_named_keys(signature, good, read_as):
    document = change(GOOD, ("models", 0, "signature"), signature, False)
    assert VALIDATOR.is_valid(document) is good
    assert read("j", json.dumps(document)).definitions[0].signature == read_as


def test_a_block_without_a_signature_is_refused():
    document = change(GOOD, ("models", 0, "signature", "signature"), None, True)
    assert not VALIDATOR.is_valid(document)
    assert "missing required field `signature`" in read("j", json.dumps(document)).refusal


def test_the_schema_is_the_one_of_the_structs():
    assert reference.SCHEMA.read_text() == reference.write_schema(), "run: make reference"


@given(st.sampled_from(PLACES), VALUES, st.booleans())
def test_the_schema_and_the_agent_agree(place, value, remove):
    document = change(GOOD, place, value, remove)
    valid = VALIDATOR.is_valid(document)
    assert (read("j", json.dumps(document)).refusal is None) == valid, document


JSON = st.recursive(
    VALUES | st.text() | st.floats() | st.integers(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from([*SNOW]), inner),
)


@given(
    st.text()
    | st.text(st.characters(), max_size=20)
    | JSON.map(json.dumps)
    | JSON.map(lambda one: json.dumps({**GOOD, "models": [one]}))
    | st.tuples(st.sampled_from(PLACES), JSON).map(
        lambda both: json.dumps(change(GOOD, *both, False))
    )
)
def test_whatever_comes_is_a_deployment_or_refused_in_a_line(text):
    found = read("j", text)
    if found.refusal is None:
        assert found.definitions
        assert found.policy in ("ROLLBACK_ON_FAILURE", "DO_NOTHING")
        for one in found.definitions:
            for said in (one.handle, one.name, one.version, one.checksum):
                assert said is None or said.isprintable()
    else:
        assert found.refusal.isprintable()
        assert 0 < len(found.refusal) <= 300
        assert "regex" not in found.refusal


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("handle", "a_b", "Expected `str` of letters, digits and inner hyphens - at `$.models[0]"),
        ("handle", "snow\n", "letters, digits and inner hyphens"),
        ("name", "snow-net\n", "letters, digits and inner hyphens"),
        ("version", "1.4\n", "of letters, digits, spaces, _ and . - at `$.models[0].version`"),
        ("url", "http://h/k", "that begins with https:// or s3:// - at `$.models[0].url`"),
        ("checksum", {"type": "SHA1", "sum": "x" * 40}, "of hexadecimal digits"),
        ("checksum", {"type": "MD5\n", "sum": SUM}, "Invalid enum value"),
        ("size\n", 1, "unknown field"),
    ],
)
def test_what_is_wrong_with_a_field_is_told_in_words(field, value, words):
    document = {**GOOD, "models": [{**SNOW, field: value}]}
    assert words in read("j", json.dumps(document)).refusal


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"operation": "reboot"}', "not a job of this agent: operation is 'reboot'"),
        ("{}", "not a job of this agent: operation is None"),
        ("[]", "invalid job document"),
        ("", "invalid job document"),
        ("[" * 100_000, "invalid job document"),
        (json.dumps({**GOOD, "models": []}), "Expected `array` of length >= 1 - at `$.models`"),
        (json.dumps({**GOOD, "modells": []}), "unknown field `modells`"),
        (
            json.dumps({**GOOD, "models": [{"handle": "snow"}]}),
            "model snow: url is missing",
        ),
        (
            json.dumps({**GOOD, "models": [{"handle": "snow", "url": "s3://b/k"}]}),
            "model snow: checksum is missing",
        ),
    ],
)
def test_what_is_refused_is_told(text, words):
    assert words in read("j", text).refusal
