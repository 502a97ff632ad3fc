"""Checks and parses names that come from the network.

Handles and file names become parts of paths. A handle has the characters that the API permits; a
file may have any name that a folder can hold and a line of a log can show.
"""

from __future__ import annotations

import os
import sys

from edgemote.agent.deployments.journal import HANDLE_LIMIT, is_handle
from edgemote.agent.deployments.states import ModelError

FILE_LIMIT = 255  # bytes in UTF-8, the limit of file systems
URL_LIMIT = 1_024  # characters; the API's S3Uri
HTTPS_LIMIT = 4_096  # characters; a presigned URL of S3 with a session token has 2,000
BUCKET_LIMIT = 255  # characters; old buckets may have as many
NAME_LIMITS = (4, 255)  # the API's ModelName
VERSION_LIMIT = 64  # the API's Version

_ALNUM = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_HANDLE = frozenset(_ALNUM + "-")
_BUCKET = frozenset(_ALNUM + "-_.")
_VERSION = frozenset(_ALNUM + " _.")
_HEXADECIMAL = frozenset("0123456789abcdef")
_DIGITS = {"SHA1": 40, "SHA256": 64}  # hexadecimal ones


def check_handle(handle: str | None) -> str:
    """Return the handle. Raises ModelError if it cannot be the name of a folder."""
    if not handle:
        raise ModelError("ModelHandle is missing")
    if not is_handle(handle):
        raise ModelError(
            f"ModelHandle {handle!a:.80}: expected up to {HANDLE_LIMIT} letters, digits and inner"
            " hyphens"
        )
    return handle


def split_url(url: str | None) -> tuple[str, str, str]:
    """Bucket, key and file name of s3://bucket/key. Raises ModelError for anything else."""
    if not url:
        raise ModelError("S3Url is missing")
    shown = f"S3Url {url!a:.120}"
    scheme, _, rest = url.partition("://")
    bucket, _, key = rest.partition("/")
    if scheme != "s3" or not bucket or not key or len(url) > URL_LIMIT:
        raise ModelError(f"{shown}: expected s3://bucket/key of up to {URL_LIMIT} characters")
    if not _BUCKET.issuperset(bucket) or bucket.strip(".") != bucket or len(bucket) > BUCKET_LIMIT:
        raise ModelError(f"{shown}: invalid bucket name")
    return bucket, key, _check_file_name(key.rpartition("/")[2], shown)


def _check_file_name(file: str, shown: str) -> str:
    if not _is_file_name(file) or "/" in file:
        raise ModelError(
            f"{shown}: expected the last part of the key to be a file's name of up to {FILE_LIMIT}"
            " bytes without control characters"
        )
    try:
        os.fsencode(file)
    except UnicodeEncodeError:
        raise ModelError(
            f"{shown}: this device names files in {sys.getfilesystemencoding()}, which lacks a"
            " letter of the file's name: start Python with PYTHONUTF8=1"
        ) from None
    return file


def split_https(url: str) -> tuple[str, str, str]:
    """As `split_url`, for an https URL: "", the URL without its query, and the file name."""
    place = url.partition("#")[0].partition("?")[0]
    host, _, path = place.removeprefix("https://").partition("/")
    shown = f"url {'https://' + host.rpartition('@')[2] + '/' + path!a:.120}"  # no password
    if len(url) > HTTPS_LIMIT or not url.isascii() or not url.isprintable() or " " in url:
        raise ModelError(f"{shown}: expected up to {HTTPS_LIMIT} characters of a URL")
    if not host or "@" in host or not path:
        raise ModelError(f"{shown}: expected https://HOST/PATH without a user name")
    return "", place, _check_file_name(_unquote(path.rpartition("/")[2]), shown)


def _unquote(text: str) -> str:
    """The text with each %XX replaced by the byte that it stands for."""
    first, *rest = text.split("%")
    try:
        data = b"".join(bytes.fromhex(one[:2]) + one[2:].encode() for one in rest)
        return first + data.decode()
    except ValueError:
        return text


def _is_file_name(text: str) -> bool:
    if text in ("", ".", "..") or any(letter < " " or "\x7f" <= letter < "\xa0" for letter in text):
        return False
    try:
        return len(text.encode()) <= FILE_LIMIT
    except UnicodeEncodeError:  # half of a pair
        return False


def split_name(file: str) -> tuple[str | None, str | None]:
    """Name and version of a model from NAME-VERSION.tar.gz; None for what the API would reject.

    SageMaker Edge's packaging jobs name their output like this.
    """
    stem = file.removesuffix(".tar.gz")
    name, _, version = stem.rpartition("-")
    least, most = NAME_LIMITS
    fits = least <= len(name) <= most and _HANDLE.issuperset(name) and name.strip("-") == name
    if stem == file or not fits:
        return None, None
    if not 1 <= len(version) <= VERSION_LIMIT or not _VERSION.issuperset(version):
        return name, None
    return name, version


def check_sum(kind: str | None, text: str | None) -> str:
    """SHA-1 or SHA-256 in lower-case hexadecimal. Raises ModelError for anything else."""
    if kind not in _DIGITS:
        raise ModelError(
            f"Checksum of type {kind!a:.40}: only {' and '.join(_DIGITS)} are supported"
        )
    digits = (text or "").lower()
    if len(digits) != _DIGITS[kind] or not _HEXADECIMAL.issuperset(digits):
        raise ModelError(f"Checksum {text!a:.60}: expected {_DIGITS[kind]} hexadecimal digits")
    return digits


def read_sha256(text: str | None) -> str | None:
    """x-amz-checksum-sha256 in hexadecimal; None for another value, or a composite (`...-3`)."""
    from binascii import Error, a2b_base64

    try:
        digest = a2b_base64(text or "") if "-" not in (text or "") else b""
    except (Error, ValueError):
        return None
    return digest.hex() if len(digest) == 32 else None
