"""The table of keys as people read it: a TOML file to fill in, and the README's reference."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgemote.agent.config import keys

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edgemote.agent.config.keys import Key, Value

_WIDTH = 96
_ESCAPES = {"\\": "\\\\", '"': '\\"'}


def describe_all() -> str:
    """A configuration in TOML; it can be loaded once the required keys are filled in."""
    lines = [
        *_comment(
            "Configuration of the edgemote agent. A line with a default says what holds without "
            "it; where there is no default, it is an example."
        ),
    ]
    for section in keys.SECTIONS:
        lines += ["", *_comment(section.meaning), f"[{section.name}]"]
        for key in section.keys:
            facts = "; ".join(_list_facts(key))
            lines += ["", *_comment(key.meaning), *_comment(facts[0].upper() + facts[1:] + ".")]
            value = key.example if key.default is None else key.default
            lines.append(f"{'' if key.required else '# '}{key.name} = {_write(value)}")
    return "\n".join(lines) + "\n"


def list_rows() -> Iterator[tuple[str, str, str, str]]:
    """The README's rows: key, what it must be, default, meaning."""
    for section, key in keys.list_keys():
        yield f"{section}.{key.name}", "; ".join(_list_kind(key)), _spell_default(key), key.meaning


def _list_facts(key: Key) -> Iterator[str]:
    yield from _list_kind(key)
    yield _spell_default(key) if key.required else f"default: {_spell_default(key)}"


def _list_kind(key: Key) -> Iterator[str]:
    yield f"{key.kind} ({key.unit})" if key.unit else key.kind
    if key.kind == keys.LEVEL:
        yield ", ".join(keys.LEVELS)
    spelt = keys.spell_range(key)
    if spelt:
        yield spelt


def _spell_default(key: Key) -> str:
    if key.required:
        return "required"
    return _write(key.default) if key.default is not None else key.instead or "none"


def _comment(text: str) -> Iterator[str]:
    line = "#"
    for word in text.split():
        if len(line) + 1 + len(word) > _WIDTH:
            yield line
            line = "#"
        line += f" {word}"
    yield line


def _write(value: Value) -> str:
    """A value as TOML writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return f"{value:_}"
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, list):
        return f"[{', '.join(map(_write, value))}]"
    return '"' + "".join(_ESCAPES.get(letter, letter) for letter in value) + '"'
