"""From a file to a Config, or to all that is wrong with it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from edgemote import limits
from edgemote.agent.config import keys, sections
from edgemote.agent.config.checks import RefusalError, check_value
from edgemote.agent.config.rules import find_contradictions
from edgemote.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable

    from edgemote.agent.config.document import Document
    from edgemote.agent.config.rules import Place, Values

_PATH_KINDS = (keys.PATH, keys.FOLDER, keys.CERTIFICATES, keys.PRIVATE_KEY)
_OTHERS_MODE = 0o007

# What applies where there is no value, and it depends on other keys.
_FALLBACKS: dict[Place, Callable[[Values], object]] = {
    ("folders", "models"): lambda values: f"{values['folders', 'state']}/models",
    ("heartbeat", "disk_path"): lambda values: values["folders", "state"],
    ("credentials", "iot_ca_file"): lambda values: values["device", "ca_file"],
}


def load(path: str) -> sections.Config:
    """See `edgemote.agent.config.load`."""
    folder = os.path.dirname(os.path.abspath(path))
    document = _read_document(path, folder)
    values = _check_values(document, folder)
    for place, problem in find_contradictions(values, set(document.values)):
        document.refuse(document.name(place), problem)
    if document.problems:
        raise ConfigError("\n".join(_list_problems(path, document)))
    for place, fallback in _FALLBACKS.items():
        if values[place] is None:
            values[place] = fallback(values)
    _warn_of_readers(document, values)
    warnings = tuple(f"{path}: {warning}" for warning in document.warnings)
    return _build(values, warnings)


def _read_document(path: str, folder: str) -> Document:
    try:
        with open(path, "rb") as file:
            # Editors of Windows begin UTF-8 with a byte order mark.
            data = file.read(limits.CONFIG_BYTES + 1).removeprefix(b"\xef\xbb\xbf")
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
    if len(data) > limits.CONFIG_BYTES:
        raise ConfigError(f"{path}: expected at most {limits.CONFIG_BYTES} bytes, got more")
    if data.lstrip().startswith(b"{"):  # no TOML begins like this
        from edgemote.agent.config.retired import read_retired

        return read_retired(data, folder)
    from edgemote.agent.config.own import read_own

    try:
        return read_own(data.decode())
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{path}: line {line}: expected UTF-8, got other bytes") from None


def _check_values(document: Document, folder: str) -> Values:
    """Values of all keys that are good by themselves; the others are noted as problems."""
    values: Values = {}
    for section, key in keys.list_keys():
        place = (section, key.name)
        value = document.values.get(place, key.default)
        if value is None:
            if not key.required:
                values[place] = None
            elif document.whole:
                document.refuse(document.name(place), "required, but missing")
            continue
        if key.kind in _PATH_KINDS and isinstance(value, str) and value:
            value = os.path.join(folder, value)
        try:
            values[place] = check_value(key, value)
        except RefusalError as refusal:
            document.refuse(document.name(place), str(refusal))
    return values


def _list_problems(path: str, document: Document) -> list[str]:
    lines = [f"{path}: {name}: {problem}" for name, problem in document.problems.items()]
    beyond = len(lines) - limits.CONFIG_PROBLEMS
    if beyond > 0:
        lines[limits.CONFIG_PROBLEMS :] = [f"{path}: and {beyond} more"]
    return lines


def _warn_of_readers(document: Document, values: Values) -> None:
    for place in (("credentials", "key_file"), ("credentials", "cert_file")):
        path = values[place]
        if isinstance(path, str):
            # Without a key_file, the certificate's file has the key.
            if os.stat(path).st_mode & _OTHERS_MODE:
                document.warnings.append(
                    f"{document.name(place)}: every user may read the key; chmod o= mends it"
                )
            return


def _build(values: Values, warnings: tuple[str, ...]) -> sections.Config:
    parts = {
        name: section(**{key: values[name, key] for key in section.__struct_fields__})
        for name, section in _STRUCTS.items()
    }
    return sections.Config(**parts, warnings=warnings)


_STRUCTS = {
    "device": sections.Device,
    "credentials": sections.Credentials,
    "folders": sections.Folders,
    "heartbeat": sections.Heartbeat,
    "registration": sections.Registration,
    "spool": sections.Spool,
    "link": sections.Link,
    "deployments": sections.Deployments,
    "log": sections.Logging,
}
