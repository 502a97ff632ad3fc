"""What bounds cannot say of a value: PEM files, URLs, folders, commands, and keys together."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

from msgspec import Struct, ValidationError, convert

from .. import limits
from ..errors import ConfigError
from ..settings import read_region, read_url

Values = dict[str, Any]  # by `section.key`

_SHOWN_CHARS = 128
_SHOWN_LIMIT = 1e15
_TEXT_CHARS = 4_095  # PATH_MAX without its NUL
_SECRET_MARKS = " @?#=%"  # hints at one in a URL or command


class Document(Struct):
    """What a file says; `names` has its own names of our keys, where they differ."""

    values: Values = {}
    names: dict[str, str] = {}
    problems: dict[str, str] = {}
    warnings: list[str] = []

    def refuse(self, key: str, problem: str) -> None:
        """Note what is wrong; of two problems with the same name the first counts."""
        self.problems.setdefault(spell(self.names.get(key, key)), problem)


def spell(name: str) -> str:
    """A name or text from a file as an error may show it."""
    return ascii(name if len(name) <= _SHOWN_CHARS else f"{name[:_SHOWN_CHARS]}...")[1:-1]


def show(value: object, title: str | None = None) -> str:
    """A value as an error may show it: cut, and nothing that may be a secret."""
    if isinstance(value, (list, dict)):
        return "a list" if isinstance(value, list) else "a section"
    if isinstance(value, str):
        if title in ("url", "provider", "command") and not {*_SECRET_MARKS}.isdisjoint(value):
            return "a text that may hold a secret"
        return f"'{spell(value)}'"
    # An endless number would be written for an endless time.
    if isinstance(value, (int, float)) and abs(value) >= _SHOWN_LIMIT:
        return "a number far out of range"
    return str(value).lower()


def check_value(kind: Any, value: object) -> object:
    """The value as the struct has it. Raises ConfigError: expected ..., got ..."""
    meta, why = kind.__metadata__[0], ""
    try:
        good = convert(value, kind)
        if isinstance(good, str):
            if not (good.isprintable() and 0 < len(good) <= _TEXT_CHARS):
                raise ValueError("too long, or with control characters" if good else "empty")
        elif meta.extra and 0 < good < meta.extra["least"]:
            raise ValidationError
        if meta.title in CHECKS:
            CHECKS[meta.title](good)
        return good
    except (ConfigError, ValidationError):
        pass
    except ValueError as error:
        why = f": {error}"
    raise ConfigError(f"expected {meta.description}, got {show(value, meta.title)}{why}")


def split_alias(endpoint: str) -> str:
    """The role alias in the address of a credential provider; empty for a host alone."""
    return endpoint.partition("/role-aliases/")[2].partition("/")[0]


def _check_folder(path: str) -> None:
    if os.path.lexists(path) and not os.path.isdir(path):
        raise ValueError("not a folder")


def _check_certificates(path: str) -> None:
    pem = _read_pem(path)
    if b"-BEGIN CERTIFICATE-" not in pem and b"-BEGIN TRUSTED CERTIFICATE-" not in pem:
        raise ValueError("no certificate in it")


def _check_private_key(path: str) -> None:
    pem = _read_pem(path)
    if b"-BEGIN ENCRYPTED PRIVATE KEY-" in pem or b"Proc-Type: 4,ENCRYPTED" in pem:
        raise ValueError("the private key in it has a password")
    if b" PRIVATE KEY-" not in pem:
        raise ValueError("no private key in it")


def _read_pem(path: str) -> bytes:
    try:
        # A named pipe would never end, or never begin.
        if os.path.lexists(path) and not os.path.isfile(path):
            raise ValueError("not a file")
        with open(path, "rb") as file:
            pem = file.read(limits.PEM_BYTES + 1)
    except OSError as error:
        raise ValueError(error.strerror) from None
    if len(pem) > limits.PEM_BYTES:
        raise ValueError(f"more than {limits.PEM_BYTES} bytes")
    return pem


def _check_sensors(names: tuple[str, ...]) -> None:
    from ..metrics import SENSORS

    for name in names:
        if name not in SENSORS:
            raise ValueError(f"{show(name)} is none of {', '.join(SENSORS)}")


def _check_command(words: tuple[str, ...]) -> None:
    for word in words:
        rest = word.replace("{handle}", "").replace("{path}", "")
        if any(mark in rest for mark in "{}\0"):
            raise ValueError("braces other than {handle} and {path}, or a NUL")
    program = words[0]
    if not os.path.isabs(program):
        raise ValueError("the first word must be the program's absolute path")
    if not os.path.isfile(program) or not os.access(program, os.X_OK):
        raise ValueError(f"{show(program, 'command')} is no program that can be run")


# By the title of a kind.
CHECKS: dict[str | None, Callable[[Any], object]] = {
    "region": lambda value: read_region(value, ""),
    "url": lambda value: read_url(value, ""),
    "provider": lambda value: read_url(value if "://" in value else f"https://{value}", ""),
    "folder": _check_folder,
    "certificates": _check_certificates,
    "key": _check_private_key,
    "sensors": _check_sensors,
    "command": _check_command,
}
PATHS = ("path", "folder", "certificates", "key")

# Keys of the AWS IoT credential provider, those that it cannot do without first.
_IOT = "iot_endpoint cert_file key_file iot_role_alias iot_thing_name iot_ca_file".split()


def find_contradictions(values: Values, given: Values) -> Iterator[tuple[str, str]]:
    """Keys that contradict each other, and how; `values` are good by themselves, `given` or not."""
    pause_s = values.get("registration.pause_s", 0)
    limit_s = values.get("registration.pause_limit_s", pause_s)
    if pause_s > limit_s:
        problem = f"expected at most pause_limit_s, which is {limit_s:g}, got {pause_s:g}"
        yield "registration.pause_s", problem
    models = values.get("folders.models")
    if models and models == values.get("folders.state"):
        yield "folders.models", f"expected another folder than state, got {show(models)}"
    keys = [key for key in _IOT if f"credentials.{key}" in given]
    if keys and "credentials.profile" in given:
        yield "credentials.profile", f"expected either a profile or {keys[0]}, got both"
    elif keys:
        good = {key: values.get(f"credentials.{key}") for key in _IOT}
        for key, problem in _judge_provider(keys, good):
            yield f"credentials.{key}", problem


def _judge_provider(keys: list[str], good: Values) -> Iterator[tuple[str, str]]:
    for key in _IOT[:2]:
        if key not in keys:
            yield key, f"required when {keys[0]} is set"
    endpoint, other = good["iot_endpoint"], good["iot_role_alias"]
    alias = split_alias(endpoint or "")
    if alias and other not in (None, alias):
        yield "iot_role_alias", f"expected {show(alias)} as in iot_endpoint, got {show(other)}"
    if endpoint and not alias and "iot_role_alias" not in keys:
        yield "iot_role_alias", "required when iot_endpoint is a host alone"
    if good["cert_file"] and "key_file" not in keys:
        try:
            _check_private_key(good["cert_file"])
        except ValueError as error:
            yield "key_file", f"required when cert_file has no key to use: {error}"
