"""A file of 200 MB both ways on a board: its memory stays that of a small one."""

from __future__ import annotations

import tempfile
from pathlib import Path

from runtime.http_peer import Peer
from runtime.zeros_peer import serve_zeros

from . import device, measure
from .guest import GuestError, run_guest
from .roots import Target

GROWTH_LIMIT_KIB = 1024
SIZES = {"small": 2 << 20, "large": 200_000_000}


def run_transfers(target: Target) -> str:
    """What is wrong, "" when nothing is."""
    with tempfile.TemporaryDirectory() as folder, Peer(serve_zeros(SIZES)) as peer:
        for key, size in SIZES.items():
            with open(Path(folder) / key, "wb") as file:
                file.truncate(size)  # nothing of it is on the disk
        arguments = [measure.PROGRAMS / "transfers.py", peer.origin, folder, *SIZES]
        try:
            run = run_guest(target, arguments, path=[device.bundle(target, "transfers")])
        except GuestError as error:
            return f"{target.name}: transfers: {error}"
    idle, _ = run.marks
    growth = run.end.peak_kib - idle.resident_kib
    if growth > GROWTH_LIMIT_KIB:
        return (
            f"{target.name}: transfers: memory grows by {growth} KiB with {SIZES['large']} bytes, "
            f"at most {GROWTH_LIMIT_KIB} are allowed"
        )
    print(
        f"{target.name}: transfers: {SIZES['large']} bytes both ways, growth {growth} KiB, "
        f"peak {run.end.peak_kib} KiB",
        flush=True,
    )
    return ""
