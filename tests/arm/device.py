"""What lies on the board: edgemote's bundle, and for comparison the floor's msgspec and botocore.

The msgspec of the floor is all of it, as pip installs it; its C core is the bundle's.
"""

from __future__ import annotations

import hashlib
import importlib.util
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from threading import Lock

from .roots import (
    CACHE,
    PROJECT,
    PYTHON,
    MissingToolError,
    Target,
    build_root,
    compile_tree,
    locked,
    need_tools,
)

_BOTOCORE_PACKAGES = ("botocore", "jmespath", "dateutil", "urllib3", "six")
_TEST_TOOLS = (
    *("pytest", "pluggy", "iniconfig", "packaging", "pygments"),
    *("sortedcontainers", "h11", "botocore", "jmespath", "python-dateutil", "six", "urllib3"),
)
_PURE_TEST_TOOLS = ("hypothesis==6.135.0", "attrs>=24")
# What a bundle carries, by its cloud.
SERVICES = {
    "edge": ("sagemaker-edge", "s3:GetObject,HeadObject"),
    "iot": (
        "iot-data:Publish,UpdateThingShadow",
        "iot-jobs-data:DescribeJobExecution,StartNextPendingJobExecution,UpdateJobExecution",
    ),
    # No cloud: a script's files.
    "transfers": (
        "s3:PutObject,CreateMultipartUpload,UploadPart,CompleteMultipartUpload,AbortMultipartUpload,GetObject",
        *("--with", "transfers", "--client-only"),
    ),
}
# Of botocore's 100 MB of models, the guest gets what the one client reads.
_BOTOCORE_DATA = (
    "_retry.json",
    "endpoints.json",
    "partitions.json",
    "sdk-default-configuration.json",
    "sagemaker-edge",
)


@dataclass(frozen=True)
class Size:
    files: int
    size_bytes: int


# functools.cache lets two threads that ask first make the same thing twice, one below the other's
# feet.
_making = Lock()


def bundle(target: Target, cloud: str = "edge") -> Path:
    """The folder that is copied onto the board, made anew from the working tree."""
    with _making:
        return _make_bundle(target, cloud)


@cache
def _make_bundle(target: Target, cloud: str) -> Path:
    label = target.label if cloud == "edge" else f"{target.label}-{cloud}"
    out = CACHE / "bundle" / label
    with locked(f"bundle-{label}"):
        shutil.rmtree(out, ignore_errors=True)
        need_tools()
        command = ["-m", "edgemote_codegen", "bundle", *SERVICES[cloud], "--target", target.name]
        subprocess.run(
            [sys.executable, *command, "--python", target.release.python, "--out", str(out)],
            check=True,
            cwd=PROJECT,
            stdout=subprocess.DEVNULL,
        )
        folder = out / f"edgemote-{target.name}"
        compile_tree(folder, build_root(target), target)
    return folder


def find_archive(bundle: Path) -> Path:
    """The packed bundle, beside its folder."""
    return bundle.with_name(f"{bundle.name}.tar.gz")


@cache
def msgspec_folder(target: Target) -> Path:
    """A folder for PYTHONPATH with the whole of msgspec."""
    folder = CACHE / f"msgspec-{target.name}"
    with locked(f"msgspec-{target.name}"):
        shutil.rmtree(folder, ignore_errors=True)
        _copy_package("msgspec", folder, [".py"])
        for core in (bundle(target) / "msgspec").glob("_core*.so"):
            shutil.copy(core, folder / "msgspec")
        compile_tree(folder, build_root(target), target)
    return folder


@cache
def botocore_folder(target: Target) -> Path:
    """A folder for PYTHONPATH with botocore, all its Python code, and the data it reads here."""
    folder = CACHE / f"botocore-{target.name}"
    with locked(f"botocore-{target.name}"):
        shutil.rmtree(folder, ignore_errors=True)
        for package in _BOTOCORE_PACKAGES:
            _copy_package(package, folder, [".py"])
        data = _package_folder("botocore") / "data"
        for name in _BOTOCORE_DATA:
            for found in (data / name, data / f"{name}.gz"):
                if found.is_dir():
                    shutil.copytree(found, folder / "botocore" / "data" / name)
                elif found.exists():
                    (folder / "botocore" / "data").mkdir(exist_ok=True)
                    shutil.copy(found, folder / "botocore" / "data")
        compile_tree(folder, build_root(target), target)
    return folder


def test_tools(target: Target) -> Path:
    """A folder for PYTHONPATH with pytest and the judges, as far as they are pure Python.

    In the build host's versions, but for hypothesis, which has grown a compiled part.
    """
    wanted = [f"{name}=={version(name)}" for name in _TEST_TOOLS] + list(_PURE_TEST_TOOLS)
    key = hashlib.sha256(" ".join(wanted).encode()).hexdigest()[:12]
    folder = CACHE / f"tools-{key}"
    with locked("tools"):
        if not folder.exists():
            partial = folder.with_suffix(".partial")
            shutil.rmtree(partial, ignore_errors=True)
            for old in CACHE.glob("tools-*/"):
                shutil.rmtree(old)
            command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
            options = ["--no-compile", "--only-binary=:all:", "--platform=any"]
            done = subprocess.run(
                [*command, *options, f"--python-version={PYTHON}", f"--target={partial}", *wanted],
                capture_output=True,
                text=True,
            )
            if done.returncode:
                raise MissingToolError(f"pip failed: {done.stderr.strip().splitlines()[-1:]}")
            partial.rename(folder)
        compiled = folder / f"compiled-{target.release.python}"
        if not compiled.exists():
            compile_tree(folder, build_root(target), target)
            compiled.touch()
    return folder


def botocore_places() -> list[Path]:
    """botocore and what it needs, as pip has installed them on the build host."""
    return [_package_folder(name) for name in _BOTOCORE_PACKAGES]


def measure(places: Iterable[Path]) -> Size:
    """Files and bytes below folders, or of files; bytecode beside its source is not counted."""
    sizes = [
        file.stat().st_size
        for place in places
        for file in (place.rglob("*") if place.is_dir() else [place])
        if file.is_file() and file.parent.name != "__pycache__"
    ]
    return Size(len(sizes), sum(sizes))


def _package_folder(name: str) -> Path:
    """Where a package lies on the host; a module's file where it is no package."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"{name} is not installed on the build host", name=name)
    origin = Path(spec.origin)
    return origin.parent if origin.name == "__init__.py" else origin


def _copy_package(name: str, folder: Path, suffixes: Iterable[str]) -> None:
    source = _package_folder(name)
    for file in source.rglob("*") if source.is_dir() else [source]:
        if file.suffix in suffixes:
            place = folder / file.relative_to(source.parent)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, place)
