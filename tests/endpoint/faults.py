"""Failures on request: one row for each, armed for the next requests or for one operation.

A fault acts at one of four points: on the connection before TLS, on the clock, instead of the
request's handling, or on the answer that the handled request got. Faults of the last kind spoil
an answer to a request that *was* accepted and stored: that is what makes a client send twice.
"""

from __future__ import annotations

import difflib
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from endpoint.answers import Answer, error_answer

Options = dict[str, Any]


class Wire(Protocol):
    """What a fault may do with the connection."""

    def send(self, data: bytes) -> None: ...
    def wait(self, seconds: float) -> None: ...
    def close(self, *, notify: bool = True) -> None: ...
    def reset(self) -> None: ...


@dataclass(frozen=True)
class Fault:
    """A row of the table. `options` are the names, defaults and types of what can be set."""

    doc: str
    options: Options = field(default_factory=dict)
    before_tls: bool = False
    clock_offset_s: Callable[[Options], float] | None = None
    instead: Callable[[Options], Answer] | None = None
    answer: Callable[[Answer, Options], Answer] | None = None
    deliver: Callable[[Wire, bytes, Options], None] | None = None


NO_FAULT = Fault("nothing goes wrong")


@dataclass
class Armed:
    """A fault that waits for its requests. `times` None: until it is cleared."""

    name: str
    times: int | None
    operation: str | None
    skip: int
    options: Options
    used: int = 0

    @property
    def fault(self) -> Fault:
        return FAULTS[self.name]


class Faults:
    """The armed faults of one endpoint, in the order in which they were added."""

    def __init__(self) -> None:
        self._armed: list[Armed] = []
        self._lock = threading.Lock()

    def add(
        self,
        name: str,
        *,
        times: int | None = 1,
        operation: str | None = None,
        skip: int = 0,
        **options: Any,
    ) -> Armed:
        """Arm fault `name` for the next `times` requests after the next `skip` ones.

        Only requests of `operation` count when it is given. Raises ValueError for a name or an
        option that is not in the table.
        """
        fault = FAULTS.get(name)
        if fault is None:
            near = difflib.get_close_matches(name, FAULTS, n=1) or sorted(FAULTS)
            raise ValueError(f"no fault {name!r}; did you mean {', '.join(near)}?")
        unknown = sorted(set(options) - set(fault.options))
        if unknown:
            known = ", ".join(fault.options) or "none"
            raise ValueError(f"fault {name} has no option {unknown[0]!r}; it has: {known}")
        if (times is not None and times < 1) or skip < 0:
            raise ValueError(f"fault {name}: times is at least 1 and skip at least 0")
        if operation is not None and fault.before_tls:
            raise ValueError(f"fault {name} acts before there is an operation")
        armed = Armed(name, times, operation, skip, {**fault.options, **options})
        with self._lock:
            self._armed.append(armed)
        return armed

    def take(self, *operations: str | None, before_tls: bool = False) -> Armed | None:
        """The fault for this request (or connection), counted as used; None if there is none.

        operations: all names that the request has.
        """
        with self._lock:
            for armed in self._armed:
                if armed.fault.before_tls is not before_tls:
                    continue
                if armed.operation not in (None, *operations):
                    continue
                if armed.skip:
                    armed.skip -= 1
                    continue
                armed.used += 1
                if armed.used == armed.times:
                    self._armed.remove(armed)
                return armed
        return None

    def armed(self) -> list[Armed]:
        with self._lock:
            return list(self._armed)

    def clear(self) -> None:
        with self._lock:
            self._armed.clear()


def parse_fault(text: str) -> tuple[str, Options]:
    """Read `NAME` or `NAME:times=2,operation=SendHeartbeat,seconds=0.5`; times=always: no end."""
    name, _, rest = text.partition(":")
    settings: Options = {}
    defaults = FAULTS[name].options if name in FAULTS else {}
    for item in filter(None, rest.split(",")):
        key, equals, value = item.partition("=")
        if not equals:
            raise ValueError(f"{item!r} in fault {text!r} is not name=value")
        try:
            settings[key] = _read_option(key, value, defaults)
        except ValueError:
            raise ValueError(f"{value!r} is not a number, in fault {text!r}") from None
    return name, settings


def _read_option(key: str, value: str, defaults: Options) -> Any:
    if key == "operation":
        return value
    if key == "times" and value == "always":
        return None
    if key in ("times", "skip"):
        return int(value)
    return type(defaults[key])(value) if key in defaults else value


def describe() -> str:
    """The table as text for --help."""
    lines = []
    for name, fault in FAULTS.items():
        settings = ",".join(f"{key}={value}" for key, value in fault.options.items())
        lines.append(f"  {name + (':' + settings if settings else '')}")
        lines.append(f"      {fault.doc}")
    return "\n".join(lines)


def _throttle(options: Options) -> Answer:
    wait = (("Retry-After", f"{options['retry_after_s']:g}"),) if options["retry_after_s"] else ()
    return error_answer(
        "ThrottlingException", "Rate exceeded", status=options["status"], headers=wait
    )


def _unavailable(options: Options) -> Answer:
    page = b"<html><body><b>Http/1.1 Service Unavailable</b></body> </html>"
    return Answer(503, page, (("Content-Type", "text/html"),), error="503")


def _latency(wire: Wire, payload: bytes, options: Options) -> None:
    wire.wait(options["seconds"])
    wire.send(payload)


def _close_before(wire: Wire, payload: bytes, options: Options) -> None:
    wire.close(notify=bool(options["notify"]))


def _close_middle(wire: Wire, payload: bytes, options: Options) -> None:
    head, end, body = payload.partition(b"\r\n\r\n")
    middle = len(head + end) + len(body) // 2 if body else len(payload) // 2
    wire.send(payload[: options["sent_bytes"] or middle])
    wire.close(notify=bool(options["notify"]))


def _close_after(wire: Wire, payload: bytes, options: Options) -> None:
    wire.send(payload)
    wire.close(notify=bool(options["notify"]))


def _reset(wire: Wire, payload: bytes, options: Options) -> None:
    wire.send(payload[: options["sent_bytes"]])
    wire.reset()


def _garbage(wire: Wire, payload: bytes, options: Options) -> None:
    wire.send(b"\x00\xff\x17 this is not HTTP\r\n" * (options["bytes"] // 22 + 1))
    wire.close()


def _drip(wire: Wire, payload: bytes, options: Options) -> None:
    for position in range(len(payload)):
        wire.send(payload[position : position + 1])
        wire.wait(options["gap_s"])


def _huge_header(wire: Wire, payload: bytes, options: Options) -> None:
    status_line, _, rest = payload.partition(b"\r\n")
    wire.send(status_line + b"\r\nX-Filler: ")
    _flood(wire, b"x", options["bytes"])
    wire.send(b"\r\n" + rest)


def _huge_body(wire: Wire, payload: bytes, options: Options) -> None:
    head = (
        f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {options['bytes']}"
    )
    wire.send(head.encode() + b"\r\n\r\n")
    _flood(wire, b" ", options["bytes"])


def _flood(wire: Wire, byte: bytes, count: int) -> None:
    block = byte * 65536
    while count > 0:
        wire.send(block[:count])
        count -= len(block)


def _bad_json(answer: Answer, options: Options) -> Answer:
    return replace(answer, body=answer.body[: len(answer.body) // 2] or b'{"Deployments":[{')


FAULTS: dict[str, Fault] = {
    "latency": Fault(
        "The answer comes after `seconds`.",
        {"seconds": 1.0},
        deliver=_latency,
    ),
    "internal-error": Fault(
        "500 InternalServiceException; nothing is stored.",
        instead=lambda options: error_answer("InternalServiceException", "Internal service error"),
    ),
    "throttle": Fault(
        "ThrottlingException with `status` (400 or 429), and Retry-After unless it is 0; "
        "nothing is stored.",
        {"retry_after_s": 1.0, "status": 400},
        instead=_throttle,
    ),
    "unavailable": Fault(
        "503 with a page of HTML, as load balancers send it; nothing is stored.",
        instead=_unavailable,
    ),
    "close-before-answer": Fault(
        "The connection ends before the answer (notify=1: with TLS close_notify); "
        "the request was accepted.",
        {"notify": 0},
        deliver=_close_before,
    ),
    "close-mid-answer": Fault(
        "The connection ends in the middle of the body (without one: of the head), or after "
        "`sent_bytes`; the request was accepted.",
        {"sent_bytes": 0, "notify": 0},
        deliver=_close_middle,
    ),
    "close-after-answer": Fault(
        "A good answer that promises a kept connection, which then closes.",
        {"notify": 1},
        deliver=_close_after,
    ),
    "close-before-handshake": Fault(
        "The next connection closes before TLS begins.",
        before_tls=True,
    ),
    "reset": Fault(
        "TCP RST after `sent_bytes` of the answer; the request was accepted.",
        {"sent_bytes": 0},
        deliver=_reset,
    ),
    "garbage": Fault(
        "About `bytes` bytes that are not HTTP, then the end; the request was accepted.",
        {"bytes": 20},
        deliver=_garbage,
    ),
    "bad-json": Fault(
        "The answer's body stops in the middle of the JSON, correctly framed; "
        "the request was accepted.",
        answer=_bad_json,
    ),
    "empty-200": Fault(
        "200 without a body; the request was accepted, if it would have been.",
        answer=lambda answer, options: Answer(200),
    ),
    "drip": Fault(
        "The answer comes one byte at a time, `gap_s` apart, each in its own TLS record.",
        {"gap_s": 0.001},
        deliver=_drip,
    ),
    "chunked": Fault(
        "The answer comes in chunks of `bytes` bytes, without Content-Length.",
        {"bytes": 7},
        answer=lambda answer, options: replace(answer, chunk_bytes=options["bytes"]),
    ),
    "interim": Fault(
        "An interim answer (`status`, 102 to 199) comes ahead of the real one.",
        {"status": 103},
        answer=lambda answer, options: replace(answer, interim_status=options["status"]),
    ),
    "huge-header": Fault(
        "The answer has a header of `bytes` bytes.",
        {"bytes": 1_000_000},
        deliver=_huge_header,
    ),
    "huge-body": Fault(
        "200 with a body of `bytes` spaces.",
        {"bytes": 64_000_000},
        deliver=_huge_body,
    ),
    "wrong-clock": Fault(
        "The server thinks that it is `offset_s` later: dates look stale, Date says its time.",
        {"offset_s": 3600.0},
        clock_offset_s=lambda options: options["offset_s"],
    ),
}
