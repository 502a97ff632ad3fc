"""`connect` creates a client with its settings and credentials; `pipeline` makes the calls."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, TypeVar

from aws import operation
from edgemote import __version__, limits
from edgemote.client.settings import read_settings
from edgemote.clock import Clock
from edgemote.errors import (
    ConfigError,
)
from edgemote.http import Deadline, parse_origin
from edgemote.http.transport import Transport

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    from aws.operation import Client
    from aws.sigv4 import Credentials
    from edgemote.credentials.provider import Provider
    from edgemote.http import Meter
    from edgemote.http.proxy import Proxy

    AnyClient = TypeVar("AnyClient", bound=Client)
    Result = TypeVar("Result")

_TIMEOUT_LIMIT_S = 86_400
# Argument -> its types, or an attribute that it has, and what is expected.
_KINDS: dict[str, tuple[Any, str]] = {
    "path_style": (bool, "True or False"),
    "cert_file": ((str, os.PathLike), "the path of a PEM file"),
    "key_file": ((str, os.PathLike), "the path of a PEM file"),
    "clock": (Clock, "an edgemote.Clock"),
    "meter": ("received", "an object that counts traffic"),
    "deadline": (Deadline, "an edgemote.http.Deadline"),
}
# The version of the interface to generated clients; must equal the one in aws.operation.
CONTRACT = 1


def connect(
    service: type[AnyClient],
    *,
    region: str | None = None,
    endpoint_url: str | None = None,
    path_style: bool | None = None,
    credentials: Credentials | Provider | None = None,
    token: str | None = None,
    profile: str | None = None,
    use_fips: bool | None = None,
    use_dual_stack: bool | None = None,
    ca_file: str | None = None,
    cert_file: str | None = None,
    key_file: str | None = None,
    connect_timeout_s: float = limits.CONNECT_TIMEOUT_S,
    timeout_s: float = limits.READ_TIMEOUT_S,
    response_timeout_s: float = limits.RESPONSE_TIMEOUT_S,
    kept_idle_s: float = limits.KEPT_IDLE_S,
    body_limit_bytes: int = limits.BODY_BYTES,
    disable_request_compression: bool | None = None,
    request_min_compression_size_bytes: int | None = None,
    retries: int | None = None,
    clock: Clock | None = None,
    meter: Meter | None = None,
    deadline: Deadline | None = None,
) -> AnyClient:
    """Return a client of a generated service. No connection is opened before the first call.

    Args:
        service: the generated class, such as aws.sagemaker_edge.SagemakerEdgeManager
        region: such as "us-west-2"; else AWS_REGION, AWS_DEFAULT_REGION, the config file
        endpoint_url: a host other than the service's own; else AWS_ENDPOINT_URL_<SERVICE>,
            AWS_ENDPOINT_URL, the config file
        path_style: put the name of an S3 bucket into the path instead of the host; by default only
            if endpoint_url is given
        credentials: edgemote.Credentials, or a provider of them such as edgemote.IotRoleAlias; or
            an edgemote.ClientCertificate, for services that then need no signature; else those of
            the environment, the shared files, the container or the instance
        token: a bearer token, for services that accept one; else AWS_BEARER_TOKEN_<SIGNING_NAME>
        profile: in ~/.aws/config and ~/.aws/credentials; takes precedence over the keys in the
            environment
        use_fips: use the service's FIPS endpoint
        use_dual_stack: use the service's endpoint for IPv4 and IPv6
        ca_file: PEM file of the authorities to trust; default: AWS_CA_BUNDLE, else the system's
        cert_file: PEM file with a client certificate, for endpoints that require one
        key_file: its private key, if it is not in cert_file
        connect_timeout_s: limit for TCP, proxy and TLS together; not for name resolution
        timeout_s: the longest silence of the service
        response_timeout_s: from the first byte of a response to its last
        kept_idle_s: how long an idle connection is kept for reuse
        body_limit_bytes: limit for a response that is held in memory; decoded, it takes several
            times as much. Streamed bodies have no limit
        disable_request_compression: do not compress the requests of the few operations that would;
            else AWS_DISABLE_REQUEST_COMPRESSION, the config file
        request_min_compression_size_bytes: size from which these operations compress; else
            AWS_REQUEST_MIN_COMPRESSION_SIZE_BYTES, the config file, 10,240. Both are read and
            checked with the first call of such an operation
        retries: attempts after the first one; default: AWS_MAX_ATTEMPTS - 1, else 2. A request
            whose response was lost may arrive several times; with 0, it is sent once
        clock: a clock to share with other clients. All of them may set it, except clients of S3
            and of plain HTTP. By default, each client has its own
        meter: counts the bytes that are sent and received
        deadline: limits the total time of network operations, for programs with their own loop

    Settings are looked up by botocore's rules. Raises ConfigError, CredentialsError and
    EndpointError.
    """
    given = dict(locals())
    del given["service"]
    _check_service(service)
    if "EDGEMOTE_LOG" in os.environ:
        _follow_log()
    # After the check, because clients of another version may lack names that are imported here.
    from edgemote.client.pipeline import Pipeline
    from edgemote.credentials import find_credentials
    from edgemote.profiles import SharedFiles

    _check_times(
        connect_timeout_s=connect_timeout_s,
        timeout_s=timeout_s,
        response_timeout_s=response_timeout_s,
        kept_idle_s=kept_idle_s,
    )
    _check_kinds(given)
    if type(body_limit_bytes) is not int or body_limit_bytes < 1:
        raise ConfigError(
            f"argument body_limit_bytes: expected 1 byte or more, got {body_limit_bytes!r:.80}"
        )
    # An object store may set its own client's clock, but not a shared one.
    may_sync = clock is None or not service.service.addresses_buckets
    clock = Clock() if clock is None else clock
    shared = SharedFiles(os.environ)
    model = service.service
    settings = read_settings(
        service_id=model.service_id,
        profile=profile,
        region=region,
        endpoint_url=endpoint_url,
        path_style=path_style,
        use_fips=use_fips,
        use_dual_stack=use_dual_stack,
        ca_file=ca_file,
        max_attempts=None if retries is None else _count_attempts(retries),
        disable_request_compression=disable_request_compression,
        request_min_compression_size_bytes=request_min_compression_size_bytes,
        shared=shared,
    )
    make: Callable[..., Pipeline] = Pipeline
    if model.addresses_buckets:
        from edgemote.client import buckets

        make = buckets.BucketPipeline
        settings, options = buckets.find_settings(settings, shared, use_dual_stack)
        if options:
            from edgemote.client.s3_options import make_pipeline

            make = make_pipeline(options)
    certificate: Any = None if getattr(credentials, "signs", True) else credentials
    if certificate is not None:
        from edgemote.client import by_certificate

        by_certificate.check(model, settings, cert_file=cert_file, key_file=key_file)
        cert_file, key_file = certificate.cert_file, certificate.key_file
    elif settings.region is None:
        raise ConfigError(
            "no region: pass region=, set AWS_REGION, or write region into ~/.aws/config"
        )

    open_transport = make_opener(
        settings.ca_file,
        certificate=certificate,
        cert_file=cert_file,
        key_file=key_file,
        connect_timeout_s=connect_timeout_s,
        read_timeout_s=timeout_s,
        response_timeout_s=response_timeout_s,
        kept_idle_s=kept_idle_s,
        body_limit_bytes=body_limit_bytes,
        clock=clock,
        meter=meter,
        deadline=deadline,
        may_sync=may_sync,
    )

    def open_client(service: type[AnyClient], **changes: Any) -> AnyClient:
        names = ("endpoint_url", "path_style", "token", "cert_file", "key_file")
        own = {**given, **dict.fromkeys(names), "clock": clock, **changes}
        return connect(service, **own)

    def find_provider() -> Provider:
        return find_credentials(
            credentials,
            profile=profile,
            shared=shared,
            open_transport=open_transport,
            open_client=open_client,
        )

    if "bearer" in model.auth:
        from edgemote.client.bearer import LateKeys, find_token

        token = find_token(model, token, os.environ)
    elif token is not None:
        raise ConfigError(f"argument token: {model.service_id} does not accept bearer tokens")
    if certificate is not None:
        make, provider = by_certificate.CertificatePipeline, certificate
    else:
        provider = find_provider() if token is None else LateKeys(find_provider)
    pipeline = make(model, settings, provider, clock, open_transport, token)
    return service(pipeline, pipeline.close)


def _follow_log() -> None:
    try:
        from edgemote.client import log
    except ImportError:
        import sys

        from edgemote.errors import describe_missing

        print("edgemote: EDGEMOTE_LOG has no effect:", describe_missing("log"), file=sys.stderr)
    else:
        log.follow_environment()


def make_opener(
    own_ca_file: str | None, *, certificate: Any = None, **settings: Any
) -> Callable[..., Transport]:
    """Return a function that makes the Transport of an origin, with these settings as defaults.
    certificate: the ClientCertificate of each connection.
    """
    own_cert_file, own_key_file = settings.pop("cert_file", None), settings.pop("key_file", None)

    def open_transport(
        origin: str,
        *,
        ca_file: str | None = None,
        cert_file: str | None = own_cert_file,
        key_file: str | None = own_key_file,
        **changes: Any,
    ) -> Transport:
        def tls(protocol: str | None = None) -> ssl.SSLContext:
            from edgemote.http.tls import client_context

            return client_context(
                ca_file or own_ca_file, cert_file=cert_file, key_file=key_file, protocol=protocol
            )

        own = {"tls": tls, **settings, **changes}
        if "proxy" not in own:
            own["proxy"] = find_proxy(origin)
        if certificate is None:
            return Transport(origin, **own)
        from edgemote.http.mutual_tls import MutualTlsTransport

        return MutualTlsTransport(origin, certificate=certificate, **own)

    return open_transport


def find_proxy(origin: str) -> Proxy | None:
    """Return the proxy that the environment names for an origin, or None."""
    # Most boards have none, and then the module is not loaded.
    if not any(name[-6:].lower() == "_proxy" for name in os.environ):
        return None
    from edgemote.http import proxy

    secure, host, port = parse_origin(origin)
    # NO_PROXY entries with a port match only where the URL has one.
    written = port if origin.endswith(f":{port}") else None
    return proxy.find_proxy("https" if secure else "http", host, written, os.environ)


def _check_service(service: object) -> None:
    if (theirs := getattr(operation, "CONTRACT", 0)) != CONTRACT:
        raise ConfigError(
            f"{os.path.dirname(operation.__file__)}: these clients have contract {theirs}, but "
            f"edgemote {__version__} requires contract {CONTRACT}: regenerate them with the "
            "`edgemote-codegen generate` of this version"
        )
    own = getattr(service, "service", None)
    if not isinstance(service, type) or not isinstance(own, operation.Service):
        raise ConfigError(
            "argument service: expected a generated class such as "
            f"aws.sagemaker_edge.SagemakerEdgeManager, got {service!r:.80}"
        )


def _check_times(**arguments: object) -> None:
    for name, value in arguments.items():
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        # None is not allowed: somebody has to visit a board that waits forever.
        if not number or not 0 < value <= _TIMEOUT_LIMIT_S:  # type: ignore[operator]
            raise ConfigError(
                f"argument {name}: expected a number of seconds above 0 and up to "
                f"{_TIMEOUT_LIMIT_S}, got {value!r:.80}"
            )


def _check_kinds(given: dict[str, Any]) -> None:
    from edgemote.profiles import describe

    for name, (kind, wanted) in _KINDS.items():
        value = given[name]
        fits = hasattr(value, kind) if isinstance(kind, str) else isinstance(value, kind)
        if value is not None and (not fits or value == ""):
            raise ConfigError(f"argument {name}: expected {wanted}, got {describe(value)}")


def _count_attempts(retries: int) -> int:
    if not isinstance(retries, int) or isinstance(retries, bool) or retries < 0:
        raise ConfigError(
            "argument retries: expected a whole number of 0 or more, "
            f"got {type(retries).__name__} {retries!r}"
        )
    return retries + 1
