"""Beside an endpoint, the servers from which devices get keys that it accepts."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from endpoint.container import PATH, ContainerCredentials
from endpoint.credential_provider import CredentialProvider
from endpoint.instance_metadata import InstanceMetadata
from endpoint.server import Endpoint
from endpoint.signatures import Key

Facts = dict[str, dict[str, str]]


@contextlib.contextmanager
def serve_key_sources(
    endpoint: Endpoint,
    *,
    role_alias: str | None = None,
    container: bool = False,
    instance_role: str | None = None,
    lifetime_s: float = 3600.0,
) -> Iterator[Facts]:
    """Start those that are asked for; what a device's config or environment says of them.

    The credential provider's certificate and the device's are of the endpoint's authority.
    """

    def issue(end_s: float) -> Key:
        return endpoint.add_key(temporary=True, expires_at_s=end_s)

    facts: Facts = {}
    with contextlib.ExitStack() as stack:
        if role_alias is not None:
            provider = stack.enter_context(
                CredentialProvider(
                    role_alias=role_alias,
                    directory=endpoint.directory / "device",
                    ca_directory=endpoint.ca_directory,
                    issue=issue,
                    lifetime_s=lifetime_s,
                    clock_offset_s=endpoint.clock_offset_s,
                )
            )
            facts["credential_provider"] = {
                "endpoint": provider.endpoint,
                "role_alias": role_alias,
                "cert_file": provider.cert_file,
                "key_file": provider.key_file,
                "ca_file": provider.ca_file,
            }
        if container:
            server = stack.enter_context(ContainerCredentials(issue=issue, lifetime_s=lifetime_s))
            facts["container"] = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": server.url + PATH}
        if instance_role is not None:
            metadata = InstanceMetadata(issue=issue, lifetime_s=lifetime_s)
            metadata.role = instance_role
            stack.enter_context(metadata)
            facts["instance"] = {"AWS_EC2_METADATA_SERVICE_ENDPOINT": metadata.url}
        yield facts
