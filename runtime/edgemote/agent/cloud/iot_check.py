"""What `--check` says of a device's certificate."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from aws.timestamps import format_iso8601
from edgemote.http.certificates import read_dates

if TYPE_CHECKING:
    from collections.abc import Iterator

_SOON_S = 30 * 86_400


def check_certificate(cert_file: str) -> Iterator[tuple[bool, str]]:
    dates = read_dates(cert_file)
    if dates is None:
        yield False, f"certificate: {cert_file} cannot be read"
        return
    first_s, last_s = dates
    text = (
        f"certificate: {cert_file} is valid from {format_iso8601(first_s)} to "
        f"{format_iso8601(last_s)}"
    )
    left_s = last_s - time.time()
    if left_s < 0:
        yield False, f"{text}: it has expired"
    else:
        yield True, text + ("; renew it soon" if left_s < _SOON_S else "")
