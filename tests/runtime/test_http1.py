"""The HTTP/1.1 core against h11 and http.client, and against nonsense."""

from __future__ import annotations

import http.client
import io
import itertools
import re
import tracemalloc

import h11
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from edgemote import limits
from edgemote.errors import ConfigError, ConnectionClosedError, ProtocolError
from edgemote.http import join_host, split_host
from edgemote.http.http1 import ResponseParser, parse_response, request_head

TOKEN = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

# An outcome is (status, headers, body, keep), or the class of the error.
Value = tuple[int, dict[str, str], bytes, bool]
Outcome = Value | type[Exception]


def read_ours(pieces: list[bytes], method: str = "POST", eof: bool = True) -> Outcome:
    parser = ResponseParser(method)
    body = b""
    try:
        for piece in pieces:
            body += parser.receive(piece)
            assert len(parser._rest) <= limits.HEAD_BYTES + 2
        keep = parser.keep
        if eof:
            parser.receive_eof()
    except (ProtocolError, ConnectionClosedError) as error:
        return type(error)
    assert parser.complete or not eof
    return parser.status, parser.headers, body, keep


def read_h11(data: bytes, method: str = "POST") -> Outcome:
    client = h11.Connection(h11.CLIENT, max_incomplete_event_size=limits.HEAD_BYTES)
    client.send(h11.Request(method=method, target="/", headers=[("Host", "a")]))
    client.send(h11.EndOfMessage())
    status, headers, body = 0, {}, b""
    try:
        for piece in (data, b""):
            client.receive_data(piece)
            while True:
                event = client.next_event()
                if isinstance(event, h11.Response):
                    status = event.status_code
                    for name, value in event.headers:
                        text = value.decode("latin-1")
                        key = name.decode()
                        headers[key] = f"{headers[key]}, {text}" if key in headers else text
                elif isinstance(event, h11.Data):
                    body += event.data
                elif isinstance(event, h11.EndOfMessage):
                    keep = bool(piece) and client.their_state is h11.DONE
                    return status, headers, bytes(body), keep
                elif isinstance(event, h11.ConnectionClosed):
                    return ConnectionClosedError
                elif event is h11.NEED_DATA:
                    break
    except h11.RemoteProtocolError:
        return ProtocolError
    raise AssertionError("h11 has seen the end and says nothing")


def as_h11(value: Value) -> Value:
    """h11 passes the names of codings in lower case."""
    status, headers, body, keep = value
    if "transfer-encoding" in headers:
        headers = headers | {"transfer-encoding": headers["transfer-encoding"].lower()}
    return status, headers, body, keep


class Source:
    """What http.client wants of a socket."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(io.BytesIO(self._data))


def read_http_client(data: bytes, method: str = "POST") -> Outcome:
    answer = http.client.HTTPResponse(Source(data), method=method)
    try:
        answer.begin()
        body = answer.read()
    except (http.client.HTTPException, ValueError, ConnectionError) as error:
        return type(error)
    headers = {name.lower(): ", ".join(answer.headers.get_all(name)) for name in answer.headers}
    keep = not answer.will_close
    return answer.status, headers, body, keep


def cut(data: bytes, places: list[int]) -> list[bytes]:
    ends = sorted({place % (len(data) + 1) for place in places} | {0, len(data)})
    return [data[start:end] for start, end in itertools.pairwise(ends)]


tokens = st.text(TOKEN, min_size=1, max_size=12).filter(
    lambda name: name.lower() not in ("content-length", "transfer-encoding", "connection")
)
words = st.text(
    st.characters(min_codepoint=33, max_codepoint=255, exclude_characters="\x7f").filter(
        lambda c: not 0x80 <= ord(c) <= 0xA0
    ),
    max_size=12,
)
values = st.builds(" ".join, st.lists(words.filter(bool), max_size=3))
header_lists = st.lists(
    st.tuples(tokens | st.sampled_from(["Date", "x-amzn-RequestId", "Set-Cookie"]), values),
    max_size=8,
)


@st.composite
def answers(draw: st.DrawFn) -> tuple[bytes, str]:
    """A well-formed answer, and the method it answers."""
    method = draw(st.sampled_from(["GET", "POST", "POST", "HEAD"]))
    status = draw(st.sampled_from([200, 200, 200, 201, 204, 206, 304, 400, 403, 500, 503, 599]))
    version = draw(st.sampled_from([b"1.1", b"1.1", b"1.1", b"1.0"]))
    reason = draw(st.sampled_from([b" OK", b"", b" ", b" Not  so good", b" \xe9t\xe9"]))
    # http.client knows 100 only; a server of HTTP/1.0 has no interim responses at all
    interims = draw(st.sampled_from([0, 0, 0, 1, 3])) if version == b"1.1" else 0
    out = b"HTTP/1.1 100 Continue\r\n\r\n" * interims
    lines = [b"HTTP/" + version + b" %d" % status + reason]
    lines += [f"{name}: {value}".encode("latin-1") for name, value in draw(header_lists)]
    body = draw(st.binary(max_size=200))
    framing = draw(st.sampled_from(["length", "length", "chunked", "close", "twice"]))
    bodiless = method == "HEAD" or status in (204, 304)
    if framing in ("length", "twice"):
        lines += [b"Content-Length: %d" % len(body)] * (2 if framing == "twice" else 1)
    elif framing == "chunked" and status not in (204, 304):
        # http.client would read chunks even then
        lines += [b"Transfer-Encoding: " + draw(st.sampled_from([b"chunked", b"Chunked"]))]
    close = draw(st.sampled_from([None, None, b"close", b"keep-alive", b"x, Close"]))
    if close:
        lines += [b"Connection: " + close]
    out += b"\r\n".join(lines) + b"\r\n\r\n"
    if bodiless:
        return out, method
    if framing != "chunked":
        return out + body, method
    for piece in cut(body, draw(st.lists(st.integers(0, 200), max_size=4))):
        extension = draw(st.sampled_from([b"", b";a=b", b';q="x;y"', b" "]))
        size = draw(st.sampled_from([b"%x", b"%X", b"00%x"])) % len(piece)
        out += size + extension + b"\r\n" + piece + b"\r\n"
    trailers = draw(st.sampled_from([b"", b"", b"x-sum: 1\r\n", b"a: 1\r\nb:2\r\n"]))
    return out + b"0\r\n" + trailers + b"\r\n", method


# Every well-formed answer means the same to us, to h11 and to http.client, however it is cut.
@settings(max_examples=150, deadline=None)
@given(answers(), st.lists(st.integers(0, 2000), max_size=12))
def test_answer_reads_as_in_h11_and_http_client(answer, places):
    data, method = answer
    ours = read_ours(cut(data, places), method)
    assert as_h11(ours) == read_h11(data, method)
    # http.client keeps each of two equal Content-Length headers
    theirs = read_http_client(data, method)
    assert ours[0] == theirs[0]
    assert ours[2] == theirs[2]
    if data.count(b"Content-Length") < 2:
        assert ours[1] == theirs[1]
    whole = parse_response(data, method)
    if whole is not None:
        assert whole == ours


PLAIN = (
    b"HTTP/1.1 200 OK\r\nDate: Mon, 24 Nov 2025 10:00:00 GMT\r\nContent-Type: application/json\r\n"
    b"Content-Length: 12\r\nConnection: keep-alive\r\nx-amzn-RequestId: 7d9a1f1e\r\n\r\n"
    b'{"CacheTTL"}'
)
CHUNKS = (
    b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
    b"A: 1\r\na: 2\r\n\r\n5;x=y\r\nhello\r\n00a\r\n, world!!!\r\n0\r\nx-sum: 9\r\n\r\n"
)
LOOSE = b"HTTP/1.1 404\nX: a\n  b\r\n\tc\nEmpty:\r\nContent-Length: 2\r\n\nno"


@pytest.mark.parametrize(
    ("data", "headers", "body"),
    [
        (PLAIN, 5, b'{"CacheTTL"}'),
        (CHUNKS, 2, b"hello, world!!!"),
        (LOOSE, 3, b"no"),
        (b"HTTP/1.0 200 OK\r\n\r\nto the end", 0, b"to the end"),
    ],
)
def test_answer_cut_at_every_place(data, headers, body):
    whole = read_ours([data])
    assert (len(whole[1]), whole[2]) == (headers, body)
    assert whole == read_h11(data)
    for place in range(len(data) + 1):
        assert read_ours([data[:place], data[place:]]) == whole
    assert read_ours([data[place : place + 1] for place in range(len(data))]) == whole
    for place in range(len(data) - 1):
        if whole[3]:
            assert read_ours([data[:place]]) is ConnectionClosedError


def test_usual_answer_is_read_in_one_go():
    ResponseParser("POST").receive(PLAIN)  # learns the spelling of the names
    assert parse_response(PLAIN, "POST") == read_ours([PLAIN])
    assert parse_response(PLAIN, "HEAD") is None
    for length in range(len(PLAIN)):
        assert parse_response(PLAIN[:length], "POST") is None
    assert parse_response(PLAIN + b"x", "POST") is None
    assert parse_response(PLAIN, "POST", 11) is None
    assert parse_response(LOOSE, "POST") is None
    both = PLAIN.replace(b"Connection: keep-alive", b"Transfer-Encoding: chunked")
    ResponseParser("POST").receive(both)
    assert parse_response(both, "POST") is None
    assert parse_response(CHUNKS, "POST") is None


# Where the short way reads an answer, the long way reads the same: with any byte put in anywhere.
def test_short_way_agrees_byte_by_byte():
    plain = PLAIN[: PLAIN.index(b"Content-Type")] + b"Content-Length: 1\r\n\r\nx"
    ResponseParser("POST").receive(PLAIN)
    taken = 0
    for place in range(len(plain) + 1):
        for byte in range(256):
            for size in (0, 1):
                data = plain[:place] + bytes([byte]) + plain[place + size :]
                try:
                    short = parse_response(data, "POST")
                except ProtocolError:
                    short = ProtocolError
                if short is not None:
                    taken += 1
                    assert read_ours([data], eof=False) == short, data
    assert taken > 10_000


@pytest.mark.parametrize("end", [b"\x0b", b"\x0c", b"\x1c", b"\x85", b"\r", b"\n", b"\x0bb\n"])
def test_short_way_and_line_ends_of_other_worlds(end):
    ResponseParser("POST").receive(PLAIN)
    for name in (b"Date: 1", b"Content-Length: 0"):
        data = OK + b"Content-Length: 0\r\n" + name + end + b"\r\n\r\n"
        short = parse_response(data, "POST")
        assert short is None or short == read_ours([data])


def test_names_learnt_are_few():
    from edgemote.http import http1

    for number in range(1000):
        read_ours([b"HTTP/1.1 200 OK\r\nx-%d: 1\r\nContent-Length: 0\r\n\r\n" % number])
    assert len(http1._names) <= http1._NAMES_KEPT


OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"


# What is refused, by h11 too.
@pytest.mark.parametrize(
    "data",
    [
        b"SSH-2.0-OpenSSH_9\r\n",
        b"\x16\x03\x01\x02\x00",
        b"\r\n" + PLAIN,
        b"HTTP/1.1  200 OK\r\n\r\n",
        b"HTTP/1.1 20 OK\r\n\r\n",
        b"HTTP/1.1 2000 OK\r\n\r\n",
        b"HTTP/1.1 +20 OK\r\n\r\n",
        b"HTTP/1.1 099 OK\r\n\r\n",
        b"HTTP/1.1 2\xb20 OK\r\n\r\n",
        b"HTTP/1.1 101 Switching\r\n\r\n",
        b"HTTP/1.x 200 OK\r\n\r\n",
        b"http/1.1 200 OK\r\n\r\n",
        # What some reader could take for framing is not passed over.
        OK + b" Content-Length: 1\r\n\r\na",
        OK + b"Content-Length : 1\r\n\r\na",
        OK + b"content length: 1\r\n\r\na",
        OK + b"Content-Length\xe9: 1\r\n\r\na",
        OK + b"Content-Length 1\r\n\r\na",
        OK + b"nonsense\r\n Content-Length: 1\r\n\r\na",
        OK + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        OK + b"Content-Length: 5\r\nTRANSFER\tENCODING: chunked\r\n\r\n0\r\n\r\n",
        OK + b"Transfer-Encoding\x01: chunked\r\n\r\n0\r\n\r\n",
        CHUNKED + b"0\r\nTransfer-Encoding : x\r\n\r\n",
        OK + b"a: \x00\r\n\r\n",
        OK + b"a: 1\r2\r\n\r\n",
        OK + b"a: 1\x0b2\r\n\r\n",
        OK + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        OK + b"Content-Length: 1, 2\r\n\r\nab",
        OK + b"Content-Length: -1\r\n\r\n",
        OK + b"Content-Length: +1\r\n\r\na",
        OK + b"Content-Length: 1_0\r\n\r\n0123456789",
        OK + b"Content-Length: 0x1\r\n\r\na",
        OK + b"Content-Length: \xb2\r\n\r\nab",
        OK + b"Content-Length: 1 1\r\n\r\na",
        OK + b"Content-Length:\r\n\r\n",
        OK + b"Content-Length: 000000000000000000001\r\n\r\na",
        OK + b"Transfer-Encoding: gzip\r\n\r\n",
        OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        OK + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        OK + b"Transfer-Encoding: identity\r\n\r\n",
        CHUNKED + b"+5\r\nhello\r\n0\r\n\r\n",
        CHUNKED + b"0x5\r\nhello\r\n0\r\n\r\n",
        CHUNKED + b"1_0\r\nhello\r\n0\r\n\r\n",
        CHUNKED + b" 5\r\nhello\r\n0\r\n\r\n",
        CHUNKED + b"\r\nhello\r\n0\r\n\r\n",
        CHUNKED + b"5\nhello\r\n0\r\n\r\n",
        CHUNKED + b"5\r\nhello!\r\n0\r\n\r\n",
        CHUNKED + b"5\r\nhello\n0\r\n\r\n",
        CHUNKED + b"000000000000000000005\r\nhello\r\n0\r\n\r\n",
    ],
)
def test_refused(data):
    whole = read_ours([data])
    assert whole is ProtocolError
    assert read_ours([data[at : at + 1] for at in range(len(data))]) is whole
    assert isinstance(read_h11(data), type)


# Where we and h11 part: bytes, what we make of them, what h11 makes of them.
NO_BODY = b"Content-Length: 0\r\n\r\n"
UNSOUND_FRAMING = (b"Content-Length: x", b"Content-Length: 1, 2", b"Transfer-Encoding: gzip")
NO_HEADERS = (
    b" folded: 1",
    b"no colon",
    b"Date",
    b": empty",
    b"sp ace: 1",
    b"space : 1",
    b"\xe9: 1",
)
DIFFERENCES = [
    # RFC 9112 2.3: another major version is another protocol.
    (b"HTTP/2.0 200 OK\r\n" + NO_BODY, ProtocolError, 200),
    (b"HTTP/0.9 200 OK\r\n" + NO_BODY, ProtocolError, 200),
    # RFC 9112 7.1.1: whitespace before an extension must be parsed and dropped.
    (CHUNKED + b"1 ;a\r\nx\r\n0\r\n\r\n", 200, ProtocolError),
    # A bare CR ends the line for some readers and not for others; NUL is never text.
    (CHUNKED + b"1;a\rb\r\nx\r\n0\r\n\r\n", ProtocolError, 200),
    (CHUNKED + b"1;a\0b\r\nx\r\n0\r\n\r\n", ProtocolError, 200),
    # RFC 9110 6.5.1 and 15.2: neither trailers nor interim responses frame anything.
    (CHUNKED + b"0\r\nContent-Length: x\r\n\r\n", 200, ProtocolError),
    (b"HTTP/1.1 103 Hi\r\nContent-Length: x\r\n\r\n" + PLAIN, 200, ProtocolError),
    # What has no body is not judged by its framing.
    *(
        (b"HTTP/1.1 %d No\r\n%b\r\n\r\n" % (status, framing), status, ProtocolError)
        for status in (204, 304)
        for framing in UNSOUND_FRAMING
    ),
    # A line that is no header is passed over, as others do.
    *((OK + line + b"\r\n" + NO_BODY, 200, ProtocolError) for line in NO_HEADERS),
    *((CHUNKED + b"0\r\n" + line + b"\r\n\r\n", 200, ProtocolError) for line in NO_HEADERS[1:]),
]


@pytest.mark.parametrize(("data", "ours", "theirs"), DIFFERENCES)
def test_differs_from_h11(data, ours, theirs):
    for outcome, expected in ((read_ours([data]), ours), (read_h11(data), theirs)):
        assert (outcome if isinstance(outcome, type) else outcome[0]) == expected


@pytest.mark.parametrize("line", NO_HEADERS)
def test_a_line_that_is_no_header_leaves_the_others_alone(line):
    data = OK + b"A: 1\r\n" + line + b"\r\n more\r\nB: 2\r\nContent-Length: 2\r\n\r\nhi"
    expected = {"a": "1", "b": "2", "content-length": "2"}
    for pieces in ([data], [data[at : at + 1] for at in range(len(data))]):
        outcome = read_ours(pieces)
        if line.startswith(b" "):  # it goes on with the line before
            expected["a"] = "1 folded: 1 more"
        assert outcome == (200, expected, b"hi", True)


@pytest.mark.parametrize("framing", UNSOUND_FRAMING)
@pytest.mark.parametrize(
    ("method", "status"),
    [("HEAD", 200), ("HEAD", 404), ("CONNECT", 200), ("GET", 204), ("GET", 304)],
)
def test_what_has_no_body_is_not_judged_by_its_framing(method, status, framing):
    head = b"HTTP/1.1 %d OK\r\nA: 1\r\n" % status
    outcome = read_ours([head + framing + b"\r\n\r\n"], method)
    assert (outcome[0], outcome[1]["a"], outcome[2:]) == (status, "1", (b"", False))
    for sound in (b"Content-Length: 7", b"Content-Length: 7, 7", b"Transfer-Encoding: chunked"):
        outcome = read_ours([head + sound + b"\r\n\r\n"], method)
        assert (outcome[0], outcome[2:]) == (status, (b"", True))
        assert outcome[1].get("content-length", "7") == "7"


def has_nonsense_lines(data: bytes) -> bool:
    """Whether a head or the trailers may hold a line that is no header."""
    heads = [part for part in re.split(rb"\n\r?\n", data) if part.startswith(b"HTTP/1.")]
    heads += re.findall(rb"(?s)\n0+(?:;[^\n]*)?\r\n.*", data)
    lines = [line.rstrip(b"\r") for head in heads for line in head.split(b"\n")[1:]]
    return not all(re.match(rb"[!#-'*+\-.^-z|~0-9A-Z]+:|$|0+(;|$)", line) for line in lines)


def differs_by_design(data: bytes) -> bool:
    """Whether one of the differences above may be in data."""
    framing = len(re.findall(rb"(?i)content-length|transfer-encoding", data))
    return bool(
        has_nonsense_lines(data)
        or re.search(rb"HTTP/(?!1)", data)
        or re.search(rb"[0-9a-fA-F][ \t]+;", data)
        or re.search(rb";[^\n]*[\r\0][^\n]*\r\n", data)
        or (framing > 1 and re.search(rb"(?i)transfer-encoding|HTTP/1.\d 1", data))
    )


CORPUS = [
    PLAIN,
    CHUNKS,
    LOOSE,
    OK + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
    OK + b"Content-Length: 2, 2\r\nConnection: x,close ,\r\n\r\nhi",
    b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\nrest",
    CHUNKED + b"FFFFFFFFFFFFFFFF\r\nx",
]
EDITS = st.tuples(
    st.integers(0, 400),
    st.integers(0, 6),
    st.binary(max_size=4)
    | st.sampled_from(
        [
            *(bytes([byte]) for byte in b"\r\n \t\0:;,0-_\xb2"),
            *(b"\r\n", b"\r\n\r\n", b"\n\n", b"\r\n ", b"HTTP/1.1 ", b"chunked"),
            *(
                b"Content-Length: 3\r\n",
                b"Transfer-Encoding: chunked\r\n",
                b"HTTP/1.1 100 a\r\n\r\n",
            ),
        ]
    ),
)


@st.composite
def mutants(draw: st.DrawFn) -> bytes:
    data = draw(st.sampled_from(CORPUS) | st.binary(max_size=300) | answers().map(lambda a: a[0]))
    for place, size, new in draw(st.lists(EDITS, max_size=5)):
        place %= len(data) + 1
        data = data[:place] + new + data[place + size :]
    return data


# Whatever bytes come, and however they are cut: the same value, or the same one of ProtocolError
# and ConnectionClosedError; never another exception, and never more kept than the limits allow.
@settings(max_examples=400, deadline=None)
@given(mutants(), st.sampled_from(["GET", "HEAD", "CONNECT"]), st.lists(st.integers(0, 500)))
@example(b"HTTP/1.1 200 OK\r\n\r\n\r\n", "GET", [])
def test_nonsense_is_a_value_or_an_error(data, method, places):
    whole = read_ours([data], method)
    assert read_ours(cut(data, places), method) == whole
    assert read_ours([data[at : at + 1] for at in range(len(data))], method) == whole
    try:
        plain = parse_response(data, method)
    except ProtocolError:
        assert whole is ProtocolError
    else:
        assert plain is None or plain == whole
    if differs_by_design(data) or method == "CONNECT":
        return
    theirs = read_h11(data, method)
    if theirs is ProtocolError and not isinstance(whole, type):
        assert method == "HEAD" or whole[0] in (204, 304)
        return
    if isinstance(whole, type):
        assert isinstance(theirs, type), (whole, theirs)
    else:
        # What follows the answer makes us, and not h11, give up the connection.
        assert as_h11(whole)[:3] == theirs[:3]
        assert theirs[3] or not whole[3]


@pytest.mark.parametrize(
    ("data", "limit"),
    [
        (OK + b"a: " + b"x" * limits.HEAD_BYTES, "HEAD_BYTES"),
        (OK + (b"a: " + b"x" * 8000 + b"\r\n") * 5 + b"\r\n", "HEAD_BYTES"),
        (OK + b"a: " + b"x" * limits.LINE_BYTES + b"\r\n\r\n", "LINE_BYTES"),
        (OK + b"a: x\r\n" + b" yy\r\n" * 6000 + b"\r\n", "LINE_BYTES"),
        (OK + b"a: x\r\n" * (limits.HEADER_COUNT + 1) + b"\r\n", "HEADER_COUNT"),
        (b"HTTP/1.1 100 Go on\r\n\r\n" * (limits.INTERIM_COUNT + 1), "INTERIM_COUNT"),
        (OK + b"Content-Length: 123456789012345678901\r\n\r\n", "NUMBER_DIGITS"),
        (OK + b"Content-Length: %d\r\n\r\n" % (limits.BODY_BYTES + 1), "BODY_BYTES"),
        (OK + b"\r\n" + b"x" * (limits.BODY_BYTES + 1), "BODY_BYTES"),
        (CHUNKED + b"%x\r\n" % (limits.BODY_BYTES + 1), "BODY_BYTES"),
        (CHUNKED + b"1;" + b"x" * limits.CHUNK_LINE_BYTES, "CHUNK_LINE_BYTES"),
        (CHUNKED + b"0\r\na: " + b"x" * limits.TRAILER_BYTES, "TRAILER_BYTES"),
    ],
)
def test_limit_is_named(data, limit):
    for size in (len(data), 4096, 1000):
        parser = ResponseParser("POST")
        with pytest.raises(ProtocolError, match=limit):
            feed(parser, data, size)


def feed(parser, data, size):
    for at in range(0, len(data), size):
        parser.receive(data[at : at + size])


# A head or line of exactly its limit passes however it is cut, one byte more does not.
@pytest.mark.parametrize("end", [b"\r\n\r\n", b"\n\n"])
def test_limits_do_not_depend_on_cuts(end):
    lines = [b"a: " + b"x" * 10_000] * 3
    start = OK + b"\r\n".join(lines) + b"\r\nb: "
    room = limits.HEAD_BYTES - len(start) - (1 if end == b"\r\n\r\n" else 0)
    for extra, refused in ((0, False), (1, True)):
        data = start + b"x" * (room + extra) + end
        for size in (len(data), 4096, 1):
            tail = [data[at : at + size] for at in range(len(data) - 100, len(data), size)]
            outcome = read_ours([data[:-100], *tail], "HEAD")
            assert (outcome is ProtocolError) == refused, (extra, size)


# Memory stays near what was fed at once, whatever the number of pieces.
def test_dripped_chunks_take_constant_memory():
    parser = ResponseParser("GET", None)
    parser.receive(CHUNKED)
    piece = b"1;" + b"e" * 900 + b"\r\nx\r\n"
    tracemalloc.start()
    try:
        for _ in range(3000):
            assert parser.receive(piece) == b"x"
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 20_000


def test_connection_is_kept_only_when_it_may_be():
    assert read_ours([PLAIN])[3]
    for data in (
        PLAIN.replace(b"keep-alive", b"Close"),
        PLAIN.replace(b"keep-alive", b"x ,\tclose"),
        PLAIN.replace(b"HTTP/1.1", b"HTTP/1.0"),
        PLAIN + b"HTTP/1.1 200 OK\r\n",
        CHUNKED.replace(b"\r\n\r\n", b"\r\nContent-Length: 3\r\n\r\n") + b"0\r\n\r\n",
        OK + b"\r\nuntil the end",
    ):
        outcome = read_ours([data])
        assert outcome[0] == 200
        assert not outcome[3]
    assert read_ours([PLAIN.replace(b"keep-alive", b"closed")])[3]


def test_surplus_is_told():
    parser = ResponseParser("CONNECT")
    parser.receive(b"HTTP/1.0 200 Connection established\r\n\r\n")
    assert parser.complete
    assert not parser.surplus
    parser.receive(b"x")
    assert parser.surplus


header_dicts = st.dictionaries(
    tokens | st.text(max_size=6), values | st.text(max_size=20), max_size=6
)


# A head is refused, or a server reads from it exactly what was put in.
@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(["GET", "POST", "PUT"]) | st.text(max_size=4),
    st.sampled_from(["/", "/a%20b?c=d&e", "*"]) | st.text(max_size=8),
    header_dicts,
)
@example("GET", "/ HTTP/1.1\r\nx: y", {})
@example("GET", "/", {"a": "b\r\nc: d"})
@example("GET", "/", {"a": "b\nc"})
@example("GET", "/", {"a\r\nb": "c"})
@example("GET", "/", {"a": "\ud800"})
def test_request_head_reads_as_written(method, target, headers):
    headers = {name: value for name, value in headers.items() if name.lower() not in FRAMING}
    headers["Host"] = "a"
    try:
        head = request_head(method, target, headers)
    except ValueError:
        return
    server = h11.Connection(h11.SERVER, max_incomplete_event_size=limits.HEAD_BYTES)
    server.receive_data(head)
    request = server.next_event()
    assert (request.method, request.target) == (method.encode(), target.encode())
    assert [(name, value) for name, value in request.headers] == [
        (name.lower().encode(), value.strip(" \t").encode()) for name, value in headers.items()
    ]
    assert isinstance(server.next_event(), h11.EndOfMessage)
    assert server.trailing_data == (b"", False)


FRAMING = ("content-length", "transfer-encoding", "host", "expect", "upgrade")


def test_request_head_is_bytes_as_signed():
    assert request_head("PUT", "/a", {"Host": "h", "x-amz-meta-n": "é\tb"}) == (
        b"PUT /a HTTP/1.1\r\nHost: h\r\nx-amz-meta-n: \xc3\xa9\tb\r\n\r\n"
    )


@pytest.mark.parametrize(
    ("method", "target", "headers", "words"),
    [
        ("", "/", {}, "method"),
        ("G T", "/", {}, "method"),
        ("GET\r\n", "/", {}, "method"),
        ("GET", "", {}, "target"),
        ("GET", "/a b", {}, "target"),
        ("GET", "/é", {}, "target"),
        ("GET", "/\x7f", {}, "target"),
        ("GET", "/", {"": "v"}, "''"),
        ("GET", "/", {"ok": "v", "b:": "v"}, "'b:'"),
        ("GET", "/", {"ok": "v", "b": "se\ncret"}, "'b'"),
        ("GET", "/", {"ok": "v", "b": "se\rcret"}, "'b'"),
        ("GET", "/", {"ok": "v", "b": "se\0cret"}, "'b'"),
        ("GET", "/", {"ok": "v", "b": "se\x7fcret"}, "'b'"),
        ("GET", "/", {"a": "b\r", "c": "secret"}, "'a'"),
    ],
)
def test_request_head_refuses(method, target, headers, words):
    with pytest.raises(ValueError, match=words) as caught:
        request_head(method, target, headers)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("place", "host", "port"),
    [
        ("a.example", "a.example", 443),
        ("a.example:", "a.example", 443),
        ("a:1", "a", 1),
        ("[::1]", "::1", 443),
        ("[fd00:ec2::23]:8080", "fd00:ec2::23", 8080),
        ("[fe80::1%25eth0]:80", "fe80::1%eth0", 80),
        ("[fe80::1%eth0]", "fe80::1%eth0", 443),
        ("[fe80::1%25]", "fe80::1%25", 443),
        ("a.example.", "a.example.", 443),
    ],
)
def test_split_host(place, host, port):
    assert split_host(place, 443, "x") == (host, port)
    assert split_host(join_host(host, port), 443, "x") == (host, port)


BAD_PLACES = [
    "",
    ":1",
    "a:b",
    "a:0",
    "a:65536",
    "a:1:2",
    "a b",
    "é",
    "a/b",
    "u@a",
    "[::1",
    "[::1]x",
]
BAD_PLACES += [".a", "a..b", ".", "..", "%", "a%25b", "[x]", "[a/b]", "[u@::1]", "[%25eth0]"]
BAD_PLACES += ["a:-1", "a:9999999999", "a:²", "[]:1", "a\r\nb"]


@pytest.mark.parametrize("place", BAD_PLACES)
def test_split_host_refuses(place):
    with pytest.raises(ConfigError, match="x: "):
        split_host(place, 443, "x")
