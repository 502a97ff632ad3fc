# Generated, do not edit: `python -m edgemote_codegen generate` writes it anew.
# Model iot-jobs-data, API version 2017-09-29,
# sha256 08bb3e428292dba5dab62d6c4fad004d6a5dc5cf1f9c90df130e162bb4453594
"""What callers may pass: structs, or dicts as boto3 has them."""

from collections.abc import Mapping
from typing import TypedDict

from typing_extensions import NotRequired

class DescribeJobExecutionParams(TypedDict):
    jobId: str
    thingName: str
    includeJobDocument: NotRequired[bool]
    executionNumber: NotRequired[int]

class StartNextPendingJobExecutionParams(TypedDict):
    thingName: str
    statusDetails: NotRequired[Mapping[str, str]]
    stepTimeoutInMinutes: NotRequired[int]

class UpdateJobExecutionParams(TypedDict):
    jobId: str
    thingName: str
    status: str
    statusDetails: NotRequired[Mapping[str, str]]
    stepTimeoutInMinutes: NotRequired[int]
    expectedVersion: NotRequired[int]
    includeJobExecutionState: NotRequired[bool]
    includeJobDocument: NotRequired[bool]
    executionNumber: NotRequired[int]
