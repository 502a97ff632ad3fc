"""`--check`: whether this device can work, with one line for each check."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from aws.errors import EndpointError, ServiceError
from aws.timestamps import format_iso8601
from edgemote.agent import limits
from edgemote.agent.systemd import read_watchdog_s
from edgemote.errors import ConfigError, EdgemoteError, describe_missing
from edgemote.manifest import read_build_time

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edgemote.agent.agent import Agent
    from edgemote.agent.config import Config

    Line = tuple[bool, str]

_FULL_BELOW_BYTES = 1_048_576


def check(path: str) -> Iterator[Line]:
    """Yield (passed, line) for the configuration and, if that is valid, for everything else."""
    from edgemote.agent.agent import Agent
    from edgemote.agent.config import load

    try:
        config = load(path)
        agent = Agent(config, exclusive=False)
    except (EdgemoteError, ValueError) as error:
        for line in str(error).splitlines():
            yield False, f"configuration: {line}"
        return
    yield True, f"configuration: {path} for {agent.core.cloud.describe()}"
    for warning in config.warnings:
        yield True, f"configuration: {warning}"
    try:
        yield from _check_limits(config)
        for path in config.deployments.signers or ():
            yield True, f"deployments: a model must be signed with the key of {path}"
        yield from _check_capture(config)
        yield from _check_folders(config)
        yield from _check_journal(config)
        yield _check_time(agent)
        yield from agent.core.cloud.check()
        good, line = (
            True,
            "credentials: none needed, because the device's certificate authenticates the calls",
        )
        if agent.core.cloud.needs_keys:
            good, line = _check_credentials(agent)
        yield good, line
        if good or not agent.core.cloud.signs:
            yield _check_endpoint(agent)
        # The calls above may have set the clock.
        if agent.clock.synced:
            yield True, f"time: synced with a server: {format_iso8601(agent.clock.now())}"
    finally:
        agent.close()


def _check_limits(config: Config) -> Iterator[Line]:
    watchdog_s = min(read_watchdog_s(os.environ), limits.UNIT_WATCHDOG_S)
    for name, limit_s in (
        ("link.step_limit_s", config.link.step_limit_s),
        ("deployments.hook_limit_s", config.deployments.hook_limit_s),
    ):
        if limit_s > min(watchdog_s * limits.WATCHDOG_SHARE, limits.UNIT_STOP_S):
            yield (
                True,
                f"configuration: {name} of {limit_s:g} s exceeds what the unit's WatchdogSec and"
                " TimeoutStopSec allow; the agent asks systemd for more time, which requires"
                " systemd 236: with an older one, raise both in the unit",
            )


def _check_capture(config: Config) -> Iterator[Line]:
    wanted = config.capture
    if not (wanted.bucket or wanted.destination == "disk"):
        return
    try:
        from edgemote.agent.capture.destinations import MISSING_OPERATION
    except ModuleNotFoundError:
        yield False, f"capture: {describe_missing('captures')}"
        return
    if wanted.destination == "disk":
        yield True, f"capture: samples are written to {wanted.disk_path}"
    else:
        from aws.s3 import S3

        if hasattr(S3, "put_object"):
            yield True, f"capture: samples are uploaded to s3://{wanted.bucket}/{wanted.prefix}"
        else:
            yield False, f"capture: {MISSING_OPERATION}"


def _check_folders(config: Config) -> Iterator[Line]:
    for name in ("state", "models"):
        folder = getattr(config.folders, name)
        try:
            os.makedirs(folder, mode=0o700, exist_ok=True)
            free_bytes = os.statvfs(folder).f_bavail * os.statvfs(folder).f_frsize
        except OSError as error:
            yield False, f"folders: {name}: cannot create {folder}: {error.strerror}"
            continue
        if not os.access(folder, os.W_OK | os.X_OK):
            yield False, f"folders: {name}: {folder} is not writable for this user"
        elif free_bytes < _FULL_BELOW_BYTES:
            yield False, f"folders: {name}: {folder} is full: {free_bytes:,} bytes are free"
        else:
            yield True, f"folders: {name}: {folder}, {free_bytes:,} bytes free"


def _check_journal(config: Config) -> Iterator[Line]:
    from edgemote.agent.deployments.recovery import look

    fault = look(config.folders.state)
    if fault:
        yield False, f"deployments: {fault}"


def _check_time(agent: Agent) -> Line:
    now_s = agent.clock.now()
    if agent.clock.is_possible(now_s):
        return True, f"time: {format_iso8601(now_s)}"
    # Not a failure: the agent is made for boards without a clock.
    return True, (
        f"time: the board's clock says {format_iso8601(now_s)}, before this bundle was built "
        f"({format_iso8601(read_build_time())}); it will be synced with the service"
    )


def _check_credentials(agent: Agent) -> Line:
    try:
        agent.core.prove_credentials()
    except (EdgemoteError, OSError) as error:
        return False, f"credentials: {error}"
    return True, "credentials: found"


def _check_endpoint(agent: Agent) -> Line:
    try:
        holds_s = agent.core.cloud.greet()
    except ConfigError as error:  # a certificate file
        return False, f"certificates: {error}"
    except (EdgemoteError, ServiceError, EndpointError) as error:
        return False, f"endpoint: {error}"
    if holds_s is None:
        return (
            False,
            f"endpoint: reachable, but {agent.core.cloud.describe()} is not registered",
        )
    return True, f"endpoint: reachable, and {agent.core.cloud.describe()} is registered"
