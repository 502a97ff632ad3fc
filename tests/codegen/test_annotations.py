"""Long annotations, laid out by us and looked at by the formatter."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from edgemote_codegen.annotations import WIDTH, lay_out, lay_out_optional

ROOT = Path(__file__).resolve().parents[2]

# Annotations of the forms that the lowering makes. Names are at most as long as they still fit.
_NAMES = st.integers(2, 45).flatmap(
    lambda length: st.sampled_from("ABC").map(lambda letter: letter * length)
)
_STRUCTS = st.one_of(_NAMES, _NAMES.map("shapes.{0}".format))
_EITHER = st.one_of(_STRUCTS, st.tuples(_STRUCTS, _NAMES).map(" | ".join))
_SPARSE = st.sampled_from(["", " | None"])
_ANNOTATIONS = st.recursive(
    _EITHER,
    lambda inner: st.one_of(
        st.tuples(inner, _SPARSE).map(lambda parts: f"Sequence[{''.join(parts)}]"),
        st.tuples(inner, _SPARSE).map(lambda parts: f"Mapping[str, {''.join(parts)}]"),
        st.tuples(inner, _SPARSE).map(lambda parts: f"list[{''.join(parts)}]"),
        inner.map("Annotated[list[{0}], Meta(min_length=1)]".format),
    ),
    max_leaves=3,
)
_FIELDS = st.integers(1, 50).map("f".__mul__)


def same(one: str, other: str) -> bool:
    """Whether two texts are the same annotation, laid out in whatever way."""
    return ast.dump(ast.parse(f"({one})", mode="eval")) == ast.dump(
        ast.parse(f"({other})", mode="eval")
    )


@settings(max_examples=200)
@given(_ANNOTATIONS, _FIELDS)
def test_layout_changes_nothing_but_the_lines(annotation: str, field: str) -> None:
    start = f"    {field}: "
    laid_out = lay_out(annotation, 4, len(start), 0)
    assert same(laid_out, annotation)
    if len(start) + len(annotation) <= WIDTH:
        assert laid_out == annotation
    optional = lay_out_optional(annotation, 4, len(start))
    written, _, default = optional.rpartition("=")
    if default.strip() == "None":
        assert same(written.strip(), f"{annotation} | None")
    else:  # the default has been moved to a line of its own
        assert ast.literal_eval(default.strip()) is None
        assert same(written.strip(), f"{annotation} | None")


def test_layout_is_the_formatter_s(tmp_path: Path) -> None:
    """Examples are gathered, then looked at by ruff in one run."""
    fields: list[str] = []
    optional: list[str] = []
    keys: list[str] = []

    @settings(max_examples=250, database=None)
    @given(_ANNOTATIONS, _FIELDS)
    def gather(annotation: str, field: str) -> None:
        start = f"    {field}: "
        fields.append(start + lay_out(annotation, 4, len(start), 0))
        optional.append(start + lay_out_optional(annotation, 4, len(start)))
        start = f'        "{field}": '
        keys.append(start + lay_out(annotation, 8, len(start), 1) + ",")

    # Long parts in front of the last of a union, which alone has something behind it.
    long = "B" * 36
    keys.append(
        f'        "f": {lay_out(f"Mapping[str, list[{long} | {long} | None] | None]", 8, 13, 1)},'
    )

    gather()
    text = "\n".join(["class Fields:", *fields, "", "", "class Optional:", *optional, "", "", ""])
    text += "\n".join(["KEYS = TypedDict(", '    "KEYS",', "    {", *keys, "    },", ")", ""])
    (tmp_path / "layout.py").write_text(text)
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "format", "--diff", "--no-cache", "layout.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[:6000] + done.stderr[-500:]
