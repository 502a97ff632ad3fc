"""What profiles, variables and arguments make of S3's host: as botocore has it."""

import contextlib
from itertools import product

import botocore.session
import pytest
from botocore.awsrequest import AWSResponse
from botocore.config import Config

import edgemote
from aws.s3_whole import S3
from aws_home import aws_home, ini

KEYS = edgemote.Credentials("AKIDEXAMPLE", "secret")
LOADER = botocore.session.Session().get_component("data_loader")
ACCELERATE = "https://s3-accelerate.amazonaws.com"
LEGACY = "AWS_S3_US_EAST_1_REGIONAL_ENDPOINT"
BUCKETS = (
    "dock",
    "Upper_case",
    "arn:aws:s3:us-west-2:123456789012:accesspoint:point",
    "test-accessp-o0b1d075431d83bebde8xz5w8ijx1qzlbp3i3kuse10--op-s3",
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


def ask_edgemote(region, bucket, arguments):
    """The address of a GetObject and the region of its signature, None where there is none."""
    try:
        client = edgemote.connect(S3, region=region, credentials=KEYS, **arguments)
        pipeline = client._call
        from aws.s3_whole.client import GET_OBJECT

        endpoint = pipeline.resolve(GET_OBJECT, {"Bucket": bucket, "Key": "k"})
    except edgemote.Error:
        return None
    return f"{endpoint.url}/k", endpoint.signing_region or region


def ask_botocore(region, bucket, arguments):
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
        client.get_object(Bucket=bucket, Key="k")
    return seen[0] if seen else None


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1"])
@pytest.mark.parametrize("name", SETTINGS)
def test_addresses_are_botocores(region, name):
    profile, environ, arguments = SETTINGS[name]
    # Of others, botocore says that they cannot be accelerated.
    buckets = ("dock",) if name.startswith("accelerate") else BUCKETS
    with aws_home(environ, ini({"default": profile})):
        for bucket in buckets:
            ours = ask_edgemote(region, bucket, arguments)
            assert ours == ask_botocore(region, bucket, arguments), bucket


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
            "s3 in profile 'default' of {}: expected true or false, got str",
        ),
        (
            {},
            {LEGACY: "hunter2"},
            "us_east_1_regional_endpoint of s3 in profile 'default' of {}: expected one of "
            "regional, legacy",
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
