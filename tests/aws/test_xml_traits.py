"""Traits of models in XML and forms, wherever a model may put them: what botocore makes of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any
from xml.parsers import expat

import pytest

from aws.errors import ValidationError
from made_service import made_oracle, make_service
from oracle import plain_result, plain_struct

OUTER, INNER = {"uri": "urn:outer"}, {"prefix": "in", "uri": "urn:inner&"}
Facts = tuple[str, dict[str, str], str, list[Any]]


def read_xml(body: bytes) -> Facts:
    """(tag, attributes, text, children) as they are written, with the declarations of namespaces;
    children are in the order of their tags, as each side has an order of its own.
    """
    top: list[Any] = []
    open_: list[list[Any]] = [["", {}, "", top]]

    def end(tag: str) -> None:
        name, attributes, text, children = open_.pop()
        open_[-1][3].append((name, attributes, text, sorted(children, key=lambda part: part[0])))

    def text(data: str) -> None:
        open_[-1][2] += data

    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda tag, found: open_.append([tag, found, "", []])
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.Parse(body, True)
    facts: Facts = top[0]
    return facts


def struct(members: dict[str, Any], **traits: Any) -> dict[str, Any]:
    return {"type": "structure", "members": members, **traits}


SCALARS = ("string", "integer", "double", "boolean", "timestamp", "blob")
NAMESPACES = {
    "In": struct(
        {
            "Own": {"shape": "OwnString"},
            "Referred": {"shape": "String", "xmlNamespace": OUTER},
            "Both": {"shape": "OwnString", "xmlNamespace": INNER},
            **{kind: {"shape": kind, "xmlNamespace": INNER} for kind in SCALARS},
            "List": {"shape": "List", "xmlNamespace": OUTER},
            "OwnList": {"shape": "OwnList"},
            "FlatList": {"shape": "FlatList"},
            "Map": {"shape": "Map", "xmlNamespace": OUTER},
            "OwnMap": {"shape": "OwnMap"},
            "FlatMap": {"shape": "FlatMap"},
            "Thing": {"shape": "Thing", "xmlNamespace": OUTER},
            "OwnThing": {"shape": "OwnThing"},
            "BothThing": {"shape": "OwnThing", "xmlNamespace": OUTER},
            "Things": {"shape": "Things"},
            "Text": {"shape": "String", "xmlNamespace": "urn:text"},
            "Least": {"shape": "Least", "xmlNamespace": OUTER},
            "Secret": {"shape": "Secret", "xmlNamespace": OUTER},
            "One": {"shape": "One", "xmlNamespace": OUTER},
        },
        xmlNamespace=INNER,
    ),
    "Payload": struct(
        {"Thing": {"shape": "OwnThing", "locationName": "Sent", "xmlNamespace": OUTER}},
        payload="Thing",
    ),
    "OwnPayload": struct({"Thing": {"shape": "OwnThing", "locationName": "Sent"}}, payload="Thing"),
    "String": {"type": "string"},
    "OwnString": {"type": "string", "xmlNamespace": OUTER},
    "Secret": {"type": "string", "sensitive": True},
    "Least": {"type": "string", "min": 1},
    **{kind: {"type": kind} for kind in SCALARS},
    "List": {"type": "list", "member": {"shape": "String", "xmlNamespace": INNER}},
    "OwnList": {"type": "list", "member": {"shape": "OwnString"}, "xmlNamespace": INNER},
    "FlatList": {"type": "list", "member": {"shape": "OwnString"}, "flattened": True},
    "Map": {
        "type": "map",
        "key": {"shape": "String", "xmlNamespace": INNER},
        "value": {"shape": "integer", "xmlNamespace": OUTER},
    },
    "OwnMap": {
        "type": "map",
        "key": {"shape": "OwnString"},
        "value": {"shape": "OwnThing"},
        "xmlNamespace": INNER,
    },
    "FlatMap": {
        "type": "map",
        "key": {"shape": "OwnString"},
        "value": {"shape": "Thing", "xmlNamespace": OUTER},
        "flattened": True,
    },
    "Thing": struct({"Name": {"shape": "String"}}),
    "OwnThing": struct({"Name": {"shape": "String"}}, xmlNamespace=INNER),
    "One": struct({"Name": {"shape": "String"}, "Size": {"shape": "integer"}}, union=True),
    "Things": {"type": "list", "member": {"shape": "OwnThing", "xmlNamespace": OUTER}},
}
THING = {"Name": "n"}
VALUES: dict[str, Any] = {
    "Own": "a<",
    "Referred": "b",
    "Both": "c",
    "string": "d",
    "integer": 7,
    "double": 1.5,
    "boolean": True,
    "timestamp": "2015-01-01T00:00:00Z",
    "blob": b"e",
    "List": ["f", "g"],
    "OwnList": ["h"],
    "FlatList": ["i", "j"],
    "Map": {"k": 1},
    "OwnMap": {"k": THING},
    "FlatMap": {"k": THING, "l": THING},
    "Thing": THING,
    "OwnThing": THING,
    "BothThing": THING,
    "Things": [THING, THING],
    "Text": "m",
    "Least": "o",
    "Secret": "p",
    "One": {"Size": 1},
}
OPERATIONS = {
    "Put": {"input": {"shape": "In", "locationName": "Root", "xmlNamespace": OUTER}},
    "PutOwn": {"input": {"shape": "In", "locationName": "Root"}},
    "PutPayload": {"input": {"shape": "Payload"}},
    "PutOwnPayload": {"input": {"shape": "OwnPayload"}},
}


@pytest.fixture(scope="module")
def namespaces(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    folder = tmp_path_factory.mktemp("namespaces")
    ours = make_service(folder, "namespaces", NAMESPACES, OPERATIONS, protocol="rest-xml")
    with made_oracle(folder, "namespaces") as oracle:
        yield ours, oracle


@pytest.mark.parametrize("member", VALUES)
def test_a_namespace_is_declared_where_botocore_declares_it(namespaces, member):
    ours, oracle = namespaces
    for method in ("put", "put_own"):
        ours.call(method, {member: VALUES[member]}, (200, {}, b""))
        oracle.call(method, {member: VALUES[member]}, (200, {}, b""))
        assert read_xml(ours.recorder.raw.body) == read_xml(oracle.raw.body)


@pytest.mark.parametrize("method", ["put_payload", "put_own_payload"])
def test_a_payload_has_the_namespace_of_its_reference_before_its_own(namespaces, method):
    ours, oracle = namespaces
    for thing in (THING, ours.package.OwnThing(Name="n")):
        ours.call(method, {"Thing": thing}, (200, {}, b""))
        oracle.call(method, {"Thing": THING}, (200, {}, b""))
        assert read_xml(ours.recorder.raw.body) == read_xml(oracle.raw.body)


def test_a_list_without_an_element_declares_no_namespace(tmp_path):
    """Smithy's; botocore declares it on the element of the structure that has the list."""
    shapes = {
        "In": struct({"Names": {"shape": "Names", "xmlNamespace": OUTER}}),
        "Names": {
            "type": "list",
            "member": {"shape": "Name", "xmlNamespace": INNER},
            "flattened": True,
            "xmlNamespace": OUTER,
        },
        "Name": {"type": "string"},
    }
    operations = {"Put": {"input": {"shape": "In", "locationName": "Root"}}}
    ours = make_service(tmp_path, "flat-namespace", shapes, operations, protocol="rest-xml")
    ours.call("put", {"Names": ["a"]}, (200, {}, b""))
    name = ("Names", {"xmlns:in": "urn:inner&"}, "a", [])
    assert read_xml(ours.recorder.raw.body) == ("Root", {}, "", [name])


NAMED = {
    "Text": {"type": "string"},
    "Tags": {
        "type": "list",
        "member": {"shape": "Text", "locationName": "Tag"},
        "flattened": True,
    },
    "Other": struct({"First": {"shape": "Tags"}, "Name": {"shape": "Text"}}),
    "In": struct(
        {
            "First": {"shape": "Tags"},
            "Second": {"shape": "Tags"},
            "Third": {"shape": "Tags", "locationName": "Tag3"},
            "Other": {"shape": "Other"},
        }
    ),
}
CALL = {"Put": {"input": {"shape": "In", "locationName": "Root"}, "output": {"shape": "In"}}}


@pytest.mark.parametrize("protocol", ["rest-xml", "query", "ec2"])
def test_lists_without_an_element_whose_items_have_a_name(protocol, tmp_path):
    name = f"named-{protocol}"
    ours = make_service(tmp_path, name, NAMED, CALL, protocol=protocol)
    with made_oracle(tmp_path, name) as oracle:
        for params in (
            {"First": ["a", "b"]},
            {"Other": {"First": ["a"], "Name": "n"}},
            {"First": [], "Other": {"First": []}},
            *([{"First": ["a"], "Second": ["b"], "Third": ["c"]}] if protocol != "query" else ()),
        ):
            sent, _ = ours.call("put", params, (200, {}, b"<R/>"))
            expected, _ = oracle.call("put", params, (200, {}, b"<R/>"))
            assert sent.facts() == expected.facts()
        answer = b"<R><Tag>a</Tag><Other><Tag>c</Tag></Other><Tag>b</Tag></R>"
        _, result = ours.call("put", {}, (200, {}, answer))
        _, expected = oracle.call("put", {}, (200, {}, answer))
        output = oracle.model.operation_model("Put").output_shape
        assert plain_struct(result) == plain_result(output, expected)
        assert result.First == result.Second == ["a", "b"]
    _, result = ours.call("put", {}, (200, {}, b"<R><Second>a</Second><Tag3>b</Tag3></R>"))
    assert (result.First, result.Second, result.Third) == (None, ["a"], ["b"])


def test_a_list_that_has_a_name_of_its_own_is_called_so_in_forms(tmp_path):
    """Smithy's; botocore has the name of the items."""
    ours = make_service(tmp_path, "named-form", NAMED, CALL, protocol="query")
    ours.call("put", {"Third": ["a"]}, (200, {}, b"<R/>"))
    assert ours.recorder.raw.body.endswith(b"&Tag3.1=a")
    ours.call("put", {"First": ["a"]}, (200, {}, b"<R/>"))
    assert ours.recorder.raw.body.endswith(b"&Tag.1=a")


def test_attributes_of_every_type(tmp_path):
    """Smithy's; botocore writes texts alone, and reads nothing else."""
    kinds = {kind: {"type": kind} for kind in ("string", "integer", "boolean", "timestamp")}
    kinds["marked"] = {"type": "integer", "xmlAttribute": True, "locationName": "marked"}
    members = {
        kind: {"shape": kind, "xmlAttribute": True, "locationName": f"a:{kind}"} for kind in kinds
    }
    members["marked"] = {"shape": "marked"}
    shapes = {"In": struct(members), **kinds}
    ours = make_service(tmp_path, "attributes", shapes, CALL, protocol="rest-xml")
    params = {"string": "<", "integer": 7, "boolean": True, "timestamp": 0, "marked": 1}
    answer = b"<R xmlns:a='urn:a' a:integer='7' a:boolean='true'/>"
    _, result = ours.call("put", params, (200, {}, answer))
    assert read_xml(ours.recorder.raw.body) == (
        "Root",
        {
            "a:string": "<",
            "a:integer": "7",
            "a:boolean": "true",
            "a:timestamp": "1970-01-01T00:00:00Z",
            "marked": "1",
        },
        "",
        [],
    )
    assert (result.integer, result.boolean, result.string) == (7, True, None)


@pytest.mark.parametrize("protocol", ["rest-xml", "query"])
def test_members_of_errors_have_their_traits(protocol, tmp_path):
    shapes = {
        **NAMED,
        "Count": {"type": "integer"},
        "When": {"type": "timestamp"},
        "Sizes": {
            "type": "map",
            "key": {"shape": "Text"},
            "value": {"shape": "Count"},
            "flattened": True,
        },
        "Whens": {"type": "list", "member": {"shape": "When"}},
        "Throttled": struct(
            {
                "retryAfter": {
                    "shape": "Count",
                    "location": "header",
                    "locationName": "Retry-After",
                },
                "found": {"shape": "Count", "location": "statusCode"},
                "message": {"shape": "Text"},
                "Names": {"shape": "Tags"},
                "Second": {"shape": "Tags"},
                "Sizes": {"shape": "Sizes", "locationName": "Size"},
                "Whens": {"shape": "Whens"},
                "Other": {"shape": "Other"},
            },
            exception=True,
            error={"httpStatusCode": 429},
        ),
    }
    operations = {"Put": {"input": {"shape": "In"}, "errors": [{"shape": "Throttled"}]}}
    name = f"errors-{protocol}"
    ours = make_service(tmp_path, name, shapes, operations, protocol=protocol)
    body = (
        b"<ErrorResponse><Error><Code>Throttled</Code><Message>slow</Message>"
        b"<retryAfter>9</retryAfter><found>9</found>"
        b"<Tag>a</Tag><Tag>b</Tag><Size><key>k</key><value>1</value></Size>"
        b"<Size><key>l</key><value>2</value></Size><Other><Name>n</Name></Other>"
        b"</Error><RequestId>r</RequestId></ErrorResponse>"
    )
    _, error = ours.call("put", {}, (429, {"Retry-After": "7"}, body))
    assert type(error).__name__ == "Throttled"
    assert (error.message, error.request_id) == ("slow", "r")
    if protocol == "rest-xml":  # the others bind nothing
        assert (error.retryAfter, error.found) == (7, 429)
    assert error.Names == error.Second == ["a", "b"]
    assert error.Sizes == {"k": 1, "l": 2}
    assert error.Whens is None
    assert error.Other.Name == "n"
    with made_oracle(tmp_path, name) as oracle:
        _, expected = oracle.call("put", {}, (429, {"Retry-After": "7"}, body))
    for member in {"Names", "Sizes", "retryAfter", "found"} & expected.response.keys():
        assert getattr(error, member) == expected.response[member]
    _, error = ours.call("put", {}, (429, {}, b"<Error><Code>Throttled</Code></Error>"))
    assert error.retryAfter is error.Names is error.Other is None


KINDS = ("string", "integer", "boolean", "timestamp", "blob", "list", "map", "structure")
NAMES = [f"N{number}" for number in range(40)]


class Maker:
    """Random shapes with random traits, and values of theirs."""

    def __init__(self, seed: int, protocol: str) -> None:
        self.random = Random(seed)
        self.protocol = protocol
        self.shapes: dict[str, Any] = {}
        self.names = iter(f"L{number}" for number in range(1000))

    def chance(self, traits: dict[str, Any]) -> dict[str, Any]:
        return {key: part for key, part in traits.items() if self.random.random() < 0.3}

    def traits(self) -> dict[str, Any]:
        random = self.random
        uri = random.choice((OUTER, INNER, "urn:text"))
        return self.chance({"xmlNamespace": uri, "locationName": next(self.names)})

    def shape(self, depth: int) -> str:
        random = self.random
        kind = random.choice(KINDS if depth else KINDS[:5])
        name = f"Shape{len(self.shapes)}"
        self.shapes[name] = shape = {"type": kind, **self.chance({"xmlNamespace": INNER})}
        if kind == "structure":
            count = random.randrange(4)
            shape["members"] = {
                NAMES[number]: self.member(depth - 1, NAMES[number]) for number in range(count)
            }
        elif kind == "list":
            shape["member"] = {"shape": self.shape(depth - 1), **self.traits()}
        elif kind == "map":
            self.shapes[f"{name}Key"] = {"type": "string", **self.chance({"xmlNamespace": OUTER})}
            shape["key"] = {"shape": f"{name}Key", **self.traits()}
            shape["value"] = {"shape": self.shape(depth - 1), **self.traits()}
        return name

    def member(self, depth: int, name: str) -> dict[str, Any]:
        reference = {"shape": self.shape(depth), **self.traits()}
        shape = self.shapes[reference["shape"]]
        if shape["type"] in ("list", "map") and self.random.random() < 0.5:
            self.random.choice((reference, shape))["flattened"] = True
            if shape["type"] == "list":  # where Smithy and botocore agree
                shape.pop("xmlNamespace", None)
                reference.pop("xmlNamespace", None)
                shape["member"].pop("locationName", None)
        elif shape["type"] == "string" and self.random.random() < 0.2:
            reference |= {"xmlAttribute": True, "locationName": f"x{name}"}
        elif shape["type"] == "timestamp":
            form = self.random.choice(("iso8601", "rfc822", "unixTimestamp"))
            self.random.choice((reference, shape)).update(self.chance({"timestampFormat": form}))
        if self.protocol == "ec2":
            reference |= self.chance({"queryName": next(self.names)})
        return reference

    def value(self, name: str) -> Any:
        shape, random = self.shapes[name], self.random
        kind = shape["type"]
        if kind == "structure":
            return {
                member: self.value(reference["shape"])
                for member, reference in shape["members"].items()
                if random.random() < 0.8
            }
        if kind == "list":
            return [self.value(shape["member"]["shape"]) for _ in range(random.randrange(3))]
        if kind == "map":
            return {
                f"k<{number}": self.value(shape["value"]["shape"])
                for number in range(random.randrange(3))
            }
        return {
            "string": random.choice(("", "a", "<&>", " b\nc ")),
            "integer": random.randrange(-5, 5),
            "boolean": random.random() < 0.5,
            "timestamp": "2015-01-01T00:00:00Z",
            "blob": b"blob",
        }[kind]


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("protocol", ["rest-xml", "query", "ec2"])
def test_random_models(protocol: str, seed: int, tmp_path: Path) -> None:
    maker = Maker(seed, protocol)
    maker.shapes["In"] = struct({name: maker.member(3, name) for name in NAMES[:12]})
    maker.shapes["Payload"] = struct(
        {"Body": {"shape": "In", "locationName": "Sent", **maker.chance({"xmlNamespace": OUTER})}},
        payload="Body",
    )
    operations = {
        name: {"input": {"shape": shape, "locationName": "Root"}, "output": {"shape": shape}}
        for name, shape in (("Put", "In"), ("PutPayload", "Payload"))
        if shape == "In" or protocol == "rest-xml"
    }
    name = f"random-{protocol}-{seed}"
    ours = make_service(tmp_path, name, maker.shapes, operations, protocol=protocol)
    with made_oracle(tmp_path, name) as oracle:
        for _ in range(4):
            params = maker.value("In")
            for method, given in (("put", params), ("put_payload", {"Body": params})):
                if method == "put" or protocol == "rest-xml":
                    sent, _ = ours.call(method, given, (200, {}, b"<R/>"))
                    expected, _ = oracle.call(method, given, (200, {}, b"<R/>"))
                    assert sent.facts() == expected.facts()
                if protocol == "rest-xml" and oracle.raw.body:
                    body = ours.recorder.raw.body
                    assert read_xml(body) == read_xml(oracle.raw.body)
                    operation = "Put" if method == "put" else "PutPayload"
                    output = oracle.model.operation_model(operation).output_shape
                    _, result = ours.call(method, given, (200, {}, body))
                    _, expected = oracle.call(method, given, (200, {}, body))
                    assert plain_struct(result) == plain_result(output, expected)


def test_a_payload_may_be_a_list_or_a_map(tmp_path):
    shapes = {
        "Text": {"type": "string"},
        "List": {"type": "list", "member": {"shape": "Text"}},
        "Map": {"type": "map", "key": {"shape": "Text"}, "value": {"shape": "Text"}},
        **{
            f"{kind}Call": struct(
                {"Body": {"shape": kind, "locationName": "Sent", "xmlNamespace": OUTER}},
                payload="Body",
            )
            for kind in ("List", "Map")
        },
    }
    operations = {
        f"Put{kind}": {"input": {"shape": f"{kind}Call"}, "output": {"shape": f"{kind}Call"}}
        for kind in ("List", "Map")
    }
    ours = make_service(tmp_path, "list-payload", shapes, operations, protocol="rest-xml")
    with made_oracle(tmp_path, "list-payload") as oracle:
        for method, value in (("put_list", ["a", "b"]), ("put_map", {"a": "b"}), ("put_list", [])):
            oracle.call(method, {"Body": value}, (200, {}, b"<R/>"))
            body = oracle.raw.body
            _, expected = oracle.call(method, {"Body": value}, (200, {}, body))
            _, result = ours.call(method, {"Body": value}, (200, {}, body))
            assert read_xml(ours.recorder.raw.body) == read_xml(body)
            assert result.Body == expected["Body"] == value


@pytest.mark.parametrize("protocol", ["rest-xml", "query", "ec2"])
def test_nothing_is_written_for_null_and_keys_are_checked_as_texts_are(protocol, tmp_path):
    shapes = {
        "Text": {"type": "string"},
        "List": {"type": "list", "member": {"shape": "Text"}, "sparse": True},
        "Map": {
            "type": "map",
            "key": {"shape": "Text"},
            "value": {"shape": "Text"},
            "sparse": True,
        },
        "In": struct({"List": {"shape": "List"}, "Map": {"shape": "Map"}}),
    }
    name = f"nulls-{protocol}"
    ours = make_service(tmp_path, name, shapes, CALL, protocol=protocol)
    with_null = {"List": ["a", None, "b"], "Map": {"a": None, "b": "c"}}
    sent, _ = ours.call("put", with_null, (200, {}, b"<R/>"))
    expected, _ = ours.call("put", {"List": ["a", "b"], "Map": {"b": "c"}}, (200, {}, b"<R/>"))
    assert sent.facts() == expected.facts()
    with pytest.raises(ValidationError, match="surrogate"):
        ours.call("put", {"Map": {"\ud800": "a"}}, (200, {}, b"<R/>"))
