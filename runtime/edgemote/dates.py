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
from .clock import PROOF_S
from .errors import TransportError

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

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


def find_bound(
    *,
    expired: bool,
    now_s: float,
    board_s: float,
    floor_s: float,
    learnt: bool,
    proven: bool,
    ahead: bool,
) -> float | None:
    """The earliest time, in POSIX seconds, that is learnt from a server whose certificate was
    refused by our clock and is good by its own; None for no time at all. The first row counts:

        our clock                   certificate     is learnt from
        before the floor            any             the floor on
        any                         not yet valid   our time on
        proven                      expired         nothing
        any, the board is ahead     expired         the floor on
        learnt, not proven          expired         the floor and the board's time on
        the board's, not proven     expired         nothing

    The floor is the later one of when the bundle was built and what was proven by an accepted
    signed call. A clock that may be right thus only goes forward: who has stolen a certificate that
    expired since, with its key, says any time he likes. Two witnesses that a board is ahead are two
    hosts with certificates of their own that agree on the time; or one, and the authorities of the
    board's own CA file, of which not one is good any more. An intermediate is no witness: who stole
    the certificate sends it along.
    """
    if now_s < floor_s:
        return floor_s
    if not expired:
        return now_s
    if proven:
        return None
    if ahead:
        return floor_s
    return max(floor_s, board_s - PROOF_S) if learnt else None


def learn_time(transport: Transport, clock: Clock, refusal: BaseException | None) -> bool:
    """Learn the time if that is why a certificate was refused; whether it is learnt: what was
    proven before, or what the peer says and `find_bound` allows.
    """
    code = getattr(refusal, "verify_code", None)
    if code not in (_NOT_YET_VALID, _EXPIRED):
        return False
    if clock.return_to_proven():
        return True
    return transport.teaches and consult(clock, code == _EXPIRED, lambda: _ask(transport, clock))


def consult(clock: Clock, expired: bool, ask: Callable[[], tuple[float, bool]]) -> bool:
    """Learn the time that `ask` gives in POSIX seconds, with whether the board's is proven to be
    ahead, if `find_bound` allows; whether it is learnt.
    """
    state: dict[str, Any] = {
        "expired": expired,
        "now_s": clock.now(),
        "board_s": clock.board_s(),
        "floor_s": clock.floor(),
        "learnt": clock.learnt,
        "proven": clock.proven,
    }
    # Not even asked where no answer would do.
    if find_bound(**state, ahead=True) is None:
        return False
    try:
        server_s, ahead = ask()
    except (TransportError, ssl.SSLCertVerificationError):
        return False  # the refusal says more than this does
    ahead = ahead or clock.board_is_ahead
    bound_s = find_bound(**state, ahead=ahead)
    if bound_s is None or server_s < bound_s or not clock.learn(server_s):
        return False
    clock.board_is_ahead = ahead
    return True


def _ask(transport: Transport, clock: Clock) -> tuple[float, bool]:
    """The time that the peer says, and whether the board's is proven to be ahead of it."""
    sock = transport.open(lambda _: None)
    assert isinstance(sock, ssl.SSLSocket)
    # Nobody has judged its dates: it carries this question, and ends, whatever the peer does.
    transport._closed = True
    headers = {"host": transport.peer, "user-agent": "edgemote", "connection": "close"}
    head = http1.request_head("HEAD", "/", headers)
    try:
        # The answer closes the socket, and what it showed with it.
        validities, leaf = _validities(sock), sock.getpeercert(True) or b""
        answer = transport._converse(sock, head, b"", "HEAD", False, False)
    finally:
        sock.close()
    server_s = parse_http_date(answer.headers.get("date", ""))
    if server_s is None:
        raise TransportError(f"{transport.peer}: its answer has no Date")
    _check(validities, server_s)
    board_s = clock.board_s()
    if all(last_s >= board_s for _, last_s in validities):
        return server_s, False
    assert transport._context is not None
    if len(validities) > 1 and _have_all_expired(transport._context, board_s):
        return server_s, True
    offset_s = server_s - clock.steady()
    if clock.witness is None:
        clock.witness = transport.peer, leaf, offset_s
    peer, other, other_offset_s = clock.witness
    agreed = abs(offset_s - other_offset_s) <= PROOF_S
    return server_s, peer != transport.peer and other != leaf and agreed


def _have_all_expired(context: ssl.SSLContext, now_s: float) -> bool:
    """Whether the board's own CA file holds nothing but authorities that were good once."""
    authorities = context.get_ca_certs()
    # Of a folder of authorities OpenSSL reads those that it needs.
    whole = getattr(context, "files", None) and context.cert_store_stats()["x509"]
    return whole == len(authorities) and all(
        _seconds(str(one["notAfter"])) < now_s for one in authorities
    )


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
