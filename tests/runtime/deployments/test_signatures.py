"""Signatures are judged as `cryptography` makes them; whatever differs by one byte is refused.

EDGEMOTE_LIBCRYPTO=/path/of/libcrypto.so lets another version of OpenSSL judge.
"""

from __future__ import annotations

import base64
import ctypes
import functools
import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edgemote.agent.deployments import libcrypto, signatures
from runtime.deployments.signing import (
    SCHEMES,
    make_key,
    sign,
    write_certificate,
    write_private,
    write_public,
)

CONTENT = b"a model" * 1_000
DIGEST = hashlib.sha256(CONTENT).digest()


@pytest.fixture(scope="module", autouse=True)
def openssl():
    """The one that is asked for."""
    path = os.environ.get("EDGEMOTE_LIBCRYPTO")
    if path:
        libcrypto._loaded = None
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("_hashlib.__file__", path)
            libcrypto._load()
    yield libcrypto._load()
    libcrypto._loaded = None


@pytest.fixture
def write(tmp_path):
    """`write(PEM, name="signer.pem")`: the path of a file with it."""

    def write_it(pem, name="signer.pem"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(pem)
        return str(path)

    return write_it


def armour(der, label="PUBLIC KEY"):
    return (
        f"-----BEGIN {label}-----\n".encode()
        + base64.encodebytes(der)
        + f"-----END {label}-----\n".encode()
    )


@functools.cache
def signed(scheme):
    """One signature, for a test that must find the same one in each of its runs."""
    return sign(CONTENT, scheme)


def public_der(kind):
    return make_key(kind).public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


# What is accepted ------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("encode", [write_public, write_certificate])
def test_signatures_of_every_kind_of_key_are_accepted(scheme, encode, write):
    signer = write(encode(make_key(SCHEMES[scheme][0])))
    assert signatures.find_fault([signer], DIGEST, sign(CONTENT, scheme)) is None


def test_what_is_signed_is_what_openssl_signs_of_a_file(tmp_path, write):
    """The commands of docs/agent.md, for who has no make sign-model."""
    model, key, out = tmp_path / "model", tmp_path / "key.pem", tmp_path / "model.sig"
    model.write_bytes(CONTENT)
    for kind, commands in (
        ("P-256", "dgst -sha256 -sign key.pem -out model.sig model"),
        ("RSA-2048", "dgst -sha256 -sign key.pem -out model.sig model"),
        (
            "Ed25519",
            "dgst -sha256 -binary -out model.sha model;"
            "pkeyutl -sign -rawin -in model.sha -inkey key.pem -out model.sig",
        ),
    ):
        key.write_bytes(write_private(make_key(kind)))
        for command in commands.split(";"):
            subprocess.run(["openssl", *command.split()], cwd=tmp_path, check=True)
        signer = write(write_public(make_key(kind)))
        assert signatures.find_fault([signer], DIGEST, out.read_bytes()) is None


def test_a_certificate_out_of_its_dates_has_a_key_all_the_same(write):
    """The one who configured it trusts it, and a board that boots in 1970 cannot judge dates."""
    key = make_key("P-256")
    for number, dates in enumerate((("2001-01-01", "2002-01-01"), ("2048-01-01", "2049-01-01"))):
        signer = write(write_certificate(key, *dates), f"{number}.pem")
        assert signatures.find_fault([signer], DIGEST, sign(CONTENT)) is None


def test_two_signers_at_a_time_while_keys_are_changed(write):
    old = write(write_public(make_key("P-256")), "2025.pem")
    new = write(write_public(make_key("P-256", 1)), "2026.pem")
    for number in (0, 1):
        assert signatures.find_fault([old, new], DIGEST, sign(CONTENT, "P-256", number)) is None
    fault = signatures.find_fault([old, new], DIGEST, sign(CONTENT, "P-256", 2))
    assert fault == "none of the signers 2025.pem, 2026.pem made this signature for this file"


@pytest.mark.parametrize("spoilt", ["", "garbage", None])
def test_a_signer_that_was_damaged_since_does_not_hide_another(spoilt, write):
    signers = [write(b"", "bad.pem"), write(write_public(make_key("P-256")))]
    Path(signers[0]).unlink() if spoilt is None else Path(signers[0]).write_text(spoilt)
    assert signatures.find_fault(signers, DIGEST, sign(CONTENT)) is None
    fault = signatures.find_fault(signers, DIGEST, sign(CONTENT, "P-256", 1))
    why = "No such file or directory" if spoilt is None else "no PUBLIC KEY or CERTIFICATE in PEM"
    assert fault.startswith(
        "none of the signers bad.pem, signer.pem made this signature for this file; bad.pem: "
    )
    assert why in fault


@given(st.binary(max_size=500))
def test_a_file_has_a_signature_or_its_base64(data):
    read = signatures.read_signature
    assert read(base64.b64encode(data)) == data
    assert read(base64.encodebytes(data)) == data
    if data and signatures._decode_base64(data) is None:
        assert read(data) == data


@pytest.mark.parametrize("scheme", SCHEMES)
def test_no_signature_of_a_key_is_taken_for_base64(scheme):
    assert signatures.read_signature(signature := sign(CONTENT, scheme)) == signature


def test_comments_and_line_ends_of_another_system_do_not_matter(write):
    pem = b"Signer of 2026\r\n" + write_public(make_key("P-256")).replace(b"\n", b"\r\n") + b"\n\n"
    assert signatures.find_fault([write(pem)], DIGEST, sign(CONTENT)) is None


def test_a_compressed_point_is_a_key_too(write):
    key = make_key("P-256")
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    head = bytes.fromhex("3039301306072a8648ce3d020106082a8648ce3d030107032200")
    load_der_public_key(head + point)
    assert signatures.find_fault([write(armour(head + point))], DIGEST, sign(CONTENT)) is None


# What is refused -------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", SCHEMES)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.data())
def test_one_flipped_bit_anywhere_is_refused(scheme, write, data):
    """Of the file, the signature or the key."""
    kind = SCHEMES[scheme][0]
    parts = {"file": CONTENT, "signature": signed(scheme), "key": public_der(kind)}
    which = data.draw(st.sampled_from(sorted(parts)))
    part = bytearray(parts[which])
    at = data.draw(st.integers(0, 10_000))
    part[at % len(part)] ^= 1 << data.draw(st.integers(0, 7))
    parts[which] = bytes(part)
    signer = write(armour(parts["key"]))
    digest = hashlib.sha256(parts["file"]).digest()
    assert signatures.find_fault([signer], digest, parts["signature"]) is not None


@pytest.mark.parametrize("scheme", SCHEMES)
def test_what_is_no_signature_of_this_file_is_refused(scheme, write):
    kind = SCHEMES[scheme][0]
    signer = write(write_public(make_key(kind)))
    good = sign(CONTENT, scheme)
    bad = {
        "of another file": sign(b"another", scheme),
        "by a foreign key": sign(CONTENT, scheme, 1),
        "cut": good[:-1],
        "cut to a byte": good[:1],
        "longer": good + b"\0",
        "zeros": bytes(len(good)),
        "ones": b"\xff" * len(good),
        "twice": good * 2,
        "the digest": DIGEST,
        "of the file without a digest": make_key(kind).sign(
            CONTENT,
            *([padding.PKCS1v15(), hashes.SHA512()] if "RSA" in kind else []),
            *([ec.ECDSA(hashes.SHA384())] if kind[0] == "P" else []),
        ),
    }
    for name, signature in bad.items():
        fault = signatures.find_fault([signer], DIGEST, signature)
        assert fault == "none of the signers signer.pem made this signature for this file", name


def test_signatures_of_no_length_and_of_a_great_one_are_not_tried(write):
    signer = write(write_public(make_key("RSA-2048")))
    for size in (0, 4_097, 100_000):
        fault = signatures.find_fault([signer], DIGEST, bytes(size))
        assert fault == f"it has {size} bytes, expected 1 to 4096"


def test_signatures_by_keys_of_other_kinds_are_refused(write):
    for kind in ("RSA-2048", "P-256", "P-384", "Ed25519"):
        signer = write(write_public(make_key(kind)))
        for scheme in SCHEMES:
            if SCHEMES[scheme][0] != kind:
                assert signatures.find_fault([signer], DIGEST, sign(CONTENT, scheme)), scheme


def test_an_ecdsa_signature_in_another_spelling_is_refused(write):
    """Raw r and s as JWS has them, and DER with a longer head, are not what OpenSSL writes."""
    signer = write(write_public(make_key("P-256")))
    good = sign(CONTENT)
    r, s = decode_dss_signature(good)
    for spelt in (
        r.to_bytes(32, "big") + s.to_bytes(32, "big"),
        b"\x30\x81" + good[1:],
        good[:1] + bytes([good[1] + 2]) + good[2:] + b"\5\0",
    ):
        assert signatures.find_fault([signer], DIGEST, spelt) is not None


@pytest.mark.parametrize(
    "kind", ["RSA-1024", "RSA-2040", "DSA", "secp256k1", "P-224", "P-521", "Ed448"]
)
@pytest.mark.parametrize("encode", [write_public, write_certificate])
def test_keys_of_other_kinds_are_no_signers(kind, encode, write):
    key = make_key(kind)
    if kind == "Ed448" and encode is write_certificate:
        pytest.skip("signs certificates otherwise")
    with pytest.raises(
        ValueError, match=r"RSA of 2,048 to 8,192 bits, ECDSA on P-256 or P-384, or"
    ):
        signatures.read_key(write(encode(key)))


def test_a_curve_that_is_spelt_out_is_no_signer(write):
    """A key of such a curve can be made to another one's signature."""
    run = subprocess.run(
        "openssl ecparam -name prime256v1 -genkey -noout -param_enc explicit"
        " | openssl pkey -pubout",
        shell=True,
        capture_output=True,
        check=True,
    )
    assert b"BEGIN PUBLIC KEY" in run.stdout
    with pytest.raises(ValueError, match=r"the key in it is not|corrupt"):
        signatures.read_key(write(run.stdout))


def test_files_without_one_public_key_are_no_signers(write):
    key = make_key("P-256")
    public, der = write_public(key), public_der("P-256")
    secret = key.private_bytes(
        Encoding.PEM, PrivateFormat.TraditionalOpenSSL, BestAvailableEncryption(b"secret")
    )
    none, several = "no PUBLIC KEY or CERTIFICATE in PEM", "name a file for each signer"
    for pem, why in (
        (b"", none),
        (b"garbage", none),
        (os.urandom(5_000), none),
        (der, none),
        (public[: len(public) // 2], none),
        (public[: len(public) // 2] + public, "the PUBLIC KEY in it is corrupt"),
        (public + public, several),
        (public + write_certificate(key), several),
        (armour(der, "RSA PUBLIC KEY"), several),
        (armour(der, "CERTIFICATE"), "the CERTIFICATE in it is corrupt"),
        (armour(b""), "the PUBLIC KEY in it is corrupt"),
        (armour(der[:-1]), "the PUBLIC KEY in it is corrupt"),
        (armour(der + b"\0"), "the PUBLIC KEY in it is corrupt"),
        (armour(der[:-1] + b"\0"), "the PUBLIC KEY in it is corrupt"),  # not on the curve
        (armour(os.urandom(91)), "the PUBLIC KEY in it is corrupt"),
        (public.replace(b"\n", b"\n*", 2), "the PUBLIC KEY in it is corrupt"),
        (public.replace(b"\n", b"\nProc-Type: 4,ENCRYPTED\n", 1), "is corrupt"),
        (write_private(key), "a private key in it, which must not be on a device"),
        (secret, "a private key in it"),
        (public + write_private(key), "a private key in it"),
        (public + b"\n" * 65_536, "more than 65536 bytes"),
    ):
        with pytest.raises(ValueError, match=why):
            signatures.read_key(write(pem))


@given(st.binary(max_size=2_000), st.sampled_from(["PUBLIC KEY", "CERTIFICATE"]))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_no_bytes_in_a_signers_file_do_worse_than_be_refused(write, data, label):
    for pem in (data, armour(data, label)):
        with pytest.raises(ValueError, match=r"in it|in PEM"):
            signatures.read_key(write(pem))


# AWS Signer's block ----------------------------------------------------------------------------


def test_the_algorithm_of_a_signature_limits_the_keys(write):
    signers = [
        write(write_public(make_key(kind)), f"{kind}.pem")
        for kind in ("RSA-2048", "P-256", "Ed25519")
    ]

    def find(scheme, algorithm):
        return signatures.find_fault(signers, DIGEST, sign(CONTENT, scheme), algorithm=algorithm)

    assert find("RSA-PKCS1", "RSA") is None
    assert find("P-256", "ECDSA") is None
    for scheme, algorithm in (("P-256", "RSA"), ("RSA-PSS", "ECDSA"), ("Ed25519", "ECDSA")):
        assert f" made this {algorithm} signature for this file" in find(scheme, algorithm)


def test_a_certificates_name_chooses_among_the_signers_and_nothing_else(write, tmp_path):
    first = write(write_public(make_key("P-256")), "first.pem")
    second = write(write_public(make_key("P-256", 1)), "second.pem")
    outside = write(write_public(make_key("P-256", 2)), "elsewhere/foreign.pem")

    def find(name, number):
        return signatures.find_fault(
            [first, second], DIGEST, sign(CONTENT, "P-256", number), certificate=name
        )

    for name in ("second.pem", "/certs/second.pem", "../../second.pem"):
        assert find(name, 1) is None
        assert find(name, 0) == "none of the signers second.pem made this signature for this file"
    for name in (
        outside,
        "foreign.pem",
        "",
        "/",
        "second",
        "second.pem\0",
        "second.pem/",
        "\ud800",
    ):
        assert "is none of the signers first.pem, second.pem" in find(name, 2)


def test_a_block_of_a_document_is_read():
    block = {"signature": base64.b64encode(b"abc").decode()}
    assert signatures.read_block(block) == (b"abc", None, None)
    whole = {
        **block,
        "hashAlgorithm": "SHA256",
        "signatureAlgorithm": "ECDSA",
        "certificateName": "/certs/signer.pem",
    }
    assert signatures.read_block(whole) == (b"abc", "ECDSA", "/certs/signer.pem")
    for change, why in (
        ({"signature": ""}, "signature '': expected base64"),
        ({"signature": "abc"}, "signature 'abc': expected base64"),
        ({"signature": "YWJ\ud800"}, "expected base64"),
        ({"signature": "${aws:iot:code-sign-signature:s3://a/b}"}, "expected base64"),
        ({"hashAlgorithm": "SHA1"}, "hashAlgorithm 'SHA1': only SHA256 is safe enough"),
        ({"hashAlgorithm": ""}, "hashAlgorithm ''"),
        ({"signatureAlgorithm": "DSA"}, "signatureAlgorithm 'DSA': expected RSA, ECDSA or Ed"),
    ):
        with pytest.raises(ValueError, match=re.escape(why)):
            signatures.read_block({**whole, **change})


# How OpenSSL is asked --------------------------------------------------------------------------


def test_every_function_has_its_types(openssl):
    for names, (result, *arguments) in libcrypto._FUNCTIONS.items():
        function = getattr(openssl, names.split()[0])
        assert function.restype is result
        assert list(function.argtypes) == arguments


def test_no_error_is_left_to_ssl(openssl, write):
    """_ssl reads the same queue, of this thread."""
    openssl.ERR_peek_error.restype = ctypes.c_ulong
    for kind in ("RSA-2048", "P-256", "Ed25519"):
        signer = write(write_public(make_key(kind)))
        assert signatures.find_fault([signer], DIGEST, b"x" * 256)
        assert openssl.ERR_peek_error() == 0
    for pem in (armour(b"x"), armour(b"x", "CERTIFICATE"), write_public(make_key("DSA"))):
        with pytest.raises(ValueError, match="in it"):
            signatures.read_key(write(pem))
        assert openssl.ERR_peek_error() == 0


class Counted:
    """libcrypto, and what of it is not freed."""

    def __init__(self, lib):
        self._lib = lib
        self.alive = []
        self.made = 0

    def __getattr__(self, name):
        function = getattr(self._lib, name)

        def counted(*arguments):
            result = function(*arguments)
            if name.endswith("_free"):
                if arguments[0] is not None:
                    self.alive.remove(arguments[0])
            elif function.restype is ctypes.c_void_p and result is not None:
                self.alive.append(result)
                self.made += 1
            return result

        return counted


def test_every_object_is_freed(openssl, write, monkeypatch):
    counted = Counted(openssl)
    monkeypatch.setattr(libcrypto, "_loaded", counted)
    signers = [
        write(armour(b"x", label), f"{label}.pem") for label in ("PUBLIC KEY", "CERTIFICATE")
    ]
    for kind in ("DSA", "RSA-2048", "P-256", "Ed25519"):
        for encode in (write_public, write_certificate):
            signers.append(write(encode(make_key(kind)), f"{kind}{encode.__name__}.pem"))
            signatures.find_fault(signers, DIGEST, sign(CONTENT))
            signatures.find_fault(signers, DIGEST, b"x" * 64)
            assert counted.alive == []
    assert counted.made > 100


_WITHOUT = """
import sys
import _hashlib
{}
from edgemote.agent.deployments import signatures
try:
    signatures.read_key(sys.argv[1])
except ValueError as error:
    print(error)
"""


@pytest.mark.parametrize(
    "change",
    [
        "sys.modules['_hashlib'] = None",
        "_hashlib.__file__ = '/nonexistent.so'",
        "_hashlib.__file__ = sys.modules['_hashlib'].__file__.replace('_hashlib', '_heapq')",
        "del _hashlib.__file__",
    ],
    ids=["no OpenSSL", "no file", "not linked with it", "built in without its symbols"],
)
def test_a_python_without_a_libcrypto_says_so(change, write):
    said = run(_WITHOUT.format(change), write(write_public(make_key("P-256"))))
    assert said.startswith("signatures cannot be verified: this Python has no OpenSSL, or one with")


def run(program, *arguments):
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        env={"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
