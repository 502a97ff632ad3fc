"""What the agent talks to, made from its configuration: one clock, one meter and one deadline for
all of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws.sagemaker_edge import SagemakerEdgeManager
from edgemote.agent import limits
from edgemote.client.connect import connect
from edgemote.credentials import find_credentials
from edgemote.http import Deadline

if TYPE_CHECKING:
    from typing import Any

    from aws.s3 import S3
    from edgemote.agent.config import Config
    from edgemote.agent.data_budget import DataBudget
    from edgemote.clock import Clock
    from edgemote.credentials.provider import Provider


class Services:
    """Clients of SageMaker Edge and S3. Raises ConfigError, CredentialsError and EndpointError."""

    __slots__ = ("_config", "_options", "client", "deadline", "provider")

    def __init__(self, config: Config, clock: Clock, meter: DataBudget) -> None:
        self._config = config
        self.deadline = Deadline()
        self._options: dict[str, Any] = {
            "region": config.device.region,
            "ca_file": config.device.ca_file,
            "connect_timeout_s": config.link.connect_timeout_s,
            "timeout_s": config.link.read_timeout_s,
            "response_timeout_s": config.link.read_timeout_s,
            "kept_idle_s": config.link.kept_idle_s,
            "body_limit_bytes": limits.AGENT_BODY_BYTES,
            # The agent's jobs try again by themselves, and sleep in between for all of them.
            "retries": 0,
            "clock": clock,
            "meter": meter,
            "deadline": self.deadline,
        }
        self.provider = self._find_credentials()
        self.client = connect(
            SagemakerEdgeManager,
            credentials=self.provider,
            endpoint_url=config.device.endpoint_url,
            **self._options,
        )

    def open_s3(self, region: str | None) -> S3:
        """A client of S3 in a region, None for the device's own."""
        from aws.s3 import S3

        options = self._options if region is None else {**self._options, "region": region}
        return connect(
            S3,
            credentials=self.provider,
            endpoint_url=self._config.deployments.s3_endpoint_url,
            **options,
        )

    def close(self) -> None:
        """Close the kept connections."""
        self.client.close()

    def _find_credentials(self) -> Provider:
        wanted = self._config.credentials
        role = None
        if wanted.iot_endpoint is not None:
            from edgemote.credentials.iot_role_alias import IotRoleAlias

            assert wanted.cert_file is not None
            role = IotRoleAlias(
                wanted.iot_endpoint,
                wanted.iot_role_alias,
                wanted.cert_file,
                wanted.key_file,
                ca_file=wanted.iot_ca_file,
                thing_name=wanted.iot_thing_name,
            )
        return find_credentials(profile=wanted.profile, role_alias=role)
