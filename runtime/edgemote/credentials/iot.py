"""Credentials for a device that has a certificate: the credential provider of AWS IoT.

Source: "Authorizing direct calls to AWS services using AWS IoT Core credential provider" in the
AWS IoT developer guide. The certificate is shown to it in TLS; it answers with temporary keys of
the role that an alias points to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from edgemote import limits
from edgemote.credentials.http_source import CredentialEndpoint, decode, read_credentials, split_url
from edgemote.credentials.provider import Refreshing
from edgemote.errors import ConfigError

if TYPE_CHECKING:
    from typing import Any

    from aws.sigv4 import Credentials
    from edgemote.credentials.provider import OpenTransport, Provider, ProviderContext

# What a refusal is about, and so what to do.
_ADVICE = {
    400: "see whether the alias's role trusts credentials.iot.amazonaws.com, and how long its "
    "sessions may last",
    403: "see whether the certificate is active and attached to the thing, and whether its policy "
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


class _Answer(msgspec.Struct):
    credentials: _Keys


class _Refusal(msgspec.Struct):
    message: str = ""


def find(context: ProviderContext) -> Provider | str:
    """The role alias of the device's config, with the search's way to the network."""
    iot = context.iot
    if iot is None:
        return "IoT role alias: none is configured"
    if iot.open_transport is None:
        iot.open_transport = context.open_transport
    return iot


class IotRoleAlias(Refreshing):
    """Provider of the keys that AWS IoT gives to a device with a certificate.

    edgemote.connect(..., credentials=edgemote.IotRoleAlias(endpoint, alias, cert_file, key_file))

    One may serve several clients; the first one's time limits, clock and proxies are its own, too.

    Args:
        endpoint: the account's host, as `aws iot describe-endpoint --endpoint-type
            iot:CredentialProvider` says it; or the whole address of the alias,
            https://HOST/role-aliases/ALIAS/credentials
        role_alias: its name; None if `endpoint` has it
        cert_file: PEM file with the device's certificate; read at each fetch, as is the key
        key_file: its private key, where it is not in cert_file
        ca_file: PEM file of the authorities that the endpoint is verified by; else the client's
        thing_name: where the certificate's policy has variables of the thing
        open_transport: see find_credentials

    Raises ConfigError that names the argument. `get` raises CredentialsError.
    """

    __slots__ = ("_files", "_name", "_origin", "_target", "_thing_name")

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
        super().__init__(self._fetch_keys, open_transport)
        _check_text("cert_file", cert_file)
        for argument, value in (("key_file", key_file), ("ca_file", ca_file)):
            if value is not None:
                _check_text(argument, value)
        self._origin, alias = _split_endpoint(endpoint, role_alias)
        _check_name("role_alias", alias, "=,@-_")
        if thing_name is not None:
            _check_name("thing_name", thing_name, ":-_")
        self._target = f"{_PATH_START}{alias}{_PATH_END}"
        self._name = f"IoT role alias {alias!r}"
        self._thing_name = thing_name
        self._files: dict[str, Any] = {
            "ca_file": ca_file,
            "cert_file": cert_file,
            "key_file": key_file,
        }

    def __repr__(self) -> str:
        return f"<{self._name} at {self._origin}>"

    def _fetch_keys(self, now_s: float) -> tuple[Credentials, float | None]:
        headers = {} if self._thing_name is None else {_THING_HEADER: self._thing_name}
        times: dict[str, Any] = {}
        if now_s < self._expires_s:
            names = ("connect_timeout_s", "read_timeout_s", "answer_timeout_s")
            times = dict.fromkeys(names, limits.REFRESH_TIMEOUT_S)
        with CredentialEndpoint(
            self._name, self._origin, self.open_transport, **self._files, **times
        ) as source:
            status, body = source.ask("GET", self._target, headers)
            if status != 200:
                raise source.refusal("GET", self._target, status, _explain(status, body))
        keys = decode(self._name, body, _Answer).credentials
        return read_credentials(
            self._name,
            keys.access_key_id,
            keys.secret_access_key,
            keys.session_token,
            keys.expiration,
        )


def _split_endpoint(endpoint: object, role_alias: object) -> tuple[str, object]:
    """Origin and role alias."""
    _check_text("endpoint", endpoint)
    assert isinstance(endpoint, str)
    url = endpoint if "://" in endpoint else f"https://{endpoint}"
    origin, path = split_url(url, "argument endpoint")
    if not origin.startswith("https://"):
        raise ConfigError("argument endpoint: only https is safe enough for credentials, got http")
    named = path.removeprefix(_PATH_START).removesuffix(_PATH_END)
    if path != "/" and path != f"{_PATH_START}{named}{_PATH_END}":
        raise ConfigError(
            "argument endpoint: expected a host, or https://HOST/role-aliases/ALIAS/credentials, "
            f"got {endpoint!r:.200}"
        )
    if path == "/" and role_alias is None:
        raise ConfigError("argument role_alias: it is missing, and the endpoint does not have it")
    if path != "/" and role_alias not in (None, named):
        raise ConfigError(
            f"argument role_alias: {role_alias!r:.200} is not the one in the endpoint, {named!r}"
        )
    return origin, named if role_alias is None else role_alias


def _check_text(argument: str, value: object) -> None:
    if not isinstance(value, str):
        raise ConfigError(f"argument {argument}: expected a text, got {type(value).__name__}")
    if not value:
        raise ConfigError(f"argument {argument}: expected a text, got an empty one")


def _check_name(argument: str, value: object, others: str) -> None:
    _check_text(argument, value)
    assert isinstance(value, str)
    if value.strip(_LETTERS + others) or len(value) > _NAME_LETTERS:
        raise ConfigError(
            f"argument {argument}: expected up to {_NAME_LETTERS} letters, digits and "
            f"{' '.join(others)}, got {value!r:.200}"
        )


def _explain(status: int, body: bytes) -> str:
    """What the answer says, as far as it is safe to print, and what to do."""
    try:
        said = msgspec.json.decode(body, type=_Refusal).message[:_MESSAGE_LETTERS]
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        said = ""
    advice = _ADVICE.get(status)
    return (f" ({said})" if said.isprintable() and said else "") + (f"; {advice}" if advice else "")
