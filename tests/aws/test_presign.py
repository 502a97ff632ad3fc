"""Presigned URLs and forms, byte for byte as botocore makes them at the same time.

`make conformance` compares a URL of each operation of all services.
"""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

import botocore.auth
import botocore.session
import botocore.signers
import pytest
from botocore.config import Config
from msgspec.structs import replace

from aws.errors import EndpointError, ValidationError
from aws.presign import presign
from aws.sigv4 import Credentials
from calls import Ours
from edgemote.credentials.provider import Fixed
from oracle import KEYS, NOW, PYTHON_SIGNERS, REGION

TOKEN = "session/token+EXAMPLE=="


class Both:
    """The clients of both sides."""

    def __init__(
        self,
        service: str = "s3-whole",
        *,
        token: str | None = None,
        style: str = "virtual",
        region: str = REGION,
        url: str | None = None,
        **options: Any,
    ) -> None:
        s3 = {"addressing_style": style} if service.startswith("s3") else {}
        config = Config(
            s3=s3,
            use_fips_endpoint=options.get("use_fips"),
            use_dualstack_endpoint=options.get("use_dual_stack"),
            **({"signature_version": "s3v4"} if s3 else {}),
        )
        self.theirs = botocore.session.Session().create_client(
            service.removesuffix("-whole").removesuffix("-part"),
            region_name=region,
            endpoint_url=url,
            config=config,
            aws_session_token=token,
            **KEYS,
        )
        style_of_ours = {"path": True, "virtual": False}[style]
        ours = Ours(service, path_style=style_of_ours, endpoint_url=url, **options)
        ours.caller.settings = replace(ours.caller.settings, region=region)
        keys = Credentials(KEYS["aws_access_key_id"], KEYS["aws_secret_access_key"], token)
        ours.caller.provider = Fixed(keys)
        self.ours: Any = ours.client

    def url(self, name: str, params: dict[str, Any], **options: Any) -> str:
        """Ours, which is to be theirs."""
        found = self.ours.presign(name, params, **options)
        with _frozen():
            wanted = self.theirs.generate_presigned_url(
                name, params, options.get("expires_s", 3600), options.get("method")
            )
        assert found == wanted
        return str(found)

    def post(self, bucket: str, key: str, **options: Any) -> Any:
        found = self.ours.presign_post(bucket, key, **options)
        with _frozen():
            wanted = self.theirs.generate_presigned_post(
                bucket,
                key,
                options.get("fields"),
                options.get("conditions"),
                options.get("expires_s", 3600),
            )
        assert found == wanted
        return found


@contextmanager
def _frozen() -> Iterator[None]:
    def now(**_: Any) -> Any:
        return NOW.replace(tzinfo=None)

    with (
        patch.dict(botocore.auth.AUTH_TYPE_MAPS, PYTHON_SIGNERS),
        patch.object(botocore.auth, "get_current_datetime", now),
        patch.object(botocore.signers, "get_current_datetime", now),
    ):
        yield


OBJECT = {"Bucket": "dock-logs", "Key": "cam 7/log+é~*'().txt"}


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"style": "path"},
        {"token": TOKEN},
        {"use_fips": True},
        {"use_dual_stack": True},
        {"use_fips": True, "use_dual_stack": True},
        {"region": "eu-central-1"},
        {"region": "cn-north-1"},
        {"url": "https://minio.example:9000/base", "style": "path"},
        {"url": "http://127.0.0.1:80", "style": "path"},
    ],
    ids=str,
)
def test_an_object_of_s3(options: dict[str, Any]) -> None:
    both = Both(**options)
    url = both.url("get_object", OBJECT)
    assert ("X-Amz-Security-Token=" in url) is ("token" in options)
    both.url("get_object", {**OBJECT, "VersionId": "v 1", "ResponseContentType": "text/plain"})
    both.url("put_object", {**OBJECT, "ContentType": "text/plain", "Metadata": {"site": "dock 7"}})
    both.url("head_object", OBJECT, method="GET", expires_s=604_800)
    # botocore asks for the encoding of its own accord.
    listed = {"Bucket": "dock-logs", "Prefix": "a b", "EncodingType": "url"}
    both.url("list_objects_v2", listed, expires_s=1)
    both.url("list_buckets", {})
    both.url("upload_part", {**OBJECT, "PartNumber": 3, "UploadId": "u/1"})
    both.url("get_bucket_acl", {"Bucket": "dock-logs"})
    both.url("delete_object", OBJECT)


def test_buckets_that_are_arns_are_signed_for_their_region() -> None:
    arn = "arn:aws:s3:us-west-2:123456789012:accesspoint/dock"
    url = Both().url("get_object", {"Bucket": arn, "Key": "log"})
    assert urlsplit(url).netloc == "dock-123456789012.s3-accesspoint.us-west-2.amazonaws.com"


@pytest.mark.parametrize(
    ("service", "name", "params"),
    [
        ("dynamodb", "get_item", {"TableName": "t", "Key": {"id": {"S": "é"}}}),
        ("ec2-part", "describe_instances", {"InstanceIds": ["i-1", "i-2"], "MaxResults": 5}),
        ("kinesis", "list_streams", {}),
    ],
)
def test_parameters_of_a_body_go_into_the_query(
    service: str, name: str, params: dict[str, Any]
) -> None:
    Both(service, token=TOKEN).url(name, params, expires_s=60)


def test_a_token_that_the_caller_leaves_out_is_drawn() -> None:
    ours = Both("ec2-part").ours
    params = {"AvailabilityZone": "us-west-2a"}
    first, second = (ours.presign("create_volume", params) for _ in range(2))
    assert "ClientToken=" in first
    assert first != second


def test_nothing_is_sent_and_no_connection_is_made() -> None:
    ours = Ours("s3-whole")
    ours.client.presign("get_object", OBJECT)  # type: ignore[attr-defined]
    assert ours.recorder.count == 0


@pytest.mark.parametrize("expires_s", [0, -1, 604_801, 60.0, True, None, "60"])
def test_a_time_that_aws_would_refuse(expires_s: Any) -> None:
    ours = Both().ours
    text = r"expires_s: expected whole seconds from 1 to 604800, got"
    with pytest.raises(ValidationError, match=text):
        ours.presign("get_object", OBJECT, expires_s=expires_s)
    with pytest.raises(ValidationError, match=text):
        ours.presign_post("dock-logs", "log", expires_s=expires_s)


@pytest.mark.parametrize(
    "name", ["getobject", "GetObject", "close", "presign", "presign_post", "_call", "exceptions", 3]
)
def test_what_is_no_operation(name: Any) -> None:
    with pytest.raises(ValidationError, match=r"S3 has no operation .*; expected the name"):
        Both().ours.presign(name, {})


@pytest.mark.parametrize("params", [5, "Bucket", [("Bucket", "b")], {1: "b"}])
def test_parameters_that_are_no_dict(params: Any) -> None:
    with pytest.raises(ValidationError, match=r"^presign: expected a dict of parameters by name"):
        Both().ours.presign("get_object", params)


@pytest.mark.parametrize("method", [5, b"GET", "GET /", ""])
def test_what_is_no_http_method(method: Any) -> None:
    with pytest.raises(ValidationError, match=r"^presign: method: expected an HTTP method such as"):
        Both().ours.presign("get_object", OBJECT, method=method)


def test_parameters_are_checked() -> None:
    ours = Both().ours
    with pytest.raises(ValidationError, match=r"\$.Key"):
        ours.presign("get_object", {"Bucket": "dock-logs"})
    arn = "arn:aws:s3::123456789012:accesspoint/mfzwi23gnjvgw.mrap"
    with pytest.raises(EndpointError, match="sigv4a"):
        ours.presign("get_object", {"Bucket": arn, "Key": "log"})


@pytest.mark.parametrize("body", [b"content", b"{}", "text", open])
def test_a_body_stays_with_who_uses_the_url(body: Any) -> None:
    if body is open:
        body = open(__file__, "rb")  # noqa: SIM115
    with pytest.raises(ValidationError, match="PutObject cannot be presigned: a URL has no body: "):
        Both().ours.presign("put_object", {**OBJECT, "Body": body})
    if hasattr(body, "close"):
        body.close()


def test_what_only_a_body_can_hold_is_refused() -> None:
    with pytest.raises(ValidationError, match="DeleteObjects cannot be presigned: its parameters"):
        Both().ours.presign(
            "delete_objects", {"Bucket": "dock-logs", "Delete": {"Objects": [{"Key": "a"}]}}
        )
    with pytest.raises(ValidationError, match="AssumeRoleWithWebIdentity cannot be presigned: it"):
        presign(
            Ours("sts").client,
            "assume_role_with_web_identity",
            {"RoleArn": "a" * 20, "RoleSessionName": "n7", "WebIdentityToken": "token"},
            60,
            None,
        )


# Forms ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"style": "path"},
        {"token": TOKEN},
        {"use_dual_stack": True},
        {"region": "eu-central-1"},
        {"url": "https://minio.example:9000", "style": "path"},
    ],
    ids=str,
)
def test_a_form(options: dict[str, Any]) -> None:
    both = Both(**options)
    both.post("dock-logs", "cam 7/é")
    form = both.post(
        "dock-logs",
        "up/${filename}",
        fields={"acl": "private", "Content-Type": "text/plain"},
        conditions=[{"acl": "private"}, ["content-length-range", 0, 1024]],
        expires_s=60,
    )
    policy = json.loads(b64decode(form["fields"]["policy"]))
    assert policy["expiration"] == "2015-08-30T12:37:00Z"
    assert ["starts-with", "$key", "up/"] in policy["conditions"]


def test_a_forms_arguments_stay_as_they_are() -> None:
    fields, conditions = {"acl": "private"}, [{"acl": "private"}]
    Both().ours.presign_post("dock-logs", "log", fields=fields, conditions=conditions)
    assert (fields, conditions) == ({"acl": "private"}, [{"acl": "private"}])


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"Bucket": 5}, r"^\$.Bucket: expected `str` of length >= 1, got int$"),
        ({"Bucket": None}, r"^\$.Bucket: expected `str` of length >= 1, got NoneType$"),
        ({"Key": b"log"}, r"^\$.Key: expected `str` of length >= 1, got bytes$"),
        ({"fields": [1]}, r"^fields: expected a dict, got list$"),
        ({"conditions": 5}, r"^conditions: expected a list, got int$"),
        ({"conditions": [{"acl": b"x"}]}, r"^conditions: cannot be written as JSON: "),
    ],
)
def test_what_a_form_cannot_have(changes: dict[str, Any], text: str) -> None:
    with pytest.raises(ValidationError, match=text):
        Both().ours.presign_post(**{"Bucket": "dock-logs", "Key": "log", **changes})


def test_only_s3_has_forms() -> None:
    assert not hasattr(Ours("dynamodb").client, "presign_post")
    assert not hasattr(Ours("sqs").client, "presign")
