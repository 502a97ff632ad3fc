"""OpenSSL's libcrypto through ctypes: public keys, and verification of signatures.

It is the library that Python's own extension is linked with (OpenSSL 1.1.1 to 3.x) and that TLS
has loaded already. Every object is freed, and the thread's error queue, which `_ssl` shares, is
left empty.
"""

from __future__ import annotations

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

if TYPE_CHECKING:
    from typing import Any

    Way = tuple[tuple[bytes, bytes], ...]

EXPECTED = "RSA of 2,048 to 8,192 bits, ECDSA on P-256 or P-384, or Ed25519"
_RSA_BITS = range(2_048, 8_193)

_PLACE = POINTER(c_void_p)
_DATA = (c_char_p, c_size_t)
# Name, followed by that of OpenSSL 1.1.1 if it differs -> result, arguments.
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
# AlgorithmIdentifier in a key's DER -> its name, and the options of each way to verify with it; no
# way if it signs the message itself. Curves with explicit parameters are not supported.
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
ALGORITHMS = ("RSA", "ECDSA", "Ed25519")

_loaded: Any = None


def is_signed(key: bytes, digest: bytes, signature: bytes) -> bool:
    """Whether this is the key's signature over this SHA-256. key: as normalize returns it."""
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


def normalize(decode: str, der: bytes) -> bytes | None:
    """The public key in the DER of a key or certificate, as OpenSSL encodes it; None if it is
    neither.

    decode: d2i_PUBKEY or d2i_X509. Raises ValueError for a kind that is not supported.
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


def find_algorithm(key: bytes) -> str:
    """One of ALGORITHMS; ValueError for anything else."""
    return _find_kind(key)[0]


def _find_kind(key: bytes) -> tuple[str, tuple[Way, ...]]:
    start = 2 + (key[1] & 0x7F if key[1] & 0x80 else 0)  # after the header of the outer SEQUENCE
    for mark, kind in _KINDS.items():
        if key.startswith(bytes.fromhex(mark), start):
            return kind
    raise ValueError(f"the key in it is not {EXPECTED}")


def _load() -> Any:
    global _loaded
    if _loaded is None:
        try:
            import _hashlib

            # A lookup in an extension also finds the symbols of what it is linked with. One that is
            # built into Python has no file; None stands for the program itself.
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
