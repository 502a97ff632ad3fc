"""The README's tables of keys are those of the code.

After a change of a key, `python tests/runtime/config/test_reference.py --accept` writes them anew;
it needs PYTHONPATH=generated:runtime.
"""

from __future__ import annotations

import sys
from pathlib import Path

from edgemote.agent.config.description import list_rows
from edgemote.agent.config.retired import CAPTURE, KEYS, NOT_CAPTURED

README = Path(__file__).resolve().parents[3] / "README.md"


def write_table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def write_keys() -> str:
    rows = [[f"`{name}`", kind, default, meaning] for name, kind, default, meaning in list_rows()]
    return write_table(["key", "value", "default", "meaning"], rows)


def write_retired_keys() -> str:
    rows = [
        [f"`{name}`", f"`{'.'.join(key.target)}`" if key.target else "", key.note]
        for name, key in KEYS.items()
    ]
    rows.append([f"`{CAPTURE}*`", "", NOT_CAPTURED])
    return write_table(["its key, without `sagemaker_edge_`", "ours", "note"], rows)


TABLES = {"keys": write_keys, "retired keys": write_retired_keys}


def write_reference(text: str) -> str:
    """The README with each table between its two marks as the code has it."""
    for name, write in TABLES.items():
        start, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->\n"
        before, _, rest = text.partition(start)
        _, _, after = rest.partition(end)
        assert after, f"README.md has lost the marks of its table of {name}"
        text = f"{before}{start}\n{write()}\n{end}{after}"
    return text


def test_the_readme_has_the_keys_of_the_code():
    text = README.read_text()
    assert text == write_reference(text), f"run: python {Path(__file__).name} --accept"


if __name__ == "__main__":
    if sys.argv[1:] != ["--accept"]:
        sys.exit(__doc__)
    README.write_text(write_reference(README.read_text()))
