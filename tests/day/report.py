"""What was measured as a table, as a picture, and in a page of docs."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from arm.savings import Panel, draw_panels

from .measure import Figures

NAMES = {
    "botocore": "botocore",
    "floor": "hand-written",
    "edgemote": "edgemote",
    "agent": "the agent",
}
BEGIN, END = "<!-- make bench-day -->", "<!-- end -->"
# Height of a picture's part: a heading and four bars.
_PITCH = 128

_ROWS: dict[str, Callable[[Figures], str]] = {
    "bytes sent": lambda found: f"{found['sent_bytes']:,}",
    "of these, heads and bodies of requests": lambda found: (
        f"{found['head_bytes']:,}, {found['body_bytes']:,}"
    ),
    "bytes received": lambda found: f"{found['received_bytes']:,}",
    "credentials, fetches and bytes both ways": lambda found: (
        f"{found['key_fetches']}, {found['key_bytes']:,}"
    ),
    "a heartbeat on a new connection, both ways": lambda found: (
        f"{found['beat_bytes']:,}" if "beat_bytes" in found else ""
    ),
    "connections, of these resumed": lambda found: f"{found['connections']}, {found['resumed']}",
    "times the radio is up": lambda found: f"{found['wakes']}",
    "of these, only to hear of a closed connection": lambda found: f"{found['closings']}",
    "instructions, billions": lambda found: f"{found.get('instructions', 0) / 1e9:.2f}",
}


def describe(figures: Mapping[str, Figures]) -> str:
    """The table, in Markdown."""
    lines = ["| a day | " + " | ".join(NAMES.values()) + " |", "|---|" + "---|" * len(NAMES)]
    for label, show in _ROWS.items():
        lines.append(f"| {label} | " + " | ".join(show(figures[name]) for name in NAMES) + " |")
    cells = (f"{compare(figures, name):.2f}" for name in NAMES)
    lines.insert(5, "| bytes both ways, botocore = 1 | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def summarize(figures: Mapping[str, Figures]) -> str:
    """One sentence."""
    ours, theirs = figures["agent"], figures["botocore"]
    return (
        "A day of 288 heartbeats, each on a new connection, takes the agent "
        f"{_sum(ours) / 1e6:.2f} MB and wakes the radio {ours['wakes']} times;\n"
        f"a script with botocore takes {_sum(theirs) / 1e6:.2f} MB and wakes it "
        f"{theirs['wakes']} times ([details](docs/design.md#a-day-on-a-metered-link))."
    )


def compare(figures: Mapping[str, Figures], name: str) -> float:
    """Bytes both ways, of botocore's."""
    return _sum(figures[name]) / _sum(figures["botocore"])


def _sum(found: Figures) -> int:
    return found["sent_bytes"] + found["received_bytes"]


def draw(figures: Mapping[str, Figures]) -> str:
    """The picture."""
    panels = [
        Panel(heading, unit, scale, {name: value(figures[name]) for name in NAMES})
        for heading, unit, scale, value in (
            ("On the wire", "MB", 1e6, _sum),
            ("The radio is up", "times", 1, lambda found: found["wakes"]),
            ("Instructions", "billions", 1e9, lambda found: found["instructions"]),
        )
    ]
    title = "A day of 288 heartbeats and 24 polls on a 32-bit board"
    label = "a day of botocore, a hand-written script, edgemote and its agent"
    return draw_panels(title, label, panels, NAMES, _PITCH)


def fill(page: str, text: str) -> str:
    """The page with this text between its marks."""
    before, found, rest = page.partition(BEGIN)
    _, also, after = rest.partition(END)
    if not (found and also):
        raise LookupError(f"the page has no {BEGIN} and {END}")
    return f"{before}{BEGIN}\n\n{text}\n\n{END}{after}"
