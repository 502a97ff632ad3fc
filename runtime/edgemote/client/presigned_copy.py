"""Copies between regions: the source region requires the request, too, signed for that region.

It is sent in a parameter, as a presigned URL (botocore.handlers, inject_presigned_url_*). Loaded
with the first such copy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws.errors import ValidationError
from aws.sigv4 import Signer, uri_encode
from aws.url_signature import sign_url

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aws.endpoints import Endpoint
    from aws.operation import Operation, Service
    from aws.sigv4 import Credentials

_EXPIRES_S = 3600
_NAME = "abcdefghijklmnopqrstuvwxyz0123456789-"


def add_url(
    service: Service,
    operation: Operation[Any],
    params: Mapping[str, Any],
    region: str | None,
    resolve: Callable[[Operation[Any], Mapping[str, Any]], Endpoint],
    find_keys: Callable[[], tuple[Credentials, float]],
) -> Mapping[str, Any]:
    """Add the URL to the parameters if they name a source and have no URL yet.

    Args:
        region: the destination
        resolve: returns the endpoint of an operation with these parameters
        find_keys: returns credentials, and the time in POSIX seconds

    Raises ValidationError, also for other errors in the parameters.
    """
    member = operation.presigned_member
    source = params.get("SourceRegion")
    assert member is not None
    assert operation.input is not None
    assert region is not None
    if source is None or params.get(member) is not None:
        return params
    # The region becomes part of the host.
    if not isinstance(source, str) or not source or source.strip(_NAME):
        raise ValidationError(f"$.SourceRegion: expected the name of a region, got {source!r:.80}")
    # EC2 accepts the destination in the request itself, the other services only in the URL.
    is_member = "DestinationRegion" in operation.input.__struct_fields__
    if is_member:
        params = {**params, "DestinationRegion": region}
    request = service.protocol.encode(service, operation, params)
    query = request.body.decode()
    if not is_member:
        query += f"&DestinationRegion={uri_encode(region)}"
    endpoint = resolve(operation, params)
    scheme, _, place = endpoint.url.replace(region, source).partition("://")
    authority, slash, base = place.partition("/")
    keys, now_s = find_keys()
    url = sign_url(
        Signer(source, endpoint.signing_name or service.signing_name),
        "GET",
        f"{scheme}://{authority}",
        slash + base,
        query,
        {},
        keys,
        now_s,
        _EXPIRES_S,
    )
    return {**params, member: url}
