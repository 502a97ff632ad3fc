# Generated, do not edit: `python -m edgemote_codegen generate` writes it anew.
# Model iot-jobs-data, API version 2017-09-29,
# sha256 08bb3e428292dba5dab62d6c4fad004d6a5dc5cf1f9c90df130e162bb4453594
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
    fips = "-fips" if use_fips else ""
    suffix = part.dual_stack_dns_suffix if use_dual_stack else part.dns_suffix
    return Endpoint(f"https://data.jobs.iot{fips}.{region}.{suffix}")
