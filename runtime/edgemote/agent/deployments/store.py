"""The models folder: versions side by side, a link to the current one, and a place to download to.

    HANDLE/ID/FILE      one version; complete and verified, always
    HANDLE/current      link to ID, replaced in one step
    .partial/HANDLE     what is being downloaded

Every function may be repeated after it was killed at any point. Handles and file names have passed
`addresses`, so none leads out of the folder.
"""

from __future__ import annotations

import os

from edgemote.agent.deployments.journal import Installed
from edgemote.agent.deployments.naming import is_handle, split_name
from edgemote.agent.files import sync_folder

CURRENT = "current"
_NEW_LINK = ".current.new"
_PARTIAL = ".partial"
_HEXADECIMAL = frozenset("0123456789abcdef")


class ModelFolder:
    """The models below `path`, which is made when it is first needed."""

    __slots__ = ("path",)

    def __init__(self, path: str) -> None:
        self.path = path

    def partial_path(self, handle: str) -> str:
        """Where a model is downloaded to."""
        return os.path.join(self.path, _PARTIAL, handle)

    def have_bytes(self, handle: str) -> int:
        """What there is of a download."""
        try:
            return os.stat(self.partial_path(handle)).st_size
        except FileNotFoundError:
            return 0

    def drop_partial(self, handle: str) -> None:
        """Begin a download anew."""
        _unlink(self.partial_path(handle))

    def file_path(self, handle: str, version_id: str, file: str) -> str:
        """Where a version's file is, or will be."""
        return os.path.join(self.path, handle, version_id, file).rstrip("/")

    def prepare(self) -> None:
        """Make the folder and the place to download to."""
        partial = os.path.join(self.path, _PARTIAL)
        if not os.path.isdir(partial):
            os.makedirs(partial, exist_ok=True)
            sync_folder(self.path)

    def free_bytes(self) -> int:
        """What an ordinary user may still write to its file system."""
        state = os.statvfs(self.path)
        return state.f_bavail * state.f_frsize

    def install(self, handle: str, version_id: str, file: str) -> bool:
        """Move the verified download to its place beside the current version.

        False if it is in neither place.
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

    def switch(self, handle: str, version_id: str) -> None:
        """Make a version the current one."""
        folder = os.path.join(self.path, handle)
        link = os.path.join(folder, _NEW_LINK)
        _refuse_file(os.path.join(folder, CURRENT))
        _unlink(link)
        os.symlink(version_id, link)
        os.replace(link, os.path.join(folder, CURRENT))
        sync_folder(folder)

    def leave(self, handle: str) -> None:
        """Have no version current; their files stay."""
        folder = os.path.join(self.path, handle)
        _refuse_file(os.path.join(folder, CURRENT))
        if _unlink(os.path.join(folder, CURRENT)):
            sync_folder(folder)

    def tidy(self, handle: str, kept: list[str]) -> None:
        """Remove what is left of downloads, and every version of ours but those kept and the one
        that is current, whatever else is known. What others have put there stays.
        """
        _unlink(self.partial_path(handle))
        folder = os.path.join(self.path, handle)
        if not os.path.isdir(folder):
            return
        link = os.path.join(folder, CURRENT)
        target = os.path.realpath(link)
        _unlink(os.path.join(folder, _NEW_LINK))
        if os.path.islink(link) and not os.path.exists(link):
            _unlink(link)
        for name in os.listdir(folder):
            path = os.path.join(folder, name)
            current = target == os.path.realpath(path) or target.startswith(f"{path}/")
            if name not in kept and _is_version(name) and not current:
                _remove(path)
        if not os.listdir(folder):
            os.rmdir(folder)
            sync_folder(self.path)

    def find_installed(self) -> list[Installed]:
        """The current models as the links tell, whoever made them."""
        found = []
        for handle in sorted(os.listdir(self.path)) if os.path.isdir(self.path) else ():
            link = os.path.join(self.path, handle, CURRENT)
            file = _find_file(link) if os.path.islink(link) else None
            if file is not None and is_handle(handle):
                version_id = os.readlink(link)
                whole_sum = (
                    version_id if len(version_id) == 40 and _is_version(version_id) else None
                )
                found.append(Installed(handle, version_id, file, *split_name(file), whole_sum))
        return found


def _refuse_file(path: str) -> None:
    """FileExistsError for a model that somebody has put in the link's place: it is not ours."""
    if os.path.isfile(path) and not os.path.islink(path):
        raise FileExistsError(17, "current is a file and no link")


def _find_file(link: str) -> str | None:
    """The name of the model's file in the folder that a link names, empty where it is the file;
    None where there is none. Of several files the largest is the model.
    """
    try:
        if not os.path.isdir(link):
            return "" if os.path.isfile(link) else None
        files = [entry for entry in os.scandir(link) if entry.is_file()]
        return max(files, key=lambda entry: (entry.stat().st_size, entry.name)).name
    except (OSError, ValueError):
        return None


def _is_version(name: str) -> bool:
    """Whether a folder has a name that we give: a SHA-1, or `e` and that of an ETag."""
    return len(
        name.removeprefix("e") if len(name) == 41 else name
    ) == 40 and _HEXADECIMAL.issuperset(name)


def _unlink(path: str) -> bool:
    """Whether it was there."""
    try:
        os.unlink(path)
    except FileNotFoundError:
        return False
    return True


def _remove(path: str) -> None:
    if os.path.isdir(path) and not os.path.islink(path):
        for name in os.listdir(path):
            _remove(os.path.join(path, name))
        os.rmdir(path)
    else:
        os.unlink(path)
