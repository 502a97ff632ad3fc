"""An object store of one bucket behind a `Peer`, with what transfers ask for and faults on demand.

It verifies no signatures: tests/judges has servers that do.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable
from hashlib import md5
from typing import Any
from urllib.parse import parse_qs
from zlib import crc32

import edgemote
from aws.s3_whole import S3

from .http_peer import Peer, Wire

KEYS = edgemote.Credentials("AKIDEXAMPLE", "secret")


def connect_store(peer: Peer, **options: Any) -> S3:
    """Return a client of the store."""
    options = {"region": "us-west-2", "credentials": KEYS, "timeout_s": 10, **options}
    return edgemote.connect(S3, endpoint_url=peer.origin, **options)


def crc32_text(data: bytes) -> str:
    return b64encode(crc32(data).to_bytes(4, "big")).decode()


class Objects:
    """`content` is the object, None where there is none; `headers` go with it. `requests` lists
    method and query of what came; `bodies` what was sent with it.

    `fault(method, query)` is asked before each answer, and may return a status, an error's code,
    "cut" (the connection ends), or a number of bytes after which a body is cut.
    """

    def __init__(self, content: bytes | None = None) -> None:
        self.content = content
        self.etag = '"first"'
        self.headers: dict[str, str] = {}
        self.ranges = True
        self.requests: list[tuple[str, str]] = []
        self.heads: list[str] = []
        self.bodies: list[bytes] = []
        self.uploads: dict[str, dict[int, bytes]] = {}
        self.fault: Callable[[str, str], Any] = lambda method, query: None

    def serve(self) -> Peer:
        return Peer(self._script)

    def _script(self, wire: Wire) -> None:
        while True:
            head = wire.read_head().decode()
            if not head:
                return
            method, target, _ = head.split(" ", 2)
            query = target.partition("?")[2]
            length = re.search(r"content-length: (\d+)", head)
            if "expect: 100" in head:
                wire.send(b"HTTP/1.1 100 Continue\r\n\r\n")
            body = wire.read(int(length[1]) if length else 0)
            self.requests.append((method, query))
            self.heads.append(head)
            self.bodies.append(body)
            fault = self.fault(method, query)
            if fault == "cut":
                return
            if isinstance(fault, str):
                status = {"NoSuchUpload": "404 N", "PreconditionFailed": "412 P"}.get(
                    fault, "503 S"
                )
                wire.answer(f"<Error><Code>{fault}</Code></Error>".encode(), status.encode())
                continue
            name = f"_{method.lower()}" + "".join(
                f"_{part}" for part in ("uploads", "uploadId") if f"{part}" in query
            )
            if not getattr(self, name)(wire, head, parse_qs(query, True), body, fault):
                return

    def _post_uploads(self, wire: Wire, head: str, query: Any, body: bytes, fault: Any) -> bool:
        name = f"u{len(self.uploads)}"
        self.uploads[name] = {}
        wire.answer(
            f"<InitiateMultipartUploadResult><UploadId>{name}</UploadId>"
            "</InitiateMultipartUploadResult>".encode()
        )
        return True

    def _put_uploadId(self, wire: Wire, head: str, query: Any, body: bytes, fault: Any) -> bool:  # noqa: N802
        parts = self.uploads.get(query["uploadId"][0])
        if parts is None:
            wire.answer(b"<Error><Code>NoSuchUpload</Code></Error>", b"404 N")
            return True
        parts[int(query["partNumber"][0])] = body
        etag = md5(body, usedforsecurity=False).hexdigest()
        wire.answer(more=f'ETag: "{etag}"\r\n'.encode())
        return True

    def _post_uploadId(self, wire: Wire, head: str, query: Any, body: bytes, fault: Any) -> bool:  # noqa: N802
        parts = self.uploads.pop(query["uploadId"][0], None)
        if parts is None:
            wire.answer(b"<Error><Code>NoSuchUpload</Code></Error>", b"404 N")
            return True
        if "if-none-match" in head and self.content is not None:
            self.uploads[query["uploadId"][0]] = parts
            wire.answer(b"<Error><Code>PreconditionFailed</Code></Error>", b"412 P")
            return True
        wanted = [int(number) for number in re.findall(rb"<PartNumber>(\d+)<", body)]
        assert wanted == sorted(parts)
        digests = [md5(parts[number], usedforsecurity=False).digest() for number in wanted]
        whole = md5(b"".join(digests), usedforsecurity=False).hexdigest()
        self.content = b"".join(parts[number] for number in wanted)
        assert f"x-amz-checksum-crc32: {crc32_text(self.content)}" in head
        self.etag = f'"{whole}-{len(wanted)}"'
        if fault == 0:  # done, and nobody is told
            return False
        wire.answer(
            f"<CompleteMultipartUploadResult><ETag>{self.etag}</ETag>"
            "</CompleteMultipartUploadResult>".encode()
        )
        return True

    def _delete_uploadId(self, wire: Wire, head: str, query: Any, body: bytes, fault: Any) -> bool:  # noqa: N802
        found = self.uploads.pop(query["uploadId"][0], None)
        status = b"204 No Content" if found is not None else b"404 N"
        wire.send(b"HTTP/1.1 %b\r\nContent-Length: 0\r\n\r\n" % status)
        return True

    def _put(self, wire: Wire, head: str, query: Any, body: bytes, fault: Any) -> bool:
        if "if-none-match" in head and self.content is not None:
            wire.answer(b"<Error><Code>PreconditionFailed</Code></Error>", b"412 P")
            return True
        self.content = body
        wire.answer(more=b'ETag: "put"\r\n')
        return True

    def _head(self, wire: Wire, head: str, query: Any, body: bytes, fault: Any) -> bool:
        return self._get(wire, head, query, body, fault)

    def _get(self, wire: Wire, head: str, query: Any, body: bytes, fault: Any) -> bool:
        content, status = self.content, "200 OK"
        if content is None:
            wire.send(b"HTTP/1.1 404 N\r\nContent-Length: 0\r\n\r\n")
            return True
        wanted = re.search(r"if-match: (\S+)", head)
        if wanted and wanted[1] != self.etag:
            wire.send(b"HTTP/1.1 412 P\r\nContent-Length: 0\r\n\r\n")
            return True
        headers = {"ETag": self.etag, **self.headers}
        start = re.search(r"\r\nrange: bytes=(\d+)-", head)
        if start and self.ranges:
            first, size = int(start[1]), len(content)
            content, status = content[first:], "206 P"
            headers["Content-Range"] = f"bytes {first}-{size - 1}/{size}"
            headers = {n: v for n, v in headers.items() if not n.startswith("x-amz-checksum")}
        if "partNumber" in query:
            content = content[: int(headers.pop("part-bytes"))]
        headers.pop("part-bytes", None)
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        wire.send(f"HTTP/1.1 {status}\r\nContent-Length: {len(content)}\r\n{lines}\r\n".encode())
        if not head.startswith("HEAD"):
            wire.send(content if fault is None else content[:fault])
        return fault is None
