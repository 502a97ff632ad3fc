"""One endpoint for a module, or for a test."""

from __future__ import annotations

import pytest

from endpoint import Endpoint


@pytest.fixture(scope="module")
def shared():
    """One endpoint for tests that arm no faults and look only at what they sent themselves."""
    with Endpoint(register=["dock/cam-7"]) as endpoint:
        yield endpoint


@pytest.fixture
def endpoint():
    with Endpoint(register=["dock/cam-7"]) as endpoint:
        yield endpoint
