"""Writes what the schema of the agent's configuration says into edgemote.toml and the docs.

`make reference` runs it after a change of a key. In edgemote.toml, which is where keys are
explained, a new key gets an empty comment that wants to be filled in; explanations, examples and
the words for defaults that are no values stay as they are. The table of docs/configuration.md is
made from both. The schema of job documents is made from the structs that check them.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import NamedTuple

import msgspec
from msgspec import NODEFAULT

from edgemote.agent.cloud.job_document import Document
from edgemote.agent.config.schema import SECTIONS, list_keys

ROOT = Path(__file__).parents[1]
TOML = ROOT / "runtime/device/edgemote.toml"
DOCS = ROOT / "docs/configuration.md"
SCHEMA = ROOT / "docs/job-document.schema.json"
START, END = "<!-- keys: made by `make reference` -->\n", "<!-- end of keys -->\n"


class Entry(NamedTuple):
    """A paragraph of edgemote.toml: comment lines, then a key or section.

    `comment` explains it. Of a key, `default` is what holds without it, as people read it, and
    `line` gives the default or an example.
    """

    comment: list[str]
    default: str
    line: str


def read_entries(toml: str) -> dict[str, Entry]:
    """`section` or `section.key` -> its paragraph; "" is the first one, which is about the file."""
    entries = {}
    section = ""
    for paragraph in toml.strip().split("\n\n"):
        *comment, line = paragraph.split("\n")
        if line.startswith("["):
            section = line.strip("[]")
            entries[section] = Entry(comment, "", line)
        elif section:
            name = line.removeprefix("# ").partition(" = ")[0]
            *comment, facts = comment
            default = facts.rpartition("; default: ")[2].removesuffix(".")
            entries[f"{section}.{name}"] = Entry(comment, default, line)
        else:
            entries[""] = Entry([*comment, line], "", "")
    return entries


def make_entries(entries: dict[str, Entry]) -> dict[str, Entry]:
    """The same for the schema's sections and keys, in its order."""
    made = {"": entries[""]}
    keys = list(list_keys())
    for section in SECTIONS:
        made[section] = entries.get(section, Entry(["#"], "", f"[{section}]"))
        for key, _, default in keys:
            if key.partition(".")[0] == section:
                name = key.partition(".")[2]
                entry = entries.get(key, Entry(["#"], "none", f'# {name} = ""'))
                if default is NODEFAULT:
                    entry = entry._replace(default="required", line=f'{name} = ""')
                elif default not in (None, ""):
                    value = write_value(default)
                    entry = entry._replace(default=value, line=f"# {name} = {value}")
                made[key] = entry
    return made


def write_value(value: object) -> str:
    """A default as TOML has it."""
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return f"{value:_}" if isinstance(value, int) else str(value)


def write_toml(toml: str) -> str:
    """edgemote.toml with the schema's keys, bounds and defaults."""
    kinds = {key: kind for key, kind, _ in list_keys()}
    paragraphs = []
    for name, entry in make_entries(read_entries(toml)).items():
        lines = list(entry.comment)
        if name in kinds:
            expected = kinds[name].__metadata__[0].description
            default = entry.default if entry.default == "required" else f"default: {entry.default}"
            lines.append(f"# {expected[0].upper()}{expected[1:]}; {default}.")
        paragraphs.append("\n".join([*lines, entry.line]).strip())
    return "\n\n".join(paragraphs) + "\n"


def write_docs(docs: str, toml: str) -> str:
    """The page with the table of keys between its marks."""
    before, _, rest = docs.partition(START)
    _, _, after = rest.partition(END)
    assert after, f"{DOCS} has lost the marks of its table"
    rows = [("key", "value", "default", "meaning"), ("---",) * 4]
    entries = make_entries(read_entries(toml))
    for key, kind, _ in list_keys():
        meaning = " ".join(line.removeprefix("#").strip() for line in entries[key].comment)
        rows.append((f"`{key}`", kind.__metadata__[0].description, entries[key].default, meaning))
    table = "".join(f"| {' | '.join(row)} |\n" for row in rows)
    return f"{before}{START}\n{table}\n{END}{after}"


def write_schema() -> str:
    """The JSON Schema of AWS IoT's job documents."""
    schema = msgspec.json.schema(Document)
    model = schema["$defs"]["Model"]
    # What the structs cannot say: only a model that leaves needs nothing but its handle.
    model["if"] = {"properties": {"state": {"const": "UNDEPLOY"}}, "required": ["state"]}
    model["else"] = {"required": ["url", "checksum"]}
    return (
        json.dumps({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}, indent=2)
        + "\n"
    )


def main() -> None:
    before, docs = TOML.read_text(), DOCS.read_text()
    toml = write_toml(before)
    schema = SCHEMA.read_text() if SCHEMA.exists() else ""
    for path, old, new in (
        (TOML, before, toml),
        (DOCS, docs, write_docs(docs, toml)),
        (SCHEMA, schema, write_schema()),
    ):
        if new != old:
            path.write_text(new)
            print(f"{path}: written", file=sys.stderr)
    was, now = read_entries(before), read_entries(toml)
    for name in was.keys() - now.keys():
        print(f"{TOML}: {name} is not in the schema; removed", file=sys.stderr)
    for name, entry in now.items():
        if not is_explained(entry):
            print(f"{TOML}: explain {name}, then run `make reference` again", file=sys.stderr)


def is_explained(entry: Entry) -> bool:
    return any(line.strip("# ") for line in entry.comment)


if __name__ == "__main__":
    main()
