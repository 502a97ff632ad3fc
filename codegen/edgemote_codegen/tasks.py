"""The data exchanged between the main process and those that generate services."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from .endpoints import EVERYTHING, Reduction
from .ir import Selection


class Task(Struct, frozen=True):
    """One service to generate."""

    selection: Selection
    files: dict[str, Path]
    """service -> a model of the user's"""
    protocol: str | None
    with_docs: bool
    split_from: int
    command: str
    may_be_left_out: bool
    """not named by the user: if nothing of it can be generated, that is reported, but no error"""
    reduction: Reduction = EVERYTHING
    endpoint_parameters: dict[str, bool | str] = {}
    paginators: bool = False
    waiters: bool = False
    features: tuple[str, ...] = ()


class Made(Struct, frozen=True):
    """`files` are those of the service and the modules that it shares with others."""

    files: dict[str, str] = {}
    runtime_modules: tuple[str, ...] = ()
    """of the optional ones, what its operations need; see `needs`"""
    left_out: tuple[str, ...] = ()
    """a line for each operation, or for the service"""
    error: str = ""
