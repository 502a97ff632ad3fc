"""A server that knows its clients by their certificates, and the devices that have them."""

import contextlib
import email.utils
import socket
import ssl
import threading
import time

import trustme
from cryptography import x509

from .http_peer import Wire

VERSIONS = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}
BOTH = sorted(VERSIONS)
HOST = "a3k7odshaiipe8-ats.iot.us-west-2.amazonaws.com"


class Seen:
    """A request, and what its connection said before it."""

    def __init__(self, number, alpn, server_name, serial, head, body):
        self.connection = number  # from 1 on
        self.alpn = alpn
        self.server_name = server_name
        self.serial = serial  # of the client's certificate, None without
        self.line, *lines = head.decode().splitlines()
        self.headers = dict(line.split(": ", 1) for line in lines if line)
        self.body = body


def answer(offset_s=0.0, *, status="200 OK", body=b"{}", date=None, more=""):
    """A response whose Date is so far ahead; date: in place of it, "" for none."""
    if date is None:
        date = email.utils.formatdate(time.time() + offset_s, usegmt=True)
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{more}"
    return (head + (f"Date: {date}\r\n" if date else "") + "\r\n").encode() + body


class MutualTlsPeer:
    """`with` serves. respond: makes the bytes of a response from a Seen. validity: from when to
    when the server's own certificate is good, datetimes; it can be changed. demands: whether who
    shows no certificate is refused.
    """

    def __init__(self, version="1.3", respond=lambda seen: answer(), demands=True):
        self.authority = trustme.CA(organization_name="servers")
        self.devices = trustme.CA(organization_name="devices")
        self.respond = respond
        self.validity = {}
        self.hangs_up = lambda number: False  # on the connection of this number, before TLS
        self.seen = []
        self.refused = []  # what handshakes ended with; a client that goes away is one
        self.accepted = 0
        self._version = VERSIONS[version]
        self._verify = ssl.CERT_REQUIRED if demands else ssl.CERT_OPTIONAL
        self._names = {}
        self._threads = []

    def __enter__(self):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.url = f"https://localhost:{self.port}"
        self._start(self._accept)
        return self

    def __exit__(self, *_):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(60)
            assert not thread.is_alive()

    def _start(self, work, *arguments):
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                sock, _ = self._listener.accept()
                self.accepted += 1
                self._start(self._serve, sock, self.accepted)

    def context(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = context.maximum_version = self._version
        self.authority.issue_cert("localhost", HOST, **self.validity).configure_cert(context)
        self.devices.configure_trust(context)
        context.verify_mode = self._verify
        context.set_alpn_protocols(["http/1.1", "x-amzn-http-ca"])
        context.sni_callback = lambda sock, name, _: self._names.__setitem__(id(sock), name)
        return context

    def _serve(self, raw, number):
        raw.settimeout(60)
        if self.hangs_up(number):
            raw.close()
            return
        sock = self.context().wrap_socket(raw, server_side=True, do_handshake_on_connect=False)
        try:
            sock.do_handshake()
        except OSError as error:
            self.refused.append(error)
            # Whoever is refused may be writing: reset, he would not read why.
            with contextlib.suppress(OSError):
                socket.socket.shutdown(sock, socket.SHUT_WR)
                while socket.socket.recv(sock, 65_536):
                    pass
            sock.close()
            return
        shown = sock.getpeercert(True)
        serial = x509.load_der_x509_certificate(shown).serial_number if shown else None
        wire = Wire(sock)
        with contextlib.suppress(OSError), sock:
            while True:
                head, body = wire.read_request()
                if not head:
                    return
                name = self._names.get(id(sock))
                seen = Seen(number, sock.selected_alpn_protocol(), name, serial, head, body)
                self.seen.append(seen)
                wire.send(self.respond(seen))


class Device:
    """A device's certificate and key in two files."""

    def __init__(self, folder, authority):
        self.folder = folder
        self.authority = authority
        self.cert_file = folder / "device.pem"
        self.key_file = folder / "device.key"
        self.files = str(self.cert_file), str(self.key_file)

    def issue(self, **validity):
        """A new certificate and its key, in PEM, and its serial number."""
        made = self.authority.issue_cert("cam-7.example", **validity)
        pem = made.cert_chain_pems[0].bytes()
        return (
            pem,
            made.private_key_pem.bytes(),
            x509.load_pem_x509_certificate(pem).serial_number,
        )

    def renew(self, **validity):
        """Replace both files; the serial number of the new certificate."""
        pem, key, serial = self.issue(**validity)
        replace(self.cert_file, pem)
        replace(self.key_file, key)
        return serial


def replace(file, content):
    """As who renews certificates does it: by a rename."""
    new = file.with_suffix(".new")
    new.write_bytes(content)
    new.replace(file)
