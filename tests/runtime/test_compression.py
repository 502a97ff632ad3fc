"""Compressed request bodies: botocore's rules, and a real server that reads and verifies them."""

from __future__ import annotations

import gzip
import io
import json
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import trustme
from botocore.config import Config
from botocore.exceptions import InvalidConfigError

import edgemote
from aws_home import aws_home
from calls import Ours
from conformance.comparison import generated
from edgemote import ConfigError, ValidationError
from edgemote_codegen.models import load_model
from edgemote_codegen.selection import select
from endpoint.signatures import Key, Request, verify
from made_service import made_oracle, make_service
from oracle import Oracle
from runtime.http_peer import Peer, Wire

CASE = Path(__file__).parents[1] / "codegen/cases/compression/model.json"
KEY = Key("AKIDEXAMPLE", "secret")
PROTOCOLS = ("smithy-rpc-v2-cbor", "json", "query")
ANSWERS = {"smithy-rpc-v2-cbor": b"\xa0", "json": b"{}", "query": b"<PutMetricDataResponse/>"}
METRICS = [{"MetricName": "CpuTemp", "Value": 50.0 + at} for at in range(1_000)]


@pytest.fixture(autouse=True)
def home() -> Iterator[None]:
    with aws_home({}):
        yield


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ours]:
    """The golden case's service, in a name of its own, and the folder that botocore reads."""
    folder = tmp_path_factory.mktemp("compression")
    model = json.loads(CASE.read_text())
    return folder, make_service(folder, "compressing", model["shapes"], model["operations"])


def call_made(method: str, params: dict[str, Any], **settings: Any) -> Ours:
    """A client with some settings after a call: its recorder has what was sent."""
    ours = Ours("compressing", **settings)
    ours.call(method, params, (200, {}, b"{}"))
    return ours


def encoding(ours: Ours | Oracle) -> str | None:
    raw = ours.recorder.raw if isinstance(ours, Ours) else ours.raw
    return {name.lower(): value for name, value in raw.headers.items()}.get("content-encoding")


# What a server gets ----------------------------------------------------------------------------


class Server:
    """Keeps requests, each verified by botocore's signer over the bytes that came."""

    def __init__(self, answer: bytes) -> None:
        self.answer = answer
        self.requests: list[Request] = []

    def __call__(self, wire: Wire) -> None:
        while (request := wire.read_request())[0]:
            lines = request[0].decode().split("\r\n")
            method, target, _ = lines[0].split()
            pairs = (line.partition(": ") for line in lines[1:] if line)
            headers = tuple((name.lower(), value) for name, _, value in pairs)
            self.requests.append(Request(method, target, headers, request[1]))
            scope = {"region": "us-west-2", "service": "monitoring"}
            verify(self.requests[-1], {KEY.access_key_id: KEY}, now_s=time.time(), **scope)
            wire.answer(self.answer)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_thousand_metrics_arrive_compressed_and_are_signed_as_they_arrive(
    protocol: str, tmp_path: Path
) -> None:
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    server = Server(ANSWERS[protocol])
    selected = select(load_model("cloudwatch", {}), ("PutMetricData",), protocol)
    with ExitStack() as stack:
        peer = stack.enter_context(Peer(server, context))
        made = stack.enter_context(generated(selected)).client_class
        for disabled in (True, False):
            client = edgemote.connect(
                made,
                region="us-west-2",
                endpoint_url=peer.origin,
                credentials=edgemote.Credentials(KEY.access_key_id, KEY.secret_access_key),
                disable_request_compression=disabled,
                ca_file=str(tmp_path / "ca.pem"),
                retries=0,
            )
            stack.enter_context(client)
            client.put_metric_data(Namespace="dock", MetricData=METRICS)
    whole, small = server.requests
    assert dict(small.headers)["content-encoding"] == "gzip"
    assert "content-encoding" not in dict(whole.headers)
    assert int(dict(small.headers)["content-length"]) == len(small.body)
    assert gzip.decompress(small.body) == whole.body
    assert len(small.body) < len(whole.body) / 9


# Which bodies ----------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [10_239, 10_240])
@pytest.mark.parametrize("method", ["put_members", "put_document", "put_another_encoding"])
def test_from_the_size_on_that_botocore_takes(
    size: int, method: str, service: tuple[Path, Ours]
) -> None:
    def call(client: Any, empty: str) -> str | None:
        members = {"Name": "x" * (size - len(empty))}
        params = {"Members": members} if method == "put_document" else members
        sent, _ = client.call(method, params, (200, {}, b"{}"))
        assert sent.body == members
        return encoding(client)

    with made_oracle(service[0], "compressing") as judge:
        expected = call(judge, '{"Name": ""}')
    assert call(Ours("compressing"), '{"Name":""}') == expected
    assert (expected == "gzip") is (size == 10_240 and method != "put_another_encoding")


BODIES: dict[str, Callable[[], Any]] = {
    "bytes": lambda: b"few bytes",
    "no bytes": lambda: b"",
    "bytearray": lambda: bytearray(b"few bytes"),
    "text": lambda: "few bytes",
    "small file": lambda: io.BytesIO(b"few bytes"),
    "file": lambda: io.BytesIO(b"0123456789" * 100_000),
}


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("method", ["put_blob", "put_sized_blob"])
def test_a_payload_of_bytes_has_no_least_size(
    method: str, body: str, service: tuple[Path, Ours]
) -> None:
    with made_oracle(service[0], "compressing") as judge:
        expected, _ = judge.call(method, {"Body": BODIES[body]()}, (200, {}, b"{}"))
    ours = call_made(method, {"Body": BODIES[body]()})
    assert encoding(ours) == encoding(judge) == ("gzip" if method == "put_blob" else None)
    assert ours.recorder.sent is not None
    assert ours.recorder.sent.facts() == expected.facts()


def test_a_file_is_compressed_from_where_it_stands_and_left_there(
    service: tuple[Path, Ours],
) -> None:
    file = io.BytesIO(b"0123456789" * 100_000)
    file.seek(500_005)
    ours = call_made("put_blob", {"Body": file})
    assert gzip.decompress(ours.recorder.raw.body) == file.getvalue()[500_005:]
    assert file.tell() == 500_005


def test_a_pipe_can_be_compressed_and_what_is_only_iterable_cannot(
    service: tuple[Path, Ours],
) -> None:
    class Pipe:
        def __init__(self) -> None:
            self.pieces = [b"one ", b"two", b""]

        def read(self, size: int) -> bytes:
            return self.pieces.pop(0) if size else b""

    ours = call_made("put_blob", {"Body": Pipe()})
    assert gzip.decompress(ours.recorder.raw.body) == b"one two"
    with pytest.raises(ValidationError, match="signs its body: expected bytes or a seekable"):
        call_made("put_blob", {"Body": iter([b"one ", b"two"])})


def test_a_file_that_has_nothing_yet_has_not_ended(service: tuple[Path, Ours]) -> None:
    class Slow:
        def read(self, size: int) -> bytes | None:
            return None if size else b""

    with pytest.raises(
        ValidationError, match=r"^\$\.Body: read\(\) returned None: expected a file"
    ):
        call_made("put_blob", {"Body": Slow()})


def test_an_encoding_that_the_caller_names_stays_before_it(service: tuple[Path, Ours]) -> None:
    params = {"Name": "x" * 20_000, "Encoding": "aws-chunked"}
    with made_oracle(service[0], "compressing") as judge:
        judge.call("put_members", params, (200, {}, b"{}"))
    ours = call_made("put_members", params)
    assert encoding(ours) == encoding(judge) == "aws-chunked,gzip"
    assert ours.recorder.sent is not None
    assert ours.recorder.sent.body == {"Name": "x" * 20_000}


def test_the_next_call_of_another_size_is_prepared_anew(service: tuple[Path, Ours]) -> None:
    ours = Ours("compressing")
    for size in (20_000, 5, 20_001, 6):
        ours.call("put_members", {"Name": "x" * size}, (200, {}, b"{}"))
        assert encoding(ours) == ("gzip" if size > 10_000 else None)


# Settings --------------------------------------------------------------------------------------

DISABLED, SIZE = "disable_request_compression", "request_min_compression_size_bytes"
PROFILE = "[default]\n{} = {}\n"
SETTINGS: list[tuple[dict[str, Any], dict[str, str], str]] = [
    ({DISABLED: True}, {}, ""),
    ({DISABLED: False}, {"AWS_DISABLE_REQUEST_COMPRESSION": "true"}, ""),
    ({}, {"AWS_DISABLE_REQUEST_COMPRESSION": "TRUE"}, ""),
    ({}, {"AWS_DISABLE_REQUEST_COMPRESSION": "false"}, PROFILE.format(DISABLED, "true")),
    ({}, {}, PROFILE.format(DISABLED, "true")),
    ({SIZE: 1}, {}, ""),
    ({SIZE: 1_048_576}, {"AWS_REQUEST_MIN_COMPRESSION_SIZE_BYTES": "1"}, ""),
    ({}, {"AWS_REQUEST_MIN_COMPRESSION_SIZE_BYTES": "40001"}, ""),
    ({}, {"AWS_REQUEST_MIN_COMPRESSION_SIZE_BYTES": "9"}, PROFILE.format(SIZE, "x")),
    ({}, {}, PROFILE.format(SIZE, "40000")),
    ({}, {}, PROFILE.format(SIZE, "30000")),
]


@pytest.mark.parametrize(("arguments", "environ", "config"), SETTINGS)
def test_settings_count_as_in_botocore(
    arguments: dict[str, Any], environ: dict[str, str], config: str, service: tuple[Path, Ours]
) -> None:
    params = {"Name": "x" * 39_000}
    with aws_home(environ, config):
        with made_oracle(service[0], "compressing", config=Config(**arguments)) as judge:
            judge.call("put_members", params, (200, {}, b"{}"))
        ours = call_made("put_members", params, **arguments)
    assert encoding(ours) == encoding(judge)


BAD_SIZES: list[tuple[dict[str, Any], dict[str, str], str]] = [
    ({SIZE: 0}, {}, f"argument {SIZE}: expected a whole number of bytes from 1 to 1048576, got 0"),
    ({SIZE: 1_048_577}, {}, f"argument {SIZE}: "),
    ({SIZE: "many"}, {}, f"argument {SIZE}: "),
    ({SIZE: -1, DISABLED: True}, {}, f"argument {SIZE}: "),
    ({}, {"AWS_REQUEST_MIN_COMPRESSION_SIZE_BYTES": "1.5"}, "AWS_REQUEST_MIN_COMPRESSION_SIZE_"),
    ({}, {"AWS_REQUEST_MIN_COMPRESSION_SIZE_BYTES": "0"}, "AWS_REQUEST_MIN_COMPRESSION_SIZE_"),
]


@pytest.mark.parametrize(("arguments", "environ", "text"), BAD_SIZES)
def test_sizes_have_the_bounds_of_botocore(
    arguments: dict[str, Any], environ: dict[str, str], text: str, service: tuple[Path, Ours]
) -> None:
    with aws_home(environ), pytest.raises(ConfigError) as caught:
        call_made("put_members", {}, **arguments)
    assert str(caught.value).startswith(text)
    with (
        aws_home(environ),
        pytest.raises(InvalidConfigError),
        made_oracle(service[0], "compressing", config=Config(**arguments)),
    ):
        pass


def test_a_variable_that_is_empty_is_not_set(service: tuple[Path, Ours]) -> None:
    with aws_home({"AWS_DISABLE_REQUEST_COMPRESSION": ""}, PROFILE.format(DISABLED, "true")):
        assert encoding(call_made("put_members", {"Name": "x" * 39_000})) is None


def test_a_flag_is_true_or_false(service: tuple[Path, Ours]) -> None:
    environ = {"AWS_DISABLE_REQUEST_COMPRESSION": "yes"}
    with aws_home(environ), pytest.raises(ConfigError, match="expected true or false, got str"):
        call_made("put_members", {})


# What it costs who does not use it --------------------------------------------------------------

UNUSED = """
import sys
import edgemote
from aws.sagemaker_edge import SagemakerEdgeManager
edge = edgemote.connect(SagemakerEdgeManager, region="us-west-2", retries=0,
    endpoint_url="http://127.0.0.1:1", credentials=edgemote.Credentials("AKID", "secret"))
try:
    edge.send_heartbeat(AgentVersion="1", DeviceName="d", DeviceFleetName="f")
except edgemote.ConnectError:
    print(sorted({"edgemote.client.compression", "gzip", "zlib"} & set(sys.modules)))
"""


def test_nothing_is_imported_for_operations_that_do_not_compress() -> None:
    paths = [path for path in sys.path if path]
    done = subprocess.run(
        [sys.executable, "-S", "-c", f"import sys; sys.path[:0] = {paths!r}{UNUSED}"],
        capture_output=True,
        text=True,
    )
    assert (done.stdout, done.stderr) == ("[]\n", "")
