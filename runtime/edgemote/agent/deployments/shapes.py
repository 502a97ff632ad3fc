"""Deployments and their results, as every cloud module gives and takes them.

In the journal, the fields of results have the names that SendHeartbeat gives them.
"""

from __future__ import annotations

from msgspec import Struct, field


class Definition(Struct):
    """One model of a deployment as the cloud sent it, unchecked.

    url: s3://bucket/key, or an https URL to be read without credentials; name and version: None if
    they are to be taken from the file's name
    """

    handle: str | None
    state: str | None
    url: str | None = None
    checksum_type: str | None = None
    checksum: str | None = None
    name: str | None = None
    version: str | None = None
    size_bytes: int | None = None
    signature: dict[str, str] | None = None

    def __repr__(self) -> str:
        """Without the URL: anyone who has a presigned URL can read the model."""
        return f"Definition({self.handle!r}, {self.state!r})"


class Deployment(Struct):
    """A deployment as the cloud lists it. refusal: why it cannot be attempted."""

    name: str
    policy: str | None = None
    definitions: list[Definition] = []
    refusal: str | None = None


class ModelResult(Struct, omit_defaults=True):
    """The result of a model: desired and state are DEPLOY or UNDEPLOY, status SUCCESS or FAIL."""

    handle: str | None = field(default=None, name="ModelHandle")
    name: str | None = field(default=None, name="ModelName")
    version: str | None = field(default=None, name="ModelVersion")
    desired: str | None = field(default=None, name="DesiredState")
    state: str | None = field(default=None, name="State")
    status: str | None = field(default=None, name="Status")
    reason: str | None = field(default=None, name="StatusReason")
    rollback_reason: str | None = field(default=None, name="RollbackFailureReason")


class Result(Struct, omit_defaults=True):
    """The result of a deployment: status is SUCCESS or FAIL, times are POSIX seconds.

    refused: whether it was not attempted, because it asks for something impossible
    """

    name: str | None = field(default=None, name="DeploymentName")
    status: str | None = field(default=None, name="DeploymentStatus")
    message: str | None = field(default=None, name="DeploymentStatusMessage")
    start_s: float | None = field(default=None, name="DeploymentStartTime")
    end_s: float | None = field(default=None, name="DeploymentEndTime")
    models: list[ModelResult] | None = field(default=None, name="DeploymentModels")
    refused: bool = False
