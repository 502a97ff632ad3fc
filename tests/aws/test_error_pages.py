"""Error answers of proxies and load balancers, which are in no protocol's format: the same error in
each protocol.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from aws.errors import ServiceError
from edgemote_codegen.protocols import PROTOCOLS
from made_service import made_oracle, make_service

KILOBYTES = b"<html><head><title>502</title></head>" + b"<p>x</p>" * 2000 + b"</html>"
PAGES = {
    # name: (status, body, message)
    "XML too": (502, b"<html><body><b>Code</b></body></html>", "Bad Gateway"),
    "no XML": (502, b"<html><body>Bad<br>Gateway &nbsp;</body></html>", "Bad Gateway"),
    "cut off": (504, b"<html><bo", "Gateway Timeout"),
    "large": (503, KILOBYTES, "Service Unavailable"),
    "after white space": (500, b"\r\n <html></html>", "Internal Server Error"),
    "of capitals": (503, b"<HTML><BODY></BODY></HTML>", "Service Unavailable"),
    "with its type": (503, b"<!DOCTYPE html>\n<html></html>", "Service Unavailable"),
    "of an old type": (503, b'<!DOCTYPE HTML PUBLIC "-//IETF"><html>', "Service Unavailable"),
    "of XHTML": (502, b'<?xml version="1.0"?><html xmlns="urn:h"><p>Code</p></html>', None),
    "refused": (403, b"<html><p>not from here</p></html>", "<html><p>not from here</p></html>"),
    "refused at length": (403, KILOBYTES, KILOBYTES[:200].decode()),
    "text": (502, b"Bad Gateway from the proxy", "Bad Gateway from the proxy"),
    "no text": (502, b"\xff\xfe", "\ufffd\ufffd"),
    "nothing": (502, b"", ""),
}


@pytest.fixture(scope="module", params=PROTOCOLS)
def sides(request: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    folder = tmp_path_factory.mktemp("pages")
    name = f"pages-{request.param}"
    facts = {"protocol": request.param, "jsonVersion": "1.0", "targetPrefix": "Pages"}
    shapes = {"Out": {"type": "structure", "members": {}}}
    operations = {"Ask": {"output": {"shape": "Out"}}}
    ours = make_service(folder, name, shapes, operations, **facts)
    with made_oracle(folder, name) as oracle:
        yield ours, oracle


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_one_error_in_all_protocols(sides, page):
    ours, oracle = sides
    status, body, message = PAGES[page]
    answer = (status, {"content-type": "text/html"}, body)
    _, error = ours.call("ask", {}, answer)
    assert type(error) is ServiceError
    assert (error.code, error.status) == (str(status), status)
    if message is None:
        message = body[:200].decode()
    assert error.message == message
    if status >= 500 and body.strip().startswith(b"<html>"):
        _, expected = oracle.call("ask", {}, answer)
        assert error.message == expected.response["Error"]["Message"]
        assert error.code == expected.response["Error"]["Code"]
