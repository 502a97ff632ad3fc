"""The folder that is copied to a device: runtime, clients and msgspec, with a manifest.

Copying it installs it: `PYTHONPATH=/opt/edgemote python3 script.py`.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Collection, Mapping
from importlib.metadata import version
from pathlib import Path

from msgspec import Struct

from ..errors import CodegenError
from ..needs import FOR_AGENT, OPTIONAL_MODULES
from .completeness import DEFAULT_CLOUD
from .msgspec_builds import TOMLI_PYTHON, TOMLI_VERSION, fetch_msgspec, fetch_tomli
from .runtime import CONFIG, UNIT, find_build_time, find_resource, find_runtime, read_version
from .sources import compile_sources, strip_docs

MANIFEST = "manifest.json"
_USUAL_KIND = b'\n# kind = "%s"\n' % DEFAULT_CLOUD.encode()


class Contents(Struct, frozen=True):
    """What a bundle contains.

    `pythons` are the minor versions for which msgspec's compiled part is included;
    `optional_modules` those of the runtime that the clients' operations need; `config` the agent's
    configuration.
    """

    target: str
    pythons: tuple[str, ...]
    libc: str
    bytecode: bool
    with_docs: bool
    clients: Mapping[str, str]
    optional_modules: Collection[str] = ()
    client_only: bool = False
    config: bytes = b""


def write_bundle(contents: Contents, out: Path, cache: Path) -> Path:
    """Make out/edgemote-TARGET and its .tar.gz; the same bytes for the same inputs."""
    name = f"edgemote-{contents.target}"
    files = collect_files(contents, cache)
    files[MANIFEST] = write_manifest(contents, files)
    folder = out / name
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{name}-", dir=out) as work:
            for path, content in files.items():
                target = Path(work) / "new" / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
            if folder.exists():
                refuse_foreign_folder(folder)
                os.replace(folder, Path(work) / "old")
            os.replace(Path(work) / "new", folder)
            archive = Path(work) / "archive"
            archive.write_bytes(pack(name, files))
            os.replace(archive, out / f"{name}.tar.gz")
    except OSError as error:
        raise CodegenError(f"cannot write to {out}: {error.strerror or error}") from None
    return folder


def refuse_foreign_folder(folder: Path) -> None:
    """Raise CodegenError if the folder to be replaced is not a bundle, or has the user's work."""
    try:
        made = json.loads((folder / MANIFEST).read_bytes())["files"]
    except (OSError, ValueError, LookupError, TypeError):
        raise CodegenError(
            f"{folder} is not a bundle: move it away, or choose another --out"
        ) from None
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_dir() or name == MANIFEST or "__pycache__" in path.parts:
            continue
        if made.get(name) != hashlib.sha256(path.read_bytes()).hexdigest():
            raise CodegenError(
                f"{path} was added or changed after the bundle was made: move it away, or choose "
                "another --out"
            )


def collect_files(contents: Contents, cache: Path) -> dict[str, bytes]:
    """Path in the bundle -> bytes."""
    runtime = find_runtime()
    sources: dict[str, bytes] = {}
    for module in sorted(runtime.rglob("*.py")):
        name = module.relative_to(runtime).as_posix()
        if contents.client_only and name.startswith("agent/"):
            continue
        wanted = {*contents.optional_modules, *(() if contents.client_only else FOR_AGENT)}
        if name not in OPTIONAL_MODULES or name in wanted:
            sources[f"edgemote/{name}"] = module.read_bytes()
    for name, text in contents.clients.items():
        if name.endswith(".py"):  # stubs are for the build host
            sources[name] = text.encode()
    others = {"edgemote/LICENSE": find_resource("LICENSE").read_bytes()}
    if not contents.client_only:
        # For the device's administrator: a configuration to fill in, and a unit for systemd.
        others[CONFIG] = contents.config
        others[UNIT] = find_resource(UNIT).read_bytes()
    foreign: dict[str, bytes] = {}
    try:
        if contents.target != "any":
            foreign |= fetch_msgspec(contents.target, contents.pythons, contents.libc, cache)
        if TOMLI_PYTHON in contents.pythons and not contents.client_only:
            foreign |= fetch_tomli(cache)
    except (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError, StopIteration):
        raise CodegenError(f"a download in {cache} is damaged: remove this folder") from None
    for path, content in foreign.items():
        (sources if path.endswith(".py") else others)[path] = content
    if not contents.with_docs:
        sources = {
            path: strip_docs(content, foreign=path in foreign) for path, content in sources.items()
        }
    if contents.bytecode:
        sources = compile_sources(sources, contents.pythons, contents.with_docs)
    return dict(sorted({**sources, **others}.items()))


def read_device_config(path: Path | None, cloud: str) -> bytes:
    """Return the agent's configuration for a bundle: the user's, else one to fill in, which names
    the cloud if it is not the default.
    """
    try:
        config = (path or find_resource(CONFIG)).read_bytes()
    except OSError as error:
        raise CodegenError(f"--config: cannot read {path}: {error.strerror}") from None
    if path is None and cloud != DEFAULT_CLOUD:
        config = config.replace(_USUAL_KIND, b'\nkind = "%s"\n' % cloud.encode(), 1)
    return config


def write_manifest(contents: Contents, files: Mapping[str, bytes]) -> bytes:
    """Versions, and size and SHA-256 of every file; `python3 -m edgemote --verify` reads it."""
    manifest = {
        # No device can run the bundle before this time; see edgemote.clock.
        "built": find_build_time(),
        "edgemote": read_version(),
        "botocore": version("botocore"),
        "msgspec": None if contents.target == "any" else version("msgspec"),
        "tomli": TOMLI_VERSION if "tomli/__init__.py" in files else None,
        "target": contents.target,
        "python": list(contents.pythons),
        "files": {path: hashlib.sha256(content).hexdigest() for path, content in files.items()},
    }
    return json.dumps(manifest, indent=1).encode() + b"\n"


def pack(name: str, files: Mapping[str, bytes]) -> bytes:
    """Write a reproducible .tar.gz, without times and owners."""
    packed = io.BytesIO()
    with (
        gzip.GzipFile(filename="", fileobj=packed, mode="wb", mtime=0) as compressed,
        tarfile.open(fileobj=compressed, mode="w", format=tarfile.USTAR_FORMAT) as archive,
    ):
        for path, content in files.items():
            entry = tarfile.TarInfo(f"{name}/{path}")
            entry.size = len(content)
            entry.mode = 0o644
            archive.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


def describe_sizes(folder: Path, archive: Path) -> list[str]:
    """Return a line for each package of a bundle, and one for the archive."""
    lines = []
    for part in sorted(path for path in folder.iterdir() if path.is_dir()):
        sizes = [path.stat().st_size for path in part.rglob("*") if path.is_file()]
        lines.append(f"  {part.name:10} {len(sizes):3} files {sum(sizes) / 1024:8.1f} KiB")
    lines.append(f"  {archive.name}: {archive.stat().st_size / 1024:.1f} KiB packed")
    return lines


def default_cache() -> Path:
    """Where downloads and builds of msgspec are kept between runs."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "edgemote"
