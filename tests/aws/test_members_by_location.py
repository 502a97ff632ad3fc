"""What a member is on the wire follows from where it is: in the head, in the query, in the body."""

from __future__ import annotations

from datetime import datetime, timezone
from urllib.parse import urlsplit

import botocore.auth
import pytest
from botocore.awsrequest import AWSRequest

from aws.errors import ValidationError
from aws.sigv4 import Credentials, Signer
from aws.url_signature import sign_url
from made_service import made_oracle, make_service

TIMES = [datetime(2015, 8, 30, 12, 36, tzinfo=timezone.utc), datetime(2016, 2, 29)]
SHAPES = {
    "When": {"type": "timestamp"},
    "Whens": {"type": "list", "member": {"shape": "When"}},
    "Isos": {"type": "list", "member": {"shape": "When", "timestampFormat": "iso8601"}},
    "Text": {"type": "string"},
    "Count": {"type": "integer"},
    "In": {
        "type": "structure",
        "members": {
            "Head": {"shape": "Whens", "location": "header", "locationName": "x-head"},
            "Query": {"shape": "Whens", "location": "querystring", "locationName": "query"},
            "Body": {"shape": "Whens"},
            "Isos": {"shape": "Isos"},
        },
    },
    "Throttled": {
        "type": "structure",
        "exception": True,
        "error": {"httpStatusCode": 429},
        "members": {
            "retryAfter": {"shape": "Count", "location": "header", "locationName": "Retry-After"},
            "told": {"shape": "When", "location": "header", "locationName": "X-Told"},
            "found": {"shape": "Count", "location": "statusCode"},
            "message": {"shape": "Text"},
            "Reason": {"shape": "Text"},
        },
    },
}
OPERATIONS = {"Ask": {"input": {"shape": "In"}, "errors": [{"shape": "Throttled"}]}}


@pytest.mark.parametrize("protocol", ["rest-json", "rest-xml"])
def test_timestamps_of_a_list_have_the_form_of_their_place(protocol, tmp_path):
    name = f"times-{protocol}"
    ours = make_service(tmp_path, name, SHAPES, OPERATIONS, protocol=protocol)
    params = {"Head": TIMES, "Query": TIMES, "Body": TIMES, "Isos": TIMES}
    if protocol == "rest-xml":
        del params["Body"], params["Isos"]
    sent, _ = ours.call("ask", params, (200, {}, b""))
    with made_oracle(tmp_path, name) as oracle:
        expected, _ = oracle.call("ask", params, (200, {}, b""))
    assert sent.facts() == expected.facts()


def test_members_of_errors_are_read_from_the_head(tmp_path):
    ours = make_service(tmp_path, "throttling", SHAPES, OPERATIONS)
    headers = {
        "x-amzn-errortype": "Throttled",
        "Retry-After": "7",
        "X-Told": "Sun, 30 Aug 2015 12:36:00 GMT",
    }
    answer = (429, headers, b'{"message": "slow down", "Reason": "load", "retryAfter": 9}')
    _, error = ours.call("ask", {}, answer)
    assert type(error).__name__ == "Throttled"
    assert (error.message, error.Reason, error.retryAfter) == ("slow down", "load", 7)
    assert error.found == error.status == 429
    assert error.told == TIMES[0].timestamp()
    _, error = ours.call("ask", {}, (429, {"x-amzn-errortype": "Throttled"}, b"{}"))
    assert error.retryAfter is error.told is None


@pytest.mark.parametrize("protocol", ["ec2", "query", "json", "rest-json"])
def test_no_brace_is_sent_in_a_host(protocol, tmp_path):
    shapes = {
        "Text": {"type": "string"},
        "In": {
            "type": "structure",
            "required": ["Account"],
            "members": {"Account": {"shape": "Text", "hostLabel": True}},
        },
    }
    operations = {"Ask": {"input": {"shape": "In"}, "endpoint": {"hostPrefix": "{Account}.data."}}}
    facts = {"jsonVersion": "1.1", "targetPrefix": "Hosts"} if protocol == "json" else {}
    name = f"hosts-{protocol}"
    ours = make_service(tmp_path, name, shapes, operations, protocol=protocol, **facts)
    sent, _ = ours.call("ask", {"Account": "a12"}, (200, {}, b""))
    assert ours.recorder.raw.headers["host"].startswith("a12.data.")
    with made_oracle(tmp_path, name) as oracle:
        expected, _ = oracle.call("ask", {"Account": "a12"}, (200, {}, b"<a/>"))
    assert sent.facts() == expected.facts()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Old.Code;Sender", "Old.Code"),
        ("Old.Code;Sender;More", "NewCode"),
        ("Old.Code;", "Old.Code"),
        (";Sender", "NewCode"),
        ("Old.Code", "NewCode"),
    ],
)
def test_a_code_of_the_older_protocol_has_two_parts(text, code, tmp_path):
    name = f"older-{abs(hash(text))}"
    facts = {"jsonVersion": "1.0", "targetPrefix": "Older", "protocol": "json"}
    shapes = {"In": {"type": "structure", "members": {}}}
    operations = {"Ask": {"input": {"shape": "In"}}}
    ours = make_service(tmp_path, name, shapes, operations, **facts, awsQueryCompatible={})
    answer = (400, {"x-amzn-query-error": text}, b'{"__type": "a#NewCode", "message": "no"}')
    _, error = ours.call("ask", {}, answer)
    with made_oracle(tmp_path, name) as oracle:
        _, expected = oracle.call("ask", {}, answer)
    assert error.code == expected.response["Error"]["Code"] == code


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("https://Bucket.S3.Amazonaws.com:443", "bucket.s3.amazonaws.com"),
        ("http://localhost:80", "localhost"),
        ("http://localhost:443", "localhost:443"),
        ("https://localhost:80", "localhost:80"),
        ("https://[2001:DB8::1]:443", "[2001:db8::1]"),
    ],
)
def test_a_presigned_url_is_signed_for_the_host_that_clients_send(origin, host, monkeypatch):
    keys = Credentials("AKIDEXAMPLE", "secret")
    url = sign_url(
        Signer("us-east-1", "s3", s3=True),
        "GET",
        origin,
        "/key",
        "",
        {},
        keys,
        TIMES[0].timestamp(),
        60,
    )
    assert url.startswith(f"{origin}/key?")
    auth = botocore.auth.S3SigV4QueryAuth(
        botocore.credentials.Credentials(keys.access_key_id, keys.secret_access_key),
        "s3",
        "us-east-1",
        expires=60,
    )
    monkeypatch.setattr(
        "botocore.auth.get_current_datetime", lambda **_: TIMES[0].replace(tzinfo=None)
    )
    request = AWSRequest(method="GET", url=f"{origin}/key")
    auth.add_auth(request)
    assert botocore.auth._host_from_url(origin) in (host, host.strip("[]"))
    if "[" not in host:  # it forgets the brackets
        assert urlsplit(url).query == urlsplit(request.url).query


@pytest.mark.parametrize("protocol", ["json", "query", "ec2"])
def test_a_protocol_without_bindings_has_no_locations(protocol, tmp_path):
    shapes = {
        "Text": {"type": "string"},
        "When": {"type": "timestamp"},
        "Map": {
            "type": "map",
            "key": {"shape": "Text", "locationName": "k"},
            "value": {"shape": "Text", "locationName": "v"},
        },
        "In": {
            "type": "structure",
            "members": {
                "When": {"shape": "When", "location": "header", "locationName": "x-when"},
                "Map": {"shape": "Map", "location": "headers", "locationName": "x-map-"},
                "Json": {"shape": "Text", "location": "header", "jsonvalue": True},
            },
        },
    }
    facts = {"jsonVersion": "1.1", "targetPrefix": "Hosts", "protocol": protocol}
    name = f"unbound-{protocol}"
    ours = make_service(tmp_path, name, shapes, {"Ask": {"input": {"shape": "In"}}}, **facts)
    params = {"When": TIMES[0], "Map": {"a": "b"}, "Json": "text"}
    if protocol == "ec2":  # which has no maps
        del params["Map"]
    sent, _ = ours.call("ask", params, (200, {}, b""))
    with made_oracle(tmp_path, name) as oracle:
        expected, _ = oracle.call("ask", params, (200, {}, b"<a/>"))
    assert sent.facts() == expected.facts()


@pytest.mark.parametrize("name", ["Authorization", "host", "X-Amz-Date", "Transfer-Encoding"])
def test_a_map_of_headers_has_none_of_the_clients_own(name, tmp_path):
    shapes = {
        "Text": {"type": "string"},
        "Map": {"type": "map", "key": {"shape": "Text"}, "value": {"shape": "Text"}},
        "In": {
            "type": "structure",
            "members": {"Map": {"shape": "Map", "location": "headers", "locationName": ""}},
        },
    }
    service = f"own-{name}".lower()
    ours = make_service(tmp_path, service, shapes, {"Ask": {"input": {"shape": "In"}}})
    with pytest.raises(ValidationError, match=rf"^\$\.Map\['{name}'\]: the header .* client only"):
        ours.call("ask", {"Map": {name: "value"}}, (200, {}, b""))
    ours.call("ask", {"Map": {"X-Other": "value"}}, (200, {}, b""))
    assert ours.recorder.raw.headers["x-other"] == "value"
