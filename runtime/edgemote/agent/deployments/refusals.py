"""What an error of S3 means for a download."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws.errors import ServiceError
from edgemote.agent.deployments.naming import is_region
from edgemote.retry import THROTTLED_STATUS, TRANSIENT_CODES, is_throttling

if TYPE_CHECKING:
    from collections.abc import Mapping

REGION_HEADER = "x-amz-bucket-region"

# How S3 says that a bucket lives elsewhere: a redirect, or a signature for the wrong region.
_ELSEWHERE = frozenset((301, 302, 307, 308, 400, 403))
# Credentials that were good a moment ago, or will be once they are refreshed.
_EXPIRED = frozenset(
    ("ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired", "RequestTimeTooSkewed")
)


def find_region(error: ServiceError, asked: str | None) -> str | None:
    """The bucket's region, where the error says that it is another than the one that was asked."""
    headers: Mapping[str, str] = getattr(error, "headers", None) or {}
    region = headers.get(REGION_HEADER, "")
    if error.status in _ELSEWHERE and region != asked and is_region(region):
        return region
    return None


def judge(error: ServiceError) -> str:
    """What to do about it.

    "changed": the object is another one now; "link": try again as after a broken link; "refused":
    try again a few times, since credentials may be refreshed meanwhile; "failed": it will stay so
    """
    if error.status in (412, 416):
        return "changed"
    if error.code in _EXPIRED or error.status in (401, 403):
        return "refused"
    transient = error.status >= 500 or error.status in (408, THROTTLED_STATUS)
    if transient or error.retryable or error.code in TRANSIENT_CODES or is_throttling(error):
        return "link"
    return "failed"
