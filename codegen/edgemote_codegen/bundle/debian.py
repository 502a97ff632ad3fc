"""Debian's packages for another architecture, unpacked into a folder and never installed.

apt keeps a state of its own for each call, and nothing of the build host changes.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from ..errors import CodegenError

MIRROR = os.environ.get("EDGEMOTE_DEBIAN_MIRROR", "http://deb.debian.org/debian")
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")


def unpack_packages(
    architecture: str, suites: Sequence[str], packages: Iterable[str], folder: Path
) -> list[str]:
    """Unpack packages into a new folder, and return a line `name<tab>version` for each.

    They come from the first suite that has all of them. Only the release itself is used, not its
    updates, so that what is built from it stays the same.
    """
    suite, *others = suites
    try:
        return _unpack(architecture, suite, packages, folder)
    except CodegenError:
        if not others:  # else it may be a mirror in the middle of an update
            raise
    return unpack_packages(architecture, others, packages, folder)


def _unpack(architecture: str, suite: str, packages: Iterable[str], folder: Path) -> list[str]:
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
        raise CodegenError(f"Debian's packages for {architecture} need apt-get and dpkg-deb")
    if not KEYRING.exists():
        raise CodegenError(
            f"Debian's packages for {architecture} need its keys: "
            "apt-get install debian-archive-keyring"
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="apt-", dir=folder.parent) as name:
        work = Path(name)
        apt = ["apt-get", *_apt_options(architecture, suite, work)]
        debs = work / "debs"
        debs.mkdir()
        _run([*apt, "update"], debs)
        _run([*apt, "download", *packages], debs)
        unpacked = work / "unpacked"
        unpacked.mkdir()
        versions = []
        for deb in sorted(debs.glob("*.deb")):
            versions.append(_run(["dpkg-deb", "-W", str(deb)], debs).strip())
            _run(["dpkg-deb", "-x", str(deb), str(unpacked)], debs)
        unpacked.replace(folder)
    return versions


def _apt_options(architecture: str, suite: str, work: Path) -> Iterator[str]:
    for name in ("lists/partial", "cache/archives/partial"):
        (work / name).mkdir(parents=True)
    (work / "status").touch()
    (work / "sources.list").write_text(f"deb [signed-by={KEYRING}] {MIRROR} {suite} main\n")
    yield "-qq"
    for option in (
        f"APT::Architecture={architecture}",
        f"APT::Architectures={architecture}",
        "APT::Sandbox::User=",
        "Acquire::Languages=none",
        f"Dir::State={work}",
        f"Dir::State::Lists={work}/lists",
        f"Dir::State::status={work}/status",
        f"Dir::Cache={work}/cache",
        f"Dir::Etc::sourcelist={work}/sources.list",
        "Dir::Etc::sourceparts=/dev/null",
    ):
        yield from ("-o", option)


def _run(command: list[str], folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise CodegenError(f"{command[0]} cannot get Debian's packages ({reason})")
    return done.stdout
