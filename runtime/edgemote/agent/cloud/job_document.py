"""The job document: what a job of AWS IoT asks for, checked strictly.

docs/job-document.schema.json is made from these structs by `make reference`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, MsgspecError, Struct
from msgspec.json import decode

from edgemote.agent.deployments.shapes import Definition, Deployment

OPERATION = "edgemote/deploy-models"
_MODELS = 32
_REASON_CHARS = 512

Handle = Annotated[
    str,
    Meta(
        pattern="^[a-zA-Z0-9](-*[a-zA-Z0-9])*$",
        max_length=63,
        description="The model's handle on the device: letters, digits and inner hyphens",
    ),
]
Name = Annotated[
    str,
    Meta(
        pattern="^[a-zA-Z0-9](-*[a-zA-Z0-9])*$",
        min_length=4,
        max_length=255,
        description="The model's name, for heartbeats and the shadow",
    ),
]
Version = Annotated[
    str,
    Meta(
        pattern="^[a-zA-Z0-9 _.]+$",
        max_length=64,
        description="Its version, for heartbeats and the shadow",
    ),
]
Url = Annotated[
    str,
    Meta(
        pattern="^(https|s3)://",
        max_length=4096,
        description="s3://BUCKET/KEY, got with keys by role alias; or an https URL that needs "
        "none, such as a presigned one",
    ),
]
Hexadecimal = Annotated[str, Meta(pattern="^[0-9a-fA-F]+$", min_length=40, max_length=64)]


class Checksum(Struct, frozen=True, forbid_unknown_fields=True):
    """What the file's bytes have to hash to."""

    type: Literal["SHA256", "SHA1"]
    sum: Hexadecimal


class Model(Struct, frozen=True, forbid_unknown_fields=True):
    """One model: DEPLOY takes url and checksum, UNDEPLOY the handle alone."""

    handle: Handle
    state: Literal["DEPLOY", "UNDEPLOY"] = "DEPLOY"
    url: Url | None = None
    checksum: Checksum | None = None
    name: Name | None = None
    version: Version | None = None
    size_bytes: (
        Annotated[int, Meta(ge=0, description="Checked against what is free first")] | None
    ) = None
    signature: Annotated[str, Meta(max_length=16_384)] | dict[str, str] | None = None


class Document(Struct, frozen=True, forbid_unknown_fields=True):
    """A deployment of models, as the document of a job of AWS IoT."""

    operation: Literal["edgemote/deploy-models"]
    models: Annotated[list[Model], Meta(min_length=1, max_length=_MODELS)]
    failure_policy: Literal["ROLLBACK_ON_FAILURE", "DO_NOTHING"] = "ROLLBACK_ON_FAILURE"


class _Operation(Struct):
    operation: object = None


def read(name: str, text: str) -> Deployment:
    """The deployment that a job is; one that is none has a refusal, in words."""
    try:
        document = decode(text, type=Document)
    except (MsgspecError, RecursionError, ValueError) as error:
        return Deployment(name, refusal=_explain(text, error)[:_REASON_CHARS])
    definitions = []
    for model in document.models:
        if model.state == "DEPLOY" and (model.url is None or model.checksum is None):
            lacking = "url" if model.url is None else "checksum"
            return Deployment(name, refusal=f"model {model.handle}: {lacking} is missing")
        checksum = model.checksum
        signature = model.signature
        definitions.append(
            Definition(
                model.handle,
                model.state,
                model.url,
                None if checksum is None else checksum.type,
                None if checksum is None else checksum.sum,
                model.name,
                model.version,
                model.size_bytes,
                {"signature": signature} if isinstance(signature, str) else signature,
            )
        )
    return Deployment(name, document.failure_policy, definitions)


def _explain(text: str, error: Exception) -> str:
    try:
        operation = decode(text, type=_Operation).operation
    except (MsgspecError, RecursionError, ValueError):
        operation = OPERATION
    if operation != OPERATION:
        return f"not a job of this agent: operation is {operation!a:.80}, expected {OPERATION!r}"
    return f"invalid job document: {error}"
