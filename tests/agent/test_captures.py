"""Captured samples by the whole agent: from the firmware script's call into a bucket, after the
heartbeats and within what the link may carry.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading

import pytest

import s3_server
from aws.errors import ServiceError, ValidationError
from edgemote.agent.pacing import NEVER
from edgemote.errors import ConnectError
from endpoint import Endpoint

from .board import Board
from .device import FLEET, NAME, WAIT_S, Device

CAPTURE = 'bucket = "captures"\nperiod_s = 60\nbatch = 2'


class Store:
    """S3; errors: what it raises, one after the other."""

    def __init__(self) -> None:
        self.objects = {}
        self.errors = []
        self.calls = 0

    def open_s3(self):
        return self

    def put_object(self, *, Bucket, Key, Body, ContentType):  # noqa: N803
        self.calls += 1
        if self.errors:
            raise self.errors.pop(0)
        self.objects[Key] = Body

    def close(self):
        """Nothing is open."""

    @property
    def data(self):
        return [
            json.loads(line)["captureData"]["endpointOutput"]["data"]
            for body in self.objects.values()
            for line in body.splitlines()
        ]


@pytest.fixture
def store():
    return Store()


@pytest.fixture
def make(tmp_path, monkeypatch, store):
    def make(**sections):
        board = Board(tmp_path, monkeypatch, **{"capture": CAPTURE, **sections})
        monkeypatch.setattr(type(board.agent.core.services), "open_s3", store.open_s3)
        return board

    return make


def capture(board, text, handle="snow"):
    return board.agent.model(handle).capture(output=text.encode(), content_type="text/csv")


def test_samples_are_uploaded_after_a_period_or_with_a_batch(make, store):
    board = make()
    board.run(1)
    assert capture(board, "1")
    board.run(59)
    assert store.data == []
    board.run(2)
    assert store.data == ["1"]
    capture(board, "2")
    capture(board, "3")
    board.run(1)
    assert store.data == ["1", "2", "3"]
    (captured,) = {key.rpartition("/")[0] for key in store.objects}
    assert captured.startswith(f"{FLEET}/{NAME}/snow/20")
    status = board.agent.status().captures
    assert status["samples"] == 0
    assert status["last_upload_s"] == pytest.approx(board.wall_s, abs=2)


def test_nothing_of_it_is_loaded_where_nothing_is_captured(make):
    board = make()
    board.run(600)
    assert board.agent.core.captures is None
    assert not (board.folder / "state/captures").exists()


def test_kept_heartbeats_go_first(make, store):
    board = make()
    board.run(1)
    board.service.errors["beat"] = ConnectError("no route")
    board.run(400)
    assert board.agent.core.spool.depth
    capture(board, "1")
    board.run(600)
    assert store.calls == 0
    del board.service.errors["beat"]
    board.run(1_300)
    assert store.data == ["1"]


def test_a_bucket_that_refuses_holds_up_no_heartbeat_and_is_said_once(make, store):
    board = make()
    board.run(1)
    store.errors = [ServiceError("AccessDenied", "no", status=403)] * 40
    capture(board, "1")
    beats = len(board.service.beats)
    board.run(3_000)
    assert len(board.service.beats) - beats >= 9
    assert "no" in board.agent.status().troubles["capture"]
    assert len([line for line in board.log.lines if line.startswith("capture: ")]) == 1
    assert store.calls < 20
    store.errors = []
    board.run(1_300)
    assert store.data == ["1"]
    assert board.agent.status().troubles == {}


def test_new_samples_do_not_shorten_a_pause(make, store):
    board = make()
    board.run(1)
    store.errors = [ServiceError("AccessDenied", "no", status=403)] * 1_000
    for number in range(300):
        capture(board, str(number))
        board.run(10)
    assert store.calls < 30


def test_a_spent_budget_holds_them_back(make, store):
    board = make(link="day_limit_bytes = 150000", heartbeat="period_s = 86400\njitter = 0")
    board.run(1)
    board.agent.model("snow").capture(output=b"x" * 60_000, content_type="text/csv")
    board.agent.core.budget.sent(120_000)
    board.run(7_000)
    assert store.data == []
    board.run(86_400)
    assert store.data == ["x" * 60_000]


def test_a_sample_that_comes_while_its_job_ends_does_not_wait_for_another(make, store):
    """Its thread wakes the job between the job's last look at when it is due, and its note."""
    board = make()
    board.run(1)
    capture(board, "1")
    board.run(61)
    assert store.data == ["1"]

    class Due(dict):
        thread = None

        def __getitem__(self, name):
            found = super().__getitem__(name)
            if self.thread is None and name == "capture" and found == NEVER:
                # Without a lock, it has all it needs to end here.
                self.thread = threading.Thread(target=board.agent.core._wake_capture, args=(7.0,))
                self.thread.start()
                self.thread.join(0.2)
            return found

    core = board.agent.core
    core.due["capture"] = -1.0
    for name in core.due:
        if name != "capture":
            core.due[name] = NEVER
    core.due = due = Due(core.due)
    core.captures.begins_s = lambda now: None
    while not due.thread:
        board.agent.step()
    due.thread.join()
    assert due["capture"] == 7.0


def test_an_unregistered_device_uploads_nothing(make, store):
    board = make()
    board.service.registered = False
    board.run(1)
    capture(board, "1")
    capture(board, "2")
    board.run(100)
    assert store.calls == 0
    board.service.registered = True
    board.run(4_000)
    assert store.data == ["1", "2"]


def test_a_restart_uploads_what_was_left(make, store):
    board = make()
    board.run(1)
    capture(board, "1")
    board.start()
    board.run(1)
    assert store.data == ["1"]


def test_once_uploads_them_too(make, store):
    board = make()
    capture(board, "1")
    assert board.agent.run_once()
    assert store.data == ["1"]
    assert not capture(board, "2"), "a closed agent keeps nothing"


def test_a_board_of_1970_uploads_the_right_time(make, store):
    board = make()
    board.wall_s = 0.0
    capture(board, "1")
    board.wait(10)
    board.clock.sync(1_791_000_000.0)
    board.run(100)
    (key,) = store.objects
    assert "/2026/10/03/03/" in key  # ten seconds before 04:00


def test_a_wrong_argument_is_named(make):
    board = make()
    with pytest.raises(ValidationError, match="output: expected bytes, got str"):
        board.agent.model("snow").capture(output="1")


SCRIPT = """
import sys, time
import edgemote

agent = edgemote.Agent.from_config(sys.argv[1])
snow = agent.model("snow")
for number in range(2):
    assert snow.capture(
        input=bytes(range(256)) if number else None, output=b"%d,0.5" % number,
        content_type="image/jpeg", output_content_type="text/csv", metadata={"lens": "left"},
    )
while agent.status().captures["samples"]:
    time.sleep(min(0.05, agent.step()))
agent.close()
"""


def test_a_script_s_samples_are_in_a_real_bucket(tmp_path):
    with Endpoint(register=[f"{FLEET}/{NAME}"]) as endpoint:
        key = endpoint.credentials
        keys = (key.access_key_id, key.secret_access_key)
        with s3_server.serve(tmp_path / "s3", keys=keys) as s3:
            (s3.folder / "captures").mkdir()
            device = Device(tmp_path / "device", endpoint)
            device.write_config(
                heartbeat={"period_s": 3_600},
                link={"step_limit_s": 60},
                deployments={"s3_endpoint_url": s3.url, "reserve_bytes": 0},
                capture={
                    "bucket": "captures",
                    "prefix": "edge",
                    "batch": 2,
                    "embed_limit_bytes": 100,
                },
            )
            script = tmp_path / "script.py"
            script.write_text(SCRIPT)
            done = subprocess.run(
                [sys.executable, str(script), str(device.config)],
                env=device.environment(),
                capture_output=True,
                text=True,
                timeout=WAIT_S,
            )
            assert done.returncode == 0, done.stderr
            checked = device.call("--check")
            assert "capture: samples are uploaded to s3://captures/edge" in checked.stdout
            files = [path for path in (s3.folder / "captures").rglob("*") if path.is_file()]
            (lines,) = (path for path in files if path.suffix == ".jsonl")
            beside = {path.name: path.read_bytes() for path in files if path.suffix == ".bin"}
    assert set(beside.values()) == {bytes(range(256))}
    assert lines.is_relative_to(s3.folder / f"captures/edge/{FLEET}/{NAME}/snow")
    events = [json.loads(line) for line in lines.read_text().splitlines()]
    assert len(events) == 2
    place = events[1]["captureData"]["endpointInput"]["data"]
    assert place.startswith("s3://captures/edge/")
    assert place.rpartition("/")[2] in beside
    for number, event in enumerate(events):
        captured = event["captureData"]
        assert captured["endpointOutput"] == {
            "observedContentType": "text/csv",
            "mode": "OUTPUT",
            "data": f"{number},0.5",
            "encoding": "CSV",
        }
        assert event["eventMetadata"]["customAttributes"] == ["lens=left"]
        assert event["eventVersion"] == "0"
