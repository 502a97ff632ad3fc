"""The agent: it waits until the device is registered, reports its health and updates its models.

    agent = edgemote.Agent.from_config("/etc/edgemote.toml")

    @agent.on_deploy
    def load(handle, path): ...

    agent.metric("QueueDepth", lambda: len(queue))
    agent.run()

It has no threads, and never waits for anything but the current call: its work is split into the
jobs in `jobs`, and each step does the first one that is due.
"""

from __future__ import annotations

import gc
import os
import sys
import time
from typing import TYPE_CHECKING

from aws.errors import ValidationError
from edgemote.agent.core import STATE_FILES, Core
from edgemote.agent.heartbeat import HeartbeatBuilder
from edgemote.agent.jobs import JOBS
from edgemote.agent.limits import LOCK_PAUSE_S
from edgemote.agent.lock import FolderLock
from edgemote.agent.log import Log, explain, is_interrupt, occupy_descriptors
from edgemote.agent.pacing import AT_ONCE, BOOT_S, NEVER
from edgemote.clock import Clock
from edgemote.errors import EdgemoteError, StateLockedError
from edgemote.retry import draw_fraction

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from edgemote.agent.config import Config
    from edgemote.agent.data_budget import DataBudget
    from edgemote.agent.deployments import Deployments
    from edgemote.agent.deployments.hooks import Hook
    from edgemote.agent.heartbeat import ModelMetrics
    from edgemote.agent.services import Services
    from edgemote.agent.spool import Spool
    from edgemote.agent.status import Status

# Waiting does not count the time in which the board is suspended, but the agent's clock does, so it
# is read at least this often.
_WAIT_LIMIT_S = 60.0
# The longest pause of a download that `--once` waits for.
_ONCE_WAIT_S = 60.0


class Agent:
    """One device of one fleet.

    Args:
        config: returned by `edgemote.agent.config.load`
        clock, log: to share with the rest of a script; by default the agent's own
        exclusive: False to only inspect the device beside a running agent: without locks or steps

    Raises ConfigError, CredentialsError and EndpointError if the configuration cannot work, and
    StateLockedError if another agent uses the same folders.
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
        self._functions: dict[str, Hook] = {}
        self._beats = HeartbeatBuilder(self.clock, self.log, self._capture)
        self.core: Core
        self._lock = FolderLock(self.log)
        self._exclusive = exclusive
        self._began = False
        self.patience: Callable[[float], None] = lambda limit_s: None
        """called with the time that the next piece of work may take"""
        self.path: str | None = None
        """the file that SIGHUP reads again, if there is one"""
        self.configure(config)

    @classmethod
    def from_config(cls, path: str) -> Agent:
        """An agent with the configuration of a file: TOML, or the JSON of the retired agent.

        Raises ConfigError with a line for each problem.
        """
        from edgemote.agent.config import load

        agent = cls(load(path))
        agent.path = path
        return agent

    def configure(self, config: Config) -> None:
        """Start again with this configuration; hooks, metrics and files on disk are kept.

        Raises what the constructor raises, and in that case changes nothing.
        """
        state, models = config.folders.state, config.folders.models
        folders = [state] if models.startswith(os.path.join(state, "")) else [state, models]
        mine = self._lock.held
        if self._exclusive:
            self._lock.take(folders)
        before = getattr(self, "core", None)
        try:
            if before is not None and mine:
                # This writes the exact count, with which the next one starts.
                before.budget.close()
            core = Core(
                config,
                clock=self.clock,
                log=self.log,
                jobs=JOBS,
                beats=self._beats,
                hooks=self._functions,
                patience=self._have_patience,
                may_write=self._lock.check if self._exclusive else None,
                is_ours=lambda: self._lock.held,
            )
        except BaseException:
            kept = before.config.folders if before is not None else None
            self._lock.keep([kept.state, kept.models] if kept else [])
            raise
        if before is not None:
            self._close(before, mine)
            core.last_beat_s = before.last_beat_s
        self._lock.keep(folders)
        if self._owns_log:
            self.log.set_level(config.log.level)
        # Freeing what imports and an earlier Core left behind lowers the peak by 24 to 44 KiB.
        gc.collect()
        for warning in config.warnings:
            self.log.warning(warning)
        self.core = core
        core.begin(self._exclusive)
        core.due["register"] = AT_ONCE
        now = self.clock.steady()
        if before is None and now < BOOT_S and config.heartbeat.jitter:
            core.boots = True
            core.due["register"] = now + draw_fraction() * config.heartbeat.period_s

    @property
    def config(self) -> Config:
        """The current configuration."""
        return self.core.config

    # For the firmware script --------------------------------------------------------------------

    def on_deploy(self, hook: Hook) -> Hook:
        """Decorate the function that loads a new model, called with its handle and its file's path.

        It refuses the model by returning False or by an exception, whose text becomes the reason. A
        function that takes longer than deployments.hook_limit_s is interrupted, which also refuses
        the model. It is called with the old model's path if a deployment is rolled back, and again
        for the same model if the power failed in between.
        """
        return self._hook("on_deploy", hook)

    def on_undeploy(self, hook: Hook) -> Hook:
        """Decorate the function that unloads a model before it is removed; like on_deploy."""
        return self._hook("on_undeploy", hook)

    def _hook(self, name: str, hook: Hook) -> Hook:
        if not callable(hook):
            raise ValidationError(f"{name}: expected a function, got {type(hook).__name__}")
        self._functions[name] = hook
        self.core.set_hook(name, hook)
        return hook

    def metric(
        self, name: str, value: float | Callable[[], float], *, dimension: str = "app"
    ) -> None:
        """Add a metric to every heartbeat: a number, until another is set, or a function.

        name: 4 to 100 characters. A function is called for each heartbeat; if it fails, or takes
        longer than limits.METRIC_S in the main thread, that heartbeat lacks this metric. Raises
        ValidationError for what the API would reject.
        """
        self._beats.metric(name, value, dimension)

    def model(self, handle: str) -> ModelMetrics:
        """The model with this handle as heartbeats report it, which records samples, inferences
        and metrics of its own. Raises ValidationError for an invalid handle.
        """
        return self._beats.model(handle)

    def beat_soon(self) -> None:
        """Send a heartbeat in the next step, unless the device is not registered."""
        due = self.core.due
        if due["beat"] != NEVER:
            due["beat"] = AT_ONCE
        elif self.core.registered is None:
            due["register"] = AT_ONCE  # after which the first heartbeat is sent

    def step(self, now: float | None = None) -> float:
        """Do the first job that is due; return the seconds until the next one is due, 0.0 or more.

        now: the value of clock.steady(), for tests. The board may be suspended between steps:
        late steps lose nothing but time. A step waits at most link.step_limit_s for the network
        (name resolution aside), and at most deployments.hook_limit_s for a hook. It does not raise:
        failures are logged, and the job is tried again.
        """
        given_s, now = now, self.clock.steady() if now is None else now
        if not self._has_folders():
            return LOCK_PAUSE_S
        core = self.core
        due = core.due
        window = core.window
        # The one that has waited longest: a job that keeps failing must not starve the others.
        name = min(due, key=due.__getitem__)
        name, at_s = (name, due[name]) if window is None else window.choose(now, core.troubles)
        if at_s <= now:
            core.services.deadline.at_s = time.monotonic() + core.config.link.step_limit_s
            due[name], due_s = NEVER, now
            if window is not None:
                window.note_begun(name, now)
            try:
                due_s = JOBS[name](core, now)
                if core.surprises:
                    core.surprises.pop(name, None)
            except BaseException as error:  # a device in the field must carry on
                if is_interrupt(error):
                    raise
                self.log.error(f"{name}: unexpected {_locate(error)}")
                due_s = now + core.pause_surprised_s(name)
            finally:
                core.make_due(name, due_s)
        now = self.clock.steady() if given_s is None else now
        next_s = min(due.values()) if window is None else window.choose(now, core.troubles)[1]
        if next_s - now > core.config.link.kept_idle_s:
            # No job would use the connections in time, and closing them later would wake the radio.
            core.services.close()
        return max(0.0, next_s - now)

    def run(self, asked: set[int] | None = None, *, reaps: bool = False) -> int:
        """Run until SIGTERM or SIGINT, then return the exit status of the process.

        Either ends it after the current step, whose time is bounded. SIGHUP reads the configuration
        file again, and keeps the old configuration if the new one is wrong; SIGUSR1 sends a
        heartbeat. Call it in the main thread: signals can only be handled there.

        asked: signals that have already arrived. reaps: whether all orphans of the machine become
        this process's children, and it has no other children than the agent's.
        """
        from edgemote.agent.signals import BEAT, ENDS, RELOAD, Signals
        from edgemote.agent.systemd import Notifier

        asked = set() if asked is None else asked
        systemd = Notifier(os.environ)
        self.patience = systemd.expect
        signals = Signals(asked, systemd.extend)
        shown = FolderLock(self.log)
        try:
            systemd.expect(self.config.link.step_limit_s)
            systemd.ready(self._summarize())
            while not asked & ENDS:
                for number in asked - ENDS:
                    asked.discard(number)  # before it is handled: another may arrive meanwhile
                    if number == RELOAD:
                        systemd.reloading()
                        self._reload()
                        systemd.expect(self.config.link.step_limit_s)
                        systemd.ready(self._summarize())
                    elif number == BEAT:
                        self.beat_soon()
                delay_s = self.step()
                systemd.status(self._summarize())
                systemd.keepalive()
                self._show(shown)
                if reaps:
                    _reap()
                signals.wait(min(delay_s, systemd.keepalive_s, _WAIT_LIMIT_S))
            systemd.stopping()
        finally:
            signals.close()
            shown.close()
            self.close()
        self.log.info("stopped")
        return 0

    def run_once(self, asked: set[int] | None = None) -> bool:
        """Register, send one heartbeat and the stored ones, and carry out and report deployments;
        return whether all of this could be done. SIGTERM or SIGINT ends it after the current step.
        """
        from edgemote.agent.signals import ENDS, Signals

        asked = set() if asked is None else asked
        signals = Signals(asked)
        self.core.hurries = True
        try:
            enabled = self.config.deployments.enabled
            for name in ("register", "beat", "drain", *(("poll",) if enabled else ())):
                self._make_due(name)
                while self.core.due[name] <= self.clock.steady():
                    if asked & ENDS:
                        return False
                    self.step()
                if name == "register" and self.core.registered is None:
                    continue  # the heartbeat is stored
                if self.core.troubles or not self.core.registered:
                    return False
            rest = ("deploy", "report", *(("state",) if self.core.cloud.state_bytes else ()))
            if self.core.captures is not None:
                self.core.captures.begin_round()
                rest += ("capture",)
            self._make_due(*rest)
            while (due := min(map(self.core.due.__getitem__, rest))) != NEVER:
                wait_s = due - self.clock.steady()
                if asked & ENDS or self.core.troubles or wait_s > _ONCE_WAIT_S:
                    return False  # the journal tells how to continue later
                signals.wait(wait_s)
                self.step()
            return not (self.core.troubles or self.core.spool.depth)
        finally:
            signals.close()
            self.close()

    def _make_due(self, *names: str) -> None:
        """Make these jobs due, and no others."""
        due = self.core.due
        due.update({name: AT_ONCE if name in names else NEVER for name in due})

    def _show(self, lock: FolderLock) -> None:
        """Write what `--status` reads, if there is a folder in memory for it that no other agent
        uses.
        """
        folders = self.config.folders
        if os.path.isdir(folders.run):
            from edgemote.agent import status

            try:
                if folders.run not in (folders.state, folders.models):  # which are locked already
                    lock.take([folders.run])
                    lock.keep([folders.run])
                status.write(folders.run, self.status())
            except (StateLockedError, OSError) as error:
                self.log.warning(f"status: {error}")

    def _summarize(self) -> str:
        """The line that systemctl shows."""
        core = self.core
        if core.troubles:
            what, trouble = next(iter(core.troubles.items()))
            return f"{what}: {trouble}"
        if core.registered is None:
            return "starting"
        return "reporting" if core.registered else "waiting to be registered"

    def _reload(self) -> None:
        from edgemote.agent.config import load

        if self.path is None:
            self.log.warning(
                "SIGHUP is ignored: this agent was not started from a configuration file"
            )
            return
        try:
            self.configure(load(self.path))
        except (EdgemoteError, ValueError, OSError) as error:
            self.log.error(f"keeping the old configuration: {error}")
        else:
            self.log.info(f"configuration reloaded from {self.path}")

    def _capture(self, *sample: Any) -> bool:
        return self.core.load_captures().add(*sample)

    def _have_patience(self, limit_s: float) -> None:
        self.patience(limit_s)

    def status(self) -> Status:
        """The current status, as `--status` shows it."""
        return self.core.status()

    def close(self) -> None:
        """Close connections and files; does not raise. What had to be stored is stored already."""
        self._close(self.core, self._lock.check())
        self._lock.close()

    def _close(self, core: Core, mine: bool) -> None:
        # Without the locks, files and hooks belong to another process, as in a forked child.
        files = (core.budget, core.spool, core.deployments, core.captures) if mine else ()
        for one in (core.services, *files):
            self._close_one(one)

    def _close_one(self, one: Services | DataBudget | Spool | Deployments | None) -> None:
        try:
            if one is not None:
                one.close()
        except Exception as error:  # a failing disk must not keep the others open
            self.log.error(f"closing: {_locate(error)}")

    def _has_folders(self) -> bool:
        """Whether this agent holds the folders as they are now; does not raise."""
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
        """Write the state into a folder that was deleted and created again; read the state from a
        folder that took its place, such as a disk that was mounted late.
        """
        self._lock.replaced = False
        state = self.config.folders.state
        if any(os.path.exists(os.path.join(state, name)) for name in STATE_FILES):
            self.core.spool.close()
            dropped = self.core.spool.dropped
            self._lock.close()  # so that nothing overwrites what is there
            self._resume()
            self.core.spool.note_dropped(max(0, dropped - self.core.spool.dropped))
            return
        self.core.budget.save()
        if self.core.captures is not None:
            self.core.captures.folder.reload()
        if self.core.deployments is not None:
            self.core.deployments.save()

    def _resume(self) -> bool:
        """Start again after the locks were released: after close, and in a forked child, which may
        continue as soon as its parent has ended.
        """
        if self._lock.held or not self._exclusive:
            return False
        try:
            self.configure(self.config)
        except (EdgemoteError, ValueError) as error:
            self.log.error(error)
            return False
        return True


def _reap() -> None:
    """Reap orphans that have ended, which hooks leave to the first process."""
    hooks = sys.modules.get("edgemote.agent.deployments.hooks")
    own = hooks.RUNNING if hooks else ()
    try:
        while (
            ended := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        ) and ended.si_pid not in own:  # that one is waited for in the next step
            os.waitpid(ended.si_pid, 0)
    except ChildProcessError:
        return


def _locate(error: BaseException) -> str:
    """An error's text with the line that raised it."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = "" if trace is None else f" ({trace.tb_frame.f_code.co_filename}:{trace.tb_lineno})"
    return explain(error) + place
