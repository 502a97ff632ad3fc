# Generated, do not edit: `python -m edgemote_codegen generate` writes it anew.
# Model iot-data, API version 2015-05-28,
# sha256 43c95db5be5facda59e3df5b9bbec2be9041422b23692de9f08f1b4763df51db
"""What callers may pass: structs, or dicts as boto3 has them."""

from typing import Any, BinaryIO, TypedDict

from typing_extensions import NotRequired

Blob = bytes | bytearray | str | BinaryIO

class PublishParams(TypedDict):
    topic: str
    qos: NotRequired[int]
    retain: NotRequired[bool]
    payload: NotRequired[Blob]
    userProperties: NotRequired[Any]
    payloadFormatIndicator: NotRequired[str]
    contentType: NotRequired[str]
    responseTopic: NotRequired[str]
    correlationData: NotRequired[str]
    messageExpiry: NotRequired[int]

class UpdateThingShadowParams(TypedDict):
    thingName: str
    shadowName: NotRequired[str]
    payload: Blob
