# Generated, do not edit: `python -m edgemote_codegen generate --paginators --waiters --with presign
# --model pages_and_waiters=model.json pages_and_waiters` writes it anew.
# Model pages_and_waiters, API version 2020-01-01,
# sha256 0d455d88a5dab4388b88bf91874429e789ab5516ac2c3b29ab48638df75a6de7
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
    return Endpoint(f"https://house{fips}.{region}.{suffix}")
