"""The models folder: versions side by side, a link to the current one, and a place to download to.

    HANDLE/ID/FILE      one version; complete and verified, always
    HANDLE/current      link to ID, replaced in one step
    .partial/HANDLE     what is being downloaded

Every function may be repeated after it was killed at any point. Handles and file names have passed
`addresses`, so none leads out of the folder.
"""

from __future__ import annotations

import os

from edgemote.deployments.addresses import split_name
from edgemote.deployments.journal import Installed
from edgemote.durable import sync_folder

CURRENT = "current"
_NEW_LINK = ".current.new"
_PARTIAL = ".partial"


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
        return os.path.join(self.path, handle, version_id, file)

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
        _unlink(link)
        os.symlink(version_id, link)
        os.replace(link, os.path.join(folder, CURRENT))
        sync_folder(folder)

    def leave(self, handle: str) -> None:
        """Have no version current; their files stay."""
        folder = os.path.join(self.path, handle)
        if _unlink(os.path.join(folder, CURRENT)):
            sync_folder(folder)

    def tidy(self, handle: str, kept: list[str]) -> None:
        """Remove what is left of downloads, and every version but those kept."""
        _unlink(self.partial_path(handle))
        folder = os.path.join(self.path, handle)
        if not os.path.isdir(folder):
            return
        for name in os.listdir(folder):
            if name == CURRENT and kept:
                continue
            if name not in kept:
                _remove(os.path.join(folder, name))
        if not kept:
            os.rmdir(folder)
            sync_folder(self.path)

    def find_installed(self) -> list[Installed]:
        """The current models as the links tell, for a journal that was lost."""
        found = []
        for handle in sorted(os.listdir(self.path)) if os.path.isdir(self.path) else ():
            link = os.path.join(self.path, handle, CURRENT)
            files = os.listdir(link) if os.path.islink(link) and os.path.isdir(link) else []
            version_id = os.readlink(link) if files else ""
            if len(files) == 1 and os.path.basename(version_id) == version_id:
                found.append(Installed(handle, version_id, files[0], *split_name(files[0])))
        return found


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
