"""What the codecs do beside the requests and results that test_conformance.py compares."""

from __future__ import annotations

import json
from base64 import b64encode
from pathlib import Path
from typing import Annotated, Any, get_type_hints
from uuid import UUID

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aws import json_body, sigv4
from aws.dynamodb import AttributeValue, ConditionalCheckFailedException
from aws.errors import ServiceError
from aws.lenient import build, read
from aws.operation import Client, find_error
from aws.shape import SensitiveBytes, SensitiveStr, Shape, TaggedUnion, type_hints
from calls import Ours
from made_service import made_oracle, make_service
from oracle import plain_result, plain_struct

EMPTY = (200, {}, b"{}")


# Structs -----------------------------------------------------------------------------------------


class Secret(Shape, kw_only=True):
    Name: str
    Password: SensitiveStr | None = None
    Blob: SensitiveBytes | None = None
    Texts: list[SensitiveStr] | None = None
    ByName: dict[str, SensitiveStr] | None = None
    Bounded: Annotated[str, msgspec.Meta(min_length=1, extra={"sensitive": True})] | None = None
    Plain: str | None = None
    Odd: Annotated[str, msgspec.Meta(extra={"item": "'sensitive': True"})] | None = None
    Open: Annotated[str, msgspec.Meta(extra={"sensitive": False})] | None = None


def test_a_repr_hides_what_is_sensitive() -> None:
    secret = Secret(
        Name="n",
        Password="hidden",
        Blob=b"hidden",
        Texts=["hidden"],
        ByName={"k": "hidden"},
        Bounded="hidden",
        Plain="shown",
        Odd="shown",
        Open="shown",
    )
    assert repr(secret) == (
        "Secret(Name='n', Password='***', Blob='***', Texts='***', ByName='***', Bounded='***', "
        "Plain='shown', Odd='shown', Open='shown')"
    ).replace("'***'", "***")
    assert repr(Secret(Name="n")) == "Secret(Name='n')"
    assert "hidden" not in repr([{"a": secret}])


def test_secrets_of_real_services_are_hidden() -> None:
    ours = Ours("secretsmanager")
    answer = (200, {}, b'{"Name": "n", "SecretString": "hidden", "SecretBinary": "aGlkZGVu"}')
    _, result = ours.call("get_secret_value", {"SecretId": "n"}, answer)
    assert (result.SecretString, result.SecretBinary) == ("hidden", b"hidden")
    assert "hidden" not in repr(result)
    assert "'n'" in repr(result)


def test_none_is_absent_on_the_wire() -> None:
    assert msgspec.json.encode(AttributeValue(S="a")) == b'{"S":"a"}'
    assert repr(AttributeValue(S="a", L=None)) == "AttributeValue(S='a')"
    # False, zero and empty are not absent.
    value = AttributeValue(S="", BOOL=False, L=[], M={})
    assert json.loads(msgspec.json.encode(value)) == {"S": "", "BOOL": False, "L": [], "M": {}}


# Unions ------------------------------------------------------------------------------------------


class Choice(TaggedUnion, kw_only=True):
    Text: str | None = None
    Number: int | None = None


def test_a_member_of_tomorrow_leaves_a_union_empty() -> None:
    choice = json_body.decode(Choice, b'{"Later": {"a": 1}}')
    assert choice == Choice()
    assert build(Choice, {"Later": 1}) == Choice()
    assert json_body.decode(Choice, b'{"Text": null, "Number": 5}') == Choice(Number=5)


# Lenient reading ---------------------------------------------------------------------------------


class Kinds(Shape, kw_only=True):
    Needed: str
    Number: int | None = None
    Float: float | None = None
    Flag: bool | None = None
    Blob: bytes | None = None
    Inner: Choice | None = None
    Items: list[Choice] | None = None
    ByName: dict[str, int] | None = None


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (b"{}", {}),
        (b"", {}),
        (b"null", {}),
        (b'{"Needed": null}', {}),
        (b'{"Number": "5"}', {"Number": 5}),
        (b'{"Number": 5.0}', {"Number": 5}),
        (b'{"Number": "five"}', {"Number": "five"}),
        (b'{"Float": "1.5"}', {"Float": 1.5}),
        (b'{"Float": "Infinity"}', {"Float": float("inf")}),
        (b'{"Float": 5}', {"Float": 5.0}),
        (b'{"Float": {}}', {"Float": {}}),
        (b'{"Flag": "true"}', {"Flag": True}),
        (b'{"Flag": "False"}', {"Flag": False}),
        (b'{"Flag": 1}', {"Flag": 1}),
        (b'{"Blob": "YQ=="}', {"Blob": b"a"}),
        (b'{"Blob": "YWJ"}', {"Blob": "YWJ"}),
        (b'{"Blob": 5}', {"Blob": 5}),
        (b'{"Inner": {}}', {"Inner": Choice()}),
        (b'{"Inner": "x"}', {"Inner": "x"}),
        (b'{"Items": [null, {"Number": 1}, 5]}', {"Items": [None, Choice(Number=1), 5]}),
        (b'{"Items": {"Number": 1}}', {"Items": {"Number": 1}}),
        (b'{"ByName": {"a": 1, "b": null, "c": "3"}}', {"ByName": {"a": 1, "c": 3}}),
        (b'{"ByName": []}', {"ByName": []}),
    ],
)
def test_what_does_not_fit_is_read_as_well_as_it_can_be(body: bytes, fields: Any) -> None:
    result = json_body.decode(Kinds, body)
    assert {
        name: value
        for name in Kinds.__struct_fields__
        if (value := getattr(result, name)) is not None
    } == fields


# The forgiving reader gives what the strict one gives, for all that the strict one takes.
@settings(deadline=None)
@given(
    st.fixed_dictionaries(
        {"Needed": st.text(max_size=3)},
        optional={
            "Number": st.integers(-(2**63), 2**63 - 1),
            "Float": st.floats(allow_nan=False, allow_infinity=False),
            "Flag": st.booleans(),
            "Blob": st.binary(max_size=5).map(lambda value: b64encode(value).decode()),
            "Inner": st.fixed_dictionaries({}, optional={"Text": st.text(max_size=3)}),
            "Items": st.lists(st.just({"Number": 1}), max_size=2),
            "ByName": st.dictionaries(st.text(max_size=3), st.integers(0, 9), max_size=2),
            "Unknown": st.just([1]),
        },
    ).filter(lambda value: not any("\ud800" <= c <= "\udfff" for c in repr(value)))
)
def test_both_readers_agree(value: Any) -> None:
    body = json.dumps(value).encode()
    assert msgspec.json.decode(body, type=Kinds) == build(Kinds, json.loads(body))


def test_a_header_as_a_flag_and_a_number() -> None:
    assert read(bool, "TRUE") is True
    assert read(int, "-5") == -5


# Errors ------------------------------------------------------------------------------------------

# Where a code is found, in the order in which the places count.
CODES = [
    ({"x-amzn-errortype": "A:http://x#y"}, {"__type": "B"}, "A"),
    ({"x-amzn-errortype": "ns#A"}, {}, "A"),
    ({"x-amzn-errortype": ""}, {"__type": "ns#B"}, "B"),
    ({}, {"__type": "com.x#B:http://y", "code": "C"}, "B"),
    ({}, {"code": "C", "Code": "D"}, "C"),
    ({}, {"Code": "D"}, "D"),
    ({}, {"__type": None, "code": 5}, "5"),
    ({}, {}, "418"),
]


@pytest.mark.parametrize(("headers", "body", "code"), CODES)
@pytest.mark.parametrize("service", ["sagemaker-edge", "dynamodb"])
def test_where_codes_come_from(service: str, headers: Any, body: Any, code: str) -> None:
    ours = Ours(service)
    method, params = (
        ("list_tables", {})
        if service == "dynamodb"
        else ("get_deployments", {"DeviceName": "d", "DeviceFleetName": "f"})
    )
    _, error = ours.call(method, params, (418, headers, json.dumps(body).encode()))
    assert type(error) is ServiceError
    assert (error.code, error.status) == (code, 418)


@pytest.mark.parametrize(
    ("headers", "request_id"),
    [
        ({"x-amzn-requestid": "a", "x-amz-request-id": "b"}, "a"),
        ({"x-amz-request-id": "b"}, "b"),
        ({}, ""),
    ],
)
def test_where_request_ids_come_from(headers: Any, request_id: str) -> None:
    _, error = Ours("dynamodb").call("list_tables", {}, (400, headers, b"{}"))
    assert error.request_id == request_id


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b'{"message": "a", "Message": "b"}', "a"),
        (b'{"Message": "b"}', "b"),
        (b'{"message": null}', ""),
        (b'{"message": 5}', "5"),
        (b"{}", ""),
        (b"", ""),
        (b"<html>", "<html>"),
        (b"\xff", "\ufffd"),
        (b"[1]", "[1]"),
    ],
)
def test_where_messages_come_from(body: bytes, message: str) -> None:
    _, error = Ours("dynamodb").call("list_tables", {}, (400, {}, body))
    assert error.message == message


def test_what_an_error_says_of_itself() -> None:
    error = ServiceError("Code", "words", 400, "id")
    assert str(error) == "Code: words (HTTP 400, request id)"
    assert str(ServiceError("Code")) == "Code"
    assert str(ServiceError("Code", status=503)) == "Code (HTTP 503)"
    assert error.args == ("Code", "words", 400, "id")
    assert error.retryable is False


def test_modelled_errors_have_their_members() -> None:
    ours = Ours("dynamodb")
    body = {
        "__type": "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException",
        "message": "m",
        "Item": {"a": {"S": "x"}, "b": {"B": "YQ=="}},
    }
    params = {"TableName": "t", "Item": {"a": {"S": "x"}}}
    _, error = ours.call("put_item", params, (400, {}, json.dumps(body).encode()))
    assert type(error) is ConditionalCheckFailedException
    assert error.Item == {"a": AttributeValue(S="x"), "b": AttributeValue(B=b"a")}
    assert error.message == "m"
    _, error = ours.call("put_item", params, (400, {}, b'{"__type": "x#ThrottlingException"}'))
    assert error.code == "ThrottlingException"


def test_codes_of_the_older_protocol_outrank_the_newer_ones() -> None:
    ours = Ours("sqs")
    headers = {"x-amzn-query-error": "AWS.SimpleQueueService.NonExistentQueue;Sender"}
    body = b'{"__type": "com.amazonaws.sqs#QueueDoesNotExist", "message": "m"}'
    _, error = ours.call("get_queue_url", {"QueueName": "q"}, (400, headers, body))
    assert error.code == "AWS.SimpleQueueService.NonExistentQueue"
    assert type(error) is ours.client.exceptions.QueueDoesNotExist
    for header in ("", ";", "Other", "Other;Sender;More", ";Sender"):
        headers = {"x-amzn-query-error": header}
        _, error = ours.call("get_queue_url", {"QueueName": "q"}, (400, headers, body))
        assert (error.code, type(error)) == (
            "QueueDoesNotExist",
            ours.client.exceptions.QueueDoesNotExist,
        )
    # Other services send no such header, and are not believed if they do.
    headers = {"x-amzn-query-error": "Other;Sender"}
    _, error = Ours("dynamodb").call("list_tables", {}, (400, headers, b'{"__type": "Mine"}'))
    assert error.code == "Mine"


@pytest.mark.parametrize(
    "code",
    ["ServiceError", "annotations", "NAMES_BY_CODE", "__name__", "__builtins__", "", "a.b", "é"],
)
def test_a_code_finds_errors_and_nothing_else(code: str) -> None:
    from aws.dynamodb import errors

    assert find_error(errors, code) in (None, ServiceError)
    assert find_error(errors, "ConditionalCheckFailedException") is ConditionalCheckFailedException


# Calls -------------------------------------------------------------------------------------------


def test_a_token_is_filled_in_and_is_another_each_time() -> None:
    ours = Ours("secretsmanager")
    tokens = set()
    for params in ({"Name": "n"}, {"Name": "n", "ClientRequestToken": None}):
        for _ in range(3):
            sent, _ = ours.call("create_secret", params, EMPTY)
            token = sent.body["ClientRequestToken"]
            assert UUID(token).version == 4
            tokens.add(token)
        assert params.get("ClientRequestToken") is None  # the caller's dict is the caller's
    assert len(tokens) == 6
    given_token = {"Name": "n", "ClientRequestToken": "x" * 32}
    sent, _ = ours.call("create_secret", given_token, EMPTY)
    assert sent.body["ClientRequestToken"] == "x" * 32


def test_none_for_an_optional_parameter_is_an_absent_one() -> None:
    ours = Ours("sagemaker-edge")
    needed = {"AgentVersion": "1", "DeviceName": "d", "DeviceFleetName": "f"}
    metric = ours.package.EdgeMetric(Value=1.5, Dimension=None)
    for metrics in (None, [metric], [{"Value": 1.5, "Dimension": None}]):
        params = {**needed, "AgentMetrics": metrics, "Models": None, "DeploymentResult": None}
        sent, _ = ours.call("send_heartbeat", params, EMPTY)
        assert sent.body == {**needed, **({"AgentMetrics": [{"Value": 1.5}]} if metrics else {})}
    # In the path, the query and the headers too.
    sent, _ = Ours("lambda").call(
        "invoke", {"FunctionName": "f", "Qualifier": None, "LogType": None, "Payload": None}, EMPTY
    )
    assert (sent.query, sent.headers, sent.body) == ([], {}, b"")


# As botocore has it: what is below 301 is an answer.
@pytest.mark.parametrize("status", [200, 201, 204, 299, 300])
def test_which_statuses_are_answers(status: int) -> None:
    _, result = Ours("dynamodb").call("list_tables", {}, (status, {}, b'{"TableNames": ["t"]}'))
    assert result.TableNames == ["t"]


def test_no_output_gives_none() -> None:
    ours = Ours("sqs")
    sent, result = ours.call("purge_queue", {"QueueUrl": "u"}, (200, {}, b"not even JSON"))
    assert result is None
    assert sent.headers["x-amz-target"] == "AmazonSQS.PurgeQueue"


@pytest.mark.parametrize("service", ["sagemaker-edge", "dynamodb", "lambda"])
def test_hints_are_read_as_typing_reads_them(service: str) -> None:
    package = Ours(service).package
    for name in package.__all__:
        item = getattr(package, name)
        if not issubclass(item, Client):
            assert type_hints(item) == get_type_hints(item, include_extras=True), name


def test_text_for_a_blob_is_not_taken_for_base64() -> None:
    ours = Ours("kinesis")
    record = {"Data": "abcd", "PartitionKey": "k"}
    sent, _ = ours.call("put_record", {"StreamName": "s", **record}, EMPTY)
    assert sent.body["Data"] == "YWJjZA=="
    for nested in (record, ours.package.PutRecordsRequestEntry(**record)):
        sent, _ = ours.call("put_records", {"StreamName": "s", "Records": [nested]}, EMPTY)
        assert sent.body["Records"][0]["Data"] == "YWJjZA=="


def test_a_file_for_a_blob_is_read_once_whatever_comes_beside_it(tmp_path: Path) -> None:
    ours = Ours("kinesis")
    (tmp_path / "data").write_bytes(b"data")
    entry = ours.package.PutRecordsRequestEntry(Data=b"x", PartitionKey="k")
    for beside in ([], [entry], [{"Data": "x", "PartitionKey": "k"}]):
        with (tmp_path / "data").open("rb") as file:
            records = [{"Data": file, "PartitionKey": "k"}, *beside]
            sent, _ = ours.call("put_records", {"StreamName": "s", "Records": records}, EMPTY)
        assert sent.body["Records"][0]["Data"] == "ZGF0YQ=="


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_every_kind_of_bytes(kind: Any) -> None:
    sent, _ = Ours("lambda").call("invoke", {"FunctionName": "f", "Payload": kind(b"x")}, EMPTY)
    assert sent.body == b"x"
    params = {"TableName": "t", "Item": {"a": {"B": kind(b"x")}, "b": {"BS": [kind(b"y")]}}}
    sent, _ = Ours("dynamodb").call("put_item", params, EMPTY)
    assert sent.body["Item"] == {"a": {"B": "eA=="}, "b": {"BS": ["eQ=="]}}


# Payloads and places that no service above has --------------------------------------------------

SHAPES = {
    "Text": {"type": "string"},
    "Number": {"type": "integer"},
    "Fraction": {"type": "double", "min": 1},
    "Blob": {"type": "blob"},
    "Document": {"type": "structure", "members": {}, "document": True},
    "Texts": {"type": "list", "member": {"shape": "Text"}},
    "Attributes": {"type": "map", "key": {"shape": "Text"}, "value": {"shape": "Text"}},
    "Either": {
        "type": "structure",
        "union": True,
        "members": {"Raw": {"shape": "Blob"}, "Text": {"shape": "Text"}},
    },
    "Part": {
        "type": "structure",
        "members": {"Name": {"shape": "Text", "locationName": "name"}, "Raw": {"shape": "Blob"}},
    },
    "DocumentIn": {
        "type": "structure",
        "members": {"Body": {"shape": "Document"}},
        "payload": "Body",
    },
    "TextIn": {"type": "structure", "members": {"Body": {"shape": "Text"}}, "payload": "Body"},
    "BlobIn": {"type": "structure", "members": {"Body": {"shape": "Blob"}}, "payload": "Body"},
    "UnionIn": {"type": "structure", "members": {"Body": {"shape": "Either"}}, "payload": "Body"},
    "PartIn": {"type": "structure", "members": {"Body": {"shape": "Part"}}, "payload": "Body"},
    "MixedIn": {
        "type": "structure",
        "members": {
            "Choice": {"shape": "Either"},
            "Part": {"shape": "Part"},
            "Fraction": {"shape": "Fraction"},
        },
    },
    "PlacesIn": {
        "type": "structure",
        "required": ["Id"],
        "members": {
            "Id": {"shape": "Text", "location": "uri", "locationName": "id"},
            "Path": {"shape": "Text", "location": "uri", "locationName": "path"},
            "Search": {"shape": "Text", "location": "querystring", "locationName": "q"},
            "More": {"shape": "Attributes", "location": "querystring"},
            "Header": {"shape": "Text", "location": "header", "locationName": "X-Header"},
            "List": {"shape": "Texts", "location": "header", "locationName": "X-List"},
            "Meta": {"shape": "Attributes", "location": "headers", "locationName": "x-meta-"},
        },
    },
}
SHAPES["PlacesIn"]["required"] = ["Id", "Path"]  # type: ignore[index]
OPERATIONS = {
    name: {"input": {"shape": f"{name}In"}, "output": {"shape": f"{name}In"}}
    for name in ("Document", "Text", "Blob", "Union", "Part", "Mixed")
} | {
    "Places": {
        "http": {"method": "POST", "requestUri": "/a/{id}/{path+}?static=1"},
        "input": {"shape": "PlacesIn"},
    }
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """(our client, botocore's) of the model above."""
    folder = tmp_path_factory.mktemp("made")
    ours = make_service(folder, "codecs", SHAPES, OPERATIONS)
    with made_oracle(folder, "codecs") as judge:
        return ours, judge


PAYLOADS = [
    ("text", {"Body": ""}),
    ("text", {"Body": "é"}),
    ("text", {}),
    ("blob", {"Body": b""}),
    ("blob", {"Body": b"\0\xff"}),
    ("blob", {"Body": "text"}),
    ("blob", {"Body": bytearray(b"x")}),
    ("blob", {}),
    ("union", {"Body": {"Raw": b"x"}}),
    ("union", {"Body": {"Text": ""}}),
    ("union", {}),
    ("part", {"Body": {"Name": "n", "Raw": b"x"}}),
    ("part", {"Body": {}}),
    ("part", {}),
    ("mixed", {}),
    ("mixed", {"Choice": {"Raw": b"x"}, "Part": {"Name": "n"}, "Fraction": 1}),
]


@pytest.mark.parametrize(("method", "params"), PAYLOADS)
def test_payloads_are_botocores(made: Any, method: str, params: Any) -> None:
    ours, judge = made
    answer = (200, {}, b'{"Text": "t"}')
    expected, _ = judge.call(method, params, answer)
    sent, _ = ours.call(method, params, answer)
    assert sent.facts() == expected.facts()


# botocore would send {"null": ...}; https://smithy.io/2.0/spec/http-bindings.html#httppayload-trait
@pytest.mark.parametrize(
    "value", [{"a": [1, None, "é"]}, [], [1], "", "text", 0, 1.5, False, True, {}]
)
def test_a_document_may_be_the_whole_body(made: Any, value: Any) -> None:
    ours, _ = made
    body = json.dumps(value).encode()
    sent, result = ours.call("document", {"Body": value}, (200, {}, body))
    assert (sent.body, type(sent.body)) == (value, type(value))
    assert sent.headers["content-type"] == "application/json"
    assert (result.Body, type(result.Body)) == (value, type(value))


def test_no_body_is_no_document(made: Any) -> None:
    ours, _ = made
    sent, result = ours.call("document", {}, (200, {}, b""))
    assert sent.body == {}
    assert result.Body is None


ANSWERS = [
    ("text", b""),
    ("text", "é".encode()),
    ("blob", b""),
    ("blob", b"\xff"),
    ("union", b'{"Raw": "eA=="}'),
    ("union", b'{"Later": 1}'),
    ("part", b'{"name": "n", "Raw": "eA=="}'),
    ("part", b"{}"),
    ("mixed", b'{"Choice": {"Text": "t"}, "Part": {"name": "n"}, "Fraction": "NaN"}'),
]


@pytest.mark.parametrize(("method", "body"), ANSWERS)
def test_answers_are_botocores(made: Any, method: str, body: bytes) -> None:
    ours, judge = made
    output = judge.model.operation_model(method.title()).output_shape
    _, expected = judge.call(method, {}, (200, {}, body))
    _, result = ours.call(method, {}, (200, {}, body))
    assert plain_struct(result) == plain_result(output, expected)


header_values = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=8)
path_values = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)


# What is bound to path, query and headers is written as botocore writes it.
@settings(deadline=None, max_examples=80)
@given(
    st.fixed_dictionaries(
        {"Id": path_values, "Path": path_values},
        optional={
            "Search": path_values | st.just(""),
            "More": st.dictionaries(path_values, path_values | st.just(""), max_size=3),
            "Header": header_values,
            "List": st.lists(header_values, max_size=3),
            "Meta": st.dictionaries(st.sampled_from(("a", "B-c")), header_values, max_size=2),
        },
    )
)
def test_places_are_botocores(made: Any, params: dict[str, Any]) -> None:
    ours, judge = made
    expected, _ = judge.call("places", params, (200, {}, b""))
    sent, _ = ours.call("places", params, (200, {}, b""))
    assert sent.facts() == expected.facts()


def test_a_file_in_a_union_is_read_once(made: Any, tmp_path: Path) -> None:
    ours, _ = made
    (tmp_path / "data").write_bytes(b"data")
    part = ours.package.Part(Name="n")
    for beside in (
        {},
        {"Part": part},
        {"Part": {"Name": "n"}},
        {"Fraction": 2},
        {"Fraction": float("inf")},  # this takes the last of the checks
    ):
        with (tmp_path / "data").open("rb") as file:
            sent, _ = ours.call("mixed", {"Choice": {"Raw": file}, **beside}, EMPTY)
        assert sent.body["Choice"] == {"Raw": "ZGF0YQ=="}
    with (tmp_path / "data").open("rb") as file:
        params = {"Part": {"Name": "n", "Raw": file}, "Choice": ours.package.Either(Text="t")}
        sent, _ = ours.call("mixed", params, EMPTY)
    assert sent.body == {"Part": {"name": "n", "Raw": "ZGF0YQ=="}, "Choice": {"Text": "t"}}


def test_one_key_is_derived_for_operations_with_a_changing_head(monkeypatch) -> None:
    derived = []
    derive = sigv4.signing_key
    monkeypatch.setattr(
        sigv4, "signing_key", lambda *scope: derived.append(scope) or derive(*scope)
    )
    client = Ours("iot-data")
    for thing in ("one", "two", "three"):
        client.call("get_thing_shadow", {"thingName": thing}, (200, {}, b"{}"))
    assert len(derived) == 1
