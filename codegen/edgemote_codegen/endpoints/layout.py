"""Statements as lines of Python. The formatter breaks long lines; long strings are split here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from .conditions import IsEqual, IsSet, Test
from .expressions import (
    Attribute,
    Call,
    Constant,
    Element,
    Expression,
    Template,
    Variable,
)
from .statements import Bind, Choice, Condition, If, Import, Raise, Return, Spliced, Statement
from .values import OPTIONS

LINE_LENGTH = 100
INDENT = "    "
# Where a long string may be split: after a space, before a dot, around a placeholder.
_CUTS = re.compile(r"(?<= )|(?=\.)")


def lay_out_import(module: str, names: Iterable[str]) -> Iterator[str]:
    """An import."""
    yield f"from {module} import {', '.join(sorted(names))}"


def lay_out_texts(name: str, texts: Iterable[str]) -> Iterator[str]:
    """A constant that is a tuple of strings; no line if it is empty."""
    shown = [format_value(Constant(text)) for text in texts]
    if shown:
        yield f"{name} = {_format_tuple(shown)}"


def _format_tuple(parts: list[str]) -> str:
    """A tuple that the formatter may write on one line."""
    return f"({', '.join(parts)}{',' if len(parts) == 1 else ''})"


def lay_out_default(name: str, text: str) -> Iterator[str]:
    """The default of an argument that also applies if the caller passes None."""
    yield f"{INDENT}if {name} is None:"
    yield f"{INDENT}{INDENT}{name} = {format_value(Constant(text))}"


def lay_out(statements: Iterable[Statement], indent: str = INDENT) -> Iterator[str]:
    """The lines of a block."""
    for statement in statements:
        match statement:
            case If(conditions, body, inverted):
                yield from _lay_out_if(conditions, inverted, indent)
                yield from lay_out(body, indent + INDENT)
            case Bind(variable, value):
                yield f"{indent}{variable.name} = {format_value(value)}"
            case Import(module, name):
                yield f"{indent}from {module} import {name}"
                yield ""
            case Raise(message):
                yield f"{indent}raise EndpointError({_cut(message, indent)})"
            case Return(Spliced(parts), fields, headers):
                for choice in dict.fromkeys(part for part in parts if isinstance(part, Choice)):
                    chosen, otherwise = map(format_value, (choice.chosen, choice.otherwise))
                    either = f"{chosen} if {choice.option.name} else {otherwise}"
                    yield f"{indent}{choice.name} = {either}"
                url = Template(tuple(_name_choice(part) for part in parts))
                yield from lay_out((Return(url, fields, headers),), indent)
            case Return(url, fields, headers):
                arguments = [_cut(url, indent, len(fields) + len(headers))]
                arguments += [f"{name}={format_value(value)}" for name, value in fields]
                pairs = [
                    f"({format_value(Constant(name))}, {format_value(value)})"
                    for name, value in headers
                ]
                arguments += [f"headers={_format_tuple(pairs)}"] if pairs else []
                yield f"{indent}return Endpoint({', '.join(arguments)})"


def format_value(value: Expression) -> str:
    """An expression on one line."""
    match value:
        case Constant(str()):
            return format_text((value,))
        case Constant(other):
            return repr(other)
        case Variable(name):
            return name
        case Attribute(of, field):
            return f"{format_value(of)}.{field}"
        case Element(of, index):
            return f"text_at({format_value(of)}, {index})"
        case Template(parts):
            return format_text(parts)
        case Call(function, arguments):
            option = OPTIONS[function]
            shown = [format_value(argument) for argument in arguments]
            if option is not None:
                shown[-1:] = [f"{option}=True"] if arguments[-1] == Constant(True) else []
            return f"{function}({', '.join(shown)})"
    raise TypeError(value)


def format_text(parts: Iterable[Expression]) -> str:
    """A string literal with placeholders, in the quotes that ruff prefers."""
    texts = list(parts)
    plain = "".join(str(part.value) for part in texts if isinstance(part, Constant))
    quote = "'" if plain.count('"') > plain.count("'") else '"'
    is_template = any(not isinstance(part, Constant) for part in texts)
    shown = "".join(
        _escape(str(part.value), quote, is_template)
        if isinstance(part, Constant)
        else f"{{{format_value(part)}}}"
        for part in texts
    )
    return f"{'f' if is_template else ''}{quote}{shown}{quote}"


def _escape(text: str, quote: str, is_template: bool) -> str:
    escaped = text.replace("\\", "\\\\").replace(quote, f"\\{quote}").replace("\n", "\\n")
    return escaped.replace("{", "{{").replace("}", "}}") if is_template else escaped


def _format_condition(condition: Condition, inverted: bool) -> str:
    if isinstance(condition, Bind):
        name = condition.variable.name
        outcome = "is" if inverted else "is not"
        return f"({name} := {format_value(condition.value)}) {outcome} None"
    holds = condition.holds is not inverted
    atom = condition.atom
    value = format_value(atom.value)
    if isinstance(atom, IsSet):
        return f"{value} is not None" if holds else f"{value} is None"
    if isinstance(atom, IsEqual):
        return f"{value} {'==' if holds else '!='} {format_value(atom.other)}"
    return value if holds else f"not {value}"


def _lay_out_if(conditions: tuple[Condition, ...], inverted: bool, indent: str) -> Iterator[str]:
    joint = "or" if inverted else "and"
    shown = [_format_condition(condition, inverted) for condition in conditions]
    line = f"{indent}if {f' {joint} '.join(shown)}:"
    leading = conditions[0]
    if len(line) > LINE_LENGTH and isinstance(leading, Bind):
        # The first value is always needed, and a statement of its own reads better.
        yield f"{indent}{leading.variable.name} = {format_value(leading.value)}"
        conditions = (Test(IsSet(leading.variable)), *conditions[1:])
        yield from _lay_out_if(conditions, inverted, indent)
    else:
        yield line


def _name_choice(part: Expression | Choice) -> Expression:
    return Variable(part.name, "text", nullable=False) if isinstance(part, Choice) else part


def _cut(value: Expression, indent: str, others: int = 0) -> str:
    """A string, split into several literals if it exceeds a line; followed by a comma if there are
    other arguments.
    """
    room = LINE_LENGTH - len(indent) - len(INDENT) - (others > 0)
    whole = format_value(value)
    if len(whole) <= room:
        return whole
    pieces: list[Expression] = []
    for part in value.parts if isinstance(value, Template) else (value,):
        if isinstance(part, Constant):
            pieces.extend(Constant(piece) for piece in _CUTS.split(str(part.value)) if piece)
        else:
            pieces.append(part)
    lines: list[list[Expression]] = [[]]
    for piece in pieces:
        if lines[-1] and len(format_text([*lines[-1], piece])) > room:
            lines.append([])
        lines[-1].append(piece)
    return " ".join(map(format_text, lines))
