"""Samples stay within their bounds, and what a firmware's loop calls neither waits nor raises."""

from __future__ import annotations

import os
import threading

import pytest

from aws.errors import ValidationError
from edgemote.agent import limits
from edgemote.errors import ConnectError, ReadTimeoutError

from .board import LONG_S, Board, refuse


@pytest.fixture
def board(tmp_path):
    return Board(tmp_path, batch=3)


# Bounds -------------------------------------------------------------------------------------------


def test_the_newest_win(tmp_path):
    board = Board(tmp_path, limit_samples=3)
    assert all(board.add(b"%d" % number) for number in range(5))
    assert board.captures.describe()["samples"] == 3
    assert board.captures.folder.dropped == 2
    board.upload()
    assert board.data() == ["2", "3", "4"]


def test_the_oldest_win(tmp_path):
    board = Board(tmp_path, limit_samples=3, keep="oldest")
    assert [board.add(b"%d" % number) for number in range(5)] == [True] * 3 + [False] * 2
    assert board.captures.folder.dropped == 2
    board.upload()
    assert board.data() == ["0", "1", "2"]
    assert board.add(b"5")


@pytest.mark.parametrize("keep", ["newest", "oldest"])
def test_bytes_are_what_files_take_on_the_disk(tmp_path, keep):
    board = Board(tmp_path, limit_bytes=65_536, keep=keep)
    for _ in range(20):
        board.add(b"1")
    assert len(board.kept()) == 16
    board.add(b"x" * 21_000)  # takes six blocks
    assert len(board.kept()) == (11 if keep == "newest" else 16)
    assert board.captures.folder.size_bytes == 65_536
    assert not board.add(b"x" * 70_000)
    assert len(board.kept()) == (11 if keep == "newest" else 16)


def test_a_share_is_sampled(tmp_path, monkeypatch):
    board = Board(tmp_path, share=0.25)
    draws = iter([0.9, 0.25, 0.2, 0.0])
    board.captures._draw = lambda: next(draws)
    assert [board.add() for _ in range(4)] == [False, False, True, True]
    assert board.captures.folder.dropped == 0


def test_what_is_too_old_is_dropped_once_the_time_is_proven(tmp_path):
    board = Board(tmp_path, limit_age_s=3_600, batch=1)
    board.add(b"old")
    board.wait(3_599)
    board.add(b"young")
    board.s3.says = "down"
    with pytest.raises(ConnectError):
        board.upload()
    board.wait(2)
    board.s3.says = "yes"
    assert board.captures.next_piece(is_proven=False).batch.entries[0].name in board.kept()
    board.upload()
    assert board.data() == ["young"]
    assert board.captures.folder.dropped == 1


def test_one_batch_is_bounded_in_bytes(tmp_path):
    board = Board(tmp_path, embed_limit_bytes=1_000_000)
    for _ in range(3):
        board.add(b"x" * (limits.CAPTURE_BATCH_BYTES // 2 - 2_000))
    board.upload()
    assert [body.count(b"\n") for body in board.s3.objects.values()] == [2, 1]


def test_a_restart_goes_on(board):
    board.add(b"1")
    board.start("boot-1")
    board.add(b"2")
    board.start("boot-2")
    assert board.captures.describe()["samples"] == 2
    board.upload()
    assert board.data() == ["1", "2"]
    assert os.listdir(board.samples) == ["offsets"]


# Rounds -------------------------------------------------------------------------------------------


def test_a_round_begins_after_a_period_or_with_a_batch(tmp_path):
    board = Board(tmp_path, batch=3, period_s=60)
    now = board.steady_s
    assert board.captures.begins_s(now) is None
    board.add()
    board.wait(10)
    board.add()
    assert board.captures.begins_s(now) == now + 60
    board.add()
    assert board.captures.begins_s(now) == now + 10
    assert board.wakes == [now + 60, now + 60, now + 10]
    board.add()  # while a round is going on, which may have to pause
    assert len(board.wakes) == 3
    board.upload()
    assert board.captures.begins_s(now) is None


def test_what_an_earlier_process_left_is_due_at_once(board):
    board.add()
    board.start("boot-2")
    assert board.captures.begins_s(7.0) == 7.0


# Failures of the link, and refusals ---------------------------------------------------------------


def test_a_lost_answer_is_followed_by_the_same_object(board):
    for number in range(3):
        board.add(b"%d" % number)
    board.s3.says = "lost"
    with pytest.raises(ReadTimeoutError):
        board.upload()
    before = dict(board.s3.objects)
    board.add(b"3")
    board.start("boot-2", steady_s=3.0)  # and the power was cut
    board.s3.says = "yes"
    board.upload()
    assert board.data() == ["0", "1", "2", "3"]
    assert before.items() <= board.s3.objects.items()
    assert len(board.s3.objects) == 2


def test_a_batch_that_may_have_arrived_is_not_dropped(tmp_path):
    board = Board(tmp_path, limit_samples=3, batch=2)
    board.add(b"1")
    board.s3.says = "lost"
    with pytest.raises(ReadTimeoutError):
        board.upload()
    for number in (2, 3, 4):
        board.add(b"%d" % number)
    board.s3.says = "yes"
    board.upload()
    assert board.data() == ["1", "3", "4"]


@pytest.mark.parametrize(
    "says", ["down", refuse(403), refuse(404, "NoSuchBucket")], ids=["down", "403", "404"]
)
def test_a_batch_that_was_not_taken_makes_room_like_others(tmp_path, says):
    board = Board(tmp_path, limit_samples=2)
    board.s3.says = says
    for number in range(5):
        board.add(b"%d" % number)
        with pytest.raises((ConnectError, type(refuse(403)))):
            board.upload()
    assert not (board.samples / "batch").exists()
    board.s3.says = "yes"
    board.upload()
    assert board.data() == ["3", "4"]


def test_a_refusal_after_a_lost_answer_keeps_the_batch(board):
    board.add(b"1")
    for says, error in (("lost", ReadTimeoutError), (refuse(403), type(refuse(403)))):
        board.s3.says = says
        with pytest.raises(error):
            board.upload()
    board.add(b"2")
    board.s3.says = "yes"
    board.upload()
    assert board.s3.events()[0]["key"] == board.s3.calls[0]
    assert board.data() == ["1", "2"]


def test_what_lies_beside_is_not_sent_twice_by_one_process(tmp_path):
    board = Board(tmp_path, embed_limit_bytes=0)
    board.add(b"1", input=b"2")
    piece = board.captures.next_piece(is_proven=True)
    board.captures.put(piece)
    board.s3.says = "down"
    with pytest.raises(ConnectError):
        board.upload()
    board.s3.says = "yes"
    board.upload()
    assert len(board.s3.calls) == 4  # the second of the three failed once
    assert len(set(board.s3.calls)) == 3


# The folder ---------------------------------------------------------------------------------------


def test_a_damaged_sample_is_dropped_and_the_others_arrive(board):
    for number in range(4):
        board.add(b"%d" % number)
    first, second, third, _ = (board.samples / name for name in board.kept())
    first.write_bytes(b"")
    second.write_bytes(second.read_bytes()[:-1])
    third.write_bytes(third.read_bytes().replace(b"text/csv", b"text/cvs"))
    board.upload()
    assert board.data() == ["3"]
    assert board.captures.folder.dropped == 3
    assert len([line for line in board.log.lines if "is dropped: " in line]) == 3
    assert not board.kept()


def test_other_files_are_left_alone(board):
    board.samples.mkdir(parents=True)
    strange = ["notes", "000000000001", "0000000000aa.snow", "000000000007.a b", ".hidden"]
    for name in strange:
        (board.samples / name).write_bytes(b"mine")
    (board.samples / "000000000009.snow").mkdir()
    (board.samples / "000000000008.snow").symlink_to("/etc/hostname")
    board.add()
    board.upload()
    assert board.data() == ["1"]
    found = set(os.listdir(board.samples))
    assert found >= {*strange, "000000000009.snow", "000000000008.snow"}


def test_a_file_of_the_batch_leads_nowhere_else(board):
    board.samples.mkdir(parents=True)
    secret = board.folder / "secret"
    secret.write_text("key")
    for text in (
        b'{"key":"a/b.jsonl","entries":[["../../secret",null,[]]]}',
        b'{"key":"../b.jsonl","entries":[["000000000001.snow",null,[]]]}',
        b'{"key":',
        b"\xff",
        b"[]",
    ):
        (board.samples / "batch").write_bytes(text)
        board.start("boot-2")
        board.upload()
    assert secret.exists()
    assert board.s3.calls == []


@pytest.mark.parametrize("moment", ["before a sample", "before an upload", "in a batch"])
def test_a_folder_that_is_deleted_is_made_again(board, moment):
    board.add(b"1")
    if moment == "in a batch":
        board.s3.says = "lost"
        with pytest.raises(ReadTimeoutError):
            board.upload()
        board.s3.says = "yes"
        board.s3.objects.clear()
    for name in os.listdir(board.samples):
        (board.samples / name).unlink()
    board.samples.rmdir()
    if moment != "before a sample":
        board.upload()
    assert board.add(b"2")
    board.upload()
    assert board.data() == ["2"]


def test_a_folder_that_cannot_be_made_is_said_once(board):
    board.samples.parent.mkdir()
    board.samples.write_text("in the way")
    assert not board.add()
    assert not board.add()
    assert board.captures.folder.dropped == 2
    assert board.wakes == [board.steady_s]
    assert board.captures.tell() == board.captures.tell() != ""
    [line] = board.log.lines
    assert line == f"capture: samples cannot be kept in {board.samples}: Not a directory"
    board.samples.unlink()
    assert board.add()
    assert board.captures.tell() == ""


def test_without_a_place_to_upload_to_nothing_is_kept(tmp_path):
    board = Board(tmp_path, bucket=None)
    assert not board.add()
    assert "set capture.bucket" in board.captures.tell()
    assert not board.samples.exists()
    assert board.captures.begins_s(1.0) is None


def test_who_does_not_hold_the_folder_writes_nothing(board):
    board.mine = False
    assert not board.add()
    assert not board.samples.exists()


def test_only_the_owner_may_look_at_samples(board):
    board.add()
    assert board.samples.stat().st_mode & 0o777 == 0o700


def test_a_full_disk_uploads_one_sample_after_the_other(board, monkeypatch):
    for number in range(3):
        board.add(b"%d" % number)

    def refuse_to_write(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("edgemote.agent.capture.folder.replace_file", refuse_to_write)
        board.s3.says = "lost"
        with pytest.raises(ReadTimeoutError):
            board.upload()
        board.start("boot-2")
        board.s3.says = "yes"
        board.upload()
    assert board.data() == ["0", "1", "2"]
    assert len(board.s3.objects) == 3
    for number in range(3):
        board.add(b"%d" % number)
    board.upload()
    assert len(board.s3.objects) == 5  # one more shows that there is room again


def test_samples_go_to_a_folder_of_this_board(tmp_path):
    board = Board(tmp_path, destination="disk", disk_path=f"{tmp_path}/card", embed_limit_bytes=4)
    board.add(b"1", input=b"a picture")
    board.upload()
    assert board.s3.calls == []
    lines, beside = sorted(
        (path for path in (tmp_path / "card").rglob("*") if path.is_file()),
        key=lambda path: path.suffix,
        reverse=True,
    )
    assert beside.parent == lines.parent == tmp_path / "card/dock/cam-7/snow/2026/10/03/05"
    assert beside.read_bytes() == b"a picture"
    assert f'"data":"{beside.name}","encoding":"URI"' in lines.read_text()
    assert not board.kept()


def test_a_full_card_keeps_the_samples(tmp_path):
    board = Board(tmp_path, destination="disk", disk_path=f"{tmp_path}/card")
    board.add(b"1")
    board.captures.destination._reserve_bytes = 1 << 60
    with pytest.raises(OSError, match=r"deployments\.reserve_bytes"):
        board.upload()
    assert len(board.kept()) == 1
    board.captures.destination._reserve_bytes = 0
    board.upload()
    assert not board.kept()


# What a script may pass ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"output": "text"}, r"output: expected bytes, got str"),
        ({"input": [1]}, r"input: expected bytes, got list"),
        ({"output": None}, r"input: expected bytes as input, output or both, got neither"),
        (
            {"output": bytes(limits.CAPTURE_SAMPLE_BYTES), "input": b"1"},
            r"input: expected at most 4,194,304 bytes together with output, got 4,194,305",
        ),
        ({"content_type": None}, r"content_type: expected str, got NoneType"),
        ({"content_type": ""}, r"content_type: expected a media type such as text/csv of at most"),
        ({"content_type": "a\nb"}, r"content_type: .* got 'a\\nb'"),
        ({"content_type": "é"}, r"content_type: .* ASCII"),
        ({"output_content_type": "x" * 256}, r"output_content_type: .* 255 ASCII"),
        ({"metadata": "lens"}, r"metadata: expected a dict of texts, got str"),
        ({"metadata": {"lens": 1}}, r"metadata: expected str for each name and value"),
        ({"metadata": {1: "lens"}}, r"metadata: expected str for each name and value"),
        ({"metadata": {"a=b": "c"}}, r"metadata: expected names .* got 'a=b'"),
        ({"metadata": {"": "c"}}, r"metadata: expected names .* got ''"),
        ({"metadata": {"a": "\ud800"}}, r"metadata: expected texts that UTF-8 can encode"),
        ({"metadata": {"a": "x" * 1_023}}, r"metadata: expected at most 1,024 .* got 1,025"),
    ],
)
def test_a_wrong_argument_is_named(board, wrong, message):
    with pytest.raises(ValidationError, match=message):
        board.add(**{"output": b"1", **wrong})
    assert not board.kept()


def test_buffers_are_copied(board):
    output = bytearray(b"1")
    board.add(output, input=memoryview(b"abcdef")[::2])
    output[:] = b"2"
    board.upload()
    assert board.data() == ["1"]
    assert board.s3.events()[0]["captureData"]["endpointInput"]["data"] == "ace"


def test_threads_may_capture_while_the_agent_uploads(tmp_path):
    board = Board(tmp_path, limit_samples=40, batch=4, period_s=LONG_S / 100)
    ended = threading.Event()
    failures = []

    def take(number):
        try:
            for count in range(60):
                assert board.add(b"%d-%d" % (number, count))
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=take, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        board.upload()
    ended.set()
    board.upload()
    assert failures == []
    data = board.data()
    assert len(data) == len(set(data)) == 180 - board.captures.folder.dropped
    assert board.captures.describe()["bytes"] == 0
    assert os.listdir(board.samples) == ["offsets"]
