"""The validity periods of certificates, which also limit how long a TLS session may be resumed.

Imported only when needed: when a certificate was rejected, when the clock is synchronized, or when
a new connection replaces one that has ended.
"""

from __future__ import annotations

import sys
import time

from edgemote import limits
from edgemote.http.sockets import ssl, unwrap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    # The TLS session and its context; the first and last POSIX second at which all certificates of
    # the verified chain are valid; and the monotonic time until which it may be resumed.
    Session = tuple[Any, Any, float, float, float]

# X509_V_ERR_CERT_HAS_EXPIRED, and _ssl's constant for DER.
EXPIRED, _DER = 10, 2
_MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec"


class Certificate:
    """A certificate's DER encoding and validity period, in POSIX seconds."""

    __slots__ = ("der", "first_s", "last_s")

    def __init__(self, der: bytes, info: Mapping[str, Any]) -> None:
        self.der = der
        self.first_s, self.last_s = read_seconds(info["notBefore"]), read_seconds(info["notAfter"])

    def is_good(self, now_s: float) -> bool:
        return self.first_s <= now_s <= self.last_s


def read_chain(tls: Any) -> list[Certificate]:
    """The verified chain, from the peer's certificate to the root."""
    return [_read(one) for one in unwrap(tls).get_verified_chain()]


def read_sent(tls: Any) -> list[Certificate]:
    """The certificates in the order in which the peer sent them; unreadable ones are left out."""

    def read(one: Any) -> Certificate | None:
        try:
            return _read(one)
        except (ValueError, ssl.SSLError):
            return None  # the peer is not trusted yet and may send anything

    sent = map(read, unwrap(tls).get_unverified_chain())
    return [one for one in sent if one is not None]


def _read(one: Any) -> Certificate:
    return Certificate(one.public_bytes(_DER), one.get_info())


def read_dates(cert_file: str) -> tuple[float, float] | None:
    """The validity period of the first certificate in a PEM file, in POSIX seconds; None if it
    cannot be read.
    """
    import _ssl

    try:
        # The public functions only decode certificates of authorities and of peers.
        info = _ssl._test_decode_cert(cert_file)  # type: ignore[attr-defined]
        return read_seconds(info["notBefore"]), read_seconds(info["notAfter"])
    except OSError:  # the base class of OpenSSL's errors
        return None


def read_seconds(text: str) -> float:
    """Convert OpenSSL's "Jun  1 12:00:00 2026 GMT" to POSIX seconds."""
    try:
        name, day, clock, years, *_ = text.split()
        hours, minutes, seconds = map(int, clock.split(":"))
        month = _MONTHS.index(name) // 3
        # The year begins in March, so that its last day is the leap day.
        year = int(years) - (month < 2)
        days = year * 365 + year // 4 - year // 100 + year // 400 + int(day)
        days += (153 * ((month + 10) % 12) + 2) // 5
    except ValueError:
        raise make_refusal(EXPIRED, "certificate has a date that cannot be read") from None
    return ((days - 719_469) * 24 + hours) * 3600.0 + minutes * 60 + seconds


def make_refusal(code: int, message: str) -> ssl.SSLCertVerificationError:
    """The error that OpenSSL would raise."""
    error = ssl.SSLCertVerificationError(1, message)
    error.verify_code, error.verify_message = code, message
    return error


def learn_session(tls: Any, left_s: float, former: Session | None = None) -> Session | None:
    """The TLS session of a verified connection that was closed at left_s; None if unavailable.
    former: the one that the connection has resumed, whose bounds are the new one's.

    Older Pythons leak 6 KiB each time it is read. It is therefore only read when a connection can
    be resumed, and there once per full handshake, and at most SESSION_COUNT times per process.
    """
    global _learnt
    if _LEAKS and _learnt >= limits.SESSION_COUNT:
        return None
    if former is not None:
        _learnt += 1
        return tls.session, *former[1:]
    try:
        chain = read_chain(tls)
    except ssl.SSLError:
        return None
    _learnt += 1
    first_s = max(one.first_s for one in chain)
    last_s = min(one.last_s for one in chain)
    return tls.session, tls.context, first_s, last_s, left_s + limits.SESSION_S


def is_aging(session: Any) -> bool:
    """Whether half of the time is over for which the server takes a session's ticket."""
    lifetime_s = session.ticket_lifetime_hint or session.timeout
    return not _LEAKS and time.time() - session.time >= lifetime_s / 2


_learnt = 0
# Python 3.13.0 does, 3.13.5 does not.
_LEAKS = sys.version_info < (3, 13, 5)
