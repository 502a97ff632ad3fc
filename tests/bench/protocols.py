"""One operation in each protocol: whole calls, and their two halves apart, beside botocore and a
floor.

A call has boto3's dicts or our structs as parameters, checks, writes and signs them, and makes a
result of an answer that is ready. Its floor is what nobody can leave out, without any check or
struct: both bodies by what `_FLOORS` names, two SHA-256 and one HMAC.
"""

from __future__ import annotations

import hashlib
import hmac
from _thread import allocate_lock
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timezone
from itertools import cycle
from typing import Any, get_args
from urllib.parse import parse_qsl, quote
from xml.parsers import expat

import cbor2
import msgspec
from botocore import xform_name
from msgspec import Struct

from aws.operation import Client, Operation
from aws.scalars import take_apart
from aws.shape import Shape, type_hints
from aws.sigv4 import Credentials
from calls import Ours
from conformance.comparison import generated
from edgemote.client.buckets import BucketPipeline
from edgemote.client.pipeline import Pipeline
from edgemote.client.settings import Settings
from edgemote.clock import Clock
from edgemote.credentials.provider import Fixed
from edgemote.http import Response
from edgemote_codegen.models import load_model
from edgemote_codegen.selection import select
from oracle import Oracle

from .figures import best_us, row, verdict

_NOW_S = 1_790_000_000.25
_MOMENT = datetime.fromtimestamp(_NOW_S, timezone.utc)
_ISO = "2026-09-21T14:13:20.000Z"
_KEYS = [f"models/dock/camera-{index:03}.tar.gz" for index in range(100)]


class Case(Struct, frozen=True):
    """`goal` is how many times faster than botocore a whole call with dicts shall be; `label` is a
    member that is another in each call, so that no call has the address of the one before.
    """

    protocol: str
    service: str
    operation: str
    params: dict[str, Any]
    answer: bytes
    goal: float
    label: str = ""


class Loopback:
    """In place of a connection: takes the bytes, has the answer ready. What is left is our own
    work.
    """

    may_sync = False

    def __init__(self, answer: bytes) -> None:
        self.response = Response(200, {"x-amzn-requestid": "1"}, answer)
        self.lock = allocate_lock()

    def exchange(self, head: bytes, body: bytes, **_: object) -> Response:
        return self.response


def make_caller(client_class: type[Client], answer: bytes) -> Pipeline:
    make = BucketPipeline if client_class.service.addresses_buckets else Pipeline
    return make(
        client_class.service,
        Settings(region="us-west-2"),
        Fixed(Credentials("AKIDEXAMPLE", "secret")),
        Clock(),
        lambda origin: Loopback(answer),  # type: ignore[arg-type, return-value]
    )


def _metric(index: int) -> dict[str, Any]:
    return {
        "MetricName": f"CpuTemp{index}",
        "Dimensions": [{"Name": "board", "Value": "cam-7"}],
        "Timestamp": _MOMENT,
        "Value": 51.5,
        "Unit": "None",
    }


def _metric_data() -> bytes:
    """Four metrics with 20 values each."""
    times = [cbor2.CBORTag(1, _NOW_S + 60 * minute) for minute in range(20)]
    results = [
        {
            "Id": f"m{index}",
            "Label": f"CpuTemp{index}",
            "Timestamps": times,
            "Values": [51.5 + minute for minute in range(20)],
            "StatusCode": "Complete",
        }
        for index in range(4)
    ]
    return cbor2.dumps({"MetricDataResults": results, "Messages": []})


def _listing() -> bytes:
    contents = "".join(
        f"<Contents><Key>{key}</Key><LastModified>{_ISO}</LastModified>"
        "<ETag>&quot;0123456789abcdef0123456789abcdef&quot;</ETag><Size>10485760</Size>"
        "<StorageClass>STANDARD</StorageClass></Contents>"
        for key in _KEYS
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>dock</Name>'
        "<Prefix>models/</Prefix><KeyCount>100</KeyCount><MaxKeys>1000</MaxKeys>"
        f"<IsTruncated>false</IsTruncated>{contents}</ListBucketResult>"
    ).encode()


def _deleted() -> bytes:
    deleted = "".join(f"<Deleted><Key>{key}</Key></Deleted>" for key in _KEYS)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<DeleteResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">{deleted}</DeleteResult>'
    ).encode()


def _published() -> bytes:
    return (
        b'<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult>'
        b"<MessageId>567910cd-659e-55d4-8ccb-5aaf14679dc0</MessageId></PublishResult>"
        b"<ResponseMetadata><RequestId>d74b8436-ae13-5ab4-a9ff-ce54dfea72a0</RequestId>"
        b"</ResponseMetadata></PublishResponse>"
    )


def _instances() -> bytes:
    """Ten instances of one reservation."""
    instances = "".join(
        f"<item><instanceId>i-{index:017x}</instanceId><imageId>ami-0abcdef1234567890</imageId>"
        "<instanceState><code>16</code><name>running</name></instanceState>"
        f"<privateDnsName>ip-10-0-0-{index}.ec2.internal</privateDnsName><dnsName/><reason/>"
        "<amiLaunchIndex>0</amiLaunchIndex><productCodes/><instanceType>t4g.nano</instanceType>"
        f"<launchTime>{_ISO}</launchTime><placement><availabilityZone>us-west-2a"
        "</availabilityZone><groupName/><tenancy>default</tenancy></placement>"
        "<monitoring><state>disabled</state></monitoring><subnetId>subnet-1</subnetId>"
        f"<vpcId>vpc-1</vpcId><privateIpAddress>10.0.0.{index}</privateIpAddress>"
        "<sourceDestCheck>true</sourceDestCheck><groupSet><item><groupId>sg-1</groupId>"
        "<groupName>dock</groupName></item></groupSet><architecture>arm64</architecture>"
        "<rootDeviceType>ebs</rootDeviceType><rootDeviceName>/dev/sda1</rootDeviceName>"
        "<blockDeviceMapping><item><deviceName>/dev/sda1</deviceName><ebs><volumeId>vol-1"
        f"</volumeId><status>attached</status><attachTime>{_ISO}</attachTime>"
        "<deleteOnTermination>true</deleteOnTermination></ebs></item></blockDeviceMapping>"
        "<virtualizationType>hvm</virtualizationType><tagSet><item><key>Name</key><value>dock-"
        f"{index}</value></item></tagSet><hypervisor>xen</hypervisor><ebsOptimized>false"
        "</ebsOptimized></item>"
        for index in range(10)
    )
    return (
        '<DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>'
        "8f7724cf-496f-496e-8fe3-example</requestId><reservationSet><item><reservationId>r-1"
        "</reservationId><ownerId>123456789012</ownerId><groupSet/><instancesSet>"
        f"{instances}</instancesSet></item></reservationSet></DescribeInstancesResponse>"
    ).encode()


CASES = (
    Case(
        "json",
        "kinesis",
        "PutRecord",
        {"StreamName": "dock", "PartitionKey": "cam-7", "Data": b"x" * 200},
        b'{"EncryptionType":"KMS","SequenceNumber":"4954315","ShardId":"shardId-000000000000"}',
        20,
    ),
    Case(
        "rest-json",
        "iot-jobs-data",
        "UpdateJobExecution",
        {"jobId": "j", "thingName": "cam-7", "status": "SUCCEEDED", "statusDetails": {"a": "b"}},
        b'{"executionState":{"status":"SUCCEEDED","statusDetails":{"a":"b"},"versionNumber":2}}',
        20,
        label="jobId",
    ),
    Case(
        "smithy-rpc-v2-cbor",
        "cloudwatch",
        "PutMetricData",
        {"Namespace": "dock", "MetricData": [_metric(index) for index in range(8)]},
        b"",
        20,
    ),
    Case(
        "smithy-rpc-v2-cbor",
        "cloudwatch",
        "GetMetricData",
        {
            "MetricDataQueries": [
                {"Id": f"m{index}", "Expression": f"SEARCH('CpuTemp{index}')", "Period": 60}
                for index in range(4)
            ],
            "StartTime": _MOMENT,
            "EndTime": _MOMENT,
        },
        _metric_data(),
        20,
    ),
    Case(
        "query",
        "sns",
        "Publish",
        {
            "TopicArn": "arn:aws:sns:us-west-2:123456789012:dock",
            "Message": "cam-7: 51.5 degrees & rising",
            "MessageAttributes": {
                "device": {"DataType": "String", "StringValue": "cam-7"},
                "celsius": {"DataType": "Number", "StringValue": "51.5"},
            },
        },
        _published(),
        5,
    ),
    Case(
        "ec2",
        "ec2",
        "DescribeInstances",
        {"Filters": [{"Name": "tag:Name", "Values": ["dock-1", "dock-2"]}], "MaxResults": 10},
        _instances(),
        5,
    ),
    Case(
        "rest-xml",
        "s3",
        "ListObjectsV2",
        {"Bucket": "dock", "Prefix": "models/", "MaxKeys": 1000},
        _listing(),
        5,
    ),
    Case(
        "rest-xml",
        "s3",
        "DeleteObjects",
        {"Bucket": "dock", "Delete": {"Objects": [{"Key": key} for key in _KEYS]}},
        _deleted(),
        5,
    ),
)


class Floor(Struct, frozen=True):
    """`take_apart` makes of a body what `write` makes it of again."""

    name: str
    take_apart: Callable[[bytes], Any]
    write: Callable[[Any], bytes]
    read: Callable[[bytes], object]


def _take_xml_apart(body: bytes) -> list[str]:
    """Texts, in turn with the markup around them."""
    return body.decode().replace("<", "\0<").replace(">", ">\0").split("\0")


def _write_xml(pieces: list[str]) -> bytes:
    return "".join([piece.replace("&", "&amp;") for piece in pieces]).encode()


def _read_xml(body: bytes) -> object:
    return expat.ParserCreate().Parse(body, True)


def _take_form_apart(body: bytes) -> list[tuple[str, str]]:
    return parse_qsl(body.decode())


def _write_form(pairs: list[tuple[str, str]]) -> bytes:
    return "&".join([f"{name}={quote(value, safe='')}" for name, value in pairs]).encode()


_JSON = Floor("msgspec, untyped", msgspec.json.decode, msgspec.json.encode, msgspec.json.decode)
_CBOR = Floor("cbor2 in C", cbor2.loads, cbor2.dumps, cbor2.loads)
_XML = Floor("texts escaped and joined, bare expat", _take_xml_apart, _write_xml, _read_xml)
_FORM = Floor("values quoted and joined, bare expat", _take_form_apart, _write_form, _read_xml)
_FLOORS = {
    "json": _JSON,
    "rest-json": _JSON,
    "smithy-rpc-v2-cbor": _CBOR,
    "query": _FORM,
    "ec2": _FORM,
    "rest-xml": _XML,
}


def measure_case(case: Case) -> None:
    method = xform_name(case.operation)
    judge = Oracle(case.service, protocol=case.protocol)
    with generated(select(load_model(case.service, {}), (case.operation,), case.protocol)) as ours:
        ours.call(method, case.params, (200, {}, case.answer))
        _compare(case, ours, judge, ours.recorder.raw.body)


def _compare(case: Case, ours: Ours, judge: Oracle, body: bytes) -> None:
    floor, answer = _FLOORS[case.protocol], case.answer
    parts = floor.take_apart(body) if body else None
    key = b"k" * 32

    def write_floor() -> bytes:
        return b"" if parts is None else floor.write(parts)

    def read_floor() -> object:
        return floor.read(answer) if answer else None

    def floor_call() -> None:
        hashlib.sha256(write_floor()).hexdigest()
        hashlib.sha256(key * 10).hexdigest()
        hmac.digest(key, key * 4, "sha256").hex()
        read_floor()

    method = xform_name(case.operation)
    operation = ours.operations[case.operation]
    service, client_class = ours.client_class.service, ours.client_class
    caller = make_caller(client_class, answer)
    call = getattr(client_class(caller, caller.close), method)
    structs = as_structs(operation, case.params)
    dict_turns, struct_turns = _make_turns(case, case.params), _make_turns(case, structs)
    model = judge.model.operation_model(case.operation)
    serializer, parser = judge.client._serializer, judge.client._response_parser
    facts = {"status_code": 200, "headers": {}, "body": answer}
    times = best_us(
        floor=floor_call,
        structs=lambda: call(**next(struct_turns)),
        dicts=lambda: call(**next(dict_turns)),
        botocore=lambda: judge.stubbed_call(method, next(dict_turns), answer),
        encode_floor=write_floor,
        encode=lambda: service.protocol.encode(service, operation, case.params),
        encode_structs=lambda: service.protocol.encode(service, operation, structs),
        encode_botocore=lambda: serializer.serialize_to_request(case.params, model),
        decode_floor=read_floor,
        decode=lambda: service.protocol.decode(operation, Response(200, {}, answer)),
        decode_botocore=lambda: parser.parse(facts, model.output_shape),
    )
    nested = structs != case.params
    print(
        f"\n{case.protocol}: {case.service}:{case.operation}, "
        f"{len(body):,} bytes out, {len(answer):,} bytes in, network stubbed"
    )
    row(f"call, floor: {floor.name}", times["floor"])
    if nested:
        row("call, edgemote, structs", times["structs"], times["floor"], times["botocore"])
    row("call, edgemote, dicts", times["dicts"], times["floor"], times["botocore"])
    row("call, botocore", times["botocore"], times["floor"])
    for half, known in (("encode", body), ("decode", answer)):
        of = times[f"{half}_floor"] if known else 0.0
        theirs = times[f"{half}_botocore"]
        if half == "encode" and nested:
            row("encode, edgemote, structs", times["encode_structs"], of, theirs)
        if half == "encode" or known:
            row(f"{half}, floor", of)
            row(f"{half}, edgemote", times[half], of, theirs)
            row(f"{half}, botocore", theirs, of)
    verdict("dicts, faster than botocore", times["botocore"] / times["dicts"], case.goal)


def _make_turns(case: Case, params: dict[str, Any]) -> Iterator[dict[str, Any]]:
    return cycle([{**params, case.label: f"{turn}"} if case.label else params for turn in range(2)])


def as_structs(operation: Operation[Any], params: Mapping[str, Any]) -> dict[str, Any]:
    """boto3's dicts as structs, datetimes as seconds."""
    if operation.input is None:
        return {}
    hints = type_hints(operation.input)
    return {name: _as_struct(hints[name], value) for name, value in params.items()}


def _as_struct(hint: Any, value: Any) -> Any:
    bare, _ = take_apart(hint)
    if isinstance(bare, type) and issubclass(bare, Shape):
        hints = type_hints(bare)
        return bare(**{name: _as_struct(hints[name], part) for name, part in value.items()})
    if isinstance(value, list):
        return [_as_struct(get_args(bare)[0], part) for part in value]
    if isinstance(value, dict):
        return {name: _as_struct(get_args(bare)[1], part) for name, part in value.items()}
    return value.timestamp() if isinstance(value, datetime) else value
