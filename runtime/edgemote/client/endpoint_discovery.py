"""Endpoints that are not in the endpoint rules: Timestream returns them in a response, and Machine
Learning gets them as a parameter.

https://smithy.io/2.0/aws/aws-core.html#client-endpoint-discovery; behaves as botocore.discovery.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws.errors import ServiceError, ValidationError
from aws.operation import Operation
from aws.shape import Shape
from edgemote import limits
from edgemote.client.settings import read_url
from edgemote.errors import ConfigError, ProtocolError, TransportError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aws.operation import Call, Service

_WRONG_CODE = "InvalidEndpointException"
_WRONG_STATUS = 421

# (service, operation) -> what asks: a pipeline keeps what it found out about an operation.
_operations: dict[tuple[str, str], Operation[Any]] = {}


class Endpoint(Shape):
    """One of the response's; services order them, the first is the one to use."""

    Address: str | None = None
    CachePeriodInMinutes: int | None = None


class Endpoints(Shape):
    """The output of every operation that returns endpoints."""

    Endpoints: list[Endpoint] | None = None


class DiscoveredEndpoint:
    """The endpoint that a service returns for its operations, kept for as long as it says.

    Args:
        call: calls an operation
        steady_s: seconds since an arbitrary moment, which never jump
        drop: closes the connection to a URL
    """

    __slots__ = ("_call", "_drop", "_service", "_steady_s", "_until_s", "_url")

    def __init__(
        self,
        call: Call,
        service: Service,
        steady_s: Callable[[], float],
        drop: Callable[[str], None],
    ) -> None:
        self._call = call
        self._service = service
        self._steady_s = steady_s
        self._drop = drop
        self._url: str | None = None
        self._until_s = 0.0

    def find(self, asked: str) -> str:
        """Return the URL that the operation `asked` returns. An expired one is used further while
        the service cannot be reached. Raises what a call raises.
        """
        known, now_s = self._url, self._steady_s()
        if known is not None and now_s < self._until_s:
            return known
        name = self._service.name
        operation = _operations.get((name, asked))
        if operation is None:
            version = {"x-amz-api-version": self._service.api_version}
            operation = Operation(name=asked, output=Endpoints, fixed_headers=version)
            _operations[name, asked] = operation
        try:
            output = self._call(operation, {})
        except TransportError:
            if known is None:
                raise
            self._until_s = now_s + limits.DISCOVERY_LEAST_S
            return known
        url, age_s = _read_response(asked, output)
        if known is not None and known != url:
            self._drop(known)
        self._url, self._until_s = url, now_s + age_s
        return url

    def forget(self) -> None:
        """Request the endpoint again the next time, because it has changed."""
        if self._url is not None:
            self._drop(self._url)
            self._url = None


def is_wrong_endpoint(error: ServiceError) -> bool:
    """Whether a service says that the endpoint is no longer the right one."""
    return error.status == _WRONG_STATUS or error.code == _WRONG_CODE


def _read_response(asked: str, output: Endpoints) -> tuple[str, float]:
    """Return the URL, and for how many seconds it may be used. Raises ProtocolError."""
    endpoint = output.Endpoints[0] if output.Endpoints else Endpoint()
    address = (endpoint.Address or "").removeprefix("https://")
    try:
        # A path would give the network control over one more part of requests.
        url = read_url("" if "/" in address else f"https://{address}", asked)
    except ConfigError:
        raise ProtocolError(f"{asked} returned no address of an endpoint") from None
    age_s = 60.0 * (endpoint.CachePeriodInMinutes or 0)
    return url, min(max(age_s, limits.DISCOVERY_LEAST_S), limits.DISCOVERY_MOST_S)


def read_parameter(member: str, params: Mapping[str, Any]) -> str:
    """Return the endpoint in a parameter. Raises ValidationError."""
    try:
        url = read_url(params.get(member), f"$.{member}")
    except ConfigError as error:
        raise ValidationError(str(error)) from None
    scheme, _, place = url.partition("://")
    return f"{scheme}://{place.partition('/')[0]}"
