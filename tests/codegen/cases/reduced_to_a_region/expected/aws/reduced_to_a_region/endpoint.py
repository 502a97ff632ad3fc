# Generated, do not edit: `python -m edgemote_codegen generate --region us-west-2 --no-fips
# --no-dual-stack --model reduced_to_a_region=model.json reduced_to_a_region` writes it anew.
# Model reduced_to_a_region, API version 2020-01-01,
# sha256 350a56b699b10747d840c2874b84fcab1c0db19ee2b2dcb30605e3efe7b88b42
"""Where requests go: the service's endpoint rules, reduced to what this client can ask for."""

from __future__ import annotations

from ..endpoints import Endpoint
from ..errors import EndpointError

# All that this client was generated for.
REGIONS = ("us-west-2",)


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
    if region not in REGIONS:
        raise EndpointError(
            f"This client was generated for other regions; regenerate it with --region {region} too"
        )
    if use_fips:
        raise EndpointError(
            "This client was generated with --no-fips; regenerate it without that option"
        )
    if use_dual_stack:
        raise EndpointError(
            "This client was generated with --no-dual-stack; regenerate it without that option"
        )
    if endpoint_url is not None:
        return Endpoint(endpoint_url)
    return Endpoint("https://minimal.us-west-2.amazonaws.com")
