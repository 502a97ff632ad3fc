"""The two files that AWS tools share: ~/.aws/config and ~/.aws/credentials.

They are read as by botocore.configloader and botocore.session.Session.full_config: profiles are
`[profile NAME]` and `[default]` in the config file, and `[NAME]` in the credentials file; an
indented block is a section within its section; and if both files have a profile, the keys of the
credentials file take precedence.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from edgemote.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Section = dict[str, str | dict[str, str]]

FILE_LIMIT_BYTES = 1_048_576  # of each shared file; one profile takes about 200 bytes
DEFAULT_PROFILE = "default"
PROFILE_VARIABLES = ("AWS_DEFAULT_PROFILE", "AWS_PROFILE")  # botocore asks in this order


def choose_profile(profile: str | None, environ: Mapping[str, str]) -> str | None:
    """Return the profile that the caller or the environment names, or None.

    Raises ConfigError if the caller's is not a name.
    """
    if profile is None:
        return next((environ[name] for name in PROFILE_VARIABLES if environ.get(name)), None)
    if not isinstance(profile, str) or not profile:
        raise ConfigError(
            f"argument profile: expected the name of a profile, got {describe(profile)}"
        )
    return profile


def describe(value: object) -> str:
    """Describe a value for an error that must not show it."""
    return "an empty str" if value == "" else type(value).__name__


class SharedFiles:
    """Both files. Each is read once, when it is first needed. A file that does not exist is empty.

    Reading raises ConfigError for a file that cannot be read or parsed. The text names the file and
    the line, but never quotes the line.
    """

    __slots__ = ("_config", "_credentials", "config_path", "credentials_path")

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.config_path = _locate(environ, "AWS_CONFIG_FILE", "~/.aws/config")
        self.credentials_path = _locate(
            environ, "AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials"
        )
        self._config: dict[str, dict[str, Section]] | None = None
        self._credentials: dict[str, Section] | None = None

    def profile(self, name: str | None) -> Section:
        """Return a profile's keys in both files; None is the default one, which may not exist."""
        known = name or DEFAULT_PROFILE
        in_config = self.config_profile(known)
        in_credentials = self.credentials_profile(known)
        if in_config is None and in_credentials is None:
            if name is None:
                return {}
            raise ConfigError(
                f"profile {name!r} is neither in {self.config_path} nor in {self.credentials_path}"
            )
        return {**(in_config or {}), **(in_credentials or {})}

    def config_profile(self, name: str) -> Section | None:
        """Return a profile's keys in the config file; None if it does not have the profile."""
        return self._read_config()["profile"].get(name)

    def credentials_profile(self, name: str) -> Section | None:
        """Return a profile's keys in the credentials file; None if it does not have the profile."""
        if self._credentials is None:
            self._credentials = dict(_read_sections(self.credentials_path))
        return self._credentials.get(name)

    def services(self, name: str) -> Section | None:
        """Return a `[services NAME]` section of the config file."""
        return self._read_config()["services"].get(name)

    def origin(self, name: str | None, key: str) -> str:
        """Return where a profile's key was read, for an error."""
        known = name or DEFAULT_PROFILE
        from_credentials = key in (self.credentials_profile(known) or ())
        path = self.credentials_path if from_credentials else self.config_path
        return f"{key} in profile {known!r} of {path}"

    def _read_config(self) -> dict[str, dict[str, Section]]:
        if self._config is None:
            found: dict[str, dict[str, Section]] = {"profile": {}, "services": {}}
            for header, section in _read_sections(self.config_path):
                kind, name = _split_header(header)
                if kind in found:
                    found[kind][name] = section
            self._config = found
        return self._config


def _locate(environ: Mapping[str, str], variable: str, default: str) -> str:
    path = environ.get(variable) or default
    if "$" in path:
        path = os.path.expandvars(path)
    home = environ.get("HOME")
    if home and path.startswith("~/"):
        return home.rstrip("/") + path[1:]
    return os.path.expanduser(path)


def _split_header(header: str) -> tuple[str, str]:
    """Split a section's header: `profile "my name"` becomes ("profile", "my name")."""
    if header == DEFAULT_PROFILE:
        return "profile", header
    # botocore goes by how the header begins and takes its second word, whatever the first one is.
    kind = next((kind for kind in ("profile", "services") if header.startswith(kind)), "")
    if not kind:
        return "", ""
    import shlex

    try:
        words = shlex.split(header)
    except ValueError:  # a quote that is never closed
        return "", ""
    return (kind, words[1]) if len(words) == 2 else ("", "")


def _read_sections(path: str) -> Iterator[tuple[str, Section]]:
    if not os.path.isfile(path):
        return
    import configparser

    parser, problem = configparser.RawConfigParser(), ""
    try:
        if os.path.getsize(path) > FILE_LIMIT_BYTES:
            raise ConfigError(f"{path} is larger than {FILE_LIMIT_BYTES} bytes")
        with open(path, encoding="utf-8-sig") as file:  # editors on Windows begin it with a mark
            parser.read_file(file, path)
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror}") from None
    except UnicodeDecodeError:
        problem = "is not UTF-8 text"
    except configparser.Error as error:
        problem = f"is not an INI file{_line_of(error)}"
    # Not in the handlers: those errors quote the file, which may hold keys, and would be the
    # context of this one.
    if problem:
        raise ConfigError(f"{path} {problem}")
    for header in parser.sections():
        section: Section = {}
        for key, value in parser.items(header):
            section[key] = _parse_block(path, key, value) if value.startswith("\n") else value
        yield header, section


def _line_of(error: Exception) -> str:
    errors = getattr(error, "errors", None)
    line = getattr(error, "lineno", None) or (errors[0][0] if errors else None)
    return f", see its line {line}" if line else ""


def _parse_block(path: str, key: str, text: str) -> dict[str, str]:
    block = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        name, equals, value = line.partition("=")
        if not equals:
            raise ConfigError(f"{path}: a line of the block under {key} has no `=`")
        block[name.strip()] = value.strip()
    return block
