"""The port of a server, and a thread for each connection."""

from __future__ import annotations

import socket
import socketserver
import sys
import traceback
from collections.abc import Callable
from typing import Any

POLL_S = 0.02


class Listener(socketserver.ThreadingTCPServer):
    """One thread a connection; stopping waits for all of them."""

    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], serve: Callable[[Any, Any], None]) -> None:
        self._serve = serve
        if ":" in address[0]:
            self.address_family = socket.AF_INET6
        super().__init__(address, socketserver.BaseRequestHandler)

    def finish_request(self, request: Any, client_address: Any) -> None:
        self._serve(request, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        traceback.print_exc(file=sys.stderr)
