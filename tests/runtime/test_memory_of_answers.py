"""What answers take of a board's memory: errors are cut, listings have a limit."""

import contextlib
import subprocess
import sys
import textwrap

import pytest

import edgemote
from aws.errors import ServiceError
from aws.s3 import S3
from aws.sagemaker_edge import InternalServiceException, SagemakerEdgeManager
from edgemote import ConfigError, Credentials, ProtocolError, limits
from edgemote.http.transport import Transport
from runtime.http_peer import Peer

LARGE = 8_000_000
DEVICE = {"DeviceName": "cam-7", "DeviceFleetName": "dock"}
FRAMINGS = ("length", "chunked", "close")


def answering(status, body, framing="length", more=b""):
    """A server that gives one answer to each request; how many there were is in its `asked`."""

    def script(wire):
        with contextlib.suppress(OSError):  # the client closes where it has enough
            while wire.read_request()[0]:
                asked.append(1)
                head = b"HTTP/1.1 %d X\r\n%b" % (status, more)
                if framing == "length":
                    wire.send(head + b"Content-Length: %d\r\n\r\n" % len(body) + body)
                elif framing == "chunked":
                    wire.send(head + b"Transfer-Encoding: chunked\r\n\r\n")
                    for at in range(0, len(body), 50_000):
                        piece = body[at : at + 50_000]
                        wire.send(b"%x\r\n%b\r\n" % (len(piece), piece))
                    wire.send(b"0\r\n\r\n")
                else:
                    wire.send(head + b"\r\n" + body)
                    wire.finish()
                    return

    asked = []
    return Peer(script), asked


def connect(service, peer, **settings):
    return edgemote.connect(
        service,
        region="us-west-2",
        endpoint_url=peer.origin,
        credentials=Credentials("id", "secret"),
        **settings,
    )


@pytest.mark.parametrize("framing", FRAMINGS)
@pytest.mark.parametrize("status", [300, 404, 500])
def test_the_body_of_an_error_is_cut_and_its_connection_not_kept(status, framing):
    server, asked = answering(status, b"e" * LARGE, framing)
    with server as peer:
        transport = Transport(peer.origin)
        for _ in range(2):
            response = transport.exchange(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n", method="GET")
            assert (response.status, response.body) == (status, b"e" * limits.ERROR_BODY_BYTES)
        assert len(asked) == 2
        transport.close()


@pytest.mark.parametrize("framing", FRAMINGS)
def test_an_error_with_a_large_body_is_that_error(framing):
    body = b'{"message":"' + b"x" * LARGE + b'"}'
    server, asked = answering(400, body, framing, b"x-amzn-errortype: InternalServiceException\r\n")
    with server as peer, connect(SagemakerEdgeManager, peer) as edge:
        with pytest.raises(InternalServiceException) as caught:
            edge.get_deployments(**DEVICE)
        assert caught.value.status == 400
        assert len(caught.value.message) <= limits.ERROR_BODY_BYTES
        assert len(asked) == 1


def test_an_error_of_s3_with_a_large_body_is_that_status():
    body = b"<Error><Code>AccessDenied</Code><Message>" + b"x" * LARGE + b"</Message></Error>"
    server, asked = answering(403, body)
    with server as peer, connect(S3, peer) as s3:
        with pytest.raises(ServiceError) as caught:
            s3.get_object(Bucket="models", Key="snow")
        assert caught.value.status == 403
        assert len(asked) == 1


@pytest.mark.parametrize("framing", FRAMINGS)
def test_a_result_that_is_too_large_names_its_limit_and_is_not_asked_for_again(framing):
    server, asked = answering(200, b" " * (limits.BODY_BYTES + 1), framing)
    with server as peer, connect(SagemakerEdgeManager, peer, retries=2) as edge:
        with pytest.raises(ProtocolError, match=r"limits\.BODY_BYTES.*body_limit_bytes to connect"):
            edge.get_deployments(**DEVICE)
        assert len(asked) == 1


def test_a_client_can_be_given_another_limit():
    body = b'{"Deployments":[]' + b" " * limits.BODY_BYTES + b"}"
    server, _ = answering(200, body)
    with server as peer:
        with connect(SagemakerEdgeManager, peer, body_limit_bytes=len(body)) as edge:
            assert edge.get_deployments(**DEVICE).Deployments == []
        with (
            connect(SagemakerEdgeManager, peer, body_limit_bytes=len(body) - 1) as edge,
            pytest.raises(ProtocolError, match="body_limit_bytes"),
        ):
            edge.get_deployments(**DEVICE)


@pytest.mark.parametrize("wrong", [0, -1, 1.5, True, None, "1"])
def test_limits_that_are_none(wrong):
    with pytest.raises(ConfigError, match=r"^argument body_limit_bytes: expected 1 byte or more"):
        edgemote.connect(SagemakerEdgeManager, region="us-west-2", body_limit_bytes=wrong)


REAL = b'{"ModelHandle":"model-12","S3Url":"s3://bucket/key/of/a/model","State":"DEPLOY"},'
PROGRAM = textwrap.dedent("""
    import resource, sys, edgemote
    from aws.sagemaker_edge import SagemakerEdgeManager
    def peak_bytes():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    edge = edgemote.connect(
        SagemakerEdgeManager, region="us-west-2", endpoint_url=sys.argv[1], retries=0,
        credentials=edgemote.Credentials("id", "secret"),
    )
    before = peak_bytes()
    try:
        edge.get_deployments(DeviceName="cam-7", DeviceFleetName="dock")
    except (edgemote.ServiceError, edgemote.TransportError):
        pass
    print(peak_bytes() - before)
""")


@pytest.mark.parametrize(
    ("status", "item", "size"),
    [
        (500, REAL, LARGE),
        (500, b"{},", LARGE),
        (200, REAL, LARGE),
        (200, REAL, limits.BODY_BYTES - 200),
        (200, b"{},", 299_000),
        (200, b"{},", limits.BODY_BYTES - 200),
    ],
)
def test_no_answer_takes_a_client_beyond_what_the_unit_allows(status, item, size):
    body = b'{"Deployments":[{"Definitions":[' + item * (size // len(item)) + b"{}]}]}"
    server, asked = answering(status, body)
    with server as peer:
        shown = subprocess.run(
            [sys.executable, "-c", PROGRAM, peer.origin],
            env={"PYTHONPATH": ":".join(path for path in sys.path if path)},
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
    assert len(asked) == 1
    # The unit has MemoryMax=40M; an agent at rest takes some 14 of it on ARM.
    assert int(shown.stdout) < 22_000_000, shown.stdout
