"""A device's day in front of the reader's eyes: all is real but its clock, and all is checked.

usage: python -m demo [edge|iot]     which cloud; SageMaker Edge Manager where none is named
"""

from __future__ import annotations

import importlib
import sys
import tempfile
from pathlib import Path

from demo.story import run, tell_seen, title

CLOUDS = ("edge", "iot")


def main(cloud: str = "edge") -> None:
    if cloud not in CLOUDS:
        raise SystemExit(f"{cloud!r} is no cloud; these are: {', '.join(CLOUDS)}")
    with tempfile.TemporaryDirectory(prefix="edgemote-run-") as folder:
        home = Path(folder)
        title("generate", "service models -> typed clients -> the bundle that a board gets")
        run("-m", "edgemote_codegen", "bundle", "--target", "any", "--out", str(home))
        importlib.import_module(f"demo.{cloud}").tell(home, home / "edgemote-any")
    tell_seen()


if __name__ == "__main__":
    main(*sys.argv[1:])
