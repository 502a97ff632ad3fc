"""A spool that may not be written is not damaged; one that is damaged is set aside, whatever SQLite
calls it; one that is deleted while it is used is noticed.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from edgemote.agent import status
from edgemote.agent.files import replace_file

from .test_spool import Board

OTHER = 65_534
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")


@pytest.fixture
def folder():
    """A folder that every user can reach."""
    path = Path(tempfile.mkdtemp(dir="/tmp"))
    path.chmod(0o755)
    (path / "state").mkdir()
    yield path / "state"
    shutil.rmtree(path)


@contextlib.contextmanager
def as_user(number):
    os.seteuid(number)
    try:
        yield
    finally:
        os.seteuid(0)


@contextlib.contextmanager
def mounted_for_reading(folder):
    try:
        subprocess.run(["mount", "--bind", folder, folder], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this machine lets nobody mount")
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", folder], check=True, capture_output=True)
        yield
    finally:
        subprocess.run(["umount", folder], check=True)


def fill(folder, *, cut=False):
    board = Board(folder)
    for body in (b"1", b"2"):
        assert board.add(body)
    if cut:  # its log is still there
        board.cut()
        assert (folder / "spool.db-wal").exists()
    board.spool.close() if not cut else None


def own(folder, user):
    for path in (folder, *folder.iterdir()):
        os.chown(path, user, user)


def check_denied(board, name, reason="Permission denied"):
    """Nothing is kept, all is counted, nothing is touched, and the log says what is needed."""
    before = {path.name: path.read_bytes() for path in board.path.parent.iterdir()}
    assert board.spool.first() is None
    assert not board.add(b"lost")
    assert not board.add(b"lost")
    board.expire()
    board.spool.close()
    assert {path.name: path.read_bytes() for path in board.path.parent.iterdir()} == before
    assert board.spool.dropped == 2
    [text] = set(board.log.texts)
    path = board.path.parent / name
    assert f": {reason}: {path}, of user {path.stat().st_uid} with mode " in text
    assert f"must be writable for user {os.geteuid()}" in text


def check_mended(board):
    assert board.add(b"3")
    assert board.drain() == [b"1", b"2", b"3"]
    assert board.spool.dropped == 2
    board.spool.close()


@needs_root
@pytest.mark.parametrize("cut", [False, True], ids=["closed", "cut"])
def test_a_folder_of_another_user(folder, cut):
    fill(folder, cut=cut)
    with as_user(OTHER):
        board = Board(folder)
        check_denied(board, "")
    own(folder, OTHER)
    with as_user(OTHER):
        check_mended(board)


@needs_root
@pytest.mark.parametrize("mode", [0o644, 0o600, 0o000])
def test_a_file_of_another_user(folder, mode):
    fill(folder)
    (folder / "spool.db").chmod(mode)
    os.chown(folder, OTHER, OTHER)
    before = (folder / "spool.db").read_bytes()
    with as_user(OTHER):
        board = Board(folder)
        assert not board.add(b"lost")
        assert not board.add(b"lost")
        [text] = set(board.log.texts)
        assert f"Permission denied: {board.path}, of user 0 with mode {mode:o}, must be" in text
        board.spool.close()
    assert (folder / "spool.db").read_bytes() == before
    own(folder, OTHER)
    (folder / "spool.db").chmod(0o644)
    with as_user(OTHER):
        check_mended(board)


@needs_root
def test_a_log_of_another_user(folder):
    fill(folder, cut=True)
    own(folder, OTHER)
    os.chown(folder / "spool.db-wal", 0, 0)
    with as_user(OTHER):
        board = Board(folder)
        check_denied(board, "spool.db-wal")
    own(folder, OTHER)
    with as_user(OTHER):
        check_mended(board)


@needs_root
def test_a_folder_that_cannot_be_made(folder):
    with as_user(OTHER):
        board = Board(folder / "inner")
        assert not board.add(b"1")
        assert board.spool.dropped == 1
        assert "Permission denied" in board.log.texts[0]
    os.chown(folder, OTHER, OTHER)
    with as_user(OTHER):
        assert board.add(b"2")
        board.spool.close()


@needs_root
@pytest.mark.parametrize("cut", [False, True], ids=["closed", "cut"])
def test_a_disk_for_reading_alone(folder, cut):
    fill(folder, cut=cut)
    with mounted_for_reading(folder):
        board = Board(folder)
        check_denied(board, "", "Read-only file system")
    check_mended(board)


@needs_root
def test_a_disk_that_is_mounted_anew_for_reading_while_it_is_used(folder):
    fill(folder)
    board = Board(folder)
    assert board.spool.depth == 2
    board.spool._disconnect()
    with mounted_for_reading(folder):
        assert not board.add(b"lost")
        assert "Read-only file system" in board.log.texts[-1]
    board.boot()
    assert board.add(b"3")
    assert board.drain() == [b"1", b"2", b"3"]
    board.spool.close()


@pytest.mark.parametrize("mask", [0x01, 0x04, 0x80, 0xFF])
def test_each_byte_of_the_header(tmp_path, mask):
    """A beat is kept at the first try, or at the second, and comes back; where the damage shows
    when it is read, it is counted.
    """
    for place in range(100):
        folder = tmp_path / str(place)
        folder.mkdir()
        fill(folder)
        path = folder / "spool.db"
        content = bytearray(path.read_bytes())
        content[place] ^= mask
        path.write_bytes(content)
        board = Board(folder)
        kept = [board.add(b"3"), board.add(b"4")]
        assert kept[1], (place, board.log.texts)
        bodies = board.drain()
        if b"4" not in bodies:
            assert board.spool.dropped == 4 - len(bodies), (place, board.log.texts)
            assert board.add(b"4")
            assert board.drain() == [b"4"]
        # All of it, or it is said that it was set aside.
        assert b"1" in bodies or Path(f"{path}.bad").exists(), (place, board.log.texts)
        assert board.spool.dropped >= 0
        board.spool.close()


@pytest.mark.parametrize("whole", [True, False], ids=["folder", "file"])
@pytest.mark.parametrize("is_open", [True, False], ids=["open", "closed for a fork"])
def test_what_is_deleted_while_it_is_used_is_noticed(tmp_path, whole, is_open):
    folder = tmp_path / "state"
    folder.mkdir()
    board = Board(folder)
    board.add(b"1")
    board.add(b"2")
    if not is_open:
        board.spool.close_for_fork()
    if whole:
        shutil.rmtree(folder)
    else:
        board.path.unlink()
    assert board.add(b"3")
    assert (board.spool.depth, board.spool.dropped) == (1, 2)
    assert board.log.texts == [f"{board.path} was deleted while in use: 2 heartbeats are lost"]
    board.cut()
    assert board.drain() == [b"3"]
    assert board.spool.dropped == 2
    board.spool.close()


def test_what_is_replaced_while_it_is_used_is_noticed(tmp_path):
    (tmp_path / "backup").mkdir()
    fill(tmp_path / "backup")
    board = Board(tmp_path / "state")
    for _ in range(3):
        board.add(b"x")
    board.spool.remove(2)
    os.replace(tmp_path / "backup", tmp_path / "moved")
    shutil.rmtree(tmp_path / "state")
    os.replace(tmp_path / "moved", tmp_path / "state")
    assert board.add(b"3")
    assert board.log.texts == [f"{board.path} was replaced while in use: 1 heartbeats are lost"]
    assert board.drain() == [b"1", b"2", b"3"]
    board.spool.close()


@needs_root
def test_files_that_another_user_left_half_written(folder):
    """As root's --once leaves them where it is killed."""
    for name in ("deployment.json", "deployment.json.new", "status.json.new"):
        (folder / name).write_bytes(b"old")
    os.chown(folder, OTHER, OTHER)
    with as_user(OTHER):
        replace_file(str(folder / "deployment.json"), b"new")
        status.write(str(folder), status.Status(1, 2.0, "cam-7", "dock"))
        assert (folder / "deployment.json").read_bytes() == b"new"
        assert isinstance(status.read(str(folder)), status.Status)
    os.chown(folder, 0, 0)
    with as_user(OTHER), pytest.raises(PermissionError):
        replace_file(str(folder / "deployment.json"), b"newer")
    assert (folder / "deployment.json").read_bytes() == b"new"


FORK = """if 1:
    import os, sys
    from edgemote.agent.spool import Spool
    class Log:
        error = print
    spool = Spool(sys.argv[1], limit_bytes=9999, limit_age_s=9, log=Log)
    for body in (b"1", b"2"):
        assert spool.add(body, 1.8e9, 0.0)
    child = os.fork()
    if not child:
        assert spool._db is None
        del spool
        sys.exit(0)
    assert os.waitpid(child, 0)[1] == 0
    assert spool.add(b"3", 1.8e9, 0.0)
    os.kill(os.getpid(), 9)
    """


def test_a_forked_child_has_nothing_of_it(tmp_path):
    board = Board(tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", FORK, board.path],
        capture_output=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        timeout=60,
    )
    assert (done.returncode, done.stdout, done.stderr) == (-9, b"", b"")
    assert board.drain() == [b"1", b"2", b"3"]
    board.spool.close()


THREADS = """if 1:
    import os, sys, threading
    from edgemote.agent.spool import Spool
    class Log:
        error = print
    spool = Spool(sys.argv[1], limit_bytes=99_999, limit_age_s=9, log=Log)
    def fork():
        for _ in range(30):
            child = os.fork()
            if not child:
                os._exit(spool._db is not None)
            assert os.waitpid(child, 0)[1] == 0
    thread = threading.Thread(target=fork)
    assert spool.add(b"0", 1.8e9, 0.0)
    thread.start()
    count = 1
    while thread.is_alive() or count < 9:
        assert spool.add(b"%d" % count, 1.8e9, 0.0)
        spool.remove(spool.first()[0])
        count += 1
    assert spool.depth == 1
    spool.close()
    """


def test_another_thread_may_fork(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", THREADS, tmp_path / "spool.db"],
        capture_output=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONWARNINGS": "ignore"},
        timeout=60,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_a_heartbeat_is_counted_once_where_a_fork_closed_the_file(tmp_path):
    board = Board(tmp_path)
    for body in (b"1", b"22", b"333"):
        assert board.add(body)
    number = board.spool.first()[0]
    board.spool.close_for_fork()
    board.spool.remove(number)
    assert (board.spool.depth, board.spool.size_bytes) == (2, 5)
    assert board.drain() == [b"22", b"333"]
