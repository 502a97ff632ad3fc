"""The command: serve AWS IoT to a device, and tell its operator where it is."""

from __future__ import annotations

import argparse
import contextlib
import json
import signal
import sys
import threading
from pathlib import Path
from types import FrameType

from endpoint import faults
from endpoint.certificates import write_private
from iot_cloud.cloud import IotCloud, Thing, serve_iot
from iot_cloud.forwarding import REGION
from iot_cloud.front import Passed
from judges.ministack import BOOTSTRAP_KEY

READY_FILE, CONFIG_FILE, OPERATOR_FILE = "iot.json", "edgemote.toml", "operator.sh"

_CONFIG = """\
[device]
name = "{thing.name}"
region = "{region}"
ca_file = "{cloud.ca_file}"

[cloud]
kind = "iot"
endpoint = "{cloud.endpoint_url}"

[credentials]
cert_file = "{thing.cert_file}"
key_file = "{thing.key_file}"

[folders]
state = "{cloud.folder}/state"
run = "{cloud.folder}/run"
"""
_OPERATOR = """\
export AWS_ENDPOINT_URL={cloud.operator_url} AWS_REGION={region}
export AWS_ACCESS_KEY_ID={key} AWS_SECRET_ACCESS_KEY=any
"""


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m iot_cloud",
        description="AWS IoT on this machine: a mutual-TLS front of ministack's, with its "
        f"registry, shadows, jobs and S3. DIR gets {READY_FILE}, {CONFIG_FILE} for a device, and "
        f"{OPERATOR_FILE} for who runs the AWS CLI.",
        epilog=f"faults (operation=UpdateJobExecution and the like):\n{faults.describe()}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--dir", type=Path, required=True, help="for certificates and logs")
    parser.add_argument("--thing", default="cam-7", help="a thing with a certificate (%(default)s)")
    parser.add_argument("--fault", action="append", default=[], metavar="NAME[:OPTION=VALUE,...]")
    parser.add_argument("--verbose", action="store_true", help="one line for each request")
    options = parser.parse_args(arguments)
    try:
        serve(options)
    except (OSError, RuntimeError, ValueError) as error:
        print(f"iot_cloud: {error}", file=sys.stderr)
        return 1
    return 0


def serve(options: argparse.Namespace) -> None:
    """Serve until SIGTERM or SIGINT; iot.json exists while connections are accepted."""
    ended = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        ended.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    folder = options.dir.resolve()
    ready_file = folder / READY_FILE
    ready_file.unlink(missing_ok=True)
    with serve_iot(folder) as cloud:
        for text in options.fault:
            name, settings = faults.parse_fault(text)
            cloud.front.faults.add(name, **settings)
        if options.verbose:
            cloud.front.watch = tell
        thing = cloud.add_thing(options.thing)
        names = {"cloud": cloud, "thing": thing, "region": REGION, "key": BOOTSTRAP_KEY}
        (folder / CONFIG_FILE).write_text(_CONFIG.format(**names))
        (folder / OPERATOR_FILE).write_text(_OPERATOR.format(**names))
        write_private(ready_file, json.dumps(describe(cloud, thing), indent=2).encode())
        print(f"AWS IoT ready at {cloud.endpoint_url} ({ready_file})")
        print(f"  a device: python3 -m edgemote --config {folder / CONFIG_FILE}")
        print(f"  its operator: . {folder / OPERATOR_FILE}; aws iot list-things", flush=True)
        with contextlib.ExitStack() as stack:
            stack.callback(ready_file.unlink, missing_ok=True)
            ended.wait()


def describe(cloud: IotCloud, thing: Thing) -> dict[str, str]:
    return {
        "endpoint_url": cloud.endpoint_url,
        "ca_file": cloud.ca_file,
        "thing": thing.name,
        "cert_file": thing.cert_file,
        "key_file": thing.key_file,
        "operator_url": cloud.operator_url,
        "s3_url": cloud.s3.url,
        "presign_role": cloud.presign_role,
    }


def tell(passed: Passed) -> None:
    """One line for a person."""
    words = (
        passed.thing or "-",
        passed.operation,
        f"{len(passed.request.body)} B",
        str(passed.answer.status),
        passed.answer.error or "",
    )
    print(" ".join(filter(None, words)), flush=True)


if __name__ == "__main__":
    sys.exit(main())
