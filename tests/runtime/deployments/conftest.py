"""One S3 for the run, and devices."""

from __future__ import annotations

import pytest

from fault_proxy import FaultProxy
from runtime.deployments.device import Device
from s3_server import serve


@pytest.fixture(scope="session")
def s3(tmp_path_factory):
    with serve(tmp_path_factory.mktemp("s3")) as server:
        yield server


@pytest.fixture
def open_device(tmp_path, s3):
    """`open_device()`: the device of this test; once more is a restart."""
    opened = []

    def open_it(hooks=None, url=s3.url, **options):
        device = Device(tmp_path, url, hooks, **options)
        opened.append(device)
        return device

    yield open_it
    for device in opened:
        device.deployments.close()


@pytest.fixture
def device(open_device):
    return open_device()


@pytest.fixture
def proxy(s3):
    """A link to the S3 that can be told to fail."""
    with FaultProxy("127.0.0.1", s3.port) as proxy:
        yield proxy
