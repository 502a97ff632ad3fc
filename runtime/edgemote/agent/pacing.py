"""Periods and backoff, with jitter, so that a fleet that boots together drifts apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgemote.retry import draw_fraction

if TYPE_CHECKING:
    from collections.abc import Callable

# Steady times of what is not due, and of what is due first of all.
NEVER = float("inf")
AT_ONCE = -NEVER
# Between tries of what a broken link or a refusal stopped: the first and the longest pause. Who
# beats more often than that tries more often.
FIRST_PAUSE_S, LONGEST_PAUSE_S, LONGEST_PAUSE_PERIODS = 5.0, 600.0, 2.0
_DOUBLINGS = 32  # more would be past any limit


def spread(period_s: float, jitter: float, draw: Callable[[], float] = draw_fraction) -> float:
    """A period, longer or shorter by up to `jitter` of it."""
    return period_s * (1 + jitter * (2 * draw() - 1))


class Pauses:
    """Pauses between tries of one thing: their bound doubles with each, up to a limit, and none is
    shorter than half of its bound.
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
        """Seconds to wait after one more try that failed."""
        longest_s = min(self._first_s * (1 << self._tries), self._limit_s)
        self._tries = min(self._tries + 1, _DOUBLINGS)
        return longest_s * (1 + self._draw()) / 2

    def reset(self) -> None:
        """It worked: begin again with the first."""
        self._tries = 0
