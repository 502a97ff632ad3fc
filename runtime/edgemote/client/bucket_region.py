"""Find the region of a bucket that is not in the client's region, from S3's responses.

Imported with the first such response. Behaves like botocore.utils.S3RegionRedirectorv2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws.errors import ServiceError
from aws.operation import Operation, Request
from edgemote.client.settings import read_region
from edgemote.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_HEADER = "x-amz-bucket-region"
_HEAD_BUCKET: Operation[Any] = Operation(
    name="HeadBucket", method="HEAD", path="", endpoint_members={"bucket": "Bucket"}
)


def find_region(
    operation: Operation[Any],
    params: Mapping[str, Any],
    error: ServiceError,
    send: Callable[[Operation[Any], Request, Mapping[str, Any]], object],
) -> tuple[str, str] | None:
    """The bucket of a rejected call and its region; None if the region cannot be found out. send:
    sends a request for an operation with these parameters.
    """
    member = operation.endpoint_members.get("bucket")
    bucket = params.get(member) if isinstance(member, str) else None
    # An ARN has its own region.
    if not isinstance(bucket, str) or bucket[:4] == "arn:" or not _is_elsewhere(operation, error):
        return None
    # The region is in a header or the body of the response; if not, ask with another request.
    said: str | None = error.headers.get(_HEADER) or _read_body(getattr(error, "body", b""))
    if not said:
        try:
            send(_HEAD_BUCKET, Request("HEAD", "/", "", {}), {"Bucket": bucket})
        except ServiceError as refusal:
            said = refusal.headers.get(_HEADER)
    try:
        region = read_region(said, _HEADER)[0]  # it becomes a part of a host
    except ConfigError:
        return None
    return None if region is None else (bucket, region)


def _is_elsewhere(operation: Operation[Any], error: ServiceError) -> bool:
    name = operation.name
    if error.code == "400":  # the response to a HEAD, which has no body to say why
        return name == "HeadObject" or (name == "HeadBucket" and _HEADER in error.headers)
    return error.code != "IllegalLocationConstraintException" or name != "CreateBucket"


def _read_body(body: bytes) -> str:
    _, _, rest = body.partition(b"<Region>")
    return rest.partition(b"</Region>")[0].decode("latin-1")
