# Generated, do not edit: `python -m edgemote_codegen generate` writes it anew.
# Model sagemaker-edge, API version 2020-09-23,
# sha256 ced1e6d97a93c3fdb9fa3374cb3c3ad6794e126d73dc3b911f8d22e3176cbbc5
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
    return Endpoint(f"https://edge.sagemaker{fips}.{region}.{suffix}")
