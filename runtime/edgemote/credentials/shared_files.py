"""Keys in a profile of the shared files. The credentials file precedes the config file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgemote.credentials.provider import PROFILE_KEYS, Fixed, has_keys, make_credentials
from edgemote.errors import CredentialsError

if TYPE_CHECKING:
    from edgemote.credentials.provider import Provider, ProviderContext

TOKENS = ("aws_security_token", "aws_session_token")  # the first that is set counts


def find(context: ProviderContext) -> Provider:
    """Return the provider of the profile's keys. Raises CredentialsError if one is missing."""
    name, shared = context.profile_name, context.shared
    section, path = shared.credentials_profile(name), shared.credentials_path
    if not has_keys(section):
        section, path = shared.config_profile(name), shared.config_path
    assert section is not None  # because a row of SOURCES has found keys in it
    where = f"profile {name!r} of {path}"
    found = []
    for key in PROFILE_KEYS:
        value = section.get(key)
        if not value or not isinstance(value, str):
            raise CredentialsError(f"{where}: {key} is {'empty' if key in section else 'missing'}")
        found.append(value)
    token = next((section[key] for key in TOKENS if section.get(key)), None)
    if isinstance(token, dict):
        raise CredentialsError(f"{where}: the session token is not a string")
    return Fixed(make_credentials(where, found[0], found[1], token))
