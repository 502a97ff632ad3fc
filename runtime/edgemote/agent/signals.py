"""Signals that come at any time, heeded between two steps."""

from __future__ import annotations

import os
import select
import signal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

RELOAD, BEAT = signal.SIGHUP, signal.SIGUSR1
ENDS = frozenset((signal.SIGTERM, signal.SIGINT))


class Signals:
    """Notes the signals that come, from when it is made to `close`, and ends a wait for them.

    asked: where they are noted; it may have some that came before.
    """

    def __init__(self, asked: set[int], on_end: Callable[[], None] | None = None) -> None:
        def note(number: int, frame: FrameType | None) -> None:
            asked.add(number)
            if number in ENDS and on_end is not None:
                on_end()

        # A signal between the look at `asked` and the wait would go unheard without this pipe.
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._reader, False)
        os.set_blocking(self._writer, False)
        self._before_fd = signal.set_wakeup_fd(self._writer, warn_on_full_buffer=False)
        self._before = {number: signal.signal(number, note) for number in (*ENDS, RELOAD, BEAT)}
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
