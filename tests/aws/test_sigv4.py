"""The signer against AWS's published examples, botocore, awscrt and Python's own hmac.

botocore decides what is right; awscrt, written in C by other people, agrees wherever it can take
the request: it wants a query string strictly encoded and without empty pairs, and knows no white
space in headers but spaces at the ends and runs of spaces.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import re
import subprocess
import sys
import threading
import tracemalloc
from datetime import datetime, timedelta, timezone
from types import SimpleNamespace
from unittest.mock import patch
from urllib.parse import quote

import botocore.auth
import botocore.compat
import botocore.credentials
import msgspec
import pytest
from awscrt import auth as crt_auth
from awscrt import http as crt_http
from botocore.awsrequest import AWSRequest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from aws import sigv4
from aws.errors import ValidationError
from aws.sigv4 import EMPTY_PAYLOAD, UNSIGNED_PAYLOAD, Credentials, Signer
from aws.url_signature import sign_url

KEYS = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
S3_KEYS = Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
TOKEN = "AQoDYXdzEPT//////////wEXAMPLE+tc="
NOON_S = 1_440_938_160  # 20150830T123600Z
HOST = {"host": "example.amazonaws.com"}
LAST_S = 253_402_300_799  # the last second of the year 9999


# --- the judges ---------------------------------------------------------------------------------


def utc(epoch_s: float) -> datetime:
    return datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=int(epoch_s))


def sign_with_botocore(signer, request, keys, epoch_s, *, unsigned=False, expires_s=None):
    """Headers that botocore adds, or the URL that it presigns when `expires_s` is given."""
    method, path, query, headers, body = request
    kind = ("S3" if signer.s3 else "") + ("SigV4QueryAuth" if expires_s else "SigV4Auth")
    auth = getattr(botocore.auth, kind)(
        botocore.credentials.Credentials(
            keys.access_key_id, keys.secret_access_key, keys.session_token
        ),
        signer.service,
        signer.region,
        **({"expires": expires_s} if expires_s else {}),
    )
    url = f"https://{headers['host']}{path}" + (f"?{query}" if query else "")
    sent = AWSRequest(method=method, url=url, headers=headers, data=body)
    if unsigned:
        sent.context["payload_signing_enabled"] = False
        sent.context["client_config"] = SimpleNamespace(s3={"payload_signing_enabled": False})
    now = utc(epoch_s).replace(tzinfo=None)
    with patch("botocore.auth.get_current_datetime", lambda: now):
        auth.add_auth(sent)
    if expires_s:
        return sent.url
    return {name.lower(): value for name, value in sent.headers.items() if name not in headers}


def sign_with_awscrt(signer, request, body_hash, keys, epoch_s, expires_s=None):
    """The signature, out of the header or the query string."""
    method, path, query, headers, _ = request
    target = f"{path}?{query}" if query else path
    signs_hash = not expires_s and (signer.s3 or body_hash == UNSIGNED_PAYLOAD)
    kind, places = crt_auth.AwsSignatureType, crt_auth.AwsSignedBodyHeaderType
    config = crt_auth.AwsSigningConfig(
        algorithm=crt_auth.AwsSigningAlgorithm.V4,
        signature_type=kind.HTTP_REQUEST_QUERY_PARAMS if expires_s else kind.HTTP_REQUEST_HEADERS,
        credentials_provider=crt_auth.AwsCredentialsProvider.new_static(
            keys.access_key_id, keys.secret_access_key, keys.session_token
        ),
        region=signer.region,
        service=signer.service,
        date=utc(epoch_s),
        should_sign_header=lambda name: name.lower() not in botocore.auth.SIGNED_HEADERS_BLACKLIST,
        use_double_uri_encode=not signer.s3,
        should_normalize_uri_path=not signer.s3,
        signed_body_value=body_hash,
        signed_body_header_type=places.X_AMZ_CONTENT_SHA_256 if signs_hash else places.NONE,
        expiration_in_seconds=expires_s,
    )
    sent = crt_http.HttpRequest(method, target, crt_http.HttpHeaders(list(headers.items())))
    signed = crt_auth.aws_sign_request(sent, config).result(10)
    return signature_in(signed.path if expires_s else signed.headers.get("Authorization"))


def signature_in(text: str) -> str:
    found = re.search(r"Signature=([0-9a-f]{64})$", text)
    assert found, text
    return found[1]


def sign(signer, request, body_hash, keys, epoch_s):
    return read_lines(signer.sign(signer.prepare(*request[:4]), body_hash, keys, epoch_s))


def read_lines(lines):
    assert lines.endswith("\r\n")
    return dict(line.split(": ", 1) for line in lines[:-2].split("\r\n"))


def presign(signer, request, keys, epoch_s, expires_s, body_hash=None):
    method, path, query, headers, _ = request
    rest = {name: value for name, value in headers.items() if name != "host"}
    origin = f"https://{headers['host']}"
    return sign_url(signer, method, origin, path, query, rest, keys, epoch_s, expires_s, body_hash)


# --- published examples and small requests, stage by stage ---------------------------------------
# method, path, query, headers, body, session token, service: canonical request without its last
# line (the body's hash), hash of the canonical request, signature.
# "iam" is the example of the IAM user guide, "get" of AWS's signer test suite; botocore and awscrt
# gave the others.

STAGES = {
    "get": (
        ("GET", "/", "", HOST, b"", None, "service"),
        "GET\n/\n\nhost:example.amazonaws.com\nx-amz-date:20150830T123600Z\n\nhost;x-amz-date",
        "bb579772317eb040ac9ed261061d46c1f17a8133879d6129b6e1c25292927e63",
        "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
    ),
    "iam": (
        (
            "GET",
            "/",
            "Action=ListUsers&Version=2010-05-08",
            {
                "host": "iam.amazonaws.com",
                "content-type": "application/x-www-form-urlencoded; charset=utf-8",
            },
            b"",
            None,
            "iam",
        ),
        "GET\n/\nAction=ListUsers&Version=2010-05-08\n"
        "content-type:application/x-www-form-urlencoded; charset=utf-8\n"
        "host:iam.amazonaws.com\nx-amz-date:20150830T123600Z\n\ncontent-type;host;x-amz-date",
        "f536975d06c0309214f805bb90ccff089219ecd68b2577efef23edd43b7e1a59",
        "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
    ),
    "token": (
        (
            "POST",
            "/",
            "",
            {**HOST, "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "Svc.Do"},
            b'{"a":1}',
            TOKEN,
            "service",
        ),
        "POST\n/\n\ncontent-type:application/x-amz-json-1.1\nhost:example.amazonaws.com\n"
        f"x-amz-date:20150830T123600Z\nx-amz-security-token:{TOKEN}\nx-amz-target:Svc.Do\n\n"
        "content-type;host;x-amz-date;x-amz-security-token;x-amz-target",
        "db48645337af66b95f22ff14e3b5ac55ee747ab94978a87ff16ed9af45c22c02",
        "922dea690b60558830dc19e4acf514cf72ba5d12a36367c373ceaf337d81b003",
    ),
    "normalised": (
        (
            "GET",
            "/a/./b//../%E1%88%B4%20x/",
            "b=2&a=%2F&b=1&c",
            {**HOST, "my-header": "  a   b  "},
            b"",
            None,
            "service",
        ),
        "GET\n/a/%25E1%2588%25B4%2520x/\na=%2F&b=1&b=2&c=\nhost:example.amazonaws.com\n"
        "my-header:a b\nx-amz-date:20150830T123600Z\n\nhost;my-header;x-amz-date",
        "c0254e66c9b505cb270a69cdc7da09453cbcc41205828f8f7e76a2ab0ef4e46d",
        "202fc51ee5a298d8c9c9996ae38963d7be339ac44fb439b2db5c3414dce0a845",
    ),
    "s3": (
        (
            "PUT",
            "/a/./b//../%E1%88%B4%20x/",
            "",
            {
                "host": "examplebucket.s3.amazonaws.com",
                "x-amz-storage-class": "STANDARD",
                "user-agent": "any",
            },
            b"Welcome",
            None,
            "s3",
        ),
        "PUT\n/a/./b//../%E1%88%B4%20x/\n\nhost:examplebucket.s3.amazonaws.com\n"
        "x-amz-content-sha256:0e2226b5235f0ff94a276eb4d07a3bfea74b7e3b8b85e9efca6c18430f041bf8\n"
        "x-amz-date:20150830T123600Z\nx-amz-storage-class:STANDARD\n\n"
        "host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
        "d9298eecb5e7e32acf77aee9b15f67a1a3c75cf529301b099e5c2b9924864a62",
        "eb9b314e1ffde0ff4bd8e6d44080a05e5393a01d4d8b13c30df782022caab464",
    ),
}


@pytest.mark.parametrize("name", STAGES)
def test_every_stage_gives_the_published_text(name):
    (method, path, query, headers, body, token, service), lines, digest, expected = STAGES[name]
    s3 = service == "s3"
    body_hash = sigv4.payload_hash(body)
    added = {"x-amz-date": "20150830T123600Z"}
    if token:
        added["X-Amz-Security-Token"] = token
    if s3:
        added["X-Amz-Content-SHA256"] = body_hash

    canonical, names = sigv4.canonical_request(
        method,
        sigv4.canonical_path(path, s3=s3),
        sigv4.canonical_query(query),
        {**headers, **added},
        body_hash,
    )
    assert canonical == f"{lines}\n{body_hash}"
    assert names == lines.rpartition("\n")[2]

    scope = sigv4.credential_scope("20150830", "us-east-1", service)
    text = sigv4.string_to_sign(sigv4.amz_date(NOON_S), scope, canonical)
    assert text == (
        f"AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/us-east-1/{service}/aws4_request\n{digest}"
    )

    key = sigv4.signing_key(KEYS.secret_access_key, "20150830", "us-east-1", service)
    assert sigv4.signature(key, text) == expected

    keys = msgspec.structs.replace(KEYS, session_token=token)
    signer = Signer("us-east-1", service, s3=s3)
    head = signer.prepare(method, path, query, headers)
    assert read_lines(signer.sign(head, body_hash, keys, NOON_S)) == {
        "authorization": f"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/{scope}, "
        f"SignedHeaders={names}, Signature={expected}",
        **{name.lower(): value for name, value in added.items()},
    }


def test_the_derived_key_is_the_one_of_the_iam_user_guide():
    key = sigv4.signing_key(KEYS.secret_access_key, "20150830", "us-east-1", "iam")
    assert key.hex() == "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9"


def test_the_examples_of_the_s3_guide():
    signer = Signer("us-east-1", "s3", s3=True)
    start_s = 1_369_353_600  # 20130524T000000Z
    host = "examplebucket.s3.amazonaws.com"
    head = signer.prepare("GET", "/test.txt", "", {"Host": host, "Range": "bytes=0-9"})
    added = read_lines(signer.sign(head, EMPTY_PAYLOAD, S3_KEYS, start_s))
    assert signature_in(added["authorization"]) == (
        "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
    )
    url = sign_url(signer, "GET", f"https://{host}", "/test.txt", "", {}, S3_KEYS, start_s, 86_400)
    assert signature_in(url) == "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"


# --- requests of all kinds, against botocore and awscrt -------------------------------------------

TEXT = st.text(max_size=8) | st.sampled_from(["", ".", "..", "...", "%", "%2F", "a b", "é/ü", "~+"])
SUB_DELIMS = "!$&'()*+,;=:@"


def wire(text: str, raw: str = "") -> str:
    return quote(text, safe="-_.~" + raw, errors="replace")


def blank_runs(space: str):
    """Header values with runs of white space at the ends and inside."""
    gap = st.text(space, max_size=3)
    word = st.text(st.characters(codec="latin-1", categories=("L", "N", "P", "S")), max_size=6)
    return st.builds("".join, st.lists(gap | word, max_size=6))


NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9-]{0,11}", fullmatch=True) | st.sampled_from(
    ["Content-Type", "User-Agent", "X-Amz-Meta-A", "x-amz-acl", "x-amz-z", "TE", "Expect", "!a|b~"]
)


def headers_of(space: str):
    # botocore writes its own value into a Date header and then leaves x-amz-date out.
    names = NAMES.filter(lambda name: name.lower() not in {*sigv4.SIGNER_HEADERS, "host", "date"})
    return st.lists(
        st.tuples(names, blank_runs(space)), max_size=5, unique_by=lambda h: h[0].lower()
    )


@st.composite
def requests(draw, *, strict: bool):
    """Method, path, query, headers, body. `strict` keeps to what awscrt can sign."""
    # awscrt reads a path with a raw colon as host and port.
    raw = draw(st.sampled_from(["", SUB_DELIMS.replace(":", "") if strict else SUB_DELIMS]))
    segments = draw(st.lists(TEXT.map(lambda text: wire(text, raw)), max_size=6))
    if strict:
        name = TEXT.filter(bool).map(wire)
        pairs = draw(st.lists(st.tuples(name, TEXT.map(wire)), max_size=5))
        query = "&".join(key + (f"={value}" if value else "") for key, value in pairs)
    else:
        pair = st.text("aAb%2Ff=~/?+!.-", max_size=8)
        query = "&".join(draw(st.lists(TEXT.map(wire) | pair, max_size=5)))
    headers = dict(draw(headers_of(" " if strict else " \t\xa0\x85\u2003")))
    body = draw(st.binary(max_size=200) | st.sampled_from([b"", bytes(70_000)]))
    method = draw(st.sampled_from(["GET", "PUT", "POST", "DELETE", "HEAD"]))
    return method, "/" + "/".join(segments), query, {**HOST, **headers}, body


PRINTABLE = st.characters(min_codepoint=0x21, max_codepoint=0x7E)
CREDENTIALS = st.builds(
    Credentials,
    st.text(PRINTABLE, min_size=1, max_size=20),
    # What is printable on every Python, and no blank, which may not stand at the ends.
    st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1, max_size=70),
    st.none() | st.text(PRINTABLE, min_size=1, max_size=90),
)
NAME = st.from_regex(r"[a-z][a-z0-9-]{0,12}", fullmatch=True)
SIGNERS = st.builds(Signer, NAME, NAME, s3=st.booleans())
TIMES = st.integers(0, LAST_S) | st.floats(0, 4e9) | st.just(2**31 + 0.5)


@settings(max_examples=80, deadline=None)
@given(SIGNERS, requests(strict=False), CREDENTIALS, TIMES, st.booleans())
def test_headers_equal_those_of_botocore(signer, request, keys, epoch_s, unsigned):
    body_hash = UNSIGNED_PAYLOAD if unsigned else sigv4.payload_hash(request[4])
    ours = sign(signer, request, body_hash, keys, epoch_s)
    assert ours == sign_with_botocore(signer, request, keys, epoch_s, unsigned=unsigned)


@settings(max_examples=80, deadline=None)
@given(SIGNERS, requests(strict=True), CREDENTIALS, TIMES, st.booleans())
def test_signatures_equal_those_of_awscrt(signer, request, keys, epoch_s, unsigned):
    body_hash = UNSIGNED_PAYLOAD if unsigned else sigv4.payload_hash(request[4])
    ours = sign(signer, request, body_hash, keys, epoch_s)
    assert signature_in(ours["authorization"]) == sign_with_awscrt(
        signer, request, body_hash, keys, epoch_s
    )


@settings(max_examples=80, deadline=None)
@given(SIGNERS, requests(strict=True), CREDENTIALS, TIMES, st.integers(1, 604_800), st.booleans())
def test_presigned_signatures_equal_those_of_awscrt(
    signer, request, keys, epoch_s, expires_s, signs_body
):
    body_hash = sigv4.payload_hash(request[4]) if signs_body else None
    signed_hash = body_hash or (UNSIGNED_PAYLOAD if signer.s3 else EMPTY_PAYLOAD)
    url = presign(signer, request, keys, epoch_s, expires_s, body_hash)
    assert signature_in(url) == sign_with_awscrt(
        signer, request, signed_hash, keys, epoch_s, expires_s
    )


@settings(max_examples=80, deadline=None)
@given(SIGNERS, requests(strict=True), CREDENTIALS, TIMES, st.integers(1, 604_800))
def test_presigned_urls_equal_those_of_botocore(signer, request, keys, epoch_s, expires_s):
    method, path, query, headers, _ = request
    # botocore keeps the first value of each key, writes `a` as `a=`, and would move a body into
    # the query string: begin with what it would make of the query.
    pairs = [pair.partition("=")[::2] for pair in query.split("&") if pair]
    query = "&".join(f"{key}={value}" for key, value in dict(reversed(pairs)).items())
    request = method, path, query, headers, b""
    theirs = sign_with_botocore(signer, request, keys, epoch_s, expires_s=expires_s)
    assert presign(signer, request, keys, epoch_s, expires_s) == theirs


# --- the parts -----------------------------------------------------------------------------------


@given(st.integers(0, LAST_S) | st.floats(0, LAST_S))
@example(0)
@example(2**31 - 1)
@example(2**31)  # the first second that a 32-bit time_t cannot hold
@example(2**32)
@example(951_782_400)  # 29 February 2000
@example(4_107_542_400)  # 1 March 2100, which has no 29 February
@example(LAST_S)
def test_dates_equal_those_of_datetime(epoch_s):
    assert sigv4.amz_date(epoch_s) == f"{utc(epoch_s):%Y%m%dT%H%M%SZ}".zfill(16)


def test_days_of_every_year_from_1970_to_9999_have_their_date():
    for day in range(0, 2_932_897, 61):  # 61 shares no factor with a month, a year or an era
        assert sigv4.amz_date(day * 86_400)[:8] == (
            datetime(1970, 1, 1) + timedelta(days=day)
        ).strftime("%Y%m%d")
    for year in range(1970, 10_000):
        for month, day in ((1, 1), (2, 28), (3, 1), (12, 31)):
            midnight_s = (datetime(year, month, day) - datetime(1970, 1, 1)).days * 86_400
            assert sigv4.amz_date(midnight_s) == f"{year}{month:02}{day:02}T000000Z"


@pytest.mark.parametrize("epoch_s", [-1, -0.1, LAST_S + 1, float("nan"), float("inf")])
def test_a_time_without_a_date_is_refused(epoch_s):
    with pytest.raises(ValueError, match="no date for"):
        sigv4.amz_date(epoch_s)
    signer = Signer("us-east-1", "service")
    for _ in range(2):
        with pytest.raises(ValueError, match="no date for"):
            sign(signer, ("GET", "/", "", HOST), EMPTY_PAYLOAD, KEYS, epoch_s)
        sign(signer, ("GET", "/", "", HOST), EMPTY_PAYLOAD, KEYS, 0)


@given(st.text(st.characters(codec="utf-8")), st.booleans())
@example("%25%2F/~", True)
@example("".join(map(chr, range(256))), False)
def test_text_is_encoded_as_botocore_does(text, safe_slash):
    safe = "-_.~/" if safe_slash else "-_.~"
    assert sigv4.uri_encode(text, safe_slash) == botocore.compat.quote(text, safe=safe)


@pytest.mark.parametrize("path", ["", "/"])
@pytest.mark.parametrize("s3", [False, True])
def test_an_empty_path_is_sent_and_signed_as_a_slash(path, s3):
    assert sigv4.canonical_path(path, s3=s3) == "/"


@given(st.binary(max_size=200), st.text(st.characters(codec="utf-8"), max_size=300))
def test_signature_is_the_hmac_of_the_standard_library(key, text):
    assert sigv4.signature(key, text) == hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


@pytest.mark.parametrize("length", [0, 1, 63, 64, 65, 66, 129])
def test_keys_longer_than_a_block_are_hashed_first(length):
    key = bytes(range(1, length + 1))
    assert sigv4.signature(key, "text") == hmac.new(key, b"text", hashlib.sha256).hexdigest()


def test_the_headers_that_nobody_signs_are_those_of_botocore():
    assert {*botocore.auth.SIGNED_HEADERS_BLACKLIST, "authorization"} == sigv4.UNSIGNED_HEADERS


def test_methods_are_signed_in_upper_case_and_tabs_as_spaces():
    text, _ = sigv4.canonical_request("get", "/", "", {"X-A": "\ta\t b"}, "hash")
    assert text == "GET\n/\n\nx-a:a b\n\nx-a\nhash"


@given(st.binary(max_size=100))
def test_bodies_are_hashed_whatever_holds_them(body):
    expected = hashlib.sha256(body).hexdigest()
    for held in (body, bytearray(body), memoryview(body), io.BytesIO(body)):
        assert sigv4.payload_hash(held) == expected
    assert sigv4.payload_hash(b"") == EMPTY_PAYLOAD


def test_a_file_is_hashed_in_constant_memory_from_where_it_stands(tmp_path):
    body = bytes(range(256)) * 16_384  # 4 MiB
    path = tmp_path / "model"
    path.write_bytes(body)
    with path.open("rb") as file:
        file.seek(1000)
        tracemalloc.start()
        try:
            digest = sigv4.payload_hash(file)
            peak_bytes = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert digest == hashlib.sha256(body[1000:]).hexdigest()
        assert file.tell() == 1000
    assert peak_bytes < 300_000


def test_a_file_is_put_back_when_reading_fails():
    class Worn(io.BytesIO):
        def read(self, size=-1):
            super().read(2)
            raise OSError("bad sector")

    file = Worn(b"abcdef")
    file.seek(1)
    with pytest.raises(OSError, match="bad sector"):
        sigv4.payload_hash(file)
    assert file.tell() == 1


def test_a_file_that_has_nothing_yet_has_not_ended():
    class Slow(io.BytesIO):
        def read(self, size=-1):
            return super().read(2) or None

    file = Slow(b"abcdef")
    with pytest.raises(ValueError, match=r"read\(\) returned None: expected a file in"):
        sigv4.payload_hash(file)
    assert file.tell() == 0


@pytest.mark.parametrize("body", ["text", None, io.StringIO("text")])
def test_what_is_not_bytes_is_no_body(body):
    with pytest.raises((TypeError, AttributeError)):
        sigv4.payload_hash(body)


# --- what a signer keeps --------------------------------------------------------------------------

CAST = [
    KEYS,
    S3_KEYS,
    msgspec.structs.replace(KEYS, session_token=TOKEN),
    msgspec.structs.replace(KEYS, secret_access_key="another"),
]
HEADS = [("GET", "/a", "b=1", HOST), ("POST", "/", "", {**HOST, "x-amz-target": "T.Do"})]
MIDNIGHT_S = 1_440_979_200
STEPS = st.tuples(
    st.integers(0, 3),  # signer
    st.integers(0, 3),  # which signer prepared the head
    st.integers(0, 1),  # head
    st.integers(0, 3),  # credentials
    st.sampled_from([EMPTY_PAYLOAD, "0" * 64, UNSIGNED_PAYLOAD]),
    st.sampled_from([0, 0.5, 1, MIDNIGHT_S - 0.5, MIDNIGHT_S - 1, MIDNIGHT_S, MIDNIGHT_S + 86_400])
    | st.floats(MIDNIGHT_S - 2, MIDNIGHT_S + 2),
)


def troupe():
    signers = [
        Signer("us-east-1", "service"),
        Signer("eu-west-1", "service"),
        Signer("us-east-1", "other"),
        Signer("us-east-1", "s3", s3=True),
    ]
    return signers, [[signer.prepare(*head) for head in HEADS] for signer in signers]


@given(st.lists(STEPS, max_size=12))
def test_no_order_of_use_mixes_signers_keys_heads_bodies_or_days(steps):
    signers, heads = troupe()
    for signer, prepared_by, head, keys, body_hash, epoch_s in steps:
        fresh_signers, fresh_heads = troupe()
        assert signers[signer].sign(
            heads[prepared_by][head], body_hash, CAST[keys], epoch_s
        ) == fresh_signers[signer].sign(
            fresh_heads[prepared_by][head], body_hash, CAST[keys], epoch_s
        )


def test_midnight_changes_date_scope_and_key():
    signer = Signer("us-east-1", "service")
    request = ("GET", "/", "", HOST, b"")
    head = signer.prepare(*request[:4])
    for epoch_s in (MIDNIGHT_S - 1, MIDNIGHT_S, MIDNIGHT_S - 0.25, MIDNIGHT_S + 86_399.75):
        ours = read_lines(signer.sign(head, EMPTY_PAYLOAD, KEYS, epoch_s))
        assert ours == sign_with_botocore(signer, request, KEYS, epoch_s)
    last = read_lines(signer.sign(head, EMPTY_PAYLOAD, KEYS, MIDNIGHT_S))
    assert last["x-amz-date"] == "20150831T000000Z"


def test_threads_may_share_a_signer_and_a_head():
    signer = Signer("us-east-1", "service")
    head = signer.prepare(*HEADS[0])
    jobs = [(keys, MIDNIGHT_S - 1 + second) for keys in CAST for second in range(3)]
    expected = [
        sign(Signer("us-east-1", "service"), HEADS[0], EMPTY_PAYLOAD, keys, epoch_s)
        for keys, epoch_s in jobs
    ]
    wrong = []

    def work(offset):
        for number in range(offset, offset + 600):
            keys, epoch_s = jobs[number % len(jobs)]
            lines = signer.sign(head, EMPTY_PAYLOAD, keys, epoch_s)
            if read_lines(lines) != expected[number % len(jobs)]:
                wrong.append(number)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        threads = [threading.Thread(target=work, args=(offset,)) for offset in (0, 5, 10)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert not wrong


def test_an_empty_session_token_is_none():
    keys = msgspec.structs.replace(KEYS, session_token="")
    signer = Signer("us-east-1", "service")
    assert sign(signer, HEADS[0], EMPTY_PAYLOAD, keys, NOON_S) == sign(
        signer, HEADS[0], EMPTY_PAYLOAD, KEYS, NOON_S
    )
    assert "Token" not in presign(signer, (*HEADS[0], b""), keys, NOON_S, 60)


# --- secrets and refusals -------------------------------------------------------------------------


def test_no_repr_shows_a_secret():
    keys = msgspec.structs.replace(KEYS, session_token=TOKEN)
    signer = Signer("us-east-1", "service")
    head = signer.prepare(*HEADS[0])
    signer.sign(head, EMPTY_PAYLOAD, keys, NOON_S)
    assert repr(keys) == "Credentials(access_key_id='AKIDEXAMPLE')"
    assert repr(signer) == "Signer('us-east-1', 'service', s3=False)"
    shown = f"{keys} {[keys]} {keys.__rich_repr__()} {signer} {head!r}"
    assert keys.secret_access_key not in shown
    assert TOKEN not in shown


def test_credentials_are_equal_by_value_and_do_not_change():
    assert Credentials("a", "b") == Credentials("a", "b", None) != Credentials("a", "b", "c")
    with pytest.raises(AttributeError):
        KEYS.secret_access_key = "other"


@pytest.mark.parametrize(
    "fields",
    [
        ("", "secret-part"),
        ("AKID", ""),
        ("AKID\r\nx: y", "secret-part"),
        ("AKID", "secret-part", "token-part\n"),
        ("AKID", "secret-part", "token-part part"),
        ("AKID", "secret-part", "tök-part"),
        ("AKID", b"secret-part"),
        ("AKID", None),
        (7, "secret-part"),
        ("AKID", "secret-part", ["token-part"]),
        ("AKID", "secret-\ud800-part"),
    ],
)
def test_credentials_that_no_header_can_hold_are_refused_without_showing_them(fields):
    name = r"^(access_key_id|secret_access_key|session_token): "
    with pytest.raises(ValidationError, match=name) as caught:
        Credentials(*fields)
    assert isinstance(caught.value, ValueError)
    assert "-part" not in str(caught.value)


def test_secrets_that_botocore_signs_with_are_taken():
    for secret in ("sécret", "two words", "a/b+c="):
        assert Credentials("AKID", secret).secret_access_key == secret


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"headers": {**HOST, "X-A": "1", "x-a": "2"}}, "x-a appears twice"),
        ({"headers": {**HOST, "x-a": "1\r\nx-b: 2"}}, "x-a holds a control character"),
        ({"headers": {**HOST, "x-a": "1\n"}}, "x-a holds a control character"),
        ({"headers": {**HOST, "x-a": "\0"}}, "x-a holds a control character"),
        ({"headers": {**HOST, "x-a": "\x7f"}}, "x-a holds a control character"),
        ({"headers": {**HOST, "user-agent": "a\r\nb"}}, "user-agent holds a control character"),
        ({"headers": {**HOST, "x a": "1"}}, "not a header name"),
        ({"headers": {**HOST, "x-a:": "1"}}, "not a header name"),
        ({"headers": {**HOST, "": "1"}}, "not a header name"),
        ({"headers": {**HOST, "x-\u00e9": "1"}}, "not a header name"),
        ({"headers": {}}, "needs its host header"),
        ({"headers": {"host": " "}}, "needs its host header"),
        ({"headers": {"host": "https://example.amazonaws.com"}}, "needs its host header"),
        ({"headers": {**HOST, "Authorization": "x"}}, "only the signer sets authorization"),
        ({"headers": {**HOST, "X-Amz-Date": "x"}}, "only the signer sets x-amz-date"),
        ({"method": "GET / HTTP/1.1\r\n"}, "not an HTTP method"),
        ({"method": ""}, "not an HTTP method"),
        ({"path": "a"}, "path is not percent-encoded"),
        ({"path": "/a b"}, "path is not percent-encoded"),
        ({"path": "/\u00e9"}, "path is not percent-encoded"),
        ({"path": "/a?b"}, "path is not percent-encoded"),
        ({"path": "/a#b"}, "path is not percent-encoded"),
        ({"query": "a=b c"}, "query is not percent-encoded"),
        ({"query": "a=b\r\n"}, "query is not percent-encoded"),
        ({"query": "a#b"}, "query is not percent-encoded"),
    ],
)
@pytest.mark.parametrize("s3", [False, True])
def test_a_request_that_cannot_be_sent_as_signed_is_refused(change, message, s3):
    request = {"method": "GET", "path": "/", "query": "", "headers": HOST, **change}
    with pytest.raises(ValueError, match=message):
        Signer("us-east-1", "service", s3=s3).prepare(**request)


@pytest.mark.parametrize("name", ["", " ", "us east", "a/b", "a\n", "a,b", "\u00fc"])
def test_region_and_service_must_be_plain_names(name):
    with pytest.raises(ValueError, match="region for the signature"):
        Signer(name, "service")
    with pytest.raises(ValueError, match="service for the signature"):
        Signer("us-east-1", name)


@pytest.mark.parametrize("origin", ["", "example.amazonaws.com", "https://", "https://a/b"])
def test_a_presigned_url_needs_scheme_and_host(origin):
    with pytest.raises(ValueError, match="needs its host header"):
        sign_url(Signer("us-east-1", "s3", s3=True), "GET", origin, "/", "", {}, KEYS, NOON_S, 60)


@pytest.mark.parametrize("expires_s", [-1, 0, 604_801])
def test_a_presigned_url_lives_a_week_at_most(expires_s):
    with pytest.raises(ValueError, match="expires_s: expected whole seconds from 1 to 604800, got"):
        presign(Signer("us-east-1", "s3", s3=True), (*HEADS[0], b""), KEYS, NOON_S, expires_s)


@pytest.mark.parametrize(
    ("use", "costs"), [("pass", []), ("aws.sigv4.payload_hash(b'')", ["_hashlib"])]
)
def test_the_signer_costs_no_more_than_msgspec_and_when_it_signs_one_digest(use, costs):
    script = (
        f"import sys, msgspec; before = set(sys.modules); import aws.sigv4; {use};"
        "print(*sorted(set(sys.modules) - before))"
    )
    shown = subprocess.run(
        [sys.executable, "-c", script],
        env={"PYTHONPATH": str(sigv4.__file__).rpartition("/aws/")[0]},
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert [name for name in shown.stdout.split() if name.partition(".")[0] != "aws"] == costs
