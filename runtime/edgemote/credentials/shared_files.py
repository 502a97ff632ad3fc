"""Credentials from the profiles of the shared files.

In the order of botocore.credentials.ProfileProviderBuilder: keys in the credentials file, the
profile's credential_process, keys in the config file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgemote.credentials.provider import Fixed, Refreshing, make_credentials
from edgemote.errors import ConfigError, CredentialsError
from edgemote.profiles import DEFAULT_PROFILE, choose_profile

if TYPE_CHECKING:
    from aws.sigv4 import Credentials
    from edgemote.credentials.provider import Provider, ProviderContext
    from edgemote.profiles import Section

KEY_ID = "aws_access_key_id"
SECRET = "aws_secret_access_key"
TOKENS = ("aws_security_token", "aws_session_token")  # the first that is set counts

# Ways to get credentials that take a browser, a person, or a service the device does without.
# botocore prefers the first ones to keys in the same profile. To use the keys all the same would
# sign as someone else than boto3 does, so they are refused.
_UNSUPPORTED_BEFORE_KEYS = {
    "role_arn": "an assumed role",
    "web_identity_token_file": "a web identity",
    "sso_role_name": "SSO",
    "sso_account_id": "SSO",
}
_UNSUPPORTED_WITHOUT_KEYS = {
    "sso_session": "SSO",
    "sso_start_url": "SSO",
    "source_profile": "an assumed role",
    "credential_source": "an assumed role",
    "login_session": "aws login",
}


def find(context: ProviderContext) -> Provider | str:
    """Provider of the chosen profile's credentials.

    Raises ConfigError for a named profile that no file knows; CredentialsError for half a pair of
    keys, and for a profile whose way to get credentials is not supported on the device.
    """
    shared = context.shared
    chosen = choose_profile(context.profile, context.environ)
    name = chosen or DEFAULT_PROFILE
    profile = shared.profile(chosen)

    _refuse(profile, _UNSUPPORTED_BEFORE_KEYS, name)
    if context.profile is None and context.environ.get("AWS_WEB_IDENTITY_TOKEN_FILE"):
        raise CredentialsError(
            "AWS_WEB_IDENTITY_TOKEN_FILE is set: a web identity is not supported on the device"
        )
    credentials = _read_keys(shared.credentials_profile(name), name, shared.credentials_path)
    if credentials is not None:
        return Fixed(credentials)
    if "credential_process" in profile:
        return _run_process(
            profile["credential_process"], shared.origin(name, "credential_process")
        )
    credentials = _read_keys(shared.config_profile(name), name, shared.config_path)
    if credentials is not None:
        return Fixed(credentials)
    _refuse(profile, _UNSUPPORTED_WITHOUT_KEYS, name)
    return (
        f"shared files: set {KEY_ID} and {SECRET}, or credential_process, in profile {name!r} of "
        f"{shared.credentials_path} or {shared.config_path}"
    )


def _refuse(profile: Section, unsupported: dict[str, str], name: str) -> None:
    for key, way in unsupported.items():
        if key in profile:
            raise CredentialsError(
                f"profile {name!r} sets {key}: {way} is not supported on the device"
            )


def _read_keys(section: Section | None, name: str, path: str) -> Credentials | None:
    if section is None or (KEY_ID not in section and SECRET not in section):
        return None
    where = f"profile {name!r} of {path}"
    found = []
    for key in (KEY_ID, SECRET):
        value = section.get(key)
        if not value or not isinstance(value, str):
            raise CredentialsError(f"{where}: {key} is {'empty' if key in section else 'missing'}")
        found.append(value)
    token = next((section[key] for key in TOKENS if section.get(key)), None)
    if isinstance(token, dict):
        raise CredentialsError(f"{where}: the session token is not a text")
    return make_credentials(where, found[0], found[1], token)


def _run_process(command: object, where: str) -> Provider:
    # Only who uses it pays for the module.
    from edgemote.credentials import process

    if not isinstance(command, str) or not command.strip():
        raise ConfigError(f"{where}: expected a command, got {type(command).__name__}")
    argv = process.split_command(command, where)
    return Refreshing(lambda _now_s: process.fetch(argv, where))
