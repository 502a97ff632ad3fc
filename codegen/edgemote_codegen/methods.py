"""The methods of clients, paginators and waiters as Python source, and of their stubs."""

from __future__ import annotations

from .docs import docstring
from .ir import OperationIR, PaginatorIR, WaiterIR
from .literals import write_arguments


def write_method(operation: OperationIR) -> str:
    """A method of the client class."""
    own = "self, /" if operation.hides_self else "self"
    params = ", **params" if operation.params_name else ""
    request = ", *request" if operation.request else ""
    lines = [f"    def {operation.method_name}({own}{request}{params}):"]
    if operation.module != "client":
        lines += [f"        from .{operation.module} import {operation.constant}", ""]
    if request:
        lines += _write_reading(f"read_request({operation.constant}, request, params)")
    prefix = "" if operation.result == "None" else "return "
    given = "params" if params else "{}"
    return "\n".join([*lines, f"        {prefix}self._call({operation.constant}, {given})"])


def write_method_stub(operation: OperationIR) -> str:
    """The same in the stub, with types and documentation."""
    own = "self, /" if operation.hides_self else "self"
    name = operation.params_name
    params = f", **params: Unpack[_params.{name}]" if name else ""
    body = f"        {docstring(operation.doc, 8)}" if operation.doc else "        ..."
    head = f"    def {operation.method_name}"
    own_struct = f"self, request: {operation.request}, /"
    return _overload(
        operation,
        f"{head}({own}{params}) -> {operation.result}:\n{body}",
        f"{head}({own_struct}) -> {operation.result}: ...",
    )


def _overload(operation: OperationIR, by_keyword: str, by_struct: str) -> str:
    """Both ways to call a method, where it takes a request struct as well."""
    if not operation.request:
        return by_keyword
    return f"    @overload\n{by_keyword}\n    @overload\n{by_struct}"


def _write_reading(call: str) -> list[str]:
    """The lines by which a request struct takes the place of keyword arguments."""
    return ["        if request:", f"            params = {call}"]


def write_page_method(paginator: PaginatorIR) -> str:
    """A method of the class of paginators."""
    name = paginator.operation.method_name
    return (
        f"{_write_around_head(name, paginator.operation)}\n"
        f"        return Pages(\nself._client.{name},\nparams,\n"
        f"{write_arguments(paginator.arguments)}\n)"
    )


def write_page_method_stub(paginator: PaginatorIR) -> str:
    """The same in the stub."""
    operation, first = paginator.operation, paginator.results[0]
    result = f"Pages[{operation.result}, {first.annotation}]"
    if len(paginator.results) > 1:
        result = f"_{operation.params_name.removesuffix('Params')}Pages"
    by_keyword, by_struct = (
        f"    def {operation.method_name}({params}) -> {result}: ..."
        for params in _write_stub_params(operation, "PaginationConfig")
    )
    return _overload(operation, by_keyword, by_struct)


def write_waiter_method(waiter: WaiterIR) -> str:
    """A method of the class of waiters."""
    return (
        f"{_write_around_head(waiter.method_name, waiter.operation)}\n"
        f'        wait(\n"{waiter.method_name}",\n'
        f"self._client.{waiter.operation.method_name},\n"
        f"params,\n{write_arguments(waiter.arguments)}\n)"
    )


def write_waiter_method_stub(waiter: WaiterIR) -> str:
    """The same in the stub."""
    body = f"        {docstring(waiter.doc, 8)}" if waiter.doc else "        ..."
    by_keyword, by_struct = (
        f"    def {waiter.method_name}({params}) -> None:"
        for params in _write_stub_params(waiter.operation, "WaiterConfig")
    )
    return _overload(waiter.operation, f"{by_keyword}\n{body}", f"{by_struct} ...")


def _write_around_head(name: str, operation: OperationIR) -> str:
    """The lines with which a method of a paginator or a waiter begins."""
    request = "*request, " if operation.request else ""
    own = "self, /" if operation.hides_self else "self"
    lines = [f"    def {name}({own}, {request}**params):"]
    if request:
        called = f"self._client.{operation.method_name}"
        lines += _write_reading(f"read_call({called}, request, params)")
    return "\n".join(lines)


def _write_stub_params(operation: OperationIR, config: str) -> tuple[str, str]:
    """Those of the two ways to call a paginator or a waiter."""
    name = operation.params_name
    config = f"*, {config}: {config} = ..."
    own = "self, /" if operation.hides_self else "self"
    params = f", **params: Unpack[_params.{name}]" if name else ""
    return f"{own}, {config}{params}", f"self, request: {operation.request}, /, {config}"
