# Generated, do not edit: `python -m edgemote_codegen generate` writes it anew.
# Model iot-jobs-data, API version 2017-09-29,
# sha256 08bb3e428292dba5dab62d6c4fad004d6a5dc5cf1f9c90df130e162bb4453594
"""Operations and client of AWS IoT Jobs Data Plane."""

from typing_extensions import Unpack

from ..operation import Client, Operation
from . import errors, shapes
from . import params as _params

DESCRIBE_JOB_EXECUTION: Operation[shapes.DescribeJobExecutionResponse]
START_NEXT_PENDING_JOB_EXECUTION: Operation[shapes.StartNextPendingJobExecutionResponse]
UPDATE_JOB_EXECUTION: Operation[shapes.UpdateJobExecutionResponse]

class _Exceptions:
    CertificateValidationException: type[errors.CertificateValidationException]
    InvalidRequestException: type[errors.InvalidRequestException]
    InvalidStateTransitionException: type[errors.InvalidStateTransitionException]
    ResourceNotFoundException: type[errors.ResourceNotFoundException]
    ServiceUnavailableException: type[errors.ServiceUnavailableException]
    TerminalStateException: type[errors.TerminalStateException]
    ThrottlingException: type[errors.ThrottlingException]

class IoTJobsDataPlane(Client):
    """Client of AWS IoT Jobs Data Plane. `edgemote.connect(IoTJobsDataPlane)` makes it."""

    exceptions: _Exceptions

    def describe_job_execution(
        self, **params: Unpack[_params.DescribeJobExecutionParams]
    ) -> shapes.DescribeJobExecutionResponse:
        """Gets details of a job execution.

        Requires permission to access the DescribeJobExecution action.

        Raises InvalidRequestException, ResourceNotFoundException, ThrottlingException,
        ServiceUnavailableException, CertificateValidationException, TerminalStateException.

        https://docs.aws.amazon.com/goto/WebAPI/iot-jobs-data-2017-09-29/DescribeJobExecution
        """

    def start_next_pending_job_execution(
        self, **params: Unpack[_params.StartNextPendingJobExecutionParams]
    ) -> shapes.StartNextPendingJobExecutionResponse:
        """Gets and starts the next pending (status IN_PROGRESS or QUEUED) job execution for a
        thing.

        Requires permission to access the StartNextPendingJobExecution action.

        Raises InvalidRequestException, ResourceNotFoundException, ThrottlingException,
        ServiceUnavailableException, CertificateValidationException.

        https://docs.aws.amazon.com/goto/WebAPI/iot-jobs-data-2017-09-29/StartNextPendingJobExecution
        """

    def update_job_execution(
        self, **params: Unpack[_params.UpdateJobExecutionParams]
    ) -> shapes.UpdateJobExecutionResponse:
        """Updates the status of a job execution.

        Requires permission to access the UpdateJobExecution action.

        Raises InvalidRequestException, ResourceNotFoundException, ThrottlingException,
        ServiceUnavailableException, CertificateValidationException,
        InvalidStateTransitionException.

        https://docs.aws.amazon.com/goto/WebAPI/iot-jobs-data-2017-09-29/UpdateJobExecution
        """
