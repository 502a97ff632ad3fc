"""SageMaker Edge Manager as a cloud: its shapes and ours."""

import pytest

from aws.sagemaker_edge import Checksum, Definition, EdgeDeployment
from edgemote.agent.cloud.edge import read_deployment, read_ttl_s, write_result
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


@pytest.mark.parametrize(
    ("wrong", "name", "where"),
    [
        (EdgeDeployment(DeploymentName="winter", Definitions=["x"]), "winter", "$.Definitions[0]"),
        (
            EdgeDeployment(DeploymentName="winter", Definitions=[Definition(S3Url=1.5)]),
            *("winter", "$.Definitions[0].S3Url"),
        ),
        (
            EdgeDeployment(DeploymentName="winter", FailureHandlingPolicy={}),
            *("winter", "$.FailureHandlingPolicy"),
        ),
        (EdgeDeployment(DeploymentName=7), "", "$.DeploymentName"),
        ("x", "", "got `str`"),
        (None, "", "got `null`"),
    ],
)
def test_a_deployment_of_other_types_is_refused(wrong, name, where):
    """Which decoding lets pass. The others of the list are carried out."""
    deployment = read_deployment(wrong)
    assert deployment == Deployment(name, refusal=deployment.refusal)
    assert deployment.refusal.startswith("the service's list is malformed: Expected ")
    assert where in deployment.refusal


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90", 90), (90, 90), (None, 3600), ("x", 3600), ([], 3600), ("nan", 60), ("1e999", 604_800)],
)
def test_a_registration_holds_for_a_time_within_bounds(text, seconds):
    assert read_ttl_s(text) == seconds


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
