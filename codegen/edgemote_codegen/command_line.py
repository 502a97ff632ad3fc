"""The options of `edgemote-codegen` and their help texts."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any, NoReturn

from .bundle.completeness import CLOUDS
from .bundle.msgspec_builds import DEFAULT_PYTHON, PYTHONS, TARGETS
from .bundle.runtime import read_version
from .needs import FEATURES
from .protocols import PROTOCOLS


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

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> tuple[Any, list[str]]:
        """Refuse what a command does not know in its own name, and not in that of the program."""
        found, unknown = super().parse_known_args(args, namespace)
        if unknown:
            self.error(f"unrecognized arguments: {' '.join(unknown)}")
        return found, unknown

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"edgemote-codegen: {message}; see `{self.prog} --help`\n")


class _Version(argparse.Action):
    """Prints the version, which is read only then."""

    def __call__(self, *_: object) -> NoReturn:
        print(f"edgemote {read_version()}")
        sys.exit(0)


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the complete command line."""
    parser = _Parser(
        prog="edgemote-codegen", description="Write small typed AWS clients from service models."
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="the version of edgemote")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
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

    command = commands.add_parser(
        "sizes",
        parents=[model_option, protocol_option, client_options, services_option],
        help="print the size of each service and operation",
        description="Print the bytes that `generate` with the same arguments would write, for each "
        "service and operation, and what leaving out the other operations saves.",
    )

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
    command.set_defaults(all=False, no_docs=False)

    command = commands.add_parser(
        "list", parents=[model_option], help="print the services, or the operations of one service"
    )
    command.add_argument(
        "service",
        nargs="?",
        metavar="SERVICE",
        help="print the operations of this service (default: print all services)",
    )

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
    return parser
