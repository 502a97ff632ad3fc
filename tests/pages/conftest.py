"""The AWS of a reader's desk: one ministack, one local endpoint, and the keys that both know."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import botocore.session
import pytest

from aws_home import aws_home
from endpoint import Endpoint, Key
from endpoint.answers import Answer, json_answer
from endpoint.credential_provider import CredentialProvider
from endpoint.signatures import Request
from judges.ministack import BOOTSTRAP_KEY, serve
from pages.blocks import ROOT
from pages.desk import Desk

REGION = "us-west-2"
# What the pages call.
CLIENTS = ("sagemaker-edge", "s3", "iot-data", "ssm", "dynamodb", "sts")
_EVERYTHING = ("--paginators", "--waiters", "--with", "presign", "--with", "request-structs")
_CONFIG = """\
[device]
name = "cam-7"
fleet = "dock"
region = "us-west-2"
ca_file = "/etc/edgemote/AmazonRootCA1.pem"

[heartbeat]
period_s = 1
"""


class DataPlane(CredentialProvider):
    """AWS IoT's data plane, for who has a certificate."""

    def respond(self, request: Request) -> Answer:
        return json_answer({"message": "OK"})


class Cloud(NamedTuple):
    """What a desk's programs speak to; `call(service, operation, ...)` speaks to ministack."""

    environment: dict[str, str]
    places: dict[str, str]
    endpoint: Endpoint
    files: dict[str, str]
    call: Callable[..., Any]


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    with (
        serve(tmp_path_factory.mktemp("ministack")) as ministack,
        Endpoint(register=["dock/cam-7"]) as endpoint,
        CredentialProvider(
            ca_directory=endpoint.ca_directory,
            issue=lambda end_s: endpoint.add_key(temporary=True, expires_at_s=end_s),
        ) as provider,
        DataPlane(ca_directory=endpoint.ca_directory) as data_plane,
    ):
        session = botocore.session.Session()

        def call(service: str, operation: str, **params: Any) -> Any:
            with aws_home():
                client = session.create_client(
                    service,
                    region_name=REGION,
                    endpoint_url=ministack.endpoint_url,
                    aws_access_key_id=BOOTSTRAP_KEY,
                    aws_secret_access_key="any",
                )
            return getattr(client, operation)(**params)

        call("iam", "create_user", UserName="reader")
        anything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
        policy = {"Version": "2012-10-17", "Statement": anything}
        call(
            "iam",
            "put_user_policy",
            UserName="reader",
            PolicyName="anything",
            PolicyDocument=json.dumps(policy),
        )
        made = call("iam", "create_access_key", UserName="reader")["AccessKey"]
        call("ssm", "put_parameter", Name="/dock/cam-7/threshold", Value="0.5", Type="SecureString")
        call(
            "s3",
            "create_bucket",
            Bucket="dock-logs",
            CreateBucketConfiguration={"LocationConstraint": REGION},
        )
        call("s3", "put_object", Bucket="dock-logs", Key="cam-7/log.txt", Body=b"started")
        key = endpoint.add_key(Key(made["AccessKeyId"], made["SecretAccessKey"]))
        yield Cloud(
            {
                **key.environment(),
                "AWS_REGION": REGION,
                "AWS_CA_BUNDLE": endpoint.ca_file,
                "AWS_EC2_METADATA_DISABLED": "true",
                "AWS_ENDPOINT_URL": ministack.endpoint_url,
                "AWS_ENDPOINT_URL_SAGEMAKER_EDGE": endpoint.url,
            },
            {
                "https://PREFIX.credentials.iot.us-west-2.amazonaws.com/role-aliases/ALIAS/"
                "credentials": provider.url + provider.path,
                "https://edge.example.com": endpoint.url,
                # Where it comes with a certificate, as an argument; ministack knows none.
                'endpoint_url="https://PREFIX-ats.iot.us-west-2.amazonaws.com",': (
                    f'endpoint_url="{data_plane.url}",'
                ),
                "https://PREFIX-ats.iot.us-west-2.amazonaws.com": ministack.endpoint_url,
            },
            endpoint,
            {
                "AmazonRootCA1.pem": endpoint.ca_file,
                "device.pem": provider.cert_file,
                "device.key": provider.key_file,
            },
            call,
        )


@pytest.fixture(scope="session")
def page_clients(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with a package aws of all that the pages call, made as a reader makes it."""
    folder = tmp_path_factory.mktemp("clients")
    command = [sys.executable, "-m", "edgemote_codegen", "generate"]
    subprocess.run(
        [*command, *CLIENTS, *_EVERYTHING, "--out", str(folder)],
        env={"PYTHONPATH": str(ROOT / "codegen"), "HOME": str(folder)},
        cwd=folder,
        check=True,
    )
    return folder


@pytest.fixture
def desk(tmp_path: Path, cloud: Cloud, page_clients: Path) -> Desk:
    desk = Desk(
        tmp_path,
        cloud.environment,
        cloud.places,
        page_clients,
        lambda: cloud.endpoint.store.count("heartbeats"),
    )
    for name, file in cloud.files.items():
        desk.write(f"/etc/edgemote/{name}", Path(file).read_text())
    desk.write("/etc/edgemote.toml", _CONFIG)
    bundle = tmp_path / "opt/edgemote"
    bundle.mkdir()
    for part in (ROOT / "runtime/edgemote", *(ROOT / "runtime/device").iterdir()):
        (bundle / part.name).symlink_to(part)
    return desk
