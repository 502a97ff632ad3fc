"""How the benchmarks measure, and how they print."""

from __future__ import annotations

import time
from collections.abc import Callable

ROUNDS = 60
_ROUND_S = 0.005


def best_us(**jobs: Callable[[], object]) -> dict[str, float]:
    """Microseconds of the processor for one call of each job, the best of ROUNDS short rounds in
    turn: what else the machine does counts little.
    """
    counts = {}
    for name, job in jobs.items():
        job()
        started = time.process_time()
        job()
        counts[name] = max(1, int(_ROUND_S / max(time.process_time() - started, 1e-7)))
    best = dict.fromkeys(jobs, float("inf"))
    for _ in range(ROUNDS):
        for name, job in jobs.items():
            started = time.process_time()
            for _ in range(counts[name]):
                job()
            spent = (time.process_time() - started) / counts[name] * 1e6
            best[name] = min(best[name], spent)
    return best


def row(name: str, us: float, floor: float = 0.0, botocore: float = 0.0) -> None:
    of_floor = f"{us / floor:8.2f} x floor" if floor else ""
    faster = f"{botocore / us:8.1f} x faster than botocore" if botocore else ""
    print(f"  {name:44} {us:9.2f} us {of_floor} {faster}".rstrip())


def verdict(what: str, reached: float, goal: float, *, most: bool = False) -> None:
    met = reached <= goal if most else reached >= goal
    bound = "at most" if most else "at least"
    print(f"  -> {what}: {reached:.2f} x, goal {bound} {goal:g} x: {'met' if met else 'missed'}")
