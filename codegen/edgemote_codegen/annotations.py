"""Laying out long annotations over several lines, the way `ruff format` does.

The generated code is checked with the same formatter as the rest, and the build host need not have
it.
"""

from __future__ import annotations

WIDTH = 100
_STEP = 4


def lay_out(annotation: str, indent: int, before: int, after: int) -> str:
    """The annotation in lines of at most WIDTH where its structure allows it.

    Args:
        annotation: names, subscripts and unions, in one line
        indent: of the line that it starts in
        before: characters ahead of it in that line, with the indent
        after: characters behind it in its last line
    """
    if before + len(annotation) + after <= WIDTH:
        return annotation
    if len(_split(annotation, " | ")) > 1 or not annotation.endswith("]"):
        return _parenthesize(annotation, indent)
    outer, _, inner = annotation[:-1].partition("[")
    pad = " " * (indent + _STEP)
    parts = _split(inner, ", ")
    if len(parts) == 1:
        body = pad + _lay_out_operands(inner, indent + _STEP)
    elif len(pad) + len(inner) <= WIDTH:
        body = pad + inner
    else:
        body = "\n".join(f"{pad}{_lay_out_operands(part, indent + _STEP, 1)}," for part in parts)
    return f"{outer}[\n{body}\n{' ' * indent}]"


def lay_out_optional(annotation: str, indent: int, before: int) -> str:
    """`annotation | None = None`, with the arguments of `lay_out`."""
    optional = f"{annotation} | None"
    if before + len(optional) + len(" = None") <= WIDTH:
        return f"{optional} = None"
    if before + len(optional) + len(" = (") <= WIDTH:
        return f"{optional} = (\n{' ' * (indent + _STEP)}None\n{' ' * indent})"
    return f"{_parenthesize(optional, indent)} = None"


def _parenthesize(annotation: str, indent: int) -> str:
    pad = " " * (indent + _STEP)
    return f"(\n{pad}{_lay_out_operands(annotation, indent + _STEP)}\n{' ' * indent})"


def _lay_out_operands(annotation: str, indent: int, after: int = 0) -> str:
    if indent + len(annotation) + after <= WIDTH:
        return annotation
    operands = _split(annotation, " | ")
    pad = " " * indent
    if operands == [annotation] and not annotation.endswith("]"):
        return annotation  # a name has nowhere to break
    last = len(operands) - 1
    return f"\n{pad}| ".join(
        lay_out(operand, indent, indent + (2 if place else 0), after if place == last else 0)
        for place, operand in enumerate(operands)
    )


def _split(text: str, separator: str) -> list[str]:
    """Split at the separators that stand outside of all brackets."""
    parts, depth, start = [], 0, 0
    for at, character in enumerate(text):
        depth += (character in "[(") - (character in "])")
        if depth == 0 and text.startswith(separator, at):
            parts.append(text[start:at])
            start = at + len(separator)
    return [*parts, text[start:]]
