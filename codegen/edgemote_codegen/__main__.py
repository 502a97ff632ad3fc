"""The command line: `edgemote-codegen --help`, or `python -m edgemote_codegen --help`.

model -> selection -> IR -> text -> files: `generate` below is that sentence in code.
"""

from __future__ import annotations

import argparse
import base64
import io
import os
import shlex
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from .bundle import Contents, default_cache, describe_sizes, write_bundle
from .bundle.completeness import Settings
from .bundle.msgspec_builds import DEFAULT_PYTHON, check_libc
from .command_line import make_parser
from .config import read_config, write_table
from .errors import CodegenError
from .generation import make_changed, make_services
from .models import list_services, load_model
from .needs import FEATURES
from .output import compare_files, write_files
from .planning import choose_cloud, merge_selections, plan_tasks
from .selection import select
from .sizes import measure_services, report_sizes
from .tasks import Made, Task

Item = TypeVar("Item")


def generate(arguments: argparse.Namespace) -> int:
    """Write the clients, or with --check compare them with what is there."""
    config, home = read_config(Path.cwd())
    out = arguments.out or Path(os.path.relpath(home / config.out))
    rendered = join_files(make_clients(arguments, plan_tasks(arguments), out))
    if arguments.check:
        return report_differences(compare_files(out, rendered), arguments)
    changed = write_files(out, rendered)
    print(f"{out / 'aws'}: {len(rendered)} files, {len(changed)} changed")
    return 0


def make_clients(
    arguments: argparse.Namespace, tasks: Sequence[Task], out: Path | None = None
) -> list[Made]:
    """Make the requested services; `out` has what an earlier run wrote."""
    made = (
        make_services(tasks) if out is None else make_changed(tasks, out, keep=not arguments.check)
    )
    services = list(show_progress(made, len(tasks)))
    for line in (line for one in services for line in one.left_out):
        print(line, file=sys.stderr)
    return services


def join_files(services: Iterable[Made]) -> dict[str, str]:
    """Path below the output folder -> text."""
    return {path: text for one in services for path, text in one.files.items()}


def tell_sizes(arguments: argparse.Namespace) -> int:
    """Print the sizes of the chosen services and operations."""
    print_lines(report_sizes(measure_services(plan_tasks(arguments))))
    return 0


def bundle(arguments: argparse.Namespace) -> int:
    """Write the folder to copy to a device."""
    for option, what in {"cloud": "chooses its cloud", "config": "configures it"}.items():
        if getattr(arguments, option) and arguments.client_only:
            raise CodegenError(
                f"--client-only leaves out the agent, but --{option} {what}: use only one of them"
            )
    check_libc(arguments.target, arguments.libc)
    tasks = plan_tasks(arguments)
    features, config = {*tasks[0].features}, b""
    if not arguments.client_only:
        tasks, config = choose_cloud(arguments, tasks)
        features |= {*Settings(config).features}
    made = make_clients(arguments, tasks)
    contents = Contents(
        target=arguments.target,
        pythons=tuple(dict.fromkeys(arguments.python or [DEFAULT_PYTHON])),
        libc=arguments.libc,
        bytecode=arguments.bytecode,
        with_docs=arguments.docs,
        clients=join_files(made),
        optional_modules={
            *(module for one in made for module in one.runtime_modules),
            *(module for name in features for module in FEATURES[name]),
        },
        client_only=arguments.client_only,
        config=config,
    )
    folder = write_bundle(contents, arguments.out, arguments.cache or default_cache())
    print(f"{folder}:")
    print_lines(describe_sizes(folder, folder.with_name(f"{folder.name}.tar.gz")))
    return 0


def report_differences(differences: list[str], arguments: argparse.Namespace) -> int:
    """Print a line for each difference, and return the exit status of --check."""
    for line in differences:
        print(line, file=sys.stderr)
    if differences:
        again = shlex.join(word for word in sys.argv[1:] if word != "--check")
        print(f"to update it: python -m edgemote_codegen {again}", file=sys.stderr)
    return 1 if differences else 0


def show_progress(items: Iterable[Item], total: int, quiet_s: float = 1.0) -> Iterator[Item]:
    """Yield the items, and show a progress bar on a terminal if they take longer than `quiet_s`."""
    started = time.monotonic()
    line = ""
    for done, item in enumerate(items):
        if total > 1 and sys.stderr.isatty() and time.monotonic() - started > quiet_s:
            filled = 30 * done // total
            line = f"[{'#' * filled:30}] {done}/{total}"
            print(f"\r\033[K{line}", end="", file=sys.stderr, flush=True)
        yield item
    if line:
        print("\r\033[K", end="", file=sys.stderr, flush=True)


def init(arguments: argparse.Namespace) -> int:
    """Write a [tool.edgemote] to fill in."""
    for selection in merge_selections(arguments.services):
        select(load_model(selection.service, {}), selection.operations)
    path = write_table(Path.cwd(), arguments.services)
    print(f"{path}: [tool.edgemote] written; `edgemote-codegen generate` reads it")
    return 0


def list_names(arguments: argparse.Namespace) -> int:
    """Print services, or one service's operations."""
    config, home = read_config(Path.cwd())
    files = {name: home / path for name, path in config.models.items()} | dict(arguments.model)
    if arguments.service is None:
        print_lines(sorted({*list_services(), *files}))
        return 0
    model = load_model(arguments.service, files)
    print_lines(sorted(select(model, ()).operations))
    return 0


def sign(arguments: argparse.Namespace) -> int:
    """Write a model's signature beside it, or print its base64."""
    from .signing import sign_model

    signature = sign_model(arguments.model, arguments.key)
    if arguments.print:
        print(base64.b64encode(signature).decode())
        return 0
    out = arguments.out or arguments.model.with_name(f"{arguments.model.name}.sig")
    try:
        out.write_bytes(signature)
    except OSError as error:
        raise CodegenError(f"{out}: {error.strerror}") from None
    print(f"{out}: {len(signature)} bytes")
    return 0


def print_lines(lines: Iterable[str]) -> None:
    """Print one item per line."""
    for line in lines:
        print(line)


COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "init": init,
    "generate": generate,
    "sizes": tell_sizes,
    "bundle": bundle,
    "list": list_names,
    "sign-model": sign,
}


def main() -> int:
    """Run one command. The user's errors are printed to stderr, as one line."""
    arguments = make_parser().parse_args()
    if isinstance(sys.stdout, io.TextIOWrapper):  # names of files that the locale cannot write
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        status = COMMANDS[arguments.command](arguments)
        sys.stdout.flush()
        return status
    except CodegenError as error:
        return fail(str(error))
    except BrokenPipeError:
        sys.stderr.close()  # the reader, such as `head`, has seen enough
        return 0
    except OSError as error:
        path = error.filename
        if path is None:  # a full disk below stdout, which Python would flush again at its end
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        reason = error.strerror or str(error)
        return fail(f"{os.fsdecode(path)}: {reason}" if isinstance(path, (str, bytes)) else reason)
    except KeyboardInterrupt:
        return fail("interrupted", 128 + signal.SIGINT)


def fail(text: str, status: int = 2) -> int:
    """Print an error, and return the exit status."""
    print(f"edgemote-codegen: {CodegenError(text)}", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
