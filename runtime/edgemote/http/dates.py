"""Verification of certificates' dates on boards with a wrong clock.

For a board that boots in 1970, no certificate is valid yet, and it needs a valid one to ask for the
time. So it connects once with everything but the dates of the certificates verified, accepts the
response's Date if the certificates are valid at that time, and connects again. From then on, dates
are compared with the synchronized time, since OpenSSL would use the board's clock.

Imported when a certificate is rejected, or when the clock is synchronized.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws.timestamps import parse_http_date
from edgemote.clock import PROOF_S
from edgemote.errors import ConfigError, ConnectError, TransportError
from edgemote.http.certificates import (
    EXPIRED,
    Certificate,
    make_refusal,
    read_chain,
    read_seconds,
    read_sent,
)
from edgemote.http.sockets import Context, ssl
from edgemote.http.tls import client_context, introduce

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Protocol

    from edgemote.clock import Clock
    from edgemote.http.connection import Connection

    class Peer(Protocol):
        """What can be connected to and asked for its Date: a Transport."""

        peer: str
        may_sync: bool
        context: ssl.SSLContext | None

        def open(
            self,
            judge: Callable[[Any], None] | None = None,
            context: ssl.SSLContext | None = None,
        ) -> Connection: ...

        def ask_date(self, connection: Connection) -> str: ...


# OpenSSL's X509_V_FLAG_NO_CHECK_TIME, which Python's ssl has no name for.
_NO_CHECK_TIME = 0x200000
# X509_V_ERR_CERT_NOT_YET_VALID.
_NOT_YET_VALID = 9
# X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, and the same error for a certificate that the peer sent.
_NO_ISSUER = (2, 20)
# X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, X509_V_FLAG_PARTIAL_CHAIN.
_UNTRUSTED, _PARTIAL_CHAIN = 19, 0x80000


def ignore_dates(context: ssl.SSLContext, ignored: bool = True) -> None:
    """Choose whether the next handshakes accept a certificate of any date."""
    flags = context.verify_flags
    context.verify_flags = flags | _NO_CHECK_TIME if ignored else flags & ~_NO_CHECK_TIME


def judge_at(now_s: float, authorities: frozenset[bytes] | None = None) -> Callable[[Any], None]:
    """Return a function that raises SSLCertVerificationError, as OpenSSL would, if a certificate of
    a connection is not valid at now_s, or if the last one is not one of these authorities.
    """

    def judge(tls: Any) -> None:
        chain = read_chain(tls)
        if authorities is not None and chain[-1].der not in authorities:
            raise make_refusal(_UNTRUSTED, "self-signed certificate in certificate chain")
        try:
            _check(chain, now_s)
        except ssl.SSLCertVerificationError as refusal:
            # For connect_again, which tries the other certificates that the peer sent.
            refusal.sent = read_sent(tls)  # type: ignore[attr-defined]
            raise

    return judge


def connect_again(
    peer: Peer, clock: Clock, refusal: ssl.SSLCertVerificationError
) -> Connection | None:
    """Return a connection if the peer's chain is valid with another certificate of the same name
    and key, else None.

    Of two authorities or intermediates with the same name and key, OpenSSL prefers the one that is
    valid now. If it does not check dates, it takes the first.
    """
    sent: list[Certificate] | None = getattr(refusal, "sent", None)
    if sent is None and clock.judges():
        sent = _peek(peer, refusal)
    return _reconnect(peer, sent, clock.now()) if sent else None


def open_at(peer: Peer, now_s: float) -> Connection | None:
    """Return a connection whose certificates are valid at this time, in POSIX seconds; None if they
    are not. Raises TransportError if no connection can be made.
    """
    try:
        return peer.open(judge_at(now_s))
    except ConnectError as error:
        refusal = error.__cause__
        if not isinstance(refusal, ssl.SSLCertVerificationError):
            raise
        sent = getattr(refusal, "sent", None) or _peek(peer, refusal)
        return _reconnect(peer, sent, now_s) if sent else None


def _peek(peer: Peer, refusal: BaseException | None) -> list[Certificate]:
    """Return the certificates that the peer sends, if OpenSSL chose one whose issuer is unknown;
    see connect_again.

    Nothing is verified on this connection, and no request is sent over it. The client certificate
    is sent, because some servers end the handshake without one.
    """
    sent: list[Certificate] = []
    if getattr(refusal, "verify_code", None) in _NO_ISSUER:
        context = Context(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        files = getattr(peer.context, "files", None)
        if files is not None:
            try:
                introduce(context, *files[1:])
            except ConfigError:  # the files have been replaced since
                return sent
        peer.open(lambda tls: sent.extend(read_sent(tls)), context).close()
    return sent


def _reconnect(peer: Peer, sent: list[Certificate], now_s: float | None) -> Connection | None:
    """Connect with only the certificates that are valid now, so that OpenSSL cannot choose others.

    now_s: POSIX seconds, or None for the last moment at which a chain of them can be valid

    The certificates that the peer sent are added to the authorities, where OpenSSL looks first, but
    the chain must still end at an authority of our own.
    """
    own = peer.context
    files = getattr(own, "files", None)
    if own is None or files is None:
        return None
    ders, infos = own.get_ca_certs(True), own.get_ca_certs()
    known = [Certificate(der, info) for der, info in zip(ders, infos, strict=True)]
    if now_s is None:
        ranks = (sent[:1], sent[1:], known)
        now_s = min(max(one.last_s for one in rank) for rank in ranks if rank)
    if not sent[0].is_good(now_s):
        return None
    authorities = frozenset(one.der for one in known if one.is_good(now_s))
    if not authorities:
        return None
    others = {one.der for one in sent[1:] if one.is_good(now_s)} - authorities
    try:
        context = client_context(
            cert_file=files[1],
            key_file=files[2],
            protocol=files[3],
            authorities=b"".join([*authorities, *others]),
        )
    except ConfigError:  # the files have been replaced since
        return None
    context.verify_flags = own.verify_flags & ~_PARTIAL_CHAIN
    try:
        return peer.open(judge_at(now_s, authorities), context)
    except ConnectError:
        return None


def find_bound(
    *,
    expired: bool,
    now_s: float,
    board_s: float,
    floor_s: float,
    synced: bool,
    proven: bool,
    ahead: bool,
) -> float | None:
    """Return the earliest time, in POSIX seconds, that is accepted from a server whose certificate
    is not valid by our clock but valid by the server's; None if no time is accepted. The first row
    that matches applies:

        our clock                   certificate     accepted times
        before the floor            any             from the floor
        any                         not yet valid   from our time
        proven                      expired         none
        any, the board is ahead     expired         from the floor
        synced, not proven          expired         from the floor and the board's time
        the board's, not proven     expired         none

    The floor is the time at which the bundle was built, or the time that an accepted signed call
    has proven, whichever is later. A clock that may be right is thus only moved forward, because
    somebody who has stolen a certificate that has since expired, with its key, can claim any time.
    The board is proven to be ahead by two hosts with different certificates that agree on the time;
    or by one host, if all authorities in the board's own CA file have expired. An intermediate
    proves nothing, because a thief of the certificate can send it along.
    """
    if now_s < floor_s:
        return floor_s
    if not expired:
        return now_s
    if proven:
        return None
    if ahead:
        return floor_s
    return max(floor_s, board_s - PROOF_S) if synced else None


def sync_time(peer: Peer, clock: Clock, refusal: BaseException | None) -> bool:
    """Sync the clock if it is the reason why a certificate was rejected: to the time that was
    proven before, or to the peer's time if `find_bound` allows it. Returns whether it was synced.
    """
    code = getattr(refusal, "verify_code", None)
    if code not in (_NOT_YET_VALID, EXPIRED):
        return False
    if clock.return_to_proven():
        return True
    return peer.may_sync and consult(clock, code == EXPIRED, lambda: _ask(peer, clock))


def consult(clock: Clock, expired: bool, ask: Callable[[], tuple[float, bool]]) -> bool:
    """Sync the clock to the time that `ask` returns, if `find_bound` allows it. Returns whether it
    was synced.

    ask: returns POSIX seconds, and whether the board's clock is proven to be ahead
    """
    state: dict[str, Any] = {
        "expired": expired,
        "now_s": clock.now(),
        "board_s": clock.board_s(),
        "floor_s": clock.floor(),
        "synced": clock.synced,
        "proven": clock.proven,
    }
    # The peer is not asked if no response would be accepted.
    if find_bound(**state, ahead=True) is None:
        return False
    try:
        server_s, ahead = ask()
    except (TransportError, ssl.SSLCertVerificationError):
        return False  # the original rejection is more informative than this error
    ahead = ahead or clock.board_is_ahead
    bound_s = find_bound(**state, ahead=ahead)
    if bound_s is None or server_s < bound_s or not clock.sync(server_s):
        return False
    clock.board_is_ahead = ahead
    return True


def _ask(peer: Peer, clock: Clock) -> tuple[float, bool]:
    """Return the peer's time, and whether the board's clock is proven to be ahead of it."""
    connection: Connection | None
    try:
        connection = peer.open(lambda _: None)
    except ConnectError as error:
        sent = _peek(peer, error.__cause__)
        connection = _reconnect(peer, sent, None) if sent else None
        if connection is None:
            raise
    # ask_date closes the socket, after which the certificates are no longer available.
    chain, sent = read_chain(connection.tls), read_sent(connection.tls)
    server_s = parse_http_date(peer.ask_date(connection))
    if server_s is None:
        raise TransportError(f"{peer.peer}: its response has no Date")
    try:
        _check(chain, server_s)
    except ssl.SSLCertVerificationError:
        again = _reconnect(peer, sent, server_s)
        if again is None:
            raise
        chain = read_chain(again.tls)
        again.close()
    board_s = clock.board_s()
    if all(one.last_s >= board_s for one in chain):
        return server_s, False
    assert peer.context is not None
    if len(chain) > 1 and _have_all_expired(peer.context, board_s):
        return server_s, True
    offset_s = server_s - clock.steady()
    name, der, other_offset_s = clock.witness or (peer.peer, b"", 0.0)
    clock.witness = peer.peer, chain[0].der, offset_s
    agreed = abs(offset_s - other_offset_s) <= PROOF_S
    return server_s, name != peer.peer and der != chain[0].der and agreed


def _have_all_expired(context: ssl.SSLContext, now_s: float) -> bool:
    """Whether all authorities in the board's own CA file have expired."""
    authorities = context.get_ca_certs()
    # From a folder of authorities, OpenSSL reads only those that it needs.
    ca_file = getattr(context, "files", (None,))[0]
    whole = len(authorities) == context.cert_store_stats()["x509"]
    return (
        ca_file is not None
        and whole
        and all(read_seconds(str(one["notAfter"])) < now_s for one in authorities)
    )


def _check(chain: list[Certificate], now_s: float) -> None:
    for one in chain:
        if now_s < one.first_s:
            raise make_refusal(_NOT_YET_VALID, "certificate is not yet valid")
        if now_s > one.last_s:
            raise make_refusal(EXPIRED, "certificate has expired")
