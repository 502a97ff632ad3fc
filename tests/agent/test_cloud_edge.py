"""SageMaker Edge Manager as a cloud: its shapes and ours."""

import pytest

from aws.sagemaker_edge import Checksum, Definition, EdgeDeployment
from edgemote.agent.cloud.edge import read_deployment, write_result
from edgemote.agent.deployments import shapes
from edgemote.agent.deployments.shapes import Deployment, ModelResult, Result


def test_a_deployment_is_read():
    definition = Definition(
        ModelHandle="snow",
        S3Url="s3://bucket/key",
        Checksum=Checksum(Type="SHA1", Sum="ab"),
        State="DEPLOY",
    )
    assert read_deployment(
        EdgeDeployment(
            DeploymentName="winter",
            Type="Model",
            FailureHandlingPolicy="DO_NOTHING",
            Definitions=[definition, Definition(ModelHandle="rain", State="UNDEPLOY")],
        )
    ) == Deployment(
        "winter",
        "DO_NOTHING",
        [
            shapes.Definition("snow", "DEPLOY", "s3://bucket/key", "SHA1", "ab"),
            shapes.Definition("rain", "UNDEPLOY"),
        ],
    )


@pytest.mark.parametrize("kind", [None, "Firmware"])
def test_a_deployment_of_something_else_is_refused(kind):
    deployment = read_deployment(EdgeDeployment(DeploymentName="winter", Type=kind))
    assert deployment == Deployment("winter", refusal=f"Type {kind!r}: only Model is supported")


def test_a_checksum_without_a_type_is_one():
    definition = Definition(ModelHandle="snow", Checksum=Checksum(Sum="ab"))
    deployment = read_deployment(EdgeDeployment(Type="Model", Definitions=[definition]))
    assert deployment.definitions[0].checksum_type == ""


def test_a_result_is_written():
    model = ModelResult("snow", "net", "1", "DEPLOY", "UNDEPLOY", "FAIL", "why", "and why")
    written = write_result(Result("winter", "FAIL", "why", 1.0, 2.0, [model]))
    assert written.DeploymentName == "winter"
    assert (written.DeploymentStatus, written.DeploymentStatusMessage) == ("FAIL", "why")
    assert (written.DeploymentStartTime, written.DeploymentEndTime) == (1.0, 2.0)
    (found,) = written.DeploymentModels
    assert [getattr(found, name) for name in found.__struct_fields__] == [
        *("snow", "net", "1", "DEPLOY", "UNDEPLOY", "FAIL", "why", "and why")
    ]
    assert write_result(Result("winter", "FAIL")).DeploymentModels is None
