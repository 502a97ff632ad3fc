"""Sockets and TLS as CPython's own modules have them: `_socket` and `_ssl`.

The public modules wrap them in classes and enumerations, whose import takes 24 million instructions
and 0.4 MiB on a Cortex-A7. A Python without these, or with others, takes the public ones: that is
decided here, once, and nowhere else. OpenSSL does the same either way, and what it verifies is a
matter of the context.

socket, ssl: the modules, for constants, functions and errors. Of the public names they have here
but those that both have.
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
            """One that can be referred to weakly, as `_ssl` does."""

            __slots__ = ("__weakref__",)

        DIRECT = True
    except (ImportError, AttributeError):
        import socket
        import ssl

        Socket, SSLContext = socket.socket, ssl.SSLContext
        DIRECT = False

__all__ = ("DIRECT", "Context", "Socket", "offer", "shake_hands", "socket", "ssl", "unwrap")


class Context(SSLContext):
    """files: the CA file, the certificate, the key and the protocol that it was made from."""

    __slots__ = ("files",)
    files: tuple[str | None, str | None, str | None, str | None]


def offer(context: ssl.SSLContext, protocol: str) -> None:
    """Have a context offer one protocol in ALPN."""
    if DIRECT:
        name = protocol.encode()
        context._set_alpn_protocols(bytes((len(name),)) + name)  # type: ignore[attr-defined]
    else:
        context.set_alpn_protocols([protocol])


def shake_hands(
    sock: Socket, context: ssl.SSLContext, host: str, session: Any = None
) -> tuple[Socket, Any]:
    """The socket to go on with, and the TLS object that reads and writes by it.

    Who holds the TLS object has to hold the socket, too, as it does so but weakly. Where a
    connection ends without close_notify it raises SSLEOFError: who can cut TCP must not be able to
    shorten a body that ends with it.
    """
    if DIRECT:
        tls = context._wrap_socket(sock, False, host, session=session)  # type: ignore[attr-defined]
        tls.do_handshake()
        return sock, tls
    # A str would load the codec for international names, tables of half a megabyte.
    secure = context.wrap_socket(
        sock, server_hostname=host.encode(), suppress_ragged_eofs=False, session=session
    )
    return secure, secure


def unwrap(tls: Any) -> Any:
    """The TLS object whose methods show certificates."""
    # The public methods came with Python 3.13, and give bytes alone.
    return getattr(tls, "_sslobj", tls)
