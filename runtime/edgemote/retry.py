"""The rules for retries: when to retry a call, and after how long.

The same decisions, delays and quota as botocore's standard mode (botocore.retries.standard, quota
and special), except that Retry-After is honoured, and a response that is not HTTP or exceeds a
limit is not retried. Nothing here sleeps or sends.
"""

from __future__ import annotations

import os
from _thread import allocate_lock
from typing import TYPE_CHECKING

from aws.errors import ServiceError
from edgemote.errors import ProtocolError, TransportError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MAX_ATTEMPTS = 3  # tries of one call, the first included
BACKOFF_LIMIT_S = 20.0
BACKOFF_S = 0.05  # doubles with each try, and is multiplied by a random number from 0 to 1
THROTTLED_BACKOFF_S = 1.0
SERVER_DELAY_EXTRA_S = 5.0  # the most that x-amz-retry-after (milliseconds) adds to the backoff
RETRY_AFTER_LIMIT_S = 20.0  # the most that Retry-After (seconds, or a date) may ask for

QUOTA = 500  # what one client may spend on retries before some call succeeds
RETRY_COST = 14
THROTTLED_COST = 5
SUCCESS_REFUND = 1  # for a call without retries; otherwise, the cost of the last retry is refunded

TRANSIENT_STATUSES = frozenset((500, 502, 503, 504))
THROTTLED_STATUS = 429
TRANSIENT_CODES = frozenset(
    ("RequestTimeout", "RequestTimeoutException", "PriorRequestNotComplete")
)
THROTTLED_CODES = frozenset(
    (
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "RequestThrottledException",
        "TooManyRequestsException",
        "ProvisionedThroughputExceededException",
        "TransactionInProgressException",
        "RequestLimitExceeded",
        "BandwidthLimitExceeded",
        "LimitExceededException",
        "RequestThrottled",
        "SlowDown",
        "PriorRequestNotComplete",
        "EC2ThrottledException",
    )
)

# Exceptions for some services, by service ID in lower case with hyphens.
_MAX_ATTEMPTS = {"dynamodb": 4, "dynamodb-streams": 4}
_BACKOFF_S = {"dynamodb": 0.025, "dynamodb-streams": 0.025}
_CODES = {"sts": frozenset(("IDPCommunicationError",))}
# Long polls, which programs repeat at once when they fail: wait even if the quota forbids a retry.
_LONG_POLLS = {
    "sqs": frozenset(("ReceiveMessage",)),
    "sfn": frozenset(("GetActivityTask",)),
    "swf": frozenset(("PollForActivityTask", "PollForDecisionTask")),
    "kinesis": frozenset(("ReceiveQueueRecords", "ReceiveDeadLetterQueueRecords")),
}


def draw_fraction() -> float:
    """Return a random number from 0 to below 1. The random module would import hashlib and more."""
    return (int.from_bytes(os.urandom(7), "big") >> 3) / (1 << 53)


class RetryQuota:
    """Tokens that retries take and successes return, shared by all calls of a client."""

    __slots__ = ("_lock", "available", "capacity")

    def __init__(self, capacity: int = QUOTA) -> None:
        self.capacity = capacity
        self.available = capacity
        self._lock = allocate_lock()

    def unlock(self) -> None:
        """In a forked child, release a lock that a thread of the parent process held."""
        self._lock = allocate_lock()

    def acquire(self, amount: int) -> bool:
        """Take tokens. Returns False, and takes none, if there are not enough."""
        with self._lock:
            if amount > self.available:
                return False
            self.available -= amount
            return True

    def release(self, amount: int) -> None:
        """Return tokens, up to the capacity."""
        with self._lock:
            self.available = min(self.capacity, self.available + amount)


class Retry:
    """What to do after a failed try: wait `delay_s`, then try again, or give up if not `again`."""

    __slots__ = ("again", "cost", "delay_s")

    def __init__(self, delay_s: float, cost: int, again: bool = True) -> None:
        self.delay_s = delay_s
        self.cost = cost
        self.again = again


class RetryRules:
    """The rules for one client.

    Args:
        service_id: the model's, such as "Sagemaker Edge"; a few services have rules of their own
        max_attempts: tries of one call, the first included; None for the service's default
        quota: a quota to share between clients; None for a separate one
        draw: random numbers from 0 to 1
    """

    __slots__ = ("_backoff_s", "_codes", "_draw", "_long_polls", "max_attempts", "quota")

    def __init__(
        self,
        service_id: str = "",
        max_attempts: int | None = None,
        quota: RetryQuota | None = None,
        draw: Callable[[], float] = draw_fraction,
    ) -> None:
        service = service_id.replace(" ", "-").lower()
        if max_attempts is None:
            max_attempts = _MAX_ATTEMPTS.get(service, MAX_ATTEMPTS)
        self.max_attempts = max_attempts
        self.quota = quota or RetryQuota()
        self._backoff_s = _BACKOFF_S.get(service, BACKOFF_S)
        self._codes = _CODES.get(service, frozenset())
        self._long_polls = _LONG_POLLS.get(service, frozenset())
        self._draw = draw

    def next_retry(
        self,
        attempt: int,
        error: Exception,
        headers: Mapping[str, str] | None = None,
        operation: str = "",
    ) -> Retry | None:
        """Return what to do after attempt number `attempt` (from 1) failed with `error`; None for
        no retry.

        Args:
            error: a ServiceError or TransportError; any other is final
            headers: of the response, if there was one, names in lower case
            operation: name of the operation, for the rules of long polls

        A retry takes its cost from the quota.
        """
        if attempt >= self.max_attempts or not self._is_retryable(error):
            return None
        throttled = is_throttling(error)
        cost = THROTTLED_COST if throttled else RETRY_COST
        again = self.quota.acquire(cost)
        if not again and operation not in self._long_polls:
            return None
        base_s = THROTTLED_BACKOFF_S if throttled else self._backoff_s
        # Beyond 2 ** 64, the limit applies anyway, and a float would overflow.
        backoff_s = self._draw() * min(base_s * 2 ** min(attempt - 1, 64), BACKOFF_LIMIT_S)
        return Retry(_heed_server(backoff_s, headers or {}), cost if again else 0, again)

    def note_success(self, last: Retry | None = None) -> None:
        """Refill the quota after a call succeeded; `last` is its last retry, if it had any."""
        quota = self.quota
        if quota.available != quota.capacity:  # it is almost always full
            quota.release(last.cost if last is not None else SUCCESS_REFUND)

    def _is_retryable(self, error: Exception) -> bool:
        if isinstance(error, ServiceError):
            return (
                error.retryable
                or error.code in TRANSIENT_CODES
                or error.status in TRANSIENT_STATUSES
                or error.code in self._codes
                or is_throttling(error)
            )
        # A response that cannot be parsed would be the same again; a damaged one would not.
        return isinstance(error, TransportError) and type(error) is not ProtocolError


def is_throttling(error: Exception) -> bool:
    """Whether the service said that there were too many requests."""
    if not isinstance(error, ServiceError):
        return False
    if error.code in THROTTLED_CODES:
        return True
    if error.retryable:
        return bool(getattr(error, "throttling", False))
    # The status is used only for errors that the model does not have.
    return error.status == THROTTLED_STATUS and type(error) is ServiceError


def is_intact(headers: Mapping[str, str], body: bytes) -> bool:
    """Whether a body matches the CRC-32 that DynamoDB sends in x-amz-crc32; true if none was sent.

    If it does not, treat it as a DamagedBodyError, which is retried.
    """
    expected = headers.get("x-amz-crc32", "")
    if not expected.isdecimal():
        return True
    import binascii

    return binascii.crc32(body) == int(expected)


def _heed_server(backoff_s: float, headers: Mapping[str, str]) -> float:
    milliseconds = headers.get("x-amz-retry-after")
    if milliseconds is not None:
        asked_s = _read_milliseconds(milliseconds)
        if asked_s is not None:
            return max(backoff_s, min(asked_s, backoff_s + SERVER_DELAY_EXTRA_S))
    asked_s = read_retry_after(headers)
    return backoff_s if asked_s is None else max(backoff_s, min(asked_s, RETRY_AFTER_LIMIT_S))


def _read_milliseconds(text: str) -> float | None:
    try:
        seconds = int(text) / 1000.0
    except (ValueError, OverflowError):
        return None
    return seconds if seconds >= 0 else None


def read_retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that Retry-After asks for (RFC 9110, section 10.2.3)."""
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return float(text)  # infinite where it has hundreds of digits
    if not text:
        return None
    from aws.timestamps import parse_http_date

    # Both dates are from the server, so our own clock does not matter.
    then_s, now_s = parse_http_date(text), parse_http_date(headers.get("date", ""))
    return None if then_s is None or now_s is None else then_s - now_s
