"""Python source as it is copied onto a device: without docs, or compiled."""

from __future__ import annotations

import ast
import io
import py_compile
import sys
import tempfile
import tokenize
from collections.abc import Mapping
from pathlib import Path

from ..errors import CodegenError


def strip_docs(source: bytes) -> bytes:
    """Python source without docstrings and comments; `pass` where nothing else is left of a body.

    Every statement stays on its line: a traceback of the device points into the repository.
    """
    lines = source.decode().split("\n")
    for node in ast.walk(ast.parse(source)):
        body = getattr(node, "body", None)
        if not isinstance(body, list):
            continue
        docs = [part for part in body if _is_doc(part)]
        for number, part in enumerate(docs):
            first, last = part.lineno - 1, (part.end_lineno or part.lineno) - 1
            keeps_body = len(docs) == len(body) and number == 0 and not isinstance(node, ast.Module)
            lines[first : last + 1] = [""] * (last - first + 1)
            if keeps_body:
                lines[first] = f"{' ' * part.col_offset}pass"
    for token in tokenize.generate_tokens(io.StringIO("\n".join(lines)).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column].rstrip()
    return ("\n".join(lines).rstrip() + "\n").encode()


def _is_doc(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


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
