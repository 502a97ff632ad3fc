"""The exceptions of a service that is generated whole are botocore's."""

from __future__ import annotations

import inspect

import pytest
from botocore.exceptions import ClientError

from aws.errors import ServiceError
from edgemote_codegen.models import load_model
from edgemote_codegen.selection import select
from made_service import made_oracle, make_service

SHAPES = {
    "Text": {"type": "string"},
    "Detail": {"type": "structure", "members": {"Text": {"shape": "Text"}}},
    "Listed": {"type": "structure", "members": {}, "exception": True},
    "Unlisted": {
        "type": "structure",
        "exception": True,
        "members": {"Detail": {"shape": "Detail"}},
    },
    "First": {"type": "structure", "members": {}, "exception": True, "error": {"code": "Same"}},
    "Same": {"type": "structure", "members": {}, "exception": True},
    "Last": {"type": "structure", "members": {}, "exception": True, "error": {"code": "Same"}},
    "Plain": {"type": "structure", "members": {}},
}
OPERATIONS = {"Ask": {"errors": [{"shape": "Listed"}]}}


@pytest.mark.parametrize("protocol", ["json", "rest-json", "smithy-rpc-v2-cbor"])
def test_exceptions_are_botocores(protocol, tmp_path):
    name = f"exceptions-{protocol}"
    facts = {"jsonVersion": "1.1", "targetPrefix": "Errors", "protocol": protocol}
    ours = make_service(tmp_path, name, SHAPES, OPERATIONS, **facts)
    with made_oracle(tmp_path, name) as oracle:
        theirs = oracle.client.exceptions
        assert list_exceptions(ours.client_class.exceptions, ServiceError) == list_exceptions(
            type(theirs), ClientError
        )
        for code in ("Listed", "Unlisted", "Same", "Plain", "Unknown"):
            body = b'{"__type": "%b"}' % code.encode()
            if "cbor" in protocol:
                body = b"\xa1\x66__type" + bytes([0x60 + len(code)]) + code.encode()
            headers = {"x-amzn-errortype": code, "smithy-protocol": "rpc-v2-cbor"}
            answer = (400, headers, body)
            _, error = ours.call("ask", {}, answer)
            _, expected = oracle.call("ask", {}, answer)
            kind = type(error).__name__
            assert (kind if kind != "ServiceError" else "ClientError") == type(expected).__name__


def list_exceptions(module, root):
    return {
        name
        for name, found in vars(module).items()
        if inspect.isclass(found) and issubclass(found, root) and found is not root
    }


@pytest.mark.parametrize("service", ["codedeploy", "codepipeline", "logs", "sqs", "kinesis"])
def test_a_whole_service_has_all_exceptions_of_its_model(service):
    model = load_model(service, {})
    declared = {name for name, shape in model.content["shapes"].items() if shape.get("exception")}
    whole = select(model, ())
    assert declared <= whole.shapes.keys()
    first = next(iter(whole.operations))
    listed = {error["shape"] for error in whole.operations[first].get("errors", ())}
    assert declared & select(model, (first,)).shapes.keys() == declared & listed
