"""What an agent does: the table of its jobs, each with what it does when it is due.

A job is at most one exchange with a service, or one piece of a download. It gets the agent and the
steady time, and returns the steady time at which it is due again; it may make others due.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgemote.agent.pacing import spread
from edgemote.retry import draw_fraction

if TYPE_CHECKING:
    from collections.abc import Callable

    from edgemote.agent.agent import Agent

    Job = Callable[[Agent, float], float]

NEVER = float("inf")
AT_ONCE = -NEVER
# Between tries of what a broken link or a refusal stopped: the first and the longest pause. Who
# beats more often than that tries more often.
FIRST_PAUSE_S, LONGEST_PAUSE_S, LONGEST_PAUSE_PERIODS = 5.0, 600.0, 2.0
# A registration is asked for again when its CacheTTL has run out, within these bounds.
_SHORTEST_TTL_S, _USUAL_TTL_S, _LONGEST_TTL_S = 60.0, 3_600.0, 604_800.0
# What one exchange costs a metered link, there and back, on a kept connection.
_EXCHANGE_BYTES = 4_096
_LONGEST_WAIT_S = 3_600.0
# A piece of a download ends early, so that its last read may be slow.
_PIECE_SHARE = 0.5


def register(agent: Agent, now: float) -> float:
    """Ask whether the device is registered; while it is not, nothing else is due."""
    wait_s = _held_back_s(agent, now, urgent=True)
    outcome = None if wait_s else agent.exchange("register", agent.edge.get_device_registration)
    if outcome is None or outcome.error is not None:
        # A device that boots without its link measures and keeps until somebody says no.
        if agent.registered is None and agent.due["beat"] == NEVER:
            _awake(agent, now)
        return now + (wait_s or agent.pauses["register"].next_s())
    answer = outcome.answer
    if not answer.DeviceRegistration:
        if agent.registered is not False:
            agent.log.warning(f"{agent.describe()} is not registered: asking until it is")
        agent.registered = False
        for name in agent.due:
            agent.due[name] = NEVER
            agent.settle(name)
        if agent.deployments is not None:
            # Nobody would look after a hook that runs, or after a connection.
            agent.deployments.close()
            agent.deployments.forget_refusals()
        return now + agent.unregistered.next_s()
    if not agent.registered:
        agent.log.info(f"{agent.describe()} is registered")
        agent.registered = True
        agent.unregistered.reset()
        _awake(agent, now)
    return now + read_ttl_s(answer.CacheTTL)


def _awake(agent: Agent, now: float) -> None:
    # A fleet that boots together must not beat together.
    window_s = agent.config.heartbeat.period_s * agent.config.heartbeat.jitter
    if agent.due["beat"] == NEVER:
        agent.due["beat"] = now + draw_fraction() * window_s
    agent.due["drain"] = agent.due["deploy"] = agent.due["report"] = now
    if agent.config.deployments.enabled:
        agent.due["poll"] = now + draw_fraction() * window_s


def read_ttl_s(text: str | None) -> float:
    """Seconds of a CacheTTL, which is a text."""
    try:
        ttl_s = float(text or "")
    except ValueError:
        ttl_s = _USUAL_TTL_S
    return min(max(_SHORTEST_TTL_S, ttl_s), _LONGEST_TTL_S)


def beat(agent: Agent, now: float) -> float:
    """Send a heartbeat, or keep it where others wait to be sent before it, or nobody knows the time
    yet that it should tell.
    """
    heartbeat = agent.make_beat()
    wait_s = _held_back_s(agent, now)
    held = agent.spool.depth or wait_s or not agent.reached
    # What cannot be kept goes first, if it may: a disk that has died must not silence the device.
    if held and (agent.keep(heartbeat) or wait_s):
        # What drain waits for already, it waits for.
        if agent.due["drain"] == NEVER:
            agent.due["drain"] = now + wait_s
    else:
        if held:
            agent.spool.note_dropped(-1)  # it is not lost yet
        if agent.send(heartbeat).again:
            agent.keep(heartbeat)
            agent.due["drain"] = now + agent.pauses["beat"].next_s()
    period_s = agent.config.heartbeat.period_s
    return now + spread(period_s, agent.config.heartbeat.jitter)


def drain(agent: Agent, now: float) -> float:
    """Send the oldest of the heartbeats that were kept."""
    if not agent.reached:
        return NEVER
    agent.spool.follow_clock(agent.clock.now(), agent.clock.steady())
    kept = agent.spool.first()
    if kept is None:
        return NEVER
    wait_s = _held_back_s(agent, now)
    if wait_s:
        return now + wait_s
    number, at_s, body = kept
    try:
        heartbeat = agent.restore_beat(at_s, body)
    except ValueError as error:  # it would hold up all that come after it
        agent.log.error(f"a heartbeat that was kept is dropped: {error}")
        agent.spool.note_dropped()
    else:
        outcome = agent.send(heartbeat)
        if outcome.again:
            if not agent.is_poison("a kept heartbeat", number, outcome):
                return now + agent.pauses["beat"].next_s()
            agent.spool.note_dropped()
            agent.pauses["beat"].reset()
    agent.spool.remove(number)
    return now


def poll(agent: Agent, now: float) -> float:
    """Ask what is to be deployed."""
    wait_s = _held_back_s(agent, now)
    if wait_s:
        return now + wait_s
    if not _list(agent, now):
        return now + agent.pauses["poll"].next_s()
    return now + spread(agent.config.deployments.poll_s, agent.config.heartbeat.jitter)


def _list(agent: Agent, now: float) -> bool:
    outcome = agent.exchange("poll", agent.edge.get_deployments)
    if outcome.error is not None:
        return False
    listed = outcome.answer.Deployments or []
    if listed or agent.deployments is not None:
        agent.load_deployments().offer(listed, agent.clock.now())
        agent.due["deploy"] = agent.due["report"] = now
    agent.listed = True
    return True


def deploy(agent: Agent, now: float) -> float:
    """Do one piece of the deployment in hand."""
    work = agent.deployments
    if work is None:
        return NEVER
    begins = work.begins
    if begins and not agent.listed:
        # It was listed before another was at work, and may have been withdrawn meanwhile.
        wait_s = _held_back_s(agent, now)
        if wait_s or not _list(agent, now):
            return now + (wait_s or agent.pauses["poll"].next_s())
        return now
    agent.listed = begins
    due = work.step(agent.clock.now(), now, agent.config.link.step_limit_s * _PIECE_SHARE)
    if work.trouble is not None:
        agent.troubles["deploy"] = work.trouble
    elif agent.settle("deploy"):
        agent.log.info("deploy: works again")
        if agent.config.deployments.enabled:
            agent.due["poll"] = now
    if agent.due["report"] == NEVER and (work.result or work.needs_listing):
        agent.due["report"] = now
    return NEVER if due is None else due


def report(agent: Agent, now: float) -> float:
    """Send the result of a deployment until it is accepted, and not once more."""
    work = agent.deployments
    if work is None or not (work.needs_listing or work.result):
        agent.settle("report")
        return NEVER
    wait_s = _held_back_s(agent, now, urgent=True)
    if wait_s:
        return now + wait_s
    if work.needs_listing:
        # It was sent and nothing came back: if it was accepted, it is listed no more.
        return now if _list(agent, now) else now + agent.pauses["report"].next_s()
    result = work.result
    assert result is not None
    name = result.DeploymentName or ""
    # On a kept connection that has ended meanwhile, it would be sent a second time.
    agent.edge.close()
    work.note_sending(name)
    outcome = agent.exchange("report", agent.edge.send_heartbeat, **agent.make_report(result))
    if outcome.error is not None:
        if not outcome.again or agent.is_poison("a result", name, outcome):
            # For good, unless it is the device that is not registered any more, which
            # is asked first.
            work.note_refused(name)
            agent.doubt_registration(outcome)
        elif not outcome.accepted_perhaps:
            work.note_unsent(name)
        return now + agent.pauses["report"].next_s()
    work.note_reported(name)
    agent.log.info(f"deployment {name}: {result.DeploymentStatus}, reported")
    return now


def _held_back_s(agent: Agent, now: float, *, urgent: bool = False) -> float:
    """Seconds for which the budget of the link holds an exchange back, or until it is worth asking
    again: a clock that is corrected meanwhile may have changed the day.
    """
    wait_s = agent.meter.wait_s(_EXCHANGE_BYTES, agent.clock.now(), now, urgent=urgent)
    return min(wait_s, _LONGEST_WAIT_S)


# Of two that have been due for the same time, the upper one goes first.
JOBS: dict[str, Job] = {
    "register": register,
    "report": report,
    "beat": beat,
    "drain": drain,
    "poll": poll,
    "deploy": deploy,
}
