"""The one path of every call: check, encode, sign, send, decode.

`connect` finds out where and as whom; the `Caller` that it makes carries the calls out. What
protocol, signer, transport and retry rules decide is theirs; here they are put in order.
"""

from __future__ import annotations

import os
import time
from _thread import allocate_lock
from typing import TYPE_CHECKING, Any, TypeVar

from aws.errors import EndpointError, ServiceError, ValidationError
from aws.operation import Service
from aws.sigv4 import UNSIGNED_PAYLOAD, Signer, payload_hash

from . import limits
from .clock import Clock, find_correction
from .errors import ConfigError, CredentialsError, DamagedBodyError, TimeLearntError, TransportError
from .http1 import host_header, request_head
from .retry import RetryRules
from .settings import read_settings
from .transport import Transport, leave_at_fork, parse_origin

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Mapping

    from aws.endpoints import Endpoint
    from aws.operation import Client, Operation, Request
    from aws.sigv4 import Credentials, Head

    from .credentials.provider import Provider
    from .discovery import Discovered
    from .proxy import Proxy
    from .settings import Settings
    from .sigv2 import FormSigner
    from .transport import Deadline, Meter

    AnyClient = TypeVar("AnyClient", bound=Client)
    Result = TypeVar("Result")

_USER_AGENT = "edgemote/0.1"
_TIMEOUT_LIMIT_S = 86_400


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
    answer_timeout_s: float = limits.ANSWER_TIMEOUT_S,
    kept_idle_s: float = limits.KEPT_IDLE_S,
    body_limit_bytes: int = limits.BODY_BYTES,
    retries: int | None = None,
    clock: Clock | None = None,
    meter: Meter | None = None,
    deadline: Deadline | None = None,
) -> AnyClient:
    """A client of a generated service. No connection is made before the first call.

    Args:
        service: the generated class, such as aws.sagemaker_edge.SagemakerEdgeManager
        region: such as "us-west-2"; else AWS_REGION, AWS_DEFAULT_REGION, the config file
        endpoint_url: another host than the service's own; else AWS_ENDPOINT_URL_<SERVICE>,
            AWS_ENDPOINT_URL, the config file
        path_style: S3's bucket goes into the path, not into the host; by default only where
            endpoint_url is given
        credentials: keys, or a provider of keys such as edgemote.IotRoleAlias; else the
            environment, the shared files, the container's and the instance's keys
        token: a bearer token, for the services that take one; else AWS_BEARER_TOKEN_<SIGNING_NAME>
        profile: in ~/.aws/config and ~/.aws/credentials; outranks keys in the environment
        use_fips: choose the service's FIPS endpoint
        use_dual_stack: choose the service's IPv4 and IPv6 endpoint
        ca_file: PEM file of the authorities to trust, not the system's; else AWS_CA_BUNDLE
        cert_file: PEM file with a client certificate, for endpoints that ask for one
        key_file: its private key, where it is not in cert_file
        connect_timeout_s: bound of name resolution, TCP and TLS together
        timeout_s: the longest silence of the service
        answer_timeout_s: from the first byte of an answer to its last
        kept_idle_s: how long a connection may lie idle and still be used
        body_limit_bytes: of an answer that is held in memory whole; decoded it takes several times
            as much. Streamed bodies have no limit
        retries: tries after the first one; else AWS_MAX_ATTEMPTS - 1, else 2. A request whose
            answer was lost may arrive as often; with 0 it is sent once
        clock: to share what was learnt about the time, which S3 and plain http never set; one of
            its own by default
        meter: is told how much was sent and received
        deadline: bounds all of the network's time together, for programs with a loop of their own

    Raises ConfigError, CredentialsError and EndpointError (botocore's rules for where each setting
    comes from).
    """
    from .credentials import find_credentials
    from .profiles import SharedFiles

    _check_service(service)
    _check_times(
        connect_timeout_s=connect_timeout_s,
        timeout_s=timeout_s,
        answer_timeout_s=answer_timeout_s,
        kept_idle_s=kept_idle_s,
    )
    if type(body_limit_bytes) is not int or body_limit_bytes < 1:
        raise ConfigError(
            f"argument body_limit_bytes: expected bytes, from 1 on, got {body_limit_bytes!r:.80}"
        )
    # A store sets no clock but its client's own.
    teaches = clock is None or not service.service.addresses_buckets
    clock = clock or Clock()
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
        shared=shared,
    )
    if settings.region is None:
        raise ConfigError(
            "no region: pass region=, set AWS_REGION, or write region into ~/.aws/config"
        )

    def open_transport(
        origin: str,
        *,
        ca_file: str | None = None,
        cert_file: str | None = cert_file,
        key_file: str | None = key_file,
        **changes: Any,
    ) -> Transport:
        def tls() -> ssl.SSLContext:
            from .tls import client_context

            return client_context(
                ca_file or settings.ca_file, cert_file=cert_file, key_file=key_file
            )

        own: dict[str, Any] = {
            "tls": tls,
            "connect_timeout_s": connect_timeout_s,
            "read_timeout_s": timeout_s,
            "answer_timeout_s": answer_timeout_s,
            "kept_idle_s": kept_idle_s,
            "body_limit_bytes": body_limit_bytes,
            "proxy": None if "proxy" in changes else _find_proxy(origin),
            "clock": clock,
            "meter": meter,
            "deadline": deadline,
            "teaches": teaches,
        }
        return Transport(origin, **{**own, **changes})

    def find_provider() -> Provider:
        return find_credentials(
            credentials, profile=profile, shared=shared, open_transport=open_transport
        )

    if "bearer" in model.auth:
        from .tokens import LateKeys, find_token

        token = find_token(model, token, os.environ)
    elif token is not None:
        raise ConfigError(f"argument token: {model.service_id} takes no bearer tokens")
    provider = find_provider() if token is None else LateKeys(find_provider)
    caller = Caller(model, settings, provider, clock, open_transport, token)
    return service(caller, caller.close)


def _find_proxy(origin: str) -> Proxy | None:
    # Most boards have none; then the module is not loaded.
    if not any(name[-6:].lower() == "_proxy" for name in os.environ):
        return None
    from .proxy import find_proxy

    secure, host, port = parse_origin(origin)
    # NO_PROXY entries with a port match only where the URL has one.
    written = port if origin.endswith(f":{port}") else None
    return find_proxy("https" if secure else "http", host, written, os.environ)


def _check_service(service: object) -> None:
    if not isinstance(service, type) or not isinstance(getattr(service, "service", None), Service):
        raise ConfigError(
            "argument service: expected a generated class such as "
            f"aws.sagemaker_edge.SagemakerEdgeManager, got {service!r:.80}"
        )


def _check_times(**arguments: object) -> None:
    for name, value in arguments.items():
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        # Never None: a board that waits for ever is a board that somebody has to visit.
        if not number or not 0 < value <= _TIMEOUT_LIMIT_S:  # type: ignore[operator]
            raise ConfigError(
                f"argument {name}: expected seconds, above 0 and up to {_TIMEOUT_LIMIT_S}, "
                f"got {value!r:.80}"
            )


def _count_attempts(retries: int) -> int:
    if not isinstance(retries, int) or isinstance(retries, bool) or retries < 0:
        raise ConfigError(
            "argument retries: expected a whole number from 0 on, "
            f"got {type(retries).__name__} {retries!r}"
        )
    return retries + 1


class _Route:
    """Where requests of one kind go, and what all of them begin with."""

    __slots__ = (
        "form",
        "head",
        "length",
        "method",
        "signer",
        "start",
        "stream",
        "transport",
        "validates",
    )

    def __init__(
        self,
        transport: Transport,
        method: str,
        start: bytes,
        signer: Signer | None,
        head: Head | None,
        length: str | None,
        validates: bool,
        stream: bool | None,
        form: FormSigner | None = None,
    ) -> None:
        self.transport = transport
        self.method = method
        self.start = start
        self.signer = signer
        self.head = head
        self.length = length  # of the body, where it is a parameter
        self.validates = validates  # the answer's body, by the checksum in its headers
        self.stream = stream  # of the exchange
        self.form = form  # signs the body, in place of signer and head


class Caller:
    """Carries out the operations of one service for one client."""

    __slots__ = (
        "__weakref__",
        "_encode_body",
        "_endpoints",
        "_last_routes",
        "_lock",
        "_open_transport",
        "_routes",
        "_shared_clock",
        "_signers",
        "_token",
        "_transports",
        "clock",
        "discovered",
        "provider",
        "rules",
        "service",
        "settings",
    )

    def __init__(
        self,
        service: Service,
        settings: Settings,
        provider: Provider,
        clock: Clock,
        open_transport: Callable[[str], Transport],
        token: str | None = None,
    ) -> None:
        self.service = service
        self.clock = self._shared_clock = clock
        self.rules = RetryRules(service.service_id, settings.max_attempts)
        self._encode_body = service.protocol.encode_body
        self.settings = settings
        self.provider = provider
        self._open_transport = open_transport
        self._token = token
        self.discovered: Discovered | None = None
        self._transports: dict[str, Transport] = {}
        # Kept for the derived key in them, which takes longer than all else of a signature.
        self._signers: dict[tuple[str, str, bool], Signer] = {}
        # Routes of operations whose head is always the same, None for the others.
        self._routes: dict[Operation[Any], _Route | None] = {}
        # Of each of the others what the last call found, with what it follows from: a device
        # mostly asks for the same again.
        self._endpoints: dict[Operation[Any], tuple[dict[str, Any], Endpoint]] = {}
        self._last_routes: dict[Operation[Any], tuple[object, _Route]] = {}
        self._lock = allocate_lock()
        leave_at_fork(self)

    def after_fork(self) -> None:
        """Have locks of our own: a thread of the parent's may have held the old ones."""
        self._lock = allocate_lock()
        self.rules.quota.unlock()

    def close(self) -> None:
        """Close the kept connections."""
        for transport in list(self._transports.values()):  # another thread may add one
            transport.close()

    def __call__(self, operation: Operation[Result], params: Mapping[str, Any]) -> Result:
        """Call an operation.

        Raises ValidationError before anything is sent, ServiceError for the service's own errors,
        TransportError where it could not be reached, after the retries that the rules allow.
        """
        if operation.token is not None and params.get(operation.token) is None:
            params = {**params, operation.token: _make_token()}
        route = self._routes.get(operation)
        if route is not None:
            return self.attempt(operation, route, self._encode_body(operation, params))
        if operation.presigned_member is not None:
            from .presigning import add_url

            params = add_url(self, operation, params)
        request = self.service.protocol.encode(self.service, operation, params)
        if type(request.body) is not bytes:
            from .streaming import hold_small

            request.body = hold_small(request.body)
        if operation.discovered_by or operation.url_member is not None:
            from .discovery import call_elsewhere

            return call_elsewhere(self, operation, request, params)
        if operation not in self._routes:
            self._routes[operation] = self._find_fixed_route(operation)
        route = self._routes[operation] or self._find_route(operation, request, params)
        return self.attempt(operation, route, request.body)

    # Where to -----------------------------------------------------------------------------------

    def _find_fixed_route(self, operation: Operation[Any]) -> _Route | None:
        if (
            operation.checksum
            or operation.checksum_member is not None
            or operation.endpoint_members
            or operation.presigned_member is not None
            or "{" in operation.host_prefix
        ):
            return None
        request = self.service.protocol.fixed_head(self.service, operation)
        return None if request is None else self.make_route(operation, request, {})

    def resolve(self, operation: Operation[Any], params: Mapping[str, Any]) -> Endpoint:
        """Where an operation goes. Raises EndpointError."""
        settings = self.settings
        arguments = _endpoint_arguments(operation, params)
        known = self._endpoints.get(operation)
        if known is not None and known[0] == arguments:
            return known[1]
        options: dict[str, Any] = {
            "region": settings.region,
            "use_fips": settings.use_fips,
            "use_dual_stack": settings.use_dual_stack,
            "endpoint_url": settings.endpoint_url,
        }
        if self.service.addresses_buckets and "force_path_style" not in arguments:
            style = self.service.path_style
            if style is None:
                style = settings.path_style
            if style is None:
                url = settings.endpoint_url or ""
                style = url.partition("://")[2].partition("/")[0] not in _VIRTUAL_HOSTS
            # An ARN has no place in a path.
            options["force_path_style"] = style and arguments.get("bucket", "")[:4] != "arn:"
        endpoint = self.service.resolve(**{**options, **arguments})
        if endpoint.auth_scheme not in (None, "sigv4", "none"):
            raise EndpointError(
                f"{operation.name}: this endpoint signs with {endpoint.auth_scheme}, "
                "which is not supported"
            )
        self._endpoints[operation] = arguments, endpoint
        return endpoint

    def _find_route(
        self, operation: Operation[Any], request: Request, params: Mapping[str, Any]
    ) -> _Route:
        """The route of the last call, where nothing that it follows from has changed."""
        endpoint = self.resolve(operation, params)
        source = request.host_prefix, request.path, request.query, request.headers, endpoint
        known = self._last_routes.get(operation)
        if known is not None and known[0] == source:
            return known[1]
        route = self.make_route(operation, request, params, endpoint=endpoint)
        # Checksums and lengths follow from the body too.
        if not operation.checksum and operation.checksum_member is None and route.length is None:
            self._last_routes[operation] = source, route
        return route

    def make_route(
        self,
        operation: Operation[Any],
        request: Request,
        params: Mapping[str, Any],
        url: str | None = None,
        endpoint: Endpoint | None = None,
    ) -> _Route:
        """Where and how a request goes; `url` is in place of what the endpoint rules find,
        `endpoint` is what they found already.
        """
        endpoint = endpoint or self.resolve(operation, params)
        scheme, _, place = (url or endpoint.url).partition("://")
        authority, slash, base = place.partition("/")
        authority = request.host_prefix + authority
        base = slash + base
        path = base.removesuffix("/") + request.path if len(request.path) > 1 else base or "/"
        headers = {
            "host": host_header(authority.removesuffix(_DEFAULT_PORTS.get(scheme, ""))),
            "user-agent": _USER_AGENT,
            **self.service.headers,
            **request.headers,
            **operation.fixed_headers,
            **dict(endpoint.headers),
        }
        length = headers.pop("content-length", None)
        if length is not None and type(request.body) is bytes:
            _check_length(length, len(request.body))
        if operation.checksum or operation.checksum_member is not None:
            from .checksums import make_headers

            headers.update(make_headers(operation, request, params))
        # Where it is a parameter: the signer computes and sends it, for every request of this kind.
        sends_hash = headers.pop("x-amz-content-sha256", None) is not None
        signer = head = form = None
        auth = self.service.auth if operation.auth is None else operation.auth
        if "bearer" in auth and (self._token is not None or "sigv4" not in auth):
            headers["authorization"] = self._write_token(operation, f"{scheme}://{authority}")
        elif "sigv2" in auth and endpoint.auth_scheme is None:
            from .sigv2 import FormSigner

            form = FormSigner(request.method, headers["host"], path)
        elif auth and endpoint.auth_scheme != "none":
            name = endpoint.signing_name or self.service.signing_name
            signer = self._find_signer(
                endpoint.signing_region or self.settings.region or "",
                name,
                name == "s3" or endpoint.disable_double_encoding,
            )
            head = signer.prepare(request.method, path, request.query, headers)
            head.signs_hash |= sends_hash
        target = f"{path}?{request.query}" if request.query else path
        return _Route(
            self._find_transport(f"{scheme}://{authority}"),
            request.method,
            # Without the blank line: date, signature and length follow.
            request_head(request.method, target, headers)[:-2],
            signer,
            head,
            length,
            params.get(operation.validation_member or "") is not None,
            operation.streams or (None if operation.maps_headers else False),
            form,
        )

    def _write_token(self, operation: Operation[Any], origin: str) -> str:
        from .tokens import is_safe_for_tokens

        if self._token is None:
            raise CredentialsError(f"{operation.name} needs a bearer token: pass token= to connect")
        secure, host, _ = parse_origin(origin)
        if not is_safe_for_tokens(secure, host):
            raise EndpointError(
                f"{operation.name}: a bearer token is sent over https only, not to {origin}"
            )
        return f"Bearer {self._token}"

    def drop_transport(self, origin: str) -> None:
        """Close a connection that will not be used again."""
        transport = self._transports.pop(origin, None)
        if transport is not None:
            with self._lock:
                transport.close()

    def _find_transport(self, origin: str) -> Transport:
        transport = self._transports.get(origin)
        if transport is None:
            # Of two threads that come here at once, both take the one that is kept.
            transport = self._transports.setdefault(origin, self._open_transport(origin))
        return transport

    def _find_signer(self, region: str, name: str, s3: bool) -> Signer:
        signer = self._signers.get((region, name, s3))
        if signer is None:
            signer = self._signers[region, name, s3] = Signer(region, name, s3=s3)
        return signer

    # Send and try again -------------------------------------------------------------------------

    def attempt(self, operation: Operation[Result], route: _Route, body: Any) -> Result:
        """Send, and try again as the rules say. Raises what a call raises."""
        if type(body) is bytes:
            body_hash = payload_hash(body) if operation.signed_body else UNSIGNED_PAYLOAD
            rewind: Callable[[], object] | None = _stay
            end = b"content-length: %d\r\n\r\n" % len(body)
            if not body and route.method in _BODILESS:
                end = b"\r\n"
        else:
            body, body_hash, rewind, end = _describe_stream(operation, route, body)
        attempt, retry, learnt = 1, None, False
        while True:
            now_s = self.clock.now()
            headers: Mapping[str, str] = _NO_HEADERS
            error: ServiceError | TransportError
            head, content = route.start, body
            try:
                if route.signer is not None and route.head is not None:
                    keys = self.provider.get(now_s)
                    head += route.signer.sign(route.head, body_hash, keys, now_s).encode()
                elif route.form is not None:
                    content = route.form.sign(body, self.provider.get(now_s), now_s)
                    end = b"content-length: %d\r\n\r\n" % len(content)
                with self._lock:
                    response = route.transport.exchange(
                        head + end,
                        content,
                        method=route.method,
                        chunked=end is _CHUNKED,
                        stream=route.stream,
                    )
                headers = response.headers
                if response.status < 301:
                    if "x-amz-crc32" in headers:
                        _check_crc32(response)
                    if route.validates:
                        from .validation import validate

                        validate(response)
                    result: Any = None
                    if operation.output is not None:  # a device that reports mostly has none
                        result = self._decode(operation, response)
                    self.rules.note_success(retry)
                    if not self.clock.proven and route.transport.teaches and route.signer:
                        self.clock.prove(now_s)
                    return result  # type: ignore[no-any-return]
                error = self._read_error(operation, response)
            except (ServiceError, TransportError) as failure:
                error = failure
            except CredentialsError:
                if learnt or not self._seek_witness(route.transport):
                    raise
                learnt = True
                continue
            newly_learnt = not learnt and self._learn_time(error, headers, now_s, route)
            if rewind is None:  # the body cannot be sent again
                raise error
            if newly_learnt:
                # The clock was wrong, not the request: sign it again, at no cost.
                learnt = True
                rewind()
                continue
            retry = self.rules.next_retry(attempt, error, headers, operation.name)
            if retry is None:
                raise error
            time.sleep(retry.delay_s)
            if not retry.again:
                raise error
            rewind()
            attempt += 1

    def _decode(self, operation: Operation[Result], response: Any) -> Result:
        try:
            result: Result = self.service.protocol.decode(operation, response)
        except ServiceError as error:  # the service is content, and its answer is not legible
            if self.service.addresses_buckets:
                # S3 begins some answers before it knows how they end: what is under status 200
                # then is an error, or cut off. Like botocore we take it for a 500.
                response.status = 500
                if error.code != "UnreadableAnswer":
                    raise self._read_error(operation, response) from None
            error.status = response.status
            error.request_id = response.headers.get("x-amzn-requestid", "")
            error.headers = response.headers
            raise
        return result

    def _read_error(self, operation: Operation[Any], response: Any) -> ServiceError:
        if operation.streams:
            with response.body as stream:
                response.body = stream.read(limits.ERROR_BODY_BYTES)
        error: ServiceError = self.service.protocol.decode_error(self.service, response)
        error.headers = response.headers
        return error

    def _seek_witness(self, transport: Transport) -> bool:
        """Whether the service's certificate, too, has proven the board's clock to be ahead, after
        that of a source of keys; the time is learnt then.
        """
        if self.clock.witness is None:
            return False
        with self._lock:
            return transport.asks_time()

    def _learn_time(
        self, error: Exception, headers: Mapping[str, str], now_s: float, route: _Route
    ) -> bool:
        if not isinstance(error, ServiceError):
            return isinstance(error, TimeLearntError)
        correct_s = find_correction(error.code, error.message, headers.get("date"), now_s)
        if correct_s is None:
            return False
        if route.transport.teaches and self._shared_clock.learn(correct_s):
            self.clock = self._shared_clock
            return True
        # Who may not set the clock, or contradicts what is proven, is signed for as it likes: by a
        # clock of this client's own.
        clock = self._shared_clock.fork()
        if not clock.learn(correct_s):
            return False
        self.clock = clock
        return True


_NO_HEADERS: Mapping[str, str] = {}
_DEFAULT_PORTS = {"https": ":443", "http": ":80"}
# Of "", there are none but the service's own; S3 Accelerate's have no path style.
_VIRTUAL_HOSTS = ("", "s3-accelerate.amazonaws.com", "s3-accelerate.dualstack.amazonaws.com")
_BODILESS = ("GET", "HEAD", "DELETE")  # without a body they send no length either
_CHUNKED = b"transfer-encoding: chunked\r\n\r\n"


def _stay() -> None:
    """Bytes need no rewinding."""


def _describe_stream(
    operation: Operation[Any], route: _Route, body: Any
) -> tuple[Any, str, Callable[[], object] | None, bytes]:
    """(the body, hash to sign, function that puts it back to its start if there is one, end of the
    head).
    """
    from .streaming import hold_small

    body = hold_small(body)
    if type(body) is bytes:
        body_hash = payload_hash(body) if operation.signed_body else UNSIGNED_PAYLOAD
        if route.length is not None:
            _check_length(route.length, len(body))
        return body, body_hash, _stay, b"content-length: %d\r\n\r\n" % len(body)
    seekable = getattr(body, "seekable", None)
    if seekable is not None and seekable():
        start = body.tell()
        size = body.seek(0, 2) - start
        body.seek(start)
        if route.length is not None:
            _check_length(route.length, size)
        try:
            body_hash = payload_hash(body) if operation.signed_body else UNSIGNED_PAYLOAD
        except ValueError as error:
            raise ValidationError(f"$.{operation.payload}: {error}") from None
        return body, body_hash, lambda: body.seek(start), b"content-length: %d\r\n\r\n" % size
    if operation.signed_body and route.signer is not None:
        raise ValidationError(
            f"$.{operation.payload}: {operation.name} signs its body, which takes bytes "
            f"or a seekable file, got `{type(body).__name__}`"
        )
    if route.length is not None:
        return body, UNSIGNED_PAYLOAD, None, b"content-length: %b\r\n\r\n" % route.length.encode()
    return body, UNSIGNED_PAYLOAD, None, _CHUNKED


def _check_length(given: str, size: int) -> None:
    if given != str(size):
        raise ValidationError(f"$.ContentLength: the body has {size} bytes, got {given}")


def _endpoint_arguments(operation: Operation[Any], params: Mapping[str, Any]) -> dict[str, Any]:
    arguments = dict(operation.endpoint_values)
    for argument, member in operation.endpoint_members.items():
        value = params.get(member) if isinstance(member, str) else member(params)
        if value is not None:
            arguments[argument] = value
    return arguments


def _make_token() -> str:
    from uuid import uuid4

    return str(uuid4())


def _check_crc32(response: Any) -> None:
    from .retry import is_intact

    if isinstance(response.body, bytes) and not is_intact(response.headers, response.body):
        raise DamagedBodyError(
            "the answer's body does not have the CRC-32 in its x-amz-crc32 header"
        )
