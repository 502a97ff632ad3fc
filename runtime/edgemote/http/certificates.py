"""What certificates say: from when to when they are valid, and so how long a TLS session may be
resumed.

Loaded when one of these questions comes up: a certificate was refused, the clock is synced, or a
connection has ended and another is made.
"""

from __future__ import annotations

from edgemote import limits
from edgemote.http.sockets import ssl, unwrap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    # What is resumed, and its context; from when to when all certificates of the verified chain are
    # valid, in POSIX seconds; and until when it may be, by the clock that never jumps.
    Session = tuple[Any, Any, float, float, float]

# X509_V_ERR_CERT_HAS_EXPIRED, and DER as _ssl numbers it.
EXPIRED, _DER = 10, 2
_MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec"


class Certificate:
    """DER, and from when to when it is valid, in POSIX seconds."""

    __slots__ = ("der", "first_s", "last_s")

    def __init__(self, der: bytes, info: Mapping[str, Any]) -> None:
        self.der = der
        self.first_s, self.last_s = read_seconds(info["notBefore"]), read_seconds(info["notAfter"])

    def is_good(self, now_s: float) -> bool:
        return self.first_s <= now_s <= self.last_s


def read_chain(tls: Any) -> list[Certificate]:
    """The certificates from the peer's own up to the authority, as they were verified."""
    return [_read(one) for one in unwrap(tls).get_verified_chain()]


def read_sent(tls: Any) -> list[Certificate]:
    """The certificates as the peer sent them, its own first; without those that are illegible."""

    def read(one: Any) -> Certificate | None:
        try:
            return _read(one)
        except (ValueError, ssl.SSLError):
            return None  # anything at all may have been sent

    sent = map(read, unwrap(tls).get_unverified_chain())
    return [one for one in sent if one is not None]


def _read(one: Any) -> Certificate:
    return Certificate(one.public_bytes(_DER), one.get_info())


def read_dates(cert_file: str) -> tuple[float, float] | None:
    """From when to when the first certificate of a PEM file is valid, in POSIX seconds; None where
    it cannot be read.
    """
    import _ssl

    try:
        # What the public functions take has to be an authority's certificate, or a peer's.
        info = _ssl._test_decode_cert(cert_file)  # type: ignore[attr-defined]
        return read_seconds(info["notBefore"]), read_seconds(info["notAfter"])
    except OSError:  # of which OpenSSL's errors are
        return None


def read_seconds(text: str) -> float:
    """POSIX seconds of OpenSSL's "Jun  1 12:00:00 2026 GMT"."""
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
    """The error that OpenSSL would give."""
    error = ssl.SSLCertVerificationError(1, message)
    error.verify_code, error.verify_message = code, message
    return error


def learn_session(tls: Any, left_s: float) -> Session | None:
    """The TLS session of a verified connection that was closed at left_s; None where it is not to
    be had.

    Reading it costs older Pythons the memory of a copy, 6 KiB that are never freed (3.13.0 does,
    3.13.5 does not). So it is read when there is something to resume, once for each full handshake,
    and so often in a process.
    """
    global _learnt
    if _learnt >= limits.SESSION_COUNT:
        return None
    try:
        chain = read_chain(tls)
    except ssl.SSLError:
        return None
    _learnt += 1
    first_s = max(one.first_s for one in chain)
    last_s = min(one.last_s for one in chain)
    return tls.session, tls.context, first_s, last_s, left_s + limits.SESSION_S


_learnt = 0
