"""botocore as the judge: what it sends for parameters, and what it makes of an answer."""

from __future__ import annotations

import gzip
import io
import json
import os
import sys
from base64 import b64encode
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from hashlib import sha1, sha256, sha512
from typing import Any, NamedTuple
from unittest.mock import patch
from urllib.parse import parse_qsl, urlsplit
from xml.etree import ElementTree
from zlib import crc32

import botocore.auth
import botocore.session
import botocore.signers
import cbor2
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.discovery import EndpointDiscoveryHandler
from botocore.exceptions import ClientError
from botocore.loaders import Loader
from botocore.model import Shape
from botocore.tokens import FrozenAuthToken

REGION = "us-west-2"
NOW = datetime(2015, 8, 30, 12, 36, tzinfo=timezone.utc)
TOKEN = "bearer-EXAMPLE"
# What a service that tells its endpoints itself answers.
DISCOVERED = json.dumps(
    {"Endpoints": [{"Address": "cell-7.example.amazonaws.com", "CachePeriodInMinutes": 1440}]}
).encode()
KEYS = {"aws_access_key_id": "AKIDEXAMPLE", "aws_secret_access_key": "secret"}

# What says nothing about the operation: transport, client software, time and signature.
_INCIDENTAL = frozenset(
    (
        "accept-encoding amz-sdk-invocation-id amz-sdk-request authorization connection "
        "content-length date expect transfer-encoding user-agent x-amz-date x-amz-security-token "
        "x-amz-user-agent x-amz-content-sha256 x-amzn-trace-id"
    ).split()
)

_GZIP = b"\x1f\x8b"

# Where botocore's signer of URLs comes from: with the C library from there.
_PRESIGNING = sys.modules[botocore.auth.AUTH_TYPE_MAPS["v4-query"].__module__]

PYTHON_SIGNERS = {
    "v4-query": botocore.auth.SigV4QueryAuth,
    "s3v4-query": botocore.auth.S3SigV4QueryAuth,
    "s3v4-presign-post": botocore.auth.S3SigV4PostAuth,
}
# What is signed in place of the body's hash.
_UNSIGNED = {
    "UNSIGNED-PAYLOAD": " without the body",
    "STREAMING-UNSIGNED-PAYLOAD-TRAILER": " without the body, with a trailer",
}

_CHECKSUMS: dict[str, Callable[[bytes], bytes]] = {
    "x-amz-checksum-crc32": lambda body: crc32(body).to_bytes(4, "big"),
    "x-amz-checksum-sha1": lambda body: sha1(body).digest(),
    "x-amz-checksum-sha256": lambda body: sha256(body).digest(),
    "x-amz-checksum-sha512": lambda body: sha512(body).digest(),
}


class Raw(NamedTuple):
    """A request as it is sent."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes


class Sent:
    """A request, in the form in which two of them are compared."""

    def __init__(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> None:
        parts = urlsplit(url)
        self.method = method
        self.host = parts.netloc
        self.path = parts.path or "/"
        self.query = sorted(parse_qsl(parts.query, keep_blank_values=True))
        self.headers = {
            name.lower(): value
            for name, value in headers.items()
            if name.lower() not in _INCIDENTAL
        }
        self.headers.pop("host", None)
        if self.headers.get("accept") == "*/*":
            del self.headers["accept"]
        self.signing = _describe_signing(headers)
        # Compressed bytes differ by level and time: what counts is that both sides compress.
        if self.headers.get("content-encoding", "").endswith("gzip") and body[:2] == _GZIP:
            body = gzip.decompress(body)
        self.body = _normal_body(self.headers.get("content-type", ""), body)
        if isinstance(self.body, list) and ("SignatureVersion", "2") in self.body:
            # Here the signature is in the form. What it says follows from the rest and the time.
            self.body = [pair for pair in self.body if pair[0] not in ("Signature", "Timestamp")]
            self.signing = "in the form"
        if body.startswith(b"<"):
            # XML can be written in several ways, so what counts is that its checksum is right.
            for name, calculate in _CHECKSUMS.items():
                if name in self.headers:
                    right = b64encode(calculate(body)).decode()
                    self.headers[name] = "right" if self.headers[name] == right else "wrong"

    def facts(self) -> dict[str, Any]:
        return dict(vars(self))


def is_discovery(headers: Mapping[str, Any]) -> bool:
    """Whether a client asks, of its own accord, for the endpoint of what it was told to call."""
    target = headers.get("X-Amz-Target") or headers.get("x-amz-target") or ""
    text = target.decode() if isinstance(target, bytes) else target
    return text.endswith(".DescribeEndpoints")


def _describe_signing(headers: Mapping[str, str]) -> str:
    """Algorithm and scope of a signature, and whether it holds for any body; or the token."""
    lower = {name.lower(): value for name, value in headers.items()}
    algorithm, _, rest = lower.get("authorization", "none").partition(" ")
    if algorithm != "AWS4-HMAC-SHA256":
        return f"{algorithm} {rest}".rstrip()
    region, service = rest.partition(",")[0].split("/")[2:4]
    body_hash = lower.get("x-amz-content-sha256", "")
    return f"{region}/{service}{_UNSIGNED.get(body_hash, '')}"


def _normal_body(content_type: str, body: bytes) -> Any:
    if "json" in content_type and body:
        # Keeps NaN apart from "NaN", and compares 1 and 1.0 as equal.
        try:
            return json.loads(body)
        except ValueError:  # the type was a parameter
            return body
    if "cbor" in content_type:
        return _name_nan(cbor2.loads(body))
    if "form" in content_type:
        pairs = parse_qsl(body.decode(), keep_blank_values=True)
        return sorted((name, _normal_url(value)) for name, value in pairs)
    if body.startswith(b"<"):
        try:
            return _xml_facts(ElementTree.fromstring(body))
        except ElementTree.ParseError:  # a blob
            return body
    return body


def _normal_url(value: str) -> Any:
    """A presigned URL: botocore writes the parameters in the order of the caller's dict."""
    if "&X-Amz-Signature=" not in value:
        return value
    parts = urlsplit(value)
    return parts.scheme, parts.netloc, parts.path, sorted(parse_qsl(parts.query))


def _xml_facts(element: ElementTree.Element) -> tuple[Any, ...]:
    """Children by their names: botocore writes them in the order of the caller's dict, we in the
    model's; lists keep their order.
    """
    children = sorted(map(_xml_facts, element), key=lambda facts: facts[0])
    return element.tag, sorted(element.attrib.items()), element.text or "", children


def _name_nan(value: Any) -> Any:
    """NaN equals nothing, so it is replaced by a name."""
    if isinstance(value, dict):
        return {key: _name_nan(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_name_nan(part) for part in value]
    return "NaN" if value != value else value


class Oracle:
    """A botocore client of one service, cut off from the network.

    `protocol` is one of those that the service lists; without it botocore chooses.
    """

    def __init__(
        self,
        service: str,
        *,
        validate: bool = True,
        protocol: str | None = None,
        config: Config | None = None,
        endpoint_url: str | None = None,
    ) -> None:
        session = botocore.session.Session()
        loader = _Loader(session.get_config_variable("data_path"), protocol)
        session.register_component("data_loader", loader)
        session.register_component("token_provider", _Tokens())
        # It would ask anew for ever where the answer stays "the wrong endpoint".
        EndpointDiscoveryHandler.handle_retries = lambda *_, **__: None
        self.client = session.create_client(
            service,
            region_name=REGION,
            endpoint_url=endpoint_url,
            config=Config(
                retries={"total_max_attempts": 1},
                parameter_validation=validate,
                inject_host_prefix=True,
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
                auth_scheme_preference="sigv4",  # as without the C library, which has sigv4a
            ).merge(config or Config()),
            **KEYS,
        )
        self.model = self.client.meta.service_model
        self.raw = Raw("", "", {}, b"")
        self._sent: Sent | None = None
        self._records = True
        self._discovers = False
        self._answer: tuple[int, dict[str, str], bytes] = (200, {}, b"{}")
        self.client.meta.events.register("before-send", self._answer_request)

    def stubbed_call(self, method: str, params: dict[str, Any], answer: bytes = b"{}") -> Any:
        """A call whose answer is ready, and whose request nobody looks at: for measuring."""
        self._records = False
        self._answer = (200, {}, answer)
        return getattr(self.client, method)(**params)

    def _answer_request(self, request: Any, **_: Any) -> AWSResponse:
        if self._asks_for_endpoint(request):
            return AWSResponse(request.url, 200, _Headers({}), _Raw(DISCOVERED))
        if self._records:
            self._record(request)
        status, answer_headers, content = self._answer
        return AWSResponse(request.url, status, _Headers(answer_headers), _Raw(content))

    def _asks_for_endpoint(self, request: Any) -> bool:
        return self._discovers and is_discovery(request.headers)

    def _record(self, request: Any) -> None:
        body = request.body
        if body is None:
            body = b""
        if hasattr(body, "read"):
            body = body.read()
        if isinstance(body, str):
            body = body.encode()
        headers = {
            name: value.decode() if isinstance(value, bytes) else value
            for name, value in request.headers.items()
        }
        body = body.encode() if isinstance(body, str) else bytes(body)
        self.raw = Raw(request.method, request.url, headers, body)
        self._sent = Sent(*self.raw)

    def call(
        self, method: str, params: dict[str, Any], answer: tuple[int, dict[str, str], bytes]
    ) -> tuple[Sent, Any]:
        """What was sent, and the parsed result or the ClientError."""
        self._answer = answer
        self._sent = None
        self._records = True
        self._discovers = method != "describe_endpoints"
        result: Any
        try:
            # Presigned URLs, which are part of a request, hold the time.
            with patch.object(_PRESIGNING, "get_current_datetime", lambda **_: NOW):
                result = getattr(self.client, method)(**params)
        except ClientError as error:
            result = error
        assert self._sent is not None
        return self._sent, result

    def presign(self, method: str, params: dict[str, Any], expires_s: int) -> str:
        """The URL that botocore makes now, without the C library, which orders it otherwise.

        It is signed for the region of the endpoint rules, as a request is: botocore takes the
        client's, which services with one endpoint for all regions refuse.
        """
        resolve = self.client._resolve_endpoint_ruleset

        def heed_rules(*args: Any, ignore_signing_region: bool) -> Any:
            return resolve(*args)

        with (
            patch.object(self.client, "_resolve_endpoint_ruleset", heed_rules),
            patch.dict(botocore.auth.AUTH_TYPE_MAPS, PYTHON_SIGNERS),
            patch.object(botocore.auth, "get_current_datetime", lambda **_: NOW),
            patch.object(botocore.signers, "get_current_datetime", lambda **_: NOW),
        ):
            url: str = self.client.generate_presigned_url(method, params, expires_s)
        return url


class _Tokens:
    """A bearer token, for the services that take one."""

    def load_token(self, **_: Any) -> FrozenAuthToken:
        return FrozenAuthToken(TOKEN)


class _Loader(Loader):
    """Models that list one protocol only."""

    def __init__(self, data_path: str | None, protocol: str | None) -> None:
        super().__init__(data_path.split(os.pathsep) if data_path else None)
        self._protocol = protocol

    def load_service_model(self, *args: Any, **options: Any) -> Any:
        content = super().load_service_model(*args, **options)
        if self._protocol is None or "metadata" not in content:
            return content
        forced = {"protocol": self._protocol, "protocols": [self._protocol]}
        return {**content, "metadata": {**content["metadata"], **forced}}


class _Headers(dict):  # type: ignore[type-arg]
    def __init__(self, headers: dict[str, str]) -> None:
        super().__init__({name.lower(): value for name, value in headers.items()})

    def get(self, name: str, default: Any = None) -> Any:
        return super().get(name.lower(), default)


class _Raw(io.BytesIO):
    def stream(self, **_: Any) -> Any:
        yield self.read()


def plain_result(shape: Shape | None, result: dict[str, Any]) -> dict[str, Any]:
    """botocore's result as plain values: timestamps in seconds, streams read. A member that is
    None is absent.
    """
    if shape is None:
        return {}
    return {
        name: plain(shape.members[name], value)
        for name, value in result.items()
        if name in shape.members and value is not None
    }


def plain(shape: Shape, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(value, datetime):
        return value.timestamp()
    if hasattr(value, "read"):
        return value.read()
    if shape.type_name in ("float", "double"):
        # The json protocol of botocore hands the texts "NaN" and "Infinity" on; and NaN equals
        # nothing.
        return plain_struct(float(value))
    if shape.type_name == "structure" and not shape.is_document_type and isinstance(value, dict):
        if "SDK_UNKNOWN_MEMBER" in value:
            return {}
        return {name: plain(shape.members[name], part) for name, part in value.items()}
    if shape.type_name == "list":
        return [plain(shape.member, part) for part in value]
    if shape.type_name == "map":
        return {key: plain(shape.value, part) for key, part in value.items()}
    return value


def plain_struct(value: Any) -> Any:
    """One of our structs as plain values, members that are None left out."""
    import msgspec

    if isinstance(value, msgspec.Struct):
        return {
            field.removesuffix("_"): plain_struct(part)
            for field in value.__struct_fields__
            if (part := getattr(value, field)) is not None
        }
    if isinstance(value, list):
        return [plain_struct(part) for part in value]
    if isinstance(value, dict):
        return {key: plain_struct(part) for key, part in value.items()}
    if hasattr(value, "read"):
        return value.read()
    if value != value:
        return "NaN"
    return value
