"""One service in one protocol, on both sides."""

from __future__ import annotations

import importlib
import json
import shutil
import sys
import tempfile
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.model import OperationModel, Shape
from msgspec import Struct

import aws
from aws.errors import EndpointError, ServiceError, ValidationError
from aws.validate import member_name
from calls import Ours
from edgemote_codegen.customizations import find_alias
from edgemote_codegen.errors import UnsupportedError
from edgemote_codegen.lowering import lower_service
from edgemote_codegen.lowering.partitioning import SPLIT_FROM
from edgemote_codegen.models import load_model, load_partitions
from edgemote_codegen.names import module_name
from edgemote_codegen.output import write_files
from edgemote_codegen.rendering import render_services
from edgemote_codegen.selection import Selected, select
from oracle import Oracle, Sent, plain_result, plain_struct
from samples import Samples

from .departures import DEPARTURES, URL_DEPARTURES
from .drawn import try_drawn
from .wires import WIRES

# Samples are small: what can be compressed is to be.
COMPRESSED = {"request_min_compression_size_bytes": 1}
SHOWN = 1500  # characters of each side of a difference

# Attributes of every error of ours: they are the error's own, and not members of the same names.
OWN = frozenset(("code", "message", "status", "request_id", "retryable"))


# Version 4 of the signature and the region's host, where botocore's defaults for URLs are older.
_SIGNED_URLS = {"s3": Config(signature_version="s3v4", s3={"addressing_style": "virtual"})}


class Outcome(Struct):
    """What was compared of a service in a protocol; requests and responses count operations."""

    service: str
    protocol: str
    operations: int = 0
    requests: int = 0
    """operations all of whose requests were equal"""
    responses: int = 0
    errors: int = 0
    """error shapes that were compared"""
    errors_equal: int = 0
    left_out: list[tuple[str, str]] = []
    """(operation, reason)"""
    departed: list[tuple[str, str]] = []
    """(operation, where we differ from botocore on purpose)"""
    differences: list[str] = []


def compare_service(
    service: str, protocol: str, *, every: int = 1, examples: int = 3, rounds: int = 1
) -> Outcome:
    """Compare one operation of so `every` many."""
    outcome = Outcome(service, protocol)
    model = load_model(service, {})
    try:
        selected = select(model, (), protocol)
        with generated(selected, **COMPRESSED) as ours:
            outcome.left_out += selected.left_out
            config = Config(**COMPRESSED).merge(_SIGNED_URLS.get(service, Config()))
            judge = Oracle(service, protocol=protocol, config=config)
            seen: set[str] = set()
            for name in list(selected.operations)[::every]:
                outcome.operations += 1
                Comparison(outcome, judge, ours, name).run(rounds, examples, seen)
    except UnsupportedError as error:
        reason = str(error)
        outcome.left_out = [(name, reason) for name in model.content["operations"]]
    return outcome


def run_task(task: tuple[str, str, int]) -> Outcome:
    """In a process of its own; what goes wrong with one service does not keep the others."""
    service, protocol, examples = task
    try:
        return compare_service(service, protocol, examples=examples)
    except Exception as error:
        words = f"{service} ({protocol}): {type(error).__name__}: {error}"
        return Outcome(service, protocol, differences=[words])


@contextmanager
def generated(
    selected: Selected, *, split_from: int = SPLIT_FROM, **options: Any
) -> Iterator[Ours]:
    """Our client of what was selected, importable within the block; options: those of Ours."""
    partitions = load_partitions()
    ir = lower_service(
        selected,
        partitions,
        with_docs=False,
        command="tests",
        features=("presign", "request-structs"),
        split_from=split_from,
    )
    folder = Path(tempfile.mkdtemp(prefix="edgemote-conformance-"))
    package = f"aws.{module_name(selected.model.name)}"
    others = _forget(package)  # of another protocol, or with docs
    try:
        write_files(folder, render_services([ir], partitions))
        aws.__path__.insert(0, str(folder / "aws"))
        importlib.invalidate_caches()
        yield Ours(selected.model.name, **options)
    finally:
        _forget(package)
        sys.modules.update(others)
        aws.__path__.remove(str(folder / "aws"))
        shutil.rmtree(folder)


def _forget(package: str) -> dict[str, ModuleType]:
    """Take a package out of what was imported."""
    names = [name for name in sys.modules if f"{name}.".startswith(f"{package}.")]
    return {name: sys.modules.pop(name) for name in names}


class Comparison:
    """One operation on both sides."""

    def __init__(self, outcome: Outcome, judge: Oracle, ours: Ours, name: str) -> None:
        self.outcome = outcome
        self.judge = judge
        self.ours = ours
        self.model: OperationModel = judge.model.operation_model(name)
        self.name = name
        self.method = xform_name(name)
        self.kind = WIRES[outcome.protocol].samples
        self.departure = DEPARTURES.get((outcome.service, name)) or DEPARTURES.get(
            (outcome.service, "*")
        )
        self.unequal: set[str] = set()

    def run(self, rounds: int, examples: int, seen: set[str]) -> None:
        for round_ in range(rounds):
            for words, options in (("all", {"full": True}), ("few", {"full": False, "share": 0.0})):
                random = Random(f"{self.outcome.service}:{self.name}:{round_}")
                self.compare(words, self.kind(random, **options))
        if examples:
            try_drawn(self.kind, examples, lambda samples: self.compare("drawn", samples))
        self.outcome.requests += "request" not in self.unequal
        self.outcome.responses += "response" not in self.unequal
        for shape in self.model.error_shapes:
            if shape.name not in seen:
                seen.add(shape.name)
                self.compare_error(shape)
        if self.departure is None:
            return
        self.outcome.departed.append((self.name, self.departure))
        if not self.unequal:
            self.outcome.differences.append(
                f"{self.outcome.service}:{self.name}: no longer differs: {self.departure}"
            )

    def compare(self, words: str, samples: Samples) -> None:
        """Request and response of one sample."""
        params = samples.params(self.model.input_shape)
        answer = samples.answer(self.model.output_shape)
        try:
            expected_request, expected = self.judge.call(self.method, params, answer)
        except Exception as refusal:  # botocore's own errors have no common root
            self.expect_refusal(words, params, answer, refusal)
            return
        try:
            request, result = self.call_ours(params, answer)
        except Exception as failure:
            self.tell("request", words, params, repr(failure), expected_request.facts())
            return
        for sent in (request, expected_request):
            decode_json_headers(self.model.input_shape, sent)
        theirs, found = expected_request.facts(), request.facts()
        if found != theirs:
            kept = [name for name in theirs if found[name] != theirs[name]]
            pick = {name: theirs[name] for name in kept}
            self.tell("request", words, params, {name: found[name] for name in kept}, pick)
        if isinstance(expected, ClientError) or isinstance(result, ServiceError):
            self.tell("response", words, answer, repr(result), repr(expected))
            return
        self.compare_struct(words, params, answer)
        self.compare_url(words, params)
        wanted = plain_result(self.model.output_shape, expected)
        got = plain_struct(result) or {}
        if got != wanted:
            self.tell("response", words, answer, got, wanted)

    def compare_struct(self, words: str, params: dict[str, Any], answer: Any) -> None:
        """A request struct gives the bytes that keyword arguments give."""
        shape = self.ours.operations[self.name].input
        if shape is None:
            return
        wanted = self.ours.recorder.raw
        fields = {member_name(field): field for field in shape.__struct_fields__}
        named = name_as_boto3(self.outcome.service, self.name, params)
        request = shape(**{fields[name]: value for name, value in named.items()})
        try:
            self.ours.call(self.method, {}, answer, request)
        except Exception as failure:
            self.tell("struct", words, params, repr(failure), wanted)
            return
        if self.ours.recorder.raw != wanted:
            self.tell("struct", words, params, self.ours.recorder.raw, wanted)

    def compare_url(self, words: str, params: dict[str, Any]) -> None:
        """The presigned URL, byte for byte: the samples have their members in the model's order."""
        from aws.presign import presign  # the committed clients have none

        named = name_as_boto3(self.outcome.service, self.name, params)
        found: Any
        try:
            found = presign(self.ours.client, self.method, named, 600, None)
        except (ValidationError, EndpointError) as refusal:
            found = refusal
        try:
            wanted = self.judge.presign(self.method, params, 600)
        except Exception as refusal:  # of what cannot go into a URL
            if not isinstance(found, ValidationError):
                self.tell("URL", words, params, found, refusal)
            return
        departs = (
            (self.outcome.service, self.name) in URL_DEPARTURES
            # botocore signs some of what is not to be signed, and makes bare URLs of the others.
            or "is not signed" in str(found)
            # As in `decode_json_headers`.
            or any(
                member.serialization.get("jsonvalue")
                for member in getattr(self.model.input_shape, "members", {}).values()
            )
            # Of copies between regions, it does not leave out what is no parameter of the service.
            or "SourceRegion" in params
            # botocore keeps the first of several values that the query has of a parameter.
            or _repeats(found)
        )
        if found != wanted and not departs:
            self.tell("URL", words, params, found, wanted)

    def call_ours(self, params: dict[str, Any], answer: Any) -> Any:
        named = name_as_boto3(self.outcome.service, self.name, params)
        return self.ours.call(self.method, named, answer)

    def expect_refusal(self, words: str, params: Any, answer: Any, refusal: Exception) -> None:
        """What botocore takes no request for must not become one here."""
        try:
            request, _ = self.call_ours(params, answer)
        except (ValidationError, EndpointError):
            return
        except Exception as failure:
            self.tell("request", words, params, repr(failure), repr(refusal))
            return
        self.tell("request", words, params, request.facts(), repr(refusal))

    def compare_error(self, shape: Shape) -> None:
        self.outcome.errors += 1
        self.unequal.discard("error")
        params = self.kind(Random(self.name), full=False, share=0.0).params(self.model.input_shape)
        answer = self.kind(Random(shape.name), full=True).error(shape)
        try:
            _, expected = self.judge.call(self.method, params, answer)
            _, error = self.call_ours(params, answer)
        except Exception as failure:
            self.tell("error", shape.name, answer, repr(failure), "")
            return
        if not isinstance(expected, ClientError) or not isinstance(error, ServiceError):
            self.tell("error", shape.name, answer, repr(error), repr(expected))
            return
        wanted = self.facts_of_error(shape, expected)
        got = {
            "Code": error.code,
            "Message": error.message,
            "Status": error.status,
            "RequestId": error.request_id,
            "Modelled": type(error) is not ServiceError,
            "Members": {
                name: plain_struct(value)
                for name in wanted["Members"]
                if (value := getattr(error, name, None)) is not None
            },
        }
        if got != wanted:
            self.tell("error", shape.name, answer, got, wanted)
        self.outcome.errors_equal += "error" not in self.unequal

    def facts_of_error(self, shape: Shape, expected: ClientError) -> dict[str, Any]:
        response: dict[str, Any] = dict(expected.response)
        error, metadata = response.pop("Error"), response.pop("ResponseMetadata")
        exceptions = self.judge.client.exceptions
        members = {
            name: value
            for name, value in response.items()
            if name in shape.members
            and name not in OWN
            and name != "Message"
            and not shape.members[name].serialization.get("location")
        }
        return {
            "Code": error["Code"],
            "Message": error["Message"],
            "Status": metadata["HTTPStatusCode"],
            "RequestId": metadata["RequestId"],
            "Modelled": type(expected) is not ClientError
            or error["Code"] in exceptions._code_to_exception,
            "Members": plain_result(shape, members),
        }

    def tell(self, what: str, words: str, given: Any, found: Any, wanted: Any) -> None:
        """One difference; of an operation only the first of its kind in words."""
        known = what in self.unequal
        self.unequal.add(what)
        if known or self.departure is not None:
            return
        texts = (f"{part!r}"[:SHOWN] for part in (given, found, wanted))
        given, found, wanted = texts
        self.outcome.differences.append(
            f"{self.outcome.service}:{self.name} ({self.outcome.protocol}): {what} of {words}\n"
            f"    given    {given}\n    ours     {found}\n    botocore {wanted}"
        )


def _repeats(url: Any) -> bool:
    """Whether a parameter is there twice."""
    names = [name for name, _ in parse_qsl(urlsplit(str(url)).query, keep_blank_values=True)]
    return len(names) != len(set(names))


def name_as_boto3(service: str, operation: str, params: dict[str, Any]) -> dict[str, Any]:
    """Parameters by boto3's names; botocore takes the model's too."""
    return {find_alias(service, operation, name): part for name, part in params.items()}


def decode_json_headers(shape: Shape | None, sent: Sent) -> None:
    """botocore escapes what is not ASCII in the JSON of a header; the value is what counts."""
    for member in shape.members.values() if shape is not None else ():
        name = member.serialization.get("name", "").lower()
        if member.serialization.get("jsonvalue") and name in sent.headers:
            sent.headers[name] = json.loads(b64decode(sent.headers[name]))
