"""Servers on the host for what guests need: certificates, and a TLS peer that answers anything."""

from __future__ import annotations

import json
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email.utils import formatdate
from pathlib import Path
from typing import Any

import trustme


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, handler: type[socketserver.StreamRequestHandler]) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.port: int = self.server_address[1]


@contextmanager
def _running(server: _Server) -> Iterator[int]:
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server.port
    finally:
        server.shutdown()
        server.server_close()


class _Questions(socketserver.StreamRequestHandler):
    """One line of JSON in, one out: makes an authority, or a certificate of a given one."""

    def handle(self) -> None:
        answer = _make_certificates(**json.loads(self.rfile.readline()))
        self.wfile.write(json.dumps(answer).encode() + b"\n")


def _make_certificates(
    organization_name: str | None = None,
    authority: tuple[str, str] | None = None,
    names: tuple[str, ...] = (),
    common_name: str | None = None,
    not_before: str | None = None,
    not_after: str | None = None,
) -> dict[str, Any]:
    if authority is None:
        made = trustme.CA(organization_name=organization_name)
        key = made.private_key_pem.bytes().decode()
        return {"certificate": made.cert_pem.bytes().decode(), "key": key}
    issuer = trustme.CA.from_pem(*(pem.encode() for pem in authority))
    leaf = issuer.issue_cert(
        *names,
        common_name=common_name,
        not_before=datetime.fromisoformat(not_before) if not_before else None,
        not_after=datetime.fromisoformat(not_after) if not_after else None,
    )
    chain = [pem.bytes().decode() for pem in leaf.cert_chain_pems]
    return {"key": leaf.private_key_pem.bytes().decode(), "chain": chain}


@contextmanager
def serve_authorities() -> Iterator[int]:
    """The port on which the guests' stand-in for trustme gets its certificates."""
    with _running(_Server(_Questions)) as port:
        yield port


@dataclass(frozen=True)
class Peer:
    """A TLS server that says 200 to every request. `cert_file`: what it takes from a device."""

    port: int
    ca_file: str
    cert_file: str


@contextmanager
def serve_answers(folder: Path, *, mutual: bool = False, answer: bytes = b"{}") -> Iterator[Peer]:
    """A Peer whose files lie in `folder`; mutual=True demands a certificate of the device."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    device = authority.issue_cert("cam-7.example")
    device.private_key_and_cert_chain_pem.write_to_path(str(folder / "device.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    authority.issue_cert("localhost").configure_cert(context)
    if mutual:
        context.verify_mode = ssl.CERT_REQUIRED
        authority.configure_trust(context)

    class Answers(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            try:
                with context.wrap_socket(self.request, server_side=True) as sock:
                    _answer(sock, answer)
            except OSError:  # a client that is refused, or that leaves
                return

    with _running(_Server(Answers)) as port:
        yield Peer(port, str(folder / "ca.pem"), str(folder / "device.pem"))


def _answer(sock: ssl.SSLSocket, answer: bytes) -> None:
    with sock.makefile("rb") as stream:
        while head := stream.readline():
            length = 0
            while (head := stream.readline()) not in (b"\r\n", b""):
                name, _, value = head.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            stream.read(length)
            sock.sendall(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nDate: %b\r\n"
                b"x-amzn-RequestId: 7\r\nContent-Length: %d\r\n\r\n%b"
                % (formatdate(usegmt=True).encode(), len(answer), answer)
            )
