"""How figures are judged; what makes them runs under qemu, in `make test-arm`."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from arm.bench import ROWS, judge
from arm.check import CLOUD_RULES, compare, compare_clouds
from arm.guest import Mark, Run
from arm.imports import read_costs, walk
from arm.savings import draw
from arm.soak import find_growth


@pytest.mark.parametrize(("value", "failed"), [(900, 0), (1000, 0), (1010, 0), (1011, 1)])
def test_a_ceiling_gives_one_percent(value, failed):
    boards = {"armhf": {"edgemote": {"heartbeat_instructions": value, "files": 5}}}
    assert len(compare(boards, {"armhf": {"heartbeat_instructions": 1000}})) == failed


def test_a_device_does_with_less_by_certificate():
    figures = dict.fromkeys((name for rule in CLOUD_RULES for name in rule), 13_000)
    assert compare_clouds({"armhf": {"edgemote": figures}, "armel": {"edgemote": {}}}) == []
    worse = {**figures, "iot_agent_peak_resident_kib": 13_001}
    [line] = compare_clouds({"armhf": {"edgemote": worse}})
    assert "the agent in AWS IoT, peak memory: 13,001 KiB, more than 13,000 of" in line


def test_a_figure_above_its_ceiling_says_by_how_much_and_what_to_do():
    boards = {"arm64": {"edgemote": {"peak_resident_kib": 20_000}}}
    [line] = compare(boards, {"arm64": {"peak_resident_kib": 16_000}})
    assert "arm64: peak resident memory: 20,000 KiB, 25.0% above its ceiling of 16,000" in line
    assert "python -m arm.imports --target arm64" in line


def test_goals_are_met_or_missed_by_a_share():
    programs = {
        "floor": {"heartbeat_instructions": 1000},
        "edgemote": {"heartbeat_instructions": 1500},
    }
    assert judge("armhf", "heartbeat_instructions", 1.25, programs).endswith("MISSED by 20.0%")
    assert judge("armhf", "heartbeat_instructions", 2, programs).endswith("met by 25.0%")


def test_growth_is_the_highest_look_above_the_first():
    assert find_growth([100, 120, 90]) == 20
    assert find_growth([100, 90]) == 0


def test_what_imports_cost_by_themselves():
    names = ["+the script", "+import a", "+import b", "-", "-", "mark", "+import later", "-", "-"]
    counts = [10, 11, 15, 20, 30, 32, 40, 50, 60]
    marks = [Mark(count, count * 2, 0, 0) for count in counts]
    before, root = read_costs(Run(marks, marks[-1], ""), names)
    assert (before.instructions, root.instructions, root.self_instructions) == (10, 22, 3)
    assert [(cost.name, cost.depth, cost.self_instructions) for cost in walk(root)] == [
        ("the script", 0, 3),
        ("import a", 1, 14),
        ("import b", 2, 5),
    ]
    assert [cost.self_kib for cost in walk(root)] == [6, 28, 10]


def test_the_picture_is_svg_that_names_all_three():
    board = {
        name: dict.fromkeys(ROWS, figure)
        for name, figure in {"botocore": 9_000_000, "floor": 1_000, "edgemote": 999}.items()
    }
    root = ElementTree.fromstring(draw(board))
    words = {element.text for element in root.iter("{http://www.w3.org/2000/svg}text")}
    assert {"botocore", "hand-written", "edgemote"} <= words
