"""DynamoDB at ministack: every kind of attribute there and back, conditions, batches, pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from aws.dynamodb import (
    AttributeDefinition,
    AttributeValue,
    DynamoDB,
    KeySchemaElement,
    PutRequest,
    WriteRequest,
)
from edgemote import ServiceError, ValidationError
from oracle import plain_struct

TABLE = "readings"
# As boto3's documentation writes it: one attribute of each type, sets and nesting included.
ITEM: dict[str, Any] = {
    "device": {"S": "cam-é/日本"},
    "at": {"N": "1440938160.25"},
    "empty": {"S": ""},
    "large": {"N": "123456789012345678901234567890"},
    "frame": {"B": b"\0\xff\xfe\r\n"},
    "labels": {"SS": ["a b", "é"]},
    "levels": {"NS": ["1", "-2.5"]},
    "hashes": {"BS": [b"\x01", b"\xff"]},
    "lit": {"BOOL": False},
    "nothing": {"NULL": True},
    "inner": {"M": {"a": {"L": [{"N": "0"}, {"M": {}}, {"L": []}, {"M": {"k": {"B": b""}}}]}}},
}
KEY = {name: ITEM[name] for name in ("device", "at")}


@pytest.fixture(scope="module")
def db(connect: Callable[..., Any]) -> Any:
    client = connect(DynamoDB)
    table = client.create_table(
        TableName=TABLE,
        KeySchema=[
            KeySchemaElement(AttributeName="device", KeyType="HASH"),
            {"AttributeName": "at", "KeyType": "RANGE"},  # both ways of writing in one list
        ],
        AttributeDefinitions=[
            AttributeDefinition(AttributeName="device", AttributeType="S"),
            AttributeDefinition(AttributeName="at", AttributeType="N"),
        ],
        BillingMode="PAY_PER_REQUEST",
    ).TableDescription
    assert (table.TableName, table.TableStatus) == (TABLE, "ACTIVE")
    assert table.TableArn == f"arn:aws:dynamodb:us-west-2:000000000000:table/{TABLE}"
    assert isinstance(table.CreationDateTime, float)
    return client


@pytest.fixture(autouse=True)
def _item(db: Any) -> None:
    db.put_item(TableName=TABLE, Item=ITEM)


def _typed(value: dict[str, Any]) -> AttributeValue:
    """A nested dict as the structs of the client."""
    ((kind, part),) = value.items()
    if kind == "M":
        part = {name: _typed(inner) for name, inner in part.items()}
    elif kind == "L":
        part = [_typed(inner) for inner in part]
    return AttributeValue(**{kind: part})


def test_every_type_of_attribute_comes_back_as_it_went(
    db: Any, same_as_botocore: Callable[..., None]
) -> None:
    typed = {name: _typed(value) for name, value in ITEM.items()}
    found = db.get_item(TableName=TABLE, Key=KEY, ConsistentRead=True)
    assert found.Item == typed
    same_as_botocore("dynamodb", db, "get_item", TableName=TABLE, Key=KEY)

    db.delete_item(TableName=TABLE, Key=KEY)
    assert db.get_item(TableName=TABLE, Key=KEY).Item is None
    db.put_item(TableName=TABLE, Item=typed)
    assert db.get_item(TableName=TABLE, Key=KEY).Item == typed


def test_an_answer_is_fit_to_be_the_next_request(db: Any) -> None:
    item = db.get_item(TableName=TABLE, Key=KEY).Item
    item["device"] = AttributeValue(S="cam-copy")
    db.put_item(TableName=TABLE, Item=item)
    copy = db.get_item(TableName=TABLE, Key={"device": {"S": "cam-copy"}, "at": item["at"]}).Item
    assert copy == item


def test_query_update_and_delete(db: Any, same_as_botocore: Callable[..., None]) -> None:
    for second in range(5):
        db.put_item(
            TableName=TABLE,
            Item={"device": {"S": "clock"}, "at": {"N": str(second)}, "n": {"N": str(second * 10)}},
        )
    query = {
        "TableName": TABLE,
        "KeyConditionExpression": "device = :d AND #at > :t",
        "ExpressionAttributeNames": {"#at": "at"},
        "ExpressionAttributeValues": {":d": {"S": "clock"}, ":t": {"N": "0"}},
        "Limit": 3,
    }
    first = db.query(**query)
    assert [item["at"].N for item in first.Items] == ["1", "2", "3"]
    assert (first.Count, first.ScannedCount) == (3, 3)
    # The key in the answer is a map of structs, and goes back as it is.
    rest = db.query(**query, ExclusiveStartKey=first.LastEvaluatedKey)
    assert [item["at"].N for item in rest.Items] == ["4"]
    assert rest.LastEvaluatedKey is None
    same_as_botocore("dynamodb", db, "query", **query, ReturnConsumedCapacity="TOTAL")

    key = {"device": {"S": "clock"}, "at": {"N": "4"}}
    updated = db.update_item(
        TableName=TABLE,
        Key=key,
        UpdateExpression="SET n = n + :one, f = :f",
        ExpressionAttributeValues={":one": {"N": "1"}, ":f": AttributeValue(B=b"\xff")},
        ReturnValues="UPDATED_NEW",
    )
    assert updated.Attributes == {"n": AttributeValue(N="41"), "f": AttributeValue(B=b"\xff")}
    deleted = db.delete_item(TableName=TABLE, Key=key, ReturnValues="ALL_OLD")
    assert deleted.Attributes["n"].N == "41"
    assert db.delete_item(TableName=TABLE, Key=key, ReturnValues="ALL_OLD").Attributes is None


def test_a_failed_condition_is_a_typed_error_with_the_item(
    db: Any, botocore_client: Callable[..., Any], credentials: Any
) -> None:
    conditional = {
        "TableName": TABLE,
        "Item": {**KEY, "other": {"S": "x"}},
        "ConditionExpression": "attribute_not_exists(device)",
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    with pytest.raises(db.exceptions.ConditionalCheckFailedException) as caught:
        db.put_item(**conditional)
    error = caught.value
    assert error.code == "ConditionalCheckFailedException"
    assert (error.status, error.message) == (400, "The conditional request failed")
    assert error.request_id
    assert error.request_id in str(error)
    assert error.Item == {name: _typed(value) for name, value in ITEM.items()}
    with pytest.raises(ClientError) as expected:
        botocore_client("dynamodb", credentials).put_item(**conditional)
    assert plain_struct(error.Item) == expected.value.response["Item"]
    assert error.message == expected.value.response["Error"]["Message"]
    assert "other" not in db.get_item(TableName=TABLE, Key=KEY).Item


def test_a_cancelled_transaction_says_which_part_was_why(db: Any) -> None:
    check = {"TableName": TABLE, "Key": KEY, "ConditionExpression": "attribute_not_exists(device)"}
    put = {"TableName": TABLE, "Item": {"device": {"S": "never"}, "at": {"N": "0"}}}
    with pytest.raises(db.exceptions.TransactionCanceledException) as caught:
        db.transact_write_items(TransactItems=[{"Put": put}, {"ConditionCheck": check}])
    assert [reason.Code for reason in caught.value.CancellationReasons] == [
        "None",
        "ConditionalCheckFailed",
    ]
    assert db.get_item(TableName=TABLE, Key=put["Item"]).Item is None


def test_batches(db: Any) -> None:
    written = db.batch_write_item(
        RequestItems={
            TABLE: [
                WriteRequest(
                    PutRequest=PutRequest(
                        Item={"device": _typed({"S": "b"}), "at": _typed({"N": "1"})}
                    )
                ),
                {"PutRequest": {"Item": {"device": {"S": "b"}, "at": {"N": "2"}}}},
                {"DeleteRequest": {"Key": KEY}},
            ]
        }
    )
    assert written.UnprocessedItems == {}
    keys = [{"device": {"S": "b"}, "at": {"N": number}} for number in "12"]
    answer = db.batch_get_item(RequestItems={TABLE: {"Keys": [*keys, KEY]}})
    assert sorted(item["at"].N for item in answer.Responses[TABLE]) == ["1", "2"]
    assert answer.UnprocessedKeys == {}


def test_errors_without_a_model_keep_their_code(db: Any) -> None:
    with pytest.raises(db.exceptions.ResourceNotFoundException):
        db.get_item(TableName="none", Key=KEY)
    with pytest.raises(ServiceError) as caught:
        db.get_item(TableName=TABLE, Key={"device": {"S": "the key lacks its other half"}})
    assert type(caught.value) is ServiceError
    assert caught.value.code == "ValidationException"


@pytest.mark.parametrize(
    ("item", "path"),
    [
        ({"device": {"S": 5}}, r"\$\.Item\['device'\]\.S"),
        (
            {"inner": {"M": {"a": {"L": [{"N": "0"}, {"N": 1}]}}}},
            r"\$\.Item\['inner'\]\.M\['a'\]\.L\[1\]\.N",
        ),
        ({"device": AttributeValue(N=5)}, r"\$\.Item\['device'\]\.N"),
        ({"device": "bare"}, r"\$\.Item\['device'\]"),
    ],
)
def test_a_wrong_attribute_is_named_by_its_path(db: Any, item: dict[str, Any], path: str) -> None:
    with pytest.raises(ValidationError, match=path):
        db.put_item(TableName=TABLE, Item=item)


def test_pages_of_a_scan(db: Any) -> None:
    seen, start = [], {}
    while True:
        page = db.scan(TableName=TABLE, Limit=2, ProjectionExpression="device", **start)
        seen += [item["device"].S for item in page.Items]
        if page.LastEvaluatedKey is None:
            break
        start = {"ExclusiveStartKey": page.LastEvaluatedKey}
    assert seen.count("cam-é/日本") == 1
    assert len(seen) == db.scan(TableName=TABLE, Select="COUNT").Count
