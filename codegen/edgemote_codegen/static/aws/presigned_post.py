"""Presigned POST: a form with which a browser, or another device, uploads one object to S3.

https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html
"""

from __future__ import annotations

from binascii import b2a_base64
from typing import TYPE_CHECKING, Any, TypedDict

from .endpoints import locate
from .errors import ValidationError
from .operation import Operation, Request
from .presign import find_signer
from .sigv4 import ALGORITHM, amz_date, credential_scope, signature, signing_key
from .timestamps import format_iso8601
from .url_signature import check_expiry

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .operation import Client

# Asks for the address of a bucket, as the operation CreateBucket does.
_BUCKET: Operation[None] = Operation(name="CreateBucket", endpoint_members={"bucket": "Bucket"})
_FILENAME = "${filename}"


class PresignedPost(TypedDict):
    """The URL and fields of a form. The file is sent after them, as the field `file`."""

    url: str
    fields: dict[str, str]


def presign_post(
    client: Client,
    bucket: str,
    key: str,
    fields: Mapping[str, str],
    conditions: Sequence[Any],
    expires_s: int,
) -> PresignedPost:
    """Return the form. In a key that ends in ${filename}, this becomes the uploaded file's name."""
    from json import dumps  # with the same white space that botocore signs

    check_expiry(expires_s)
    for name, value in (("Bucket", bucket), ("Key", key)):
        if not isinstance(value, str) or not value:
            raise ValidationError(
                f"$.{name}: expected `str` of length >= 1, got {type(value).__name__}"
            )
    if not hasattr(fields, "keys"):
        raise ValidationError(f"fields: expected a dict, got {type(fields).__name__}")
    if not isinstance(conditions, (list, tuple)):
        raise ValidationError(f"conditions: expected a list, got {type(conditions).__name__}")
    call: Any = client._call
    endpoint = call.resolve(_BUCKET, {"Bucket": bucket})
    origin, path = locate(endpoint.url, Request("POST", "/", "", {}))
    signer = find_signer(call, endpoint)
    keys, now_s = call.find_keys()
    stamp = amz_date(now_s)
    scope = credential_scope(stamp[:8], signer.region, signer.service)
    added = {
        "x-amz-algorithm": ALGORITHM,
        "x-amz-credential": f"{keys.access_key_id}/{scope}",
        "x-amz-date": stamp,
    }
    if keys.session_token:
        added["x-amz-security-token"] = keys.session_token
    named = (
        ["starts-with", "$key", key.removesuffix(_FILENAME)]
        if key.endswith(_FILENAME)
        else {"key": key}
    )
    policy = {
        "expiration": format_iso8601(now_s // 1 + expires_s),
        "conditions": [
            *conditions,
            {"bucket": bucket},
            named,
            *({name: value} for name, value in added.items()),
        ],
    }
    try:
        text = b2a_base64(dumps(policy).encode(), newline=False).decode()
    except (TypeError, ValueError, RecursionError) as error:
        raise ValidationError(f"conditions: cannot be written as JSON: {error}") from None
    secret = signing_key(keys.secret_access_key, stamp[:8], signer.region, signer.service)
    signed = {"policy": text, "x-amz-signature": signature(secret, text)}
    return {"url": f"{origin}{path}", "fields": {**fields, "key": key, **added, **signed}}
