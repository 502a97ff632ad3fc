"""The command line of the device: `python3 -m edgemote --help`."""

from __future__ import annotations

import sys

_HELP = """usage: python3 -m edgemote --verify

  --verify   compare the files of this bundle with its manifest; exit 1 and name each that differs,
             is missing or is stray
  --help     this text
"""


def main(arguments: list[str]) -> int:
    """Exit status: 0, 1 for a bundle that is not whole, 64 for a wrong command line (EX_USAGE)."""
    if arguments == ["--help"]:
        print(_HELP, end="")
        return 0
    if arguments != ["--verify"]:
        print(_HELP, end="", file=sys.stderr)
        return 64
    from .errors import ConfigError
    from .manifest import own_folder, verify

    try:
        lines = verify(own_folder())
    except ConfigError as error:
        lines = [str(error)]
    for line in lines:
        print(line, file=sys.stderr)
    if not lines:
        print("whole: every file is as the manifest says")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
