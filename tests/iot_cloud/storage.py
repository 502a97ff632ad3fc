"""S3 on this machine with TLS in front of it: ministack's, whose URLs can be made to expire."""

from __future__ import annotations

import itertools
import re
import ssl
from dataclasses import replace

from endpoint.answers import Answer
from endpoint.connections import Limits
from endpoint.service import Peer, Service
from endpoint.signatures import Request
from iot_cloud.forwarding import Forwarder

_EXPIRED = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n'
    b"<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>"
)
# Behind a presigned URL. Without it, two of the same second would be the same.
_NUMBER = re.compile(r"&url=(\d+)$")


class S3Front(Service):
    """Hands requests on as they came, so that signatures hold.

    address: host and port that presigned URLs name; those of a proxy before it, where there is one.
    """

    limits = Limits(body_bytes=64 * 1024 * 1024)

    def __init__(self, tls: ssl.SSLContext, ministack_url: str) -> None:
        super().__init__(tls=tls)
        self.address = ""
        self._forwarder = Forwarder(ministack_url)
        self._numbers = itertools.count(1)
        self._expired = 0

    def start(self) -> None:
        super().start()
        self.address = self.address or f"localhost:{self.port}"

    def expire_urls(self) -> None:
        """Every presigned URL that was handed out until now has expired."""
        self._expired = next(self._numbers)

    def hand_out(self, text: str) -> str:
        """A job document with ministack's presigned URLs, as devices get it: with https."""
        urls = re.compile(rf'http(://{re.escape(self.address)}/[^"\\]*X-Amz-Signature=\w+)')
        return urls.sub(lambda found: f"https{found[1]}&url={next(self._numbers)}", text)

    def respond_to(self, request: Request, peer: Peer) -> Answer:
        number = _NUMBER.search(request.target)
        if number and int(number[1]) <= self._expired:
            return Answer(403, _EXPIRED, (("Content-Type", "application/xml"),), "AccessDenied")
        bare = replace(request, target=_NUMBER.sub("", request.target))
        return self._forwarder.forward(bare, dict(request.headers))
