"""Signals, which are handled between two steps."""

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
    """Records the signals that arrive until `close`; each one ends a wait.

    asked: where they are recorded; it may contain earlier ones.
    """

    def __init__(self, asked: set[int], on_end: Callable[[], None] | None = None) -> None:
        def note(number: int, frame: FrameType | None) -> None:
            asked.add(number)
            if number in ENDS and on_end is not None:
                on_end()

        # Without this pipe, a signal between the check of `asked` and the wait would be missed.
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._reader, False)
        os.set_blocking(self._writer, False)
        self._before_fd = signal.set_wakeup_fd(self._writer, warn_on_full_buffer=False)
        self._before = {number: signal.signal(number, note) for number in (*ENDS, RELOAD, BEAT)}
        self._woken = select.poll()
        self._woken.register(self._reader, select.POLLIN)

    def wait(self, wait_s: float) -> None:
        """Wait this long, or until a signal arrives."""
        if wait_s > 0 and self._woken.poll(wait_s * 1000):
            os.read(self._reader, 512)

    def close(self) -> None:
        """Restore the former handlers."""
        for number, handler in self._before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._before_fd)
        os.close(self._reader)
        os.close(self._writer)
