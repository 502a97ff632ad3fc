"""HTTP proxies: which one to use by the environment, and how to connect through it.

Environment variables have the same meaning as for urllib.request, which botocore uses.
"""

from __future__ import annotations

from edgemote import limits
from edgemote.errors import ConfigError, ConnectError, ConnectionClosedError, ProtocolError
from edgemote.http import host_header, http1, join_host, split_host

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Proxy:
    """A proxy's host and port, and the Proxy-Authorization that it requires, if any."""

    __slots__ = ("authorization", "host", "port")

    def __init__(self, host: str, port: int, authorization: str | None = None) -> None:
        self.host = host
        self.port = port
        self.authorization = authorization

    def __repr__(self) -> str:
        return f"Proxy({self.host!r}, {self.port})"


def find_proxy(
    scheme: str, host: str, port: int | None, environ: Mapping[str, str]
) -> Proxy | None:
    """Return the proxy for an endpoint, or None.

    HTTPS_PROXY or HTTP_PROXY, in any case, is used for the endpoint's scheme. A lower-case variable
    takes precedence, and switches off the other one if it is empty. HTTP_PROXY is ignored in a CGI
    process, where a request could set it. ALL_PROXY is ignored, as in botocore. NO_PROXY contains
    suffixes of host names, or `*` for every host. An entry with a port matches only URLs with that
    port.

    port: None if the endpoint's URL has none

    Raises ConfigError for a proxy that cannot be used. The text never contains its user or
    password.
    """
    found = _read_variables(environ)
    url = found.get(scheme)
    if not url or _bypasses(found.get("no", ""), host, port):
        return None
    return parse_proxy(url, f"{scheme.upper()}_PROXY")


def _read_variables(environ: Mapping[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    exact: dict[str, str] = {}
    for name, value in environ.items():
        if name[-6:].lower() == "_proxy":
            if value:
                found[name[:-6].lower()] = value
            if name[-6:] == "_proxy":
                exact[name[:-6].lower()] = value
    if "REQUEST_METHOD" in environ:
        found.pop("http", None)
    found.update(exact)
    return found


def _bypasses(no_proxy: str, host: str, port: int | None) -> bool:
    if no_proxy == "*":
        return True
    alone = host.lower()
    if ":" in alone and not alone.startswith("["):
        alone = f"[{alone}]"
    whole = alone if port is None else f"{alone}:{port}"
    for entry in no_proxy.split(","):
        name = entry.strip().lstrip(".").lower()
        # An entry with only dots matches only an empty host, or one that ends in a dot.
        if entry.strip() and (
            name in (alone, whole) or alone.endswith("." + name) or whole.endswith("." + name)
        ):
            return True
    return False


def parse_proxy(url: str, source: str) -> Proxy:
    """Return the proxy of a URL: [http://][user:password@]host[:port], with port 80 by default.

    source: the setting's name, for the ConfigError
    """
    scheme, found, rest = url.partition("://")
    if not found:
        scheme, rest = "http", url.removeprefix("//")
    if scheme.lower() != "http":
        raise ConfigError(
            f"{source}: only plain HTTP to the proxy is supported, not {scheme.lower()!r}"
            " (through it, TLS runs from here to the service)"
        )
    user, _, place = rest.partition("/")[0].rpartition("@")
    host, port = split_host(place, 80, source)
    return Proxy(host, port, _write_basic(user) if user else None)


def _write_basic(user: str) -> str:
    from binascii import b2a_base64
    from urllib.parse import unquote

    name, _, password = user.partition(":")
    pair = f"{unquote(name)}:{unquote(password)}".encode("utf-8", "surrogateescape")
    return "Basic " + b2a_base64(pair, newline=False).decode()


def connect_request(host: str, port: int, proxy: Proxy) -> bytes:
    """Return the request that opens a tunnel to a host (IPv6 without brackets)."""
    place = host_header(join_host(host, port))
    headers = {"Host": place}
    if proxy.authorization is not None:
        headers["Proxy-Authorization"] = proxy.authorization
    return http1.request_head("CONNECT", place, headers)


def write_absolute(head: bytes, host: str, port: int, proxy: Proxy) -> bytes:
    """Return a request's head with the full URL, for a proxy and a plain http origin."""
    line, _, rest = head.partition(b"\r\n")
    verb, _, target = line.partition(b" ")
    line = b"%b http://%b%b" % (verb, join_host(host, port, 80).encode(), target)
    if proxy.authorization is not None:
        line += b"\r\nProxy-Authorization: " + proxy.authorization.encode()
    return line + b"\r\n" + rest


def read_tunnel(receive: Callable[[int], bytes]) -> None:
    """Read the proxy's response to CONNECT. Raises ConnectError if the tunnel is not open.

    receive: a socket's recv, with a time limit
    """
    parser = http1.ResponseParser("CONNECT")
    try:
        while not parser.status:
            data = receive(limits.RECEIVE_BYTES)
            if not data:
                parser.receive_eof()
            parser.receive(data)
    except (ProtocolError, ConnectionClosedError) as error:
        raise ConnectError(str(error)) from None
    if not 200 <= parser.status < 300:
        raise ConnectError(f"the proxy refused the tunnel with status {parser.status}")
    if not parser.complete or parser.surplus:
        raise ConnectError("the proxy sent more than its response to CONNECT")
