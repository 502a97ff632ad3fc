"""msgspec for a device: PyPI's wheel where there is one, else built here by a cross compiler.

What a client never uses is loaded late: importing msgspec's inspect, msgpack, toml, yaml and JSON
schema modules at start takes 11 million instructions and 440 KiB on 32-bit ARM.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from msgspec import Struct

from .errors import CodegenError


class Target(Struct, frozen=True):
    """A kind of device.

    `machine` is the name that PyPI's wheels use, "" where there are none; `triplet` and `flags` are
    the cross compiler's.
    """

    machine: str = ""
    triplet: str = ""
    flags: tuple[str, ...] = ()


# -O2, not -Os: for 32-bit ARM, writing one float takes 5 to 7 times the instructions at -Os.
TARGETS = {
    "armhf": Target(triplet="arm-linux-gnueabihf", flags=("-O2",)),
    "armel": Target(
        triplet="arm-linux-gnueabi",
        flags=("-O2", "-march=armv6+fp", "-marm", "-mfloat-abi=softfp"),
    ),
    "arm64": Target(machine="aarch64"),
    "amd64": Target(machine="x86_64"),
    "any": Target(),
}
PYTHONS = ("3.10", "3.11", "3.12", "3.13")
_WHEEL_TAGS = {"gnu": "manylinux2014_{}", "musl": "musllinux_1_2_{}"}

# msgspec's modules that the bundle keeps; `json` and the package itself are made lazy below.
_MODULES = (
    "__init__.py",
    "_json_schema.py",
    "_typing_utils.py",
    "_utils.py",
    "_version.py",
    "inspect.py",
    "json.py",
    "structs.py",
)
_EAGER_PACKAGE = "from . import inspect, json, msgpack, structs, toml, yaml\n"
_LAZY_PACKAGE = """from . import json


def __getattr__(name):
    if name in ("inspect", "structs"):
        from importlib import import_module

        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


"""
_EAGER_SCHEMA = "from ._json_schema import schema, schema_components\n"
_LAZY_SCHEMA = """

def __getattr__(name):
    if name in ("schema", "schema_components"):
        from . import _json_schema

        return getattr(_json_schema, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
"""


def default_pythons(target: str) -> tuple[str, ...]:
    """Every Python that there are wheels for; Debian 12's where msgspec is built."""
    return PYTHONS if TARGETS[target].machine else ("3.11",)


def fetch_msgspec(
    target: str, pythons: tuple[str, ...], libc: str, cache: Path
) -> dict[str, bytes]:
    """Path in the bundle -> bytes, for msgspec's modules and its compiled part."""
    files: dict[str, bytes] = {}
    for python in pythons:
        if TARGETS[target].machine:
            files |= _read_wheel(target, python, libc, cache)
        else:
            files |= _build(target, python, cache)
    return make_lazy(files)


def make_lazy(files: dict[str, bytes]) -> dict[str, bytes]:
    """The package without what the device never imports, and the rest loaded when first used."""
    kept = {
        path: content
        for path, content in files.items()
        if path.endswith(".so") or path.rpartition("/")[2] in _MODULES
    }
    for path, eager, lazy in (
        ("msgspec/__init__.py", _EAGER_PACKAGE, _LAZY_PACKAGE),
        ("msgspec/json.py", _EAGER_SCHEMA, _LAZY_SCHEMA),
    ):
        text = kept[path].decode()
        if eager not in text:
            raise CodegenError(
                f"msgspec {version('msgspec')}: {path} is not as this version of edgemote knows it"
            )
        kept[path] = text.replace(eager, lazy).encode()
    return kept


def _read_wheel(target: str, python: str, libc: str, cache: Path) -> dict[str, bytes]:
    platform = _WHEEL_TAGS[libc].format(TARGETS[target].machine)
    folder = cache / f"wheel-{version('msgspec')}-{platform}-{python}"
    if not folder.exists():
        _download(
            folder,
            "--only-binary=:all:",
            f"--platform={platform}",
            f"--python-version={python}",
            "--implementation=cp",
        )
    wheel = next(folder.glob("*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        return {
            name: archive.read(name)
            for name in archive.namelist()
            if name.startswith("msgspec/") and name.endswith((".py", ".so"))
        }


def _download(folder: Path, *options: str) -> None:
    """`pip download` of the installed version of msgspec into a new folder."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as work:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        done = subprocess.run(
            [*command, *options, f"--dest={work}/new", f"msgspec=={version('msgspec')}"],
            capture_output=True,
            text=True,
        )
        if done.returncode:
            reason = done.stderr.strip().splitlines()[-1:] or ["pip says nothing"]
            raise CodegenError(f"cannot download msgspec: {reason[0]}")
        Path(work, "new").replace(folder)


def _build(target: str, python: str, cache: Path) -> dict[str, bytes]:
    """Compile msgspec's one C file for 32-bit ARM, for which PyPI has no wheels."""
    build = TARGETS[target]
    compiler = shutil.which(f"{build.triplet}-gcc")
    if compiler is None:
        raise CodegenError(f"{target} needs a cross compiler: apt-get install gcc-{build.triplet}")
    headers = _find_headers(target, python, cache)
    source = cache / f"source-{version('msgspec')}"
    if not source.exists():
        _download(source, "--no-binary=msgspec")
    with tempfile.TemporaryDirectory() as work:
        with tarfile.open(next(source.glob("*.tar.gz"))) as archive:
            archive.extractall(work, filter="data")
        package = next(Path(work).glob("msgspec-*/src/msgspec"))
        library = Path(work) / "core.so"
        _run(
            compiler,
            *("-shared", "-fPIC", "-pthread", "-fwrapv", "-DNDEBUG", "-g0"),
            *build.flags,
            *(f"-I{folder}" for folder in headers),
            # The same bytes from every folder.
            f"-ffile-prefix-map={work}=.",
            *(str(package / "_core.c"), "-lm", "-o", str(library)),
        )
        _run(f"{build.triplet}-strip", "--strip-unneeded", str(library))
        suffix = f"cpython-{python.replace('.', '')}-{build.triplet}.so"
        files = {f"msgspec/{path.name}": path.read_bytes() for path in package.glob("*.py")}
        files[f"msgspec/_core.{suffix}"] = library.read_bytes()
    return files


def _find_headers(target: str, python: str, cache: Path) -> list[Path]:
    """Folders with Python.h and the target's pyconfig.h: installed ones, else Debian's package."""
    triplet = TARGETS[target].triplet
    for root in (Path("/usr"), cache / f"headers-{target}-{python}" / "usr"):
        if root.parent.name.startswith("headers-") and not root.exists():
            _download_headers(target, python, root.parent)
        include = root / "include"
        if (include / triplet / f"python{python}" / "pyconfig.h").exists():
            return [include / f"python{python}", include]
    raise CodegenError(f"{target} needs the headers of Python {python}: {_headers_hint(python)}")


def _headers_hint(python: str) -> str:
    return f"Debian's package libpython{python}-dev for that architecture"


def _download_headers(target: str, python: str, folder: Path) -> None:
    """Unpack Debian's development package of another architecture, without installing it.

    apt keeps its state for that architecture in a folder of its own, and nothing of the build host
    changes.
    """
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
        raise CodegenError(
            f"{target} needs the headers of Python {python}: {_headers_hint(python)}; "
            "without apt, put them below /usr/include"
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as work:
        apt = list(_apt(target, Path(work)))
        # Some of the build host's sources may not have this architecture; the others will do.
        subprocess.run([*apt, "update"], capture_output=True)
        package = f"libpython{python}-dev"
        done = subprocess.run([*apt, "download", package], cwd=work, capture_output=True, text=True)
        found = list(Path(work).glob("*.deb"))
        if done.returncode or not found:
            raise CodegenError(
                f"Debian has no {package} for {target} here: choose its Python with --python"
            )
        _run("dpkg-deb", "-x", str(found[0]), f"{work}/unpacked")
        Path(work, "unpacked").replace(folder)


def _apt(target: str, work: Path) -> Iterator[str]:
    for name in ("lists/partial", "cache/archives/partial"):
        (work / name).mkdir(parents=True)
    (work / "status").touch()
    yield "apt-get"
    for option in (
        "quiet=2",
        f"APT::Architecture={target}",
        f"APT::Architectures={target}",
        "APT::Sandbox::User=root",
        "Acquire::Languages=none",
        f"Dir::State={work}",
        f"Dir::State::Lists={work}/lists",
        f"Dir::State::status={work}/status",
        f"Dir::Cache={work}/cache",
    ):
        yield from ("-o", option)


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise CodegenError(f"{Path(command[0]).name} failed: {reason}")
