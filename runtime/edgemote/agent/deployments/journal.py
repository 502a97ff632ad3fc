"""What must survive a killed process: one small file, replaced as a whole at each change."""

from __future__ import annotations

import os
from errno import EBADMSG, EIO, ELOOP, ENXIO, EUCLEAN
from stat import S_ISREG
from typing import TYPE_CHECKING

import msgspec

from edgemote.agent import limits
from edgemote.agent.deployments.shapes import Result
from edgemote.agent.files import JOURNAL, remove, replace_file, sync_folder

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


HANDLE_LIMIT = 63  # characters; the API's EntityName
# Errors of a file that will never be readable.
_DAMAGE = frozenset((EIO, ELOOP, ENXIO, EBADMSG, EUCLEAN))


class Installed(msgspec.Struct, omit_defaults=True):
    """A model that is current. name and version are None if the file's name does not tell.

    id: the folder of this version, or the target of `current` if firmware made the link; older: ids
    of earlier versions that are kept, newest first; sum: the deployment's SHA-1 or SHA-256 in
    hexadecimal, None without one; file: empty if the id itself is the model's file; link: the
    target of `current` if it leads there by another path
    """

    handle: str
    id: str
    file: str
    name: str | None = None
    version: str | None = None
    sum: str | None = None
    older: list[str] = []
    link: str | None = None


class InstalledModel(msgspec.Struct, frozen=True):
    """A current model, for heartbeats and firmware; path: of its file."""

    handle: str
    name: str | None
    version: str | None
    path: str
    sum: str | None

    def describe(self) -> dict[str, str | None]:
        """As plain data."""
        return {field: getattr(self, field) for field in self.__struct_fields__}


class ModelWork(msgspec.Struct, omit_defaults=True):
    """A model of the current deployment; `state` is one of the tables in `states`."""

    handle: str
    wish: str  # "DEPLOY" or "UNDEPLOY"
    state: str
    bucket: str = ""  # empty if `key` is an https URL, kept without its query
    key: str = ""
    file: str = ""
    name: str | None = None
    version: str | None = None
    sum: str | None = None  # SHA-1 or SHA-256 in hexadecimal
    id: str = ""
    etag: str | None = None
    wanted_bytes: int | None = None  # as the deployment gave it
    size_bytes: int = 0
    sha256: str | None = None  # in hexadecimal, where S3 has it
    attempts: int = 0  # consecutive ones without progress
    refusals: int = 0  # consecutive ones that better credentials might get through
    restarts: int = 0  # of the download from its first byte
    hook_starts: int = 0
    previous: Installed | None = None
    link: str | None = None  # target of firmware's link, if it leads to no model at present
    reason: str | None = None
    rollback_reason: str | None = None
    signature: dict[str, str] | None = None  # the block of the deployment's document
    detached: str | None = None  # otherwise the object beside the model, in base64
    digest: str | None = None  # SHA-256 of the verified file, if it must be signed


class Work(msgspec.Struct, omit_defaults=True):
    """The current deployment. refusal: why it is not attempted; planned: it has not started yet;
    withdrawn: why the cloud has withdrawn it, and expects no result.
    """

    name: str
    policy: str
    phase: str
    start_s: float
    models: list[ModelWork] = []
    refusal: str | None = None
    planned: bool = False
    withdrawn: str | None = None

    def describe(self, have_bytes: Callable[[str], int]) -> dict[str, Any]:
        """As plain data; have_bytes: tells how much of a handle's download is there."""
        return {
            "name": self.name,
            "phase": self.phase,
            "start_s": self.start_s,
            "models": [
                {
                    "handle": model.handle,
                    "wish": model.wish,
                    "state": model.state,
                    "size_bytes": model.size_bytes,
                    "have_bytes": have_bytes(model.handle),
                    "reason": model.reason,
                }
                for model in self.models
            ],
        }


class Report(msgspec.Struct, omit_defaults=True):
    """A result that the service is not known to have accepted.

    sent: it was sent, so it may have been accepted
    """

    result: Result
    sent: bool = False


class Journal(msgspec.Struct, omit_defaults=True):
    """done: names of deployments that are over; untidy: handles with files to be removed."""

    work: Work | None = None
    reports: list[Report] = []
    installed: list[Installed] = []
    done: list[str] = []
    untidy: list[str] = []

    def find_installed(self, handle: str) -> Installed | None:
        """The current model of a handle."""
        return next((model for model in self.installed if model.handle == handle), None)

    def list_installed(self, models_folder: str) -> list[InstalledModel]:
        """The current models, by handle."""
        return [
            InstalledModel(
                item.handle,
                item.name,
                item.version,
                os.path.join(models_folder, item.handle, item.id, item.file).rstrip("/"),
                item.sum,
            )
            for item in self.installed
        ]

    def set_installed(self, handle: str, model: Installed | None) -> None:
        """Record the current model of a handle, None for none."""
        kept = [other for other in self.installed if other.handle != handle]
        self.installed = sorted(kept + ([model] if model else []), key=lambda item: item.handle)


class JournalError(OSError):
    """The journal cannot be written: no work proceeds until it can."""


class JournalFile:
    """The journal on disk, in the state folder.

    Methods raise OSError if the disk refuses. `saved`: whether the file has this content.
    """

    __slots__ = ("folder", "journal", "saved")

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.journal = Journal()
        self.saved = True

    def load(self) -> bool:
        """Read it; return whether there is one. Raises ValueError if it is corrupt, because the
        flash has failed or a newer version wrote it; an OSError concerns access, not damage.
        """
        path = os.path.join(self.folder, JOURNAL)
        try:
            if not S_ISREG(os.stat(path).st_mode):  # opening a pipe would block
                raise ValueError(f"{JOURNAL} is not a file")
            with open(path, "rb") as file:
                text = file.read(limits.JOURNAL_BYTES)
        except FileNotFoundError:
            return False
        except OSError as error:
            if error.errno in _DAMAGE:
                raise ValueError(f"{JOURNAL} is corrupt: {error.strerror}") from None
            raise OSError(error.errno, error.strerror, path) from None
        try:
            journal = msgspec.json.decode(text, type=Journal)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise ValueError(f"{JOURNAL} is corrupt: {error}") from None
        self.journal = journal
        return True

    def save(self) -> None:
        """Replace it durably; a power cut at any moment leaves the old or the new content."""
        self.saved = False
        path = os.path.join(self.folder, JOURNAL)
        try:
            if os.path.isdir(path):
                self.put_aside()
            replace_file(path, msgspec.json.encode(self.journal))
        except OSError as error:
            raise JournalError(error.errno, error.strerror) from error
        self.saved = True

    def put_aside(self) -> None:
        """Keep a corrupt journal for an investigation, in place of an earlier one."""
        path = os.path.join(self.folder, JOURNAL)
        remove(f"{path}.illegible")
        os.rename(path, f"{path}.illegible")
        sync_folder(self.folder)


def is_handle(text: str) -> bool:
    """Whether a string can be a model's handle."""
    plain = len(text) <= HANDLE_LIMIT and text.isascii() and text.replace("-", "").isalnum()
    return plain and text.strip("-") == text
