"""edgemote.testing.Stub: what code under test gets in place of a client."""

from __future__ import annotations

import io
from contextlib import suppress
from datetime import datetime, timezone

import pytest

import edgemote
from aws.iot_jobs_data import (
    DescribeJobExecutionResponse,
    InvalidRequestException,
    IoTJobsDataPlane,
    JobExecution,
)
from aws.s3 import S3, GetObjectOutput, HeadObjectOutput, InvalidObjectState
from aws.sagemaker_edge import (
    Checksum,
    Definition,
    EdgeDeployment,
    GetDeploymentsResult,
    SagemakerEdgeManager,
)
from edgemote.testing import Stub

DEVICE = {"DeviceName": "cam-7", "DeviceFleetName": "dock"}
OBJECT = {"Bucket": "dock-logs", "Key": "cam-7/log"}


def test_results_come_in_the_order_in_which_they_were_queued():
    with Stub(SagemakerEdgeManager) as stub:
        stub.answer("get_device_registration", {"CacheTTL": "1"})
        stub.answer("get_device_registration", {"CacheTTL": "2"})
        stub.answer("send_heartbeat")
        edge = stub.client
        assert edge.get_device_registration(**DEVICE).CacheTTL == "1"
        assert edge.send_heartbeat(AgentVersion="1", **DEVICE) is None
        assert edge.get_device_registration(**DEVICE).CacheTTL == "2"
    assert stub.calls == [
        ("get_device_registration", DEVICE),
        ("send_heartbeat", {"AgentVersion": "1", **DEVICE}),
        ("get_device_registration", DEVICE),
    ]
    assert isinstance(stub.client, SagemakerEdgeManager)


def test_a_dict_as_boto3_returns_it_becomes_the_structs_of_the_real_client():
    structs = GetDeploymentsResult(
        Deployments=[
            EdgeDeployment(
                DeploymentName="roll-1",
                Definitions=[Definition(ModelHandle="gate", Checksum=Checksum(Sum="00"))],
            )
        ]
    )
    definition = {"ModelHandle": "gate", "Checksum": {"Sum": "00"}}
    same = {"Deployments": [{"DeploymentName": "roll-1", "Definitions": [definition]}]}
    mixed = {
        "Deployments": [
            EdgeDeployment(DeploymentName="roll-1", Definitions=[definition])  # type: ignore[list-item]
        ]
    }
    with Stub(SagemakerEdgeManager) as stub:
        for given in (structs, same, mixed):
            stub.answer("get_deployments", given)
            result = stub.client.get_deployments(**DEVICE)
            assert result == structs
            assert type(result.Deployments[0].Definitions[0].Checksum) is Checksum


def test_times_are_seconds_as_in_a_real_result():
    when = datetime(2026, 1, 1, tzinfo=timezone.utc)
    with Stub(S3) as stub:
        for given in (when, when.timestamp(), "2026-01-01T00:00:00Z"):
            stub.answer("head_object", {"LastModified": given, "ContentLength": 3})
            result = stub.client.head_object(**OBJECT)
            assert result == HeadObjectOutput(LastModified=when.timestamp(), ContentLength=3)


@pytest.mark.parametrize("body", [b"abcdef", bytearray(b"abcdef"), io.BytesIO(b"abcdef"), "abcdef"])
def test_a_streamed_body_is_read_as_a_real_one(body):
    with Stub(S3) as stub:
        stub.answer("get_object", {"Body": body, "ContentLength": 6})
        with stub.client.get_object(**OBJECT).Body as stream:
            assert stream.read(4) == b"abcd"
            assert list(stream) == [b"ef"]
            assert stream.read() == b""


def test_a_struct_with_a_streamed_body():
    with Stub(S3) as stub:
        stub.answer("get_object", GetObjectOutput(Body=b"abc", ETag='"e"'))
        result = stub.client.get_object(**OBJECT)
        assert (result.ETag, result.Body.read()) == ('"e"', b"abc")


@pytest.mark.parametrize(
    ("method", "result", "words"),
    [
        ("get_deployments", {"Deployment": []}, r"^\$\.Deployment is not a"),
        ("get_deployments", {"Deployments": [{"DeploymentName": 7}]}, r"^\$\.Deployments\[0\]\."),
        ("get_deployments", {"Deployments": "none"}, r"^\$\.Deployments: "),
        (
            "get_deployments",
            Checksum(),
            r"^\$: GetDeployments returns GetDeploymentsResult or a dict, got Checksum$",
        ),
        ("send_heartbeat", {"A": 1}, r"^\$: SendHeartbeat returns nothing, got \{'A': 1\}$"),
    ],
)
def test_what_the_service_cannot_return_is_refused(method, result, words):
    stub = Stub(SagemakerEdgeManager)
    with pytest.raises(edgemote.ValidationError, match=words):
        stub.answer(method, result)


def test_parameters_are_checked_as_by_the_real_client():
    stub = Stub(SagemakerEdgeManager)
    stub.answer("get_deployments")
    with pytest.raises(edgemote.ValidationError, match=r"^\$\.DeviceFleetName"):
        stub.client.get_deployments(DeviceName="cam-7")
    with pytest.raises(edgemote.ValidationError, match=r"^\$\.DeviceName"):
        stub.client.get_deployments(DeviceName=7, DeviceFleetName="dock")
    assert stub.calls == []


def test_an_error_of_the_model_has_its_class_and_members():
    with Stub(S3) as stub:
        stub.error("get_object", "NoSuchKey", "no such key", status=404, request_id="R1")
        with pytest.raises(stub.client.exceptions.NoSuchKey) as caught:
            stub.client.get_object(**OBJECT)
        assert str(caught.value) == (
            "NoSuchKey: no such key (GetObject(Bucket='dock-logs', Key='cam-7/log'), HTTP 404, "
            "request R1)"
        )
        stub.error("get_object", "InvalidObjectState", StorageClass="GLACIER")
        with pytest.raises(InvalidObjectState) as state:
            stub.client.get_object(**OBJECT)
        assert (state.value.StorageClass, state.value.AccessTier) == ("GLACIER", None)


def test_other_errors():
    with Stub(IoTJobsDataPlane) as stub:
        stub.error("describe_job_execution", "ThrottlingException", "slow down", status=429)
        with pytest.raises(edgemote.ServiceError, match="ThrottlingException: slow down") as caught:
            stub.client.describe_job_execution(jobId="j", thingName="t")
        assert caught.value.status == 429
        silent = edgemote.ReadTimeoutError("silent for 60 s")
        stub.error("describe_job_execution", silent)
        with pytest.raises(edgemote.ReadTimeoutError, match=r"^silent for 60 s \(Describe"):
            stub.client.describe_job_execution(jobId="j", thingName="t")
        with pytest.raises(
            edgemote.ValidationError,
            match=r"^\$\.Color: InvalidRequestException has no such member; its members: ",
        ):
            stub.error("describe_job_execution", "InvalidRequestException", Color="red")
        stub.error("describe_job_execution", "InvalidRequestException")
        with pytest.raises(InvalidRequestException):
            stub.client.describe_job_execution(jobId="j", thingName="t")


def test_bytes_are_decoded_by_the_real_decoder():
    with Stub(IoTJobsDataPlane) as stub:
        body = b'{"execution": {"jobId": "j", "queuedAt": 1700000000, "news": 1}}'
        stub.answer_bytes("describe_job_execution", body)
        result = stub.client.describe_job_execution(jobId="j", thingName="t")
        assert result == DescribeJobExecutionResponse(
            execution=JobExecution(jobId="j", queuedAt=1_700_000_000)
        )
        refusal = {"X-Amzn-ErrorType": "InvalidRequestException", "x-amzn-RequestId": "R1"}
        stub.answer_bytes(
            "describe_job_execution", b'{"message": "no"}', status=400, headers=refusal
        )
        with pytest.raises(InvalidRequestException, match=r"no \(.*HTTP 400, request R1"):
            stub.client.describe_job_execution(jobId="j", thingName="t")
    with Stub(S3) as stub:
        stub.answer_bytes("get_object", b"abc", headers={"ETag": '"e"', "x-amz-meta-a": "1"})
        result = stub.client.get_object(**OBJECT)
        assert (result.ETag, result.Metadata, result.Body.read()) == ('"e"', {"a": "1"}, b"abc")


def test_what_is_not_queued_is_refused():
    stub = Stub(S3)
    stub.answer("head_object")
    words = r"^get_object\(Bucket='dock-logs', Key='cam-7/log'\) was called, but no response is "
    with pytest.raises(AssertionError, match=words):
        stub.client.get_object(**OBJECT)
    assert stub.calls == [("get_object", OBJECT)]


def test_a_refusal_that_the_code_swallows_is_told_at_the_end():
    def run() -> None:
        with Stub(S3) as stub, suppress(Exception):
            stub.client.head_object(**OBJECT)

    with pytest.raises(AssertionError, match=r"^head_object\(.* was called, but no"):
        run()


def test_what_was_not_called_is_told_at_the_end():
    def run() -> None:
        with Stub(S3) as stub:
            stub.answer("get_object", {"Body": b""})
            stub.error("get_object", "NoSuchKey")
            stub.answer("head_object")
            stub.client.head_object(**OBJECT)

    with pytest.raises(AssertionError, match=r"^queued but never called: get_object \(2\)$"):
        run()


def test_an_error_of_the_test_is_not_hidden_by_what_is_left():
    def run() -> None:
        with Stub(S3) as stub:
            stub.answer("head_object")
            raise KeyError("the test's own")

    with pytest.raises(KeyError):
        run()


@pytest.mark.parametrize("method", ["get_objects", "GetObject", "close", "service", "_call", "x.y"])
def test_a_misspelt_operation_is_found_when_it_is_queued(method):
    stub = Stub(S3)
    for queue in (stub.answer, stub.answer_bytes):
        with pytest.raises(ValueError, match=rf"^S3 has no operation '{method}'$"):
            queue(method)
    with pytest.raises(ValueError, match=rf"^S3 has no operation '{method}'$"):
        stub.error(method, "NoSuchKey")


def test_two_stubs_know_nothing_of_each_other():
    one, other = Stub(S3), Stub(S3)
    one.answer("head_object", {"ContentLength": 1})
    other.answer("head_object", {"ContentLength": 2})
    assert other.client.head_object(**OBJECT).ContentLength == 2
    assert one.calls == []


def test_with_response_works_with_a_stub():
    with Stub(S3) as stub:
        stub.answer("head_object", {"ContentLength": 1})
        result, response = edgemote.with_response(stub.client.head_object)(**OBJECT)
        assert (result.ContentLength, response.status, response.attempts) == (1, 200, 1)


def test_a_stub_says_what_it_was_given_in_error():
    with pytest.raises(edgemote.ConfigError, match=r"^argument service: expected a generated cl"):
        Stub(None)
    stub = Stub(S3)
    with pytest.raises(edgemote.ValidationError, match=r"^S3 has no operation None$"):
        stub.answer(None)
    with pytest.raises(edgemote.ValidationError, match=r"^\$: GetObject returns .*, got int$"):
        stub.answer("get_object", 5)
    with pytest.raises(edgemote.ValidationError, match=r"^headers: expected a dict, got str$"):
        stub.answer_bytes("get_object", headers="x")
    with pytest.raises(edgemote.ConfigError, match=r"^argument method: expected a client's method"):
        edgemote.with_response(None)
