"""Parameters and answers whose texts and numbers hypothesis makes up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from random import Random
from typing import Any

from botocore.model import Shape
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from samples import Samples

TEXTS = 3  # that are made up for an example

_TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
_HEADER_TEXTS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=12)
_INTEGERS = {"integer": 2**31, "long": 2**63}
_FLOATS = {"float": st.floats(width=32), "double": st.floats()}
_FINITE = {
    "float": st.floats(width=32, allow_nan=False, allow_infinity=False),
    "double": st.floats(allow_nan=False, allow_infinity=False),
}
_MOMENTS = st.datetimes(
    min_value=datetime(1970, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(timezone.utc)
)


class Drawn(Samples):
    """Goes before a class of samples: which members there are is the random's matter, what is in
    them hypothesis's.
    """

    depth_limit = 4

    def __init__(self, data: st.DataObject) -> None:
        seed = data.draw(st.integers(0, 2**32))
        super().__init__(Random(seed), full=False, share=(0.2, 0.5, 0.9)[seed % 3])
        self.draw = data.draw
        self.texts: dict[Any, list[str]] = {}

    def string(self, shape: Shape, depth: int) -> str:
        location = shape.serialization.get("location")
        if shape.enum or shape.serialization.get("hostLabel"):
            return super().string(shape, depth)
        text = self.text_for(_HEADER_TEXTS if location in ("header", "headers") else _TEXTS)
        least = max(int(shape.metadata.get("min", 0)), location == "uri")
        return text.ljust(least, "x")

    def text_for(self, strategy: st.SearchStrategy[str]) -> str:
        """One of the example's few texts: making them up takes longer than to compare them."""
        known = self.texts.setdefault(strategy, [])
        if len(known) == TEXTS:
            return self.random.choice(known)
        known.append(self.draw(strategy))
        return known[-1]

    def integer(self, shape: Shape, depth: int) -> int:
        bound = _INTEGERS[shape.type_name]
        least = int(shape.metadata.get("min", -bound))
        return self.draw(st.integers(least, max(least, bound - 1)))

    long = integer

    def float(self, shape: Shape, depth: int) -> float:
        least = shape.metadata.get("min")
        if least is None:
            return self.draw(_FLOATS[shape.type_name])
        return max(self.draw(_FINITE[shape.type_name]), float(least))

    double = float

    def blob(self, shape: Shape, depth: int) -> bytes:
        return self.draw(st.binary(max_size=12))

    def moment(self) -> datetime:
        return self.draw(_MOMENTS)


def try_drawn(kind: type[Samples], examples: int, compare: Callable[[Samples], None]) -> None:
    """Call `compare` with samples of hypothesis's, the same in each run."""
    drawn: Any = type(f"Drawn{kind.__name__}", (Drawn, kind), {})

    @settings(
        max_examples=examples,
        phases=[Phase.generate],  # what differs is told by `compare`, not by an exception
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def run(data: st.DataObject) -> None:
        compare(drawn(data))

    run()
