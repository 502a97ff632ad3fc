"""Strings in responses that clients decode, as boto3 does (botocore.handlers).

A string that cannot be decoded is returned unchanged.
"""

from __future__ import annotations

from binascii import a2b_base64, unhexlify
from typing import Annotated, Any

from msgspec import DecodeError, Meta
from msgspec.json import decode


def read_json(text: str) -> Any:
    """Parse a CloudFormation template if it is JSON. YAML stays a string."""
    try:
        return decode(text)
    except (DecodeError, RecursionError):
        return text


def read_policy(text: str) -> Any:
    """Parse a policy, which IAM sends as percent-encoded JSON."""
    try:
        return decode(_unquote(text))
    except (DecodeError, RecursionError):
        return text


def read_base64(text: str) -> str:
    """Decode an instance's console output, if it is UTF-8."""
    try:
        return a2b_base64(text.encode("latin-1")).decode("utf-8", "replace")
    except ValueError:
        return text


def _unquote(text: str) -> str:
    content = text.encode()
    found = bytearray()
    at = 0
    while (escape := content.find(b"%", at)) >= 0:
        found += content[at:escape]
        digits = content[escape + 1 : escape + 3]
        try:
            found += unhexlify(digits) or b"%"
            at = escape + 1 + len(digits)
        except ValueError:
            found += b"%"
            at = escape + 1
    return (found + content[at:]).decode("utf-8", "replace")


DecodedConsole = Annotated[str, Meta(extra={"read": read_base64})]
DecodedPolicy = Annotated[Any, Meta(extra={"read": read_policy})]
DecodedTemplate = Annotated[Any, Meta(extra={"read": read_json})]
