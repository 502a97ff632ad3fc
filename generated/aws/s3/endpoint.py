# Generated, do not edit: `python -m edgemote_codegen generate` writes it anew.
# Model s3, API version 2006-03-01,
# sha256 fd5263cb312c15585d99ea5adb8dd180208e743f14affddedd2eb59f4cb8bd06
"""Where requests go: the service's endpoint rules, reduced to what this client can ask for."""

from __future__ import annotations

from ..endpoint_functions import (
    is_host_label,
    is_virtual_host_bucket,
    parse_arn,
    parse_url,
    substring,
    text_at,
    uri_encode,
)
from ..endpoints import Endpoint
from ..errors import EndpointError


def resolve(
    region: str | None,
    *,
    use_fips: bool = False,
    use_dual_stack: bool = False,
    endpoint_url: str | None = None,
    bucket: str | None = None,
    force_path_style: bool = False,
) -> Endpoint:
    """Finds the endpoint for a region and options.

    Raises EndpointError, in the words of the service's rules, where there is none.
    """
    if region is None:
        raise EndpointError("A region must be set when sending requests to S3.")
    if use_dual_stack and endpoint_url is not None:
        raise EndpointError("Cannot set dual-stack in combination with a custom endpoint.")
    if endpoint_url is not None and use_fips:
        raise EndpointError("A custom endpoint cannot be combined with FIPS")
    from ..partitions import partition

    if use_fips:
        part = partition(region)
        if part.id == "aws-cn":
            raise EndpointError("Partition does not support FIPS")
    if bucket is not None and substring(bucket, 0, 6, from_end=True) == "--x-s3":
        raise EndpointError("This endpoint needs sigv4-s3express signatures")
    if bucket is not None and substring(bucket, 0, 7, from_end=True) == "--xa-s3":
        raise EndpointError("This endpoint needs sigv4-s3express signatures")
    if (
        bucket is not None
        and (hardware_type := substring(bucket, 49, 50, from_end=True)) is not None
        and (region_prefix := substring(bucket, 8, 12, from_end=True)) is not None
        and (bucket_alias_suffix := substring(bucket, 0, 7, from_end=True)) is not None
        and (outpost_id := substring(bucket, 32, 49, from_end=True)) is not None
    ):
        part = partition(region)
        if bucket_alias_suffix == "--op-s3":
            if not is_host_label(outpost_id):
                raise EndpointError(
                    "Invalid ARN: The outpost Id must only contain a-z, A-Z, 0-9 and `-`."
                )
            if not is_virtual_host_bucket(bucket):
                raise EndpointError(
                    "Invalid Outposts Bucket alias - it must be a valid bucket name."
                )
            if hardware_type == "e":
                if region_prefix == "beta":
                    if endpoint_url is None:
                        raise EndpointError(
                            "Expected a endpoint to be specified but no endpoint was found"
                        )
                    if (url := parse_url(endpoint_url)) is not None:
                        return Endpoint(
                            f"https://{bucket}.ec2.{url.authority}",
                            signing_name="s3-outposts",
                            disable_double_encoding=True,
                        )
                return Endpoint(
                    f"https://{bucket}.ec2.s3-outposts.{region}.{part.dns_suffix}",
                    signing_name="s3-outposts",
                    disable_double_encoding=True,
                )
            if hardware_type != "o":
                raise EndpointError(
                    'Unrecognized hardware type: "Expected hardware type o or e but got '
                    f'{hardware_type}"'
                )
            if region_prefix == "beta":
                if endpoint_url is None:
                    raise EndpointError(
                        "Expected a endpoint to be specified but no endpoint was found"
                    )
                if (url := parse_url(endpoint_url)) is not None:
                    return Endpoint(
                        f"https://{bucket}.op-{outpost_id}.{url.authority}",
                        signing_name="s3-outposts",
                        disable_double_encoding=True,
                    )
            return Endpoint(
                f"https://{bucket}.op-{outpost_id}.s3-outposts.{region}.{part.dns_suffix}",
                signing_name="s3-outposts",
                disable_double_encoding=True,
            )
    if bucket is not None:
        if endpoint_url is not None and parse_url(endpoint_url) is None:
            raise EndpointError(f"Custom endpoint `{endpoint_url}` was not a valid URI")
        if not force_path_style and is_virtual_host_bucket(bucket):
            part = partition(region)
            if not is_host_label(region):
                raise EndpointError("Invalid region: region was not a valid DNS name.")
            if use_dual_stack and use_fips and region == "aws-global":
                return Endpoint(
                    f"https://{bucket}.s3-fips.dualstack.us-east-1.{part.dns_suffix}",
                    signing_region="us-east-1",
                    disable_double_encoding=True,
                )
            if use_dual_stack and use_fips:
                return Endpoint(
                    f"https://{bucket}.s3-fips.dualstack.{region}.{part.dns_suffix}",
                    disable_double_encoding=True,
                )
            if not use_dual_stack and use_fips and region == "aws-global":
                return Endpoint(
                    f"https://{bucket}.s3-fips.us-east-1.{part.dns_suffix}",
                    signing_region="us-east-1",
                    disable_double_encoding=True,
                )
            if not use_dual_stack and use_fips:
                return Endpoint(
                    f"https://{bucket}.s3-fips.{region}.{part.dns_suffix}",
                    disable_double_encoding=True,
                )
            if use_dual_stack and region == "aws-global":
                return Endpoint(
                    f"https://{bucket}.s3.dualstack.us-east-1.{part.dns_suffix}",
                    signing_region="us-east-1",
                    disable_double_encoding=True,
                )
            if use_dual_stack:
                return Endpoint(
                    f"https://{bucket}.s3.dualstack.{region}.{part.dns_suffix}",
                    disable_double_encoding=True,
                )
            if (
                endpoint_url is not None
                and (url := parse_url(endpoint_url)) is not None
                and url.is_ip
                and region == "aws-global"
            ):
                return Endpoint(
                    f"{url.scheme}://{url.authority}{url.normalized_path}{bucket}",
                    signing_region="us-east-1",
                    disable_double_encoding=True,
                )
            if (
                endpoint_url is not None
                and (url := parse_url(endpoint_url)) is not None
                and not url.is_ip
                and region == "aws-global"
            ):
                return Endpoint(
                    f"{url.scheme}://{bucket}.{url.authority}{url.path}",
                    signing_region="us-east-1",
                    disable_double_encoding=True,
                )
            if (
                endpoint_url is not None
                and (url := parse_url(endpoint_url)) is not None
                and url.is_ip
            ):
                return Endpoint(
                    f"{url.scheme}://{url.authority}{url.normalized_path}{bucket}",
                    disable_double_encoding=True,
                )
            if endpoint_url is not None and (url := parse_url(endpoint_url)) is not None:
                return Endpoint(
                    f"{url.scheme}://{bucket}.{url.authority}{url.path}",
                    disable_double_encoding=True,
                )
            if region == "aws-global":
                return Endpoint(
                    f"https://{bucket}.s3.{part.dns_suffix}",
                    signing_region="us-east-1",
                    disable_double_encoding=True,
                )
            return Endpoint(
                f"https://{bucket}.s3.{region}.{part.dns_suffix}", disable_double_encoding=True
            )
        if (
            endpoint_url is not None
            and (url := parse_url(endpoint_url)) is not None
            and url.scheme == "http"
            and is_virtual_host_bucket(bucket, dots=True)
            and not force_path_style
        ):
            if is_host_label(region):
                return Endpoint(
                    f"{url.scheme}://{bucket}.{url.authority}{url.path}",
                    disable_double_encoding=True,
                )
            raise EndpointError("Invalid region: region was not a valid DNS name.")
        if not force_path_style and (bucket_arn := parse_arn(bucket)) is not None:
            if (arn_type := text_at(bucket_arn.resource_id, 0)) is None or arn_type == "":
                raise EndpointError("Invalid ARN: No ARN type specified")
            if bucket_arn.service == "s3-object-lambda":
                if arn_type != "accesspoint":
                    raise EndpointError(
                        "Invalid ARN: Object Lambda ARNs only support `accesspoint` arn types, but "
                        f"found: `{arn_type}`"
                    )
                access_point_name = text_at(bucket_arn.resource_id, 1)
                if access_point_name is None or access_point_name == "":
                    raise EndpointError(
                        "Invalid ARN: Expected a resource of the format `accesspoint:<accesspoint "
                        "name>` but no name was provided"
                    )
                if use_dual_stack:
                    raise EndpointError("S3 Object Lambda does not support Dual-stack")
                if bucket_arn.region == "":
                    raise EndpointError("Invalid ARN: bucket ARN is missing a region")
                if text_at(bucket_arn.resource_id, 2) is not None:
                    raise EndpointError(
                        "Invalid ARN: The ARN may only contain a single resource component after "
                        "`accesspoint`."
                    )
                part = partition(bucket_arn.region)
                part_2 = partition(region)
                if part.id != part_2.id:
                    raise EndpointError(
                        f"Client was configured for partition `{part_2.id}` but ARN (`{bucket}`) "
                        f"has `{part.id}`"
                    )
                if not is_host_label(bucket_arn.region, dots=True):
                    raise EndpointError(
                        f"Invalid region in ARN: `{bucket_arn.region}` (invalid DNS name)"
                    )
                if bucket_arn.account_id == "":
                    raise EndpointError("Invalid ARN: Missing account id")
                if not is_host_label(bucket_arn.account_id):
                    raise EndpointError(
                        "Invalid ARN: The account id may only contain a-z, A-Z, 0-9 and `-`. "
                        f"Found: `{bucket_arn.account_id}`"
                    )
                if not is_host_label(access_point_name):
                    raise EndpointError(
                        "Invalid ARN: The access point name may only contain a-z, A-Z, 0-9 and `-`"
                        f". Found: `{access_point_name}`"
                    )
                if endpoint_url is not None and (url := parse_url(endpoint_url)) is not None:
                    return Endpoint(
                        f"{url.scheme}://{access_point_name}-{bucket_arn.account_id}."
                        f"{url.authority}{url.path}",
                        signing_name="s3-object-lambda",
                        signing_region=bucket_arn.region,
                        disable_double_encoding=True,
                    )
                fips = "-fips" if use_fips else ""
                return Endpoint(
                    f"https://{access_point_name}-{bucket_arn.account_id}.s3-object-lambda{fips}."
                    f"{bucket_arn.region}.{part.dns_suffix}",
                    signing_name="s3-object-lambda",
                    signing_region=bucket_arn.region,
                    disable_double_encoding=True,
                )
            if arn_type == "accesspoint":
                access_point_name = text_at(bucket_arn.resource_id, 1)
                if access_point_name is None or access_point_name == "":
                    raise EndpointError(
                        "Invalid ARN: Expected a resource of the format `accesspoint:<accesspoint "
                        "name>` but no name was provided"
                    )
                if bucket_arn.region != "":
                    if text_at(bucket_arn.resource_id, 2) is not None:
                        raise EndpointError(
                            "Invalid ARN: The ARN may only contain a single resource component "
                            "after `accesspoint`."
                        )
                    part = partition(bucket_arn.region)
                    part_2 = partition(region)
                    if part.id != part_2.id:
                        raise EndpointError(
                            f"Client was configured for partition `{part_2.id}` but ARN (`{bucket}"
                            f"`) has `{part.id}`"
                        )
                    if not is_host_label(bucket_arn.region, dots=True):
                        raise EndpointError(
                            f"Invalid region in ARN: `{bucket_arn.region}` (invalid DNS name)"
                        )
                    if bucket_arn.service != "s3":
                        raise EndpointError(
                            "Invalid ARN: The ARN was not for the S3 service, found: "
                            f"{bucket_arn.service}"
                        )
                    if not is_host_label(bucket_arn.account_id):
                        raise EndpointError(
                            "Invalid ARN: The account id may only contain a-z, A-Z, 0-9 and `-`. "
                            f"Found: `{bucket_arn.account_id}`"
                        )
                    if not is_host_label(access_point_name):
                        raise EndpointError(
                            "Invalid ARN: The access point name may only contain a-z, A-Z, 0-9 and "
                            f"`-`. Found: `{access_point_name}`"
                        )
                    if use_fips:
                        dual_stack = ".dualstack" if use_dual_stack else ""
                        return Endpoint(
                            f"https://{access_point_name}-{bucket_arn.account_id}"
                            f".s3-accesspoint-fips{dual_stack}.{bucket_arn.region}."
                            f"{part.dns_suffix}",
                            signing_region=bucket_arn.region,
                            disable_double_encoding=True,
                        )
                    if use_dual_stack:
                        return Endpoint(
                            f"https://{access_point_name}-{bucket_arn.account_id}.s3-accesspoint"
                            f".dualstack.{bucket_arn.region}.{part.dns_suffix}",
                            signing_region=bucket_arn.region,
                            disable_double_encoding=True,
                        )
                    if endpoint_url is not None and (url := parse_url(endpoint_url)) is not None:
                        return Endpoint(
                            f"{url.scheme}://{access_point_name}-{bucket_arn.account_id}."
                            f"{url.authority}{url.path}",
                            signing_region=bucket_arn.region,
                            disable_double_encoding=True,
                        )
                    return Endpoint(
                        f"https://{access_point_name}-{bucket_arn.account_id}.s3-accesspoint."
                        f"{bucket_arn.region}.{part.dns_suffix}",
                        signing_region=bucket_arn.region,
                        disable_double_encoding=True,
                    )
                if is_host_label(access_point_name, dots=True):
                    raise EndpointError("This endpoint needs sigv4a signatures")
                raise EndpointError("Invalid Access Point Name")
            if bucket_arn.service != "s3-outposts":
                raise EndpointError(
                    f"Invalid ARN: Unrecognized format: {bucket} (type: {arn_type})"
                )
            if use_dual_stack:
                raise EndpointError("S3 Outposts does not support Dual-stack")
            if use_fips:
                raise EndpointError("S3 Outposts does not support FIPS")
            if text_at(bucket_arn.resource_id, 4) is not None:
                raise EndpointError("Invalid Arn: Outpost Access Point ARN contains sub resources")
            if (outpost_id := text_at(bucket_arn.resource_id, 1)) is None:
                raise EndpointError("Invalid ARN: The Outpost Id was not set")
            if not is_host_label(outpost_id):
                raise EndpointError(
                    "Invalid ARN: The outpost Id may only contain a-z, A-Z, 0-9 and `-`. Found: `"
                    f"{outpost_id}`"
                )
            part = partition(bucket_arn.region)
            part_2 = partition(region)
            if part.id != part_2.id:
                raise EndpointError(
                    f"Client was configured for partition `{part_2.id}` but ARN (`{bucket}`) has `"
                    f"{part.id}`"
                )
            if not is_host_label(bucket_arn.region, dots=True):
                raise EndpointError(
                    f"Invalid region in ARN: `{bucket_arn.region}` (invalid DNS name)"
                )
            if not is_host_label(bucket_arn.account_id):
                raise EndpointError(
                    "Invalid ARN: The account id may only contain a-z, A-Z, 0-9 and `-`. Found: `"
                    f"{bucket_arn.account_id}`"
                )
            if (outpost_type := text_at(bucket_arn.resource_id, 2)) is None:
                raise EndpointError("Invalid ARN: Expected a 4-component resource")
            if (access_point_name := text_at(bucket_arn.resource_id, 3)) is None:
                raise EndpointError("Invalid ARN: expected an access point name")
            if outpost_type != "accesspoint":
                raise EndpointError(f"Expected an outpost type `accesspoint`, found {outpost_type}")
            if not is_host_label(access_point_name):
                raise EndpointError(
                    "Invalid ARN: The access point name may only contain a-z, A-Z, 0-9 and `-`. "
                    f"Found: `{access_point_name}`"
                )
            if endpoint_url is not None and (url := parse_url(endpoint_url)) is not None:
                return Endpoint(
                    f"https://{access_point_name}-{bucket_arn.account_id}.{outpost_id}."
                    f"{url.authority}",
                    signing_name="s3-outposts",
                    signing_region=bucket_arn.region,
                    disable_double_encoding=True,
                )
            return Endpoint(
                f"https://{access_point_name}-{bucket_arn.account_id}.{outpost_id}.s3-outposts."
                f"{bucket_arn.region}.{part.dns_suffix}",
                signing_name="s3-outposts",
                signing_region=bucket_arn.region,
                disable_double_encoding=True,
            )
        if substring(bucket, 0, 4) == "arn:" and parse_arn(bucket) is None:
            raise EndpointError(f"Invalid ARN: `{bucket}` was not a valid ARN")
        if force_path_style and parse_arn(bucket) is not None:
            raise EndpointError("Path-style addressing cannot be used with ARN buckets")
        uri_encoded_bucket = uri_encode(bucket)
        part = partition(region)
        if use_dual_stack and use_fips and region == "aws-global":
            return Endpoint(
                f"https://s3-fips.dualstack.us-east-1.{part.dns_suffix}/{uri_encoded_bucket}",
                signing_region="us-east-1",
                disable_double_encoding=True,
            )
        if use_dual_stack and use_fips:
            return Endpoint(
                f"https://s3-fips.dualstack.{region}.{part.dns_suffix}/{uri_encoded_bucket}",
                disable_double_encoding=True,
            )
        if not use_dual_stack and endpoint_url is None and use_fips and region == "aws-global":
            return Endpoint(
                f"https://s3-fips.us-east-1.{part.dns_suffix}/{uri_encoded_bucket}",
                signing_region="us-east-1",
                disable_double_encoding=True,
            )
        if not use_dual_stack and endpoint_url is None and use_fips:
            return Endpoint(
                f"https://s3-fips.{region}.{part.dns_suffix}/{uri_encoded_bucket}",
                disable_double_encoding=True,
            )
        if use_dual_stack and region == "aws-global":
            return Endpoint(
                f"https://s3.dualstack.us-east-1.{part.dns_suffix}/{uri_encoded_bucket}",
                signing_region="us-east-1",
                disable_double_encoding=True,
            )
        if use_dual_stack:
            return Endpoint(
                f"https://s3.dualstack.{region}.{part.dns_suffix}/{uri_encoded_bucket}",
                disable_double_encoding=True,
            )
        if (
            endpoint_url is not None
            and (url := parse_url(endpoint_url)) is not None
            and region == "aws-global"
        ):
            return Endpoint(
                f"{url.scheme}://{url.authority}{url.normalized_path}{uri_encoded_bucket}",
                signing_region="us-east-1",
                disable_double_encoding=True,
            )
        if endpoint_url is not None and (url := parse_url(endpoint_url)) is not None:
            return Endpoint(
                f"{url.scheme}://{url.authority}{url.normalized_path}{uri_encoded_bucket}",
                disable_double_encoding=True,
            )
        if region == "aws-global":
            return Endpoint(
                f"https://s3.{part.dns_suffix}/{uri_encoded_bucket}",
                signing_region="us-east-1",
                disable_double_encoding=True,
            )
        return Endpoint(
            f"https://s3.{region}.{part.dns_suffix}/{uri_encoded_bucket}",
            disable_double_encoding=True,
        )
    part = partition(region)
    if is_host_label(region, dots=True):
        if use_fips and use_dual_stack and region == "aws-global":
            return Endpoint(
                f"https://s3-fips.dualstack.us-east-1.{part.dns_suffix}",
                signing_region="us-east-1",
                disable_double_encoding=True,
            )
        if use_fips and use_dual_stack:
            return Endpoint(
                f"https://s3-fips.dualstack.{region}.{part.dns_suffix}",
                disable_double_encoding=True,
            )
        if use_fips and region == "aws-global":
            return Endpoint(
                f"https://s3-fips.us-east-1.{part.dns_suffix}",
                signing_region="us-east-1",
                disable_double_encoding=True,
            )
        if use_fips:
            return Endpoint(
                f"https://s3-fips.{region}.{part.dns_suffix}", disable_double_encoding=True
            )
        if use_dual_stack and region == "aws-global":
            return Endpoint(
                f"https://s3.dualstack.us-east-1.{part.dns_suffix}",
                signing_region="us-east-1",
                disable_double_encoding=True,
            )
        if use_dual_stack:
            return Endpoint(
                f"https://s3.dualstack.{region}.{part.dns_suffix}", disable_double_encoding=True
            )
        if (
            endpoint_url is not None
            and (url := parse_url(endpoint_url)) is not None
            and region == "aws-global"
        ):
            return Endpoint(
                f"{url.scheme}://{url.authority}{url.path}",
                signing_region="us-east-1",
                disable_double_encoding=True,
            )
        if endpoint_url is not None and (url := parse_url(endpoint_url)) is not None:
            return Endpoint(
                f"{url.scheme}://{url.authority}{url.path}", disable_double_encoding=True
            )
        if endpoint_url is None and region == "aws-global":
            return Endpoint(
                f"https://s3.{part.dns_suffix}",
                signing_region="us-east-1",
                disable_double_encoding=True,
            )
        if endpoint_url is None:
            return Endpoint(f"https://s3.{region}.{part.dns_suffix}", disable_double_encoding=True)
    raise EndpointError("Invalid region: region was not a valid DNS name.")
