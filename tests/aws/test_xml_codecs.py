"""XML and forms: requests and results of the golden cases' models, equal to botocore's."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from botocore import xform_name
from hypothesis import example, given
from hypothesis import strategies as st

from aws.errors import ServiceError, ValidationError
from calls import Ours
from made_service import made_oracle, make_service
from oracle import Oracle, plain_result, plain_struct

CASES = Path(__file__).parents[1] / "codegen" / "cases"
NAMES = ("xml_forms", "query_forms", "ec2_forms")
Sides = dict[str, tuple[Ours, Oracle]]


@pytest.fixture(scope="module")
def sides(tmp_path_factory: pytest.TempPathFactory) -> Sides:
    """Both sides of each model."""
    made: Sides = {}
    for name in NAMES:
        model = json.loads((CASES / name / "model.json").read_text())
        folder = tmp_path_factory.mktemp(name)
        service = name.replace("_", "-")
        metadata = {**model["metadata"], "endpointPrefix": service}
        ours = make_service(folder, service, model["shapes"], model["operations"], **metadata)
        with made_oracle(folder, service) as oracle:
            made[name] = ours, oracle
    return made


def call_both(
    sides: Sides, name: str, operation: str, params: dict[str, Any], body: bytes
) -> tuple[Any, Any]:
    """What each makes of the answer; the requests have been found equal."""
    ours, oracle = sides[name]
    method = xform_name(operation)
    answer = (200, {"x-amzn-requestid": "r"}, body)
    expected_request, expected = oracle.call(method, params, answer)
    request, result = ours.call(method, params, answer)
    assert request.facts() == expected_request.facts()
    shape = oracle.model.operation_model(operation).output_shape
    return plain_struct(result), plain_result(shape, expected)


# XML 1.0 has no other control characters; botocore writes carriage returns as they are.
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
TIMES = st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1), timezones=st.just(timezone.utc))
MEMBERS = {
    "Names": st.lists(TEXTS, max_size=3),
    "Tags": st.lists(TEXTS, max_size=3),
    "Labels": st.lists(TEXTS, max_size=3),
    "Addresses": st.lists(TEXTS, max_size=3),
    "Counts": st.dictionaries(TEXTS, st.integers(-(2**31), 2**31 - 1), max_size=3),
    "Shares": st.dictionaries(TEXTS, st.integers(-(2**31), 2**31 - 1), max_size=3),
    "Content": st.binary(max_size=12),
    "Made": TIMES,
}
OF_EC2 = ("Names", "Addresses", "Content", "Made")


def things(names: tuple[str, ...]) -> st.SearchStrategy[dict[str, Any]]:
    members: dict[str, Any] = {name: MEMBERS[name] for name in names}
    flat = st.fixed_dictionaries({}, optional=members)
    return st.recursive(
        flat, lambda inner: st.fixed_dictionaries({"Inner": inner}, optional=members)
    )


ALL = things(tuple(name for name in MEMBERS if name != "Addresses"))


@given(ALL)
@example({})
@example({"Names": [], "Tags": [], "Counts": {}, "Inner": {}})
def test_xml_payloads(sides: Sides, thing: dict[str, Any]) -> None:
    call_both(sides, "xml_forms", "PutThing", {"Id": "1", "Thing": thing}, b"<Thing/>")


@given(ALL)
@example({"Names": [], "Tags": [], "Counts": {}, "Inner": {}})
def test_query_forms(sides: Sides, thing: dict[str, Any]) -> None:
    body = b"<PutThingResponse><PutThingResult/></PutThingResponse>"
    call_both(sides, "query_forms", "PutThing", {"Id": "1", "Thing": thing}, body)


@given(things(OF_EC2))
@example({"Names": []})
def test_ec2_forms(sides: Sides, thing: dict[str, Any]) -> None:
    call_both(sides, "ec2_forms", "PutThing", {"Id": "1", "Thing": thing}, b"<PutThingResponse/>")


@given(TEXTS, TEXTS, st.lists(TEXTS, max_size=2))
@example('a"b<c>&', "x", ["y"])
def test_attributes_namespaces_and_shared_elements(
    sides: Sides, kind: str, event: str, events: list[str]
) -> None:
    params = {"Owner": {"Kind": kind, "Id": "1"}, "Event": event, "Events": events}
    call_both(sides, "xml_forms", "SetOwner", params, b"<SetOwnerResponse/>")


def test_structs_are_written_like_dicts(sides: Sides) -> None:
    for name in NAMES:
        ours, _ = sides[name]
        thing = {"Names": ["a"], "Content": b"b", "Made": 1.5, "Inner": {"Names": ["c"]}}
        struct = ours.package.Thing(
            Names=["a"], Content=b"b", Made=1.5, Inner=ours.package.Thing(Names=["c"])
        )
        answer = (200, {}, b"<A><PutThingResult/></A>")
        written, _ = ours.call("put_thing", {"Id": "1", "Thing": struct}, answer)
        expected, _ = ours.call("put_thing", {"Id": "1", "Thing": thing}, answer)
        assert written.facts() == expected.facts()


def test_carriage_returns_survive_a_reader_of_xml(sides: Sides) -> None:
    sent, _ = sides["xml_forms"][0].call(
        "put_thing", {"Id": "1", "Thing": {"Names": ["a\r\nb"]}}, (200, {}, b"")
    )
    assert repr("a\r\nb") in repr(sent.body)


def test_half_a_surrogate_pair_is_refused(sides: Sides) -> None:
    for name in NAMES:
        with pytest.raises(ValidationError, match="surrogate"):
            sides[name][0].call(
                "put_thing", {"Id": "1", "Thing": {"Names": ["\ud800"]}}, (200, {}, b"")
            )


RESULTS = {
    "empty": b"",
    "lists": b"<Names><item>a</item><item/><item>&lt;</item></Names><Tag>b</Tag><Tag>c</Tag>",
    "one of a flat list": b"<Tag>b</Tag><Label>l</Label>",
    "maps": b"<Counts><entry><key>a</key><value>1</value></entry>"
    b"<entry><value>2</value><key>b</key></entry></Counts>"
    b"<Share><Name>x</Name><Count>1</Count></Share><Share><Name>y</Name><Count>2</Count></Share>",
    "namespaces": b'<n:Names xmlns:n="urn:n"><n:item>a</n:item></n:Names>',
    "white space": b"\n  <Names>\n    <item>a b </item>\n  </Names>\n",
    "blob and time": b"<Content>AP/+</Content><Made>2015-01-01T00:00:00.250Z</Made>",
    "other times": b"<Made>1420070400</Made>"
    b"<Inner><Made>Thu, 01 Jan 2015 00:00:00 GMT</Made></Inner>",
    "unknown": b"<New><Deep>1</Deep></New><Names><item>a</item></Names>",
    "nested": b"<Inner><Inner><Names><item>a</item></Names></Inner></Inner>",
    "empty ones": b"<Names/><Counts></Counts><Inner/><Content/>",
}


@pytest.mark.parametrize("members", RESULTS.values(), ids=RESULTS)
def test_results_of_xml_and_query(sides: Sides, members: bytes) -> None:
    for name, body in (
        ("xml_forms", b"<Thing>%b</Thing>"),
        ("query_forms", b"<A><PutThingResult><Thing>%b</Thing></PutThingResult></A>"),
    ):
        result, expected = call_both(sides, name, "PutThing", {"Id": "1"}, body % members)
        assert result == expected


def test_results_of_ec2(sides: Sides) -> None:
    body = (
        b'<PutThingResponse xmlns="http://ec2.amazonaws.com/doc/"><requestId>r</requestId><Thing>'
        b"<nameSet><item>a</item></nameSet><addressSet><item>b</item></addressSet>"
        b"<content>AP/+</content><inner><made>2015-01-01T00:00:00Z</made></inner>"
        b"</Thing></PutThingResponse>"
    )
    result, expected = call_both(sides, "ec2_forms", "PutThing", {"Id": "1"}, body)
    assert result == expected
    assert result["Thing"]["Addresses"] == ["b"]


def test_attributes_of_results(sides: Sides) -> None:
    body = (
        b'<R><Owner xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="User">'
        b"<Id>1</Id></Owner></R>"
    )
    result, expected = call_both(sides, "xml_forms", "SetOwner", {}, body)
    assert result == expected == {"Owner": {"Kind": "User", "Id": "1"}}


ERRORS = {
    "query": b"<ErrorResponse xmlns='urn:x'><Error><Type>Sender</Type><Code>%b</Code>"
    b"<Message>m</Message><Reason>why</Reason></Error><RequestId>r</RequestId></ErrorResponse>",
    "s3": b"<Error><Code>%b</Code><Message>m</Message><Reason>why</Reason></Error>",
    "ec2": b"<Response><Errors><Error><Code>%b</Code><Message>m</Message><Reason>why</Reason>"
    b"</Error></Errors><RequestID>r</RequestID></Response>",
}


@pytest.mark.parametrize("body", ERRORS.values(), ids=ERRORS)
@pytest.mark.parametrize("name", NAMES)
def test_errors_have_their_types_and_members(sides: Sides, name: str, body: bytes) -> None:
    ours, _ = sides[name]
    _, error = ours.call("put_thing", {"Id": "1"}, (404, {}, body % b"Thing.Missing"))
    assert isinstance(error, ServiceError)
    assert (error.code, error.message, error.status) == ("Thing.Missing", "m", 404)
    assert error.request_id == ("" if body[:12] == b"<Error><Code" else "r")
    if name != "ec2_forms":
        assert type(error).__name__ == "NoSuchThing"
        assert error.Reason == "why"  # type: ignore[attr-defined]


@pytest.mark.parametrize("body", [b"", b"Bad Gateway", b"<html>502</html>", b"<Error", b"{}"])
@pytest.mark.parametrize("name", NAMES)
def test_errors_without_a_code_have_their_status(sides: Sides, name: str, body: bytes) -> None:
    _, error = sides[name][0].call("put_thing", {"Id": "1"}, (502, {}, body))
    assert error.code == "502"
    assert error.status == 502


WRONG = (
    b"",
    b"<",
    b"</",
    b">",
    b"<item/>",
    b"<!--",
    b"&",
    b"&#0;",
    b"\xff",
    b"NaN",
    b"1e999",
    b"-",
)


@given(
    st.sampled_from(NAMES),
    st.sampled_from(sorted(RESULTS.values()) + sorted(ERRORS.values())),
    st.sampled_from((200, 400, 503)),
    st.data(),
)
def test_damaged_answers_give_a_value_or_an_error_of_the_service(
    sides: Sides, name: str, part: bytes, status: int, data: st.DataObject
) -> None:
    """Whatever is cut out of an answer, put into it or doubled."""
    body = b"<A><PutThingResult><Thing>" + part + b"</Thing></PutThingResult></A>"
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(body)))
        end = data.draw(st.integers(at, len(body)))
        body = body[:at] + data.draw(st.sampled_from((*WRONG, body[at:end] * 2))) + body[end:]
    _, result = sides[name][0].call("put_thing", {"Id": "1"}, (status, {}, body))
    is_result = isinstance(result, sides[name][0].operations["PutThing"].output)
    assert is_result or isinstance(result, ServiceError)


@pytest.mark.parametrize("text", ["<a>", "{}", "yes", "1.5", "12345678901234567890" * 300])
def test_values_of_a_wrong_type_are_handed_on(sides: Sides, text: str) -> None:
    escaped = text.replace("<", "&lt;").encode()
    body = b"<Thing><Counts><entry><key>k</key><value>%b</value></entry></Counts></Thing>" % escaped
    _, result = sides["xml_forms"][0].call("put_thing", {"Id": "1"}, (200, {}, body))
    assert result.Thing.Counts == {"k": text}


def test_an_error_under_status_200(sides: Sides) -> None:
    body = b"<Error><Code>InternalError</Code><Message>again</Message></Error>"
    for operation, params in (("put_thing", {"Id": "1"}), ("set_owner", {})):
        _, error = sides["xml_forms"][0].call(operation, params, (200, {}, body))
        assert isinstance(error, ServiceError)
        assert (error.code, error.message) == ("InternalError", "again")


def test_a_query_answer_without_its_wrapper(sides: Sides) -> None:
    _, result = sides["query_forms"][0].call("put_thing", {"Id": "1"}, (200, {}, b"<A/>"))
    assert result.Thing is None


# What IAM sends is read as urllib reads it.
@given(st.text(st.sampled_from("%ab4g1é5BFf +"), max_size=12))
def test_percent_encoding_is_urllibs(text: str) -> None:
    from aws.decoded_text import _unquote

    assert _unquote(text) == unquote(text)
