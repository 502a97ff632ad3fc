"""Connections on which the client authenticates with a certificate alone.

Renewed files are used from the next connection on, errors explain why a server refused one,
and the clock is synced although no signature proves the time.
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
        """PEM files, and the ALPN protocol for each port."""

        cert_file: str
        key_file: str | None

        @property
        def protocols(self) -> Mapping[int, str]: ...


# For how long a Date that the server's own certificates contradict is not tested again. A test
# needs a connection, and the server may keep sending such Dates.
DOUBT_S = 3600.0
# How many tests may fail in a row for lack of a connection, before they pause for as long.
FAILURES_LIMIT = 3
# TLS alerts about a client's certificate: the ends of their names in OpenSSL.
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
    """A Transport that uses this certificate for each connection.

    An accepted signature proves the time; an accepted certificate does not. So the Date of each
    response is used, whatever its status, because it came over a verified connection. The first row
    that matches applies:

        Date                                            effect on the clock
        none, unreadable, or of a call that took        none
            longer than PROOF_S
        within SKEW_THRESHOLD_S of our time             it is proven; synced before that if ours
                                                            continues from before a restart, and is
                                                            behind
        before the floor (see Clock), or in year 9999   none
        outside the dates of the certificates that      none, and such a Date is not tested again
            the server sends on a new connection        for DOUBT_S
        any other                                       synced, not proven; the next call uses the
                                                        new connection, and its Date proves the time

    One front end of many with a wrong clock does not prove its time, because its Date is compared
    with that of the next connection. A server whose clock is always wrong cannot set a proven clock
    back further than the floor, which is PROOF_S before the proven time. If a Date is before the
    proven time, which happens if our crystal is fast, the floor stays, so any number of such Dates
    cannot set the clock back further. A server cannot cut off the device either: the clock is only
    set to times at which this server's own certificates are valid, so that the next connection is
    accepted. With a server that is always a week ahead, its certificates seem to expire a week too
    early; with one that is a week behind, they seem to become valid a week too late. This goes
    unnoticed if they are replaced a week before they expire, and issued a week before their use.
    """

    __slots__ = (
        "_certificate",
        "_day",
        "_doubted_until_s",
        "_failures",
        "_midnight_s",
        "_problem",
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
        self._problem = ""  # why the current files are not used
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
        """As Transport.exchange. If the server refuses the certificate, ConnectError names it."""
        clock = self._clock
        began_s = began_steady_s = 0.0
        if clock is not None:
            began_s, began_steady_s = clock.now(), clock.steady()
        try:
            response = super().exchange(head, body, method=method, chunked=chunked, stream=stream)
        except TransportError as error:
            # With TLS 1.3, the server checks the certificate after the handshake, so its alert is
            # received instead of a response.
            reason = getattr(error.__cause__, "reason", None) or ""
            if not reason.endswith(_REFUSALS):
                raise
            raise ConnectError(self._describe_refusal(reason)) from error.__cause__
        if clock is not None and self.may_sync:
            server_s = self._read_date(response.headers.get("date", ""))
            if clock.resumed:  # the clock may have been set by this call's handshake
                began_s = clock.now() - (clock.steady() - began_steady_s)
            # In most cases there is nothing to decide.
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
        """As Transport.open, with the certificate and authorities that the files contain now."""
        self._renew()
        return super().open(judge, context)

    def _renew(self) -> None:
        context: Any = self.context
        if context is not None and stamp_files(context.files[:3]) == context.stamp:
            return
        assert self._tls is not None
        try:
            self.context = self._tls()
        except ConfigError as error:
            # Perhaps only one of the files has been replaced yet. The old ones are still in memory.
            if self.context is None:
                raise
            self._problem = str(error)
            return
        self._problem = ""

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
            text += f"; an older one was used, because the file cannot be used now: {self._problem}"
        return text

    def _read_date(self, date: str) -> float | None:
        """Return a Date in POSIX seconds. Parsing all of it would take as long as a signature."""
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
            # There will be no better proof, and a device must not wait for one forever.
            clock.vouched = clock.vouched or clock.is_possible(clock.now())

    def _test_date(self, clock: Clock, skew_s: float) -> None:
        """Accept a Date that is this far ahead if the server's certificates are valid then."""
        from edgemote.http.dates import open_at

        try:
            connection = open_at(self, clock.now() + skew_s)
        except TransportError:
            self._failures += 1
            if self._failures < FAILURES_LIMIT:
                return  # try again with the next response
            connection = None
        if connection is None:
            self._doubted_until_s, self._failures = clock.steady() + DOUBT_S, 0
            return
        take_date(clock, skew_s)
        self.drop()  # the new connection may lead to another server
        self._keep(connection, True)


def weigh_date(clock: Clock, server_s: float, began_s: float) -> float | None:
    """Prove the clock if a Date agrees with it. If the Date does not agree, but may be right,
    return by how many seconds it is ahead, else None.

    server_s: the Date, and began_s: when its call began, both in POSIX seconds
    """
    now_s = clock.now()
    if not 0 <= now_s - began_s <= PROOF_S:
        return None  # our clock jumped, or the Date is as old as the call
    if began_s - SKEW_THRESHOLD_S <= server_s <= now_s + SKEW_THRESHOLD_S:
        if clock.resumed and server_s > now_s:
            clock.sync(server_s)  # it can only be behind
            began_s = clock.now()
        clock.prove(began_s)
        return None
    possible = server_s >= clock.floor() and clock.is_possible(server_s)
    return server_s - now_s if possible else None


def take_date(clock: Clock, skew_s: float) -> None:
    """Sync the clock to a time that is this many seconds ahead of it."""
    proven_s = clock.proven_s()
    if proven_s is not None:
        clock.recall(proven_s)  # so that the floor does not follow
    clock.sync(clock.now() + skew_s)
