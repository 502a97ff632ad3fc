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
from .log import Log
from .meter import Meter
from .pauses import Pauses
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
_ERRORS = (ServiceError, EdgemoteError, EndpointError, ValidationError)


class Agent:
    """One device of one fleet.

    Args:
        config: what `edgemote.config.load` read
        clock, log: to share with the rest of a script; their own by default

    Raises ConfigError, CredentialsError and EndpointError where the configuration cannot work.
    """

    def __init__(
        self, config: Config, *, clock: Clock | None = None, log: Log | None = None
    ) -> None:
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
        self.meter: Meter
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
        state = config.folders.state
        if self._services is not None:
            # It writes what was used to the byte; the next one begins there.
            self.meter.close()
        meter = Meter(
            os.path.join(state, "meter.json"),
            day_limit_bytes=config.link.day_limit_bytes,
            rate_limit_bytes_per_s=config.link.rate_limit_bytes_per_s,
            log=self.log,
        )
        services = Services(config, self.clock, meter)
        if self._services is not None:
            self.close()
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
        # What fails now, by the name of its job, in words; and what kind of failure that is.
        self.troubles: dict[str, str] = {}
        self._kinds: dict[str, str] = {}
        self.deployments = None
        models = config.folders.models
        if os.path.exists(os.path.join(state, "deployment.json")) or os.path.isdir(models):
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
        self._functions[name] = hook
        if self._hooks is not None:
            setattr(self._hooks, name, hook)
        return hook

    def metric(
        self, name: str, value: float | Callable[[], float], *, dimension: str = "app"
    ) -> None:
        """Add a metric to every heartbeat: a number, until another is set, or a function.

        name: 4 to 100 characters. A function is called for each heartbeat; where it fails, that
        heartbeat lacks this metric. Raises ValidationError for what the API would refuse.
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
        """Do the first job that is due, and return when the next one is.

        now: seconds that never jump, clock.steady() by default; the answer is in the same ones, and
        never before now. A step waits for the network no longer than link.step_limit_s (name
        resolution aside), and for a hook no longer than deployments.hook_limit_s. It does not
        raise: what goes wrong is logged and tried again.
        """
        if now is None:
            now = self.clock.steady()
        # The one that has waited longest: a job that fails again and again must not starve others.
        name = min(self.due, key=self.due.__getitem__)
        if self.due[name] <= now:
            assert self._services is not None
            self._services.deadline.at_s = time.monotonic() + self.config.link.step_limit_s
            self.due[name], due = NEVER, now
            try:
                due = JOBS[name](self, now)
            except Exception as error:  # a device in the field goes on
                self.log.error(f"{name}: unexpected {_locate(error)}")
                due = now + self.pauses[name].next_s()
            finally:
                self.due[name] = min(self.due[name], due)
        return max(now, min(self.due.values()))

    def run(self) -> int:
        """Work until SIGTERM or SIGINT, then return the exit status of the process. SIGHUP reads
        the configuration again, SIGUSR1 sends a heartbeat. In the main thread alone: only there can
        signals be handled.
        """
        from .loop import run

        return run(self)

    def close(self) -> None:
        """Close connections and files. What was promised to be kept is kept already."""
        if self._services is not None:
            self._services.close()
        self.meter.close()
        self.spool.close()
        if self.deployments is not None:
            self.deployments.close()

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
            # Nothing else proves that the time is right, and so what is too old.
            self.spool.expire(self.last_beat_s, self.clock.steady())
        elif not outcome.again:
            self.spool.note_dropped()
            self.doubt_registration(outcome)
        return outcome

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


def _locate(error: Exception) -> str:
    """An error with the line that raised it."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = "" if trace is None else f" ({trace.tb_frame.f_code.co_filename}:{trace.tb_lineno})"
    return f"{type(error).__name__}: {error}{place}"
