"""What is special about S3 calls: buckets, which are part of the host name or the path."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, TypeVar

from aws.errors import ServiceError
from edgemote.client.pipeline import Pipeline

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws.endpoints import Endpoint
    from aws.operation import Operation, Request
    from edgemote.client.settings import Settings
    from edgemote.profiles import SharedFiles

    Result = TypeVar("Result")

# "" stands for the service's own host; S3 Accelerate does not support path style.
_VIRTUAL_HOSTS = ("", "s3-accelerate.amazonaws.com", "s3-accelerate.dualstack.amazonaws.com")
_VARIABLES = ("AWS_S3_US_EAST_1_REGIONAL_ENDPOINT", "AWS_S3_USE_ARN_REGION")
# Codes and statuses of responses that may mean that the bucket is in another region.
_ELSEWHERE = {
    *(301, 302, 307, "400", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException"),
    "PermanentRedirect",
}


def find_settings(
    settings: Settings, shared: SharedFiles, use_dual_stack: bool | None
) -> tuple[Settings, dict[str, bool]]:
    """Add the S3 settings of the profile and the environment; also returns those that take an
    s3_options.OptionsPipeline. use_dual_stack: the caller's argument.
    """
    section = shared.profile(settings.profile)
    regional, arn_region = (
        os.environ.get(name) or section.get(name[4:].lower()) for name in _VARIABLES
    )
    if not regional and not arn_region and "s3" not in section:
        return settings, {}
    from edgemote.client.s3_settings import add_s3_settings

    return add_s3_settings(settings, shared, regional, arn_region, use_dual_stack)


class BucketPipeline(Pipeline):
    """Calls S3's operations. `regions` has the regions of buckets outside the client's region."""

    __slots__ = ("regions",)

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.regions: dict[str, str] = {}

    def __call__(self, operation: Operation[Result], params: Mapping[str, Any]) -> Result:
        body: Any = params.get(operation.payload or "")
        seekable = getattr(body, "seekable", None)
        start = body.tell() if seekable is not None and seekable() else None
        try:
            return super().__call__(operation, params)
        except ServiceError as error:
            if _ELSEWHERE.isdisjoint((error.code, error.status)):
                raise
            moved = error
        if start is not None:
            body.seek(start)
        elif hasattr(body, "read") or hasattr(body, "__next__"):  # already consumed
            raise moved
        from edgemote.client.bucket_region import find_region

        def send(operation: Operation[Any], request: Request, params: Mapping[str, Any]) -> object:
            return self.send(operation, self.prepare(operation, request, params), request.body)

        found = find_region(operation, params, moved, send)
        if found is None:
            raise moved
        bucket, region = found
        if region == self.regions.get(bucket, self.settings.region):
            raise moved
        self.regions[bucket] = region
        self._endpoints.clear()
        return super().__call__(operation, params)  # once, as botocore does

    def _resolve(self, arguments: dict[str, Any]) -> Endpoint:
        settings, service = self.settings, self.service
        bucket = arguments.get("bucket", "")
        region = self.regions.get(bucket, settings.region)
        options: dict[str, Any] = {"region": region}
        if (
            region == settings.region == "us-east-1"
            and settings.endpoint_url is None
            and not settings.regional_s3
            and bucket[-7:] != "--op-s3"  # an Outpost is in a region
        ):
            options["region"] = "aws-global"
        style = service.path_style
        if style is None:
            style = settings.path_style
        if style is None:
            url = settings.endpoint_url or ""
            style = url.partition("://")[2].partition("/")[0] not in _VIRTUAL_HOSTS
        # An ARN cannot be part of a path.
        options["force_path_style"] = style and bucket[:4] != "arn:"
        endpoint = super()._resolve({**options, **arguments})
        if region != settings.region and endpoint.signing_region is None:
            from msgspec.structs import replace

            endpoint = replace(endpoint, signing_region=region)
        return endpoint

    def _read_error(self, operation: Operation[Any], response: Any) -> ServiceError:
        error = super()._read_error(operation, response)
        error.body = response.body  # type: ignore[attr-defined]  # may name a region
        return error
