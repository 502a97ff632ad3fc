"""A budget for metered links: bytes a day and bytes a second, over everything sent and received.

The bytes on the network are estimated from what the program reads and writes, with the constants
below, which tests compare with real connections. Nothing here waits: callers ask how long to wait
before they send. The count survives restarts and power cuts, after which it is never lower than the
true one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edgemote.agent.log import Log


# A TLS record has 5 bytes of header, 1 of type and 16 of tag (RFC 8446, section 5); in TLS 1.2 with
# AES-GCM (RFC 5288), 8 more of nonce and one less. The larger counts.
RECORD_BYTES = 29
RECORD_LIMIT_BYTES = 16_384  # of plaintext
# An Ethernet frame's 1,500 bytes without the headers of IPv4 (20) and TCP (20) and the timestamps
# (12) that Linux sends. IPv6 takes 20 bytes more, 1.4 % of a full segment.
SEGMENT_BYTES = 1_448
SEGMENT_HEADER_BYTES = 52
# The peer acknowledges every second segment, and the last one (RFC 9293, 3.8.6.3).
SEGMENTS_PER_ACKNOWLEDGEMENT = 2
# A connection without the messages on it: TCP's opening and closing 400, TLS's hello messages 850,
# certificates 4,500 for a chain of four with RSA keys as AWS has, signature, finished messages and
# two session tickets 850, and the headers of all these 400.
CONNECTION_BYTES = 7_000
# What is left of it where a TLS session is resumed: hello messages with a ticket 850, finished
# messages and the next ticket 350, headers 300. A device's certificate in the tickets takes 2,000
# more, an hour at most.
RESUMED_BYTES = 1_900
# Since 3.5, OpenSSL offers X25519MLKEM768 first, whose key shares have 1,216 and 1,120 bytes.
HYBRID_BYTES = 2_350

_DAY_S = 86_400
# One part in this many of a day's bytes is reserved for urgent traffic.
RESERVED_PART = 16
# A transfer larger than this part of a day's bytes may start when this part is left; otherwise it
# would wait for a day without any other traffic. What it overspends counts for the following days.
_LARGE_PART = 2
# After a pause, this many seconds' worth of the rate may be sent at once.
BURST_S = 10.0
# The file is written this many times a day, each time that this part of the bytes is used up.
WRITES_PER_DAY = 32
# A clock that moves by more, compared with the steady one, was corrected.
_CORRECTION_S = 3_600.0
# A day before 2024 was written by a board that did not know the time.
_TRUSTED_FROM_DAY = 19_723
_NEVER = 2**53
_FILE_BYTES = 1_024  # it has 40


def estimate_bytes(size: int) -> int:
    """Bytes on the network, in both directions, for a message of `size` bytes in TLS over TCP."""
    framed = size + RECORD_BYTES * -(-size // RECORD_LIMIT_BYTES)
    segments = -(-framed // SEGMENT_BYTES)
    acknowledgements = -(-segments // SEGMENTS_PER_ACKNOWLEDGEMENT)
    return framed + SEGMENT_HEADER_BYTES * (segments + acknowledgements)


def estimate_connection_bytes() -> int:
    """Bytes on the network, in both directions, for a connection without the messages on it."""
    from _ssl import OPENSSL_VERSION_INFO

    return CONNECTION_BYTES + (HYBRID_BYTES if OPENSSL_VERSION_INFO >= (3, 5) else 0)


class DataBudget:
    """Counts the traffic of transports, and says when more may be sent.

    Args:
        path: the file that keeps the count; not written without a daily limit
        day_limit_bytes: for each day in UTC; 0 for no limit
        rate_limit_bytes_per_s: on average; BURST_S seconds of it may be moved at once. 0 for no
            limit
        log: gets a line if the file cannot be read or written

    A day is the clock's, as far as it is steady. When it is corrected, all that this process has
    counted since belongs to the day that it now shows. What an earlier process has written belongs
    to the day that it wrote; it counts today where that day is not over by the clock, or cannot be
    true. So no correction gives a second allowance, and none takes more than the rest of one day.
    """

    __slots__ = (
        "_began",
        "_ceiling",
        "_day",
        "_day_limit",
        "_earlier",
        "_earlier_day",
        "_limited",
        "_log",
        "_offset_s",
        "_path",
        "_rate",
        "_rolled",
        "_steady_s",
        "_tokens",
        "_used",
    )

    def __init__(
        self, path: str, *, day_limit_bytes: int, rate_limit_bytes_per_s: int, log: Log
    ) -> None:
        self._path = path
        self._day_limit = day_limit_bytes
        self._rate = rate_limit_bytes_per_s
        self._log = log
        self._limited = bool(day_limit_bytes or rate_limit_bytes_per_s)
        self._began = False  # whether the following ones are set
        self._offset_s = 0.0  # the clock's offset from the steady one
        self._steady_s = 0.0  # when the tokens were counted
        self._tokens = self._rate * BURST_S
        self._day = 0  # since 1970
        self._used = 0  # since then, by this process
        self._rolled = False  # whether this process has seen the day begin
        # What counts in addition until that day is over, of an earlier process or an earlier day.
        self._earlier_day, self._earlier = self._read() if day_limit_bytes else (0, 0)
        self._ceiling = 0  # the count in the file, with which a restarted agent begins

    @property
    def used_bytes(self) -> int:
        """What is used of the daily limit."""
        return self._used + (self._earlier if self._earlier_day >= self._day else 0)

    def connected(self) -> None:
        """Count a new connection."""
        if self._limited:
            self._count(estimate_connection_bytes())

    def resumed(self) -> None:
        """The connection that was counted last has resumed a TLS session."""
        if self._limited:
            self._count(RESUMED_BYTES - CONNECTION_BYTES)

    def sent(self, size: int) -> None:
        """Count bytes that are sent or were received, without TLS."""
        if self._limited and size:
            self._count(estimate_bytes(size))

    received = sent

    def wait_s(self, size_bytes: int, now_s: float, steady_s: float, urgent: bool = False) -> float:
        """0.0 if this many bytes may be moved now, otherwise the seconds until they may.

        size_bytes: of all messages both ways, without TLS; of a new connection, its estimate
        more. now_s: POSIX seconds. steady_s: seconds that never jump. urgent: may use the part of
        the day's bytes that is reserved.

        Nothing waits for ever: what is larger than the day's bytes, or than the rate allows at
        once, begins when there is most room, and others wait for it afterwards.
        """
        if not self._limited:
            return 0.0
        size = estimate_bytes(size_bytes)
        self._follow_clock(now_s, steady_s)
        pause_s = max(self._wait_for_rate(size), self._wait_for_day(size, now_s, urgent))
        if not pause_s and self._day_limit:
            self._reserve(self.used_bytes + size)
        return pause_s

    def close(self) -> None:
        """Write the exact count."""
        if self._began and self._ceiling:
            self._write(self.used_bytes)

    def save(self) -> None:
        """Write the file again after the folder was deleted."""
        if self._ceiling:
            self._write(self._ceiling)

    def _count(self, size: int) -> None:
        self._used += size
        self._tokens -= size
        # The day is unknown before the first call of wait_s, which comes first if there is a limit.
        if self._day_limit and self._began:
            self._reserve(self.used_bytes)

    def _wait_for_rate(self, size: int) -> float:
        if not self._rate:
            return 0.0
        missing = min(size, self._rate * BURST_S) - self._tokens
        # Rounding leaves fractions of a byte.
        return missing / self._rate if missing >= 1 else 0.0

    def _wait_for_day(self, size: int, now_s: float, urgent: bool) -> float:
        if not self._day_limit:
            return 0.0
        allowance = self._day_limit
        if not urgent:
            allowance -= allowance // RESERVED_PART
        # What must expire first; each midnight frees one daily limit.
        excess = self.used_bytes + min(size, allowance // _LARGE_PART) - allowance
        if excess <= 0:
            return 0.0
        days = -(-excess // self._day_limit)
        return days * _DAY_S - now_s % _DAY_S

    def _follow_clock(self, now_s: float, steady_s: float) -> None:
        day = int(now_s // _DAY_S)
        offset_s = now_s - steady_s
        if not self._began:
            self._began = True
            self._day = day
        elif abs(offset_s - self._offset_s) >= _CORRECTION_S:
            if self._rolled:
                # It is unknown whether midnight has passed.
                self._earlier_day, self._rolled = day, False
            self._day, self._ceiling = day, 0
        elif day > self._day:
            used = self.used_bytes
            self._earlier_day, self._earlier = self._day, used
            self._used = max(0, used - (day - self._day) * self._day_limit)
            self._day, self._rolled, self._ceiling = day, True, 0
        self._offset_s = offset_s
        elapsed_s = max(0.0, steady_s - self._steady_s)
        self._steady_s = steady_s
        self._tokens = min(self._rate * BURST_S, self._tokens + elapsed_s * self._rate)

    def _reserve(self, used: int) -> None:
        """Write a count at least as high, so that a crash cannot lose what was moved."""
        if used > self._ceiling:
            self._write(used + max(1, self._day_limit // WRITES_PER_DAY))

    def _read(self) -> tuple[int, int]:
        """The day until whose end an earlier process's bytes count, and their number."""
        from edgemote.agent.files import read_file

        try:
            content = read_file(self._path, _FILE_BYTES)
        except FileNotFoundError:
            return 0, 0
        except OSError as error:
            self._log.warning(
                f"cannot read {self._path}; today's usage starts from zero: {error.strerror}"
            )
            return 0, 0
        from msgspec import DecodeError, json

        try:
            kept = json.decode(content, type=dict[str, int])
            day, used = kept["day"], kept["used"]
            if not (0 <= day < _NEVER and 0 <= used < _NEVER):
                raise ValueError
        except (DecodeError, KeyError, ValueError):
            self._log.warning(f"{self._path} is corrupt; today's usage starts from zero")
            return 0, 0
        return (day if day >= _TRUSTED_FROM_DAY else _NEVER), used

    def _write(self, used: int) -> None:
        from edgemote.agent.files import replace_file  # few links are metered

        # Even if it fails, since a retry with every message would not help.
        self._ceiling = used
        text = b'{"day": %d, "used": %d}\n' % (self._day, used)
        try:
            replace_file(self._path, text)
        except OSError as error:
            self._log.warning(
                f"cannot write {self._path}; a restart will forget today's usage: {error.strerror}"
            )
