"""A board that captures: its folder, clocks that are made up, and an S3 that does what it is told.
The bucket's real part is `test_uploads`' matter.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from aws.errors import ServiceError
from edgemote import Clock
from edgemote.agent.capture import Captures
from edgemote.agent.config import schema
from edgemote.errors import ConnectError, ReadTimeoutError

BUILT_S = 1_790_000_000.0
NOW_S = BUILT_S + 1_005_200  # 2026-10-03T05:26:40Z
HOUR = "2026/10/03/05"
LONG_S = 1e6


class Lines:
    """A log, for reading afterwards."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def _note(self, text: object) -> None:
        self.lines.append(str(text))

    error = warning = info = debug = _note


class Bucket:
    """What S3 has: objects by key. says: what becomes of a request: "yes"; "lost", where it is
    carried out and its answer lost; "down", or an error.
    """

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.types: dict[str, str] = {}
        self.says: str | Exception = "yes"
        self.calls: list[str] = []
        self.before: Callable[[str, bytes], None] = lambda key, body: None

    def open(self) -> Bucket:
        return self

    def put_object(self, *, Bucket: str, Key: str, Body: bytes, ContentType: str) -> None:  # noqa: N803
        self.calls.append(Key)
        if isinstance(self.says, Exception):
            raise self.says
        if self.says == "down":
            raise ConnectError("no route")
        self.before(Key, Body)
        self.objects[Key], self.types[Key] = Body, ContentType
        if self.says == "lost":
            raise ReadTimeoutError("silence")

    def close(self) -> None:
        """Nothing is open."""

    def events(self) -> list[dict[str, Any]]:
        """Every line of every object of lines, with the object's key."""
        return [
            {"key": key, **json.loads(line)}
            for key, body in self.objects.items()
            if key.endswith(".jsonl")
            for line in body.splitlines()
        ]


def refuse(status: int, code: str = "AccessDenied", **headers: str) -> ServiceError:
    error = ServiceError(code, "no", status=status)
    error.headers = headers
    return error


class Board:
    """`add` takes a sample, `upload` carries a round out; start: boots, or only restarts."""

    def __init__(self, folder: Path, **capture: Any) -> None:
        self.folder = folder
        self.keys = {"bucket": "bucket", "prefix": "captured", **capture}
        self.wall_s, self.steady_s = NOW_S, 1_000.0
        self.proven = True
        self.mine = True
        self.log = Lines()
        self.s3 = Bucket()
        self.wakes: list[float] = []
        self.start("boot-1")

    @property
    def samples(self) -> Path:
        return self.folder / "state" / "captures"

    def config(self) -> schema.Config:
        state = f"{self.folder}/state"
        made = {
            "device": schema.Device("cam-7", "dock", "us-west-2"),
            "folders": schema.Folders(state, f"{self.folder}/models", f"{self.folder}/run"),
            "capture": schema.Capture(**self.keys),
        }
        others = {name: make for name, make in schema.SECTIONS.items() if name not in made}
        return schema.Config(**made, **{name: make() for name, make in others.items()})

    def start(self, boot: str, steady_s: float | None = None) -> None:
        self.steady_s = self.steady_s if steady_s is None else steady_s
        self.boot = boot
        self.clock = Clock(lambda: self.wall_s, lambda: self.steady_s, BUILT_S)
        self.captures = Captures(
            self.config(),
            folder=str(self.samples),
            clock=self.clock,
            log=self.log,
            open_s3=self.s3.open,
            is_ours=lambda: self.mine,
            wake=self.wakes.append,
            boot=boot,
        )

    def wait(self, seconds: float) -> None:
        self.steady_s += seconds
        self.wall_s += seconds

    def add(
        self,
        output: bytes | None = b"1",
        handle: str = "snow",
        *,
        input: bytes | None = None,
        content_type: str = "text/csv",
        output_content_type: str | None = None,
        metadata: Any = None,
    ) -> bool:
        return self.captures.add(handle, input, output, content_type, output_content_type, metadata)

    def upload(self) -> None:
        """All that waits, in as many calls as it takes; raises what stops it."""
        for _ in range(1_000):
            piece = self.captures.next_piece(is_proven=self.proven)
            if piece is None:
                self.captures.end_round()
                return
            self.captures.put(piece)
        raise AssertionError("it never ends")

    def kept(self) -> list[str]:
        """Files of samples."""
        if not self.samples.is_dir():
            return []
        return sorted(path.name for path in self.samples.iterdir() if path.name[0] == "0")

    def data(self) -> list[str]:
        """Outputs that have arrived, in the order of the objects and lines."""
        return [event["captureData"]["endpointOutput"]["data"] for event in self.s3.events()]
