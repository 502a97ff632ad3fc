"""Bearer tokens, for the few services that accept one instead of a signature.

They are sent as in RFC 6750, https://datatracker.ietf.org/doc/html/rfc6750#section-2.1, and looked
up as in botocore.tokens, but without single sign-on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgemote.errors import ConfigError, CredentialsError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aws.operation import Service
    from aws.sigv4 import Credentials
    from edgemote.credentials.provider import Provider

_ALLOWED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/=")


def find_token(service: Service, given: str | None, environ: Mapping[str, str]) -> str | None:
    """Return the caller's token, or that of AWS_BEARER_TOKEN_<SIGNING_NAME>; None if there is none
    and the service does not require one.

    Raises ConfigError for an invalid token, and CredentialsError if a required one is missing. The
    messages do not show the token.
    """
    variable = f"AWS_BEARER_TOKEN_{_shout(service.signing_name)}"
    token = environ.get(variable) if given is None else given
    if not token and given is None:
        if "sigv4" in service.auth:
            return None
        raise CredentialsError(
            f"no bearer token, which {service.service_id} needs: pass token=, or set {variable}"
        )
    if not isinstance(token, str) or not token or not _ALLOWED.issuperset(token):
        origin = variable if given is None else "argument token"
        found = f"{len(token)} characters" if isinstance(token, str) else type(token).__name__
        raise ConfigError(
            f"{origin}: expected letters, digits and -._~+/= without blanks, got {found}"
        )
    return token


def _shout(signing_name: str) -> str:
    return signing_name.replace("-", "_").replace(" ", "_").upper()


class LateKeys:
    """Finds credentials when an operation first signs; with a token, most never do."""

    __slots__ = ("_find", "_provider")

    def __init__(self, find: Callable[[], Provider]) -> None:
        self._find = find
        self._provider: Provider | None = None

    def get(self, now_s: float) -> Credentials:
        """Raises what the search for credentials raises."""
        if self._provider is None:
            self._provider = self._find()
        return self._provider.get(now_s)
