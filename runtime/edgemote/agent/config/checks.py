"""What the values of a configuration must be: each by itself, and together."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from edgemote import limits
from edgemote.agent.config import keys
from edgemote.client.settings import read_region, read_url
from edgemote.errors import ConfigError
from edgemote.profiles import describe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from edgemote.agent.config.keys import Key

    Values = dict[str, dict[str, object]]

_NAME_CHARS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
_NAME_LIMIT_CHARS = 63  # SageMaker's DeviceName and DeviceFleetName
_THING_CHARS = _NAME_CHARS | {":"}
_THING_LIMIT_CHARS = 128  # AWS IoT's ThingName
_ALIAS_CHARS = _NAME_CHARS | frozenset("=,@")
_ALIAS_LIMIT_CHARS = 128  # AWS IoT's RoleAlias
_PATH_LIMIT_CHARS = 4_095  # PATH_MAX without its NUL
_TEXT_LIMIT_CHARS = 255
_SHOWN_LIMIT = 1e15
_ADDRESS_PATH = "/role-aliases/"
_PLACEHOLDERS = ("{handle}", "{path}")
_CERTIFICATE_MARKS = (b"-----BEGIN CERTIFICATE-----", b"-----BEGIN TRUSTED CERTIFICATE-----")
_KEY_MARK = b" PRIVATE KEY-----"
_ENCRYPTED_MARKS = (b"-----BEGIN ENCRYPTED PRIVATE KEY-----", b"Proc-Type: 4,ENCRYPTED")


class RefusalError(Exception):
    """Why a value is no good: what was expected, and what is there instead."""

    def __init__(self, expected: str, got: str) -> None:
        super().__init__(f"expected {expected}, got {got}")


def check_value(key: Key, value: object) -> object:
    """The value as the struct has it. Raises RefusalError."""
    return CHECKS[key.kind](key, value)


def _describe_text(value: object) -> str:
    """What an error may say where a text is expected: never the value."""
    if isinstance(value, str):
        return "a text that does not fit" if value else "an empty text"
    return describe(value)


def _read_text(value: object, expected: str, limit_chars: int = _TEXT_LIMIT_CHARS) -> str:
    if not isinstance(value, str) or not value:
        raise RefusalError(expected, _describe_text(value))
    if len(value) > limit_chars:
        raise RefusalError(f"{expected} of at most {limit_chars} characters", f"{len(value)}")
    if not value.isprintable():
        raise RefusalError(f"{expected} without control characters", "some")
    return value


def _check_text(key: Key, value: object) -> str:
    return _read_text(value, "a text")


def _check_name(key: Key, value: object) -> str:
    expected = "letters, digits, - and _ with a letter or digit at both ends"
    name = _read_text(value, expected, _NAME_LIMIT_CHARS)
    if not _NAME_CHARS.issuperset(name) or name[0] in "-_" or name[-1] in "-_":
        raise RefusalError(expected, _describe_text(value))
    return name


def _check_thing(key: Key, value: object) -> str:
    expected = "letters, digits and - _ :"
    name = _read_text(value, expected, _THING_LIMIT_CHARS)
    if not _THING_CHARS.issuperset(name):
        raise RefusalError(expected, _describe_text(value))
    return name


def _check_alias(key: Key, value: object) -> str:
    expected = "letters, digits and - _ = , @"
    name = _read_text(value, expected, _ALIAS_LIMIT_CHARS)
    if not _ALIAS_CHARS.issuperset(name):
        raise RefusalError(expected, _describe_text(value))
    return name


def _check_region(key: Key, value: object) -> object:
    return _check_with(read_region, value, "a region such as us-west-2")


def _check_url(key: Key, value: object) -> object:
    return _check_with(
        read_url, value, "a URL such as https://host:8443/path without user name and query"
    )


def _check_with(read: Callable[[object, str], object], value: object, expected: str) -> object:
    try:
        read(value, "")
    except ConfigError:
        raise RefusalError(expected, _describe_text(value)) from None
    return value


def _check_iot_endpoint(key: Key, value: object) -> str:
    expected = "a host, or its address https://HOST/role-aliases/ALIAS/credentials"
    text = _read_text(value, expected)
    has_scheme = "://" in text
    _check_with(read_url, text if has_scheme else f"https://{text}", expected)
    _, _, path = text.removeprefix("https://").partition("/")
    whole = bool(split_alias(text))
    if (has_scheme and not text.startswith("https://")) or (path and not whole):
        raise RefusalError(expected, _describe_text(value))
    return text


def split_alias(endpoint: str) -> str:
    """The role alias in the address of a credential provider; empty for a host alone."""
    _, separator, rest = endpoint.partition(_ADDRESS_PATH)
    alias, ending, beyond = rest.partition("/credentials")
    return alias if separator and ending and not beyond and "/" not in alias else ""


def _check_path(key: Key, value: object) -> str:
    path = _read_text(value, "a path", _PATH_LIMIT_CHARS)
    # load() has made relative paths absolute.
    return os.path.normpath(path)


def _check_folder(key: Key, value: object) -> str:
    path = _check_path(key, value)
    if os.path.lexists(path) and not os.path.isdir(path):
        raise RefusalError("a folder", "something else of this name")
    return path


def _check_certificates(key: Key, value: object) -> str:
    path = _check_path(key, value)
    if not any(line.startswith(_CERTIFICATE_MARKS) for line in _read_pem(path)):
        raise RefusalError("a PEM file with a certificate", "a file without one")
    return path


def _check_private_key(key: Key, value: object) -> str:
    path = _check_path(key, value)
    if not has_private_key(path):
        raise RefusalError("a PEM file with a private key", "a file without one")
    return path


def has_private_key(path: str) -> bool:
    """Whether a PEM file has a private key. Raises RefusalError where it has a password."""
    found = False
    for line in _read_pem(path):
        if line.startswith(_ENCRYPTED_MARKS):
            raise RefusalError("a private key without a password", "an encrypted one")
        found = found or (line.startswith(b"-----BEGIN ") and line.endswith(_KEY_MARK))
    return found


def _read_pem(path: str) -> Iterator[bytes]:
    """Line by line, for a bundle of all authorities has 200 kB."""
    expected = "a file that can be read"
    try:
        # A named pipe would never end, or never begin.
        if not os.path.isfile(path):
            raise RefusalError(expected, "none" if not os.path.lexists(path) else "something else")
        if os.path.getsize(path) > limits.PEM_BYTES:
            raise RefusalError(f"a file of at most {limits.PEM_BYTES} bytes", "a larger one")
        with open(path, "rb") as file:
            while line := file.readline(limits.PEM_LINE_BYTES):
                yield line.rstrip()
    except OSError as error:
        raise RefusalError(expected, error.strerror or type(error).__name__) from None


def _spell_number(key: Key, what: str) -> str:
    return f"{what} ({key.unit}), {keys.spell_range(key)}"


def _check_number(key: Key, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise RefusalError(_spell_number(key, "a number"), describe(value))
    return float(_check_range(key, value, "a number"))


def _check_whole(key: Key, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int):
        raise RefusalError(_spell_number(key, "a whole number"), describe(value))
    return _check_range(key, value, "a whole number")


def _check_range(key: Key, value: float, what: str) -> float:
    if not (key.low <= value <= key.high or (value == 0 and key.zero)):
        # Converting an endless number takes endless time, and an infinite one has no digits.
        got = f"{value:,}" if abs(value) < _SHOWN_LIMIT else "one that is far out of it"
        raise RefusalError(_spell_number(key, what), got)
    return value


def _check_flag(key: Key, value: object) -> bool:
    if not isinstance(value, bool):
        raise RefusalError("true or false", describe(value))
    return value


def _check_level(key: Key, value: object) -> str:
    if not isinstance(value, str) or value not in keys.LEVELS:
        raise RefusalError(f"one of {', '.join(keys.LEVELS)}", _describe_text(value))
    return value


def _check_metrics(key: Key, value: object) -> tuple[str, ...]:
    expected = "a list of names of sensors"
    if not isinstance(value, list):
        raise RefusalError(expected, describe(value))
    from edgemote.agent.sensors import SENSORS

    for name in value:
        if not isinstance(name, str):
            raise RefusalError(expected, describe(name))
        if name not in SENSORS:
            raise RefusalError(f"{expected}, of {', '.join(SENSORS)}", "another")
    return tuple(value)


def _check_command(key: Key, value: object) -> tuple[str, ...]:
    expected = 'a list of words such as ["/usr/bin/program", "{handle}", "{path}"]'
    if not isinstance(value, list) or not value:
        raise RefusalError(expected, "an empty list" if value == [] else describe(value))
    for word in value:
        if not isinstance(word, str) or "\0" in word:
            raise RefusalError(expected, f"{describe(word)} in it")
        rest = word
        for placeholder in _PLACEHOLDERS:
            rest = rest.replace(placeholder, "")
        if "{" in rest or "}" in rest:
            raise RefusalError("{handle} and {path} as the only braces", "others")
    program = value[0]
    if not os.path.isabs(program):
        raise RefusalError("the program's absolute path as first word", _describe_text(program))
    if not os.path.isfile(program) or not os.access(program, os.X_OK):
        raise RefusalError("a program that can be run", "none under this path")
    return tuple(value)


CHECKS: dict[str, Callable[[Key, object], object]] = {
    keys.TEXT: _check_text,
    keys.NAME: _check_name,
    keys.REGION: _check_region,
    keys.URL: _check_url,
    keys.IOT_ENDPOINT: _check_iot_endpoint,
    keys.THING: _check_thing,
    keys.ALIAS: _check_alias,
    keys.PATH: _check_path,
    keys.FOLDER: _check_folder,
    keys.CERTIFICATES: _check_certificates,
    keys.PRIVATE_KEY: _check_private_key,
    keys.NUMBER: _check_number,
    keys.WHOLE: _check_whole,
    keys.FLAG: _check_flag,
    keys.LEVEL: _check_level,
    keys.METRICS: _check_metrics,
    keys.COMMAND: _check_command,
}
