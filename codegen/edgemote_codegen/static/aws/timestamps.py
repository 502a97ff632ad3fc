"""Timestamps in the formats of the wire.

The conversions of `time` and datetime.fromtimestamp go through the platform's time_t, which has 32
bits on 32-bit ARM and ends in 2038. Adding a timedelta to 1970 does not.
"""

from __future__ import annotations

# msgspec has imported both already.
import sys
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from .shape import END_S, FIRST_S

_READS_Z = sys.version_info >= (3, 11)  # datetime.fromisoformat, in C
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_NAIVE_EPOCH = datetime(1970, 1, 1)
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_PIVOT_YEAR = 69  # two digits from here on are 19xx, as in POSIX and in email.utils
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _split(epoch_s: float) -> tuple[int, int]:
    """Split POSIX seconds into whole seconds and microseconds, rounded as datetime.fromtimestamp
    does.
    """
    whole = int(epoch_s // 1)
    micros = round((epoch_s - whole) * 1e6)
    return (whole + 1, 0) if micros == 1_000_000 else (whole, micros)


def format_unixtimestamp(epoch_s: float) -> float:
    """Return an int if the second is whole, else a float rounded to microseconds."""
    whole, micros = _split(epoch_s)
    return (whole * 10**6 + micros) / 10**6 if micros else whole


def format_iso8601(epoch_s: float) -> str:
    """Return 2015-08-30T12:36:00Z, with six decimals if the second is not whole."""
    whole, micros = _split(epoch_s)
    moment = EPOCH + timedelta(seconds=whole)
    fraction = f".{micros:06}" if micros else ""
    # isoformat would bring 64 KiB of the interpreter into a small board's memory.
    return (
        f"{moment.year:04}-{moment.month:02}-{moment.day:02}T"
        f"{moment.hour:02}:{moment.minute:02}:{moment.second:02}{fraction}Z"
    )


def format_rfc822(epoch_s: float) -> str:
    """Return Sun, 30 Aug 2015 12:36:00 GMT; the format has no fractions."""
    moment = EPOCH + timedelta(seconds=_split(epoch_s)[0])
    # strftime would use the locale's names of days and months.
    return (
        f"{_DAYS[moment.weekday()]}, {moment.day:02} {_MONTHS[moment.month - 1]} {moment.year:04} "
        f"{moment.hour:02}:{moment.minute:02}:{moment.second:02} GMT"
    )


def parse_text(text: str) -> float:
    """Return the POSIX seconds of a text with a number, an ISO 8601 date or an HTTP date. Raises
    ValueError for anything else.
    """
    # 2015-08-30T12:36:00Z and 2015-08-30T12:36:00.000Z, the usual case in XML.
    if (
        _READS_Z
        and len(text) in (20, 24)
        and text[4:17:3] == "--T::"
        and text[-1] == "Z"
        and text[19] in "Z."
    ):
        return datetime.fromisoformat(text).timestamp()
    text = text.strip()
    if text[4:5] == "-" and text[:4].isdecimal():
        return _parse_iso8601(text)
    try:
        return float(text)
    except ValueError:
        pass
    if not text[:1].isalpha():
        return _parse_iso8601(text)
    seconds = parse_http_date(text)
    if seconds is None:
        raise ValueError(f"not a date: {text[:40]!r}")
    return seconds


def parse_http_date(text: str) -> float | None:
    """Return the POSIX seconds of a date in one of RFC 9110's three forms (5.6.7), else None."""
    words = text.split()
    if len(words) == 6 and words[5] == "GMT" and words[0][-1] == ",":
        # Sun, 06 Nov 1994 08:49:37 GMT
        weekday, (day, month, year, clock) = words[0][:-1], words[1:5]
        known = weekday in _DAYS and len(day) == 2 and len(year) == 4
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
        known = weekday in _DAYS and len(day) <= 2 and len(year) == 4
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
    try:
        moment = datetime(years, _MONTHS.index(month) + 1, days, hours, minutes)
    except ValueError:
        return None
    # Second 60 is a leap second, which POSIX counts as the first of the next minute.
    return to_epoch(moment) + seconds if seconds <= 60 else None


def _parse_iso8601(text: str) -> float:
    # 2015-08-30T12:36:00Z, with or without a fraction, is how services write it.
    if text[10:17:3] == "T::" and text[-1:] == "Z":
        digits = text[20:-1]
        if text[19:] == "Z" or (text[19:20] == "." and digits.isascii() and digits.isdecimal()):
            since = datetime.fromisoformat(text[:19]) - _NAIVE_EPOCH
            whole = since.days * 86_400 + since.seconds
            micros = int(f"{digits[:6]:0<6}") if digits else 0
            return (whole * 1_000_000 + micros) / 1_000_000
    normal = text.replace(" ", "T", 1)
    if normal[-1:] in "zZ":
        normal = normal[:-1] + "+00:00"
    head, dot, tail = normal.partition(".")
    if dot:  # Python 3.10 accepts only three or six decimals
        digits = tail[: len(tail) - len(tail.lstrip("0123456789"))]
        normal = f"{head}.{digits[:6]:0<6}{tail[len(digits) :]}"
    moment = datetime.fromisoformat(normal)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return (moment - EPOCH) / timedelta(seconds=1)


def to_epoch(value: Any) -> float:
    """Return the POSIX seconds of what a caller may pass as a timestamp: a number, a datetime or
    the text of a date.

    A datetime without a time zone is UTC, as in botocore.utils.parse_to_aware_datetime.
    """
    if isinstance(value, datetime):
        since = value - (EPOCH if value.tzinfo is not None else _NAIVE_EPOCH)
        whole = since.days * 86400 + since.seconds
        micros = since.microseconds
        if not FIRST_S <= whole < END_S:  # only its time zone puts it beyond the calendar
            return _check_range(whole)
        if not micros:
            return whole
        epoch_s = (whole * 1_000_000 + micros) / 1_000_000
        # The last microseconds of 9999, as in datetime.max, would round to the year 10000.
        return epoch_s if epoch_s < END_S else whole
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        return _check_range(float(value) if isinstance(value, Decimal) else value)
    if isinstance(value, str):
        return _check_range(parse_text(value))
    raise TypeError(
        f"Expected a timestamp (POSIX seconds, datetime or date text), got `{type(value).__name__}`"
    )


def _check_range(epoch_s: float) -> float:
    if FIRST_S <= epoch_s < END_S:  # NaN is not
        return epoch_s
    raise ValueError("Expected POSIX seconds in the years 1 to 9999")
