"""What boto3 makes of some parameters before they are sent, and we too (botocore.handlers).

A function takes the parameters of a call and returns those to check and send.
"""

from __future__ import annotations

from binascii import b2a_base64
from typing import TYPE_CHECKING, Any

from .errors import ValidationError
from .sigv4 import uri_encode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_BUCKET = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_")
_BUCKET_LIMIT = 255
# What stands in for a bucket: service of its ARN -> how its resource begins.
_ACCESS_POINTS = {
    "s3": "accesspoint",
    "s3-object-lambda": "accesspoint",
    "s3-outposts": "outpost",
}
_ACCOUNT_DIGITS = 12


def encode_user_data(params: Mapping[str, Any]) -> Mapping[str, Any]:
    """User data of instances: text or bytes, sent as base64."""
    data = params.get("UserData")
    if not isinstance(data, (str, bytes, bytearray)):
        return params
    return {**params, "UserData": _to_base64(data)}


def shorten(*members: str) -> Callable[[Mapping[str, Any]], Mapping[str, Any]]:
    """Route 53 returns `/hostedzone/Z1` and expects `Z1`: keep what follows the last slash."""

    def prepare(params: Mapping[str, Any]) -> Mapping[str, Any]:
        found = {name: params[name] for name in members if isinstance(params.get(name), str)}
        return {**params, **{name: value.rpartition("/")[2] for name, value in found.items()}}

    return prepare


def leave_out(member: str) -> Callable[[Mapping[str, Any]], Mapping[str, Any]]:
    """A member of the client's side only: RDS's SourceRegion says where the copy comes from."""

    def prepare(params: Mapping[str, Any]) -> Mapping[str, Any]:
        return {name: value for name, value in params.items() if name != member}

    return prepare


def fill(member: str, value: str) -> Callable[[Mapping[str, Any]], Mapping[str, Any]]:
    """A member that stands for the usual where it is left out: Glacier's account."""

    def prepare(params: Mapping[str, Any]) -> Mapping[str, Any]:
        return params if params.get(member) is not None else {**params, member: value}

    return prepare


def fit_s3(params: Mapping[str, Any]) -> Mapping[str, Any]:
    """S3: encode customer-provided keys, add their MD5 digests, and escape the source of a copy.
    Raises ValidationError for bucket names and metadata that S3 does not accept.
    """
    bucket = params.get("Bucket")
    if isinstance(bucket, str) and not _is_bucket(bucket):
        raise ValidationError(
            "$.Bucket: must be 1 to 255 letters, digits, periods, hyphens and underscores, "
            "or an ARN"
        )
    changed = dict(params)
    for prefix in ("SSECustomer", "CopySourceSSECustomer"):
        key = params.get(f"{prefix}Key")
        if isinstance(key, (str, bytes, bytearray)) and f"{prefix}KeyMD5" not in params:
            changed[f"{prefix}Key"] = _to_base64(key)
            changed[f"{prefix}KeyMD5"] = _to_base64(_md5(key))
    source = params.get("CopySource")
    if source is not None:
        changed["CopySource"] = _write_source(source)
    metadata = params.get("Metadata")
    if isinstance(metadata, dict):
        for name, value in metadata.items():
            if isinstance(name, str) and isinstance(value, str) and not (name + value).isascii():
                raise ValidationError(f"$.Metadata[{name!r}]: S3's metadata must be ASCII")
    return changed


def _is_bucket(name: str) -> bool:
    if name.startswith("arn:"):
        return _is_access_point(name)
    return 0 < len(name) <= _BUCKET_LIMIT and _BUCKET.issuperset(name)


def _is_access_point(arn: str) -> bool:
    """Whether an ARN looks like that of an access point; the endpoint rules check it further."""
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


def _write_source(source: Any) -> Any:
    """Return `bucket/key?versionId=v` for such a string or a dict of its parts, with everything
    but the version escaped.
    """
    if isinstance(source, str):
        path, mark, version = source.rpartition("?versionId=")
        return uri_encode(path, True) + mark + version if mark else uri_encode(source, True)
    try:
        bucket, key = source["Bucket"], source["Key"]
        version = source.get("VersionId")
    except (TypeError, LookupError, AttributeError):
        raise ValidationError(
            "$.CopySource: expected a str, or a dict with Bucket, Key and optionally VersionId"
        ) from None
    middle = "/object/" if bucket.startswith("arn:") else "/"
    end = "" if version is None else f"?versionId={version}"
    return uri_encode(f"{bucket}{middle}{key}", True) + end


def _to_base64(value: str | bytes | bytearray) -> str:
    content = value.encode() if isinstance(value, str) else value
    return b2a_base64(content, newline=False).decode()


def _md5(value: str | bytes | bytearray) -> bytes:
    from hashlib import md5

    content = value.encode() if isinstance(value, str) else value
    return md5(content, usedforsecurity=False).digest()
