"""The command line of the comparison, and its table."""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from edgemote_codegen.models import list_services, load_model
from edgemote_codegen.selection import list_protocols

from .comparison import Outcome, run_task
from .reading import print_readings, read_task
from .wires import WIRES

TASKS_PER_PROCESS = 12  # botocore's models and ours stay in a process until it ends


def main() -> int:
    """Compare, print the differences and the table; 1 where there is a difference."""
    parser = argparse.ArgumentParser(prog="conformance", description="Compare with botocore.")
    parser.add_argument("services", nargs="*", metavar="SERVICE", help="default: all")
    parser.add_argument("--protocol", choices=WIRES, help="only this one")
    parser.add_argument("--examples", type=int, default=3, help="of hypothesis's, an operation")
    parser.add_argument("--judge", choices=JUDGES, default="botocore", help="default: botocore")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes")
    arguments = parser.parse_args()
    started = time.monotonic()
    pairs, others = list_pairs(arguments.services or list_services(), arguments.protocol)
    run, show = JUDGES[arguments.judge]
    tasks = [(service, protocol, arguments.examples) for _, service, protocol in pairs]
    outcomes: list[Any] = []
    with multiprocessing.get_context("spawn").Pool(
        arguments.jobs, maxtasksperchild=TASKS_PER_PROCESS
    ) as pool:
        for outcome in pool.imap_unordered(run, tasks):
            outcomes.append(outcome)
            show_progress(len(outcomes), len(tasks))
            for difference in outcome.differences:
                print(difference, file=sys.stderr)
    show(outcomes, others)
    print(
        f"{sum(each.operations for each in outcomes):,} operations in "
        f"{time.monotonic() - started:.0f} s"
    )
    return 1 if any(outcome.differences for outcome in outcomes) else 0


def list_pairs(
    services: Iterable[str], only: str | None
) -> tuple[list[tuple[int, str, str]], Counter[str]]:
    """(operations, service, protocol) for each that is compared, the largest first, and the
    operations by protocol that has no row in `wires`.
    """
    pairs = []
    others: Counter[str] = Counter()
    for service in services:
        content = load_model(service, {}).content
        for protocol in list_protocols(content["metadata"]):
            size = len(content["operations"])
            if protocol not in WIRES:
                others[protocol] += size
            elif only in (None, protocol):
                pairs.append((size, service, protocol))
    return sorted(pairs, reverse=True), others


def show_progress(done: int, total: int) -> None:
    if sys.stderr.isatty():
        print(f"\r\033[K[{'#' * (30 * done // total):30}] {done}/{total}", end="", file=sys.stderr)
        if done == total:
            print(file=sys.stderr)


def print_table(outcomes: list[Outcome], others: Counter[str]) -> None:
    """A row a protocol, then what was left out and where we differ from botocore on purpose."""
    heads = ("operations", "requests equal", "responses equal", "errors equal", "left out")
    print(f"{'protocol':20}" + "".join(f"{head:>17}" for head in heads))
    for protocol in WIRES:
        group = [outcome for outcome in outcomes if outcome.protocol == protocol]
        if not group:
            continue
        cells = (
            f"{sum(each.operations for each in group):,}",
            f"{sum(each.requests for each in group):,}",
            f"{sum(each.responses for each in group):,}",
            f"{sum(each.errors_equal for each in group):,}/{sum(each.errors for each in group):,}",
            f"{sum(len(each.left_out) for each in group):,}",
        )
        print(f"{protocol:20}" + "".join(f"{cell:>17}" for cell in cells))
    for protocol, size in others.items():
        print(f"{protocol:20}{size:>17,}   not compared")
    reasons = Counter(reason for outcome in outcomes for _, reason in outcome.left_out)
    for reason, count in reasons.most_common():
        named = sorted(
            f"{outcome.service}:{name}"
            for outcome in outcomes
            for name, why in outcome.left_out
            if why == reason
        )
        more = f" and {len(named) - 8} more" if len(named) > 8 else ""
        print(f"left out, {count}: {reason}: {', '.join(named[:8])}{more}")
    departed: dict[str, list[str]] = {}
    for outcome in outcomes:
        for name, words in outcome.departed:
            departed.setdefault(words, []).append(f"{outcome.service}:{name} ({outcome.protocol})")
    for words, names in departed.items():
        more = f" and {len(names) - 1} more" if len(names) > 1 else ""
        print(f"on purpose: {names[0]}{more}: {words}")


JUDGES: dict[str, tuple[Callable[..., Any], Callable[..., None]]] = {
    "botocore": (run_task, print_table),
    "localstack": (read_task, print_readings),
}


if __name__ == "__main__":
    sys.exit(main())
