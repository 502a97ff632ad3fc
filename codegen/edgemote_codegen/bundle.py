"""The folder that is copied onto a device: runtime, clients and msgspec, with a manifest.

Copying it is the whole installation: `PYTHONPATH=/opt/edgemote python3 script.py`.
"""

from __future__ import annotations

import ast
import gzip
import hashlib
import importlib.util
import io
import json
import os
import py_compile
import subprocess
import sys
import tarfile
import tempfile
import tokenize
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

from msgspec import Struct

from .errors import CodegenError
from .msgspec_builds import TOMLI_PYTHON, TOMLI_VERSION, fetch_msgspec, fetch_tomli

MANIFEST = "manifest.json"


class Contents(Struct, frozen=True):
    """What goes into a bundle.

    `pythons` are the minor versions for which msgspec's compiled part is put in.
    """

    target: str
    pythons: tuple[str, ...]
    libc: str
    bytecode: bool
    with_docs: bool
    clients: Mapping[str, str]


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
    """Raises CodegenError where the folder to be replaced is no bundle."""
    if not (folder / MANIFEST).is_file():
        raise CodegenError(f"{folder} is not a bundle: move it away, or choose another --out")


# Modules of the runtime that few services need, by what their clients then have among their data.
_RARE_MODULES = {
    "discovery.py": ("discovered_by=", "url_member="),
    "presigning.py": ("presigned_member=",),
    "sigv2.py": ('"sigv2"',),
    "tokens.py": ('"bearer"',),
}


def collect_files(contents: Contents, cache: Path) -> dict[str, bytes]:
    """Path in the bundle -> bytes."""
    sources: dict[str, bytes] = {}
    runtime = _runtime_folder()
    left_out = {
        runtime / name
        for name, marks in _RARE_MODULES.items()
        if not any(mark in text for text in contents.clients.values() for mark in marks)
    }
    for module in sorted({*runtime.rglob("*.py")} - left_out):
        sources[f"edgemote/{module.relative_to(runtime).as_posix()}"] = module.read_bytes()
    for name, text in contents.clients.items():
        if name.endswith(".py"):  # stubs are for the build host
            sources[name] = text.encode()
    # For the device's administrator: a configuration to fill in, and a unit for systemd.
    others = {path.name: path.read_bytes() for path in _list_device_files(runtime)}
    foreign: dict[str, bytes] = {}
    if contents.target != "any":
        foreign |= fetch_msgspec(contents.target, contents.pythons, contents.libc, cache)
    if TOMLI_PYTHON in contents.pythons:
        foreign |= fetch_tomli(cache)
    for path, content in foreign.items():
        (sources if path.endswith(".py") else others)[path] = content
    if not contents.with_docs:
        sources = {path: strip_docs(content) for path, content in sources.items()}
    if contents.bytecode:
        sources = compile_sources(sources, contents)
    return dict(sorted({**sources, **others}.items()))


def _runtime_folder() -> Path:
    # Found, not imported: the generator knows nothing of what runs on the device.
    found = importlib.util.find_spec("edgemote")
    if found is None or not found.submodule_search_locations:
        raise CodegenError("the package edgemote is not installed here: pip install edgemote")
    return Path(next(iter(found.submodule_search_locations)))


def _list_device_files(runtime: Path) -> list[Path]:
    folder = runtime.parent / "device"
    if not folder.is_dir():
        raise CodegenError(f"{folder} is missing: bundles are made in a checkout of edgemote")
    return sorted(folder.iterdir())


def strip_docs(source: bytes) -> bytes:
    """Python source without docstrings and comments; `pass` where nothing else is left of a body.

    Every statement stays on its line: a traceback of the device points into the repository.
    """
    lines = source.decode().split("\n")
    for node in ast.walk(ast.parse(source)):
        body = getattr(node, "body", None)
        if not isinstance(body, list):
            continue
        docs = [part for part in body if _is_doc(part)]
        for number, part in enumerate(docs):
            first, last = part.lineno - 1, (part.end_lineno or part.lineno) - 1
            keeps_body = len(docs) == len(body) and number == 0 and not isinstance(node, ast.Module)
            lines[first : last + 1] = [""] * (last - first + 1)
            if keeps_body:
                lines[first] = f"{' ' * part.col_offset}pass"
    for token in tokenize.generate_tokens(io.StringIO("\n".join(lines)).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column].rstrip()
    return ("\n".join(lines).rstrip() + "\n").encode()


def _is_doc(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def compile_sources(sources: Mapping[str, bytes], contents: Contents) -> dict[str, bytes]:
    """Bytecode in place of source: module.pyc beside each other, which Python imports as it is.

    It is good for the Python that compiled it, so the device's must be of the same minor version.
    """
    running = f"{sys.version_info.major}.{sys.version_info.minor}"
    if contents.pythons != (running,):
        raise CodegenError(
            f"--bytecode makes files for the Python that runs it: add --python {running}, "
            f"or run this with the device's Python"
        )
    compiled = {}
    with tempfile.TemporaryDirectory() as folder:
        for path, content in sources.items():
            source = Path(folder) / "module.py"
            target = Path(folder) / "module.pyc"
            source.write_bytes(content)
            py_compile.compile(
                str(source),
                str(target),
                dfile=path,
                doraise=True,
                optimize=0 if contents.with_docs else 2,
                # Neither time nor hash of the source is asked for on the device.
                invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
            )
            compiled[f"{path}c"] = target.read_bytes()
    return compiled


def write_manifest(contents: Contents, files: Mapping[str, bytes]) -> bytes:
    """Versions, and size and SHA-256 of every file; `python3 -m edgemote --verify` reads it."""
    manifest = {
        # Before that time no device can run it: see edgemote.clock.
        "built": find_build_time(_runtime_folder()),
        "edgemote": version("edgemote"),
        "botocore": version("botocore"),
        "msgspec": None if contents.target == "any" else version("msgspec"),
        "tomli": TOMLI_VERSION if TOMLI_PYTHON in contents.pythons else None,
        "target": contents.target,
        "python": list(contents.pythons),
        "files": {path: hashlib.sha256(content).hexdigest() for path, content in files.items()},
    }
    return json.dumps(manifest, indent=1).encode() + b"\n"


def find_build_time(folder: Path) -> int:
    """POSIX seconds, the same for the same source: SOURCE_DATE_EPOCH, else when the last commit was
    made, else 0.
    """
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    if given.isdecimal():
        return int(given)
    command = ["git", "-C", str(folder), "log", "-1", "--format=%ct"]
    try:
        said = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    except OSError:
        return 0
    return int(said) if said.isdecimal() else 0


def pack(name: str, files: Mapping[str, bytes]) -> bytes:
    """A .tar.gz without times, owners and chance."""
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
    """A line for each package of a bundle, and for the whole."""
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
