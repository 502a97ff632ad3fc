"""What an error from S3 means for a download."""

from __future__ import annotations

from aws.errors import ServiceError
from edgemote.retry import THROTTLED_STATUS, TRANSIENT_CODES, is_throttling

# Credentials that have just expired, or will be valid once they are refreshed.
_EXPIRED = frozenset(
    ("ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired", "RequestTimeTooSkewed")
)


def judge(error: ServiceError) -> str:
    """How to react to an error.

    "changed": the object was replaced; "link": retry as after a broken connection; "refused": retry
    a few times, since credentials may have been refreshed; "failed": a retry would not help
    """
    if error.status in (412, 416):
        return "changed"
    if error.code in _EXPIRED or error.status in (401, 403):
        return "refused"
    transient = error.status >= 500 or error.status in (408, THROTTLED_STATUS)
    if transient or error.retryable or error.code in TRANSIENT_CODES or is_throttling(error):
        return "link"
    return "failed"
