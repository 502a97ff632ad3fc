"""HTTP/1.1 with TLS, proxies and streams. It does not depend on AWS.

This module defines the types that its parts and their users share.
"""

from __future__ import annotations

from edgemote.errors import ConfigError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    from edgemote.http.body import Body

    class Meter(Protocol):
        """Counts traffic: gets the size of all data above TLS, and each new connection; then, of
        those that resume a TLS session, that they do.
        """

        def connected(self) -> None: ...

        def resumed(self) -> None: ...

        def sent(self, size: int) -> None: ...

        def received(self, size: int) -> None: ...


_PORTS = {"http": 80, "https": 443}
_IPV6 = "0123456789abcdefABCDEF:."
# The characters of a token, such as a header name (RFC 9110, 5.6.2).
TOKEN = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Response:
    """A response: status 200 to 999, headers by their names in lower case, body.

    body is bytes, or a body.Body on request. fields: the original header lines, if a ResponseParser
    read them.
    """

    __slots__ = ("body", "fields", "headers", "status")
    fields: bytes

    def __init__(self, status: int, headers: dict[str, str], body: bytes | Body) -> None:
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def spelt(self) -> dict[str, str]:
        """Header names in lower case -> as the peer spelled them; {} if that is not known."""
        from edgemote.http.http1 import list_spellings

        return list_spellings(getattr(self, "fields", b""))


class Deadline:
    """The time at which all waiting for the network must end, in time.monotonic() seconds; None for
    never.

    It is shared by the transports of a program with its own loop, which sets it before each turn.
    It does not limit the C library's name resolution and uploads that are read from files.
    """

    __slots__ = ("at_s",)

    def __init__(self) -> None:
        self.at_s: float | None = None


def parse_origin(origin: str) -> tuple[bool, str, int]:
    """Return whether it is https, host (IPv6 without brackets) and port. Raises ConfigError."""
    scheme, _, rest = origin.partition("://")
    scheme = scheme.lower()
    if scheme not in _PORTS:
        raise ConfigError(f"{origin!r} does not start with http:// or https://")
    host, port = split_host(rest.removesuffix("/"), _PORTS[scheme], f"origin {origin!r}")
    return scheme == "https", host, port


def split_host(place: str, default_port: int, source: str) -> tuple[str, int]:
    """Return host (IPv6 without brackets) and port of `host`, `host:port`, `[::1]`, `[::1]:80`.

    An IPv6 zone, `%25eth0` or `%eth0`, becomes part of the host as `%eth0`.
    """
    if place.startswith("["):
        host, bracket, rest = place[1:].partition("]")
        address, _, zone = host.partition("%25")  # RFC 6874; others write the % alone
        host = f"{address}%{zone}" if zone else host
        colon, digits = rest[:1], rest[1:]
        number = address.partition("%")[0]
        sound = bool(bracket) and colon in ("", ":") and ":" in number and not number.strip(_IPV6)
    else:
        host, colon, digits = place.partition(":")
        # Python's ssl raises ValueError for names with empty parts, after the connection is made.
        labels = host.removesuffix(".").split(".")
        sound = not host.strip(TOKEN) and "%" not in host and "" not in labels
    if not sound or not host or not host.isascii() or not host.isprintable() or " " in host:
        raise ConfigError(f"{source}: it has no valid host name")
    if not digits:
        return host, default_port
    if not (digits.isascii() and digits.isdecimal() and 0 < int(digits[:6]) < 65536):
        raise ConfigError(f"{source}: the port is not a number from 1 to 65535")
    return host, int(digits)


def join_host(host: str, port: int, default_port: int = 0) -> str:
    """Return `host:port`, `[::1]:port` for IPv6, or only the host if the port is the default."""
    place = f"[{host}]" if ":" in host else host
    return place if port == default_port else f"{place}:{port}"


def host_header(place: str) -> str:
    """Return the Host header, without an IPv6 zone, which is the name of a local interface."""
    host, _, zone = place.partition("%")
    return host + zone[zone.index("]") :] if zone else host


def is_loopback(host: str) -> bool:
    """Whether a host is this machine: "localhost", ::1, or four numbers of which the first is 127.

    Other spellings of such numbers ("0127.0.0.1", "127.1") are read in different ways.
    """
    parts = host.split(".")
    return host in ("localhost", "::1") or (
        len(parts) == 4
        and parts[0] == "127"
        and all(part.isascii() and part.isdecimal() and len(part) <= 3 for part in parts)
        and all(str(int(part)) == part and int(part) < 256 for part in parts)
    )
