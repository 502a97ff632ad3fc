"""What the agent works with, made from one configuration. It knows no job: those are in `jobs`."""

from __future__ import annotations

import os
from _thread import allocate_lock
from typing import TYPE_CHECKING

from aws.errors import EndpointError, ServiceError, ValidationError
from edgemote.agent.cloud import load_cloud
from edgemote.agent.data_budget import DataBudget
from edgemote.agent.files import JOURNAL
from edgemote.agent.pacing import (
    AT_ONCE,
    FIRST_PAUSE_S,
    LONGEST_PAUSE_PERIODS,
    LONGEST_PAUSE_S,
    NEVER,
    CatchUp,
    Outage,
    Pauses,
    Window,
    find_asked_s,
    is_passing,
)
from edgemote.agent.spool import Spool
from edgemote.errors import (
    ClockSyncedError,
    ConfigError,
    ConnectError,
    EdgemoteError,
    TransportError,
    describe_missing,
)
from edgemote.retry import draw_fraction

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

    from edgemote.agent.capture import Captures
    from edgemote.agent.cloud import Beat, Cloud
    from edgemote.agent.config import Config
    from edgemote.agent.deployments import Deployments
    from edgemote.agent.deployments.hooks import Hook, Hooks
    from edgemote.agent.deployments.shapes import Result
    from edgemote.agent.heartbeat import HeartbeatBuilder
    from edgemote.agent.log import Log
    from edgemote.agent.state import StateFile
    from edgemote.agent.status import Status
    from edgemote.clock import Clock

_TOO_LARGE = 413
# In the folder of the state: POSIX seconds of an accepted signed call, written once a day.
_PROVEN_FILE, _KEEP_PROVEN_S = "time", 86_400.0
_BUDGET_FILE = "meter.json"
STATE_FILES = (JOURNAL, _BUDGET_FILE)
# While the cloud is out, a job that has just failed lets those go first that were not allowed to.
AHEAD_S, BEHIND_S = 1.0, 2.0
BEATS_SHARE, PUT_OFF_SHARE, LONG_OUTAGE_S = 0.9, 0.85, 3_600.0
# What it holds up that nobody waits for.
PUT_OFF = ("register", "poll", "progress", "state", "capture")
_CAPTURES = "captures"  # samples that were not uploaded yet
_ERRORS = (ServiceError, EdgemoteError, EndpointError, ValidationError)


class Core:
    """Clients, clock, budget, spool, models and troubles of an agent; a new configuration gets a
    new one.

    Args:
        jobs: their names
        beats: makes the heartbeats
        hooks: the firmware's functions, by their names; more may come
        patience: told how long the piece of work may take that begins
        may_write: whether the files are this process's
        is_ours: the same, for any thread: it looks at nothing

    Raises ConfigError, CredentialsError and EndpointError where the configuration cannot work;
    nothing is opened then.
    """

    def __init__(
        self,
        config: Config,
        *,
        clock: Clock,
        log: Log,
        jobs: Iterable[str],
        beats: HeartbeatBuilder,
        hooks: Mapping[str, Hook],
        patience: Callable[[float], None],
        may_write: Callable[[], bool] | None,
        is_ours: Callable[[], bool],
    ) -> None:
        self.config = config
        self.clock = clock
        self.log = log
        self.beats = beats
        self._hook_functions = hooks
        self._hooks: Hooks | None = None
        self._patience = patience
        state = config.folders.state
        self.budget = DataBudget(
            os.path.join(state, _BUDGET_FILE),
            day_limit_bytes=config.link.day_limit_bytes,
            rate_limit_bytes_per_s=config.link.rate_limit_bytes_per_s,
            log=log,
        )
        # After the configuration is read: what reading it left behind is used again.
        from edgemote.agent.services import Services

        self.services = Services(config, clock, self.budget)
        self._cloud_module = load_cloud(config.cloud.kind)
        self.cloud: Cloud = self._cloud_module.Cloud(config, self.services)
        self.spool = Spool(
            os.path.join(state, "spool.db"),
            limit_bytes=config.spool.limit_bytes,
            limit_age_s=config.spool.limit_age_s,
            log=log,
            may_write=may_write,
        )
        self.due = dict.fromkeys(jobs, NEVER)
        self.pauses = {name: self._make_pauses() for name in self.due}
        # After errors that nobody thought of. They may come after the call was accepted, which
        # resets the others.
        self.surprises: dict[str, Pauses] = {}
        self.outage = Outage(config.heartbeat.period_s)
        self._catch_up: CatchUp | None = None  # while heartbeats of the spool are delivered
        window_s = config.link.window_s
        self.window = Window(self.due, window_s) if window_s else None
        self.hurries = False  # delivers without pauses
        self.boots = False  # perhaps one of many boards whose power came back
        self.unregistered = Pauses(config.registration.pause_s, config.registration.pause_limit_s)
        # Not known: neither yes nor no.
        self.registered: bool | None = None
        self.accepted = 0  # calls
        self.listed = False  # deployments, since anything else of them was done
        # The kept beat, and the result, refused last, how often, and what had been accepted then.
        self.refused: dict[str, tuple[int | str, int, int]] = {}
        # What fails now, by the name of its job, in words; and what kind of failure that is.
        self.troubles: dict[str, str] = {}
        self._kinds: dict[str, str] = {}
        self.deployments: Deployments | None = None
        self.captures: Captures | None = None
        self._is_ours = is_ours
        self._loading, self._waking = allocate_lock(), allocate_lock()
        self.last_beat_s: float | None = None
        # What the cloud was told of the deployment at work: its name, how far it was, and when.
        self.told: tuple[str, dict[str, str], float] = ("", {}, 0.0)
        self.last_deployment: dict[str, str] | None = None
        self._state_file: StateFile | None = None
        self._keep_proven_s = 0.0  # from when on the time is to be kept again

    def begin(self, loads: bool) -> None:
        """Look at what is on the disk. loads: whether models that may be there are, too."""
        folders = self.config.folders
        self.clock.recall(_read_seconds(os.path.join(folders.state, _PROVEN_FILE)))
        self.beats.configure(self.config, self.spool, self._cloud_module)
        # Without a journal, models may be there that a factory has installed, or one that was lost.
        if loads and (
            os.path.lexists(os.path.join(folders.state, JOURNAL)) or _is_filled(folders.models)
        ):
            self.load_deployments()
        if loads and _is_filled(os.path.join(folders.state, _CAPTURES)):
            try:
                self.load_captures()
            except ConfigError as error:
                self.log.warning(f"{folders.state}/{_CAPTURES}: samples are left there: {error}")

    def prove_credentials(self) -> None:
        """Raise CredentialsError or TransportError where there are none to sign with."""
        try:
            self.services.provider.get(self.clock.now())
        except ClockSyncedError:
            self.services.provider.get(self.clock.now())

    def status(self) -> Status:
        """What it knows, for `--status`."""
        from edgemote.agent.status import Status

        work, device = self.deployments, self.config.device
        return Status(
            pid=os.getpid(),
            written_s=self.clock.now(),
            device=device.name,
            fleet=device.fleet,
            registered=self.registered,
            time_synced=self.clock.synced,
            cloud=dict(self.cloud.status()),
            last_beat_s=self.last_beat_s,
            kept=self.spool.depth,
            kept_bytes=self.spool.size_bytes,
            dropped=self.spool.dropped,
            day_used_bytes=self.budget.used_bytes,
            day_limit_bytes=self.config.link.day_limit_bytes,
            deployments={} if work is None else work.status,
            troubles=self.troubles,
            captures={} if self.captures is None else self.captures.describe(),
        )

    def call(self, what: str, ask: Callable[..., Any], *arguments: Any) -> Outcome:
        """Ask the cloud for something. Never raises what services and links do."""
        try:
            if self.window is not None:
                self.note_used()
            response = ask(*arguments)
        except _ERRORS as error:
            self.note_trouble(what, error)
            return Outcome(None, error, self.cloud.final_codes)
        self.accepted += 1
        if self.spool.depth and not self.clock.doubted:
            # Nothing else proves that the time is right, and so what is too old.
            self.spool.expire(self.clock.now(), self.clock.steady())
        self.pauses[what].reset()
        if self.outage.since_s is not None:
            self._resume(what)
        if self.settle(what):
            self.log.info(f"{what}: recovered")
        return Outcome(response)

    def _make_pauses(self) -> Pauses:
        period_s = self.config.heartbeat.period_s
        return Pauses(
            min(FIRST_PAUSE_S, period_s), min(LONGEST_PAUSE_S, period_s * LONGEST_PAUSE_PERIODS)
        )

    def pause_surprised_s(self, name: str) -> float:
        """Seconds until a job is tried again that has raised what it should not."""
        if name not in self.surprises:
            self.surprises[name] = self._make_pauses()
        return self.surprises[name].next_s()

    def note_used(self) -> None:
        """The link is used just now."""
        if self.window is not None:
            self.window.used_s = self.clock.steady()

    def retry_s(self, what: str, now: float, error: Exception | None) -> float:
        """When to try again what has failed, in steady seconds."""
        asked_s, outage = find_asked_s(error), self.outage
        if not is_passing(error):
            return now + max(asked_s, self.pauses[what].next_s())
        # Heartbeats tell whether the cloud is out; where nothing else fails, they go on.
        if outage.since_s is None and what != "beat" and self.registered is not None:
            return now + max(self.pauses[what].next_s(), outage.pause_s(now, asked_s))
        outage.extend(now, asked_s)
        # Mostly they are what asks again, so that they are what goes on.
        compares = self.due["register"] == AT_ONCE
        # After a long outage others are more urgent than a flood that is avoided.
        is_long = outage.since_s is not None and now - outage.since_s > LONG_OUTAGE_S
        share = 0.5 if is_long else BEATS_SHARE
        first = what == "beat" and not compares and draw_fraction() < share
        return outage.until_s + (0.0 if first else BEHIND_S)

    def _resume(self, what: str) -> None:
        """The cloud is back: spread what waited for it."""
        now, outage = self.clock.steady(), self.outage
        until_s = outage.until_s
        within_s = outage.end(now)
        if within_s > self.config.heartbeat.period_s:
            self._catch_up = None
        due = self.due
        for name in PUT_OFF:
            if due[name] <= max(now, until_s) + BEHIND_S:
                due[name] = now + draw_fraction() * within_s * PUT_OFF_SHARE
        if what != "beat" and due["drain"] != NEVER:
            due["drain"] = now

    def next_drain_s(self, now: float) -> float:
        """When to send the next heartbeat of the spool, after one was delivered."""
        depth, plan = self.spool.depth, self._catch_up
        if self.hurries or not depth:
            self._catch_up = None
            return now
        if plan is None and (first := self.spool.first()):
            age_s = self.clock.now() - first[1]
            period_s = self.config.heartbeat.period_s
            window_s = self.config.link.window_s
            plan = self._catch_up = CatchUp(depth, age_s, period_s, now, window_s)
        return now if plan is None else plan.next_s(now)

    def settle(self, what: str) -> bool:
        """Nothing is wrong with this any more; whether something was."""
        self._kinds.pop(what, None)
        return self.troubles.pop(what, None) is not None

    def note_trouble(self, what: str, error: Exception) -> None:
        # What changes is logged: a link that is down for a week is a line, not a thousand. The text
        # has times and the service's request numbers in it, which always change.
        kind = error.code if isinstance(error, ServiceError) else type(error).__name__
        log = self.log.debug if self._kinds.get(what) == kind else self.log.warning
        self._kinds[what] = kind
        self.troubles[what] = str(error)
        log(f"{what}: {error}")

    def note_delivered(self) -> None:
        """A heartbeat was accepted."""
        self.last_beat_s = self.clock.now()
        if self.last_beat_s >= self._keep_proven_s:
            self._keep_time(self.last_beat_s)

    def note_result(self, result: Result) -> None:
        """The result of a deployment was accepted."""
        from aws.timestamps import format_iso8601

        self.last_deployment = {
            "name": result.name or "",
            "status": result.status or "",
            "time": format_iso8601(int(result.end_s or 0)),
        }

    def _keep_time(self, now_s: float) -> None:
        """Keep the time that a signed call has proven, for the next start: see http.dates."""
        state = self.config.folders.state
        self._keep_proven_s = now_s + _KEEP_PROVEN_S
        # Not what the clock says: a client may have been heard by a clock of its own. Nor what was
        # proven last, which may be up to PROOF_S before what was kept: with each restart it could
        # go back by as much. What was proven too late by a wrong server stays, since the clock does
        # not go behind it either.
        if self.clock.proven_s() is not None and os.path.isdir(state):
            from edgemote.agent.files import replace_file

            latest_s = self.clock.latest_s()
            try:
                replace_file(os.path.join(state, _PROVEN_FILE), b"%d %d" % (latest_s, latest_s))
            except OSError as error:
                self.log.warning(f"time: cannot be kept in {state}: {error.strerror}")

    def make_beat(self) -> Beat:
        return self.beats.make(self.installed())

    def make_report(self) -> Beat:
        return self.beats.make_report(self.installed())

    def restore_beat(self, at_s: float, kept: bytes) -> Beat:
        return self.beats.restore(at_s, kept)

    def keep(self, beat: Beat) -> bool:
        """Keep a heartbeat on disk until it can be sent; whether that could be done."""
        now_s = self.clock.now()
        body = self.beats.encode(beat, now_s)
        return self.spool.add(body, self._spool_s(), self.clock.steady())

    def _spool_s(self) -> float:
        """POSIX seconds by which heartbeats are kept. A clock that goes on from before a restart is
        behind by as long as that took; the board's own is known to be wrong, and is put right.
        """
        clock = self.clock
        return clock.board_s() if clock.resumed and not clock.vouched else clock.now()

    def load_state_file(self) -> StateFile:
        """What the cloud knows of the device's state."""
        if self._state_file is None:
            from edgemote.agent.state import StateFile

            about = " ".join(self.cloud.status().values())
            state = self.config.folders.state
            self._state_file = StateFile(state, self.cloud.state_bytes, about)
        return self._state_file

    def load_deployments(self) -> Deployments:
        """The machine of deployments, made when there first is one."""
        if self.deployments is None:
            from edgemote.agent.deployments import Deployments
            from edgemote.agent.deployments.hooks import Hooks

            wanted = self.config.deployments
            self._hooks = Hooks(
                **self._hook_functions,
                deploy_command=wanted.deploy_command or (),
                undeploy_command=wanted.undeploy_command or (),
                limit_s=wanted.hook_limit_s,
                patience=self._have_patience,
            )
            self.deployments = Deployments(
                self.config.folders.state,
                self.config.folders.models,
                open_s3=self.services.open_s3,
                open_url=self.services.open_url if self.cloud.one_by_one else None,
                meter=self.budget,
                log=self.log,
                hooks=self._hooks,
                keep_versions=wanted.keep_versions,
                reserve_bytes=wanted.reserve_bytes,
                attempt_limit=wanted.attempt_limit,
                signers=wanted.signers or (),
            )
        return self.deployments

    def load_captures(self) -> Captures:
        """The samples of models, once there is one; any thread may have it. Raises ConfigError for
        a bundle without captures.
        """
        with self._loading:
            if self.captures is None:
                try:
                    from edgemote.agent.capture import Captures
                except ModuleNotFoundError:
                    raise ConfigError(describe_missing("captures")) from None
                self.captures = Captures(
                    self.config,
                    folder=os.path.join(self.config.folders.state, _CAPTURES),
                    clock=self.clock,
                    log=self.log,
                    open_s3=self.services.open_s3,
                    is_ours=self._is_ours,
                    wake=self._wake_capture,
                )
        return self.captures

    def _wake_capture(self, due_s: float) -> None:
        self.make_due("capture", due_s)

    def make_due(self, name: str, due_s: float) -> None:
        """Have a job done then, if it is not due earlier; any thread may ask for it."""
        with self._waking:
            self.due[name] = min(self.due[name], due_s)

    def put_captured(self, put: Callable[[], Any]) -> Exception | None:
        """Do a step of an upload; the error, noted, that stopped it."""
        try:
            put()
        except (*_ERRORS, OSError) as error:
            return error
        return None

    def note_captured(self) -> None:
        """What was captured could be put."""
        self.pauses["capture"].reset()
        if self.settle("capture"):
            self.log.info("capture: recovered")

    def set_hook(self, name: str, hook: Hook) -> None:
        """A hook that comes late."""
        if self._hooks is not None:
            setattr(self._hooks, name, hook)

    def _have_patience(self, limit_s: float) -> None:
        self._patience(max(limit_s, self.config.link.step_limit_s))

    def installed(self) -> list[Any]:
        """Models."""
        return [] if self.deployments is None else self.deployments.installed


class Outcome:
    """What became of a call: its response, or an error.

    again: whether it is worth another try. accepted_perhaps: whether the service may have done it
    all the same.
    """

    __slots__ = ("accepted_perhaps", "again", "error", "response")

    def __init__(
        self,
        response: Any,
        error: Exception | None = None,
        final_codes: frozenset[str] = frozenset(),
    ) -> None:
        self.response = response
        self.error = error
        final = isinstance(error, ValidationError)
        accepted_perhaps = isinstance(error, TransportError) and not isinstance(error, ConnectError)
        if isinstance(error, ServiceError):
            final = error.code in final_codes or error.status == _TOO_LARGE
            accepted_perhaps = error.status >= 500
        self.again = error is not None and not final
        self.accepted_perhaps = accepted_perhaps


def _read_seconds(path: str) -> float:
    """What a file says twice, 0 for one that does not: a bit that flipped must not count."""
    try:
        with open(path, "rb") as file:
            first, second = file.read(40).split()
            return float(int(first)) if first == second else 0.0
    except (OSError, ValueError):
        return 0.0


def _is_filled(folder: str) -> bool:
    try:
        return bool(os.listdir(folder))
    except OSError as error:
        return isinstance(error, PermissionError)
