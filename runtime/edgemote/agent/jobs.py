"""What an agent does: the table of its jobs, each a function that is called when it is due.

A job makes at most one call to a service, or downloads one piece. It gets the core and the steady
time, and returns the steady time at which it is due again; it may make other jobs due.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws.errors import ServiceError
from edgemote.agent.cloud import EndedError
from edgemote.agent.core import AHEAD_S
from edgemote.agent.limits import BEAT_CUTS, BEAT_REFUSALS
from edgemote.agent.pacing import AT_ONCE, AWAKE_S, NEVER, find_asked_s, spread
from edgemote.retry import draw_fraction, is_throttling

if TYPE_CHECKING:
    from collections.abc import Callable

    from edgemote.agent.capture import Piece
    from edgemote.agent.cloud import Beat
    from edgemote.agent.core import Core, Outcome
    from edgemote.agent.deployments import Deployments
    from edgemote.agent.deployments.shapes import Result

    Job = Callable[[Core, float], float]

# The bytes of one call on a metered link, in both directions, on a kept connection.
_CALL_BYTES = 4_096
# The interval of checks whether all heartbeats are sent, so that samples may be uploaded.
_CAPTURE_CHECK_S = 60.0
_LONGEST_WAIT_S = 3_600.0
# The share of a step's time for a piece of a download: its last read may be slow.
_PIECE_SHARE = 0.5


def register(core: Core, now: float) -> float:
    """Ask whether the device is registered; until it is, no other job is due."""
    wait_s = _held_back_s(core, now, urgent=True)
    outcome = None if wait_s else core.call("register", core.cloud.greet)
    if outcome is None or outcome.error is not None:
        # A device that boots without its link stores heartbeats until the service says no.
        if core.registered is None and core.due["beat"] == NEVER:
            _awake(core, now)
        return now + wait_s if outcome is None else core.retry_s("register", now, outcome.error)
    holds_s: float | None = outcome.response
    if holds_s is None:
        if core.registered is not False:
            core.log.warning(f"{core.cloud.describe()} is not registered; retrying until it is")
        core.registered = False
        for name in core.due:
            core.due[name] = NEVER
            core.settle(name)
        if core.deployments is not None:
            # Otherwise a running hook and an open connection would be left alone.
            core.deployments.close()
            core.deployments.forget_refusals()
        return now + core.unregistered.next_s()
    if not core.registered:
        core.log.info(f"{core.cloud.describe()} is registered")
        core.registered = True
        core.unregistered.reset()
        _awake(core, now)
    return now + holds_s


def _awake(core: Core, now: float) -> None:
    # A fleet that boots together must not send its heartbeats together.
    window_s = core.config.heartbeat.period_s * core.config.heartbeat.jitter
    if core.due["beat"] == NEVER:
        # After a boot, a fleet's registrations are spread over a period already.
        together = core.window is not None and core.boots and core.registered
        core.due["beat"] = now if together else now + draw_fraction() * window_s
    core.due["drain"] = core.due["deploy"] = core.due["report"] = core.due["capture"] = now
    if core.cloud.state_bytes:
        core.due["state"] = now
    if core.boots:
        window_s = core.config.deployments.poll_s
        core.due["state"] += draw_fraction() * window_s
    if core.config.deployments.enabled:
        core.due["poll"] = now + draw_fraction() * window_s


def beat(core: Core, now: float) -> float:
    """Send a heartbeat, or store it if others have to be sent before it, or if the time that it
    should carry is not known yet.
    """
    heartbeat = core.make_beat()
    wait_s = _held_back_s(core, now)
    held = core.spool.depth or wait_s or not core.clock.vouched
    # One that cannot be stored is sent at once if possible: a dead disk must not silence it.
    if held and (core.keep(heartbeat) or wait_s):
        # If drain is due, it already waits for the right thing.
        if core.due["drain"] == NEVER:
            core.due["drain"] = now + wait_s
    else:
        if held:
            core.spool.note_dropped(-1)  # it is not lost, since it is sent now
        outcome = _send(core, heartbeat)
        if outcome.again:
            core.keep(heartbeat)
            core.due["drain"] = core.retry_s("beat", now, outcome.error)
    period_s = core.config.heartbeat.period_s
    return now + spread(period_s, core.config.heartbeat.jitter)


def drain(core: Core, now: float) -> float:
    """Send the oldest stored heartbeat."""
    if not core.clock.vouched:
        return NEVER
    core.spool.follow_clock(core.clock.now(), core.clock.steady())
    kept = core.spool.first()
    if kept is None:
        return NEVER
    if wait_s := _held_back_s(core, now):
        return now + wait_s
    number, at_s, body = kept
    try:
        heartbeat = core.restore_beat(at_s, body)
    except Exception as error:  # whatever it is, it would block all that follow
        core.log.error(f"dropping a stored heartbeat: {error}")
        core.spool.note_dropped()
        core.spool.remove(number)
        return now
    outcome = _send(core, heartbeat)
    if outcome.again:
        if not _is_poison(core, "a kept heartbeat", number, outcome):
            return core.retry_s("beat", now, outcome.error)
        core.spool.note_dropped()
        core.pauses["beat"].reset()
    core.spool.remove(number)
    return core.next_drain_s(now)


def poll(core: Core, now: float) -> float:
    """List the deployments."""
    if wait_s := _held_back_s(core, now):
        return now + wait_s
    if error := _list(core, now):
        return core.retry_s("poll", now, error)
    return now + spread(core.config.deployments.poll_s, core.config.heartbeat.jitter)


def _list(core: Core, now: float) -> Exception | None:
    outcome = core.call("poll", core.cloud.list_deployments)
    if outcome.error is not None:
        return outcome.error
    listed = list(outcome.response)
    if listed or core.deployments is not None:
        work = core.load_deployments()
        sent = work.unreported if work.needs_listing else None
        work.offer(listed, core.clock.now(), core.cloud.one_by_one)
        if sent is not None and work.unreported is not sent:
            _note_reported(core, sent, now)
        core.due["deploy"] = core.due["report"] = now
        at_work = None if work.is_withdrawn else work.at_work
        if core.cloud.one_by_one and at_work and at_work not in [one.name for one in listed]:
            core.told = at_work, {}, -NEVER  # report at once, to learn what became of it
            core.due["progress"] = now
    core.listed = True
    return None


def deploy(core: Core, now: float) -> float:
    """Do one piece of the current deployment."""
    work = core.deployments
    if work is None:
        return NEVER
    begins = work.begins
    if begins and not core.listed:
        # It was listed before the last deployment, and may have been withdrawn since.
        if wait_s := _held_back_s(core, now):
            return now + wait_s
        if error := _list(core, now):
            return core.retry_s("poll", now, error)
        return now
    core.listed = begins
    if work.needs_renewal:
        if wait_s := _held_back_s(core, now):
            return now + wait_s
        if error := _renew(core, work):
            return core.retry_s("deploy", now, error)
    before = work.at_work
    due = work.step(core.clock.now(), now, core.config.link.step_limit_s * _PIECE_SHARE)
    if due is not None and due <= now + AWAKE_S:
        core.note_used()  # a download continues
    if begins and before is None:
        core.told = work.at_work or "", {}, now  # starting it has told the cloud
    if work.trouble is not None:
        core.troubles["deploy"] = work.trouble
    elif core.settle("deploy"):
        core.log.info("deploy: recovered")
        if core.config.deployments.enabled:
            core.due["poll"] = now
    if core.due["report"] == NEVER and (work.result or work.needs_listing):
        core.due["report"] = now
    if core.cloud.one_by_one and core.due["progress"] == NEVER:
        core.due["progress"] = now
    if due is None and core.cloud.state_bytes:
        core.due["state"] = now
    return NEVER if due is None else due


def _renew(core: Core, work: Deployments) -> Exception | None:
    name = work.at_work or ""
    outcome = core.call("deploy", core.cloud.renew, name)
    if outcome.error is None:
        work.renew(outcome.response)
    elif isinstance(outcome.error, EndedError):
        _withdraw(core, work, name, outcome.error)
    else:
        return outcome.error
    return None


def _withdraw(core: Core, work: Deployments, name: str, error: Exception) -> None:
    work.withdraw(name, str(error))
    for what in ("deploy", "progress", "report"):
        core.settle(what)
    core.due["deploy"] = AT_ONCE
    if core.config.deployments.enabled:
        core.due["poll"] = AT_ONCE


def progress(core: Core, now: float) -> float:
    """Report the progress of the current deployment, if the cloud accepts such reports."""
    work = core.deployments
    found = None if work is None or not core.cloud.one_by_one else work.progress
    if work is None or found is None:
        return NEVER
    name, details = found
    cloud = core.config.cloud
    if core.told[0] != name:
        core.told = name, {}, -NEVER  # after a restart, the time of the last report is unknown
    _, told, told_s = core.told
    # On a metered link, only that the deployment is still active is reported.
    changed = details != told and not core.config.link.day_limit_bytes
    pause_s = cloud.progress_s if changed else cloud.job_timeout_s / 2
    due_s = told_s + pause_s
    if due_s > now:
        return min(due_s, now + cloud.progress_s) if not core.config.link.day_limit_bytes else due_s
    if wait_s := _held_back_s(core, now, urgent=not changed):
        return now + wait_s
    outcome = core.call("progress", core.cloud.send_progress, name, details)
    if outcome.error is None:
        core.told = name, details, now
    elif isinstance(outcome.error, EndedError):
        _withdraw(core, work, name, outcome.error)
    else:
        return core.retry_s("progress", now, outcome.error)
    return now + cloud.progress_s


def state(core: Core, now: float) -> float:
    """Report changes of the device's state, if the cloud stores it."""
    if not core.cloud.state_bytes:
        return NEVER
    if not core.clock.vouched:
        return now + core.pauses["state"].next_s()
    file = core.load_state_file()
    found = file.describe(core.clock, core.installed(), core.last_deployment)
    changes = file.find_change(found)
    if not changes:
        return NEVER
    if wait_s := _held_back_s(core, now):
        return now + wait_s
    for change in changes:
        outcome = core.call("state", core.cloud.send_state, change)
        if outcome.error is not None:
            return core.retry_s("state", now, outcome.error)
    try:
        file.note_sent(found)
    except OSError as error:
        core.log.warning(f"state: cannot be kept: {error.strerror}")
    return NEVER


def capture(core: Core, now: float) -> float:
    """Upload one object of captured samples when nothing else waits to be sent."""
    captures = core.captures
    if captures is None:
        return NEVER
    fault = captures.tell()
    if core.registered is False:
        return NEVER
    begins_s = captures.begins_s(now)
    if begins_s is None:
        if fault:
            core.troubles["capture"] = fault
        return NEVER
    if begins_s > now + (core.window.early_s(now) if core.window is not None else 0.0):
        return begins_s
    is_remote = captures.is_remote
    if is_remote and (core.spool.depth or not core.clock.vouched):
        return now + _CAPTURE_CHECK_S
    pieces: list[Piece | None] = []
    error = core.put_captured(
        lambda: pieces.append(
            captures.next_piece(is_proven=core.clock.vouched and not core.clock.doubted)
        )
    )
    piece = pieces[0] if pieces else None
    if error is None and piece is None:
        core.settle("capture")
        captures.end_round()
        return captures.begins_s(now) or NEVER
    if piece is not None:
        wait_s = _held_back_s(core, now, _CALL_BYTES + len(piece.body)) if is_remote else 0.0
        if wait_s:
            captures.close()
            return now + wait_s
        core.note_used()
        error = core.put_captured(lambda: captures.put(piece))
    if error is None:
        core.note_captured()
    if error is None:
        return now
    core.note_trouble("capture", error)
    return now + max(core.pauses["capture"].next_s(), find_asked_s(error))


def report(core: Core, now: float) -> float:
    """Send the result of a deployment until it is accepted, but never again after that."""
    work = core.deployments
    if work is None or not (work.needs_listing or work.result):
        core.settle("report")
        return NEVER
    if wait_s := _held_back_s(core, now, urgent=True):
        return now + wait_s
    if work.needs_listing:
        # It was sent without a response: if it was accepted, the deployment is no longer listed.
        error = _list(core, now)
        return now if error is None else core.retry_s("report", now, error)
    result = work.result
    assert result is not None
    name = result.name or ""
    # On a kept connection that the peer has closed, it would be sent a second time.
    core.cloud.close()
    work.note_sending(name)
    outcome = core.call("report", core.cloud.send_result, result, core.make_report())
    if isinstance(outcome.error, EndedError):
        _withdraw(core, work, name, outcome.error)
        return now
    if outcome.error is not None:
        if not outcome.again or _is_poison(core, "a result", name, outcome):
            # Final, unless the device is no longer registered, which is asked first.
            work.note_refused(name)
            _doubt_registration(core, outcome)
        elif not outcome.accepted_perhaps:
            work.note_unsent(name)
        return core.retry_s("report", now, outcome.error)
    work.note_reported(name)
    _note_reported(core, result, now)
    if core.cloud.one_by_one and core.config.deployments.enabled:
        core.due["poll"] = now  # the next one may be waiting
    return now


def _note_reported(core: Core, result: Result, now: float) -> None:
    core.log.info(f"deployment {result.name}: {result.status}, reported")
    core.note_result(result)
    if core.cloud.state_bytes:
        core.due["state"] = now


def _send(core: Core, heartbeat: Beat) -> Outcome:
    """Send a heartbeat; one that will never be accepted counts as dropped."""
    outcome = core.call("beat", core.cloud.send, heartbeat)
    if outcome.error is None:
        core.note_delivered()
    elif not outcome.again:
        core.spool.note_dropped()
        _doubt_registration(core, outcome)
    return outcome


def _is_poison(core: Core, what: str, number: int | str, outcome: Outcome) -> bool:
    """Whether this stored heartbeat or result alone is rejected, or gets no complete response,
    again and again, while other calls are accepted. If the service rejects everything, or throttles
    the device, this is False.
    """
    error, limit = outcome.error, BEAT_REFUSALS
    if not isinstance(error, ServiceError):
        limit = BEAT_CUTS
        if not outcome.accepted_perhaps:
            return False
    elif is_throttling(error) or find_asked_s(error) or not core.cloud.is_one_service:
        return False
    known, times, accepted = core.refused.get(what, (0, 0, 0))
    if number != known:
        times = 0
    elif core.accepted == accepted:
        core.due["register"] = AT_ONCE  # a call to compare with
        return False
    core.refused[what] = number, times + 1, core.accepted
    if times + 1 < limit:
        return False
    core.refused.pop(what)
    core.log.error(f"{what} is skipped after {times + 1} failed attempts: {error}")
    return True


def _doubt_registration(core: Core, outcome: Outcome) -> None:
    """Ask again whether the device is registered: a final rejection may mean that it is not."""
    if isinstance(outcome.error, ServiceError):
        core.due["register"] = AT_ONCE


def _held_back_s(
    core: Core, now: float, size_bytes: int = _CALL_BYTES, *, urgent: bool = False
) -> float:
    """Seconds for which an outage or the link's data budget holds a call back, but at most until
    the next check: a correction of the clock may change the day.
    """
    out_s = core.outage.until_s - now
    if out_s > 0:
        return out_s + AHEAD_S
    wait_s = core.budget.wait_s(size_bytes, core.clock.now(), now, urgent=urgent)
    return min(wait_s, _LONGEST_WAIT_S)


# Of two jobs that are due at the same time, the upper one runs first.
JOBS: dict[str, Job] = {
    "register": register,
    "report": report,
    "beat": beat,
    "drain": drain,
    "poll": poll,
    "deploy": deploy,
    "progress": progress,
    "state": state,
    "capture": capture,
}
