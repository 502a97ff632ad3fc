"""JSON bodies, for every protocol that has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import MsgspecError
from msgspec.json import Decoder, Encoder

from .errors import ServiceError, ValidationError
from .validate import member_name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .operation import Operation, Response, Service
    from .shape import Shape

# Limit for the objects and lists of one response, because one of three bytes takes 70 bytes and
# more as a struct. A page of DynamoDB, 1 MB, has 50,000 of them if attributes take 20 bytes. If
# yours are shorter, request fewer items at once, or raise this limit: 20,000 to what the board can
# spare.
CONTAINER_LIMIT = 100_000


def _plain(value: Any) -> Any:
    """Convert subclasses of the plain types, which msgspec does not encode itself."""
    kinds: tuple[type[Any], ...] = (str, int, float, dict, list)
    for kind in kinds:
        if isinstance(value, kind):
            return kind(value)
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")


# Decimals pass the native check as floats, so they are written as numbers.
_encoder = Encoder(decimal_format="number", enc_hook=_plain)


# Reached by text that has no UTF-8 form (lone surrogates).
_UNWRITABLE = (TypeError, ValueError, OverflowError, RecursionError, MsgspecError)


def encode(operation: Operation[Any], value: Any) -> bytes:
    """JSON text of checked parameters."""
    try:
        return _encoder.encode(value)
    except _UNWRITABLE as error:
        raise _refuse(operation, error) from None


def _refuse(operation: Operation[Any], error: Exception) -> ValidationError:
    return ValidationError(f"$: {operation.name} cannot be written as JSON: {error}")


def encode_members(operation: Operation[Any], fields: Mapping[str, Any]) -> bytes:
    """JSON text of checked parameters, by the wire's names."""
    shape = operation.input
    if shape is None:
        return b"{}"
    names = _wire_names.get(shape)
    if names is None:
        members = map(member_name, shape.__struct_fields__)
        pairs = zip(members, shape.__struct_encode_fields__, strict=True)
        names = _wire_names[shape] = {member: wire for member, wire in pairs if member != wire}
    if names:
        fields = {names.get(key, key): value for key, value in fields.items()}
    try:
        return _encoder.encode(fields)  # encode(), without a call
    except _UNWRITABLE as error:
        raise _refuse(operation, error) from None


def decode(shape: type[Shape], body: bytes) -> Any:
    """A struct of JSON text. ServiceError("UnreadableAnswer") where the text is no JSON object."""
    decoder = _decoders.get(shape)
    if decoder is None:
        decoder = _decoders[shape] = Decoder(shape)
    if len(body) > CONTAINER_LIMIT:
        _check_containers(body)
    try:
        return decoder.decode(body or b"{}")
    except (MsgspecError, ValueError, RecursionError):
        from .lenient import build

        return _read(build, shape, parse_object(body), body)


def decode_value(hint: Any, body: bytes) -> Any:
    """Parse JSON text into a value of any annotated type. An empty body is a struct without
    members, or None.
    """
    from .lenient import read
    from .shape import Shape

    if not body:
        return read(hint, {}) if isinstance(hint, type) and issubclass(hint, Shape) else None
    return _read(read, hint, _parse(body), body)


def _read(reader: Callable[[Any, Any], Any], hint: Any, value: Any, body: bytes) -> Any:
    try:
        return reader(hint, value)
    except RecursionError:
        raise ServiceError(
            "UnreadableAnswer", f"the response of {len(body)} bytes is nested too deeply"
        ) from None


def parse_object(body: bytes) -> dict[str, Any]:
    """Return the JSON object in a body; an empty body and null are an empty object."""
    value = _parse(body) if body else {}
    if value is None:
        return {}
    if not isinstance(value, dict):
        # Never the body itself: a response may contain a secret.
        kind = type(value).__name__
        raise ServiceError("UnreadableAnswer", f"expected a JSON object, got a JSON {kind}")
    return value


def _check_containers(body: bytes) -> None:
    """Those that stand in texts count too, which is why there is so much room."""
    if body.count(b"{") + body.count(b"[") > CONTAINER_LIMIT:
        raise ServiceError(
            "UnreadableAnswer",
            f"the response of {len(body)} bytes has more than {CONTAINER_LIMIT} objects and lists "
            "(aws.json_body.CONTAINER_LIMIT): ask for less at once",
        )


def _parse(body: bytes) -> Any:
    if len(body) > CONTAINER_LIMIT:
        _check_containers(body)
    try:
        return _any_decoder.decode(body)
    except (MsgspecError, ValueError, RecursionError) as error:
        raise ServiceError(
            "UnreadableAnswer", f"the response of {len(body)} bytes is not JSON: {error}"
        ) from None


def decode_error(service: Service, response: Response) -> ServiceError:
    """Return the error in a response, with its members, as its own class if the model has its code.

    The code is in one of several places (botocore.parsers.BaseJSONParser): a header, `__type`,
    `code` or `Code`.
    """
    from .service_errors import make_error, quote

    fallback = ""
    try:
        fields = parse_object(response.body)
    except ServiceError:
        fields = {}
        fallback = quote(response)
    code = (
        response.headers.get("x-amzn-errortype")
        or fields.get("__type")
        or fields.get("code")
        or fields.get("Code")
        or response.status
    )
    return make_error(service, response, code, fields, fallback)


_decoders: dict[type[Shape], Decoder[Any]] = {}
_wire_names: dict[type[Shape], dict[str, str]] = {}
_any_decoder: Decoder[Any] = Decoder()
