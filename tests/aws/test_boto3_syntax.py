"""boto3's request syntax, pasted from its documentation, and the same requests in structs."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import datetime
from typing import Any

import pytest
from botocore.model import Shape

import edgemote
from aws.sagemaker_edge import (
    DeploymentModel,
    DeploymentResult,
    EdgeMetric,
    Model,
    SagemakerEdgeManager,
)
from calls import Ours
from endpoint import Endpoint
from oracle import Oracle, Sent

ANSWER = (200, {}, b"{}")

# Of enum members' values, which boto3's page divides by |, one is taken.
SEND_HEARTBEAT = dict(  # noqa: C408
    AgentMetrics=[
        {
            'Dimension': 'string',
            'MetricName': 'string',
            'Value': 123.0,
            'Timestamp': datetime(2015, 1, 1)
        },
    ],
    Models=[
        {
            'ModelName': 'string',
            'ModelVersion': 'string',
            'LatestSampleTime': datetime(2015, 1, 1),
            'LatestInference': datetime(2015, 1, 1),
            'ModelMetrics': [
                {
                    'Dimension': 'string',
                    'MetricName': 'string',
                    'Value': 123.0,
                    'Timestamp': datetime(2015, 1, 1)
                },
            ]
        },
    ],
    AgentVersion='string',
    DeviceName='string',
    DeviceFleetName='string',
    DeploymentResult={
        'DeploymentName': 'string',
        'DeploymentStatus': 'string',
        'DeploymentStatusMessage': 'string',
        'DeploymentStartTime': datetime(2015, 1, 1),
        'DeploymentEndTime': datetime(2015, 1, 1),
        'DeploymentModels': [
            {
                'ModelHandle': 'string',
                'ModelName': 'string',
                'ModelVersion': 'string',
                'DesiredState': 'DEPLOY',
                'State': 'UNDEPLOY',
                'Status': 'SUCCESS',
                'StatusReason': 'string',
                'RollbackFailureReason': 'string'
            },
        ]
    }
)  # fmt: skip
GET_DEPLOYMENTS = dict(  # noqa: C408
    DeviceName='string',
    DeviceFleetName='string'
)  # fmt: skip
GET_DEVICE_REGISTRATION = dict(  # noqa: C408
    DeviceName='string',
    DeviceFleetName='string'
)  # fmt: skip

REQUESTS = {
    "send_heartbeat": SEND_HEARTBEAT,
    "get_deployments": GET_DEPLOYMENTS,
    "get_device_registration": GET_DEVICE_REGISTRATION,
}
OPERATIONS = {
    "send_heartbeat": "SendHeartbeat",
    "get_deployments": "GetDeployments",
    "get_device_registration": "GetDeviceRegistration",
}

THEN_S = 1_420_070_400  # datetime(2015, 1, 1) in POSIX seconds, UTC
METRIC = EdgeMetric(Dimension="string", MetricName="string", Value=123.0, Timestamp=THEN_S)
MODEL = Model(
    ModelName="string",
    ModelVersion="string",
    LatestSampleTime=THEN_S,
    LatestInference=float(THEN_S),
    ModelMetrics=[METRIC],
)
DEPLOYMENT_MODEL = DeploymentModel(
    ModelHandle="string",
    ModelName="string",
    ModelVersion="string",
    DesiredState="DEPLOY",
    State="UNDEPLOY",
    Status="SUCCESS",
    StatusReason="string",
    RollbackFailureReason="string",
)
RESULT = DeploymentResult(
    DeploymentName="string",
    DeploymentStatus="string",
    DeploymentStatusMessage="string",
    DeploymentStartTime=THEN_S,
    DeploymentEndTime=THEN_S,
    DeploymentModels=[DEPLOYMENT_MODEL],
)
RESULT_DICT = SEND_HEARTBEAT["DeploymentResult"]
MODEL_DICT = SEND_HEARTBEAT["Models"][0]
METRIC_DICT = SEND_HEARTBEAT["AgentMetrics"][0]
# The same heartbeat: all in structs, and mixed at every level.
SAME = {
    "structs": {"AgentMetrics": [METRIC], "Models": [MODEL], "DeploymentResult": RESULT},
    "dict in a struct": {
        "Models": [
            Model(
                ModelName="string",
                ModelVersion="string",
                LatestSampleTime=datetime(2015, 1, 1),
                LatestInference="2015-01-01T00:00:00Z",
                ModelMetrics=[METRIC_DICT],
            )
        ],
    },
    "struct in a dict": {"Models": [{**MODEL_DICT, "ModelMetrics": [METRIC]}]},
    "struct beside dicts": {"AgentMetrics": [METRIC]},
    "struct in a list of a dict": {
        "DeploymentResult": {**RESULT_DICT, "DeploymentModels": (DEPLOYMENT_MODEL,)}
    },
    "dict in a list of a struct": {
        "DeploymentResult": DeploymentResult(
            DeploymentName="string",
            DeploymentStatus="string",
            DeploymentStatusMessage="string",
            DeploymentStartTime=THEN_S,
            DeploymentEndTime=datetime(2015, 1, 1),
            DeploymentModels=RESULT_DICT["DeploymentModels"],
        )
    },
    "tuples": {"AgentMetrics": (METRIC_DICT,), "Models": (MODEL_DICT,)},
}


@pytest.fixture(scope="module")
def judge() -> Oracle:
    return Oracle("sagemaker-edge")


def all_members(shape: Shape) -> Any:
    """The shape with every member, as the pasted syntax has to have it."""
    if shape.type_name == "structure":
        return {name: all_members(member) for name, member in shape.members.items()}
    if shape.type_name == "list":
        return [all_members(shape.member)]
    return None


def names_only(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: names_only(part) for name, part in value.items()}
    return [names_only(part) for part in value] if isinstance(value, list) else None


@pytest.mark.parametrize("method", REQUESTS)
def test_the_pasted_syntax_is_whole(judge: Oracle, method: str) -> None:
    shape = judge.model.operation_model(OPERATIONS[method]).input_shape
    assert names_only(REQUESTS[method]) == all_members(shape)


@pytest.mark.parametrize("method", REQUESTS)
def test_the_pasted_syntax_sends_what_botocore_sends(judge: Oracle, method: str) -> None:
    expected, _ = judge.call(method, REQUESTS[method], ANSWER)
    sent, _ = Ours("sagemaker-edge").call(method, REQUESTS[method], ANSWER)
    assert sent.facts() == expected.facts()
    # As text too: 123.0 stays a float, a date without fraction is an int.
    assert json.dumps(sent.body, sort_keys=True) == json.dumps(expected.body, sort_keys=True)


def test_the_pasted_syntax_is_accepted(judge: Oracle) -> None:
    with Endpoint(any_device=True) as endpoint:
        keys = endpoint.credentials
        client = edgemote.connect(
            SagemakerEdgeManager,
            region=endpoint.region,
            endpoint_url=endpoint.url,
            ca_file=endpoint.ca_file,
            credentials=edgemote.Credentials(keys.access_key_id, keys.secret_access_key),
        )
        with closing(client) as edge:
            for method, params in REQUESTS.items():
                getattr(edge, method)(**params)
        requests = endpoint.store.requests()
        assert [request["signature"] for request in requests] == ["ok"] * 3
        assert [request["status"] for request in requests] == [200] * 3
        for request, (method, params) in zip(requests, REQUESTS.items(), strict=True):
            expected, _ = judge.call(method, params, ANSWER)
            assert (request["method"], request["target"]) == (expected.method, expected.path)
            assert json.loads(request["body"]) == expected.body
            headers = dict(request["headers"])
            assert headers["content-type"] == expected.headers["content-type"]


def send(params: dict[str, Any]) -> Sent:
    sent, _ = Ours("sagemaker-edge").call("send_heartbeat", params, ANSWER)
    return sent


@pytest.mark.parametrize("name", SAME)
def test_structs_and_mixtures_are_the_same_request(name: str) -> None:
    assert send({**SEND_HEARTBEAT, **SAME[name]}).facts() == send(SEND_HEARTBEAT).facts()


def test_what_is_passed_is_left_as_it_was() -> None:
    before = repr(SEND_HEARTBEAT), repr(SAME)
    for changes in SAME.values():
        send({**SEND_HEARTBEAT, **changes})
    assert (repr(SEND_HEARTBEAT), repr(SAME)) == before


def test_boto3_exceptions_syntax() -> None:
    ours = Ours("sagemaker-edge")
    ours.recorder.answer = (500, {"x-amzn-ErrorType": "InternalServiceException"}, b"{}")
    try:
        ours.client.get_deployments(**GET_DEPLOYMENTS)
    except ours.client.exceptions.InternalServiceException as error:
        caught = error
    assert caught.status == 500
