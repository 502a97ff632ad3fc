"""Pictures of bars: the README's of three ways to the same heartbeat on a 32-bit board, and others
in its style.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import NamedTuple

from .measure import Measured

# What is drawn: figure, heading, unit, divisor.
_PANELS = (
    ("first_heartbeat_instructions", "To the first heartbeat", "M instructions", 1e6),
    ("heartbeat_instructions", "Each heartbeat after it", "k instructions", 1e3),
    ("peak_resident_kib", "Peak memory", "MiB", 1024),
    ("size_bytes", "On flash", "MB", 1e6),
)
_NAMES = {"botocore": "botocore", "floor": "hand-written", "edgemote": "edgemote"}
_WIDTH, _PANEL, _BAR, _TOP = 760, 104, 20, 52
_LEFT, _SPAN = 118, 510

_STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #1f2328; }
  .title { font-size: 16px; font-weight: 600; }
  .head { font-weight: 600; }
  .quiet { fill: #59636e; }
  .botocore { fill: #c3ccd6; }
  .floor { fill: #8595a6; }
  .edgemote, .agent { fill: #1a7f6b; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .quiet { fill: #9198a1; }
    .botocore { fill: #4a545f; }
    .floor { fill: #7d8a98; }
    .edgemote, .agent { fill: #3fc9a9; }
  }
"""


class Panel(NamedTuple):
    """Bars of one figure. scale: what the values are divided by for their unit."""

    heading: str
    unit: str
    scale: float
    values: Mapping[str, float]


def draw(board: Measured) -> str:
    """The README's picture, from one board's figures."""
    panels = [
        Panel(heading, unit, scale, {name: board[name][figure] for name in _NAMES})
        for figure, heading, unit, scale in _PANELS
    ]
    label = "edgemote beside botocore and a hand-written script"
    return draw_panels("One 1.9 kB heartbeat over TLS 1.3 on a Cortex-A7", label, panels, _NAMES)


def draw_panels(
    title: str, label: str, panels: Sequence[Panel], names: Mapping[str, str], pitch: int = _PANEL
) -> str:
    """An SVG for light and dark pages. names: of the bars, by the keys of the panels' values, which
    are classes of the style; pitch: height of a panel.
    """
    parts = [_text(16, 28, title, "title")]
    for index, panel in enumerate(panels):
        top = _TOP + index * pitch
        parts.append(_text(16, top + 14, panel.heading, "head"))
        parts.append(_text(_LEFT + _SPAN + 116, top + 14, panel.unit, "quiet", end=True))
        longest = max(panel.values.values())
        for row, (name, value) in enumerate(panel.values.items()):
            at = top + 22 + row * (_BAR + 4)
            parts += _bar(name, names[name], at, value, longest, panel.scale)
    height = _TOP + len(panels) * pitch + 8
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" '
        f'width="{_WIDTH}" height="{height}" role="img" aria-label="{label}">\n'
        f"<style>{_STYLE}</style>\n" + "\n".join(parts) + "\n</svg>\n"
    )


def _bar(kind: str, name: str, top: int, value: float, longest: float, scale: float) -> list[str]:
    width = max(2, round(_SPAN * value / longest))
    shown = value / scale
    digits = 0 if shown >= 100 else 1 if shown >= 10 else 2
    bar = f'<rect class="{kind}" x="{_LEFT}" y="{top}" width="{width}" height="{_BAR}" rx="3"/>'
    middle = top + _BAR - 5
    return [
        _text(_LEFT - 8, middle, name, "quiet", end=True),
        bar,
        _text(_LEFT + width + 8, middle, f"{shown:,.{digits}f}"),
    ]


def _text(x: int, y: int, words: str, kind: str = "", *, end: bool = False) -> str:
    style = f' class="{kind}"' if kind else ""
    anchor = ' text-anchor="end"' if end else ""
    return f'<text x="{x}" y="{y}"{style}{anchor}>{escape(words)}</text>'
