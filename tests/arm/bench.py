"""Measure, and say it thrice: the table in the terminal, results.json, savings.svg.

The floor is programs/floor.py, the least that a hand-written script can do. What counts is the
ratio to it, on the same board in the same minute.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path

from . import measure
from .measure import Measured
from .roots import TARGETS, MissingToolError, Target, build_root, versions_of
from .savings import draw

RESULTS = Path(__file__).with_name("results.json")
PICTURE = Path(__file__).with_name("savings.svg")
# Figure -> what a person calls it. M: millions of instructions, k: thousands.
ROWS = {
    "first_heartbeat_instructions": ("instructions to the first accepted heartbeat", "M"),
    "heartbeat_instructions": ("for each heartbeat after it", "k"),
    "nested_heartbeat_instructions": ("for each of nested dicts and datetimes", "k"),
    "new_connection_instructions": ("for each heartbeat on a new connection", "M"),
    "deployments_instructions": ("for each GetDeployments answer of 20 models", "k"),
    "peak_resident_kib": ("peak resident memory", "KiB"),
    "anonymous_kib": ("of it anonymous, at the end", "KiB"),
    "agent_peak_resident_kib": ("the whole agent beating, peak resident memory", "KiB"),
    "agent_first_heartbeat_instructions": ("the whole agent, to its first heartbeat", "M"),
    "agent_heartbeat_instructions": ("its cloud, for each heartbeat after it", "k"),
    "download_growth_kib": ("by how much a model's download raises it", "KiB"),
    "files": ("files on flash", "files"),
    "size_bytes": ("bytes on flash", "kB"),
    "packed_bytes": ("of the packed bundle", "kB"),
    "role_alias_agent_peak_resident_kib": ("the agent with keys by role alias, peak memory", "KiB"),
    "iot_agent_peak_resident_kib": ("the agent in AWS IoT, peak memory", "KiB"),
    "iot_agent_first_heartbeat_instructions": ("in AWS IoT, to its first heartbeat", "M"),
    "iot_agent_heartbeat_instructions": ("in AWS IoT, for each heartbeat after it", "k"),
    "iot_size_bytes": ("in AWS IoT, bytes on flash", "kB"),
    "iot_packed_bytes": ("in AWS IoT, of the packed bundle", "kB"),
}
PROGRAMS = ("botocore", "floor", "edgemote")
# Figure -> board -> at most this many times the floor's.
GOALS = {
    "first_heartbeat_instructions": {"armhf": 0.82, "arm64": 0.84},
    "heartbeat_instructions": {"armhf": 1.20, "arm64": 1.40},
    "new_connection_instructions": {"armhf": 0.80, "arm64": 0.80},
    "peak_resident_kib": {"armhf": 0.965, "arm64": 0.97},
}
_SCALES = {"M": 1e6, "k": 1e3, "kB": 1e3, "KiB": 1, "files": 1}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m arm.bench", description=__doc__)
    parser.add_argument("--target", action="append", choices=TARGETS, help="only this (repeatable)")
    parser.add_argument("--dry", action="store_true", help="print only, write no file")
    options = parser.parse_args()
    targets = [TARGETS[name] for name in options.target or TARGETS]
    try:
        boards = measure_boards(targets, PROGRAMS)
    except MissingToolError as error:
        print(f"arm: {error}", file=sys.stderr)
        return 1
    print("\n".join(describe(boards)))
    if not options.dry and len(boards) == len(TARGETS):
        write_results(boards, targets)
        PICTURE.write_text(draw(boards["armhf"]))
        print(f"\nwritten: {RESULTS.name}, {PICTURE.name}")
    return 0


def measure_boards(targets: Iterable[Target], programs: Iterable[str]) -> dict[str, Measured]:
    """Board -> program -> figures."""
    jobs = [(target, program) for target in targets for program in programs]
    with measure.serve() as endpoint, ThreadPoolExecutor(2) as pool:
        # Two at once disturb the time that each takes, and no figure.
        done = pool.map(lambda job: measure.measure_program(*job, endpoint), jobs)
        boards: dict[str, Measured] = {}
        for (target, program), figures in zip(jobs, done, strict=True):
            boards.setdefault(target.name, {})[program] = figures
    return boards


def describe(boards: dict[str, Measured]) -> list[str]:
    """The table, and the goals."""
    lines = []
    for name, programs in boards.items():
        lines += ["", f"{name:52}" + "".join(f"{program:>12}" for program in programs)]
        for figure, (label, unit) in ROWS.items():
            cells = [show(figures.get(figure), unit) for figures in programs.values()]
            ours, floor = programs["edgemote"].get(figure), programs["floor"].get(figure)
            ratio = f"{ours / floor:9.3f} x floor" if ours and floor else ""
            label = f"  {label} ({unit})"
            lines.append(f"{label:52}" + "".join(f"{cell:>12}" for cell in cells) + ratio)
    lines.append("")
    for name, programs in boards.items():
        lines += [
            judge(name, figure, goal[name], programs)
            for figure, goal in GOALS.items()
            if name in goal
        ]
    return lines


def judge(name: str, figure: str, factor: float, programs: Measured) -> str:
    """Whether a goal is met, and by how much."""
    label, unit = ROWS[figure]
    ours, ceiling = programs["edgemote"][figure], programs["floor"][figure] * factor
    verdict = "met" if ours <= ceiling else "MISSED"
    away = abs(ours - ceiling) / ceiling
    return (
        f"{name:6} {label}: {show(ours, unit)} {unit} of at most {show(ceiling, unit)} "
        f"({factor:.2f} x floor): {verdict} by {away:.1%}"
    )


def show(value: float | None, unit: str) -> str:
    if value is None:
        return "-"
    return f"{value / _SCALES[unit]:,.{1 if _SCALES[unit] > 1 else 0}f}"


def write_results(boards: dict[str, Measured], targets: Iterable[Target]) -> None:
    """Figures and what they depend on; nothing that changes when nothing has changed."""
    packages = {
        package: number
        for target in targets
        for package, number in versions_of(build_root(target)).items()
    }
    names = ("botocore", "msgspec")
    made_of = {**{name: version(name) for name in names}, **dict(sorted(packages.items()))}
    document = {"versions": made_of, "calls": measure.CALLS, "figures": boards}
    RESULTS.write_text(json.dumps(document, indent=1) + "\n")


if __name__ == "__main__":
    sys.exit(main())
