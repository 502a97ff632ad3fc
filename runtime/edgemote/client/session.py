"""Sessions: several clients of a program that share settings, credentials and connections."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from edgemote.client.connect import connect
from edgemote.clock import Clock

if TYPE_CHECKING:
    from typing import TypeVar

    from typing_extensions import Self

    from aws.operation import Client
    from aws.sigv4 import Credentials
    from edgemote.client.pipeline import Pipeline
    from edgemote.credentials.provider import Provider
    from edgemote.http import Deadline, Meter

    AnyClient = TypeVar("AnyClient", bound=Client)


class Session:
    """Clients that share their settings, their credentials, one clock, and their connections.

    session = edgemote.Session(region="us-west-2", profile="board")
    s3, ssm = session.connect(S3), session.connect(SSM)

    Temporary credentials are fetched once for all clients. Clients of the same endpoint share one
    connection, so their calls wait for each other.

    Args: those of edgemote.connect that do not depend on the service; None means the default.
    """

    __slots__ = ("_pipelines", "_settings")

    def __init__(
        self,
        *,
        region: str | None = None,
        profile: str | None = None,
        credentials: Credentials | Provider | None = None,
        use_fips: bool | None = None,
        use_dual_stack: bool | None = None,
        ca_file: str | None = None,
        cert_file: str | None = None,
        key_file: str | None = None,
        connect_timeout_s: float | None = None,
        timeout_s: float | None = None,
        response_timeout_s: float | None = None,
        kept_idle_s: float | None = None,
        body_limit_bytes: int | None = None,
        disable_request_compression: bool | None = None,
        request_min_compression_size_bytes: int | None = None,
        retries: int | None = None,
        clock: Clock | None = None,
        meter: Meter | None = None,
        deadline: Deadline | None = None,
    ) -> None:
        given = dict(locals())
        del given["self"]
        self._settings: dict[str, Any] = _leave_out_none(given)
        self._settings.setdefault("clock", Clock())
        # The first pipeline of each kind: object stores may not set the clock, others may.
        self._pipelines: dict[bool, Pipeline] = {}

    def connect(
        self,
        service: type[AnyClient],
        *,
        region: str | None = None,
        endpoint_url: str | None = None,
        path_style: bool | None = None,
        token: str | None = None,
    ) -> AnyClient:
        """Make a client of a generated service; arguments and errors as for edgemote.connect."""
        own = {
            "region": region,
            "endpoint_url": endpoint_url,
            "path_style": path_style,
            "token": token,
        }
        client = connect(service, **{**self._settings, **_leave_out_none(own)})
        pipeline: Pipeline = client._call  # type: ignore[assignment]
        if pipeline._token is None:  # with a token, credentials are only looked up when needed
            self._settings["credentials"] = pipeline.provider
        kind = service.service.addresses_buckets
        pipeline.share_connections(self._pipelines.setdefault(kind, pipeline))
        return client

    def close(self) -> None:
        """Close the kept connections. The clients stay usable."""
        for pipeline in self._pipelines.values():
            pipeline.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


def _leave_out_none(given: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if value is not None}
