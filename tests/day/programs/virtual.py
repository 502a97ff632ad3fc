"""Virtual time: a program says how long it waits, and the service acts as if it had.

On a board without a package of this name, so it takes as little as can be: one connection, over
which the line comes after all that was sent before it.
"""

import _socket
import os

START_S = 1_700_000_000.25  # within what the certificates say
BEAT_S, HOUR_S, END_S = 300.0, 3600.0, -1.0


class Day:
    """The time, and the way to say that it passes."""

    def __init__(self, port):
        self.steady_s = 0.0
        self._control = _socket.socket(_socket.AF_INET, _socket.SOCK_STREAM, 0)
        self._control.connect(("127.0.0.1", port))
        self._control.setsockopt(_socket.IPPROTO_TCP, _socket.TCP_NODELAY, 1)

    def wait(self, seconds):
        self._control.send(b"%r\n" % seconds)
        self._control.recv(1)
        self.steady_s += seconds

    @property
    def now_s(self):
        return START_S + self.steady_s

    def end(self):
        """What comes after it, as the process ends, is not of this day."""
        self.wait(END_S)
        self._control.close()


def mark():
    """For the probe, which counts a board's instructions."""
    os.getpriority(os.PRIO_PROCESS, 0)
