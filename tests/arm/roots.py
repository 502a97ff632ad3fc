"""Foreign file systems with a stock Python, made without root rights, chroot or binfmt.

Debian's packages are unpacked, qemu-user runs what is in them. A root is kept under .arm/, in a
folder named by its recipe: a changed recipe makes a new one.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from edgemote_codegen.bundle.debian import MIRROR, unpack_packages
from edgemote_codegen.errors import CodegenError

PROJECT = Path(__file__).resolve().parents[2]
CACHE = PROJECT / ".arm"
# What a guest would otherwise look up on the host, and with it the host's taste would be measured.
FILES = {
    "etc/hosts": "127.0.0.1 localhost\n",
    "etc/nsswitch.conf": "passwd: files\nhosts: files dns\n",
    "etc/passwd": "root:x:0:0:root:/root:/bin/sh\n",
    "etc/ld.so.cache": "",
}


@dataclass(frozen=True)
class Release:
    """A Debian release and its Python. Of the suites, the first that the mirror has whole."""

    suites: tuple[str, ...]
    python: str
    libraries: tuple[str, ...]

    @property
    def packages(self) -> tuple[str, ...]:
        return (
            *("libc6", "libgcc-s1", "zlib1g", "libexpat1", "libffi8", "libsqlite3-0"),
            "openssl",  # for openssl.cnf, which libssl reads at every start
            f"libpython{self.python}-minimal",
            f"python{self.python}-minimal",
            f"libpython{self.python}-stdlib",
            *self.libraries,
        )


BOOKWORM = Release(("bookworm",), "3.11", ("libssl3",))
TRIXIE = Release(("trixie", "forky"), "3.13", ("libssl3t64", "libzstd1"))
FORKY = Release(("forky",), "3.14", ("libssl3t64", "libzstd1"))
PYTHON = BOOKWORM.python


@dataclass(frozen=True)
class Target:
    """An architecture. `cpu` is qemu's word for the smallest one that Debian's build runs on.

    Without `qemu` it is the host's: the release's own loader runs its programs, with its libraries.
    """

    name: str
    qemu: str
    cpu: str
    packages: tuple[str, ...] = ()
    release: Release = BOOKWORM

    @property
    def label(self) -> str:
        """Its name where the release tells it from another."""
        return f"{self.name}-{self.release.suites[0]}"


TARGETS = {
    target.name: target
    for target in (
        Target("armhf", "qemu-arm", "cortex-a7"),
        Target("armel", "qemu-arm", "arm1176", ("libatomic1",)),
        Target("arm64", "qemu-aarch64", "cortex-a53"),
    )
}
NEWER_TARGET = Target("armhf", "qemu-arm", "cortex-a7", release=TRIXIE)
# Debian's testing release: the newest Python, and a time_t of 64 bits on armhf.
TESTING_TARGETS = {
    target.name: target
    for target in (
        Target("amd64", "", "", release=FORKY),
        Target("armhf", "qemu-arm", "cortex-a7", release=FORKY),
    )
}
# Command -> Debian packages that bring it.
TOOLS = {
    "gcc": ("gcc", "libc6-dev"),
    "setarch": ("util-linux",),
    "qemu-arm": ("qemu-user",),
    "qemu-aarch64": ("qemu-user",),
    "arm-linux-gnueabihf-gcc": ("gcc-arm-linux-gnueabihf", "libc6-dev-armhf-cross"),
    "arm-linux-gnueabi-gcc": ("gcc-arm-linux-gnueabi", "libc6-dev-armel-cross"),
}


class MissingToolError(Exception):
    """The build host lacks something that cannot be installed from here."""


def need_tools() -> None:
    """Install what is missing with apt; MissingToolError, in one line, where that is impossible."""
    with locked("apt"):  # boards are made at the same time, and apt does not wait for itself
        _install([name for name in TOOLS if shutil.which(name) is None])


def _install(absent: list[str]) -> None:
    if not absent:
        return
    packages = sorted({package for name in absent for package in TOOLS[name]})
    command = f"apt-get install --no-install-recommends {' '.join(packages)}"
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
        raise MissingToolError(f"needs Debian or Ubuntu, whose packages are: {' '.join(packages)}")
    if os.geteuid() != 0:
        raise MissingToolError(f"needs {', '.join(absent)}; as root: {command}")
    print(f"installing {' '.join(packages)}", file=sys.stderr)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for step in ("apt-get -qq update", command.replace("apt-get", "apt-get -qq -y")):
        done = subprocess.run(
            step.split(), env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True
        )
        if done.returncode:
            reason = (done.stderr.strip() or "no reason given").splitlines()[-1]
            raise MissingToolError(f"`{command}` failed: {reason}")


def build_root(target: Target) -> Path:
    """The folder with the target's file system, made the first time."""
    recipe = repr((asdict(target), target.release.packages, MIRROR, FILES))
    key = hashlib.sha256(recipe.encode()).hexdigest()[:12]
    root = CACHE / f"root-{target.label}-{key}"
    with locked(f"root-{target.label}"):
        if not root.exists():
            need_tools()
            print(f"making a root for {target.label}", file=sys.stderr)
            partial = root.with_name(root.name + ".partial")
            for old in CACHE.glob(f"root-{target.label}-*"):
                shutil.rmtree(old)
            _unpack(target, partial)
            _settle(target, partial)
            partial.rename(root)
            if not target.qemu:
                _write_starter(target, root)
    return root


def python_of(target: Target, root: Path) -> Path:
    return root / "usr" / "bin" / f"python{target.release.python}"


def versions_of(root: Path) -> dict[str, str]:
    """The Debian packages in a root, with their versions."""
    lines = (root / "packages.txt").read_text().splitlines()
    return dict(line.split("\t") for line in lines)


def compile_tree(folder: Path, root: Path, target: Target) -> None:
    """Write bytecode that Python takes without a look at its source.

    Else the source's time would be compared at each import, and a copy would be compiled anew.
    """
    command = ["-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash", str(folder)]
    python = _host_python(target.release.python) or [
        *emulator(target, root),
        str(python_of(target, root)),
    ]
    subprocess.run([*python, *command], check=True, stdout=subprocess.DEVNULL)


def emulator(target: Target, root: Path, options: Sequence[str] = ()) -> list[str]:
    """What stands before the path of a program of the root."""
    if target.qemu:
        return [target.qemu, "-cpu", target.cpu, *options, "-L", str(root)]
    libraries = root / "usr" / "lib" / "x86_64-linux-gnu"
    return [str(libraries / "ld-linux-x86-64.so.2"), "--library-path", str(libraries)]


def _write_starter(target: Target, root: Path) -> None:
    """A `python3` beside the root's own for whoever knows no loader, such as a venv."""
    command = [*emulator(target, root), "--argv0", '"$0"', str(python_of(target, root))]
    file = root / "usr" / "bin" / "python3"
    file.write_text(f'#!/bin/sh\nexec {" ".join(command)} "$@"\n')
    file.chmod(0o755)


@contextmanager
def locked(name: str) -> Iterator[None]:
    """Only one process at a time makes what `name` stands for."""
    CACHE.mkdir(exist_ok=True)
    with open(CACHE / f"{name}.lock", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _unpack(target: Target, folder: Path) -> None:
    release = target.release
    try:
        versions = unpack_packages(
            target.name, release.suites, (*release.packages, *target.packages), folder
        )
    except CodegenError as error:
        raise MissingToolError(str(error)) from error
    (folder / "packages.txt").write_text("".join(f"{line}\n" for line in versions))


def _settle(target: Target, folder: Path) -> None:
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    for name in ("lib", "bin"):
        # Newer releases leave this link to a package with scripts.
        if not (folder / name).exists():
            (folder / name).symlink_to(f"usr/{name}")
    link = folder / "usr" / "lib" / "ssl" / "openssl.cnf"
    # An absolute link would lead out of the root, to the host's configuration.
    link.unlink(missing_ok=True)
    link.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(folder / "etc" / "ssl" / "openssl.cnf", link)
    (folder / "home").mkdir()
    compile_tree(folder / "usr" / "lib" / f"python{target.release.python}", folder, target)


def _host_python(version: str) -> list[str] | None:
    """A Python here that writes the bytecode of the guest's; it is many times as fast."""
    if f"{sys.version_info.major}.{sys.version_info.minor}" == version:
        return [sys.executable]
    found = shutil.which(f"python{version}")
    # What is found may be no more than the word of a version manager that there is such a Python.
    if found and subprocess.run([found, "-c", ""], capture_output=True).returncode == 0:
        return [found]
    return None
