"""msgspec for a device: PyPI's wheel if there is one, else built here with a cross compiler.

What a client never uses is loaded late: importing msgspec's inspect, msgpack, toml, yaml and JSON
schema modules at start takes 11 million instructions and 440 KiB on 32-bit ARM. What the rest
imports needlessly takes 19 million and 290 KiB; see stand_ins.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from importlib.metadata import version
from pathlib import Path

from msgspec import Struct

from ..errors import CodegenError
from .debian import unpack_packages


class Target(Struct, frozen=True):
    """A kind of device.

    `machine` is the name in PyPI's wheels, "" if there are none; `triplet` and `flags` are for the
    cross compiler.
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
PYTHONS = ("3.10", "3.11", "3.12", "3.13", "3.14")
# Debian 12's, whatever runs the generator.
DEFAULT_PYTHON = "3.11"
# Python 3.10 has no TOML parser.
TOMLI_PYTHON, TOMLI_VERSION = "3.10", "2.2.1"
# Debian's releases that have a Python, the preferred one first.
_SUITES = {"3.11": ("bookworm",), "3.13": ("trixie", "forky"), "3.14": ("forky",)}
# The version whose pyconfig.h is used for a Python that no release has.
LENDER = "3.11"
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
    "msgpack.py",
    "structs.py",
)
_EAGER_PACKAGE = "from . import inspect, json, msgpack, structs, toml, yaml\n"
_LAZY_PACKAGE = """from . import json

_stand_ins.remove()


def __getattr__(name):
    if name in ("inspect", "msgpack", "structs"):
        from importlib import import_module

        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


"""
_STAND_INS = Path(__file__).with_name("stand_ins.py")
_EAGER_SCHEMA = "from ._json_schema import schema, schema_components\n"
_LAZY_SCHEMA = """

def __getattr__(name):
    if name in ("schema", "schema_components"):
        from . import _json_schema

        return getattr(_json_schema, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
"""


def check_libc(target: str, libc: str) -> None:
    """Raise CodegenError for a C library for which there is no msgspec."""
    fitting = [name for name, build in TARGETS.items() if build.machine]
    if libc != "gnu" and target not in fitting:
        raise CodegenError(f"--libc {libc} is only for {' and '.join(fitting)}, not for {target}")


def fetch_msgspec(
    target: str, pythons: tuple[str, ...], libc: str, cache: Path
) -> dict[str, bytes]:
    """Path in the bundle -> bytes, for msgspec's modules and its compiled part."""
    files: dict[str, bytes] = {}
    for python in pythons:
        if TARGETS[target].machine:
            files |= _read_wheel(target, python, libc, cache)
        else:
            files |= build(target, python, cache)
    return make_lazy(files)


def make_lazy(files: dict[str, bytes]) -> dict[str, bytes]:
    """Return the package without what the device never imports; other parts are loaded late."""
    kept = {
        path: content
        for path, content in files.items()
        if path.endswith((".so", "/LICENSE")) or path.rpartition("/")[2] in _MODULES
    }
    for path, eager, lazy in (
        ("msgspec/__init__.py", _EAGER_PACKAGE, _LAZY_PACKAGE),
        ("msgspec/json.py", _EAGER_SCHEMA, _LAZY_SCHEMA),
    ):
        text = kept[path].decode()
        if eager not in text:
            raise CodegenError(
                f"msgspec {version('msgspec')}: {path} is not the version that this edgemote knows"
            )
        kept[path] = text.replace(eager, lazy).encode()
    kept["msgspec/__init__.py"] = b"from . import _stand_ins\n" + kept["msgspec/__init__.py"]
    kept["msgspec/_stand_ins.py"] = _STAND_INS.read_bytes()
    return kept


def fetch_tomli(cache: Path) -> dict[str, bytes]:
    """Path in the bundle -> bytes, for tomli's modules, which are pure Python, and its licence."""
    folder = cache / f"tomli-{TOMLI_VERSION}"
    if not folder.exists():
        # Its wheels for single platforms have compiled parts.
        _download(
            folder,
            f"tomli=={TOMLI_VERSION}",
            *("--only-binary=:all:", "--platform=any", "--abi=none", "--implementation=py"),
            f"--python-version={TOMLI_PYTHON}",
        )
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as archive:
        files = {
            name: archive.read(name)
            for name in archive.namelist()
            if name.startswith("tomli/") and name.endswith(".py")
        }
        files["tomli/LICENSE"] = _read_licence(archive)
    return files


def _read_wheel(target: str, python: str, libc: str, cache: Path) -> dict[str, bytes]:
    platform = _WHEEL_TAGS[libc].format(TARGETS[target].machine)
    folder = cache / f"wheel-{version('msgspec')}-{platform}-{python}"
    if not folder.exists():
        _download(
            folder,
            f"msgspec=={version('msgspec')}",
            "--only-binary=:all:",
            f"--platform={platform}",
            f"--python-version={python}",
            "--implementation=cp",
        )
    wheel = next(folder.glob("*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        files = {
            name: archive.read(name)
            for name in archive.namelist()
            if name.startswith("msgspec/") and name.endswith((".py", ".so"))
        }
        files["msgspec/LICENSE"] = _read_licence(archive)
    return files


def _read_licence(wheel: zipfile.ZipFile) -> bytes:
    return wheel.read(next(name for name in wheel.namelist() if name.endswith("/LICENSE")))


def _download(folder: Path, requirement: str, *options: str) -> None:
    """`pip download` of one package into a new folder."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as work:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        done = subprocess.run(
            [*command, *options, f"--dest={work}/new", requirement],
            capture_output=True,
            text=True,
        )
        if done.returncode:
            reason = done.stderr.strip().splitlines()[-1:] or ["pip gave no reason"]
            raise CodegenError(f"cannot download {requirement}: {reason[0]}")
        Path(work, "new").replace(folder)


def build(target: str, python: str, cache: Path) -> dict[str, bytes]:
    """Compile msgspec's one C file for 32-bit ARM, for which PyPI has no wheels."""
    build = TARGETS[target]
    compiler = shutil.which(f"{build.triplet}-gcc")
    if compiler is None:
        raise CodegenError(f"{target} needs a cross compiler: apt-get install gcc-{build.triplet}")
    headers = find_headers(target, python, cache)
    with tempfile.TemporaryDirectory() as work:
        unpack_source(cache, Path(work))
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
        files["msgspec/LICENSE"] = (package.parents[1] / "LICENSE").read_bytes()
    return files


def unpack_source(cache: Path, folder: Path) -> None:
    """Unpack msgspec's source distribution, including its tests, below a folder."""
    source = cache / f"source-{version('msgspec')}"
    if not source.exists():
        _download(source, f"msgspec=={version('msgspec')}", "--no-binary=msgspec")
    unpack_archive(next(source.glob("*.tar.gz")), folder)


def unpack_archive(path: Path, folder: Path) -> None:
    """Unpack a .tar.gz, by the data filter if Python has it: Debian 12's does not."""
    with tarfile.open(path) as archive:
        archive.extraction_filter = getattr(tarfile, "data_filter", None)
        archive.extractall(folder)


def find_headers(target: str, python: str, cache: Path) -> list[Path]:
    """Folders with Python.h and the target's pyconfig.h."""
    installed = Path("/usr/include")
    if (installed / TARGETS[target].triplet / f"python{python}" / "pyconfig.h").exists():
        return [installed / f"python{python}", installed]
    folder = cache / f"headers-{target}-{python}"
    if not folder.exists():
        _fetch_headers(target, python, folder)
    return [folder / "usr" / "include" / f"python{python}", folder / "usr" / "include"]


def _fetch_headers(target: str, python: str, folder: Path) -> None:
    package = f"libpython{python}-dev"
    reason = "no supported release of Debian has it"
    if python in _SUITES:
        try:
            unpack_packages(target, _SUITES[python], [package], folder)
            return
        except CodegenError as error:
            reason = str(error)
    include = find_host_headers(python)
    if include is None:
        raise CodegenError(
            f"{target} needs the headers of Python {python}, and Debian's package {package} is not "
            f"available ({reason}): install python{python} with its headers on this machine"
        )
    lend_headers(target, python, include, folder, LENDER)


def find_host_headers(python: str) -> Path | None:
    """Return the headers of a Python of this version, for any machine."""
    candidates = map(str, Path.home().glob(f".pyenv/versions/{python}.*/bin/python3"))
    for candidate in (f"python{python}", *candidates):
        question = "import sysconfig; print(sysconfig.get_path('include'))"
        try:
            done = subprocess.run([candidate, "-c", question], capture_output=True, text=True)
        except OSError:
            continue
        include = Path(done.stdout.strip())
        if done.returncode == 0 and (include / "Python.h").exists():
            return include
    return None


def lend_headers(target: str, python: str, include: Path, folder: Path, lender: str) -> None:
    """Make a folder with a Python's headers, and the target's pyconfig.h of the version `lender`.

    All differences between machines are in pyconfig.h. msgspec depends only on what it says about
    C types, which is the same for every version; tests/arm/check.py verifies that.
    """
    _, multiarch = find_headers(target, lender, folder.parent)
    with tempfile.TemporaryDirectory(dir=folder.parent) as work:
        copy = Path(work) / "lent" / "usr" / "include" / f"python{python}"
        shutil.copytree(include, copy, ignore=shutil.ignore_patterns("pyconfig.h"))
        facts = multiarch / TARGETS[target].triplet / f"python{lender}" / "pyconfig.h"
        shutil.copyfile(facts, copy / "pyconfig.h")
        Path(work, "lent").replace(folder)


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise CodegenError(f"{Path(command[0]).name} failed: {reason}")
