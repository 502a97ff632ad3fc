"""pytest on a board: what only the host has is skipped, and nothing is hurried."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, is_hypothesis_test, settings

import edgemote.http

# The transport's tests stream bodies; the bundle's operations do not, so it lacks that module.
edgemote.http.__path__.append(str(Path(__file__).parents[3] / "runtime" / "edgemote" / "http"))

# Compiled packages that tests use as judges, and that no board has.
HOST_ONLY = {"awscrt", "cryptography"}
# Test, or test and part of its parameters -> why not here. Those of the second table only where
# time_t has 32 bits.
LEFT_OUT = {
    "test_reading_a_body": "its peer, as slow as the board here, is still sending at the hang-up",
    "test_download_in_constant_memory[True-tls": "64 MiB through TLS, once is enough",
    "test_upload_in_constant_memory[iterable-tls": "64 MiB through TLS, once is enough",
    "test_upload_in_constant_memory[file-tls": "64 MiB through TLS, once is enough",
}
LEFT_OUT_2038 = {"test_writing_is_botocores": "botocore itself fails past 2038 here"}
EXAMPLES = 10

settings.register_profile(
    "board",
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
settings.load_profile("board")
# Python is run by an emulator that a child process must be started through as well.
sys.executable = os.environ["ARM_PYTHON"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    table = {**LEFT_OUT, **({} if _has_long_times() else LEFT_OUT_2038)}
    for item in items:
        for name, reason in table.items():
            if item.name.startswith(name):
                item.add_marker(pytest.mark.skip(reason=reason))
        # A test's own count outranks the profile's; it is meant for the build host.
        test = getattr(item, "obj", None)
        if is_hypothesis_test(test):
            inner = getattr(test, "__func__", test)
            inner._hypothesis_internal_use_settings = settings.get_profile("board")


def _has_long_times() -> bool:
    try:
        time.gmtime(1 << 31)
    except OverflowError:
        return False
    return True


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    try:
        return (yield)
    except ModuleNotFoundError as error:
        if error.name and error.name.partition(".")[0] in HOST_ONLY:
            pytest.skip(f"needs {error.name}")
        raise
