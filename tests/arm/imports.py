"""What each import and each step to the first heartbeat costs on a board.

`self` is without what it imports or calls in turn. The two marks of each line are in the figures,
about 2,000 instructions; memory is what became resident meanwhile, which a later import may reuse.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from . import device, measure
from .guest import Run, run_guest
from .roots import TARGETS, MissingToolError, Target

# Steps after the imports: module, and a function in it.
STEPS = (
    "edgemote.client.connect:connect",
    "edgemote.client.connect:read_settings",
    "edgemote.client.connect:Transport._connect",
    "edgemote.client.connect:Transport.exchange",
    "edgemote.http.tls:client_context",
    "edgemote.client.connect:Signer.prepare",
    "edgemote.client.connect:Signer.sign",
    "edgemote.client.pipeline:Pipeline.send",
    "edgemote.client.pipeline:Pipeline.prepare",
    "aws.json_body:encode",
    "aws.validate:check",
    "aws.rest_json:encode_body",
    "aws.rest_json:encode",
    "edgemote.http.transport:_open_tcp",
    "edgemote.http.transport:http1.parse_response",
    "ssl:SSLContext.load_verify_locations",
    "ssl:SSLContext.wrap_socket",
    "ssl:SSLSocket.do_handshake",
    "socket:getaddrinfo",
)
SUBJECTS = {
    "edgemote": ("ours.py", device.bundle, STEPS),
    "floor": (
        "floor.py",
        device.msgspec_folder,
        tuple(step for step in STEPS if step.startswith(("ssl:", "socket:"))),
    ),
    "botocore": ("boto.py", device.botocore_folder, ()),
}


@dataclass
class Cost:
    """An import or a call: all of it, and what of it is its parts'."""

    name: str
    depth: int
    instructions: int = 0
    resident_kib: int = 0
    parts: list[Cost] = field(default_factory=list)

    @property
    def self_instructions(self) -> int:
        return self.instructions - sum(part.instructions for part in self.parts)

    @property
    def self_kib(self) -> int:
        return self.resident_kib - sum(part.resident_kib for part in self.parts)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m arm.imports", description=__doc__)
    parser.add_argument("--target", choices=TARGETS, default="armhf")
    parser.add_argument("--of", choices=SUBJECTS, default="edgemote", help="(%(default)s)")
    parser.add_argument("--code", help="lines of Python instead, with the bundle on the path")
    parser.add_argument("--watch", default="", help="more MODULE:FUNCTION, with commas")
    parser.add_argument(
        "--stretch",
        type=int,
        default=1,
        help="1: to the first heartbeat; 3: another heartbeat; others: see the script's marks",
    )
    parser.add_argument("--tree", action="store_true", help="in order, with what caused what")
    parser.add_argument("--top", type=int, default=40, help="lines of the list (%(default)s)")
    options = parser.parse_args()
    target = TARGETS[options.target]
    try:
        before, root = measure_costs(
            target, options.of, options.code, options.watch, options.stretch
        )
    except MissingToolError as error:
        print(f"arm: {error}", file=sys.stderr)
        return 1
    print(f"{'k instructions':>22} {'KiB':>16}\n{'self':>11}{'all':>11} {'self':>8}{'all':>8}")
    start = "Python, and this program's text compiled"
    print(f"{'':11}{before.instructions / 1e3:11,.0f} {'':8}{before.resident_kib:8,}  {start}")
    costs = list(walk(root))
    if not options.tree:
        costs = sorted(costs, key=lambda cost: -cost.self_instructions)[: options.top]
    for cost in costs:
        indent = "  " * cost.depth if options.tree else ""
        print(
            f"{cost.self_instructions / 1e3:11,.0f}{cost.instructions / 1e3:11,.0f} "
            f"{cost.self_kib:8,}{cost.resident_kib:8,}  {indent}{cost.name}"
        )
    return 0


def measure_costs(
    target: Target, subject: str, code: str | None = None, watch: str = "", stretch: int = 1
) -> tuple[Cost, Cost]:
    """What the start of Python costs, and the tree of costs up to the first heartbeat."""
    script, folder, steps = SUBJECTS[subject]
    with tempfile.TemporaryDirectory() as work, measure.serve() as endpoint:
        names = Path(work) / "names"
        program = measure.PROGRAMS / script
        if code is not None:
            program = Path(work) / "code.py"
            program.write_text(code)
        watched = ",".join([*steps, *filter(None, watch.split(","))])
        arguments = [measure.PROGRAMS / "costs.py", names, watched, program]
        run = run_guest(
            target,
            [*arguments, *measure.endpoint_arguments(endpoint), "1"],
            path=[folder(target)],
        )
        return read_costs(run, names.read_text().splitlines(), stretch)


def read_costs(run: Run, names: list[str], stretch: int = 1) -> tuple[Cost, Cost]:
    """The tree of costs, up to the first mark of the script itself: its first heartbeat.

    `stretch` counts the script's marks: 1 ends at the first, 3 is what lies between 2 and 3.
    """
    first = run.marks[0]
    before = Cost("", 0, first.instructions, first.resident_kib)
    root = Cost(names[0][1:], 0)
    stack = [(root, first)]
    for name, mark in zip(names[1:], run.marks[1:], strict=True):
        if name.startswith("+"):
            part = Cost(name[1:], len(stack))
            stack[-1][0].parts.append(part)
            stack.append((part, mark))
            continue
        if name == "mark" and stretch > 1:
            stretch -= 1
            root = Cost(root.name, 0)
            stack = [(root, mark)]
            continue
        # A script's own mark ends everything that is still going on.
        for cost, start in stack if name == "mark" else [stack.pop()]:
            cost.instructions = mark.instructions - start.instructions
            cost.resident_kib = mark.resident_kib - start.resident_kib
        if name == "mark":
            break
    return before, root


def walk(cost: Cost) -> Iterator[Cost]:
    """A cost and all of its parts, in order."""
    yield cost
    for part in cost.parts:
        yield from walk(part)


if __name__ == "__main__":
    sys.exit(main())
