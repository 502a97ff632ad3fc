"""A service of a test's own: generated from a model in the test; botocore knows it too."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from botocore.loaders import Loader

import aws
from calls import Ours
from oracle import Oracle


def write_model(
    folder: Path,
    name: str,
    shapes: dict[str, Any],
    operations: dict[str, Any],
    rule_set: bytes | None = None,
    **metadata: Any,
) -> None:
    """Write a model in botocore's layout of folders, with endpoint rules of its own or else those
    of sagemaker-edge.

    An operation whose table says nothing of `http` is POST /<name>.
    """
    model = {
        "version": "2.0",
        "metadata": {
            "apiVersion": "2020-01-01",
            "endpointPrefix": name,
            "protocol": "rest-json",
            "serviceFullName": name.title(),
            "serviceId": name.title(),
            "signatureVersion": "v4",
            "uid": f"{name}-2020-01-01",
            **metadata,
        },
        "operations": {
            operation: {
                "name": operation,
                "http": {"method": "POST", "requestUri": f"/{operation}"},
                **facts,
            }
            for operation, facts in operations.items()
        },
        "shapes": shapes,
    }
    place = folder / name / "2020-01-01"
    place.mkdir(parents=True)
    (place / "service-2.json").write_text(json.dumps(model))
    if rule_set is None:
        data = Path(Loader.BUILTIN_DATA_PATH) / "sagemaker-edge" / "2020-09-23"
        rule_set = gzip.decompress((data / "endpoint-rule-set-1.json.gz").read_bytes())
    (place / "endpoint-rule-set-1.json").write_bytes(rule_set)


def make_service(
    folder: Path,
    name: str,
    shapes: dict[str, Any],
    operations: dict[str, Any],
    **metadata: Any,
) -> Ours:
    """Our client of a model, cut off from the network; `made_oracle` gives botocore's."""
    from edgemote_codegen.ir import Selection
    from edgemote_codegen.lowering import lower_service
    from edgemote_codegen.models import load_model, load_partitions
    from edgemote_codegen.output import write_files
    from edgemote_codegen.rendering import render_services
    from edgemote_codegen.selection import select

    write_model(folder, name, shapes, operations, **metadata)
    file = folder / name / "2020-01-01" / "service-2.json"
    partitions = load_partitions()
    selection = Selection(name)
    service = lower_service(
        select(load_model(selection.service, {name: file}), selection.operations),
        partitions,
        with_docs=True,
        command="tests",
    )
    out = folder / "clients"
    write_files(out, render_services([service], partitions))
    aws.__path__.append(str(out / "aws"))
    return Ours(name)


@contextmanager
def made_oracle(folder: Path, name: str, **options: Any) -> Iterator[Oracle]:
    before = os.environ.get("AWS_DATA_PATH")
    os.environ["AWS_DATA_PATH"] = str(folder)
    try:
        yield Oracle(name, **options)
    finally:
        if before is None:
            del os.environ["AWS_DATA_PATH"]
        else:
            os.environ["AWS_DATA_PATH"] = before
