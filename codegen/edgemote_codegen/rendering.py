"""Render the IR into the text of files, which `formatting` formats."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from .docs import docstring
from .endpoints import lower_partitions, render_endpoint, render_partitions
from .formatting import WIDTH
from .ir import DictIR, ErrorIR, Member, OperationIR, ServiceIR, StructIR
from .literals import write_arguments, write_value
from .methods import (
    write_method,
    write_method_stub,
    write_page_method,
    write_page_method_stub,
    write_waiter_method,
    write_waiter_method_stub,
)
from .needs import find_codec_modules

# Module of a service's package -> its template; `shapes.py.j2` writes the modules of structs.
_TEMPLATES = {
    "errors.py": "errors.py.j2",
    "client.py": "client.py.j2",
    "client.pyi": "client.pyi.j2",
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

# The same for optional modules: field of the IR -> module -> template.
_AROUND = {
    "paginators": {"pages.py": "pages.py.j2", "pages.pyi": "pages.pyi.j2"},
    "waiters": {"waiters.py": "waiters.py.j2", "waiters.pyi": "waiters.pyi.j2"},
}

_STATIC = Path(__file__).parent / "static" / "aws"

# Static modules that every service needs, and those that each protocol adds.
_ALWAYS = (
    "py.typed",
    "validate.py",
    "coerce.py",
    "endpoints.py",
    "errors.py",
    "operation.py",
    "lenient.py",
    "msgspec_messages.py",
    "shape.py",
    "sigv4.py",
    "timestamps.py",
)
# Names that no service's package may have.
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
        method_stub=write_method_stub,
        page_method=write_page_method,
        page_method_stub=write_page_method_stub,
        waiter_method=write_waiter_method,
        waiter_method_stub=write_waiter_method_stub,
        struct_head=write_struct_head,
        typed_dict=write_typed_dict,
        value=write_value,
    )
    return environment


def render_services(services: Iterable[ServiceIR], partitions: Mapping[str, Any]) -> dict[str, str]:
    """Return path below the output folder -> unformatted text: a package for each service, and the
    static modules that they need.
    """
    environment = _environment()
    services = tuple(services)
    command = services[0].command if services else ""
    mark = environment.get_template("static_header.j2").render(command=command)
    files = {"aws/__init__.py": mark + environment.get_template("root.py.j2").render()}
    modules = set(_ALWAYS)
    for ir in services:
        modules.update(find_codec_modules(ir))
        modules.update(f"{name}.py" for name in ir.function_modules)
        if "s3_copies" in ir.function_modules:
            modules.add("s3_parameters.py")
        modules.update(f"{name}.py" for name in ir.endpoint.modules)
        if ir.is_split:
            modules.add("lazy_structs.py")
        if ir.paginators:
            modules.add("paging.py")
        if ir.waiters:
            modules.add("waiting.py")
        if ir.takes_requests:
            modules.add("request_structs.py")
        modules.update(_find_presigning_modules(ir))
        for name, text in render_package(ir, environment).items():
            files[f"aws/{ir.module}/{name}"] = text.rstrip("\n") + "\n"
    for name in sorted(modules):
        if name == "partitions.py":
            text = render_partitions(lower_partitions(partitions), environment)
        else:
            text = (_STATIC / name).read_text(encoding="utf-8")
        files[f"aws/{name}"] = mark + text if text else text
    return files


def _find_presigning_modules(ir: ServiceIR) -> Iterator[str]:
    copies = any(name == "presigned_member" for one in ir.operations for name, _ in one.arguments)
    if ir.presigns or copies:
        yield "url_signature.py"
    if ir.presigns:
        yield "presign.py"
    if ir.presigns_posts:
        yield "presigned_post.py"


def render_package(ir: ServiceIR, environment: Environment) -> dict[str, str]:
    """Return path below the service's package -> text."""
    endpoint_source = render_endpoint(ir.endpoint, environment)
    templates = dict(_SPLIT_TEMPLATES if ir.is_split else _WHOLE_TEMPLATES)
    for field, modules in _AROUND.items():
        templates |= modules if getattr(ir, field) else {}
    files = {
        name: environment.get_template(template).render(ir=ir, endpoint_source=endpoint_source)
        for name, template in templates.items()
    }
    template = environment.get_template("shapes.py.j2")
    for module in ir.modules:
        files[f"{module.name.replace('.', '/')}.py"] = template.render(ir=ir, module=module)
    return files


def write_comment(text: str) -> str:
    """Wrap a comment into lines of at most WIDTH, unless a single word is longer."""
    lines = textwrap.wrap(text, WIDTH - 2, break_long_words=False, break_on_hyphens=False)
    return "\n".join(f"# {line}" for line in lines)


def write_struct_head(struct: StructIR) -> str:
    """The class line of a struct."""
    rename = f", rename={write_value(struct.rename)}" if struct.rename else ""
    return f"class {struct.name}({struct.root}, kw_only=True{rename}):"


def write_error_head(error: ErrorIR) -> str:
    """The class line of an error."""
    return f"class {error.name}(ServiceError):"


def write_class_body(item: StructIR | ErrorIR, members: tuple[Member, ...]) -> str:
    """Docstring, flags and fields of a class. A field is followed by its own docstring."""
    blocks = [f"    {docstring(item.doc, 4)}"] if item.doc else []
    if isinstance(item, ErrorIR):
        facts: dict[str, Any] = dict.fromkeys(item.flags, True)
        facts |= {"_wire_names": tuple(item.rename.items())} if item.rename else {}
        facts |= {"_head_names": tuple(item.head.items())} if item.head else {}
    else:
        facts = dict(item.facts)
    if facts:
        lines = (f"    {name} = {write_value(fact)}" for name, fact in facts.items())
        blocks.append("\n".join(lines))
    plain: list[str] = []
    for member in members:
        optional = "" if member.required else " | None = None"
        plain.append(f"    {member.name}: {member.annotation}{optional}")
        if member.doc:
            blocks.append("\n".join([*plain, f"    {docstring(member.doc, 4)}"]))
            plain.clear()
    blocks += ["\n".join(plain)] if plain else []
    return "\n\n".join(blocks) or "    pass"


def write_constant(operation: OperationIR) -> str:
    """An operation as data."""
    annotation = operation.annotation if operation.module != "client" else ""  # which has a stub
    arguments = write_arguments(operation.arguments)
    return f"{operation.constant}{annotation} = Operation(\n{arguments}\n)"


def write_typed_dict(shape: DictIR) -> str:
    """A TypedDict, in the functional syntax where a key is no identifier."""
    keys = [
        (key.name, key.annotation if key.required else f"NotRequired[{key.annotation}]")
        for key in shape.members
    ]
    if shape.is_class:
        body = "\n".join(f"    {name}: {annotation}" for name, annotation in keys) or "    pass"
        return f"class {shape.name}(TypedDict):\n{body}"
    rows = "".join(f'"{name}": {annotation},\n' for name, annotation in keys)
    return f'{shape.name} = TypedDict("{shape.name}", {{\n{rows}}})'
