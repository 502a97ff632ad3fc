"""Our own configuration, in TOML."""

from __future__ import annotations

from edgemote import limits
from edgemote.agent.config import keys
from edgemote.agent.config.document import Document, spell
from edgemote.agent.config.toml import TomlError, read_toml


def read_own(text: str) -> Document:
    """What a TOML file says; problems are lines that cannot be read, and what is not known."""
    document = Document()
    try:
        sections = read_toml(text)
    except TomlError as error:
        sections = error.sections
        document.whole = False
        for line, problem in error.problems:
            document.refuse(f"line {line}", problem)
    places = {(section, key.name) for section, key in keys.list_keys()}
    known = [".".join(place) for place in sorted(places)]
    names = [section.name for section in keys.SECTIONS]
    for section, pairs in sections.items():
        if section not in names:
            _refuse_unknown(document, f"[{section}]", "section", names)
            continue
        for key, value in pairs.items():
            if (section, key) in places:
                document.values[section, key] = value
            else:
                _refuse_unknown(document, f"{section}.{key}", "key", known)
    return document


def _refuse_unknown(document: Document, name: str, what: str, known: list[str]) -> None:
    # Looking for the nearest name takes a while, and what is beyond the limit is not shown.
    shown = len(document.problems) < limits.CONFIG_PROBLEMS
    hint = suggest(name.strip("[]"), known) if shown else ""
    document.refuse(name, f"unknown {what}{hint}")


def suggest(name: str, known: list[str]) -> str:
    """A hint at the known name that may be meant; empty where none is near."""
    short = spell(name)  # the time it takes grows with the length
    key = name.rpartition(".")[2]
    elsewhere = [other for other in known if other.rpartition(".")[2] == key]
    nearest = elsewhere[0] if elsewhere else min(known, key=lambda other: distance(short, other))
    near = elsewhere or distance(short, nearest) <= max(2, len(nearest) // 4)
    return f"; do you mean {nearest}?" if near else ""


def distance(one: str, other: str) -> int:
    """How many letters must be added, removed or changed to make one of the other (Levenshtein)."""
    row = list(range(len(other) + 1))
    for count, letter in enumerate(one, 1):
        above, row[0] = row[0], count
        for place, of_other in enumerate(other, 1):
            above, row[place] = (
                row[place],
                min(row[place] + 1, row[place - 1] + 1, above + (letter != of_other)),
            )
    return row[-1]
