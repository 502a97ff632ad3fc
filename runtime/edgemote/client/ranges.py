"""Resume downloads: request the rest of an object from S3 or a compatible server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from edgemote.errors import ProtocolError

if TYPE_CHECKING:
    from collections.abc import Callable


def open_rest(
    get_object: Callable[..., Any], etag: str, have_bytes: int, size_bytes: int, **params: Any
) -> tuple[Any, int, int] | None:
    """Request an object from the byte at have_bytes on. Returns the response, the number of bytes
    to skip at the start of its body, and the position in the object at which the body ends. None
    if the object has been replaced.

    The body may start earlier (at the first byte if the server does not support ranges), and it
    may end early. Raises the client's errors.
    """
    wanted = {"Range": f"bytes={have_bytes}-"} if have_bytes else {}
    answer = get_object(IfMatch=etag, **wanted, **params)
    if answer.ETag != etag:  # some S3-compatible servers ignore IfMatch
        answer.Body.close()
        return None
    first, end = _find_part(answer, size_bytes)
    if not first <= have_bytes < end <= size_bytes and size_bytes:
        answer.Body.close()
        raise ProtocolError("S3 sent a different range than requested")
    return answer, have_bytes - first, end


def _find_part(answer: Any, size_bytes: int) -> tuple[int, int]:
    """The start and end of a response's body in the object; (0, 0) if it is unusable."""
    if answer.ContentRange is None:
        several = (answer.ContentType or "").startswith("multipart/byteranges")
        other = answer.ContentLength not in (None, size_bytes)
        return (0, 0) if several or other else (0, size_bytes)
    unit, _, text = answer.ContentRange.partition(" ")
    span, _, total = text.partition("/")
    first, _, last = span.partition("-")
    if unit.lower() != "bytes" or not (first.isdecimal() and last.isdecimal()):
        return 0, 0
    if total not in ("*", str(size_bytes)):
        return 0, 0
    return int(first[:20]), int(last[:20]) + 1
