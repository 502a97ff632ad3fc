"""An AWS STS for tests, over plain HTTP: AssumeRole and AssumeRoleWithWebIdentity in forms and XML,
and beside them a container's keys. It looks at no signature: ministack does that.
"""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import parse_qsl

CONTAINER_PATH = "/container-keys"
_RESPONSE = """\
<{action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><{action}Result>
<AssumedRoleUser><AssumedRoleId>AROA:x</AssumedRoleId><Arn>{arn}</Arn></AssumedRoleUser>
<Credentials><AccessKeyId>{key}</AccessKeyId><SecretAccessKey>hunter2-secret</SecretAccessKey>
<SessionToken>hunter2-token</SessionToken><Expiration>{end}</Expiration></Credentials>
</{action}Result></{action}Response>"""
_REFUSAL = """\
<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>
<Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"""


class Asked(NamedTuple):
    """A request: its form, and the access key and the region of its signature, None without one."""

    form: dict[str, str]
    key: str | None
    region: str | None


class Sts(ThreadingHTTPServer):
    """asked: the requests. lifetime_s: of each key. refusal: (status, code, message) in place of
    keys. clock_offset_s: of its clock.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.clear()

    def clear(self) -> None:
        self.asked: list[Asked] = []
        self.lifetime_s = 3600.0
        self.refusal: tuple[int, str, str] | None = None

    def respond(self, form: dict[str, str]) -> tuple[int, str]:
        if self.refusal is not None:
            status, code, message = self.refusal
            return status, _REFUSAL.format(code=code, message=message)
        end = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + self.lifetime_s))
        arn = form["RoleArn"]
        key = f"ASIA{arn.rpartition('/')[2].upper()}{len(self.asked)}"
        return 200, _RESPONSE.format(action=form["Action"], arn=arn, key=key, end=end)


class _Handler(BaseHTTPRequestHandler):
    server: Sts
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        form = dict(parse_qsl(body.decode(), keep_blank_values=True))
        _, _, scope = self.headers.get("authorization", "").partition("Credential=")
        parts = scope.partition(",")[0].split("/")
        self.server.asked.append(Asked(form, *((parts[0], parts[2]) if scope else (None, None))))
        self._send(*self.server.respond(form))

    def do_GET(self) -> None:
        keys = {
            "AccessKeyId": "ASIACONTAINER",
            "SecretAccessKey": "hunter2-secret",
            "Token": "hunter2-token",
            "Expiration": "2099-01-01T00:00:00Z",
        }
        found = self.path == CONTAINER_PATH
        self._send(200 if found else 404, json.dumps(keys if found else {}))

    def _send(self, status: int, text: str) -> None:
        self.send_response(status)
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextlib.contextmanager
def serve() -> Iterator[Sts]:
    with Sts() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
