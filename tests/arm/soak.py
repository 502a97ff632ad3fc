"""No leaks, no growth: 100,000 heartbeats over a kept connection, 1,000 over new ones.

On this machine's own Python; arm.check does a shorter count on each board.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import subprocess
import sys
import tempfile
from multiprocessing.connection import Connection
from pathlib import Path

from .authorities import Peer, serve_answers
from .roots import PROJECT

PROGRAM = Path(__file__).with_name("programs") / "soak.py"
# What memory may grow by after the first tenth. The allocator's arenas move it by a page or some,
# whatever the count; a leak of one byte for each heartbeat would be over it.
GROWTH_LIMIT_KIB = 64


def find_growth(resident_kib: list[int]) -> int:
    """KiB by which the highest look is above the first one."""
    return max(resident_kib) - resident_kib[0]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m arm.soak", description=__doc__)
    parser.add_argument("--kept", type=int, default=100_000, help="heartbeats over one connection")
    parser.add_argument("--new", type=int, default=1_000, help="heartbeats over a new one each")
    options = parser.parse_args()
    failed = False
    # A process of its own, else its threads and ours would share one interpreter.
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.Process(target=_serve, args=(theirs,), daemon=True)
    server.start()
    try:
        peer = ours.recv()
        for what, count, kept in (
            ("over a kept connection", options.kept, options.kept + 1),
            ("over new connections", options.new, 1),
        ):
            looks = _run(peer, count, kept)
            growth = find_growth(looks)
            verdict = "flat" if growth <= GROWTH_LIMIT_KIB else "GROWS"
            failed |= growth > GROWTH_LIMIT_KIB
            print(
                f"{count:,} heartbeats {what}: {looks[0]:,} KiB after a tenth, {looks[-1]:,} KiB "
                f"at the end, growth {growth} KiB of at most {GROWTH_LIMIT_KIB}: {verdict}"
            )
    finally:
        ours.send(None)
        server.join()
    return int(failed)


def _run(peer: Peer, count: int, kept: int) -> list[int]:
    arguments = ["localhost", str(peer.port), peer.ca_file, str(count), str(kept)]
    path = os.pathsep.join(str(PROJECT / part) for part in ("runtime", "generated"))
    done = subprocess.run(
        [sys.executable, str(PROGRAM), *arguments],
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return [int(line.split()[1]) for line in done.stdout.splitlines()]


def _serve(channel: Connection) -> None:
    with tempfile.TemporaryDirectory() as folder, serve_answers(Path(folder)) as peer:
        channel.send(peer)
        channel.recv()


if __name__ == "__main__":
    sys.exit(main())
