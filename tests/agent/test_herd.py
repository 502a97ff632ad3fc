"""A fleet through an outage of an hour: 300 of the real agents, in virtual time. What 10,000
do is in herd/results.json, which `make herd` writes and the page quotes.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from herd.__main__ import DISTINCT, RESULTS
from herd.fleet import OUTAGES, PERIOD_S, Fleet
from herd.results import describe

AGENTS = 300
PAGE = Path(__file__).parents[2] / "docs/design.md"
PEAK = f"peak_{PERIOD_S:.0f}_s"


def check(found):
    # Over a heartbeat's period: in which a fleet of any size is about as even.
    assert found[PEAK] <= 2
    assert found["all_delivered_min"] <= 60
    assert found["dropped"] == found["errors_logged"] == found["devices_with_lost_beats"] == 0
    assert found["kept_at_the_end"] == 0


@pytest.mark.slow
@pytest.mark.parametrize("name", DISTINCT)
def test_the_peak_is_at_most_twice_the_usual_rate_and_nothing_is_lost(name):
    fleet = Fleet(AGENTS, 1, OUTAGES[name], None)
    fleet.run()
    check(describe(fleet))


def test_how_the_service_says_that_it_is_out_makes_no_difference():
    """Where it does not ask for more than the agents leave it alone anyway."""
    found = []
    for name in ("429", "503 with Retry-After", "connections refused"):
        fleet = Fleet(10, 3, OUTAGES[name], None)
        fleet.run()
        found.append(fleet.offered)
    assert found[0] == found[1] == found[2]


def test_a_run_can_be_repeated_and_the_spool_in_memory_does_as_the_real_one(tmp_path):
    found = []
    for folder in (None, tmp_path):
        fleet = Fleet(10, 7, OUTAGES["429"], folder)
        fleet.run()
        found.append((fleet.offered, [device.delivered for device in fleet.devices]))
    assert found[0] == found[1]


def test_ten_thousand():
    results = json.loads(RESULTS.read_text())
    assert list(results["outages"]) == list(DISTINCT)
    for found in results["outages"].values():
        assert found["agents"] == 10_000
        check(found)


def test_the_page_has_the_figures_of_the_results():
    results = json.loads(RESULTS.read_text())
    page = PAGE.read_text()
    assert f"seed {results['seed']}" in page
    for name, found in results["outages"].items():
        [row] = re.findall(rf"^ *\| {re.escape(name)} \|(.*)\|$", page, re.MULTILINE)
        cells = [cell.strip() for cell in row.split("|")]
        names = ("steady_per_s", PEAK, "peak_60_s", "turned_away")
        names += ("half_delivered_min", "all_delivered_min", "dropped")
        assert cells == [f"{found[key]:,}" for key in names]
