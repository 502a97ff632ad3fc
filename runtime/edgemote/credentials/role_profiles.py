"""Roles configured in a profile or the environment, and the credentials for assuming them.

Behaves like botocore's AssumeRoleProvider and AssumeRoleWithWebIdentityProvider.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgemote.credentials import PROFILE_SOURCES, ROLES, SOURCES, find_in
from edgemote.credentials.provider import PROFILE_KEYS, ProviderContext
from edgemote.credentials.roles import AssumeRole, WebIdentity
from edgemote.errors import ConfigError, CredentialsError, EdgemoteError

if TYPE_CHECKING:
    from edgemote.credentials.provider import Provider
    from edgemote.profiles import Section

# A profile's credential_source -> the module of SOURCES.
_NAMED_SOURCES = {
    "Environment": "environment",
    "Ec2InstanceMetadata": "instance",
    "EcsContainer": "container",
}
# Each profile of a chain makes a call within that of the one before.
_CHAIN_LIMIT = 16
_TOKEN_FILE = "web_identity_token_file"
# A profile's keys for a web identity -> the environment variables that take precedence.
_WEB_IDENTITY = {
    _TOKEN_FILE: "AWS_WEB_IDENTITY_TOKEN_FILE",
    "role_arn": "AWS_ROLE_ARN",
    "role_session_name": "AWS_ROLE_SESSION_NAME",
}


def find(context: ProviderContext) -> Provider:
    """Return the provider of the role that a profile or the environment configures.

    Raises ConfigError if a profile does not exist, and CredentialsError if the configuration is
    invalid: circular profiles, a source without credentials, or missing keys.
    """
    section = context.read_profile()
    is_chained = "role_arn" in section and _TOKEN_FILE not in section
    found = _find_chained(context, section) if is_chained else _find_web_identity(context, section)
    found.open_client = context.open_client
    return found


def _find_chained(context: ProviderContext, section: Section) -> AssumeRole:
    name = f"profile {context.profile_name!r}"
    if "mfa_serial" in section:
        raise CredentialsError(
            f"{name} sets mfa_serial: nobody on the device can type the code; use a role whose "
            "trust policy asks for none"
        )
    keys = ("source_profile", "credential_source")
    given = [key for key in keys if key in section]
    if len(given) != 1:
        raise CredentialsError(
            f"{name} sets role_arn, which needs {' or '.join(keys)}; it has "
            f"{'both' if given else 'neither'}"
        )
    find_source = _find_in_profile if given == ["source_profile"] else _find_named
    source = find_source(context, _read(name, section, given[0]), name)
    duration = _read(name, section, "duration_seconds")
    if duration and not (duration.isdecimal() and len(duration) < 10):
        raise ConfigError(f"{name}: duration_seconds: expected a number of seconds")
    found = AssumeRole(
        _read(name, section, "role_arn"),
        source,
        session_name=_read(name, section, "role_session_name") or None,
        external_id=_read(name, section, "external_id") or None,
        duration_s=int(duration) if duration else None,
    )
    found.where += f" of {name}"
    return found


def _find_in_profile(context: ProviderContext, wanted: str, name: str) -> Provider:
    where = f"{name}: source_profile {wanted!r:.80}"
    if len(context.visited) > _CHAIN_LIMIT:
        raise CredentialsError(f"{where}: expected at most {_CHAIN_LIMIT} profiles in a chain")
    try:
        inner = ProviderContext(
            wanted,
            context.environ,
            context.shared,
            open_transport=context.open_transport,
            open_client=context.open_client,
            visited=context.visited,
        )
        section = inner.read_profile()
    except ConfigError as error:
        raise ConfigError(f"{where}: {error}") from None
    has_keys = any(key in section for key in PROFILE_KEYS)
    # A profile may have keys beside its role, and name itself for them.
    is_own = wanted == context.profile_name and has_keys
    if wanted in context.visited and not is_own:
        circle = " -> ".join(inner.visited)
        raise CredentialsError(f"{where}: the profiles refer to each other in a circle: {circle}")
    rows = PROFILE_SOURCES if has_keys and _TOKEN_FILE not in section else (ROLES, *PROFILE_SOURCES)
    try:
        return find_in(inner, rows)
    except EdgemoteError as error:
        error.args = (f"{where}: {error}",)
        raise


def _find_named(context: ProviderContext, wanted: str, name: str) -> Provider:
    module = _NAMED_SOURCES.get(wanted)
    where = f"{name}: credential_source {wanted!r:.80}"
    if module is None:
        raise CredentialsError(f"{where}: expected one of {', '.join(_NAMED_SOURCES)}")
    inner = ProviderContext(
        None,
        context.environ,
        context.shared,
        open_transport=context.open_transport,
        open_client=context.open_client,
    )
    try:
        return find_in(inner, [row for row in SOURCES if row[0] == module])
    except EdgemoteError as error:
        error.args = (f"{where}: {error}",)
        raise


def _find_web_identity(context: ProviderContext, section: Section) -> WebIdentity:
    name = f"profile {context.profile_name!r}"
    found = {}
    for key, variable in _WEB_IDENTITY.items():
        value = context.environ.get(variable) if context.profile is None else None
        found[key] = value or _read(name, section, key)
    for key, other in ((_TOKEN_FILE, "role_arn"), ("role_arn", _TOKEN_FILE)):
        if not found[key]:
            raise CredentialsError(
                f"web identity: set {key} in {name}, or {_WEB_IDENTITY[key]} where no profile is "
                f"an argument: it is required when {other} is set"
            )
    return WebIdentity(
        found["role_arn"], found[_TOKEN_FILE], session_name=found["role_session_name"] or None
    )


def _read(where: str, section: Section, key: str) -> str:
    value = section.get(key, "")
    if not isinstance(value, str):
        raise ConfigError(f"{where}: {key}: expected a string, got {type(value).__name__}")
    return value
