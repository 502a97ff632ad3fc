"""How slow a peer may be that sends or takes content too large for memory."""

from __future__ import annotations

import time

from edgemote import limits
from edgemote.errors import ReadTimeoutError


class Pace:
    """Bounds the time spent waiting for a peer where the size is open, by what came through."""

    __slots__ = ("_allowed_s", "_started")

    def __init__(self, allowed_s: float) -> None:
        self._allowed_s = allowed_s
        self._started = 0.0

    def start(self) -> None:
        self._started = time.monotonic()

    def stop(self, size: int) -> None:
        waited_s = time.monotonic() - self._started
        self._allowed_s += size / limits.SLOWEST_BYTES_PER_S - waited_s
        if self._allowed_s < 0:
            raise ReadTimeoutError(
                "slower than limits.SLOWEST_BYTES_PER_S"
                f" ({limits.SLOWEST_BYTES_PER_S}) for too long"
            )
