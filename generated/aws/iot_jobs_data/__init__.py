# Generated, do not edit: `python -m edgemote_codegen generate` writes it anew.
# Model iot-jobs-data, API version 2017-09-29,
# sha256 08bb3e428292dba5dab62d6c4fad004d6a5dc5cf1f9c90df130e162bb4453594
"""AWS IoT Jobs Data Plane: client, structs and errors."""

from .client import IoTJobsDataPlane
from .errors import (
    CertificateValidationException,
    InvalidRequestException,
    InvalidStateTransitionException,
    ResourceNotFoundException,
    ServiceUnavailableException,
    TerminalStateException,
    ThrottlingException,
)
from .shapes import (
    DescribeJobExecutionRequest,
    DescribeJobExecutionResponse,
    JobExecution,
    JobExecutionState,
    StartNextPendingJobExecutionRequest,
    StartNextPendingJobExecutionResponse,
    UpdateJobExecutionRequest,
    UpdateJobExecutionResponse,
)

__all__ = [
    "CertificateValidationException",
    "DescribeJobExecutionRequest",
    "DescribeJobExecutionResponse",
    "InvalidRequestException",
    "InvalidStateTransitionException",
    "IoTJobsDataPlane",
    "JobExecution",
    "JobExecutionState",
    "ResourceNotFoundException",
    "ServiceUnavailableException",
    "StartNextPendingJobExecutionRequest",
    "StartNextPendingJobExecutionResponse",
    "TerminalStateException",
    "ThrottlingException",
    "UpdateJobExecutionRequest",
    "UpdateJobExecutionResponse",
]
