"""What arrives is what SageMaker's data capture writes: a reader of its JSON lines needs no other
code for a device's.
"""

from __future__ import annotations

import base64
import json
import re
import uuid

import pytest

from edgemote.agent.capture.samples import find_time

from .board import HOUR, NOW_S, Board

PLACE = f"captured/dock/cam-7/snow/{HOUR}"


@pytest.fixture
def board(tmp_path):
    return Board(tmp_path)


def test_a_line_has_the_documented_members_and_no_others(board):
    board.wait(0.125)
    board.add(b'{"snow": 0.9}', input=b"5.1,3.5", output_content_type="application/json")
    board.upload()
    ((key, body),) = board.s3.objects.items()
    assert body.endswith(b"\n")
    assert body.count(b"\n") == 1
    line = json.loads(body)
    event = line["eventMetadata"].pop("eventId")
    assert uuid.UUID(event).version == 4
    assert line == {
        "captureData": {
            "endpointInput": {
                "observedContentType": "text/csv",
                "mode": "INPUT",
                "data": "5.1,3.5",
                "encoding": "CSV",
            },
            "endpointOutput": {
                "observedContentType": "application/json",
                "mode": "OUTPUT",
                "data": '{"snow": 0.9}',
                "encoding": "JSON",
            },
        },
        "eventMetadata": {"inferenceTime": "2026-10-03T05:26:40.125000Z"},
        "eventVersion": "0",
    }
    assert key == f"{PLACE}/26-40-125-{event}.jsonl"
    assert board.s3.types[key] == "application/jsonlines"


@pytest.mark.parametrize(
    ("kind", "data", "encoding"),
    [
        ("text/csv", b"1,2", "CSV"),
        ("TEXT/CSV; charset=utf-8", "1,é".encode(), "CSV"),
        ("application/json", b"[1]", "JSON"),
        ("application/vnd.snow+json", b"[1]", "JSON"),
        ("application/jsonlines", b"[1]\n[2]\n", "JSON"),
        ("text/csv", b"\xff\xfe", "BASE64"),
        ("image/jpeg", b"\xff\xd8\x00", "BASE64"),
        ("application/octet-stream", b"text all the same", "BASE64"),
        ("image/jpeg", b"", "BASE64"),
        ("text/csv", b"", "CSV"),
    ],
)
def test_text_stays_text_and_all_else_is_base64(board, kind, data, encoding):
    board.add(data, content_type=kind)
    board.upload()
    (event,) = board.s3.events()
    said = event["captureData"]["endpointOutput"]
    assert (said["observedContentType"], said["encoding"]) == (kind, encoding)
    found = base64.b64decode(said["data"]) if encoding == "BASE64" else said["data"].encode()
    assert found == data


def test_metadata_becomes_custom_attributes(board):
    board.add(metadata={"lens": "left", "temperature": "-4"})
    board.upload()
    (event,) = board.s3.events()
    assert event["eventMetadata"]["customAttributes"] == ["lens=left", "temperature=-4"]


def test_what_is_larger_than_the_limit_lies_beside_the_lines(tmp_path):
    board = Board(tmp_path, embed_limit_bytes=4)
    picture = bytes(range(256))
    board.add(b"snow", input=picture, content_type="image/jpeg", output_content_type="text/csv")
    board.add(b"storm", input=b"1234", content_type="image/jpeg", output_content_type="text/plain")
    board.upload()
    *beside, lines = board.s3.objects
    first, second = board.s3.events()
    said = first["captureData"]["endpointInput"]
    assert said["encoding"] == "URI"
    assert said["data"] == f"s3://bucket/{beside[0]}"
    assert re.fullmatch(rf"{PLACE}/{first['eventMetadata']['eventId']}-input\.bin", beside[0])
    assert board.s3.objects[beside[0]] == picture
    assert board.s3.types[beside[0]] == "image/jpeg"
    assert second["captureData"]["endpointInput"]["encoding"] == "BASE64"
    assert second["captureData"]["endpointOutput"]["data"] == f"s3://bucket/{beside[1]}"
    assert board.s3.objects[beside[1]] == b"storm"
    # The lines come last: who reads them finds what they name.
    assert lines.endswith(".jsonl")


def test_models_and_hours_have_batches_of_their_own(board):
    for handle, pause_s in (
        ("snow", 1_000),
        ("rain", 1_000),
        ("snow", 200),
        ("rain", 1),
        ("snow", 1),
    ):
        board.add(handle=handle)
        board.wait(pause_s)
    board.upload()
    assert [key.rpartition("/")[0] for key in board.s3.calls] == [
        PLACE,
        f"captured/dock/cam-7/rain/{HOUR}",
        "captured/dock/cam-7/snow/2026/10/03/06",
        "captured/dock/cam-7/rain/2026/10/03/06",
    ]
    assert [len(body.splitlines()) for body in board.s3.objects.values()] == [1, 1, 2, 1]


def test_a_second_that_rounds_up_to_the_next_hour_is_in_it(board):
    board.wait(2_000 - 0.0001)  # 05:59:59.9999
    board.add()
    board.upload()
    assert board.s3.calls[0].split("/")[-2] == "06"
    assert board.s3.events()[0]["eventMetadata"]["inferenceTime"] == "2026-10-03T06:00:00Z"


@pytest.mark.parametrize(
    ("prefix", "start"), [("", ""), ("a/b", "a/b/"), ("a/", "a/")], ids=["none", "two", "slash"]
)
def test_the_prefix_begins_every_key(tmp_path, prefix, start):
    board = Board(tmp_path, prefix=prefix)
    board.add()
    board.upload()
    assert board.s3.calls[0].startswith(f"{start}dock/cam-7/snow/{HOUR}/26-40-000-")


# Times --------------------------------------------------------------------------------------------


def times(board):
    return [event["eventMetadata"].get("inferenceTime") for event in board.s3.events()]


def test_a_clock_that_is_synced_later_puts_the_times_right(board):
    board.wall_s = 0.0
    board.add()
    board.wait(60)
    board.clock.sync(NOW_S + 60)
    board.upload()
    assert times(board) == ["2026-10-03T05:26:40Z"]
    assert HOUR in board.s3.calls[0]


def test_a_clock_that_drifts_leaves_them_as_they_were(board):
    board.add()
    board.wait(60)
    board.clock.sync(NOW_S + 100)
    board.upload()
    assert times(board) == ["2026-10-03T05:26:40Z"]


def test_a_restart_in_the_same_boot_changes_nothing(board):
    board.wall_s = 0.0
    board.add()
    board.wait(60)
    board.start("boot-1")
    board.clock.sync(NOW_S + 60)
    board.upload()
    assert times(board) == ["2026-10-03T05:26:40Z"]


def test_after_a_boot_a_time_that_was_known_by_then_is_kept(board):
    board.wall_s = 0.0
    board.add()
    board.wait(60)
    board.clock.sync(NOW_S + 60)
    board.captures.next_piece(is_proven=True)  # held back, or the link went down
    board.wall_s = 5.0
    board.start("boot-2", steady_s=5.0)
    board.clock.sync(NOW_S + 600)
    board.upload()
    assert times(board) == ["2026-10-03T05:26:40Z"]


def test_a_time_that_nobody_knows_is_left_out(board):
    board.wall_s = 0.0
    board.add()
    board.start("boot-2", steady_s=5.0)
    board.clock.sync(NOW_S)
    board.upload()
    assert times(board) == [None]
    assert board.s3.calls[0].startswith("captured/dock/cam-7/snow/undated/")


def test_a_time_ahead_of_now_is_left_out(board):
    board.wall_s = NOW_S + 1e8
    board.add()
    board.start("boot-2", steady_s=5.0)
    board.clock.sync(NOW_S)
    board.upload()
    assert times(board) == [None]


def test_offsets_of_a_few_boots_are_kept(board):
    for number in range(12):
        board.start(f"boot-{number}", steady_s=5.0)
        board.add()
        board.captures.next_piece(is_proven=True)
    offsets = json.loads((board.samples / "offsets").read_bytes())
    assert list(offsets) == [f"boot-{number}" for number in range(4, 12)]


def test_find_time_is_to_the_millisecond(board):
    board.wait(0.0123456)
    board.add()
    (name,) = board.captures.folder.names()
    sample = board.captures._read(name)[0]
    assert find_time(sample, "boot-1", {}, board.clock) == NOW_S + 0.012
