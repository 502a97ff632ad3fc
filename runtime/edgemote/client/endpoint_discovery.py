"""Endpoints that no rules tell: Timestream names them itself, Machine Learning's are a parameter.

https://smithy.io/2.0/aws/aws-core.html#client-endpoint-discovery; botocore.discovery is the judge.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from aws.errors import ServiceError, ValidationError
from aws.operation import Operation
from aws.shape import Shape
from edgemote import limits
from edgemote.client.settings import read_url
from edgemote.errors import ConfigError, ProtocolError, TransportError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws.operation import Request
    from edgemote.client.connect import Caller

Result = TypeVar("Result")

# What a service says when an endpoint is no longer the right one.
_WRONG_CODE = "InvalidEndpointException"
_WRONG_STATUS = 421


# (service, operation) -> what asks: a caller keeps what it found out about an operation.
_operations: dict[tuple[str, str], Operation[Any]] = {}


class Endpoint(Shape):
    """One of the answer's; services order them, the first is the one to use."""

    Address: str | None = None
    CachePeriodInMinutes: int | None = None


class Endpoints(Shape):
    """What every operation that tells endpoints answers."""

    Endpoints: list[Endpoint] | None = None


class Discovered:
    """What a service told, and until when it holds, in seconds of the steady clock."""

    __slots__ = ("until_s", "url")

    def __init__(self, url: str, until_s: float) -> None:
        self.url = url
        self.until_s = until_s


def call_elsewhere(
    caller: Caller, operation: Operation[Result], request: Request, params: Mapping[str, Any]
) -> Result:
    """Call an operation at the endpoint that a parameter, or the service itself, names for it.

    Raises what a call raises, of the operation that tells the endpoint too.
    """
    if operation.url_member is not None:
        url = _read_parameter(operation.url_member, params)
    elif caller.settings.endpoint_url is not None:
        url = None
    else:
        url = find_url(caller, operation.discovered_by)
        try:
            return _call_at(caller, operation, request, params, url)
        except ServiceError as error:
            if error.status != _WRONG_STATUS and error.code != _WRONG_CODE:
                raise
        caller.discovered = None
        caller.drop_transport(url)
        url = find_url(caller, operation.discovered_by)
    return _call_at(caller, operation, request, params, url)


def find_url(caller: Caller, asked: str) -> str:
    """The endpoint that the operation `asked` tells, kept for as long as it says, within limits.

    One that has aged serves on while the service cannot be reached.
    """
    known, now_s = caller.discovered, caller.clock.steady()
    if known is not None and now_s < known.until_s:
        return known.url
    operation = _operations.get((caller.service.name, asked))
    if operation is None:
        version = {"x-amz-api-version": caller.service.api_version}
        operation = Operation(name=asked, output=Endpoints, fixed_headers=version)
        _operations[caller.service.name, asked] = operation
    try:
        answer = caller(operation, {})
    except TransportError:
        if known is None:
            raise
        known.until_s = now_s + limits.DISCOVERY_LEAST_S
        return known.url
    url, age_s = _read_answer(asked, answer)
    if known is not None and known.url != url:
        caller.drop_transport(known.url)
    caller.discovered = Discovered(url, now_s + age_s)
    return url


def _read_answer(asked: str, answer: Endpoints) -> tuple[str, float]:
    """URL, and the seconds for which it holds. Raises ProtocolError."""
    endpoint = answer.Endpoints[0] if answer.Endpoints else Endpoint()
    address = (endpoint.Address or "").removeprefix("https://")
    try:
        # A path would be one more thing that the network decides.
        url = read_url("" if "/" in address else f"https://{address}", asked)
    except ConfigError:
        raise ProtocolError(f"{asked} answered without the address of an endpoint") from None
    age_s = 60.0 * (endpoint.CachePeriodInMinutes or 0)
    return url, min(max(age_s, limits.DISCOVERY_LEAST_S), limits.DISCOVERY_MOST_S)


def _read_parameter(member: str, params: Mapping[str, Any]) -> str:
    try:
        url = read_url(params.get(member), f"$.{member}")
    except ConfigError as error:
        raise ValidationError(str(error)) from None
    scheme, _, place = url.partition("://")
    return f"{scheme}://{place.partition('/')[0]}"


def _call_at(
    caller: Caller,
    operation: Operation[Result],
    request: Request,
    params: Mapping[str, Any],
    url: str | None,
) -> Result:
    route = caller.make_route(operation, request, params, url)
    return caller.attempt(operation, route, request.body)
