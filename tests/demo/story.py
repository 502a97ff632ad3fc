"""What the reader of a demo sees, and what ends it where something is not as it shows."""

from __future__ import annotations

import subprocess
import sys

_seen: list[tuple[str, str]] = []


def title(step: str, what: str) -> None:
    print(f"\n== {step}: {what}", flush=True)


def note(step: str, what: str) -> None:
    """Something that was checked."""
    _seen.append((step, what))
    print(f"-> {what}", flush=True)


def tell_seen() -> None:
    title("seen", "and checked, each of them")
    width = max(len(step) for step, _ in _seen)
    for step, what in _seen:
        print(f"  {step.ljust(width)}  {what}")


def check(holds: object, what: str) -> None:
    """End the demo where something is not as it shows."""
    if not holds:
        raise SystemExit(f"not so: {what}")


def run(*arguments: str) -> None:
    subprocess.run([sys.executable, *arguments], check=True)
