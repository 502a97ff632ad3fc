"""Where the device finds the keys that it signs with.

A source is a module here with a function `find(context: ProviderContext) -> Provider | str`; a text
says what it looked for in vain. To add one: write the module, and add its name to `SOURCES`.

A provider has one method, `get(now_s) -> Credentials`; see `Provider`.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from aws.sigv4 import Credentials
from edgemote.credentials.provider import Checked, Fixed, ProviderContext, Refreshing
from edgemote.errors import ConfigError, CredentialsError
from edgemote.profiles import SharedFiles

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from edgemote.credentials.iot import IotRoleAlias
    from edgemote.credentials.provider import OpenTransport, Provider

# Asked from the first to the last, as botocore.credentials.create_credential_resolver asks, which
# has no source like iot. Names, because a board pays for each module that it loads, and the first
# source often is the last asked.
SOURCES = (
    "environment",
    "shared_files",
    "iot",
    "container",
    "instance",
)


def find_credentials(
    given: Credentials | Provider | None = None,
    *,
    profile: str | None = None,
    environ: Mapping[str, str] | None = None,
    shared: SharedFiles | None = None,
    iot: IotRoleAlias | None = None,
    open_transport: OpenTransport | None = None,
) -> Provider:
    """Provider of the first source that has credentials. None is asked over the network yet.

    Args:
        given: credentials or a provider of the caller's; nothing else is asked then
        profile: a profile named by the caller, which outranks keys in the environment, while one
            named by AWS_DEFAULT_PROFILE or AWS_PROFILE does not
        environ: environment variables, by default those of the process
        shared: the shared files, where the caller has them already
        iot: the role alias of a device's config, asked after the shared files
        open_transport: makes the connections of sources that are asked over the network, with the
            client's clock, meter, authorities and time limits; see provider.OpenTransport

    Raises:
        ConfigError: an unknown profile, an unreadable file, or `given` is of another type
        CredentialsError: a source has half of what it needs, or no source has anything
    """
    if given is not None:
        return _accept(given, open_transport)
    if environ is None:
        environ = os.environ
    context = ProviderContext(profile, environ, shared or SharedFiles(environ), iot, open_transport)
    for name in SOURCES:
        found = _load_source(name)(context)
        if not isinstance(found, str):
            return found
        context.misses.append(found)
    raise CredentialsError("no credentials found; " + "; ".join(context.misses))


def _load_source(name: str) -> Callable[[ProviderContext], Provider | str]:
    source = __import__(f"{__name__}.{name}", fromlist=("find",))
    find: Callable[[ProviderContext], Provider | str] = source.find
    return find


def _accept(given: Credentials | Provider, open_transport: OpenTransport | None) -> Provider:
    if isinstance(given, Credentials):
        return Fixed(given)
    # A dict has a `get` too, and is what boto3's callers may hold in their hands.
    if isinstance(given, dict) or not callable(getattr(given, "get", None)):
        raise ConfigError(
            "argument credentials: expected edgemote.Credentials or an object with get(now_s), "
            f"got {type(given).__name__}"
        )
    if getattr(given, "open_transport", given) is None:
        given.open_transport = open_transport  # type: ignore[attr-defined]  # it has one
    # What ours hand out has been checked.
    return given if isinstance(given, Fixed | Refreshing) else Checked(given)
