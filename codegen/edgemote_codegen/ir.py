"""The intermediate representation (IR): everything the templates write, down to the last name.

Frozen structs without methods. Lowering makes them and rendering reads them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from .endpoints import EndpointIR


class Member(Struct, frozen=True):
    """A field of a struct, of an error, or of a typed dict."""

    name: str
    """Python name: the model's, with an underscore appended if that is a keyword"""
    wire_name: str
    annotation: str
    required: bool
    doc: str = ""


class StructIR(Struct, frozen=True):
    name: str
    root: str
    """class it is made of"""
    rename: Mapping[str, str]
    """field -> wire name, where they differ"""
    members: tuple[Member, ...]
    facts: tuple[tuple[str, Any], ...] = ()
    """class attributes that only a codec reads"""
    doc: str = ""


class ErrorIR(Struct, frozen=True):
    name: str
    code: str
    flags: tuple[str, ...]
    """class attributes that are true: retryable, throttling"""
    rename: Mapping[str, str]
    head: Mapping[str, str]
    """member -> the header that has it, in lower case, or ":status" """
    members: tuple[Member, ...]
    doc: str = ""


class DictIR(Struct, frozen=True):
    """A TypedDict of the stub that types the callers' dicts and parameters."""

    name: str
    members: tuple[Member, ...]
    is_class: bool
    """False if a key is not an identifier, so that the functional syntax is needed"""


class OperationIR(Struct, frozen=True):
    constant: str
    method_name: str
    params_name: str
    hides_self: bool
    """one of the parameters is called self"""
    result: str
    """annotation of what the method returns"""
    annotation: str
    """of the constant, if its type does not follow from the arguments"""
    arguments: tuple[tuple[str, Any], ...]
    """keyword arguments of the Operation, those that differ from its defaults; values are data or
    Reference
    """
    module: str
    """module of the constant, as a dotted name below the package"""
    doc: str = ""
    request: str = ""
    """the struct that the method takes in place of keyword arguments, where that is asked for"""


class ResultKey(Struct, frozen=True):
    """What one page of a paginator has items of."""

    path: str
    annotation: str
    """of an item"""


class PaginatorIR(Struct, frozen=True):
    operation: OperationIR
    arguments: tuple[tuple[str, Any], ...]
    """keyword arguments of Pages"""
    results: tuple[ResultKey, ...]


class QueryIR(Struct, frozen=True):
    """A function that finds something in a result, for waiters."""

    name: str
    body: str


class WaiterIR(Struct, frozen=True):
    method_name: str
    operation: OperationIR
    arguments: tuple[tuple[str, Any], ...]
    """keyword arguments of wait"""
    doc: str = ""


class ModuleIR(Struct, frozen=True):
    """A module of structs; in a split service also the operation that they are for."""

    name: str
    """dotted, below the package"""
    title: str
    imports: tuple[str, ...]
    """lines, in any order"""
    aliases: tuple[tuple[str, str], ...]
    """(alias, annotation) of constrained types, written before the structs"""
    structs: tuple[StructIR, ...]
    operations: tuple[OperationIR, ...]


class Reference(Struct, frozen=True):
    """A name to write unquoted, unlike data."""

    name: str


class CallIR(Struct, frozen=True):
    """A call of a function of a shared module, whose arguments are data."""

    name: str
    arguments: tuple[Any, ...]


class ServiceIR(Struct, frozen=True):
    """One package under aws."""

    name: str
    """as botocore names it"""
    module: str
    command: str
    """what regenerates this package"""
    full_name: str
    api_version: str
    model_sha256: str
    client_class: str
    protocol: str
    service_arguments: tuple[tuple[str, Any], ...]
    """keyword arguments of the Service"""
    exports: tuple[tuple[str, tuple[str, ...]], ...]
    """(module, names) that the package offers"""
    public_names: tuple[str, ...]
    imports: Mapping[str, Sequence[str]]
    """module of the package that has no ModuleIR -> its import lines, in any order"""
    modules: tuple[ModuleIR, ...]
    """`shapes`, or in a large service many, which are loaded when they are first used"""
    is_split: bool
    homes: Mapping[str, tuple[str, ...]]
    """module -> its structs, of a split service"""
    errors: tuple[ErrorIR, ...]
    names_by_code: Mapping[str, str]
    """error code -> class, where they differ"""
    dict_aliases: tuple[tuple[str, str], ...]
    dicts: tuple[DictIR, ...]
    operations: tuple[OperationIR, ...]
    left_out: tuple[tuple[str, str], ...]
    """(operation, reason) of what was not asked for by name and cannot be generated"""
    endpoint: EndpointIR
    function_modules: tuple[str, ...]
    """those of `aws` whose functions operations and annotations have among their data"""
    paginators: tuple[PaginatorIR, ...] = ()
    waiters: tuple[WaiterIR, ...] = ()
    queries: tuple[QueryIR, ...] = ()
    """the functions of the waiters"""
    presigns: bool = False
    """whether the client has `presign`"""
    presigns_posts: bool = False
    """whether it has `presign_post`"""
    takes_requests: bool = False
    """whether methods take request structs"""
    around: tuple[tuple[str, str, str], ...] = ()
    """(attribute of the client, module, class) for paginators and waiters"""


class Selection(Struct, frozen=True):
    """One service to generate, and its operations; none named means all."""

    service: str
    operations: tuple[str, ...] = ()


class Model(Struct, frozen=True):
    """A service model as read from its file."""

    name: str
    origin: str
    """file it came from, for error texts"""
    sha256: str
    content: Mapping[str, Any]
    rule_set: Mapping[str, Any] | None
