"""`make herd`: the fleet through each outage, and what became of it.

PYTHONPATH=generated:runtime:tests python -m herd --agents 10000 --write
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from pathlib import Path

from .fleet import OUTAGES, Fleet
from .results import describe

# The other outages make for the same requests: tests/agent/test_herd.py.
DISTINCT = ("429", "power cut")
RESULTS = Path(__file__).with_name("results.json")


def main() -> None:
    parser = argparse.ArgumentParser(prog="herd", description=__doc__.partition("\n")[0])
    parser.add_argument("--agents", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--outage", choices=OUTAGES, action="append")
    parser.add_argument("--disk", action="store_true", help="real spools and locks, in a folder")
    parser.add_argument("--write", action="store_true", help=f"write {RESULTS.name}")
    asked = parser.parse_args()
    rows = {}
    for name in asked.outage or DISTINCT:
        began_s = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder) if asked.disk else None
            fleet = Fleet(asked.agents, asked.seed, OUTAGES[name], place)
            fleet.run()
            rows[name] = describe(fleet)
        for what, value in rows[name].items():
            print(f"{name}: {what:24} {value}")
        kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        print(f"{name}: {time.monotonic() - began_s:.0f} s, {kib >> 10} MiB\n", flush=True)
    if asked.write:
        RESULTS.write_text(json.dumps({"seed": asked.seed, "outages": rows}, indent=2) + "\n")
        print(f"{RESULTS} written", file=sys.stderr)


if __name__ == "__main__":
    main()
