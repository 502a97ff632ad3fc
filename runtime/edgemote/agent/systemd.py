"""Notifies the service manager of the agent's state: sd_notify(3), without its library.

Without NOTIFY_SOCKET, nothing is done and nothing imported.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from edgemote.agent import limits
from edgemote.agent.log import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping

_NEVER = float("inf")
_USEC_DIGITS = 20  # of 64 bits
# The least interval of keepalives, as a share of the interval at which they are needed.
_KEEPALIVE_SHARE = 0.1
_MARGIN_S = 10.0  # to close files and connections


class Notifier:
    """The socket of systemd, if there is one. No method raises; a message that cannot be delivered
    is dropped, and counts as not sent.

    Args:
        environ: has NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID, if systemd set them

    Attributes:
        keepalive_s: how often `keepalive` must be called: half of the time after which systemd
            takes the agent for hung; infinite where it does not watch
    """

    __slots__ = (
        "_address",
        "_kept_s",
        "_piece_s",
        "_status",
        "_unit_s",
        "_watchdog_s",
        "keepalive_s",
    )

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._address = _read_address(environ.get("NOTIFY_SOCKET", ""))
        self.keepalive_s = read_watchdog_s(environ) / 2 if self._address else _NEVER
        self._watchdog_s = self._unit_s = self.keepalive_s * 2
        self._piece_s = 0.0
        self._kept_s = -_NEVER
        self._status = ""

    def ready(self, status: str) -> None:
        """Announce that starting or reloading is complete."""
        self._send("READY=1", status)

    def status(self, text: str) -> None:
        """Set the line that `systemctl status` shows; sent only if it has changed."""
        if text != self._status:
            self._send("", text)

    def keepalive(self) -> None:
        """Tell systemd that the agent is not hung. Cheap: it sends only when a keepalive is due."""
        now_s = time.monotonic()
        if (
            now_s - self._kept_s >= self.keepalive_s * _KEEPALIVE_SHARE
            and self.keepalive_s < _NEVER
            and self._send("WATCHDOG=1")
        ):
            self._kept_s = now_s

    def expect(self, piece_s: float) -> None:
        """Allow a piece of work without a keepalive to take this long, from now on."""
        self._piece_s = piece_s
        # The unit's own time if it suffices; see WATCHDOG_SHARE.
        fits = piece_s <= self._unit_s * limits.WATCHDOG_SHARE
        watchdog_s = self._unit_s if fits else self._unit_s + piece_s
        if watchdog_s != self._watchdog_s and self._send(
            f"WATCHDOG_USEC={int(watchdog_s * 1_000_000)}"
        ):
            self._watchdog_s = watchdog_s

    def extend(self) -> None:
        """Ask systemd for time to finish the current piece of work before the stop."""
        self._send(f"EXTEND_TIMEOUT_USEC={int((self._piece_s + _MARGIN_S) * 1_000_000)}")

    def reloading(self) -> None:
        """Announce a reload; `ready` must follow."""
        self._send(f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1_000}")

    def stopping(self) -> None:
        """Announce the stop."""
        self._send("STOPPING=1", "stopping")

    def _send(self, lines: str, status: str | None = None) -> bool:
        if not self._address:
            return False
        if status is not None:
            lines += f"\nSTATUS={one_line(status, limits.STATUS_CHARS)}"
        import _socket  # `socket` takes more memory and adds nothing that is needed here

        try:
            channel = _socket.socket(_socket.AF_UNIX, _socket.SOCK_DGRAM)
            try:
                channel.setblocking(False)  # a socket that nobody reads must not block each step
                channel.connect(self._address)
                channel.send(lines.strip().encode("utf-8", "backslashreplace"))
            finally:
                channel.close()
        except OSError:
            return False
        if status is not None:
            self._status = status
        return True


def _read_address(name: str) -> str | bytes:
    """The socket's address; empty for none, and for vsock, which no local service gets."""
    if name.startswith("@"):
        return b"\0" + os.fsencode(name[1:])
    return name if name.startswith("/") else ""


def read_watchdog_s(environ: Mapping[str, str]) -> float:
    """Seconds of silence after which systemd considers this process hung; infinite if it does not
    watch the process. See sd_watchdog_enabled(3).
    """
    pid = environ.get("WATCHDOG_PID")
    period = environ.get("WATCHDOG_USEC", "")
    if (pid and pid != str(os.getpid())) or not period.isdecimal() or len(period) > _USEC_DIGITS:
        return _NEVER
    return int(period) / 1_000_000 or _NEVER
