"""The agent whose journal of deployments may not be read: it reports, deploys nothing, says so."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from pathlib import Path

import pytest

from edgemote.agent import check, status
from edgemote.agent.config import load

from .board import Board

OTHER = 65_534
pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")


@contextlib.contextmanager
def as_user(number):
    os.seteuid(number)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def board(monkeypatch):
    folder = Path(tempfile.mkdtemp(dir="/tmp"))
    folder.chmod(0o777)
    with as_user(OTHER):
        board = Board(folder, monkeypatch)
    yield board
    board.agent.close()
    shutil.rmtree(folder)


def test_it_reports_and_waits_for_access(board):
    with as_user(OTHER):
        board.service.deploy("winter")
        board.run(7_200)
        assert board.service.results == ["winter"]
    journal = board.folder / "state" / "deployment.json"
    content = journal.read_bytes()
    os.chown(journal, 0, 0)
    journal.chmod(0o600)
    board.service.deploy("spring")
    beats = len(board.service.beats)
    with as_user(OTHER):
        board.start()
        board.run(4 * 3_600)
        assert board.service.results == ["winter"]
        assert len(board.service.beats) - beats > 40
        trouble = board.agent.status().troubles["deploy"]
        told = [line for line in board.log.lines if "Permission denied" in line]
        assert told == [trouble]
        assert f"{journal}, of user 0 with mode 600, must be accessible for user {OTHER}" in trouble
        config = load(str(board.config))
        assert f"trouble: deploy: Permission denied: {journal}" in status.describe(config)
        checked = list(check._check_journal(config))
        assert [good for good, _ in checked] == [False]
        assert str(journal) in checked[0][1]
    assert not [line for line in board.log.lines if "unexpected" in line]
    assert journal.read_bytes() == content
    os.chown(journal, OTHER, OTHER)
    with as_user(OTHER):
        board.run(600)  # long before the next poll
        assert board.service.results == ["winter", "spring"]
        assert "deploy" not in board.agent.status().troubles
    assert "deploy: recovered" in board.log.lines


def test_a_folder_in_its_place_is_set_aside_while_it_runs(board):
    with as_user(OTHER):
        board.service.deploy("winter")
        board.run(7_200)
        journal = board.folder / "state" / "deployment.json"
        journal.unlink()
        journal.mkdir()
        board.service.deploy("spring")
        board.run(7_200)
        board.start()
        board.service.deploy("summer")
        board.run(7_200)
        assert board.service.results == ["winter", "spring", "summer"]
    assert not [line for line in board.log.lines if "unexpected" in line]


def test_who_may_not_deploy_does_not_ask_once_access_is_back(board):
    with as_user(OTHER):
        board.service.deploy("winter")
        board.run(7_200)
        journal = board.folder / "state" / "deployment.json"
        polls = board.service.calls["poll"]
        journal.chmod(0)
        board.write_config(deployments="enabled = false")
        board.start()
        board.run(600)
        assert "deploy" in board.agent.status().troubles
        journal.chmod(0o600)
        board.run(7_200)
        assert "deploy" not in board.agent.status().troubles
        assert board.service.calls["poll"] == polls
