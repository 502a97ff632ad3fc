"""Signature Version 2, which is part of the form. SimpleDB accepts no other.

https://docs.aws.amazon.com/AmazonSimpleDB/latest/DeveloperGuide/HMACAuth.html
"""

from __future__ import annotations

import hmac
from binascii import b2a_base64
from typing import TYPE_CHECKING

from aws.sigv4 import uri_encode
from aws.timestamps import format_iso8601

if TYPE_CHECKING:
    from aws.sigv4 import Credentials


class FormSigner:
    """Signs forms for one method, host and path."""

    __slots__ = ("_start",)

    def __init__(self, method: str, host: str, path: str) -> None:
        self._start = f"{method}\n{host}\n{path}\n"

    def sign(self, form: bytes, keys: Credentials, now_s: float) -> bytes:
        """Return the form with the access key ID, the time and the signature. `form` has none of
        these, and is escaped by RFC 3986.
        """
        pairs = [
            *(form.decode().split("&") if form else ()),
            f"AWSAccessKeyId={uri_encode(keys.access_key_id)}",
            "SignatureMethod=HmacSHA256",
            "SignatureVersion=2",
            f"Timestamp={uri_encode(format_iso8601(now_s // 1))}",
        ]
        if keys.session_token:
            pairs.append(f"SecurityToken={uri_encode(keys.session_token)}")
        text = "&".join(sorted(pairs, key=lambda pair: pair.partition("=")[0]))
        signed = (self._start + text).encode()
        digest = hmac.digest(keys.secret_access_key.encode(), signed, "sha256")
        signature = b2a_base64(digest, newline=False).decode()
        return f"{text}&Signature={uri_encode(signature)}".encode()
