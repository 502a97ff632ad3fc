"""HTTP/1.1 for clients, without any I/O: bytes in, values out (RFC 9110, RFC 9112).

`request_head` writes a request's head. `parse_response` reads the usual response (complete, with a
length) at once; `ResponseParser` reads any response, in pieces of any size. Both use the same rules
for head and framing.
"""

from __future__ import annotations

from edgemote import limits
from edgemote.errors import ConnectionClosedError, ProtocolError
from edgemote.http import TOKEN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

HEXDIGITS = b"0123456789abcdefABCDEF"

# What a sender must never put into a head: all control characters except the tab.
_CONTROLS = bytes(byte for byte in range(32) if byte != 9) + b"\x7f"
# What a receiver must not accept in a line, because readers disagree on whether it ends the line or
# the text. Other control characters are accepted: cookies with \x01 in them do exist.
_BREAKS = b"\x00\n\x0b\x0c\r"

# Framing of a body: a length of zero or more, or one of these.
CHUNKED = -1
UNTIL_CLOSE = -2
# These have no body whatever their headers say, like responses to HEAD.
_BODILESS = (204, 304)
_UNUSUAL_METHODS = ("HEAD", "CONNECT")
_FRAMING_LETTERS = ("contentlength", "transferencoding")

# Header names as peers spell them -> validated and in lower case, so that parse_response need not
# look at each letter.
_names: dict[str, str] = {}
# Header names of requests that are known to be tokens.
_sent_names: set[str] = set()
# A head that parse_response accepts has each name once, so it has no more headers than this.
_NAMES_KEPT = limits.HEADER_COUNT


def request_head(method: str, target: str, headers: Mapping[str, str]) -> bytes:
    """Return the request line, the headers and the blank line.

    The text is sent as UTF-8, not as Latin-1, because the signer hashed UTF-8, and the bytes of a
    header outside ASCII must be the same. Raises ValueError for anything that could end a line or a
    word too early. The message names the part, but never the value.
    """
    if not method or method.strip(TOKEN):
        raise ValueError("the method is not an HTTP token")
    if not (target and target.isascii() and target.isprintable()) or " " in target:
        raise ValueError("the request target is empty, or holds spaces, controls or unescaped text")
    if not _sent_names.issuperset(headers):
        _check_names(headers)
    lines = [f"{method} {target} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    lines.append("\r\n")
    head = "\r\n".join(lines).encode()
    # Checking the complete head is cheaper than checking each value: only our own line ends may be
    # in it.
    if len(head.translate(None, _CONTROLS)) + 2 * len(lines) != len(head):
        raise ValueError(
            f"the value of header {_first_bad_value(headers)!r} holds a control character"
        )
    return head


def _check_names(headers: Mapping[str, str]) -> None:
    for name in headers:
        if not name or name.strip(TOKEN):
            raise ValueError(f"a header name is not an HTTP token: {name!r}")
        if len(_sent_names) < _NAMES_KEPT:
            _sent_names.add(name)


def _first_bad_value(headers: Mapping[str, str]) -> str:
    return next(
        name
        for name, value in headers.items()
        if len(value.encode().translate(None, _CONTROLS)) != len(value.encode())
    )


def parse_response(
    data: bytes, method: str, body_limit_bytes: int = limits.BODY_BYTES
) -> tuple[int, dict[str, str], bytes, bool] | None:
    """Parse a usual response. Returns status, headers, body, and whether to keep the connection.

    Returns None for everything but a complete response with a length, which requires a
    ResponseParser; so do header names that no ResponseParser has seen yet. Raises ProtocolError
    only if a ResponseParser would, too.
    """
    head, found, body = data.partition(b"\r\n\r\n")
    text = head.decode("latin-1")
    lines = text.splitlines()
    # splitlines knows more line ends than HTTP does: only where CR LF brings the text back was each
    # of them CR LF.
    if not found or len(head) > limits.LINE_BYTES or "\r\n".join(lines) != text or "\0" in text:
        return None
    names = _names
    headers: dict[str, str] = {}
    try:
        for line in lines[1:]:
            spelt, _, value = line.partition(" ")
            headers[names[spelt]] = value.strip(" \t")
        length = headers["content-length"]
    except KeyError:  # a new spelling, no space, a folded line, nonsense, or no length
        return None
    if (
        # Everything that another rule of _framing could apply to is left to it.
        length != str(len(body))
        or "transfer-encoding" in headers
        or len(headers) + 1 != len(lines)
        or len(body) > body_limit_bytes
        or method in _UNUSUAL_METHODS
    ):
        return None
    if lines[0] == "HTTP/1.1 200 OK" and headers.get("connection", "keep-alive") == "keep-alive":
        return 200, headers, body, True
    status, keep = _read_status(lines[0], headers)
    if status in _BODILESS or status < 200:
        return None
    return status, headers, body, keep


def _read_status(start: str, headers: dict[str, str]) -> tuple[int, bool]:
    """Return the status, and whether the peer will keep the connection."""
    code = start[9:12]
    # isdecimal is exact here, because Latin-1 has no decimals other than 0 to 9.
    if not (start.startswith("HTTP/1.") and start[7:8].isdecimal() and start[8:9] == " "):
        raise ProtocolError("the response does not start with an HTTP/1 status line")
    if len(code) != 3 or not code.isdecimal() or code < "100" or start[12:13] not in ("", " "):
        raise ProtocolError("the response's status code is not a number from 100 to 999")
    status, keep = int(code), start[7] != "0"
    connection = headers.get("connection")
    if connection is not None and connection != "keep-alive":
        words = [word.strip(" \t") for word in connection.lower().split(",")]
        keep = keep and "close" not in words
    return status, keep


def _read_headers(lines: list[str]) -> dict[str, str]:
    if len(lines) > limits.HEADER_COUNT:
        raise ProtocolError(f"more headers than limits.HEADER_COUNT ({limits.HEADER_COUNT})")
    headers: dict[str, str] = {}
    for line in lines:
        spelt, colon, value = line.partition(":")
        name = _read_name(spelt, colon)
        if name:
            value = value.strip(" \t")
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def _read_name(spelt: str, colon: str) -> str:
    """Return the name in lower case; "" for a line that is not a header and can be ignored."""
    if not spelt or not colon or spelt.strip(TOKEN):
        # Others pass such a line over too; one that some of them could take for framing they cannot
        # agree on.
        letters = "".join(filter(TOKEN[TOKEN.index("a") :].__contains__, spelt)).lower()
        if any(name in letters for name in _FRAMING_LETTERS):
            raise ProtocolError("a header line of the response is a misspelled framing header")
        return ""
    name = spelt.lower()
    if len(_names) < _NAMES_KEPT and len(spelt) < 64:
        _names[spelt + ":"] = name
    return name


def list_spellings(fields: bytes) -> dict[str, str]:
    """Return header names in lower case -> as the first line with that name spells it."""
    found: dict[str, str] = {}
    for line in _split_lines(fields):
        spelt = line.partition(":")[0]
        found.setdefault(spelt.lower(), spelt)
    return found


def _framing(headers: dict[str, str]) -> int:
    """Return the body's length, CHUNKED or UNTIL_CLOSE (RFC 9112, 6.3).

    A Content-Length that repeats the same number is accepted.
    """
    length = UNTIL_CLOSE
    declared = headers.get("content-length")
    if declared is not None:
        if not declared.isdecimal():
            # The same number several times is one number; everything else could be read in two
            # ways.
            same = {number.strip(" \t") for number in declared.split(",")}
            declared = headers["content-length"] = same.pop()
            if same or not declared.isdecimal():
                raise ProtocolError("the response's Content-Length is not one number")
        if len(declared) > limits.NUMBER_DIGITS:
            raise ProtocolError(
                f"Content-Length has more digits than limits.NUMBER_DIGITS ({limits.NUMBER_DIGITS})"
            )
        length = int(declared)
    coding = headers.get("transfer-encoding")
    if coding is not None:
        if coding.lower() != "chunked":
            raise ProtocolError("the response's Transfer-Encoding is not chunked")
        length = CHUNKED
    return length


class ResponseParser:
    """Reads one response from pieces of any size.

    status: 0 until the head is complete, then 200 to 999; interim responses are skipped.
    fields: the lines of its headers as they came.
    headers: names in lower case, values decoded as Latin-1 (as http.client does), repeated ones
    joined by ", ".
    complete: the response is over. surplus: the peer sent more than that.
    keep: once it is complete, whether the connection may carry another request; False stays False.
    """

    __slots__ = (
        "_continued",
        "_interims",
        "_left",
        "_method",
        "_rest",
        "_room",
        "_seen",
        "_step",
        "complete",
        "fields",
        "headers",
        "keep",
        "status",
        "surplus",
    )

    def __init__(self, method: str, body_limit_bytes: int | None = limits.BODY_BYTES) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.fields = b""
        self.keep = True
        self.complete = False
        self.surplus = False
        self._method = method
        self._room = body_limit_bytes
        self._rest = b""  # an incomplete line or head, no longer than its limit
        self._seen = 0  # how much of it has been searched for its end
        self._left = 0  # bytes to come of this body or chunk
        self._interims = 0
        self._continued = False
        self._step: Callable[[ResponseParser, bytes, int, list[bytes]], int] = _head

    def receive(self, data: bytes) -> bytes:
        """Parse the next bytes of the connection, and return the body's bytes among them.

        Raises ProtocolError, after which parser and connection cannot be used any more.
        """
        if self._rest:
            data = self._rest + data
            self._rest = b""
        pieces: list[bytes] = []
        at = 0
        while at < len(data):
            after = self._step(self, data, at, pieces)
            if after < 0:
                self._rest = data[at:] if at else data
                break
            at = after
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def receive_eof(self) -> None:
        """Handle the end of the connection. Raises ConnectionClosedError if the response is not
        complete.
        """
        self.keep = False
        if self._step is _until_close:
            self.complete = True
        elif not self.complete:
            raise ConnectionClosedError(
                "closed by the peer in the middle of the response"
                if self.begun
                else "closed by the peer before it responded"
            )

    @property
    def begun(self) -> bool:
        """Whether a byte of a response has been received, even of an interim one."""
        return bool(self.status or self._rest or self._interims)

    @property
    def continued(self) -> bool:
        """Whether 100 (Continue) has been received."""
        return self._continued

    def _finish(self) -> None:
        self.complete = True
        self._step = _surplus


# One function for each state of the parser. Each parses what it can from data at the position,
# appends body bytes to pieces, and returns the new position, or -1 if it needs more data.


def _head(parser: ResponseParser, data: bytes, at: int, _: list[bytes]) -> int:
    if not data.startswith(b"HTTP/"[: len(data) - at], at):
        raise ProtocolError("the peer does not speak HTTP")
    end, after = _blank_line(parser, data, at, limits.HEAD_BYTES, "HEAD_BYTES")
    if end < 0:
        return -1
    start, _lf, fields = data[at:end].partition(b"\n")
    headers = _read_headers(_split_lines(fields))
    status, keep = _read_status(_split_lines(start)[0], headers)
    if status < 200:
        if status == 101:
            raise ProtocolError("the peer switches to a protocol that was not requested (101)")
        parser._interims += 1
        parser._continued |= status == 100
        if parser._interims > limits.INTERIM_COUNT:
            raise ProtocolError(
                f"more interim responses than limits.INTERIM_COUNT ({limits.INTERIM_COUNT})"
            )
        return after
    method = parser._method
    bodiless = status in _BODILESS or method == "HEAD" or (method == "CONNECT" and status < 300)
    try:
        length = _framing(headers)
    except ProtocolError:
        if not bodiless:
            raise
        keep = False  # who writes such a thing may send a body all the same
    if bodiless:
        length = 0
    parser.status = status
    parser.headers = headers
    parser.fields = fields
    # Both framings at once is how responses are smuggled; what follows on this connection cannot be
    # trusted.
    if not keep or ("transfer-encoding" in headers and "content-length" in headers):
        parser.keep = False
    if length == CHUNKED:
        parser._step = _chunk_line
    elif length == UNTIL_CLOSE:
        parser.keep = False
        parser._step = _until_close
    elif length:
        _take_room(parser, length)
        parser._left = length
        parser._step = _fixed
    else:
        parser._finish()
    return after


def _fixed(parser: ResponseParser, data: bytes, at: int, pieces: list[bytes]) -> int:
    piece = data[at : at + parser._left]
    pieces.append(piece)
    parser._left -= len(piece)
    if not parser._left:
        parser._finish()
    return at + len(piece)


def _until_close(parser: ResponseParser, data: bytes, at: int, pieces: list[bytes]) -> int:
    piece = data[at:]
    _take_room(parser, len(piece))
    pieces.append(piece)
    return len(data)


def _chunk_line(parser: ResponseParser, data: bytes, at: int, _: list[bytes]) -> int:
    end = data.find(b"\n", at + parser._seen)
    if (len(data) if end < 0 else end) - at > limits.CHUNK_LINE_BYTES:
        raise ProtocolError(
            f"a chunk's size line exceeds limits.CHUNK_LINE_BYTES ({limits.CHUNK_LINE_BYTES})"
        )
    if end < 0:
        parser._seen = len(data) - at
        return -1
    parser._seen = 0
    line = data[at : end - 1]
    if data[end - 1 : end] != b"\r" or b"\r" in line or b"\0" in line:
        raise ProtocolError("a chunk's size line does not end in CR LF")
    size = line.partition(b";")[0].rstrip(b" \t")
    if not size or size.strip(HEXDIGITS) or len(size) > limits.NUMBER_DIGITS:
        raise ProtocolError("a chunk's size is not a hexadecimal number")
    parser._left = int(size, 16)
    _take_room(parser, parser._left)
    parser._step = _chunk_data if parser._left else _trailers
    return end + 1


def _chunk_data(parser: ResponseParser, data: bytes, at: int, pieces: list[bytes]) -> int:
    piece = data[at : at + parser._left]
    pieces.append(piece)
    parser._left -= len(piece)
    if not parser._left:
        parser._step = _chunk_end
    return at + len(piece)


def _chunk_end(parser: ResponseParser, data: bytes, at: int, _: list[bytes]) -> int:
    end = data[at : at + 2]
    if end == b"\r\n":
        parser._step = _chunk_line
        return at + 2
    if end != b"\r":
        raise ProtocolError("a chunk is longer than its size says")
    return -1


def _trailers(parser: ResponseParser, data: bytes, at: int, _: list[bytes]) -> int:
    if data[at : at + 1] == b"\n":
        after = at + 1
    elif data[at : at + 2] == b"\r\n":
        after = at + 2
    else:
        end, after = _blank_line(parser, data, at, limits.TRAILER_BYTES, "TRAILER_BYTES")
        if end < 0:
            return -1
        for line in _split_lines(data[at:end]):
            _read_name(*line.partition(":")[:2])
    parser._finish()
    return after


def _surplus(parser: ResponseParser, data: bytes, at: int, _: list[bytes]) -> int:
    parser.keep = False
    parser.surplus = True
    return len(data)


def _take_room(parser: ResponseParser, size: int) -> None:
    # The transport reads only the beginning of an error's body.
    if parser._room is not None and parser.status < 300:
        parser._room -= size
        if parser._room < 0:
            raise ProtocolError(
                "the body exceeds its limit (limits.BODY_BYTES unless given): ask for less at "
                "once, or pass a larger body_limit_bytes to connect"
            )


def _blank_line(
    parser: ResponseParser, data: bytes, at: int, limit_bytes: int, limit: str
) -> tuple[int, int]:
    """Return where the lines end and where the blank line after them does; (-1, -1) if not in data.

    A line may end in a bare LF, as in h11, which RFC 9112 (2.2) allows.
    """
    start = at + parser._seen
    bare = data.find(b"\n\n", start)
    full = data.find(b"\n\r\n", start)
    end = bare if full < 0 or 0 <= bare < full else full
    # Up to two bytes of the blank line may have been received already.
    if (len(data) - 2 if end < 0 else end) - at > limit_bytes:
        raise ProtocolError(f"headers exceed limits.{limit} ({limit_bytes} bytes)")
    if end < 0:
        # The blank line may have begun in the last two bytes.
        parser._seen = max(len(data) - at - 2, 0)
        return -1, -1
    parser._seen = 0
    after = end + (2 if end == bare else 3)
    return end, after


def _split_lines(head: bytes) -> list[str]:
    """Return lines that end in CR LF or LF; folded ones are joined by a space (RFC 9112, 5.2)."""
    lines: list[str] = []
    for raw in head.split(b"\n") if head else ():
        line = raw[:-1] if raw.endswith(b"\r") else raw
        if len(line.translate(None, _BREAKS)) != len(line):
            raise ProtocolError("a header line of the response holds a NUL or a stray line break")
        text = line.decode("latin-1")
        if text[:1] in (" ", "\t") and lines:
            lines[-1] += " " + text.lstrip(" \t")
        else:
            lines.append(text)
        if len(lines[-1]) > limits.LINE_BYTES:
            raise ProtocolError(f"a header line exceeds limits.LINE_BYTES ({limits.LINE_BYTES})")
    return lines
