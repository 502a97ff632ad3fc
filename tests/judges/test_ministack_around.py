"""Pages, waiters and presigned URLs at ministack."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

from aws.dynamodb import DynamoDB
from aws.ec2_part import EC2
from aws.s3_whole import S3
from aws.waiting import WaiterError

BUCKET = "around"
CONFIGURATION = {"LocationConstraint": "us-west-2"}
NOW = {"Delay": 0, "MaxAttempts": 3}


@pytest.fixture(scope="module")
def s3(connect: Callable[..., Any]) -> Any:
    client = connect(S3)
    client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration=CONFIGURATION)
    return client


def request(
    method: str, url: str, body: bytes = b"", headers: dict[str, str] | None = None
) -> tuple[int, bytes]:
    """Somebody without keys."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=30)
    try:
        connection.request(method, f"{parts.path}?{parts.query}", body, headers or {})
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def test_pages_of_objects(s3: Any) -> None:
    names = [f"{folder}/{number} é" for folder in "abc" for number in range(4)]
    for name in names:
        s3.put_object(Bucket=BUCKET, Key=f"pages/{name}", Body=b"x")
    where = {"Bucket": BUCKET, "Prefix": "pages/"}
    pages = list(s3.pages.list_objects_v2(**where, PaginationConfig={"PageSize": 5}))
    assert [len(page.Contents) for page in pages] == [5, 5, 2]
    some = s3.pages.list_objects_v2(**where, PaginationConfig={"PageSize": 5, "MaxItems": 7})
    seen = [item.Key for item in some.items()]
    rest = s3.pages.list_objects_v2(
        **where, PaginationConfig={"PageSize": 3, "StartingToken": some.resume_token}
    )
    seen += [item.Key for item in rest.items()]
    assert seen == [f"pages/{name}" for name in names]
    assert rest.resume_token is None
    folders = s3.pages.list_objects_v2(**where, Delimiter="/").items("CommonPrefixes")
    assert [item.Prefix for item in folders] == ["pages/a/", "pages/b/", "pages/c/"]
    full = s3.pages.list_objects(**where, PaginationConfig={"PageSize": 5}).build_full_result()
    assert len(full.Contents) == 12


def test_pages_of_a_table_whose_tokens_are_structures(connect: Callable[..., Any]) -> None:
    table = connect(DynamoDB)
    table.create_table(
        TableName="paged",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "B"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    table.wait.table_exists(TableName="paged", WaiterConfig=NOW)
    for number in range(7):
        table.put_item(TableName="paged", Item={"id": {"B": bytes([number])}})
    some = table.pages.scan(TableName="paged", PaginationConfig={"PageSize": 2, "MaxItems": 3})
    seen = [item["id"].B for item in some.items()]
    rest = table.pages.scan(
        TableName="paged", PaginationConfig={"StartingToken": some.resume_token}
    )
    seen += [item["id"].B for item in rest.items()]
    assert sorted(seen) == [bytes([number]) for number in range(7)]
    table.delete_table(TableName="paged")
    table.wait.table_not_exists(TableName="paged", WaiterConfig=NOW)


def test_waiting_for_an_object(s3: Any, connect: Callable[..., Any]) -> None:
    where = {"Bucket": BUCKET, "Key": "late"}
    s3.wait.bucket_exists(Bucket=BUCKET)
    s3.wait.object_not_exists(**where)
    with pytest.raises(WaiterError, match=r"gave up after 3 calls, 0 s apart; .* HTTP 404"):
        s3.wait.object_exists(**where, WaiterConfig=NOW)
    other = connect(S3)
    writer = threading.Timer(0.1, lambda: other.put_object(**where, Body=b"x"))
    writer.start()
    s3.wait.object_exists(**where, WaiterConfig={"Delay": 0.02, "MaxAttempts": 1000})
    writer.join()
    with pytest.raises(WaiterError, match="gave up after 3 calls"):
        s3.wait.object_not_exists(**where, WaiterConfig=NOW)


def test_waiting_for_an_instance(connect: Callable[..., Any]) -> None:
    ec2 = connect(EC2)
    [instance] = ec2.run_instances(ImageId="ami-12345678", MinCount=1, MaxCount=1).Instances
    identity = {"InstanceIds": [instance.InstanceId]}
    ec2.wait.instance_running(**identity, WaiterConfig={"Delay": 0.02, "MaxAttempts": 500})
    ec2.terminate_instances(**identity)
    ec2.wait.instance_terminated(**identity, WaiterConfig={"Delay": 0.02, "MaxAttempts": 500})
    with pytest.raises(
        WaiterError, match="the state can no longer be reached: the result contained"
    ):
        ec2.wait.instance_running(**identity, WaiterConfig=NOW)


def test_a_presigned_url_is_used_without_keys(s3: Any) -> None:
    where = {"Bucket": BUCKET, "Key": "signed/two words+é"}
    put = s3.presign("put_object", {**where, "ContentType": "text/plain"}, expires_s=60)
    status, said = request("PUT", put, b"content", {"Content-Type": "text/plain"})
    assert status == 200, said
    get = s3.presign("get_object", where, expires_s=60)
    assert request("GET", get) == (200, b"content")
    head = s3.presign("head_object", where)
    assert request("HEAD", head)[0] == 200
    assert request("DELETE", s3.presign("delete_object", where))[0] == 204
    assert request("GET", get)[0] == 404


def test_a_presigned_url_is_good_for_nothing_else(s3: Any) -> None:
    for key in ("one", "two"):
        s3.put_object(Bucket=BUCKET, Key=key, Body=key.encode())
    url = s3.presign("get_object", {"Bucket": BUCKET, "Key": "one"}, expires_s=60)
    assert request("GET", url) == (200, b"one")
    assert request("GET", url.replace("/one?", "/two?"))[0] == 403
    assert request("PUT", url, b"x")[0] == 403
    assert request("GET", url.replace("Expires=60", "Expires=600"))[0] == 403


def test_a_form_uploads_what_it_allows(s3: Any) -> None:
    form = s3.presign_post(
        BUCKET,
        "forms/${filename}",
        fields={"Content-Type": "text/plain"},
        conditions=[["content-length-range", 1, 10], {"Content-Type": "text/plain"}],
        expires_s=60,
    )

    def post(fields: dict[str, str], content: bytes) -> int:
        parts = b"".join(
            f'--edge\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in fields.items()
        )
        disposition = 'Content-Disposition: form-data; name="file"; filename="log.txt"'
        body = parts + f"--edge\r\n{disposition}\r\n\r\n".encode() + content + b"\r\n--edge--\r\n"
        kind = "multipart/form-data; boundary=edge"
        return request("POST", form["url"], body, {"Content-Type": kind})[0]

    assert post(form["fields"], b"content") == 204
    assert s3.get_object(Bucket=BUCKET, Key="forms/log.txt").Body.read() == b"content"
    assert post({**form["fields"], "x-amz-signature": "0" * 64}, b"other") == 403
    assert s3.get_object(Bucket=BUCKET, Key="forms/log.txt").Body.read() == b"content"
