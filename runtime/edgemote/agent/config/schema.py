"""The configuration: a struct for each section, a field for each key, with default and bounds.

A new key is a field, then `make reference`; edgemote.toml explains it.
"""

# Not lazy: `list_keys` takes annotations as they are.
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from msgspec import NODEFAULT, Meta, Struct

_DAY_S = 86_400
_GIB = 1 << 30


def _text(description: str, check: str | None = None, **bounds: Any) -> Meta:
    """The description of what is expected, and the name of a row in `checks.CHECKS`."""
    return Meta(description=description, title=check, **bounds)


def number(what: str, least: float, most: float) -> Meta:
    return Meta(description=f"{what}, {least:,} to {most:,}", ge=least, le=most)


def _seconds(least: int, most: int) -> Meta:
    return number("a number (seconds)", least, most)


def _bytes(least: int, most: int) -> Meta:
    return number("a whole number (bytes)", least, most)


def _limit(least: int, most: int) -> Meta:
    what = f"a whole number (bytes), 0 (no limit) or {least:,} to {most:,}"
    return _text(what, ge=0, le=most, extra={"least": least})


Text = Annotated[str, _text("a string of at most 255 characters", max_length=255)]
# SageMaker's DeviceName and DeviceFleetName; AWS IoT's ThingName and RoleAlias.
Name = Annotated[
    str,
    _text(
        "1 to 63 letters, digits, - and _ with a letter or digit at both ends",
        "name",
        max_length=63,
    ),
]
Thing = Annotated[str, _text("1 to 128 letters, digits and - _ :", "thing", max_length=128)]
Alias = Annotated[str, _text("1 to 128 letters, digits and - _ = , @", "alias", max_length=128)]
Region = Annotated[str, _text("a region such as us-west-2", "region")]
Url = Annotated[
    str, _text("a URL such as https://host:8443/path without user name and query", "url")
]
Provider = Annotated[
    str, _text("a host, or https://HOST/role-aliases/ALIAS/credentials", "provider", max_length=255)
]
Endpoint = Annotated[str, _text("a host, or a URL such as https://HOST:8443", "endpoint")]
Topic = Annotated[str, _text("a topic of 1 to 256 bytes without + and #", "topic")]
Shadow = Annotated[str, _text("1 to 64 letters, digits and - _ :", "thing", max_length=64)]
Path = Annotated[str, _text("a path", "path")]
Folder = Annotated[str, _text("a folder, or a path where one can be created", "folder")]
Certificates = Annotated[str, _text("a PEM file with a certificate", "certificates")]
PrivateKey = Annotated[str, _text("a PEM file with a private key that has no password", "key")]
Sensors = Annotated[tuple[str, ...], _text("a list of names of sensors", "sensors")]
Command = Annotated[
    tuple[str, ...],
    _text('a list such as ["/usr/bin/load", "{handle}", "{path}"]', "command", min_length=1),
]
Signers = Annotated[
    tuple[str, ...],
    _text(
        "a list of 1 to 16 PEM files with public keys or certificates",
        "signers",
        min_length=1,
        max_length=16,
    ),
]
Flag = Annotated[bool, _text("true or false")]
Kind = Annotated[Literal["edge", "iot"], _text("one of edge, iot")]
Bucket = Annotated[
    str,
    _text("3 to 255 letters, digits and - . _", "bucket", min_length=3, max_length=255),
]
Prefix = Annotated[
    str,
    _text(
        "up to 512 letters, digits and - . _ = / without empty or dot segments",
        "prefix",
        max_length=512,
    ),
]
Level = Annotated[
    Literal["error", "warning", "info", "debug"], _text("one of error, warning, info, debug")
]


class Device(Struct, frozen=True):
    name: Name
    fleet: Name = ""  # required in SageMaker Edge
    region: Region | None = None
    endpoint_url: Url | None = None
    ca_file: Certificates | None = None


class Cloud(Struct, frozen=True):
    kind: Kind = "edge"
    endpoint: Endpoint | None = None
    topic: Topic = "edgemote/{thing}/heartbeat"
    report_state: Flag = True
    shadow: Shadow = "edgemote"
    progress_s: Annotated[float, _seconds(10, _DAY_S)] = 60.0
    job_timeout_s: Annotated[float, _seconds(60, 7 * _DAY_S)] = 86_400.0


class Credentials(Struct, frozen=True):
    profile: Text | None = None
    iot_endpoint: Provider | None = None
    iot_role_alias: Alias | None = None
    iot_thing_name: Thing | None = None
    cert_file: Certificates | None = None
    key_file: PrivateKey | None = None
    iot_ca_file: Certificates | None = None  # by default device.ca_file


class Folders(Struct, frozen=True):
    state: Folder = "/var/lib/edgemote"
    models: Folder = ""  # models in state
    run: Folder = "/run/edgemote"


class Heartbeat(Struct, frozen=True):
    period_s: Annotated[float, _seconds(1, _DAY_S)] = 300.0
    jitter: Annotated[float, number("a number (share of the period)", 0, 0.5)] = 0.1
    metrics: Sensors | None = None
    disk_path: Path = ""  # folders.state


class Registration(Struct, frozen=True):
    pause_s: Annotated[float, _seconds(1, _DAY_S)] = 60.0
    pause_limit_s: Annotated[float, _seconds(1, 7 * _DAY_S)] = 3_600.0


class Spool(Struct, frozen=True):
    limit_bytes: Annotated[int, _bytes(65_536, _GIB)] = 1_048_576
    limit_age_s: Annotated[float, _seconds(60, 366 * _DAY_S)] = 604_800.0


class Link(Struct, frozen=True):
    day_limit_bytes: Annotated[int, _limit(100_000, 1_024 * _GIB)] = 0
    rate_limit_bytes_per_s: Annotated[int, _limit(256, _GIB)] = 0
    connect_timeout_s: Annotated[float, _seconds(1, 300)] = 30.0
    read_timeout_s: Annotated[float, _seconds(1, 900)] = 30.0
    kept_idle_s: Annotated[float, _seconds(1, 3_600)] = 240.0
    window_s: Annotated[float, _seconds(0, _DAY_S)] = 0.0
    step_limit_s: Annotated[float, _seconds(1, 900)] = 120.0


class Deployments(Struct, frozen=True):
    enabled: Flag = True
    poll_s: Annotated[float, _seconds(60, 30 * _DAY_S)] = 3_600.0
    keep_versions: Annotated[int, number("a whole number (versions)", 0, 100)] = 1
    deploy_command: Command | None = None
    undeploy_command: Command | None = None
    hook_limit_s: Annotated[float, _seconds(1, 3_600)] = 60.0
    reserve_bytes: Annotated[int, _bytes(0, 1_024 * _GIB)] = 16_777_216
    attempt_limit: Annotated[int, number("a whole number (attempts)", 1, 1_000)] = 10
    s3_endpoint_url: Url | None = None
    signers: Signers | None = None


class Capture(Struct, frozen=True):
    bucket: Bucket | None = None
    prefix: Prefix = ""
    destination: Annotated[Literal["s3", "disk"], _text("one of s3, disk")] = "s3"
    disk_path: Folder | None = None
    share: Annotated[float, number("a number (share of the samples)", 0, 1)] = 1.0
    keep: Annotated[Literal["newest", "oldest"], _text("one of newest, oldest")] = "newest"
    limit_bytes: Annotated[int, _bytes(65_536, _GIB)] = 16_777_216
    limit_samples: Annotated[int, number("a whole number (samples)", 1, 10_000)] = 1_000
    limit_age_s: Annotated[float, _seconds(60, 366 * _DAY_S)] = 604_800.0
    batch: Annotated[int, number("a whole number (samples)", 1, 1_000)] = 100
    period_s: Annotated[float, _seconds(1, 7 * _DAY_S)] = 900.0
    embed_limit_bytes: Annotated[int, _bytes(0, 1_048_576)] = 65_536


class Logging(Struct, frozen=True):
    level: Level = "info"


class Config(Struct, frozen=True):
    """All sections, and warnings about what has no effect or is risky."""

    device: Device
    cloud: Cloud
    credentials: Credentials
    folders: Folders
    heartbeat: Heartbeat
    registration: Registration
    spool: Spool
    link: Link
    deployments: Deployments
    capture: Capture
    log: Logging
    warnings: tuple[str, ...] = ()


SECTIONS: dict[str, type[Struct]] = dict(Config.__annotations__)
del SECTIONS["warnings"]


def list_keys() -> Iterator[tuple[str, Any, Any]]:
    """`section.key`, type without None, and default (or NODEFAULT) of every key."""
    for section, struct in SECTIONS.items():
        names, defaults = struct.__struct_fields__, struct.__struct_defaults__
        required = (NODEFAULT,) * (len(names) - len(defaults))
        for name, default in zip(names, required + defaults, strict=True):
            kind = struct.__annotations__[name]
            optional = type(None) in kind.__args__
            yield f"{section}.{name}", kind.__args__[0] if optional else kind, default
