"""One ministack for the run, users in it, and clients of both makes that speak to it."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from typing import Any

import botocore.session
import pytest

import edgemote
from aws_home import aws_home
from judges.ministack import BOOTSTRAP_KEY, Server, serve
from oracle import plain_result, plain_struct

REGION = "us-west-2"
_OUTPUT = pytest.StashKey[Server]()
_OUTPUT_SHOWN_BYTES = 2000

_ANYTHING = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"},
}
_LAMBDA_MAY = {
    "Version": "2012-10-17",
    "Statement": {
        "Effect": "Allow",
        "Principal": {"Service": "lambda.amazonaws.com"},
        "Action": "sts:AssumeRole",
    },
}


@pytest.fixture(scope="module", autouse=True)
def _empty_home() -> Iterator[None]:
    """The person's own AWS files, keys and proxies have no say."""
    with aws_home():
        yield


@pytest.fixture(scope="session")
def ministack(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Server]:
    with serve(tmp_path_factory.mktemp("ministack")) as server:
        request.config.stash[_OUTPUT] = server
        yield server


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[Any]:
    """A failed test shows what ministack wrote."""
    report = yield
    if report.failed and _OUTPUT in item.config.stash:
        written = item.config.stash[_OUTPUT].output.read_bytes()[-_OUTPUT_SHOWN_BYTES:]
        report.sections.append(("the end of ministack's log", written.decode(errors="replace")))
    return report


@pytest.fixture(scope="session")
def botocore_client(ministack: Server) -> Iterator[Callable[..., Any]]:
    """`botocore_client(service, credentials)`: botocore at the same ministack."""
    session = botocore.session.Session()
    with contextlib.ExitStack() as opened:

        def make(service: str, credentials: edgemote.Credentials) -> Any:
            with aws_home():  # fixtures of the whole run come before `_empty_home`
                client = session.create_client(
                    service,
                    region_name=REGION,
                    endpoint_url=ministack.endpoint_url,
                    aws_access_key_id=credentials.access_key_id,
                    aws_secret_access_key=credentials.secret_access_key,
                    aws_session_token=credentials.session_token,
                )
            opened.callback(client.close)
            return client

        yield make


@pytest.fixture(scope="session")
def iam(botocore_client: Callable[..., Any]) -> Any:
    return botocore_client("iam", edgemote.Credentials(BOOTSTRAP_KEY, "any"))


def _make_user(iam: Any, name: str) -> edgemote.Credentials:
    iam.create_user(UserName=name)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return edgemote.Credentials(key["AccessKeyId"], key["SecretAccessKey"])


@pytest.fixture(scope="session")
def credentials(iam: Any) -> edgemote.Credentials:
    """Keys of a user who may do anything."""
    keys = _make_user(iam, "engineer")
    iam.put_user_policy(
        UserName="engineer", PolicyName="anything", PolicyDocument=json.dumps(_ANYTHING)
    )
    return keys


@pytest.fixture(scope="session")
def powerless(iam: Any) -> edgemote.Credentials:
    """Keys of a user who may do nothing."""
    return _make_user(iam, "guest")


@pytest.fixture(scope="session")
def lambda_role(iam: Any) -> str:
    role = iam.create_role(RoleName="worker", AssumeRolePolicyDocument=json.dumps(_LAMBDA_MAY))
    return str(role["Role"]["Arn"])


@pytest.fixture(scope="session")
def connect(ministack: Server, credentials: edgemote.Credentials) -> Iterator[Callable[..., Any]]:
    """`connect(Client)`: our client at ministack, as the engineer unless other credentials are
    given.
    """
    with contextlib.ExitStack() as opened:

        def make(service: Any, keys: edgemote.Credentials = credentials, **options: Any) -> Any:
            client = edgemote.connect(
                service,
                endpoint_url=ministack.endpoint_url,
                region=REGION,
                credentials=keys,
                **options,
            )
            opened.callback(client.close)
            return client

        yield make


@pytest.fixture(scope="session")
def same_as_botocore(
    botocore_client: Callable[..., Any], credentials: edgemote.Credentials
) -> Callable[..., None]:
    """`same_as_botocore(service, client, operation, **params)`: ministack answers both alike."""
    made: dict[str, Any] = {}

    def compare(service: str, client: Any, operation: str, **params: Any) -> None:
        if service not in made:
            made[service] = botocore_client(service, credentials)
        theirs = made[service]
        model = theirs.meta.service_model.operation_model(
            theirs.meta.method_to_api_mapping[operation]
        )
        expected = plain_result(model.output_shape, getattr(theirs, operation)(**params))
        assert expected
        assert plain_struct(getattr(client, operation)(**params)) == expected

    return compare
