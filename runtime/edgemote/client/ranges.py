"""Downloads that go on where they ended: what S3, or who is like it, sends from a byte on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from edgemote.errors import ProtocolError

if TYPE_CHECKING:
    from collections.abc import Callable


def open_rest(
    get_object: Callable[..., Any], etag: str, have_bytes: int, size_bytes: int, **params: Any
) -> tuple[Any, int, int] | None:
    """Ask for an object from a byte on: the answer, how much at the beginning of its body is had
    already, and where in the object it ends. None if the object is another one by now.

    What comes may begin earlier, at the first byte where the server knows no ranges, and end
    earlier than it was asked to. Raises what the client raises.
    """
    wanted = {"Range": f"bytes={have_bytes}-"} if have_bytes else {}
    answer = get_object(IfMatch=etag, **wanted, **params)
    if answer.ETag != etag:  # S3 heeds IfMatch, not every server that is like it does
        answer.Body.close()
        return None
    first, end = _find_part(answer, size_bytes)
    if not first <= have_bytes < end <= size_bytes and size_bytes:
        answer.Body.close()
        raise ProtocolError("S3 sent a different range than requested")
    return answer, have_bytes - first, end


def _find_part(answer: Any, size_bytes: int) -> tuple[int, int]:
    """From where to where in the object an answer goes; nothing for what cannot be used."""
    if answer.ContentRange is None:
        several = (answer.ContentType or "").startswith("multipart/byteranges")
        other = answer.ContentLength not in (None, size_bytes)
        return (0, 0) if several or other else (0, size_bytes)
    unit, _, text = answer.ContentRange.partition(" ")
    first, _, last = text.partition("/")[0].partition("-")
    if unit.lower() != "bytes" or not (first.isdecimal() and last.isdecimal()):
        return 0, 0
    return int(first[:20]), int(last[:20]) + 1
