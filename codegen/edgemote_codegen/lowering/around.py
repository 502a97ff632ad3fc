"""Paginators and waiters, from botocore's models of them, if they are requested."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal, TypeVar

from botocore import xform_name
from msgspec import Struct, ValidationError, convert

from .. import docs, names
from ..errors import CodegenError
from ..ir import OperationIR, PaginatorIR, QueryIR, Reference, ResultKey, WaiterIR
from .queries import RESULT, QueryError, compile_query, find_path, find_shape, name_query
from .shapes import no_doc
from .types import ShapeTypes

Model = TypeVar("Model")


class PaginatorRow(Struct, frozen=True):
    """One of paginators-1.json."""

    input_token: str | list[str]
    output_token: str | list[str]
    result_key: str | list[str]
    more_results: str | None = None
    limit_key: str | None = None
    non_aggregate_keys: list[str] = []


class PaginatorModel(Struct, frozen=True):
    pagination: dict[str, PaginatorRow] = {}


class AcceptorRow(Struct, frozen=True):
    state: Literal["success", "failure", "retry"]
    matcher: Literal["path", "pathAll", "pathAny", "status", "error"]
    expected: str | int | float | bool
    argument: str = ""


class WaiterRow(Struct, frozen=True):
    """One of waiters-2.json."""

    operation: str
    delay: int
    maxAttempts: int  # noqa: N815 - the file's
    acceptors: list[AcceptorRow]
    description: str = ""


class WaiterModel(Struct, frozen=True):
    waiters: dict[str, WaiterRow] = {}


def _read(model: Mapping[str, Any], kind: type[Model], service: str) -> Model:
    try:
        return convert(model, kind)
    except ValidationError as error:
        what = "paginators-1.json" if kind is PaginatorModel else "waiters-2.json"
        raise CodegenError(f"{service}: {what}: {error}") from None


def lower_paginators(
    types: ShapeTypes, model: Mapping[str, Any], operations: Mapping[str, OperationIR]
) -> tuple[PaginatorIR, ...]:
    """Return the paginators of the chosen operations. Raises CodegenError for unsupported ones."""
    rows = _read(model, PaginatorModel, types.selected.model.name).pagination
    return tuple(
        _lower_paginator(types, name, rows[name], operations[name])
        for name in sorted(rows)
        if name in operations
    )


def _lower_paginator(
    types: ShapeTypes, name: str, row: PaginatorRow, operation: OperationIR
) -> PaginatorIR:
    where = f"{types.selected.model.name}: paginator {name}"
    facts = types.selected.operations[name]
    members = types.shapes[facts["input"]["shape"]]["members"] if "input" in facts else {}
    output = _find_output(facts, where)

    def find(expression: str) -> str | Reference:
        path = find_path(expression, output, types.shapes)
        if path:
            return path
        try:
            return Reference(f"lambda {RESULT}: {compile_query(expression, output, types.shapes)}")
        except QueryError as error:
            raise CodegenError(f"{where}: {expression}: {error}") from None

    def find_plain(expression: str) -> str:
        path = find_path(expression, output, types.shapes)
        if not path:
            raise CodegenError(f"{where}: {expression}: expected a path of members")
        return path

    inputs, outputs = _list(row.input_token), _list(row.output_token)
    limit = row.limit_key
    for member in (*inputs, *([limit] if limit else ())):
        if member not in members:
            raise CodegenError(f"{where}: {name} has no parameter {member!r}")
    if len(inputs) != len(outputs):
        raise CodegenError(f"{where}: expected as many output tokens as input tokens")
    results = _list(row.result_key)
    arguments: dict[str, Any] = {
        "tokens": dict(zip(inputs, map(find, outputs), strict=True)),
        "results": tuple(map(find_plain, results)),
    }
    if row.more_results:
        arguments["more"] = find(row.more_results)
    if limit:
        arguments["limit"] = limit
        if types.shapes[members[limit]["shape"]]["type"] == "string":
            arguments["limit_type"] = Reference("str")
    if row.non_aggregate_keys:
        arguments["constants"] = tuple(map(find_plain, row.non_aggregate_keys))
    return PaginatorIR(
        operation=operation,
        arguments=tuple(arguments.items()),
        results=tuple(
            ResultKey(find_plain(key), _annotate_items(types, output, key)) for key in results
        ),
    )


def _find_output(operation: Mapping[str, Any], where: str) -> str:
    if "output" not in operation:
        raise CodegenError(f"{where}: its operation returns nothing")
    return str(operation["output"]["shape"])


def _annotate_items(types: ShapeTypes, output: str, key: str) -> str:
    """Return the type of the items: the elements of a list, the pairs of a map, else the value."""
    name = find_shape(key, output, types.shapes)

    shape = types.shapes[name]
    if shape["type"] == "list":
        return types.for_reader(shape["member"])
    if shape["type"] == "map":
        return f"tuple[str, {types.for_reader(shape['value'])}]"
    return types.for_reader({"shape": name})


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


# Waiters ----------------------------------------------------------------------------------------


def lower_waiters(
    types: ShapeTypes,
    model: Mapping[str, Any],
    operations: Mapping[str, OperationIR],
    doc: Callable[[str | None], str],
) -> tuple[tuple[WaiterIR, ...], tuple[QueryIR, ...]]:
    """Those of the chosen operations, and the functions that they share. Raises CodegenError for
    one that cannot be generated.
    """
    rows = _read(model, WaiterModel, types.selected.model.name).waiters
    chosen = {name: rows[name] for name in sorted(rows) if rows[name].operation in operations}
    methods = names.unique({name: names.safe(str(xform_name(name))) for name in chosen}, set())
    queries: dict[tuple[str, str], QueryIR] = {}
    waiters = tuple(
        WaiterIR(
            method_name=methods[name],
            operation=operations[row.operation],
            arguments=(
                ("delay_s", row.delay),
                ("max_attempts", row.maxAttempts),
                ("acceptors", tuple(_lower_acceptors(types, name, row, queries))),
            ),
            doc=_describe(row, doc),
        )
        for name, row in chosen.items()
    )
    return waiters, tuple(queries.values())


def _lower_acceptors(
    types: ShapeTypes,
    name: str,
    waiter: WaiterRow,
    queries: dict[tuple[str, str], QueryIR],
) -> Iterator[tuple[Any, ...]]:
    where = f"{types.selected.model.name}: waiter {name}"
    operation = types.selected.operations[waiter.operation]
    for row in waiter.acceptors:
        if not row.matcher.startswith("path"):
            yield row.state, row.matcher, row.expected
            continue
        output, expression = _find_output(operation, where), row.argument
        if (output, expression) not in queries:
            try:
                body = compile_query(expression, output, types.shapes)
                wanted = name_query(expression)
            except QueryError as error:
                raise CodegenError(f"{where}: {expression}: {error}") from None
            taken = {query.name for query in queries.values()}
            wanted = wanted if 0 < len(wanted) <= 50 else str(xform_name(name))
            (found,) = names.unique({"": f"_find_{wanted}"}, taken).values()
            queries[output, expression] = QueryIR(found, body)
        yield row.state, row.matcher, row.expected, Reference(queries[output, expression].name)


def _describe(row: WaiterRow, doc: Callable[[str | None], str]) -> str:
    if doc is no_doc:
        return ""
    text = (
        f"Call `{xform_name(row.operation)}` every {row.delay} s, up to {row.maxAttempts} times, "
        "until the state is reached."
    )
    return f"{doc(row.description)}\n\n{docs.tidy(text)}" if row.description else docs.tidy(text)
