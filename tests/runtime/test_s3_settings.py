"""What profiles, variables and arguments make of S3's host: as botocore has it."""

import contextlib
from itertools import product
from unittest.mock import patch

import botocore.session
import pytest
from botocore.awsrequest import AWSResponse
from botocore.config import Config

import edgemote
from aws.s3_whole import S3, client
from aws_home import aws_home, ini
from edgemote.http import Response
from edgemote.http.transport import Transport

KEYS = edgemote.Credentials("AKIDEXAMPLE", "secret")
LOADER = botocore.session.Session().get_component("data_loader")
ACCELERATE = "https://s3-accelerate.amazonaws.com"
LEGACY = "AWS_S3_US_EAST_1_REGIONAL_ENDPOINT"
BUCKETS = (
    "dock",
    "Upper_case",
    "arn:aws:s3:us-west-2:123456789012:accesspoint:point",
    "arn:aws:s3:eu-west-1:123456789012:accesspoint:point",
    "test-accessp-o0b1d075431d83bebde8xz5w8ijx1qzlbp3i3kuse10--op-s3",
    "dotted.name",
)
NOTHING = ({}, {}, {})
# (the profile's keys, variables, arguments of our client and botocore's)
SETTINGS = {
    "nothing": NOTHING,
    "path": ({"s3": {"addressing_style": "path"}}, {}, {}),
    "virtual": ({"s3": {"addressing_style": "virtual"}}, {}, {}),
    "auto": ({"s3": {"addressing_style": "auto", "max_queue_size": "10"}}, {}, {}),
    "regional block": ({"s3": {"us_east_1_regional_endpoint": "regional"}}, {}, {}),
    "regional key": ({"s3_us_east_1_regional_endpoint": "regional"}, {}, {}),
    "regional variable": ({}, {LEGACY: "regional"}, {}),
    "legacy variable": (
        {"s3": {"us_east_1_regional_endpoint": "regional"}},
        {LEGACY: "legacy"},
        {},
    ),
    "accelerate": ({"s3": {"use_accelerate_endpoint": "true"}}, {}, {}),
    "no accelerate": ({"s3": {"use_accelerate_endpoint": "false"}}, {}, {}),
    "accelerate and path": (
        {"s3": {"use_accelerate_endpoint": "true", "addressing_style": "path"}},
        {},
        {},
    ),
    "accelerate and fips": (
        {"s3": {"use_accelerate_endpoint": "true"}},
        {"AWS_USE_FIPS_ENDPOINT": "true"},
        {},
    ),
    "own region's ARNs": ({"s3": {"use_arn_region": "false"}}, {}, {}),
    "own region's ARNs by key": (
        {"s3_use_arn_region": "false", "s3": {"use_arn_region": "true"}},
        {},
        {},
    ),
    "own region's ARNs by variable": (
        {"s3_use_arn_region": "true"},
        {"AWS_S3_USE_ARN_REGION": "false"},
        {},
    ),
    "accelerate and dual stack": (
        {"s3": {"use_accelerate_endpoint": "true", "use_dualstack_endpoint": "true"}},
        {},
        {},
    ),
    "dual stack": ({"s3": {"use_dualstack_endpoint": "true"}}, {}, {}),
    "dual stack by two": (
        {"s3": {"use_dualstack_endpoint": "false"}, "use_dualstack_endpoint": "true"},
        {},
        {},
    ),
    "fips": ({}, {"AWS_USE_FIPS_ENDPOINT": "true"}, {}),
    "url": ({}, {}, {"endpoint_url": "http://localhost:9000"}),
    "virtual at a url": (
        {"s3": {"addressing_style": "virtual"}},
        {},
        {"endpoint_url": "http://localhost:9000"},
    ),
    "url of accelerate": ({}, {}, {"endpoint_url": ACCELERATE}),
    "accelerate at a url": (
        {"s3": {"use_accelerate_endpoint": "true"}},
        {},
        {"endpoint_url": "http://localhost:9000"},
    ),
}


def ask_edgemote(region, bucket, arguments, operation=client.GET_OBJECT):
    """The address of a GetObject and the region of its signature, None where there is none."""
    try:
        pipeline = edgemote.connect(S3, region=region, credentials=KEYS, **arguments)._call
        endpoint = pipeline.resolve(operation, {"Bucket": bucket, "Key": "k"} if bucket else {})
    except edgemote.Error:
        return None
    path = "/k" if operation is client.GET_OBJECT else ""
    return f"{endpoint.url}{path}", endpoint.signing_region or region


def ask_botocore(region, bucket, arguments, operation="get_object"):
    session = botocore.session.Session()
    session.register_component("data_loader", LOADER)
    seen = []

    def answer(request, **_):
        scope = request.headers["authorization"].decode().partition("Credential=")[2]
        # An Outpost's is for several regions, where the C library signs.
        seen.append((request.url, region if bucket[-7:] == "--op-s3" else scope.split("/")[2]))
        return AWSResponse(request.url, 404, {}, None)

    with contextlib.suppress(Exception):
        client = session.create_client(
            "s3",
            region_name=region,
            aws_access_key_id="AKIDEXAMPLE",
            aws_secret_access_key="secret",
            config=Config(retries={"total_max_attempts": 1}),
            **arguments,
        )
        client.meta.events.register("before-send", answer)
        params = {"Bucket": bucket, "Key": "k"} if operation == "get_object" else {"Bucket": bucket}
        getattr(client, operation)(**(params if bucket else {}))
    return seen[0] if seen else None


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1"])
@pytest.mark.parametrize("name", SETTINGS)
def test_addresses_are_botocores(region, name):
    profile, environ, arguments = SETTINGS[name]
    with aws_home(environ, ini({"default": profile})):
        for bucket in BUCKETS:
            ours = ask_edgemote(region, bucket, arguments)
            assert ours == ask_botocore(region, bucket, arguments), bucket


@pytest.mark.parametrize("name", ["CREATE_BUCKET", "HEAD_BUCKET", "LIST_BUCKETS"])
def test_what_is_accelerated_is_botocores(name):
    bucket = "" if name == "LIST_BUCKETS" else "dock"
    with aws_home({}, ini({"default": {"s3": {"use_accelerate_endpoint": "true"}}})):
        ours = ask_edgemote("eu-west-1", bucket, {}, getattr(client, name))
        theirs = ask_botocore("eu-west-1", bucket, {}, name.lower())
    if theirs is not None:
        theirs = theirs[0].partition("?")[0].removesuffix("/"), theirs[1]
    assert ours == theirs


@pytest.mark.parametrize("region", ["us-gov-west-1", "cn-north-1"])
def test_where_accelerate_is_not_is_botocores(region):
    with aws_home({}, ini({"default": {"s3": {"use_accelerate_endpoint": "true"}}})):
        assert ask_edgemote(region, "dock", {}) == ask_botocore(region, "dock", {})


@pytest.mark.parametrize(
    ("settings", "bucket", "text"),
    [
        (
            "use_accelerate_endpoint = true",
            BUCKETS[2],
            "S3 Accelerate cannot be used with the bucket",
        ),
        ("use_accelerate_endpoint = true", "a.b", "periods"),
        ("use_arn_region = false", BUCKETS[2], "'us-west-2', where the client's is 'eu-west-1'"),
    ],
)
def test_a_bucket_that_a_setting_excludes_is_refused_before_anything_is_sent(
    settings, bucket, text
):
    with aws_home({}, f"[default]\ns3 =\n  {settings}\n"):
        s3 = edgemote.connect(S3, region="eu-west-1", credentials=KEYS)
        with pytest.raises(edgemote.EndpointError, match=text):
            s3.get_object(Bucket=bucket, Key="k")


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("setting", ["true", "false"])
def test_signing_of_payloads_is_botocores(scheme, setting):
    url = f"{scheme}://s3.example"
    params = {"Bucket": "dock", "Key": "k", "Body": b"content"}
    required = Config(
        request_checksum_calculation="when_required", retries={"total_max_attempts": 1}
    )
    with aws_home({}, ini({"default": {"s3": {"payload_signing_enabled": setting}}})):
        with patch.object(Transport, "exchange", return_value=Response(200, {}, b"")) as sent:
            s3 = edgemote.connect(S3, region="eu-west-1", endpoint_url=url, credentials=KEYS)
            s3.put_object(**params)
        head = sent.call_args[0][0].decode().lower()
        theirs = []
        judge = botocore.session.Session().create_client(
            "s3",
            region_name="eu-west-1",
            endpoint_url=url,
            aws_access_key_id="AKIDEXAMPLE",
            aws_secret_access_key="secret",
            config=required,
        )

        def answer(request, **_):
            theirs.append(request.headers["x-amz-content-sha256"].decode().lower())
            return AWSResponse(request.url, 200, {}, None)

        judge.meta.events.register("before-send", answer)
        with contextlib.suppress(AttributeError):  # its answer has no body
            judge.put_object(**params)
    assert f"x-amz-content-sha256: {theirs[0]}\r\n" in head
    assert (theirs[0] == "unsigned-payload") is (setting == "false")


def test_an_argument_outranks_the_profile():
    config = {"default": {"s3": {"addressing_style": "path", "use_dualstack_endpoint": "true"}}}
    with aws_home({}, ini(config)):
        found = ask_edgemote("eu-west-1", "dock", {"path_style": False, "use_dual_stack": False})
    assert found == ("https://dock.s3.eu-west-1.amazonaws.com/k", "eu-west-1")


@pytest.mark.parametrize(
    ("config", "environ", "text"),
    [
        ({"s3": "path"}, {}, "s3 in profile 'default' of {}: expected indented lines, got str"),
        (
            {"s3": {"addressing_style": "hunter2"}},
            {},
            "addressing_style of s3 in profile 'default' of {}: expected one of path, virtual, "
            "auto",
        ),
        (
            {"s3": {"use_accelerate_endpoint": "hunter2"}},
            {},
            "use_accelerate_endpoint of s3 in profile 'default' of {}: expected true or false, got "
            "str",
        ),
        (
            {},
            {"AWS_S3_USE_ARN_REGION": "hunter2"},
            "AWS_S3_USE_ARN_REGION: expected true or false, got str",
        ),
        (
            {},
            {LEGACY: "hunter2"},
            "AWS_S3_US_EAST_1_REGIONAL_ENDPOINT: expected one of regional, legacy",
        ),
        (
            {"s3_use_arn_region": "hunter2", "s3": {"use_arn_region": "true"}},
            {},
            "s3_use_arn_region in profile 'default' of {}: expected true or false, got str",
        ),
        (
            {"s3": {"payload_signing_enabled": "1"}},
            {},
            "payload_signing_enabled of s3 in profile 'default' of {}: expected true or false, got "
            "str",
        ),
        (
            {"s3_us_east_1_regional_endpoint": {"regional": "true"}},
            {},
            "s3_us_east_1_regional_endpoint in profile 'default' of {}: expected one of regional, "
            "legacy",
        ),
    ],
)
def test_what_cannot_be_meant(config, environ, text):
    with aws_home(environ, ini({"default": config})) as home:
        with pytest.raises(edgemote.ConfigError) as caught:
            edgemote.connect(S3, region="eu-west-1", credentials=KEYS)
        assert str(caught.value) == text.format(home / ".aws" / "config")


def test_a_path_of_the_matrix_is_not_missing():
    """Each setting changes something that a test above sees."""
    seen = set()
    for (profile, environ, arguments), region in product(SETTINGS.values(), ["us-east-1"]):
        with aws_home(environ, ini({"default": profile})):
            seen.add(ask_edgemote(region, "dock", arguments))
    assert len(seen) >= 8
