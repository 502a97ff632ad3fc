"""Periods, backoff and outages, with jitter, so that a fleet that boots together or returns from an
outage does not overload the service.

The constants are chosen so that 10,000 devices send requests at no more than twice their usual
rate during and after an outage of an hour; `make herd` measures it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws.errors import ServiceError
from edgemote.agent.limits import RETRY_AFTER_S
from edgemote.errors import CredentialsError, TransportError
from edgemote.retry import draw_fraction, is_throttling, read_retry_after

if TYPE_CHECKING:
    from collections.abc import Callable, Container

# Steady times of jobs that are not due, and of jobs that are due before all others.
NEVER = float("inf")
AT_ONCE = -NEVER
# The first and the longest pause between attempts after a broken link or a rejection. An agent
# with a shorter heartbeat period tries more often.
FIRST_PAUSE_S, LONGEST_PAUSE_S, LONGEST_PAUSE_PERIODS = 5.0, 600.0, 2.0
_DOUBLINGS = 32  # enough to reach any limit
# During an outage the service is called again after half a heartbeat period, or after this share of
# the outage so far, plus up to a quarter.
_OUTAGE_SHARE = 1 / 24
_FIRST_OUTAGE_PAUSE_S, _LONGEST_OUTAGE_PAUSE_S = 150.0, 400.0
# The backlog of an outage is spread over the outage's duration, but at most over this: together
# with the longest pause, an hour.
CATCH_UP_S = 3_140.0
_LATE_SHARE = 0.35  # of the usual pauses, if that did not suffice
# A radio stays active for about this long after use.
AWAKE_S = 10.0
# Jobs that run early, together with a heartbeat.
EARLY = ("register", "drain", "poll", "state", "capture")
# An agent that starts this soon after boot may be one of many after a power failure.
BOOT_S = 120.0


def spread(period_s: float, jitter: float, draw: Callable[[], float] = draw_fraction) -> float:
    """A period, randomly lengthened or shortened by up to the fraction `jitter`."""
    return period_s * (1 + jitter * (2 * draw() - 1))


class Pauses:
    """Pauses between attempts: the upper bound doubles with each, up to a limit, and each pause is
    at least half of its bound.
    """

    __slots__ = ("_draw", "_first_s", "_limit_s", "_tries")

    def __init__(
        self, first_s: float, limit_s: float, draw: Callable[[], float] = draw_fraction
    ) -> None:
        self._first_s = first_s
        self._limit_s = limit_s
        self._draw = draw
        self._tries = 0

    def next_s(self) -> float:
        """Seconds to wait after another failed attempt."""
        longest_s = min(self._first_s * (1 << self._tries), self._limit_s)
        self._tries = min(self._tries + 1, _DOUBLINGS)
        return longest_s * (1 + self._draw()) / 2

    def reset(self) -> None:
        """Start again with the first pause after a success."""
        self._tries = 0


class Outage:
    """An outage: the cloud cannot be reached or rejects every call. All jobs wait, and one call at
    a time, by the job that has waited longest, finds out whether the cloud is back.

    This class reads no clock and uses no network: all times are arguments in steady seconds.
    """

    __slots__ = ("_draw", "_first_s", "_longest_s", "since_s", "until_s")

    def __init__(self, period_s: float, draw: Callable[[], float] = draw_fraction) -> None:
        self._first_s = min(period_s / 2, _FIRST_OUTAGE_PAUSE_S)
        self._longest_s = min(period_s * 4 / 3, _LONGEST_OUTAGE_PAUSE_S)
        self._draw = draw
        self.since_s: float | None = None
        """time of the first failed call; None if there is no outage"""
        self.until_s = -NEVER
        """no call is made before this time"""

    def pause_s(self, now: float, asked_s: float = 0.0) -> float:
        """Seconds to leave it alone after a call that failed; asked_s: it asks for so many."""
        lasted_s = 0.0 if self.since_s is None else now - self.since_s
        pause_s = min(max(self._first_s, lasted_s * _OUTAGE_SHARE), self._longest_s)
        # Also after what it asks for: with a date, it asks the whole fleet for the same moment.
        return max(pause_s, asked_s) + self._draw() * pause_s / 4

    def extend(self, now: float, asked_s: float = 0.0) -> None:
        """A call has failed."""
        self.until_s = now + self.pause_s(now, asked_s)
        if self.since_s is None:
            self.since_s = now

    def end(self, now: float) -> float:
        """A call was accepted: the seconds in which to make up for what was held up."""
        lasted_s = 0.0 if self.since_s is None else now - self.since_s
        self.since_s, self.until_s = None, -NEVER
        return min(lasted_s, CATCH_UP_S)


class Window:
    """Which job is next, where those that are due within so many seconds of a heartbeat go with it.

    due: by their names, when they are due, in steady seconds
    """

    __slots__ = ("_done", "_due", "_seconds", "used_s")

    def __init__(self, due: dict[str, float], seconds: float) -> None:
        self._due = due
        self._seconds = seconds
        self._done: set[str] = set()  # since the last heartbeat
        self.used_s = -NEVER
        """when the link was last used, in steady seconds"""

    def early_s(self, now: float) -> float:
        """By how much a job may be early now."""
        return self._seconds if now - self.used_s < AWAKE_S else 0.0

    def choose(self, now: float, troubles: Container[str]) -> tuple[str, float]:
        """The next job, and when to do it; troubles: what has failed and waits, by its name."""
        due = self._due
        name = min(due, key=due.__getitem__)
        if due[name] <= now and now - self.used_s < AWAKE_S:
            return name, due[name]
        latest_s = now + self.early_s(now)
        for other in EARLY:
            # A pause after a failure is meant.
            fails = ("beat" if other == "drain" else other) in troubles
            if now < due[other] <= latest_s and not fails and other not in self._done:
                return other, now
        # What is due soon waits for the heartbeat.
        if due[name] != AT_ONCE and due["beat"] - max(due[name], now) <= self._seconds:
            return "beat", due["beat"]
        return name, due[name]

    def note_begun(self, name: str, now: float) -> None:
        """A job begins: none goes early with the same heartbeat twice."""
        if name == "beat":
            self._done.clear()
            self.used_s = now  # also where it is kept: those that waited for it go now
        else:
            self._done.add(name)


class CatchUp:
    """When to deliver heartbeats of the spool: so that those that wait, and those that are made
    meanwhile, are gone in as long as the former took, and at most in CATCH_UP_S.

    depth: how many wait; age_s: of the oldest, by a clock that may have been wrong
    """

    __slots__ = ("_draw", "_end_s", "_gap_s", "_paced_s", "_window_s")

    def __init__(
        self,
        depth: int,
        age_s: float,
        period_s: float,
        now: float,
        window_s: float = 0.0,
        draw: Callable[[], float] = draw_fraction,
    ) -> None:
        behind_s = min(max(age_s, (depth - 1) * period_s), depth * period_s) or period_s
        within_s = min(behind_s, CATCH_UP_S)
        self._gap_s = period_s * within_s / (within_s + behind_s)
        self._window_s = window_s
        self._end_s = now + within_s
        self._paced_s = now
        self._draw = draw

    def next_s(self, now: float) -> float:
        """When to deliver the next one."""
        if now >= self._end_s:  # those that are left
            self._paced_s = max(min(self._paced_s, now), now - self._window_s)
            self._paced_s += self._gap_s * _LATE_SHARE
            return self._paced_s
        # What was held up since is not made up for at once, unless it waited for a heartbeat.
        self._paced_s = max(self._paced_s, now - max(self._gap_s, self._window_s))
        self._paced_s += self._gap_s
        # The jitter is of one gap and does not add up: so the devices of a fleet that began
        # together are spread evenly, and end in time.
        return self._paced_s + self._gap_s * (self._draw() - 0.45)


def is_passing(error: Exception | None) -> bool:
    """Whether an error tells of the link or the service, and not of what was asked for."""
    if isinstance(error, ServiceError):
        return error.status >= 500 or is_throttling(error)
    return isinstance(error, TransportError | CredentialsError)


def find_asked_s(error: Exception | None) -> float:
    """Seconds for which a response asks to be left alone, 0.0 for none, within bounds: it may ask
    for years.
    """
    asked_s = read_retry_after(getattr(error, "headers", None) or {})
    return 0.0 if asked_s is None else min(max(0.0, asked_s), RETRY_AFTER_S)
