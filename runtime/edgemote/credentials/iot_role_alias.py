"""Credentials for a device that has a certificate: the AWS IoT Core credential provider.

Source: "Authorizing direct calls to AWS services using AWS IoT Core credential provider" in the
AWS IoT developer guide. The device authenticates with its certificate in TLS, and gets temporary
credentials of the role that an alias points to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from edgemote.credentials.http_source import HttpProvider, check_text, split_url
from edgemote.errors import ConfigError

if TYPE_CHECKING:
    from aws.sigv4 import Credentials
    from edgemote.credentials.provider import OpenTransport, Provider, ProviderContext

# What to do after a refusal, by its status.
_ADVICE = {
    400: "check that the alias's role trusts credentials.iot.amazonaws.com, and how long its "
    "sessions may last",
    403: "check that the certificate is active and attached to the thing, and whether its policy "
    "allows iot:AssumeRoleWithCertificate on the alias",
    404: "there is no such role alias in the account and region of this endpoint",
}
_MESSAGE_LETTERS = 200
_THING_HEADER = "x-amzn-iot-thingname"
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_NAME_LETTERS = 128
_PATH_START, _PATH_END = "/role-aliases/", "/credentials"


class _Keys(msgspec.Struct, rename="camel"):
    access_key_id: str
    secret_access_key: str
    session_token: str
    expiration: str


class _Response(msgspec.Struct):
    credentials: _Keys


class _Refusal(msgspec.Struct):
    message: str = ""


def find(context: ProviderContext) -> Provider:
    """Return the role alias of the device's configuration, with the client's open_transport."""
    role_alias = context.role_alias
    assert role_alias is not None  # its row of SOURCES has tested it
    if role_alias.open_transport is None:
        role_alias.open_transport = context.open_transport
    return role_alias


class IotRoleAlias(HttpProvider):
    """Provider of the temporary credentials that AWS IoT gives to a device with a certificate.

    edgemote.connect(..., credentials=edgemote.IotRoleAlias(endpoint, alias, cert_file, key_file))

    Several clients can share it; time limits, clock and proxies are those of the first.

    Args:
        endpoint: the account's host, as `aws iot describe-endpoint --endpoint-type
            iot:CredentialProvider` prints it; or the full URL of the alias,
            https://HOST/role-aliases/ALIAS/credentials
        role_alias: its name; None if `endpoint` contains it
        cert_file: PEM file with the device's certificate; read at each fetch, as is the key
        key_file: its private key, if it is not in cert_file
        ca_file: PEM file with the authorities that verify the endpoint; default: the client's
        thing_name: required if the certificate's policy contains thing variables
        open_transport: see find_credentials

    Raises ConfigError, which names the argument. `get` raises CredentialsError.
    """

    __slots__ = ("target",)

    def __init__(
        self,
        endpoint: str,
        role_alias: str | None,
        cert_file: str,
        key_file: str | None = None,
        *,
        ca_file: str | None = None,
        thing_name: str | None = None,
        open_transport: OpenTransport | None = None,
    ) -> None:
        check_text("cert_file", cert_file)
        for argument, value in (("key_file", key_file), ("ca_file", ca_file)):
            if value is not None:
                check_text(argument, value)
        origin, alias = _split_endpoint(endpoint, role_alias)
        _check_name("role_alias", alias, "=,@-_")
        if thing_name is not None:
            _check_name("thing_name", thing_name, ":-_")
        self.target = target = f"{_PATH_START}{alias}{_PATH_END}"
        super().__init__(
            f"IoT role alias {alias!r}",
            origin,
            lambda source: _fetch(source, target, thing_name),
            open_transport,
            ca_file=ca_file,
            cert_file=cert_file,
            key_file=key_file,
        )

    def __repr__(self) -> str:
        return f"<{self.name} at {self.origin}>"


def _fetch(
    source: HttpProvider, target: str, thing_name: str | None
) -> tuple[Credentials, float | None]:
    headers = {} if thing_name is None else {_THING_HEADER: thing_name}
    status, body = source.request("GET", target, headers)
    if status != 200:
        raise source.refusal("GET", target, status, _explain(status, body))
    keys = source.parse(body, _Response).credentials
    return source.credentials(
        keys.access_key_id, keys.secret_access_key, keys.session_token, keys.expiration
    )


def _split_endpoint(endpoint: object, role_alias: object) -> tuple[str, object]:
    """Return the origin and the role alias."""
    check_text("endpoint", endpoint)
    assert isinstance(endpoint, str)
    url = endpoint if "://" in endpoint else f"https://{endpoint}"
    origin, path = split_url(url, "argument endpoint")
    if not origin.startswith("https://"):
        raise ConfigError(
            "argument endpoint: expected https, because the response contains credentials, got http"
        )
    named = path.removeprefix(_PATH_START).removesuffix(_PATH_END)
    if path != "/" and path != f"{_PATH_START}{named}{_PATH_END}":
        raise ConfigError(
            "argument endpoint: expected a host, or https://HOST/role-aliases/ALIAS/credentials, "
            f"got {endpoint!r:.200}"
        )
    if path == "/" and role_alias is None:
        raise ConfigError(
            "argument role_alias: it is required, because the endpoint does not contain it"
        )
    if path != "/" and role_alias not in (None, named):
        raise ConfigError(
            f"argument role_alias: {role_alias!r:.200} is not the one in the endpoint, {named!r}"
        )
    return origin, named if role_alias is None else role_alias


def _check_name(argument: str, value: object, others: str) -> None:
    check_text(argument, value)
    assert isinstance(value, str)
    if value.strip(_LETTERS + others) or len(value) > _NAME_LETTERS:
        raise ConfigError(
            f"argument {argument}: expected up to {_NAME_LETTERS} letters, digits and "
            f"{' '.join(others)}, got {value!r:.200}"
        )


def _explain(status: int, body: bytes) -> str:
    """Return the response's message, if it is safe to print, and what to do."""
    try:
        said = msgspec.json.decode(body, type=_Refusal).message[:_MESSAGE_LETTERS]
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        said = ""
    advice = _ADVICE.get(status)
    return (f" ({said})" if said.isprintable() and said else "") + (f"; {advice}" if advice else "")
