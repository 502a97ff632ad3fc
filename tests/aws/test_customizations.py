"""What boto3 does with parameters before it sends them: botocore's handlers do the same."""

from __future__ import annotations

from typing import Any

import pytest
from botocore import handlers
from botocore.exceptions import ParamValidationError
from hypothesis import example, given
from hypothesis import strategies as st

from aws import customizations
from aws.errors import ValidationError
from aws.s3_copies import fit_copy
from aws.s3_parameters import fit_s3

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


def by_botocore(params: dict[str, Any], *functions: Any) -> dict[str, Any]:
    changed = dict(params)
    for function in functions:
        function(changed)
    return changed


@given(TEXTS | st.binary(max_size=20))
def test_user_data(data: str | bytes) -> None:
    params = {"UserData": data, "Other": 1}
    assert customizations.encode_user_data(params) == by_botocore(
        params, handlers.base64_encode_user_data
    )
    assert customizations.encode_user_data({"Other": 1}) == {"Other": 1}


@given(TEXTS | st.binary(max_size=20), st.booleans())
def test_keys_of_ones_own(key: str | bytes, with_digest: bool) -> None:
    params: dict[str, Any] = {"Bucket": "b", "SSECustomerKey": key, "CopySourceSSECustomerKey": key}
    if with_digest:
        params["SSECustomerKeyMD5"] = "theirs"
    expected = by_botocore(params, handlers.sse_md5, handlers.copy_source_sse_md5)
    assert fit_copy(params) == expected


@given(
    TEXTS
    | st.fixed_dictionaries({"Bucket": TEXTS, "Key": TEXTS}, optional={"VersionId": TEXTS})
    | st.builds("{}?versionId={}".format, TEXTS, st.from_regex("[A-Za-z0-9._-]+", fullmatch=True))
)
def test_sources_of_copies(source: Any) -> None:
    params = {"Bucket": "b", "CopySource": source}
    assert fit_copy(params) == by_botocore(params, handlers.handle_copy_source_param)


@pytest.mark.parametrize("source", [1, {"Bucket": "b"}, ["b", "k"]])
def test_sources_that_are_none(source: Any) -> None:
    with pytest.raises(ValidationError, match=r"^\$\.CopySource: expected a text, or a dict"):
        fit_copy({"Bucket": "b", "CopySource": source})


@given(st.text(max_size=5) | st.sampled_from(["a.b-c_D9", "x" * 255, "x" * 256]))
@example("0\n")
@example("arn:")
@example("arn:aws:s3:us-west-2:123456789012:accesspoint/mine")
@example("arn:aws:s3:us-west-2:123456789012:accesspoint:mine")
@example("arn:aws:s3::123456789012:accesspoint/mine.mrap")
@example("arn:aws-cn:s3-object-lambda:cn-north-1:123456789012:accesspoint/mine")
@example("arn:aws:s3-outposts:us-west-2:123456789012:outpost/op-1/accesspoint/mine")
@example("arn:aws:s3:us-west-2:12345678901:accesspoint/mine")
@example("arn:aws:s3:us-west-2:123456789012:bucket/mine")
@example("arn:aws:sqs:us-west-2:123456789012:accesspoint/mine")
@example("arn:other:s3:us-west-2:123456789012:accesspoint/mine")
def test_names_of_buckets(name: str) -> None:
    if name.endswith("\n"):  # which the `$` of botocore's pattern lets through
        with pytest.raises(ValidationError, match=r"^\$\.Bucket: "):
            fit_s3({"Bucket": name})
        return
    try:
        handlers.validate_bucket_name({"Bucket": name})
    except ParamValidationError:
        with pytest.raises(ValidationError, match=r"^\$\.Bucket: "):
            fit_s3({"Bucket": name})
    else:
        assert fit_s3({"Bucket": name}) == {"Bucket": name}


def test_metadata_is_ascii() -> None:
    with pytest.raises(ValidationError, match=r"^\$\.Metadata\['k'\]: "):
        fit_s3({"Bucket": "b", "Metadata": {"k": "é"}})


@pytest.mark.parametrize(("given_id", "sent"), [("/hostedzone/Z1", "Z1"), ("Z1", "Z1"), (1, 1)])
def test_ids_of_route_53(given_id: object, sent: object) -> None:
    assert customizations.shorten("Id", "Other")({"Id": given_id, "X": "/a/b"}) == {
        "Id": sent,
        "X": "/a/b",
    }


def test_a_member_of_the_clients_side() -> None:
    prepare = customizations.leave_out("SourceRegion")
    assert prepare({"Name": "n", "SourceRegion": "r"}) == {"Name": "n"}
    assert prepare({"Name": "n"}) == {"Name": "n"}


def test_a_member_that_stands_for_the_usual() -> None:
    prepare = customizations.fill("accountId", "-")
    for params in ({"vaultName": "v"}, {"accountId": None}, {"accountId": "1"}):
        assert prepare(params) == by_botocore(params, handlers.inject_account_id)
