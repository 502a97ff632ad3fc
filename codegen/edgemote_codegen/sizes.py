"""The size of selected operations on the device, and what is saved by omitting the others.

Counts source as it is copied onto a device, without stubs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from .errors import UnsupportedError
from .formatting import format_files
from .generation import lower_task
from .ir import ErrorIR, Selection, ServiceIR
from .lowering.shapes import list_errors
from .methods import write_method
from .models import load_partitions
from .rendering import (
    render_services,
    write_class_body,
    write_constant,
    write_error_head,
    write_struct_head,
)
from .selection import Selected
from .tasks import Task

_PARTS = {"endpoint.py": "endpoint rules", "pages.py": "paginators", "waiters.py": "waiters"}


class ServiceSize(Struct, frozen=True):
    """Bytes of one service."""

    name: str
    bytes: int
    whole_bytes: int
    """of the service with all operations"""
    operations: Mapping[str, int]
    """what would be saved without the operation: its data and method, and the structs and errors
    that it alone uses
    """
    parts: Mapping[str, int]
    """the parts other than operations: endpoint rules, and paginators and waiters if requested"""
    shared: Mapping[str, int]
    """file -> bytes, of the modules that services share"""


def measure_services(tasks: Iterable[Task]) -> Iterator[ServiceSize]:
    """Measure services one after the other, skipping those that cannot be generated."""
    for task in tasks:
        try:
            yield measure_service(task)
        except UnsupportedError:  # noqa: PERF203 - one service in many has none
            if not task.may_be_left_out:
                raise


def measure_service(task: Task) -> ServiceSize:
    """Measure one service, both as selected and as a whole."""
    selected, ir = lower_task(task)
    files = whole_files = _count(ir)
    if task.selection.operations:
        whole = replace(task, selection=Selection(task.selection.service))
        whole_files = _count(lower_task(whole)[1])
    # A split service shows which structs only one operation uses.
    _, split = lower_task(replace(task, split_from=0))
    package = f"aws/{ir.module}/"
    return ServiceSize(
        name=ir.name,
        bytes=_sum_below(files, package),
        whole_bytes=_sum_below(whole_files, package),
        operations=dict(_measure_operations(selected, split)),
        parts={
            what: files[f"{package}{name}"]
            for name, what in _PARTS.items()
            if f"{package}{name}" in files
        },
        shared={name: size for name, size in files.items() if name.count("/") == 1},
    )


def _count(ir: ServiceIR) -> dict[str, int]:
    files = render_services([ir], load_partitions())
    modules = {name: text for name, text in files.items() if name.endswith(".py")}
    return {name: len(text.encode()) for name, text in format_files(modules).items()}


def _sum_below(files: Mapping[str, int], package: str) -> int:
    return sum(size for name, size in files.items() if name.startswith(package))


def _measure_operations(selected: Selected, split: ServiceIR) -> Iterator[tuple[str, int]]:
    """Operation -> bytes of what only it uses."""
    structs = {module.name: module.structs for module in split.modules}
    errors = _group_errors(selected, split)
    for operation in split.operations:
        name = dict(operation.arguments)["name"]
        texts = [write_constant(operation), write_method(replace(operation, module="client"))]
        for struct in structs.get(operation.module, ()):
            texts += ["", write_struct_head(struct), write_class_body(struct, struct.members)]
        for error in errors.get(name, ()):
            texts += ["", write_error_head(error), write_class_body(error, error.members)]
        yield name, sum(len(text.encode()) + 2 for text in texts)


def _group_errors(selected: Selected, ir: ServiceIR) -> dict[str, list[ErrorIR]]:
    """Operation -> the errors that only it raises."""
    raisers: dict[str, list[str]] = {}
    for name, operation in selected.operations.items():
        for error in operation.get("errors", ()):
            raisers.setdefault(error["shape"], []).append(name)
    groups: dict[str, list[ErrorIR]] = {}
    for shape, lowered in zip(list_errors(selected), ir.errors, strict=True):
        names = raisers.get(shape, ())
        if len(names) == 1:
            groups.setdefault(names[0], []).append(lowered)
    return groups


def report_sizes(sizes: Iterable[ServiceSize]) -> Iterator[str]:
    """The lines of a table."""
    head = f"{'bytes of source':46}{'chosen':>12}{'all operations':>17}{'saved':>8}"
    total = 0
    shared: dict[str, int] = {}
    for size in sizes:
        if head:  # not before an error
            yield head
        head = ""
        total += size.bytes
        shared |= size.shared
        count = f"{size.whole_bytes:,}" if size.whole_bytes != size.bytes else ""
        saved = f"{1 - size.bytes / size.whole_bytes:.0%}" if count else ""
        yield f"{size.name:46}{size.bytes:12,}{count:>17}{saved:>8}".rstrip()
        for name, own in sorted(size.operations.items()):
            yield f"  {name:44}{own:12,}"
        for what, own in size.parts.items():
            yield f"  {what:44}{own:12,}"
        rest = size.bytes - sum(size.parts.values()) - sum(size.operations.values())
        yield f"  {'what its operations share':44}{rest:12,}"
    both = sum(shared.values())
    yield f"{f'{len(shared)} modules that services share':46}{both:12,}"
    yield f"{'in all':46}{total + both:12,}"
