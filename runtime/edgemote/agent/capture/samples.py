"""A sample: the input and output of a model, with the time as far as it is known."""

from __future__ import annotations

import os
from binascii import crc32
from typing import TYPE_CHECKING

import msgspec

from aws.errors import ValidationError
from edgemote.agent import limits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edgemote.clock import Clock

    Data = bytes | bytearray | memoryview

# A clock that moves by less has drifted; by more, it was corrected.
CORRECTION_S = 60.0
# A sample whose time is further ahead than this was taken while the clock was wrong.
_AHEAD_S = 300.0
_BOOT_FILE = "/proc/sys/kernel/random/boot_id"
_MARK = b"%08x\n"  # CRC-32 of all that follows
_MARK_BYTES = 9


class Sample(msgspec.Struct, omit_defaults=True):
    """The first line of a sample's file, which input and output follow unchanged.

    id: of the event, a UUID; at_s: the clock's POSIX seconds; steady_s: seconds that never jump,
    of the boot `boot`; input_bytes, output_bytes: None without an input or output
    """

    id: str
    at_s: float
    steady_s: float
    boot: str
    input_type: str
    output_type: str
    input_bytes: int | None = None
    output_bytes: int | None = None
    attributes: list[str] = []


class DamagedError(ValueError):
    """A file does not hold a complete sample."""


def check_data(
    input: Data | None,
    output: Data | None,
    content_type: str,
    output_content_type: str | None,
    metadata: Mapping[str, str] | None,
) -> list[str]:
    """Metadata as SageMaker's custom attributes. Raises ValidationError for a wrong argument."""
    size = 0
    for name, data in (("input", input), ("output", output)):
        if data is not None:
            if not isinstance(data, (bytes, bytearray, memoryview)):
                raise ValidationError(f"{name}: expected bytes, got {type(data).__name__}")
            size += data.nbytes if isinstance(data, memoryview) else len(data)
    if input is None and output is None:
        raise ValidationError("input: expected bytes as input, output or both, got neither")
    if size > limits.CAPTURE_SAMPLE_BYTES:
        raise ValidationError(
            f"input: expected at most {limits.CAPTURE_SAMPLE_BYTES:,} bytes together with output,"
            f" got {size:,}"
        )
    _check_type("content_type", content_type)
    if output_content_type is not None:
        _check_type("output_content_type", output_content_type)
    return _check_metadata({} if metadata is None else metadata)


def _check_type(name: str, kind: str) -> None:
    if not isinstance(kind, str):
        raise ValidationError(f"{name}: expected str, got {type(kind).__name__}")
    fits = 0 < len(kind) <= limits.CAPTURE_TYPE_CHARS and kind.isascii() and kind.isprintable()
    if not fits:
        raise ValidationError(
            f"{name}: expected a media type such as text/csv of at most"
            f" {limits.CAPTURE_TYPE_CHARS} ASCII characters, got {kind!r:.80}"
        )


def _check_metadata(metadata: Mapping[str, str]) -> list[str]:
    try:
        attributes = [f"{name}={value}" for name, value in metadata.items()]
        plain = all(isinstance(text, str) for pair in metadata.items() for text in pair)
        sum(len(text.encode()) for text in attributes)
    except AttributeError:
        kind = type(metadata).__name__
        raise ValidationError(f"metadata: expected a dict of texts, got {kind}") from None
    except UnicodeEncodeError:
        raise ValidationError("metadata: expected texts that UTF-8 can encode") from None
    if not plain:
        raise ValidationError("metadata: expected str for each name and value")
    wrong = next((name for name in metadata if not name or "=" in name), None)
    if wrong is not None:
        raise ValidationError(
            f"metadata: expected names that are not empty and have no '=', got {wrong!r:.80}"
        )
    size = sum(map(len, attributes))
    if size > limits.CAPTURE_METADATA_CHARS:
        raise ValidationError(
            f"metadata: expected at most {limits.CAPTURE_METADATA_CHARS:,} characters in all, got"
            f" {size:,}"
        )
    return attributes


def make_id() -> str:
    """A UUID, version 4; the uuid module would import much more."""
    digits = bytearray(os.urandom(16))
    digits[6] = digits[6] & 0x0F | 0x40
    digits[8] = digits[8] & 0x3F | 0x80
    text = digits.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def read_boot_id() -> str:
    """An id that changes with each boot."""
    try:
        with open(_BOOT_FILE, encoding="ascii") as file:
            return file.read(64).strip()
    except (OSError, ValueError):
        return make_id()  # then a restart of the process counts as a boot


def pack(sample: Sample, input: bytes | None, output: bytes | None) -> list[bytes]:
    """The pieces of a sample's file; the data is not copied."""
    pieces = [msgspec.json.encode(sample) + b"\n"]
    pieces += [data for data in (input, output) if data is not None]
    checksum = 0
    for piece in pieces:
        checksum = crc32(piece, checksum)
    return [_MARK % checksum, *pieces]


def unpack(content: bytes) -> tuple[Sample, memoryview | None, memoryview | None]:
    """A sample with its input and output. Raises DamagedError for an incomplete one, of which a
    power cut has lost a part.
    """
    view = memoryview(content)
    if content[:_MARK_BYTES] != _MARK % crc32(view[_MARK_BYTES:]):
        raise DamagedError("its checksum does not match")
    end = content.find(b"\n", _MARK_BYTES)
    try:
        sample = msgspec.json.decode(view[_MARK_BYTES : max(0, end)], type=Sample)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise DamagedError(str(error)) from None
    data, parts = view[end + 1 :], []
    for size in (sample.input_bytes, sample.output_bytes):
        parts.append(None if size is None else data[:size])
        data = data[size or 0 :]
    return sample, parts[0], parts[1]


def find_time(
    sample: Sample, boot: str, offsets: Mapping[str, float], clock: Clock
) -> float | None:
    """When a sample was taken, as far as is known now; None if that cannot be known: no time is
    better than a wrong one.

    boot: the current one; offsets: of the time from the steady seconds of earlier boots
    """
    now_s = clock.now()
    offset_s = now_s - clock.steady() if sample.boot == boot else offsets.get(sample.boot)
    at_s = sample.at_s
    if offset_s is not None and abs(sample.steady_s + offset_s - at_s) >= CORRECTION_S:
        at_s = sample.steady_s + offset_s
    is_past = at_s <= now_s + _AHEAD_S or not clock.is_possible(now_s)
    return round(at_s, 3) if clock.is_possible(at_s) and is_past else None
