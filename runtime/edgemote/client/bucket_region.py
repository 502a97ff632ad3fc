"""Buckets in another region than the client's: S3 says where they are, and the call is made there.

Loaded with the first such response. botocore.utils.S3RegionRedirectorv2 is the judge.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws.errors import ServiceError
from aws.operation import Operation, Request
from edgemote.client.settings import read_region
from edgemote.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edgemote.client.pipeline import Pipeline

_HEADER = "x-amz-bucket-region"
_HEAD_BUCKET: Operation[Any] = Operation(
    name="HeadBucket", method="HEAD", path="", endpoint_members={"bucket": "Bucket"}
)


def call_there(
    pipeline: Pipeline,
    operation: Operation[Any],
    request: Request,
    params: Mapping[str, Any],
    error: ServiceError,
) -> Any:
    """Make a call again where its bucket is, once; later calls go there at once.

    Raises the error that led here where it does not say so, where nobody knows the region, or where
    the body cannot be sent again.
    """
    bucket = find_bucket(operation, params)
    seekable = getattr(request.body, "seekable", None)
    if (
        bucket is None
        or not _is_elsewhere(operation.name, error)
        or not (type(request.body) is bytes or (seekable is not None and seekable()))
    ):
        raise error
    region = _find_region(pipeline, bucket, error)
    if region is None or region == pipeline.regions.get(bucket, pipeline.settings.region):
        raise error
    pipeline.move_bucket(bucket, region)
    return pipeline.send(operation, pipeline.prepare(operation, request, params), request.body)


def find_bucket(operation: Operation[Any], params: Mapping[str, Any]) -> str | None:
    """The bucket's name, None for an ARN, which has its own region."""
    member = operation.endpoint_members.get("bucket")
    bucket = params.get(member) if isinstance(member, str) else None
    return bucket if isinstance(bucket, str) and bucket[:4] != "arn:" else None


def _is_elsewhere(name: str, error: ServiceError) -> bool:
    if error.code == "400":  # the response to a HEAD, which has no body to say why
        return name == "HeadObject" or (name == "HeadBucket" and _HEADER in error.headers)
    return error.code != "IllegalLocationConstraintException" or name != "CreateBucket"


def _find_region(pipeline: Pipeline, bucket: str, error: ServiceError) -> str | None:
    """What the response says: in a header, in its body, or if need be in the response to another
    request.
    """
    said: str | None = error.headers.get(_HEADER) or _read_body(getattr(error, "body", b""))
    if not said:
        params = {"Bucket": bucket}
        prepared = pipeline.prepare(_HEAD_BUCKET, Request("HEAD", "/", "", {}), params)
        try:
            pipeline.send(_HEAD_BUCKET, prepared, b"")
        except ServiceError as refusal:
            said = refusal.headers.get(_HEADER)
    try:
        return read_region(said, _HEADER)[0]  # it becomes a part of a host
    except ConfigError:
        return None


def _read_body(body: bytes) -> str:
    _, _, rest = body.partition(b"<Region>")
    return rest.partition(b"</Region>")[0].decode("latin-1")
