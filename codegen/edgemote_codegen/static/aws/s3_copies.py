"""What boto3 makes of the parameters of S3's copies before they are sent, and we too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .errors import ValidationError
from .s3_parameters import add_digest, fit_s3
from .sigv4 import uri_encode

if TYPE_CHECKING:
    from collections.abc import Mapping


def fit_copy(params: Mapping[str, Any]) -> Mapping[str, Any]:
    """As `fit_s3`, and the source escaped, with the digest of its key."""
    changed = add_digest(fit_s3(params), "CopySourceSSECustomerKey")
    source = params.get("CopySource")
    return changed if source is None else {**changed, "CopySource": _write_source(source)}


def _write_source(source: Any) -> Any:
    """`bucket/key?versionId=v`, escaped but for its version, of such a text or of its parts."""
    if isinstance(source, str):
        path, mark, version = source.rpartition("?versionId=")
        return uri_encode(path, True) + mark + version if mark else uri_encode(source, True)
    try:
        bucket, key = source["Bucket"], source["Key"]
        version = source.get("VersionId")
    except (TypeError, LookupError, AttributeError):
        raise ValidationError(
            "$.CopySource: expected a text, or a dict with Bucket, Key and perhaps VersionId"
        ) from None
    middle = "/object/" if bucket.startswith("arn:") else "/"
    end = "" if version is None else f"?versionId={version}"
    return uri_encode(f"{bucket}{middle}{key}", True) + end
