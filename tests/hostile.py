"""Hostile answers: what no service sends, and a peer, a proxy or a bug on the other side may.

Each form has a corpus, to which what fuzzing finds is added, and a way to put a sound answer wrong.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any, NamedTuple
from xml.etree import ElementTree

import cbor2

import hostile_cbor

_XML_FOLDER = Path(__file__).parent / "aws" / "corpus" / "xml"
DEEP = 100_000
_JSON = (
    b"",
    b"null",
    b"0",
    b'"text"',
    b"[]",
    b"[[[[",
    b"{}",
    b"{",
    b'{"a": }',
    b"{} trailing",
    b'{"a": 1}{"a": 2}',
    b"\xff\xfe{}",
    b'{"Item": "\xed\xa0\x80"}',
    b'{"CacheTTL": "\\ud800"}',
    b"\xef\xbb\xbf{}",
    b"<html><body>Sign in to the hotel's network</body></html>",
    b'{"CacheTTL": 3600}',
    b'{"Item": null, "Item": {"a": {"S": "x"}}, "Item": 5}',
    b'{"Item": {"a": {"B": "****"}, "b": {"BS": ["a", 5, null, "YQ"]}}}',
    b'{"Item": {"a": {"B": "\xc3\xa9"}, "b": {"B": {}}, "c": {"B": 1e999}}}',
    b'{"Item": {"a": {"NULL": "yes"}, "b": {"BOOL": "true"}, "c": {"BOOL": 1}}}',
    b'{"Table": {"ItemCount": 1e400, "TableSizeBytes": -0.0, "CreationDateTime": 1e400}}',
    b'{"Table": {"ItemCount": "NaN", "TableSizeBytes": "1e3", "CreationDateTime": "NaN"}}',
    b'{"Table": {"ItemCount": 12345678901234567890123, "CreationDateTime": "Infinity"}}',
    b'{"Table": {"ItemCount": ' + b"9" * 100_000 + b"}}",
    b'{"Table": {"ItemCount": "' + b"9" * 100_000 + b'"}}',
    b'{"Table": {"CreationDateTime": "' + b"9" * 100_000 + b'"}}',
    b'{"Table": {"CreationDateTime": "2015-99-99T99:99:99Z"}}',
    b'{"Table": {"CreationDateTime": "9999-12-31T23:59:59-23:59"}}',
    b'{"Table": {"CreationDateTime": "0001-01-01T00:00:00+23:59"}}',
    b'{"Table": {"CreationDateTime": {"seconds": 5}}}',
    b'{"Table": {"CreationDateTime": true}}',
    b'{"Table": {"KeySchema": {"0": {}}, "AttributeDefinitions": [null, [], 5, {"a": 1}]}}',
    b'{"Records": [{"Data": 5, "ApproximateArrivalTimestamp": "Sun, 06 Nov 1994 08:49:37 GMT"}]}',
    b'{"Records": {"Data": "YQ=="}, "MillisBehindLatest": "5"}',
    b'{"' + b"k" * 1_000_000 + b'": 1}',
    b"[" * DEEP,
    b'{"a":' * DEEP,
    b'{"a":' + b"[" * DEEP + b"]" * DEEP + b"}",
    b'{"Item": {"a": ' + b'{"L": [' * DEEP + b"]}" * DEEP + b"}}",
    *(
        b'{"Item": {"a": ' + b'{"L": [' * depth + b'{"N": 5}' + b"]}" * depth + b"}}"
        for depth in (100, 200, 300, 450, 700, 1500)
    ),
    b'{"Deployments": ' + b"[" * DEEP + b"]" * DEEP + b"}",
    b'{"__type": ["a"], "message": {"a": 1}, "code": {}}',
    b'{"__type": {"#": ":"}, "Message": 5}',
    b'{"__type": "a#b:c#d", "message": null}',
    b'{"code": 5, "Code": null, "Message": ["x"]}',
    b'{"__type": "ServiceError"}',
    b'{"__type": "NAMES_BY_CODE"}',
    b'{"__type": "ConditionalCheckFailedException", "Item": {"a": {"B": 5}}}',
    b'{"__type": "ConditionalCheckFailedException", "Item": 5}',
    b'{"__type": "TransactionCanceledException", "CancellationReasons": {"Item": []}}',
    b'{"__type": "ConditionalCheckFailedException", "Item": '
    + b'{"a": {"M": ' * 600
    + b"5"
    + b"}}" * 600
    + b"}",
)
_BOMB = (
    b"<!DOCTYPE a ["
    + b"".join(b"<!ENTITY e%d '%b'>" % (n + 1, b"&e%d;" % n * 10) for n in range(9))
    + b"]><a>&e9;</a>"
)
_XML = (
    *(path.read_bytes() for path in sorted(_XML_FOLDER.iterdir())),
    b"",
    b" ",
    b"<",
    b"<a",
    b"<a>",
    b"<a/>",
    b"<a></b>",
    b"<a/><b/>",
    b"text",
    b"{}",
    b"<?xml version='1.0' encoding='utf-16'?><a/>",
    b"\xef\xbb\xbf<a/>",
    b"\xff\xfe<\0a\0/\0>\0",
    b"<a>\xff\xfe</a>",
    b"<a>&#x110000;</a>",
    b"<a>&#xd800;</a>",
    b"<a>&#" + b"9" * 100_000 + b";</a>",
    b"<a>&unknown;</a>",
    b"<a>&" + b"x" * 100_000 + b"</a>",
    b"<a" + b" b='c'" * 20_000 + b"/>",
    b"<a b='" + b"c" * 200_000 + b"'/>",
    b"<" + b"a" * 200_000 + b"/>",
    b"<!--" + b"-" * 200_000,
    b"<![CDATA[" + b"]" * 200_000,
    b"<?" + b"?" * 200_000,
    b"<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>",
    b"<!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><a>&e;</a>",
    _BOMB,
    b"<a>" * DEEP,
    b"<a>" * DEEP + b"</a>" * DEEP,
    *(b"<a>" * depth + b"</a>" * depth for depth in (20, 63, 64, 65, 100, 1000)),
    b"<Error/>",
    b"<Error><Code/></Error>",
    b"<Error><Code>NAMES_BY_CODE</Code><Message><a/></Message></Error>",
    b"<Error><Code>ServiceError</Code></Error>",
    b"<Error><Code>" + b"x" * 100_000 + b"</Code></Error>",
    b"<ErrorResponse><Error/><Error><Code>NoSuchEntity</Code></Error></ErrorResponse>",
    b"<ErrorResponse><Error><Error><Code>x</Code></Error></Error></ErrorResponse>",
    b"<Response><Errors/></Response>",
    b"<Response><Errors><Error><Code>A</Code></Error><Error><Code>B</Code></Error></Errors>"
    b"<RequestID/></Response>",
    # Members of the operations below, with what does not fit.
    b"<r><KeyCount>many</KeyCount><MaxKeys/><IsTruncated>perhaps</IsTruncated></r>",
    b"<r><KeyCount>" + b"9" * 100_000 + b"</KeyCount></r>",
    b"<r><Contents><LastModified>" + b"9" * 100_000 + b"</LastModified><Size>1e5</Size>"
    b"</Contents><Contents>text</Contents><Contents/></r>",
    # References in attributes, which XML does not define.
    *(
        b"<r><AccessControlList><Grant><Grantee xsi:type='" + value + b"'/></Grant>"
        b"</AccessControlList></r>"
        for value in (b"&#0;", b"Ama&\xfdzon", b"&", b"&unknown;", b"\xff")
    ),
    b"<r><GetUserResult><User>text</User></GetUserResult><GetUserResult/></r>",
    b"<r><GetUserResult><User><CreateDate>2015-99-99</CreateDate><Tags>x</Tags></User>"
    b"</GetUserResult></r>",
    b"<r><GetUserPolicyResult><PolicyDocument>%7B%22%FF</PolicyDocument></GetUserPolicyResult></r>",
    b"<r><GetUserPolicyResult><PolicyDocument>" + b"%5B" * 100_000 + b"</PolicyDocument>"
    b"</GetUserPolicyResult></r>",
    b"<r><GetTopicAttributesResult><Attributes><entry/><entry><key/></entry><entry><value/>"
    b"</entry>text</Attributes></GetTopicAttributesResult></r>",
    b"<r><reservationSet><item><instancesSet><item><launchTime>NaN</launchTime></item>"
    b"<item>text</item></instancesSet></item></reservationSet></r>",
)
_CBOR = (
    *(content for content, _ in hostile_cbor.read_corpus()),
    *(cbor2.dumps({"MetricAlarms": 0})[:-1] + part for part, _ in hostile_cbor.read_corpus()),
    b"{}",
    b"<a/>",
    b"\x9b" + b"\xff" * 8,  # a list of 2**64 - 1
    b"\x5b" + b"\x7f" * 8,  # as many bytes
    b"\xbb" + b"\x7f" * 8 + b"\x61a",
    b"\x9f" * DEEP,
    b"\x81" * DEEP + b"\0",
    b"\xbf\x61a" * DEEP,
    b"\xc1" * DEEP + b"\0",
    b"\xa1\x6cMetricAlarms" + b"\x81" * 1000 + b"\0",
    b"\xa1\x6cMetricAlarms\x9f" + b"\xa0" * 100_000 + b"\xff",
    b"\x7f" + b"\x61a" * 100_000 + b"\xff",
    b"\xc2\x5a\0\x01\0\0" + b"\xff" * 65_536,  # a number of half a million bits
    b"\xc4\x82\x1b" + b"\x7f" * 8 + b"\x01",  # 1e9187201950435737471
    b"\xa1\x66__type\x81\0",
    b"\xa1\x66__type" + b"\x81" * 120 + b"\0",
    b"\xa1\x66__type\x6da#NAMES_BY_COD",
    b"\xa2\x66__type\x61x\x67message\xa0",
)


class Form(NamedTuple):
    """`spoil` puts a sound answer wrong."""

    corpus: tuple[bytes, ...]
    spoil: Callable[[Random, bytes], bytes]


def _spoil_json(random: Random, body: bytes) -> bytes:
    if body.startswith(b"{"):
        body = json.dumps(_mutate_value(random, json.loads(body))).encode()
    return _spoil_bytes(random, body, (b'"', b"{", b"]", b"\\u", b"\0", b",", b"-"))


def _mutate_value(random: Random, value: Any, depth: int = 0) -> Any:
    """The JSON value with something in it put wrong."""
    if depth and random.random() < 0.15:
        return random.choice(
            (None, True, 0, -1, 1.5, 1e300, 2**70, "", "NaN", "é", "2015-01-01", [], {}, [None])
        )
    if isinstance(value, dict):
        parts = {name: _mutate_value(random, part, depth + 1) for name, part in value.items()}
        if random.random() < 0.1:
            parts[random.choice(("", "x", "__type", "message", "__class__"))] = value
        return parts
    if isinstance(value, list):
        parts = [_mutate_value(random, part, depth + 1) for part in value]
        return parts if random.random() < 0.9 else {"0": parts}
    return value


def _spoil_xml(random: Random, body: bytes) -> bytes:
    if body.startswith(b"<"):
        root = ElementTree.fromstring(body)
        _mutate_element(random, root)
        body = ElementTree.tostring(root)
    tokens = (b"<", b">", b"</", b"/>", b"&", b"&#", b";", b"<!--", b"<![CDATA[", b"]]>", b"\0")
    return _spoil_bytes(random, body, tokens)


def _mutate_element(random: Random, element: ElementTree.Element) -> None:
    """Children lost, doubled, moved and renamed; texts that are another type's."""
    for child in list(element):
        _mutate_element(random, child)
        choice = random.random()
        if choice < 0.05:
            element.remove(child)
        elif choice < 0.1:
            element.append(child)
        elif choice < 0.15:
            child.tag = random.choice(("x", "member", "entry", "key", "Error", "Code", "item"))
    if random.random() < 0.1:
        texts = ("", " ", "x", "-1", "1.5", "NaN", "true", "2015-01-01T00:00:00Z", "é", "9" * 50)
        element.text = random.choice(texts)


def _spoil_bytes(random: Random, body: bytes, tokens: tuple[bytes, ...]) -> bytes:
    """The bytes cut, with some put in, or with some changed; or as they are."""
    choice = random.random()
    at = random.randint(0, len(body))
    if choice < 0.5:
        return body
    if choice < 0.65:
        return body[:at]
    if choice < 0.8:
        return body[:at] + random.randbytes(random.randint(1, 4)) + body[at:]
    return body[:at] + random.choice(tokens) + body[at + 1 :]


_JSON_FORM = Form(_JSON, _spoil_json)
_XML_FORM = Form(_XML, _spoil_xml)
FORMS = {
    "json": _JSON_FORM,
    "rest-json": _JSON_FORM,
    "smithy-rpc-v2-cbor": Form(_CBOR, hostile_cbor.mutate),
    "rest-xml": _XML_FORM,
    "query": _XML_FORM,
    "ec2": _XML_FORM,
}
