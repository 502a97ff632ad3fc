"""Downloads from an https URL with the interface of an S3 client, by GET alone.

A presigned URL is valid only for the method it was signed for, so the size is found by requesting
the first byte.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws.errors import ServiceError
from edgemote import limits
from edgemote.errors import ProtocolError
from edgemote.http import host_header
from edgemote.http.http1 import request_head

if TYPE_CHECKING:
    from collections.abc import Callable

    from edgemote.http import Response
    from edgemote.http.transport import Transport

_MESSAGE_CHARS = 200
_SECRET_CHARS = 16  # a value in the query of at least this length may be a secret


class Answer:
    """The members of HeadObject's and GetObject's outputs that downloads use."""

    __slots__ = ("Body", "ChecksumSHA256", "ContentLength", "ContentRange", "ContentType", "ETag")

    def __init__(self, response: Response) -> None:
        headers = response.headers
        length = headers.get("content-length", "")
        self.Body: Any = response.body
        self.ChecksumSHA256 = headers.get("x-amz-checksum-sha256")
        self.ContentLength = int(length) if length.isdecimal() and len(length) < 20 else None
        self.ContentRange = headers.get("content-range")
        self.ContentType = headers.get("content-type")
        # The deployment has a checksum, which is stronger.
        self.ETag = headers.get("etag") or headers.get("last-modified") or "none"


class UrlSource:
    """One URL. Raises TransportError, and ServiceError for every status but 200 and 206."""

    __slots__ = ("_host", "_target", "_transport", "_values")

    def __init__(self, url: str, open_url: Callable[[str], Transport]) -> None:
        scheme, _, place = url.partition("#")[0].partition("://")
        self._host, slash, rest = place.partition("/")
        self._target = slash + rest
        self._values = [one.partition("=")[2] for one in rest.partition("?")[2].split("&")]
        self._transport = open_url(f"{scheme}://{self._host}")

    def head_object(self, **_: object) -> Answer:
        """Size, ETag and hash."""
        answer = self._get({"range": "bytes=0-0"})
        answer.Body.close()
        if answer.ContentRange is not None:
            size = answer.ContentRange.rpartition("/")[2]
            if not size.isdecimal() or len(size) > 19:
                raise ProtocolError(f"{self._host}: it does not tell the file's size")
            answer.ContentLength = int(size)
        return answer

    def get_object(self, IfMatch: str, Range: str | None = None, **_: object) -> Answer:  # noqa: N803
        """The whole file, or the range that is asked for."""
        headers = {} if Range is None else {"range": Range}
        if IfMatch.startswith('"'):
            headers["if-match"] = IfMatch
        return self._get(headers)

    def close(self) -> None:
        """Close the connection."""
        self._transport.close()

    def _get(self, headers: dict[str, str]) -> Answer:
        head = request_head("GET", self._target, {"host": host_header(self._host), **headers})
        response = self._transport.exchange(head, b"", method="GET", stream=True)
        if response.status in (200, 206):
            return Answer(response)
        body: Any = response.body
        with body:
            text = body.read(limits.ERROR_BODY_BYTES).decode(errors="replace")
        if response.status == 416:  # an empty file has no first byte
            raise ServiceError("InvalidRange", "the file is empty", 416)
        if any(len(value) >= _SECRET_CHARS and value in text for value in self._values):
            text = ""  # it quotes the request, and with it the signature
        error = ServiceError(
            _find(text, "Code") or str(response.status), _find(text, "Message"), response.status
        )
        error.headers = response.headers
        raise error


def _find(text: str, element: str) -> str:
    """The text of an element of an S3 error, as far as it may be shown."""
    found = text.partition(f"<{element}>")[2].partition(f"</{element}>")[0][:_MESSAGE_CHARS]
    return found if found.isprintable() else ""
