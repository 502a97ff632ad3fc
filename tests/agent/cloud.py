"""SageMaker Edge and a store of objects in one small server: TLS on loopback, in threads, with the
misbehaviours that a sequence asks for. Times are the sequence's, not this machine's.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import socket
import ssl
import threading
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import trustme

SKEW_LIMIT_S = 300.0
_OPERATIONS = ("/SendHeartbeat", "/GetDeployments", "/GetDeviceRegistration")
_WORDS = {400: "SomeException", 403: "AccessDeniedException", 404: "ResourceNotFoundException"}


class Cloud:
    """What the device talks to. `reset` makes it healthy, empty and right again.

    link: "up"; "down", where nobody answers; "cut", where a request is carried out and its answer
    lost. service: a status that all of its operations answer instead. store: "well", a status,
    "skewed", "skewed-get" (but not HEAD), "whole" (heeds no Range), "cut" (half of each answer) or
    "changing" (new ETags).
    date_s, store_date_s: by which the Dates of each are ahead.
    """

    def __init__(self) -> None:
        authority = trustme.CA()
        self.ca_pem = authority.cert_pem.bytes()
        today = datetime.now(timezone.utc).replace(tzinfo=None)
        leaf = authority.issue_cert(
            "127.0.0.1",
            not_before=today - timedelta(days=300),
            not_after=today + timedelta(days=600),
        )
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        leaf.configure_cert(self._tls)
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = f"https://127.0.0.1:{self._listener.getsockname()[1]}"
        self._connections: set[socket.socket] = set()
        self._lost: set[socket.socket] = set()
        self.reset()
        threading.Thread(target=self._listen, daemon=True).start()

    def reset(self) -> None:
        self.lose_connections(close=True)
        self.now_s = time.time()
        self.objects: dict[str, bytes] = {}
        self.listed: dict[str, dict[str, Any]] = {}
        self.beats: list[float] = []
        self.results: list[dict[str, Any]] = []
        self.poison: dict[float, int] = {}
        self.poison_results: dict[str, str] = {}
        self.listings: list[set[str]] = []
        self.calls = 0
        self.heal()

    def heal(self) -> None:
        self.link, self.service, self.store = "up", 0, "well"
        self.date_s = self.store_date_s = 0.0
        self.registered = True

    def lose_connections(self, *, close: bool = False) -> None:
        """What is open now is never answered again; or it is closed."""
        for sock in list(self._connections):
            if close:
                with contextlib.suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)
            else:
                self._lost.add(sock)

    def _listen(self) -> None:
        while True:
            sock, _ = self._listener.accept()
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._talk, args=(sock,), daemon=True).start()

    def _talk(self, plain: socket.socket) -> None:
        if self.link == "down":
            plain.close()
            return
        try:
            sock = self._tls.wrap_socket(plain, server_side=True)
        except OSError:
            plain.close()
            return
        self._connections.add(sock)
        try:
            with sock, sock.makefile("rb") as reader:
                while self._exchange(sock, reader):
                    pass
        except (OSError, ValueError):
            pass
        finally:
            self._connections.discard(sock)
            self._lost.discard(sock)

    def _exchange(self, sock: socket.socket, reader: Any) -> bool:
        line = reader.readline()
        if not line:
            return False
        method, path, _ = line.decode().split(" ", 2)
        headers: dict[str, str] = {}
        while (line := reader.readline()) not in (b"\r\n", b""):
            name, _, value = line.decode().partition(":")
            headers[name.lower()] = value.strip()
        body = reader.read(int(headers.get("content-length", 0)))
        if sock in self._lost:
            return True
        if self.link == "down":
            return False
        self.calls += 1
        service = path in _OPERATIONS
        ahead_s = self.date_s if service else self.store_date_s
        date_s = self.now_s + ahead_s
        answer = self._serve(path, body, headers, date_s) if service else None
        if answer is None:
            answer = self._store(method, path, headers, date_s)
        status, more, content, cut = answer
        if self.link == "cut":
            return False
        date = datetime.fromtimestamp(date_s, timezone.utc)
        head = [
            f"HTTP/1.1 {status} Some",
            f"Date: {date:%a, %d %b %Y %H:%M:%S} GMT",
            f"Content-Length: {len(content)}",
            *(f"{name}: {value}" for name, value in more.items()),
        ]
        if method == "HEAD":
            content = b""
        sock.sendall("\r\n".join([*head, "", ""]).encode() + content[: len(content) - cut])
        return not cut

    def _is_skewed(self, headers: dict[str, str], date_s: float) -> bool:
        signed = datetime.strptime(headers["x-amz-date"] + "+0000", "%Y%m%dT%H%M%SZ%z")
        assert headers["authorization"].startswith("AWS4-HMAC-SHA256 ")
        return abs(signed.timestamp() - date_s) > SKEW_LIMIT_S

    def _serve(self, path: str, body: bytes, headers: dict[str, str], date_s: float) -> Any:
        if self._is_skewed(headers, date_s):
            return _refuse(403, "InvalidSignatureException", "Signature expired: some time")
        if self.service:
            return _refuse(self.service)
        document = json.loads(body)
        if path == "/GetDeviceRegistration":
            return _answer(
                {"DeviceRegistration": "yes" if self.registered else "", "CacheTTL": "900"}
            )
        if not self.registered:
            return _refuse(400, "ValidationException")
        if path == "/GetDeployments":
            self.listings.append(set(self.listed))
            return _answer({"Deployments": list(self.listed.values())})
        result = document.get("DeploymentResult")
        if result is not None:
            poison = self.poison_results.get(result["DeploymentName"])
            if poison == "always" or (poison == "models" and result.get("DeploymentModels")):
                return _refuse(400, "ValidationException")
            self.results.append(result)
            self.listed.pop(result["DeploymentName"], None)
            return _answer(None)
        serial = next(
            item["Value"] for item in document["AgentMetrics"] if item["MetricName"] == "Serial"
        )
        if serial in self.poison:
            return _refuse(self.poison[serial])
        self.beats.append(serial)
        return _answer(None)

    def _store(self, method: str, path: str, headers: dict[str, str], date_s: float) -> Any:
        skewed = self.store == "skewed" or (self.store == "skewed-get" and method == "GET")
        if skewed or (self.store == "well" and self._is_skewed(headers, date_s)):
            text = b"<Error><Code>RequestTimeTooSkewed</Code><Message>skewed</Message></Error>"
            return 403, {}, text, 0
        content = self.objects.get(unquote(path.rpartition("/")[2].partition("?")[0]))
        if isinstance(self.store, int) or content is None:
            status = self.store if isinstance(self.store, int) else 404
            return status, {}, b"<Error><Code>SomeError</Code><Message>no</Message></Error>", 0
        etag = f'"{hashlib.md5(content).hexdigest()}"'
        if self.store == "changing":
            etag = f'"{self.calls}"'
        if headers.get("if-match", etag) != etag:
            return 412, {}, b"<Error><Code>PreconditionFailed</Code></Error>", 0
        more = {
            "ETag": etag,
            "x-amz-checksum-sha256": base64.b64encode(hashlib.sha256(content).digest()).decode(),
        }
        status = 200
        wanted = headers.get("range", "")
        if wanted and self.store != "whole":
            start = int(wanted.removeprefix("bytes=").rstrip("-"))
            more["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
            content, status = content[start:], 206
        cut = len(content) // 2 if self.store == "cut" and method == "GET" else 0
        return status, more, content, cut


def _answer(document: Any) -> Any:
    content = b"" if document is None else json.dumps(document).encode()
    return 200, {"Content-Type": "application/json"}, content, 0


def _refuse(status: int, code: str | None = None, message: str = "no") -> Any:
    code = code or _WORDS.get(status, "InternalServiceException")
    more = {"Content-Type": "application/json", "x-amzn-ErrorType": code}
    return status, more, json.dumps({"message": message}).encode(), 0


def write_ca(cloud: Cloud, folder: Path) -> str:
    """The file with the authority that signs for it."""
    path = folder / "ca.pem"
    path.write_bytes(cloud.ca_pem)
    return str(path)
