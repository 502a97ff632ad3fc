"""Our side of a comparison: a generated client whose transport records instead of sending."""

from __future__ import annotations

import importlib
import importlib.util
import io
import pkgutil
import threading
from collections.abc import Iterator
from functools import cached_property
from types import ModuleType
from typing import Any

import h11

from aws.errors import ServiceError
from aws.operation import Client, Operation
from aws.shape import Shape
from aws.sigv4 import Credentials
from edgemote.client.buckets import BucketPipeline
from edgemote.client.pipeline import Pipeline
from edgemote.client.settings import Settings
from edgemote.clock import Clock
from edgemote.credentials.provider import Fixed
from edgemote.http import Response
from oracle import DISCOVERED, KEYS, NOW, REGION, TOKEN, Raw, Sent

NOW_S = NOW.timestamp()


class Stream(io.BytesIO):
    """A response's body that is there at once, and validated as edgemote.http.body.Body is."""

    _checksum: Any = None

    def verify(self, checksum: Any) -> None:
        checksum.update(self.getvalue())
        self._checksum = checksum

    def read(self, size: int | None = -1) -> bytes:
        data = super().read(size)
        if self._checksum is not None and self.tell() == len(self.getvalue()):
            self._checksum.check()
        return data

    def __iter__(self) -> Iterator[bytes]:
        while data := self.read(3):
            yield data


class Recorder:
    """Reads each head as a server would, with h11, and answers what it was told to."""

    may_sync = False

    def __init__(self) -> None:
        self.sent: Sent | None = None
        self.raw = Raw("", "", {}, b"")
        self.answer: tuple[int, dict[str, str], bytes] = (200, {}, b"{}")
        self.count = 0
        self.discovers = False
        self.lock = threading.Lock()

    def open(self, origin: str) -> Any:
        return self

    def exchange(
        self, head: bytes, body: Any, *, method: str, chunked: bool, stream: bool
    ) -> Response:
        self.count += 1
        if self.discovers and b".DescribeEndpoints\r\n" in head:
            return Response(200, {}, DISCOVERED)
        connection = h11.Connection(h11.SERVER)
        connection.receive_data(head)
        event = connection.next_event()
        assert isinstance(event, h11.Request), event
        assert event.method.decode() == method
        headers = {name.decode(): value.decode() for name, value in event.headers}
        content = body if isinstance(body, bytes) else b"".join(_chunks(body))
        url = f"https://{headers['host']}{event.target.decode()}"
        self.raw = Raw(method, url, headers, content)
        self.sent = Sent(*self.raw)
        status, answer_headers, answer = self.answer
        lower = {name.lower(): value for name, value in answer_headers.items()}
        return Response(status, lower, Stream(answer) if stream else answer)

    def close(self) -> None:
        pass


def _chunks(body: Any) -> Any:
    return [body.read()] if hasattr(body, "read") else body


def _list_operations(package: ModuleType) -> dict[str, Operation[Any]]:
    """Name -> operation. A service that is split has them in modules of their own."""
    modules = [importlib.import_module(f"{package.__name__}.client")]
    if importlib.util.find_spec(f"{package.__name__}.operations"):
        operations = importlib.import_module(f"{package.__name__}.operations")
        modules += [
            importlib.import_module(f"{operations.__name__}.{found.name}")
            for found in pkgutil.iter_modules(operations.__path__)
        ]
    return {
        value.name: value
        for module in modules
        for value in vars(module).values()
        if isinstance(value, Operation)
    }


class Ours:
    """A generated client of one service, cut off from the network."""

    def __init__(self, service: str, *, token: str | None = None, **settings: Any) -> None:
        module = service.replace("-", "_")
        module = f"{module}_" if module == "lambda" else module
        self.package = importlib.import_module(f"aws.{module}")
        self.client_class = next(
            value
            for value in vars(self.package).values()
            if isinstance(value, type) and issubclass(value, Client)
        )
        self.recorder = Recorder()
        make = BucketPipeline if self.client_class.service.addresses_buckets else Pipeline
        self.caller = make(
            self.client_class.service,
            Settings(
                region=REGION,
                max_attempts=1,
                **{name: value for name, value in settings.items() if value is not None},
            ),
            Fixed(Credentials(KEYS["aws_access_key_id"], KEYS["aws_secret_access_key"])),
            Clock(lambda: NOW_S, lambda: 0.0),
            self.recorder.open,
            TOKEN if self.client_class.service.auth == ("bearer",) else token,
        )
        self.client = self.client_class(self.caller, self.caller.close)

    @cached_property
    def operations(self) -> dict[str, Operation[Any]]:
        """Name -> operation as data."""
        return _list_operations(self.package)

    def call(
        self,
        method: str,
        params: dict[str, Any],
        answer: tuple[int, dict[str, str], bytes],
        *request: Shape,
    ) -> tuple[Sent, Any]:
        """What was sent, and the result or the ServiceError."""
        self.recorder.answer = answer
        self.recorder.sent = None
        self.recorder.discovers = method != "describe_endpoints"
        result: Any
        try:
            result = getattr(self.client, method)(*request, **params)
        except ServiceError as error:
            result = error
        assert self.recorder.sent is not None
        return self.recorder.sent, result
