"""What we take out of msgspec's texts, held against every version that users may have.

`python tests/aws/test_msgspec_messages.py` prints what callers are told, as the tests compare it.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import pytest
from msgspec import Meta

from aws.coerce import coerce
from aws.errors import ValidationError
from aws.shape import Iso8601Timestamp, Shape, TaggedUnion, Timestamp

ROOT = Path(__file__).resolve().parents[2]
# The minor versions in pyproject's range; the last of each is what users get.
MINORS = ("0.20", "0.21", "0.22")


class Choice(TaggedUnion, kw_only=True):
    Left: str | None = None
    Right: int | None = None


class Part(Shape, kw_only=True, rename={"Count": "count"}):
    Name: Annotated[str, Meta(min_length=2)]
    Count: int | None = None
    At: Iso8601Timestamp | None = None
    Choice: Choice | None = None  # type: ignore[valid-type]


class Plain(Shape, kw_only=True):
    # Not a whole number: typing keeps one Annotated for 1 and 1.0, and msgspec writes what it has.
    Number: Annotated[float, Meta(ge=0.75)] | None = None
    Texts: Annotated[list[str], Meta(min_length=1)] | None = None


class Whole(Shape, kw_only=True):
    Name: Annotated[str, Meta(min_length=1)]
    Flag: bool | None = None
    Ratio: float | None = None
    Blob: bytes | None = None
    At: Timestamp | None = None
    Part: Part | None = None  # type: ignore[valid-type]
    Plain: Plain | None = None  # type: ignore[valid-type]
    Parts: list[Part] | None = None  # type: ignore[valid-type]
    Plains: list[Plain] | None = None  # type: ignore[valid-type]
    ByName: dict[str, Plain] | None = None  # type: ignore[valid-type]
    Deep: dict[str, list[dict[str, int]]] | None = None


PART = {"Name": "ab"}
# Each wrong in one place -> what the caller is told.
CASES: list[tuple[Any, str]] = [
    ({}, "$.Name is required"),
    ({"Name": None}, "$.Name: Expected `str`, got `None`"),
    ({"Name": ""}, "$.Name: Expected `str` of length >= 1"),
    ({"Name": 1}, "$.Name: Expected `str`, got `int`"),
    ({"Name": b"a"}, "$.Name: Expected `str`, got `bytes`"),
    (
        {"Name": "a", "Nmae": 1},
        "$.Nmae is not a parameter; the parameters are: "
        "Name, Flag, Ratio, Blob, At, Part, Plain, Parts, Plains, ByName, Deep",
    ),
    ({"Name": "a", "Flag": 1}, "$.Flag: Expected `bool`, got `int`"),
    ({"Name": "a", "Ratio": "x"}, "$.Ratio: Expected `float`, got `str`"),
    ({"Name": "a", "Blob": 1}, "$.Blob: Expected `bytes`, str or a file, got `int`"),
    ({"Name": "a", "Part": 1}, "$.Part: Expected `Part` or dict, got `int`"),
    ({"Name": "a", "Part": {}}, "$.Part.Name is required"),
    ({"Name": "a", "Part": {**PART, "X": 1}}, "$.Part.X is not a parameter"),
    ({"Name": "a", "Part": {"Name": "a"}}, "$.Part.Name: Expected `str` of length >= 2"),
    ({"Name": "a", "Part": {**PART, "Count": "1"}}, "$.Part.Count: Expected `int`, got `str`"),
    (
        {"Name": "a", "Part": {**PART, "Choice": {}}},
        "$.Part.Choice: Expected exactly one of Left, Right, got 0",
    ),
    ({"Name": "a", "Plain": {"Number": 0.5}}, "$.Plain.Number: Expected `float` >= 0.75"),
    ({"Name": "a", "Plain": {"Texts": []}}, "$.Plain.Texts: Expected `list` of length >= 1"),
    ({"Name": "a", "Plain": {"Texts": {}}}, "$.Plain.Texts: Expected `list`, got `dict`"),
    ({"Name": "a", "Parts": PART}, "$.Parts: Expected `list`, got `dict`"),
    ({"Name": "a", "Parts": [PART, {}]}, "$.Parts[1].Name is required"),
    ({"Name": "a", "Plains": [{"Texts": [1]}]}, "$.Plains[0].Texts[0]: Expected `str`, got `int`"),
    ({"Name": "a", "ByName": []}, "$.ByName: Expected `dict`, got `list`"),
    ({"Name": "a", "ByName": {1: {}}}, "$.ByName: Expected `str`, got `int` as a key"),
    (
        {"Name": "a", "ByName": {"a": {}, "b[...]": {"Texts": 1}}},
        r"$.ByName['b[..\x2e]'].Texts: Expected `list`, got `int`",
    ),
    (
        {"Name": "a", "Deep": {"a": [], "b": [{}, {"c": "1"}]}},
        "$.Deep['b'][1]['c']: Expected `int`, got `str`",
    ),
    ({"Name": "a", "Plain": {"Number": 1, "[...]": 2}}, "$.Plain.[...] is not a parameter"),
    ({"Name": "a", "At": "soon"}, "$.At: not a date: 'soon'"),
    ({"Name": "a", "At": datetime(1, 1, 1), "Flag": []}, "$.Flag: Expected `bool`, got `list`"),
]


def tell(params: Any) -> str:
    try:
        coerce(Whole, params)
    except ValidationError as error:
        return str(error)
    return "taken"


@pytest.mark.parametrize(("params", "told"), CASES)
def test_callers_are_told_in_our_words(params: Any, told: str) -> None:
    assert tell(params) == told


@pytest.mark.conformance
@pytest.mark.parametrize("minor", MINORS)
def test_every_version_says_what_we_read(minor: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    wanted = ["--no-deps", "--target", str(tmp_path), f"msgspec=={minor}.*"]
    subprocess.run([*command, *wanted], check=True)
    path = os.pathsep.join(map(str, (tmp_path, ROOT / "generated", ROOT / "runtime")))
    done = subprocess.run(
        [sys.executable, __file__],
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    said = json.loads(done.stdout)
    assert said["version"].startswith(f"{minor}.")
    assert said["told"] == [told for _, told in CASES]


def test_the_versions_are_those_that_may_be_installed() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    [(first, end)] = re.findall(r'"msgspec>=0\.(\d+),<0\.(\d+)"', text)
    assert tuple(f"0.{minor}" for minor in range(int(first), int(end))) == MINORS


if __name__ == "__main__":
    from importlib.metadata import version

    told = [tell(params) for params, _ in CASES]
    print(json.dumps({"version": version("msgspec"), "told": told}))
