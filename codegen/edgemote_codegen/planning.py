"""What a command line and `[tool.edgemote]` ask for together: services, their tasks, features."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from .bundle import read_device_config
from .bundle.completeness import (
    BUCKET_OPERATIONS,
    Settings,
    check_completeness,
    find_cloud,
    list_foreign_services,
)
from .config import Config, read_config
from .endpoints import Reduction
from .errors import CodegenError
from .ir import Selection
from .models import check_regions, list_services, suggest
from .names import check_module_names
from .needs import FEATURES
from .rendering import SHARED_MODULES
from .selection import parse_selection
from .tasks import Task

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Sequence


def plan_tasks(arguments: argparse.Namespace) -> list[Task]:
    """Return a task for each service to generate."""
    config, home = read_config(Path.cwd())
    files = {name: home / path for name, path in config.models.items()} | dict(arguments.model)
    protocols = {**config.protocols, **dict(arguments.protocol)}
    selections = choose_services(arguments, config.services)
    check_named_services(arguments, config, {selection.service for selection in selections})
    reduction = choose_reduction(arguments, config, selections)
    command = write_command(arguments, config, home)
    features = choose_features(arguments, config)
    return [
        Task(
            selection,
            files,
            protocols.get(selection.service),
            config.docs and not arguments.no_docs,
            config.split_from,
            command,
            may_be_left_out=is_everything(arguments),
            reduction=reduction,
            endpoint_parameters=config.endpoint_parameters.get(selection.service, {}),
            paginators=choose_around("paginators", selection, arguments, config),
            waiters=choose_around("waiters", selection, arguments, config),
            features=features,
        )
        for selection in selections
    ]


def check_named_services(arguments: argparse.Namespace, config: Config, chosen: set[str]) -> None:
    """Raise CodegenError if the command line or the configuration says something about a service
    that is not generated, or not known.
    """
    for name, protocol in arguments.protocol:
        if name not in chosen:
            raise CodegenError(
                f"--protocol {name}={protocol}: {name!r} is not generated{suggest(name, chosen)}"
            )
    configured = chosen | {parse_selection(text).service for text in config.services}
    for key in ("paginators", "waiters"):
        named = getattr(config, key)
        for name in [] if isinstance(named, bool) else named:
            if name not in configured:
                raise CodegenError(
                    f"{key} of [tool.edgemote]: {name!r} is not listed in services: add it there"
                )
    # These may also be for services that only a command line names.
    for key in ("protocols", "endpoint_parameters"):
        for name in getattr(config, key):
            if name in configured or name in config.models:
                continue
            if name not in (known := list_services()):
                raise CodegenError(
                    f"{key} of [tool.edgemote]: unknown service {name!r}"
                    f"{suggest(name, [*known, *configured])}"
                )


def choose_around(
    kind: str, selection: Selection, arguments: argparse.Namespace, config: Config
) -> bool:
    """Whether a client gets its paginators, or its waiters."""
    if getattr(arguments, kind):
        return True
    configured: bool | list[str] = getattr(config, kind)
    return configured if isinstance(configured, bool) else selection.service in configured


def is_everything(arguments: argparse.Namespace) -> bool:
    """Whether the command line asks for every service."""
    return bool(arguments.all or arguments.services == ["*"])


def choose_features(arguments: argparse.Namespace, config: Config) -> tuple[str, ...]:
    """Return the features of the command line and of the project."""
    for name in config.features:
        if name not in FEATURES:
            raise CodegenError(
                f"features of [tool.edgemote]: expected one of {', '.join(FEATURES)}, got {name!r}"
            )
    return *arguments.features, *config.features


def choose_cloud(arguments: argparse.Namespace, tasks: list[Task]) -> tuple[list[Task], bytes]:
    """Return the clients for a bundle with the agent, and the agent's configuration.

    The cloud is that of --cloud, or of the user's configuration, or that of the clients.
    """
    if arguments.cloud and not arguments.services:
        foreign = list_foreign_services(arguments.cloud)
        tasks = [task for task in tasks if task.selection.service not in foreign]
    cloud = arguments.cloud or find_cloud(task.selection.service for task in tasks)
    config = read_device_config(arguments.config, cloud)
    settings = Settings(config)
    if arguments.cloud not in (None, settings.cloud):
        raise CodegenError(
            f"--cloud {arguments.cloud}: expected {settings.cloud}, the cloud.kind of "
            f"{arguments.config}"
        )
    command = f"edgemote-codegen bundle --target {arguments.target}"
    if arguments.cloud:
        command += f" --cloud {arguments.cloud}"
    if arguments.config:
        command += f" --config {shlex.quote(str(arguments.config))}"
    selections = [task.selection for task in tasks]
    check_completeness(selections, settings, settings.cloud, command)
    return tasks, config


def choose_services(arguments: argparse.Namespace, configured: Sequence[str]) -> list[Selection]:
    """Return the services of the command line, or all services, or those of the configuration."""
    everything = is_everything(arguments)
    others = [text for text in arguments.services if text != "*"]
    if others and (everything or "*" in arguments.services):
        raise CodegenError(f"'*' and --all are every service: leave out {' '.join(others)}")
    named = list_services() if everything else arguments.services
    selections = merge_selections(named or configured)
    if not selections:
        raise CodegenError(
            "nothing to generate: name a service, or list services in [tool.edgemote] of a "
            "pyproject.toml, which `edgemote-codegen init SERVICE` writes"
        )
    check_module_names((selection.service for selection in selections), SHARED_MODULES)
    return selections


def merge_selections(texts: Iterable[str]) -> list[Selection]:
    """Read services and operations, each service once."""
    merged: dict[str, Selection] = {}
    for selection in map(parse_selection, texts):
        if selection.service in merged:
            raise CodegenError(
                f"{selection.service} is given twice: combine its operations into one argument"
            )
        merged[selection.service] = selection
    return list(merged.values())


def choose_reduction(
    arguments: argparse.Namespace, config: Config, selections: Sequence[Selection]
) -> Reduction:
    """Return what the endpoint rules can leave out: by the command line, else the configuration,
    else the chosen operations, because the agent gives its buckets by name.
    """
    regions = tuple(dict.fromkeys(arguments.region or config.regions))
    check_regions(regions)
    is_bundle = arguments.command == "bundle"
    has_any_bucket = not is_bundle or any(map(takes_any_bucket, selections))

    def keeps(option: str) -> bool:
        chosen: bool | None = getattr(config, option)
        return (has_any_bucket if chosen is None else chosen) and not getattr(
            arguments, f"no_{option}"
        )

    return Reduction(
        regions,
        fips=config.fips and not arguments.no_fips,
        dual_stack=config.dual_stack and not arguments.no_dual_stack,
        arns=keeps("arns"),
        bucket_aliases=keeps("bucket_aliases"),
    )


def takes_any_bucket(selection: Selection) -> bool:
    """Whether a service's operations on buckets are more than the agent's."""
    if selection.service == "s3":
        return not selection.operations or not BUCKET_OPERATIONS.issuperset(selection.operations)
    return selection.service == "s3control"


def write_command(arguments: argparse.Namespace, config: Config, home: Path) -> str:
    """Return the command that generates all of these packages again; it removes all others.

    Paths are relative to the folder of the configuration where they are below it.
    """
    words = ["python", "-m", "edgemote_codegen", "generate"]
    if arguments.command == "generate" and arguments.out is not None:
        out, folder = arguments.out.resolve(), home.resolve()
        if out != (folder / config.out).resolve():
            inside = out.is_relative_to(folder)
            words += ["--out", (out.relative_to(folder) if inside else out).as_posix()]
    words += ["--no-docs"] if arguments.no_docs else []
    words += [word for region in arguments.region for word in ("--region", region)]
    words += ["--no-fips"] if arguments.no_fips else []
    words += ["--no-dual-stack"] if arguments.no_dual_stack else []
    words += ["--no-arns"] if arguments.no_arns else []
    words += ["--no-bucket-aliases"] if arguments.no_bucket_aliases else []
    words += ["--paginators"] if arguments.paginators else []
    words += ["--waiters"] if arguments.waiters else []
    words += [word for name in arguments.features for word in ("--with", name)]
    for name, path in arguments.model:
        words += ["--model", f"{name}={path.as_posix()}"]
    for name, protocol in arguments.protocol:
        words += ["--protocol", f"{name}={protocol}"]
    words += ["--all"] if arguments.all else arguments.services
    # A path that is not in UTF-8 cannot be written into a header.
    return os.fsencode(shlex.join(words)).decode(errors="replace")
