"""Credentials from environment variables, as botocore.credentials.EnvProvider reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgemote.credentials.provider import Fixed, Refreshing, make_credentials, parse_expiration
from edgemote.errors import CredentialsError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws.sigv4 import Credentials
    from edgemote.credentials.provider import Provider, ProviderContext

KEY_ID = "AWS_ACCESS_KEY_ID"
SECRET = "AWS_SECRET_ACCESS_KEY"
TOKENS = ("AWS_SECURITY_TOKEN", "AWS_SESSION_TOKEN")  # the first that is set counts
EXPIRATION = "AWS_CREDENTIAL_EXPIRATION"


def find(context: ProviderContext) -> Provider:
    """Return the provider of the environment's keys. Keys with an expiration are read again before
    it.

    A variable that is set to an empty string counts as not set. Raises CredentialsError if only one
    of the two keys is set, or if the expiration is not a time.
    """
    environ = context.environ
    credentials, expires_s = _read(environ)
    return Fixed(credentials) if expires_s is None else Refreshing(lambda _now_s: _read(environ))


def _read(environ: Mapping[str, str]) -> tuple[Credentials, float | None]:
    for name, other in ((KEY_ID, SECRET), (SECRET, KEY_ID)):
        if not environ.get(name):
            raise CredentialsError(f"environment: {name} is required when {other} is set")
    token = next((environ[name] for name in TOKENS if environ.get(name)), None)
    expiration = environ.get(EXPIRATION)
    expires_s = parse_expiration(EXPIRATION, expiration) if expiration else None
    return make_credentials("environment", environ[KEY_ID], environ[SECRET], token), expires_s
