"""Calls of S3 with settings that few have: S3 Accelerate, ARNs of the client's region only, bodies
that are not signed.

Imported only if one of them is set.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from msgspec import Struct

from aws.errors import EndpointError
from aws.operation import Operation
from edgemote.client.buckets import BucketPipeline

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aws.endpoints import Endpoint

    Result = TypeVar("Result")

_LABEL = "abcdefghijklmnopqrstuvwxyz0123456789-"


def make_pipeline(options: Mapping[str, bool]) -> Callable[..., BucketPipeline]:
    """What makes a pipeline with these options."""
    chosen = Options(**options)

    def make(*arguments: Any) -> BucketPipeline:
        return OptionsPipeline(chosen, *arguments)

    return make


class Options(Struct, frozen=True):
    """accelerate: use the endpoint of S3 Accelerate for buckets. arn_region: an ARN may name
    another region than the client's. sign_payload: sign bodies.
    """

    accelerate: bool = False
    arn_region: bool = True
    sign_payload: bool = True


class OptionsPipeline(BucketPipeline):
    """Calls S3's operations with these options."""

    __slots__ = ("_options", "_unsigned")

    def __init__(self, options: Options, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._options = options
        self._unsigned: dict[Operation[Any], Operation[Any]] = {}

    def __call__(self, operation: Operation[Result], params: Mapping[str, Any]) -> Result:
        if self._options.sign_payload:
            return super().__call__(operation, params)
        unsigned: Operation[Result] | None = self._unsigned.get(operation)
        if unsigned is None:
            fields = {name: getattr(operation, name) for name in operation.__struct_fields__}
            unsigned = self._unsigned[operation] = Operation(**{**fields, "signed_body": False})
        return super().__call__(unsigned, params)

    def _resolve(self, arguments: dict[str, Any]) -> Endpoint:
        bucket = arguments.get("bucket", "")
        own = self.settings.region
        if not self._options.arn_region and bucket[:4] == "arn:":
            region = (*bucket.split(":"), "", "", "")[3]
            if region not in ("", own):
                raise EndpointError(
                    f"the ARN names the region {region!r:.80}, where the client's is {own!r} and "
                    "use_arn_region is false: connect with the ARN's region"
                )
        if self._options.accelerate and self.settings.use_fips:
            raise EndpointError("S3 Accelerate has no FIPS endpoints")
        if not self._options.accelerate or not bucket or bucket.endswith("--op-s3"):
            return super()._resolve(arguments)
        if bucket.strip(_LABEL) or bucket.endswith("--x-s3"):
            raise EndpointError(
                f"S3 Accelerate cannot be used with the bucket {bucket!r:.80}: it takes names "
                "without periods and capitals, and no ARN or access point; set "
                "use_accelerate_endpoint to false for the others"
            )
        if str(own)[:3] == "cn-":
            raise EndpointError("S3 Accelerate is not available in China")
        kind = ".dualstack" if self.settings.use_dual_stack else ""
        accelerated = {
            "region": self.regions.get(bucket, own),
            "endpoint_url": f"https://s3-accelerate{kind}.amazonaws.com",
            "force_path_style": False,
            "use_dual_stack": False,  # the host says it
        }
        return super()._resolve({**arguments, **accelerated})
