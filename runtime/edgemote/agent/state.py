"""The device's state, for clouds that store one: it is reported when it changes.

The state that was last accepted is kept in state.json in the state folder, so that a restart
alone reports nothing.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import msgspec

from aws.timestamps import format_iso8601
from edgemote import __version__
from edgemote.agent.files import read_file, replace_file

if TYPE_CHECKING:
    from edgemote.agent.deployments.journal import InstalledModel
    from edgemote.clock import Clock

    State = dict[str, Any]

FILE = "state.json"
_FILE_BYTES = 65_536
_BOOT_ID = "/proc/sys/kernel/random/boot_id"
# What is left out of the models' entries, in this order, if the state would be too large.
_OPTIONAL = ("name", "checksum", "time")


class StateFile:
    """The state that the cloud knows.

    Args:
        folder: the state folder
        limit_bytes: of a state's JSON
        about: where it is reported to; nothing is known to another place
    """

    __slots__ = ("_about", "_boot_id", "_limit_bytes", "_path", "known")

    def __init__(self, folder: str, limit_bytes: int, about: str) -> None:
        self._path = os.path.join(folder, FILE)
        self._limit_bytes = limit_bytes
        self._about = about
        self._boot_id = _read_boot_id()
        self.known: State | None = self._load()

    def _load(self) -> State | None:
        try:
            kept: dict[str, Any] = msgspec.json.decode(
                read_file(self._path, _FILE_BYTES), type=dict[str, Any]
            )
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
            return None  # so the whole state is reported
        state = kept.get("state")
        return kept if kept.get("about") == self._about and isinstance(state, dict) else None

    def describe(
        self, clock: Clock, installed: list[InstalledModel], deployment: State | None
    ) -> State:
        """The current state. deployment: the last one that this process has seen, if any."""
        known = self.known or {}
        before: State = known.get("state", {})
        boot = before.get("boot")
        if boot is None or known.get("boot_id") != self._boot_id:
            boot = format_iso8601(round(clock.now() - clock.steady()))
        state = {"agent": __version__, "boot": boot, "models": _describe_models(clock, installed)}
        deployment = deployment or before.get("deployment")
        if deployment:
            state["deployment"] = deployment
        return self._fit(state)

    def _fit(self, state: State) -> State:
        models: dict[str, dict[str, str]] = state["models"]
        for name in _OPTIONAL:
            if self._fits(state):
                return state
            for model in models.values():
                model.pop(name, None)
        while models and not self._fits(state):
            models.popitem()
        return state

    def _fits(self, state: State) -> bool:
        return len(msgspec.json.encode(state)) <= self._limit_bytes

    def find_change(self, state: State) -> list[State]:
        """The updates to send, in this order; a removed model is None."""
        if self.known is None:
            # An earlier state of unknown content may be stored there.
            return [{"models": None}, state]
        before: State = self.known["state"]
        if before == state:
            return []
        change = _merge(before, state)
        if self._fits(change):
            return [change]
        return [{"models": None}, state]

    def note_sent(self, state: State) -> None:
        """Record that the cloud knows this state. Raises OSError if the disk refuses; then it is
        reported again after a restart.
        """
        self.known = {"about": self._about, "boot_id": self._boot_id, "state": state}
        replace_file(self._path, msgspec.json.encode(self.known))


def _merge(before: State, after: State) -> State:
    """The update that, merged into `before`, gives `after`; removed keys are None."""
    change: State = dict.fromkeys(before.keys() - after.keys())
    for key, value in after.items():
        known = before.get(key)
        both = isinstance(value, dict) and isinstance(known, dict)
        change[key] = _merge(known or {}, value) if both else value
    return change


def _describe_models(clock: Clock, installed: list[InstalledModel]) -> dict[str, dict[str, str]]:
    models = {}
    for one in installed:
        facts = {"name": one.name, "version": one.version, "checksum": one.sum}
        try:
            since_s = os.lstat(os.path.join(os.path.dirname(one.path), "..", "current")).st_mtime
            if clock.is_possible(since_s):
                facts["time"] = format_iso8601(int(since_s))
        except OSError:
            pass  # firmware has installed it in its own way
        models[one.handle] = {key: value for key, value in facts.items() if value}
    return models


def _read_boot_id() -> str:
    try:
        with open(_BOOT_ID) as file:
            return file.read(64).strip()
    except OSError:
        return ""
