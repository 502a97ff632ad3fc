"""Files that survive a power cut: content after fsync, names after fsync of their folder."""

from __future__ import annotations

import os

JOURNAL = "deployment.json"  # of deployments, in the state folder


def replace_file(path: str, content: bytes) -> None:
    """Replace a file's content. On return it is on disk; a power cut before that leaves either the
    old or the new content, complete.

    Raises OSError if the disk refuses.
    """
    folder = os.path.dirname(path) or "."
    os.makedirs(folder, exist_ok=True)
    new = f"{path}.new"
    file = open_anew(new)
    try:
        left = memoryview(content)
        while left:  # a disk that is nearly full accepts a part before it refuses
            left = left[os.write(file, left) :]
        os.fsync(file)
    finally:
        os.close(file)
    os.replace(new, path)
    sync_folder(folder)


def read_file(path: str, limit_bytes: int) -> bytes:
    """The beginning of a file. Raises OSError."""
    # Without O_NONBLOCK, opening a pipe would wait for its writer.
    file = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        return os.read(file, limit_bytes)
    finally:
        os.close(file)


def open_anew(path: str) -> int:
    """Create an empty file and return its descriptor. Whatever has this name is replaced: another
    user's file, a link, a pipe or a folder.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    try:
        return os.open(path, flags, 0o644)
    except FileExistsError:
        remove(path)
        return os.open(path, flags, 0o644)


def remove(path: str) -> None:
    """Remove a file, a link, or a folder with its content, if there is one of this name."""
    if os.path.isdir(path) and not os.path.islink(path):
        for name in os.listdir(path):
            remove(os.path.join(path, name))
        os.rmdir(path)
    elif os.path.lexists(path):
        os.unlink(path)


def describe_need(path: str, access: str) -> str:
    """A path, whose it is as far as this user may see that, and that this user needs `access`."""
    try:
        found = os.stat(path)
        owner = f", of user {found.st_uid} with mode {found.st_mode & 0o7777:o},"
    except OSError:  # in a folder that is closed
        owner = ""
    return f"{path}{owner} must be {access} for user {os.geteuid()}"


def sync_folder(path: str) -> None:
    """Flush the names in a folder to the disk."""
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
