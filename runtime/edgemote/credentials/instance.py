"""Credentials of an EC2 instance, from its metadata service, version 2.

Source: "Use the Instance Metadata Service" in the EC2 user guide. It behaves as botocore's
InstanceMetadataProvider, except that version 1 is not supported: with it, anybody who can make the
instance send a request gets its credentials.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from edgemote import limits
from edgemote.credentials.http_source import (
    REQUEST_REFUSED_PAUSE_S,
    HttpProvider,
    Response,
    split_url,
)
from edgemote.credentials.provider import SourceError
from edgemote.errors import ConfigError

if TYPE_CHECKING:
    from aws.sigv4 import Credentials
    from edgemote.credentials.provider import Provider, ProviderContext

ENDPOINT = "AWS_EC2_METADATA_SERVICE_ENDPOINT"
MODE = "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"

TOKEN_LIFETIME_S = 21_600
_ENDPOINTS = {"ipv4": "http://169.254.169.254", "ipv6": "http://[fd00:ec2::254]"}
_NAME = "instance metadata"
_TOKEN_PATH = "latest/api/token"
_ROLE_PATH = "latest/meta-data/iam/security-credentials/"
_TOKEN_HEADER = "x-aws-ec2-metadata-token"
_ROLE_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+=,.@-_"
_ROLE_LIMIT = 64


class _State(msgspec.Struct, rename="pascal"):
    code: str = "Success"


def find(context: ProviderContext) -> Provider:
    """Return the provider of the instance's credentials. Its first fetch shows whether the device
    is an instance at all.

    Raises ConfigError for an invalid address.
    """
    environ = context.environ
    mode = environ.get(MODE, "ipv4").lower()
    if mode not in _ENDPOINTS:
        raise ConfigError(f"{MODE}: expected IPv4 or IPv6, got {mode!r:.80}")
    origin, base = split_url(environ.get(ENDPOINT) or _ENDPOINTS[mode], ENDPOINT)
    base = base if base.endswith("/") else base + "/"

    def fetch(source: HttpProvider) -> tuple[Credentials, float | None]:
        token = _read_token(source, base)
        return _read_keys(source, base + _ROLE_PATH, {_TOKEN_HEADER: token})

    return HttpProvider(
        _NAME,
        origin,
        fetch,
        context.open_transport,
        timeout_s=limits.INSTANCE_TIMEOUT_S,
        # The service runs on the instance's own host.
        proxy=None,
    )


def _read_token(source: HttpProvider, base: str) -> str:
    headers = {f"{_TOKEN_HEADER}-ttl-seconds": str(TOKEN_LIFETIME_S)}
    token = source.read("PUT", base + _TOKEN_PATH, headers).decode("latin-1")
    if not token or not token.isascii() or not token.isprintable():
        raise SourceError(f"{_NAME}: its token is not one line of text")
    return token


def _read_keys(
    source: HttpProvider, path: str, headers: dict[str, str]
) -> tuple[Credentials, float | None]:
    role = source.read("GET", path, headers).partition(b"\n")[0].strip().decode("latin-1")
    # The role becomes part of a path.
    if not 0 < len(role) <= _ROLE_LIMIT or role.strip(_ROLE_LETTERS):
        raise SourceError(f"{_NAME}: its response is not the name of a role")
    body = source.read("GET", path + role, headers)
    code = source.parse(body, _State).code
    if code != "Success":
        said = code if code.isascii() and code.isalnum() and len(code) < 80 else "another code"
        raise SourceError(
            f"{_NAME}: no keys for role {role}: {said}; check that EC2 may assume the role",
            REQUEST_REFUSED_PAUSE_S,
        )
    keys = source.parse(body, Response)
    return source.credentials(
        keys.access_key_id, keys.secret_access_key, keys.token, keys.expiration
    )
