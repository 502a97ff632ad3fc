"""Which proxy the environment means, as urllib and botocore see it; and real proxies here."""

from __future__ import annotations

import contextlib
import os
import socket
import ssl
import threading
import time
from unittest import mock
from urllib.request import getproxies_environment, proxy_bypass_environment

import pytest
import trustme
from botocore.httpsession import ProxyConfiguration
from botocore.utils import get_environ_proxies
from hypothesis import example, given, settings
from hypothesis import strategies as st

from edgemote.errors import ConfigError, ConnectError
from edgemote.http.http1 import request_head
from edgemote.http.proxy import Proxy, find_proxy, parse_proxy
from edgemote.http.tls import client_context
from edgemote.http.transport import Transport

from .http_peer import Peer, Wire, refusing_port

SECRET = "s3cr%65t"  # the proxy is to see "s3cret"

labels = st.sampled_from(["a", "b", "aws", "example", "com", "A", "xa", "127", "1", "0"])
hosts = st.builds(".".join, st.lists(labels, min_size=1, max_size=4)) | st.sampled_from(
    ["::1", "fd00:ec2::23", "127.0.0.1", "localhost"]
)
ports = st.sampled_from([None, 80, 443, 8080])
entries = st.builds(
    lambda left, dots, name, port, right: f"{left}{dots}{name}{port}{right}",
    st.sampled_from(["", " ", "\t"]),
    st.sampled_from(["", "", ".", "..", "*", "*."]),
    hosts | st.sampled_from(["", "[::1]", "com", ".", "*"]),
    st.sampled_from(["", "", ":443", ":8080", ":", ":x"]),
    st.sampled_from(["", " "]),
)
no_proxies = st.builds(",".join, st.lists(entries, max_size=4)) | st.sampled_from(["*", " *", ""])
urls = st.sampled_from(["", "http://p1:1", "p2:2", "//p3:3", "http://u:p@p4:4/", "p5", "p6:6"])
NAMES = ["https_proxy", "HTTPS_PROXY", "Https_Proxy", "http_proxy", "HTTP_PROXY", "http_PROXY"]
names = st.sampled_from([*NAMES, "ALL_PROXY", "all_proxy"])
environs = st.builds(
    lambda proxies, none, cgi: {**proxies, **none, **cgi},
    st.dictionaries(names, urls, max_size=5),
    st.dictionaries(st.sampled_from(["no_proxy", "NO_PROXY", "No_Proxy"]), no_proxies, max_size=2),
    st.sampled_from([{}, {}, {"REQUEST_METHOD": "GET"}]),
)


# For every environment and endpoint we go through the same proxy as urllib and botocore, or none.
@settings(max_examples=400, deadline=None)
@given(environs, st.sampled_from(["http", "https"]), hosts, ports)
@example({"https_proxy": "p1:1", "no_proxy": "..."}, "https", "a.", None)
@example({"https_proxy": "", "HTTPS_PROXY": "p1:1"}, "https", "a", None)
@example({"HTTP_PROXY": "p1:1", "REQUEST_METHOD": "GET"}, "http", "a", None)
@example({"HTTPS_PROXY": "p1:1", "NO_PROXY": "a:8080"}, "https", "a", 8080)
def test_same_proxy_as_urllib_and_botocore(environ, scheme, host, port):
    ours = find_proxy(scheme, host, port, environ)
    place = (f"[{host}]" if ":" in host else host) + ("" if port is None else f":{port}")
    with mock.patch.dict(os.environ, environ, clear=True):
        bypassed = proxy_bypass_environment(place)
        url = getproxies_environment().get(scheme)
        theirs = get_environ_proxies(f"{scheme}://{place}/")
    assert (ours is None) == (bypassed or not url)
    botocore_url = ProxyConfiguration(theirs).proxy_url_for(f"{scheme}://{place}/")
    if ours is None:
        assert not botocore_url
    else:
        shown = f"{ours.host}:{ours.port}"
        assert botocore_url.rpartition("/" * 2)[2].rpartition("@")[2].rstrip("/") in (
            shown,
            shown.removesuffix(":80"),
        )


@pytest.mark.parametrize(
    ("url", "host", "port", "authorization"),
    [
        ("http://proxy.lan:3128", "proxy.lan", 3128, None),
        ("proxy.lan", "proxy.lan", 80, None),
        ("HTTP://[fd00::1]:8080/", "fd00::1", 8080, None),
        ("http://user:pa%40ss@proxy.lan:3128/", "proxy.lan", 3128, "Basic dXNlcjpwYUBzcw=="),
        ("user:@proxy.lan", "proxy.lan", 80, "Basic dXNlcjo="),
    ],
)
def test_parse_proxy(url, host, port, authorization):
    proxy = parse_proxy(url, "HTTPS_PROXY")
    assert (proxy.host, proxy.port, proxy.authorization) == (host, port, authorization)


# botocore writes the same header.
def test_authorization_as_botocore():
    url = "http://us%20er:pa%3Ass@proxy.lan:3128"
    theirs = ProxyConfiguration().proxy_headers_for(url)
    assert parse_proxy(url, "x").authorization == theirs["Proxy-Authorization"]


@pytest.mark.parametrize(
    ("url", "words"),
    [
        (
            f"https://user:{SECRET}@proxy.lan:3128",
            "only plain HTTP to the proxy is supported, not 'https'",
        ),
        (
            f"socks5h://user:{SECRET}@proxy.lan:3128",
            "only plain HTTP to the proxy is supported, not 'socks5h'",
        ),
        (f"http://user:{SECRET}@proxy.lan:port", "port"),
        (f"http://user:{SECRET}@", "host"),
        (f"http://user:{SECRET}@a b", "host"),
        (f"user:{SECRET}@a\r\nb", "host"),
    ],
)
def test_unusable_proxy_is_named_by_its_variable(url, words):
    with pytest.raises(ConfigError, match=words) as caught:
        find_proxy("https", "a.example", None, {"HTTPS_PROXY": url})
    assert str(caught.value).startswith("HTTPS_PROXY: ")
    assert SECRET not in str(caught.value)


def test_repr_hides_the_password():
    proxy = parse_proxy(f"http://user:{SECRET}@proxy.lan", "x")
    assert repr(proxy) == "Proxy('proxy.lan', 80)"


# Real proxies


def tunnel(wire: Wire, seen: list[bytes]) -> None:
    """A proxy: asks for a password, connects, carries bytes both ways."""
    head = wire.read_head()
    seen.append(head)
    if b"Proxy-Authorization: Basic dXNlcjpzM2NyZXQ=\r\n" not in head:
        wire.answer(b"who are you?", b"407 Proxy Authentication Required")
        return
    place = head.split()[1].decode()
    host, _, port = place.rpartition(":")
    with socket.create_connection((host.strip("[]"), int(port)), 60) as onward:
        wire.send(b"HTTP/1.0 200 Connection established\r\nVia: test\r\n\r\n")
        back = threading.Thread(target=carry, args=(onward, wire.sock))
        back.start()
        carry(wire.sock, onward)
        back.join(60)


def carry(source: socket.socket, sink: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def echo(wire: Wire) -> None:
    while True:
        request, body = wire.read_request()
        if not request:
            return
        wire.answer(body, more=b"X-Target: %b\r\n" % request.split()[1])


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def ca_file(authority, tmp_path_factory) -> str:
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


@pytest.fixture(scope="module")
def server(authority) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


def head(length: int = 0) -> bytes:
    return request_head("POST", "/x?y", {"Host": "h", "Content-Length": str(length)})


def through(peer: Peer, origin: str, ca_file: str, **options: float) -> Transport:
    proxy = find_proxy("https", "h", None, {"https_proxy": f"user:{SECRET}@127.0.0.1:{peer.port}"})
    return Transport(origin, tls=lambda: client_context(ca_file), proxy=proxy, **options)


def test_https_through_a_tunnel(server, ca_file):
    seen = []
    with Peer(echo, server) as service, Peer(lambda wire: tunnel(wire, seen)) as proxy:
        transport = through(proxy, service.origin, ca_file)
        for body in (b"a", b"b" * 100_000, b"c"):
            assert transport.exchange(head(len(body)), body).body == body
        transport.close()
        assert (service.accepted, proxy.accepted) == (1, 1)
    place = service.origin.removeprefix("https://").encode()
    assert seen == [
        b"CONNECT %b HTTP/1.1\r\nHost: %b\r\nProxy-Authorization: Basic dXNlcjpzM2NyZXQ=\r\n\r\n"
        % (place, place)
    ]


def test_certificate_is_verified_through_a_tunnel(server, tmp_path):
    other = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(str(other))
    with Peer(echo, server) as service, Peer(lambda wire: tunnel(wire, [])) as proxy:
        with pytest.raises(ConnectError, match="certificate is refused") as caught:
            through(proxy, service.origin, str(other)).exchange(head())
        assert isinstance(caught.value.__cause__, ssl.SSLCertVerificationError)


def test_http_through_a_proxy_asks_for_the_whole_url():
    seen = []

    def forward(wire: Wire) -> None:
        while True:
            request, body = wire.read_request()
            if not request:
                return
            seen.append(request)
            wire.answer(body)

    with Peer(forward) as peer:
        for origin, written in (
            ("http://service.lan", b"http://service.lan/x?y"),
            ("http://[fd00::1]:8080", b"http://[fd00::1]:8080/x?y"),
        ):
            transport = through(peer, origin, "")
            for _ in range(2):
                assert transport.exchange(head(2), b"ab").body == b"ab"
            transport.close()
            assert seen[-1] == (
                b"POST %b HTTP/1.1\r\nProxy-Authorization: Basic dXNlcjpzM2NyZXQ=\r\n"
                b"Host: h\r\nContent-Length: 2\r\n\r\n" % written
            )
            transport = Transport(origin, proxy=Proxy("127.0.0.1", peer.port))
            transport.exchange(head())
            transport.close()
            assert seen[-1].splitlines() == [
                b"POST %b HTTP/1.1" % written,
                b"Host: h",
                b"Content-Length: 0",
                b"",
            ]
        assert peer.accepted == 4


@pytest.mark.parametrize(
    "framing", [b"Transfer-Encoding: identity", b"Content-Length: x", b"Transfer-Encoding: chunked"]
)
def test_a_tunnel_has_no_body_whatever_its_headers_say(server, ca_file, framing):
    def talk(wire: Wire) -> None:
        wire.read_head()
        wire.send(b"HTTP/1.1 200 Connection established\r\n%b\r\n\r\n" % framing)
        with server.wrap_socket(wire.sock, server_side=True) as sock:
            echo(Wire(sock))

    with Peer(talk) as peer:
        transport = through(peer, "https://127.0.0.1:1", ca_file)
        assert transport.exchange(head(1), b"a").body == b"a"
        transport.close()


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (
            b"HTTP/1.1 407 No\r\nContent-Length: 5\r\n\r\nwhich",
            "refused the tunnel with status 407",
        ),
        (b"HTTP/1.1 502 Bad Gateway\r\n\r\n", "status 502"),
        (b"HTTP/1.1 302 Elsewhere\r\nLocation: /login\r\n\r\n", "status 302"),
        (b"", "closed by the peer before it responded"),
        (b"HTTP/1.1 200 ", "closed by the peer in the middle"),
        (b"SSH-2.0-x\r\n", "does not speak HTTP"),
        (b"HTTP/1.1 200 OK\r\n\r\n\x16\x03\x01", "more than its response"),
        (b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 10_000, "HEAD_BYTES|lost|reset"),
    ],
)
def test_proxy_that_does_not_open_a_tunnel(ca_file, answer, words):
    def talk(wire: Wire) -> None:
        wire.read_head()
        with contextlib.suppress(OSError):  # we may have hung up by then
            wire.send(answer)
            wire.sock.shutdown(socket.SHUT_WR)
        wire.read(10)

    with Peer(talk) as peer:
        transport = through(peer, "https://service.lan", ca_file)
        with pytest.raises(ConnectError, match=words) as caught:
            transport.exchange(head())
    text = str(caught.value)
    assert text.startswith(f"service.lan:443 through proxy 127.0.0.1:{peer.port}: ")
    assert "s3c" not in text


@pytest.mark.parametrize("drip", [False, True])
def test_slow_proxy_has_the_connect_timeout(ca_file, drip):
    def talk(wire: Wire) -> None:
        wire.read_head()
        try:
            while drip:
                wire.send(b"HTTP/1.1 100 \r\n\r\n"[:8])
                time.sleep(0.05)
                wire.send(b" 100 \r\n\r\n")
                time.sleep(0.25)
        except OSError:
            return
        wire.read(10)

    with Peer(talk) as peer:
        transport = through(peer, "https://service.lan", ca_file, connect_timeout_s=0.4)
        with pytest.raises(ConnectError, match=r"no connection within 0\.4 s"):
            transport.exchange(head())


def test_proxy_that_is_not_there(ca_file):
    with refusing_port() as port:
        for origin in ("https://service.lan", "http://service.lan"):
            transport = Transport(origin, proxy=Proxy("127.0.0.1", port))
            with pytest.raises(ConnectError, match=f"through proxy 127.0.0.1:{port}: .*refused"):
                transport.exchange(head())
