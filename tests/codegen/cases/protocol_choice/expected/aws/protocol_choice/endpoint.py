# Generated, do not edit: `python -m edgemote_codegen generate --model protocol_choice=model.json
# protocol_choice` writes it anew.
# Model protocol_choice, API version 2020-01-01,
# sha256 b4dfcbd5b7f8f63d9c7f7313b11a85abbf59b301e0e55b8044df24940a070206
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
    return Endpoint(f"https://protocol-choice{fips}.{region}.{suffix}")
