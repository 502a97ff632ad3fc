"""What boards send and keep, at ministack: SQS, Kinesis, CloudWatch Logs, SSM, Secrets Manager."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from aws.kinesis import Kinesis, PutRecordsRequestEntry
from aws.logs import CloudWatchLogs, InputLogEvent
from aws.secretsmanager import SecretsManager
from aws.sqs import SQS, MessageAttributeValue, SendMessageBatchRequestEntry
from aws.ssm import SSM
from edgemote import ServiceError

TEXT = 'héllo <&> 日本 "quotes"\n\ttabs'


# SQS ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sqs(connect: Callable[..., Any]) -> Any:
    return connect(SQS)


def test_sqs_messages_come_back_with_their_attributes(
    sqs: Any, same_as_botocore: Callable[..., None]
) -> None:
    url = sqs.create_queue(QueueName="frames", Attributes={"VisibilityTimeout": "30"}).QueueUrl
    assert sqs.get_queue_url(QueueName="frames").QueueUrl == url
    same_as_botocore("sqs", sqs, "get_queue_url", QueueName="frames")
    sent = sqs.send_message(
        QueueUrl=url,
        MessageBody=TEXT,
        MessageAttributes={
            "raw": {"DataType": "Binary", "BinaryValue": b"\0\xff"},
            "n": MessageAttributeValue(DataType="Number", StringValue="1.5"),
        },
    )
    received = sqs.receive_message(
        QueueUrl=url, MessageAttributeNames=["All"], MessageSystemAttributeNames=["All"]
    )
    (message,) = received.Messages
    assert (message.Body, message.MessageId) == (TEXT, sent.MessageId)
    assert message.MessageAttributes == {
        "raw": MessageAttributeValue(DataType="Binary", BinaryValue=b"\0\xff"),
        "n": MessageAttributeValue(DataType="Number", StringValue="1.5"),
    }
    assert message.MD5OfBody == sent.MD5OfMessageBody
    assert message.Attributes["ApproximateReceiveCount"] == "1"
    assert sqs.receive_message(QueueUrl=url).Messages is None
    assert sqs.delete_message(QueueUrl=url, ReceiptHandle=message.ReceiptHandle) is None
    same_as_botocore("sqs", sqs, "get_queue_attributes", QueueUrl=url, AttributeNames=["All"])

    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "0"})
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])
    assert attributes.Attributes == {"VisibilityTimeout": "0"}


def test_sqs_batches_name_what_failed(sqs: Any) -> None:
    url = sqs.create_queue(QueueName="batches").QueueUrl
    answer = sqs.send_message_batch(
        QueueUrl=url,
        Entries=[
            {"Id": "a", "MessageBody": "1"},
            SendMessageBatchRequestEntry(Id="b", MessageBody="2"),
            {"Id": "c", "MessageBody": ""},
        ],
    )
    assert [entry.Id for entry in answer.Successful] == ["a", "b"]
    assert [(entry.Id, entry.SenderFault) for entry in answer.Failed] == [("c", True)]
    messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).Messages
    assert sorted(message.Body for message in messages) == ["1", "2"]
    deleted = sqs.delete_message_batch(
        QueueUrl=url,
        Entries=[
            {"Id": str(number), "ReceiptHandle": message.ReceiptHandle}
            for number, message in enumerate(messages)
        ],
    )
    assert [entry.Id for entry in deleted.Successful] == ["0", "1"]
    with pytest.raises(sqs.exceptions.BatchEntryIdsNotDistinct):
        sqs.send_message_batch(QueueUrl=url, Entries=[{"Id": "a", "MessageBody": "1"}] * 2)


def test_sqs_missing_queue_has_the_type_of_the_model_and_the_code_of_the_query_protocol(
    sqs: Any, botocore_client: Callable[..., Any], credentials: Any
) -> None:
    theirs = botocore_client("sqs", credentials)
    with pytest.raises(theirs.exceptions.QueueDoesNotExist) as expected:
        theirs.get_queue_url(QueueName="none")
    with pytest.raises(sqs.exceptions.QueueDoesNotExist) as caught:
        sqs.get_queue_url(QueueName="none")
    error = expected.value.response["Error"]
    assert (caught.value.code, caught.value.message) == (error["Code"], error["Message"])
    assert caught.value.code == "AWS.SimpleQueueService.NonExistentQueue"

    url = sqs.create_queue(QueueName="limits").QueueUrl
    with pytest.raises(ServiceError) as unmodelled:
        sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=11)
    assert unmodelled.value.code == "InvalidParameterValue"


# Kinesis -----------------------------------------------------------------------------------------


def test_kinesis_records_are_bytes(
    connect: Callable[..., Any], same_as_botocore: Callable[..., None]
) -> None:
    kinesis = connect(Kinesis)
    assert kinesis.create_stream(StreamName="frames", ShardCount=1) is None
    same_as_botocore("kinesis", kinesis, "describe_stream", StreamName="frames")
    data = bytes(range(256))
    put = kinesis.put_record(StreamName="frames", Data=data, PartitionKey="cam")
    batch = kinesis.put_records(
        StreamName="frames",
        Records=[
            {"Data": b"", "PartitionKey": "é"},
            PutRecordsRequestEntry(Data=b"typed", PartitionKey="cam"),
        ],
    )
    assert batch.FailedRecordCount == 0
    iterator = kinesis.get_shard_iterator(
        StreamName="frames", ShardId=put.ShardId, ShardIteratorType="TRIM_HORIZON"
    ).ShardIterator
    page = kinesis.get_records(ShardIterator=iterator, Limit=2)
    rest = kinesis.get_records(ShardIterator=page.NextShardIterator)
    assert [(record.Data, record.PartitionKey) for record in page.Records + rest.Records] == [
        (data, "cam"),
        (b"", "é"),
        (b"typed", "cam"),
    ]
    assert isinstance(page.Records[0].ApproximateArrivalTimestamp, float)
    with pytest.raises(kinesis.exceptions.ResourceNotFoundException):
        kinesis.put_record(StreamName="none", Data=b"", PartitionKey="cam")


# CloudWatch Logs ---------------------------------------------------------------------------------


def test_logs_events_in_order(
    connect: Callable[..., Any], same_as_botocore: Callable[..., None]
) -> None:
    logs = connect(CloudWatchLogs)
    assert logs.create_log_group(logGroupName="/edge/cam") is None
    stream = {"logGroupName": "/edge/cam", "logStreamName": "board/7"}
    logs.create_log_stream(**stream)
    now_ms = int(time.time() * 1000)
    put = logs.put_log_events(
        **stream,
        logEvents=[
            {"timestamp": now_ms, "message": TEXT},
            InputLogEvent(timestamp=now_ms + 1, message="typed"),
        ],
    )
    assert put.rejectedLogEventsInfo is None
    events = logs.get_log_events(**stream, startFromHead=True).events
    assert [(event.timestamp, event.message) for event in events] == [
        (now_ms, TEXT),
        (now_ms + 1, "typed"),
    ]
    same_as_botocore("logs", logs, "describe_log_groups", logGroupNamePrefix="/edge")
    same_as_botocore(
        "logs", logs, "filter_log_events", logGroupName="/edge/cam", filterPattern="typed"
    )
    with pytest.raises(logs.exceptions.ResourceAlreadyExistsException):
        logs.create_log_group(logGroupName="/edge/cam")


# SSM ---------------------------------------------------------------------------------------------


def test_ssm_parameters_by_name_and_by_path(
    connect: Callable[..., Any], same_as_botocore: Callable[..., None]
) -> None:
    ssm = connect(SSM)
    for name in "abc":
        put = ssm.put_parameter(Name=f"/dock/cam/{name}", Value=TEXT + name, Type="String")
        assert put.Version == 1
    found = ssm.get_parameter(Name="/dock/cam/a").Parameter
    assert (found.Value, found.Type, found.Version) == (TEXT + "a", "String", 1)
    same_as_botocore("ssm", ssm, "get_parameter", Name="/dock/cam/a")

    by_path = {"Path": "/dock", "Recursive": True, "MaxResults": 2}
    first = ssm.get_parameters_by_path(**by_path)
    rest = ssm.get_parameters_by_path(**by_path, NextToken=first.NextToken)
    names = [parameter.Name for parameter in first.Parameters + rest.Parameters]
    assert names == ["/dock/cam/a", "/dock/cam/b", "/dock/cam/c"]
    assert rest.NextToken is None
    assert ssm.get_parameters_by_path(Path="/dock").Parameters == []

    several = ssm.get_parameters(Names=["/dock/cam/b", "/dock/none"])
    assert [parameter.Value for parameter in several.Parameters] == [TEXT + "b"]
    assert several.InvalidParameters == ["/dock/none"]

    with pytest.raises(ssm.exceptions.ParameterAlreadyExists):
        ssm.put_parameter(Name="/dock/cam/a", Value="x", Type="String")
    assert (
        ssm.put_parameter(Name="/dock/cam/a", Value="x", Type="String", Overwrite=True).Version == 2
    )
    ssm.delete_parameter(Name="/dock/cam/a")
    with pytest.raises(ssm.exceptions.ParameterNotFound) as caught:
        ssm.get_parameter(Name="/dock/cam/a")
    assert caught.value.code == "ParameterNotFound"


def test_ssm_secure_string_is_readable_and_not_in_the_repr(connect: Callable[..., Any]) -> None:
    ssm = connect(SSM)
    ssm.put_parameter(Name="/dock/password", Value="hunter2", Type="SecureString")
    veiled = ssm.get_parameter(Name="/dock/password")
    assert veiled.Parameter.Value != "hunter2"
    answer = ssm.get_parameter(Name="/dock/password", WithDecryption=True)
    assert answer.Parameter.Value == "hunter2"
    assert "hunter2" not in repr(answer)


# Secrets Manager ---------------------------------------------------------------------------------


def test_secrets_of_text_and_of_bytes(
    connect: Callable[..., Any], same_as_botocore: Callable[..., None]
) -> None:
    secrets = connect(SecretsManager)
    # No ClientRequestToken: the client makes one, and the service uses it as the version's name.
    text = secrets.create_secret(Name="dock/text", SecretString="hunter2")
    assert len(text.VersionId) >= 32
    secrets.create_secret(Name="dock/bytes", SecretBinary=b"\0\xffhunter2")
    answer = secrets.get_secret_value(SecretId="dock/text")
    assert (answer.SecretString, answer.SecretBinary) == ("hunter2", None)
    assert answer.VersionId == text.VersionId
    binary = secrets.get_secret_value(SecretId="dock/bytes")
    assert binary.SecretBinary == b"\0\xffhunter2"
    assert "hunter2" not in f"{answer!r} {binary!r}"
    same_as_botocore("secretsmanager", secrets, "get_secret_value", SecretId="dock/bytes")
    same_as_botocore("secretsmanager", secrets, "describe_secret", SecretId="dock/text")

    token = "0123456789abcdef0123456789abcdef"
    secrets.put_secret_value(SecretId="dock/text", SecretString="v2", ClientRequestToken=token)
    old = secrets.get_secret_value(SecretId="dock/text", VersionStage="AWSPREVIOUS")
    assert (old.SecretString, old.VersionId) == ("hunter2", text.VersionId)
    assert secrets.get_secret_value(SecretId="dock/text").VersionId == token
    with pytest.raises(secrets.exceptions.ResourceNotFoundException):
        secrets.get_secret_value(SecretId="dock/none")


def test_an_unmodelled_error_is_that_of_botocore(
    connect: Callable[..., Any], botocore_client: Callable[..., Any], credentials: Any
) -> None:
    ssm, theirs = connect(SSM), botocore_client("ssm", credentials)
    wrong = {"Name": "aws-reserved", "Value": "x", "Type": "String"}
    with pytest.raises(ClientError) as expected:
        theirs.put_parameter(**wrong)
    with pytest.raises(ServiceError) as caught:
        ssm.put_parameter(**wrong)
    error = expected.value.response["Error"]
    assert (caught.value.code, caught.value.message) == (error["Code"], error["Message"])
