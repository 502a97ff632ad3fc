"""What boto3 makes of S3's parameters before they are sent, and we too; see `customizations`."""

from __future__ import annotations

from binascii import b2a_base64
from typing import TYPE_CHECKING, Any

from .errors import ValidationError

if TYPE_CHECKING:
    from collections.abc import Mapping

_BUCKET = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_")
_BUCKET_LIMIT = 255
# What stands in for a bucket: service of its ARN -> how its resource begins.
_ACCESS_POINTS = {
    "s3": "accesspoint",
    "s3-object-lambda": "accesspoint",
    "s3-outposts": "outpost",
}
_ACCOUNT_DIGITS = 12


def fit_s3(params: Mapping[str, Any]) -> Mapping[str, Any]:
    """Keys of one's own with their digests. Refuses names of buckets and metadata that S3 could not
    take.
    """
    bucket = params.get("Bucket")
    if isinstance(bucket, str) and not _is_bucket(bucket):
        raise ValidationError(
            "$.Bucket: must be 1 to 255 letters, digits, periods, hyphens and underscores, "
            "or an ARN"
        )
    metadata = params.get("Metadata")
    if isinstance(metadata, dict):
        for name, value in metadata.items():
            if isinstance(name, str) and isinstance(value, str) and not (name + value).isascii():
                raise ValidationError(f"$.Metadata[{name!r}]: S3's metadata must be ASCII")
    return add_digest(params, "SSECustomerKey")


def add_digest(params: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A key of this name in base64, with its MD5, unless that is there already."""
    key = params.get(name)
    if not isinstance(key, (str, bytes, bytearray)) or f"{name}MD5" in params:
        return params
    from hashlib import md5

    content = key.encode() if isinstance(key, str) else key
    digest = md5(content, usedforsecurity=False).digest()
    return {**params, name: _to_base64(content), f"{name}MD5": _to_base64(digest)}


def _to_base64(content: bytes | bytearray) -> str:
    return b2a_base64(content, newline=False).decode()


def _is_bucket(name: str) -> bool:
    if name.startswith("arn:"):
        return _is_access_point(name)
    return 0 < len(name) <= _BUCKET_LIMIT and _BUCKET.issuperset(name)


def _is_access_point(arn: str) -> bool:
    """Whether it has the form of one; the endpoint rules look into it further."""
    _, partition, service, _, account, resource, *_ = [*arn.split(":", 5), *[""] * 5]
    kind = _ACCESS_POINTS.get(service)
    return (
        kind is not None
        and partition.startswith("aws")
        and len(account) == _ACCOUNT_DIGITS
        and account.isascii()
        and account.isdigit()
        and resource[len(kind) :].startswith((":", "/"))
        and resource.startswith(kind)
    )
