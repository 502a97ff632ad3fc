"""Calls that are authenticated by the client's certificate, and not signed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from aws.operation import Operation
from edgemote.client.pipeline import Pipeline
from edgemote.errors import ClockSyncedError, ConfigError
from edgemote.http import parse_origin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws.operation import Service
    from edgemote.client.settings import Settings
    from edgemote.http.transport import Transport

    Result = TypeVar("Result")

# Signing names of the services that accept a certificate, and how the CLI finds their host.
_SERVICES = {"iotdata": "iot:Data-ATS", "iot-jobs-data": "iot:Data-ATS"}


def check(service: Service, settings: Settings, **others: object) -> None:
    """Raise ConfigError if a certificate is not enough for calls with these settings.

    others: arguments of `connect` that also give a certificate.
    """
    kind = _SERVICES.get(service.signing_name)
    if kind is None:
        raise ConfigError(
            f"argument credentials: requests to {service.service_id} must be signed, and a "
            "ClientCertificate cannot sign; pass credentials, or edgemote.IotRoleAlias, which gets "
            "temporary credentials for the certificate"
        )
    for argument, value in others.items():
        if value is not None:
            raise ConfigError(
                f"argument {argument}: the certificate is given twice; pass it in "
                "credentials=edgemote.ClientCertificate(...) alone"
            )
    if settings.endpoint_url is None:
        raise ConfigError(
            "argument endpoint_url: it is required with a ClientCertificate, because the public "
            f"endpoint of {service.name} accepts signatures only; pass https:// and the account's "
            f"own host, as `aws iot describe-endpoint --endpoint-type {kind}` prints it"
        )
    scheme, colon, place = settings.endpoint_url.partition("://")
    if not parse_origin(scheme + colon + place.partition("/")[0])[0]:
        raise ConfigError(
            f"endpoint {settings.endpoint_url}: a client certificate can be used over https only; "
            "pass endpoint_url=https://..., the account's own host"
        )


class CertificatePipeline(Pipeline):
    """Carries out operations without a signature.

    The connection uses the time in the responses; see http.mutual_tls.
    """

    __slots__ = ("_unsigned",)

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._unsigned: dict[Operation[Any], Operation[Any]] = {}

    def __call__(self, operation: Operation[Result], params: Mapping[str, Any]) -> Result:
        unsigned: Operation[Result] | None = self._unsigned.get(operation)
        if unsigned is None:
            fields = {name: getattr(operation, name) for name in operation.__struct_fields__}
            unsigned = Operation(**{**fields, "auth": (), "signed_body": False})
            self._unsigned[operation] = unsigned
        return super().__call__(unsigned, params)

    def _sync_clock(self, error: Exception, now_s: float, transport: Transport) -> bool:
        # Errors of the service are never caused by the clock, because requests contain no time.
        return isinstance(error, ClockSyncedError)
