"""Errors of a service call: invalid parameters, and errors that the service returned."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Error(Exception):
    """Base class of all errors of clients and of `edgemote`, where it is `edgemote.Error`.

    If a call failed at the service or on the way to it, `operation_name` is its operation, and
    `resource_name` its resource, such as "Bucket='logs', Key='cam-7'".
    """

    # Without annotations, which would be taken for members of the model.
    operation_name = ""
    resource_name = ""


class ValidationError(Error, ValueError):
    """A parameter is invalid for the model. The text contains its path, such as
    `$.AgentMetrics[0].Value`.

    Raised before anything is sent.
    """


class EndpointError(Error, ValueError):
    """The service has no endpoint for this combination of region and options."""


class ServiceError(Error):
    """The service returned an error.

    Modelled errors are subclasses, named as in the model; their further members are attributes.

    Attributes:
        code: the error code as the service names it, for example "ThrottlingException"
        message: the service's message; "" if it sent none
        status: HTTP status code
        request_id: the service's ID of the request, for AWS support; "" if it sent none
        retryable: whether the model says that the same request may succeed later
        headers: of the response, by their names in lower case; x-amz-bucket-region, for example
    """

    retryable: bool = False

    def __init__(self, code: str, message: str = "", status: int = 0, request_id: str = "") -> None:
        super().__init__(code, message, status, request_id)
        self.code = code
        self.message = message
        self.status = status
        self.request_id = request_id
        self.headers: Mapping[str, str] = {}

    def __str__(self) -> str:
        text = f"{self.code}: {self.message}" if self.message else self.code
        origin = ", ".join(
            part
            for part in (
                f"{self.operation_name}({self.resource_name})" if self.operation_name else "",
                f"HTTP {self.status}" if self.status else "",
                f"request {self.request_id}" if self.request_id else "",
            )
            if part
        )
        return f"{text} ({origin})" if origin else text
