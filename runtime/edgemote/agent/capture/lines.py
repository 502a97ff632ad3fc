"""Captured samples as JSON lines in the format of SageMaker's data capture, and their keys."""

from __future__ import annotations

from binascii import b2a_base64
from typing import TYPE_CHECKING, Any

import msgspec

from aws.timestamps import format_iso8601

if TYPE_CHECKING:
    from edgemote.agent.capture.samples import Sample

LINES_TYPE = "application/jsonlines"
# Media types that are written as text; everything else is base64.
_TEXTS = {"text/csv": "CSV", "application/json": "JSON", "application/jsonlines": "JSON"}
# The encoding of data in a file of its own: `data` is the address of that file.
_BESIDE = "URI"
_UNDATED = "undated"


def make_folder(fleet: str, device: str, model: str, at_s: float | None) -> str:
    """The folder of a sample, FLEET/DEVICE/MODEL/YYYY/MM/DD/HH in UTC; AWS IoT has no fleets."""
    start = f"{fleet}/{device}/{model}" if fleet else f"{device}/{model}"
    if at_s is None:
        return f"{start}/{_UNDATED}"
    moment = format_iso8601(at_s)  # 2015-08-30T12:36:00Z
    return "/".join((start, moment[:4], moment[5:7], moment[8:10], moment[11:13]))


def make_key(folder: str, sample: Sample, at_s: float | None) -> str:
    """The name of a batch, from its first sample, in SageMaker's form: minute, second, millisecond
    and a UUID.
    """
    if at_s is None:
        return f"{folder}/{sample.id}.jsonl"
    moment = format_iso8601(at_s)
    millis = (moment[20:23] or "000").ljust(3, "0")
    return f"{folder}/{moment[14:16]}-{moment[17:19]}-{millis}-{sample.id}.jsonl"


def make_name(sample: Sample, mode: str) -> str:
    """The name of a file that holds the data of one mode."""
    return f"{sample.id}-{mode.lower()}.bin"


def make_line(
    sample: Sample,
    at_s: float | None,
    input: memoryview | None,
    output: memoryview | None,
    places: dict[str, str],
) -> bytes:
    """One line; places: the addresses of data in files of their own, by mode."""
    captured: dict[str, Any] = {}
    for name, mode, data, kind in (
        ("endpointInput", "INPUT", input, sample.input_type),
        ("endpointOutput", "OUTPUT", output, sample.output_type),
    ):
        if data is not None:
            text, encoding = places.get(mode), _BESIDE
            if text is None:
                text, encoding = _encode(data, kind)
            captured[name] = {
                "observedContentType": kind,
                "mode": mode,
                "data": text,
                "encoding": encoding,
            }
    about: dict[str, Any] = {"eventId": sample.id}
    if sample.attributes:
        about["customAttributes"] = sample.attributes
    if at_s is not None:
        about["inferenceTime"] = format_iso8601(at_s)
    document = {"captureData": captured, "eventMetadata": about, "eventVersion": "0"}
    return msgspec.json.encode(document) + b"\n"


def _encode(data: memoryview, kind: str) -> tuple[str, str]:
    """The data as text, and its encoding: CSV or JSON according to the media type, else BASE64."""
    media = kind.partition(";")[0].strip().lower()
    encoding = _TEXTS.get(media, "JSON" if media.endswith("+json") else None)
    if encoding is not None:
        try:
            return str(data, "utf-8"), encoding
        except UnicodeDecodeError:
            pass
    return b2a_base64(data, newline=False).decode("ascii"), "BASE64"
