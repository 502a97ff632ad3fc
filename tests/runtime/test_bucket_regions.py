"""Buckets in another region than the client's: beside botocore, at one server."""

import contextlib
import io
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import botocore.session
import pytest
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.exceptions import ClientError, InvalidRegionError

import edgemote
from aws import s3_whole
from aws.operation import Operation
from aws.s3 import S3
from aws_home import aws_home

KEYS = edgemote.Credentials("AKIDEXAMPLE", "secret")
HOME, THERE = "us-west-2", "eu-central-1"
LOADER = botocore.session.Session().get_component("data_loader")
ERROR = "<Error><Code>{}</Code><Message>elsewhere</Message>{}</Error>"
REGION = {"x-amz-bucket-region": THERE}
# How an S3 says that a bucket is elsewhere -> what HEAD returns then, and what other requests do.
WAYS = {
    "301 with a header": ((301, REGION, ""), (301, REGION, ERROR.format("PermanentRedirect", ""))),
    "301 with a body": (
        (301, REGION, ""),
        (301, {}, ERROR.format("PermanentRedirect", f"<Region>{THERE}</Region>")),
    ),
    "301 without a region": ((301, REGION, ""), (301, {}, ERROR.format("PermanentRedirect", ""))),
    "302": ((301, REGION, ""), (302, REGION, ERROR.format("Found", ""))),
    "307": ((307, REGION, ""), (307, REGION, ERROR.format("TemporaryRedirect", ""))),
    "400 with a body": (
        (400, REGION, ""),
        (
            400,
            {},
            ERROR.format("AuthorizationHeaderMalformed", f"<Region>{THERE}</Region>"),
        ),
    ),
    "400 with a header": (
        (400, REGION, ""),
        (400, REGION, ERROR.format("IllegalLocationConstraintException", "")),
    ),
    "nobody says where": ((400, {}, ""), (301, {}, ERROR.format("PermanentRedirect", ""))),
    "no region": (
        (400, {"x-amz-bucket-region": "-"}, ""),
        (301, {"x-amz-bucket-region": "evil.example/"}, ERROR.format("PermanentRedirect", "")),
    ),
    "another error": (
        (403, REGION, ""),
        (403, REGION, ERROR.format("AccessDenied", f"<Region>{THERE}</Region>")),
    ),
    "another 400": ((400, {}, ""), (400, REGION, ERROR.format("InvalidArgument", ""))),
}


def find_region(authorization):
    return authorization.partition("Credential=")[2].split("/")[2]


def respond(way, method, region):
    """Status, headers and body, to a request that is signed for a region."""
    if region == THERE:
        return 200, {"etag": '"e"', **REGION}, "" if method != "GET" else "content"
    return WAYS[way][method != "HEAD"]


class S3Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.way, self.asked = "", []

    def handle_error(self, request, client_address):
        """A client may have closed before it read the response."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def respond(self):
        region = find_region(self.headers["authorization"])
        if self.headers.get("expect"):
            self.send_response_only(100)
            self.end_headers()
        if "chunked" in self.headers.get("transfer-encoding", ""):
            body = b""
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            while self.rfile.readline().strip():
                pass
        else:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
        if "chunked" in self.headers.get("content-encoding", ""):
            body = body.partition(b"\r\n")[2].partition(b"\r\n0\r\n")[0]
        self.server.asked.append((self.command, self.path, region, body))
        status, headers, text = respond(self.server.way, self.command, region)
        self.send_response_only(status)
        for name, value in {**headers, "content-length": str(len(text))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text.encode())

    do_GET = do_HEAD = do_PUT = do_DELETE = respond  # noqa: N815


@pytest.fixture(scope="module")
def server():
    with S3Server() as found:
        thread = threading.Thread(target=found.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield found
        found.shutdown()
        thread.join()


def connect(url, service=S3, **options):
    with aws_home():
        return edgemote.connect(
            service, region=HOME, credentials=KEYS, endpoint_url=url, retries=0, **options
        )


def connect_botocore(url, **options):
    with aws_home():
        session = botocore.session.Session()
        session.register_component("data_loader", LOADER)
        return session.create_client(
            "s3",
            region_name=options.pop("region", HOME),
            aws_access_key_id="AKIDEXAMPLE",
            aws_secret_access_key="secret",
            endpoint_url=url,
            config=Config(retries={"total_max_attempts": 1}, **options),
        )


CALLS = {
    "get": ("get_object", {"Bucket": "dock", "Key": "a/b"}),
    "head": ("head_object", {"Bucket": "dock", "Key": "a/b"}),
    "head bucket": ("head_bucket", {"Bucket": "dock"}),
    "put": ("put_object", {"Bucket": "dock", "Key": "a/b", "Body": b"12345"}),
    "create": ("create_bucket", {"Bucket": "dock"}),
    "delete": ("delete_object", {"Bucket": "dock", "Key": "a/b"}),
}


def call(server, client, name, refusal):
    """What two calls ask, and how many of them are refused."""
    server.asked.clear()
    method, params = CALLS[name]
    errors = 0
    for _ in range(2):
        with contextlib.suppress(refusal):
            errors += 1
            result = getattr(client, method)(**params)
            if method == "get_object":
                (result["Body"] if isinstance(result, dict) else result.Body).close()
            errors -= 1
    return list(server.asked), errors


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("way", WAYS)
def test_calls_follow_a_bucket_as_botocores(server, way, name):
    server.way = way
    with connect(server.url, s3_whole.S3) as client:
        ours = call(server, client, name, edgemote.ServiceError)
    with contextlib.closing(connect_botocore(server.url)) as judge:
        theirs = call(server, judge, name, (ClientError, InvalidRegionError))
    if way == "301 without a region" and "head" not in name:
        # botocore goes where the response to its HEAD says it is, to ask again what that has said.
        theirs[0].remove(("HEAD", "/dock", THERE, b""))
    assert ours == theirs


def test_a_file_is_sent_again_from_where_it_was(server):
    server.way = "307"
    server.asked.clear()
    file = io.BytesIO(b"skipped, then sent")
    file.seek(14)
    with connect(server.url) as client:
        client.put_object(Bucket="dock", Key="k", Body=file)
    assert [(region, body) for _, _, region, body in server.asked] == [
        (HOME, b"sent"),
        (THERE, b"sent"),
    ]


class Once:
    def __init__(self):
        self.left = [b"once"]

    def read(self, size=-1):
        return self.left.pop() if self.left else b""


@pytest.mark.parametrize("make", [lambda: iter([b"once"]), Once], ids=["iterator", "stream"])
def test_what_cannot_be_sent_again_is_not(server, make):
    """An operation that does not sign its body takes an iterator."""
    server.way = "307"
    server.asked.clear()
    with connect(server.url) as client:
        fields = s3_whole.client.PUT_OBJECT
        unsigned = Operation(
            **{name: getattr(fields, name) for name in fields.__struct_fields__}
            | {"signed_body": False, "checksum": ""}
        )
        params = {"Bucket": "dock", "Key": "k", "Body": make()}
        with pytest.raises(edgemote.ServiceError, match="TemporaryRedirect"):
            client._call(unsigned, params)
        assert client._call.regions == {}
    assert len(server.asked) == 1


def test_a_region_is_remembered_for_its_bucket_alone(server):
    server.way = "301 with a header"
    server.asked.clear()
    with connect(server.url) as client:
        for bucket in ("dock", "dock", "pier"):
            client.head_object(Bucket=bucket, Key="k")
    assert [(path, region) for _, path, region, _ in server.asked] == [
        ("/dock/k", HOME),
        ("/dock/k", THERE),
        ("/dock/k", THERE),
        ("/pier/k", HOME),
        ("/pier/k", THERE),
    ]


@pytest.mark.parametrize("bucket", ["dock", "dock.pier"])
def test_the_regions_own_host_is_called(server, bucket):
    """As botocore does; who answers is the server."""
    server.way = "301 with a header"
    client = connect(None)
    open_transport, ours, theirs = client._call._open_transport, [], []

    def divert(origin, **changes):
        ours.append(origin)
        return open_transport(server.url, **changes)

    client._call._open_transport = divert
    with client:
        client.get_object(Bucket=bucket, Key="k").Body.close()

    def answer(request, **_):
        theirs.append(request.url.removesuffix(f"/{bucket}/k").removesuffix("/k"))
        authorization = request.headers["authorization"].decode()
        status, headers, body = respond(server.way, "GET", find_region(authorization))
        response = AWSResponse(request.url, status, headers, io.BytesIO(body.encode()))
        response.raw.stream = lambda: iter([body.encode()])
        return response

    judge = connect_botocore(None)
    judge.meta.events.register("before-send", answer)
    judge.get_object(Bucket=bucket, Key="k")
    assert ours == theirs
    assert len(ours) == 2


@pytest.mark.parametrize("region", ["nowhere-9", "us-west-2-evil", "a" * 63])
def test_a_region_that_does_not_exist_is_not_remembered(server, monkeypatch, region):
    """One false response must not lock a bucket out for as long as the program runs."""
    monkeypatch.setitem(WAYS, "a lie", ((301, {}, ""), (301, {"x-amz-bucket-region": region}, "")))
    server.way = "a lie"
    client = connect(None)
    open_transport, origins = client._call._open_transport, []

    def divert(origin, **changes):
        origins.append(origin)
        url = server.url if HOME in origin and region not in origin else "http://127.0.0.1:9"
        return open_transport(url, **changes)

    client._call._open_transport = divert
    with client:
        with pytest.raises((edgemote.ConnectError, edgemote.EndpointError)):
            client.get_object(Bucket="dock", Key="k")
        assert all(".amazonaws.com" in origin for origin in origins)
        server.way = "301 with a header"
        monkeypatch.setattr(sys.modules[__name__], "respond", lambda *_: (200, {}, ""))
        client.get_object(Bucket="dock", Key="k").Body.close()


@pytest.mark.parametrize(
    "region",
    ["../../", "evil.example", "a/b", "a@b", "-", "a" * 64, "127.0.0.1", "::1", "é", "a b", "%2e"],
)
def test_a_region_never_leads_elsewhere(server, monkeypatch, region):
    monkeypatch.setitem(WAYS, "a lie", ((301, {}, ""), (301, {"x-amz-bucket-region": region}, "")))
    server.way = "a lie"
    client = connect(None)
    open_transport, origins = client._call._open_transport, set()

    def divert(origin, **changes):
        origins.add(origin)
        return open_transport(server.url, **changes)

    client._call._open_transport = divert
    with client, pytest.raises(edgemote.ServiceError):
        client.get_object(Bucket="dock", Key="k")
    assert origins == {f"https://dock.s3.{HOME}.amazonaws.com"}


def test_regions_that_point_at_each_other_end(server, monkeypatch):
    """Each call asks twice, as botocore's."""

    def send_round(way, method, region):
        there = {HOME: THERE, THERE: "eu-west-1", "eu-west-1": HOME}[region]
        return 307, {"x-amz-bucket-region": there}, ""

    monkeypatch.setattr(sys.modules[__name__], "respond", send_round)
    with connect(server.url, s3_whole.S3) as client:
        ours = call(server, client, "get", edgemote.ServiceError)
    with contextlib.closing(connect_botocore(server.url)) as judge:
        theirs = call(server, judge, "get", ClientError)
    assert ours == theirs
    assert len(ours[0]) == 4


def test_who_meets_no_such_bucket_does_not_load_the_module():
    script = """
import sys
import edgemote
from aws.s3 import S3
s3 = edgemote.connect(
    S3,
    region="us-west-2",
    endpoint_url="http://127.0.0.1:9",
    credentials=edgemote.Credentials("a", "b"),
    retries=0,
)
try:
    s3.get_object(Bucket="b", Key="k")
except edgemote.ConnectError:
    print("edgemote.client.bucket_region" in sys.modules)
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={"PYTHONPATH": ":".join(sys.path)},
        stdout=subprocess.PIPE,
        check=True,
    )
    assert done.stdout == b"False\n"
