"""IoT at ministack, with its jobs and its data plane.

Names in paths and query strings, bodies that are a member of their own, headers both ways.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from aws.iot import AttributePayload, IoT, ThingTypeProperties, TimeoutConfig
from aws.iot_data import IoTDataPlane
from aws.iot_jobs_data import IoTJobsDataPlane
from edgemote import ServiceError, ValidationError

POLICY = '{"Version":"2012-10-17","Statement":[]}'


@pytest.fixture(scope="module")
def iot(connect: Callable[..., Any]) -> Any:
    return connect(IoT)


def test_things_with_types_and_attributes(iot: Any, same_as_botocore: Callable[..., None]) -> None:
    iot.create_thing_type(
        thingTypeName="camera",
        thingTypeProperties=ThingTypeProperties(searchableAttributes=["dock"]),
    )
    # A colon in a name is one of the characters that a path must escape.
    made = iot.create_thing(
        thingName="cam:7_-",
        thingTypeName="camera",
        attributePayload=AttributePayload(attributes={"dock": "north"}),
    )
    iot.create_thing(thingName="lamp", attributePayload={"attributes": {"dock": "north"}})
    thing = iot.describe_thing(thingName="cam:7_-")
    assert (thing.thingArn, thing.thingTypeName, thing.attributes) == (
        made.thingArn,
        "camera",
        {"dock": "north"},
    )
    same_as_botocore("iot", iot, "describe_thing", thingName="cam:7_-")
    same_as_botocore("iot", iot, "describe_thing_type", thingTypeName="camera")

    cameras = iot.list_things(thingTypeName="camera", attributeName="dock", attributeValue="north")
    assert [thing.thingName for thing in cameras.things] == ["cam:7_-"]
    iot.update_thing(
        thingName="cam:7_-", attributePayload={"attributes": {"lens": "wide"}, "merge": True}
    )
    thing = iot.describe_thing(thingName="cam:7_-")
    assert thing.attributes == {"dock": "north", "lens": "wide"}
    with pytest.raises(iot.exceptions.VersionConflictException):
        iot.delete_thing(thingName="cam:7_-", expectedVersion=thing.version + 1)
    iot.delete_thing(thingName="cam:7_-", expectedVersion=thing.version)
    with pytest.raises(iot.exceptions.ResourceNotFoundException) as caught:
        iot.describe_thing(thingName="cam:7_-")
    assert (caught.value.code, caught.value.status) == ("ResourceNotFoundException", 404)


def test_a_group_of_things(iot: Any, same_as_botocore: Callable[..., None]) -> None:
    iot.create_thing(thingName="member")
    iot.create_thing_group(
        thingGroupName="dock",
        thingGroupProperties={
            "thingGroupDescription": "all of them",
            "attributePayload": {"attributes": {"floor": "1"}},
        },
        tags=[{"Key": "a b", "Value": "é"}],
    )
    iot.add_thing_to_thing_group(thingGroupName="dock", thingName="member")
    groups = iot.list_thing_groups_for_thing(thingName="member").thingGroups
    assert [group.groupName for group in groups] == ["dock"]
    same_as_botocore("iot", iot, "describe_thing_group", thingGroupName="dock")
    # An ARN, with its colons and its slash, in the query string.
    arn = groups[0].groupArn
    tags = iot.list_tags_for_resource(resourceArn=arn).tags
    assert [(tag.Key, tag.Value) for tag in tags] == [("a b", "é")]


def test_policies_and_their_versions(iot: Any, same_as_botocore: Callable[..., None]) -> None:
    made = iot.create_policy(policyName="publish", policyDocument=POLICY)
    assert (made.policyDocument, made.policyVersionId) == (POLICY, "1")
    # A boolean in the query string.
    second = iot.create_policy_version(
        policyName="publish", policyDocument=POLICY, setAsDefault=True
    )
    assert second.isDefaultVersion is True
    versions = iot.list_policy_versions(policyName="publish").policyVersions
    assert sorted((version.versionId, version.isDefaultVersion) for version in versions) == [
        ("1", False),
        ("2", True),
    ]
    same_as_botocore("iot", iot, "get_policy_version", policyName="publish", policyVersionId="1")
    assert iot.delete_policy_version(policyName="publish", policyVersionId="1") is None
    assert iot.delete_policy(policyName="publish") is None
    with pytest.raises(iot.exceptions.ResourceNotFoundException):
        iot.get_policy(policyName="publish")


def test_pages_of_job_templates(iot: Any) -> None:
    names = [f"template-{number}" for number in range(5)]
    for name in names:
        iot.create_job_template(jobTemplateId=name, description="d", document="{}")
    seen, page = [], iot.list_job_templates(maxResults=2)
    while True:
        assert len(page.jobTemplates) <= 2
        seen += [template.jobTemplateId for template in page.jobTemplates]
        if page.nextToken is None:
            break
        page = iot.list_job_templates(maxResults=2, nextToken=page.nextToken)
    assert sorted(seen) == names
    with pytest.raises(iot.exceptions.InvalidRequestException, match="251"):
        iot.list_job_templates(maxResults=251)
    with pytest.raises(iot.exceptions.InvalidRequestException, match="Next token"):
        iot.list_job_templates(nextToken="a b&maxResults=1")
    with pytest.raises(ValidationError, match=r"\$\.maxResults"):
        iot.list_job_templates(maxResults=0)


def test_ministack_lists_all_things_whatever_maxresults_says(
    iot: Any, same_as_botocore: Callable[..., None]
) -> None:
    """AWS would answer one thing and a token, so this operation proves nothing about pages."""
    for name in ("one", "two"):
        iot.create_thing(thingName=name)
    assert len(iot.list_things(maxResults=1).things) >= 2
    same_as_botocore("iot", iot, "list_things", maxResults=1)


def test_ministack_updates_a_thing_of_any_version(
    iot: Any, botocore_client: Callable[..., Any], credentials: Any
) -> None:
    """AWS would answer VersionConflictException; ministack does so for delete_thing alone."""
    iot.create_thing(thingName="versioned")
    stale = {"thingName": "versioned", "expectedVersion": 99}
    iot.update_thing(**stale, attributePayload={"attributes": {"a": "1"}})
    botocore_client("iot", credentials).update_thing(**stale)


def test_ministack_refuses_policy_names_that_aws_allows(iot: Any) -> None:
    r"""AWS allows [\w+=,.@-]+, and that is not checked on our side."""
    with pytest.raises(iot.exceptions.InvalidRequestException, match="Invalid policyName"):
        iot.create_policy(policyName="a+b=c,d.e@f", policyDocument=POLICY)


def test_a_board_carries_out_a_job(
    connect: Callable[..., Any], iot: Any, same_as_botocore: Callable[..., None]
) -> None:
    thing = iot.create_thing(thingName="worker")
    document = '{"operation":"é","steps":[1]}'
    iot.create_job(
        jobId="update-1",
        targets=[thing.thingArn],
        document=document,
        timeoutConfig=TimeoutConfig(inProgressTimeoutInMinutes=5),
    )
    jobs = connect(IoTJobsDataPlane)
    assert [
        job.jobId for job in jobs.get_pending_job_executions(thingName="worker").queuedJobs
    ] == ["update-1"]
    begun = jobs.start_next_pending_job_execution(thingName="worker", statusDetails={"step": "1"})
    assert (begun.execution.jobDocument, begun.execution.status) == (document, "IN_PROGRESS")
    named = {"thingName": "worker", "jobId": "update-1"}
    assert jobs.describe_job_execution(**named).execution.jobDocument == document
    bare = jobs.describe_job_execution(**named, includeJobDocument=False).execution
    assert (bare.jobId, bare.jobDocument) == ("update-1", None)
    # A dollar sign in the path. ministack always sends the document of the next job.
    following = {"thingName": "worker", "jobId": "$next", "includeJobDocument": False}
    assert jobs.describe_job_execution(**following).execution.jobDocument == document
    same_as_botocore("iot-jobs-data", jobs, "describe_job_execution", **following)
    with pytest.raises(ServiceError) as caught:
        jobs.update_job_execution(
            thingName="worker", jobId="update-1", status="SUCCEEDED", expectedVersion=99
        )
    assert caught.value.status in (400, 409)
    done = jobs.update_job_execution(
        thingName="worker",
        jobId="update-1",
        status="SUCCEEDED",
        expectedVersion=begun.execution.versionNumber,
        includeJobExecutionState=True,
    )
    assert done.executionState.status == "SUCCEEDED"
    assert iot.describe_job(jobId="update-1").job.jobProcessDetails.numberOfSucceededThings == 1
    with pytest.raises(jobs.exceptions.ResourceNotFoundException):
        jobs.describe_job_execution(thingName="worker", jobId="none")


# Data plane --------------------------------------------------------------------------------------


def test_shadows_are_bytes_as_the_caller_wrote_them(connect: Callable[..., Any]) -> None:
    data = connect(IoTDataPlane)
    state = {"state": {"reported": {"temperature": 51.5, "text": "é"}}}
    for shadow in ({}, {"shadowName": "lens"}):
        where = {"thingName": "shadowed", **shadow}
        updated = data.update_thing_shadow(**where, payload=json.dumps(state).encode())
        assert json.loads(updated.payload)["version"] == 1
        found = json.loads(data.get_thing_shadow(**where).payload)
        assert found["state"] == state["state"]
    data.delete_thing_shadow(thingName="shadowed")
    with pytest.raises(data.exceptions.ResourceNotFoundException):
        data.get_thing_shadow(thingName="shadowed")
    assert data.get_thing_shadow(thingName="shadowed", shadowName="lens").payload


@pytest.mark.parametrize(
    "topic", ["plain", "a/b/c", "two words/é/日本", "100%/a%20b", "a=b&c?d;e,f@g", "~/./../x"]
)
def test_a_topic_with_any_characters_is_one_path(connect: Callable[..., Any], topic: str) -> None:
    data = connect(IoTDataPlane)
    sent = {"payload": b"\0\xff" + topic.encode(), "qos": 1, "retain": True}
    assert data.publish(topic=topic, **sent, userProperties=[{"k": "é"}]) is None
    kept = data.get_retained_message(topic=topic)
    assert (kept.topic, kept.payload, kept.qos) == (topic, sent["payload"], 1)
    assert json.loads(kept.userProperties) == [{"k": "é"}]


def test_pages_of_retained_messages(
    connect: Callable[..., Any], same_as_botocore: Callable[..., None]
) -> None:
    data = connect(IoTDataPlane)
    topics = {f"pages/{number}" for number in range(3)}
    for topic in topics:
        data.publish(topic=topic, payload=b"x", retain=True)
    seen, token = set(), None
    while token != "":
        page = data.list_retained_messages(maxResults=2, nextToken=token)
        assert len(page.retainedTopics) <= 2
        seen |= {message.topic for message in page.retainedTopics}
        token = page.nextToken
    assert topics <= seen
    same_as_botocore("iot-data", data, "list_retained_messages", maxResults=2)


def test_ministack_does_not_know_named_shadows_lists(connect: Callable[..., Any]) -> None:
    data = connect(IoTDataPlane)
    with pytest.raises(data.exceptions.InvalidRequestException, match="Unsupported iot-data path"):
        data.list_named_shadows_for_thing(thingName="shadowed")
