# Generated, do not edit: `python -m edgemote_codegen generate --paginators --waiters --with presign
# --model pages_and_waiters=model.json pages_and_waiters` writes it anew.
# Model pages_and_waiters, API version 2020-01-01,
# sha256 0d455d88a5dab4388b88bf91874429e789ab5516ac2c3b29ab48638df75a6de7
"""Waiters of House Service; waiters.pyi has their types and documentation."""

from ..waiting import Waiters, wait


def _find_floors_doors_state_name(result):
    return [
        door.State.Name
        for floor in result.Floors or ()
        for door in floor.Doors or ()
        if door.State and door.State.Name is not None
    ]


def _find_floors_doors(result):
    return len([floor for floor in result.Floors or () if len(floor.Doors or ()) == 0]) > 0


def _find_up(result):
    return result.Up


class HouseWaiters(Waiters):
    __slots__ = ()

    def door_open(self, **params):
        wait(
            "door_open",
            self._client.describe_doors,
            params,
            delay_s=15,
            max_attempts=40,
            acceptors=(
                ("success", "pathAll", "open", _find_floors_doors_state_name),
                ("failure", "pathAny", "nailed", _find_floors_doors_state_name),
                ("success", "path", True, _find_floors_doors),
                ("retry", "error", "NoSuchDoor"),
            ),
        )

    def up(self, **params):
        wait(
            "up",
            self._client.ping,
            params,
            delay_s=1,
            max_attempts=3,
            acceptors=(
                ("success", "status", 200),
                ("success", "path", True, _find_up),
                ("retry", "error", True),
            ),
        )
