"""The agent's state for `--status`, in a file that the running agent writes.

The file is in folders.run, a folder in memory (systemd's RuntimeDirectory), because frequent writes
would wear the flash. Without such a folder nothing is written, and `--status` shows only what it
finds in the state folder.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import msgspec

from aws.timestamps import format_iso8601
from edgemote.agent.files import open_anew, read_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edgemote.agent.config import Config

STATUS_FILE = "status.json"
STATUS_LIMIT_BYTES = 262_144


class Status(msgspec.Struct, frozen=True):
    """Times are POSIX seconds, or None if the event has not happened yet."""

    pid: int
    written_s: float
    device: str
    fleet: str
    registered: bool | None = None
    time_synced: bool = False
    last_beat_s: float | None = None
    kept: int = 0
    kept_bytes: int = 0
    dropped: int = 0
    day_used_bytes: int | None = None
    day_limit_bytes: int = 0
    deployments: dict[str, Any] = {}
    troubles: dict[str, str] = {}
    cloud: dict[str, str] = {}
    captures: dict[str, Any] = {}


def write(folder: str, status: Status) -> None:
    """Replace the file; OSError where the folder cannot be written to."""
    path = os.path.join(folder, STATUS_FILE)
    partial = f"{path}.new"
    # No fsync: the folder is in memory.
    with open(open_anew(partial), "wb") as file:
        file.write(msgspec.json.encode(status))
    os.replace(partial, path)


def read(folder: str) -> Status | str:
    """The status that was written last, or a sentence that says why there is none."""
    path = os.path.join(folder, STATUS_FILE)
    try:
        return msgspec.json.decode(read_file(path, STATUS_LIMIT_BYTES), type=Status)
    except (FileNotFoundError, NotADirectoryError):
        return f"no agent with this configuration has written {STATUS_FILE} in {folder}"
    except OSError as error:
        return f"cannot read {path}: {error.strerror}"
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return f"{path} is corrupt: {error}"


def describe(config: Config) -> str:
    """The state of the running agent, or of the last one, as text."""
    known = read(config.folders.run)
    lines = [known] if isinstance(known, str) else list(_lines(known))
    if config.cloud.kind == "iot" and config.credentials.cert_file:
        from edgemote.agent.cloud.iot_check import check_certificate

        lines += [line for _, line in check_certificate(config.credentials.cert_file)]
    if isinstance(known, str) or not _is_running(known.pid):
        # Only one process may use the spool; a running agent has put its size into the status file.
        lines.append(_describe_spool(config))
        from edgemote.agent.deployments.recovery import look

        fault = look(config.folders.state)
        if fault:
            lines.append(f"trouble: deploy: {fault}")
    return "\n".join(lines)


def _lines(known: Status) -> Iterator[str]:
    running = "is running" if _is_running(known.pid) else "has ended"
    yield f"agent: process {known.pid} {running}; as of {format_iso8601(known.written_s)}"
    if known.cloud:
        yield f"cloud: {_spell(known.cloud)}"
    registered = {None: "not known yet", True: "registered", False: "not registered"}
    fleet = f" of fleet {known.fleet}" if known.fleet else ""
    yield f"device: {known.device}{fleet}, {registered[known.registered]}"
    time = "synced with a server" if known.time_synced else "from the board's own clock"
    yield f"time: {time}"
    beat = (
        "none since it started" if known.last_beat_s is None else format_iso8601(known.last_beat_s)
    )
    yield f"last heartbeat accepted: {beat}"
    if _is_running(known.pid):
        yield _spell_kept(known.kept, known.kept_bytes, known.dropped)
    if known.day_limit_bytes:
        yield f"link: {known.day_used_bytes:,} of {known.day_limit_bytes:,} bytes used today"
    for model in known.deployments.get("installed", ()):
        yield f"model: {_spell(model)}"
    for title in ("deployment", "waiting", "unreported"):
        if known.deployments.get(title):
            yield f"{title}: {_spell(known.deployments[title])}"
    if known.captures:
        yield _spell_captures(**known.captures)
    for what, trouble in known.troubles.items():
        yield f"trouble: {what}: {trouble}"


def _describe_spool(config: Config) -> str:
    from edgemote.agent.lock import find_holder
    from edgemote.agent.spool import look

    folders = config.folders
    holder = find_holder(folders.state)
    if holder:
        return (
            f"stored heartbeats: unknown: {holder} is using {folders.state}; an agent publishes its"
            f" status only where it can write to {folders.run} (folders.run)"
        )
    path = os.path.join(folders.state, "spool.db")
    try:
        return _spell_kept(*look(path))
    except Exception as error:  # sqlite3's, where there is one
        return f"stored heartbeats: unknown: cannot read {path}: {error}"


def _spell_kept(depth: int, size_bytes: int, dropped: int) -> str:
    return f"stored heartbeats: {depth}, {size_bytes:,} bytes; dropped: {dropped}"


def _spell_captures(
    samples: int, bytes: int, dropped: int, destination: str, last_upload_s: float | None
) -> str:
    last = "none since it started" if last_upload_s is None else format_iso8601(last_upload_s)
    return (
        f"captured samples: {samples}, {bytes:,} bytes; dropped: {dropped}; last upload: {last}, to"
        f" {destination or 'nowhere'}"
    )


def _spell(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_spell(one)}" for name, one in value.items() if one)
    return ", ".join(map(_spell, value)) if isinstance(value, list) else str(value)


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
