"""Signers for tests: keys that `cryptography` makes and signs with, and their files."""

from __future__ import annotations

import datetime
import functools
import hashlib

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

MAKERS = {
    "RSA-2048": lambda: rsa.generate_private_key(65_537, 2_048),
    "RSA-3072": lambda: rsa.generate_private_key(65_537, 3_072),
    "P-256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "P-384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "Ed25519": ed25519.Ed25519PrivateKey.generate,
    # None of these is taken.
    "RSA-1024": lambda: rsa.generate_private_key(65_537, 1_024),
    "RSA-2040": lambda: rsa.generate_private_key(65_537, 2_040),
    "DSA": lambda: dsa.generate_private_key(2_048),
    "secp256k1": lambda: ec.generate_private_key(ec.SECP256K1()),
    "P-224": lambda: ec.generate_private_key(ec.SECP224R1()),
    "P-521": lambda: ec.generate_private_key(ec.SECP521R1()),
    "Ed448": ed448.Ed448PrivateKey.generate,
}
PSS = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
# Scheme -> (kind of key, how it signs a SHA-256).
SCHEMES = {
    "RSA-PKCS1": (
        "RSA-2048",
        lambda key, digest: key.sign(digest, padding.PKCS1v15(), Prehashed(hashes.SHA256())),
    ),
    "RSA-PSS": ("RSA-2048", lambda key, digest: key.sign(digest, PSS, Prehashed(hashes.SHA256()))),
    "RSA-PSS-longest-salt": (
        "RSA-2048",
        lambda key, digest: key.sign(
            digest,
            padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.MAX_LENGTH),
            Prehashed(hashes.SHA256()),
        ),
    ),
    "RSA-3072": (
        "RSA-3072",
        lambda key, digest: key.sign(digest, padding.PKCS1v15(), Prehashed(hashes.SHA256())),
    ),
    "P-256": (
        "P-256",
        lambda key, digest: key.sign(digest, ec.ECDSA(Prehashed(hashes.SHA256()))),
    ),
    "P-384": (
        "P-384",
        lambda key, digest: key.sign(digest, ec.ECDSA(Prehashed(hashes.SHA256()))),
    ),
    "Ed25519": ("Ed25519", lambda key, digest: key.sign(digest)),
}


def make_key(kind, number=0):
    """A private key, the same one for the same arguments."""
    return _make_key(kind, number)


@functools.cache
def _make_key(kind, number):
    return MAKERS[kind]()


def write_public(key):
    """PEM of a private key's public one."""
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def write_private(key):
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def write_certificate(key, start="2020-01-01", end="2040-01-01"):
    """PEM of a certificate that a key has signed for itself."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "models")])
    algorithm = None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(datetime.datetime.fromisoformat(start))
        .not_valid_after(datetime.datetime.fromisoformat(end))
        .sign(key, algorithm)
        .public_bytes(Encoding.PEM)
    )


def sign(content, scheme="P-256", number=0):
    """The signature of a model's content."""
    kind, make = SCHEMES[scheme]
    return make(make_key(kind, number), hashlib.sha256(content).digest())
