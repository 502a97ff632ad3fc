"""The services on which the generator proves itself are generated once for each run."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import settings

import aws


class Made(NamedTuple):
    """What is generated of a service; no operations are all."""

    service: str
    protocol: str | None = None
    operations: tuple[str, ...] = ()


_EC2 = (
    "AuthorizeSecurityGroupIngress CreateKeyPair CreateSecurityGroup CreateTags CreateVolume "
    "CreateVpc DeleteKeyPair DeleteTags DeleteVolume DescribeInstances DescribeKeyPairs "
    "DescribeRegions DescribeSecurityGroups DescribeTags DescribeVolumes DescribeVpcs "
    "ModifyInstanceAttribute RunInstances TerminateInstances"
)
# Package -> what it is made of.
CLIENTS = {
    name: Made(name)
    for name in (
        "sagemaker-edge iot-jobs-data iot-data iot ssm secretsmanager dynamodb sqs kinesis logs "
        "lambda iam sns sts"
    ).split()
} | {
    # Not the lightest that the service lists, so that this codec is there to be tested.
    "cloudwatch": Made("cloudwatch", "smithy-rpc-v2-cbor"),
    "cloudwatch-json": Made("cloudwatch", "json"),
    "cloudwatch-query": Made("cloudwatch", "query"),
    "ec2-part": Made("ec2", operations=tuple(_EC2.split())),
    "s3-whole": Made("s3"),
}
# Those that have their own names.
SERVICES = [name for name, made in CLIENTS.items() if name == made.service]

# Where a change is judged, the same examples each time; elsewhere new ones are looked for.
settings.register_profile("judged", derandomize=True, deadline=None)
settings.register_profile("exploring", deadline=None)
settings.load_profile("judged" if os.environ.get("CI") else "exploring")

_FOLDER = "EDGEMOTE_TEST_CLIENTS"


def pytest_configure(config: pytest.Config) -> None:
    if _FOLDER not in os.environ:  # set in the workers of pytest-xdist, which inherit it
        from msgspec.structs import replace

        from edgemote_codegen.lowering import lower_service
        from edgemote_codegen.models import load_model, load_partitions
        from edgemote_codegen.output import write_files
        from edgemote_codegen.rendering import render_services
        from edgemote_codegen.selection import select

        folder = tempfile.TemporaryDirectory(prefix="edgemote-clients-")
        config.add_cleanup(folder.cleanup)
        partitions = load_partitions()
        services = [
            lower_service(
                select(
                    replace(load_model(made.service, {}), name=name),
                    made.operations,
                    made.protocol,
                ),
                partitions,
                with_docs=False,
                command="tests",
            )
            for name, made in CLIENTS.items()
        ]
        write_files(Path(folder.name), render_services(services, partitions))
        os.environ[_FOLDER] = folder.name
        config.add_cleanup(lambda: os.environ.pop(_FOLDER, None))
    # The committed package comes first: its static modules and sagemaker_edge are what is tested.
    generated = str(Path(os.environ[_FOLDER]) / "aws")
    if generated not in aws.__path__:
        aws.__path__.append(generated)


@pytest.fixture(scope="session")
def clients_folder() -> Path:
    """Folder with the package aws of all these services."""
    return Path(os.environ[_FOLDER])


@pytest.fixture(scope="session")
def iot_cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """An AWS IoT on this machine. A test makes its own things in it."""
    from iot_cloud import serve_iot  # late: boards run tests, and have no cryptography

    with serve_iot(tmp_path_factory.mktemp("iot-cloud")) as cloud:
        yield cloud


@pytest.fixture
def iot(iot_cloud: Any) -> Any:
    """The same, without the faults of another test."""
    iot_cloud.front.reset()
    return iot_cloud
