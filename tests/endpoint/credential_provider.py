"""AWS IoT's credential provider on this machine: keys for who shows a device's certificate.

with Endpoint() as endpoint, CredentialProvider(
    issue=lambda end_s: endpoint.add_key(temporary=True, expires_at_s=end_s)
) as provider:
    keys = IotRoleAlias(provider.endpoint, provider.role_alias, provider.cert_file,
                        provider.key_file, ca_file=provider.ca_file)
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

from endpoint.answers import Answer, error_answer, json_answer
from endpoint.certificates import AUTHORITY_FILE, load_authority, server_context, write_private
from endpoint.credential_server import CredentialServer
from endpoint.signatures import Key, Request

DEVICE_FILE, DEVICE_KEY_FILE = "device.pem", "device-key.pem"
THING_HEADER = "x-amzn-iot-thingname"


class CredentialProvider(CredentialServer):
    """A mutual-TLS server with a throw-away authority, which issues its own certificate and the
    devices'.

    thing_name: refuse who names another thing, or none. directory: where ca.pem, device.pem and
    device-key.pem are kept; None is a folder that goes at the end. ca_directory: an authority that
    is shared with others.
    """

    def __init__(
        self,
        *,
        role_alias: str = "edge",
        thing_name: str | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        host_names: Iterable[str] = ("localhost", "127.0.0.1"),
        directory: str | os.PathLike[str] | None = None,
        ca_directory: str | os.PathLike[str] | None = None,
        not_before: datetime | None = None,
        not_after: datetime | None = None,
        issue: Callable[[float], Key] | None = None,
        lifetime_s: float = 3600.0,
        clock_offset_s: float = 0.0,
    ) -> None:
        self.role_alias = role_alias
        self.thing_name = thing_name
        with contextlib.ExitStack() as stack:
            if directory is None:
                directory = stack.enter_context(tempfile.TemporaryDirectory(prefix="provider-"))
            self.directory = Path(directory).resolve()
            self.directory.mkdir(parents=True, exist_ok=True)
            authority = load_authority(Path(ca_directory or self.directory))
            (self.directory / AUTHORITY_FILE).write_bytes(authority.cert_pem.bytes())
            device = authority.issue_cert("cam-7.example")
            certificate = b"".join(pem.bytes() for pem in device.cert_chain_pems)
            write_private(self.directory / DEVICE_FILE, certificate)
            write_private(self.directory / DEVICE_KEY_FILE, device.private_key_pem.bytes())
            self.ca_file = str(self.directory / AUTHORITY_FILE)
            self.cert_file = str(self.directory / DEVICE_FILE)
            self.key_file = str(self.directory / DEVICE_KEY_FILE)
            tls = server_context(
                authority,
                tuple(host_names),
                not_before=not_before,
                not_after=not_after,
                devices=authority,
            )
            super().__init__(
                host=host,
                port=port,
                tls=tls,
                issue=issue,
                lifetime_s=lifetime_s,
                clock_offset_s=clock_offset_s,
            )
            self._kept = stack.pop_all()

    def close(self) -> None:
        super().close()
        self._kept.close()

    @property
    def endpoint(self) -> str:
        """Host and port, as a device's config has it."""
        return f"localhost:{self.port}"

    @property
    def path(self) -> str:
        return f"/role-aliases/{self.role_alias}/credentials"

    def respond(self, request: Request) -> Answer:
        host = (request.header("host") or "").rpartition(":")[0]
        if host not in self.servers[-1:]:
            return error_answer("AccessDeniedException", "The TLS name is another.", status=403)
        if request.path == "/" and request.method == "HEAD":
            return Answer(404)
        if request.method != "GET" or request.path != self.path:
            return error_answer(
                "ResourceNotFoundException", "Role alias does not exist", status=404
            )
        if self.thing_name not in (None, request.header(THING_HEADER)):
            return error_answer("AccessDeniedException", "Access Denied", status=403)
        key = self.issue()
        return json_answer(
            {
                "credentials": {
                    "accessKeyId": key["AccessKeyId"],
                    "secretAccessKey": key["SecretAccessKey"],
                    "sessionToken": key["Token"],
                    "expiration": key["Expiration"],
                }
            }
        )
