"""Checks that bounds cannot express: PEM files, URLs, folders, commands, combinations of keys."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

from msgspec import Struct, ValidationError, convert

from edgemote.agent import limits
from edgemote.agent.config.schema import Capture
from edgemote.client.settings import read_region, read_url
from edgemote.errors import ConfigError, describe_missing

Values = dict[str, Any]  # by `section.key`

_SHOWN_CHARS = 128
_TEXT_CHARS = 4_095  # PATH_MAX without its NUL
_SECRET_MARKS = set(" @?#=%")  # a URL or command with one of them may hold a secret


class Document(Struct):
    """The values of a file, by our keys, and what the file calls those keys."""

    values: Values = {}
    names: dict[str, str] = {}
    problems: dict[str, str] = {}
    warnings: list[str] = []

    def refuse(self, key: str, problem: str) -> None:
        """Record a problem, the first of each key."""
        self.problems.setdefault(spell(self.names.get(key, key)), problem)


def spell(text: str) -> str:
    """A string as an error may show it."""
    return ascii(text if len(text) <= _SHOWN_CHARS else f"{text[:_SHOWN_CHARS]}...")[1:-1]


def show(value: object, title: str | None = None) -> str:
    """A value as an error may show it: short, and without secrets."""
    if isinstance(value, (list, dict)):
        return "a list" if isinstance(value, list) else "a section"
    if isinstance(value, str):
        if title in ("url", "provider", "command") and not _SECRET_MARKS.isdisjoint(value):
            return "a string that may contain a secret"
        return f"'{spell(value)}'"
    return spell(str(value).lower())


def check_value(kind: Any, value: object) -> Any:
    """The value, converted to its type. Raises ConfigError: expected ..., got ..."""
    meta, why = kind.__metadata__[0], ""
    try:
        good = convert(value, kind)
        if isinstance(good, str) and not (good.isprintable() and 0 < len(good) <= _TEXT_CHARS):
            raise ValueError("empty, too long, or with control characters")
        if meta.extra and 0 < good < meta.extra["least"]:
            raise ValidationError
        if meta.title in CHECKS:
            CHECKS[meta.title](good)
        return good
    except (ConfigError, ValidationError):
        pass
    except ValueError as error:
        why = f": {error}"
    raise ConfigError(f"expected {meta.description}, got {show(value, meta.title)}{why}")


def _check_chars(text: str, chars: str) -> None:
    if not (text.isascii() and all(char.isalnum() or char in chars for char in text)):
        raise ValidationError


def _check_name(name: str) -> None:
    _check_chars(name, "-_")
    _check_chars(name[0] + name[-1], "")


def _check_provider(address: str) -> None:
    read_url(address if "://" in address else f"https://{address}", "")
    _, _, path = address.removeprefix("https://").partition("/")
    if path not in ("", f"role-aliases/{split_alias(address) or ' '}/credentials"):
        raise ValidationError


def _check_endpoint(address: str) -> None:
    read_url(address if "://" in address else f"https://{address}", "")
    if "/" in address.removeprefix("https://"):
        raise ValueError("a path, or another scheme than https")


def _check_topic(topic: str) -> None:
    rest = topic.replace("{thing}", "")
    if any(mark in rest for mark in "{}+#\0") or len(topic.encode()) > 256:
        raise ValidationError
    if rest.startswith("$") and not rest.startswith("$aws/rules/"):
        raise ValueError("of those that begin with $, $aws/rules/RULE/ alone can be published to")


def split_alias(endpoint: str) -> str:
    """The role alias in the URL of a credential provider."""
    return endpoint.partition("/role-aliases/")[2].partition("/")[0]


def _check_prefix(prefix: str) -> None:
    _check_chars(prefix, "-._=/")
    # A dot segment could lead elsewhere, in a client or on a disk.
    if not all(part.strip(".") for part in prefix.removesuffix("/").split("/")):
        raise ValidationError


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
        # Reading a named pipe could block.
        if os.path.exists(path) and not os.path.isfile(path):
            raise ValueError("not a file")
        with open(path, "rb") as file:
            pem = file.read(limits.PEM_BYTES + 1)
    except OSError as error:
        raise ValueError(error.strerror) from None
    if len(pem) > limits.PEM_BYTES:
        raise ValueError(f"more than {limits.PEM_BYTES} bytes")
    return pem


def _check_signers(paths: tuple[str, ...]) -> None:
    try:
        from edgemote.agent.deployments.signatures import read_key
    except ModuleNotFoundError:
        raise ValueError(describe_missing("signatures")) from None
    for path in paths:
        try:
            if not path.isprintable():  # reasons that are reported contain it
                raise ValueError("control characters")
            _read_pem(path)
            read_key(path)
        except ValueError as error:  # noqa: PERF203 - it names the file
            raise ValueError(f"{show(path)}: {error}") from None


def _check_sensors(names: tuple[str, ...]) -> None:
    from edgemote.agent.sensors import SENSORS

    for name in names:
        if name not in SENSORS:
            raise ValueError(f"{show(name)} is none of {', '.join(SENSORS)}")


def _check_command(words: tuple[str, ...]) -> None:
    for word in words:
        rest = word.replace("{handle}", "").replace("{path}", "")
        if any(mark in rest for mark in "{}\0"):
            raise ValueError("braces other than {handle} and {path}, or a NUL")
    program = words[0]
    if not (os.path.isabs(program) and os.path.isfile(program) and os.access(program, os.X_OK)):
        raise ValueError(f"{show(program, 'command')} is not an executable's absolute path")


# By the title of a kind.
CHECKS: dict[str | None, Callable[[Any], object]] = {
    "name": _check_name,
    "thing": lambda value: _check_chars(value, "-_:"),
    "alias": lambda value: _check_chars(value, "-_=,@"),
    "region": lambda value: read_region(value, ""),
    "url": lambda value: read_url(value, ""),
    "provider": _check_provider,
    "endpoint": _check_endpoint,
    "topic": _check_topic,
    "bucket": lambda value: _check_chars(value, "-._"),
    "prefix": _check_prefix,
    "folder": _check_folder,
    "certificates": _check_certificates,
    "key": _check_private_key,
    "signers": _check_signers,
    "sensors": _check_sensors,
    "command": _check_command,
}
PATHS = ("path", "folder", "certificates", "key", "signers")

# Keys of the AWS IoT credential provider, required ones first. In the iot cloud, the certificate
# and the thing are the device's own.
_CERT, _KEY, _ALIAS = "credentials.cert_file", "credentials.key_file", "credentials.iot_role_alias"
_ENDPOINT = "credentials.iot_endpoint"
_OF_ROLE = _ENDPOINT, _ALIAS, "credentials.iot_ca_file"
_OF_DEVICE = _CERT, _KEY, "credentials.iot_thing_name"
_REQUIRED = {"edge": ("device.fleet",), "iot": ("cloud.endpoint", _CERT)}


def find_contradictions(values: Values, given: Values) -> Iterator[tuple[str, str]]:
    """Keys that contradict others, and why; `values` are valid by themselves."""
    pause_s = values.get("registration.pause_s", 0)
    limit_s = values.get("registration.pause_limit_s", pause_s)
    if pause_s > limit_s:
        problem = f"expected at most pause_limit_s, which is {limit_s:g}, got {pause_s:g}"
        yield "registration.pause_s", problem
    models = values.get("folders.models")
    if models and models == values.get("folders.state"):
        yield "folders.models", f"expected another folder than state, got {show(models)}"
    kind = values.get("cloud.kind", "")
    for key in _REQUIRED.get(kind, ()):
        if key not in given:
            yield key, "required, but missing"
    names = _OF_ROLE if kind == "iot" else _OF_ROLE + _OF_DEVICE
    first = next((key for key in names if key in given), "")
    if values.get("capture.destination") == "disk":
        if "capture.disk_path" not in given:
            yield "capture.disk_path", "required when capture.destination is disk"
    elif "capture.bucket" not in given:
        for name, usual in zip(Capture.__struct_fields__, Capture.__struct_defaults__, strict=True):
            if values.get(f"capture.{name}", usual) != usual:
                yield "capture.bucket", f"required when capture.{name} is set"
                break
    if first and "credentials.profile" in given:
        yield "credentials.profile", f"expected either a profile or {first}, got both"
        return
    if first:
        for key in (_ENDPOINT, _CERT):
            if key not in given:
                yield key, f"required when {first} is set"
        endpoint, other = values.get(_ENDPOINT), values.get(_ALIAS)
        alias = split_alias(endpoint or "")
        if alias and other not in (None, alias):
            yield _ALIAS, f"expected {show(alias)} as in iot_endpoint, got {show(other)}"
        if endpoint and not alias and _ALIAS not in given:
            yield _ALIAS, "required when iot_endpoint is a host alone"
    cert_file = values.get(_CERT)
    if cert_file and _KEY not in given:
        try:
            _check_private_key(cert_file)
        except ValueError as error:
            yield _KEY, f"required when cert_file has no key to use: {error}"
