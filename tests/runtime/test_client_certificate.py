"""Calls by certificate: mutual TLS to a real server, and nothing signed."""

import datetime
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import trustme

import edgemote
from aws.iot_data import IoTDataPlane
from aws.iot_jobs_data import IoTJobsDataPlane
from aws.s3 import S3
from aws_home import aws_home
from edgemote.client import pipeline
from edgemote.client.connect import connect as open_client
from edgemote.clock import Clock
from edgemote.credentials import find_credentials
from edgemote.http import sockets, tls

from .mutual_tls_peer import BOTH, HOST, Device, MutualTlsPeer, answer, replace

DAY_S = 86_400
BEAT = {"topic": "edgemote/cam-7/heartbeat", "qos": 1, "payload": b'{"a": 1}'}
KEYS = edgemote.Credentials("AKIDEXAMPLE", "secret")
SIGNED = {"authorization", "x-amz-date", "x-amz-security-token", "x-amz-content-sha256"}


@pytest.fixture
def peer(request, tmp_path):
    with MutualTlsPeer(getattr(request, "param", "1.3")) as peer:
        peer.device = Device(tmp_path, peer.devices)
        peer.serial = peer.device.renew()
        peer.ca_file = str(tmp_path / "ca.pem")
        peer.authority.cert_pem.write_to_path(peer.ca_file)
        yield peer


both_versions = pytest.mark.parametrize("peer", BOTH, indirect=True)


def connect(peer, service=IoTDataPlane, **changes):
    with aws_home():
        return edgemote.connect(
            service,
            **{
                "endpoint_url": peer.url,
                "credentials": edgemote.ClientCertificate(*peer.device.files),
                "ca_file": peer.ca_file,
                "retries": 0,
                **changes,
            },
        )


def lead_here(monkeypatch, peer):
    """Have every name and port be the peer's."""
    row = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", peer.port))
    monkeypatch.setattr(sockets.socket, "getaddrinfo", lambda *_: [row])


# What is sent -------------------------------------------------------------------------------------


@both_versions
def test_the_certificate_is_shown_and_nothing_is_signed(peer, monkeypatch):
    monkeypatch.delattr(pipeline, "payload_hash")  # nor hashed for it
    # Without a region: there is nothing to sign for.
    with connect(peer) as data:
        for _ in range(2):
            assert data.publish(**BEAT) is None
    first, second = peer.seen
    assert first.line == "POST /topics/edgemote%2Fcam-7%2Fheartbeat?qos=1 HTTP/1.1"
    assert first.body == BEAT["payload"]
    assert first.headers.keys() == {"host", "user-agent", "content-length"}
    assert first.serial == second.serial == peer.serial
    assert first.server_name == "localhost"
    assert first.connection == second.connection == 1


def test_jobs_are_asked_for_by_certificate_too(peer):
    peer.respond = lambda _: answer(body=b'{"execution": {"jobId": "j-1", "versionNumber": 3}}')
    with connect(peer, IoTJobsDataPlane) as jobs:
        found = jobs.start_next_pending_job_execution(thingName="cam-7")
    assert found.execution.jobId == "j-1"
    assert not SIGNED & peer.seen[0].headers.keys()
    assert peer.seen[0].line == "PUT /things/cam-7/jobs/$next HTTP/1.1"


def test_one_certificate_serves_several_clients(peer):
    certificate = edgemote.ClientCertificate(*peer.device.files)
    with (
        connect(peer, credentials=certificate) as data,
        connect(peer, IoTJobsDataPlane, credentials=certificate) as jobs,
    ):
        data.publish(**BEAT)
        jobs.start_next_pending_job_execution(thingName="cam-7")
    assert [seen.serial for seen in peer.seen] == [peer.serial] * 2


def test_a_key_in_the_certificates_file(peer, tmp_path):
    whole = tmp_path / "whole.pem"
    whole.write_bytes(peer.device.key_file.read_bytes() + peer.device.cert_file.read_bytes())
    with connect(peer, credentials=edgemote.ClientCertificate(str(whole))) as data:
        data.publish(**BEAT)
    assert peer.seen[0].serial == peer.serial


@both_versions
@pytest.mark.parametrize(
    ("place", "alpn", "host"),
    [
        (HOST, "x-amzn-http-ca", HOST),
        (f"{HOST}:443", "x-amzn-http-ca", HOST),
        (f"{HOST}:8443", None, f"{HOST}:8443"),
    ],
)
def test_port_443_is_told_what_is_spoken(peer, place, alpn, host, monkeypatch):
    lead_here(monkeypatch, peer)
    with connect(peer, endpoint_url=f"https://{place}") as data:
        data.publish(**BEAT)
    (seen,) = peer.seen
    assert (seen.alpn, seen.headers["host"], seen.server_name) == (alpn, host, HOST)


def test_keys_sign_as_ever(tmp_path, monkeypatch):
    with MutualTlsPeer(demands=False) as peer:
        peer.ca_file = str(tmp_path / "ca.pem")
        peer.authority.cert_pem.write_to_path(peer.ca_file)
        lead_here(monkeypatch, peer)
        peer.device = Device(tmp_path, peer.devices)
        for service in (IoTDataPlane, IoTJobsDataPlane):
            options = {"endpoint_url": f"https://{HOST}", "credentials": KEYS}
            with connect(peer, service, region="us-west-2", **options) as client:
                if service is IoTDataPlane:
                    client.publish(**BEAT)
                else:
                    client.start_next_pending_job_execution(thingName="cam-7")
        names = ("iotdata", "iot-jobs-data")
        for seen, name in zip(peer.seen, names, strict=True):
            assert f"/us-west-2/{name}/aws4_request" in seen.headers["authorization"]
            assert (seen.alpn, seen.serial) == (None, None)


# Files --------------------------------------------------------------------------------------------


def test_a_renewed_certificate_counts_from_the_next_connection_on(peer, monkeypatch):
    made = []
    make = tls.client_context
    monkeypatch.setattr(tls, "client_context", lambda *a, **k: made.append(a) or make(*a, **k))
    with connect(peer) as data:
        data.publish(**BEAT)
        renewed = peer.device.renew()
        data.publish(**BEAT)  # over the connection that there is
        for _ in range(2):
            data.close()
            data.publish(**BEAT)
    assert [seen.serial for seen in peer.seen] == [peer.serial] * 2 + [renewed] * 2
    assert len(made) == 2  # what has not changed is not loaded again


def test_replaced_authorities_count_from_the_next_connection_on(peer):
    ca_file = Path(peer.ca_file)
    right = ca_file.read_bytes()
    with connect(peer) as data:
        data.publish(**BEAT)
        replace(ca_file, trustme.CA().cert_pem.bytes())
        data.publish(**BEAT)  # over the connection that there is
        data.close()
        with pytest.raises(edgemote.TransportError, match="its certificate is refused"):
            data.publish(**BEAT)
        for content in (right, right[:100]):
            replace(ca_file, content)
            data.close()
            data.publish(**BEAT)
    assert len(peer.seen) == 4


def by_cert_alone(device, cert, key):
    replace(device.cert_file, cert)


def by_key_alone(device, cert, key):
    replace(device.key_file, key)


def by_half_a_file(device, cert, key):
    replace(device.cert_file, cert[: len(cert) // 2])


def by_nothing(device, cert, key):
    device.cert_file.unlink()
    device.key_file.unlink()


@pytest.mark.parametrize(
    "write", [by_cert_alone, by_key_alone, by_half_a_file, by_nothing], ids=lambda f: f.__name__
)
def test_a_pair_that_is_half_written_leaves_the_old_one(peer, write):
    cert, key, serial = peer.device.issue()
    with connect(peer) as data:
        data.publish(**BEAT)
        write(peer.device, cert, key)
        data.close()
        data.publish(**BEAT)
        replace(peer.device.cert_file, cert)
        replace(peer.device.key_file, key)
        data.close()
        data.publish(**BEAT)
    assert [seen.serial for seen in peer.seen] == [peer.serial] * 2 + [serial]


def lock(device):
    from cryptography.hazmat.primitives import serialization as form

    key = form.load_pem_private_key(device.key_file.read_bytes(), None)
    locked = form.BestAvailableEncryption(b"word")
    device.key_file.write_bytes(
        key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, locked)
    )


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda device: device.cert_file.unlink(), "cannot read .*device.pem.*No such file"),
        (lambda device: device.key_file.unlink(), "cannot read .*device.key: No such file"),
        (lambda device: device.cert_file.write_text("no"), "device.pem and private key .* cannot"),
        (lambda device: device.key_file.write_bytes(device.issue()[1]), "key values mismatch"),
        (lock, "private key .*device.key is encrypted: use one without a password"),
    ],
    ids=["no certificate", "no key", "not PEM", "another's key", "encrypted"],
)
def test_a_pair_that_never_loaded_is_an_error(peer, spoil, words):
    spoil(peer.device)
    with connect(peer) as data:
        with pytest.raises(edgemote.ConfigError, match=words):
            data.publish(**BEAT)
        renewed = peer.device.renew()  # and mends without a restart
        data.publish(**BEAT)
    assert [seen.serial for seen in peer.seen] == [renewed]


# What the server refuses --------------------------------------------------------------------------


def moment(days):
    now = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None, microsecond=0)
    return now + datetime.timedelta(days=days)


def refusal(peer, **options):
    with (
        connect(peer, **options) as data,
        pytest.raises(
            edgemote.ConnectError, match=f"^localhost:{peer.port}: the server "
        ) as caught,
    ):
        data.publish(**BEAT)
    assert not peer.seen
    return str(caught.value)


@both_versions
def test_an_expired_certificate_is_told_by_name_and_date(peer):
    first, last = moment(-20), moment(-10)
    peer.device.renew(not_before=first, not_after=last)
    text = refusal(peer)
    assert "refuses the client certificate " + peer.device.files[0] in text
    assert "(TLS alert: certificate expired); it is valid from " in text
    assert f"{first.isoformat()}Z to {last.isoformat()}Z, and by our clock (" in text
    assert "Z) it has expired: renew it (Publish(topic=" in text
    # What is said of it goes by the clock, not by what the server thinks.
    text = refusal(peer, clock=Clock(lambda: time.time() - 15 * DAY_S, earliest_s=0.0))
    assert "it is valid: check that it is registered and active" in text


@both_versions
def test_the_certificate_of_an_authority_that_the_server_does_not_know(peer, tmp_path):
    import trustme

    peer.device.authority = trustme.CA()
    peer.device.renew(not_before=moment(-20))
    text = refusal(peer)
    assert "TLS alert: unknown ca" in text
    assert "it is valid: check that it is registered and active in the account" in text
    text = refusal(peer, clock=Clock(lambda: time.time() - 30 * DAY_S, earliest_s=0.0))
    assert "it is not valid yet: check that the device's clock is right" in text


def test_why_an_older_certificate_was_shown_is_told(peer):
    peer.device.renew(not_before=moment(-20), not_after=moment(-10))
    with connect(peer) as data:
        with pytest.raises(edgemote.ConnectError, match="expired: renew it"):
            data.publish(**BEAT)
        cert, key, serial = peer.device.issue()
        replace(peer.device.cert_file, cert)
        with pytest.raises(edgemote.ConnectError, match=r"; an older one was used.*mismatch"):
            data.publish(**BEAT)
        replace(peer.device.key_file, key)
        data.publish(**BEAT)
    assert peer.seen[0].serial == serial


@pytest.mark.parametrize("offset_s", [0.0, 3 * DAY_S])
def test_a_refusal_of_the_service_comes_as_it_is_and_is_not_repeated(peer, offset_s):
    peer.respond = lambda _: answer(
        offset_s,
        status="403 Forbidden",
        body=b'{"message": "no"}',
        more="x-amzn-ErrorType: ForbiddenException\r\n",
    )
    with connect(peer, retries=3) as data, pytest.raises(edgemote.ServiceError) as caught:
        data.publish(**BEAT)
    assert (caught.value.code, caught.value.status) == ("ForbiddenException", 403)
    assert len(peer.seen) == 1


# What connect refuses -----------------------------------------------------------------------------

CERTIFICATE = edgemote.ClientCertificate("/etc/edgemote/device.pem", "/etc/edgemote/device.key")


@pytest.mark.parametrize(
    ("service", "changes", "words"),
    [
        (S3, {}, "credentials: requests to S3 must be signed, .* edgemote.IotRoleAlias"),
        (IoTDataPlane, {"endpoint_url": None}, "endpoint-type iot:Data-ATS` prints"),
        (IoTJobsDataPlane, {"endpoint_url": None}, "public endpoint of iot-jobs-data accepts sig"),
        (
            IoTDataPlane,
            {"endpoint_url": f"http://{HOST}"},
            "^endpoint (?i:http)://.* https only",
        ),
        (
            IoTDataPlane,
            {"endpoint_url": "HTTP://[::1]:80/a"},
            "^endpoint (?i:http)://.* https only",
        ),
        (IoTDataPlane, {"cert_file": "/a"}, "argument cert_file: the certificate is given twice"),
        (IoTDataPlane, {"key_file": "/a"}, "argument key_file: the certificate is given twice"),
        (
            IoTDataPlane,
            {"token": "a"},
            "argument token: IoT Data Plane does not accept bearer tokens",
        ),
    ],
)
def test_what_goes_together_with_a_certificate(service, changes, words):
    options = {"endpoint_url": f"https://{HOST}", "region": "us-west-2", **changes}
    with aws_home(), pytest.raises(edgemote.ConfigError, match=words):
        open_client(service, credentials=CERTIFICATE, **options)


def test_the_endpoint_may_be_a_setting(peer):
    with aws_home({"AWS_ENDPOINT_URL_IOT_DATA_PLANE": f"https://{HOST}"}):
        open_client(IoTDataPlane, credentials=CERTIFICATE)


@pytest.mark.parametrize(
    ("files", "words"),
    [
        (("",), "cert_file: expected the path of a PEM file, got an empty string"),
        ((None,), "cert_file: expected the path of a PEM file, got NoneType"),
        (("a", b"b"), "key_file: expected the path of a PEM file, got bytes"),
        (("a", ""), "key_file: expected the path of a PEM file, got an empty string"),
    ],
)
def test_what_is_no_path(files, words):
    with pytest.raises(edgemote.ConfigError, match=words):
        edgemote.ClientCertificate(*files)


def test_it_shows_its_files_and_is_no_source_of_keys():
    assert repr(CERTIFICATE) == (
        "ClientCertificate('/etc/edgemote/device.pem', '/etc/edgemote/device.key')"
    )
    assert repr(edgemote.ClientCertificate("a.pem")) == "ClientCertificate('a.pem')"
    with pytest.raises(edgemote.CredentialsError, match="cannot sign requests"):
        find_credentials(CERTIFICATE).get(0.0)


def test_two_services_of_one_endpoint_share_a_connection(peer):
    """Also where threads call both at once."""
    with aws_home():
        session = edgemote.Session(
            credentials=edgemote.ClientCertificate(*peer.device.files),
            ca_file=peer.ca_file,
            retries=0,
        )
        data, jobs = (
            session.connect(service, endpoint_url=peer.url)
            for service in (IoTDataPlane, IoTJobsDataPlane)
        )

    def call(number):
        data.publish(topic="t", payload=b"%d" % number)
        jobs.start_next_pending_job_execution(thingName="cam-7")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(call, range(20)))
    assert peer.accepted == 1
    assert len(peer.seen) == 40
    session.close()
