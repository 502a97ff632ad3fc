"""Requests of these tests, and peers that answer them."""

from __future__ import annotations

import ssl
from datetime import datetime

import pytest
import trustme

from edgemote.http.connection import Connection
from edgemote.http.http1 import request_head
from edgemote.http.transport import Transport

MIB = 1024 * 1024
SECRET = "AKIA-not-for-the-log"


def head(length: int | None = 0, method: str = "POST") -> bytes:
    framing = (
        {"Transfer-Encoding": "chunked"} if length is None else {"Content-Length": f"{length}"}
    )
    return request_head(method, f"/x?{SECRET}", {"Host": "h", "Authorization": SECRET} | framing)


def server_context(
    authority: trustme.CA, version: ssl.TLSVersion, *names: str, **more: datetime
) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = context.maximum_version = version
    authority.issue_cert(*(names or ("127.0.0.1", "::1")), **more).configure_cert(context)
    return context


def wait_readable(transport: Transport) -> None:
    """Until what the server did has come through the loopback."""
    import select

    poll = select.poll()
    poll.register(transport._kept.sock, select.POLLIN)
    assert poll.poll(60_000)


def lose_patience(connection: Connection, read_timeout_s: float = 0.2) -> None:
    """Wait no longer than this from now on; before, a peer on a busy machine may take its time."""
    connection.read_timeout_s = read_timeout_s
    connection.sock.settimeout(read_timeout_s)


def check_failure(transport: Transport, error: type[Exception], words: str, **options) -> Exception:
    with pytest.raises(error, match=words) as caught:
        transport.exchange(head(), **options)
    text = str(caught.value)
    assert text.startswith(f"{transport.peer}: ")
    assert SECRET not in text
    assert "Content" not in text
    assert transport._kept is None
    return caught.value
