"""The command line of the device: `python3 -m edgemote --help`."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from edgemote import AGENT_MISSING, HAS_AGENT, __version__

if TYPE_CHECKING:
    from collections.abc import Callable

_HELP = """usage: python3 -m edgemote --config FILE [--once | --check | --status]
       python3 -m edgemote --print-config
       python3 -m edgemote --verify

The device agent for AWS IoT Core or SageMaker Edge Manager: it sends heartbeats and installs the
models that are deployed to the device. With --config alone it runs until SIGTERM. SIGHUP makes it
reload the configuration, and SIGUSR1 send a heartbeat at once.

  --config FILE   the configuration: TOML, or the JSON of the retired SageMaker Edge Manager agent
  --once          register, send one heartbeat and the stored ones, carry out deployments, and exit
  --check         check configuration, folders, certificates, time, credentials and endpoint, and
                  print one line for each
  --status        print the state of the running agent, or the last known state
  --print-config  print a configuration file to fill in, with every key explained
  --verify        compare the files of this bundle with its manifest, and name each file that
                  differs, is missing or does not belong to it
  --version       print the version of edgemote
  --help, -h      print this text

exit status:
  0   success, or stopped by a signal
  1   --check or --verify found a fault
  64  the command line is wrong
  75  --once could not finish everything now, or another agent uses the same folders
  78  the configuration is wrong
"""
EX_OK, EX_FAILED, EX_USAGE, EX_TEMPFAIL, EX_CONFIG = 0, 1, 64, 75, 78


def main(arguments: list[str]) -> int:
    """Do what the command line says; return the exit status."""
    path, options, rest = "", [], list(arguments)
    while rest:
        word = rest.pop(0)
        name, equals, value = word.partition("=")
        if name == "--config":
            path = value if equals else rest.pop(0) if rest else ""
            if not path or path in _ALONE or path in _WITH_CONFIG:
                return _refuse("--config: expected the path of a file after it")
        elif word and (word in _ALONE or word in _WITH_CONFIG):
            options.append(word)
        else:
            return _refuse(f"{word!r}: unknown option")
    if len(options) > 1:
        return _refuse(f"{options[0]} and {options[1]}: expected only one of them")
    option = options[0] if options else ""
    if option in _ALONE:
        return _ALONE[option]()
    if not HAS_AGENT:
        print(AGENT_MISSING, file=sys.stderr)
        return EX_CONFIG
    return _WITH_CONFIG[option](path) if path else _refuse("--config FILE is required")


def _refuse(problem: str) -> int:
    print(f"{_HELP}\n{problem}", file=sys.stderr)
    return EX_USAGE


def _version() -> int:
    print(f"edgemote {__version__}")
    return EX_OK


def _help() -> int:
    print(_HELP, end="")
    return EX_OK


def _verify() -> int:
    from edgemote.manifest import own_folder, verify

    try:
        lines = verify(own_folder())
    except ValueError as error:
        lines = [str(error)]
    for line in lines:
        print(line, file=sys.stderr)
    if not lines:
        print("complete: every file matches the manifest")
    return EX_FAILED if lines else EX_OK


def _print_config() -> int:
    from edgemote.manifest import own_folder

    # In a bundle, a checkout, and a wheel.
    paths = [
        os.path.join(own_folder(), folder, "edgemote.toml")
        for folder in ("", "device", os.path.join("edgemote_codegen", "device"))
    ]
    path = next(filter(os.path.exists, paths), paths[0])
    try:
        with open(path, encoding="utf-8") as file:
            print(file.read(), end="")
    except OSError as error:
        print(f"{path}: {error.strerror}; copy the complete bundle again", file=sys.stderr)
        return EX_FAILED
    return EX_OK


def _run(path: str) -> int:
    return _with_agent(path, _serve)


def _once(path: str) -> int:
    return _with_agent(path, _serve_once)


def _serve(agent: Agent, asked: set[int]) -> int:
    return agent.run(asked, reaps=os.getpid() == 1)


def _serve_once(agent: Agent, asked: set[int]) -> int:
    return EX_OK if agent.run_once(asked) else EX_TEMPFAIL


def _with_agent(path: str, work: Callable[[Agent, set[int]], int]) -> int:
    # The module around it takes a while to import.
    import _signal  # type: ignore[import-not-found]

    # Signals that come while the agent is loaded: the first process of a container has no default
    # action that would end it.
    asked: set[int] = set()
    numbers = (_signal.SIGTERM, _signal.SIGINT, _signal.SIGHUP, _signal.SIGUSR1)
    before = {number: _signal.signal(number, lambda got, _: asked.add(got)) for number in numbers}
    try:
        return _load_agent(path, work, asked)
    finally:
        for number, handler in before.items():
            _signal.signal(number, handler)


def _load_agent(path: str, work: Callable[[Agent, set[int]], int], asked: set[int]) -> int:
    from edgemote.agent.agent import Agent
    from edgemote.errors import EdgemoteError, StateLockedError

    try:
        agent = Agent.from_config(path)
    except StateLockedError as error:
        print(error, file=sys.stderr)
        return EX_TEMPFAIL
    except (EdgemoteError, ValueError) as error:
        print(error, file=sys.stderr)
        return EX_CONFIG
    return work(agent, asked)


def _check(path: str) -> int:
    from edgemote.agent.check import check

    sound = True
    for good, line in check(path):
        print(f"{'ok  ' if good else 'BAD '} {line}", flush=True)
        sound = sound and good
    return EX_OK if sound else EX_FAILED


def _status(path: str) -> int:
    from edgemote.agent.config import load
    from edgemote.agent.status import describe
    from edgemote.errors import ConfigError

    try:
        config = load(path)
    except ConfigError as error:
        print(error, file=sys.stderr)
        return EX_CONFIG
    print(describe(config))
    return EX_OK


_ALONE: dict[str, Callable[[], int]] = {
    "--help": _help,
    "-h": _help,
    "--version": _version,
    "--verify": _verify,
    "--print-config": _print_config,
}
_WITH_CONFIG: dict[str, Callable[[str], int]] = {
    "": _run,
    "--once": _once,
    "--check": _check,
    "--status": _status,
}

if TYPE_CHECKING:
    from edgemote.agent.agent import Agent

if __name__ == "__main__":
    if HAS_AGENT:
        from edgemote.agent.log import occupy_descriptors

        occupy_descriptors()
    sys.exit(main(sys.argv[1:]))
