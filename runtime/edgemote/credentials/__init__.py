"""Credential sources: where the device finds the keys that it signs with.

To add a source, write a module here with a function `find(context: ProviderContext) -> Provider`,
and add its row to `SOURCES`. A source that asks a server returns an `http_source.HttpProvider`,
which handles the connection, the refresh and the pauses; `token_file` reads files with tokens.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from aws.sigv4 import Credentials
from edgemote.credentials.provider import (
    Checked,
    Fixed,
    ProviderContext,
    Refreshing,
    has_keys,
    tell_chain,
)
from edgemote.errors import ConfigError, CredentialsError, EdgemoteError, describe_missing
from edgemote.profiles import SharedFiles

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

    from edgemote.credentials.iot_role_alias import IotRoleAlias
    from edgemote.credentials.provider import OpenClient, OpenTransport, Provider

    Source = tuple[str, Callable[[ProviderContext], object], str]


REFUSED = ""


def _refuse(**ways: str) -> list[Source]:
    """Return rows for keys of a profile whose way to get credentials is not supported."""
    text = "profile {{0.profile_name!r}} sets {}: {} is not supported on the device"
    return [(REFUSED, _has(key), text.format(key, way)) for key, way in ways.items()]


def _has(key: str) -> Callable[[ProviderContext], object]:
    return lambda context: key in context.read_profile()


# Each row has a module, whether it is configured, and what to configure if it is not. The first one
# that is configured is used, in the order of botocore.credentials.create_credential_resolver and
# its ProfileProviderBuilder, which have no role aliases. What requires a browser, a person or a
# service that is not supported is REFUSED where botocore would use it, with the text as the error.
# Skipping it would sign with another identity than boto3 does. Modules are given by name, so that a
# board loads only those that it uses.
ROLES: Source = (
    "role_profiles",
    lambda context: (
        not {"role_arn", "web_identity_token_file"}.isdisjoint(context.read_profile())
        or (context.profile is None and context.has_variable("AWS_WEB_IDENTITY_TOKEN_FILE"))
    ),
    "",
)
# The sources of a profile that another one names as its source_profile.
PROFILE_SOURCES: tuple[Source, ...] = (
    *_refuse(sso_role_name="SSO", sso_account_id="SSO"),
    (
        "shared_files",
        lambda context: has_keys(context.shared.credentials_profile(context.profile_name)),
        "",
    ),
    *_refuse(login_session="aws login"),
    ("process", _has("credential_process"), ""),
    (
        "shared_files",
        lambda context: has_keys(context.shared.config_profile(context.profile_name)),
        "shared files: set aws_access_key_id and aws_secret_access_key, or credential_process, in "
        "profile {0.profile_name!r} of {0.shared.credentials_path} or {0.shared.config_path}",
    ),
    *_refuse(sso_session="SSO", sso_start_url="SSO"),
)
SOURCES: tuple[Source, ...] = (
    (
        "environment",
        lambda context: (
            context.profile is None
            and context.has_variable("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
        ),
        "environment: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and name no profile",
    ),
    ROLES,
    *PROFILE_SOURCES,
    (
        "iot_role_alias",
        lambda context: context.role_alias is not None,
        "IoT role alias: none is configured",
    ),
    (
        "container",
        lambda context: context.has_variable(
            "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"
        ),
        "container: neither AWS_CONTAINER_CREDENTIALS_RELATIVE_URI nor "
        "AWS_CONTAINER_CREDENTIALS_FULL_URI is set",
    ),
    (
        "instance",
        lambda context: context.environ.get("AWS_EC2_METADATA_DISABLED", "").lower() != "true",
        "instance metadata: switched off by AWS_EC2_METADATA_DISABLED",
    ),
)


def find_credentials(
    given: Credentials | Provider | None = None,
    *,
    profile: str | None = None,
    environ: Mapping[str, str] | None = None,
    shared: SharedFiles | None = None,
    role_alias: IotRoleAlias | None = None,
    open_transport: OpenTransport | None = None,
    open_client: OpenClient | None = None,
) -> Provider:
    """Return the provider of the first source that is configured. The network is not used yet.

    Args:
        given: credentials or a provider of the caller, instead of any other source
        profile: a profile that the caller chose. It takes precedence over keys in the environment;
            a profile in AWS_DEFAULT_PROFILE or AWS_PROFILE does not
        environ: environment variables, by default those of the process
        shared: the shared files, if the caller has read them already
        role_alias: the one in a device's configuration, used after the shared files
        open_transport: opens the connections of sources that are asked over the network, with the
            client's clock, meter, authorities and time limits; see provider.OpenTransport
        open_client: connects to a service with the same settings, for sources that call AWS STS;
            see provider.OpenClient

    Raises:
        ConfigError: a profile is unknown, a file is unreadable, or `given` has a wrong type
        CredentialsError: a source is only half configured, the profile's way to get credentials is
            not supported on the device, or no source is configured
    """
    if given is not None:
        return _accept(given, open_transport, open_client)
    if environ is None:
        environ = os.environ
    return find_in(
        ProviderContext(
            profile,
            environ,
            shared or SharedFiles(environ),
            role_alias,
            open_transport,
            open_client,
        ),
        SOURCES,
    )


def find_in(context: ProviderContext, sources: Iterable[Source]) -> Provider:
    """Do the same for these sources. Errors say what the sources tried before lacked."""
    misses = context.misses
    for name, is_configured, text in sources:
        if not is_configured(context):
            if text and name != REFUSED:
                misses.append(text.format(context))
            continue
        try:
            if name == REFUSED:
                raise CredentialsError(text.format(context))
            found = _load(name).find(context)
        except EdgemoteError as error:
            tell_chain(error, misses)
            raise
        if isinstance(found, Refreshing):
            found.chain = tuple(misses)
        return found  # type: ignore[no-any-return]
    raise CredentialsError("no credentials found; " + "; ".join(misses))


def _load(name: str) -> Any:
    try:
        return __import__(f"{__name__}.{name}", fromlist=("find",))
    except ModuleNotFoundError as error:
        if error.name != f"{__name__}.{name}":
            raise
        raise CredentialsError(describe_missing("")) from None


def _accept(
    given: Credentials | Provider,
    open_transport: OpenTransport | None,
    open_client: OpenClient | None,
) -> Provider:
    if isinstance(given, Credentials):
        return Fixed(given)
    # A dict has a `get`, too, and users of boto3 may have their credentials in one.
    if isinstance(given, dict) or not callable(getattr(given, "get", None)):
        raise ConfigError(
            "argument credentials: expected edgemote.Credentials or an object with get(now_s), "
            f"got {type(given).__name__}"
        )
    for name, opener in (("open_transport", open_transport), ("open_client", open_client)):
        if getattr(given, name, given) is None:
            setattr(given, name, opener)
    # Credentials of our own providers have been validated.
    return given if isinstance(given, Fixed | Refreshing) else Checked(given)
