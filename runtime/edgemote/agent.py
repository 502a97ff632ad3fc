"""The agent: it registers the device, reports how it is, and keeps its models up to date.

    agent = edgemote.Agent.from_config("/etc/edgemote.toml")

    @agent.on_deploy
    def load(handle, path): ...

    agent.metric("QueueDepth", lambda: len(queue))
    agent.run()

It has no threads, and waits for nothing but the exchange in hand: what it does are the jobs in
`jobs`, and a step does the first one that is due.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from aws.errors import EndpointError, ServiceError, ValidationError

from .beats import Beats
from .clock import Clock
from .errors import ConnectError, EdgemoteError, TimeLearntError, TransportError
from .jobs import AT_ONCE, FIRST_PAUSE_S, JOBS, LONGEST_PAUSE_PERIODS, LONGEST_PAUSE_S, NEVER
from .limits import BEAT_REFUSALS, LOCK_PAUSE_S
from .lock import FolderLock
from .log import Log, explain, is_interrupt, occupy_descriptors
from .meter import Meter
from .pauses import Pauses
from .retry import THROTTLED_CODES
from .services import Services
from .spool import Spool

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from aws.sagemaker_edge import DeploymentResult, SagemakerEdgeManager

    from .beats import Model
    from .config import Config
    from .deployments import Deployments
    from .deployments.hooks import Hook, Hooks
    from .status import Status

    Beat = dict[str, Any]

# What a service will not take at any other time either.
_FINAL_CODES = frozenset(("ValidationException", "SerializationException"))
_TOO_LARGE = 413
# In the folder of the state: POSIX seconds of an accepted signed call, written once a day.
_PROVEN_FILE, _KEEP_PROVEN_S = "time", 86_400.0
_STATE_FILES = ("deployment.json", "meter.json")
_ERRORS = (ServiceError, EdgemoteError, EndpointError, ValidationError)


class Agent:
    """One device of one fleet.

    Args:
        config: what `edgemote.config.load` read
        clock, log: to share with the rest of a script; their own by default
        exclusive: False for one that only looks, beside another: it takes no lock, and no step

    Raises ConfigError, CredentialsError and EndpointError where the configuration cannot work, and
    StateLockedError where another agent works in the same folders.
    """

    def __init__(
        self,
        config: Config,
        *,
        clock: Clock | None = None,
        log: Log | None = None,
        exclusive: bool = True,
    ) -> None:
        occupy_descriptors()
        self.clock = clock or Clock()
        self.log = log or Log(config.log.level)
        self._owns_log = log is None
        self.due = dict.fromkeys(JOBS, NEVER)
        self.last_beat_s: float | None = None
        self.deployments: Deployments | None = None
        self._functions: dict[str, Hook] = {}
        self._hooks: Hooks | None = None
        self._beats = Beats(self.clock, self.log)
        self._services: Services | None = None
        self._lock = FolderLock(self.log)
        self._exclusive = exclusive
        self.config: Config
        self.meter: Meter
        self.patience: Callable[[float], None] = lambda limit_s: None
        """told how long the piece of work may take that begins"""
        self.path: str | None = None
        """the file that SIGHUP reads again, where there is one"""
        self.configure(config)

    @classmethod
    def from_config(cls, path: str) -> Agent:
        """An agent as a file describes it: TOML, or the JSON of the retired agent.

        Raises ConfigError with a line for each thing that is wrong.
        """
        from .config import load

        agent = cls(load(path))
        agent.path = path
        return agent

    def configure(self, config: Config) -> None:
        """Begin anew with this configuration; hooks, metrics and what is kept on disk stay.

        Raises as the constructor does, and changes nothing then.
        """
        state, models = config.folders.state, config.folders.models
        folders = [state] if models.startswith(os.path.join(state, "")) else [state, models]
        mine = self._lock.held
        if self._exclusive:
            self._lock.take(folders)
        try:
            meter, services = self._open(config, mine)
        except BaseException:
            before = self.config.folders if self._services is not None else None
            self._lock.keep([before.state, before.models] if before else [])
            raise
        if self._services is not None:
            self._close(mine)
        self._lock.keep(folders)
        self.clock.recall(_read_seconds(os.path.join(state, _PROVEN_FILE)))
        self._keep_proven_s = 0.0  # from when on the time is to be kept again
        if self._owns_log:
            self.log.set_level(config.log.level)
        for warning in config.warnings:
            self.log.warning(warning)
        self.config = config
        self.meter = meter
        self._services = services
        self.spool = Spool(
            os.path.join(state, "spool.db"),
            limit_bytes=config.spool.limit_bytes,
            limit_age_s=config.spool.limit_age_s,
            log=self.log,
            may_write=self._lock.check if self._exclusive else None,
        )
        self._beats.configure(config, self.spool)
        period_s = config.heartbeat.period_s
        first_s = min(FIRST_PAUSE_S, period_s)
        longest_s = min(LONGEST_PAUSE_S, period_s * LONGEST_PAUSE_PERIODS)
        self.pauses = {name: Pauses(first_s, longest_s) for name in JOBS}
        self.unregistered = Pauses(config.registration.pause_s, config.registration.pause_limit_s)
        # Not known: neither yes nor no.
        self.registered: bool | None = None
        # Whether the service has answered anything, so that the time is right, too.
        self.reached = False
        self.accepted = 0  # calls
        self.listed = False  # deployments, since anything else of them was done
        # The kept beat, and the result, refused last, how often, and what had been accepted then.
        self._refused: dict[str, tuple[int | str, int, int]] = {}
        # What fails now, by the name of its job, in words; and what kind of failure that is.
        self.troubles: dict[str, str] = {}
        self._kinds: dict[str, str] = {}
        self.deployments = None
        # Without a journal, models may be there that a factory has installed, or one that was lost.
        wanted = os.path.exists(os.path.join(state, "deployment.json")) or _is_filled(models)
        if self._exclusive and wanted:
            try:
                self.load_deployments()
            except OSError as error:  # a poll will try again
                self.log.error(f"deployments: cannot read their journal in {state}: {error}")
        self.due = dict.fromkeys(JOBS, NEVER)
        self.due["register"] = AT_ONCE

    # For the firmware script --------------------------------------------------------------------

    def on_deploy(self, hook: Hook) -> Hook:
        """Decorate the function that takes a new model, called with its handle and its file's path.

        It refuses the model by returning False, or by an exception, whose text becomes the reason;
        one that takes longer than deployments.hook_limit_s is interrupted, which refuses it too. It
        is called with the old model's path where a deployment is rolled back, and again for the
        same model where the power failed in between.
        """
        return self._hook("on_deploy", hook)

    def on_undeploy(self, hook: Hook) -> Hook:
        """Decorate the function that lets go of a model before it is removed; as on_deploy."""
        return self._hook("on_undeploy", hook)

    def _hook(self, name: str, hook: Hook) -> Hook:
        if not callable(hook):
            raise ValidationError(f"{name}: expected a function, got {type(hook).__name__}")
        self._functions[name] = hook
        if self._hooks is not None:
            setattr(self._hooks, name, hook)
        return hook

    def metric(
        self, name: str, value: float | Callable[[], float], *, dimension: str = "app"
    ) -> None:
        """Add a metric to every heartbeat: a number, until another is set, or a function.

        name: 4 to 100 characters. A function is called for each heartbeat; where it fails, or takes
        longer than limits.METRIC_S in the main thread, that heartbeat lacks this metric. Raises
        ValidationError for what the API would refuse.
        """
        self._beats.metric(name, value, dimension)

    def model(self, handle: str) -> Model:
        """The model with this handle as heartbeats report it: tell it of samples, of inferences and
        of metrics of its own. Raises ValidationError for what is no handle.
        """
        return self._beats.model(handle)

    def beat_soon(self) -> None:
        """Send the next heartbeat at the next step, unless the device is not registered."""
        if self.due["beat"] != NEVER:
            self.due["beat"] = AT_ONCE

    def step(self, now: float | None = None) -> float:
        """Do the first job that is due, and return the seconds until the next one is, 0.0 or more.

        now: what clock.steady() says, for tests. The board may sleep meanwhile: where steps come
        late, nothing is lost but time. A step waits for the network no longer than
        link.step_limit_s (name resolution aside), and for a hook no longer than
        deployments.hook_limit_s. It does not raise: what goes wrong is logged and tried again.
        """
        given_s, now = now, self.clock.steady() if now is None else now
        if not self._has_folders():
            return LOCK_PAUSE_S
        # The one that has waited longest: a job that fails again and again must not starve others.
        name = min(self.due, key=self.due.__getitem__)
        if self.due[name] <= now:
            assert self._services is not None
            self._services.deadline.at_s = time.monotonic() + self.config.link.step_limit_s
            self.due[name], due = NEVER, now
            try:
                due = JOBS[name](self, now)
            except BaseException as error:  # a device in the field goes on
                if is_interrupt(error):
                    raise
                self.log.error(f"{name}: unexpected {_locate(error)}")
                due = now + self.pauses[name].next_s()
            finally:
                self.due[name] = min(self.due[name], due)
        return max(0.0, min(self.due.values()) - (self.clock.steady() if given_s is None else now))

    def run(self) -> int:
        """Work until SIGTERM or SIGINT, then return the exit status of the process. SIGHUP reads
        the configuration again, SIGUSR1 sends a heartbeat. In the main thread alone: only there can
        signals be handled.
        """
        from .loop import run

        return run(self)

    def close(self) -> None:
        """Close connections and files; does not raise. What was promised to be kept is kept
        already.
        """
        self._close(self._lock.check())
        self._lock.close()

    def _close(self, mine: bool) -> None:
        # Where the locks are not held, files and hooks are another's, as in a forked child.
        files = (self.meter, self.spool, self.deployments) if mine else ()
        for one in (self._services, *files):
            self._close_one(one)

    def _close_one(self, one: Services | Meter | Spool | Deployments | None) -> None:
        try:
            if one is not None:
                one.close()
        except Exception as error:  # a disk that refuses must not keep the others open
            self.log.error(f"closing: {_locate(error)}")

    def _open(self, config: Config, mine: bool) -> tuple[Meter, Services]:
        if mine:
            # It writes what was used to the byte; the next one begins there.
            self.meter.close()
        meter = Meter(
            os.path.join(config.folders.state, "meter.json"),
            day_limit_bytes=config.link.day_limit_bytes,
            rate_limit_bytes_per_s=config.link.rate_limit_bytes_per_s,
            log=self.log,
        )
        return meter, Services(config, self.clock, meter)

    def _has_folders(self) -> bool:
        """Whether the folders are ours, as they are now; does not raise."""
        try:
            if not (self._lock.check() or self._resume()):
                return False
            if self._lock.replaced:
                self._follow_folder()
        except Exception as error:
            self.log.error(f"folders: unexpected {_locate(error)}")
            return False
        return True

    def _follow_folder(self) -> None:
        """Write what is known to a state folder that was deleted and is new; read what is in one
        that took its place, such as a disk that was mounted late.
        """
        self._lock.replaced = False
        state = self.config.folders.state
        if any(os.path.exists(os.path.join(state, name)) for name in _STATE_FILES):
            self.spool.close()
            dropped = self.spool.dropped
            self._lock.close()  # so that nothing that is known overwrites what is there
            self._resume()
            self.spool.note_dropped(max(0, dropped - self.spool.dropped))
            return
        self.meter.save()
        if self.deployments is not None:
            self.deployments.save()

    def _resume(self) -> bool:
        """Begin anew where the locks were let go: after close, and in a forked child, which may go
        on as soon as its parent has ended.
        """
        if self._lock.held or not self._exclusive:
            return False
        try:
            self.configure(self.config)
        except (EdgemoteError, ValueError) as error:
            self.log.error(error)
            return False
        return True

    # For the jobs -------------------------------------------------------------------------------

    @property
    def edge(self) -> SagemakerEdgeManager:
        assert self._services is not None
        return self._services.edge

    def describe(self) -> str:
        return f"device {self.config.device.name} of fleet {self.config.device.fleet}"

    def prove_credentials(self) -> None:
        """Raise CredentialsError or TransportError where there are none to sign with."""
        assert self._services is not None
        try:
            self._services.provider.get(self.clock.now())
        except TimeLearntError:
            self._services.provider.get(self.clock.now())

    def status(self) -> Status:
        """What it knows, for `--status`."""
        from .status import Status

        work, device = self.deployments, self.config.device
        return Status(
            pid=os.getpid(),
            written_s=self.clock.now(),
            device=device.name,
            fleet=device.fleet,
            registered=self.registered,
            time_learnt=self.clock.learnt,
            last_beat_s=self.last_beat_s,
            kept=self.spool.depth,
            kept_bytes=self.spool.size_bytes,
            dropped=self.spool.dropped,
            day_used_bytes=self.meter.used_bytes,
            day_limit_bytes=self.config.link.day_limit_bytes,
            deployments={} if work is None else work.status,
            troubles=self.troubles,
        )

    def exchange(self, what: str, call: Callable[..., Any], **members: Any) -> Outcome:
        """Call an operation, with the device's names. Never raises what services and links do."""
        device = self.config.device
        try:
            answer = call(DeviceName=device.name, DeviceFleetName=device.fleet, **members)
        except _ERRORS as error:
            self.reached = self.reached or isinstance(error, ServiceError)
            self._note_trouble(what, error)
            return Outcome(None, error)
        self.reached = True
        self.accepted += 1
        if self.spool.depth:
            # Nothing else proves that the time is right, and so what is too old.
            self.spool.expire(self.clock.now(), self.clock.steady())
        self.pauses[what].reset()
        if self.settle(what):
            self.log.info(f"{what}: works again")
        return Outcome(answer)

    def settle(self, what: str) -> bool:
        """Nothing is wrong with this any more; whether something was."""
        self._kinds.pop(what, None)
        return self.troubles.pop(what, None) is not None

    def _note_trouble(self, what: str, error: Exception) -> None:
        # What changes is logged: a link that is down for a week is a line, not a thousand. The text
        # has times and the service's request numbers in it, which always change.
        kind = error.code if isinstance(error, ServiceError) else type(error).__name__
        log = self.log.debug if self._kinds.get(what) == kind else self.log.warning
        self._kinds[what] = kind
        self.troubles[what] = str(error)
        log(f"{what}: {error}")

    def make_beat(self) -> Beat:
        return self._beats.make(self._installed())

    def make_report(self, result: DeploymentResult) -> Beat:
        return self._beats.make_report(result, self._installed())

    def restore_beat(self, at_s: float, kept: bytes) -> Beat:
        return self._beats.restore(at_s, kept)

    def send(self, beat: Beat) -> Outcome:
        """Send a heartbeat; one that will never be taken counts as dropped."""
        outcome = self.exchange("beat", self.edge.send_heartbeat, **beat)
        if outcome.error is None:
            self.last_beat_s = self.clock.now()
            if self.last_beat_s >= self._keep_proven_s:
                self._keep_time(self.last_beat_s)
        elif not outcome.again:
            self.spool.note_dropped()
            self.doubt_registration(outcome)
        return outcome

    def _keep_time(self, now_s: float) -> None:
        """Keep the time that a signed call has proven, for the next start: see edgemote.dates."""
        state = self.config.folders.state
        self._keep_proven_s = now_s + _KEEP_PROVEN_S
        # Not what the clock says: a client may have been heard by a clock of its own.
        proven_s = self.clock.proven_s()
        if proven_s is not None and os.path.isdir(state):
            from .durable import replace_file

            try:
                replace_file(os.path.join(state, _PROVEN_FILE), b"%d %d" % (proven_s, proven_s))
            except OSError as error:
                self.log.warning(f"time: cannot be kept in {state}: {error.strerror}")

    def is_poison(self, what: str, number: int | str, outcome: Outcome) -> bool:
        """Whether this kept heartbeat, or this result, alone is refused, again and again, while
        other calls are accepted. Where the service refuses everything, or asks for less, none is.
        """
        error = outcome.error
        if not isinstance(error, ServiceError) or error.code in THROTTLED_CODES:
            return False
        known, times, accepted = self._refused.get(what, (0, 0, 0))
        if number != known:
            times = 0
        elif self.accepted == accepted:
            self.doubt_registration(outcome)  # a call to compare with
            return False
        self._refused[what] = number, times + 1, self.accepted
        if times + 1 < BEAT_REFUSALS:
            return False
        self._refused.pop(what)
        self.log.error(f"{what} is passed over, refused {times + 1} times: {error}")
        return True

    def doubt_registration(self, outcome: Outcome) -> None:
        """Ask again where a service refuses for good: so it also says that the device is not
        registered any more.
        """
        if isinstance(outcome.error, ServiceError):
            self.due["register"] = AT_ONCE

    def keep(self, beat: Beat) -> bool:
        """Keep a heartbeat on disk until it can be sent; whether that could be done."""
        now_s = self.clock.now()
        return self.spool.add(self._beats.encode(beat, now_s), now_s, self.clock.steady())

    def load_deployments(self) -> Deployments:
        """The machine of deployments, made when there first is one."""
        if self.deployments is None:
            from .deployments import Deployments
            from .deployments.hooks import Hooks

            assert self._services is not None
            wanted = self.config.deployments
            self._hooks = Hooks(
                **self._functions,
                deploy_command=wanted.deploy_command or (),
                undeploy_command=wanted.undeploy_command or (),
                limit_s=wanted.hook_limit_s,
                patience=self._have_patience,
            )
            self.deployments = Deployments(
                self.config.folders.state,
                self.config.folders.models,
                open_s3=self._services.open_s3,
                meter=self.meter,
                log=self.log,
                hooks=self._hooks,
                keep_versions=wanted.keep_versions,
                reserve_bytes=wanted.reserve_bytes,
                attempt_limit=wanted.attempt_limit,
            )
        return self.deployments

    def _have_patience(self, limit_s: float) -> None:
        self.patience(max(limit_s, self.config.link.step_limit_s))

    def _installed(self) -> list[Any]:
        return [] if self.deployments is None else self.deployments.installed


class Outcome:
    """What became of an exchange: an answer, or an error.

    again: whether it is worth another try. accepted_perhaps: whether the service may have done it
    all the same.
    """

    __slots__ = ("accepted_perhaps", "again", "answer", "error")

    def __init__(self, answer: Any, error: Exception | None = None) -> None:
        self.answer = answer
        self.error = error
        final = isinstance(error, ValidationError)
        accepted_perhaps = isinstance(error, TransportError) and not isinstance(error, ConnectError)
        if isinstance(error, ServiceError):
            final = error.code in _FINAL_CODES or error.status == _TOO_LARGE
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
    except OSError:
        return False


def _locate(error: BaseException) -> str:
    """An error with the line that raised it."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = "" if trace is None else f" ({trace.tb_frame.f_code.co_filename}:{trace.tb_lineno})"
    return explain(error) + place
