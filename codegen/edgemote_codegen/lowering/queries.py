"""JMESPath of paginators and waiters, compiled to Python expressions over structs.

The result is a typed struct, so the compiler follows the model's shapes: it knows which names are
attributes and which are keys, and which values are lists. There are two differences from jmespath,
neither of which affects paginators or waiters: a projection of null is an empty list instead of
null, and the length of null is 0 instead of an error.
"""

from __future__ import annotations

import keyword
from collections.abc import Mapping
from typing import Any

from botocore import xform_name
from jmespath.exceptions import JMESPathError
from jmespath.parser import Parser
from msgspec import Struct
from msgspec.structs import replace

from .. import names

RESULT = "result"
_OR, _AND, _NOT, _COMPARISON = range(1, 5)


class QueryError(ValueError):
    """An expression cannot be compiled; the text says why."""


class _Value(Struct, frozen=True):
    """Part of an expression, as Python."""

    text: str
    shape: str = ""
    """the name of the shape in the model; "" for the result of an operator"""
    guards: tuple[str, ...] = ()
    """what must not be None, so that `text` can be evaluated"""
    loops: tuple[str, ...] = ()
    """the loops of the comprehension whose element is `text`, if this is a projection"""
    is_sure: bool = False
    """whether it is never None, like the result itself and the elements of lists"""
    rank: int = 9
    """the precedence of its operator; `_OR` is the lowest"""


def compile_query(expression: str, shape: str, shapes: Mapping[str, Any]) -> str:
    """Return a Python expression over `result`, a struct of `shape`. Raises QueryError."""
    return _render(_Compiler(shapes).visit(_parse(expression), _Value(RESULT, shape, is_sure=True)))


def find_path(expression: str, shape: str, shapes: Mapping[str, Any]) -> str:
    """Return the attributes to follow, joined by periods, or "" for any other expression."""
    path = [names.safe(name) for name in expression.split(".")]
    for name in expression.split("."):
        if shapes[shape]["type"] != "structure" or name not in shapes[shape]["members"]:
            return ""
        shape = shapes[shape]["members"][name]["shape"]
    return ".".join(path)


def find_shape(expression: str, shape: str, shapes: Mapping[str, Any]) -> str:
    """Return the shape at the end of a path."""
    for name in expression.split("."):
        shape = shapes[shape]["members"][name]["shape"]
    return shape


def name_query(expression: str) -> str:
    """Return a name for the function that evaluates this expression."""
    words = [word for word in _list_fields(_parse(expression)) if word.isidentifier()]
    return "_".join(str(xform_name(word)).strip("_") for word in words)


def _parse(expression: str) -> Any:
    try:
        return Parser().parse(expression).parsed
    except JMESPathError as error:
        raise QueryError(str(error).partition("\n")[0]) from None


def _list_fields(node: Mapping[str, Any]) -> list[str]:
    found = [node["value"]] if node["type"] == "field" else []
    return found + [name for child in node["children"] for name in _list_fields(child)]


class _Compiler:
    """Visits the nodes of one expression."""

    def __init__(self, shapes: Mapping[str, Any]) -> None:
        self._shapes = shapes
        self._taken = {RESULT}

    def visit(self, node: Mapping[str, Any], subject: _Value) -> _Value:
        method = getattr(self, f"_visit_{node['type']}", None)
        if method is None:
            raise QueryError(f"{node['type'].replace('_', ' ')} is not supported")
        value: _Value = method(node, subject)
        return value

    def _visit_field(self, node: Mapping[str, Any], subject: _Value) -> _Value:
        name = node["value"]
        shape = self._find_shape(subject)
        guards = subject.guards if subject.is_sure else (*subject.guards, subject.text)
        if shape.get("type") == "structure":
            if name not in shape["members"]:
                raise QueryError(f"{subject.shape} has no member {name!r}")
            member = shape["members"][name]["shape"]
            return _Value(f"{subject.text}.{names.safe(name)}", member, guards)
        if shape.get("type") == "map":
            return _Value(f"{subject.text}.get({name!r})", shape["value"]["shape"], guards)
        raise QueryError(f"{name!r} is asked of what is neither a structure nor a map")

    def _visit_subexpression(self, node: Mapping[str, Any], subject: _Value) -> _Value:
        for child in node["children"]:
            subject = self.visit(child, subject)
        return subject

    def _visit_index_expression(self, node: Mapping[str, Any], subject: _Value) -> _Value:
        return self._visit_subexpression(node, subject)

    def _visit_index(self, node: Mapping[str, Any], subject: _Value) -> _Value:
        if node["value"] not in (0, -1):  # other indexes may be beyond the end
            raise QueryError("an index other than 0 and -1 is not supported")
        element = self._find_element(subject)
        guards = (*subject.guards, subject.text)
        return _Value(f"{subject.text}[{node['value']}]", element, guards, is_sure=True)

    def _visit_identity(self, node: Mapping[str, Any], subject: _Value) -> _Value:
        return subject

    _visit_current = _visit_identity

    def _visit_literal(self, node: Mapping[str, Any], subject: _Value) -> _Value:
        if not isinstance(node["value"], (str, int, float, bool, type(None))):
            raise QueryError("a literal that is a list or an object is not supported")
        return _Value(repr(node["value"]), is_sure=True)

    # Lists --------------------------------------------------------------------------------------

    def _visit_flatten(self, node: Mapping[str, Any], subject: _Value) -> _Value:
        (child,) = node["children"]
        listed = self.visit(child, subject)
        if not listed.loops:
            listed = self._loop(listed, self._name_element(child, listed))
        if self._find_shape(listed).get("type") == "list":
            variable = self._name_element(child, listed)
            return self._loop(listed, variable)
        return listed

    def _visit_projection(self, node: Mapping[str, Any], subject: _Value) -> _Value:
        left, right = node["children"]
        listed = self.visit(left, subject)
        if not listed.loops:
            listed = self._loop(listed, self._name_element(left, listed))
        return self._project(listed, right)

    def _visit_value_projection(self, node: Mapping[str, Any], subject: _Value) -> _Value:
        left, right = node["children"]
        mapped = self.visit(left, subject)
        shape = self._find_shape(mapped)
        if shape.get("type") != "map" or mapped.loops:
            raise QueryError("the values of what is not a map")
        variable = self._name("value")
        loop = f"for {variable} in ({_render(mapped)} or {{}}).values()"
        value = _Value(variable, shape["value"]["shape"], loops=(loop,), is_sure=True)
        return self._project(value, right)

    def _visit_filter_projection(self, node: Mapping[str, Any], subject: _Value) -> _Value:
        left, right, condition = node["children"]
        listed = self.visit(left, subject)
        if not listed.loops:
            listed = self._loop(listed, self._name_element(left, listed))
        if not listed.is_sure:
            raise QueryError("a filter of a projection is not supported")
        kept = _render(self._test(condition, replace(listed, loops=())))
        return self._project(replace(listed, loops=(*listed.loops, f"if {kept}")), right)

    def _project(self, listed: _Value, right: Mapping[str, Any]) -> _Value:
        value = self.visit(right, replace(listed, loops=()))
        if value.loops:
            raise QueryError("a projection in a projection is not supported without []")
        return replace(value, loops=listed.loops)

    def _loop(self, listed: _Value, variable: str) -> _Value:
        """Return the elements of a list, or of each list of a projection."""
        element = self._find_element(listed)
        if listed.loops:
            conditions = (f"if {' and '.join(listed.guards)}",) if listed.guards else ()
            source = listed.text if listed.is_sure else f"{listed.text} or ()"
            loops = (*listed.loops, *conditions, f"for {variable} in {source}")
        else:
            text = _render(listed)
            loops = (f"for {variable} in {f'({text})' if listed.guards else text} or ()",)
        return _Value(variable, element, loops=loops, is_sure=True)

    def _find_element(self, value: _Value) -> str:
        shape = self._find_shape(value)
        if shape.get("type") != "list":
            raise QueryError(f"{value.shape or 'the result of an operator'} is not a list")
        return str(shape["member"]["shape"])

    def _name_element(self, node: Mapping[str, Any], listed: _Value) -> str:
        fields = _list_fields(node)
        return self._name(_singular(str(xform_name(fields[-1]))) if fields else "one")

    def _name(self, wanted: str) -> str:
        if not wanted.isidentifier() or keyword.iskeyword(wanted):
            wanted = "one"
        while wanted in self._taken:
            wanted += "_"
        self._taken.add(wanted)
        return wanted

    # Operators ----------------------------------------------------------------------------------

    def _visit_comparator(self, node: Mapping[str, Any], subject: _Value) -> _Value:
        operator = {"eq": "==", "ne": "!=", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
        left, right = (self.visit(child, subject) for child in node["children"])
        if node["value"] not in ("eq", "ne") and not (left.is_sure and right.is_sure):
            raise QueryError("an order of what may be absent is not supported")
        sign = operator[node["value"]]
        text = f"{_operand(left, _COMPARISON)} {sign} {_operand(right, _COMPARISON)}"
        return _Value(text, is_sure=True, rank=_COMPARISON)

    def _visit_or_expression(self, node: Mapping[str, Any], subject: _Value) -> _Value:
        return self._join("or", _OR, node, subject)

    def _visit_and_expression(self, node: Mapping[str, Any], subject: _Value) -> _Value:
        return self._join("and", _AND, node, subject)

    def _join(self, word: str, rank: int, node: Mapping[str, Any], subject: _Value) -> _Value:
        values = [self._test(child, subject) for child in node["children"]]
        # An `and` within an `or` gets parentheses for readability.
        text = f" {word} ".join(_operand(value, _AND if rank == _OR else _OR) for value in values)
        return _Value(text, rank=rank)

    def _visit_not_expression(self, node: Mapping[str, Any], subject: _Value) -> _Value:
        (child,) = node["children"]
        value = self._test(child, subject)
        return _Value(f"not {_operand(value, _NOT - 1)}", is_sure=True, rank=_NOT)

    def _test(self, node: Mapping[str, Any], subject: _Value) -> _Value:
        """Return a condition. Truth differs in Python for 0 and for structures without members."""
        value = self.visit(node, subject)
        if value.shape and self._find_shape(value)["type"] not in ("string", "boolean", "list"):
            raise QueryError(f"the truth of {value.shape} is not supported")
        return value

    def _visit_function_expression(self, node: Mapping[str, Any], subject: _Value) -> _Value:
        if node["value"] != "length" or len(node["children"]) != 1:
            raise QueryError(f"the function {node['value']} is not supported")
        value = self.visit(node["children"][0], subject)
        if value.loops and not (value.is_sure and len(value.loops) == 1):
            return _Value(f"len({_render(value)})", is_sure=True)
        if value.loops:  # the list itself
            source = value.loops[0].partition(" in ")[2]
            return _Value(f"len({source})", is_sure=True)
        if self._find_shape(value).get("type") not in ("list", "string", "map"):
            raise QueryError("length is asked of what has none")
        text = _render(value)
        return _Value(f"len({f'({text})' if value.guards else text} or ())", is_sure=True)

    def _find_shape(self, value: _Value) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self._shapes[value.shape] if value.shape else {}
        return found


def _render(value: _Value) -> str:
    if not value.loops:
        return " and ".join((*value.guards, value.text))
    conditions = value.guards if value.is_sure else (*value.guards, f"{value.text} is not None")
    test = f" if {' and '.join(conditions)}" if conditions else ""
    return f"[{value.text} {' '.join(value.loops)}{test}]"


def _operand(value: _Value, rank: int) -> str:
    """Add parentheses unless the precedence is higher than that of an operator of this rank."""
    own = _AND if value.guards and not value.loops else value.rank
    return f"({_render(value)})" if own <= rank else _render(value)


def _singular(name: str) -> str:
    for end, one in (("ies", "y"), ("sses", "ss"), ("s", "")):
        if name.endswith(end) and not name.endswith("ss"):
            return name.removesuffix(end) + one
    return f"{name}_item"
