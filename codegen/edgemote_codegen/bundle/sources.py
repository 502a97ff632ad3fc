"""Python source as it is copied onto a device: without docs, or compiled."""

from __future__ import annotations

import ast
import io
import py_compile
import sys
import tempfile
import tokenize
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from ..errors import CodegenError

_INDENT = 4


def strip_docs(source: bytes, *, foreign: bool = False) -> bytes:
    """Python source without docstrings and comments, with a space for each level of indentation,
    and none before lines that go on with a statement. What is not `foreign` loses the annotations
    of functions, too, and imports for type checkers.

    Every statement stays on its line: a traceback of the device points into the repository.
    """
    text = source.decode()
    lines = text.split("\n")
    tree = ast.parse(source)
    if not foreign:
        for start, end in sorted(_find_annotations(tree, lines), reverse=True):
            _cut(lines, start, end)
    for node in ast.walk(tree):
        for body in (getattr(node, name, None) for name in ("body", "orelse", "finalbody")):
            if isinstance(body, list):
                _drop_statements(lines, body, keeps_body=not isinstance(node, ast.Module))
    if not foreign:
        _drop_imports(lines)
    return _shrink(lines)


def _drop_statements(lines: list[str], body: list[ast.stmt], keeps_body: bool) -> None:
    dropped = [part for part in body if _is_doc(part) or _is_for_checkers(part)]
    for number, part in enumerate(dropped):
        first, last = part.lineno - 1, (part.end_lineno or part.lineno) - 1
        lines[first : last + 1] = [""] * (last - first + 1)
        if keeps_body and len(dropped) == len(body) and number == 0:
            lines[first] = f"{' ' * part.col_offset}pass"


def _is_doc(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _is_for_checkers(node: ast.stmt) -> bool:
    """`if TYPE_CHECKING:` without an else."""
    if not isinstance(node, ast.If) or node.orelse:
        return False
    return isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def _drop_imports(lines: list[str]) -> None:
    """Of `typing` what only annotations needed, and of `__future__` where none are left."""
    text = "\n".join(lines)
    tree = ast.parse(text)
    tokens = _list_tokens(text)
    names = Counter(token.string for token in tokens if token.type == tokenize.NAME)
    literals = " ".join(token.string for token in tokens if token.type == tokenize.STRING)
    annotated = any(
        getattr(node, "annotation", None) or getattr(node, "returns", None)
        for node in ast.walk(tree)
    )
    for node in tree.body:
        if not isinstance(node, ast.ImportFrom) or node.module not in ("typing", "__future__"):
            continue
        if node.module == "typing":
            kept = [
                alias
                for alias in node.names
                if names[alias.asname or alias.name] > 1 or alias.name in literals
            ]
        else:
            kept = node.names if annotated else []
        if len(kept) < len(node.names):
            first, last = node.lineno - 1, node.end_lineno or node.lineno
            lines[first:last] = [""] * (last - first)
            if kept:
                node.names = kept
                lines[first] = ast.unparse(node)


# Row from 0 on, and column.
_Place = tuple[int, int]


def _list_tokens(text: str) -> list[tokenize.TokenInfo]:
    return list(tokenize.generate_tokens(io.StringIO(text).readline))


def _find_annotations(tree: ast.Module, lines: list[str]) -> Iterator[tuple[_Place, _Place]]:
    """What can be cut: annotations of functions, and of variables that get a value. Those in the
    bodies of classes are fields.
    """
    tokens = _list_tokens("\n".join(lines))
    numbers = {
        (token.start[0] - 1, token.start[1]): number
        for number, token in enumerate(tokens)
        if token.type == tokenize.OP
    }

    def place(row: int, column_bytes: int) -> _Place:
        return row - 1, len(lines[row - 1].encode()[:column_bytes].decode())

    def span(row: int, column_bytes: int, ends: str, gap: int = 0) -> tuple[_Place, _Place]:
        start = place(row, column_bytes)
        depth = 0
        for token in tokens[numbers[start] + 1 :]:
            if token.type == tokenize.OP:
                if not depth and token.string in ends:
                    return start, (token.start[0] - 1, token.start[1] - gap)
                depth += (token.string in "([{") - (token.string in ")]}")
        raise AssertionError("an annotation without an end")

    fields = {
        part for node in ast.walk(tree) if isinstance(node, ast.ClassDef) for part in node.body
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.arg) and node.annotation is not None:
            start, (row, column) = span(
                node.lineno, node.col_offset + len(node.arg.encode()), ",=)"
            )
            yield start, (row, column)
            if lines[row].startswith("= ", column):  # of the default, as for one without a type
                yield (row, column + 1), (row, column + 2)
        elif isinstance(node, ast.FunctionDef) and node.returns is not None:
            first = place(node.returns.lineno, node.returns.col_offset)
            arrow = max(at for at in numbers if at < first and tokens[numbers[at]].string == "->")
            end = span(arrow[0] + 1, len(lines[arrow[0]][: arrow[1]].encode()), ":")[1]
            if end[0] == arrow[0]:  # others are not in parentheses, and need their lines
                yield (arrow[0], len(lines[arrow[0]][: arrow[1]].rstrip())), end
        elif isinstance(node, ast.AnnAssign) and node.value is not None and node not in fields:
            target = node.target
            found = span(target.end_lineno or 0, target.end_col_offset or 0, "=", gap=1)
            if found[0][0] == found[1][0]:
                yield found


def _cut(lines: list[str], start: _Place, end: _Place) -> None:
    """Without what lies between, but with its line ends."""
    (first, column), (last, rest) = start, end
    if first == last:
        lines[first] = lines[first][:column] + lines[first][rest:]
        return
    lines[first] = lines[first][:column]
    lines[first + 1 : last] = [""] * (last - first - 1)
    lines[last] = lines[last][rest:]


def _shrink(lines: list[str]) -> bytes:
    """Without comments and, where lines are indented by four, with a space for each level."""
    tokens = _list_tokens("\n".join(lines))
    inside = {
        row
        for token in tokens
        if token.start[0] < token.end[0] and token.type != tokenize.NEWLINE
        for row in range(token.start[0], token.end[0])
    }
    going_on = _find_continuations(tokens)
    regular = not any(
        len(token.string) % _INDENT or token.string.strip(" ")
        for token in tokens
        if token.type == tokenize.INDENT
    )
    for token in tokens:
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column].rstrip()
    if regular:
        for row, line in enumerate(lines):
            if row not in inside:
                left = line.lstrip(" ")
                levels = 0 if row in going_on else (len(line) - len(left)) // _INDENT
                lines[row] = " " * levels + left
    return ("\n".join(lines).rstrip() + "\n").encode()


def _find_continuations(tokens: list[tokenize.TokenInfo]) -> set[int]:
    """Rows that begin inside of a statement, from 0 on."""
    rows = set()
    first = 0  # row of the statement, from 1 on; 0 between two
    for token in tokens:
        if token.type == tokenize.NEWLINE:
            first = 0
        elif token.type not in (tokenize.NL, tokenize.COMMENT, tokenize.INDENT, tokenize.DEDENT):
            first = first or token.start[0]
            if token.start[0] > first:
                rows.add(token.start[0] - 1)
    return rows


def compile_sources(
    sources: Mapping[str, bytes], pythons: tuple[str, ...], with_docs: bool
) -> dict[str, bytes]:
    """Bytecode in place of source: module.pyc beside each other, which Python imports as it is.

    It is good for the Python that compiled it, so the device's must be of the same minor version.
    """
    running = f"{sys.version_info.major}.{sys.version_info.minor}"
    if pythons != (running,):
        raise CodegenError(
            f"--bytecode makes files for the Python that runs it: add --python {running}, "
            f"or run this with the device's Python"
        )
    compiled = {}
    with tempfile.TemporaryDirectory() as folder:
        for path, content in sources.items():
            source = Path(folder) / "module.py"
            target = Path(folder) / "module.pyc"
            source.write_bytes(content)
            py_compile.compile(
                str(source),
                str(target),
                dfile=path,
                doraise=True,
                optimize=0 if with_docs else 2,
                # Neither time nor hash of the source is asked for on the device.
                invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
            )
            compiled[f"{path}c"] = target.read_bytes()
    return compiled
