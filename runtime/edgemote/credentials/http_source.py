"""What the sources that are asked over HTTP share: bounded requests, and the pause after an error.

No error quotes a response that should have been credentials: half of it may be legible.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from edgemote import limits
from edgemote.credentials.provider import (
    BYTE_ORDER_MARK,
    RETRY_PAUSE_S,
    Refreshing,
    SourceError,
    make_credentials,
    parse_expiration,
)
from edgemote.errors import ClockSyncedError, ConfigError, ProtocolError, TransportError
from edgemote.http import host_header
from edgemote.http.http1 import request_head

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, TypeVar

    from aws.sigv4 import Credentials
    from edgemote.credentials.provider import OpenTransport
    from edgemote.http.transport import Transport

    Kind = TypeVar("Kind")

# How long a source that refused is left alone; Greengrass's nucleus remembers as long.
REQUEST_REFUSED_PAUSE_S = 120.0  # 4xx: somebody has to change something
SERVER_FAILED_PAUSE_S = RETRY_PAUSE_S  # 5xx, and responses that make no sense
UNREACHED_PAUSE_S = 10.0  # the link is down, and may be up again any moment


class Response(msgspec.Struct, rename="pascal"):
    """The credentials of containers and instances, as they come."""

    access_key_id: str
    secret_access_key: str
    token: str
    expiration: str


class HttpProvider(Refreshing):
    """Provider whose keys come over HTTP; the connection is made for a fetch, and closed after it.
    Where it shows a certificate, the next one resumes its TLS session, if the files of certificate,
    key and authorities have not changed since.

    fetch: gets this provider, asks by its `read` or `request`, and returns what its `credentials`
    makes of the response. open_transport: None for a plain connection, of the system's authorities
    and limits. timeout_s: of connecting, of silence and of a response alike; None for the client's,
    and limits.REFRESH_TIMEOUT_S while the keys at hand are valid. hides_target: because who knows
    the path gets the keys. settings: what else to say to open_transport.
    """

    __slots__ = (
        "_former",
        "_hides_target",
        "_settings",
        "_timeout_s",
        "_transport",
        "name",
        "origin",
    )

    def __init__(
        self,
        name: str,
        origin: str,
        fetch: Callable[[HttpProvider], tuple[Credentials, float | None]],
        open_transport: OpenTransport | None,
        *,
        timeout_s: float | None = None,
        hides_target: bool = False,
        **settings: Any,
    ) -> None:
        super().__init__(lambda now_s: self._connect(now_s, fetch), open_transport)
        self.name = name
        self.origin = origin
        self._timeout_s = timeout_s
        self._hides_target = hides_target
        self._settings = settings
        self._former: Transport | None = None  # of the last fetch, whose session may be resumed

    def _connect(
        self, now_s: float, fetch: Callable[[HttpProvider], tuple[Credentials, float | None]]
    ) -> tuple[Credentials, float | None]:
        timeout_s = self._timeout_s
        if timeout_s is None and now_s < self._expires_s:
            timeout_s = limits.REFRESH_TIMEOUT_S
        settings = self._settings
        if timeout_s is not None:
            names = ("connect_timeout_s", "read_timeout_s", "response_timeout_s")
            settings = {**settings, **dict.fromkeys(names, timeout_s)}
        self._transport: Transport = (self.open_transport or _open_plainly)(
            self.origin, body_limit_bytes=limits.CREDENTIALS_BYTES, **settings
        )
        former, self._former = self._former, None
        if former is not None:
            from edgemote.http.tls import stamp_files

            context: Any = former.context
            if stamp_files(context.files[:3]) == context.stamp:
                self._transport.follow(former)
        try:
            found = fetch(self)
            # A refusal is not followed: the next fetch shows the certificate anew. Nor is a context
            # of all the system's authorities kept for an hour, which takes 1 MiB.
            if getattr(self._transport.context, "stamp", None):
                self._former = self._transport
            return found
        finally:
            self._transport.close()
            # What is needed once in an hour need not be kept in memory.
            del self._transport

    def request(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes = b""
    ) -> tuple[int, bytes]:
        """Status and body of a response. SourceError if there is none; ClockSyncedError."""
        host = host_header(self.origin.partition("://")[2])
        fields = {"host": host, "user-agent": "edgemote", **headers}
        if method != "GET":
            fields["content-length"] = str(len(body))
        try:
            head = request_head(method, target, fields)
            response = self._transport.exchange(head, body, method=method)
        except ClockSyncedError:
            raise
        except TransportError as error:
            illegible = type(error) is ProtocolError
            pause_s = SERVER_FAILED_PAUSE_S if illegible else UNREACHED_PAUSE_S
            raise SourceError(f"{self._describe(method, target)}: {error}", pause_s) from error
        except (ConfigError, ValueError) as error:  # what they say names no value
            raise SourceError(f"{self._describe(method, target)}: {error}") from None
        assert isinstance(response.body, bytes)  # it was not asked for as a stream
        return response.status, response.body

    def read(
        self,
        method: str,
        target: str,
        headers: Mapping[str, str],
        body: bytes = b"",
        *,
        attempts: int = 1,
    ) -> bytes:
        """Body of a response with status 200; SourceError for any other.

        Broken connections and a server's own failures are worth a retry; a response that cannot be
        read would come again.
        """
        while True:
            attempts -= 1
            try:
                status, content = self.request(method, target, headers, body)
            except SourceError as error:
                cause = error.__cause__
                unread = isinstance(cause, TransportError) and type(cause) is not ProtocolError
                if not attempts or not unread:
                    raise
                continue
            if status == 200:
                return content
            if not attempts or status < 500:
                raise self.refusal(method, target, status)

    def refusal(self, method: str, target: str, status: int, why: str = "") -> SourceError:
        """The error for a response with another status than 200."""
        pause_s = REQUEST_REFUSED_PAUSE_S if 400 <= status < 500 else SERVER_FAILED_PAUSE_S
        return SourceError(
            f"{self._describe(method, target)} returned status {status}{why}", pause_s
        )

    def parse(self, body: bytes, kind: type[Kind]) -> Kind:
        """A JSON body as a struct; SourceError, which names fields and types alone."""
        try:
            return msgspec.json.decode(body.removeprefix(BYTE_ORDER_MARK), type=kind)
        except msgspec.MsgspecError as error:
            why = str(error)
        except UnicodeDecodeError:
            why = "it is not UTF-8 text"
        except RecursionError:
            why = "it is nested too deeply"
        raise SourceError(f"{self.name}: unusable response of {len(body)} bytes: {why}")

    def credentials(
        self, key_id: str, secret: str, token: str, expiration: str
    ) -> tuple[Credentials, float]:
        """Credentials and when they expire, in POSIX seconds, from what a response has."""
        found = make_credentials(self.name, key_id, secret, token)
        return found, parse_expiration(f"{self.name}: its expiration", expiration)

    def _describe(self, method: str, target: str) -> str:
        return f"{self.name}: {method} {self.origin}{'' if self._hides_target else target}"


def check_text(argument: str, value: object) -> None:
    """Raise ConfigError for an argument that is not a string with something in it."""
    if not isinstance(value, str):
        raise ConfigError(f"argument {argument}: expected a string, got {type(value).__name__}")
    if not value:
        raise ConfigError(f"argument {argument}: expected a string, got an empty one")


def split_url(url: str, setting: str) -> tuple[str, str]:
    """Origin and path with query of an http or https URL, or ConfigError that names its setting."""
    from edgemote.http import parse_origin

    scheme, colon, rest = url.partition("://")
    size = min(at for at in map((rest + "/?#").find, "/?#") if at >= 0)
    authority, path = rest[:size], rest[size:].partition("#")[0]
    path = path if path.startswith("/") else "/" + path
    origin = f"{scheme.lower()}{colon}{authority}"
    try:
        parse_origin(origin)
        request_head("GET", path, {})
    except (ConfigError, ValueError):
        raise ConfigError(
            f"{setting}: expected an address like https://host/path, got another string"
        ) from None
    return origin, path


def _open_plainly(
    origin: str,
    *,
    ca_file: str | None = None,
    cert_file: str | None = None,
    key_file: str | None = None,
    **settings: Any,
) -> Transport:
    from edgemote.http.tls import client_context
    from edgemote.http.transport import Transport

    def tls() -> Any:
        return client_context(ca_file, cert_file=cert_file, key_file=key_file)

    return Transport(origin, tls=tls, **settings)
