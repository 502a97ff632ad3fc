"""The functions of endpoint rules against botocore's."""

from __future__ import annotations

from random import Random

from botocore.endpoint_provider import RuleSetStandardLibrary
from hypothesis import given
from hypothesis import strategies as st

from aws import endpoint_functions
from aws.partitions import partition
from endpoint_rules import ODD_REGIONS, PARTITIONS, REGIONS, make_arn

LIBRARY = RuleSetStandardLibrary(PARTITIONS)
HOSTS = st.text(st.sampled_from("aZ09-.:_é"), max_size=70)
URLS = st.builds(
    "{}://{}{}{}".format,
    st.sampled_from(["http", "https", "ftp", "HTTPS", ""]),
    st.sampled_from(
        [
            "localhost:80",
            "h:port",
            "10.0.0.1",
            "256.1.1.1:9",
            "[::1]:8080",
            "[fd00::1]",
            "u:p@h",
            "H",
        ]
    ),
    st.text(st.sampled_from("/.a b%é~"), max_size=12).map(lambda path: f"/{path}" if path else ""),
    st.sampled_from(["", "", "?q", "#f"]),
)
REGION_LIKE = st.text(st.sampled_from("us-eaiogv1_9é"), max_size=20)


@given(st.one_of(st.sampled_from([*REGIONS, *ODD_REGIONS[1:]]), REGION_LIKE))
def test_partition_is_botocores(region: str) -> None:
    found, expected = partition(region), LIBRARY.aws_partition(region)
    assert found.id == expected["name"]
    assert found.dns_suffix == expected["dnsSuffix"]
    assert found.dual_stack_dns_suffix == expected["dualStackDnsSuffix"]
    assert found.implicit_global_region == expected["implicitGlobalRegion"]
    assert found.supports_fips == expected["supportsFIPS"]
    assert found.supports_dual_stack == expected["supportsDualStack"]


@given(HOSTS, st.booleans())
def test_host_labels_are_botocores(text: str, dots: bool) -> None:
    assert endpoint_functions.is_host_label(text, dots=dots) == LIBRARY.is_valid_host_label(
        text, dots
    )
    is_bucket = LIBRARY.aws_is_virtual_hostable_s3_bucket(text, dots)
    assert endpoint_functions.is_virtual_host_bucket(text, dots=dots) == is_bucket


@given(st.randoms(use_true_random=True), st.text(st.sampled_from("arn:aws/")))
def test_arns_are_botocores(random: Random, text: str) -> None:
    for arn in (text, make_arn(random, "s3")):
        check_arn(arn)


def check_arn(text: str) -> None:
    found, expected = endpoint_functions.parse_arn(text), LIBRARY.aws_parse_arn(text)
    if expected is None:
        assert found is None
        return
    assert found is not None
    assert list(found.resource_id) == expected["resourceId"]
    assert found.partition == expected["partition"]
    assert found.service == expected["service"]
    assert found.region == expected["region"]
    assert found.account_id == expected["accountId"]


@given(URLS)
def test_urls_are_botocores(text: str) -> None:
    found, expected = endpoint_functions.parse_url(text), LIBRARY.parse_url(text)
    if expected is None:
        assert found is None
        return
    assert found is not None
    assert found.scheme == expected["scheme"]
    assert found.authority == expected["authority"]
    assert found.path == expected["path"]
    assert found.normalized_path == expected["normalizedPath"]
    assert found.is_ip == expected["isIp"]


@given(st.text(max_size=30), st.integers(0, 30), st.integers(0, 30), st.booleans())
def test_texts_are_cut_and_encoded_as_by_botocore(
    text: str, start: int, stop: int, from_end: bool
) -> None:
    expected = LIBRARY.substring(text, start, stop, from_end)
    assert endpoint_functions.substring(text, start, stop, from_end=from_end) == expected
    assert endpoint_functions.uri_encode(text) == LIBRARY.uri_encode(text)
    pieces = tuple(text.split("a"))
    assert endpoint_functions.text_at(pieces, start) == LIBRARY.get_attr(pieces, f"[{start}]")
