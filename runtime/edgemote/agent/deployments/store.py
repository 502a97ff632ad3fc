"""The models folder: versions side by side, a link to the current one, and partial downloads.

    HANDLE/ID/FILE      one version, always complete and verified
    HANDLE/current      symbolic link to ID, replaced atomically
    .partial/HANDLE     a download in progress

Every function can be repeated after it was killed at any point. Handles and file names were checked
by `naming`, so none leads out of the folder.
"""

from __future__ import annotations

import os

from edgemote.agent.deployments.journal import Installed, is_handle
from edgemote.agent.deployments.naming import split_name
from edgemote.agent.files import remove, sync_folder

CURRENT = "current"
_NEW_LINK = ".current.new"
_PARTIAL = ".partial"
_HEXADECIMAL = frozenset("0123456789abcdef")
LINKS_LIMIT = 40  # symbolic links in one path, as in Linux


class ModelFolder:
    """The models below `path`, which is created when it is first needed."""

    __slots__ = ("path",)

    def __init__(self, path: str) -> None:
        self.path = path

    def partial_path(self, handle: str) -> str:
        """Where a model is downloaded to."""
        return os.path.join(self.path, _PARTIAL, handle)

    def have_bytes(self, handle: str) -> int:
        """Bytes of a download that are already there."""
        try:
            return os.stat(self.partial_path(handle)).st_size
        except FileNotFoundError:
            return 0

    def drop_partial(self, handle: str) -> None:
        """Discard what was downloaded."""
        remove(self.partial_path(handle))

    def file_path(self, handle: str, version_id: str, file: str) -> str:
        """Where a version's file is, or will be."""
        return os.path.join(self.path, handle, version_id, file).rstrip("/")

    def prepare(self) -> None:
        """Create the folder, and that of the downloads."""
        partial = os.path.join(self.path, _PARTIAL)
        if not os.path.isdir(partial):
            remove(partial)
            os.makedirs(partial, exist_ok=True)
            sync_folder(self.path)

    def free_bytes(self) -> int:
        """Bytes that an ordinary user can still write to its file system."""
        state = os.statvfs(self.path)
        return state.f_bavail * state.f_frsize

    def install(self, handle: str, version_id: str, file: str) -> bool:
        """Move the verified download to its place beside the current version.

        Returns False if the file is in neither place.
        """
        place = os.path.join(self.path, handle, version_id)
        path = os.path.join(place, file)
        partial = self.partial_path(handle)
        if not os.path.exists(partial):
            return os.path.exists(path)
        os.makedirs(place, exist_ok=True)
        for folder in (self.path, os.path.dirname(place)):
            sync_folder(folder)
        os.replace(partial, path)
        sync_folder(place)
        sync_folder(os.path.dirname(partial))
        return True

    def switch(self, handle: str, target: str) -> None:
        """Make a version the current one; target: its id, or the former target of the link."""
        folder = os.path.join(self.path, handle)
        link = os.path.join(folder, _NEW_LINK)
        _refuse_file(os.path.join(folder, CURRENT))
        _unlink(link)
        os.symlink(target, link)
        os.replace(link, os.path.join(folder, CURRENT))
        sync_folder(folder)

    def leave(self, handle: str) -> None:
        """Remove the link: no version is current. Their files stay."""
        folder = os.path.join(self.path, handle)
        _refuse_file(os.path.join(folder, CURRENT))
        if _unlink(os.path.join(folder, CURRENT)):
            sync_folder(folder)

    def read_link(self, handle: str) -> str | None:
        """The target of a link that firmware made, None for one of ours. The target need not exist:
        it may be on a disk that is not mounted yet.
        """
        text = _read_link(os.path.join(self.path, handle, CURRENT))
        return None if text is None or _is_version(text) else text

    def tidy(self, handle: str, kept: list[str]) -> None:
        """Remove a partial download, and all versions that we installed, except those in `kept` and
        those that a current model's link leads through. Files of others stay.

        kept: paths relative to the models folder
        """
        remove(self.partial_path(handle))
        folder = os.path.join(self.path, handle)
        if not os.path.isdir(folder):
            return
        remove(os.path.join(folder, _NEW_LINK))
        link = os.path.join(folder, CURRENT)
        if os.path.islink(link) and not os.path.exists(link) and _is_version(os.readlink(link)):
            _unlink(link)
        needed = _find_needed(
            self.path, [*kept, *(os.path.join(name, CURRENT) for name in os.listdir(self.path))]
        )
        place = os.path.realpath(folder)
        for name in os.listdir(folder):
            if _is_version(name) and os.path.join(place, name) not in needed:
                remove(os.path.join(folder, name))
        if not os.listdir(folder):
            os.rmdir(folder)
            sync_folder(self.path)

    def find_installed(self) -> list[Installed]:
        """The current models according to the links, whoever made them."""
        found = []
        for handle in sorted(os.listdir(self.path)) if os.path.isdir(self.path) else ():
            folder = os.path.join(self.path, handle)
            model = _find_current(folder, handle) if is_handle(handle) else None
            if model is not None:
                found.append(model)
        return found

    def leads_out(self, handle: str, version_id: str, file: str) -> bool:
        """Whether a symbolic link leads to a version's file outside of its model's folder; such a
        file is not read.
        """
        folder = os.path.realpath(os.path.join(self.path, handle))
        return not os.path.realpath(self.file_path(handle, version_id, file)).startswith(
            f"{folder}/"
        )


def _find_current(folder: str, handle: str) -> Installed | None:
    """The model that the link leads to; its version is the last folder of the model's own that the
    path goes through.
    """
    link = _read_link(os.path.join(folder, CURRENT))
    if link is None:
        return None
    version_id, inside = link, ""
    for place, rest in _follow(folder, CURRENT)[1:]:
        if os.path.dirname(place) == os.path.realpath(folder):
            version_id, inside = os.path.basename(place), rest
    file = _find_file(os.path.join(folder, version_id), inside)
    if file is None or not _is_text(version_id):
        return None
    if not _is_text(file):
        file = ""
    is_sum = len(version_id) == 40 and _is_version(version_id) and not inside
    return Installed(
        handle,
        version_id,
        file,
        *split_name(os.path.basename(file)),
        sum=version_id if is_sum else None,
        link=link if link != version_id else None,
    )


def _follow(folder: str, path: str) -> list[tuple[str, str]]:
    """Every place that a path leads through, with its links resolved one by one, and the rest of
    the path from there. It ends where links form a loop.
    """
    at, passed, links = os.path.realpath(folder), [], 0
    rest = path
    while rest and links < LINKS_LIMIT:
        if rest.startswith("/"):
            at = "/"
        part, _, rest = rest.lstrip("/").partition("/")
        rest = rest.strip("/")
        if part == "..":
            at = os.path.dirname(at)
        elif part not in ("", "."):
            place = os.path.join(at, part)
            passed.append((place, rest))
            try:
                rest = os.path.join(os.readlink(place), rest)
                links += 1
            except (OSError, ValueError):  # no link
                at = place
    return passed


def _find_needed(folder: str, paths: list[str]) -> set[str]:
    """The places that these paths lead through, and those of links inside the folders at their
    ends.
    """
    needed: set[str] = set()
    todo = [(folder, path) for path in paths]
    while todo:
        passed = [place for place, _ in _follow(*todo.pop())]
        is_new = not needed.issuperset(passed[-1:])
        needed.update(passed)
        if is_new and os.path.isdir(passed[-1]):
            try:
                entries = list(os.scandir(passed[-1]))
            except OSError:  # a folder that this user may not read
                continue
            todo += [(passed[-1], entry.name) for entry in entries if entry.is_symlink()]
    return needed


def _refuse_file(path: str) -> None:
    """Raise FileExistsError for what could not be restored: a model that somebody put in place of
    the link, or a link whose bytes the journal cannot hold.
    """
    if os.path.islink(path):
        if not _is_text(os.readlink(path)):
            raise FileExistsError(17, "current is a link to a name that is not UTF-8")
    elif os.path.isfile(path):
        raise FileExistsError(17, "current is a file, not a link")


def _read_link(path: str) -> str | None:
    """The target of a link; None if there is none, or if it cannot be read or recorded."""
    try:
        text = os.readlink(path)
    except OSError:
        return None
    return text if _is_text(text) else None


def _is_text(name: str) -> bool:
    """Whether a name from the disk is UTF-8: the journal cannot hold others."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _find_file(place: str, inside: str) -> str | None:
    """The path of the model's file in a version; empty if the version itself is the file, None if
    there is no file. inside: the path that a link gives. Of several files the largest is the model.
    """
    path = os.path.join(place, inside) if inside else place
    try:
        if not os.path.isdir(path):
            return inside if os.path.isfile(path) else None
        files = [entry for entry in os.scandir(path) if entry.is_file()]
        largest = max(files, key=lambda entry: (entry.stat().st_size, entry.name))
        return os.path.join(inside, largest.name)
    except (OSError, ValueError):
        return None


def _is_version(name: str) -> bool:
    """Whether this is a name that we give to folders: a SHA-1, or `e` and the SHA-1 of an ETag."""
    return len(
        name.removeprefix("e") if len(name) == 41 else name
    ) == 40 and _HEXADECIMAL.issuperset(name)


def _unlink(path: str) -> bool:
    """Remove a file; return whether it existed."""
    try:
        os.unlink(path)
    except FileNotFoundError:
        return False
    return True
