"""Parameters and answers made from botocore's shapes.

A sample is drawn from a `random.Random`, so that the same code serves a fixed seed and hypothesis
(`st.randoms`).
"""

from __future__ import annotations

import json
from base64 import b64encode
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from random import Random
from typing import Any, ClassVar

import cbor2
from botocore.model import Shape

DEPTH_LIMIT = 6
_NESTED = ("structure", "list", "map")
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_TEXTS = (
    "a",
    "Zz-9._~",
    "two words",
    "é",
    "日本語",
    'quo"te',
    "back\\slash",
    "a/b+c%20&d=e",
    "null",
    "NaN",
)
_HEADER_TEXTS = ("a", "Zz-9._~", "two words", 'quo"te', "com,ma", "a/b+c%20&d=e")
_NUMBERS = (0.0, 1.5, -2.25, 1e21, 5e-7, 123.0)
_SPECIAL_NUMBERS = (float("nan"), float("inf"), float("-inf"))


def _real(member: str) -> str:
    """Endpoint rules look into some ARNs, so these look real; so does what becomes a part of a
    host, or all of it.
    """
    if member == "SourceRegion":
        return "eu-central-1"
    if member == "PredictEndpoint":
        return "https://realtime.machinelearning.us-east-1.amazonaws.com"
    kind = {
        "StreamARN": "stream/s",
        "ConsumerARN": "stream/s/consumer/c:1",
        "ResourceARN": "stream/s",
    }
    kind |= {"QueueARN": "queue/q", "ChannelARN": "channel/c"}
    if member == "KvsARN":
        return "arn:aws:cloudfront::123456789012:key-value-store/id"
    resource = kind.get(member)
    return f"arn:aws:kinesis:us-west-2:123456789012:{resource}" if resource else ""


class Samples:
    """Draws values; answers are those of the json protocol. `full` gives every member; otherwise
    `share` of the optional ones.
    """

    rest: ClassVar[bool] = False
    """whether members of an answer stand in its head"""
    depth_limit = DEPTH_LIMIT
    finite = False
    """whether NaN and the infinities are left out"""

    def __init__(self, random: Random, *, full: bool, share: float = 0.6) -> None:
        self.random = random
        self.share = 1.0 if full else share

    # What a caller passes ------------------------------------------------------------------------

    def params(self, shape: Shape | None) -> dict[str, Any]:
        params = self.structure(shape, 0) if shape is not None else {}
        if "ContentLength" in params:  # of S3, which must be right
            params["ContentLength"] = len(params.get("Body", b""))
        return params

    def structure(self, shape: Shape, depth: int) -> dict[str, Any]:
        return {
            name: _real(name) or self.value(shape.members[name], depth + 1)
            for name in self.choose(shape, depth)
        }

    def choose(self, shape: Shape, depth: int) -> list[str]:
        """The members that are there."""
        members = shape.members
        if getattr(shape, "is_tagged_union", False):
            flat = [name for name in members if members[name].type_name not in _NESTED]
            return [self.random.choice(flat if flat and depth >= self.depth_limit else [*members])]
        required = shape.metadata.get("required", [])
        return [
            name
            for name in members
            if name in required
            or members[name].metadata.get("idempotencyToken")  # else each side draws its own
            or (depth < self.depth_limit and self.random.random() < self.share)
        ]

    def value(self, shape: Shape, depth: int) -> Any:
        if shape.serialization.get("jsonvalue") and shape.serialization.get("location"):
            return {"a": [1, "é", None], "b": True}
        return getattr(self, shape.type_name)(shape, depth)

    def list(self, shape: Shape, depth: int) -> list[Any]:
        least = int(shape.metadata.get("min", 0))
        size = least if depth >= self.depth_limit else max(least, self.random.randint(1, 2))
        return [self.value(shape.member, depth + 1) for _ in range(min(size, 50))]

    def map(self, shape: Shape, depth: int) -> dict[str, Any]:
        if depth >= self.depth_limit:
            return {}
        size = max(int(shape.metadata.get("min", 0)), self.random.randint(1, 2))
        return {f"key{n}": self.value(shape.value, depth + 1) for n in range(size)}

    def string(self, shape: Shape, depth: int) -> str:
        if shape.enum:
            return self.random.choice(shape.enum)
        location = shape.serialization.get("location")
        texts = _HEADER_TEXTS if location in ("header", "headers") else _TEXTS
        if shape.serialization.get("hostLabel"):
            texts = ("label-1",)
        text = self.random.choice(texts)
        return text.ljust(int(shape.metadata.get("min", 0)), "x")

    def integer(self, shape: Shape, depth: int) -> int:
        least = int(shape.metadata.get("min", -5))
        most = int(shape.metadata.get("max", least + 2**31))
        return self.random.randint(least, max(least, most))

    long = integer

    def float(self, shape: Shape, depth: int) -> float:
        least = shape.metadata.get("min")
        bounded = least is not None or self.finite
        numbers = _NUMBERS if bounded else _NUMBERS + _SPECIAL_NUMBERS
        number = self.random.choice(numbers)
        return number if least is None else max(number, float(least))

    double = float

    def boolean(self, shape: Shape, depth: int) -> bool:
        return self.random.random() < 0.5

    def blob(self, shape: Shape, depth: int) -> bytes:
        return self.random.choice((b"", b"a", b"\0\xff\xfe", b"long" * 20))

    def timestamp(self, shape: Shape, depth: int) -> datetime:
        return self.moment()

    def moment(self) -> datetime:
        micros = self.random.choice((0, 0, 250000, 123456))
        return _EPOCH + timedelta(
            seconds=self.random.randint(0, 4_102_444_800), microseconds=micros
        )

    # What a service answers ----------------------------------------------------------------------

    def answer(self, shape: Shape | None) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of an answer with the members of the output shape."""
        headers = {"x-amzn-RequestId": "4442587f-b7d0-11e5"}
        status = 200
        if shape is None:
            return status, headers, b""
        body: dict[str, Any] = {}
        payload = shape.serialization.get("payload")
        raw = b""
        for name, member in shape.members.items():
            if self.random.random() >= self.share:
                continue
            location = member.serialization.get("location") if self.rest else None
            wire = member.serialization.get("name", name)
            if location == "header":
                headers[wire] = self.header_text(member)
            elif location == "headers":
                headers |= {f"{wire}{key}": "x" for key in ("one", "Two")}
            elif location == "statusCode":
                continue
            elif name == payload:
                if member.type_name in ("blob", "string"):
                    raw = b"raw \xc3\xa9 payload"
                else:
                    raw = self.body(self.wire(member, 1))
            else:
                body[wire] = self.wire(member, 1)
        if payload is None:
            raw = self.body(body)
        length = {name: str(len(raw)) for name in headers if name.lower() == "content-length"}
        return status, headers | length, raw

    def error(self, shape: Shape) -> tuple[int, dict[str, str], bytes]:
        """An answer that is this error, with all its members but those of the head."""
        code = shape.error_code
        body = {
            member.serialization.get("name", name): self.wire(member, 1)
            for name, member in shape.members.items()
            if not member.serialization.get("location") and name.lower() != "message"
        }
        body |= {"message": "what was wrong", "__type": f"com.amazonaws#{code}"}
        headers = {"x-amzn-RequestId": "4442587f"}
        if self.rest:
            headers["x-amzn-ErrorType"] = f"{code}:http://internal.amazon.com/"
        return 400, headers, self.body(body)

    def body(self, value: Any) -> bytes:
        """A wire value as the body of an answer."""
        return json.dumps(value).encode()

    def header_text(self, shape: Shape) -> str:
        if shape.serialization.get("jsonvalue"):
            return b64encode(b'{"a": 1}').decode()
        if shape.type_name == "timestamp":
            return format_datetime(self.moment().replace(microsecond=0), usegmt=True)
        if shape.type_name == "list":
            return "one, two"
        if shape.type_name == "boolean":
            return self.random.choice(("true", "false"))
        if shape.type_name in ("integer", "long"):
            return str(self.random.randint(0, 99))
        if shape.type_name in ("float", "double"):
            return "1.5"
        return "text"

    def wire(self, shape: Shape, depth: int) -> Any:
        """The JSON value of a shape."""
        kind = shape.type_name
        if kind == "structure":
            if shape.is_document_type:
                return {"any": [1, "thing", None]}
            whole = depth < self.depth_limit or getattr(shape, "is_tagged_union", False)
            return {
                shape.members[name].serialization.get("name", name): self.wire(
                    shape.members[name], depth + 1
                )
                for name in (self.choose(shape, depth) if whole else ())
            }
        if kind == "list":
            return [
                self.wire(shape.member, depth + 1)
                for _ in range(2 if depth < self.depth_limit else 0)
            ]
        if kind == "map":
            if depth >= self.depth_limit:
                return {}
            return {f"key{n}": self.wire(shape.value, depth + 1) for n in range(2)}
        if kind == "timestamp":
            moment = self.moment()
            if shape.serialization.get("timestampFormat") == "iso8601":
                return moment.isoformat().replace("+00:00", "Z")
            return moment.timestamp()
        if kind == "blob":
            return b64encode(self.blob(shape, depth)).decode()
        if kind in ("float", "double"):
            number = self.float(shape, depth)
            if number != number:
                return "NaN"
            return {float("inf"): "Infinity", float("-inf"): "-Infinity"}.get(number, number)
        return self.value(shape, depth)


class RestSamples(Samples):
    """Answers of rest-json."""

    rest = True


class CborSamples(Samples):
    """Answers of smithy-rpc-v2-cbor."""

    def wire(self, shape: Shape, depth: int) -> Any:
        kind = shape.type_name
        if kind == "timestamp":
            return cbor2.CBORTag(1, self.moment().timestamp())
        if kind in ("blob", "float", "double"):
            return self.value(shape, depth)
        return super().wire(shape, depth)

    def body(self, value: Any) -> bytes:
        return cbor2.dumps(value, canonical=self.random.random() < 0.5)
