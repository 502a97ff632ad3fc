"""Operations as data, and the few types that pass between codec, signer and transport."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from msgspec import Struct

from .errors import ServiceError, ValidationError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import ModuleType
    from typing import Protocol

    from typing_extensions import Self

    from .endpoints import Endpoint
    from .shape import Shape

# Incremented with each change that clients and runtime have to make together. `edgemote.connect`
# refuses clients with another version.
CONTRACT = 1

Result = TypeVar("Result")


class Operation(Struct, Generic[Result], kw_only=True, frozen=True, eq=False):
    """An operation of a service, generic in its result.

    The keys of the tables are names on the wire, and the values are members.
    """

    name: str
    method: str = "POST"
    path: str = "/"
    """URI template; {label} is one segment, {label+} keeps its slashes"""
    static_query: str = ""
    """the beginning of the query, or of the form"""
    host_prefix: str = ""
    """template of a prefix of the endpoint's host; {label} is a member of the input"""
    input: type[Shape] | None = None
    output: type[Result] | None = None

    labels: Mapping[str, str] = {}
    query: Mapping[str, str] = {}
    query_map: str | None = None
    headers: Mapping[str, str] = {}
    prefix_headers: Mapping[str, str] = {}
    payload: str | None = None
    """the member that is the whole body"""
    body_name: str = ""
    """the XML element of the body"""
    body_namespace: tuple[str, ...] = ()
    """(prefix or "", URI) of that element"""
    prepare: Callable[[Mapping[str, Any]], Mapping[str, Any]] | None = None
    """the customization that boto3 applies to the parameters first"""
    token: str | None = None
    """the idempotency token: a member that is a random UUID if the caller leaves it out"""

    result_headers: Mapping[str, str] = {}
    result_prefix_headers: Mapping[str, str] = {}
    result_status: str | None = None
    result_payload: str | None = None
    result_wrapper: str = ""
    """the XML element around the members, inside the root"""
    result_is_root: bool = False
    """the XML root is the one member itself"""
    streams: bool = False
    """the body of the response is a stream"""
    maps_headers: bool = False
    """the result, or an error, has a map of headers, whose names keep the peer's spelling"""

    auth: tuple[str, ...] | None = None
    """the authentication schemes, if they are not the service's; () means none"""
    signed_body: bool = True
    checksum: str = ""
    """the checksum of the body that the service requires: CRC32, unless the caller chooses another,
    or Glacier's tree hash
    """
    checksum_member: str | None = None
    """the member by which the caller chooses one"""
    compression: str = ""
    """which bodies are compressed: "large" ones, according to the settings, or "all" of them"""
    trailers: bool = False
    """the body is a stream, and its checksum may be sent in a trailer"""
    validation_member: str | None = None
    """the member with which the caller asks to validate the response's body by its checksum"""
    presigned_member: str | None = None
    """the member that takes this operation as a URL, signed for the region that it copies from"""
    endpoint_values: Mapping[str, Any] = {}
    """the arguments of the endpoint rules that are the same for each call"""
    endpoint_members: Mapping[str, str | Callable[[Mapping[str, Any]], Any]] = {}
    """those that depend on the input: argument of `resolve` -> member, or a function of it"""
    fixed_headers: Mapping[str, str] = {}
    """headers that it always has, besides the service's and the protocol's"""
    discovered_by: str = ""
    """the operation that returns the endpoint of this one"""
    url_member: str | None = None
    """the member that is the URL of the endpoint"""


def binds_input(operation: Operation[Any]) -> bool:
    """Whether a member of the input goes elsewhere than into a body with all members."""
    return bool(
        operation.labels
        or operation.query
        or operation.headers
        or operation.prefix_headers
        or operation.payload
        or operation.query_map
        or "{" in operation.host_prefix
    )


def binds_output(operation: Operation[Any]) -> bool:
    """Whether a member of the output comes from elsewhere than a body with all members."""
    return bool(
        operation.result_headers
        or operation.result_prefix_headers
        or operation.result_status
        or operation.result_payload
    )


class Service(Struct, kw_only=True, frozen=True, eq=False):
    """What all operations of a service share."""

    name: str
    service_id: str
    signing_name: str
    api_version: str
    protocol: ModuleType
    resolve: Callable[..., Endpoint]
    errors: ModuleType
    target_prefix: str = ""
    json_version: str = "1.0"
    query_compatible: bool = False
    addresses_buckets: bool = False
    """the endpoint rules take `force_path_style`: the bucket is part of the host, or of the path"""
    path_style: bool | None = None
    """where the bucket is, if that was chosen at generation; takes precedence over settings"""
    auth: tuple[str, ...] = ("sigv4",)
    """the authentication schemes of its operations: sigv4, bearer, or sigv2 unless the endpoint
    requires sigv4
    """
    headers: Mapping[str, str] = {}
    """headers that every request has, besides the protocol's"""


class Request(Struct):
    """An operation's request before it has a host, a date and a signature.

    `body` is bytes, a binary file or an iterable of bytes.
    """

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: Any = b""
    host_prefix: str = ""


class Response(Struct):
    """A response. Header names are in lower case, and `body` is bytes, or a stream if the operation
    streams.
    """

    status: int
    headers: Mapping[str, str]
    body: Any = b""
    spelt: Mapping[str, str] = {}
    """names in lower case -> as the peer spelled them, if the operation maps headers"""


if TYPE_CHECKING:

    class Call(Protocol):
        """Performs an operation: validates, serializes, signs, sends and parses."""

        def __call__(self, operation: Operation[Result], params: Mapping[str, Any]) -> Result: ...


class Client:
    """Base class of the generated clients. `edgemote.connect` makes their instances."""

    service: ClassVar[Service]

    __slots__ = ("_call", "_close")

    def __init__(self, call: Call, close: Callable[[], None]) -> None:
        self._call = call
        self._close = close

    def close(self) -> None:
        """Close the kept connection. The client stays usable and opens a new one when called."""
        self._close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} client>"


def expand_host(operation: Operation[Any], fields: Mapping[str, Any]) -> str:
    """Return the host prefix with its labels filled in."""
    prefix = operation.host_prefix
    while "{" in prefix:
        before, _, rest = prefix.partition("{")
        member, _, after = rest.partition("}")
        label = fields[member]
        if not label or label.strip(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-."
        ):
            raise ValidationError(
                f"$.{member}: may contain only letters, digits, hyphens and periods, because it is "
                "part of the host name"
            )
        prefix = f"{before}{label}{after}"
    return prefix


def find_error(errors: ModuleType, code: str) -> type[ServiceError] | None:
    """Return the modelled error with this code, or None. The code comes from the network, so it is
    used for nothing else.
    """

    name = errors.NAMES_BY_CODE.get(code, code)
    found = vars(errors).get(name)
    return found if isinstance(found, type) and issubclass(found, ServiceError) else None
