"""The command: start an endpoint, tell a running one what to do, show what one stored."""

from __future__ import annotations

import argparse
import contextlib
import json
import signal
import sqlite3
import ssl
import sys
import threading
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType
from typing import Any

from endpoint import control, faults
from endpoint.answers import RefusedError
from endpoint.certificates import write_private
from endpoint.key_sources import serve_key_sources
from endpoint.server import DATABASE_FILE, READY_FILE, Endpoint, split_device
from endpoint.tables import show

COMMAND_TIMEOUT_S = 30


def main(arguments: list[str] | None = None) -> int:
    options = build_parser().parse_args(arguments)
    try:
        if options.show:
            print(show(options.show / DATABASE_FILE))
        elif options.tell:
            for line in tell(options.tell, read_commands(options)):
                print(line)
        else:
            serve(options)
    except (OSError, ValueError, RefusedError, sqlite3.Error) as error:
        print(f"endpoint: {error}", file=sys.stderr)
        return 1
    return 0


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m endpoint",
        description="A local SageMaker Edge Manager that checks signatures and fails on request.",
        epilog="faults (with the defaults of their options; also times=1, times=always, skip=0, "
        f"operation=NAME):\n{faults.describe()}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "--dir", type=Path, help="serve, keeping endpoint.json, ca.pem, keys and database here"
    )
    what.add_argument("--show", type=Path, metavar="DIR", help="print what is stored in DIR")
    what.add_argument(
        "--tell",
        type=Path,
        metavar="DIR",
        help="apply --register, --deploy, --fault, --clear-faults, --clock-offset-s "
        "to the endpoint that runs in DIR",
    )
    serving = parser.add_argument_group("serving")
    serving.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    serving.add_argument("--port", type=int, default=0, help="0 takes a free one (%(default)s)")
    serving.add_argument("--region", default="us-west-2", help="region it signs for (%(default)s)")
    serving.add_argument("--ca", type=Path, metavar="DIR", help="a CA shared with other endpoints")
    serving.add_argument("--tls-version", choices=("1.2", "1.3"), help="only this one")
    serving.add_argument(
        "--any-device", action="store_true", help="take every device as registered"
    )
    serving.add_argument(
        "--role-alias",
        metavar="ALIAS",
        help="serve AWS IoT's credential provider too; endpoint.json says with which certificate",
    )
    serving.add_argument(
        "--container-credentials", action="store_true", help="serve a container's credentials too"
    )
    serving.add_argument(
        "--instance-role", metavar="ROLE", help="serve EC2's instance metadata too"
    )
    serving.add_argument(
        "--key-lifetime-s",
        type=float,
        default=3600.0,
        help="of the keys that these three hand out (%(default)g)",
    )
    serving.add_argument("--verbose", action="store_true", help="one line for each request")
    both = parser.add_argument_group("serving and --tell (repeatable)")
    both.add_argument("--register", action="append", default=[], metavar="FLEET/DEVICE")
    both.add_argument(
        "--deploy",
        action="append",
        default=[],
        metavar="FLEET[/DEVICE]=FILE",
        help="queue the EdgeDeployment in a JSON file",
    )
    both.add_argument("--fault", action="append", default=[], metavar="NAME[:OPTION=VALUE,...]")
    both.add_argument("--clear-faults", action="store_true", help="before arming others")
    both.add_argument("--clock-offset-s", type=float, help="how far its clock is ahead")
    return parser


def read_commands(options: argparse.Namespace) -> list[tuple[str, dict[str, Any]]]:
    """The options that a running endpoint understands, as its control commands."""
    commands: list[tuple[str, dict[str, Any]]] = []
    if options.clear_faults:
        commands.append(("clear-faults", {}))
    if options.clock_offset_s is not None:
        commands.append(("clock", {"offset_s": options.clock_offset_s}))
    for text in options.register:
        fleet, device = split_device(text)
        commands.append(("register", {"fleet": fleet, "device": device}))
    for text in options.deploy:
        target, equals, file = text.partition("=")
        if not equals:
            raise ValueError(f"{text!r} is not FLEET[/DEVICE]=FILE")
        fleet, device = split_device(target) if "/" in target else (target, None)
        document = json.loads(Path(file).read_bytes())
        commands.append(("deploy", {"fleet": fleet, "device": device, "document": document}))
    for text in options.fault:
        name, settings = faults.parse_fault(text)
        commands.append(("fault", {"name": name, **settings}))
    return commands


def serve(options: argparse.Namespace) -> None:
    """Serve until SIGTERM or SIGINT; endpoint.json exists while connections are accepted."""
    ended = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        ended.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    ready_file = options.dir / READY_FILE
    ready_file.unlink(missing_ok=True)
    with contextlib.ExitStack() as stack:
        endpoint = stack.enter_context(
            Endpoint(
                host=options.host,
                port=options.port,
                region=options.region,
                any_device=options.any_device,
                directory=options.dir,
                ca_directory=options.ca,
                tls_version=options.tls_version,
                verbose=options.verbose,
            )
        )
        for name, settings in read_commands(options):
            control.COMMANDS[name](endpoint, **settings)
        sources = stack.enter_context(
            serve_key_sources(
                endpoint,
                role_alias=options.role_alias,
                container=options.container_credentials,
                instance_role=options.instance_role,
                lifetime_s=options.key_lifetime_s,
            )
        )
        facts = {**endpoint.describe(), **sources}
        write_private(ready_file, json.dumps(facts, indent=2).encode())
        print(f"endpoint ready at {endpoint.url} ({ready_file})", flush=True)
        try:
            ended.wait()
        finally:
            ready_file.unlink(missing_ok=True)


def tell(directory: Path, commands: list[tuple[str, dict[str, Any]]]) -> list[str]:
    """Send commands to the endpoint that runs in `directory`; what it says to each."""
    ready = json.loads((directory / READY_FILE).read_bytes())
    request = urllib.request.Request(
        ready["url"] + control.PATH, json.dumps(commands).encode(), method="POST"
    )
    # Never through a proxy of the environment: it is this machine.
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}),
        urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=ready["ca_file"])),
    )
    try:
        with opener.open(request, timeout=COMMAND_TIMEOUT_S) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            raise ValueError(json.load(error)["message"]) from None


if __name__ == "__main__":
    sys.exit(main())
