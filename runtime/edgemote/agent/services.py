"""The agent's clients, made from its configuration. They share a clock, a meter and a deadline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgemote.agent import limits
from edgemote.client.connect import connect
from edgemote.credentials import find_credentials
from edgemote.errors import ConfigError
from edgemote.http import Deadline

if TYPE_CHECKING:
    from typing import Any, TypeVar

    from aws.operation import Client
    from aws.s3 import S3
    from aws.sigv4 import Credentials
    from edgemote.agent.config import Config
    from edgemote.agent.data_budget import DataBudget
    from edgemote.clock import Clock
    from edgemote.credentials.provider import Provider
    from edgemote.http.transport import Transport

    AnyClient = TypeVar("AnyClient", bound=Client)


class Services:
    """Clients of the device's cloud and of S3. Methods raise ConfigError, CredentialsError and
    EndpointError.
    """

    __slots__ = ("_clients", "_config", "_options", "_provider", "_regions", "deadline")

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
            # The agent's jobs retry by themselves, and their pauses must not block other jobs.
            "retries": 0,
            "clock": clock,
            "meter": meter,
            "deadline": self.deadline,
        }
        self._provider: Provider | None = None
        self._clients: list[Client] = []
        self._regions: dict[str, str] = {}  # of buckets outside the device's own

    @property
    def provider(self) -> Provider:
        """The keys to sign with, found on first use: not every cloud needs them."""
        if self._provider is None:
            self._provider = self._find_credentials()
        return self._provider

    def connect(
        self,
        service: type[AnyClient],
        credentials: Provider | Credentials,
        endpoint_url: str | None,
        beside: Client | None = None,
    ) -> AnyClient:
        """A client that `close` closes, too; it shares the connections of `beside`, a client of
        another service at the same endpoint.
        """
        client = connect(
            service, credentials=credentials, endpoint_url=endpoint_url, **self._options
        )
        if beside is not None:
            client._call.share_connections(beside._call)  # type: ignore[attr-defined]
        self._clients.append(client)
        return client

    def open_s3(self) -> S3:
        """An S3 client; the caller closes it. Where a bucket is, all of them are told once.

        Raises ConfigError if the bundle has no S3 client: in AWS IoT an agent can do without.
        """
        try:
            from aws.s3 import S3
        except ImportError as error:
            raise ConfigError(
                f"s3:// takes a client of S3, which this bundle lacks ({error}): bundle "
                "s3:GetObject,HeadObject, or deploy by presigned URLs"
            ) from None

        client = connect(
            S3,
            credentials=self.provider,
            endpoint_url=self._config.deployments.s3_endpoint_url,
            **self._options,
        )
        client._call.regions = self._regions  # type: ignore[attr-defined]
        return client

    def open_url(self, origin: str) -> Transport:
        """A connection to a URL's host, which never sets the clock; the caller closes it."""
        return self._open_transport(origin, may_sync=False)

    def _open_transport(self, origin: str, **changes: Any) -> Transport:
        from edgemote.client.connect import make_opener
        from edgemote.client.settings import read_settings

        settings = read_settings(
            service_id="",
            profile=self._config.credentials.profile,
            ca_file=self._config.device.ca_file,
        )
        names = (
            *("connect_timeout_s", "response_timeout_s", "kept_idle_s", "body_limit_bytes"),
            *("clock", "meter", "deadline"),
        )
        return make_opener(
            settings.ca_file,
            read_timeout_s=self._options["timeout_s"],
            **{name: self._options[name] for name in names},
        )(origin, **changes)

    def close(self) -> None:
        """Close the kept connections."""
        for client in self._clients:
            client.close()

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

        def open_client(service: type[AnyClient], **changes: Any) -> AnyClient:
            return connect(service, **{**self._options, "profile": wanted.profile, **changes})

        return find_credentials(
            profile=wanted.profile,
            role_alias=role,
            open_transport=self._open_transport,
            open_client=open_client,
        )
