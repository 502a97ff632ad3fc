"""From the IR to the text of files."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from .annotations import WIDTH, lay_out, lay_out_optional
from .docs import docstring
from .endpoints import lower_partitions, render_endpoint, render_partitions
from .ir import CallIR, DictIR, ErrorIR, Member, OperationIR, Reference, ServiceIR, StructIR
from .protocols import PROTOCOLS

# Module of a service's package -> its template; `shapes.py.j2` writes the modules of structs.
_TEMPLATES = {
    "errors.py": "errors.py.j2",
    "client.py": "client.py.j2",
    "endpoint.py": "endpoint_module.py.j2",
    "params.pyi": "params.pyi.j2",
}
_WHOLE_TEMPLATES = _TEMPLATES | {"__init__.py": "package.py.j2"}
_SPLIT_TEMPLATES = _TEMPLATES | {
    "__init__.py": "lazy_package.py.j2",
    "__init__.pyi": "package.py.j2",
    "shapes/__init__.py": "lazy_shapes.py.j2",
    "shapes/__init__.pyi": "lazy_shapes.pyi.j2",
    "operations/__init__.py": "operations.py.j2",
}

_STATIC = Path(__file__).parent / "static" / "aws"

# Static modules that every service needs, and those that a protocol adds.
_ALWAYS = (
    "py.typed",
    "validate.py",
    "coerce.py",
    "endpoints.py",
    "errors.py",
    "operation.py",
    "lenient.py",
    "shape.py",
    "sigv4.py",
    "timestamps.py",
    "check_types.py",
)
# Names that no service's package can have.
SHARED_MODULES = frozenset(path.stem for path in _STATIC.glob("*.py")) | {"partitions"}


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("edgemote_codegen"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    environment.filters.update(
        arguments=write_arguments,
        class_body=write_class_body,
        comment=write_comment,
        constant=write_constant,
        docstring=docstring,
        error_head=write_error_head,
        method=write_method,
        private_alias=write_private_alias,
        struct_head=write_struct_head,
        typed_dict=write_typed_dict,
        value=write_value,
    )
    return environment


def render_services(services: Iterable[ServiceIR], partitions: Mapping[str, Any]) -> dict[str, str]:
    """Path below the output folder -> text: a package a service, and the static modules that they
    need.
    """
    environment = _environment()
    mark = environment.get_template("static_header.j2").render()
    files = {"aws/__init__.py": mark + environment.get_template("root.py.j2").render()}
    modules = set(_ALWAYS)
    for ir in services:
        modules.update(PROTOCOLS[ir.protocol].files)
        modules.update(f"{name}.py" for name in ir.function_modules)
        modules.update(f"{name}.py" for name in ir.endpoint.modules)
        if ir.is_split:
            modules.add("lazy_structs.py")
        for name, text in render_package(ir, environment).items():
            files[f"aws/{ir.module}/{name}"] = text.rstrip("\n") + "\n"
    for name in sorted(modules):
        if name == "partitions.py":
            text = render_partitions(lower_partitions(partitions), environment)
        else:
            text = (_STATIC / name).read_text(encoding="utf-8")
        files[f"aws/{name}"] = mark + text if text else text
    return files


def render_package(ir: ServiceIR, environment: Environment) -> dict[str, str]:
    """Path below the service's package -> text."""
    endpoint_source = render_endpoint(ir.endpoint, environment)
    templates = _SPLIT_TEMPLATES if ir.is_split else _WHOLE_TEMPLATES
    files = {
        name: environment.get_template(template).render(ir=ir, endpoint_source=endpoint_source)
        for name, template in templates.items()
    }
    template = environment.get_template("shapes.py.j2")
    for module in ir.modules:
        files[f"{module.name.replace('.', '/')}.py"] = template.render(ir=ir, module=module)
    return files


def write_comment(text: str) -> str:
    """Comment lines of at most WIDTH, as far as the words are short enough."""
    lines = textwrap.wrap(text, WIDTH - 2, break_long_words=False, break_on_hyphens=False)
    return "\n".join(f"# {line}" for line in lines)


def write_struct_head(struct: StructIR) -> str:
    """The class line of a struct."""
    line = f"class {struct.name}({struct.root}, kw_only=True"
    if not struct.rename:
        return write_class_head(struct.name, f"{struct.root}, kw_only=True")
    rename = write_value(dict(struct.rename), 4, 9)
    if len(line) + len(rename) + 11 <= WIDTH and "\n" not in rename:
        return f"{line}, rename={rename}):"
    if len(rename) + 4 + len(struct.root) + 24 <= WIDTH and "\n" not in rename:
        return f"class {struct.name}(\n    {struct.root}, kw_only=True, rename={rename}\n):"
    return f"class {struct.name}(\n    {struct.root},\n    kw_only=True,\n    rename={rename},\n):"


def write_private_alias(name: str) -> str:
    """`_Name = Name`."""
    line = f"_{name} = {name}"
    return line if len(line) <= WIDTH else f"_{name} = (\n    {name}\n)"


def write_error_head(error: ErrorIR) -> str:
    """The class line of an error."""
    return write_class_head(error.name, "ServiceError")


def write_class_head(name: str, roots: str) -> str:
    """The class line, or lines."""
    line = f"class {name}({roots}):"
    return line if len(line) <= WIDTH else f"class {name}(\n    {roots}\n):"


def write_class_body(item: StructIR | ErrorIR, members: tuple[Member, ...]) -> str:
    """Docstring, flags and fields of a class. A field is followed by its own docstring."""
    blocks = [f"    {docstring(item.doc, 4)}\n"] if item.doc else []
    if isinstance(item, ErrorIR):
        facts = [f"    {flag} = True" for flag in item.flags]
        if item.rename:
            facts.append(f"    _wire_names = {write_value(tuple(item.rename.items()), 4, 14)}")
        if item.head:
            facts.append(f"    _head_names = {write_value(tuple(item.head.items()), 4, 14)}")
        blocks += ["\n".join(facts) + "\n"] if facts else []
    elif item.facts:
        lines = (f"    {name} = {write_value(fact, 4, len(name) + 3)}" for name, fact in item.facts)
        blocks.append("\n".join(lines) + "\n")
    plain: list[str] = []
    for member in members:
        plain.append(write_field(member))
        if member.doc:
            blocks.append("\n".join([*plain, f"    {docstring(member.doc, 4)}\n"]))
            plain.clear()
    if plain:
        blocks.append("\n".join(plain) + "\n")
    return "\n".join(blocks).rstrip("\n") or "    pass"


def write_constant(operation: OperationIR) -> str:
    """An operation as data."""
    arguments = write_arguments(operation.arguments, 4)
    return f"{operation.constant}{operation.annotation} = Operation(\n{arguments}\n)"


def write_method(operation: OperationIR) -> str:
    """A method of the client class."""
    head = f"    def {operation.method_name}("
    result = f") -> {operation.result}:"
    own = "self, /" if operation.hides_self else "self"
    params = f"Unpack[_params.{operation.params_name}]"
    takes = f"{own}, **params: {params}" if operation.params_name else own
    comma = "" if "," in takes else ","  # the formatter's, after a lone parameter
    signature = f"{head}{takes}{result}"
    if len(signature) > WIDTH:
        signature = f"{head}\n        {takes}{comma}\n    {result}"
        if len(takes) + 8 > WIDTH:
            start = "        **params: "
            rows = [*own.split(", "), f"**params: {lay_out(params, 8, len(start), 1)}"]
            listed = "".join(f"\n        {row}," for row in rows)
            signature = f"{head}{listed}\n    {result}"
    prefix = "" if operation.result == "None" else "return "
    arguments = (operation.constant, "params" if operation.params_name else "{}")
    call = f"self._call({', '.join(arguments)})"
    if len(prefix + call) + 8 > WIDTH:
        listed = "".join(f"\n            {argument}," for argument in arguments)
        if sum(map(len, arguments)) + 14 <= WIDTH:
            listed = f"\n            {', '.join(arguments)}"
        call = f"self._call({listed}\n        )"
    lines = [signature]
    if operation.doc:
        lines.append(f"        {docstring(operation.doc, 8)}")
    if operation.module != "client":
        lines += [f"        {line}" for line in _write_late_import(operation)] + [""]
    lines.append(f"        {prefix}{call}")
    return "\n".join(lines)


def _write_late_import(operation: OperationIR) -> tuple[str, ...]:
    line = f"from .{operation.module} import {operation.constant}"
    if len(line) + 8 > WIDTH:
        return f"from .{operation.module} import (", f"    {operation.constant},", ")"
    return (line,)


def write_typed_dict(shape: DictIR) -> str:
    """A TypedDict, in the functional syntax where a key is no identifier."""
    if shape.is_class:
        body = "\n".join(map(write_key, shape.members)) or "    pass"
        return f"{write_class_head(shape.name, 'TypedDict')}\n{body}"
    rows = ""
    for member in shape.members:
        start = f'        "{member.name}": '
        rows += f"{start}{lay_out(_key_annotation(member), 8, len(start), 1)},\n"
    return f'{shape.name} = TypedDict(\n    "{shape.name}",\n    {{\n{rows}    }},\n)'


def write_field(member: Member) -> str:
    """A field's line in a struct."""
    start = f"    {member.name}: "
    if member.required:
        return start + lay_out(member.annotation, 4, len(start), 0)
    return start + lay_out_optional(member.annotation, 4, len(start))


def write_key(member: Member) -> str:
    """A key's line in a TypedDict."""
    start = f"    {member.name}: "
    return start + lay_out(_key_annotation(member), 4, len(start), 0)


def _key_annotation(member: Member) -> str:
    return member.annotation if member.required else f"NotRequired[{member.annotation}]"


def write_arguments(arguments: tuple[tuple[str, Any], ...], indent: int) -> str:
    """Keyword arguments, one a line."""
    return "\n".join(
        f"{' ' * indent}{name}={write_value(value, indent, len(name) + 2)},"
        for name, value in arguments
    )


def write_value(value: Any, indent: int = 0, used: int = 0) -> str:
    """A literal as ruff writes it: double quotes, one line where it fits."""
    line = _literal(value)
    if indent + used + len(line) <= WIDTH or not isinstance(value, (dict, tuple)):
        return line
    pad = " " * (indent + 4)
    if isinstance(value, tuple):
        return "(\n" + "".join(f"{pad}{_literal(part)},\n" for part in value) + f"{' ' * indent})"
    rows = "".join(f"{pad}{_write_pair(key, part, indent + 4)},\n" for key, part in value.items())
    return f"{{\n{rows}{' ' * indent}}}"


def _write_pair(key: str, value: Any, indent: int) -> str:
    line = f"{_literal(key)}: {_literal(value)}"
    if indent + len(line) < WIDTH or not isinstance(value, CallIR):
        return line
    pad = " " * (indent + 4)
    rows = (write_value(part, indent + 4, 1) for part in value.arguments)
    inner = "".join(f"{pad}{row},\n" for row in rows)
    return f"{_literal(key)}: {value.name}(\n{inner}{' ' * indent})"


def _literal(value: Any) -> str:
    if isinstance(value, CallIR):
        return f"{value.name}({', '.join(map(_literal, value.arguments))})"
    if isinstance(value, Reference):
        return value.name
    if isinstance(value, str):
        return _quote(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_literal(k)}: {_literal(v)}" for k, v in value.items()) + "}"
    if isinstance(value, tuple):
        comma = "," if len(value) == 1 else ""
        return "(" + ", ".join(map(_literal, value)) + comma + ")"
    return repr(value)


def _quote(text: str) -> str:
    literal = repr(text)
    if literal[0] == "'" and '"' not in text:
        return f'"{literal[1:-1]}"'
    return literal
