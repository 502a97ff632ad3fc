"""Generate the client, start the local endpoint, register, beat, read deployments, show what
arrived.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FLEET, DEVICE = "dock", "cam-7"
BEATS = 3
START_TIMEOUT_S = 60


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="edgemote-run-") as folder:
        home = Path(folder)
        say("generate", "service model -> typed client")
        run("-m", "edgemote_codegen", "generate", "sagemaker-edge", "--out", str(home / "clients"))
        show_sizes(home / "clients" / "aws")

        say("endpoint", "a TLS server that checks every signature, on a free port")
        endpoint, facts = start_endpoint(home)
        try:
            say("device", "register, beat, read deployments")
            # A process of its own, with what a device has: the generated client, the runtime and
            # msgspec.
            device = [sys.executable, "-m", "demo.device", facts["url"], facts["region"]]
            keys = facts["keys"]["permanent"]
            environment = {
                **os.environ,
                "PYTHONPATH": f"{home / 'clients'}:{ROOT / 'runtime'}:{ROOT / 'tests'}",
                "AWS_ACCESS_KEY_ID": keys["access_key_id"],
                "AWS_SECRET_ACCESS_KEY": keys["secret_access_key"],
                "AWS_CA_BUNDLE": facts["ca_file"],
            }
            subprocess.run([*device, FLEET, DEVICE, str(BEATS)], env=environment, check=True)

            say("stored", "what the endpoint accepted")
            run("-m", "endpoint", "--show", str(home / "endpoint"))
        finally:
            endpoint.send_signal(signal.SIGTERM)
            endpoint.wait(START_TIMEOUT_S)
    return 0


def say(step: str, what: str) -> None:
    print(f"\n== {step}: {what}", flush=True)


def run(*arguments: str) -> None:
    subprocess.run([sys.executable, *arguments], check=True)


def show_sizes(package: Path) -> None:
    python = list(package.rglob("*.py"))
    size = sum(path.stat().st_size for path in python)
    import botocore

    theirs = [path for path in Path(botocore.__file__).parent.rglob("*") if path.is_file()]
    their_size = sum(path.stat().st_size for path in theirs)
    print(
        f"{len(python)} Python files, {size / 1024:.0f} KiB; botocore: {their_size / 1024:,.0f} KiB"
    )


def start_endpoint(home: Path) -> tuple[subprocess.Popen[bytes], dict]:
    folder = home / "endpoint"
    deployment = home / "deployment.json"
    deployment.write_text(
        json.dumps(
            {
                "DeploymentName": "winter-models",
                "Type": "Model",
                "FailureHandlingPolicy": "ROLLBACK_ON_FAILURE",
                "Definitions": [
                    {
                        "ModelHandle": "snow",
                        "S3Url": "s3://models/snow.tar.gz",
                        "Checksum": {"Type": "SHA1", "Sum": "0" * 40},
                        "State": "DEPLOY",
                    }
                ],
            }
        )
    )
    command = [sys.executable, "-m", "endpoint", "--port", "0", "--dir", str(folder)]
    command += ["--register", f"{FLEET}/{DEVICE}", "--deploy", f"{FLEET}/{DEVICE}={deployment}"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    deadline = time.monotonic() + START_TIMEOUT_S
    while not (folder / "endpoint.json").exists():
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            raise SystemExit("the endpoint did not start")
        time.sleep(0.05)
    facts = json.loads((folder / "endpoint.json").read_text())
    print(f"ready at {facts['url']}, throw-away CA in {facts['ca_file']}")
    return process, facts


if __name__ == "__main__":
    if shutil.which("make") and "PYTHONPATH" not in os.environ:
        raise SystemExit("run this by: make run")
    sys.exit(main())
