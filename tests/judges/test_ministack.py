"""Who may do what: ministack computes each signature with its own code, from the secret of the key
that signs.

It takes any secret of its bootstrap key, so every call here is signed by a user that it made.
"""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

import aws.cloudwatch
import aws.cloudwatch_json
import aws.cloudwatch_query
import edgemote
from aws.dynamodb import DynamoDB
from aws.ec2_part import EC2
from aws.iam import IAM
from aws.iot import IoT
from aws.iot_data import IoTDataPlane
from aws.iot_jobs_data import IoTJobsDataPlane
from aws.kinesis import Kinesis
from aws.lambda_ import Lambda
from aws.logs import CloudWatchLogs
from aws.s3_whole import S3
from aws.secretsmanager import SecretsManager
from aws.sns import SNS
from aws.sqs import SQS
from aws.ssm import SSM
from edgemote import Credentials, ServiceError

WRONG_SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"


class Codes(NamedTuple):
    """What a service calls each kind of refusal."""

    signature: str = "InvalidSignatureException"
    key: str = "UnrecognizedClientException"
    policy: str | None = "AccessDeniedException"
    """None: ministack asks no policies there"""
    token: str | None = None
    """where it is not that of the key"""


class Deed(NamedTuple):
    """Something that leaves a trace, and how to look for it as one who may."""

    service: Any
    perform: Callable[[Any], object]
    is_done: Callable[[Any], bool]
    codes: Codes = Codes()


def _exists(error: str, look: Callable[[Any], object]) -> Callable[[Any], bool]:
    def is_done(client: Any) -> bool:
        try:
            look(client)
        except getattr(client.exceptions, error):
            return False
        return True

    return is_done


def _zip() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("cam.py", "def handle(event, context):\n    return event\n")
    return packed.getvalue()


WEST = {"LocationConstraint": "us-west-2"}

# What the IoT data plane answers to every wrong signature and key, and to a policy that says no.
_FORBIDDEN = Codes("ForbiddenException", "ForbiddenException", "ForbiddenException")

# Those of the query protocol.
_QUERY = Codes("SignatureDoesNotMatch", "InvalidClientTokenId", "AccessDenied")


def _alarm(cloudwatch: Any) -> object:
    return cloudwatch.put_metric_alarm(
        AlarmName=cloudwatch.service.name,
        ComparisonOperator="GreaterThanThreshold",
        EvaluationPeriods=1,
        MetricName="CpuTemp",
        Namespace="board",
        Period=60,
        Statistic="Average",
        Threshold=51.5,
    )


def _has_alarm(cloudwatch: Any) -> bool:
    return bool(cloudwatch.describe_alarms(AlarmNames=[cloudwatch.service.name]).MetricAlarms)


DEEDS = [
    Deed(
        DynamoDB,
        lambda db: db.create_table(
            TableName="deed",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        ),
        lambda db: "deed" in db.list_tables().TableNames,
    ),
    Deed(
        SQS,
        lambda sqs: sqs.create_queue(QueueName="deed"),
        lambda sqs: bool(sqs.list_queues(QueueNamePrefix="deed").QueueUrls),
        _QUERY,  # which it keeps for programs that know them
    ),
    Deed(
        SSM,
        lambda ssm: ssm.put_parameter(Name="/deed", Value="x", Type="String"),
        _exists("ParameterNotFound", lambda ssm: ssm.get_parameter(Name="/deed")),
    ),
    Deed(
        IoT,
        lambda iot: iot.create_thing(thingName="deed"),
        _exists("ResourceNotFoundException", lambda iot: iot.describe_thing(thingName="deed")),
    ),
    Deed(
        SecretsManager,
        lambda secrets: secrets.create_secret(Name="deed", SecretString="x"),
        _exists(
            "ResourceNotFoundException", lambda secrets: secrets.describe_secret(SecretId="deed")
        ),
    ),
    Deed(
        Kinesis,
        lambda kinesis: kinesis.create_stream(StreamName="deed", ShardCount=1),
        lambda kinesis: "deed" in kinesis.list_streams().StreamNames,
    ),
    Deed(
        CloudWatchLogs,
        lambda logs: logs.create_log_group(logGroupName="deed"),
        lambda logs: bool(logs.describe_log_groups(logGroupNamePrefix="deed").logGroups),
    ),
    Deed(
        Lambda,
        lambda functions: functions.create_function(
            FunctionName="deed",
            Runtime="python3.12",
            Role="arn:aws:iam::000000000000:role/worker",
            Handler="cam.handle",
            Code={"ZipFile": _zip()},
        ),
        _exists(
            "ResourceNotFoundException", lambda lambdas: lambdas.get_function(FunctionName="deed")
        ),
    ),
    Deed(
        IAM,
        lambda iam: iam.create_user(UserName="deed"),
        _exists("NoSuchEntityException", lambda iam: iam.get_user(UserName="deed")),
        _QUERY,
    ),
    Deed(
        SNS,
        lambda sns: sns.create_topic(Name="deed"),
        lambda sns: any(topic.TopicArn.endswith(":deed") for topic in sns.list_topics().Topics),
        _QUERY._replace(policy="AuthorizationError"),
    ),
    Deed(
        EC2,
        lambda ec2: ec2.create_key_pair(KeyName="deed"),
        lambda ec2: "deed" in [pair.KeyName for pair in ec2.describe_key_pairs().KeyPairs],
        Codes("AuthFailure", "AuthFailure", "UnauthorizedOperation"),
    ),
    Deed(
        S3,
        lambda s3: s3.create_bucket(Bucket="deed", CreateBucketConfiguration=WEST),
        lambda s3: "deed" in [bucket.Name for bucket in s3.list_buckets().Buckets],
        Codes("SignatureDoesNotMatch", "InvalidAccessKeyId", "AccessDenied", "InvalidToken"),
    ),
    Deed(aws.cloudwatch.CloudWatch, _alarm, _has_alarm, _QUERY._replace(policy=None)),
    Deed(
        aws.cloudwatch_json.CloudWatch,
        _alarm,
        _has_alarm,
        _QUERY._replace(policy="AccessDeniedException"),
    ),
    Deed(aws.cloudwatch_query.CloudWatch, _alarm, _has_alarm, _QUERY),
    Deed(
        IoTDataPlane,
        lambda iot: iot.update_thing_shadow(thingName="deed", payload=b'{"state":{"desired":{}}}'),
        _exists("ResourceNotFoundException", lambda iot: iot.get_thing_shadow(thingName="deed")),
        _FORBIDDEN,
    ),
    Deed(
        IoTJobsDataPlane,
        lambda jobs: jobs.start_next_pending_job_execution(thingName="deed-jobs"),
        lambda jobs: bool(jobs.get_pending_job_executions(thingName="deed-jobs").inProgressJobs),
    ),
]
each_deed = pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.service.service.name)


@pytest.fixture(scope="module", autouse=True)
def _stage(connect: Callable[..., Any], lambda_role: str) -> None:
    """A job that waits for its thing; a role for the function."""
    iot = connect(IoT)
    thing = iot.create_thing(thingName="deed-jobs")
    iot.create_job(jobId="deed", targets=[thing.thingArn], document="{}")
    assert lambda_role == "arn:aws:iam::000000000000:role/worker"


def _refusal(client: Any, deed: Deed) -> ServiceError:
    with pytest.raises(ServiceError) as caught:
        deed.perform(client)
    return caught.value


@each_deed
def test_only_the_right_key_gets_something_done(
    deed: Deed, connect: Callable[..., Any], credentials: Credentials, powerless: Credentials
) -> None:
    wrong = Credentials(credentials.access_key_id, WRONG_SECRET)
    error = _refusal(connect(deed.service, wrong), deed)
    assert error.code == deed.codes.signature
    assert error.status in (400, 401, 403)
    assert WRONG_SECRET not in f"{error} {error!r} {vars(error)}"

    unknown = Credentials("AKIAIOSFODNN7EXAMPLE", credentials.secret_access_key)
    assert _refusal(connect(deed.service, unknown), deed).code == deed.codes.key

    # A session token that belongs to no session. It is signed, so the signature is right.
    tokened = Credentials(*_parts(credentials), session_token="token")
    expected = deed.codes.token or deed.codes.key
    assert _refusal(connect(deed.service, tokened), deed).code == expected

    if deed.codes.policy is not None:
        assert _refusal(connect(deed.service, powerless), deed).code == deed.codes.policy

    client = connect(deed.service)
    assert not deed.is_done(client)
    deed.perform(client)
    assert deed.is_done(client)


def _parts(credentials: Credentials) -> tuple[str, str]:
    return credentials.access_key_id, credentials.secret_access_key


@each_deed
def test_temporary_credentials_are_signed_with_their_token(
    deed: Deed,
    connect: Callable[..., Any],
    botocore_client: Callable[..., Any],
    credentials: Credentials,
) -> None:
    issued = botocore_client("sts", credentials).get_session_token()["Credentials"]
    key, secret = issued["AccessKeyId"], issued["SecretAccessKey"]
    deed.is_done(connect(deed.service, Credentials(key, secret, issued["SessionToken"])))
    for token in (None, "another"):
        with pytest.raises(ServiceError) as caught:
            deed.is_done(connect(deed.service, Credentials(key, secret, token)))
        assert caught.value.status in (400, 401, 403)


@each_deed
@pytest.mark.parametrize("off_s", [-3600, 3600, -1.7e9], ids=["slow", "fast", "at the epoch"])
def test_a_board_with_a_wrong_clock_signs_with_the_right_time(
    deed: Deed, off_s: float, connect: Callable[..., Any]
) -> None:
    clock = edgemote.Clock(lambda: time.time() + off_s)
    deed.is_done(connect(deed.service, clock=clock, retries=0))
    assert not clock.synced  # without TLS


def test_ministack_is_lenient_with_the_secret_of_its_bootstrap_key(
    connect: Callable[..., Any],
) -> None:
    """Why there are users: AWS knows no such key, and ministack checks nothing about this one."""
    assert connect(SQS, Credentials("test", WRONG_SECRET)).list_queues() is not None


def test_things_happen_in_the_region_of_the_signature(
    connect: Callable[..., Any], credentials: Credentials, ministack: Any
) -> None:
    """ministack takes the region from the signature, as it has one address for all: what is there
    is not here.
    """
    connect(SSM).put_parameter(Name="/region", Value="west", Type="String")
    with (
        edgemote.connect(
            SSM, endpoint_url=ministack.endpoint_url, region="eu-central-1", credentials=credentials
        ) as elsewhere,
        pytest.raises(elsewhere.exceptions.ParameterNotFound),
    ):
        elsewhere.get_parameter(Name="/region")
