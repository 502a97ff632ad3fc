"""Presigned URLs of operations: the holder of a URL may make that request without any keys.

As in botocore's generate_presigned_url, parameters that would be in a body go into the query.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from .endpoints import locate
from .errors import ValidationError
from .sigv4 import Signer, uri_encode
from .url_signature import check_expiry, sign_url

if TYPE_CHECKING:
    from .endpoints import Endpoint
    from .operation import Client, Operation, Request

_OWN = ("close", "presign", "presign_post")  # methods of clients that are no operations
# Whose URLs are for players, which send no type.
_WITHOUT_TYPE = ("SynthesizeSpeech",)
_FORM = "application/x-www-form-urlencoded"


def presign(
    client: Client,
    name: str,
    params: Mapping[str, Any],
    expires_s: int,
    method: str | None,
) -> str:
    """Return the URL of an operation with these parameters. Nothing is sent.

    name: the client's method, such as "get_object". method: the HTTP method, if it is not the
    operation's. Raises ValidationError, and the errors of a client without endpoint or credentials.
    """
    check_expiry(expires_s)
    if not isinstance(params, Mapping) or not all(isinstance(key, str) for key in params):
        raise ValidationError(
            f"presign: expected a dict of parameters by name, got {type(params).__name__}"
        )
    if method is not None and not (
        isinstance(method, str) and method.isascii() and method.isalpha()
    ):
        raise ValidationError(
            f"presign: method: expected an HTTP method such as GET, got {method!r:.80}"
        )
    call: Any = client._call  # the runtime's pipeline, which knows settings and keys
    operation, params = find_operation(client, name, params)
    if operation.token is not None and params.get(operation.token) is None:
        from uuid import uuid4

        params = {**params, operation.token: str(uuid4())}
    request = call.service.protocol.encode(call.service, operation, params)
    endpoint = call.resolve(operation, params)
    auth = call.service.auth if operation.auth is None else operation.auth
    if "sigv4" not in auth or endpoint.auth_scheme == "none":
        _refuse(operation, "it is not signed with Signature Version 4")
    headers = {**request.headers, **dict(endpoint.headers)}
    body_hash = headers.pop("x-amz-content-sha256", None)  # where it is a parameter
    query = _order_query(operation, request.query, list(params))
    query += _move_body(operation, request, params)
    if headers.get("content-type", "").startswith(_FORM) or operation.name in _WITHOUT_TYPE:
        headers.pop("content-type", None)
    origin, path = locate(endpoint.url, request)
    keys, now_s = call.find_keys()
    return sign_url(
        find_signer(call, endpoint),
        method or request.method,
        origin,
        path,
        "&".join(query),
        headers,
        keys,
        now_s,
        expires_s,
        body_hash,
    )


def find_signer(call: Any, endpoint: Endpoint) -> Signer:
    """Return the signer for an endpoint."""
    name = endpoint.signing_name or call.service.signing_name
    region = endpoint.signing_region or call.settings.region or ""
    return Signer(region, name, s3=name == "s3" or endpoint.disable_double_encoding)


def find_operation(
    client: Client, name: str, params: Mapping[str, Any]
) -> tuple[Operation[Any], Mapping[str, Any]]:
    """Return the operation and the parameters that the client's method would call."""
    asked: list[tuple[Operation[Any], Mapping[str, Any]]] = []

    def record(operation: Operation[Any], given: Mapping[str, Any]) -> Any:
        asked.append((operation, given))

    kind = type(client)
    if isinstance(name, str) and name[:1] != "_" and name not in _OWN:
        found = getattr(kind, name, None)
        if callable(found):
            found(kind(record, client.close), **params)
    if not asked:
        raise ValidationError(
            f"presign: {kind.__name__} has no operation {name!r:.80}; expected the name of a "
            'method, such as "get_object"'
        )
    return asked[0]


def _order_query(operation: Operation[Any], query: str, names: list[str]) -> list[str]:
    """Sort the pairs of a query in the order of the caller's parameters, as botocore does."""
    places = {
        uri_encode(wire): names.index(member)
        for wire, member in operation.query.items()
        if member in names
    }
    others = names.index(operation.query_map) if operation.query_map in names else -1
    pairs = [pair if "=" in pair else f"{pair}=" for pair in query.split("&") if pair]
    return sorted(pairs, key=lambda pair: places.get(pair.partition("=")[0], others))


def _move_body(operation: Operation[Any], request: Request, params: Mapping[str, Any]) -> list[str]:
    """Return the pairs to add to the query for what is in the body."""
    if type(request.body) is bytes and not request.body:
        return []
    kind = request.headers.get("content-type", "")
    payload = operation.payload
    given = params.get(payload or "")
    if given is not None and not isinstance(given, (dict, msgspec.Struct)):
        _refuse(
            operation,
            f"a URL has no body: leave out {payload}, which the client that uses the URL sends",
        )
    if kind.startswith(_FORM):
        return [str(request.body, "ascii")]
    if "json" not in kind:
        _refuse(operation, "its parameters are sent in a body, and a URL has none")
    return [
        f"{uri_encode(key)}={uri_encode(str(part))}"
        for key, value in msgspec.json.decode(request.body).items()
        for part in (value if isinstance(value, list) else (value,))
    ]


def _refuse(operation: Operation[Any], reason: str) -> None:
    raise ValidationError(f"{operation.name} cannot be presigned: {reason}")
