"""Signature Version 4 in the query string of a URL, so that anyone can use it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import ValidationError
from .sigv4 import (
    ALGORITHM,
    EMPTY_PAYLOAD,
    UNSIGNED_PAYLOAD,
    amz_date,
    canonical_path,
    canonical_query,
    canonical_request,
    credential_scope,
    prepare_headers,
    signature,
    signing_key,
    string_to_sign,
    uri_encode,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .sigv4 import Credentials, Signer

EXPIRES_LIMIT_S = 604_800  # AWS accepts a presigned URL for a week at most


def check_expiry(expires_s: int) -> None:
    """Raise ValidationError if AWS would reject this validity period."""
    if type(expires_s) is not int or not 0 < expires_s <= EXPIRES_LIMIT_S:
        raise ValidationError(
            f"expires_s: expected whole seconds from 1 to {EXPIRES_LIMIT_S}, got {expires_s!r:.80}"
        )


def sign_url(
    signer: Signer,
    method: str,
    origin: str,
    path: str,
    query: str,
    headers: Mapping[str, str],
    credentials: Credentials,
    epoch_s: float,
    expires_s: int,
    body_hash: str | None = None,
) -> str:
    """Return a URL that contains its signature and is valid for `expires_s` (1 to 604,800) seconds.

    `origin` has the form `https://host` and determines the Host header; requests to the URL must
    also send `headers`. If `body_hash` is None, S3 accepts any body, other services an empty one.
    """
    check_expiry(expires_s)
    scheme, _, host = origin.lower().partition("://")
    # HTTP clients omit the default port from the Host header.
    host = host.removesuffix(":443" if scheme == "https" else ":80")
    signed_headers = prepare_headers({**headers, "host": host})
    stamp = amz_date(epoch_s)
    scope = credential_scope(stamp[:8], signer.region, signer.service)
    added = {
        "X-Amz-Algorithm": ALGORITHM,
        "X-Amz-Credential": f"{credentials.access_key_id}/{scope}",
        "X-Amz-Date": stamp,
        "X-Amz-Expires": str(expires_s),
        "X-Amz-SignedHeaders": ";".join(sorted(signed_headers)),
    }
    if credentials.session_token:
        added["X-Amz-Security-Token"] = credentials.session_token
    pairs = [f"{name}={uri_encode(value)}" for name, value in added.items()]
    query = "&".join([query, *pairs] if query else pairs)
    text, _ = canonical_request(
        method,
        canonical_path(path, s3=signer.s3),
        canonical_query(query),
        signed_headers,
        body_hash or (UNSIGNED_PAYLOAD if signer.s3 else EMPTY_PAYLOAD),
    )
    key = signing_key(credentials.secret_access_key, stamp[:8], signer.region, signer.service)
    signed = signature(key, string_to_sign(stamp, scope, text))
    return f"{origin}{path or '/'}?{query}&X-Amz-Signature={signed}"
