"""Measure the day, and say it thrice: in the terminal and the pages, results.json,
day.svg.

Bytes and wake-ups are those of a whole day on this computer. Instructions are counted on a 32-bit
board under qemu for HOURS hours, of which the last ones are taken for all that follow.
"""

from __future__ import annotations

import argparse
import json
import ssl
import sys
from importlib.metadata import version
from pathlib import Path

from arm.roots import PROJECT, MissingToolError

from .measure import HOURS, Figures, count_bytes, count_instructions
from .report import describe, draw, fill, summarize

HERE = Path(__file__).parent
RESULTS, PICTURE = HERE / "results.json", HERE / "day.svg"
# Page -> what stands between its marks.
PAGES = {"docs/design.md": describe, "README.md": summarize}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m day", description=__doc__)
    parser.add_argument("--dry", action="store_true", help="print only, write no file")
    parser.add_argument(
        "--no-arm", action="store_true", help="count no instructions; implies --dry"
    )
    options = parser.parse_args()
    figures = count_bytes()
    if not options.no_arm:
        try:
            for name, instructions in count_instructions().items():
                figures[name]["instructions"] = instructions
        except MissingToolError as error:
            print(f"day: {error}", file=sys.stderr)
            return 1
    print(describe(figures))
    if not (options.dry or options.no_arm):
        write(figures)
    return 0


def write(figures: dict[str, Figures]) -> None:
    """Figures and what they depend on; nothing that changes when nothing has changed."""
    made_of = {name: version(name) for name in ("botocore", "msgspec", "urllib3")}
    made_of["openssl"] = ssl.OPENSSL_VERSION.split()[1]
    document = {"versions": made_of, "board_hours": HOURS, "figures": figures}
    RESULTS.write_text(json.dumps(document, indent=1) + "\n")
    PICTURE.write_text(draw(figures))
    for name, tell in PAGES.items():
        page = PROJECT / name
        page.write_text(fill(page.read_text(), tell(figures)))
    print(f"\nwritten: {RESULTS.name}, {PICTURE.name}, and into {', '.join(PAGES)}")


if __name__ == "__main__":
    sys.exit(main())
