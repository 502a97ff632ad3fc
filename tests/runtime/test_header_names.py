"""Maps of headers over a real connection: names keep the case in which the peer sent them."""

from __future__ import annotations

from contextlib import closing

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

import edgemote
from edgemote import ServiceError
from made_service import made_oracle, make_service
from oracle import KEYS, REGION
from runtime.http_peer import Peer

SHAPES = {
    "Text": {"type": "string"},
    "Texts": {"type": "map", "key": {"shape": "Text"}, "value": {"shape": "Text"}},
    "Stream": {"type": "blob", "streaming": True},
    "Some": {"type": "map", "key": {"shape": "Text"}, "value": {"shape": "Text"}},
    "Out": {
        "type": "structure",
        "members": {
            "All": {"shape": "Texts", "location": "headers"},
            "Meta": {"shape": "Texts", "location": "headers", "locationName": "X-Amz-Meta-"},
            "Body": {"shape": "Text"},
        },
    },
    "StreamOut": {
        "type": "structure",
        "payload": "Body",
        "members": {
            "Meta": {"shape": "Texts", "location": "headers", "locationName": "x-amz-meta-"},
            "Body": {"shape": "Stream"},
        },
    },
    "In": {
        "type": "structure",
        "members": {"Map": {"shape": "Texts", "location": "headers"}},
    },
    "Refused": {
        "type": "structure",
        "exception": True,
        "members": {
            "message": {"shape": "Text", "location": "header", "locationName": "X-Words"},
            "Meta": {"shape": "Texts", "location": "headers", "locationName": "x-amz-meta-"},
            "Tag": {"shape": "Text", "location": "header", "locationName": "x-Tag"},
        },
    },
}
REFUSED = [{"shape": "Refused"}]
OPERATIONS = {
    "Ask": {"input": {"shape": "In"}, "output": {"shape": "Out"}, "errors": REFUSED},
    "AskStream": {"output": {"shape": "StreamOut"}, "errors": REFUSED},
    "AskHead": {
        "http": {"method": "HEAD", "requestUri": "/"},
        "output": {"shape": "Out"},
        "errors": REFUSED,
    },
    "Tell": {"input": {"shape": "In"}, "errors": REFUSED},
}
MORE = (
    b"Content-Type: application/json\r\nX-Amz-Meta-Foo: 1\r\nx-amz-meta-bar: 2\r\n"
    b'x-AMZ-meta-BAZ: 3\r\nx-amz-meta-baz: 4\r\nETag: "e"\r\n'
)
ERROR = MORE + b"x-amzn-errortype: Refused\r\nX-Words: not now\r\nX-TAG: t\r\n"


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """Our client's class, and the folder with botocore's model."""
    folder = tmp_path_factory.mktemp("heads")
    return make_service(folder, "heads", SHAPES, OPERATIONS).client_class, folder


def answer(status, heads, body):
    """A peer that says the same to every request."""

    def script(wire):
        head, _ = wire.read_request()
        more = heads + b"Connection: close\r\n"
        wire.answer(b"" if head.startswith(b"HEAD") else body, status, more)
        wire.finish()

    return Peer(script)


def call_ours(client_class, peer, method, params):
    credentials = edgemote.Credentials(*KEYS.values())
    with closing(
        edgemote.connect(
            client_class, region=REGION, endpoint_url=peer.origin, credentials=credentials
        )
    ) as client:
        for _ in range(3):  # the second time all spellings are known
            result = getattr(client, method)(**params)
            if method == "ask_stream":
                result.Body.read()
    return result


def call_botocore(folder, peer, method, params):
    config = Config(retries={"total_max_attempts": 1})
    with made_oracle(folder, "heads", config=config, endpoint_url=peer.origin) as oracle:
        oracle.client.meta.events.unregister("before-send", oracle._answer_request)
        with closing(oracle.client):
            result = getattr(oracle.client, method)(**params)
            if method == "ask_stream":
                result["Body"].read()
            return result


@pytest.mark.parametrize("method", ["ask", "ask_head", "ask_stream"])
def test_names_of_a_map_are_as_the_peer_spelt_them(both, method):
    client_class, folder = both
    with answer(b"200 OK", MORE, b'{"Body": "b"}') as peer:
        ours = call_ours(client_class, peer, method, {})
        theirs = call_botocore(folder, peer, method, {})
        assert ours.Meta == theirs["Meta"]
        assert {"Foo": "1", "bar": "2", "BAZ": "3, 4"}.items() <= ours.Meta.items()
        if method != "ask_stream":
            assert ours.All == theirs["All"]
            assert ours.All["ETag"] == '"e"'


@pytest.mark.parametrize("method", ["ask", "ask_head", "ask_stream", "tell"])
def test_errors_have_members_from_the_head(both, method):
    client_class, folder = both
    with answer(b"400 Bad Request", ERROR, b'{"message": "in the body"}') as peer:
        with pytest.raises(ServiceError) as caught:
            call_ours(client_class, peer, method, {})
        with pytest.raises(ClientError) as theirs:
            call_botocore(folder, peer, method, {})
    ours, parsed = caught.value, theirs.value.response
    assert type(ours).__name__ == type(theirs.value).__name__ == "Refused"
    assert (ours.message, ours.Tag, ours.Meta) == (
        parsed["message"],
        parsed["Tag"],
        parsed["Meta"],
    )
    assert (ours.message, ours.Meta["Foo"]) == ("not now", "1")
