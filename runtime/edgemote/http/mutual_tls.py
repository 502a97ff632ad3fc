"""Connections on which a certificate is all that a server knows its client by.

Renewed certificates count from the next connection on; a server that refuses one is explained; and
the time is learnt, though no signature proves it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws.timestamps import format_iso8601, parse_http_date
from edgemote.clock import PROOF_S, SKEW_THRESHOLD_S
from edgemote.errors import ConfigError, ConnectError, TransportError
from edgemote.http import parse_origin
from edgemote.http.tls import stamp_files
from edgemote.http.transport import Transport

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterable, Mapping
    from typing import BinaryIO, Protocol

    from edgemote.clock import Clock
    from edgemote.http import Response
    from edgemote.http.connection import Connection

    class Certificate(Protocol):
        """What is shown: PEM files, and what is offered in ALPN on which port."""

        cert_file: str
        key_file: str | None

        @property
        def protocols(self) -> Mapping[int, str]: ...


# How long a Date that the server's own certificates contradict is not looked into again: that takes
# a connection, and the server may go on saying it.
DOUBT_S = 3600.0
# So often in a row that connection cannot be had before it is given up for as long.
FAILURES_LIMIT = 3
# TLS's alerts about a client's certificate, as OpenSSL ends their names.
_REFUSALS = (
    "_ALERT_ACCESS_DENIED",
    "_ALERT_BAD_CERTIFICATE",
    "_ALERT_CERTIFICATE_EXPIRED",
    "_ALERT_CERTIFICATE_REQUIRED",
    "_ALERT_CERTIFICATE_REVOKED",
    "_ALERT_CERTIFICATE_UNKNOWN",
    "_ALERT_UNKNOWN_CA",
    "_ALERT_UNSUPPORTED_CERTIFICATE",
)


class MutualTlsTransport(Transport):
    """A Transport whose every connection shows this certificate.

    An accepted signature proves the time; an accepted certificate proves nothing. So each response,
    whatever its status, is asked for its Date, which came over a verified connection. The first row
    counts:

        Date                                            what becomes of the clock
        none, illegible, or of a call that took         nothing
            longer than PROOF_S
        within SKEW_THRESHOLD_S of our time             it is proven; synced first where ours goes
                                                            on from before a restart, and is behind
        before the floor (see Clock), or of year 9999   nothing
        not within the dates of the certificates that   nothing, and such a Date is not looked into
            the server shows on a new connection        again for DOUBT_S
        any other                                       synced, not proven; the new connection
                                                        carries the next call, whose Date proves it

    One front end of many that is wrong proves nothing: what it said is held against what the next
    connection says. Nor can a server whose Date is wrong for ever turn a proven clock back: the
    floor is PROOF_S before what was proven, and where a Date goes behind what was proven, as it has
    to where our crystal is fast, the floor stays: no number of such Dates goes further. And it
    cannot silence the device: the clock is only ever set to a time at which this server's own
    certificates are good, so the next connection is accepted. A server that is a week ahead, or
    behind, for good has us take each of its certificates for expired, or not yet valid, a week too
    long: that is never noticed where they are exchanged a week before their end, and issued a week
    before their use.
    """

    __slots__ = (
        "_certificate",
        "_day",
        "_doubted_until_s",
        "_failures",
        "_midnight_s",
        "_problem",
        "_stamp",
    )

    def __init__(
        self,
        origin: str,
        *,
        certificate: Certificate,
        tls: Callable[[str | None], ssl.SSLContext],
        **settings: Any,
    ) -> None:
        protocol = certificate.protocols.get(parse_origin(origin)[2])
        super().__init__(origin, tls=lambda: tls(protocol), **settings)
        self._certificate = certificate
        self._stamp: object = None  # of the files that the context was made from
        self._problem = ""  # why those that are there now were not taken
        self._doubted_until_s = float("-inf")
        self._failures = 0
        self._day, self._midnight_s = "", 0.0  # of the last Date

    def exchange(
        self,
        head: bytes,
        body: bytes | BinaryIO | Iterable[bytes] | None = b"",
        *,
        method: str = "POST",
        chunked: bool = False,
        stream: bool | None = False,
    ) -> Response:
        """As Transport.exchange. ConnectError names the certificate where the server refuses it."""
        clock = self._clock
        began_s = began_steady_s = 0.0
        if clock is not None:
            began_s, began_steady_s = clock.now(), clock.steady()
        try:
            response = super().exchange(head, body, method=method, chunked=chunked, stream=stream)
        except TransportError as error:
            # With TLS 1.3 the server judges after the handshake: its alert is what is read then.
            reason = getattr(error.__cause__, "reason", None) or ""
            if not reason.endswith(_REFUSALS):
                raise
            raise ConnectError(self._describe_refusal(reason)) from error.__cause__
        if clock is not None and self.may_sync:
            server_s = self._read_date(response.headers.get("date", ""))
            if clock.resumed:  # perhaps by this call's handshake
                began_s = clock.now() - (clock.steady() - began_steady_s)
            # Mostly there is nothing to decide.
            if server_s is None or not (
                clock.proven and -SKEW_THRESHOLD_S <= server_s - began_s <= SKEW_THRESHOLD_S
            ):
                self._heed_date(clock, server_s, began_s)
        return response

    def open(
        self,
        judge: Callable[[Any], None] | None = None,
        context: ssl.SSLContext | None = None,
    ) -> Connection:
        """As Transport.open, with the certificate that is in the files now."""
        self._renew()
        return super().open(judge, context)

    def _renew(self) -> None:
        files = self._certificate.cert_file, self._certificate.key_file
        # Before they are read: what is written meanwhile is found the next time.
        stamp = stamp_files(files)
        if self.context is not None and stamp == self._stamp:
            return
        assert self._tls is not None
        try:
            self.context = self._tls()
        except ConfigError as error:
            # Perhaps one file is replaced and the other is about to be; the old ones are in memory.
            if self.context is None:
                raise
            self._problem = str(error)
            return
        self._stamp, self._problem = stamp, ""

    def _describe_refusal(self, reason: str) -> str:
        from edgemote.http.certificates import read_dates

        file = self._certificate.cert_file
        alert = reason.partition("_ALERT_")[2].replace("_", " ").lower()
        text = f"{self.peer}: the server refuses the client certificate {file} (TLS alert: {alert})"
        dates = read_dates(file)
        if dates is not None:
            first_s, last_s = dates
            text += f"; it is valid from {format_iso8601(first_s)} to {format_iso8601(last_s)}"
            if self._clock is not None:
                now_s = self._clock.now()
                verdict = "is valid: check that it is registered and active in the account"
                if now_s > last_s:
                    verdict = "has expired: renew it"
                elif now_s < first_s:
                    verdict = "is not valid yet: check that the device's clock is right"
                text += f", and by our clock ({format_iso8601(now_s // 1)}) it {verdict}"
        if self._problem:
            text += f"; an older one was shown, because of what is there now: {self._problem}"
        return text

    def _read_date(self, date: str) -> float | None:
        """POSIX seconds of a Date. To parse all of it takes about as long as a signature would."""
        usual = date[16:26:3] == " :: "  # Sun, 06 Nov 1994 08:49:37 GMT
        if usual and date[:16] == self._day:
            try:
                seconds = int(date[17:19]) * 3600 + int(date[20:22]) * 60 + int(date[23:25])
                return self._midnight_s + seconds
            except ValueError:
                return None
        server_s = parse_http_date(date)
        if server_s is not None and usual and date[23:25] < "60":  # no leap second
            self._day, self._midnight_s = date[:16], server_s - server_s % 86_400
        return server_s

    def _heed_date(self, clock: Clock, server_s: float | None, began_s: float) -> None:
        skew_s = None if server_s is None else weigh_date(clock, server_s, began_s)
        if skew_s is not None and clock.steady() >= self._doubted_until_s:
            self._test_date(clock, skew_s)
        if skew_s is None or clock.steady() < self._doubted_until_s:
            # Nothing more can be learnt here, and a device must not wait for it for ever.
            clock.vouched = clock.vouched or clock.is_possible(clock.now())

    def _test_date(self, clock: Clock, skew_s: float) -> None:
        """Take a Date that is so far ahead of us, if the server's certificates are good then."""
        from edgemote.http.dates import open_at

        try:
            connection = open_at(self, clock.now() + skew_s)
        except TransportError:
            self._failures += 1
            if self._failures < FAILURES_LIMIT:
                return  # the next response says it again
            connection = None
        if connection is None:
            self._doubted_until_s, self._failures = clock.steady() + DOUBT_S, 0
            return
        take_date(clock, skew_s)
        self.drop()  # another server may be behind the new one
        self._keep(connection, True)


def weigh_date(clock: Clock, server_s: float, began_s: float) -> float | None:
    """Prove the clock by a Date that agrees with it, of a call that began at `began_s`; all of it
    POSIX seconds. Where the Date disagrees and may be right, by how many it is ahead, else None.
    """
    now_s = clock.now()
    if not 0 <= now_s - began_s <= PROOF_S:
        return None  # our clock jumped, or the Date is as old as the call
    if began_s - SKEW_THRESHOLD_S <= server_s <= now_s + SKEW_THRESHOLD_S:
        if clock.resumed and server_s > now_s:
            clock.sync(server_s)  # it can but be behind
            began_s = clock.now()
        clock.prove(began_s)
        return None
    possible = server_s >= clock.floor() and clock.is_possible(server_s)
    return server_s - now_s if possible else None


def take_date(clock: Clock, skew_s: float) -> None:
    """Sync the clock to a time that is so many seconds ahead of it."""
    proven_s = clock.proven_s()
    if proven_s is not None:
        clock.recall(proven_s)  # the floor does not follow
    clock.sync(clock.now() + skew_s)
