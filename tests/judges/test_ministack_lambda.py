"""Lambda at ministack, which runs the function: bytes there and back, names and ARNs in paths."""

from __future__ import annotations

import io
import json
import zipfile
from base64 import b64decode
from collections.abc import Callable
from typing import Any

import pytest

from aws.lambda_ import Environment, Lambda

_HANDLER = """
import os
def handle(event, context):
    print("a frame came")
    if event.get("fail"):
        raise ValueError("no frame")
    return {"got": event, "site": os.environ["SITE"]}
"""


@pytest.fixture(scope="module")
def functions(connect: Callable[..., Any], lambda_role: str) -> Any:
    client = connect(Lambda)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("cam.py", _HANDLER)
    made = client.create_function(
        FunctionName="frames",
        Runtime="python3.12",
        Role=lambda_role,
        Handler="cam.handle",
        Code={"ZipFile": packed.getvalue()},
        Environment=Environment(Variables={"SITE": "köln"}),
    )
    assert made.CodeSize == len(packed.getvalue())
    return client


def _read(payload: Any) -> Any:
    return json.loads(payload if isinstance(payload, bytes) else payload.read())


def test_a_function_takes_and_gives_bytes(functions: Any) -> None:
    answer = functions.invoke(FunctionName="frames", Payload='{"a": "é"}'.encode(), LogType="Tail")
    assert (answer.StatusCode, answer.ExecutedVersion) == (200, "$LATEST")
    assert answer.FunctionError is None
    assert b"a frame came" in b64decode(answer.LogResult)
    assert _read(answer.Payload) == {"got": {"a": "é"}, "site": "köln"}

    failed = functions.invoke(FunctionName="frames", Payload=io.BytesIO(b'{"fail": true}'))
    assert failed.FunctionError == "Unhandled"
    assert _read(failed.Payload)["errorMessage"] == "no frame"
    assert functions.invoke(FunctionName="frames", InvocationType="DryRun").StatusCode == 204


def test_function_names_arns_and_tags_in_paths(
    functions: Any, same_as_botocore: Callable[..., None]
) -> None:
    found = functions.get_function_configuration(FunctionName="frames", Qualifier="$LATEST")
    assert found.Environment.Variables == {"SITE": "köln"}
    assert "köln" not in repr(found)
    same_as_botocore("lambda", functions, "get_function_configuration", FunctionName="frames")
    arn = found.FunctionArn
    assert functions.get_function(FunctionName=arn).Configuration.FunctionName == "frames"
    assert functions.tag_resource(Resource=arn, Tags={"a b": "é", "c&d": "e", "f": "g"}) is None
    # A list in the query string: one pair for each key.
    functions.untag_resource(Resource=arn, TagKeys=["a b", "c&d"])
    assert functions.list_tags(Resource=arn).Tags == {"f": "g"}
    with pytest.raises(functions.exceptions.ResourceNotFoundException) as caught:
        functions.invoke(FunctionName="none", Payload=b"{}")
    assert caught.value.status == 404
    assert "none" in caught.value.message
