"""The time, on boards that may not know it.

A board without a clock battery boots in 1970 and has the right time only after something has set
it. Every response of AWS has a Date header, so the first refused request provides the time.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

# A rejected signature means a wrong clock if the response's Date differs from our time by this
# much. The AWS SDK for Java uses 4 minutes, that for JavaScript 5, and AWS itself refuses at 5.
SKEW_THRESHOLD_S = 240.0

# Codes that the AWS SDKs regard as a sign of a wrong clock (Java's AwsErrorCode, JavaScript's
# CLOCK_SKEW_ERROR_CODES) ...
CLOCK_ERRORS = frozenset(("RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture"))
# ... and those that may have other causes, too. For the first two, the messages of SigV4 services
# contain "Signature expired: ..." and "Signature not yet current: ...".
# AWS IoT's data plane calls every failure of authentication ForbiddenException.
SUSPECT_ERRORS = frozenset(
    ("InvalidSignatureException", "SignatureDoesNotMatch", "AuthFailure", "ForbiddenException")
)
# An error without a body, like every response to HEAD, has its status as its code. Its Date shows
# whether the clock is wrong.
BARE_ERRORS = frozenset(("400", "401", "403"))
_CLOCK_WORDS = ("signature expired", "signature not yet current")
# The accuracy of a time that an accepted signature proves. S3 accepts a quarter of an hour.
PROOF_S = 900.0
_LAST_DAY_S = 253_402_214_400.0  # of the year 9999


def _boot_s() -> float:
    return time.clock_gettime(time.CLOCK_BOOTTIME)


# Unlike time.monotonic, Linux's boot clock continues while the board sleeps.
_steady_s = _boot_s if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic


class Clock:
    """The time in POSIX seconds: that of the board until the clock is synced with a server, and
    steady from then on.

    A table in `dates` says which times are accepted after a rejected certificate: never one before
    the bundle was built, or before one that an accepted signed call has proven.

    Args:
        wall_s: the board's clock, in POSIX seconds
        steady_s: a monotonic clock, in seconds
        earliest_s: the earliest possible time, in POSIX seconds; None for the bundle's build time
    """

    __slots__ = (
        "_earliest_s",
        "_kept_s",
        "_offset_s",
        "_proven_offset_s",
        "_steady_s",
        "_wall_s",
        "board_is_ahead",
        "doubted",
        "proven",
        "resumed",
        "vouched",
        "witness",
    )

    def __init__(
        self,
        wall_s: Callable[[], float] = time.time,
        steady_s: Callable[[], float] = _steady_s,
        earliest_s: float | None = None,
    ) -> None:
        self._wall_s = wall_s
        self._steady_s = steady_s
        self._earliest_s = earliest_s
        self._offset_s: float | None = None
        self._proven_offset_s: float | None = None
        self._kept_s = 0.0
        self.proven = False
        """whether a service has confirmed the time since the last sync: it accepted a signed call,
        or the Date of its response to a call by certificate agreed
        """
        self.vouched = False
        """whether a service has responded since the last sync without contradicting the time"""
        self.doubted = False
        """whether a service that may not set the clock has contradicted it, and nothing has proven
        it since; nothing must then be dropped because of its age
        """
        self.resumed = False
        """whether it continues from the last proven time before a restart, and is thus behind by
        the time that the restart took
        """
        self.board_is_ahead = False
        """whether certificates have proven that the board's clock is ahead"""
        self.witness: tuple[str, bytes, float] | None = None
        """the last host that showed this: its name, its certificate, its time minus the steady one
        """

    @property
    def synced(self) -> bool:
        """Whether the time comes from a server, not from the board."""
        return self._offset_s is not None

    def now(self) -> float:
        """POSIX seconds."""
        if self._offset_s is None:
            return self._wall_s()
        return self._steady_s() + self._offset_s

    def board_s(self) -> float:
        """The board's own time in POSIX seconds, even if the clock is synced."""
        return self._wall_s()

    def steady(self) -> float:
        """Seconds since an arbitrary moment, which never jump."""
        return self._steady_s()

    def floor(self) -> float:
        """The earliest possible time in POSIX seconds; see the class."""
        if self._earliest_s is None:
            from edgemote.manifest import read_build_time

            self._earliest_s = read_build_time()
        return max(self._earliest_s, self._proven_floor())

    def is_possible(self, posix_s: float) -> bool:
        """Whether the bundle can run at this time: not before it was built, and not so late that
        nothing could be signed.
        """
        if self._earliest_s is None:
            self.floor()
        assert self._earliest_s is not None
        return self._earliest_s <= posix_s < _LAST_DAY_S

    def sync(self, server_s: float) -> bool:
        """Set the clock to a server's time, in POSIX seconds, after which the board's own time is
        no longer used.

        Returns False, and changes nothing, if this time is impossible.
        """
        if not self.floor() <= server_s < _LAST_DAY_S:
            return False
        self._offset_s = server_s - self._steady_s()
        self.proven = self.vouched = self.resumed = self.doubted = False
        return True

    def prove(self, now_s: float) -> None:
        """Record that a signed call that began at this time, in POSIX seconds, was accepted, or
        that the Date of the response to a call by certificate agreed; see http.mutual_tls.
        """
        # Only if the clock has not jumped since, and the call has not taken too long.
        if 0 <= self.now() - now_s <= PROOF_S:
            self._proven_offset_s = self.now() - self._steady_s()
            self.proven = self.vouched = True
            self.doubted = False

    def proven_s(self) -> float | None:
        """The current time by the last proven time, in POSIX seconds; None without one."""
        offset_s = self._proven_offset_s
        return None if offset_s is None else self._steady_s() + offset_s

    def recall(self, proven_s: float) -> None:
        """Use a time that was proven before the last restart, in POSIX seconds."""
        if proven_s < _LAST_DAY_S:
            self._kept_s = max(self._kept_s, proven_s)

    def latest_s(self) -> float:
        """The latest time that was ever proven, as of then or of now, in POSIX seconds; 0 without
        one. A Date cannot set this floor back.
        """
        return max(self._kept_s, self.proven_s() or 0.0)

    def return_to_proven(self) -> bool:
        """Return to the proven time if the clock has left it. Returns whether it had."""
        offset_s = self._proven_offset_s
        if offset_s is None or abs(self._steady_s() + offset_s - self.now()) <= PROOF_S:
            return False
        self._offset_s = offset_s
        self.proven = self.vouched = True
        self.doubted = False
        return True

    def judges(self) -> bool:
        """Whether certificates are checked at this clock's time, not at the board's: if it is
        synced, or if the board's clock was set back behind a proven time, which is then used.
        """
        if self._offset_s is None and self._wall_s() < self._proven_floor():
            offset_s = self._proven_offset_s
            self.resumed = offset_s is None
            self._offset_s = self._kept_s - self._steady_s() if offset_s is None else offset_s
        return self._offset_s is not None

    def fork(self) -> Clock:
        """A clock of the same board that is not synced yet."""
        return Clock(self._wall_s, self._steady_s, self._earliest_s)

    def _proven_floor(self) -> float:
        return self.latest_s() - PROOF_S


def is_clock_error(code: str, message: str = "") -> bool:
    """Whether an error can only be caused by a wrong clock."""
    if code in CLOCK_ERRORS:
        return True
    return code in SUSPECT_ERRORS and any(words in message.lower() for words in _CLOCK_WORDS)


def skew_s(date_header: str | None, now_s: float) -> float | None:
    """Seconds by which the server is ahead of `now_s`; None without a valid Date header."""
    from aws.timestamps import parse_http_date

    server_s = parse_http_date(date_header) if date_header else None
    return None if server_s is None else server_s - now_s


def find_correction(code: str, message: str, date_header: str | None, now_s: float) -> float | None:
    """Return the POSIX seconds to sync to after an error, before the request is signed again; None
    if the clock is not the cause.

    Do this once for each call, because a server with a wrong Date would repeat it forever.
    """
    if code not in CLOCK_ERRORS and code not in SUSPECT_ERRORS and code not in BARE_ERRORS:
        return None
    skew = skew_s(date_header, now_s)
    if skew is None:
        return None
    wrong = is_clock_error(code, message) or abs(skew) > SKEW_THRESHOLD_S
    return now_s + skew if wrong else None
