"""What the agent works with, built from one configuration. The jobs that use it are in `jobs`."""

from __future__ import annotations

import os
from _thread import allocate_lock
from typing import TYPE_CHECKING

from aws.errors import EndpointError, ServiceError, ValidationError
from edgemote.agent.cloud import load_cloud
from edgemote.agent.data_budget import DataBudget
from edgemote.agent.files import JOURNAL, read_file
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
# During an outage, a job that has just failed lets the jobs that were held back go first.
AHEAD_S, BEHIND_S = 1.0, 2.0
BEATS_SHARE, PUT_OFF_SHARE, LONG_OUTAGE_S = 0.9, 0.85, 3_600.0
# Jobs that an outage delays and that nobody waits for.
PUT_OFF = ("register", "poll", "progress", "state", "capture")
_CAPTURES = "captures"  # samples that have not been uploaded yet
_ERRORS = (ServiceError, EdgemoteError, EndpointError, ValidationError)


class Core:
    """Clients, clock, budget, spool, models and current problems of an agent. A new configuration
    gets a new Core.

    Args:
        jobs: their names
        beats: makes the heartbeats
        hooks: the firmware's functions by name; more may be added later
        patience: called with the time that the next piece of work may take
        may_write: whether the files belong to this process
        is_ours: the same for any thread; it only returns what is known

    Raises ConfigError, CredentialsError and EndpointError if the configuration cannot work; in that
    case nothing is opened.
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
        # Imported after the configuration is read, so that the memory that reading took is reused.
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
        # After unexpected errors. They may occur after a call was accepted, which resets the other
        # pauses.
        self.surprises: dict[str, Pauses] = {}
        self.outage = Outage(config.heartbeat.period_s)
        self._catch_up: CatchUp | None = None  # while stored heartbeats are delivered
        window_s = config.link.window_s
        self.window = Window(self.due, window_s) if window_s else None
        self.hurries = False  # delivers without pauses
        self.boots = False  # possibly one of many boards whose power has just returned
        self.unregistered = Pauses(config.registration.pause_s, config.registration.pause_limit_s)
        # None until the service has said yes or no.
        self.registered: bool | None = None
        self.accepted = 0  # number of accepted calls
        self.listed = False  # whether deployments were listed since the last other work on them
        # The stored heartbeat and the result rejected last, how often, and `accepted` at that time.
        self.refused: dict[str, tuple[int | str, int, int]] = {}
        # What fails at present, by job: its message, and the kind of failure.
        self.troubles: dict[str, str] = {}
        self._kinds: dict[str, str] = {}
        self.deployments: Deployments | None = None
        self.captures: Captures | None = None
        self._is_ours = is_ours
        self._loading, self._waking = allocate_lock(), allocate_lock()
        self.last_beat_s: float | None = None
        # What was last reported of the current deployment: its name, its progress, and when.
        self.told: tuple[str, dict[str, str], float] = ("", {}, 0.0)
        self.last_deployment: dict[str, str] | None = None
        self._state_file: StateFile | None = None
        self._keep_proven_s = 0.0  # when the time is to be stored again

    def begin(self, loads: bool) -> None:
        """Read what is on the disk. loads: whether to load models and samples that may be there."""
        folders = self.config.folders
        self.clock.recall(_read_seconds(os.path.join(folders.state, _PROVEN_FILE)))
        self.beats.configure(self.config, self.spool, self._cloud_module)
        # Even without a journal there may be models: the factory's, or those of a lost journal.
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
        """Raise CredentialsError or TransportError if there are no credentials to sign with."""
        try:
            self.services.provider.get(self.clock.now())
        except ClockSyncedError:
            self.services.provider.get(self.clock.now())

    def status(self) -> Status:
        """The current status, for `--status`."""
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
        """Make a call to the cloud. Errors of services and links are returned, not raised."""
        try:
            if self.window is not None:
                self.note_used()
            response = ask(*arguments)
        except _ERRORS as error:
            self.note_trouble(what, error)
            return Outcome(None, error, self.cloud.final_codes)
        self.accepted += 1
        if self.spool.depth and not self.clock.doubted:
            # Only an accepted call proves the time, and thus which heartbeats are too old.
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
        """Seconds until a job that raised an unexpected error is tried again."""
        if name not in self.surprises:
            self.surprises[name] = self._make_pauses()
        return self.surprises[name].next_s()

    def note_used(self) -> None:
        """Record that the link is in use."""
        if self.window is not None:
            self.window.used_s = self.clock.steady()

    def retry_s(self, what: str, now: float, error: Exception | None) -> float:
        """When to retry a failed job, in steady seconds."""
        asked_s, outage = find_asked_s(error), self.outage
        if not is_passing(error):
            return now + max(asked_s, self.pauses[what].next_s())
        # Heartbeats tell whether there is an outage: if only another job fails, they continue.
        if outage.since_s is None and what != "beat" and self.registered is not None:
            return now + max(self.pauses[what].next_s(), outage.pause_s(now, asked_s))
        outage.extend(now, asked_s)
        # Heartbeats usually make the call that ends an outage, so that they are sent first.
        compares = self.due["register"] == AT_ONCE
        # After a long outage, other jobs matter more than spreading the load.
        is_long = outage.since_s is not None and now - outage.since_s > LONG_OUTAGE_S
        share = 0.5 if is_long else BEATS_SHARE
        first = what == "beat" and not compares and draw_fraction() < share
        return outage.until_s + (0.0 if first else BEHIND_S)

    def _resume(self, what: str) -> None:
        """The cloud is back: spread the jobs that waited for it."""
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
        """When to send the next stored heartbeat after one was delivered."""
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
        """Record that a job works; return whether it had failed before."""
        self._kinds.pop(what, None)
        return self.troubles.pop(what, None) is not None

    def note_trouble(self, what: str, error: Exception) -> None:
        # Only a change is logged as a warning: a link that is down for a week gives one line, not a
        # thousand. The kind is compared, since messages contain times and request ids.
        kind = error.code if isinstance(error, ServiceError) else type(error).__name__
        log = self.log.debug if self._kinds.get(what) == kind else self.log.warning
        self._kinds[what] = kind
        self.troubles[what] = str(error)
        log(f"{what}: {error}")

    def note_delivered(self) -> None:
        """Record that a heartbeat was accepted."""
        self.last_beat_s = self.clock.now()
        if self.last_beat_s >= self._keep_proven_s:
            self._keep_time(self.last_beat_s)

    def note_result(self, result: Result) -> None:
        """Record that the result of a deployment was accepted."""
        from aws.timestamps import format_iso8601

        self.last_deployment = {
            "name": result.name or "",
            "status": result.status or "",
            "time": format_iso8601(int(result.end_s or 0)),
        }

    def _keep_time(self, now_s: float) -> None:
        """Store the time that a signed call has proven, for the next start; see http.dates."""
        state = self.config.folders.state
        self._keep_proven_s = now_s + _KEEP_PROVEN_S
        # Not the clock's own time, since a call may have been signed with another clock. Nor the
        # time proven last, which may be up to PROOF_S before the stored one: each restart could
        # then go back by as much. A time too late, from a server that was wrong, stays, since the
        # clock does not go back behind it either.
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
        """Store a heartbeat on disk until it can be sent; return whether that was possible."""
        now_s = self.clock.now()
        body = self.beats.encode(beat, now_s)
        return self.spool.add(body, self._spool_s(), self.clock.steady())

    def _spool_s(self) -> float:
        """The time that is stored with a heartbeat, in POSIX seconds. A clock that was resumed
        after a restart is behind by the time in between; the board's own time is known to be wrong,
        and is corrected later.
        """
        clock = self.clock
        return clock.board_s() if clock.resumed and not clock.vouched else clock.now()

    def load_state_file(self) -> StateFile:
        """The record of the state that the cloud knows."""
        if self._state_file is None:
            from edgemote.agent.state import StateFile

            about = " ".join(self.cloud.status().values())
            state = self.config.folders.state
            self._state_file = StateFile(state, self.cloud.state_bytes, about)
        return self._state_file

    def load_deployments(self) -> Deployments:
        """The deployments, loaded when there is the first one."""
        if self.deployments is None:
            from edgemote.agent.deployments import Deployments, Settings
            from edgemote.agent.deployments.hooks import Hooks

            wanted = self.config.deployments
            self._hooks = Hooks(
                **self._hook_functions,
                deploy_command=wanted.deploy_command or (),
                undeploy_command=wanted.undeploy_command or (),
                limit_s=wanted.hook_limit_s,
                patience=self._have_patience,
            )
            settings = Settings(
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
            self.deployments = Deployments(self.config.folders.state, settings)
        return self.deployments

    def load_captures(self) -> Captures:
        """The captured samples, loaded with the first one; any thread may call this. Raises
        ConfigError if the bundle has no captures.
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
        """Make a job due at this time unless it is due earlier; any thread may call this."""
        with self._waking:
            self.due[name] = min(self.due[name], due_s)

    def put_captured(self, put: Callable[[], Any]) -> Exception | None:
        """Do one step of an upload; return the error that stopped it, if any."""
        try:
            put()
        except (*_ERRORS, OSError) as error:
            return error
        return None

    def note_captured(self) -> None:
        """Record that captured samples were uploaded."""
        self.pauses["capture"].reset()
        if self.settle("capture"):
            self.log.info("capture: recovered")

    def set_hook(self, name: str, hook: Hook) -> None:
        """Use a hook that was set after deployments were loaded."""
        if self._hooks is not None:
            setattr(self._hooks, name, hook)

    def _have_patience(self, limit_s: float) -> None:
        self._patience(max(limit_s, self.config.link.step_limit_s))

    def installed(self) -> list[Any]:
        """The current models."""
        return [] if self.deployments is None else self.deployments.installed


class Outcome:
    """The outcome of a call: its response, or an error.

    again: whether a retry may succeed; accepted_perhaps: whether the service may have accepted the
    call in spite of the error
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
    """The number that a file holds twice, or 0: a flipped bit must not count as a time."""
    try:
        first, second = read_file(path, 40).split()
        return float(int(first)) if first == second else 0.0
    except (OSError, ValueError):
        return 0.0


def _is_filled(folder: str) -> bool:
    try:
        return bool(os.listdir(folder))
    except OSError as error:
        return isinstance(error, PermissionError)
