# Generated, do not edit: `python -m edgemote_codegen generate --model endpoint_rules=model.json
# endpoint_rules` writes it anew.
# Model endpoint_rules, API version 2020-01-01,
# sha256 210c8cd0af61558b6e1b61b359e1ef26d7285df658401dfb17280b8c3a3930e5
"""Where requests go: the service's endpoint rules, reduced to what this client can ask for."""

from __future__ import annotations

from ..endpoint_functions import is_host_label, parse_arn, text_at
from ..endpoints import Endpoint
from ..errors import EndpointError


def resolve(
    region: str | None,
    *,
    use_fips: bool = False,
    use_dual_stack: bool = False,
    endpoint_url: str | None = None,
    stream_arn: str | None = None,
    kind: str | None = None,
    names: tuple[str, ...] | None = None,
) -> Endpoint:
    """Finds the endpoint for a region and options.

    Raises EndpointError, in the words of the service's rules, where there is none.
    """
    if endpoint_url is not None:
        return Endpoint(endpoint_url)
    if kind == "control" and stream_arn is not None and (arn := parse_arn(stream_arn)) is not None:
        return Endpoint(f"https://{arn.account_id}.control-streams.{arn.region}.amazonaws.com")
    if names is not None and (first := text_at(names, 0)) is not None and is_host_label(first):
        return Endpoint(
            f"https://{first}.streams.amazonaws.com",
            signing_name="streams",
            signing_region="us-east-1",
        )
    if region is not None:
        return Endpoint(f"https://streams.{region}.amazonaws.com")
    raise EndpointError("Invalid Configuration: Missing Region")
