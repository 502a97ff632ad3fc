"""JMESPath of paginators and waiters, compiled: botocore's jmespath is the judge."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from random import Random
from types import SimpleNamespace
from typing import Any

import jmespath
import pytest
from jmespath.exceptions import JMESPathTypeError

from edgemote_codegen import names
from edgemote_codegen.lowering.queries import (
    QueryError,
    compile_query,
    find_path,
    find_shape,
    name_query,
)
from edgemote_codegen.models import (
    PAGINATORS,
    WAITERS,
    list_services,
    load_extra,
    load_model,
)

_LONG = 4  # samples of an expression that has more than one name


class Maker:
    """Makes responses that have what an expression asks for, or not."""

    def __init__(self, shapes: Mapping[str, Any], expression: str, expected: list[Any]) -> None:
        self.shapes = shapes
        self.words = set(re.findall(r"\w+", expression))
        self.texts = ["", "other", *re.findall(r"'([^']*)'", expression), *expected]

    def make(self, name: str, random: Random) -> Any:
        shape = self.shapes[name]
        kind = shape["type"]
        if kind == "structure":
            return {
                member: self.make(reference["shape"], random)
                for member, reference in shape["members"].items()
                if member in self.words and random.random() < 0.8
            }
        if kind == "list":
            return [
                self.make(shape["member"]["shape"], random) for _ in range(random.choice((0, 1, 3)))
            ]
        if kind == "map":
            return {
                key: self.make(shape["value"]["shape"], random)
                for key in "ab"[: random.randrange(3)]
            }
        if kind == "boolean":
            return random.random() < 0.5
        if kind == "string":
            return random.choice([text for text in self.texts if isinstance(text, str)])
        return random.randrange(3)


def wrap(shapes: Mapping[str, Any], name: str, value: Any) -> Any:
    """A response as structs: what it lacks is None."""
    shape = shapes[name]
    if value is None:
        return None
    if shape["type"] == "structure":
        fields = {
            names.safe(member): wrap(shapes, reference["shape"], value.get(member))
            for member, reference in shape["members"].items()
        }
        return SimpleNamespace(**fields)
    if shape["type"] == "list":
        return [wrap(shapes, shape["member"]["shape"], part) for part in value]
    if shape["type"] == "map":
        return {key: wrap(shapes, shape["value"]["shape"], part) for key, part in value.items()}
    return value


def is_same(found: Any, wanted: Any) -> bool:
    return plain(found) == wanted or (not found and not wanted)


def plain(value: Any) -> Any:
    if isinstance(value, SimpleNamespace):
        parts = vars(value).items()
        return {name.rstrip("_"): plain(part) for name, part in parts if part is not None}
    return [plain(part) for part in value] if isinstance(value, list) else value


def list_expressions(
    service: str, model: Mapping[str, Any]
) -> Iterator[tuple[str, str, list[Any]]]:
    """(shape of the output, expression, values that are expected of it)"""
    operations = model["operations"]
    pages = load_extra(service, {}, PAGINATORS).get("pagination", {})
    for name, row in pages.items():
        for key in ("output_token", "result_key", "more_results", "non_aggregate_keys"):
            found = row.get(key, [])
            for expression in found if isinstance(found, list) else [found]:
                yield operations[name]["output"]["shape"], expression, []
    for row in load_extra(service, {}, WAITERS).get("waiters", {}).values():
        for acceptor in row["acceptors"]:
            if acceptor["matcher"].startswith("path"):
                output = operations[row["operation"]]["output"]["shape"]
                yield output, acceptor["argument"], [acceptor["expected"]]


@pytest.mark.slow
def test_every_expression_of_botocores_gives_what_jmespath_gives() -> None:
    """Nothing where there is nothing, but for two differences that `queries` names: an empty list
    for null, and 0 for the length of null, of which jmespath makes an error.
    """
    random, seen, compiled = Random(7), 0, 0
    for service in list_services():
        if not (load_extra(service, {}, PAGINATORS) or load_extra(service, {}, WAITERS)):
            continue
        model = load_model(service, {}).content
        shapes = model["shapes"]
        expressions: dict[tuple[str, str], list[Any]] = {}
        for output, expression, expected in list_expressions(service, model):
            expressions.setdefault((output, expression), []).extend(expected)
        for (output, expression), expected in expressions.items():
            seen += 1
            code = compile_query(expression, output, shapes)
            if expression.isidentifier():
                assert code == f"result.{names.safe(expression)}"
                assert find_path(expression, output, shapes) == names.safe(expression)
                continue
            compiled += 1
            ours = eval(f"lambda result: {code}")
            theirs = jmespath.compile(expression)
            maker = Maker(shapes, expression, expected)
            for _ in range(_LONG):
                response = maker.make(output, random)
                try:
                    wanted = theirs.search(response)
                except JMESPathTypeError:
                    wanted = theirs.search(_fill(shapes, output, response, maker.words))
                found = ours(wrap(shapes, output, response))
                assert is_same(found, wanted), (
                    service,
                    expression,
                    response,
                )
    assert seen > 3_000
    assert compiled > 200


def _fill(shapes: Mapping[str, Any], name: str, value: Any, words: set[str]) -> Any:
    """The response with empty lists where it has none."""
    shape = shapes[name]
    if shape["type"] == "structure":
        filled = dict(value)
        for member in words & shape["members"].keys():
            target = shape["members"][member]["shape"]
            kind = shapes[target]["type"]
            if member in filled:
                filled[member] = _fill(shapes, target, filled[member], words)
            elif kind in ("list", "string"):
                filled[member] = [] if kind == "list" else ""
        return filled
    if shape["type"] == "list":
        return [_fill(shapes, shape["member"]["shape"], part, words) for part in value]
    return value


SHAPES = {
    "Out": {
        "type": "structure",
        "members": {
            "Items": {"shape": "Items"},
            "from": {"shape": "Text"},
            "Count": {"shape": "Number"},
            "Map": {"shape": "Map"},
            "Inner": {"shape": "Item"},
        },
    },
    "Items": {"type": "list", "member": {"shape": "Item"}},
    "Item": {
        "type": "structure",
        "members": {
            "Name": {"shape": "Text"},
            "Parts": {"shape": "Texts"},
            "Of": {"shape": "Item"},
        },
    },
    "Texts": {"type": "list", "member": {"shape": "Text"}},
    "Map": {"type": "map", "key": {"shape": "Text"}, "value": {"shape": "Item"}},
    "Text": {"type": "string"},
    "Number": {"type": "integer"},
}


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("from", "result.from_"),
        ("Inner.Name", "result.Inner and result.Inner.Name"),
        ("Inner.Of.Name", "result.Inner and result.Inner.Of and result.Inner.Of.Name"),
        ("Items[].Name", "[item.Name for item in result.Items or () if item.Name is not None]"),
        (
            "Items[*].Of.Name",
            "[item.Of.Name for item in result.Items or () if item.Of and item.Of.Name is not None]",
        ),
        ("Items[].Parts[]", "[part for item in result.Items or () for part in item.Parts or ()]"),
        ("from || Items[-1].Name", "result.from_ or (result.Items and result.Items[-1].Name)"),
        ("length(Items) > `0`", "len(result.Items or ()) > 0"),
        (
            "length(Items[].Name) == `1`",
            "len([item.Name for item in result.Items or () if item.Name is not None]) == 1",
        ),
        (
            "Map.*.Name",
            "[value.Name for value in (result.Map or {}).values() if value.Name is not None]",
        ),
        (
            "Items[?Name == 'a'].Of",
            "[item.Of for item in result.Items or () if item.Name == 'a' if item.Of is not None]",
        ),
        (
            "!(from == 'a' && Inner.Name != 'b')",
            "not (result.from_ == 'a' and (result.Inner and result.Inner.Name) != 'b')",
        ),
    ],
)
def test_code_reads_as_if_written(expression: str, code: str) -> None:
    assert compile_query(expression, "Out", SHAPES) == code
    names_ = {
        "Items": [{"Name": "a", "Of": {"Name": "x"}, "Parts": ["p"]}, {}],
        "from": "",
        "Map": {"k": {"Name": "v"}},
    }
    for response in (
        names_,
        {},
        {"Items": []},
        {"Inner": {"Name": "b", "Of": {"Name": "c"}}, "from": "a"},
    ):
        found = eval(code, {"result": wrap(SHAPES, "Out", response)})
        try:
            wanted = jmespath.search(expression, response)
        except JMESPathTypeError:
            wanted = False
        assert is_same(found, wanted)


@pytest.mark.parametrize(
    ("expression", "problem"),
    [
        ("Itemz", "Out has no member 'Itemz'"),
        ("Items[", "Invalid jmespath expression"),
        ("sort(Items)", "the function sort is not supported"),
        ("Items[0:2]", "slice is not supported"),
        ("Items[3].Name", "an index other than 0 and -1"),
        ("Items[*].Parts[*]", "a projection in a projection"),
        ("Count > `1`", "an order of what may be absent"),
        ("Count || from", "the truth of Number is not supported"),
        ("Inner && from", "the truth of Item is not supported"),
        ("from.Name", "neither a structure nor a map"),
        ("from[]", "Text is not a list"),
        ("Inner.*", "the values of what is not a map"),
        ("length(Count)", "length is asked of what has none"),
        ("{a: from}", "multi select dict is not supported"),
        ("from == `[1]`", "a literal that is a list"),
    ],
)
def test_what_cannot_be_compiled_is_refused_with_the_reason(expression: str, problem: str) -> None:
    with pytest.raises(QueryError, match=re.escape(problem)):
        compile_query(expression, "Out", SHAPES)


def test_paths_are_followed_and_named() -> None:
    assert find_path("Inner.Of.Name", "Out", SHAPES) == "Inner.Of.Name"
    assert find_path("Map.Name", "Out", SHAPES) == ""
    assert find_shape("Inner.Of", "Out", SHAPES) == "Item"
    assert name_query("Items[].Of.DBName") == "items_of_db_name"
