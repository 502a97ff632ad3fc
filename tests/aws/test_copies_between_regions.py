"""Copies between regions carry a presigned URL: equal to botocore's at the same time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aws.errors import ValidationError
from calls import Ours
from conformance.comparison import generated
from edgemote_codegen.models import load_model
from edgemote_codegen.selection import select
from oracle import Oracle

COPIES = [
    ("ec2", "CopySnapshot", {"SourceSnapshotId": "s", "SourceRegion": "eu-west-1"}),
    (
        "ec2",
        "CopySnapshot",
        {"SourceSnapshotId": "s", "SourceRegion": "eu-west-1", "DestinationRegion": "other"},
    ),
    (
        "rds",
        "CopyDBSnapshot",
        {
            "SourceDBSnapshotIdentifier": "arn:aws:rds:eu-west-1:1:snapshot:s",
            "TargetDBSnapshotIdentifier": "t",
            "Tags": [{"Key": "a b", "Value": "é"}],
            "SourceRegion": "eu-west-1",
        },
    ),
    (
        "rds",
        "CreateDBInstanceReadReplica",
        {"DBInstanceIdentifier": "i", "SourceRegion": "eu-west-1"},
    ),
    (
        "rds",
        "StartDBInstanceAutomatedBackupsReplication",
        {"SourceDBInstanceArn": "a", "SourceRegion": "eu-west-1"},
    ),
    (
        "neptune",
        "CreateDBCluster",
        {"DBClusterIdentifier": "c", "Engine": "e", "SourceRegion": "eu-west-1"},
    ),
    (
        "docdb",
        "CopyDBClusterSnapshot",
        {
            "SourceDBClusterSnapshotIdentifier": "s",
            "TargetDBClusterSnapshotIdentifier": "t",
            "SourceRegion": "eu-west-1",
        },
    ),
]


@pytest.fixture(params=COPIES, ids=lambda row: f"{row[0]}:{row[1]}")
def copy(request: Any) -> Iterator[tuple[Oracle, Ours, str, dict[str, Any]]]:
    service, operation, params = request.param
    judge = Oracle(service)
    with generated(select(load_model(service, {}), (operation,))) as ours:
        method = next(
            method
            for method, name in judge.client.meta.method_to_api_mapping.items()
            if name == operation
        )
        yield judge, ours, method, params


def send(side: Any, method: str, params: dict[str, Any]) -> dict[str, Any]:
    name = "".join(part.capitalize() for part in method.split("_")).replace("Db", "DB")
    answer = f"<{name}Response><{name}Result/></{name}Response>".encode()
    sent, _ = side.call(method, params, (200, {}, answer))
    facts: dict[str, Any] = sent.facts()
    return facts


def test_the_url_is_botocores(copy: tuple[Oracle, Ours, str, dict[str, Any]]) -> None:
    judge, ours, method, params = copy
    expected = send(judge, method, params)
    assert send(ours, method, params) == expected
    (url,) = (value for name, value in expected["body"] if name.lower() == "presignedurl")
    _, host, _, query = url
    assert "eu-west-1" in host
    assert ("DestinationRegion", "us-west-2") in query
    assert "X-Amz-Signature" in dict(query)


def test_a_url_of_the_callers_is_left(copy: tuple[Oracle, Ours, str, dict[str, Any]]) -> None:
    judge, ours, method, params = copy
    member = "PresignedUrl" if method == "copy_snapshot" else "PreSignedUrl"
    with_url = {**params, member: "https://theirs"}
    sent = send(ours, method, with_url)
    assert sent == send(judge, method, with_url)
    assert (member, "https://theirs") in sent["body"]


@pytest.fixture(scope="module")
def rds() -> Iterator[Ours]:
    with generated(
        select(load_model("rds", {}), ("StartDBInstanceAutomatedBackupsReplication",))
    ) as ours:
        yield ours


def test_without_a_source_there_is_no_url(rds: Ours) -> None:
    method = "start_db_instance_automated_backups_replication"
    params = {"SourceDBInstanceArn": "a"}
    sent = send(rds, method, params)
    assert sent == send(Oracle("rds"), method, params)
    assert "PreSignedUrl" not in dict(sent["body"])


@given(
    st.sampled_from(["", "evil.example/", "a.b", "EU-WEST-1", "r\r\n", "é", 1, ["r"]])
    | st.text(st.characters(categories=["P", "Z", "C", "Lu"], exclude_characters="-"), min_size=1)
)
def test_a_source_that_is_no_region_is_refused(rds: Ours, source: Any) -> None:
    """It becomes a part of the host that is trusted with a signature."""
    rds.recorder.count = 0
    with pytest.raises(ValidationError, match=r"^\$\.SourceRegion: expected the name of a region"):
        rds.client.start_db_instance_automated_backups_replication(
            SourceDBInstanceArn="a", SourceRegion=source
        )
    with pytest.raises(ValidationError, match=r"^\$\.SourceDBInstanceArn"):
        rds.client.start_db_instance_automated_backups_replication(
            SourceDBInstanceArn=1, SourceRegion="eu-west-1"
        )
    assert rds.recorder.count == 0
