"""The steps of a device's day that are the same in every cloud."""

from __future__ import annotations

import io
import os
import tarfile
import time
from pathlib import Path
from typing import Any, Protocol

from demo.board import Board
from demo.story import check, note, title
from fault_proxy import Fault, FaultProxy

FLEET, NAME = "dock", "cam-7"
BEATS = 3
MODEL_BYTES = 3_000_000
CUT_BYTES = 2_000_000
# A Date header has whole seconds.
CLOCK_LIMIT_S = 5.0


class Scene(Protocol):
    """The services of a cloud, and the links to them."""

    s3_link: FaultProxy

    def list_beats(self) -> list[dict[str, Any]]:
        """The heartbeats that arrived, in order, as SendHeartbeat's JSON."""

    def set_link(self, *, up: bool) -> None:
        """Lose the link to all of them, or get it back."""


def check_board(board: Board, scene: Scene) -> None:
    title("check", "the board's clock says 1970: python3 -m edgemote --config FILE --check")
    said = board.call("--check")
    check("the board's clock says 1970" in said, "it is 1970 on the board")
    check("time: synced with a server" in said, "the time is learnt")
    note("check", "all is well but the clock, and the time is learnt from a verified server")


def boot(board: Board, scene: Scene) -> None:
    board.boot()
    board.wait_for(f"{BEATS} heartbeats", lambda: len(scene.list_beats()) >= BEATS)
    check_times(scene)


def lose_link(board: Board, scene: Scene) -> None:
    title("link lost", "connections are reset and refused; heartbeats go to disk")
    # Just after a heartbeat: one whose answer is lost would be sent once more.
    latest = board.status("last_beat_s")
    board.wait_for("another heartbeat", lambda: board.status("last_beat_s") != latest)
    scene.set_link(up=False)
    before = len(scene.list_beats())
    board.wait_for("kept heartbeats", lambda: (board.status("kept") or 0) >= BEATS)
    check(len(scene.list_beats()) == before, "nothing arrives")
    note("link lost", f"{board.status('kept')} heartbeats kept on disk")


def lose_power(board: Board, scene: Scene) -> None:
    title("power lost", "SIGKILL; and again it is 1970, without a link to learn the time from")
    kept = board.status("kept")
    board.cut_power()
    board.boot()
    board.wait_for("more kept heartbeats", lambda: (board.status("kept") or 0) >= kept + BEATS)
    check(not board.status("time_synced"), "the board does not know the time")
    note("power lost", f"all {kept} still there, and {board.status('kept') - kept} more")


def get_link_back(board: Board, scene: Scene) -> None:
    title("link back", "what was kept arrives in order, with the times that it should have had")
    kept, before = board.status("kept"), len(scene.list_beats())
    # S3's link is cut as soon as the model comes, which the next step looks at.
    scene.set_link(up=True)
    scene.s3_link.fault = Fault("cut", at_byte=CUT_BYTES)
    board.wait_for("an empty spool", lambda: board.status("kept") == 0)
    beats = scene.list_beats()
    arrived = len(beats) - before
    check(arrived >= kept, f"all {kept} arrive")
    uptimes = [read_metric(beat, "UptimeSeconds")["Value"] for beat in beats]
    check(uptimes == sorted(set(uptimes)), "each arrives once and in order")
    check_times(scene)
    note("link back", f"{arrived} heartbeats arrived: each once, in order, with its right time")


def check_model(board: Board, scene: Scene, version: str, package: bytes) -> None:
    """The board has it, whole, tried, and says so; over the link came little more than it."""
    count = len(scene.list_beats())
    board.wait_for("a heartbeat after it", lambda: len(scene.list_beats()) > count)
    [model] = scene.list_beats()[-1]["Models"]
    check((model["ModelName"], model["ModelVersion"]) == ("snow-net", version), "it is the model")
    check("LatestInference" in model, "the script has tried it")
    [installed] = (board.state / "models" / "snow" / "current").iterdir()
    check(installed.read_bytes() == package, "the installed model is whole")


def check_resumed(scene: Scene, package: bytes) -> None:
    size, carried = len(package), scene.s3_link.carried["answer"]
    check(size < carried < size + MODEL_BYTES / 10, f"little came twice: {carried:,} bytes")
    note("download", f"{size:,} bytes in two pieces, {carried:,} with TLS: resumed, not begun anew")


def pack_model(weights: bytes | None = None) -> bytes:
    """A model as the firmware script wants it."""
    package = io.BytesIO()
    with tarfile.open(fileobj=package, mode="w:gz") as archive:
        for name, content in (
            ("labels.txt", b"snow rain fog"),
            ("weights.bin", os.urandom(MODEL_BYTES) if weights is None else weights),
        ):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return package.getvalue()


def read_metric(beat: dict[str, Any], name: str) -> dict[str, Any]:
    [metric] = [metric for metric in beat["AgentMetrics"] if metric["MetricName"] == name]
    return metric


def check_times(scene: Scene) -> None:
    """Every heartbeat says when it was made: the machine's uptime in it tells when that was."""
    machine_booted_s = time.time() - float(Path("/proc/uptime").read_text().split()[0])
    for beat in scene.list_beats():
        uptime = read_metric(beat, "UptimeSeconds")
        error_s = uptime["Timestamp"] - uptime["Value"] - machine_booted_s
        check(abs(error_s) < CLOCK_LIMIT_S, f"a heartbeat's time is right, not {error_s:+.0f} s")
