# Generated, do not edit: `python -m edgemote_codegen generate --model awkward_title=model.json
# awkward_title` writes it anew.
# Model awkward_title, API version 2020-01-01,
# sha256 84fe5651989da743f4260bb7af0d68a1a3c30995b95cdca7c33f5d5548111494
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
            raise EndpointError("FIPS cannot be combined with an endpoint of one's own")
        if use_dual_stack:
            raise EndpointError("Dual stack cannot be combined with an endpoint of one's own")
        return Endpoint(endpoint_url)
    if region is None:
        raise EndpointError("A region is needed")
    from ..partitions import partition

    part = partition(region)
    fips = "-fips" if use_fips else ""
    suffix = part.dual_stack_dns_suffix if use_dual_stack else part.dns_suffix
    return Endpoint(f"https://awkward-title{fips}.{region}.{suffix}")
