# Generated, do not edit: `python -m edgemote_codegen generate` writes it anew.
# Model iot-jobs-data, API version 2017-09-29,
# sha256 08bb3e428292dba5dab62d6c4fad004d6a5dc5cf1f9c90df130e162bb4453594
"""Structs of AWS IoT Jobs Data Plane."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from ..shape import Shape

String1 = Annotated[str, Meta(min_length=1)]


class DescribeJobExecutionRequest(Shape, kw_only=True):
    jobId: str
    """The unique identifier assigned to this job when it was created."""

    thingName: String1
    """The thing name associated with the device the job execution is running on."""

    includeJobDocument: bool | None = None
    """Optional. Unless set to false, the response contains the job document. The default is
    true.
    """

    executionNumber: int | None = None
    """Optional. A number that identifies a particular job execution on a particular device. If not
    specified, the latest job execution is returned.
    """


class DescribeJobExecutionResponse(Shape, kw_only=True):
    execution: JobExecution | None = None
    """Contains data about a job execution."""


class JobExecution(Shape, kw_only=True):
    """Contains data about a job execution."""

    jobId: str | None = None
    """The unique identifier you assigned to this job when it was created."""

    thingName: str | None = None
    """The name of the thing that is executing the job."""

    status: str | None = None
    """The status of the job execution. Can be one of: "QUEUED", "IN_PROGRESS", "FAILED", "SUCCESS",
    "CANCELED", "TIMED_OUT", "REJECTED", or "REMOVED".

    One of QUEUED, IN_PROGRESS, SUCCEEDED, FAILED, TIMED_OUT, REJECTED, REMOVED, CANCELED.
    """

    statusDetails: dict[str, str] | None = None
    """A collection of name/value pairs that describe the status of the job execution.

    The maximum length of the value in the name/value pair is 1,024 characters.
    """

    queuedAt: int | None = None
    """The time, in seconds since the epoch, when the job execution was enqueued."""

    startedAt: int | None = None
    """The time, in seconds since the epoch, when the job execution was started."""

    lastUpdatedAt: int | None = None
    """The time, in seconds since the epoch, when the job execution was last updated."""

    approximateSecondsBeforeTimedOut: int | None = None
    """The estimated number of seconds that remain before the job execution status will be changed
    to `TIMED_OUT`. The actual job execution timeout can occur up to 60 seconds later than the
    estimated duration.
    """

    versionNumber: int | None = None
    """The version of the job execution. Job execution versions are incremented each time they are
    updated by a device.
    """

    executionNumber: int | None = None
    """A number that identifies a particular job execution on a particular device. It can be used
    later in commands that return or update job execution information.
    """

    jobDocument: str | None = None
    """The content of the job document."""


class JobExecutionState(Shape, kw_only=True):
    """Contains data about the state of a job execution."""

    status: str | None = None
    """The status of the job execution. Can be one of: "QUEUED", "IN_PROGRESS", "FAILED", "SUCCESS",
    "CANCELED", "TIMED_OUT", "REJECTED", or "REMOVED".

    One of QUEUED, IN_PROGRESS, SUCCEEDED, FAILED, TIMED_OUT, REJECTED, REMOVED, CANCELED.
    """

    statusDetails: dict[str, str] | None = None
    """A collection of name/value pairs that describe the status of the job execution.

    The maximum length of the value in the name/value pair is 1,024 characters.
    """

    versionNumber: int | None = None
    """The version of the job execution. Job execution versions are incremented each time they are
    updated by a device.
    """


class StartNextPendingJobExecutionRequest(Shape, kw_only=True):
    thingName: String1
    """The name of the thing associated with the device."""

    statusDetails: dict[String1, String1] | None = None
    """A collection of name/value pairs that describe the status of the job execution. If not
    specified, the statusDetails are unchanged.

    The maximum length of the value in the name/value pair is 1,024 characters.
    """

    stepTimeoutInMinutes: int | None = None
    """Specifies the amount of time this device has to finish execution of this job. If the job
    execution status is not set to a terminal state before this timer expires, or before the timer
    is reset (by calling `UpdateJobExecution`, setting the status to `IN_PROGRESS`, and specifying a
    new timeout value in field `stepTimeoutInMinutes`) the job execution status will be
    automatically set to `TIMED_OUT`. Note that setting the step timeout has no effect on the in
    progress timeout that may have been specified when the job was created (`CreateJob` using field
    `timeoutConfig`).

    Valid values for this parameter range from 1 to 10080 (1 minute to 7 days).
    """


class StartNextPendingJobExecutionResponse(Shape, kw_only=True):
    execution: JobExecution | None = None
    """A JobExecution object."""


class UpdateJobExecutionRequest(Shape, kw_only=True):
    jobId: String1
    """The unique identifier assigned to this job when it was created."""

    thingName: String1
    """The name of the thing associated with the device."""

    status: str
    """The new status for the job execution (IN_PROGRESS, FAILED, SUCCESS, or REJECTED). This must
    be specified on every update.

    One of QUEUED, IN_PROGRESS, SUCCEEDED, FAILED, TIMED_OUT, REJECTED, REMOVED, CANCELED.
    """

    statusDetails: dict[String1, String1] | None = None
    """Optional. A collection of name/value pairs that describe the status of the job execution. If
    not specified, the statusDetails are unchanged.

    The maximum length of the value in the name/value pair is 1,024 characters.
    """

    stepTimeoutInMinutes: int | None = None
    """Specifies the amount of time this device has to finish execution of this job. If the job
    execution status is not set to a terminal state before this timer expires, or before the timer
    is reset (by again calling `UpdateJobExecution`, setting the status to `IN_PROGRESS`, and
    specifying a new timeout value in this field) the job execution status will be automatically set
    to `TIMED_OUT`. Note that setting or resetting the step timeout has no effect on the in progress
    timeout that may have been specified when the job was created (`CreateJob` using field
    `timeoutConfig`).

    Valid values for this parameter range from 1 to 10080 (1 minute to 7 days). A value of -1 is
    also valid and will cancel the current step timer (created by an earlier use of
    `UpdateJobExecutionRequest`).
    """

    expectedVersion: int | None = None
    """Optional. The expected current version of the job execution. Each time you update the job
    execution, its version is incremented. If the version of the job execution stored in Jobs does
    not match, the update is rejected with a VersionMismatch error, and an ErrorResponse that
    contains the current job execution status data is returned. (This makes it unnecessary to
    perform a separate DescribeJobExecution request in order to obtain the job execution status
    data.)
    """

    includeJobExecutionState: bool | None = None
    """Optional. When included and set to true, the response contains the JobExecutionState data.
    The default is false.
    """

    includeJobDocument: bool | None = None
    """Optional. When set to true, the response contains the job document. The default is false."""

    executionNumber: int | None = None
    """Optional. A number that identifies a particular job execution on a particular device."""


class UpdateJobExecutionResponse(Shape, kw_only=True):
    executionState: JobExecutionState | None = None
    """A JobExecutionState object."""

    jobDocument: str | None = None
    """The contents of the Job Documents."""
