"""An agent as a process of its own: signals, systemd, and the waiting between steps."""

from __future__ import annotations

import os
import select
import signal
import sys
from typing import TYPE_CHECKING

from edgemote.agent.jobs import AT_ONCE, NEVER
from edgemote.agent.lock import FolderLock
from edgemote.agent.systemd import Notifier
from edgemote.errors import EdgemoteError, StateLockedError

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from edgemote.agent.agent import Agent

_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1)
_ENDS = frozenset((signal.SIGTERM, signal.SIGINT))
# What waits does not count the time that the board sleeps, the agent's clock does: it is looked at
# so often.
_WAIT_LIMIT_S = 60.0
# The longest pause of a download that `--once` waits for.
_ONCE_WAIT_S = 60.0


class Signals:
    """Notes the signals that come, from when it is made to `close`, and ends a wait for them.

    asked: where they are noted; it may have some that came before.
    """

    def __init__(self, asked: set[int], on_end: Callable[[], None] | None = None) -> None:
        def note(number: int, frame: FrameType | None) -> None:
            asked.add(number)
            if number in _ENDS and on_end is not None:
                on_end()

        # A signal between the look at `asked` and the wait would go unheard without this pipe.
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._reader, False)
        os.set_blocking(self._writer, False)
        self._before_fd = signal.set_wakeup_fd(self._writer, warn_on_full_buffer=False)
        self._before = {number: signal.signal(number, note) for number in _SIGNALS}
        self._woken = select.poll()
        self._woken.register(self._reader, select.POLLIN)

    def wait(self, wait_s: float) -> None:
        """Wait so long, or until a signal comes."""
        if wait_s > 0 and self._woken.poll(wait_s * 1000):
            os.read(self._reader, 512)

    def close(self) -> None:
        """Put back what was before."""
        for number, handler in self._before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._before_fd)
        os.close(self._reader)
        os.close(self._writer)


def run(agent: Agent, asked: set[int] | None = None, *, reaps: bool = False) -> int:
    """Step until SIGTERM or SIGINT; return the exit status.

    Either ends it after the step in hand, whose time is bounded. SIGHUP reads the configuration's
    file again and goes on with the old one if it is wrong; SIGUSR1 makes a heartbeat due.

    asked: signals that have come before. reaps: whether all orphans of the machine are this
    process's children, and it has no children but the agent's.
    """
    asked = set() if asked is None else asked
    systemd = Notifier(os.environ)
    agent.patience = systemd.expect
    signals = Signals(asked, systemd.extend)
    shown = FolderLock(agent.log)
    try:
        systemd.expect(agent.config.link.step_limit_s)
        systemd.ready(_summarize(agent))
        while not asked & _ENDS:
            for number in asked - _ENDS:
                asked.discard(number)  # before it is obeyed: another may come meanwhile
                if number == signal.SIGHUP:
                    systemd.reloading()
                    _reload(agent)
                    systemd.expect(agent.config.link.step_limit_s)
                    systemd.ready(_summarize(agent))
                elif number == signal.SIGUSR1:
                    agent.beat_soon()
            delay_s = agent.step()
            systemd.status(_summarize(agent))
            systemd.keepalive()
            _show(agent, shown)
            if reaps:
                _reap()
            signals.wait(min(delay_s, systemd.keepalive_s, _WAIT_LIMIT_S))
        systemd.stopping()
    finally:
        signals.close()
        shown.close()
        agent.close()
    agent.log.info("stopped")
    return 0


def run_once(agent: Agent, asked: set[int] | None = None) -> bool:
    """Register, send one heartbeat and those kept, do and report what is deployed; whether all of
    it could be done now. SIGTERM or SIGINT ends it after the step in hand, as it does `run`.
    """
    asked = set() if asked is None else asked
    signals = Signals(asked)
    try:
        enabled = agent.config.deployments.enabled
        for name in ("register", "beat", "drain", *(("poll",) if enabled else ())):
            agent.due = {**dict.fromkeys(agent.due, NEVER), name: AT_ONCE}
            while agent.due[name] <= agent.clock.steady():
                if asked & _ENDS:
                    return False
                agent.step()
            if name == "register" and agent.registered is None:
                continue  # the heartbeat is kept
            if agent.troubles or not agent.registered:
                return False
        agent.due = {**dict.fromkeys(agent.due, NEVER), "deploy": AT_ONCE, "report": AT_ONCE}
        while (due := min(agent.due["deploy"], agent.due["report"])) != NEVER:
            wait_s = due - agent.clock.steady()
            if asked & _ENDS or agent.troubles or wait_s > _ONCE_WAIT_S:
                return False  # the journal knows how to go on another time
            signals.wait(wait_s)
            agent.step()
        return not (agent.troubles or agent.spool.depth)
    finally:
        signals.close()
        agent.close()


def _reap() -> None:
    """Take the statuses of orphans that have ended, which hooks leave to the first process."""
    hooks = sys.modules.get("edgemote.agent.deployments.hooks")
    own = hooks.RUNNING if hooks else ()
    try:
        while (
            ended := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        ) and ended.si_pid not in own:  # that one is asked for at the next step
            os.waitpid(ended.si_pid, 0)
    except ChildProcessError:
        return


def _show(agent: Agent, lock: FolderLock) -> None:
    """Write what `--status` reads, where there is a folder in memory for it, and no other agent's
    status in it.
    """
    folders = agent.config.folders
    if os.path.isdir(folders.run):
        from edgemote.agent import status

        try:
            if folders.run not in (folders.state, folders.models):  # of which it has the locks
                lock.take([folders.run])
                lock.keep([folders.run])
            status.write(folders.run, agent.status())
        except (StateLockedError, OSError) as error:
            agent.log.warning(f"status: {error}")


def _summarize(agent: Agent) -> str:
    """The line that systemctl shows."""
    if agent.troubles:
        what, trouble = next(iter(agent.troubles.items()))
        return f"{what}: {trouble}"
    if agent.registered is None:
        return "starting"
    return "reporting" if agent.registered else "waiting to be registered"


def _reload(agent: Agent) -> None:
    from edgemote.agent.config import load

    path = agent.path
    if path is None:
        agent.log.warning("SIGHUP: this agent was not made from a file; nothing to read again")
        return
    try:
        agent.configure(load(path))
    except (EdgemoteError, ValueError, OSError) as error:
        agent.log.error(f"the old configuration stays: {error}")
    else:
        agent.log.info(f"configuration read again from {path}")
