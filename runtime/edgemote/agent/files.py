"""Files that outlive a power cut: flash keeps what was flushed, and names once their folder was."""

from __future__ import annotations

import os


def replace_file(path: str, content: bytes) -> None:
    """Let a file have this content. On return it is on the disk; a power cut at any moment before
    leaves the old file or the new one, whole.

    Raises OSError where the disk refuses.
    """
    folder = os.path.dirname(path) or "."
    os.makedirs(folder, exist_ok=True)
    new = f"{path}.new"
    file = open_anew(new)
    try:
        left = memoryview(content)
        while left:  # a disk that is nearly full takes a part, and refuses the next
            left = left[os.write(file, left) :]
        os.fsync(file)
    finally:
        os.close(file)
    os.replace(new, path)
    sync_folder(folder)


def open_anew(path: str) -> int:
    """A descriptor of an empty file, whatever has this name: another user's file, a link, a pipe
    or a folder.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    try:
        return os.open(path, flags, 0o644)
    except FileExistsError:
        remove(path)
        return os.open(path, flags, 0o644)


def remove(path: str) -> None:
    """Remove what has this name, if something has: a file, a link, or a folder with all in it."""
    if os.path.isdir(path) and not os.path.islink(path):
        for name in os.listdir(path):
            remove(os.path.join(path, name))
        os.rmdir(path)
    elif os.path.lexists(path):
        os.unlink(path)


def sync_folder(path: str) -> None:
    """Have the names in a folder on the disk, not only its files."""
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
