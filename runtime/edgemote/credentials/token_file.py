"""Files with a token for a credential source, which another program renews."""

from __future__ import annotations

import os

from edgemote import limits
from edgemote.credentials.provider import BYTE_ORDER_MARK
from edgemote.errors import CredentialsError


def read_token(where: str, path: str) -> str:
    """Return the file's text, which must be shorter than limits.LINE_BYTES. Call it for each fetch.

    Raises CredentialsError, with `where` in its text, if the file cannot be read, is empty or is
    too long.
    """
    try:
        # Without O_NONBLOCK, opening a pipe would wait for its writer.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            content = os.read(descriptor, limits.LINE_BYTES)
        finally:
            os.close(descriptor)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", error)
        raise CredentialsError(f"{where} {path} cannot be read: {reason}") from None
    if not content or len(content) == limits.LINE_BYTES:
        what = "empty" if not content else f"longer than {limits.LINE_BYTES - 1} bytes"
        raise CredentialsError(f"{where} {path} is {what}")
    return content.removeprefix(BYTE_ORDER_MARK).decode("latin-1")
