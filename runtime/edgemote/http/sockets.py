"""Sockets and TLS from CPython's internal modules `_socket` and `_ssl`.

The public modules wrap them in classes and enumerations, whose import takes 24 million instructions
and 0.4 MiB on a Cortex-A7. If the internal modules are missing or differ, the public ones are used;
only this module makes that choice. OpenSSL behaves the same either way, and the context determines
what it verifies.

socket, ssl: the modules, for constants, functions and errors. Use only names that exist in both the
internal and the public module.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket
    import ssl
    from socket import socket as Socket  # noqa: N812
    from ssl import SSLContext
    from typing import Any

    DIRECT = True
else:
    _ERRORS = ("SSLCertVerificationError", "SSLEOFError", "SSLError", "SSLWantReadError")
    try:
        if sys.implementation.name != "cpython":
            raise ImportError
        import _socket as socket
        import _ssl as ssl

        for _name in ("CERT_NONE", "PROTOCOL_TLS_CLIENT", *_ERRORS):
            getattr(ssl, _name)
        SSLContext = ssl._SSLContext
        SSLContext._wrap_socket, SSLContext._set_alpn_protocols  # noqa: B018

        class Socket(socket.socket):
            """A socket that supports weak references, which `_ssl` needs."""

            __slots__ = ("__weakref__",)

        DIRECT = True
    except (ImportError, AttributeError):
        import socket
        import ssl

        Socket, SSLContext = socket.socket, ssl.SSLContext
        DIRECT = False

__all__ = (
    "DIRECT",
    "Context",
    "Socket",
    "ignore_common_names",
    "offer",
    "shake_hands",
    "socket",
    "ssl",
    "unwrap",
)


class Context(SSLContext):
    """files: the CA file, certificate, key and protocol from which it was created. stamp: of the
    three files as they were then; None unless it has a certificate and a CA file of its own.
    """

    __slots__ = ("files", "stamp")
    files: tuple[str | None, str | None, str | None, str | None]
    stamp: list[object] | None


def ignore_common_names(context: ssl.SSLContext) -> None:
    """Make a context look for host names among a certificate's alternative names alone, as browsers
    and urllib3 do (RFC 9525). By default, OpenSSL takes the common name where there are none.
    """
    if DIRECT:
        context._host_flags |= 0x20  # type: ignore[attr-defined]  # HOSTFLAG_NEVER_CHECK_SUBJECT
    else:
        context.hostname_checks_common_name = False


def offer(context: ssl.SSLContext, protocol: str) -> None:
    """Make a context offer one protocol in ALPN."""
    if DIRECT:
        name = protocol.encode()
        context._set_alpn_protocols(bytes((len(name),)) + name)  # type: ignore[attr-defined]
    else:
        context.set_alpn_protocols([protocol])


def shake_hands(
    sock: Socket, context: ssl.SSLContext, host: str, session: Any = None
) -> tuple[Socket, Any]:
    """Return the socket to use from now on, and the TLS object that reads and writes through it.

    The caller must keep the socket as long as the TLS object, which only has a weak reference to
    it. A connection that ends without close_notify raises SSLEOFError: otherwise an attacker who
    can cut TCP could truncate a body that is delimited by the end of the connection.
    """
    if DIRECT:
        tls = context._wrap_socket(sock, False, host, session=session)  # type: ignore[attr-defined]
        tls.do_handshake()
        return sock, tls
    # A str would load the IDNA codec, half a megabyte of tables.
    secure = context.wrap_socket(
        sock, server_hostname=host.encode(), suppress_ragged_eofs=False, session=session
    )
    return secure, secure


def unwrap(tls: Any) -> Any:
    """The TLS object whose methods return certificates."""
    # The public methods exist since Python 3.13, and return nothing but bytes.
    return getattr(tls, "_sslobj", tls)
