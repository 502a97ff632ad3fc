"""The steps of every call: validate, serialize, sign, send, parse, retry.

Each step is implemented elsewhere: in protocol, signer, transport and retry rules. This module
calls them in order.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, TypeVar

from aws.endpoints import locate
from aws.errors import EndpointError, ServiceError, ValidationError
from aws.sigv4 import UNSIGNED_PAYLOAD, Signer, payload_hash
from edgemote import __version__, limits
from edgemote.clock import find_correction, is_clock_error
from edgemote.errors import ClockSyncedError, CredentialsError, DamagedBodyError, TransportError
from edgemote.http import host_header, is_loopback, parse_origin
from edgemote.http.connection import leave_at_fork
from edgemote.http.http1 import request_head
from edgemote.retry import RetryRules

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TypeAlias

    from aws.endpoints import Endpoint
    from aws.operation import Operation, Request, Service
    from aws.sigv4 import Credentials, Head
    from edgemote.client.endpoint_discovery import DiscoveredEndpoint
    from edgemote.client.settings import Settings
    from edgemote.client.sigv2 import FormSigner
    from edgemote.clock import Clock
    from edgemote.credentials.provider import Provider
    from edgemote.http.transport import Transport

    Result = TypeVar("Result")
    # A body, the hash that is signed, the end of the request's head, and a function that rewinds
    # the body; None if it can be sent only once.
    Content: TypeAlias = tuple[Any, str, bytes, Callable[[], object] | None]

_USER_AGENT = f"edgemote/{__version__}"


class PreparedRequest:
    """The destination of requests of one kind, and the part of the head that they share."""

    __slots__ = (
        "form",
        "head",
        "length",
        "method",
        "signer",
        "start",
        "stream",
        "trailer",
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
        trailer: str | None = None,
    ) -> None:
        self.transport = transport
        self.method = method
        self.start = start
        self.signer = signer
        self.head = head
        self.length = length  # of the body, if the caller passes it
        self.validates = validates  # whether the response's checksum is validated
        self.stream = stream  # as for Transport.exchange
        self.form = form  # signs the body, instead of signer and head
        self.trailer = trailer  # the checksum that follows the body


class Pipeline:
    """Carries out the operations of one service for one client."""

    __slots__ = (
        "__weakref__",
        "_compress",
        "_discovered",
        "_encode_body",
        "_endpoints",
        "_fixed",
        "_last",
        "_open_transport",
        "_shared_clock",
        "_signers",
        "_token",
        "_transports",
        "clock",
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
        self._compress: Callable[[Operation[Any], Request], None] | None = None
        self._discovered: DiscoveredEndpoint | None = None
        self._transports: dict[str, Transport] = {}
        # Kept for their derived keys, which take longer than the rest of a signature.
        self._signers: dict[tuple[str, str, bool], Signer] = {}
        # Requests of operations whose head is always the same; None for the other operations.
        self._fixed: dict[Operation[Any], PreparedRequest | None] = {}
        # For each of the others, what the last call found and what it depends on, because a device
        # mostly repeats the same calls.
        self._endpoints: dict[Operation[Any], tuple[dict[str, Any], Endpoint]] = {}
        self._last: dict[Operation[Any], tuple[object, PreparedRequest]] = {}
        leave_at_fork(self)

    def after_fork(self) -> None:
        """Replace the lock, because a thread of the parent process may have held the old one."""
        self.rules.quota.unlock()

    def share_connections(self, other: Pipeline) -> None:
        """Use the connections of another client of the same host, with the same settings."""
        self._transports = other._transports

    def close(self) -> None:
        """Close the kept connections."""
        for transport in list(self._transports.values()):  # another thread may add one
            transport.close()

    def __call__(self, operation: Operation[Result], params: Mapping[str, Any]) -> Result:
        """Call an operation.

        Raises ValidationError before anything is sent, ServiceError for errors of the service, and
        TransportError if it could not be reached, both after the retries that the rules allow. Both
        name the operation and its resource.
        """
        try:
            if operation.token is not None and params.get(operation.token) is None:
                params = {**params, operation.token: _make_token()}
            prepared = self._fixed.get(operation)
            if prepared is not None:
                return self.send(operation, prepared, self._encode_body(operation, params))
            return self._prepare_and_send(operation, params)
        except (ServiceError, TransportError) as error:
            from edgemote.client.naming import name_call

            name_call(error, operation, params)
            raise

    def _prepare_and_send(self, operation: Operation[Result], params: Mapping[str, Any]) -> Result:
        """Make a call whose head depends on its parameters, or the first call of an operation."""
        if operation.presigned_member is not None:
            from edgemote.client.presigned_copy import add_url

            params = add_url(
                self.service, operation, params, self.settings.region, self.resolve, self.find_keys
            )
        request = self.service.protocol.encode(self.service, operation, params)
        if type(request.body) is not bytes:
            if hasattr(request.body, "__fspath__"):
                with open(request.body, "rb") as file:
                    return self(operation, {**params, operation.payload or "": file})
            from edgemote.http.streaming import hold_small

            request.body = hold_small(request.body)
        if operation.compression:
            if self._compress is None:
                from edgemote.client.compression import make_compressor

                self._compress = make_compressor(self.settings)
            self._compress(operation, request)
        if operation.discovered_by or operation.url_member is not None:
            return self._call_elsewhere(operation, request, params)
        if operation not in self._fixed:
            self._fixed[operation] = self._prepare_fixed(operation)
        prepared = self._fixed[operation] or self._prepare_again(operation, request, params)
        return self.send(operation, prepared, request.body)

    def _call_elsewhere(
        self, operation: Operation[Result], request: Request, params: Mapping[str, Any]
    ) -> Result:
        """Call an operation at the endpoint that a parameter or the service itself names."""
        from edgemote.client.endpoint_discovery import (
            DiscoveredEndpoint,
            is_wrong_endpoint,
            read_parameter,
        )

        def call_at(url: str | None) -> Result:
            return self.send(operation, self.prepare(operation, request, params, url), request.body)

        if operation.url_member is not None:
            return call_at(read_parameter(operation.url_member, params))
        if self.settings.endpoint_url is not None:
            return call_at(None)
        if self._discovered is None:
            self._discovered = DiscoveredEndpoint(
                self, self.service, self.clock.steady, self._drop_transport
            )
        try:
            return call_at(self._discovered.find(operation.discovered_by))
        except ServiceError as error:
            if not is_wrong_endpoint(error):
                raise
        self._discovered.forget()
        return call_at(self._discovered.find(operation.discovered_by))

    def find_keys(self) -> tuple[Credentials, float]:
        """Return credentials, and the time for which they were requested."""
        now_s = self.clock.now()
        return self.provider.get(now_s), now_s

    # Preparing ----------------------------------------------------------------------------------

    def _prepare_fixed(self, operation: Operation[Any]) -> PreparedRequest | None:
        if (
            operation.checksum
            or operation.checksum_member is not None
            or operation.compression
            or operation.endpoint_members
            or operation.presigned_member is not None
            or "{" in operation.host_prefix
        ):
            return None
        request = self.service.protocol.fixed_head(self.service, operation)
        return None if request is None else self.prepare(operation, request, {})

    def resolve(self, operation: Operation[Any], params: Mapping[str, Any]) -> Endpoint:
        """Return the endpoint of an operation. Raises EndpointError."""
        arguments = _endpoint_arguments(operation, params)
        known = self._endpoints.get(operation)
        if known is not None and known[0] == arguments:
            return known[1]
        endpoint = self._resolve(arguments)
        if endpoint.auth_scheme not in (None, "sigv4", "none"):
            raise EndpointError(
                f"{operation.name}: this endpoint signs with {endpoint.auth_scheme}, "
                "which is not supported"
            )
        self._endpoints[operation] = arguments, endpoint
        return endpoint

    def _resolve(self, arguments: dict[str, Any]) -> Endpoint:
        settings = self.settings
        options = {
            "region": settings.region,
            "use_fips": settings.use_fips,
            "use_dual_stack": settings.use_dual_stack,
            "endpoint_url": settings.endpoint_url,
        }
        return self.service.resolve(**{**options, **arguments})

    def _prepare_again(
        self, operation: Operation[Any], request: Request, params: Mapping[str, Any]
    ) -> PreparedRequest:
        """Return the request of the last call if nothing that it depends on has changed."""
        endpoint = self.resolve(operation, params)
        source = request.host_prefix, request.path, request.query, request.headers, endpoint
        known = self._last.get(operation)
        if known is not None and known[0] == source:
            return known[1]
        prepared = self.prepare(operation, request, params, endpoint=endpoint)
        # Checksums and lengths depend on the body, too.
        if not operation.checksum and operation.checksum_member is None and prepared.length is None:
            self._last[operation] = source, prepared
        return prepared

    def prepare(
        self,
        operation: Operation[Any],
        request: Request,
        params: Mapping[str, Any],
        url: str | None = None,
        endpoint: Endpoint | None = None,
    ) -> PreparedRequest:
        """Prepare a request.

        url: replaces the URL of the endpoint. endpoint: the result of `resolve`, if it is known.
        """
        endpoint = endpoint or self.resolve(operation, params)
        origin, path = locate(url or endpoint.url, request)
        headers = self._merge_headers(operation, request, endpoint, origin)
        length = headers.pop("content-length", None)
        if length is not None and type(request.body) is bytes:
            _check_length(length, len(request.body))
        if operation.checksum or operation.checksum_member is not None:
            from edgemote.client.checksums import make_headers

            headers.update(make_headers(operation, request, params, origin.startswith("https:")))
        trailer = headers.get("x-amz-trailer")
        if trailer is not None and length is not None:
            _check_length(length, int(headers["x-amz-decoded-content-length"]))
        signer, head, form = self._authorize(operation, request, endpoint, origin, path, headers)
        target = f"{path}?{request.query}" if request.query else path
        return PreparedRequest(
            self._find_transport(origin),
            request.method,
            # Without the blank line, because date, signature and length follow.
            request_head(request.method, target, headers)[:-2],
            signer,
            head,
            length,
            params.get(operation.validation_member or "") is not None,
            operation.streams or (None if operation.maps_headers else False),
            form,
            trailer,
        )

    def _merge_headers(
        self, operation: Operation[Any], request: Request, endpoint: Endpoint, origin: str
    ) -> dict[str, str]:
        scheme, _, place = origin.partition("://")
        return {
            "host": host_header(place.removesuffix(_DEFAULT_PORTS.get(scheme, ""))),
            "user-agent": _USER_AGENT,
            **self.service.headers,
            **request.headers,
            **operation.fixed_headers,
            **dict(endpoint.headers),
        }

    def _authorize(
        self,
        operation: Operation[Any],
        request: Request,
        endpoint: Endpoint,
        origin: str,
        path: str,
        headers: dict[str, str],
    ) -> tuple[Signer | None, Head | None, FormSigner | None]:
        """Return what signs the requests, if anything. A bearer token is put into the headers."""
        # If the hash is a parameter, the signer computes and sends it for each of these requests.
        sends_hash = headers.pop("x-amz-content-sha256", None) is not None
        auth = self.service.auth if operation.auth is None else operation.auth
        if "bearer" in auth and (self._token is not None or "sigv4" not in auth):
            headers["authorization"] = self._write_token(operation, origin)
        elif "sigv2" in auth and endpoint.auth_scheme is None:
            from edgemote.client.sigv2 import FormSigner

            return None, None, FormSigner(request.method, headers["host"], path)
        elif auth and endpoint.auth_scheme != "none":
            name = endpoint.signing_name or self.service.signing_name
            signer = self._find_signer(
                endpoint.signing_region or self.settings.region or "",
                name,
                name == "s3" or endpoint.disable_double_encoding,
            )
            head = signer.prepare(request.method, path, request.query, headers)
            head.signs_hash |= sends_hash
            return signer, head, None
        return None, None, None

    def _write_token(self, operation: Operation[Any], origin: str) -> str:
        if self._token is None:
            raise CredentialsError(f"{operation.name} needs a bearer token: pass token= to connect")
        secure, host, _ = parse_origin(origin)
        if not (secure or is_loopback(host)):  # others could read it
            raise EndpointError(
                f"{operation.name}: a bearer token is sent over https only, not to {origin}"
            )
        return f"Bearer {self._token}"

    def _drop_transport(self, origin: str) -> None:
        """Close a connection that will not be used again."""
        transport = self._transports.pop(origin, None)
        if transport is not None:
            with transport.lock:
                transport.close()

    def _find_transport(self, origin: str) -> Transport:
        transport = self._transports.get(origin)
        if transport is None:
            # If two threads get here at once, both use the same transport.
            transport = self._transports.setdefault(origin, self._open_transport(origin))
            transport.expects = self.service.addresses_buckets  # as botocore does with S3
        return transport

    def _find_signer(self, region: str, name: str, s3: bool) -> Signer:
        signer = self._signers.get((region, name, s3))
        if signer is None:
            signer = self._signers[region, name, s3] = Signer(region, name, s3=s3)
        return signer

    # Sending ------------------------------------------------------------------------------------

    def send(self, operation: Operation[Result], prepared: PreparedRequest, body: Any) -> Result:
        """Send a request, and retry as the rules allow. Raises what a call raises."""
        rewind: Callable[[], object] | None = _stay
        if type(body) is bytes:  # inlined, to save the usual call a function
            body_hash = payload_hash(body) if operation.signed_body else UNSIGNED_PAYLOAD
            end = b"content-length: %d\r\n\r\n" % len(body)
            if not body and prepared.method in _BODILESS:
                end = b"\r\n"
        else:
            body, body_hash, end, rewind = _describe(operation, prepared, body)
        attempt, retry, synced = 1, None, False
        while True:
            now_s = self.clock.now()
            error: ServiceError | TransportError
            try:
                result = self._send_once(operation, prepared, body, body_hash, end, now_s)
                self.rules.note_success(retry)
                return result
            except (ServiceError, TransportError) as failure:
                error = failure
            except CredentialsError:
                if synced or not self._seek_witness(prepared.transport):
                    raise
                synced = True
                continue
            newly_synced = not synced and self._sync_clock(error, now_s, prepared.transport)
            if rewind is None:  # the body cannot be sent again
                raise error
            if newly_synced:
                # The clock was wrong, not the request: sign again, without using up a retry.
                synced = True
                rewind()
                continue
            headers = getattr(error, "headers", _NO_HEADERS)
            retry = self.rules.next_retry(attempt, error, headers, operation.name)
            if retry is None:
                raise error
            time.sleep(retry.delay_s)
            if not retry.again:
                raise error
            rewind()
            attempt += 1

    def _send_once(
        self,
        operation: Operation[Result],
        prepared: PreparedRequest,
        body: Any,
        body_hash: str,
        end: bytes,
        now_s: float,
    ) -> Result:
        head, signer, signed = prepared.start, prepared.signer, prepared.head
        if signer is not None and signed is not None:
            keys = self.provider.get(now_s)
            head += signer.sign(signed, body_hash, keys, now_s).encode()
        elif prepared.form is not None:
            body = prepared.form.sign(body, self.provider.get(now_s), now_s)
            end = b"content-length: %d\r\n\r\n" % len(body)
        with prepared.transport.lock:
            response = prepared.transport.exchange(
                head + end,
                body,
                method=prepared.method,
                chunked=end is _CHUNKED,
                stream=prepared.stream,
            )
        if response.status >= 301:
            raise self._read_error(operation, response)
        if "x-amz-crc32" in response.headers:
            _check_crc32(response)
        if prepared.validates:
            from edgemote.client.validation import validate

            validate(response)
        result: Any = None
        if operation.output is not None:  # the calls of a device that reports mostly have none
            result = self._decode(operation, response)
        if not self.clock.proven and prepared.signer:
            if prepared.transport.may_sync:
                self.clock.prove(now_s)
            elif not self.service.addresses_buckets:  # plain HTTP does not prove the time
                self.clock.vouched = True
        return result  # type: ignore[no-any-return]

    def _decode(self, operation: Operation[Result], response: Any) -> Result:
        try:
            result: Result = self.service.protocol.decode(operation, response)
        except ServiceError as error:  # the call succeeded, but its response cannot be parsed
            if self.service.addresses_buckets:
                # S3 begins some responses before it knows the outcome. The body of a status 200 may
                # then be an error, or truncated. Like botocore, we treat it as a 500.
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
                body, end_s = b"", time.monotonic() + limits.RESPONSE_TIMEOUT_S
                for piece in stream:  # which may come slowly, in the smallest of chunks
                    body += piece
                    if len(body) >= limits.ERROR_BODY_BYTES or time.monotonic() >= end_s:
                        break
                response.body = body[: limits.ERROR_BODY_BYTES]
        error: ServiceError = self.service.protocol.decode_error(self.service, response)
        error.headers = response.headers
        return error

    def _seek_witness(self, transport: Transport) -> bool:
        """Connect to the service for a second proof that the board's clock is ahead, after that of
        a credential source. Returns whether the clock was synced.
        """
        if self.clock.witness is None:
            return False
        with transport.lock:
            return transport.sync_time()

    def _sync_clock(self, error: Exception, now_s: float, transport: Transport) -> bool:
        """Sync the clock if it was the cause of the error. Returns whether it was."""
        if not isinstance(error, ServiceError):
            return isinstance(error, ClockSyncedError)
        date = error.headers.get("date")
        correct_s = find_correction(error.code, error.message, date, now_s)
        if correct_s is None:
            if not self.service.addresses_buckets and not is_clock_error(error.code, error.message):
                self.clock.vouched = True
            return False
        if transport.may_sync and self._shared_clock.sync(correct_s):
            self.clock = self._shared_clock
            return True
        # A service that may not set the shared clock, or contradicts a proven time, gets signatures
        # with the time that it asks for, from a clock of this client alone.
        clock = self._shared_clock.fork()
        if not clock.sync(correct_s):
            return False
        self.clock = clock
        self._shared_clock.vouched = True  # a proven time takes precedence over this service's
        self._shared_clock.doubted = not self._shared_clock.proven
        return True


_NO_HEADERS: Mapping[str, str] = {}
_DEFAULT_PORTS = {"https": ":443", "http": ":80"}
_BODILESS = ("GET", "HEAD", "DELETE")  # without a body, these have no Content-Length
_CHUNKED = b"transfer-encoding: chunked\r\n\r\n"


def _stay() -> None:
    """Do nothing, because bytes need no rewinding."""


def _describe(operation: Operation[Any], prepared: PreparedRequest, body: Any) -> Content:
    if prepared.trailer is not None:
        from edgemote.client.trailers import STREAMING_UNSIGNED, TrailedBody

        trailed = TrailedBody(body, prepared.trailer)
        length, end = trailed.size_bytes, _CHUNKED
        if length is not None:
            end = b"content-length: %d\r\n\r\n" % length
        return trailed, STREAMING_UNSIGNED, end, trailed.rewind
    from edgemote.http.streaming import hold_small

    body = hold_small(body)
    if type(body) is not bytes:
        return _describe_stream(operation, prepared, body)
    if prepared.length is not None:
        _check_length(prepared.length, len(body))
    body_hash = payload_hash(body) if operation.signed_body else UNSIGNED_PAYLOAD
    return body, body_hash, b"content-length: %d\r\n\r\n" % len(body), _stay


def _describe_stream(operation: Operation[Any], prepared: PreparedRequest, body: Any) -> Content:
    from edgemote.http.streaming import measure

    size = measure(body)
    if size is not None:
        start = body.tell()
        if prepared.length is not None:
            _check_length(prepared.length, size)
        body_hash = UNSIGNED_PAYLOAD
        if operation.signed_body:
            try:
                body_hash = payload_hash(body)
            except ValueError as error:
                raise ValidationError(f"$.{operation.payload}: {error}") from None
        return body, body_hash, b"content-length: %d\r\n\r\n" % size, lambda: body.seek(start)
    if operation.signed_body and prepared.signer is not None:
        raise ValidationError(
            f"$.{operation.payload}: {operation.name} signs its body: expected bytes or a "
            f"seekable file, got `{type(body).__name__}`"
        )
    end = _CHUNKED
    if prepared.length is not None:
        end = b"content-length: %b\r\n\r\n" % prepared.length.encode()
    return body, UNSIGNED_PAYLOAD, end, None


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
    from edgemote.retry import is_intact

    if isinstance(response.body, bytes) and not is_intact(response.headers, response.body):
        raise DamagedBodyError(
            "the response's body does not match the CRC-32 in its x-amz-crc32 header"
        )
