"""What an error from S3 means for a download."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws.errors import ServiceError
from edgemote.agent.deployments.naming import is_region
from edgemote.retry import THROTTLED_STATUS, TRANSIENT_CODES, is_throttling

if TYPE_CHECKING:
    from collections.abc import Mapping

REGION_HEADER = "x-amz-bucket-region"

# S3's answers for a bucket in another region: a redirect, or a signature for the wrong region.
_ELSEWHERE = frozenset((301, 302, 307, 308, 400, 403))
# Credentials that have just expired, or will be valid once they are refreshed.
_EXPIRED = frozenset(
    ("ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired", "RequestTimeTooSkewed")
)


def find_region(error: ServiceError, asked: str | None) -> str | None:
    """The bucket's region, if the error says that it differs from the one that was asked."""
    headers: Mapping[str, str] = getattr(error, "headers", None) or {}
    region = headers.get(REGION_HEADER, "")
    if error.status in _ELSEWHERE and region != asked and is_region(region):
        return region
    return None


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
