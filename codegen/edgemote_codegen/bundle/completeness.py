"""Whether a bundle has the clients that the agent calls with the configuration that is in it."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterable

from ..errors import CodegenError
from ..ir import Selection

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

# What the agent calls: always, and where its configuration does not turn deployments off.
_AGENT = (("sagemaker-edge", "GetDeviceRegistration"), ("sagemaker-edge", "SendHeartbeat"))
_DEPLOYMENTS = (("sagemaker-edge", "GetDeployments"), ("s3", "GetObject"), ("s3", "HeadObject"))


def check_completeness(selections: Iterable[Selection], config: bytes, target: str) -> None:
    """Raises CodegenError for a client that is missing, with the command that mends it."""
    chosen = {selection.service: selection.operations for selection in selections}
    deploys = _has_deployments(config)
    wanted = dict(chosen)
    lacking = []
    for service, operation in (*_AGENT, *(_DEPLOYMENTS if deploys else ())):
        known = wanted.get(service)
        if known == () or (known and operation in known):
            continue  # the whole service, or this operation
        wanted[service] = (*(known or ()), operation)
        lacking.append((service, operation))
    if not lacking:
        return
    services = shlex.join(
        f"{service}:{','.join(operations)}" if operations else service
        for service, operations in wanted.items()
    )
    off = ""
    if not set(lacking) & set(_AGENT):
        off = "; or turn deployments off, by enabled = false in [deployments] of --config FILE"
    raise CodegenError(
        f"the agent calls {', '.join(map(':'.join, lacking))}, which this bundle lacks: run "
        f"`edgemote-codegen bundle --target {target} {services}`, or list the same in services of "
        f"[tool.edgemote]; or leave the agent out with --client-only{off}"
    )


def _has_deployments(config: bytes) -> bool:
    try:
        section = tomllib.loads(config.decode()).get("deployments", {})
    except ValueError as error:
        raise CodegenError(f"--config: {error}") from None
    return not isinstance(section, dict) or section.get("enabled", True) is not False
