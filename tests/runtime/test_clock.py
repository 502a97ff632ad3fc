import calendar
import datetime
import email.utils
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from aws.timestamps import parse_http_date
from edgemote.clock import (
    BARE_ERRORS,
    CLOCK_ERRORS,
    PROOF_S,
    SKEW_THRESHOLD_S,
    SUSPECT_ERRORS,
    Clock,
    find_correction,
    is_clock_error,
    skew_s,
)

FORMS = ("%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y")
# Two digits of a year say no more than this.
CENTURY = (datetime.datetime(1969, 1, 1), datetime.datetime(2068, 12, 31))

YEAR_1000_S = -30_610_224_000

moments = st.datetimes(datetime.datetime(1000, 1, 1), datetime.datetime(9999, 12, 31)).map(
    lambda moment: moment.replace(microsecond=0)
)


class Sources:
    """Two clocks to set by hand."""

    def __init__(self, wall_s=0.0, steady_s=0.0):
        self.wall_s = wall_s
        self.steady_s = steady_s

    def clock(self):
        # A bundle knows when it was built, and these tests run in one too.
        return Clock(lambda: self.wall_s, lambda: self.steady_s, earliest_s=0.0)


def test_before_anything_is_learnt_the_boards_time_counts():
    sources = Sources(wall_s=5.0, steady_s=1000.0)
    clock = sources.clock()
    assert clock.now() == 5.0
    sources.wall_s = 1_700_000_000.0
    assert clock.now() == 1_700_000_000.0


@given(st.lists(st.tuples(st.integers(-(2**40), 2**40), st.integers(0, 10**6)), max_size=9))
def test_what_was_learnt_outlives_jumps_of_the_boards_time(jumps):
    sources = Sources(wall_s=5.0, steady_s=77.0)
    clock = sources.clock()
    clock.sync(1_700_000_000.0)
    elapsed_s = 0
    for wall_s, step_s in jumps:
        sources.wall_s = wall_s
        sources.steady_s += step_s
        elapsed_s += step_s
        assert clock.now() == 1_700_000_000.0 + elapsed_s


def test_the_last_lesson_counts():
    clock = Sources(steady_s=10.0).clock()
    clock.sync(1_000.0)
    clock.sync(2_000.0)
    assert clock.now() == 2_000.0


def test_a_proven_time_is_a_floor():
    sources = Sources(wall_s=10_000.0, steady_s=10.0)
    clock = sources.clock()
    clock.prove(clock.now())
    sources.wall_s, sources.steady_s = 50_000.0, 1_010.0
    assert not clock.sync(11_000.0 - PROOF_S - 1)
    assert clock.sync(11_000.0 - PROOF_S)
    assert not clock.proven


@pytest.mark.parametrize("jump_s", [-1.0, PROOF_S + 1, 1e9])
def test_a_call_during_which_the_clock_jumped_proves_nothing(jump_s):
    sources = Sources(wall_s=10_000.0)
    clock = sources.clock()
    began_s = clock.now()
    sources.wall_s += jump_s
    clock.prove(began_s)
    assert not clock.proven


def test_a_long_call_proves_the_time_at_its_end():
    sources = Sources(wall_s=10_000.0, steady_s=10.0)
    clock = sources.clock()
    began_s = clock.now()
    sources.wall_s += 600.0
    sources.steady_s += 600.0
    clock.prove(began_s)
    sources.wall_s = 1e9
    assert clock.return_to_proven()
    assert clock.now() == 10_600.0


def test_a_board_that_goes_back_behind_a_proven_time_is_not_asked():
    sources = Sources(wall_s=10_000.0, steady_s=10.0)
    clock = sources.clock()
    clock.recall(20_000.0)
    sources.wall_s = 20_000.0 - PROOF_S
    assert not clock.judges()
    sources.wall_s -= 1
    assert clock.judges()
    assert clock.now() == 20_000.0
    clock = sources.clock()
    clock.recall(1e15)  # nothing that can be
    assert not clock.judges()


def test_a_fork_has_learnt_nothing():
    clock = Sources(wall_s=10.0).clock()
    clock.sync(5_000.0)
    fork = clock.fork()
    assert fork.now() == 10.0
    fork.sync(7_000.0)
    assert clock.now() == 5_000.0


def test_the_real_sources():
    clock = Clock()
    before_s = time.time()
    assert before_s <= clock.now() <= time.time()
    clock.sync(4_102_444_800.0)
    assert clock.now() >= 4_102_444_800.0


@given(moments, st.sampled_from(FORMS))
@example(datetime.datetime(2000, 2, 29), FORMS[0])
@example(datetime.datetime(2038, 1, 19, 3, 14, 8), FORMS[0])
@example(datetime.datetime(1970, 1, 1), FORMS[2])
def test_dates_equal_those_of_the_email_package(moment, form):
    if form is FORMS[1]:
        moment = CENTURY[0] + (moment - datetime.datetime(1000, 1, 1)) % (CENTURY[1] - CENTURY[0])
    text = moment.strftime(form).replace("%Y", f"{moment.year:04}")
    expected = calendar.timegm(email.utils.parsedate_to_datetime(text).timetuple())
    assert expected == calendar.timegm(moment.timetuple())
    assert parse_http_date(text) == expected


def test_the_examples_of_the_rfc():
    for text in (
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
    ):
        assert parse_http_date(text) == 784111777.0
    assert parse_http_date("Sat, 31 Dec 2016 23:59:60 GMT") == 1483228800.0


@given(
    moments.map(lambda moment: moment.strftime(FORMS[0])),
    st.integers(0, 28),
    st.text(alphabet="0159 :,-JanSu\u0661\u00b2", max_size=2),
)
def test_a_damaged_date_is_none_or_means_what_the_email_package_reads(text, place, damage):
    text = text[:place] + damage + text[place + 1 :]
    found = parse_http_date(text)
    # Years of three digits and less are of this century to the email package.
    if found is not None and found >= YEAR_1000_S:
        parsed = email.utils.parsedate_tz(text)
        assert parsed is not None
        assert found == calendar.timegm((*parsed[:6], 0, 0, 0))


@given(st.text(max_size=40))
def test_any_text_is_a_date_or_none(text):
    assert parse_http_date(text) is None or isinstance(parse_http_date(text), float)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "Sun, 06 Nov 1994 08:49:37",
        "Sun, 06 Nov 1994 08:49:37 +0000",
        "Sun, 31 Nov 1994 08:49:37 GMT",
        "Wed, 29 Feb 2023 08:49:37 GMT",
        "Mon, 29 Feb 1900 08:49:37 GMT",
        "Sun, 00 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 0000 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:00:00 GMT",
        "Sun, 06 Nov 1994 08:60:00 GMT",
        "Sun, 06 Nov 1994 08:00:61 GMT",
        "Sun, 06 Nov 1994 8:00:00 GMT",
        "Sun, 06 nov 1994 08:00:00 GMT",
        "Son, 06 Nov 1994 08:00:00 GMT",
        "Sunday, 06-Nov-1994 08:49:37 GMT",
        "Sun Nov  6 08:49:37 94",
        "Sun, ٠٦ Nov 1994 08:49:37 GMT",
    ],
)
def test_what_is_no_date(text):
    assert parse_http_date(text) is None


DATE = "Sun, 06 Nov 1994 08:49:37 GMT"
DATE_S = 784111777.0


def test_skew():
    assert skew_s(DATE, DATE_S - 90) == 90
    assert skew_s(DATE, DATE_S + 90) == -90
    assert skew_s(None, 0.0) is None
    assert skew_s("soon", 0.0) is None


@pytest.mark.parametrize("code", sorted(CLOCK_ERRORS))
def test_codes_that_mean_the_clock(code):
    assert is_clock_error(code)
    assert find_correction(code, "", DATE, DATE_S - 1) == DATE_S
    assert find_correction(code, "", None, DATE_S) is None


@pytest.mark.parametrize("code", sorted(SUSPECT_ERRORS | BARE_ERRORS))
@pytest.mark.parametrize("direction", [-1, 1])
def test_codes_that_may_mean_the_clock(code, direction):
    assert not is_clock_error(code, "The request signature we calculated does not match")
    near_s, far_s = (DATE_S + direction * (SKEW_THRESHOLD_S + more) for more in (0, 1))
    assert find_correction(code, "does not match", DATE, near_s) is None
    assert find_correction(code, "does not match", DATE, far_s) == DATE_S


@pytest.mark.parametrize(
    "message",
    [
        "Signature expired: 20150830T123600Z is now earlier than 20150830T125100Z",
        "Signature not yet current: 20150830T123600Z is still later than 20150830T122100Z",
    ],
)
def test_words_that_mean_the_clock(message):
    assert is_clock_error("InvalidSignatureException", message)
    assert is_clock_error("SignatureDoesNotMatch", message)
    assert not is_clock_error("ValidationException", message)
    assert find_correction("InvalidSignatureException", message, DATE, DATE_S - 10) == DATE_S


def test_other_errors_teach_no_time():
    assert find_correction("AccessDeniedException", "", DATE, 0.0) is None
    assert find_correction("ExpiredTokenException", "", DATE, 0.0) is None
