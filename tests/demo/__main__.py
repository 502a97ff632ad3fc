"""A device's day in front of the reader's eyes: all is real but its clock, and all is checked.

It boots without a clock, gets credentials by its certificate, registers, beats, loses its link and
its power, delivers what it kept, and installs a model over a download that is cut.
"""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path
from typing import Any

from demo.scene import FLEET, NAME, Board, Services, check, serve
from fault_proxy import Fault

BEATS = 3
MODEL_BYTES = 3_000_000
CUT_BYTES = 2_000_000
# A Date header has whole seconds.
CLOCK_LIMIT_S = 5.0

seen: list[tuple[str, str]] = []


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="edgemote-run-") as folder:
        home = Path(folder)
        title("generate", "service models -> typed clients -> the bundle that a board gets")
        run("-m", "edgemote_codegen", "bundle", "--target", "any", "--out", str(home))

        title("services", "Edge Manager, AWS IoT's credential provider, S3: TLS, a throw-away CA")
        with serve(home) as services:
            board = Board(home, home / "edgemote-any", services.write_config(home))
            try:
                for step in (check_board, boot, lose_link, lose_power, get_link_back, deploy, stop):
                    step(board, services)
            finally:
                board.cut_power()

        title("stored", "what Edge Manager accepted: python -m endpoint --show DIR")
        run("-m", "endpoint", "--show", str(home / "endpoint"))
    title("seen", "and checked, each of them")
    width = max(len(step) for step, _ in seen)
    for step, what in seen:
        print(f"  {step.ljust(width)}  {what}")


def check_board(board: Board, services: Services) -> None:
    title("check", "the board's clock says 1970: python3 -m edgemote --config FILE --check")
    said = board.call("--check")
    check("the board says 1970" in said, "it is 1970 on the board")
    check("time: synced with a server" in said, "the time is learnt")
    note("check", "all is well but the clock, and the time is learnt from a verified server")


def boot(board: Board, services: Services) -> None:
    title("boot", "credentials by certificate, registration, heartbeats: python3 device.py FILE")
    board.boot()
    board.wait_for(f"{BEATS} heartbeats", lambda: len(list_beats(services)) >= BEATS)
    check(services.keys.requests, "the certificate was shown for credentials")
    check(board.status("registered"), "the device is registered")
    check_times(services)
    note("boot", f"registered with a key got by certificate; {BEATS} heartbeats at the right time")


def lose_link(board: Board, services: Services) -> None:
    title("link lost", "connections are reset and refused; heartbeats go to disk")
    # Just after a heartbeat: one whose answer is lost would be sent once more.
    latest = board.status("last_beat_s")
    board.wait_for("another heartbeat", lambda: board.status("last_beat_s") != latest)
    services.set_link(up=False)
    before = len(list_beats(services))
    board.wait_for("kept heartbeats", lambda: (board.status("kept") or 0) >= BEATS)
    check(len(list_beats(services)) == before, "nothing arrives")
    note("link lost", f"{board.status('kept')} heartbeats kept on disk")


def lose_power(board: Board, services: Services) -> None:
    title("power lost", "SIGKILL; and again it is 1970, without a link to learn the time from")
    kept = board.status("kept")
    board.cut_power()
    board.boot()
    board.wait_for("more kept heartbeats", lambda: (board.status("kept") or 0) >= kept + BEATS)
    check(not board.status("time_synced"), "the board does not know the time")
    note("power lost", f"all {kept} still there, and {board.status('kept') - kept} more")


def get_link_back(board: Board, services: Services) -> None:
    title("link back", "what was kept arrives in order, with the times that it should have had")
    kept, before = board.status("kept"), len(list_beats(services))
    upload_model(services)
    # S3's link is cut as soon as the model comes, which the next step looks at.
    services.set_link(up=True)
    services.s3_link.fault = Fault("cut", at_byte=CUT_BYTES)
    board.wait_for("an empty spool", lambda: board.status("kept") == 0)
    beats = list_beats(services)
    arrived = len(beats) - before
    check(arrived >= kept, f"all {kept} arrive")
    uptimes = [read_metric(beat, "UptimeSeconds")["Value"] for beat in beats]
    check(uptimes == sorted(set(uptimes)), "each arrives once and in order")
    check_times(services)
    note("link back", f"{arrived} heartbeats arrived: each once, in order, with its right time")


def upload_model(services: Services) -> None:
    """A model in S3, and a deployment of it."""
    package = io.BytesIO()
    with tarfile.open(fileobj=package, mode="w:gz") as archive:
        for name, content in (
            ("labels.txt", b"snow rain fog"),
            ("weights.bin", os.urandom(MODEL_BYTES)),
        ):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    url = services.s3.put("models", "snow-net-1.4.tar.gz", package.getvalue())
    definition = {
        "ModelHandle": "snow",
        "S3Url": url,
        "Checksum": {"Type": "SHA1", "Sum": hashlib.sha1(package.getvalue()).hexdigest()},
        "State": "DEPLOY",
    }
    deployment = {
        "DeploymentName": "winter-models",
        "Type": "Model",
        "FailureHandlingPolicy": "ROLLBACK_ON_FAILURE",
        "Definitions": [definition],
    }
    services.edge.deploy(FLEET, NAME, deployment)


def deploy(board: Board, services: Services) -> None:
    title("deployment", f"S3 hangs up after {CUT_BYTES:,} bytes; the download goes on from there")
    link, store = services.s3_link, services.edge.store
    board.wait_for("a cut download", lambda: link.carried["answer"] >= CUT_BYTES)
    link.fault = None
    board.wait_for("a result", lambda: store.count("deployment_results"))
    [result] = [beat["DeploymentResult"] for beat in list_beats(services) if is_result(beat)]
    check(result["DeploymentStatus"] == "SUCCESS", f"{result} is a success")
    count = len(list_beats(services))
    board.wait_for("a heartbeat after it", lambda: len(list_beats(services)) > count)
    [model] = list_beats(services)[-1]["Models"]
    check((model["ModelName"], model["ModelVersion"]) == ("snow-net", "1.4"), "it is the model")
    check("LatestInference" in model, "the script has tried it")

    [original] = (services.s3.folder / "models").iterdir()
    [installed] = (board.state / "models" / "snow" / "current").iterdir()
    check(installed.read_bytes() == original.read_bytes(), "the installed model is whole")
    size, carried = original.stat().st_size, link.carried["answer"]
    check(size < carried < size + MODEL_BYTES / 10, f"little came twice: {carried:,} bytes")
    note("download", f"{size:,} bytes in two pieces, {carried:,} with TLS: resumed, not begun anew")
    note("deployment", "checksum right, tried by the firmware script, switched, reported once")


def stop(board: Board, services: Services) -> None:
    title("stop", "python3 -m edgemote --config FILE --status, then SIGTERM")
    said = board.call("--status")
    check("snow-net" in said, "--status names the model")
    board.shut_down()
    check(services.edge.store.count("deployment_results") == 1, "the result was reported once")
    note("stop", "status told; SIGTERM ended it in good order")


def list_beats(services: Services) -> list[dict[str, Any]]:
    return services.edge.store.heartbeats()


def is_result(beat: dict[str, Any]) -> bool:
    return bool(beat.get("DeploymentResult"))


def read_metric(beat: dict[str, Any], name: str) -> dict[str, Any]:
    [metric] = [metric for metric in beat["AgentMetrics"] if metric["MetricName"] == name]
    return metric


def check_times(services: Services) -> None:
    """Every heartbeat says when it was made: the machine's uptime in it tells when that was."""
    machine_booted_s = time.time() - float(Path("/proc/uptime").read_text().split()[0])
    for beat in list_beats(services):
        if not is_result(beat):
            uptime = read_metric(beat, "UptimeSeconds")
            error_s = uptime["Timestamp"] - uptime["Value"] - machine_booted_s
            check(
                abs(error_s) < CLOCK_LIMIT_S, f"a heartbeat's time is right, not {error_s:+.0f} s"
            )


def title(step: str, what: str) -> None:
    print(f"\n== {step}: {what}", flush=True)


def note(step: str, what: str) -> None:
    seen.append((step, what))
    print(f"-> {what}", flush=True)


def run(*arguments: str) -> None:
    subprocess.run([sys.executable, *arguments], check=True)


if __name__ == "__main__":
    main()
