"""The rules beside botocore's own, fed with the same outcomes and the same random numbers."""

import binascii
from types import SimpleNamespace

import botocore.exceptions
import pytest
from botocore.awsrequest import AWSResponse
from botocore.model import ServiceModel
from botocore.retries import quota as botocore_quota
from botocore.retries import special, standard
from hypothesis import example, given
from hypothesis import strategies as st

from aws.errors import ServiceError, ValidationError
from edgemote import retry
from edgemote.errors import (
    ConfigError,
    ConnectError,
    ConnectionClosedError,
    CredentialsError,
    DamagedBodyError,
    ProtocolError,
    ReadTimeoutError,
    TransportError,
)
from edgemote.retry import Retry, RetryQuota, RetryRules, draw_fraction, is_intact


# What a generated client has for three modelled errors: one that is final, one that is worth
# another try, one that means throttling.
class FinalError(ServiceError):
    pass


class WorthError(ServiceError):
    retryable = True


class SlowError(ServiceError):
    retryable = True
    throttling = True


MODELLED = {"FinalError": FinalError, "WorthError": WorthError, "SlowError": SlowError}
TRAITS = {
    "FinalError": {},
    "WorthError": {"retryable": {}},
    "SlowError": {"retryable": {"throttling": True}},
}
TRANSPORT = {
    ConnectError: botocore.exceptions.EndpointConnectionError(endpoint_url="https://x"),
    ConnectionClosedError: botocore.exceptions.ConnectionClosedError(endpoint_url="https://x"),
    ReadTimeoutError: botocore.exceptions.ReadTimeoutError(endpoint_url="https://x"),
    DamagedBodyError: botocore.exceptions.HTTPClientError(error="damaged"),
    TransportError: botocore.exceptions.HTTPClientError(error="other"),
}
SERVICES = ("Sagemaker Edge", "DynamoDB", "DynamoDB Streams", "STS", "SQS", "SFN", "SWF", "Kinesis")
OPERATIONS = (
    "SendHeartbeat",
    "ReceiveMessage",
    "GetActivityTask",
    "PollForActivityTask",
    "PollForDecisionTask",
    "ReceiveQueueRecords",
    "ReceiveDeadLetterQueueRecords",
)


class Botocore:
    """botocore's handlers, wired as register_retry_handler wires them."""

    def __init__(self, service_id, max_attempts, capacity, draw):
        name = service_id.replace(" ", "-").lower()
        self.model = ServiceModel(
            {
                "metadata": {"protocol": "json", "serviceId": service_id},
                "operations": {
                    operation: {"name": operation, "errors": [{"shape": s} for s in TRAITS]}
                    for operation in OPERATIONS
                },
                "shapes": {
                    shape: {"type": "structure", "members": {}, "exception": True, **traits}
                    for shape, traits in TRAITS.items()
                },
            },
            service_name=name,
        )
        adapter = standard.RetryEventAdapter()
        throttling = standard.ThrottlingErrorDetector(adapter)
        if max_attempts is None:
            max_attempts = standard._SERVICE_MAX_ATTEMPTS.get(name, standard.DEFAULT_MAX_ATTEMPTS)
        self.quota = botocore_quota.RetryQuota(capacity)
        self.checker = standard.RetryQuotaChecker(self.quota, throttling)
        self.slept = []
        self.handler = standard.RetryHandler(
            retry_policy=standard.RetryPolicy(
                standard.StandardRetryConditions(max_attempts),
                standard.ExponentialBackoff(
                    random=draw, service_name=name, throttling_detector=throttling
                ),
            ),
            retry_event_adapter=adapter,
            retry_quota=self.checker,
            service_name=name,
            sleep=self.slept.append,
        )
        self.context = {}

    def decide(self, attempt, outcome, operation):
        """Return (delay, whether to try again), or None."""
        response = caught = None
        if isinstance(outcome, type):
            caught = TRANSPORT[outcome]
        else:
            code, status, headers = outcome
            parsed = {"Error": {"Code": code}} if code else {}
            response = (AWSResponse("https://x", status, headers, None), parsed)
            response[0]._content = b""
        self.slept.clear()
        delay = self.handler.needs_retry(
            response=response,
            attempts=attempt,
            operation=self.model.operation_model(operation),
            caught_exception=caught,
            request_dict={"context": self.context},
        )
        if delay is False:
            return self.slept[0], False
        return None if delay is None else (delay, True)

    def succeed(self):
        self.checker.release_retry_quota(self.context, SimpleNamespace(status_code=200))

    def begin(self):
        self.context = {}


def to_error(outcome):
    if isinstance(outcome, type):
        return outcome("it went wrong")
    code, status, _ = outcome
    return MODELLED.get(code, ServiceError)(code, "", status)


codes = st.sampled_from(
    [
        *sorted(standard.ThrottledRetryableChecker._THROTTLED_ERROR_CODES),
        *standard.TransientRetryableChecker._TRANSIENT_ERROR_CODES,
        *MODELLED,
        "IDPCommunicationError",
        "AccessDeniedException",
        "",
    ]
)
statuses = st.sampled_from([400, 403, 404, 408, 413, 429, 500, 501, 502, 503, 504, 505, 599])
delays = (
    st.integers(-5, 60_000).map(str)
    | st.sampled_from(["", "soon", " 1500 ", "1_000", "1.5", "+20", "9" * 400, "9" * 5000])
    | st.text(alphabet="0123456789 -+._eE\u0661", max_size=6)
)
headers = st.fixed_dictionaries({}, optional={"x-amz-retry-after": delays})
outcomes = st.sampled_from(list(TRANSPORT)) | st.tuples(codes, statuses, headers)
calls = st.lists(
    st.tuples(st.sampled_from(OPERATIONS), st.lists(outcomes, max_size=6)), max_size=12
)
fractions = st.floats(0, 1, exclude_max=True)


@given(
    st.sampled_from(SERVICES),
    st.none() | st.integers(1, 9),
    st.sampled_from([500, 60, 20]),
    calls,
    st.randoms(use_true_random=False),
)
@example("S3", 3, 500, [("SendHeartbeat", [("FinalError", 429, {})])], None)
@example("S3", 3, 500, [("SendHeartbeat", [("", 429, {}), ("SlowError", 400, {})])], None)
@example("SQS", 9, 20, [("ReceiveMessage", [("SlowError", 400, {})] * 6)] * 4, None)
def test_decisions_delays_and_quota_equal_botocores(service, most, capacity, calls, random):
    drawn = []

    def draw():
        drawn.append(random.random() if random else 0.75)
        return drawn[-1]

    def draw_again():
        return drawn.pop(0)

    rules = RetryRules(service, most, RetryQuota(capacity), draw)
    theirs = Botocore(service, most, capacity, draw_again)
    for operation, failures in calls:
        theirs.begin()
        last = None
        given_up = False
        for attempt, outcome in enumerate(failures, 1):
            found = {} if isinstance(outcome, type) else outcome[2]
            decision = rules.next_retry(attempt, to_error(outcome), found, operation)
            ours = decision and (decision.delay_s, decision.again)
            assert ours == theirs.decide(attempt, outcome, operation)
            assert not drawn
            assert rules.quota.available == theirs.quota.available_capacity
            if decision is None or not decision.again:
                given_up = True
                break
            last = decision
        if not given_up:
            rules.note_success(last)
            theirs.succeed()
        assert rules.quota.available == theirs.quota.available_capacity


@given(st.integers(1, 3000), fractions)
def test_the_backoff_has_an_end(attempt, fraction):
    rules = RetryRules("", 10_000, RetryQuota(10**9), lambda: fraction)
    for error in (ConnectError("x"), ServiceError("Throttling", "", 400)):
        decision = rules.next_retry(attempt, error)
        assert 0 <= decision.delay_s <= retry.BACKOFF_LIMIT_S


@given(st.integers(0, 9_000), st.binary(max_size=30))
def test_dynamodbs_checksum_equals_botocores(wrong_by, body):
    found = {"x-amz-crc32": str(binascii.crc32(body) + wrong_by)}
    response = AWSResponse("https://x", 200, found, None)
    response._content = body
    context = standard.RetryContext(
        1,
        operation_model=SimpleNamespace(service_model=SimpleNamespace(service_name="dynamodb")),
        http_response=response,
    )
    assert is_intact(found, body) is not bool(special.RetryDDBChecksumError().is_retryable(context))


def test_a_checksum_that_was_not_sent_or_is_no_number():
    assert is_intact({}, b"body")
    assert is_intact({"x-amz-crc32": "soon"}, b"body")


DATE = "Sun, 06 Nov 1994 08:49:37 GMT"


@pytest.mark.parametrize(
    ("found", "delay_s"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": " 7 "}, 7.0),
        ({"retry-after": "0"}, 0.5),
        ({"retry-after": "3600"}, retry.RETRY_AFTER_LIMIT_S),
        ({"retry-after": "9" * 5000}, retry.RETRY_AFTER_LIMIT_S),
        ({"retry-after": "-7"}, 0.5),
        ({"retry-after": "7.5"}, 0.5),
        ({"retry-after": "soon"}, 0.5),
        ({"retry-after": "\u0667"}, 0.5),
        ({"retry-after": "Sun, 06 Nov 1994 08:49:46 GMT", "date": DATE}, 9.0),
        ({"retry-after": "Mon, 07 Nov 1994 08:49:46 GMT", "date": DATE}, retry.RETRY_AFTER_LIMIT_S),
        ({"retry-after": "Sat, 05 Nov 1994 08:49:46 GMT", "date": DATE}, 0.5),
        ({"retry-after": "Sun, 06 Nov 1994 08:49:46 GMT"}, 0.5),
        ({"retry-after": "9", "x-amz-retry-after": "2000"}, 2.0),
        ({"retry-after": "9", "x-amz-retry-after": "60000"}, 5.5),
        ({"retry-after": "9", "x-amz-retry-after": "soon"}, 9.0),
    ],
)
def test_what_the_server_asks_for(found, delay_s):
    rules = RetryRules(draw=lambda: 0.5)
    decision = rules.next_retry(1, ServiceError("ThrottlingException", "", 400), found)
    assert decision.delay_s == delay_s


_numbers = st.sampled_from(["nan", "inf", "-inf", "1e999", "-" + "9" * 400, "9" * 4300, "0x10"])
_dates = st.builds(
    "{}, {:02} {} {:04} {:02}:00:00 GMT".format,
    st.sampled_from(["Sun", "Mon"]),
    st.integers(0, 32),
    st.sampled_from(["Jan", "Feb", "Dec"]),
    st.integers(0, 9999),
    st.integers(0, 24),
)
_asked = _numbers | _dates | st.text("0123456789-+.eE ", max_size=12)


@given(st.dictionaries(st.sampled_from(["retry-after", "x-amz-retry-after", "date"]), _asked))
def test_no_server_makes_a_client_wait_for_long(found):
    decision = RetryRules(draw=lambda: 0.5).next_retry(1, ServiceError("", "", 503), found)
    longest_s = max(retry.RETRY_AFTER_LIMIT_S, 1 + retry.SERVER_DELAY_EXTRA_S)
    assert 0 <= decision.delay_s <= longest_s  # and it is a number


@pytest.mark.parametrize(
    "error",
    [ConfigError("x"), CredentialsError("x"), ValidationError("x"), ValueError("x"), OSError("x")],
)
def test_what_is_never_tried_again(error):
    assert RetryRules().next_retry(1, error) is None


def test_the_limits_are_botocores():
    assert retry.MAX_ATTEMPTS == standard.DEFAULT_MAX_ATTEMPTS
    assert standard._SERVICE_MAX_ATTEMPTS == retry._MAX_ATTEMPTS
    assert set(standard.ThrottledRetryableChecker._THROTTLED_ERROR_CODES) == retry.THROTTLED_CODES
    assert set(standard.TransientRetryableChecker._TRANSIENT_ERROR_CODES) == retry.TRANSIENT_CODES
    assert (
        set(standard.TransientRetryableChecker._TRANSIENT_STATUS_CODES) == retry.TRANSIENT_STATUSES
    )
    assert standard.RetryHandler._LONG_POLLING_OPERATIONS == retry._LONG_POLLS
    assert botocore_quota.RetryQuota.INITIAL_CAPACITY == retry.QUOTA


def test_an_exhausted_quota_ends_retries_until_calls_succeed():
    rules = RetryRules(quota=RetryQuota(retry.RETRY_COST), draw=lambda: 1.0)
    last = rules.next_retry(1, ConnectError("x"))
    assert isinstance(last, Retry)
    assert (last.cost, last.delay_s, last.again) == (retry.RETRY_COST, retry.BACKOFF_S, True)
    assert rules.next_retry(2, ConnectError("x")) is None
    for _ in range(retry.RETRY_COST - 1):
        rules.note_success()
    assert rules.next_retry(1, ConnectError("x")) is None
    rules.note_success()
    assert rules.next_retry(1, ConnectError("x")) is not None


def test_a_long_poll_waits_although_the_quota_is_exhausted():
    rules = RetryRules("SQS", quota=RetryQuota(0), draw=lambda: 1.0)
    throttled = ServiceError("ThrottlingException", "", 400)
    last = rules.next_retry(1, throttled, {}, "ReceiveMessage")
    assert (last.cost, last.delay_s, last.again) == (0, retry.THROTTLED_BACKOFF_S, False)
    assert rules.next_retry(1, throttled, {}, "SendMessage") is None


def test_random_fractions():
    drawn = [draw_fraction() for _ in range(200)]
    assert all(0 <= fraction < 1 for fraction in drawn)
    assert len(set(drawn)) > 190


def test_an_answer_that_came_and_cannot_be_read_is_final():
    """Here botocore asks again: what has been done may be done twice, for the same answer."""
    rules = RetryRules()
    assert rules.next_retry(1, ProtocolError("garbage")) is None
    assert rules.next_retry(1, DamagedBodyError("CRC-32")) is not None
