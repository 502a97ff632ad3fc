"""Accounts at ministack, in forms and XML: IAM, STS, SNS, EC2."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

import edgemote
from aws.ec2_part import EC2, Filter, TagSpecification
from aws.iam import IAM
from aws.sns import SNS, MessageAttributeValue
from aws.sqs import SQS
from aws.sts import STS
from aws_home import aws_home, ini
from edgemote import Clock, Credentials, CredentialsError, ServiceError
from judges.ministack import Server

TEXT = 'héllo <&> 日本 "quotes"\n\ttabs + % ='
# ministack escapes nothing of these in its XML.
NAME = 'é + % = "quotes"'
POLICY = (
    '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}'
)


TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"AWS": "arn:aws:iam::000000000000:user/engineer"},
        },
    }
)


# IAM and STS -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def accounts(connect: Callable[..., Any]) -> Any:
    return connect(IAM)


def test_users_with_paths_tags_and_policies(
    accounts: Any, same_as_botocore: Callable[..., None]
) -> None:
    made = accounts.create_user(
        UserName="board+7@dock", Path="/boards/", Tags=[{"Key": "a b", "Value": NAME}]
    ).User
    assert made.Arn.endswith(":user/boards/board+7@dock")
    found = accounts.get_user(UserName="board+7@dock").User
    assert (found.UserId, found.Path) == (made.UserId, "/boards/")
    assert [(tag.Key, tag.Value) for tag in found.Tags] == [("a b", NAME)]
    assert found.CreateDate > 1.7e9
    same_as_botocore("iam", accounts, "get_user", UserName="board+7@dock")
    same_as_botocore("iam", accounts, "list_users", PathPrefix="/boards/")

    names = {"UserName": "board+7@dock", "PolicyName": "p"}
    assert accounts.put_user_policy(**names, PolicyDocument=POLICY) is None
    assert accounts.get_user_policy(**names).PolicyDocument == json.loads(POLICY)
    same_as_botocore("iam", accounts, "get_user_policy", **names)
    assert accounts.list_user_policies(UserName="board+7@dock").PolicyNames == ["p"]
    accounts.delete_user_policy(**names)
    assert accounts.delete_user(UserName="board+7@dock") is None
    with pytest.raises(accounts.exceptions.NoSuchEntityException) as caught:
        accounts.get_user(UserName="board+7@dock")
    assert (caught.value.code, caught.value.status) == ("NoSuchEntity", 404)
    assert caught.value.request_id
    with pytest.raises(accounts.exceptions.EntityAlreadyExistsException):
        accounts.create_user(UserName="engineer")


def test_a_role_that_is_assumed_signs_with_its_own_keys(
    accounts: Any, connect: Callable[..., Any], same_as_botocore: Callable[..., None]
) -> None:
    role = accounts.create_role(RoleName="reader", AssumeRolePolicyDocument=TRUST).Role
    accounts.put_role_policy(RoleName="reader", PolicyName="p", PolicyDocument=POLICY)
    same_as_botocore("iam", accounts, "get_role", RoleName="reader")
    sts = connect(STS)
    same_as_botocore("sts", sts, "get_caller_identity")
    taken = sts.assume_role(RoleArn=role.Arn, RoleSessionName="board-7", DurationSeconds=900)
    assert taken.AssumedRoleUser.Arn.endswith(":assumed-role/reader/board-7")
    keys = taken.Credentials
    assert keys.SecretAccessKey not in repr(keys)
    assert keys.Expiration > 1.7e9
    assumed = Credentials(keys.AccessKeyId, keys.SecretAccessKey, keys.SessionToken)
    assert connect(STS, assumed).get_caller_identity().Arn == taken.AssumedRoleUser.Arn
    assert connect(IAM, assumed).get_user(UserName="engineer").User.UserName == "engineer"


def test_keys_of_a_chain_of_profiles_sign_and_are_renewed(
    accounts: Any, ministack: Server, credentials: Credentials
) -> None:
    for name, principal, condition in (
        ("hop", "user/engineer", {"StringEquals": {"sts:ExternalId": "dock 7"}}),
        ("goal", "role/hop", {}),
    ):
        statement = json.loads(TRUST)["Statement"] | {
            "Principal": {"AWS": f"arn:aws:iam::000000000000:{principal}"},
            **({"Condition": condition} if condition else {}),
        }
        accounts.create_role(
            RoleName=name,
            AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": statement}),
        )
        accounts.put_role_policy(RoleName=name, PolicyName="any", PolicyDocument=POLICY)
    role = "arn:aws:iam::000000000000:role/{}"
    hop = {"role_arn": role.format("hop"), "source_profile": "base"}
    config = {
        "profile goal": {
            "role_arn": role.format("goal"),
            "source_profile": "hop",
            "role_session_name": "cam-7",
            "duration_seconds": "900",
        },
        "profile hop": {**hop, "external_id": "dock 7"},
        "profile stranger": hop,
        "profile base": {
            "aws_access_key_id": credentials.access_key_id,
            "aws_secret_access_key": credentials.secret_access_key,
        },
    }
    environ = {"AWS_ENDPOINT_URL": ministack.endpoint_url, "AWS_REGION": "us-west-2"}
    with aws_home(environ, ini(config)):
        clock = Clock()
        with edgemote.connect(STS, profile="goal", clock=clock) as sts:
            arn = "arn:aws:sts::000000000000:assumed-role/goal/cam-7"
            assert sts.get_caller_identity().Arn == arn
            provider = sts._call.provider  # type: ignore[attr-defined]
            first = provider.get(clock.now())
            assert provider.get(clock.now() + 600) is first
            assert provider.get(clock.now() + 700).access_key_id != first.access_key_id
            assert sts.get_caller_identity().Arn == arn
        with edgemote.connect(STS, profile="stranger") as sts:
            with pytest.raises(CredentialsError) as caught:
                sts.get_caller_identity()
            text = f"role {role.format('hop')} of profile 'stranger': AssumeRole: AccessDenied: "
            assert str(caught.value).startswith(text)


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda keys: Credentials(keys.access_key_id, "wrong"), "SignatureDoesNotMatch"),
        (lambda keys: Credentials("AKIAIOSFODNN7EXAMPLE", "wrong"), "InvalidClientTokenId"),
        (
            lambda keys: Credentials(keys.access_key_id, keys.secret_access_key, "token"),
            "InvalidClientTokenId",
        ),
    ],
)
def test_sts_refuses_wrong_keys(
    make: Callable[..., Credentials],
    code: str,
    connect: Callable[..., Any],
    credentials: Credentials,
) -> None:
    with pytest.raises(ServiceError) as caught:
        connect(STS, make(credentials)).get_caller_identity()
    assert (caught.value.code, caught.value.status) == (code, 403)


# SNS ---------------------------------------------------------------------------------------------


def test_a_topic_delivers_to_a_queue(
    connect: Callable[..., Any], same_as_botocore: Callable[..., None]
) -> None:
    sns, sqs = connect(SNS), connect(SQS)
    topic = sns.create_topic(
        Name="alerts", Attributes={"DisplayName": NAME}, Tags=[{"Key": "a", "Value": "b c"}]
    ).TopicArn
    same_as_botocore("sns", sns, "get_topic_attributes", TopicArn=topic)
    url = sqs.create_queue(QueueName="alerts").QueueUrl
    queue = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"]).Attributes
    allowed = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": queue["QueueArn"]}
    allowed |= {"Principal": {"Service": "sns.amazonaws.com"}}
    policy = json.dumps({"Version": "2012-10-17", "Statement": allowed})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    subscribed = sns.subscribe(
        TopicArn=topic,
        Protocol="sqs",
        Endpoint=queue["QueueArn"],
        Attributes={"RawMessageDelivery": "true"},
        ReturnSubscriptionArn=True,
    ).SubscriptionArn
    same_as_botocore("sns", sns, "list_subscriptions_by_topic", TopicArn=topic)
    sent = sns.publish(
        TopicArn=topic,
        Message=TEXT,
        Subject="hot",
        MessageAttributes={
            "level": MessageAttributeValue(DataType="Number", StringValue="1.5"),
            "raw": {"DataType": "Binary", "BinaryValue": b"\0\xff"},
        },
    )
    assert sent.MessageId
    received = sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"]).Messages
    assert [message.Body for message in received] == [TEXT]
    batch = sns.publish_batch(
        TopicArn=topic,
        PublishBatchRequestEntries=[{"Id": "a", "Message": "1"}, {"Id": "b", "Message": "2"}],
    )
    assert [entry.Id for entry in batch.Successful] == ["a", "b"]
    assert not batch.Failed
    sns.set_topic_attributes(TopicArn=topic, AttributeName="DisplayName", AttributeValue="x")
    assert sns.get_topic_attributes(TopicArn=topic).Attributes["DisplayName"] == "x"
    assert sns.unsubscribe(SubscriptionArn=subscribed) is None
    sns.delete_topic(TopicArn=topic)
    with pytest.raises(sns.exceptions.NotFoundException) as caught:
        sns.get_topic_attributes(TopicArn=topic)
    assert (caught.value.code, caught.value.status) == ("NotFound", 404)


# EC2 ---------------------------------------------------------------------------------------------


def test_an_instance_from_its_start_to_its_end(
    connect: Callable[..., Any], same_as_botocore: Callable[..., None]
) -> None:
    ec2 = connect(EC2)
    same_as_botocore("ec2", ec2, "describe_regions")
    vpc = ec2.create_vpc(CidrBlock="10.7.0.0/16").Vpc
    group = ec2.create_security_group(GroupName="cams", Description=NAME, VpcId=vpc.VpcId).GroupId
    ec2.authorize_security_group_ingress(
        GroupId=group,
        IpPermissions=[
            {"IpProtocol": "tcp", "FromPort": 8883, "ToPort": 8883,
             "IpRanges": [{"CidrIp": "10.0.0.0/8", "Description": "mqtt"}]}
        ],
    )  # fmt: skip
    same_as_botocore("ec2", ec2, "describe_security_groups", GroupIds=[group])
    run = ec2.run_instances(
        ImageId="ami-12345678",
        InstanceType="t3.micro",
        MinCount=2,
        MaxCount=2,
        SecurityGroupIds=[group],
        UserData="#!/bin/sh\necho é",
        TagSpecifications=[
            TagSpecification(ResourceType="instance", Tags=[{"Key": "dock", "Value": "n + é"}])
        ],
    )
    ids = [instance.InstanceId for instance in run.Instances]
    assert len(ids) == 2
    found = ec2.describe_instances(Filters=[Filter(Name="tag:dock", Values=["n + é"])])
    described = [item for each in found.Reservations for item in each.Instances]
    assert sorted(item.InstanceId for item in described) == sorted(ids)
    assert {item.InstanceType for item in described} == {"t3.micro"}
    assert all(item.LaunchTime > 1.7e9 for item in described)
    same_as_botocore("ec2", ec2, "describe_instances", InstanceIds=ids)
    ec2.create_tags(Resources=ids[:1], Tags=[{"Key": "first", "Value": ""}])
    tags = ec2.describe_tags(Filters=[{"Name": "resource-id", "Values": ids[:1]}]).Tags
    assert ("first", "") in [(tag.Key, tag.Value) for tag in tags]
    ended = ec2.terminate_instances(InstanceIds=ids).TerminatingInstances
    assert {change.InstanceId for change in ended} == set(ids)
    with pytest.raises(ServiceError) as caught:
        ec2.terminate_instances(InstanceIds=["i-00000000000000000"])
    assert caught.value.code == "InvalidInstanceID.NotFound"
    assert caught.value.request_id


def test_ec2_keys_and_volumes(
    connect: Callable[..., Any], same_as_botocore: Callable[..., None]
) -> None:
    ec2 = connect(EC2)
    pair = ec2.create_key_pair(KeyName="dock key")
    assert "PRIVATE KEY" in pair.KeyMaterial
    assert pair.KeyMaterial not in repr(pair)
    ec2.delete_key_pair(KeyName="dock key")
    volume = ec2.create_volume(AvailabilityZone="us-west-2a", Size=8, Encrypted=True)
    assert (volume.Size, volume.Encrypted) == (8, True)
    same_as_botocore("ec2", ec2, "describe_volumes", VolumeIds=[volume.VolumeId])
    ec2.delete_volume(VolumeId=volume.VolumeId)
