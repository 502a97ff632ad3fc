"""Where we differ from botocore on purpose."""

from __future__ import annotations

# (service, operation or *) -> what we do, and what botocore does.
DEPARTURES: dict[tuple[str, str], str] = {
    ("signin", "CreateOAuth2TokenWithTokenExchange"): (
        "not signed, as its trait noAuth says; botocore signs it for the scheme of the endpoint"
    ),
    ("bedrock-agentcore", "GetAgentCard"): (
        "no body is no document; botocore makes an empty object of it"
    ),
    ("cloudsearchdomain", "Search"): (
        "the model's GET with a query; botocore moves the query into the form of a POST"
    ),
    ("health", "*"): (
        "signed for the region, as its rules leave it; botocore signs for us-east-1, which an "
        "older table of endpoints has for the service"
    ),
}
