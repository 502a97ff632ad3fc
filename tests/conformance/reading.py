"""A second judge: what localstack reads in our requests, and what we read in its answers.

    PYTHONPATH=codegen:generated:runtime:tests python -m conformance --judge localstack [SERVICE...]

It is counted by operation. Wherever it reads botocore's request as it was meant, or botocore reads
its answer so, ours has to be read, and we have to read, alike.
"""

from __future__ import annotations

import atexit
from collections.abc import Mapping
from datetime import datetime, timezone
from functools import lru_cache
from random import Random
from typing import Any

from botocore import xform_name
from botocore.exceptions import ClientError
from botocore.model import Shape
from msgspec import Struct

from aws.errors import ServiceError
from calls import Ours
from edgemote_codegen.errors import UnsupportedError
from edgemote_codegen.models import load_model
from edgemote_codegen.selection import select
from judges.localstack import Reader
from oracle import Oracle, plain_result, plain_struct
from samples import Samples

from .comparison import OWN, SHOWN, generated, name_as_boto3
from .departures import MISREAD
from .wires import WIRES


class Reading(Struct):
    """A service in a protocol. What is counted of botocore is what the judge and it agree on."""

    service: str
    protocol: str
    operations: int = 0
    requests: int = 0
    """operations whose requests by botocore are read as they were meant"""
    requests_ours: int = 0
    """those of them whose requests by us are, too"""
    answers: int = 0
    """operations whose answers botocore reads as they were meant"""
    answers_ours: int = 0
    errors: int = 0
    errors_ours: int = 0
    departed: list[tuple[str, str]] = []
    differences: list[str] = []


@lru_cache(maxsize=1)
def _reader() -> Reader:
    reader = Reader()
    atexit.register(reader.close)
    return reader


def read_service(service: str, protocol: str, *, every: int = 1) -> Reading:
    """Compare one operation of so `every` many."""
    reading = Reading(service, protocol)
    reader = _reader()
    try:
        selected = select(load_model(service, {}), (), protocol)
        with generated(selected) as ours:
            reader.open(service, protocol)
            judge = Oracle(service, protocol=protocol)
            seen: set[str] = set()
            for name in list(selected.operations)[::every]:
                reading.operations += 1
                _Operation(reading, reader, judge, ours, name).run(seen)
    except UnsupportedError:
        pass  # the first judge tells these
    return reading


class _Operation:
    """One operation, read by all three."""

    def __init__(
        self, reading: Reading, reader: Reader, judge: Oracle, ours: Ours, name: str
    ) -> None:
        self.reading = reading
        self.reader = reader
        self.judge = judge
        self.ours = ours
        self.name = name
        self.method = xform_name(name)
        self.model = judge.model.operation_model(name)
        self.kind = WIRES[reading.protocol].samples

    def run(self, seen: set[str]) -> None:
        samples = [
            self.kind(Random(f"{self.reading.service}:{self.name}"), full=True),
            self.kind(Random(self.name), full=False, share=0.0),
            self.kind(Random(f"{self.name}:some"), full=False),
        ]
        requests = [self.read_request(sample) for sample in samples]
        for sample in samples:
            sample.finite = True  # it writes NaN as Python does, which is no JSON
        answers = [self.read_answer(sample) for sample in samples]
        theirs, ours = (all(one) for one in zip(*requests, strict=True))
        self.reading.requests += theirs
        self.reading.requests_ours += theirs and ours
        theirs, ours = (all(one) for one in zip(*answers, strict=True))
        self.reading.answers += theirs
        self.reading.answers_ours += theirs and ours
        for shape in self.model.error_shapes:
            if shape.name not in seen:
                seen.add(shape.name)
                theirs, ours = self.read_error(shape)
                self.reading.errors += theirs
                self.reading.errors_ours += theirs and ours

    def call_ours(self, params: dict[str, Any], answer: Any) -> Any:
        named = name_as_boto3(self.reading.service, self.name, params)
        return self.ours.call(self.method, named, answer)

    def read_request(self, samples: Samples) -> tuple[bool, bool]:
        """Whether the judge reads botocore's request as it was meant, and whether ours."""
        params = samples.params(self.model.input_shape)
        answer = samples.answer(self.model.output_shape)
        try:
            self.judge.call(self.method, params, answer)
        except Exception:
            return False, False  # botocore takes no request for that, and we are asked elsewhere
        meant = settle(self.model.input_shape, params)
        found = []
        texts = []
        for side in (self.judge, self.ours):
            if side is self.ours:
                try:
                    self.call_ours(params, answer)
                except Exception as error:
                    found.append(False)
                    texts.append(repr(error))
                    continue
            raw = self.judge.raw if side is self.judge else self.ours.recorder.raw
            read = self.reader.read(raw)
            params_read = settle(self.model.input_shape, read.params)
            found.append(read.operation == self.name and params_read == meant)
            texts.append(read.error or f"{read.operation} {params_read!r}")
        self.tell("request", found, meant, texts[1])
        return found[0], found[1]

    def read_answer(self, samples: Samples) -> tuple[bool, bool]:
        """Whether botocore reads the judge's answer as it was meant, and whether we do."""
        shape = self.model.output_shape
        result = samples.params(shape)
        written = self.reader.write(self.name, result)
        if written.error:
            return False, False
        answer = (written.status, written.headers, written.body)
        params = self.kind(Random(self.name), full=False, share=0.0).params(self.model.input_shape)
        try:
            _, expected = self.judge.call(self.method, params, answer)
        except Exception:
            return False, False
        try:
            _, got = self.call_ours(params, answer)
        except Exception as error:
            got = error
        meant = settle(shape, result)
        found = [False, False]
        if isinstance(expected, dict):
            found[0] = settle(shape, plain_result(shape, expected)) == meant
        ours = plain_struct(got) or {}
        if isinstance(ours, dict):
            found[1] = settle(shape, ours) == meant
        self.tell("answer", found, meant, f"{answer[2]!r} {got!r}")
        return found[0], found[1]

    def read_error(self, shape: Shape) -> tuple[bool, bool]:
        """The same of an error, by its code, message, status and members."""
        samples = self.kind(Random(shape.name), full=True)
        samples.finite = True
        members = {
            name: value
            for name, value in samples.params(shape).items()
            if name.lower() not in OWN and not shape.members[name].serialization.get("location")
        }
        written = self.reader.refuse(self.name, shape.error_code, "what was wrong", members)
        if written.error:
            return False, False
        answer = (written.status, written.headers, written.body)
        params = self.kind(Random(self.name), full=False, share=0.0).params(self.model.input_shape)
        try:
            _, expected = self.judge.call(self.method, params, answer)
            _, got = self.call_ours(params, answer)
        except Exception:
            return False, False  # the first judge asks who may raise what
        meant = settle(shape, members)
        theirs = isinstance(expected, ClientError) and (
            expected.response["Error"]["Message"] == "what was wrong"
            and settle(shape, pick(expected.response, meant)) == meant
        )
        ours = (
            theirs
            and isinstance(got, ServiceError)
            and (got.code, got.message, got.status)
            == (expected.response["Error"]["Code"], "what was wrong", written.status)
            and settle(shape, plain_struct({name: getattr(got, name, None) for name in meant}))
            == meant
        )
        self.tell("error", [theirs, ours], meant, f"{answer!r} {got!r}")
        return theirs, ours

    def tell(self, what: str, found: list[bool], meant: Any, read: str) -> None:
        """Where only botocore's was right."""
        if found != [True, False]:
            return
        words = MISREAD.get((self.reading.service, self.name)) or MISREAD.get(
            (self.reading.service, "*")
        )
        if words is not None:
            self.reading.departed.append((self.name, words))
            return
        self.reading.differences.append(
            f"{self.reading.service}:{self.name} ({self.reading.protocol}): {what}\n"
            f"    meant {f'{meant!r}'[:SHOWN]}\n    found {read[:SHOWN]}"
        )


def pick(values: dict[str, Any], names: dict[str, Any]) -> dict[str, Any]:
    """Those of these names."""
    return {name: values[name] for name in names if name in values}


def settle(shape: Shape | None, value: Any) -> Any:
    """A value in one of its forms: times in whole seconds, numbers as floats, nothing that is empty
    or absent, which XML and forms cannot tell apart.
    """
    if shape is None or value is None:
        return {}
    kind = shape.type_name
    if kind == "structure" and isinstance(value, dict) and not shape.is_document_type:
        parts = {
            name: settle(shape.members[name], part)
            for name, part in value.items()
            if name in shape.members and part is not None
        }
        return {name: part for name, part in parts.items() if part not in ({}, [], "", b"")}
    if kind == "list" and isinstance(value, (list, tuple)):
        return [settle(shape.member, part) for part in value]
    if kind == "map" and isinstance(value, dict):
        return {key: settle(shape.value, part) for key, part in value.items()}
    if kind == "timestamp":
        if isinstance(value, datetime):
            zone = value.tzinfo or timezone.utc
            value = value.replace(tzinfo=zone).timestamp()
        return int(value) if isinstance(value, (int, float)) else value
    if kind == "blob":
        return value.encode() if isinstance(value, str) else bytes(value)
    if kind in ("float", "double", "integer", "long"):
        try:
            number = float(value)
        except (TypeError, ValueError):
            return value
        return "NaN" if number != number else number
    return value


def read_task(task: tuple[str, str, int]) -> Reading:
    """In a process of its own; what goes wrong with one service does not keep the others."""
    service, protocol, _ = task
    try:
        return read_service(service, protocol)
    except Exception as error:
        words = f"{service} ({protocol}): {type(error).__name__}: {error}"
        return Reading(service, protocol, differences=[words])


def print_readings(readings: list[Reading], others: Mapping[str, int]) -> None:
    """A row a protocol: what of botocore's the judge reads as it was meant, and of that ours."""
    heads = ("operations", "requests", "ours", "answers", "ours", "errors", "ours")
    print(f"{'protocol':20}" + "".join(f"{head:>12}" for head in heads))
    for protocol in WIRES:
        group = [reading for reading in readings if reading.protocol == protocol]
        counts = (sum(getattr(reading, name) for reading in group) for name in _COUNTED)
        if group:
            print(f"{protocol:20}" + "".join(f"{count:>12,}" for count in counts))
    departed: dict[str, list[str]] = {}
    for reading in readings:
        for name, words in reading.departed:
            departed.setdefault(words, []).append(f"{reading.service}:{name}")
    for words, names in departed.items():
        print(f"on purpose: {', '.join(sorted(set(names)))}: {words}")


_COUNTED = "operations requests requests_ours answers answers_ours errors errors_ours".split()
