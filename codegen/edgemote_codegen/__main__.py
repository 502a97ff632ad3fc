"""The command line: `python -m edgemote_codegen --help`.

model -> selection -> IR -> text -> files: `generate` below is that sentence in code.
"""

from __future__ import annotations

import argparse
import base64
import os
import shlex
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NoReturn, TypeVar

from .bundle import Contents, default_cache, describe_sizes, read_device_config, write_bundle
from .bundle.completeness import (
    BUCKET_OPERATIONS,
    CLOUDS,
    Settings,
    check_completeness,
    find_cloud,
    list_foreign_services,
)
from .bundle.msgspec_builds import DEFAULT_PYTHON, PYTHONS, TARGETS
from .bundle.runtime import read_version
from .config import Config, read_config, write_table
from .endpoints import Reduction
from .errors import CodegenError
from .generation import make_changed, make_services
from .ir import Selection
from .models import check_regions, list_services, load_model
from .names import check_module_names
from .needs import FEATURES
from .output import compare_files, write_files
from .protocols import PROTOCOLS
from .rendering import SHARED_MODULES
from .selection import parse_selection, select
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


def plan_tasks(arguments: argparse.Namespace) -> list[Task]:
    """Return a task for each service to generate."""
    config, home = read_config(Path.cwd())
    files = {name: home / path for name, path in config.models.items()} | dict(arguments.model)
    for key in ("paginators", "waiters"):
        check_services_of(key, getattr(config, key), config.services)
    protocols = {**config.protocols, **dict(arguments.protocol)}
    selections = choose_services(arguments, config.services)
    reduction = choose_reduction(arguments, config, selections)
    command = write_command(arguments, config, home)
    return [
        Task(
            selection,
            files,
            protocols.get(selection.service),
            config.docs and not arguments.no_docs,
            config.split_from,
            command,
            may_be_left_out=is_everything(arguments),
            reduction=reduction,
            endpoint_parameters=config.endpoint_parameters.get(selection.service, {}),
            paginators=choose_around("paginators", selection, arguments, config),
            waiters=choose_around("waiters", selection, arguments, config),
            features=tuple(choose_features(arguments)),
        )
        for selection in selections
    ]


def check_services_of(key: str, named: bool | list[str], services: Sequence[str]) -> None:
    """Raise CodegenError if a key of the configuration names a service that is not generated."""
    generated = {parse_selection(text).service for text in services}
    for name in [] if isinstance(named, bool) else named:
        if name not in generated:
            raise CodegenError(
                f"{key} of [tool.edgemote]: {name!r} is not listed in services: add it there"
            )


def choose_around(
    kind: str, selection: Selection, arguments: argparse.Namespace, config: Config
) -> bool:
    """Whether a client gets its paginators, or its waiters."""
    if getattr(arguments, kind):
        return True
    configured: bool | list[str] = getattr(config, kind)
    return configured if isinstance(configured, bool) else selection.service in configured


def tell_sizes(arguments: argparse.Namespace) -> int:
    """Print the sizes of the chosen services and operations."""
    print_lines(report_sizes(measure_services(plan_tasks(arguments))))
    return 0


def is_everything(arguments: argparse.Namespace) -> bool:
    """Whether the command line asks for every service."""
    return bool(arguments.all or arguments.services == ["*"])


def bundle(arguments: argparse.Namespace) -> int:
    """Write the folder to copy to a device."""
    if arguments.cloud and arguments.client_only:
        raise CodegenError(
            "--cloud chooses the agent's cloud, but --client-only leaves out the agent: use only "
            "one of them"
        )
    tasks = plan_tasks(arguments)
    config = b""
    if not arguments.client_only:
        tasks, config = choose_cloud(arguments, tasks)
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
            *(module for name in choose_features(arguments, config) for module in FEATURES[name]),
        },
        client_only=arguments.client_only,
        config=config,
    )
    folder = write_bundle(contents, arguments.out, arguments.cache or default_cache())
    print(f"{folder}:")
    print_lines(describe_sizes(folder, folder.with_name(f"{folder.name}.tar.gz")))
    return 0


def choose_features(arguments: argparse.Namespace, config: bytes = b"") -> list[str]:
    """Return the features of the command line, the project and the device's configuration."""
    configured = read_config(Path.cwd())[0].features
    for name in configured:
        if name not in FEATURES:
            raise CodegenError(
                f"features of [tool.edgemote]: expected one of {', '.join(FEATURES)}, got {name!r}"
            )
    return [*arguments.features, *configured, *Settings(config).features]


def choose_cloud(arguments: argparse.Namespace, tasks: list[Task]) -> tuple[list[Task], bytes]:
    """Return the clients for a bundle with the agent, and the agent's configuration.

    The cloud is that of --cloud, or of the user's configuration, or that of the clients.
    """
    if arguments.cloud and not arguments.services:
        foreign = list_foreign_services(arguments.cloud)
        tasks = [task for task in tasks if task.selection.service not in foreign]
    cloud = arguments.cloud or find_cloud(task.selection.service for task in tasks)
    config = read_device_config(arguments.config, cloud)
    settings = Settings(config)
    if arguments.cloud not in (None, settings.cloud):
        raise CodegenError(
            f"--cloud {arguments.cloud}: expected {settings.cloud}, the cloud.kind of "
            f"{arguments.config}"
        )
    command = f"edgemote-codegen bundle --target {arguments.target}"
    if arguments.config:
        command += f" --config {shlex.quote(str(arguments.config))}"
    selections = [task.selection for task in tasks]
    check_completeness(selections, settings, settings.cloud, command)
    return tasks, config


def choose_services(arguments: argparse.Namespace, configured: Sequence[str]) -> list[Selection]:
    """Return the services of the command line, or all services, or those of the configuration."""
    named = list_services() if is_everything(arguments) else list(arguments.services)
    selections = [parse_selection(text) for text in named or configured]
    if not selections:
        raise CodegenError(
            "nothing to generate: name a service, or list services in [tool.edgemote] "
            "of a pyproject.toml"
        )
    merged: dict[str, Selection] = {}
    for selection in selections:
        if selection.service in merged:
            raise CodegenError(
                f"{selection.service} is given twice: combine its operations into one argument"
            )
        merged[selection.service] = selection
    check_module_names(merged, SHARED_MODULES)
    return list(merged.values())


def choose_reduction(
    arguments: argparse.Namespace, config: Config, selections: Sequence[Selection]
) -> Reduction:
    """Return what the endpoint rules can leave out: by the command line, else the configuration,
    else the chosen operations, because the agent gives its buckets by name.
    """
    regions = tuple(dict.fromkeys(arguments.region or config.regions))
    check_regions(regions)
    is_bundle = arguments.run is bundle
    has_any_bucket = not is_bundle or any(map(takes_any_bucket, selections))

    def keeps(option: str) -> bool:
        chosen: bool | None = getattr(config, option)
        return (has_any_bucket if chosen is None else chosen) and not getattr(
            arguments, f"no_{option}"
        )

    return Reduction(
        regions,
        fips=config.fips and not arguments.no_fips,
        dual_stack=config.dual_stack and not arguments.no_dual_stack,
        arns=keeps("arns"),
        bucket_aliases=keeps("bucket_aliases"),
    )


def takes_any_bucket(selection: Selection) -> bool:
    """Whether a service's operations on buckets are more than the agent's."""
    if selection.service == "s3":
        return not selection.operations or not BUCKET_OPERATIONS.issuperset(selection.operations)
    return selection.service == "s3control"


def write_command(arguments: argparse.Namespace, config: Config, home: Path) -> str:
    """Return the command that generates all of these packages again; it removes all others.

    Paths are relative to the folder of the configuration where they are below it.
    """
    words = ["python", "-m", "edgemote_codegen", "generate"]
    if arguments.run is generate and arguments.out is not None:
        out, folder = arguments.out.resolve(), home.resolve()
        if out != (folder / config.out).resolve():
            inside = out.is_relative_to(folder)
            words += ["--out", (out.relative_to(folder) if inside else out).as_posix()]
    words += ["--no-docs"] if arguments.no_docs else []
    words += [word for region in arguments.region for word in ("--region", region)]
    words += ["--no-fips"] if arguments.no_fips else []
    words += ["--no-dual-stack"] if arguments.no_dual_stack else []
    words += ["--no-arns"] if arguments.no_arns else []
    words += ["--no-bucket-aliases"] if arguments.no_bucket_aliases else []
    words += ["--paginators"] if arguments.paginators else []
    words += ["--waiters"] if arguments.waiters else []
    words += [word for name in arguments.features for word in ("--with", name)]
    for name, path in arguments.model:
        words += ["--model", f"{name}={path.as_posix()}"]
    for name, protocol in arguments.protocol:
        words += ["--protocol", f"{name}={protocol}"]
    words += ["--all"] if arguments.all else arguments.services
    return shlex.join(words)


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
    for text in arguments.services:
        selection = parse_selection(text)
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


def read_model_argument(text: str) -> tuple[str, Path]:
    """NAME=FILE."""
    name, equals, path = text.partition("=")
    if not (name and equals and path):
        raise argparse.ArgumentTypeError(f"expected NAME=FILE, got {text!r}")
    return name, Path(path)


def read_protocol_argument(text: str) -> tuple[str, str]:
    """SERVICE=PROTOCOL."""
    name, equals, protocol = text.partition("=")
    if not (name and equals and protocol):
        raise argparse.ArgumentTypeError(f"expected SERVICE=PROTOCOL, got {text!r}")
    if protocol not in PROTOCOLS:
        raise argparse.ArgumentTypeError(
            f"unknown protocol {protocol!r}; expected one of {', '.join(PROTOCOLS)}"
        )
    return name, protocol


class _Parser(argparse.ArgumentParser):
    """Prints an error as one line, without the usage that argparse would print before it."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"edgemote_codegen: {message}; see `{self.prog} --help`\n")


class _Version(argparse.Action):
    """Prints the version, which is read only then."""

    def __call__(self, *_: object) -> NoReturn:
        print(f"edgemote {read_version()}")
        sys.exit(0)


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the complete command line."""
    parser = _Parser(
        prog="edgemote_codegen", description="Write small typed AWS clients from service models."
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="the version of edgemote")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    model_option = _Parser(add_help=False)
    model_option.add_argument(
        "--model",
        metavar="NAME=FILE",
        type=read_model_argument,
        action="append",
        default=[],
        help="a service model of your own, service-2.json or .json.gz; endpoint-rule-set-1.json "
        "beside it is read too; repeatable",
    )

    protocol_option = _Parser(add_help=False)
    protocol_option.add_argument(
        "--protocol",
        metavar="SERVICE=PROTOCOL",
        type=read_protocol_argument,
        action="append",
        default=[],
        help="use this one of the protocols that the service's model lists; repeatable "
        "(default: the lightest)",
    )

    client_options = _Parser(add_help=False)
    client_options.add_argument(
        "--region",
        metavar="REGION",
        action="append",
        default=[],
        help="generate endpoint rules for this region only, which makes them smaller; repeatable "
        "(default: all regions)",
    )
    client_options.add_argument(
        "--no-fips", action="store_true", help="leave out the rules for FIPS endpoints"
    )
    client_options.add_argument(
        "--no-dual-stack",
        action="store_true",
        help="leave out the rules for dual-stack endpoints (IPv4 and IPv6)",
    )
    client_options.add_argument(
        "--no-arns", action="store_true", help="leave out the rules for S3 buckets that are ARNs"
    )
    client_options.add_argument(
        "--no-bucket-aliases",
        action="store_true",
        help="leave out the rules for aliases of S3 buckets on Outposts or in S3 Express "
        "(names that end in --op-s3 or --x-s3)",
    )

    client_options.add_argument(
        "--paginators",
        action="store_true",
        help="generate paginators: `for page in client.pages.list_objects_v2(...)`",
    )
    client_options.add_argument(
        "--waiters",
        action="store_true",
        help="generate waiters: `client.wait.object_exists(...)`",
    )

    client_options.add_argument(
        "--with",
        dest="features",
        metavar="FEATURE",
        choices=FEATURES,
        action="append",
        default=[],
        help=f"include a part that is left out otherwise: {', '.join(FEATURES)}; repeatable",
    )

    services_option = _Parser(add_help=False)
    services_option.add_argument(
        "services",
        nargs="*",
        metavar="SERVICE[:Operation,Operation]",
        help="for example sagemaker-edge s3:GetObject,HeadObject; '*' is every service "
        "(default: those in [tool.edgemote] of the nearest pyproject.toml)",
    )
    services_option.add_argument("--all", action="store_true", help="every service")
    services_option.add_argument(
        "--no-docs",
        action="store_true",
        help="leave the documentation out of the stubs (.pyi), which no bundle contains anyway",
    )

    command = commands.add_parser(
        "init",
        help="add a commented [tool.edgemote] table to pyproject.toml in this folder",
        description="Add a commented [tool.edgemote] table to pyproject.toml in this folder, or "
        "create the file. A table that exists already is not changed.",
    )
    command.add_argument(
        "services",
        nargs="*",
        metavar="SERVICE[:Operation,Operation]",
        help="the services to list (default: those that the agent calls)",
    )
    command.set_defaults(run=init)

    command = commands.add_parser(
        "generate",
        parents=[model_option, protocol_option, client_options, services_option],
        help="generate the clients",
        description="Generate clients into the folder OUT/aws, and remove from it what an earlier "
        "run generated and this one does not.",
    )
    command.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="the folder for the package aws (default: generated)",
    )
    command.add_argument(
        "--check",
        action="store_true",
        help="write nothing; exit with status 1 and name each file that differs, is missing or "
        "does not belong there",
    )
    command.set_defaults(run=generate)

    command = commands.add_parser(
        "sizes",
        parents=[model_option, protocol_option, client_options, services_option],
        help="print the size of each service and operation",
        description="Print the bytes that `generate` with the same arguments would write, for each "
        "service and operation, and what leaving out the other operations saves.",
    )
    command.set_defaults(run=tell_sizes)

    command = commands.add_parser(
        "bundle",
        parents=[model_option, protocol_option, client_options],
        help="make the folder to copy to a device",
        description="Make the folder OUT/edgemote-TARGET, and OUT/edgemote-TARGET.tar.gz with the "
        "same content: the runtime, your clients, and msgspec compiled for the device.",
    )
    command.add_argument(
        "--target", required=True, choices=TARGETS, help="the device's architecture"
    )
    command.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        default=Path("build"),
        help="the folder for the bundle and its .tar.gz (default: build)",
    )
    command.add_argument(
        "--python",
        action="append",
        choices=PYTHONS,
        help=f"the device's Python version; repeatable (default: {DEFAULT_PYTHON}, Debian 12's)",
    )
    command.add_argument(
        "services",
        nargs="*",
        metavar="SERVICE[:Operation,Operation]",
        help="the clients to include (default: those in [tool.edgemote])",
    )
    command.add_argument(
        "--cloud",
        choices=CLOUDS,
        help="the cloud of the agent: leave out services that only other clouds need",
    )
    command.add_argument("--client-only", action="store_true", help="leave out the agent")
    command.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        help="the agent's configuration (default: an edgemote.toml to fill in)",
    )
    command.add_argument(
        "--libc",
        choices=("gnu", "musl"),
        default="gnu",
        help="the device's C library; musl only for arm64 and amd64 (default: gnu)",
    )
    command.add_argument(
        "--bytecode",
        action="store_true",
        help="ship .pyc files only, for the version of Python that runs this command",
    )
    command.add_argument(
        "--docs",
        action="store_true",
        help="keep docstrings and comments, which are stripped by default",
    )
    command.add_argument(
        "--cache",
        type=Path,
        metavar="DIR",
        help="the folder for downloads (default: ~/.cache/edgemote)",
    )
    command.set_defaults(run=bundle, all=False, no_docs=False)

    command = commands.add_parser(
        "list", parents=[model_option], help="print the services, or the operations of one service"
    )
    command.add_argument(
        "service",
        nargs="?",
        metavar="SERVICE",
        help="print the operations of this service (default: print all services)",
    )
    command.set_defaults(run=list_names)

    command = commands.add_parser(
        "sign-model",
        help="sign a model for devices that have deployments.signers",
        description="Sign a file's SHA-256 with an RSA key (PKCS#1 v1.5), an ECDSA key on P-256 or "
        "P-384, or an Ed25519 key, of which the digest's 32 bytes are the message.",
    )
    command.add_argument("model", type=Path, metavar="MODEL", help="the file that is uploaded")
    command.add_argument(
        "--key", required=True, type=Path, metavar="KEY.pem", help="the signer's private key in PEM"
    )
    where = command.add_mutually_exclusive_group()
    where.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help="gets the signature's bytes (default: MODEL.sig), for upload beside the model",
    )
    where.add_argument(
        "--print",
        action="store_true",
        help="write no file, and print the signature in base64, for a job document",
    )
    command.set_defaults(run=sign)
    return parser


def main() -> int:
    """Run one command. The user's errors are printed to stderr, as one line."""
    arguments = make_parser().parse_args()
    try:
        return int(arguments.run(arguments))
    except CodegenError as error:
        print(f"edgemote_codegen: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        sys.stderr.close()  # the reader, such as `head`, has seen enough
        return 0


if __name__ == "__main__":
    sys.exit(main())
