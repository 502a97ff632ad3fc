"""Signature Version 4, which proves to AWS who sent a request, and that nobody changed it.

Pure functions of a request, credentials and a time in POSIX seconds, one for each stage, and a
`Signer` that keeps what repeats between requests. No I/O, no clock, no state outside a `Signer`.

Source: "AWS Signature Version 4 for API requests" in the IAM user guide. Where that leaves a
choice (white space, headers to leave out), this follows botocore.auth.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from .errors import ValidationError

if TYPE_CHECKING:
    from _hashlib import HASH
    from collections.abc import Mapping
    from typing import BinaryIO

    # session token, whether the body's hash is a header, digest of the text ahead of the first gap,
    # text from the body's hash to the date, text after the date, names of the signed headers
    Form = tuple[str | None, bool, HASH, str, str, str]
    # second, secret access key, timestamp, first second of the day, scope, HMAC of the derived key
    Key = tuple[int, str, str, int, str, HASH, HASH]


def sha256(data: bytes | bytearray | memoryview = b"") -> HASH:  # noqa: F811
    """hashlib's function, which replaces this one on its first call. It takes 280 KiB of memory,
    which calls by certificate do not need.
    """
    global sha256
    try:  # hashlib would load the digests that OpenSSL lacks too, 280 KiB more
        from _hashlib import openssl_sha256 as sha256
    except ImportError:  # a Python built without OpenSSL
        from hashlib import sha256
    return sha256(data)


ALGORITHM = "AWS4-HMAC-SHA256"
UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD"
EMPTY_PAYLOAD = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

SIGNER_HEADERS = frozenset(
    ("authorization", "x-amz-content-sha256", "x-amz-date", "x-amz-security-token")
)
# Proxies and HTTP stacks add, change or remove these, so a signature must not cover them.
UNSIGNED_HEADERS = frozenset((
    "authorization", "baggage", "connection", "expect", "keep-alive", "proxy-authenticate",
    "proxy-authorization", "te", "traceparent", "tracestate", "trailer", "transfer-encoding",
    "upgrade", "user-agent", "x-amzn-trace-id",
))  # fmt: skip

_ALNUM = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_UNRESERVED = (_ALNUM + "-_.~").encode()
_TOKEN = _ALNUM + "!#$%&'*+-.^_`|~"  # RFC 9110: what methods and header names are made of
_TWO_DIGITS = [f"{number:02}" for number in range(60)]
_CHUNK_BYTES = 65_536
_DAY_S = 86_400
_YEAR_10000_S = 253_402_300_800
_INNER_PAD = int.from_bytes(b"\x36" * 64, "big")
_OUTER_PAD = int.from_bytes(b"\x5c" * 64, "big")


class Credentials(msgspec.Struct, frozen=True):
    """Keys to sign with; temporary ones have a `session_token`. The repr shows no secret.

    Raises ValidationError, which names the field and not its value, for a key that is not a string,
    is empty, has white space around it, or contains a character that is not allowed in a key.
    """

    access_key_id: str
    secret_access_key: str
    session_token: str | None = None

    def __post_init__(self) -> None:
        for field in self.__struct_fields__:
            value = getattr(self, field)
            if not isinstance(value, str):
                if value is None and field == "session_token":
                    continue
                wrong = f"expected a str, got {type(value).__name__}"
            elif not value and field != "session_token":
                wrong = "it is empty"
            elif value != value.strip():
                wrong = "it begins or ends with white space or a line break: remove it"
            # The secret is never sent, and some compatible services have unusual ones.
            elif not (value.isprintable() if field == "secret_access_key" else _is_plain(value)):
                wrong = "it contains a character that is not allowed in a key"
            else:
                continue
            raise ValidationError(f"{field}: {wrong}")

    def __repr__(self) -> str:
        return f"Credentials(access_key_id={self.access_key_id!r})"

    def __rich_repr__(self) -> list[tuple[str, str]]:
        return [("access_key_id", self.access_key_id)]


def amz_date(epoch_s: float) -> str:
    """Write POSIX seconds as `20261123T103000Z`. ValueError outside the years 1970 to 9999."""
    if not 0 <= epoch_s < _YEAR_10000_S:
        raise ValueError(f"no date for {epoch_s!r} seconds after 1970")
    day, clock = divmod(int(epoch_s), _DAY_S)
    # Whole-number arithmetic, because time.gmtime fails past 2038 where time_t has 32 bits. Years
    # are counted from March, so that the leap day ends one; 400 years (an era) are 146,097 days.
    era, day_of_era = divmod(day + 719_468, 146_097)
    year = (day_of_era - day_of_era // 1460 + day_of_era // 36_524 - day_of_era // 146_096) // 365
    day_of_year = day_of_era - (365 * year + year // 4 - year // 100)
    month = (5 * day_of_year + 2) // 153  # 0 is March
    year += era * 400 + (month >= 10)
    day_of_month = day_of_year - (153 * month + 2) // 5 + 1
    return _timestamp(f"{year:04}{(month + 2) % 12 + 1:02}{day_of_month:02}", clock)


def _timestamp(date: str, clock: int) -> str:
    two = _TWO_DIGITS  # twice as fast as format specifications
    return f"{date}T{two[clock // 3600]}{two[clock // 60 % 60]}{two[clock % 60]}Z"


def uri_encode(text: str, safe_slash: bool = False) -> str:
    """Percent-encode the UTF-8 of `text`, except for RFC 3986's unreserved characters (and `/`)."""
    if text.isalnum() and text.isascii():
        return text
    encoded = text.encode()
    reserved = encoded.translate(None, _UNRESERVED + b"/" if safe_slash else _UNRESERVED)
    if not reserved:
        return text
    encoded = encoded.replace(b"%", b"%25")  # before other escapes bring their own
    for byte in set(reserved) - {0x25}:
        encoded = encoded.replace(bytes((byte,)), b"%%%02X" % byte)
    return encoded.decode()


def canonical_path(path: str, *, s3: bool) -> str:
    """Return the canonical form of a path in a request line, where it is percent-encoded once.

    S3 signs the path unchanged. Every other service signs it without dot segments and double
    slashes, and percent-encoded a second time. Raises ValueError if a request line cannot have it.
    """
    if not (_is_plain(path) and f"{path}/"[0] == "/") or "?" in path or "#" in path:
        raise ValueError(f"path is not percent-encoded, or begins without a slash: {path!r}")
    if s3 or not path:
        return path or "/"
    kept: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            del kept[-1:]
        elif segment not in ("", "."):
            kept.append(segment)
    end = "/" if kept and path[-1] == "/" else ""
    return uri_encode(f"/{'/'.join(kept)}{end}", True)


def canonical_query(query: str) -> str:
    """Return the canonical form of a request line's query: sorted, with `=` after every key."""
    if not _is_plain(query) or "#" in query:
        raise ValueError(f"query is not percent-encoded: {query!r}")
    pairs = sorted(pair.partition("=") for pair in query.split("&"))
    return "&".join([f"{key}={value}" for key, _, value in pairs]) if query else ""


def canonical_request(
    method: str, path: str, query: str, headers: Mapping[str, str], payload_hash: str
) -> tuple[str, str]:
    """First stage: the request as text, and the names of its signed headers (`host;x-amz-date`).

    `path` and `query` must be canonical. Raises ValueError for a method or header that cannot be
    sent unchanged, and for header names that differ only in case.
    """
    return _canonical_text(method, path, query, _canonical_headers(headers), payload_hash)


def string_to_sign(timestamp: str, scope: str, canonical: str) -> str:
    """Second stage, from `amz_date`, `credential_scope` and `canonical_request`."""
    return f"{ALGORITHM}\n{timestamp}\n{scope}\n{sha256(canonical.encode()).hexdigest()}"


def credential_scope(date: str, region: str, service: str) -> str:
    """Return the scope of a derived key; `date` is `20261123`."""
    return f"{date}/{region}/{service}/aws4_request"


def signing_key(secret_access_key: str, date: str, region: str, service: str) -> bytes:
    """Derive the 32-byte key of one `credential_scope`."""
    key = b"AWS4" + secret_access_key.encode()
    for part in (date, region, service, "aws4_request"):
        key = _hmac(_hmac_pads(key), part).digest()
    return key


def signature(key: bytes, text: str) -> str:
    """Third stage: 64 hexadecimal digits, from `signing_key` and `string_to_sign`."""
    return _hmac(_hmac_pads(key), text).hexdigest()


def payload_hash(body: bytes | bytearray | memoryview | BinaryIO) -> str:
    """SHA-256 of a body in hexadecimal.

    A file must be binary and seekable. It is read in pieces from its position, and then rewound.
    Raises ValueError if it is not in blocking mode, and has no data yet.
    """
    if isinstance(body, (bytes, bytearray, memoryview)):
        return sha256(body).hexdigest()
    digest = sha256()
    position = body.tell()
    try:
        while (chunk := body.read(_CHUNK_BYTES)) != b"":
            if chunk is None:
                raise ValueError("read() returned None: expected a file in blocking mode")
            digest.update(chunk)
    finally:
        body.seek(position)
    return digest.hexdigest()


class Head:
    """The parts of a request that do not depend on its time, body and keys. `Signer.prepare` makes
    it, and any signer may use it, because it does not depend on region or credentials either.
    """

    __slots__ = ("form", "headers", "method", "path", "query", "signs_hash")

    def __init__(
        self, method: str, path: str, query: str, headers: Mapping[str, str], s3: bool
    ) -> None:
        self.method = method
        self.path = canonical_path(path, s3=s3)
        self.query = canonical_query(query)
        self.headers = prepare_headers(headers)
        self.signs_hash = s3
        self.form = self.lay_out(None, s3)

    def lay_out(self, token: str | None, signs_hash: bool) -> Form:
        """Write the known parts of the canonical request, and keep them for similar requests."""
        # NUL marks the gaps that each request fills, because no header can contain NUL.
        headers = {**self.headers, "x-amz-date": "\0"}
        if token:
            headers["x-amz-security-token"] = token
        if signs_hash:
            headers["x-amz-content-sha256"] = "\0"
        text, names = _canonical_text(self.method, self.path, self.query, headers, "\0")
        start, *between, rest, _ = text.split("\0")
        form = token, signs_hash, sha256(start.encode()), "".join(between), rest, names
        self.form = form
        return form


class Signer:
    """Signs requests for one region and service, and keeps the last key that it derived.

    Threads can share it. Raises ValueError if region or service is not a plain name.
    """

    __slots__ = ("_key", "region", "s3", "service")

    def __init__(self, region: str, service: str, *, s3: bool = False) -> None:
        for what, name in (("region", region), ("service", service)):
            if not name or name.strip(_ALNUM + "-_."):
                raise ValueError(f"{what} for the signature is not a plain name: {name!r}")
        self.region = region
        self.service = service
        self.s3 = s3
        # A tuple, replaced as a whole like Head.form, so that no thread sees half of a change.
        self._key: Key = (-1, "", "", 0, "", *_hmac_pads(b""))

    def __repr__(self) -> str:
        return f"Signer({self.region!r}, {self.service!r}, s3={self.s3})"

    def prepare(self, method: str, path: str, query: str, headers: Mapping[str, str]) -> Head:
        """Compute once what all requests of one kind share.

        `path` and `query` are those of the request line. `headers` must have `host`, and none of
        `SIGNER_HEADERS`. Raises ValueError otherwise, and what the canonical functions raise.
        """
        return Head(method, path, query, headers, self.s3)

    def sign(self, head: Head, body_hash: str, credentials: Credentials, epoch_s: float) -> str:
        """Return the header lines to add to the prepared ones. `body_hash` is from `payload_hash`.

        These are `authorization` and `x-amz-date`; `x-amz-security-token` if there is a token;
        `x-amz-content-sha256` for S3 and whenever the body is not signed (`UNSIGNED_PAYLOAD`).
        """
        key = self._key
        if not 0 <= epoch_s - key[0] < 1 or key[1] != credentials.secret_access_key:
            key = self._renew_key(credentials.secret_access_key, epoch_s)
        _, _, stamp, _, scope, inner, outer = key

        token = credentials.session_token
        signs_hash = head.signs_hash or body_hash == "UNSIGNED-PAYLOAD"
        form = head.form
        if form[0] != token or form[1] is not signs_hash:
            form = head.lay_out(token, signs_hash)
        _, _, start, between, rest, names = form
        digest = start.copy()  # of everything before the first gap
        if signs_hash:
            digest.update(f"{body_hash}{between}{stamp}{rest}{body_hash}".encode())
        else:
            digest.update(f"{stamp}{rest}{body_hash}".encode())

        inner = inner.copy()  # _hmac, without a call
        inner.update(f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{digest.hexdigest()}".encode())
        outer = outer.copy()
        outer.update(inner.digest())
        lines = (
            f"authorization: AWS4-HMAC-SHA256 Credential={credentials.access_key_id}/{scope}, "
            f"SignedHeaders={names}, Signature={outer.hexdigest()}\r\nx-amz-date: {stamp}\r\n"
        )
        if token:
            lines += f"x-amz-security-token: {token}\r\n"
        if signs_hash:
            lines += f"x-amz-content-sha256: {body_hash}\r\n"
        return lines

    def _renew_key(self, secret: str, epoch_s: float) -> Key:
        _, known_secret, stamp, day_s, scope, inner, outer = self._key
        if secret == known_secret and 0 <= epoch_s - day_s < _DAY_S:
            stamp = _timestamp(stamp[:8], int(epoch_s) - day_s)
        else:
            stamp = amz_date(epoch_s)
            date = stamp[:8]
            day_s = int(epoch_s) // _DAY_S * _DAY_S
            scope = credential_scope(date, self.region, self.service)
            inner, outer = _hmac_pads(signing_key(secret, date, self.region, self.service))
        key = self._key = int(epoch_s), secret, stamp, day_s, scope, inner, outer
        return key


def _hmac_pads(key: bytes) -> tuple[HASH, HASH]:
    # HMAC by its definition (RFC 2104): two digests that have hashed the padded key. Copies of
    # them sign a text in 0.7 us; hmac.digest takes 1.7, as OpenSSL 3 looks SHA-256 up each time.
    if len(key) > 64:
        key = sha256(key).digest()
    number = int.from_bytes(key.ljust(64, b"\0"), "big")
    inner = sha256((number ^ _INNER_PAD).to_bytes(64, "big"))
    return inner, sha256((number ^ _OUTER_PAD).to_bytes(64, "big"))


def _hmac(pads: tuple[HASH, HASH], text: str) -> HASH:
    inner = pads[0].copy()
    inner.update(text.encode())
    outer = pads[1].copy()
    outer.update(inner.digest())
    return outer


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable() and " " not in text


def _canonical_headers(headers: Mapping[str, str]) -> dict[str, str]:
    canonical: dict[str, str] = {}
    for name, value in headers.items():
        lower = name.lower()
        if not name or name.strip(_TOKEN):
            raise ValueError(f"not a header name: {name!r}")
        if lower in canonical:
            raise ValueError(f"header {lower} appears twice, in different case")
        if " " not in value and value.isprintable():
            canonical[lower] = value
            continue
        if not value.isprintable() and any(ord(c) < 32 or c == "\x7f" for c in value if c != "\t"):
            raise ValueError(f"header {lower} holds a control character")
        canonical[lower] = " ".join(value.split())
    return {name: value for name, value in canonical.items() if name not in UNSIGNED_HEADERS}


def prepare_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers to sign in canonical form. Raises ValueError if `host` is missing, and for
    headers that only the signer sets.
    """
    if taken := SIGNER_HEADERS.intersection(map(str.lower, headers)):
        raise ValueError(f"only the signer sets {', '.join(sorted(taken))}")
    canonical = _canonical_headers(headers)
    if "/" in canonical.get("host", "/") or not canonical["host"]:
        raise ValueError("a request needs its host header, a host or host:port")
    return canonical


def _canonical_text(
    method: str, path: str, query: str, headers: dict[str, str], body_hash: str
) -> tuple[str, str]:
    if not method or method.strip(_TOKEN):
        raise ValueError(f"not an HTTP method: {method!r}")
    names = sorted(headers)
    lines = "".join([f"{name}:{headers[name]}\n" for name in names])
    signed = ";".join(names)
    return f"{method.upper()}\n{path}\n{query}\n{lines}\n{signed}\n{body_hash}", signed
