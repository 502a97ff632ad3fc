"""What the sources that are asked over HTTP share: one bounded question, and the pause after it.

No error quotes an answer that should have been credentials: half of it may be legible.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from edgemote import limits
from edgemote.credentials.provider import (
    BYTE_ORDER_MARK,
    SourceError,
    make_credentials,
    parse_expiration,
)
from edgemote.errors import ConfigError, ProtocolError, TimeLearntError, TransportError
from edgemote.http1 import host_header, request_head

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, TypeVar

    from aws.sigv4 import Credentials
    from edgemote.credentials.provider import OpenTransport
    from edgemote.transport import Transport

    Kind = TypeVar("Kind")

# How long a source that refused is left alone; Greengrass's nucleus remembers as long.
REQUEST_REFUSED_PAUSE_S = 120.0  # 4xx: somebody has to change something
SERVER_FAILED_PAUSE_S = 60.0  # 5xx, and answers that make no sense
UNREACHED_PAUSE_S = 10.0  # the link is down, and may be up again any moment


class Answer(msgspec.Struct, rename="pascal"):
    """The credentials of containers and instances, as they come."""

    access_key_id: str
    secret_access_key: str
    token: str
    expiration: str


class Source:
    """A server that is asked for credentials: connected to on entry, left on exit.

    open_transport: None for a plain connection, of the system's authorities and limits. settings:
    for it, beside the size of answers. hides_target: because who knows the path gets the keys.
    """

    __slots__ = ("_hides_target", "_name", "_origin", "_transport")

    def __init__(
        self,
        name: str,
        origin: str,
        open_transport: OpenTransport | None,
        *,
        hides_target: bool = False,
        **settings: Any,
    ) -> None:
        self._hides_target = hides_target
        self._name = name
        self._origin = origin
        self._transport = (open_transport or _open_plainly)(
            origin, body_limit_bytes=limits.CREDENTIALS_BYTES, **settings
        )

    def __enter__(self) -> Source:
        return self

    def __exit__(self, *_: object) -> None:
        # What is needed once in an hour need not be kept in memory.
        self._transport.close()

    def ask(self, method: str, target: str, headers: Mapping[str, str]) -> tuple[int, bytes]:
        """Status and body of an answer. SourceError if there is none; TimeLearntError."""
        host = host_header(self._origin.partition("://")[2])
        try:
            head = request_head(method, target, {"host": host, "user-agent": "edgemote", **headers})
            response = self._transport.exchange(head, method=method)
        except TimeLearntError:
            raise
        except TransportError as error:
            illegible = type(error) is ProtocolError
            pause_s = SERVER_FAILED_PAUSE_S if illegible else UNREACHED_PAUSE_S
            raise SourceError(f"{self._describe(method, target)}: {error}", pause_s) from error
        except (ConfigError, ValueError) as error:  # what they say names no value
            raise SourceError(f"{self._describe(method, target)}: {error}") from None
        assert isinstance(response.body, bytes)  # it was not asked for as a stream
        return response.status, response.body

    def read(self, method: str, target: str, headers: Mapping[str, str], tries: int = 1) -> bytes:
        """Body of an answer with status 200; SourceError for any other.

        Broken connections and a server's own failures are worth another try; an answer that cannot
        be read would come again.
        """
        while True:
            tries -= 1
            try:
                status, body = self.ask(method, target, headers)
            except SourceError as error:
                cause = error.__cause__
                unread = isinstance(cause, TransportError) and type(cause) is not ProtocolError
                if not tries or not unread:
                    raise
                continue
            if status == 200:
                return body
            if not tries or status < 500:
                raise self.refusal(method, target, status)

    def refusal(self, method: str, target: str, status: int, why: str = "") -> SourceError:
        """The error for an answer with another status than 200."""
        pause_s = REQUEST_REFUSED_PAUSE_S if 400 <= status < 500 else SERVER_FAILED_PAUSE_S
        asked = self._describe(method, target)
        return SourceError(f"{asked} answered with status {status}{why}", pause_s)

    def _describe(self, method: str, target: str) -> str:
        return f"{self._name}: {method} {self._origin}{'' if self._hides_target else target}"


def decode(name: str, body: bytes, kind: type[Kind]) -> Kind:
    """A body as a struct; SourceError, which names fields and types alone."""
    try:
        return msgspec.json.decode(body.removeprefix(BYTE_ORDER_MARK), type=kind)
    except msgspec.MsgspecError as error:
        why = str(error)
    except UnicodeDecodeError:
        why = "it is not UTF-8 text"
    except RecursionError:
        why = "it is nested too deeply"
    raise SourceError(f"{name}: unusable answer of {len(body)} bytes: {why}", SERVER_FAILED_PAUSE_S)


def read_credentials(
    name: str, key_id: str, secret: str, token: str, expiration: str
) -> tuple[Credentials, float]:
    """Credentials and when they run out, in POSIX seconds."""
    credentials = make_credentials(name, key_id, secret, token)
    return credentials, parse_expiration(f"{name}: its expiration", expiration)


def split_url(url: str, setting: str) -> tuple[str, str]:
    """Origin and path with query of an http or https URL, or ConfigError that names its setting."""
    from edgemote.transport import parse_origin

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
            f"{setting}: expected an address like https://host/path, got another text"
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
    from edgemote.tls import client_context
    from edgemote.transport import Transport

    def tls() -> Any:
        return client_context(ca_file, cert_file=cert_file, key_file=key_file)

    return Transport(origin, tls=tls, **settings)
