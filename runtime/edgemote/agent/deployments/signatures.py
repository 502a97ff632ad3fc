"""Whether one of the configured signers has signed a model; OpenSSL's libcrypto is what judges.

What is signed is the file's SHA-256. RSA (PKCS#1 v1.5 or PSS) and ECDSA sign that digest, which is
the usual signature of the file; Ed25519 takes whole messages, and its message is the 32 bytes of
the digest, since a model is larger than memory.

A signer is a PEM file with a public key, or with a certificate, of which the key alone counts:
whoever configures it trusts it, and a board that boots in 1970 cannot judge dates.

libcrypto is the one that Python's own extension is linked with, through ctypes: loaded late, where
signers are configured. Every object is freed and the thread's error queue, which `_ssl` shares,
left empty.
"""

from __future__ import annotations

import os
from binascii import Error, a2b_base64, b2a_base64
from ctypes import (
    CDLL,
    POINTER,
    addressof,
    byref,
    c_char_p,
    c_int,
    c_long,
    c_size_t,
    c_void_p,
    create_string_buffer,
)
from typing import TYPE_CHECKING

from edgemote.agent import limits
from edgemote.agent.deployments.states import ModelError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from edgemote.agent.deployments.journal import ModelWork

    Way = tuple[tuple[bytes, bytes], ...]

EXPECTED = "RSA of 2,048 to 8,192 bits, ECDSA on P-256 or P-384, or Ed25519"
_RSA_BITS = range(2_048, 8_193)

_PLACE = POINTER(c_void_p)
_DATA = (c_char_p, c_size_t)
# Name, another one where OpenSSL 1.1.1 has another -> result, arguments.
_FUNCTIONS: dict[str, tuple[Any, ...]] = {
    "ERR_clear_error": (None,),
    "d2i_PUBKEY": (c_void_p, c_void_p, _PLACE, c_long),
    "d2i_X509": (c_void_p, c_void_p, _PLACE, c_long),
    "i2d_PUBKEY": (c_int, c_void_p, _PLACE),
    "X509_get_pubkey": (c_void_p, c_void_p),
    "X509_free": (None, c_void_p),
    "EVP_PKEY_get_bits EVP_PKEY_bits": (c_int, c_void_p),
    "EVP_PKEY_free": (None, c_void_p),
    "EVP_PKEY_CTX_new": (c_void_p, c_void_p, c_void_p),
    "EVP_PKEY_CTX_ctrl_str": (c_int, c_void_p, c_char_p, c_char_p),
    "EVP_PKEY_CTX_free": (None, c_void_p),
    "EVP_PKEY_verify_init": (c_int, c_void_p),
    "EVP_PKEY_verify": (c_int, c_void_p, *_DATA, *_DATA),
    "EVP_MD_CTX_new": (c_void_p,),
    "EVP_MD_CTX_free": (None, c_void_p),
    "EVP_DigestVerifyInit": (c_int, *[c_void_p] * 5),
    "EVP_DigestVerify": (c_int, c_void_p, *_DATA, *_DATA),
}

_SHA256 = (b"digest", b"SHA256")
# AlgorithmIdentifier in a key's DER -> its name, and the options of each way to verify with it;
# none where it takes the message itself. Curves that are spelt out instead of named are not here.
_KINDS: dict[str, tuple[str, tuple[Way, ...]]] = {
    "300d06092a864886f70d0101010500": (
        "RSA",
        (
            ((b"rsa_padding_mode", b"pkcs1"), _SHA256),
            ((b"rsa_padding_mode", b"pss"), (b"rsa_pss_saltlen", b"auto"), _SHA256),
        ),
    ),
    "301306072a8648ce3d020106082a8648ce3d030107": ("ECDSA", ((_SHA256,),)),  # P-256
    "301006072a8648ce3d020106052b81040022": ("ECDSA", ((_SHA256,),)),  # P-384
    "300506032b6570": ("Ed25519", ()),
}
_BLOCKS = {b"PUBLIC KEY": "d2i_PUBKEY", b"CERTIFICATE": "d2i_X509"}

_loaded: Any = None


def read_key(path: str) -> bytes:
    """A signer's public key, as SubjectPublicKeyInfo in DER.

    ValueError for a file without one that can be used, or a Python without OpenSSL's library;
    OSError for one that cannot be read.
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
    key = _normalize(_BLOCKS[label], der)
    # Another spelling of a key is another file than the one that was meant to be installed.
    if key is None or (label == b"PUBLIC KEY" and key != der):
        raise ValueError(f"the {label.decode()} in it is corrupt")
    return key


def read_signature(data: bytes) -> bytes:
    """A signature from a file, which has its bytes or their base64."""
    return _decode_base64(data) or data


def encode_signature(data: bytes) -> str:
    """The base64 of what a file has, for the journal."""
    return b2a_base64(read_signature(data), newline=False).decode()


def read_block(block: Mapping[str, str]) -> tuple[bytes, str | None, str | None]:
    """(signature, algorithm, certificate's name) of a document's block as AWS Signer makes it:
    signature, hashAlgorithm, signatureAlgorithm and certificateName, of which the first is needed.

    ValueError where it cannot count, in words.
    """
    text = block.get("signature", "")
    signature = _decode_base64(text.encode("ascii", "replace"))
    if not signature:
        raise ValueError(f"signature {text!a:.60}: expected base64")
    hash_algorithm = block.get("hashAlgorithm", "SHA256")
    if hash_algorithm != "SHA256":  # two files with the same SHA-1 can be made
        raise ValueError(f"hashAlgorithm {hash_algorithm!a:.40}: only SHA256 is safe enough")
    algorithm = block.get("signatureAlgorithm")
    if algorithm not in (None, *(name for name, _ in _KINDS.values())):
        raise ValueError(f"signatureAlgorithm {algorithm!a:.40}: expected RSA, ECDSA or Ed25519")
    return signature, algorithm, block.get("certificateName")


def require(signers: Sequence[str], model: ModelWork, outcome: str = "unsigned") -> None:
    """ModelError, of this outcome, for a verified model that is not signed by one of these."""
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
    """Why a model with this SHA-256 does not count as signed, in words; None where it does.

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
        except (OSError, ValueError) as error:  # it was good when the configuration was loaded
            troubles += f"; {os.path.basename(path)}: {getattr(error, 'strerror', None) or error}"
            continue
        if algorithm in (None, _find_kind(key)[0]) and is_signed(key, digest, signature):
            return None
    what = f"{algorithm} signature" if algorithm else "signature"
    return f"none of the signers {_list_names(signers)} made this {what} for this file{troubles}"


def is_signed(key: bytes, digest: bytes, signature: bytes) -> bool:
    """Whether it is this key's signature over this SHA-256; key as from read_key."""
    lib = _load()
    ways = _find_kind(key)[1]
    handle = _decode(lib, "d2i_PUBKEY", key)
    try:
        if handle is None:
            return False
        if not ways:
            return _verify_message(lib, handle, digest, signature)
        return any(_verify_digest(lib, handle, way, digest, signature) for way in ways)
    finally:
        lib.EVP_PKEY_free(handle)
        lib.ERR_clear_error()


def _verify_digest(
    lib: Any,
    key: int,
    options: Way,
    digest: bytes,
    signature: bytes,
) -> bool:
    context = lib.EVP_PKEY_CTX_new(key, None)
    try:
        return (
            context is not None
            and lib.EVP_PKEY_verify_init(context) == 1
            and all(lib.EVP_PKEY_CTX_ctrl_str(context, *option) == 1 for option in options)
            and lib.EVP_PKEY_verify(context, signature, len(signature), digest, len(digest)) == 1
        )
    finally:
        lib.EVP_PKEY_CTX_free(context)


def _verify_message(lib: Any, key: int, message: bytes, signature: bytes) -> bool:
    context = lib.EVP_MD_CTX_new()
    try:
        return (
            context is not None
            and lib.EVP_DigestVerifyInit(context, None, None, None, key) == 1
            and lib.EVP_DigestVerify(context, signature, len(signature), message, len(message)) == 1
        )
    finally:
        lib.EVP_MD_CTX_free(context)


def _normalize(decode: str, der: bytes) -> bytes | None:
    """The public key in a key's or certificate's DER, as OpenSSL writes it; None where it is none.

    ValueError for one of a kind that is not supported.
    """
    lib = _load()
    certificate = key = None
    try:
        key = _decode(lib, decode, der)
        if decode == "d2i_X509":
            certificate, key = key, None
            key = lib.X509_get_pubkey(certificate) if certificate else None
        length = lib.i2d_PUBKEY(key, None) if key else 0
        if length <= 0:
            return None
        buffer = create_string_buffer(length)
        lib.i2d_PUBKEY(key, byref(c_void_p(addressof(buffer))))
        bits = lib.EVP_PKEY_get_bits(key)
        if _find_kind(buffer.raw)[0] == "RSA" and bits not in _RSA_BITS:
            raise ValueError(f"the key in it is RSA of {bits} bits, not {EXPECTED}")
        return buffer.raw
    finally:
        lib.EVP_PKEY_free(key)
        lib.X509_free(certificate)
        lib.ERR_clear_error()


def _decode(lib: Any, decode: str, der: bytes) -> int | None:
    buffer = create_string_buffer(der, len(der))
    handle: int | None = getattr(lib, decode)(None, byref(c_void_p(addressof(buffer))), len(der))
    return handle


def _find_kind(key: bytes) -> tuple[str, tuple[Way, ...]]:
    """RSA, ECDSA or Ed25519, and the ways to verify; ValueError for anything else."""
    start = 2 + (key[1] & 0x7F if key[1] & 0x80 else 0)  # behind the head of the outer SEQUENCE
    for mark, kind in _KINDS.items():
        if key.startswith(bytes.fromhex(mark), start):
            return kind
    raise ValueError(f"the key in it is not {EXPECTED}")


def _load() -> Any:
    global _loaded
    if _loaded is None:
        try:
            import _hashlib

            # An extension's own symbols are those of what it is linked with, too. One that is built
            # into Python has no file, and None is the program.
            lib: Any = CDLL(getattr(_hashlib, "__file__", None))
            for names, (result, *arguments) in _FUNCTIONS.items():
                name, _, older = names.partition(" ")
                function = getattr(lib, name, None) if older else getattr(lib, name)
                function = function or getattr(lib, older)
                function.restype, function.argtypes = result, arguments
                setattr(lib, name, function)
        except (ImportError, OSError, AttributeError) as error:
            raise ValueError(
                "signatures cannot be verified: this Python has no OpenSSL, or one without a shared"
                f" libcrypto: {error}"
            ) from error
        _loaded = lib
    return _loaded


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
    """None for what is not base64 to the last bit."""
    text = b"".join(text.split())
    try:
        data = a2b_base64(text)
    except (Error, ValueError):
        return None
    return data if b2a_base64(data, newline=False) == text else None


def _list_names(signers: Sequence[str]) -> str:
    return ", ".join(map(os.path.basename, signers))
