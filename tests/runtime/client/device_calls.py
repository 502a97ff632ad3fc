"""A device's calls to a real endpoint, which verifies signatures and fails on request."""

from __future__ import annotations

import traceback
from contextlib import closing

import edgemote
import edgemote.client.pipeline
from aws.sagemaker_edge import (
    DeploymentModel,
    DeploymentResult,
    EdgeMetric,
    InternalServiceException,
    Model,
    SagemakerEdgeManager,
)
from edgemote import (
    ConnectError,
    ConnectionClosedError,
    ReadTimeoutError,
    ServiceError,
)

DEVICE = {"DeviceName": "cam-7", "DeviceFleetName": "dock"}
BEAT = {"AgentVersion": "1.0", **DEVICE}
METRIC = EdgeMetric(
    Dimension="board/cpu", MetricName="CpuTemp", Value=51.5, Timestamp=1_700_000_000.25
)
FULL_BEAT = {
    **BEAT,
    "AgentMetrics": [METRIC, EdgeMetric(MetricName="Load", Value=-1e300)],
    "Models": [
        Model(ModelName="gate", ModelVersion="2.1", LatestInference=0.0, ModelMetrics=[METRIC]),
        Model(),
    ],
    "DeploymentResult": DeploymentResult(
        DeploymentName="roll-1",
        DeploymentStatusMessage="fine é ☃",
        DeploymentModels=[DeploymentModel(ModelHandle="gate-2", RollbackFailureReason="")],
    ),
}
FULL_BEAT_ON_THE_WIRE = {
    **BEAT,
    "AgentMetrics": [
        {
            "Dimension": "board/cpu",
            "MetricName": "CpuTemp",
            "Value": 51.5,
            "Timestamp": 1_700_000_000.25,
        },
        {"MetricName": "Load", "Value": -1e300},
    ],
    "Models": [
        {
            "ModelName": "gate",
            "ModelVersion": "2.1",
            "LatestInference": 0,
            "ModelMetrics": [
                {
                    "Dimension": "board/cpu",
                    "MetricName": "CpuTemp",
                    "Value": 51.5,
                    "Timestamp": 1_700_000_000.25,
                }
            ],
        },
        {},
    ],
    "DeploymentResult": {
        "DeploymentName": "roll-1",
        "DeploymentStatusMessage": "fine é ☃",
        "DeploymentModels": [{"ModelHandle": "gate-2", "RollbackFailureReason": ""}],
    },
}
DEPLOYMENT = {
    "DeploymentName": "roll-1",
    "Type": "Model",
    "FailureHandlingPolicy": "ROLLBACK_ON_FAILURE",
    "Definitions": [
        {
            "ModelHandle": "gate-2",
            "S3Url": "s3://models/gate-2.tar.gz",
            "Checksum": {"Type": "SHA1", "Sum": "da39a3ee5e6b4b0d3255bfef95601890afd80709"},
            "State": "DEPLOY",
        }
    ],
}


# Fault and its options -> what is raised when every try fails so.
TRANSIENT = {
    "internal-error": ({}, InternalServiceException),
    "throttle": ({"retry_after_s": 0.0}, ServiceError),
    "unavailable": ({}, ServiceError),
    "close-before-answer": ({}, ConnectionClosedError),
    "close-mid-answer": ({}, ConnectionClosedError),
    "close-before-handshake": ({}, ConnectError),
    "reset": ({"sent_bytes": 20}, ConnectionClosedError),
    "latency": ({"seconds": 5.0}, ReadTimeoutError),
}


def credentials(key):
    return edgemote.Credentials(key.access_key_id, key.secret_access_key, key.session_token)


def connect(endpoint, key=None, **options):
    options = {
        "region": endpoint.region,
        "endpoint_url": endpoint.url,
        "ca_file": endpoint.ca_file,
        "credentials": credentials(key or endpoint.credentials),
        "timeout_s": 10,
        **options,
    }
    return closing(edgemote.connect(SagemakerEdgeManager, **options))


def seen(endpoint):
    """The requests of this test, in order of arrival."""
    return endpoint.store.requests()[endpoint.seen_before :]


def plain_client(peer, **options):
    """A client over plain HTTP, for scripts that answer what no endpoint would."""
    options = {
        "region": "us-west-2",
        "endpoint_url": peer.origin,
        "credentials": edgemote.Credentials("AKID", "secret"),
        "timeout_s": 10,
        **options,
    }
    return edgemote.connect(SagemakerEdgeManager, **options)


def assert_hidden(secrets, error):
    """No text that an error can turn into, its causes and contexts included, holds a secret."""
    texts = traceback.format_exception(error)
    while error is not None:
        texts += [str(error), repr(error), repr(error.args), repr(vars(error))]
        error = error.__cause__ or error.__context__
    for secret in secrets:
        assert secret not in "\n".join(texts)
