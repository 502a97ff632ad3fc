"""Certificates as long as AWS's: an RSA-2048 leaf, and the two intermediates that are sent."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import (
    AuthorityInformationAccessOID,
    ExtendedKeyUsageOID,
    NameOID,
    ObjectIdentifier,
)

_TIMESTAMPS = ObjectIdentifier("1.3.6.1.4.1.11129.2.4.2")
# Three signed certificate timestamps, with their lengths.
_TIMESTAMPS_BYTES = 363
_POLICY = ObjectIdentifier("2.23.140.1.2.1")


@dataclass(frozen=True)
class Files:
    """ca_file: what clients trust; server_file, device_file: PEM, key and certificates."""

    ca_file: Path
    server_file: Path
    device_file: Path


@dataclass(frozen=True)
class _Issuer:
    key: rsa.RSAPrivateKey
    certificate: x509.Certificate


def write_chain(folder: Path, host: str = "localhost") -> Files:
    """Make them. Sizes are the same each time: fixed names, and serial numbers of one length."""
    root = _issue(_name("Amazon Root CA 1"), None)
    second = _issue(_name("Amazon RSA 2048 Root M"), root)
    first = _issue(_name("Amazon RSA 2048 M01"), second)
    leaf = _issue(x509.Name([_part(NameOID.COMMON_NAME, host)]), first, host)
    files = Files(*(folder / name for name in ("ca.pem", "server.pem", "device.pem")))
    files.ca_file.write_bytes(_pem(root.certificate))
    sent = (leaf, first, second)
    files.server_file.write_bytes(_key(leaf) + b"".join(_pem(one.certificate) for one in sent))
    device = _issue(_name("AWS IoT Certificate"), root, is_device=True)
    files.device_file.touch(0o600)
    files.device_file.write_bytes(_key(device) + _pem(device.certificate))
    return files


def _issue(
    subject: x509.Name, issuer: _Issuer | None, host: str | None = None, *, is_device: bool = False
) -> _Issuer:
    """An authority; or the certificate of a host, or of a device, which AWS IoT keeps short."""
    key = rsa.generate_private_key(65537, 2048)
    own = issuer or _Issuer(key, None)  # type: ignore[arg-type]
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(1 << 126 | int(hashlib.sha256(subject.public_bytes()).hexdigest()[:30], 16))
        .not_valid_before(datetime(2023, 1, 1, tzinfo=timezone.utc))
        .not_valid_after(datetime(2049, 1, 1, tzinfo=timezone.utc))
        .add_extension(x509.BasicConstraints(host is None and not is_device, None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if issuer is not None:
        authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key())
        builder = builder.add_extension(authority, critical=False)
        for extension in () if is_device else _pointers():
            builder = builder.add_extension(extension, critical=False)
    if host is None:
        signs = not is_device
        usage = x509.KeyUsage(True, False, False, False, False, signs, signs, False, False)
        return _Issuer(key, builder.add_extension(usage, True).sign(own.key, hashes.SHA256()))
    usages = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
    names = [host, f"{host}.sagemaker.us-west-2.amazonaws.com"]
    stamps = x509.UnrecognizedExtension(_TIMESTAMPS, b"\x04\x82" + bytes(_TIMESTAMPS_BYTES))
    for extension, critical in (
        (x509.KeyUsage(True, False, True, False, False, False, False, False, False), True),
        (x509.ExtendedKeyUsage(usages), False),
        (x509.SubjectAlternativeName(list(map(x509.DNSName, names))), False),
        (stamps, False),
    ):
        builder = builder.add_extension(extension, critical)
    return _Issuer(key, builder.sign(own.key, hashes.SHA256()))


def _pointers() -> list[x509.ExtensionType]:
    """Where the list of revoked ones, the issuer and its policy are, as AWS's have it."""
    place = "http://crl.r2m01.amazontrust.com/r2m01"
    return [
        x509.CRLDistributionPoints(
            [x509.DistributionPoint([x509.UniformResourceIdentifier(f"{place}.crl")], *[None] * 3)]
        ),
        x509.AuthorityInformationAccess(
            [
                x509.AccessDescription(kind, x509.UniformResourceIdentifier(place + ending))
                for kind, ending in (
                    (AuthorityInformationAccessOID.OCSP, ""),
                    (AuthorityInformationAccessOID.CA_ISSUERS, ".cer"),
                )
            ]
        ),
        x509.CertificatePolicies([x509.PolicyInformation(_POLICY, None)]),
    ]


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            _part(NameOID.COUNTRY_NAME, "US"),
            _part(NameOID.ORGANIZATION_NAME, "Amazon"),
            _part(NameOID.COMMON_NAME, common),
        ]
    )


def _part(kind: ObjectIdentifier, text: str) -> x509.NameAttribute[str]:
    return x509.NameAttribute(kind, text)


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _key(issuer: _Issuer) -> bytes:
    return issuer.key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
