"""Credentials of a container: from Amazon ECS, Amazon EKS, or AWS IoT Greengrass on the device.

Source: "Container credential provider" in the AWS SDKs and tools guide. It behaves as botocore's
ContainerProvider, except that it does not retry after a refusal with a 4xx status, and does not
sleep between attempts; the pause after the last attempt is longer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgemote import limits
from edgemote.credentials.http_source import HttpProvider, Response, split_url
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

ATTEMPTS = 3
_ECS_ORIGIN = "http://169.254.170.2"
# The hosts that may be used without TLS, besides this machine: ECS and EKS on the container's host.
_HOSTS = ("169.254.170.2", "169.254.170.23", "fd00:ec2::23")


def find(context: ProviderContext) -> Provider:
    """Return the provider of the container's credentials, from the URL in the environment.

    Raises ConfigError for a URL from which credentials would not be safe.
    """
    environ = context.environ
    relative, full = environ.get(RELATIVE_URI), environ.get(FULL_URI)
    if relative:
        if not relative.startswith("/"):
            raise ConfigError(f"{RELATIVE_URI}: expected a path that begins with /")
        origin, target = split_url(_ECS_ORIGIN + relative, RELATIVE_URI)
    else:
        origin, target = split_url(full or "", FULL_URI)
        _check_origin(origin)

    def fetch(source: HttpProvider) -> tuple[Credentials, float | None]:
        headers = {"accept": "application/json", **_authorization(environ)}
        body = source.read("GET", target, headers, attempts=ATTEMPTS)
        keys = source.parse(body, Response)
        return source.credentials(
            keys.access_key_id, keys.secret_access_key, keys.token, keys.expiration
        )

    return HttpProvider(
        f"container ({RELATIVE_URI if relative else FULL_URI})",
        origin,
        fetch,
        context.open_transport,
        timeout_s=limits.CONTAINER_TIMEOUT_S,
        hides_target=True,
        # It is on this host or next to it, where no proxy can connect.
        proxy=None,
    )


def _check_origin(origin: str) -> None:
    scheme, _, authority = origin.partition("://")
    if scheme == "https":
        return
    host = split_host(authority, 80, FULL_URI)[0].lower()
    if host not in _HOSTS and not is_loopback(host):
        raise ConfigError(
            f"{FULL_URI}: {host} may not be used without TLS; expected https://, or one of "
            f"localhost, ::1, 127.0.0.0/8, {', '.join(_HOSTS)}"
        )


def _authorization(environ: Mapping[str, str]) -> dict[str, str]:
    path = environ.get(TOKEN_FILE)
    if path:
        from edgemote.credentials.token_file import read_token

        token, source = read_token(f"container: {TOKEN_FILE}", path), f"{TOKEN_FILE} {path}"
    else:
        token, source = environ.get(TOKEN, ""), TOKEN
    if not token:
        return {}
    if not (token.isascii() and token.isprintable()):
        raise CredentialsError(
            f"container: {source}: expected one line of ASCII text without a line ending"
        )
    return {"authorization": token}
