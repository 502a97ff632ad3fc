"""What a configuration says, a struct for each section; what each key means is in `keys`."""

from __future__ import annotations

from msgspec import Struct


class Device(Struct, frozen=True):
    name: str
    fleet: str
    region: str | None
    endpoint_url: str | None
    ca_file: str | None


class Credentials(Struct, frozen=True):
    profile: str | None
    iot_endpoint: str | None
    iot_role_alias: str | None
    iot_thing_name: str | None
    cert_file: str | None
    key_file: str | None
    iot_ca_file: str | None


class Folders(Struct, frozen=True):
    state: str
    models: str
    run: str


class Heartbeat(Struct, frozen=True):
    period_s: float
    jitter: float
    metrics: tuple[str, ...] | None
    disk_path: str


class Registration(Struct, frozen=True):
    pause_s: float
    pause_limit_s: float


class Spool(Struct, frozen=True):
    limit_bytes: int
    limit_age_s: float


class Link(Struct, frozen=True):
    day_limit_bytes: int
    rate_limit_bytes_per_s: int
    connect_timeout_s: float
    read_timeout_s: float
    kept_idle_s: float
    step_limit_s: float


class Deployments(Struct, frozen=True):
    enabled: bool
    poll_s: float
    keep_versions: int
    deploy_command: tuple[str, ...] | None
    undeploy_command: tuple[str, ...] | None
    hook_limit_s: float
    reserve_bytes: int
    attempt_limit: int
    s3_endpoint_url: str | None


class Logging(Struct, frozen=True):
    level: str


class Config(Struct, frozen=True):
    """All sections; a key that was not given has its default, None where the table has none.

    Attributes:
        warnings: what the file says to no avail, a line each, to be logged
    """

    device: Device
    credentials: Credentials
    folders: Folders
    heartbeat: Heartbeat
    registration: Registration
    spool: Spool
    link: Link
    deployments: Deployments
    log: Logging
    warnings: tuple[str, ...]
