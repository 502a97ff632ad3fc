"""Generates the packages of many services, in as many processes as there are cores."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from .errors import CodegenError, UnsupportedError
from .formatting import check_ruff, format_files
from .ir import ServiceIR
from .lowering import lower_service
from .models import PAGINATORS, WAITERS, load_extra, load_model, load_partitions
from .needs import find_runtime_modules
from .records import find_made, hash_source, make_record, read_records, write_records
from .rendering import render_services
from .selection import Selected, select
from .tasks import Made, Task

# For fewer services, neither processes nor records are worth their time.
_MANY = 8
# How many services are formatted in one run of the formatter, while others are made.
_BATCH = 32


def make_changed(tasks: Sequence[Task], out: Path, *, keep: bool) -> Iterator[Made]:
    """As `make_services`, but with many services, those that are unchanged in `out` are reused.
    keep: record the services there for the next run.
    """
    if len(tasks) < _MANY:
        yield from make_services(tasks)
        return
    records = read_records(out)
    sources = [hash_source(task) for task in tasks]
    found: list[Made | None] = []
    for task, source in zip(tasks, sources, strict=True):
        record = records.get(task.selection.service)
        fits = record is not None and record.source == source
        found.append(find_made(record, out) if record is not None and fits else None)
    made_now = make_services([task for task, made in zip(tasks, found, strict=True) if not made])
    records = {}
    for task, source, there in zip(tasks, sources, found, strict=True):
        made = there or next(made_now)
        records[task.selection.service] = make_record(source, made)
        yield made
    if keep:
        write_records(out, records)


def make_services(tasks: Sequence[Task]) -> Iterator[Made]:
    """Generate services in the order of the tasks. Raises CodegenError for the first failure."""
    if tasks:
        check_ruff()
    made = _make_unformatted(tasks)
    while batch := list(islice(made, _BATCH)):
        texts: dict[str, str] = {}
        for one in batch:
            texts |= one.files
        texts = format_files(texts)
        yield from (replace(one, files={name: texts[name] for name in one.files}) for one in batch)


def _make_unformatted(tasks: Sequence[Task]) -> Iterator[Made]:
    jobs = min(os.cpu_count() or 1, len(tasks) // _MANY)
    if jobs < 2:
        yield from map(_expect, map(make_service, tasks))
        return
    with ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn")) as pool:
        try:
            with _block_interrupts():
                results = pool.map(make_service, tasks, chunksize=2)
            yield from map(_expect, results)
        finally:
            pool.shutdown(cancel_futures=True)


@contextmanager
def _block_interrupts() -> Iterator[None]:
    """Processes that are started here never get Ctrl-C, which ends this one and so them."""
    if sys.platform == "win32":
        yield
        return
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)


def _expect(made: Made) -> Made:
    if made.error:
        raise CodegenError(made.error)
    return made


def lower_task(task: Task) -> tuple[Selected, ServiceIR]:
    """The selected part of a service, and its IR."""
    model = load_model(task.selection.service, task.files)
    selected = select(model, task.selection.operations, task.protocol)
    try:
        return selected, _lower_selected(task, selected)
    except RecursionError:
        raise UnsupportedError(
            f"{model.name}: a list or map of the model contains itself, or is nested too deeply"
        ) from None


def _lower_selected(task: Task, selected: Selected) -> ServiceIR:
    return lower_service(
        selected,
        load_partitions(),
        with_docs=task.with_docs,
        split_from=task.split_from,
        reduction=task.reduction,
        endpoint_parameters=task.endpoint_parameters,
        paginators=_load_extra(task, PAGINATORS) if task.paginators else {},
        waiters=_load_extra(task, WAITERS) if task.waiters else {},
        features=task.features,
        command=task.command,
    )


def _load_extra(task: Task, kind: str) -> Mapping[str, Any]:
    return load_extra(task.selection.service, task.files, kind)


def make_service(task: Task) -> Made:
    """Make one service, not yet formatted. Errors are returned as text, to cross processes."""
    name = task.selection.service
    try:
        _, ir = lower_task(task)
    except UnsupportedError as error:
        if task.may_be_left_out:
            return Made(left_out=(f"left out {name}: {error}",))
        return Made(error=str(error))
    except CodegenError as error:
        return Made(error=str(error))
    left_out = (f"left out {name}:{operation}: {reason}" for operation, reason in ir.left_out)
    return Made(render_services([ir], load_partitions()), find_runtime_modules(ir), tuple(left_out))
