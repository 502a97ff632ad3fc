"""What is to be deployed, and what became of it, whichever cloud asks.

Results stand in the journal by the names that SendHeartbeat gives them.
"""

from __future__ import annotations

from msgspec import Struct, field


class Definition(Struct):
    """What is wanted of one model, as the cloud said it: nothing is checked yet.

    url: s3://bucket/key, or an https URL that needs no signature of ours; name and version: where
    the cloud tells them, and not the file's name
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
        """Without the URL: who has a presigned one may read the model."""
        return f"Definition({self.handle!r}, {self.state!r})"


class Deployment(Struct):
    """A deployment as the cloud lists it. refusal: why none of it can be tried, in words."""

    name: str
    policy: str | None = None
    definitions: list[Definition] = []
    refusal: str | None = None


class ModelResult(Struct, omit_defaults=True):
    """What became of a model: desired and state are DEPLOY or UNDEPLOY, status SUCCESS or FAIL."""

    handle: str | None = field(default=None, name="ModelHandle")
    name: str | None = field(default=None, name="ModelName")
    version: str | None = field(default=None, name="ModelVersion")
    desired: str | None = field(default=None, name="DesiredState")
    state: str | None = field(default=None, name="State")
    status: str | None = field(default=None, name="Status")
    reason: str | None = field(default=None, name="StatusReason")
    rollback_reason: str | None = field(default=None, name="RollbackFailureReason")


class Result(Struct, omit_defaults=True):
    """What became of a deployment: status is SUCCESS or FAIL, times are POSIX seconds.

    refused: whether it was not even tried, since it asks for what cannot be done
    """

    name: str | None = field(default=None, name="DeploymentName")
    status: str | None = field(default=None, name="DeploymentStatus")
    message: str | None = field(default=None, name="DeploymentStatusMessage")
    start_s: float | None = field(default=None, name="DeploymentStartTime")
    end_s: float | None = field(default=None, name="DeploymentEndTime")
    models: list[ModelResult] | None = field(default=None, name="DeploymentModels")
    refused: bool = False
