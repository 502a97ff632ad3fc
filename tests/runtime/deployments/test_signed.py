"""With signers, no model is installed but those that one of them has signed."""

from __future__ import annotations

import base64
import functools
import hashlib
import http.server
import os
import threading
from typing import ClassVar

import pytest

from edgemote.agent.deployments.hooks import Hooks
from edgemote.http.transport import Transport
from fault_proxy import Fault
from runtime.deployments.device import define, make, summary
from runtime.deployments.signing import SCHEMES, make_key, sign, write_certificate, write_public

OLD, NEW = os.urandom(300_000), os.urandom(200_000)


@pytest.fixture
def signers(tmp_path):
    """The configured file, of the key that `sign` signs with."""
    path = tmp_path / "signer.pem"
    path.write_bytes(write_certificate(make_key("P-256")))
    return (str(path),)


@pytest.fixture
def put(s3):
    """`put(name, content, signature)`: the address of a model, with its .sig if there is one."""
    written = []

    def put_it(name, content, signature=None):
        signature_file = s3.folder / "signed" / f"{name}.sig"
        signature_file.unlink(missing_ok=True)
        if signature is not None:
            s3.put("signed", f"{name}.sig", signature)
        written.append(signature_file)
        return s3.put("signed", name, content)

    yield put_it
    for file in written:
        file.unlink(missing_ok=True)


def refuse_all(handle, path):
    raise AssertionError(f"{handle} was offered")


def block(signature, **fields):
    return {"signature": base64.b64encode(signature).decode(), **fields}


def gets(device):
    """How often the meter was asked for a request or a piece."""
    return len(device.meter.asked)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_signed_model_is_installed(scheme, open_device, signers, put, tmp_path):
    (tmp_path / "signer.pem").write_bytes(write_public(make_key(SCHEMES[scheme][0])))
    device = open_device(signers=signers)
    for name, signature in (
        ("raw", sign(NEW, scheme)),
        ("base64", base64.b64encode(sign(OLD, scheme)) + b"\n"),
    ):
        content = NEW if name == "raw" else OLD
        url = put(f"{name}.bin", content, signature)
        assert summary(device.deploy(make(name, define("m", url, content))))[""] == "SUCCESS"
        assert device.current() == {"m": content}


ONE = "none of the signers signer.pem made this signature for this file"
REFUSED = {
    "absent": (NEW, None, "no signature: there is no m.bin.sig"),
    "empty": (NEW, b"", "no valid signature: signature '': expected base64"),
    "of another file": (NEW, sign(OLD), f"no valid signature: {ONE}"),
    "tampered": (NEW[:-1] + bytes([NEW[-1] ^ 1]), sign(NEW), f"no valid signature: {ONE}"),
    "foreign key": (NEW, sign(NEW, "P-256", 1), f"no valid signature: {ONE}"),
    "truncated": (NEW, sign(NEW)[:-1], f"no valid signature: {ONE}"),
    "garbage": (NEW, b"garbage \xff", f"no valid signature: {ONE}"),
    "100 kB": (NEW, bytes(100_000), "no valid signature: m.bin.sig has more than 4096 bytes"),
    "other kind": (NEW, sign(NEW, "RSA-PSS"), f"no valid signature: {ONE}"),
}


@pytest.mark.parametrize("case", REFUSED)
@pytest.mark.parametrize("checksum", [True, False])
def test_what_is_not_signed_is_refused_before_anything_is_installed(
    case, checksum, open_device, signers, put
):
    """Neither it nor a good model beside it, and what was there stays."""
    before = open_device()
    before.deploy(make("before", define("m", put("old.bin", OLD), OLD)))
    device = open_device(Hooks(refuse_all, refuse_all), signers=signers)
    content, signature, reason = REFUSED[case]
    bad = define("m", put("m.bin", content, signature), content if checksum else None)
    good = define("n", put("good.bin", OLD, sign(OLD)), OLD)
    result = device.deploy(make("d", good, bad))
    assert summary(result)["m"] == ("FAIL", reason, None)
    assert summary(result)["n"][0] == "FAIL"
    assert device.current() == {"m": OLD}
    assert len(device.files()) == 1


def test_a_missing_signature_is_told_before_the_download(open_device, signers, put):
    device = open_device(signers=signers)
    device.deploy(make("d", define("m", put("m.bin", NEW), NEW)))
    assert gets(device) == 1


@pytest.mark.parametrize("status", ["current", "kept"])
def test_a_version_that_is_there_has_to_be_signed_too(status, open_device, signers, put):
    """It was installed before there were signers; its bytes are not got again."""
    device = open_device()
    old = define("m", put("old.bin", OLD), OLD)
    device.deploy(make("before", old))
    if status == "kept":
        device.deploy(make("next", define("m", put("new.bin", NEW), NEW)))
    there = device.current()
    device = open_device(Hooks(refuse_all), signers=signers)
    for number, (signature, reason) in enumerate(
        ((None, "no signature: there is no old.bin.sig"), (sign(NEW), f"no valid signature: {ONE}"))
    ):
        put("old.bin", OLD, signature)
        assert summary(device.deploy(make(f"d{number}", old)))["m"] == ("FAIL", reason, None)
        assert device.current() == there
    before = gets(device)
    put("old.bin", OLD, sign(OLD))
    device = open_device(signers=signers)
    assert summary(device.deploy(make("d", old)))["m"] == ("SUCCESS", None, None)
    assert device.current() == {"m": OLD}
    assert before == 2
    assert gets(device) == 1


def test_what_was_there_is_restored_without_a_signature(open_device, signers, put):
    """The board runs it already, and has nothing else."""
    before = open_device()
    before.deploy(make("before", define("m", put("old.bin", OLD), OLD)))
    device = open_device(Hooks(lambda handle, _: handle == "m"), signers=signers)
    result = device.deploy(
        make(
            "d",
            define("m", put("new.bin", NEW, sign(NEW)), NEW),
            define("n", put("new.bin", NEW, sign(NEW)), NEW),
        )
    )
    assert "rolled back" in summary(result)["m"][1]
    assert device.current() == {"m": OLD}


@pytest.mark.parametrize("state", ["waiting", "asking", "fetching", "fetched", "installed"])
@pytest.mark.parametrize("good", [True, False])
def test_signers_that_are_configured_meanwhile_count(state, good, open_device, signers, put):
    """A deployment began without them; the agent starts again with them."""
    signature = sign(NEW if good else OLD)
    seen = []
    device = open_device(Hooks(lambda *_: seen.append(state)))
    device.deployments.offer([make("d", define("m", put("m.bin", NEW, signature), NEW))], 0.0)
    while not (work := device.deployments.status["deployment"]) or (
        work["models"][0]["state"] != state
    ):
        device.step()
    device.deployments.close()
    again = open_device(Hooks(lambda *_: seen.append(state)), signers=signers)
    result = again.finish(make("d", define("m", put("m.bin", NEW, signature), NEW)))
    # A file that has been verified by then is not read again: it is refused with its deployment.
    accepted = good and state not in ("fetched", "installed")
    assert summary(result)[""] == ("SUCCESS" if accepted else "FAIL")
    assert again.current() == ({"m": NEW} if accepted else {})
    assert seen == ([state] if accepted else [])
    if not accepted:
        assert "signature" in summary(result)["m"][1]


def test_an_unsigned_model_that_a_hook_has_accepted_is_taken_back(open_device, signers, put):
    device = open_device()
    device.deploy(make("before", define("m", put("old.bin", OLD), OLD)))
    device.deployments.offer([make("d", define("m", put("m.bin", NEW), NEW))], 0.0)
    while "accepted" not in str(device.deployments.status["deployment"]):
        device.step()
    device.deployments.close()
    told = []
    device = open_device(Hooks(lambda _, path: told.append(path)), signers=signers)
    result = device.finish()
    assert "deployments.signers was set" in summary(result)["m"][1]
    assert device.current() == {"m": OLD}
    (path,) = told
    assert path.endswith("old.bin")


def test_a_signer_that_is_withdrawn_meanwhile_does_not_count(open_device, signers, put, tmp_path):
    device = open_device(signers=signers)
    url = put("m.bin", NEW, sign(NEW))
    device.deployments.offer([make("d", define("m", url, NEW))], 0.0)
    while "installed" not in str(device.deployments.status["deployment"]):
        device.step()
    device.deployments.close()
    other = tmp_path / "other.pem"
    other.write_bytes(write_public(make_key("P-256", 1)))
    device = open_device(Hooks(refuse_all), signers=(str(other),))
    result = device.finish()
    assert "none of the signers other.pem made this" in summary(result)["m"][1]
    assert device.current() == {}


def test_an_object_that_is_replaced_meanwhile_brings_its_own_signature(
    open_device, signers, put, s3
):
    device = open_device(signers=signers)
    url = put("m.bin", OLD, sign(OLD))
    device.deployments.offer([make("d", define("m", url))], 0.0)
    while "fetching" not in str(device.deployments.status["deployment"]):
        device.step()
    put("m.bin", NEW, sign(NEW))
    os.utime(s3.folder / "signed" / "m.bin", (1e9, 1e9))
    assert summary(device.finish())[""] == "SUCCESS"
    assert device.current() == {"m": NEW}


def test_holes_that_a_power_cut_left_are_found_by_the_signature(open_device, signers, put):
    """It is all there is where the object has no checksum."""
    device = open_device(signers=signers)
    url = put("m.bin", NEW, sign(NEW))
    device.deployments.offer([make("d", define("m", url))], 0.0)
    while "fetching" not in str(device.deployments.status["deployment"]):
        device.step()
    device.deployments.close()
    (device.folder / "models" / ".partial" / "m").write_bytes(bytes(100_000))
    device = open_device(signers=signers)
    assert summary(device.finish())[""] == "SUCCESS"
    assert device.current() == {"m": NEW}


def test_a_signature_survives_a_broken_link_and_a_restart(open_device, signers, put, proxy):
    device = open_device(signers=signers, url=f"http://{proxy.origin}")
    url = put("m.bin", NEW, sign(NEW))
    proxy.fault = Fault("refuse")
    device.deployments.offer([make("d", define("m", url, NEW))], 0.0)
    for _ in range(3):
        device.step()
    proxy.fault = None
    while "asking" not in str(device.deployments.status["deployment"]):
        device.step()
    put("m.bin", NEW)  # the signature is known by now
    device = open_device(signers=signers)
    assert summary(device.finish())[""] == "SUCCESS"


def test_the_signature_of_the_document_is_the_one_that_counts(open_device, signers, put):
    device = open_device(signers=signers)
    url = put("m.bin", NEW, sign(NEW))
    for number, (signature, reason) in enumerate(
        (
            (block(sign(OLD)), ONE),
            (block(sign(NEW), certificateName="other.pem"), "'other.pem' is none of the signers"),
            (block(sign(NEW), signatureAlgorithm="RSA"), ONE.replace("signature", "RSA signature")),
            (block(sign(NEW), hashAlgorithm="SHA1"), "hashAlgorithm 'SHA1': only SHA256 is safe"),
            ({"signature": "?"}, "signature '?': expected base64"),
            ({}, "signature '': expected base64"),
        )
    ):
        result = device.deploy(make(f"d{number}", define("m", url, NEW, signature=signature)))
        assert f"no valid signature: {reason}" in summary(result)["m"][1]
        assert device.current() == {}
    put("m.bin", NEW)
    good = block(
        sign(NEW),
        hashAlgorithm="SHA256",
        signatureAlgorithm="ECDSA",
        certificateName="/certs/signer.pem",
    )
    result = device.deploy(make("d", define("m", url, NEW, signature=good)))
    assert summary(result)["m"] == ("SUCCESS", None, None)


class Files(http.server.SimpleHTTPRequestHandler):
    """Keeps what it was asked for; a presigned URL is good for itself alone."""

    asked: ClassVar = []

    def do_GET(self):
        self.asked.append(self.path)
        super().do_GET()

    def log_message(self, *_):
        pass


@pytest.mark.parametrize("signed", [True, False])
def test_a_model_by_url_has_to_bring_its_signature(signed, open_device, signers, tmp_path):
    """Beside it nothing is asked for."""
    (tmp_path / "m.bin").write_bytes(NEW)
    (tmp_path / "m.bin.sig").write_bytes(sign(NEW))
    Files.asked.clear()
    handler = functools.partial(Files, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        device = open_device(
            signers=signers,
            open_url=lambda _: Transport(f"http://127.0.0.1:{server.server_port}"),
        )
        signature = block(sign(NEW)) if signed else None
        url = "https://models.example.com/m.bin?X-Amz-Signature=1"
        definition = define("m", url, NEW, signature=signature)
        result = summary(device.deploy(make("d", definition)))
        device.deployments.close()
        server.shutdown()
    reason = "no signature: a model by URL has to bring its own"
    assert result["m"] == (("SUCCESS", None, None) if signed else ("FAIL", reason, None))
    assert device.current() == ({"m": NEW} if signed else {})
    assert set(Files.asked) == ({"/m.bin?X-Amz-Signature=1"} if signed else set())


def test_a_device_without_signers_takes_whatever_has_a_signature(open_device, put):
    device = open_device()
    definition = define("m", put("m.bin", NEW, sign(OLD)), NEW, signature={"signature": "?"})
    assert summary(device.deploy(make("d", definition)))[""] == "SUCCESS"


def test_sha1_twins_are_told_apart(open_device, signers, put, monkeypatch):
    """Two files of one SHA-1 can be made: the signature is over the SHA-256 of what is there."""
    twin = hashlib.sha1(NEW)
    monkeypatch.setattr("edgemote.agent.deployments.download.sha1", lambda **_: Twin(twin))
    before = open_device()
    before.deploy(make("before", define("m", put("m.bin", OLD), NEW)))
    assert before.current() == {"m": OLD}
    device = open_device(signers=signers)
    result = device.deploy(make("d", define("m", put("m.bin", NEW, sign(NEW)), NEW)))
    assert summary(result)["m"] == ("FAIL", f"no valid signature: {ONE}", None)


class Twin:
    """A SHA-1 that is always the same."""

    def __init__(self, hashed):
        self.hexdigest = hashed.hexdigest

    def update(self, data):
        pass
