"""Records of a run over many services, so that the next run only makes those that changed.

The record of a service holds a hash of all its inputs, the generator included, and a hash of each
file. Its files are reused if both match: a change of the generator, or of a file by hand, makes it
generate the service again.
"""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

import msgspec
from msgspec import Struct

from .models import hash_inputs
from .tasks import Made, Task

NAME = ".aws-record.json"


class Record(Struct, frozen=True):
    """One service as it was generated."""

    source: str
    """hash of all inputs"""
    files: dict[str, str]
    """path -> SHA-256"""
    runtime_modules: tuple[str, ...]
    left_out: tuple[str, ...]


def read_records(out: Path) -> dict[str, Record]:
    """Service -> record; empty if the file is missing or invalid."""
    try:
        return msgspec.json.decode((out / NAME).read_bytes(), type=dict[str, Record])
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}


def write_records(out: Path, records: Mapping[str, Record]) -> None:
    """Write the records. Files are compared with them, so a killed run does no harm."""
    out.mkdir(parents=True, exist_ok=True)
    (out / NAME).write_bytes(msgspec.json.encode(records, order="sorted") + b"\n")


def hash_source(task: Task) -> str:
    """Hash of everything that determines a service's files."""
    words = (
        msgspec.json.encode(task, enc_hook=str),
        hash_inputs(task.selection.service, task.files).encode(),
        _hash_generator().encode(),
    )
    return hashlib.sha256(b"\n".join(words)).hexdigest()


@lru_cache(maxsize=1)
def _hash_generator() -> str:
    found = hashlib.sha256()
    folder = Path(__file__).parent
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        if path.suffix != ".pyc":
            found.update(path.relative_to(folder).as_posix().encode() + b"\n" + path.read_bytes())
    packages = [f"{name} {version(name)}" for name in ("botocore", "jinja2", "msgspec")]
    found.update(" ".join((*packages, platform.python_version())).encode())
    return found.hexdigest()


def make_record(source: str, made: Made) -> Record:
    files = {name: _hash(text.encode()) for name, text in made.files.items()}
    return Record(source, files, made.runtime_modules, made.left_out)


def find_made(record: Record, out: Path) -> Made | None:
    """The service from its existing files; None if one is missing or was changed."""
    files = {}
    for name, wanted in record.files.items():
        try:
            content = (out / name).read_bytes()
        except OSError:
            return None
        if _hash(content) != wanted:
            return None
        files[name] = content.decode()
    return Made(files, record.runtime_modules, record.left_out)


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
