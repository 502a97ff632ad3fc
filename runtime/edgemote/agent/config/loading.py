"""Turns a file into a Config, or into a list of all problems with it."""

from __future__ import annotations

import os
import sys
from typing import Any

from msgspec import NODEFAULT

from edgemote.agent import limits
from edgemote.agent.config.checks import (
    PATHS,
    Document,
    Values,
    check_value,
    find_contradictions,
    show,
)
from edgemote.agent.config.schema import SECTIONS, Config, list_keys
from edgemote.errors import ConfigError


def load(path: str) -> Config:
    folder = os.path.dirname(os.path.abspath(path))
    document = Document()
    try:
        _read(document, path, folder)
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from None
    values = _convert(document, folder)
    for key, problem in find_contradictions(values, document.values):
        document.refuse(key, problem)
    if document.problems:
        lines = [f"{path}: {name}: {problem}" for name, problem in document.problems.items()]
        beyond = len(lines) - limits.CONFIG_PROBLEMS
        if beyond > 0:
            lines[limits.CONFIG_PROBLEMS :] = [f"{path}: and {beyond} more"]
        raise ConfigError("\n".join(lines))
    for key, follows in (
        ("folders.models", f"{values['folders.state']}/models"),
        ("heartbeat.disk_path", values["folders.state"]),
        ("credentials.iot_ca_file", values["device.ca_file"]),
    ):
        values[key] = values[key] or follows
    # Without key_file, cert_file holds the key.
    name = "credentials.key_file" if values["credentials.key_file"] else "credentials.cert_file"
    if values[name] and os.stat(values[name]).st_mode & 0o007:
        name = document.names.get(name, name)
        document.warnings.append(f"{name}: every user may read the key; chmod o= fixes it")
    sections: dict[str, Any] = {
        section: struct(**{key: values[f"{section}.{key}"] for key in struct.__struct_fields__})
        for section, struct in SECTIONS.items()
    }
    return Config(**sections, warnings=tuple(f"{path}: {line}" for line in document.warnings))


def _read(document: Document, path: str, folder: str) -> None:
    try:
        with open(path, "rb") as file:
            # Editors on Windows write a BOM.
            data = file.read(limits.CONFIG_BYTES + 1).removeprefix(b"\xef\xbb\xbf")
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}") from None
    if len(data) > limits.CONFIG_BYTES:
        raise ConfigError(f"expected at most {limits.CONFIG_BYTES} bytes, got more")
    if data.lstrip().startswith(b"{"):  # no TOML document does
        try:
            from edgemote.agent.config.retired import read_retired
        except ModuleNotFoundError:
            raise ConfigError(
                "this bundle lacks the retired agent's configuration format: make one with "
                "sagemaker-edge among its services"
            ) from None
        read_retired(document, data, folder)
        return
    for section, pairs in _read_toml(data).items():
        if section not in SECTIONS:
            _refuse_unknown(document, f"[{section}]" if isinstance(pairs, dict) else section)
        elif not isinstance(pairs, dict):
            document.refuse(section, f"expected [{section}] and keys in it, got {show(pairs)}")
        else:
            for key, value in pairs.items():
                if key in SECTIONS[section].__struct_fields__:
                    document.values[f"{section}.{key}"] = value
                else:
                    _refuse_unknown(document, f"{section}.{key}")


def _read_toml(data: bytes) -> dict[str, object]:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        text = data.decode()
        return dict(tomllib.loads(text))
    except UnicodeDecodeError as error:
        problem, where, text = "expected UTF-8, got other bytes", "", data[: error.start].decode()
    except tomllib.TOMLDecodeError as error:
        problem, _, where = str(error).removesuffix(")").rpartition(" (at ")
    except (RecursionError, ValueError) as error:  # thousands of brackets or digits
        raise ConfigError(f"cannot be read as TOML: {error}") from None
    if not where.startswith("line"):  # at the end of the document
        where = f"line {text.count(chr(10)) + 1}, column {len(text) - text.rfind(chr(10))}"
    raise ConfigError(f"{where}: {problem[:200]}")


def _refuse_unknown(document: Document, name: str) -> None:
    what, known = "key", [key for key, _, _ in list_keys()]
    if name.startswith("["):
        what, known = "section", list(SECTIONS)
    hint = ""
    if len(document.problems) < limits.CONFIG_PROBLEMS:  # others are not shown
        from difflib import get_close_matches

        section, _, word = name.strip("[]").rpartition(".")
        # Of keys with the same name, the section's own comes first.
        known.sort(key=lambda key: not key.startswith(section))
        names = {key.rpartition(".")[2]: key for key in reversed(known)}
        hint = "".join(
            f"; did you mean {names[key]}?" for key in get_close_matches(word[:64], names, 1)
        )
    document.refuse(name, f"unknown {what}{hint}")


def _convert(document: Document, folder: str) -> Values:
    """The values that are valid by themselves; the others become problems."""
    values: Values = {}
    for key, kind, default in list_keys():
        value = document.values.get(key, default)
        if not value and key not in document.values:
            values[key] = value
            continue
        try:
            if value is NODEFAULT:
                raise ConfigError("required, but missing")
            if kind.__metadata__[0].title in PATHS:
                value = _find_paths(value, folder)
            values[key] = check_value(kind, value)
        except ConfigError as error:
            document.refuse(key, str(error))
    return values


def _find_paths(value: object, folder: str) -> object:
    """A path, or a list of paths, from the configuration's folder; anything else unchanged."""
    if isinstance(value, list):
        return [_find_paths(item, folder) for item in value]
    if isinstance(value, str) and value:
        return os.path.normpath(os.path.join(folder, value))
    return value
