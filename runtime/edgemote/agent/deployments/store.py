"""The models folder: versions side by side, a link to the current one, and a place to download to.

    HANDLE/ID/FILE      one version; complete and verified, always
    HANDLE/current      link to ID, replaced in one step
    .partial/HANDLE     what is being downloaded

Every function may be repeated after it was killed at any point. Handles and file names have passed
`addresses`, so none leads out of the folder.
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
LINKS_LIMIT = 40  # on the way of one path; Linux follows as many


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
        remove(self.partial_path(handle))

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

    def switch(self, handle: str, target: str) -> None:
        """Make a version the current one; target: its id, or what the link said before."""
        folder = os.path.join(self.path, handle)
        link = os.path.join(folder, _NEW_LINK)
        _refuse_file(os.path.join(folder, CURRENT))
        _unlink(link)
        os.symlink(target, link)
        os.replace(link, os.path.join(folder, CURRENT))
        sync_folder(folder)

    def leave(self, handle: str) -> None:
        """Have no version current; their files stay."""
        folder = os.path.join(self.path, handle)
        _refuse_file(os.path.join(folder, CURRENT))
        if _unlink(os.path.join(folder, CURRENT)):
            sync_folder(folder)

    def read_link(self, handle: str) -> str | None:
        """What the link says where it is firmware that made it, to whatever: that may be a disk
        which is not mounted yet.
        """
        text = _read_link(os.path.join(self.path, handle, CURRENT))
        return None if text is None or _is_version(text) else text

    def tidy(self, handle: str, kept: list[str]) -> None:
        """Remove what is left of downloads, and every version of ours but those kept and those that
        any current model needs, whatever else is known. What others have put there stays.

        kept: paths from the models folder
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
        """The current models as the links tell, whoever made them."""
        found = []
        for handle in sorted(os.listdir(self.path)) if os.path.isdir(self.path) else ():
            folder = os.path.join(self.path, handle)
            model = _find_current(folder, handle) if is_handle(handle) else None
            if model is not None:
                found.append(model)
        return found

    def leads_out(self, handle: str, version_id: str, file: str) -> bool:
        """Whether a version's file is a link, or behind one, that leads out of its model's folder:
        it is not read to be verified.
        """
        folder = os.path.realpath(os.path.join(self.path, handle))
        return not os.path.realpath(self.file_path(handle, version_id, file)).startswith(
            f"{folder}/"
        )


def _find_current(folder: str, handle: str) -> Installed | None:
    """What the link says: its version is the last name in the model's own folder on the way."""
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
    """Every place that a path from a folder leads through, link by link, each with what of the path
    follows it there. Nothing beyond a loop.
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
    """The places that paths from a folder need, and links in folders to which these lead."""
    needed: set[str] = set()
    todo = [(folder, path) for path in paths]
    while todo:
        passed = [place for place, _ in _follow(*todo.pop())]
        is_new = not needed.issuperset(passed[-1:])
        needed.update(passed)
        if is_new and os.path.isdir(passed[-1]):
            try:
                entries = list(os.scandir(passed[-1]))
            except OSError:  # what may not be seen is of no use to this user
                continue
            todo += [(passed[-1], entry.name) for entry in entries if entry.is_symlink()]
    return needed


def _refuse_file(path: str) -> None:
    """FileExistsError for what is not ours and could not be put back: a model that somebody has put
    in the link's place, or a link with bytes that the journal cannot hold.
    """
    if os.path.islink(path):
        if not _is_text(os.readlink(path)):
            raise FileExistsError(17, "current is a link to a name that is not UTF-8")
    elif os.path.isfile(path):
        raise FileExistsError(17, "current is a file, not a link")


def _read_link(path: str) -> str | None:
    """What a link says; None where there is none, or where that can be neither read nor noted."""
    try:
        text = os.readlink(path)
    except OSError:
        return None
    return text if _is_text(text) else None


def _is_text(name: str) -> bool:
    """Whether a name from the disk can be written to the journal: any bytes may be one."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _find_file(place: str, inside: str) -> str | None:
    """The path of the model's file in a version, of which a link may say more; empty where the
    version is the file, None where there is none. Of several files the largest is the model.
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
