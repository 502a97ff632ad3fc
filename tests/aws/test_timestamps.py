"""Times as the wire writes them: equal to botocore's and to what datetime says."""

from __future__ import annotations

import contextlib
import math
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from typing import Any

import pytest
from botocore.serialize import create_serializer
from botocore.utils import parse_timestamp, parse_to_aware_datetime
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from aws.lenient import read, read_text
from aws.shape import END_S, FIRST_S, HttpTimestamp, Iso8601Timestamp, Timestamp
from aws.timestamps import (
    format_iso8601,
    format_rfc822,
    format_unixtimestamp,
    parse_http_date,
    parse_text,
    to_epoch,
)

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
WRITER = create_serializer("rest-json", include_validation=False)
SECOND = timedelta(seconds=1)

moments = st.datetimes(timezones=st.just(timezone.utc))
# The last day is left out: a number close to its end rounds to the year 10000.
epochs = st.floats(FIRST_S, END_S - 86_400) | st.integers(FIRST_S, END_S - 86_400)
offsets = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))


def moment_of(epoch_s: float) -> datetime:
    """What datetime makes of POSIX seconds, rounded to microseconds as it rounds."""
    return EPOCH + timedelta(microseconds=microseconds_of(epoch_s))


def microseconds_of(epoch_s: float) -> int:
    numerator, denominator = epoch_s.as_integer_ratio()
    whole, rest = divmod(numerator, denominator)
    return whole * 10**6 + round(rest / denominator * 1e6)


def test_the_range_is_what_datetime_can_say() -> None:
    first = datetime.min.replace(tzinfo=timezone.utc)
    last = datetime.max.replace(tzinfo=timezone.utc)
    assert (first - EPOCH) // SECOND == FIRST_S
    assert (last - EPOCH) // SECOND == END_S - 1


@settings(deadline=None)
@given(epochs)
@example(0)
@example(-0.0)
@example(-0.5)
@example(-1e-7)
@example(1.9999996)
@example(-1.9999996)
@example(0.9999999)
@example(FIRST_S)
@example(FIRST_S + 0.25)
@example(END_S - 1)
@example(2**31)
@example(2**32)
@example(951_782_400)  # 29 February 2000
def test_writing_is_botocores(epoch_s: float) -> None:
    moment = moment_of(epoch_s)
    assert format_unixtimestamp(epoch_s) == WRITER._timestamp_unixtimestamp(moment)
    # datetime.strftime forgets the zeros ahead of a short year.
    if moment.year >= 1000:
        assert format_iso8601(epoch_s) == WRITER._timestamp_iso8601(moment)
        assert format_rfc822(epoch_s) == WRITER._timestamp_rfc822(moment)
    assert format_iso8601(epoch_s) == moment.isoformat().replace("+00:00", "Z")


@settings(deadline=None)
@given(epochs)
@example(1_440_938_160.123456)
@example(-62_135_596_799.5)
def test_what_was_written_is_read_back(epoch_s: float) -> None:
    rounded = microseconds_of(epoch_s) / 10**6
    whole_s = microseconds_of(epoch_s) // 10**6
    assert format_unixtimestamp(epoch_s) == rounded
    assert parse_text(format_iso8601(epoch_s)) == rounded
    assert parse_text(format_rfc822(epoch_s)) == whole_s
    assert parse_http_date(format_rfc822(epoch_s)) == whole_s
    assert parse_text(repr(epoch_s)) == epoch_s


@pytest.mark.parametrize(
    ("epoch_s", "unix", "iso8601", "rfc822"),
    [
        (0, "0", "1970-01-01T00:00:00Z", "Thu, 01 Jan 1970 00:00:00 GMT"),
        (0.5, "0.5", "1970-01-01T00:00:00.500000Z", "Thu, 01 Jan 1970 00:00:00 GMT"),
        (-0.5, "-0.5", "1969-12-31T23:59:59.500000Z", "Wed, 31 Dec 1969 23:59:59 GMT"),
        (5.0, "5", "1970-01-01T00:00:05Z", "Thu, 01 Jan 1970 00:00:05 GMT"),
        (0.9999999, "1", "1970-01-01T00:00:01Z", "Thu, 01 Jan 1970 00:00:01 GMT"),
        (-0.0000001, "0", "1970-01-01T00:00:00Z", "Thu, 01 Jan 1970 00:00:00 GMT"),
        (2**31, "2147483648", "2038-01-19T03:14:08Z", "Tue, 19 Jan 2038 03:14:08 GMT"),
        (-(2**31), "-2147483648", "1901-12-13T20:45:52Z", "Fri, 13 Dec 1901 20:45:52 GMT"),
        (FIRST_S, str(FIRST_S), "0001-01-01T00:00:00Z", "Mon, 01 Jan 0001 00:00:00 GMT"),
        (END_S - 1, str(END_S - 1), "9999-12-31T23:59:59Z", "Fri, 31 Dec 9999 23:59:59 GMT"),
    ],
)
def test_examples(epoch_s: float, unix: str, iso8601: str, rfc822: str) -> None:
    assert repr(format_unixtimestamp(epoch_s)) == unix
    assert format_iso8601(epoch_s) == iso8601
    assert format_rfc822(epoch_s) == rfc822


# What callers pass -------------------------------------------------------------------------------


@settings(deadline=None)
@given(st.datetimes(timezones=st.none() | offsets))
@example(datetime.min)
@example(datetime.max)
@example(datetime.min.replace(tzinfo=timezone(timedelta(hours=-23))))
@example(datetime.max.replace(tzinfo=timezone(timedelta(hours=23))))
@example(datetime.min.replace(tzinfo=timezone(timedelta(hours=23))))
@example(datetime.max.replace(tzinfo=timezone(timedelta(hours=-23))))
def test_a_datetime_is_utc_unless_it_says_otherwise(moment: datetime) -> None:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
    micros = (aware - EPOCH) // timedelta(microseconds=1)
    if not FIRST_S * 10**6 <= micros < END_S * 10**6:
        with pytest.raises(ValueError, match="years 1 to 9999"):
            to_epoch(moment)
        return
    if micros / 10**6 == END_S:
        assert to_epoch(moment) == END_S - 1
        return
    assert to_epoch(moment) == micros / 10**6
    assert isinstance(to_epoch(moment), float if micros % 10**6 else int)
    assert to_epoch(moment) == WRITER._timestamp_unixtimestamp(parse_to_aware_datetime(moment))


@settings(deadline=None)
@given(
    moments.filter(lambda moment: moment.year >= 1000),
    st.sampled_from(("T", " ")),
    st.sampled_from(("", "Z", "z", "+00:00", "-05:30", "+23:59")),
    st.sampled_from(("auto", "hours", "minutes", "seconds", "milliseconds", "microseconds")),
)
def test_iso8601_in_all_its_forms(moment: datetime, between: str, zone: str, timespec: str) -> None:
    text = moment.replace(tzinfo=None).isoformat(between, timespec) + zone
    assume((1000, 1, 2) < (moment.year, moment.month, moment.day) < (9999, 12, 30))
    assert to_epoch(text) == parse_to_aware_datetime(text).timestamp()


@pytest.mark.parametrize(
    ("text", "epoch_s"),
    [
        ("2015-08-30", 1_440_892_800),
        ("2015-08-30T12:36", 1_440_938_160),
        ("2015-08-30T12:36:00", 1_440_938_160),
        (" 2015-08-30T12:36:00Z ", 1_440_938_160),
        ("2015-08-30T12:36:00.1Z", 1_440_938_160.1),
        ("2015-08-30T12:36:00.12345Z", 1_440_938_160.12345),
        ("2015-08-30T12:36:00.123456789Z", 1_440_938_160.123456),
        ("2015-08-30T12:36:00.000+02:00", 1_440_930_960),
        ("1440938160", 1_440_938_160),
        ("-1.5e3", -1500),
        ("Sun, 30 Aug 2015 12:36:00 GMT", 1_440_938_160),
        ("Sunday, 30-Aug-15 12:36:00 GMT", 1_440_938_160),
        ("Sun Aug 30 12:36:00 2015", 1_440_938_160),
    ],
)
def test_texts(text: str, epoch_s: float) -> None:
    assert to_epoch(text) == epoch_s
    assert parse_text(text) == pytest.approx(parse_timestamp_utc(text), abs=2e-6, rel=0)


def parse_timestamp_utc(text: str) -> float:
    moment = parse_timestamp(text.strip())
    return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()


@pytest.mark.parametrize(
    "value",
    [
        "",
        " ",
        "yesterday",
        "2015",  # seconds after 1970, see below
        "2015-13-01",
        "2015-02-29",
        "2015-08-30T24:00:01",
        "2015-08-30T12:36:00+25:00",
        "2015-08-30T12:36:00..5",
        "Sun, 31 Feb 2015 12:36:00 GMT",
        "Sun, 30 Aug 2015 12:36:00",
        "nan",
        "NaN",
        "inf",
        "-Infinity",
        "1e300",
        math.nan,
        math.inf,
        -math.inf,
        1e300,
        10**400,
        END_S,
        FIRST_S - 1,
        str(END_S),
        1_700_000_000_000,  # milliseconds
    ],
)
def test_what_is_no_time(value: Any) -> None:
    if value == "2015":
        assert to_epoch(value) == 2015
        return
    with pytest.raises(ValueError):  # noqa: PT011
        to_epoch(value)


@pytest.mark.parametrize("value", [True, None, b"2015-08-30", [], {}, object(), 1j])
def test_what_is_of_no_type_of_a_time(value: Any) -> None:
    with pytest.raises(TypeError, match=f"got `{type(value).__name__}`"):
        to_epoch(value)


@settings(deadline=None)
@given(st.text(max_size=30) | st.text("0123456789-:TZ.+ GMT,SunAug", max_size=30))
@example("2015-08-30T12:36:Z")
@example("2015-08-30T12:36: Z")
def test_any_text_is_a_time_or_a_value_error(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert FIRST_S <= to_epoch(text) < END_S


# What services answer ----------------------------------------------------------------------------


@pytest.mark.parametrize("hint", [Timestamp, Iso8601Timestamp, HttpTimestamp])
@settings(deadline=None)
@given(moment=moments.filter(lambda moment: moment.year >= 1000))
def test_answers_are_read_whatever_form_they_have(hint: Any, moment: datetime) -> None:
    epoch_s = (moment - EPOCH) // timedelta(microseconds=1) / 10**6
    whole_s = (moment - EPOCH) // SECOND
    http_date = format_datetime(moment, usegmt=True)
    assert read(hint, epoch_s) == epoch_s
    assert read(hint, moment.isoformat()) == epoch_s
    assert read(hint, http_date) == whole_s
    assert read_text(hint, http_date) == whole_s
    assert read_text(hint, moment.isoformat().replace("+00:00", "Z")) == epoch_s
    assert read_text(hint, repr(epoch_s)) == epoch_s


@pytest.mark.parametrize("value", ["soon", {"a": 1}, [5], "2015-99-99"])
def test_what_cannot_be_read_is_handed_on(value: Any) -> None:
    assert read(Timestamp, value) == value


@settings(deadline=None)
@given(st.text(max_size=40) | st.text("0123456789-: GMT,SundayNov", max_size=40))
@example("")
@example("Sun, 06 Nov 1994 08:49:60 GMT")
def test_any_text_is_an_http_date_or_none(text: str) -> None:
    seconds = parse_http_date(text)
    assert seconds is None or FIRST_S <= seconds < END_S


def test_http_dates_are_taken_strictly() -> None:
    assert parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT") == 784_111_777
    assert parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT") == 784_111_777
    assert parse_http_date("Sun Nov  6 08:49:37 1994") == 784_111_777
    assert parse_http_date("Thu, 31 Dec 1998 23:59:60 GMT") == 915_148_800
    # Two digits of a year: from 69 on they are of the last century.
    assert parse_http_date("Wednesday, 01-Jan-69 00:00:00 GMT") == -31_536_000
    assert parse_http_date("Sunday, 01-Jan-68 00:00:00 GMT") == 3_092_601_600
    for text in (
        "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 06 Nov 1994 08:49:37 +0000",
        "Sun, 6 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 94 08:49:37 GMT",
        "Sun 06 Nov 1994 08:49:37 GMT",
        "Xxx, 06 Nov 1994 08:49:37 GMT",
        "Sun, 06 Xxx 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:49:37 GMT",
        "Sun, 06 Nov 1994 08:60:37 GMT",
        "Sun, 06 Nov 1994 08:49:61 GMT",
        "Sun, 06 Nov 1994 8:49:37 GMT",
        "Sun, 06 Nov 1994 08:49 GMT",
        "Sun, 00 Nov 1994 08:49:37 GMT",
        "Sun, 31 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 0000 08:49:37 GMT",
        "Sun, ٠٦ Nov 1994 08:49:37 GMT",
        "Sun, 06\u00a0Nov 1994 08:49:37 GMT",
        "Sun, 06-Nov-94 08:49:37 GMT",
        "Sunday, 06-Nov-1994 08:49:37 GMT",
    ):
        assert parse_http_date(text) is None, text
