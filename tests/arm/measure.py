"""The figures of one guest program on one board, against the local endpoint on this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from endpoint import Endpoint

from . import device
from .guest import Mark, Run, run_guest
from .roots import Target

PROGRAMS = Path(__file__).with_name("programs")
# Calls that a mean is taken of.
CALLS = 20
DEFINITIONS = 20
# Where the clouds are compared: one board tells.
CLOUD_TARGETS = ("armhf",)

Figures = dict[str, int]
# Program -> figures.
Measured = dict[str, Figures]

# Program -> script, its packages' folder for the guest, and what of it lies on flash.
_SUBJECTS: dict[str, tuple[str, Callable[[Target], Path], Callable[[Target], Iterable[Path]]]] = {
    "floor": (
        "floor.py",
        device.msgspec_folder,
        lambda target: [device.msgspec_folder(target), PROGRAMS / "floor.py"],
    ),
    "edgemote": ("ours.py", device.bundle, lambda target: [device.bundle(target)]),
    "botocore": ("boto.py", device.botocore_folder, lambda target: device.botocore_places()),
}


@contextmanager
def serve() -> Iterator[Endpoint]:
    """An endpoint that speaks TLS 1.3 only and has a deployment with 20 definitions to hand out."""
    with Endpoint(register=["dock/cam-7"], tls_version="1.3") as endpoint:
        endpoint.deploy("dock", "cam-7", _deployment())
        yield endpoint


def measure_program(target: Target, program: str, endpoint: Endpoint) -> Figures:
    """All figures of "floor", "edgemote" or "botocore" on one board."""
    script, folder, places = _SUBJECTS[program]
    arguments = [PROGRAMS / script, *endpoint_arguments(endpoint), str(CALLS)]
    figures = _read_figures(run_guest(target, arguments, path=[folder(target)]))
    if program == "botocore":  # which takes nothing but nested dicts
        figures["nested_heartbeat_instructions"] = figures["heartbeat_instructions"]
    if program == "edgemote":
        from .agent import measure_agent, measure_clouds

        figures |= measure_agent(target)
        if target.name in CLOUD_TARGETS:
            figures |= measure_clouds(target)
    size = device.measure(places(target))
    return {**figures, "files": size.files, "size_bytes": size.size_bytes}


def endpoint_arguments(endpoint: Endpoint) -> list[str]:
    """The arguments that all programs begin with."""
    key = endpoint.credentials
    return [
        "localhost",
        str(endpoint.port),
        endpoint.ca_file,
        key.access_key_id,
        key.secret_access_key,
    ]


def _read_figures(run: Run) -> Figures:
    """The programs' marks: first call, lists built, heartbeats, first answer, answers; then for
    nested dicts first call, dicts built, heartbeats; and first heartbeat on a new connection,
    heartbeats on new ones.
    """
    first, built, sent, answered, decoded, *more = run.marks
    *nested, reconnected, ended = more or (None, None)
    building = _mean(first, built)
    figures = {
        "first_heartbeat_instructions": first.instructions,
        # Building the lists is the caller's work, so it is measured alone and taken off.
        "heartbeat_instructions": _mean(built, sent) - building,
        "deployments_instructions": _mean(answered, decoded),
        "peak_resident_kib": sent.peak_kib,
        "anonymous_kib": sent.anonymous_kib,
    }
    if reconnected and ended:
        figures["new_connection_instructions"] = _mean(reconnected, ended) - building
    if nested:
        first, built, sent = nested
        figures["nested_heartbeat_instructions"] = _mean(built, sent) - _mean(first, built)
    return figures


def _mean(start: Mark, end: Mark) -> int:
    return round((end.instructions - start.instructions) / CALLS)


def _deployment() -> dict[str, object]:
    definitions = [
        {
            "ModelHandle": f"model-{index}",
            "S3Url": f"s3://bucket/models/model-{index}.tar.gz",
            "Checksum": {"Type": "SHA1", "Sum": "0123456789abcdef0123456789abcdef01234567"},
            "State": "DEPLOY",
        }
        for index in range(DEFINITIONS)
    ]
    return {
        "DeploymentName": "night-shift",
        "Type": "Model",
        "FailureHandlingPolicy": "DO_NOTHING",
        "Definitions": definitions,
    }
