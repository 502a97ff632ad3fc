"""An agent as a process of its own: signals, systemd, and the waiting between steps."""

from __future__ import annotations

import os
import select
import signal
import time
from typing import TYPE_CHECKING

from .errors import EdgemoteError
from .jobs import AT_ONCE, NEVER
from .notify import Notifier

if TYPE_CHECKING:
    from types import FrameType

    from .agent import Agent

_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1)
_ENDS = frozenset((signal.SIGTERM, signal.SIGINT))
# What waits does not count the time that the board sleeps, the agent's clock does: it is looked at
# so often.
_WAIT_LIMIT_S = 60.0
# The longest pause of a download that `--once` waits for.
_ONCE_WAIT_S = 60.0


def run(agent: Agent) -> int:
    """Step until SIGTERM or SIGINT; return the exit status.

    Either ends it after the step in hand, whose time is bounded. SIGHUP reads the configuration's
    file again and goes on with the old one if it is wrong; SIGUSR1 makes a heartbeat due.
    """
    asked: set[int] = set()

    def note(number: int, frame: FrameType | None) -> None:
        asked.add(number)

    # A signal between the look at `asked` and the wait would go unheard without this pipe.
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    os.set_blocking(writer, False)
    before_fd = signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    before = {number: signal.signal(number, note) for number in _SIGNALS}
    woken = select.poll()
    woken.register(reader, select.POLLIN)
    systemd = Notifier(os.environ)
    try:
        systemd.ready(_summarize(agent))
        while not asked & _ENDS:
            for number in asked - _ENDS:
                asked.discard(number)  # before it is obeyed: another may come meanwhile
                if number == signal.SIGHUP:
                    systemd.reloading()
                    _reload(agent)
                    systemd.ready(_summarize(agent))
                elif number == signal.SIGUSR1:
                    agent.beat_soon()
            delay_s = agent.step()
            systemd.status(_summarize(agent))
            systemd.keepalive()
            _show(agent)
            wait_s = min(delay_s, systemd.keepalive_s, _WAIT_LIMIT_S)
            if wait_s > 0 and woken.poll(wait_s * 1000):
                os.read(reader, 512)
        systemd.stopping()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(before_fd)
        os.close(reader)
        os.close(writer)
        agent.close()
    agent.log.info("stopped")
    return 0


def run_once(agent: Agent) -> bool:
    """Register, send one heartbeat and those kept, do and report what is deployed; whether all of
    it could be done now.
    """
    try:
        enabled = agent.config.deployments.enabled
        for name in ("register", "beat", "drain", *(("poll",) if enabled else ())):
            agent.due = {**dict.fromkeys(agent.due, NEVER), name: AT_ONCE}
            while agent.due[name] <= agent.clock.steady():
                agent.step()
            if name == "register" and agent.registered is None:
                continue  # the heartbeat is kept
            if agent.troubles or not agent.registered:
                return False
        agent.due = {**dict.fromkeys(agent.due, NEVER), "deploy": AT_ONCE, "report": AT_ONCE}
        while (due := min(agent.due["deploy"], agent.due["report"])) != NEVER:
            wait_s = due - agent.clock.steady()
            if agent.troubles or wait_s > _ONCE_WAIT_S:
                return False  # the journal knows how to go on another time
            time.sleep(max(0.0, wait_s))
            agent.step()
        return not (agent.troubles or agent.spool.depth)
    finally:
        agent.close()


def _show(agent: Agent) -> None:
    """Write what `--status` reads, where there is a folder in memory for it."""
    folder = agent.config.folders.run
    if os.path.isdir(folder):
        from . import status

        try:
            status.write(folder, agent.status())
        except OSError as error:
            agent.log.debug(f"status: {error}")


def _summarize(agent: Agent) -> str:
    """The line that systemctl shows."""
    if agent.troubles:
        what, trouble = next(iter(agent.troubles.items()))
        return f"{what}: {trouble}"
    if agent.registered is None:
        return "starting"
    return "reporting" if agent.registered else "waiting to be registered"


def _reload(agent: Agent) -> None:
    from .config import load

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
