"""The endpoint: a threaded TLS server around the store, the keys and the faults."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import socket
import sys
import tempfile
import threading
import uuid
from collections.abc import Iterable
from contextlib import closing
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from time import time
from types import TracebackType
from typing import Any

import h11

from endpoint import control
from endpoint.answers import error_answer
from endpoint.certificates import AUTHORITY_FILE, load_authority, server_context, write_private
from endpoint.connections import Conversation, Limits, TooLargeError, Wire
from endpoint.exchanges import describe_exchange, exchange
from endpoint.faults import Faults
from endpoint.listener import POLL_S, Listener
from endpoint.signatures import Key, Request, make_key
from endpoint.store import Store
from endpoint.validation import load_model, read_document

DATABASE_FILE = "endpoint.sqlite"
KEYS_FILE = "keys.json"
READY_FILE = "endpoint.json"


class Endpoint:
    """A SageMaker Edge Manager on this machine. `with Endpoint() as endpoint:` serves.

    register: devices as "FLEET/DEVICE"; any_device=True takes every device as registered.
    directory: where database, CA and keys are kept; None is a folder that goes at the end.
    ca_directory: an authority shared with others. Times of a certificate, TLS version and host
    names can be chosen to prove that a client looks at them.
    The public parts: url, port, region, ca_file, credentials, temporary_credentials, keys, store,
    faults, clock_offset_s. stop() and start() make an outage: the port stays the same.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        region: str = "us-west-2",
        register: Iterable[str] = (),
        any_device: bool = False,
        directory: str | os.PathLike[str] | None = None,
        ca_directory: str | os.PathLike[str] | None = None,
        host_names: Iterable[str] | None = None,
        tls_version: str | None = None,
        not_before: datetime | None = None,
        not_after: datetime | None = None,
        clock_offset_s: float = 0.0,
        limits: Limits | None = None,
        verbose: bool = False,
    ) -> None:
        self.host = host
        self.port = port
        self.region = region
        self.any_device = any_device
        self.clock_offset_s = clock_offset_s
        self.limits = limits or Limits()
        self.verbose = verbose
        self.faults = Faults()
        self.keys: dict[str, Key] = {}
        self._connections = itertools.count(1)
        self._open: set[Wire] = set()
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._listener: Listener | None = None
        self._thread: threading.Thread | None = None
        with contextlib.ExitStack() as stack:
            if directory is None:
                directory = stack.enter_context(tempfile.TemporaryDirectory(prefix="endpoint-"))
            self.directory = Path(directory).resolve()
            self.directory.mkdir(parents=True, exist_ok=True)
            self.ca_directory = Path(ca_directory or self.directory)
            authority = load_authority(self.ca_directory)
            # Always a copy of its own, so that the folder says everything that a client needs.
            ca_file = self.directory / AUTHORITY_FILE
            ca_file.write_bytes(authority.cert_pem.bytes())
            self.ca_file = str(ca_file)
            self._tls = server_context(
                authority,
                tuple(host_names or default_host_names(region)),
                tls_version=tls_version,
                not_before=not_before,
                not_after=not_after,
            )
            self.credentials, self.temporary_credentials = load_keys(self.directory / KEYS_FILE)
            self.add_key(self.credentials)
            self.add_key(self.temporary_credentials)
            self.store = stack.enter_context(closing(Store(self.directory / DATABASE_FILE)))
            for device in register:
                self.register(*split_device(device))
            self._kept = stack.pop_all()

    def __enter__(self) -> Endpoint:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def url(self) -> str:
        local = ("127.0.0.1", "::1", "0.0.0.0", "::")
        name = "localhost" if self.host in local else self.host
        return f"https://{name}:{self.port}"

    def now_s(self) -> float:
        """What the endpoint takes for the time, in POSIX seconds."""
        return time() + self.clock_offset_s

    def start(self) -> None:
        """Accept connections; returns once the port is open."""
        self._stopping.clear()
        self._listener = Listener((self.host, self.port), self._serve_connection)
        self.port = self._listener.server_address[1]
        self._thread = threading.Thread(
            target=self._listener.serve_forever, args=(POLL_S,), name="endpoint"
        )
        self._thread.start()

    def stop(self) -> None:
        """Close the port and every connection. Nothing that was stored goes away."""
        if self._listener is None or self._thread is None:
            return
        self._listener.shutdown()
        self._thread.join()
        with self._lock:
            self._stopping.set()
            for wire in self._open:
                wire.interrupt()
        self._listener.server_close()
        self._listener = self._thread = None

    def close(self) -> None:
        """Stop for good."""
        self.stop()
        self._kept.close()

    def add_key(self, key: Key | None = None, *, temporary: bool = False, **settings: Any) -> Key:
        """Let another key in: a given one, or a new random one (settings: expires_at_s)."""
        key = key or make_key(temporary=temporary, **settings)
        self.keys[key.access_key_id] = key
        return key

    def register(self, fleet: str, device: str, **settings: Any) -> None:
        """Register a device (settings: registration, cache_ttl_s); its fleet comes with it."""
        self.store.register(fleet, device, **settings)

    def deploy(
        self,
        fleet: str,
        device: str | None,
        document: dict[str, Any],
        *,
        checked: bool = True,
    ) -> None:
        """Queue an EdgeDeployment (wire names), device None for all devices of the fleet.

        It is answered until the device's heartbeat reports a DeploymentResult of its name.
        checked=False lets through what the model forbids. Raises RefusedError.
        """
        if checked:
            read_document(load_model().shape_for("EdgeDeployment"), document)
        self.store.add_deployment(fleet, device, document, now_s=self.now_s())

    def describe(self) -> dict[str, Any]:
        """What a client in another process needs to know, secrets included."""
        return {
            "url": self.url,
            "port": self.port,
            "region": self.region,
            "ca_file": self.ca_file,
            "database": str(self.store.path),
            "pid": os.getpid(),
            "keys": {
                name: {field: value for field, value in asdict(key).items() if value is not None}
                for name, key in (
                    ("permanent", self.credentials),
                    ("temporary", self.temporary_credentials),
                )
            },
        }

    def _serve_connection(self, raw: Any, address: tuple[Any, ...]) -> None:
        number = next(self._connections)
        if self.faults.take(None, before_tls=True):
            return
        # A fault that sends byte by byte means it.
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            sock = self._tls.wrap_socket(raw, server_side=True, do_handshake_on_connect=False)
        except OSError:
            return
        wire = Wire(sock, self.limits, self._stopping)
        with self._lock:
            self._open.add(wire)
            if self._stopping.is_set():
                wire.interrupt()
        try:
            wire.handshake()
            self._serve_requests(wire, number, address[0])
        except OSError:
            # A client that went away, a time limit, a fault or the end: nobody is left to tell.
            pass
        finally:
            with self._lock:
                self._open.discard(wire)
            wire.close()

    def _serve_requests(self, wire: Wire, number: int, peer: str) -> None:
        conversation = Conversation(wire, self.limits)
        while True:
            try:
                request = conversation.read_request()
            except TooLargeError:
                limit = f"The body is larger than {self.limits.body_bytes} bytes."
                self._refuse(wire, conversation, "RequestEntityTooLargeException", limit, 413)
                return
            except h11.RemoteProtocolError as error:
                hint = error.error_status_hint
                self._refuse(wire, conversation, "BadRequestException", "Bad request.", hint)
                return
            if request is None:
                return
            self._answer(wire, conversation, request, number, peer)
            if wire.closed or not conversation.start_next():
                return

    def _refuse(
        self, wire: Wire, conversation: Conversation, code: str, message: str, status: int
    ) -> None:
        if conversation.can_answer():
            answer = error_answer(code, message, status=status)
            wire.send(conversation.frame(answer, str(uuid.uuid4()), self.now_s(), close=True))
            conversation.finish_refused()

    def _answer(
        self, wire: Wire, conversation: Conversation, request: Request, number: int, peer: str
    ) -> None:
        request_id = str(uuid.uuid4())
        if request.path == control.PATH:
            answer = control.obey(self, request, peer)
            wire.send(conversation.frame(answer, request_id, self.now_s()))
            return
        done = exchange(self, request, request_id, number)
        if self.verbose:
            with contextlib.suppress(OSError):
                print(describe_exchange(done, number), file=sys.stderr, flush=True)
        payload = conversation.frame(done.answer, request_id, done.now_s)
        deliver = done.fault.deliver
        if deliver:
            deliver(wire, payload, done.options)
        else:
            wire.send(payload)


def default_host_names(region: str) -> tuple[str, ...]:
    return ("localhost", "127.0.0.1", "::1", f"edge.sagemaker.{region}.amazonaws.com")


def split_device(text: str) -> tuple[str, str]:
    """FLEET/DEVICE in its two parts."""
    fleet, _, device = text.partition("/")
    if not fleet or not device or "/" in device:
        raise ValueError(f"{text!r} is not FLEET/DEVICE")
    return fleet, device


def load_keys(file: Path) -> tuple[Key, Key]:
    """The permanent and the temporary key kept in `file`; new ones the first time."""
    if not file.exists():
        new = [asdict(make_key()), asdict(make_key(temporary=True))]
        write_private(file, json.dumps(new).encode())
    permanent, temporary = json.loads(file.read_bytes())
    return Key(**permanent), Key(**temporary)
