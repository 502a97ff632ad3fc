# Generated, do not edit: `python -m edgemote_codegen generate` writes it anew.
# Model iot-data, API version 2015-05-28,
# sha256 43c95db5be5facda59e3df5b9bbec2be9041422b23692de9f08f1b4763df51db
"""Where requests go: the service's endpoint rules, reduced to what this client can ask for."""

from __future__ import annotations

from ..endpoints import Endpoint
from ..errors import EndpointError


def resolve(
    region: str | None,
    *,
    use_fips: bool = False,
    use_dual_stack: bool = False,
    endpoint_url: str | None = None,
) -> Endpoint:
    """Finds the endpoint for a region and options.

    Raises EndpointError, in the words of the service's rules, where there is none.
    """
    if endpoint_url is not None:
        if use_fips:
            raise EndpointError("Invalid Configuration: FIPS and custom endpoint are not supported")
        if use_dual_stack:
            raise EndpointError(
                "Invalid Configuration: Dualstack and custom endpoint are not supported"
            )
        return Endpoint(endpoint_url)
    if region is None:
        raise EndpointError("Invalid Configuration: Missing Region")
    from ..partitions import partition

    part = partition(region)
    if use_fips and use_dual_stack:
        return Endpoint(f"https://data-ats.iot-fips.{region}.{part.dual_stack_dns_suffix}")
    if use_fips:
        if region == "ca-central-1":
            return Endpoint("https://data.iot-fips.ca-central-1.amazonaws.com")
        if region == "us-east-1":
            return Endpoint("https://data.iot-fips.us-east-1.amazonaws.com")
        if region == "us-east-2":
            return Endpoint("https://data.iot-fips.us-east-2.amazonaws.com")
        if region == "us-west-1":
            return Endpoint("https://data.iot-fips.us-west-1.amazonaws.com")
        if region == "us-west-2":
            return Endpoint("https://data.iot-fips.us-west-2.amazonaws.com")
        if region == "us-gov-east-1":
            return Endpoint("https://data.iot-fips.us-gov-east-1.amazonaws.com")
        if region == "us-gov-west-1":
            return Endpoint("https://data.iot-fips.us-gov-west-1.amazonaws.com")
        return Endpoint(f"https://data-ats.iot-fips.{region}.{part.dns_suffix}")
    if use_dual_stack:
        return Endpoint(f"https://data-ats.iot.{region}.{part.dual_stack_dns_suffix}")
    if region == "cn-north-1":
        return Endpoint("https://data.ats.iot.cn-north-1.amazonaws.com.cn")
    if part.id == "aws":
        return Endpoint(f"https://data-ats.iot.{region}.amazonaws.com")
    if part.id == "aws-cn":
        return Endpoint(f"https://data-ats.iot.{region}.amazonaws.com.cn")
    if part.id == "aws-us-gov":
        return Endpoint(f"https://data-ats.iot.{region}.amazonaws.com")
    return Endpoint(f"https://data-ats.iot.{region}.{part.dns_suffix}")
