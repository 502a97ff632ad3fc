"""Signs models for devices that have `deployments.signers`, with `cryptography`.

A signature is over the file's SHA-256: RSA with PKCS#1 v1.5, ECDSA, or Ed25519 with the 32 bytes of
the digest as its message. The runtime's agent/deployments/signatures.py verifies it.
"""

from __future__ import annotations

import getpass
import hashlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import CodegenError

if TYPE_CHECKING:
    from collections.abc import Callable

    Sign = Callable[[bytes], bytes]

EXPECTED = "RSA of 2,048 to 8,192 bits, ECDSA on P-256 or P-384, or Ed25519"
_PIECE_BYTES = 1 << 20


def sign_model(model: Path, key: Path) -> bytes:
    """The signature's bytes. CodegenError where a file or the key cannot be used."""
    sign = _read_signer(key)
    digest = hashlib.sha256()
    try:
        with model.open("rb") as file:
            while piece := file.read(_PIECE_BYTES):
                digest.update(piece)
    except OSError as error:
        raise CodegenError(f"{model}: {error.strerror}") from None
    return sign(digest.digest())


def _read_signer(path: Path) -> Sign:
    """What signs a SHA-256 with the private key of a file."""
    try:
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
        from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.serialization import load_pem_private_key
    except ImportError:
        raise CodegenError(
            "sign-model needs the package cryptography: pip install 'edgemote[sign]'"
        ) from None

    def load(password: bytes | None) -> object:
        return load_pem_private_key(pem, password)

    try:
        pem = path.read_bytes()
        try:
            key = load(None)
        except TypeError:  # it has a password
            key = load(_ask_password(path))
    except OSError as error:
        raise CodegenError(f"{path}: {error.strerror}") from None
    except (ValueError, UnsupportedAlgorithm) as error:
        reason = str(error).partition(".")[0]
        raise CodegenError(f"{path}: expected a private key in PEM: {reason}") from None
    prehashed = Prehashed(SHA256())
    if isinstance(key, rsa.RSAPrivateKey) and 2_048 <= key.key_size <= 8_192:
        rsa_key = key
        return lambda digest: rsa_key.sign(digest, padding.PKCS1v15(), prehashed)
    if isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name in ("secp256r1", "secp384r1"):
        ec_key = key
        return lambda digest: ec_key.sign(digest, ec.ECDSA(prehashed))
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key.sign
    raise CodegenError(f"{path}: the key in it is not {EXPECTED}")


def _ask_password(path: Path) -> bytes:
    if not sys.stdin.isatty():
        raise CodegenError(
            f"{path}: the key has a password, and there is no terminal to ask for it"
        )
    return getpass.getpass(f"Password of {path}: ").encode()
