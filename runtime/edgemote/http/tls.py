"""TLS contexts: verification is always on, for the chain and for the host name, and TLS 1.2 is the
least.
"""

from __future__ import annotations

import os

from edgemote.errors import ConfigError
from edgemote.http.sockets import Context, offer, ssl

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

# `ssl` has an enumeration for it.
_TLS_1_2 = 0x0303

# OpenSSL's SSL_OP_TLSEXT_PADDING, which Python sets and has no name for: 203 bytes of zeros in each
# ClientHello, for load balancers of 2014 that hung up on one of 256 to 511 bytes.
_PADDING = 0x10


def client_context(
    ca_file: str | None = None,
    *,
    cert_file: str | None = None,
    key_file: str | None = None,
    authorities: bytes = b"",
    protocol: str | None = None,
) -> Context:
    """Return a context that trusts the certificates in ca_file, or the system's if it is None; or
    those in authorities alone, DER one after the other.

    A file with the few certificates that are needed is worth having: on a Cortex-A7 a whole CA
    bundle takes about 250 million instructions to load, one certificate 18 million with the context
    around it. cert_file and key_file (PEM; the key may be in cert_file) are shown to servers that
    ask, as AWS IoT's credential provider does. protocol is what ALPN offers, if it is used at all.
    Raises ConfigError that names the file.
    """
    context = Context(ssl.PROTOCOL_TLS_CLIENT)
    # A stricter openssl.cnf stays in force.
    if context.minimum_version < _TLS_1_2:
        context.minimum_version = _TLS_1_2  # type: ignore[assignment]
    # Debian 12's Python sets it: a body that ends with the connection could then be cut unnoticed.
    context.options &= ~getattr(ssl, "OP_IGNORE_UNEXPECTED_EOF", 0)
    context.options &= ~_PADDING
    # For contexts that judge by another time: see dates.
    context.files = ca_file, cert_file, key_file, protocol
    # Before they are read: what is written meanwhile differs from it.
    own = cert_file is not None and ca_file is not None
    context.stamp = stamp_files((ca_file, cert_file, key_file)) if own else None
    introduce(context, cert_file, key_file, protocol)
    if authorities:
        context.load_verify_locations(cadata=authorities)
    elif ca_file is None:
        context.set_default_verify_paths()
    else:
        _load_authorities(context, ca_file)
    return context


def introduce(
    context: ssl.SSLContext, cert_file: str | None, key_file: str | None, protocol: str | None
) -> None:
    """Have a context say who connects, and what for. Raises ConfigError."""
    if protocol is not None:
        offer(context, protocol)
    if cert_file is not None:
        context.post_handshake_auth = True  # TLS 1.3 servers may ask for it after the request
        _load_identity(context, cert_file, key_file)
    elif key_file is not None:
        raise ConfigError(f"private key {key_file} is set, but no certificate")


def stamp_files(files: Iterable[str | None]) -> list[object]:
    """What tells, compared with a later one, whether one of these files was replaced or changed."""
    return [_stamp(file) for file in files if file is not None]


def _stamp(file: str) -> object:
    try:
        found = os.stat(file)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino, found.st_dev


def _load_authorities(context: ssl.SSLContext, ca_file: str) -> None:
    try:
        context.load_verify_locations(ca_file)
    except ssl.SSLError as error:
        raise ConfigError(
            f"CA file {ca_file} holds no usable PEM certificate ({_reason(error)})"
        ) from None
    except OSError as error:
        raise ConfigError(f"cannot read CA file {ca_file}: {error.strerror}") from None
    if not context.cert_store_stats()["x509"]:
        raise ConfigError(f"CA file {ca_file} holds no certificate")


def _load_identity(context: ssl.SSLContext, cert_file: str, key_file: str | None) -> None:
    def refuse_password() -> str:
        # Without this OpenSSL would ask on the terminal, which a device does not have.
        raise ConfigError(
            f"private key {key_file or cert_file} is encrypted: use one without a password"
        )

    try:
        context.load_cert_chain(cert_file, key_file, refuse_password)
    except ssl.SSLError as error:
        raise ConfigError(
            f"certificate {cert_file} and private key {key_file or cert_file}"
            f" cannot be used ({_reason(error)})"
        ) from None
    except OSError as error:
        # OpenSSL does not say which of the two it was.
        files = cert_file if key_file is None else f"{cert_file} or {key_file}"
        raise ConfigError(f"cannot read {files}: {error.strerror}") from None


def _reason(error: ssl.SSLError) -> str:
    return (error.reason or "not PEM").replace("_", " ").lower()
