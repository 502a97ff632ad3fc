"""Signatures of version 2 against botocore's own signer."""

from __future__ import annotations

import time
from unittest.mock import patch
from urllib.parse import parse_qsl

from botocore.auth import SigV2Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given
from hypothesis import strategies as st

import aws.sigv4
from aws.sigv4 import uri_encode
from calls import NOW_S, Ours
from conformance.comparison import generated
from edgemote.client.sigv2 import FormSigner
from edgemote_codegen.models import load_model
from edgemote_codegen.selection import select

NAMES = st.text(st.sampled_from("AaSTz.09-_"), min_size=1, max_size=12)
VALUES = st.text(max_size=20).filter(lambda text: text.isprintable() and "+" not in text)


def sign_with_botocore(
    params: dict[str, str], keys: Credentials, host: str, now_s: float
) -> dict[str, str]:
    request = AWSRequest("POST", f"https://{host}/", data=dict(params))
    moment = time.gmtime(now_s)
    with patch("botocore.auth.time.gmtime", lambda: moment):
        SigV2Auth(keys).add_auth(request)
    return dict(request.data)


@given(
    params=st.dictionaries(NAMES, VALUES, min_size=1, max_size=6),
    token=st.one_of(st.none(), st.just("to/ken+=")),
    now_s=st.floats(0, 4e9),
)
def test_signatures_are_botocores(params: dict[str, str], token: str | None, now_s: float) -> None:
    form = "&".join(f"{uri_encode(name)}={uri_encode(value)}" for name, value in params.items())
    signer = FormSigner("POST", "sdb.us-west-2.amazonaws.com", "/")
    signed = signer.sign(form.encode(), aws.sigv4.Credentials("AKID", "s3/cret", token), now_s)
    expected = sign_with_botocore(
        params, Credentials("AKID", "s3/cret", token), "sdb.us-west-2.amazonaws.com", now_s
    )
    assert dict(parse_qsl(signed.decode(), keep_blank_values=True)) == expected


def test_a_call_of_simpledb_is_signed_in_its_form() -> None:
    with generated(select(load_model("sdb", {}), ("PutAttributes",))):
        ours = Ours("sdb")
        params = {"DomainName": "d", "ItemName": "a b", "Attributes": [{"Name": "n", "Value": "~"}]}
        sent, _ = ours.call("put_attributes", params, (200, {}, b"<PutAttributesResponse/>"))
        body = dict(parse_qsl(ours.recorder.raw.body.decode()))
    given_params = {
        name: value
        for name, value in body.items()
        if name not in ("AWSAccessKeyId", "Signature", "Timestamp")
        and not name.startswith("Signature")
    }
    expected = sign_with_botocore(
        given_params, Credentials("AKIDEXAMPLE", "secret"), "sdb.us-west-2.amazonaws.com", NOW_S
    )
    assert body == expected
    assert "authorization" not in ours.recorder.raw.headers
    assert int(ours.recorder.raw.headers["content-length"]) == len(ours.recorder.raw.body)
    assert sent.signing == "in the form"
