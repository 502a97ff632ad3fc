"""Models spoilt at random: generated into valid Python, or refused in one line with the spot."""

from __future__ import annotations

import ast
import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edgemote_codegen.errors import CodegenError, ModelError
from edgemote_codegen.ir import Model
from edgemote_codegen.lowering import lower_service
from edgemote_codegen.models import load_partitions
from edgemote_codegen.rendering import render_services
from edgemote_codegen.selection import select

CASES = Path(__file__).resolve().parent / "cases"
MODELS = {
    path.parent.name: json.loads(path.read_text(encoding="utf-8"))
    for path in sorted(CASES.glob("*/model.json"))
    if not path.parent.name.startswith("error_")
}
RULES = {
    path.parent.name: json.loads(path.read_text(encoding="utf-8"))
    for path in sorted(CASES.glob("*/endpoint-rule-set-1.json"))
    if not path.parent.name.startswith("error_")
}
PARTITIONS = load_partitions()

# What a hand, a script or a half-finished export may leave where something else belongs.
_JUNK = st.one_of(
    st.sampled_from([None, True, 0, -1, 1.5, [], {}, [1], ["x"], {"x": None}]),
    st.sampled_from(["", "x", "a b", "é", "class", "String", '"""', "\\", "\n", "\x00", "{x}"]),
    st.sampled_from([{"shape": "Nowhere"}, {"shape": "String"}]),
)


def list_spots(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Path of every value in a JSON document."""
    if path:
        yield path
    inner: Any = value.items() if isinstance(value, dict) else ()
    inner = enumerate(value) if isinstance(value, list) else inner
    for key, part in inner:
        yield from list_spots(part, (*path, key))


def spoil(document: Any, data: st.DataObject) -> Any:
    """A copy with a value deleted, renamed or replaced, at up to three spots."""
    document = copy.deepcopy(document)
    for _ in range(data.draw(st.integers(1, 3))):
        spots = list(list_spots(document))
        if not spots:
            break
        *outer, last = data.draw(st.sampled_from(spots))
        holder = document
        for key in outer:
            holder = holder[key]
        deed = data.draw(st.sampled_from(["delete", "replace", "replace", "rename"]))
        if deed == "replace":
            holder[last] = copy.deepcopy(data.draw(_JUNK))
        elif deed == "rename" and isinstance(holder, dict):
            new = data.draw(st.sampled_from(["x", "a b", "class", "é", "_x", "", '"']))
            holder[new] = holder.pop(last)
        else:
            del holder[last]
    return document


def generate(name: str, content: Any, rule_set: Any, split_from: int = 500) -> None:
    """The pipeline, without files; what it gives must be Python."""
    model = Model(name, "model.json", "0" * 64, content, rule_set)
    try:
        selected = select(model, ())
        service = lower_service(
            selected, PARTITIONS, with_docs=True, command="tests", split_from=split_from
        )
        files = render_services([service], PARTITIONS)
    except CodegenError as error:
        text = str(error)
        assert "\n" not in text
        text.encode()
        if isinstance(error, ModelError):
            assert text.startswith(("model.json: $.", "model.json: endpoint-rule-set-1.json: "))
        return
    for path, text in files.items():
        text.encode()
        if path.count("/") > 1:
            ast.parse(text, path)


@settings(max_examples=250, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.sampled_from(sorted(MODELS)), st.data())
def test_spoilt_models_are_refused_in_one_line_or_generated(case: str, data: st.DataObject) -> None:
    split_from = data.draw(st.sampled_from([1, 500]))
    generate(case, spoil(MODELS[case], data), RULES.get(case), split_from)


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.sampled_from(sorted(RULES)), st.data())
def test_spoilt_rule_sets_are_refused_in_one_line_or_generated(
    case: str, data: st.DataObject
) -> None:
    generate(case, MODELS[case], spoil(RULES[case], data))
