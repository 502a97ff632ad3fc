"""The endpoint of these tests. Of the client only `time.sleep` is replaced, which notes what it is
asked for.
"""

from __future__ import annotations

import os

import pytest

import edgemote
import edgemote.client.pipeline
from endpoint import Endpoint


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch, tmp_path):
    for name in list(os.environ):
        if name.startswith("AWS_") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture(scope="module")
def running():
    with Endpoint(register=["dock/cam-7"]) as endpoint:
        yield endpoint


@pytest.fixture
def endpoint(running):
    """The endpoint, without what earlier tests armed or sent."""
    running.faults.clear()
    running.clock_offset_s = 0.0
    running.seen_before = len(running.store.requests())
    return running


@pytest.fixture
def sleeps(monkeypatch):
    """What the client would have slept, in seconds."""
    slept = []
    monkeypatch.setattr(edgemote.client.pipeline.time, "sleep", slept.append)
    return slept
