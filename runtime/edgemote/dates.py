"""Certificates' dates, on boards whose own clock cannot judge them.

A board that boots in 1970 finds every certificate not yet valid, and cannot ask anybody without
one. So it asks over a connection whose certificate is verified in everything but its dates, takes
the answer's Date for the time if the certificates were valid then, and connects again. From then on
the certificates' dates are compared with the time learnt: OpenSSL would ask the board.

Loaded when a certificate is refused, or the time has been learnt.
"""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

from aws.timestamps import parse_http_date

from . import http1
from .errors import TransportError

if TYPE_CHECKING:
    from .clock import Clock
    from .transport import Transport

# OpenSSL's X509_V_FLAG_NO_CHECK_TIME, which Python's ssl has no name for.
_NO_CHECK_TIME = 0x200000
# OpenSSL's X509_V_ERR_CERT_NOT_YET_VALID and X509_V_ERR_CERT_HAS_EXPIRED.
_NOT_YET_VALID, _EXPIRED = 9, 10


def ignore_dates(context: ssl.SSLContext, ignored: bool = True) -> None:
    """Whether the next handshakes take a certificate of any date."""
    flags = context.verify_flags
    context.verify_flags = flags | _NO_CHECK_TIME if ignored else flags & ~_NO_CHECK_TIME


def check_dates(sock: ssl.SSLSocket, now_s: float) -> None:
    """Raise SSLCertVerificationError, as OpenSSL would, if a certificate is not valid now."""
    _check(_validities(sock), now_s)


def learn_time(transport: Transport, clock: Clock, refusal: BaseException | None) -> bool:
    """Ask the peer for the time if that is why its certificate was refused; whether it is learnt.

    Time that was learnt before only ever goes forward: else an old certificate, stolen since, would
    turn it back to when it was good.
    """
    code = getattr(refusal, "verify_code", None)
    if code != _NOT_YET_VALID and (code != _EXPIRED or clock.learnt):
        return False
    try:
        server_s = _ask(transport)
    except (TransportError, ssl.SSLCertVerificationError):
        return False  # the refusal says more than this does
    if clock.learnt and server_s < clock.now():
        return False
    return clock.learn(server_s)


def _ask(transport: Transport) -> float:
    assert transport._context is not None
    sock = None
    try:
        sock = transport.open(check_dates=False)
        assert isinstance(sock, ssl.SSLSocket)
        # Nobody has judged its dates: it carries this question, and ends, whatever the peer does.
        transport._closed = True
        headers = {"host": transport.peer, "user-agent": "edgemote", "connection": "close"}
        head = http1.request_head("HEAD", "/", headers)
        # The answer closes the socket, and what it showed with it.
        validities = _validities(sock)
        answer = transport._converse(sock, head, b"", "HEAD", False, False)
    finally:
        ignore_dates(transport._context, False)
        if sock is not None:
            sock.close()
    server_s = parse_http_date(answer.headers.get("date", ""))
    if server_s is None:
        raise TransportError(f"{transport.peer}: its answer has no Date")
    _check(validities, server_s)
    return server_s


def _validities(sock: ssl.SSLSocket) -> list[tuple[float, float]]:
    """From when to when each certificate up to the authority is valid, in POSIX seconds."""
    # The public get_verified_chain came with Python 3.13, and gives bytes that nothing here reads.
    chain = sock._sslobj.get_verified_chain()  # type: ignore[attr-defined]
    certificates = [certificate.get_info() for certificate in chain]
    return [(_seconds(one["notBefore"]), _seconds(one["notAfter"])) for one in certificates]


def _check(validities: list[tuple[float, float]], now_s: float) -> None:
    for first_s, last_s in validities:
        if now_s < first_s:
            raise _refusal(_NOT_YET_VALID, "certificate is not yet valid")
        if now_s > last_s:
            raise _refusal(_EXPIRED, "certificate has expired")


def _refusal(code: int, message: str) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, message)
    error.verify_code, error.verify_message = code, message
    return error


def _seconds(text: str) -> float:
    """POSIX seconds of OpenSSL's "Jun  1 12:00:00 2026 GMT": HTTP's third form but for the day."""
    seconds = parse_http_date("Mon " + text.removesuffix(" GMT"))
    if seconds is None:
        raise _refusal(_EXPIRED, "certificate has a date that cannot be read")
    return seconds
