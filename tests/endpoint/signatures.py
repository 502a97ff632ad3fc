"""Is this request signed by someone we know? Signature Version 4, judged by botocore's signer.

The order of the checks and the wording follow what AWS's JSON front ends answer. Nothing of a
secret or a token gets into a message: what a client sent is echoed as a hash, as AWS does now.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from calendar import timegm
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from time import gmtime, strftime, strptime

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.compat import HTTPHeaders
from botocore.credentials import Credentials

from endpoint.answers import RefusedError

ALGORITHM = "AWS4-HMAC-SHA256"
TERMINATOR = "aws4_request"
WINDOW_S = 300
COMPACT_TIME = "%Y%m%dT%H%M%SZ"
TOKEN_HEADER = "x-amz-security-token"

INVALID_TOKEN = "The security token included in the request is invalid."
MISMATCH = (
    "The request signature we calculated does not match the signature you provided. "
    "Check your AWS Secret Access Key and signing method."
)


@dataclass(frozen=True)
class Key:
    """An access key that the endpoint knows; temporary when it has a session token."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str | None = field(default=None, repr=False)
    expires_at_s: float | None = None

    def environment(self) -> dict[str, str]:
        """The key as the environment variables that every AWS client reads."""
        values = {
            "AWS_ACCESS_KEY_ID": self.access_key_id,
            "AWS_SECRET_ACCESS_KEY": self.secret_access_key,
        }
        if self.session_token is not None:
            values["AWS_SESSION_TOKEN"] = self.session_token
        return values


def make_key(*, temporary: bool = False, expires_at_s: float | None = None) -> Key:
    """A random key in AWS's format: AKIA… for permanent, ASIA… with a token for temporary."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    suffix = "".join(secrets.choice(letters) for _ in range(16))
    token = base64.b64encode(secrets.token_bytes(240)).decode() if temporary else None
    return Key(
        ("ASIA" if temporary else "AKIA") + suffix,
        base64.b64encode(secrets.token_bytes(30)).decode(),
        token,
        expires_at_s,
    )


@dataclass(frozen=True)
class Request:
    """A request as it came: raw target, header names in lower case, every byte of the body."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes = field(repr=False)

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key == name), None)

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]


@dataclass(frozen=True)
class Claim:
    """What the Authorization header says about who signed, when and what."""

    access_key_id: str
    date: str
    region: str
    service: str
    terminator: str
    signed_headers: tuple[str, ...]
    signature: str


class ReceivedSigner(SigV4Auth):
    """botocore's signer, over exactly the headers that the client says it signed.

    botocore leaves User-Agent and a few others out when it signs; other clients may not.
    """

    def __init__(self, key: Key, claim: Claim) -> None:
        credentials = Credentials(key.access_key_id, key.secret_access_key)
        super().__init__(credentials, claim.service, claim.region)
        self._names = claim.signed_headers

    def headers_to_sign(self, request: AWSRequest) -> HTTPHeaders:
        chosen = HTTPHeaders()
        for name in self._names:
            for value in request.context["received"].get(name, [""]):
                chosen[name] = value
        return chosen


def verify(
    request: Request, keys: dict[str, Key], *, region: str, service: str, now_s: float
) -> Key:
    """The key that signed `request`; raises RefusedError with the code that AWS would answer."""
    header = request.header("authorization")
    if not header:
        raise RefusedError("MissingAuthenticationTokenException", "Missing Authentication Token")
    claim = read_claim(header, request)
    signed_at_s = read_date(request)
    check_scope(claim, signed_at_s, region, service)
    key = find_key(claim, request, keys, now_s)
    check_window(signed_at_s, now_s)
    check_signature(request, key, claim, signed_at_s)
    return key


def read_claim(header: str, request: Request) -> Claim:
    """Take the Authorization header apart; an absent part is an IncompleteSignatureException."""
    digest = base64.b64encode(hashlib.sha256(header.encode()).digest()).decode()
    hashed = f"(hashed with SHA-256 and encoded with Base64): '{digest}'"
    scheme, _, rest = header.partition(" ")
    if scheme != ALGORITHM:
        raise RefusedError(
            "IncompleteSignatureException",
            f"Unsupported algorithm in Authorization header {hashed}.",
        )
    parts: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in rest.split(","))):
        name, equals, value = part.partition("=")
        if not equals:
            raise RefusedError(
                "IncompleteSignatureException",
                f"Invalid key=value pair (missing equal-sign) in Authorization header {hashed}.",
            )
        parts[name] = value
    missing = [
        f"Authorization header requires '{name}' parameter."
        for name in ("Credential", "Signature", "SignedHeaders")
        if not parts.get(name)
    ]
    if not (request.header("x-amz-date") or request.header("date")):
        missing.append(
            "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."
        )
    if missing:
        raise RefusedError("IncompleteSignatureException", f"{' '.join(missing)} {hashed}")
    scope = parts["Credential"].split("/")
    if len(scope) != 5:
        raise RefusedError(
            "IncompleteSignatureException",
            "Credential must have exactly 5 slash-delimited elements, "
            f"e.g. keyid/date/region/service/term, got {len(scope)} {hashed}",
        )
    return Claim(*scope, tuple(parts["SignedHeaders"].split(";")), parts["Signature"])


def read_date(request: Request) -> int:
    """When the client says it signed, in POSIX seconds: X-Amz-Date, else Date."""
    compact = request.header("x-amz-date")
    try:
        if compact is None:
            return timegm(parsedate_to_datetime(request.header("date") or "").utctimetuple())
        if not re.fullmatch(r"\d{8}T\d{6}Z", compact, re.ASCII):
            raise ValueError(compact)
        return timegm(strptime(compact, COMPACT_TIME))
    except (TypeError, ValueError, OverflowError):
        raise RefusedError(
            "IncompleteSignatureException", "Date must be in ISO-8601 'basic format'."
        ) from None


def check_scope(claim: Claim, signed_at_s: int, region: str, service: str) -> None:
    """The credential scope must name this region, this service and the day of the date."""
    problems = []
    if claim.region != region:
        problems.append("Credential should be scoped to a valid region.")
    if claim.service != service:
        problems.append(f"Credential should be scoped to correct service: '{service}'.")
    if claim.terminator != TERMINATOR:
        problems.append(f"Credential should be scoped with a valid terminator: '{TERMINATOR}'.")
    day = compact_time(signed_at_s)[:8]
    if claim.date != day:
        problems.append(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date "
            f"from HTTP: '{claim.date}' != '{day}', from '{compact_time(signed_at_s)}'."
        )
    if problems:
        raise RefusedError("InvalidSignatureException", " ".join(problems))


def find_key(claim: Claim, request: Request, keys: dict[str, Key], now_s: float) -> Key:
    key = keys.get(claim.access_key_id)
    sent = request.header(TOKEN_HEADER) or ""
    if key is None or not hmac.compare_digest(sent.encode(), (key.session_token or "").encode()):
        raise RefusedError("UnrecognizedClientException", INVALID_TOKEN)
    if key.expires_at_s is not None and now_s >= key.expires_at_s:
        raise RefusedError(
            "ExpiredTokenException", "The security token included in the request is expired"
        )
    return key


def check_window(signed_at_s: int, now_s: float) -> None:
    """A signature is good for five minutes either way."""
    signed, now = compact_time(signed_at_s), compact_time(now_s)
    if signed_at_s < now_s - WINDOW_S:
        limit = compact_time(now_s - WINDOW_S)
        problem = f"Signature expired: {signed} is now earlier than {limit} ({now} - 5 min.)"
    elif signed_at_s > now_s + WINDOW_S:
        limit = compact_time(now_s + WINDOW_S)
        problem = (
            f"Signature not yet current: {signed} is still later than {limit} ({now} + 5 min.)"
        )
    else:
        return
    raise RefusedError("InvalidSignatureException", problem)


def check_signature(request: Request, key: Key, claim: Claim, signed_at_s: int) -> None:
    """Sign what arrived again and compare."""
    sent = {name for name, _ in request.headers}
    must = {"host", *(name for name in sent if name.startswith("x-amz-"))}
    if "x-amz-date" not in sent:
        must.add("date")
    for name in sorted(must - set(claim.signed_headers)):
        raise RefusedError(
            "InvalidSignatureException",
            f"'{name}' must be a 'SignedHeader' in the AWS Authorization.",
        )
    canonical, expected = sign_again(request, key, claim, signed_at_s)
    # The header is only a claim about the body; what counts are the bytes that arrived.
    actual_sha256 = hashlib.sha256(request.body).hexdigest()
    claimed_sha256 = request.header("x-amz-content-sha256") or actual_sha256
    same_body = hmac.compare_digest(claimed_sha256.encode(), actual_sha256.encode())
    if not hmac.compare_digest(expected.encode(), claim.signature.encode()) or not same_body:
        token = request.header(TOKEN_HEADER)
        detail = canonical.replace(token, "(session token)") if token else canonical
        raise RefusedError("InvalidSignatureException", MISMATCH, detail=detail)


def sign_again(request: Request, key: Key, claim: Claim, signed_at_s: int) -> tuple[str, str]:
    """The canonical request and the signature that botocore makes of the received request."""
    received: dict[str, list[str]] = {}
    for name, value in request.headers:
        received.setdefault(name, []).append(value)
    rebuilt = AWSRequest(
        request.method,
        f"https://endpoint{request.target}",
        {name: values[0] for name, values in received.items()},
        request.body,
    )
    rebuilt.context.update(timestamp=compact_time(signed_at_s), received=received)
    signer = ReceivedSigner(key, claim)
    canonical = signer.canonical_request(rebuilt)
    return canonical, signer.signature(signer.string_to_sign(rebuilt, canonical), rebuilt)


def compact_time(seconds: float) -> str:
    return strftime(COMPACT_TIME, gmtime(seconds))
