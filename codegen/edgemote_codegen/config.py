"""[tool.edgemote] of a pyproject.toml: what to generate when the command line names nothing."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

from msgspec import Meta, Struct, ValidationError, convert

from .errors import CodegenError
from .lowering.homes import SPLIT_FROM

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


class Config(Struct, frozen=True, forbid_unknown_fields=True):
    """The table's keys."""

    services: list[str] = []
    """what to generate, each SERVICE or SERVICE:Operation,Operation"""
    out: str = "generated"
    """folder that gets the package aws, relative to the file"""
    docs: bool = True
    """docstrings from the models"""
    models: dict[str, str] = {}
    """service -> service-2.json of one's own, relative to the file"""
    protocols: dict[str, str] = {}
    """service -> the protocol to use of those that it lists, instead of the lightest"""
    regions: list[str] = []
    """all regions that the clients will be used in; none means any"""
    fips: bool = True
    """whether they will be asked for FIPS endpoints"""
    dual_stack: bool = True
    """whether they will be asked for endpoints of IPv4 and IPv6"""
    arns: bool | None = None
    """whether buckets of S3 may be ARNs; unset, they may, but not in a bundle whose operations of
    S3 are the agent's own"""
    bucket_aliases: bool | None = None
    """whether they may be aliases of buckets on Outposts or in S3 Express; unset, as above"""
    endpoint_parameters: dict[str, dict[str, bool | str]] = {}
    """service -> parameters of its endpoint rules that no request gives, and their values"""
    split_from: Annotated[int, Meta(ge=1)] = SPLIT_FROM
    """structs from which on a service is split into modules that are loaded when they are used"""


def read_config(folder: Path) -> tuple[Config, Path]:
    """The nearest pyproject.toml with a [tool.edgemote], from `folder` upwards, and its folder."""
    for candidate in (folder, *folder.parents):
        path = candidate / "pyproject.toml"
        if path.is_file():
            table = _read_table(path)
            if table is not None:
                try:
                    return convert(table, Config), candidate
                except ValidationError as error:
                    raise CodegenError(f"{path}: [tool.edgemote]: {error}") from None
    return Config(), folder


def _read_table(path: Path) -> Any:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CodegenError(f"cannot read {path}: {error}") from None
    tool = content.get("tool")
    return tool.get("edgemote") if isinstance(tool, dict) else None
