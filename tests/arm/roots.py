"""Foreign file systems with a stock Python, made without root rights, chroot or binfmt.

apt keeps a state of its own for each architecture, dpkg-deb unpacks what it fetched, qemu-user runs
it. A root is kept under .arm/, in a folder named by its recipe: a changed recipe makes a new one.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
CACHE = PROJECT / ".arm"
PYTHON = "3.11"
MIRROR = os.environ.get("EDGEMOTE_DEBIAN_MIRROR", "http://deb.debian.org/debian")
# Only the release itself: updates in between would move the figures.
SUITE = "bookworm"
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
PACKAGES = (
    "libc6",
    "libgcc-s1",
    "zlib1g",
    "libexpat1",
    "libssl3",
    "openssl",  # for openssl.cnf, which libssl reads at every start
    f"libpython{PYTHON}-minimal",
    f"python{PYTHON}-minimal",
    f"libpython{PYTHON}-stdlib",
    "libffi8",
    "libsqlite3-0",
)
# What a guest would otherwise look up on the host, and with it the host's taste would be measured.
FILES = {
    "etc/hosts": "127.0.0.1 localhost\n",
    "etc/nsswitch.conf": "passwd: files\nhosts: files dns\n",
    "etc/passwd": "root:x:0:0:root:/root:/bin/sh\n",
    "etc/ld.so.cache": "",
}


@dataclass(frozen=True)
class Target:
    """An architecture. `cpu` is qemu's word for the smallest one that Debian's build runs on."""

    name: str
    qemu: str
    cpu: str
    packages: tuple[str, ...] = ()


TARGETS = {
    target.name: target
    for target in (
        Target("armhf", "qemu-arm", "cortex-a7"),
        Target("armel", "qemu-arm", "arm1176", ("libatomic1",)),
        Target("arm64", "qemu-aarch64", "cortex-a53"),
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
    absent = [name for name in TOOLS if shutil.which(name) is None]
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
    recipe = repr((asdict(target), SUITE, MIRROR, PACKAGES, FILES, PYTHON))
    key = hashlib.sha256(recipe.encode()).hexdigest()[:12]
    root = CACHE / f"root-{target.name}-{key}"
    with locked(f"root-{target.name}"):
        if not root.exists():
            need_tools()
            print(f"making a root for {target.name}", file=sys.stderr)
            partial = root.with_name(root.name + ".partial")
            shutil.rmtree(partial, ignore_errors=True)
            for old in CACHE.glob(f"root-{target.name}-*"):
                shutil.rmtree(old)
            _unpack(target, partial)
            _settle(target, partial)
            partial.rename(root)
    return root


def python_of(target: Target, root: Path) -> Path:
    return root / "usr" / "bin" / f"python{PYTHON}"


def versions_of(root: Path) -> dict[str, str]:
    """The Debian packages in a root, with their versions."""
    lines = (root / "packages.txt").read_text().splitlines()
    return dict(line.split("\t") for line in lines)


def compile_tree(folder: Path, root: Path, target: Target) -> None:
    """Write bytecode that Python takes without a look at its source.

    Else the source's time would be compared at each import, and a copy would be compiled anew.
    """
    command = ["-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash", str(folder)]
    python = _host_python() or [*emulator(target, root), str(python_of(target, root))]
    subprocess.run([*python, *command], check=True, stdout=subprocess.DEVNULL)


def emulator(target: Target, root: Path) -> list[str]:
    return [target.qemu, "-cpu", target.cpu, "-L", str(root)]


@contextmanager
def locked(name: str) -> Iterator[None]:
    """Only one process at a time makes what `name` stands for."""
    CACHE.mkdir(exist_ok=True)
    with open(CACHE / f"{name}.lock", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _unpack(target: Target, folder: Path) -> None:
    apt = CACHE / f"apt-{target.name}"
    for part in ("lists/partial", "cache/archives/partial", "state", "sources"):
        (apt / part).mkdir(parents=True, exist_ok=True)
    (apt / "status").touch()
    (apt / "sources" / "debian.list").write_text(
        f"deb [signed-by={KEYRING}] {MIRROR} {SUITE} main\n"
    )
    settings = {
        "APT::Architecture": target.name,
        "APT::Architectures": target.name,
        "APT::Sandbox::User": "",
        "Acquire::Languages": "none",
        "Dir::State": apt / "state",
        "Dir::State::lists": apt / "lists",
        "Dir::State::status": apt / "status",
        "Dir::Cache": apt / "cache",
        "Dir::Etc::sourcelist": "/dev/null",
        "Dir::Etc::sourceparts": apt / "sources",
    }
    command = ["apt-get", "-qq"]
    for name, value in settings.items():
        command += ["-o", f"{name}={value}"]
    debs = apt / "debs"
    shutil.rmtree(debs, ignore_errors=True)
    debs.mkdir()
    _run([*command, "update"], debs)
    _run([*command, "download", *PACKAGES, *target.packages], debs)
    folder.mkdir()
    versions = []
    for deb in sorted(debs.glob("*.deb")):
        versions.append(_run(["dpkg-deb", "-W", str(deb)], debs).strip())
        _run(["dpkg-deb", "-x", str(deb), str(folder)], debs)
    (folder / "packages.txt").write_text("".join(f"{line}\n" for line in versions))
    shutil.rmtree(apt)


def _settle(target: Target, folder: Path) -> None:
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    # An absolute link would lead out of the root, to the host's configuration.
    link = folder / "usr" / "lib" / "ssl" / "openssl.cnf"
    link.unlink(missing_ok=True)
    link.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(folder / "etc" / "ssl" / "openssl.cnf", link)
    (folder / "home").mkdir()
    compile_tree(folder / "usr" / "lib" / f"python{PYTHON}", folder, target)


def _host_python() -> list[str] | None:
    """A Python here that writes the bytecode of the guest's; it is many times as fast."""
    if f"{sys.version_info.major}.{sys.version_info.minor}" == PYTHON:
        return [sys.executable]
    found = shutil.which(f"python{PYTHON}")
    return [found] if found else None


def _run(command: Iterable[str], folder: Path) -> str:
    done = subprocess.run(list(command), cwd=folder, capture_output=True, text=True)
    if done.returncode:
        raise MissingToolError(f"{' '.join(command)[:60]}... failed: {done.stderr.strip()[-300:]}")
    return done.stdout
