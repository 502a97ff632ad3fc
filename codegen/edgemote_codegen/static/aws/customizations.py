"""What boto3 makes of some parameters before they are sent, and we too (botocore.handlers).

A function takes the parameters of a call and returns those to check and send. Those of S3 are in
`s3_parameters` and `s3_copies`.
"""

from __future__ import annotations

from binascii import b2a_base64
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def encode_user_data(params: Mapping[str, Any]) -> Mapping[str, Any]:
    """User data of instances: text or bytes, sent as base64."""
    data = params.get("UserData")
    if not isinstance(data, (str, bytes, bytearray)):
        return params
    content = data.encode() if isinstance(data, str) else data
    return {**params, "UserData": b2a_base64(content, newline=False).decode()}


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
