"""Paginators and waiters: both sides get the same responses, and botocore's is the judge."""

from __future__ import annotations

import copy
import json
from base64 import b64decode, b64encode
from typing import Any, get_args, get_origin

import msgspec
import pytest
from botocore import xform_name
from botocore.exceptions import ClientError
from botocore.exceptions import PaginationError as TheirError
from botocore.exceptions import WaiterError as TheirWaiterError
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.paginate import Paginator
from botocore.waiter import NormalizedOperationMethod, SingleWaiterConfig, Waiter
from hypothesis import given, settings
from hypothesis import strategies as st

from aws.dynamodb import DynamoDB
from aws.ec2_part import EC2
from aws.errors import ServiceError, ValidationError
from aws.kinesis import Kinesis
from aws.paging import PaginationError
from aws.s3_whole import S3
from aws.shape import Shape, type_hints
from aws.waiting import WaiterError

CLIENTS = {"s3": S3, "dynamodb": DynamoDB, "kinesis": Kinesis, "ec2": EC2}
MODELS = {name: ServiceModel(Loader().load_service_model(name, "service-2")) for name in CLIENTS}


class Script:
    """Answers the calls of both sides, each from the start."""

    def __init__(self, service: str, operation: str, responses: list[Any]) -> None:
        self.service, self.operation = service, operation
        self.responses = responses
        self.asked: list[dict[str, Any]] = []

    def answer(self, params: dict[str, Any]) -> Any:
        # As the last one, for ever: nobody is to ask so often.
        assert len(self.asked) < 30
        self.asked.append(copy.deepcopy(params))
        response = self.responses[min(len(self.asked), len(self.responses)) - 1]
        return copy.deepcopy(response)

    def ours(self) -> Any:
        def call(operation: Any, params: dict[str, Any]) -> Any:
            assert operation.name == self.operation
            response = self.answer(msgspec.to_builtins(params, builtin_types=(bytes,)))
            if isinstance(response, Exception):
                raise response
            return build(operation.output, response)

        return CLIENTS[self.service](call, lambda: None)

    def theirs(self, **params: Any) -> Any:
        response = self.answer(params)
        if isinstance(response, ServiceError):
            content = {
                "Error": {"Code": response.code, "Message": response.message},
                "ResponseMetadata": {"HTTPStatusCode": response.status},
            }
            raise ClientError(content, self.operation)
        return {**response, "ResponseMetadata": {"HTTPStatusCode": 200}}

    def paginate(self, **params: Any) -> Any:
        rows = Loader().load_service_model(self.service, "paginators-1")["pagination"]
        model = MODELS[self.service].operation_model(self.operation)
        return Paginator(self.theirs, rows[self.operation], model).paginate(**params)


def build(hint: Any, value: Any) -> Any:
    """What a type holds of a value in boto3's form."""
    if isinstance(hint, type) and issubclass(hint, Shape):
        hints = type_hints(hint)
        absent = dict.fromkeys(hint.__struct_fields__)
        return hint(**absent | {name: build(hints[name], part) for name, part in value.items()})
    inner = [part for part in get_args(hint) if part is not type(None)]
    if isinstance(value, list):
        return [build(_element(hint), part) for part in value]
    if isinstance(value, dict) and get_origin(hint) is dict:
        return {key: build(inner[1], part) for key, part in value.items()}
    return build(inner[0], value) if isinstance(value, dict) else value


def _element(hint: Any) -> Any:
    while get_origin(hint) is not list:
        hint = get_args(hint)[0]
    return get_args(hint)[0]


def strip(page: Any) -> Any:
    """A page of either side, without what is not there."""
    if isinstance(page, msgspec.Struct):
        page = {name: getattr(page, name) for name in page.__struct_fields__}
    if isinstance(page, dict):
        return {
            key: strip(part)
            for key, part in page.items()
            if part is not None and key != "ResponseMetadata"
        }
    return [strip(part) for part in page] if isinstance(page, list) else page


def read(token: str | None) -> Any:
    return None if token is None else json.loads(b64decode(token))


def both(
    service: str, operation: str, responses: list[Any], **params: Any
) -> tuple[list[Any], str | None]:
    """Go through the pages on both sides; what they give, and how to go on."""
    ends: list[Any] = []
    for side in ("ours", "theirs"):
        script = Script(service, operation, responses)
        given_params = copy.deepcopy(params)
        pages: list[Any] = []
        error = None
        if side == "ours":
            method = getattr(script.ours().pages, xform_name(operation))
            iterator = method(**given_params)
        else:
            iterator = script.paginate(**given_params)
        try:
            pages.extend(strip(page) for page in iterator)
        except (PaginationError, TheirError) as failure:
            error = "twice" in str(failure)
        ends.append((pages, script.asked, error, read(iterator.resume_token)))
    assert ends[0] == ends[1]
    return ends[0][0], iterator.resume_token


few = settings(max_examples=40)
NAMES = st.sampled_from(["a", "b", "c"])
TOKENS = st.sampled_from([None, "", "t1", "t2", "t3"])
LIMITS = st.fixed_dictionaries(
    {},
    optional={
        "MaxItems": st.integers(0, 6),
        "PageSize": st.integers(1, 3),
        "StartingToken": st.sampled_from(["opaque", "opaque___2", "None___1"]),
    },
)


def lists(name: str) -> Any:
    return st.lists(st.builds(lambda text: {name: text}, NAMES), max_size=3)


def pages_of(**members: Any) -> Any:
    return st.lists(st.fixed_dictionaries({}, optional=members), min_size=1, max_size=4)


def streams(**members: Any) -> Any:
    inner = st.fixed_dictionaries({"HasMoreShards": st.booleans()}, optional=members)
    return st.lists(st.builds(_describe, inner), min_size=1, max_size=4)


def _describe(stream: dict[str, Any]) -> dict[str, Any]:
    return {"StreamDescription": stream}


@few
@given(
    pages_of(
        Contents=lists("Key"),
        CommonPrefixes=lists("Prefix"),
        IsTruncated=st.booleans(),
        NextContinuationToken=TOKENS,
        Prefix=NAMES,
    ),
    LIMITS,
)
def test_pages_of_objects(responses: list[Any], limits: dict[str, Any]) -> None:
    both("s3", "ListObjectsV2", responses, Bucket="b", PaginationConfig=limits)


@few
@given(pages_of(Contents=lists("Key"), IsTruncated=st.booleans(), NextMarker=TOKENS), LIMITS)
def test_tokens_that_are_parts_of_the_last_item(responses: list[Any], limits: Any) -> None:
    both("s3", "ListObjects", responses, Bucket="b", PaginationConfig=limits)


@few
@given(
    pages_of(
        Versions=lists("Key"),
        DeleteMarkers=lists("Key"),
        IsTruncated=st.booleans(),
        NextKeyMarker=TOKENS,
        NextVersionIdMarker=TOKENS,
    ),
    LIMITS,
)
def test_two_tokens(responses: list[Any], limits: dict[str, Any]) -> None:
    both("s3", "ListObjectVersions", responses, Bucket="b", PaginationConfig=limits)


@few
@given(
    streams(Shards=lists("ShardId")),
    LIMITS,
)
def test_items_within_a_structure(responses: list[Any], limits: dict[str, Any]) -> None:
    both("kinesis", "DescribeStream", responses, StreamName="s", PaginationConfig=limits)


_KEYS = st.sampled_from([None, {"id": {"S": "1"}}, {"id": {"B": b"\x00\xff"}}, {"id": {"N": "2"}}])
_ROWS = st.lists(st.just({"id": {"S": "x"}}), max_size=3)


@few
@given(
    st.lists(
        st.fixed_dictionaries(
            {"Count": st.integers(0, 9)}, optional={"Items": _ROWS, "LastEvaluatedKey": _KEYS}
        ),
        min_size=1,
        max_size=4,
    ),
    st.integers(0, 6),
)
def test_tokens_that_are_structures_with_bytes(responses: list[Any], most: int) -> None:
    _, token = both(
        "dynamodb", "Query", responses, TableName="t", PaginationConfig={"MaxItems": most}
    )
    if token is not None:
        limits = {"StartingToken": token, "MaxItems": 2}
        both("dynamodb", "Query", responses, TableName="t", PaginationConfig=limits)


def test_a_token_of_each_side_is_understood_by_the_other() -> None:
    responses = [{"Contents": [{"Key": key} for key in "abcd"]}]
    ours = Script("s3", "ListObjectsV2", responses)
    pages = ours.ours().pages.list_objects_v2(Bucket="b", PaginationConfig={"MaxItems": 3})
    assert [item.Key for item in pages.items()] == ["a", "b", "c"]
    theirs = Script("s3", "ListObjectsV2", responses).paginate(
        Bucket="b", PaginationConfig={"StartingToken": pages.resume_token}
    )
    assert [strip(page) for page in theirs] == [{"Contents": [{"Key": "d"}]}]
    assert read(pages.resume_token) == {"ContinuationToken": None, "boto_truncate_amount": 3}


@few
@given(
    pages_of(
        Contents=lists("Key"),
        CommonPrefixes=lists("Prefix"),
        IsTruncated=st.just(True),
        NextContinuationToken=TOKENS,
        Prefix=NAMES,
        KeyCount=st.integers(0, 3),
    )
)
def test_the_full_result(responses: list[Any]) -> None:
    responses[-1].pop("NextContinuationToken", None)
    script = Script("s3", "ListObjectsV2", responses)
    try:
        wanted = script.paginate(Bucket="b").build_full_result()
    except TheirError:
        return
    ours = Script("s3", "ListObjectsV2", responses).ours()
    found = strip(ours.pages.list_objects_v2(Bucket="b").build_full_result())
    assert found == strip(wanted)


@few
@given(streams(Shards=st.just([{"ShardId": "1"}]), StreamName=NAMES, StreamARN=NAMES))
def test_the_full_result_within_a_structure(responses: list[Any]) -> None:
    responses[-1] = {"StreamDescription": {"HasMoreShards": False, "Shards": [{"ShardId": "2"}]}}
    responses = responses[-2:]
    wanted = Script("kinesis", "DescribeStream", responses).paginate(StreamName="s")
    ours = Script("kinesis", "DescribeStream", responses).ours()
    found = ours.pages.describe_stream(StreamName="s").build_full_result()
    assert strip(found) == strip(wanted.build_full_result())


def test_items_of_each_result() -> None:
    responses = [
        {
            "Contents": [{"Key": "a"}],
            "CommonPrefixes": [{"Prefix": "x/"}],
            "IsTruncated": True,
            "NextContinuationToken": "t",
        },
        {"CommonPrefixes": [{"Prefix": "y/"}]},
    ]
    client = Script("s3", "ListObjectsV2", responses * 2).ours()
    pages = client.pages.list_objects_v2(Bucket="b")
    assert [item.Key for item in pages.items()] == ["a"]
    # Each loop begins anew.
    assert [item.Prefix for item in pages.items("CommonPrefixes")] == ["x/", "y/"]
    with pytest.raises(ValidationError, match="expected one of Contents, CommonPrefixes, got"):
        pages.items("Prefixes")


def test_numbers_and_maps_are_items() -> None:
    client = Script("dynamodb", "Query", [{"Items": [], "Count": 4}]).ours()
    assert list(client.pages.query(TableName="t").items("Count")) == [4]
    from aws.paging import Pages

    class Page(msgspec.Struct):
        map: dict[str, int]

    def get() -> Page:
        return Page({"a": 1, "b": 2})

    pages: Any = Pages(get, {}, tokens={"Next": lambda page: None}, results=("map",))
    assert list(pages.items()) == [("a", 1), ("b", 2)]
    pages = Pages(get, {"PaginationConfig": {"MaxItems": 1}}, tokens={}, results=("map",))
    with pytest.raises(PaginationError, match="MaxItems cannot truncate map, which is a map"):
        list(pages)


@pytest.mark.parametrize(
    ("config", "text"),
    [
        ({"Max": 3}, r"\$.PaginationConfig.Max: expected MaxItems, PageSize or StartingToken"),
        ({"MaxItems": -1}, r"\$.PaginationConfig.MaxItems: expected a whole number of 0 or more"),
        ({"PageSize": "many"}, "PageSize: expected a whole number of 0 or more, got 'many'"),
        ({"StartingToken": 3}, "StartingToken: expected a str, got int"),
        ({"StartingToken": "a___b___c"}, "StartingToken: expected a resume_token, got 'a___b___c'"),
        (
            {"StartingToken": b64encode(b'{"Marker": "x"}').decode()},
            "StartingToken: expected a token of this operation",
        ),
    ],
)
def test_bad_limits(config: dict[str, Any], text: str) -> None:
    client = Script("s3", "ListObjectsV2", [{}]).ours()
    with pytest.raises(ValidationError, match=text):
        list(client.pages.list_objects_v2(Bucket="b", PaginationConfig=config))


def test_a_page_has_no_size_where_the_operation_has_none() -> None:
    client = Script("dynamodb", "ListTables", [{}]).ours()
    from aws.paging import Pages

    with pytest.raises(PaginationError, match="list_tables has no parameter for a page size"):
        Pages(client.list_tables, {"PaginationConfig": {"PageSize": 3}}, tokens={}, results=("x",))


# Waiters ----------------------------------------------------------------------------------------

ERRORS = st.sampled_from(
    [
        ServiceError("404", "Not Found", 404),
        ServiceError("403", "Forbidden", 403),
        ServiceError("301", "Moved", 301),
        ServiceError("ResourceNotFoundException", "none such", 400),
        ServiceError("InvalidInstanceID.NotFound", "none such", 400),
        ServiceError("Throttling", "slowly", 400),
    ]
)
STATES = st.sampled_from(["pending", "running", "terminated", "shutting-down", None])


def _reservations(states: list[list[str | None]]) -> Any:
    return {
        "Reservations": [
            {"Instances": [{"State": {"Name": state}} if state else {} for state in group]}
            for group in states
        ]
    }


def check_waiter(
    service: str, name: str, responses: list[Any], monkeypatch: Any, **params: Any
) -> BaseException | None:
    """Wait on both sides; our error, if it is one."""
    rows = Loader().load_service_model(service, "waiters-2")["waiters"]["".join(name.split())]
    ends: list[Any] = []
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)
    failure: BaseException | None = None
    config = {"Delay": 3, "MaxAttempts": 4}
    for side in ("theirs", "ours"):
        script = Script(service, rows["operation"], responses)
        slept.clear()
        try:
            if side == "ours":
                getattr(script.ours().wait, xform_name(name))(**params, WaiterConfig=config)
            else:
                method = NormalizedOperationMethod(script.theirs)
                Waiter(name, SingleWaiterConfig(rows), method).wait(**params, WaiterConfig=config)
            ended = None
        except WaiterError as error:
            failure, ended = error, True
        except TheirWaiterError:
            ended = True
        ends.append((ended, len(script.asked), script.asked, list(slept)))
    assert ends[0] == ends[1]
    return failure


@few
@given(st.lists(st.one_of(ERRORS, st.just({})), min_size=1, max_size=5))
@pytest.mark.parametrize(
    "name", ["BucketExists", "BucketNotExists", "ObjectExists", "ObjectNotExists"]
)
def test_waiting_by_status(name: str, responses: list[Any]) -> None:
    params = {"Bucket": "b"} if "Bucket" in name else {"Bucket": "b", "Key": "k"}
    with pytest.MonkeyPatch.context() as monkeypatch:
        check_waiter("s3", name, responses, monkeypatch, **params)


@few
@given(
    st.lists(
        st.one_of(
            ERRORS, st.builds(_reservations, st.lists(st.lists(STATES, max_size=2), max_size=2))
        ),
        min_size=1,
        max_size=5,
    )
)
@pytest.mark.parametrize("name", ["InstanceRunning", "InstanceTerminated", "InstanceExists"])
def test_waiting_by_path(name: str, responses: list[Any]) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        check_waiter("ec2", name, responses, monkeypatch)


@few
@given(
    st.lists(
        st.one_of(
            ERRORS,
            st.builds(
                lambda state: {"Table": {"TableStatus": state}},
                st.sampled_from(["CREATING", "ACTIVE"]),
            ),
        ),
        min_size=1,
        max_size=5,
    )
)
@pytest.mark.parametrize("name", ["TableExists", "TableNotExists"])
def test_waiting_by_error(name: str, responses: list[Any]) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        check_waiter("dynamodb", name, responses, monkeypatch, TableName="t")


def _fail(name: str, responses: list[Any], **config: Any) -> str:
    client = Script("ec2", "DescribeInstances", responses).ours()
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr("time.sleep", lambda delay_s: None)
        with pytest.raises(WaiterError) as caught:
            getattr(client.wait, name)(WaiterConfig=config)
    assert caught.value.waiter == name
    return str(caught.value)


def test_an_error_tells_what_was_seen_last() -> None:
    pending = _reservations([["pending", "running"]])
    assert _fail("instance_running", [pending], MaxAttempts=2) == (
        "waiter instance_running: describe_instances: gave up after 2 calls, 15 s apart; "
        "in the last, the result contained ['pending', 'running']"
    )
    assert _fail("instance_running", [_reservations([["terminated"]])]) == (
        "waiter instance_running: describe_instances: the state can no longer be reached: "
        "the result contained ['terminated']"
    )
    assert _fail("instance_running", [ServiceError("Throttling", "slowly", 400)]) == (
        "waiter instance_running: describe_instances: the call failed: "
        "Throttling: slowly (HTTP 400)"
    )
    missing = ServiceError("InvalidInstanceID.NotFound", "none such", 400)
    assert _fail("instance_running", [missing], MaxAttempts=1, Delay=0.5) == (
        "waiter instance_running: describe_instances: gave up after 1 calls, 0.5 s apart; in the "
        "last, the service returned InvalidInstanceID.NotFound: none such (HTTP 400)"
    )


@pytest.mark.parametrize(
    ("config", "text"),
    [
        ({"Tries": 3}, r"\$.WaiterConfig.Tries: expected Delay or MaxAttempts"),
        ({"Delay": -1}, r"\$.WaiterConfig.Delay: expected 0 to 2147483647 seconds, got -1"),
        ({"Delay": float("nan")}, r"\$.WaiterConfig.Delay: expected 0 to .* seconds, got nan"),
        ({"Delay": float("inf")}, r"\$.WaiterConfig.Delay: expected 0 to .* seconds, got inf"),
        ({"Delay": 1 << 31}, r"\$.WaiterConfig.Delay: expected 0 to .* seconds, got 2147483648"),
        ({"MaxAttempts": 0}, "MaxAttempts: expected a whole number of 1 or more, got 0"),
        ({"MaxAttempts": 2.5}, "MaxAttempts: expected a whole number of 1 or more, got 2.5"),
    ],
)
def test_bad_waiter_settings(config: dict[str, Any], text: str) -> None:
    client = Script("s3", "HeadBucket", [{}]).ours()
    with pytest.raises(ValidationError, match=text):
        client.wait.bucket_exists(Bucket="b", WaiterConfig=config)


def test_what_is_no_error_of_the_service_passes_through() -> None:
    def call(operation: Any, params: Any) -> Any:
        raise OSError("no network")

    with pytest.raises(OSError, match="no network"):
        S3(call, lambda: None).wait.bucket_exists(Bucket="b")


def test_waiting_sleeps_as_the_model_says(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)
    missing = ServiceError("404", "Not Found", 404)
    client = Script("s3", "HeadObject", [missing, missing, {}]).ours()
    client.wait.object_exists(Bucket="b", Key="k")
    assert slept == [5, 5]


def _encode(content: Any) -> str:
    return b64encode(json.dumps(content).encode()).decode()


@pytest.mark.parametrize(
    "token",
    [
        "",
        "a___\u00b2",
        "a" * 10_000,
        _encode({"ContinuationToken": "a", "boto_encoded_keys": [["ContinuationToken"]]}),
        _encode({"ContinuationToken": "a", "boto_truncate_amount": 1}),
        _encode({}),
    ],
)
def test_tokens_of_any_kind_are_read_as_botocore_does(token: str) -> None:
    responses = [{"Contents": [{"Key": "a"}, {"Key": "b"}], "IsTruncated": False}]
    both("s3", "ListObjectsV2", responses, Bucket="b", PaginationConfig={"StartingToken": token})


@pytest.mark.parametrize(
    "content",
    [
        {"boto_encoded_keys": 5},
        {"boto_encoded_keys": [[]]},
        {"boto_encoded_keys": [["x"]]},
        {"boto_encoded_keys": [["x", "y"]], "x": 1},
        {"boto_truncate_amount": "x"},
        {"boto_truncate_amount": [1]},
        [1],
        "x",
    ],
)
def test_a_damaged_token_is_the_services_own(content: Any) -> None:
    """Which tells what is wrong with it, instead of a TypeError from the depths."""
    script = Script("s3", "ListObjectsV2", [{"Contents": [{"Key": "a"}]}])
    token = _encode(content)
    config = {"StartingToken": token}
    list(script.ours().pages.list_objects_v2(Bucket="b", PaginationConfig=config))
    assert script.asked[0]["ContinuationToken"] == token


@pytest.mark.parametrize("count", [float("inf"), float("nan"), [], "x", -1])
def test_counts_that_are_none(count: Any) -> None:
    pages = Script("s3", "ListObjectsV2", [{}]).ours().pages
    for name in ("MaxItems", "PageSize"):
        with pytest.raises(ValidationError, match=name):
            pages.list_objects_v2(Bucket="b", PaginationConfig={name: count})


@pytest.mark.parametrize("config", [5, iter("x"), object()])
def test_a_configuration_that_is_no_dict(config: Any) -> None:
    client = S3(lambda *_: pytest.fail("sent"), lambda: None)
    with pytest.raises(ValidationError, match=r"^\$.PaginationConfig: expected a dict, got "):
        client.pages.list_objects_v2(Bucket="dock", PaginationConfig=config)
    with pytest.raises(ValidationError, match=r"^\$.WaiterConfig: expected a dict, got "):
        client.wait.bucket_exists(Bucket="dock", WaiterConfig=config)
