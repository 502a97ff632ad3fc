"""[tool.edgemote] of a pyproject.toml: what to generate when the command line names nothing."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

from msgspec import Meta, Struct, ValidationError, convert

from .errors import CodegenError
from .lowering.partitioning import SPLIT_FROM
from .models import suggest

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


_Path = Annotated[str, Meta(pattern=r"^[^\0]*$")]


class Config(Struct, frozen=True, forbid_unknown_fields=True):
    """The table's keys."""

    services: list[str] = []
    """what to generate, each SERVICE or SERVICE:Operation,Operation"""
    out: _Path = "generated"
    """folder that gets the package aws, relative to the file"""
    docs: bool = True
    """docstrings from the models"""
    models: dict[str, _Path] = {}
    """service -> the user's own service-2.json, relative to the file"""
    protocols: dict[str, str] = {}
    """service -> the protocol to use of those that it lists, instead of the lightest"""
    regions: list[str] = []
    """all regions that the clients will be used in; none means any"""
    fips: bool = True
    """whether clients may use FIPS endpoints"""
    dual_stack: bool = True
    """whether clients may use dual-stack endpoints (IPv4 and IPv6)"""
    arns: bool | None = None
    """whether buckets of S3 may be ARNs; unset, they may, but not in a bundle whose operations of
    S3 are the agent's own"""
    bucket_aliases: bool | None = None
    """whether they may be aliases of buckets on Outposts or in S3 Express; default: as above"""
    endpoint_parameters: dict[str, dict[str, bool | str]] = {}
    """service -> parameters of its endpoint rules that no request gives, and their values"""
    paginators: bool | list[str] = False
    """whether the clients get paginators: all of them, or those of the listed services"""
    waiters: bool | list[str] = False
    """whether they get waiters, likewise"""
    features: list[str] = []
    """what clients and bundles contain only if it is named here"""
    split_from: Annotated[int, Meta(ge=1)] = SPLIT_FROM
    """a service with at least this many structs is split into modules that are loaded when used"""


def read_config(folder: Path) -> tuple[Config, Path]:
    """Find the nearest pyproject.toml with a [tool.edgemote], from `folder` upwards."""
    for candidate in (folder, *folder.parents):
        path = candidate / "pyproject.toml"
        if path.is_file():
            table = _read_table(path)
            if table is not None:
                try:
                    return convert(table, Config), candidate
                except ValidationError as error:
                    raise CodegenError(f"{path}: {_explain(str(error))}") from None
    return Config(), folder


def _explain(said: str) -> str:
    """msgspec's message, with the key that it is about first."""
    problem, _, key = said.partition(" - at `$.")
    key = key.removesuffix("`")
    start = "Object contains unknown field `"
    if problem.startswith(start):
        unknown = problem.removeprefix(start).removesuffix("`")
        return f"[tool.edgemote] has no key {unknown!r}{suggest(unknown, Config.__struct_fields__)}"
    if "regex" in problem:
        problem = "expected a path without a NUL character"
    where = f"{key} of [tool.edgemote]" if key else "[tool.edgemote]"
    return f"{where}: {problem[:1].lower()}{problem[1:]}"


_TEMPLATE = """\
[tool.edgemote]
# The clients to generate and to put into bundles: whole services, or some of their operations.
# `edgemote-codegen list` prints the services, `edgemote-codegen list SERVICE` its operations.
# The agent calls sagemaker-edge and, for deployments, s3:GetObject,HeadObject; in AWS IoT
# iot-data:Publish,UpdateThingShadow and iot-jobs-data.
services = [
{services}]

# The folder for the package aws, relative to this file.
# out = "generated"

# Documentation from the models, in stubs (.pyi) for your editor. No bundle contains it.
# docs = true

# The only regions in which the clients are used, for smaller endpoint rules (default: any).
# regions = ["us-west-2"]

# Whether the clients may use FIPS endpoints, and dual-stack endpoints (IPv4 and IPv6).
# fips = true
# dual_stack = true

# Whether S3 buckets may be given as ARNs, or as aliases of buckets on Outposts or in S3 Express
# (default: true, but false in a bundle with only the agent's S3 operations).
# arns = true
# bucket_aliases = true

# What clients and bundles contain only on request; `generate --help` lists it.
# features = []

# A service with at least this many structs is split into modules that are imported on first use.
# split_from = {split_from}

# A service model of your own, relative to this file.
# models = {{ "my-service" = "models/my-service/service-2.json" }}

# One of the protocols that a service's model lists (default: the lightest).
# protocols = {{ cloudwatch = "json" }}

# Paginators (client.pages) and waiters (client.wait): true, or a list of services.
# paginators = false
# waiters = false

# Parameters of a service's endpoint rules that apply to all requests.
# endpoint_parameters = {{ s3 = {{ DisableAccessPoints = true }} }}
"""
_AGENT_SERVICES = ("sagemaker-edge", "s3:GetObject,HeadObject")


def write_table(folder: Path, services: Sequence[str]) -> Path:
    """Add a [tool.edgemote] to fill in to the folder's pyproject.toml, or create the file.

    Raises CodegenError if there is one already: it is never overwritten.
    """
    path = folder / "pyproject.toml"
    rows = "".join(f'    "{service}",\n' for service in services or _AGENT_SERVICES)
    table = _TEMPLATE.format(services=rows, split_from=SPLIT_FROM)
    try:
        text = ""
        if path.exists():
            if _read_table(path) is not None:
                raise CodegenError(
                    f"{path} already has a [tool.edgemote] table, which was not changed: edit it"
                )
            text = path.read_text(encoding="utf-8")
        gap = "" if not text else "\n" if text.endswith("\n") else "\n\n"
        _parse(f"{text}{gap}{table}", path)  # fails after `tool = {}`, which cannot be extended
        with path.open("a", encoding="utf-8") as file:
            file.write(gap + table)
    except OSError as error:
        raise CodegenError(f"cannot write {path}: {error.strerror or error}") from None
    return path


def _parse(text: str, path: Path) -> Any:
    try:
        document: dict[str, Any] = tomllib.loads(text)
    except ValueError as error:
        raise CodegenError(f"cannot read {path}: {error}") from None
    return document


def _read_table(path: Path) -> Any:
    try:
        content = _parse(path.read_text(encoding="utf-8"), path)
    except (OSError, ValueError) as error:
        raise CodegenError(f"cannot read {path}: {error}") from None
    tool = content.get("tool")
    return tool.get("edgemote") if isinstance(tool, dict) else None
