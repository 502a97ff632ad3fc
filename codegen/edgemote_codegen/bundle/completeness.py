"""Checks that a bundle has the clients that the agent calls with the bundle's configuration."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ..errors import CodegenError
from ..ir import Selection

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

# Cloud -> the services that only this cloud uses. The first cloud is the default.
CLOUDS = {
    "edge": ("sagemaker-edge",),
    "iot": ("iot-data", "iot-jobs-data"),
}
DEFAULT_CLOUD = next(iter(CLOUDS))


class Settings:
    """The keys of the agent's configuration that determine what it calls."""

    def __init__(self, config: bytes) -> None:
        try:
            self._sections = tomllib.loads(config.decode())
        except ValueError as error:
            raise CodegenError(f"--config: {error}") from None

    def get(self, section: str, key: str) -> Any:
        """Return a key's value; None if it is not set."""
        keys = self._sections.get(section, {})
        if not isinstance(keys, dict):
            raise CodegenError(f"--config: {section}: expected a table, got {keys!r:.80}")
        return keys.get(key)

    @property
    def cloud(self) -> str:
        kind = self.get("cloud", "kind")
        kind = DEFAULT_CLOUD if kind is None else kind
        if kind not in [*CLOUDS]:
            names = ", ".join(CLOUDS)
            raise CodegenError(f"--config: cloud.kind: expected one of {names}, got {kind!r:.80}")
        return str(kind)

    def always(self) -> bool:
        return True

    def deploys(self) -> bool:
        return self.get("deployments", "enabled") is not False

    def reports_state(self) -> bool:
        return self.get("cloud", "report_state") is not False

    def deploys_with_keys(self) -> bool:
        keys = ("iot_endpoint", "profile")
        return self.deploys() and any(self.get("credentials", key) for key in keys)

    @property
    def features(self) -> list[str]:
        """The features that the bundle of such a device needs."""
        wanted = {"captures": ("capture",), "signatures": ("deployments", "signers")}
        return [
            name
            for name, (section, *keys) in wanted.items()
            if (self.get(section, keys[0]) if keys else self._sections.get(section))
        ]

    def captures(self) -> bool:
        to_disk = self.get("capture", "destination") == "disk"
        return bool(self.get("capture", "bucket")) and not to_disk


_NO_DEPLOYMENTS = "turn deployments off, by enabled = false in [deployments] of --config FILE"
_NO_STATE = "leave the shadow alone, by report_state = false in [cloud] of --config FILE"
_NO_KEYS = (
    "leave iot_endpoint and profile out of [credentials]: models of presigned URLs need neither"
)
_NO_CAPTURES = "leave bucket out of [capture]"

# Cloud, "" for any; when the agent calls it there; service and operations; how to do without.
_CALLS: tuple[tuple[str, Callable[[Settings], bool], str, str, str], ...] = (
    ("edge", Settings.always, "sagemaker-edge", "GetDeviceRegistration,SendHeartbeat", ""),
    ("edge", Settings.deploys, "sagemaker-edge", "GetDeployments", _NO_DEPLOYMENTS),
    ("edge", Settings.deploys, "s3", "GetObject,HeadObject", _NO_DEPLOYMENTS),
    ("iot", Settings.always, "iot-data", "Publish", ""),
    ("iot", Settings.reports_state, "iot-data", "UpdateThingShadow", _NO_STATE),
    ("iot", Settings.always, "iot-jobs-data", "DescribeJobExecution", ""),
    (
        *("iot", Settings.deploys, "iot-jobs-data"),
        *("StartNextPendingJobExecution,UpdateJobExecution", _NO_DEPLOYMENTS),
    ),
    ("iot", Settings.deploys_with_keys, "s3", "GetObject,HeadObject", _NO_KEYS),
    ("", Settings.captures, "s3", "PutObject", _NO_CAPTURES),
)
# The operations of S3 whose buckets are named by s3://bucket/key and by the configuration.
BUCKET_OPERATIONS = frozenset(
    name for _, _, service, names, _ in _CALLS if service == "s3" for name in names.split(",")
)


def find_cloud(services: Iterable[str]) -> str:
    """Return the cloud of a device with the clients of these services."""
    chosen = set(services)
    found = [cloud for cloud, own in CLOUDS.items() if chosen.intersection(own)]
    return found[0] if found else DEFAULT_CLOUD


def list_foreign_services(cloud: str) -> set[str]:
    """Return the services that only other clouds use."""
    return {service for other, own in CLOUDS.items() if other != cloud for service in own}


def check_completeness(
    selections: Iterable[Selection], settings: Settings, cloud: str, command: str
) -> None:
    """Raise CodegenError if a client is missing, with the command that adds it.

    command: the command line without the services
    """
    chosen = {selection.service: selection.operations for selection in selections}
    wanted: dict[str, tuple[str, ...]] = dict(chosen)
    lacking, ways = [], []
    for where, holds, service, names, way in _CALLS:
        if where not in ("", cloud) or not holds(settings):
            continue
        for operation in names.split(","):
            known = wanted.get(service)
            if known == () or (known and operation in known):
                continue  # the whole service, or this operation
            wanted[service] = (*(known or ()), operation)
            lacking.append(f"{service}:{operation}")
            ways.append(way)
    if not lacking:
        return
    around = "" if "" in ways else "".join(f"; or {way}" for way in dict.fromkeys(ways))
    raise CodegenError(
        f"the agent calls {', '.join(lacking)}, which this bundle lacks: run "
        f"`{command} {_write_services(wanted)}`, or list these operations in services of "
        f"[tool.edgemote], or leave out the agent with --client-only{around}"
    )


def _write_services(wanted: Mapping[str, tuple[str, ...]]) -> str:
    return shlex.join(
        f"{service}:{','.join(operations)}" if operations else service
        for service, operations in wanted.items()
    )
