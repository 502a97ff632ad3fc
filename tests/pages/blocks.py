"""The code blocks of a page: what README.md and docs/ tell a reader to type.

After the opening fence comes the language, then the file that the block is written to, if any.
"""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
_FENCE = re.compile(r"^( *)```(\w+)(?: (\S+))?\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)


class Block(NamedTuple):
    """One fenced block. `line` is that of its fence, from 1 on."""

    language: str
    file: str
    text: str
    line: int


def read_blocks(page: str) -> list[Block]:
    return [
        Block(
            found[2], found[3] or "", textwrap.dedent(found[4]), page.count("\n", 0, found.start())
        )
        for found in _FENCE.finditer(page)
    ]


def cut_section(page: str, heading: str) -> str:
    """What stands under a heading of the second level; raises LookupError."""
    section = page.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    if not section:
        raise LookupError(f"there is no section {heading!r}")
    return section


def read_block(page: str, heading: str, language: str) -> str:
    """The first code of this language in a section; raises LookupError."""
    for block in read_blocks(cut_section(page, heading)):
        if block.language == language:
            return block.text
    raise LookupError(f"section {heading!r} has no code in {language}")
