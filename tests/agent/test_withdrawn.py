"""A deployment that is not listed any more when it would begin is not begun."""

from __future__ import annotations

import pytest

from .board import Board


@pytest.fixture
def board(tmp_path, monkeypatch):
    board = Board(tmp_path, monkeypatch)
    yield board
    board.agent.close()


def step_to(board, line):
    for _ in range(1_000):
        if any(line in one for one in board.log.lines):
            return
        board.wait(board.agent.step())
    raise AssertionError(board.log.lines)


def withdraw(board, name):
    board.service.deployments[:] = [
        item for item in board.service.deployments if item.DeploymentName != name
    ]


def begun(board):
    return [line.split()[1] for line in board.log.lines if ": started" in line]


@pytest.mark.parametrize(
    "moment", ["winter: started", "winter: SUCCESS", "winter: SUCCESS, reported"]
)
def test_one_that_waited_for_another(moment, board):
    board.service.deploy("winter")
    board.service.deploy("spring")
    step_to(board, f"deployment {moment}")
    assert begun(board) == ["winter:"]
    withdraw(board, "spring")
    board.run(4 * 3_600)
    assert board.service.results == ["winter"]
    assert begun(board) == ["winter:"]


def test_one_that_began_and_was_killed(board):
    board.service.deploy("winter")
    step_to(board, "deployment winter: started")
    withdraw(board, "winter")
    board.start()
    board.run(4 * 3_600)
    assert board.service.results == []
    assert "deployment winter: withdrawn before it started" in board.log.lines
    board.service.deploy("winter")  # listed again
    board.run(4 * 3_600)
    assert board.service.results == ["winter"]


def test_one_that_began_and_was_killed_and_stays_listed(board):
    board.service.deploy("winter")
    step_to(board, "deployment winter: started")
    board.start()
    board.run(4 * 3_600)
    assert board.service.results == ["winter"]
    assert begun(board) == ["winter:"]


def test_nobody_is_asked_more_often_for_it(board):
    board.service.deploy("winter")
    step_to(board, "deployment winter: SUCCESS, reported")
    assert board.service.calls["poll"] == 1
