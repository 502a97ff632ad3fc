"""trustme for a guest: cryptography has no build for it, so the host makes the certificates.

The part of trustme that the tests use, with its names. arm.authorities answers on the other side.
"""

from __future__ import annotations

import json
import os
import socket
import ssl
import tempfile
from datetime import datetime
from typing import Any


class Blob:
    def __init__(self, text: str) -> None:
        self._text = text

    def bytes(self) -> bytes:
        return self._text.encode()

    def write_to_path(self, path: str | os.PathLike[str], append: bool = False) -> None:
        with open(path, "ab" if append else "wb") as file:
            file.write(self.bytes())


class LeafCert:
    def __init__(self, private_key: str, chain: list[str]) -> None:
        self.private_key_pem = Blob(private_key)
        self.cert_chain_pems = [Blob(pem) for pem in chain]
        self.private_key_and_cert_chain_pem = Blob("".join([private_key, *chain]))

    def configure_cert(self, context: ssl.SSLContext) -> None:
        with tempfile.NamedTemporaryFile() as file:
            self.private_key_and_cert_chain_pem.write_to_path(file.name)
            context.load_cert_chain(file.name)


class CA:
    def __init__(self, organization_name: str | None = None) -> None:
        made = _ask(organization_name=organization_name)
        self._pems = (made["certificate"], made["key"])

    @classmethod
    def from_pem(cls, cert_bytes: bytes, private_key_bytes: bytes) -> CA:
        authority = cls.__new__(cls)
        authority._pems = (cert_bytes.decode(), private_key_bytes.decode())
        return authority

    @property
    def cert_pem(self) -> Blob:
        return Blob(self._pems[0])

    @property
    def private_key_pem(self) -> Blob:
        return Blob(self._pems[1])

    def issue_cert(
        self,
        *names: str,
        common_name: str | None = None,
        not_before: datetime | None = None,
        not_after: datetime | None = None,
    ) -> LeafCert:
        made = _ask(
            authority=self._pems,
            names=names,
            common_name=common_name,
            not_before=not_before and not_before.isoformat(),
            not_after=not_after and not_after.isoformat(),
        )
        return LeafCert(made["key"], made["chain"])

    def configure_trust(self, context: ssl.SSLContext) -> None:
        context.load_verify_locations(cadata=self._pems[0])


def _ask(**question: Any) -> dict[str, Any]:
    host = ("127.0.0.1", int(os.environ["ARM_AUTHORITIES"]))
    with socket.create_connection(host) as sock, sock.makefile("rw") as stream:
        print(json.dumps(question), file=stream, flush=True)
        answer: dict[str, Any] = json.loads(stream.readline())
    return answer
