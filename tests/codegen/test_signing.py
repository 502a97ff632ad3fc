"""`sign-model`: what it signs, a device accepts, and so does OpenSSL."""

from __future__ import annotations

import base64
import hashlib
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
)

from edgemote.agent.deployments import libcrypto, signatures
from edgemote_codegen import signing
from edgemote_codegen.__main__ import main
from edgemote_codegen.errors import CodegenError
from edgemote_codegen.signing import sign_model
from runtime.deployments.signing import MAKERS, make_key, write_private, write_public

ROOT = Path(__file__).resolve().parents[2]
CONTENT = b"a model" * 300_000
GOOD = ("RSA-2048", "P-256", "P-384", "Ed25519")


@pytest.fixture
def folder(tmp_path):
    """With the model snow-1.4.bin, and key.pem of P-256."""
    (tmp_path / "snow-1.4.bin").write_bytes(CONTENT)
    (tmp_path / "key.pem").write_bytes(write_private(make_key("P-256")))
    (tmp_path / "signer.pem").write_bytes(write_public(make_key("P-256")))
    return tmp_path


def run(folder, *arguments, **options):
    return subprocess.run(
        [sys.executable, "-m", "edgemote_codegen", "sign-model", *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT / "codegen")},
        capture_output=True,
        text=True,
        **options,
    )


def is_good(folder, signature):
    digest = hashlib.sha256(CONTENT).digest()
    return signatures.find_fault([str(folder / "signer.pem")], digest, signature) is None


@pytest.mark.parametrize("kind", GOOD)
def test_a_device_accepts_what_is_signed(kind, folder):
    key = folder / "key.pem"
    key.write_bytes(write_private(make_key(kind)))
    (folder / "signer.pem").write_bytes(write_public(make_key(kind)))
    signature = sign_model(folder / "snow-1.4.bin", key)
    assert is_good(folder, signature)
    if kind != "Ed25519":
        (folder / "model.sig").write_bytes(signature)
        command = "dgst -sha256 -verify signer.pem -signature model.sig snow-1.4.bin"
        subprocess.run(["openssl", *command.split()], cwd=folder, check=True)


def test_the_signature_is_written_beside_the_model_or_printed(folder):
    done = run(folder, "snow-1.4.bin", "--key", "key.pem")
    signature = (folder / "snow-1.4.bin.sig").read_bytes()
    assert done.stdout == f"snow-1.4.bin.sig: {len(signature)} bytes\n"
    assert is_good(folder, signature)
    assert run(folder, "snow-1.4.bin", "--key", "key.pem", "--out", "s").returncode == 0
    assert is_good(folder, (folder / "s").read_bytes())
    before = sorted(folder.iterdir())
    printed = run(folder, "snow-1.4.bin", "--key", "key.pem", "--print").stdout
    assert is_good(folder, base64.b64decode(printed.strip(), validate=True))
    assert printed.count("\n") == 1
    assert sorted(folder.iterdir()) == before


def test_make_signs_too(folder):
    command = ["make", "--no-print-directory", "-n", "sign-model", "MODEL=a b.bin", "KEY=key.pem"]
    said = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=True, env={"PATH": os.defpath}
    ).stdout
    assert "-m edgemote_codegen sign-model 'a b.bin' --key 'key.pem'" in said


@pytest.mark.parametrize("kind", sorted(MAKERS.keys() - {*GOOD, "RSA-3072"}))
def test_keys_that_no_device_takes_do_not_sign(kind, folder):
    key = folder / "key.pem"
    key.write_bytes(write_private(make_key(kind)))
    with pytest.raises(CodegenError, match="the key in it is not RSA of 2,048 to 8,192 bits"):
        sign_model(folder / "snow-1.4.bin", key)
    assert signing.EXPECTED == libcrypto.EXPECTED


def test_what_cannot_be_signed_is_told_in_one_line(folder, monkeypatch, capsys):
    monkeypatch.chdir(folder)
    for arguments, why in (
        (("snow-1.4.bin", "--key", "none.pem"), "none.pem: No such file or directory"),
        (("none.bin", "--key", "key.pem"), "none.bin: No such file or directory"),
        ((".", "--key", "key.pem"), ".: Is a directory"),
        (("snow-1.4.bin", "--key", "signer.pem"), "signer.pem: expected a private key in PEM"),
        (("snow-1.4.bin", "--key", "snow-1.4.bin"), "snow-1.4.bin: expected a private key in PEM"),
        (("snow-1.4.bin", "--key", "key.pem", "--out", "no/s"), "no/s: No such file or directory"),
        (("snow-1.4.bin",), "--key"),
        (("snow-1.4.bin", "--key", "key.pem", "--out", "s", "--print"), "not allowed with"),
    ):
        monkeypatch.setattr(sys, "argv", ["edgemote_codegen", "sign-model", *arguments])
        with pytest.raises(SystemExit) as exit_:
            sys.exit(main())
        assert exit_.value.code == 2
        said = capsys.readouterr().err
        assert said.startswith("edgemote-codegen: ")
        assert said.count("\n") == 1
        assert why in said


def test_a_key_with_a_password_asks_for_it(folder):
    (folder / "key.pem").write_bytes(
        make_key("P-256").private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret")
        )
    )
    done = run(folder, "snow-1.4.bin", "--key", "key.pem", stdin=subprocess.DEVNULL)
    assert done.stderr == (
        "edgemote-codegen: key.pem: the key has a password, and there is no terminal to ask for"
        " it\n"
    )
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(folder)
        os.environ["PYTHONPATH"] = str(ROOT / "codegen")
        command = [sys.executable, "-m", "edgemote_codegen", "sign-model", "snow-1.4.bin"]
        os.execv(sys.executable, [*command, "--key", "key.pem"])
    said = b""
    while b"Password of key.pem:" not in said:
        said += os.read(terminal, 1_000)
    os.write(terminal, b"secret\n")
    assert os.waitpid(pid, 0)[1] == 0
    os.close(terminal)
    assert is_good(folder, (folder / "snow-1.4.bin.sig").read_bytes())


def test_without_cryptography_it_says_what_to_install(folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "cryptography.exceptions", None)
    with pytest.raises(CodegenError, match=r"pip install 'edgemote\[sign\]'"):
        sign_model(folder / "snow-1.4.bin", folder / "key.pem")
