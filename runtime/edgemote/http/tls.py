"""TLS contexts. The certificate chain and the host name are always verified, and TLS 1.2 is the
oldest version allowed.
"""

from __future__ import annotations

import os

from edgemote.errors import ConfigError
from edgemote.http.sockets import Context, ignore_common_names, offer, ssl

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

# Its member of ssl.TLSVersion would need the enumeration.
_TLS_1_2 = 0x0303

# OpenSSL's SSL_OP_TLSEXT_PADDING, which Python sets but has no name for. It adds 203 zero bytes to
# each ClientHello, because load balancers of 2014 hung up on a ClientHello of 256 to 511 bytes.
_PADDING = 0x10


def client_context(
    ca_file: str | None = None,
    *,
    cert_file: str | None = None,
    key_file: str | None = None,
    authorities: bytes = b"",
    protocol: str | None = None,
) -> Context:
    """Return a context that trusts the certificates in ca_file, or the system's if it is None.

    A file with only the necessary certificates saves time: on a Cortex-A7, a complete CA bundle
    takes about 250 million instructions to load, and one certificate 18 million, including the
    context.

    Args:
        ca_file: PEM
        cert_file, key_file: PEM; the certificate for servers that request one, as AWS IoT's
            credential provider does. The key may be in cert_file
        authorities: certificates in DER, one after the other, to trust instead of all others
        protocol: the protocol to offer in ALPN, if any

    Raises ConfigError that names the file.
    """
    context = Context(ssl.PROTOCOL_TLS_CLIENT)
    # A stricter setting in openssl.cnf stays in force.
    if context.minimum_version < _TLS_1_2:
        context.minimum_version = _TLS_1_2  # type: ignore[assignment]
    # Debian 12's Python sets this option, with which the truncation of a body that ends with the
    # connection would go unnoticed.
    context.options &= ~getattr(ssl, "OP_IGNORE_UNEXPECTED_EOF", 0)
    context.options &= ~_PADDING
    ignore_common_names(context)
    # For contexts that check certificates at another time; see `dates`.
    context.files = ca_file, cert_file, key_file, protocol
    # Before they are read, so that a change meanwhile is noticed.
    context.stamp = stamp_files(context.files[:3])
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
    """Set a context's client certificate and ALPN protocol. Raises ConfigError."""
    if protocol is not None:
        offer(context, protocol)
    if cert_file is not None:
        context.post_handshake_auth = True  # TLS 1.3 servers may request it after the handshake
        _load_identity(context, cert_file, key_file)
    elif key_file is not None:
        raise ConfigError(f"private key {key_file} is set, but no certificate")


def stamp_files(files: Iterable[str | None]) -> list[object]:
    """What tells, compared with a later one, whether one of these files was replaced or changed."""
    return [_stamp(file) for file in files if file is not None]


def _stamp(file: str) -> object:
    try:
        found = os.stat(file)
    except (OSError, ValueError):  # a name may have characters that no file system allows
        return None
    # Whoever sets the time of modification back cannot do so with that of change.
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino, found.st_dev


def _load_authorities(context: ssl.SSLContext, ca_file: str) -> None:
    try:
        context.load_verify_locations(ca_file)
    except ssl.SSLError as error:
        raise ConfigError(
            f"CA file {ca_file} holds no usable PEM certificate ({_reason(error)})"
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", error)
        raise ConfigError(f"cannot read CA file {ca_file}: {reason}") from None
    if not context.cert_store_stats()["x509"]:
        raise ConfigError(f"CA file {ca_file} holds no certificate")


def _load_identity(context: ssl.SSLContext, cert_file: str, key_file: str | None) -> None:
    def refuse_password() -> str:
        # Without this, OpenSSL would prompt on the terminal, which a device does not have.
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
    except (OSError, ValueError) as error:
        # OpenSSL does not say which of the two files it was.
        files = cert_file if key_file is None else f"{cert_file} or {key_file}"
        reason = getattr(error, "strerror", error)
        raise ConfigError(f"cannot read {files}: {reason}") from None


def _reason(error: ssl.SSLError) -> str:
    return (error.reason or "not PEM").replace("_", " ").lower()
