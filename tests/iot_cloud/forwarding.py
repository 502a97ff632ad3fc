"""Requests that are handed on to ministack, by plain HTTP."""

from __future__ import annotations

import http.client
import time
from collections.abc import Mapping
from urllib.parse import urlsplit

from endpoint.answers import Answer
from endpoint.signatures import Request
from judges.ministack import BOOTSTRAP_KEY

REGION = "us-west-2"
_TIMEOUT_S = 60.0
# Of this connection, not of the message.
_HOP_BY_HOP = set(
    "connection content-length date expect keep-alive server transfer-encoding".split()
)


class Forwarder:
    def __init__(self, ministack_url: str) -> None:
        split = urlsplit(ministack_url)
        self._address = split.hostname or "", split.port or 80

    def forward(self, request: Request, headers: Mapping[str, str]) -> Answer:
        """The request with these headers, and what ministack answers to it."""
        connection = http.client.HTTPConnection(*self._address, timeout=_TIMEOUT_S)
        try:
            connection.putrequest(
                request.method, request.target, skip_host=True, skip_accept_encoding=True
            )
            for name, value in headers.items():
                if name.lower() not in _HOP_BY_HOP:
                    connection.putheader(name, value)
            connection.putheader("Content-Length", str(len(request.body)))
            connection.endheaders(request.body)
            answer = connection.getresponse()
            body = answer.read()
            if request.method == "HEAD":  # a body of that length, which is not sent
                body = bytes(int(answer.getheader("Content-Length") or 0))
            passed_on = [
                (name, value)
                for name, value in answer.getheaders()
                if name.lower() not in _HOP_BY_HOP and not name.lower().startswith("x-amzn-request")
            ]
            return Answer(answer.status, body, tuple(passed_on))
        finally:
            connection.close()


def sign(scope: str) -> str:
    """An Authorization for a signing name; the bootstrap key's signature is never looked at."""
    day = time.strftime("%Y%m%d", time.gmtime())
    return (
        f"AWS4-HMAC-SHA256 Credential={BOOTSTRAP_KEY}/{day}/{REGION}/{scope}/aws4_request, "
        "SignedHeaders=host, Signature=none"
    )
