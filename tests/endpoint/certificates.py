"""A throw-away certificate authority and the TLS context of the server."""

from __future__ import annotations

import os
import ssl
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import trustme

AUTHORITY_FILE = "ca.pem"
AUTHORITY_KEY_FILE = "ca-key.pem"


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    partial.replace(path)


def load_authority(folder: Path) -> trustme.CA:
    """The authority kept in `folder`; a new one the first time."""
    folder.mkdir(parents=True, exist_ok=True)
    certificate, key = folder / AUTHORITY_FILE, folder / AUTHORITY_KEY_FILE
    if certificate.exists() and key.exists():
        return trustme.CA.from_pem(certificate.read_bytes(), key.read_bytes())
    authority = trustme.CA(organization_name="edgemote local endpoint")
    write_private(key, authority.private_key_pem.bytes())
    certificate.write_bytes(authority.cert_pem.bytes())
    return authority


def make_authority(folder: Path, not_before: datetime, not_after: datetime) -> None:
    """Put an authority into `folder` that is good from then to then only."""
    # Late: boards import this module too, and have no cryptography.
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization

    authority = load_authority(folder)
    key = serialization.load_pem_private_key(authority.private_key_pem.bytes(), None)
    old = x509.load_pem_x509_certificate(authority.cert_pem.bytes())
    builder = x509.CertificateBuilder(
        old.issuer, old.subject, old.public_key(), old.serial_number, not_before, not_after
    )
    for extension in old.extensions:
        builder = builder.add_extension(extension.value, extension.critical)
    new = builder.sign(key, hashes.SHA256())  # type: ignore[arg-type]
    (folder / AUTHORITY_FILE).write_bytes(new.public_bytes(serialization.Encoding.PEM))


def server_context(
    authority: trustme.CA,
    host_names: tuple[str, ...],
    *,
    tls_version: str | None = None,
    not_before: datetime | None = None,
    not_after: datetime | None = None,
    devices: trustme.CA | None = None,
    protocols: Sequence[str] = ("http/1.1",),
) -> ssl.SSLContext:
    """A context for `host_names`. Both TLS 1.2 and 1.3, or only `tls_version` ("1.2", "1.3").

    devices: demand a certificate of this authority (mutual TLS). protocols: what ALPN offers.
    """
    versions = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}
    if tls_version is not None and tls_version not in versions:
        raise ValueError(f"tls_version is {tls_version!r}; it can be {' or '.join(versions)}")
    leaf = authority.issue_cert(*host_names, not_before=not_before, not_after=not_after)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = versions[tls_version or "1.2"]
    context.maximum_version = versions[tls_version or "1.3"]
    context.set_alpn_protocols(list(protocols))
    leaf.configure_cert(context)
    if devices is not None:
        context.verify_mode = ssl.CERT_REQUIRED
        devices.configure_trust(context)
    return context
