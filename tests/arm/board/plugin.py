"""pytest on a board: what only the host has is skipped, and nothing is hurried."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator

import pytest
from hypothesis import HealthCheck, settings

# Compiled packages that tests use as judges, and that no board has.
HOST_ONLY = {"awscrt", "cryptography"}
# Tests whose judge, not ours, ends in 2038 where time_t has 32 bits.
JUDGE_ENDS_IN_2038 = {
    "test_writing_is_botocores",
}
# What asks for the speed or the memory of the build host.
OTHER_SCALE: set[str] = set()

settings.register_profile(
    "board",
    max_examples=10,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
settings.load_profile("board")
# Python is run by an emulator that a child process must be started through as well.
sys.executable = os.environ["ARM_PYTHON"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        name = item.name.partition("[")[0]
        if name in JUDGE_ENDS_IN_2038 and sys.maxsize < 1 << 32:
            item.add_marker(pytest.mark.skip(reason="botocore itself fails past 2038 here"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    try:
        return (yield)
    except ModuleNotFoundError as error:
        if error.name and error.name.partition(".")[0] in HOST_ONLY:
            pytest.skip(f"needs {error.name}")
        raise
