"""Lists in an answer's headers: a comma in a date or in quotes ends no item."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aws.lenient import read_text
from aws.rest import _quote_item
from aws.shape import HttpTimestamp, Iso8601Timestamp, Timestamp
from aws.timestamps import format_iso8601, format_rfc822

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
# What RFC 9110 lets a header hold, without the backslash, which botocore escapes in no request.
TEXTS = st.text(st.sampled_from('ab ,"=;/'), min_size=1).filter(lambda text: text == text.strip())


@given(st.lists(TEXTS, min_size=1))
@settings(deadline=None)
def test_texts_come_back_as_they_were_sent(texts: list[str]) -> None:
    assert read_text(list[str], ",".join(map(_quote_item, texts))) == texts
    assert read_text(list[str], " , ".join(map(_quote_item, texts))) == texts


@given(st.lists(st.integers(-60_000_000_000, 250_000_000_000), min_size=1))
@settings(deadline=None)
def test_dates_come_back_as_they_were_sent(times: list[int]) -> None:
    for hint, write in (
        (HttpTimestamp, format_rfc822),
        (Iso8601Timestamp, format_iso8601),
        (Timestamp, str),
    ):
        for glue in (",", ", "):
            assert read_text(list[hint], glue.join(map(write, times))) == times  # type: ignore[valid-type]


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("", [""]),
        ("a", ["a"]),
        (" a ,b,, c", ["a", "b", "", "c"]),
        ('"b,c", "\\"def\\"", a', ["b,c", '"def"', "a"]),  # Smithy's own example
        ('"a"', ["a"]),
        ('""', [""]),
        ('"', ['"']),
        ('"a, b', ['"a', "b"]),  # a quote that never ends
        ('"a" b, c', ['"a" b', "c"]),
        ('a "b, c"', ['a "b', 'c"']),  # does not begin with it
        ('"a\\\\b,", c', ["a\\b,", "c"]),
        ('"a\\\\", "\\b"', ["a\\", "\\b"]),
        ("Mon, b", ["Mon", "b"]),
    ],
)
def test_texts_with_quotes(text: str, items: list[str]) -> None:
    assert read_text(list[str], text) == items


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("Mon, 16 Dec 2019 23:48:18 GMT, Mon, 16 Dec 2019 23:48:18 GMT", [0, 0]),
        ("Monday, 16-Dec-19 23:48:18 GMT,Mon, 16 Dec 2019 23:48:19 GMT", [0, 1]),
        ("2019-12-16T23:48:18Z, 1576540098, soon", [0, 0, "soon"]),
    ],
)
def test_dates_in_other_forms(text: str, items: list[Any]) -> None:
    first = (datetime(2019, 12, 16, 23, 48, 18, tzinfo=timezone.utc) - _EPOCH) / timedelta(
        seconds=1
    )
    expected = [first + item if isinstance(item, int) else item for item in items]
    assert read_text(list[HttpTimestamp], text) == expected
