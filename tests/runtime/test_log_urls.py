"""URLs in the heads that the log shows: neither passwords nor tokens behind a "#"."""

from types import SimpleNamespace
from typing import Any

import pytest

from edgemote.client.log import mask_head

OPERATION: Any = SimpleNamespace(input=None, headers={}, prefix_headers={}, query={})


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("location: https://u:HIDDEN@h/p", "location: https://***@h/p"),
        ("location: https://h/p#t=HIDDEN", "location: https://h/p#***"),
        ("location: https://h/p?a=1#t=HIDDEN", "location: https://h/p?a=1#***"),
        ("location: https://h/p?a=1", "location: https://h/p?a=1"),
        (
            "location: https://h/?X-Amz-%53ignature=HIDDEN",
            "location: https://h/?X-Amz-%53ignature=***",
        ),
        (
            "location: https://h/?a=1&%74%6Fken=HIDDEN&b%=2",
            "location: https://h/?a=1&%74%6Fken=***&b%=***",
        ),
        ("x-api-key: HIDDEN", "x-api-key: ***"),
        ("date: Sat, 28 Nov 2026", "date: Sat, 28 Nov 2026"),
    ],
)
def test_url_in_a_head_shows_no_secret(line: str, shown: str) -> None:
    assert mask_head(OPERATION, f"GET / HTTP/1.1\r\n{line}\r\n\r\n".encode())[1] == shown


def test_a_query_with_escaped_names_shows_no_secret() -> None:
    head = b"GET /?X-Amz-%53ignature=HIDDEN&list=1 HTTP/1.1\r\n\r\n"
    assert mask_head(OPERATION, head) == ["GET /?X-Amz-%53ignature=***&list=1 HTTP/1.1"]
