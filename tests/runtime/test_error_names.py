"""Errors name the operation, and the resource that it was called for."""

from __future__ import annotations

import pickle
from contextlib import closing

import pytest

import edgemote
from aws.iot_data import IoTDataPlane
from aws.iot_jobs_data import IoTJobsDataPlane
from aws.operation import Operation
from aws.s3 import S3
from aws.s3.client import GET_OBJECT
from aws.sagemaker_edge import SagemakerEdgeManager
from edgemote.client.naming import name_resource
from made_service import make_service
from runtime.http_peer import Peer, Wire, refusing_port

KEYS = edgemote.Credentials("AKIDEXAMPLE", "secret")
BODY = b"<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>"
MISSING = b"HTTP/1.1 404 No\r\nx-amz-request-id: R1\r\ncontent-length: %d\r\n\r\n%b"
MISSING %= (len(BODY), BODY)


def connect(service, url, **options):
    options = {"region": "us-west-2", "credentials": KEYS, "retries": 0, **options}
    return closing(edgemote.connect(service, endpoint_url=url, **options))


def serve(response: bytes):
    def script(wire: Wire) -> None:
        while wire.read_request()[0]:
            wire.send(response)

    return Peer(script)


def test_a_refusal_names_operation_and_resource():
    refused = pytest.raises(S3.exceptions.NoSuchKey)
    with serve(MISSING) as peer, connect(S3, peer.origin) as s3, refused as caught:
        s3.get_object(Bucket="dock-logs", Key="cam-7/log")
    error = caught.value
    assert str(error) == (
        "NoSuchKey: The specified key does not exist. "
        "(GetObject(Bucket='dock-logs', Key='cam-7/log'), HTTP 404, request R1)"
    )
    assert error.operation_name == "GetObject"
    assert error.resource_name == "Bucket='dock-logs', Key='cam-7/log'"
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


def test_a_failure_of_the_network_names_them_too():
    with (
        refusing_port() as port,
        connect(S3, f"http://127.0.0.1:{port}") as s3,
        pytest.raises(edgemote.ConnectError) as caught,
    ):
        s3.get_object(Bucket="dock-logs", Key="cam-7/log")
    assert str(caught.value) == (
        f"127.0.0.1:{port}: Connection refused (GetObject(Bucket='dock-logs', Key='cam-7/log'))"
    )
    assert isinstance(caught.value.__cause__, OSError)


@pytest.mark.parametrize(
    ("response", "kind"),
    [
        (b"", edgemote.ConnectionClosedError),
        (b"220 ready\r\n", edgemote.ProtocolError),
        (None, edgemote.ReadTimeoutError),
    ],
)
def test_whatever_the_failure(response, kind):
    def script(wire: Wire) -> None:
        wire.read_request()
        if response is None:
            wire.read_request()
        elif response:
            wire.send(response)

    failed = pytest.raises(kind)
    with (
        Peer(script) as peer,
        failed as caught,
        connect(
            SagemakerEdgeManager, peer.origin, timeout_s=0.1 if response is None else 30
        ) as edge,
    ):
        edge.get_deployments(DeviceName="cam-7", DeviceFleetName="dock")
    words = " (GetDeployments(DeviceName='cam-7', DeviceFleetName='dock'))"
    assert str(caught.value).endswith(words)
    assert caught.value.operation_name == "GetDeployments"


def test_other_errors_name_none():
    error = edgemote.ServiceError("Busy", "wait")
    assert str(error) == "Busy: wait"
    assert (error.operation_name, error.resource_name) == ("", "")


@pytest.mark.parametrize(
    ("client", "method", "params", "expected"),
    [
        (IoTDataPlane, "publish", {"topic": "a/b", "payload": b"secret"}, "topic='a/b'"),
        (
            IoTDataPlane,
            "update_thing_shadow",
            {"thingName": "cam", "payload": b"{}"},
            "thingName='cam'",
        ),
        (
            IoTJobsDataPlane,
            "describe_job_execution",
            {"jobId": "j", "thingName": "cam"},
            "jobId='j', thingName='cam'",
        ),
    ],
)
def test_what_is_in_the_path_is_the_resource(client, method, params, expected):
    assert find_resource(client, method, params) == expected


def find_resource(client, method, params):
    operations = []
    stub = client(lambda operation, given: operations.append(operation), lambda: None)
    getattr(stub, method)(**params)
    return name_resource(operations[0], params)


def member(shape, **more):
    return {"shape": shape, **more}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    text, secret = {"type": "string"}, {"type": "string", "sensitive": True}
    names = (
        "Plain Name UserName SecretId AccountId RoleArn QueueUrl NextToken ClientRequestToken "
        "MessageBody Key Password RequestId"
    ).split()
    members = {name: member("Text") for name in names}
    members["PinName"] = member("Secret")
    shapes = {
        "Text": text,
        "Secret": secret,
        "All": {"type": "structure", "required": [*members], "members": members},
        "Optional": {"type": "structure", "members": members},
        "None": {"type": "structure", "members": {}},
    }
    operations = {
        name: {"input": {"shape": shape}}
        for name, shape in (("All", "All"), ("Optional", "Optional"), ("None", "None"))
    }
    facts = {"jsonVersion": "1.1", "targetPrefix": "Named", "protocol": "json"}
    return make_service(
        tmp_path_factory.mktemp("made"), "named", shapes, operations, **facts
    ).client_class


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["Plain", "UserName", "PinName"], "UserName='UserName-1'"),
        (["SecretId", "MessageBody"], "SecretId='SecretId-1'"),
        (["Password", "NextToken", "ClientRequestToken", "RequestId"], ""),
        (["Key", "RoleArn"], "RoleArn='RoleArn-1', Key='Key-1'"),
        (
            ["Name", "UserName", "SecretId", "AccountId"],
            "Name='Name-1', UserName='UserName-1', SecretId='SecretId-1'",
        ),
    ],
)
def test_required_names_are_the_resource(made, given, expected):
    params = {name: f"{name}-1" for name in given}
    assert find_resource(made, "all", params) == expected


def test_without_required_names_it_is_the_first_that_is_given(made):
    params = {"MessageBody": "a", "RoleArn": "arn:b", "AccountId": "c", "PinName": "secret"}
    assert find_resource(made, "optional", params) == "AccountId='c'"
    assert find_resource(made, "optional", {"PinName": "secret", "MessageBody": "a"}) == ""
    assert find_resource(made, "none", {}) == ""


def test_values_are_short_printable_and_no_signed_urls(made):
    params = {
        "Name": "a" * 100,
        "UserName": "a\nb",
        "QueueUrl": "https://user:secret@q.example/1?X-Amz-Signature=secret",
        "AccountId": ["a"],
    }
    assert find_resource(made, "all", params) == (
        f"Name='{'a' * 80}...', UserName='a\\nb', QueueUrl='https://q.example/1'"
    )


@pytest.mark.parametrize("url", ["s3://u:secret@b/k#secret", "s3://secret@b/k?a#secret"])
def test_no_part_of_a_url_that_may_grant_access_is_shown(made, url):
    assert find_resource(made, "all", {"QueueUrl": url}) == "QueueUrl='s3://b/k'"


def test_what_was_not_given_is_left_out():
    assert name_resource(GET_OBJECT, {"Bucket": "b"}) == "Bucket='b'"
    assert name_resource(Operation(name="Ping"), {}) == ""
