"""The services on which the generator proves itself are generated once for each run."""

from __future__ import annotations

import gc
import os
import re
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given, is_hypothesis_test, settings
from hypothesis.strategies import none

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
# Those that have paginators, waiters and presigned URLs.
AROUND = ("dynamodb", "ec2-part", "kinesis", "s3-whole")
# Those whose methods take request structs: of each protocol at least one.
TAKES_STRUCTS = (
    *AROUND,
    *("cloudwatch", "cloudwatch-query", "lambda", "secretsmanager", "sns"),
)
# Those that have their own names.
SERVICES = [name for name, made in CLIENTS.items() if name == made.service]

# Where a change is judged, the same examples each time; elsewhere new ones are looked for.
settings.register_profile("judged", derandomize=True, deadline=None)
settings.register_profile("exploring", deadline=None)
settings.load_profile("judged" if os.environ.get("CI") else "exploring")

# So many of them are enough of the same; who asks for more gets a quarter of it there.
_JUDGED_EXAMPLES = 100

_FOLDER = "EDGEMOTE_TEST_CLIENTS"
_MEMORY = Path("/dev/shm")
# A whole run has at most half as much at a time.
_MEMORY_BYTES = 2 << 30


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    if "TMPDIR" not in os.environ and _has_memory():
        # Thousands of flushes, which are not what is tested, take minutes on a disk.
        folder = tempfile.TemporaryDirectory(dir=_MEMORY, prefix="em-")  # sockets have short paths
        config.add_cleanup(folder.cleanup)
        os.environ["TMPDIR"] = tempfile.tempdir = folder.name
        config.add_cleanup(_forget_memory)
    if _FOLDER not in os.environ:  # set in the workers of pytest-xdist, which inherit it
        from msgspec.structs import replace

        from edgemote_codegen.lowering import lower_service
        from edgemote_codegen.models import (
            PAGINATORS,
            WAITERS,
            load_extra,
            load_model,
            load_partitions,
        )
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
                paginators=load_extra(made.service, {}, PAGINATORS) if name in AROUND else {},
                waiters=load_extra(made.service, {}, WAITERS) if name in AROUND else {},
                features=(
                    *(("presign",) if name in AROUND else ()),
                    *(("request-structs",) if name in TAKES_STRUCTS else ()),
                ),
            )
            for name, made in CLIENTS.items()
        ]
        write_files(Path(folder.name), render_services(services, partitions))
        (Path(folder.name) / "services").mkdir()
        for package in (Path(folder.name) / "aws").iterdir():
            if package.is_dir():
                package.rename(Path(folder.name) / "services" / package.name)
        os.environ[_FOLDER] = folder.name
        config.add_cleanup(lambda: os.environ.pop(_FOLDER, None))
    # These services stand before the committed ones, which may have a part of their operations; the
    # modules that all share are the committed ones, and beside them those that no such one needs.
    folder = Path(os.environ[_FOLDER])
    for index, path in (
        (0, str(folder / "services")),
        (len(aws.__path__) + 1, str(folder / "aws")),
    ):
        if path not in aws.__path__:
            aws.__path__.insert(index, path)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if not os.environ.get("CI"):
        return
    for item in items:
        test = getattr(item, "obj", None)
        if is_hypothesis_test(test) and item.get_closest_marker("conformance") is None:
            inner = getattr(test, "__func__", test)
            own = getattr(inner, "_hypothesis_internal_use_settings", None) or settings.default
            if own.max_examples > _JUDGED_EXAMPLES:
                count = max(_JUDGED_EXAMPLES, own.max_examples // 4)
                inner._hypothesis_internal_use_settings = settings(own, max_examples=count)


def _has_memory() -> bool:
    """Whether there is a folder in memory with room for all files of a run, and memory for it."""
    try:
        free = os.statvfs(_MEMORY)
        [line] = re.findall(r"^MemAvailable:.*", Path("/proc/meminfo").read_text(), re.MULTILINE)
    except (OSError, ValueError):
        return False
    room_bytes = min(free.f_bavail * free.f_frsize, int(line.split()[1]) * 1024 // 2)
    return os.access(_MEMORY, os.W_OK) and room_bytes >= _MEMORY_BYTES


def _forget_memory() -> None:
    del os.environ["TMPDIR"]
    tempfile.tempdir = None


@pytest.fixture(scope="module", autouse=True)
def _no_look_at_what_is_old() -> None:
    """`edgemote.agent.config.load` collects garbage, on a board in milliseconds: here it would look
    at all models, structs and tests that this process has loaded so far, each time.
    """
    _know_random()
    gc.collect()
    gc.freeze()


@cache
def _know_random() -> None:
    """hypothesis looks once, at its first test, whether its source of chance is in use; what is
    frozen is not seen to use it.
    """

    @settings(max_examples=1, database=None)
    @given(none())
    def draw(value: None) -> None:
        assert value is None

    draw()


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
