"""Credentials of a container: from Amazon ECS, Amazon EKS, or AWS IoT Greengrass on the device.

Source: "Container credential provider" in the AWS SDKs and tools guide; botocore's
ContainerProvider is the judge. Unlike it, we do not ask again after a refusal with a 4xx status,
and do not sleep between tries: the pause after the last one is longer.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from edgemote import limits
from edgemote.credentials.http_source import (
    Answer,
    CredentialEndpoint,
    decode,
    read_credentials,
    split_url,
)
from edgemote.credentials.provider import BYTE_ORDER_MARK, Refreshing
from edgemote.errors import ConfigError, CredentialsError
from edgemote.http import is_loopback, split_host

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws.sigv4 import Credentials
    from edgemote.credentials.provider import Provider, ProviderContext

RELATIVE_URI = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
FULL_URI = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
TOKEN = "AWS_CONTAINER_AUTHORIZATION_TOKEN"
TOKEN_FILE = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"

TRIES = 3
_ECS_ORIGIN = "http://169.254.170.2"
# Who may be asked without TLS, beside this machine: ECS and EKS on the host that the container runs
# on.
_HOSTS = ("169.254.170.2", "169.254.170.23", "fd00:ec2::23")


def find(context: ProviderContext) -> Provider | str:
    """Provider of the container's keys, if the environment says where these are.

    Raises ConfigError for an address that keys are not safe to come from.
    """
    environ = context.environ
    relative, full = environ.get(RELATIVE_URI), environ.get(FULL_URI)
    if relative:
        if not relative.startswith("/"):
            raise ConfigError(f"{RELATIVE_URI}: expected a path that begins with /")
        origin, target = split_url(_ECS_ORIGIN + relative, RELATIVE_URI)
    elif full:
        origin, target = split_url(full, FULL_URI)
        _check_origin(origin)
    else:
        return f"container: neither {RELATIVE_URI} nor {FULL_URI} is set"
    name = f"container ({RELATIVE_URI if relative else FULL_URI})"

    def fetch(now_s: float) -> tuple[Credentials, float | None]:
        headers = {"accept": "application/json", **_authorization(environ)}
        with CredentialEndpoint(
            name,
            origin,
            provider.open_transport,
            hides_target=True,
            connect_timeout_s=limits.CONTAINER_TIMEOUT_S,
            read_timeout_s=limits.CONTAINER_TIMEOUT_S,
            answer_timeout_s=limits.CONTAINER_TIMEOUT_S,
            # It is on this host, or beside it: no proxy knows the way.
            proxy=None,
        ) as source:
            answer = decode(name, source.read("GET", target, headers, TRIES), Answer)
        return read_credentials(
            name, answer.access_key_id, answer.secret_access_key, answer.token, answer.expiration
        )

    provider = Refreshing(fetch, context.open_transport)
    return provider


def _check_origin(origin: str) -> None:
    scheme, _, authority = origin.partition("://")
    if scheme == "https":
        return
    host = split_host(authority, 80, FULL_URI)[0].lower()
    if host not in _HOSTS and not is_loopback(host):
        raise ConfigError(
            f"{FULL_URI}: {host} may not be asked without TLS; expected https://, or one of "
            f"localhost, ::1, 127.0.0.0/8, {', '.join(_HOSTS)}"
        )


def _authorization(environ: Mapping[str, str]) -> dict[str, str]:
    path = environ.get(TOKEN_FILE)
    if path:
        token, source = _read_token(path), f"{TOKEN_FILE} {path}"
    else:
        token, source = environ.get(TOKEN, ""), TOKEN
    if not token:
        return {}
    if not (token.isascii() and token.isprintable()):
        raise CredentialsError(
            f"container: {source}: a token is one line of ASCII text without an end of line"
        )
    return {"authorization": token}


def _read_token(path: str) -> str:
    # It is written anew before it runs out, so it is read each time. Nobody waits for the writer of
    # a pipe.
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            content = os.read(descriptor, limits.LINE_BYTES)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise CredentialsError(
            f"container: {TOKEN_FILE} {path} cannot be read: {error.strerror}"
        ) from None
    if not content or len(content) == limits.LINE_BYTES:
        what = "empty" if not content else f"longer than {limits.LINE_BYTES - 1} bytes"
        raise CredentialsError(f"container: {TOKEN_FILE} {path} is {what}")
    return content.removeprefix(BYTE_ORDER_MARK).decode("latin-1")
