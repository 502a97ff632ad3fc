"""The document of an AWS IoT job that deploys models, with strict checks.

docs/job-document.schema.json is made from these structs by `make reference`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, MsgspecError, Struct, UnsetType, to_builtins
from msgspec.json import decode

from edgemote.agent.deployments.shapes import Definition, Deployment

OPERATION = "edgemote/deploy-models"
_MODELS = 32
# Python's $ also matches before a final line end.
_WORDS, _VERSION = r"^[a-zA-Z0-9](-*[a-zA-Z0-9])*$(?!\n)", r"^[a-zA-Z0-9 _.]+$(?!\n)"
_URL, _HEXADECIMAL = "^(https|s3)://", r"^[0-9a-fA-F]+$(?!\n)"
_IN_WORDS = {
    _WORDS: "of letters, digits and inner hyphens",
    _VERSION: "of letters, digits, spaces, _ and .",
    _URL: "that begins with https:// or s3://",
    _HEXADECIMAL: "of hexadecimal digits",
}


def _offers(*values: str) -> Meta:
    """What a text should be; another one is not the document's fault, but the signature's."""
    return Meta(extra_json_schema={"enum": list(values)})


Handle = Annotated[
    str,
    Meta(
        pattern=_WORDS,
        max_length=63,
        description="The model's handle on the device: letters, digits and inner hyphens",
    ),
]
Name = Annotated[
    str,
    Meta(
        pattern=_WORDS,
        min_length=4,
        max_length=255,
        description="The model's name, for heartbeats and the shadow",
    ),
]
Version = Annotated[
    str,
    Meta(
        pattern=_VERSION,
        max_length=64,
        description="Its version, for heartbeats and the shadow",
    ),
]
Url = Annotated[
    str,
    Meta(
        pattern=_URL,
        max_length=4096,
        description="s3://BUCKET/KEY, got with keys by role alias; or an https URL that needs "
        "none, such as a presigned one",
    ),
]
Hexadecimal = Annotated[str, Meta(pattern=_HEXADECIMAL, min_length=40, max_length=64)]

Size = Annotated[int, Meta(ge=0, description="What the file has to have")]
Base64 = Annotated[str, Meta(max_length=16_384, description="Base64 of the signature's bytes")]


class Signature(Struct, frozen=True, rename="camel"):
    """A signature of the file's SHA-256, as AWS Signer's code signing fills it in."""

    signature: Base64
    hash_algorithm: Annotated[str, _offers("SHA256")] = "SHA256"
    signature_algorithm: Annotated[str, _offers("RSA", "ECDSA", "Ed25519")] | UnsetType = UNSET
    certificate_name: (
        Annotated[str, Meta(description="The name of the file of one of deployments.signers")]
        | UnsetType
    ) = UNSET


class Checksum(Struct, frozen=True, forbid_unknown_fields=True):
    """The expected hash of the file."""

    type: Literal["SHA256", "SHA1"]
    sum: Hexadecimal


class Model(Struct, frozen=True, forbid_unknown_fields=True):
    """One model: DEPLOY requires url and checksum, UNDEPLOY only the handle."""

    handle: Handle
    state: Literal["DEPLOY", "UNDEPLOY"] = "DEPLOY"
    url: Url | UnsetType = UNSET
    checksum: Checksum | UnsetType = UNSET
    name: Name | UnsetType = UNSET
    version: Version | UnsetType = UNSET
    size_bytes: Size | UnsetType = UNSET
    signature: Base64 | Signature | UnsetType = UNSET


class Document(Struct, frozen=True, forbid_unknown_fields=True):
    """A deployment of models, as the document of an AWS IoT job."""

    operation: Literal["edgemote/deploy-models"]
    models: Annotated[list[Model], Meta(min_length=1, max_length=_MODELS)]
    failure_policy: Literal["ROLLBACK_ON_FAILURE", "DO_NOTHING"] = "ROLLBACK_ON_FAILURE"


class _Operation(Struct):
    operation: object = None


def read(name: str, text: str) -> Deployment:
    """The deployment that a job describes; for an invalid document, one with a refusal."""
    try:
        document = decode(text, type=Document)
    except (MsgspecError, RecursionError, ValueError) as error:
        return Deployment(name, refusal=_explain(text, error))
    handles: set[str] = set()
    for model in document.models:
        if model.handle in handles:
            return Deployment(name, refusal=f"handle {model.handle} appears twice")
        handles.add(model.handle)
        lacking = "url" if model.url is UNSET else "checksum" if model.checksum is UNSET else ""
        if model.state == "DEPLOY" and lacking:
            return Deployment(name, refusal=f"model {model.handle}: {lacking} is missing")
    return Deployment(name, document.failure_policy, [_define(model) for model in document.models])


def _define(model: Model) -> Definition:
    definition = Definition(model.handle, model.state)
    for field in ("url", "name", "version", "size_bytes"):
        if (value := getattr(model, field)) is not UNSET:
            setattr(definition, field, value)
    if isinstance(model.checksum, Checksum):
        definition.checksum_type, definition.checksum = model.checksum.type, model.checksum.sum
    if isinstance(model.signature, str):
        definition.signature = {"signature": model.signature}
    elif isinstance(model.signature, Signature):
        definition.signature = to_builtins(model.signature)
    return definition


def _explain(text: str, error: Exception) -> str:
    try:
        operation = decode(text, type=_Operation).operation
    except (MsgspecError, RecursionError, ValueError):
        operation = OPERATION
    if operation != OPERATION:
        return f"not a job of this agent: operation is {operation!a:.80}, expected {OPERATION!r}"
    reason = str(error)
    for pattern, words in _IN_WORDS.items():
        reason = reason.replace(f"matching regex {pattern!r}", words)
    from edgemote.agent.deployments.hooks import shorten

    return shorten(f"invalid job document: {reason}")
