"""The time, on boards that may not know it.

A board without a clock battery boots in 1970 and is right only once something told it. What AWS
answers carries a Date header, so the first refusal is also the cure.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

# An answer to a wrong signature may mean a wrong clock. It does if Date is this far from ours; the
# AWS SDK for Java takes 4 minutes, that for JavaScript 5, and AWS itself refuses at 5.
SKEW_THRESHOLD_S = 240.0

# Codes that the AWS SDKs take for a wrong clock (Java's AwsErrorCode, JavaScript's
# CLOCK_SKEW_ERROR_CODES) ...
CLOCK_ERRORS = frozenset(("RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture"))
# ... and those that have other causes too. SigV4 services write into the first two's message
# "Signature expired: ..." and "Signature not yet current: ...".
SUSPECT_ERRORS = frozenset(("InvalidSignatureException", "SignatureDoesNotMatch", "AuthFailure"))
_CLOCK_WORDS = ("signature expired", "signature not yet current")

_DAY_S = 86_400
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SHORT_WEEKDAYS = tuple(day[:3] for day in _WEEKDAYS)
_PIVOT_YEAR = 69  # two digits from here on are 19xx, as in POSIX and in email.utils


def _boot_s() -> float:
    return time.clock_gettime(time.CLOCK_BOOTTIME)


# Unlike time.monotonic, Linux's boot clock goes on while the board sleeps.
_steady_s = _boot_s if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic


class Clock:
    """POSIX seconds: the board's, until a server's are learnt; steady from then on.

    Args:
        wall_s: what the board believes
        steady_s: seconds since any moment, that never jump
    """

    __slots__ = ("_offset_s", "_steady_s", "_wall_s")

    def __init__(
        self,
        wall_s: Callable[[], float] = time.time,
        steady_s: Callable[[], float] = _steady_s,
    ) -> None:
        self._wall_s = wall_s
        self._steady_s = steady_s
        self._offset_s: float | None = None

    def now(self) -> float:
        """POSIX seconds."""
        if self._offset_s is None:
            return self._wall_s()
        return self._steady_s() + self._offset_s

    def learn(self, server_s: float) -> None:
        """Take a server's time, in POSIX seconds. The board's own is not asked any more."""
        self._offset_s = server_s - self._steady_s()


def is_clock_error(code: str, message: str = "") -> bool:
    """Whether an error can have no other cause than a wrong clock."""
    if code in CLOCK_ERRORS:
        return True
    return code in SUSPECT_ERRORS and any(words in message.lower() for words in _CLOCK_WORDS)


def skew_s(date_header: str | None, now_s: float) -> float | None:
    """Seconds by which the server is ahead of `now_s`; None without a legible Date header."""
    server_s = parse_http_date(date_header) if date_header else None
    return None if server_s is None else server_s - now_s


def find_correction(code: str, message: str, date_header: str | None, now_s: float) -> float | None:
    """POSIX seconds to learn from an error before the request is signed again; None for none.

    Learnt once for each call, else a server with a wrong Date would keep it going.
    """
    if code not in CLOCK_ERRORS and code not in SUSPECT_ERRORS:
        return None
    skew = skew_s(date_header, now_s)
    if skew is None:
        return None
    wrong = is_clock_error(code, message) or abs(skew) > SKEW_THRESHOLD_S
    return now_s + skew if wrong else None


def parse_http_date(text: str) -> float | None:
    """POSIX seconds of a date in one of the three forms of RFC 9110, section 5.6.7; None if not.

    Whole-number arithmetic, because the C library's dates end in 2038 where time_t has 32 bits.
    """
    words = text.split()
    if len(words) == 6 and words[5] == "GMT" and words[0][-1] == ",":
        # Sun, 06 Nov 1994 08:49:37 GMT
        weekday, (day, month, year, clock) = words[0][:-1], words[1:5]
        known = weekday in _SHORT_WEEKDAYS and len(day) == 2 and len(year) == 4
    elif len(words) == 4 and words[3] == "GMT" and words[1].count("-") == 2:
        # Sunday, 06-Nov-94 08:49:37 GMT
        weekday, clock = words[0][:-1], words[2]
        day, month, year = words[1].split("-")
        known = words[0][-1] == "," and weekday in _WEEKDAYS and len(day) == len(year) == 2
        if known and year.isdecimal():
            year = ("19" if int(year) >= _PIVOT_YEAR else "20") + year
    elif len(words) == 5:
        # Sun Nov  6 08:49:37 1994
        weekday, month, day, clock, year = words
        known = weekday in _SHORT_WEEKDAYS and len(day) <= 2 and len(year) == 4
    else:
        return None
    return _count_seconds(day, month, year, clock) if known and text.isascii() else None


def _count_seconds(day: str, month: str, year: str, clock: str) -> float | None:
    parts = clock.split(":")
    fields = (day, year, *parts)
    if (
        month not in _MONTHS
        or [len(part) for part in parts] != [2, 2, 2]
        or not all(field.isdecimal() for field in fields)
    ):
        return None
    days, years, hours, minutes, seconds = map(int, fields)
    months = _MONTHS.index(month)
    leap = years % 4 == 0 and (years % 100 != 0 or years % 400 == 0)
    month_days = _MONTH_DAYS[months] + (leap and months == 1)
    # Second 60 is a leap second: the first of the next minute, as POSIX counts.
    if not (years and 1 <= days <= month_days and hours < 24 and minutes < 60 and seconds <= 60):
        return None
    before = years - 1
    day_count = (
        before * 365
        + before // 4
        - before // 100
        + before // 400
        - 719_162
        + sum(_MONTH_DAYS[:months])
        + (leap and months > 1)
        + days
        - 1
    )
    return float(day_count * _DAY_S + hours * 3600 + minutes * 60 + seconds)
