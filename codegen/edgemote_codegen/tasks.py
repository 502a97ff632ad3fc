"""What passes between the process that asks for services and those that make them."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from .endpoints import EVERYTHING, Reduction
from .ir import Selection


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
    reduction: Reduction = EVERYTHING
    endpoint_parameters: dict[str, bool | str] = {}


class Made(Struct, frozen=True):
    """`files` are those of the service and the modules that it shares with others."""

    files: dict[str, str] = {}
    runtime_modules: tuple[str, ...] = ()
    """of the optional ones, what its operations need; see `needs`"""
    left_out: tuple[str, ...] = ()
    """a line for each operation, or for the service"""
    error: str = ""
