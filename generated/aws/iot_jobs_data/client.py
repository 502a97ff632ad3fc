# Generated, do not edit: `python -m edgemote_codegen generate` writes it anew.
# Model iot-jobs-data, API version 2017-09-29,
# sha256 08bb3e428292dba5dab62d6c4fad004d6a5dc5cf1f9c90df130e162bb4453594
"""Client of AWS IoT Jobs Data Plane; client.pyi has its types and documentation."""

from .. import rest_json
from ..operation import Client, Operation, Service
from . import errors, shapes
from .endpoint import resolve

DESCRIBE_JOB_EXECUTION = Operation(
    name="DescribeJobExecution",
    method="GET",
    path="/things/{thingName}/jobs/{jobId}",
    input=shapes.DescribeJobExecutionRequest,
    labels={"jobId": "jobId", "thingName": "thingName"},
    query={"includeJobDocument": "includeJobDocument", "executionNumber": "executionNumber"},
    output=shapes.DescribeJobExecutionResponse,
)

START_NEXT_PENDING_JOB_EXECUTION = Operation(
    name="StartNextPendingJobExecution",
    method="PUT",
    path="/things/{thingName}/jobs/$next",
    input=shapes.StartNextPendingJobExecutionRequest,
    labels={"thingName": "thingName"},
    output=shapes.StartNextPendingJobExecutionResponse,
)

UPDATE_JOB_EXECUTION = Operation(
    name="UpdateJobExecution",
    path="/things/{thingName}/jobs/{jobId}",
    input=shapes.UpdateJobExecutionRequest,
    labels={"jobId": "jobId", "thingName": "thingName"},
    output=shapes.UpdateJobExecutionResponse,
)


class IoTJobsDataPlane(Client):
    exceptions = errors
    service = Service(
        name="iot-jobs-data",
        service_id="IoT Jobs Data Plane",
        signing_name="iot-jobs-data",
        api_version="2017-09-29",
        protocol=rest_json,
        resolve=resolve,
        errors=errors,
    )

    def describe_job_execution(self, **params):
        return self._call(DESCRIBE_JOB_EXECUTION, params)

    def start_next_pending_job_execution(self, **params):
        return self._call(START_NEXT_PENDING_JOB_EXECUTION, params)

    def update_job_execution(self, **params):
        return self._call(UPDATE_JOB_EXECUTION, params)
