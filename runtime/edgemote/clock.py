"""The time, on boards that may not know it.

A board without a clock battery boots in 1970 and has the right time only after something has set
it. Every response of AWS has a Date header, so the first refused request provides the time.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

# A response to a wrong signature may mean a wrong clock. It does if Date is this far from ours; the
# AWS SDK for Java takes 4 minutes, that for JavaScript 5, and AWS itself refuses at 5.
SKEW_THRESHOLD_S = 240.0

# Codes that the AWS SDKs take for a wrong clock (Java's AwsErrorCode, JavaScript's
# CLOCK_SKEW_ERROR_CODES) ...
CLOCK_ERRORS = frozenset(("RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture"))
# ... and those that have other causes too. SigV4 services write into the first two's message
# "Signature expired: ..." and "Signature not yet current: ...".
# AWS IoT's data plane calls every failure of authentication ForbiddenException.
SUSPECT_ERRORS = frozenset(
    ("InvalidSignatureException", "SignatureDoesNotMatch", "AuthFailure", "ForbiddenException")
)
# A refusal without a body, as every response to HEAD, has its status for a code: its Date tells.
BARE_ERRORS = frozenset(("400", "401", "403"))
_CLOCK_WORDS = ("signature expired", "signature not yet current")
# How exact a time is that an accepted signature proves: S3 takes a quarter of an hour for the same.
PROOF_S = 900.0
_LAST_DAY_S = 253_402_214_400.0  # of the year 9999


def _boot_s() -> float:
    return time.clock_gettime(time.CLOCK_BOOTTIME)


# Unlike time.monotonic, Linux's boot clock goes on while the board sleeps.
_steady_s = _boot_s if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic


class Clock:
    """POSIX seconds: the board's, until it is synced with a server; steady from then on.

    What it may be synced with after a refused certificate is a table in `dates`: never a time
    before the bundle was built, or before one that an accepted signed call has proven.

    Args:
        wall_s: the board's clock, in POSIX seconds
        steady_s: a monotonic clock, in seconds
        earliest_s: POSIX seconds before which it cannot be; None for when the bundle was built
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
        """whether a service has confirmed it since it was last synced: it accepted a signed call,
        or the Date of its response to a call by certificate agreed
        """
        self.vouched = False
        """whether a service has answered since it was last synced, and did not contradict it"""
        self.doubted = False
        """whether a service that may not set it has contradicted it, and nothing has proven it
        since: nothing is to be dropped for its age
        """
        self.resumed = False
        """whether it goes on from the last proven time of before a restart, and so is behind by as
        long as that took
        """
        self.board_is_ahead = False
        """whether certificates have proven that the board's clock is ahead"""
        self.witness: tuple[str, bytes, float] | None = None
        """who last said so: its host, its certificate, its time minus the steady one"""

    @property
    def synced(self) -> bool:
        """Whether a server's time counts, and not the board's."""
        return self._offset_s is not None

    def now(self) -> float:
        """POSIX seconds."""
        if self._offset_s is None:
            return self._wall_s()
        return self._steady_s() + self._offset_s

    def board_s(self) -> float:
        """POSIX seconds as the board believes, synced or not."""
        return self._wall_s()

    def steady(self) -> float:
        """Seconds since any moment, that never jump."""
        return self._steady_s()

    def floor(self) -> float:
        """POSIX seconds before which it cannot be: see the class."""
        if self._earliest_s is None:
            from edgemote.manifest import read_build_time

            self._earliest_s = read_build_time()
        return max(self._earliest_s, self._proven_floor())

    def is_possible(self, posix_s: float) -> bool:
        """Whether that can be a time at which this bundle runs: not before it was built, and not so
        late that nothing could be signed.
        """
        if self._earliest_s is None:
            self.floor()
        assert self._earliest_s is not None
        return self._earliest_s <= posix_s < _LAST_DAY_S

    def sync(self, server_s: float) -> bool:
        """Take a server's time, in POSIX seconds. The board's own is not asked any more.

        False, and nothing changes, where that cannot be the time.
        """
        if not self.floor() <= server_s < _LAST_DAY_S:
            return False
        self._offset_s = server_s - self._steady_s()
        self.proven = self.vouched = self.resumed = self.doubted = False
        return True

    def prove(self, now_s: float) -> None:
        """A signed call that began at this time, in POSIX seconds, was accepted; or the Date of the
        response to one by certificate agreed, see http.mutual_tls.
        """
        # Neither did the clock jump since, nor did the call take too long to tell.
        if 0 <= self.now() - now_s <= PROOF_S:
            self._proven_offset_s = self.now() - self._steady_s()
            self.proven = self.vouched = True
            self.doubted = False

    def proven_s(self) -> float | None:
        """What it is now by the time that was proven last, in POSIX seconds; None for none."""
        offset_s = self._proven_offset_s
        return None if offset_s is None else self._steady_s() + offset_s

    def recall(self, proven_s: float) -> None:
        """Heed a time that was proven before the last restart, in POSIX seconds."""
        if proven_s < _LAST_DAY_S:
            self._kept_s = max(self._kept_s, proven_s)

    def latest_s(self) -> float:
        """The latest time that was ever proven, as it was then or is now, in POSIX seconds: a floor
        that follows no Date back. 0 for none.
        """
        return max(self._kept_s, self.proven_s() or 0.0)

    def return_to_proven(self) -> bool:
        """Whether the clock had left a time that was proven, and is back at it now."""
        offset_s = self._proven_offset_s
        if offset_s is None or abs(self._steady_s() + offset_s - self.now()) <= PROOF_S:
            return False
        self._offset_s = offset_s
        self.proven = self.vouched = True
        self.doubted = False
        return True

    def judges(self) -> bool:
        """Whether certificates are judged by this clock, and not by the board's: once it is
        synced, or the board's went back behind a proven one, which counts from then on.
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
    """Whether an error can have no other cause than a wrong clock."""
    if code in CLOCK_ERRORS:
        return True
    return code in SUSPECT_ERRORS and any(words in message.lower() for words in _CLOCK_WORDS)


def skew_s(date_header: str | None, now_s: float) -> float | None:
    """Seconds by which the server is ahead of `now_s`; None without a legible Date header."""
    from aws.timestamps import parse_http_date

    server_s = parse_http_date(date_header) if date_header else None
    return None if server_s is None else server_s - now_s


def find_correction(code: str, message: str, date_header: str | None, now_s: float) -> float | None:
    """POSIX seconds to sync to, from an error, before the request is signed again; None for none.

    Once for each call, else a server with a wrong Date would keep it going.
    """
    if code not in CLOCK_ERRORS and code not in SUSPECT_ERRORS and code not in BARE_ERRORS:
        return None
    skew = skew_s(date_header, now_s)
    if skew is None:
        return None
    wrong = is_clock_error(code, message) or abs(skew) > SKEW_THRESHOLD_S
    return now_s + skew if wrong else None
