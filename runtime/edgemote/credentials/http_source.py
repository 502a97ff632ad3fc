"""What sources that use HTTP share: requests with limits, and the pause after an error.

No error quotes a response that should contain credentials, because part of it may be readable.
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

# How long a source is not asked again after a failure, as in Greengrass's nucleus.
REQUEST_REFUSED_PAUSE_S = 120.0  # 4xx: the configuration has to be changed
SERVER_FAILED_PAUSE_S = RETRY_PAUSE_S  # 5xx, and unusable responses
UNREACHED_PAUSE_S = 10.0  # the link is down, and may be up again at any moment


class Response(msgspec.Struct, rename="pascal"):
    """The credentials of containers and instances, as they are sent."""

    access_key_id: str
    secret_access_key: str
    token: str
    expiration: str


class HttpProvider(Refreshing):
    """Provider of credentials that are fetched over HTTP. Each fetch opens and closes a connection.
    With a client certificate, the next fetch resumes its TLS session, unless the files of the
    certificate, the key or the authorities have changed.

    Args:
        fetch: gets this provider, calls its `read` or `request`, and returns what its `credentials`
            makes of the response
        open_transport: None for a plain connection with the system's authorities and our limits
        timeout_s: limits connecting, silence and the response; None for the client's limits, or
            limits.REFRESH_TIMEOUT_S while the current credentials are valid
        hides_target: whether errors leave out the path, because it gives access to the credentials
        settings: other arguments of open_transport
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
            # After a refusal nothing is resumed: the next fetch presents the certificate again. A
            # context with all of the system's authorities is not kept, because it takes 1 MiB.
            if all(getattr(self._transport.context, "files", (None,))[:2]):
                self._former = self._transport
            return found
        finally:
            self._transport.close()
            # It is needed about once an hour, so it is not kept in memory.
            del self._transport

    def request(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes = b""
    ) -> tuple[int, bytes]:
        """Return a response's status and body. Raises SourceError and ClockSyncedError."""
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
        except (ConfigError, ValueError) as error:  # their messages contain no value
            raise SourceError(f"{self._describe(method, target)}: {error}") from None
        assert isinstance(response.body, bytes)  # because it is not a stream
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
        """Return the body of a response with status 200. Raises SourceError for any other.

        Broken connections and server errors are retried; a response that cannot be parsed is not,
        because it would be the same again.
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
        """Return the error for a response whose status is not 200."""
        pause_s = REQUEST_REFUSED_PAUSE_S if 400 <= status < 500 else SERVER_FAILED_PAUSE_S
        return SourceError(
            f"{self._describe(method, target)} returned status {status}{why}", pause_s
        )

    def parse(self, body: bytes, kind: type[Kind]) -> Kind:
        """Parse a JSON body. Raises SourceError, which names only fields and types."""
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
        """Return the credentials of a response, and when they expire, in POSIX seconds."""
        found = make_credentials(self.name, key_id, secret, token)
        return found, parse_expiration(f"{self.name}: its expiration", expiration)

    def _describe(self, method: str, target: str) -> str:
        return f"{self.name}: {method} {self.origin}{'' if self._hides_target else target}"


def check_text(argument: str, value: object) -> None:
    """Raise ConfigError unless an argument is a string that is not empty."""
    if not isinstance(value, str):
        raise ConfigError(f"argument {argument}: expected a string, got {type(value).__name__}")
    if not value:
        raise ConfigError(f"argument {argument}: expected a string, got an empty one")


def split_url(url: str, setting: str) -> tuple[str, str]:
    """Return origin and path, with query, of an HTTP URL. Raises ConfigError with its setting."""
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
