"""Times as the wire writes them, in integer arithmetic.

The standard library's conversions go through the platform's time_t, which has 32 bits on 32-bit ARM and ends in 2038.
Days and seconds are counted from 1970 here instead, after Howard Hinnant's civil calendar
(https://howardhinnant.github.io/date_algorithms.html).
"""

from __future__ import annotations

from typing import Any

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def civil(days: int) -> tuple[int, int, int]:
    """Days since 1970-01-01 to (year, month, day) in the Gregorian calendar."""
    era, day_of_era = divmod(days + 719468, 146097)
    year_of_era = (
        day_of_era - day_of_era // 1460 + day_of_era // 36524 - day_of_era // 146096
    ) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted = (5 * day_of_year + 2) // 153  # months counted from March
    month = shifted + 3 if shifted < 10 else shifted - 9
    year = year_of_era + era * 400 + (month <= 2)
    return year, month, day_of_year - (153 * shifted + 2) // 5 + 1


def days_since_1970(year: int, month: int, day: int) -> int:
    """The inverse of `civil`."""
    year -= month <= 2
    era, year_of_era = divmod(year, 400)
    day_of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return (
        era * 146097
        + year_of_era * 365
        + year_of_era // 4
        - year_of_era // 100
        + day_of_year
        - 719468
    )


def _split(epoch_s: float) -> tuple[int, int]:
    """POSIX seconds to whole seconds and microseconds, rounded the way datetime.fromtimestamp rounds."""
    whole = int(epoch_s // 1)
    micros = round((epoch_s - whole) * 1e6)
    return (whole + 1, 0) if micros == 1_000_000 else (whole, micros)


def format_unixtimestamp(epoch_s: float) -> float:
    """An int where the second is whole, else a float rounded to microseconds."""
    whole, micros = _split(epoch_s)
    return (whole * 10**6 + micros) / 10**6 if micros else whole


def format_iso8601(epoch_s: float) -> str:
    """2015-08-30T12:36:00Z, with six decimals where the second is not whole."""
    whole, micros = _split(epoch_s)
    days, second = divmod(whole, 86400)
    date = "{:04}-{:02}-{:02}".format(*civil(days))
    fraction = f".{micros:06}" if micros else ""
    return f"{date}T{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}{fraction}Z"


def format_rfc822(epoch_s: float) -> str:
    """Sun, 30 Aug 2015 12:36:00 GMT; the format has no fractions."""
    days, second = divmod(_split(epoch_s)[0], 86400)
    year, month, day = civil(days)
    return (
        f"{_DAYS[(days + 3) % 7]}, {day:02} {_MONTHS[month - 1]} {year:04} "
        f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02} GMT"
    )


FORMATS = {
    "unixtimestamp": format_unixtimestamp,
    "iso8601": format_iso8601,
    "rfc822": format_rfc822,
}


def parse_text(text: str) -> float:
    """POSIX seconds of a number, an ISO 8601 or an HTTP date in text. ValueError where it is none of them."""
    text = text.strip()
    try:
        return float(text)
    except ValueError:
        pass
    return _parse_rfc822(text) if text[:1].isalpha() else _parse_iso8601(text)


def _parse_iso8601(text: str) -> float:
    from datetime import datetime, timedelta, timezone

    normal = text.replace(" ", "T", 1)
    if normal[-1:] in "zZ":
        normal = normal[:-1] + "+00:00"
    head, dot, tail = normal.partition(".")
    if dot:  # Python 3.10 takes three or six decimals only
        digits = tail[: len(tail) - len(tail.lstrip("0123456789"))]
        normal = f"{head}.{digits[:6]:0<6}{tail[len(digits) :]}"
    moment = datetime.fromisoformat(normal)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    since = moment - datetime(1970, 1, 1, tzinfo=timezone.utc)
    return since / timedelta(seconds=1)


def _parse_rfc822(text: str) -> float:
    """All three date formats of RFC 9110, section 5.6.7."""
    words = text.replace(",", " ").replace("-", " ").split()
    try:
        if len(words) == 5:  # asctime: Sun Nov  6 08:49:37 1994
            _, month, day, clock, year = words
        else:
            _, day, month, year, clock, zone = words
            if zone not in ("GMT", "UTC", "+0000"):
                raise ValueError
        hour, minute, second = (int(part) for part in clock.split(":"))
        year_number = int(year)
        if len(year) == 2:  # RFC 850's years, read as RFC 6265 does
            year_number += 2000 if year_number < 70 else 1900
        month_number = _MONTHS.index(month.capitalize()) + 1
        date = int(day)
        if not (1 <= date <= 31 and hour < 24 and minute < 60 and second < 61):
            raise ValueError
    except ValueError:
        raise ValueError(f"not a date: {text[:40]!r}") from None
    days = days_since_1970(year_number, month_number, date)
    return days * 86400 + hour * 3600 + minute * 60 + second


def to_epoch(value: Any) -> float:
    """POSIX seconds of what a caller may pass for a timestamp: a number, a datetime or date text.

    A datetime without a time zone is UTC, as botocore.utils.parse_to_aware_datetime has it.
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if value - value != 0:
            raise ValueError("expected a finite timestamp")
        return value + 0
    if isinstance(value, str):
        return parse_text(value)
    from datetime import datetime, timedelta, timezone

    if not isinstance(value, datetime):
        raise TypeError(
            f"expected a timestamp (POSIX seconds, datetime or date text), got `{type(value).__name__}`"
        )
    if value.tzinfo is None:
        value = value.replace(tzinfo=timezone.utc)
    since: timedelta = value - datetime(1970, 1, 1, tzinfo=timezone.utc)
    whole = since // timedelta(seconds=1)
    micros = since.microseconds
    return (whole * 1_000_000 + micros) / 1_000_000 if micros else whole
