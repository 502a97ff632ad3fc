"""Files that hold a token for a source of credentials, which somebody else renews."""

from __future__ import annotations

import os

from edgemote import limits
from edgemote.credentials.provider import BYTE_ORDER_MARK
from edgemote.errors import CredentialsError


def read_token(where: str, path: str) -> str:
    """The file's text, less than limits.LINE_BYTES of it; read it anew for each fetch.

    Raises CredentialsError, with `where` in its text, for a file that cannot be read, is empty or
    too long.
    """
    try:
        # Nobody waits for the writer of a pipe.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            content = os.read(descriptor, limits.LINE_BYTES)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise CredentialsError(f"{where} {path} cannot be read: {error.strerror}") from None
    if not content or len(content) == limits.LINE_BYTES:
        what = "empty" if not content else f"longer than {limits.LINE_BYTES - 1} bytes"
        raise CredentialsError(f"{where} {path} is {what}")
    return content.removeprefix(BYTE_ORDER_MARK).decode("latin-1")
