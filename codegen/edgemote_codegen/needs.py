"""What only some operations and services need, told from the IR: modules of `aws`, and of the
runtime; and what only those need who ask for it.
"""

from __future__ import annotations

from collections.abc import Iterator

from .ir import ServiceIR
from .protocols import PROTOCOLS

# Module below edgemote/ -> the arguments of Operation of which one is enough to need it.
_BY_ARGUMENT = {
    "client/checksums.py": {"checksum", "checksum_member"},
    "client/compression.py": {"compression"},
    "client/digests.py": {"checksum", "checksum_member", "validation_member"},
    "client/endpoint_discovery.py": {"discovered_by", "url_member"},
    "client/presigned_copy.py": {"presigned_member"},
    "client/trailers.py": {"trailers"},
    "client/validation.py": {"validation_member"},
    "http/body.py": {"streams"},
}
# The same, by the scheme of `auth`, of an operation or of its service.
_BY_SCHEME = {"client/bearer.py": "bearer", "client/sigv2.py": "sigv2"}
# The same, by names of services, or those that they sign with: what calls by certificate take, and
# the agent's clouds. The agent in AWS IoT needs the service that tells of jobs in any case.
_CERTIFICATE, _IOT = {"iotdata", "iot-jobs-data"}, {"iot-jobs-data"}
_BY_SERVICE = {
    "client/by_certificate.py": _CERTIFICATE,
    "credentials/client_certificate.py": _CERTIFICATE,
    "credentials/role_profiles.py": {"sts"},
    "credentials/roles.py": {"sts"},
    "http/mutual_tls.py": _CERTIFICATE,
    "agent/cloud/edge.py": {"sagemaker-edge"},
    "agent/config/retired.py": {"sagemaker-edge"},
    "agent/cloud/iot.py": _IOT,
    "agent/cloud/iot_check.py": _IOT,
    "agent/cloud/job_document.py": _IOT,
    "agent/deployments/url_source.py": _IOT,
    "agent/state.py": _IOT,
}
# The same, where the endpoint rules put buckets into the host or the path.
_BUCKETS = (
    "client/bucket_region.py",
    "client/buckets.py",
    "client/s3_options.py",
    "client/s3_settings.py",
)
# Feature, as `bundle --with` and `features` of [tool.edgemote] name it -> its modules.
FEATURES: dict[str, tuple[str, ...]] = {
    "captures": (
        "agent/capture/__init__.py",
        "agent/capture/destinations.py",
        "agent/capture/folder.py",
        "agent/capture/lines.py",
        "agent/capture/samples.py",
    ),
    "log": ("client/log.py",),
    # A part of the clients, which have the methods `presign` and `presign_post` then.
    "presign": (),
    "session": ("client/session.py",),
    "signatures": ("agent/deployments/libcrypto.py", "agent/deployments/signatures.py"),
    "slow-checksums": ("client/crc.py",),
    "testing": ("testing.py",),
    "transfers": (
        "client/crc.py",
        "client/ranges.py",
        "s3/__init__.py",
        "s3/download.py",
        "s3/state.py",
        "s3/upload.py",
        "s3/verification.py",
    ),
}
# Those that every agent has, too: for downloads, of URLs as well.
FOR_AGENT = frozenset(("client/ranges.py", "http/body.py"))
# All that a bundle has only where an operation, a service or a feature needs it.
OPTIONAL_MODULES = frozenset(
    (
        *(*_BY_ARGUMENT, *_BY_SCHEME, *_BY_SERVICE, *_BUCKETS),
        *(name for row in FEATURES.values() for name in row),
    )
)


def find_runtime_modules(ir: ServiceIR) -> tuple[str, ...]:
    """Those of the optional modules that one of the service's operations needs."""
    names = _list_arguments(ir)
    schemes = {scheme for auth in _list_auth(ir) for scheme in auth}
    found = [module for module, wanted in _BY_ARGUMENT.items() if wanted & names]
    found += [module for module, scheme in _BY_SCHEME.items() if scheme in schemes]
    if dict(ir.service_arguments).get("addresses_buckets"):
        found += _BUCKETS
    service = {ir.name, dict(ir.service_arguments)["signing_name"]}
    found += [module for module, services in _BY_SERVICE.items() if services & service]
    return tuple(found)


def find_codec_modules(ir: ServiceIR) -> list[str]:
    """The static modules of the protocol, without those that none of the operations needs."""
    protocol = PROTOCOLS[ir.protocol]
    names = _list_arguments(ir)
    if PROTOCOLS[ir.protocol].xml and _reads_body(ir):
        names.add("xml_result")
    return [
        file
        for file in protocol.files
        if file not in protocol.needed_by or protocol.needed_by[file] & names
    ]


def _reads_body(ir: ServiceIR) -> bool:
    """Whether a result has members that are neither in the head nor the whole body."""
    structs = {struct.name: struct for module in ir.modules for struct in module.structs}
    for operation in ir.operations:
        arguments = dict(operation.arguments)
        if "output" not in arguments or "result_payload" in arguments:
            continue
        output = structs[arguments["output"].name.removeprefix("shapes.")]
        bound = {
            *arguments.get("result_headers", {}).values(),
            *arguments.get("result_prefix_headers", {}).values(),
            arguments.get("result_status"),
        }
        if any(member.name.removesuffix("_") not in bound for member in output.members):
            return True
    return False


def _list_arguments(ir: ServiceIR) -> set[str]:
    return {name for operation in ir.operations for name, _ in operation.arguments}


def _list_auth(ir: ServiceIR) -> Iterator[tuple[str, ...]]:
    for arguments in (ir.service_arguments, *(one.arguments for one in ir.operations)):
        yield from (value for name, value in arguments if name == "auth")
