"""The packages of many services, made in as many processes as there are cores."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from msgspec import Struct

from .errors import CodegenError, UnsupportedError
from .ir import Selection
from .lowering import lower_service
from .models import load_model, load_partitions
from .rendering import render_services
from .selection import select

# Fewer services than this are made sooner than processes start.
_PROCESSES_FROM = 8


class Task(Struct, frozen=True):
    """One service to make."""

    selection: Selection
    files: dict[str, Path]
    """service -> a model of the user's"""
    protocol: str | None
    with_docs: bool
    split_from: int
    command: str
    may_be_left_out: bool
    """not named by the user: where nothing of it can be generated, that is told and no error"""


class Made(Struct, frozen=True):
    """`files` are those of the service and the modules that it shares with others."""

    files: dict[str, str] = {}
    left_out: tuple[str, ...] = ()
    """a line for each operation, or for the service"""
    error: str = ""


def make_services(tasks: Sequence[Task]) -> Iterator[Made]:
    """In the order of the tasks. Raises CodegenError at the first that fails."""
    jobs = min(os.cpu_count() or 1, len(tasks) // _PROCESSES_FROM)
    if jobs < 2:
        yield from map(_expect, map(make_service, tasks))
        return
    with ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn")) as pool:
        try:
            yield from map(_expect, pool.map(make_service, tasks, chunksize=2))
        finally:
            pool.shutdown(cancel_futures=True)


def _expect(made: Made) -> Made:
    if made.error:
        raise CodegenError(made.error)
    return made


def make_service(task: Task) -> Made:
    """One service; errors are handed on as text, which crosses processes."""
    name = task.selection.service
    try:
        model = load_model(name, task.files)
        selected = select(model, task.selection.operations, task.protocol)
        if not selected.operations:
            reasons = " and ".join(sorted({reason for _, reason in selected.left_out}))
            raise UnsupportedError(
                f"{name} has no operation that can be generated{': ' if reasons else ''}{reasons}"
            )
        partitions = load_partitions()
        ir = lower_service(
            selected,
            partitions,
            with_docs=task.with_docs,
            split_from=task.split_from,
            command=task.command,
        )
    except UnsupportedError as error:
        if task.may_be_left_out:
            return Made(left_out=(f"left out {name}: {error}",))
        return Made(error=str(error))
    except CodegenError as error:
        return Made(error=str(error))
    left_out = (f"left out {name}:{operation}: {reason}" for operation, reason in ir.left_out)
    return Made(render_services([ir], partitions), tuple(left_out))
