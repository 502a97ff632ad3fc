"""Verifies, with OpenSSL's libcrypto, that one of the configured signers has signed a model.

RSA (PKCS#1 v1.5 or PSS) and ECDSA sign the file's SHA-256, which is the usual signature of a file.
Ed25519 signs whole messages; its message is the 32 bytes of that digest, since a model can be
larger than memory.

A signer is a PEM file with a public key, or with a certificate, of which the key alone counts:
whoever configures it trusts it, and a board that boots in 1970 cannot judge dates.

Loaded late, where signers are configured.
"""

from __future__ import annotations

import os
from binascii import Error, a2b_base64, b2a_base64
from typing import TYPE_CHECKING

from edgemote.agent import limits
from edgemote.agent.deployments.libcrypto import ALGORITHMS, find_algorithm, is_signed, normalize
from edgemote.agent.deployments.states import ModelError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from edgemote.agent.deployments.journal import ModelWork

_BLOCKS = {b"PUBLIC KEY": "d2i_PUBKEY", b"CERTIFICATE": "d2i_X509"}  # and what decodes it


def read_key(path: str) -> bytes:
    """A signer's public key, as SubjectPublicKeyInfo in DER.

    Raises ValueError for a file without a usable key, or if this Python has no OpenSSL, and OSError
    for a file that cannot be read.
    """
    with open(path, "rb") as file:
        pem = file.read(limits.SIGNER_BYTES + 1)
    if len(pem) > limits.SIGNER_BYTES:
        raise ValueError(f"more than {limits.SIGNER_BYTES} bytes")
    blocks = _read_blocks(pem)
    if any(label.endswith(b"PRIVATE KEY") for label, _ in blocks):
        raise ValueError(
            "a private key in it, which must not be on a device: write its public key to a file"
            " with openssl pkey -pubout"
        )
    if len(blocks) != 1 or blocks[0][0] not in _BLOCKS:
        raise ValueError(
            "not one PUBLIC KEY or CERTIFICATE in PEM: name a file for each signer"
            if blocks
            else "no PUBLIC KEY or CERTIFICATE in PEM in it"
        )
    label, text = blocks[0]
    der = _decode_base64(text) or b""
    key = normalize(_BLOCKS[label], der)
    # A key whose encoding differs from OpenSSL's was altered.
    if key is None or (label == b"PUBLIC KEY" and key != der):
        raise ValueError(f"the {label.decode()} in it is corrupt")
    return key


def read_signature(data: bytes) -> bytes:
    """A signature from a file that holds its bytes or their base64."""
    return _decode_base64(data) or data


def encode_signature(data: bytes) -> str:
    """The base64 of a file's signature, for the journal."""
    return b2a_base64(read_signature(data), newline=False).decode()


def read_block(block: Mapping[str, str]) -> tuple[bytes, str | None, str | None]:
    """Signature, algorithm and certificate name from a document's block as AWS Signer makes it:
    signature (required), hashAlgorithm, signatureAlgorithm and certificateName.

    Raises ValueError for a block that is invalid or not supported.
    """
    text = block.get("signature", "")
    signature = _decode_base64(text.encode("ascii", "replace"))
    if not signature:
        raise ValueError(f"signature {text!a:.60}: expected base64")
    hash_algorithm = block.get("hashAlgorithm", "SHA256")
    if hash_algorithm != "SHA256":  # SHA-1 has collisions
        raise ValueError(f"hashAlgorithm {hash_algorithm!a:.40}: only SHA256 is safe enough")
    algorithm = block.get("signatureAlgorithm")
    if algorithm not in (None, *ALGORITHMS):
        raise ValueError(f"signatureAlgorithm {algorithm!a:.40}: expected RSA, ECDSA or Ed25519")
    return signature, algorithm, block.get("certificateName")


def require(signers: Sequence[str], model: ModelWork, outcome: str = "unsigned") -> None:
    """Raise ModelError, with this outcome, for a verified model that none of these has signed."""
    fault: str | None = "the model was fetched before deployments.signers was set"
    block = model.signature
    if block is None and model.detached is not None:
        block = {"signature": model.detached}
    if block is not None and model.digest is not None:
        try:
            signature, algorithm, certificate = read_block(block)
        except ValueError as error:
            fault = str(error)
        else:
            digest = bytes.fromhex(model.digest)
            fault = find_fault(
                signers, digest, signature, algorithm=algorithm, certificate=certificate
            )
    if fault is not None:
        raise ModelError(f"no valid signature: {fault}", outcome)


def find_fault(
    signers: Sequence[str],
    digest: bytes,
    signature: bytes,
    *,
    algorithm: str | None = None,
    certificate: str | None = None,
) -> str | None:
    """Why a model with this SHA-256 does not count as signed; None if it does.

    Args:
        signers: PEM files
        signature: its bytes
        algorithm: RSA or ECDSA, where the signature says that; None for any
        certificate: which signer it is; it chooses among the files by their names, None for all
    """
    if not 0 < len(signature) <= limits.SIGNATURE_BYTES:
        return f"it has {len(signature)} bytes, expected 1 to {limits.SIGNATURE_BYTES}"
    if certificate is not None:
        name = certificate.rpartition("/")[2]
        named = [path for path in signers if os.path.basename(path) == name]
        if not named:
            return f"{name!a:.60} is none of the signers {_list_names(signers)}"
        signers = named
    troubles = ""
    for path in signers:
        try:
            key = read_key(path)
        except (OSError, ValueError) as error:  # it was valid when the configuration was loaded
            troubles += f"; {os.path.basename(path)}: {getattr(error, 'strerror', None) or error}"
            continue
        if algorithm in (None, find_algorithm(key)) and is_signed(key, digest, signature):
            return None
    what = f"{algorithm} signature" if algorithm else "signature"
    return f"none of the signers {_list_names(signers)} made this {what} for this file{troubles}"


def _read_blocks(pem: bytes) -> list[tuple[bytes, bytes]]:
    """(label, base64) of each block of a PEM file."""
    blocks = []
    label = None
    for line in map(bytes.strip, pem.splitlines()):
        if line.startswith(b"-----BEGIN ") and line.endswith(b"-----"):
            label, text = line[11:-5], b""
        elif label is not None and line == b"-----END " + label + b"-----":
            blocks.append((label, text))
            label = None
        elif label is not None:
            text += line
    return blocks


def _decode_base64(text: bytes) -> bytes | None:
    """The bytes; None for what is not canonical base64."""
    text = b"".join(text.split())
    try:
        data = a2b_base64(text)
    except (Error, ValueError):
        return None
    return data if b2a_base64(data, newline=False) == text else None


def _list_names(signers: Sequence[str]) -> str:
    return ", ".join(map(os.path.basename, signers))
