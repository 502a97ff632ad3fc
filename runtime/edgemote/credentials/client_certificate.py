"""A device's certificate in place of keys: AWS IoT Core knows who shows it, and wants no signature.

Here is only what the caller says; the room `http` has the connections, in `mutual_tls`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgemote.errors import ConfigError, CredentialsError

if TYPE_CHECKING:
    from aws.sigv4 import Credentials

# The ALPN protocol that selects certificate authentication on a port with several services. Other
# ports, such as 8443, offer nothing but HTTPS with a client certificate.
_PROTOCOLS = {443: "x-amzn-http-ca"}


class ClientCertificate:
    """The certificate with which a device calls AWS IoT's data and jobs planes, without signatures.

    certificate = edgemote.ClientCertificate("/etc/edgemote/device.pem", "/etc/edgemote/device.key")
    edgemote.connect(
        IoTDataPlane,
        endpoint_url="https://PREFIX-ats.iot.us-west-2.amazonaws.com",
        credentials=certificate,
    )

    The files may be replaced while the program runs: the next connection shows what is there then.
    One may serve several clients.

    Args:
        cert_file: PEM file with the device's certificate
        key_file: its private key, where it is not in cert_file; it must not have a password

    Raises ConfigError that names the argument.
    """

    __slots__ = ("cert_file", "key_file")

    signs = False
    """`edgemote.connect` asks whether requests are signed; keys and providers need not say so"""
    protocols = _PROTOCOLS
    """port -> what is offered there in ALPN"""

    def __init__(self, cert_file: str, key_file: str | None = None) -> None:
        for argument, value in (("cert_file", cert_file), ("key_file", key_file)):
            if (argument, value) == ("key_file", None):
                continue
            if not isinstance(value, str) or not value:
                raise ConfigError(
                    f"argument {argument}: expected the path of a PEM file, got "
                    f"{'an empty string' if value == '' else type(value).__name__}"
                )
        self.cert_file = cert_file
        self.key_file = key_file

    def __repr__(self) -> str:
        key = "" if self.key_file is None else f", {self.key_file!r}"
        return f"ClientCertificate({self.cert_file!r}{key})"

    def get(self, now_s: float, /) -> Credentials:
        """Raises CredentialsError, because a certificate cannot sign: it is passed to `connect`."""
        raise CredentialsError(
            "a client certificate cannot sign requests; edgemote.IotRoleAlias gets temporary "
            "keys for it"
        )
