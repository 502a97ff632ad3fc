"""Every key of the configuration: the one table that loading, checking, `--print-config` and the
README are made from. To add a key, add its row here and its field in `sections`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator

    Value = str | int | float | bool | list[str]

# What a value must look like: each is a row of `checks.CHECKS`.
TEXT, NAME, REGION, URL = "text", "name", "region", "URL"
IOT_ENDPOINT, THING, ALIAS = "host or address", "thing name", "role alias"
PATH, FOLDER, CERTIFICATES, PRIVATE_KEY = "path", "folder", "PEM file", "PEM key file"
NUMBER, WHOLE, FLAG, LEVEL = "number", "whole number", "true or false", "level"
METRICS, COMMAND = "list of names", "list of words"

LEVELS = ("error", "warning", "info", "debug")
DAY_S = 86_400


class Key(Struct, frozen=True):
    """One key.

    Attributes:
        kind: one of the kinds above
        meaning: one sentence or two
        default: None where there is none
        instead: what applies in place of a default
        low, high: range of a number, both included
        zero: what 0 means where it lies outside the range
        unit: of a number
        example: what `--print-config` shows where there is no default
    """

    name: str
    kind: str
    meaning: str
    default: Value | None = None
    instead: str = ""
    low: float = 0
    high: float = 0
    zero: str = ""
    unit: str = ""
    example: Value = ""
    required: bool = False


class Section(Struct, frozen=True):
    """One `[name]` of the file."""

    name: str
    meaning: str
    keys: tuple[Key, ...]


SECTIONS = (
    Section(
        "device",
        "Which device this is, and the service that it reports to.",
        (
            Key("name", NAME, "Name under which the device is registered.", required=True),
            Key("fleet", NAME, "Device fleet that it is registered in.", required=True),
            Key(
                "region",
                REGION,
                "AWS region of the fleet.",
                instead="AWS_REGION, AWS_DEFAULT_REGION, ~/.aws/config",
                example="us-west-2",
            ),
            Key(
                "endpoint_url",
                URL,
                "Address of a compatible endpoint.",
                instead="AWS_ENDPOINT_URL, ~/.aws/config, the region's endpoint",
                example="https://edge.example.com",
            ),
            Key(
                "ca_file",
                CERTIFICATES,
                "Authorities to trust. A file with the few that are needed loads in a tenth of the "
                "time of the system's bundle.",
                instead="AWS_CA_BUNDLE, ~/.aws/config, the system's bundle",
                example="/etc/edgemote/AmazonRootCA1.pem",
            ),
        ),
    ),
    Section(
        "credentials",
        "Where the keys come from: a profile, or the AWS IoT credential provider. With neither, "
        "environment, shared files, container and instance metadata are asked.",
        (
            Key(
                "profile",
                TEXT,
                "Profile of ~/.aws/config and ~/.aws/credentials.",
                instead="AWS_PROFILE",
                example="board",
            ),
            Key(
                "iot_endpoint",
                IOT_ENDPOINT,
                "Host of the AWS IoT credential provider, or its whole address, which ends in "
                "/role-aliases/ALIAS/credentials.",
                example="PREFIX.credentials.iot.us-west-2.amazonaws.com",
            ),
            Key(
                "iot_role_alias",
                ALIAS,
                "Role alias, where iot_endpoint is a host.",
                example="SageMakerEdge-dock",
            ),
            Key(
                "iot_thing_name",
                THING,
                "Thing of the certificate, where the policies use thing variables.",
                example="cam-7",
            ),
            Key(
                "cert_file",
                CERTIFICATES,
                "Certificate of the device.",
                example="/etc/edgemote/device.pem",
            ),
            Key(
                "key_file",
                PRIVATE_KEY,
                "Its private key, without a password.",
                instead="cert_file holds it too",
                example="/etc/edgemote/device.key",
            ),
            Key(
                "iot_ca_file",
                CERTIFICATES,
                "Authorities to trust of the credential provider.",
                instead="device.ca_file",
                example="/etc/edgemote/AmazonRootCA1.pem",
            ),
        ),
    ),
    Section(
        "folders",
        "Where the agent keeps things; it makes state and models.",
        (
            Key(
                "state",
                FOLDER,
                "What must outlive a restart: beats not sent yet, the deployment under way.",
                default="/var/lib/edgemote",
            ),
            Key(
                "models",
                FOLDER,
                "Installed models.",
                instead="models in folders.state",
                example="/var/lib/edgemote/models",
            ),
            Key(
                "run",
                FOLDER,
                "A folder in memory for what --status shows; where it does not exist, nothing is "
                "written.",
                default="/run/edgemote",
            ),
        ),
    ),
    Section(
        "heartbeat",
        "What is reported, and how often.",
        (
            Key(
                "period_s",
                NUMBER,
                "Time between two heartbeats.",
                default=300,
                low=1,
                high=DAY_S,
                unit="seconds",
            ),
            Key(
                "jitter",
                NUMBER,
                "By how much a period may be longer or shorter, so that a fleet does not beat "
                "together.",
                default=0.1,
                low=0,
                high=0.5,
                unit="share of the period",
            ),
            Key(
                "metrics",
                METRICS,
                "Sensors of the system that are reported; [] for none.",
                instead="all that the board has",
                example=["LoadAverage", "MemoryAvailableBytes"],
            ),
            Key(
                "disk_path",
                PATH,
                "A path on the file system whose free space is reported.",
                instead="folders.state",
                example="/var/lib/edgemote",
            ),
        ),
    ),
    Section(
        "registration",
        "How a device that is not registered yet asks again.",
        (
            Key(
                "pause_s",
                NUMBER,
                "First pause; each next one is up to twice as long.",
                default=60,
                low=1,
                high=DAY_S,
                unit="seconds",
            ),
            Key(
                "pause_limit_s",
                NUMBER,
                "Longest pause.",
                default=3_600,
                low=1,
                high=7 * DAY_S,
                unit="seconds",
            ),
        ),
    ),
    Section(
        "spool",
        "Heartbeats that could not be sent are kept on disk. The oldest are dropped first, results "
        "of deployments never.",
        (
            Key(
                "limit_bytes",
                WHOLE,
                "Size of all that is kept.",
                default=1_048_576,
                low=65_536,
                high=1_073_741_824,
                unit="bytes",
            ),
            Key(
                "limit_age_s",
                NUMBER,
                "Age at which a heartbeat is dropped.",
                default=7 * DAY_S,
                low=60,
                high=366 * DAY_S,
                unit="seconds",
            ),
        ),
    ),
    Section(
        "link",
        "What the link may cost. TCP and TLS are estimated and counted.",
        (
            Key(
                "day_limit_bytes",
                WHOLE,
                "What may be sent and received in a day of UTC. What it holds back is kept.",
                default=0,
                low=100_000,
                high=1_099_511_627_776,
                zero="no limit",
                unit="bytes",
            ),
            Key(
                "rate_limit_bytes_per_s",
                WHOLE,
                "What may be sent and received in a second, on average.",
                default=0,
                low=256,
                high=1_073_741_824,
                zero="no limit",
                unit="bytes",
            ),
            Key(
                "connect_timeout_s",
                NUMBER,
                "How long TCP, proxy and TLS together may take.",
                default=30,
                low=1,
                high=300,
                unit="seconds",
            ),
            Key(
                "read_timeout_s",
                NUMBER,
                "How long the other side may be silent.",
                default=30,
                low=1,
                high=900,
                unit="seconds",
            ),
            Key(
                "kept_idle_s",
                NUMBER,
                "How long a connection may lie idle and still be used; becomes shorter by itself "
                "where routers forget sooner.",
                default=240,
                low=1,
                high=3_600,
                unit="seconds",
            ),
            Key(
                "step_limit_s",
                NUMBER,
                "How long one exchange may take with all its tries. A stop and systemd's watchdog "
                "wait for as long.",
                default=120,
                low=1,
                high=900,
                unit="seconds",
            ),
        ),
    ),
    Section(
        "deployments",
        "Models that the service wants on the device.",
        (
            Key(
                "enabled", FLAG, "Whether deployments are asked for and carried out.", default=True
            ),
            Key(
                "poll_s",
                NUMBER,
                "Time between two questions for deployments.",
                default=3_600,
                low=60,
                high=30 * DAY_S,
                unit="seconds",
            ),
            Key(
                "keep_versions",
                WHOLE,
                "Old versions of a model that stay on disk beside the current one.",
                default=1,
                low=0,
                high=100,
                unit="versions",
            ),
            Key(
                "deploy_command",
                COMMAND,
                "Program that accepts a new model with exit status 0. {handle} and {path} are "
                "filled in; there is no shell.",
                instead="every model is accepted",
                example=["/usr/local/bin/load-model", "{handle}", "{path}"],
            ),
            Key(
                "undeploy_command",
                COMMAND,
                "The same for a model that is to be removed.",
                instead="every removal is accepted",
                example=["/usr/local/bin/unload-model", "{handle}"],
            ),
            Key(
                "hook_limit_s",
                NUMBER,
                "How long such a program may take before it is killed and the model refused.",
                default=60,
                low=1,
                high=3_600,
                unit="seconds",
            ),
            Key(
                "reserve_bytes",
                WHOLE,
                "Disk that a download leaves free.",
                default=16_777_216,
                low=0,
                high=1_099_511_627_776,
                unit="bytes",
            ),
            Key(
                "attempt_limit",
                WHOLE,
                "Tries of a model's download, after which it has failed.",
                default=10,
                low=1,
                high=1_000,
                unit="tries",
            ),
            Key(
                "s3_endpoint_url",
                URL,
                "Address of a compatible object store.",
                instead="AWS_ENDPOINT_URL_S3, ~/.aws/config, the bucket's region",
                example="https://s3.example.com",
            ),
        ),
    ),
    Section(
        "log",
        "What goes to standard error.",
        (Key("level", LEVEL, "The least important level that is written.", default="info"),),
    ),
)


def list_keys() -> Iterator[tuple[str, Key]]:
    """Each key with the name of its section."""
    return ((section.name, key) for section in SECTIONS for key in section.keys)


def spell_range(key: Key) -> str:
    """The range of a number, as in "0 (no limit) or 256 to 1,000"; empty for other kinds."""
    if key.low == key.high:
        return ""
    zero = f"0 ({key.zero}) or " if key.zero else ""
    return f"{zero}{key.low:,} to {key.high:,}"
