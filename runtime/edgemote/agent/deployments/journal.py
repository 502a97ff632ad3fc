"""What must outlive a killed process: one small file, replaced whole at each change of state."""

from __future__ import annotations

import os
from errno import EBADMSG, EIO, ELOOP, ENXIO, EUCLEAN
from stat import S_ISREG
from typing import TYPE_CHECKING

import msgspec

from edgemote.agent import limits
from edgemote.agent.deployments.shapes import Result
from edgemote.agent.files import remove, replace_file, sync_folder

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


FILE = "deployment.json"
HANDLE_LIMIT = 63  # characters; the API's EntityName
# What it means that a file cannot be read, however often one asks.
_DAMAGE = frozenset((EIO, ELOOP, ENXIO, EBADMSG, EUCLEAN))


class Installed(msgspec.Struct, omit_defaults=True):
    """A model that is current. name and version are None where the file's name does not tell.

    id: the folder of this version, or what `current` is where firmware made it itself; older: ids
    of the versions before it that are kept, newest first; sum: SHA-1 or SHA-256 in
    hexadecimal as the deployment gave it, None where it gave none; file: empty where the id is the
    model's file; link: what `current` says where that is another way to the same
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
    """A model of the deployment at work, and how far it has come (`state`, of the table)."""

    handle: str
    wish: str  # "DEPLOY" or "UNDEPLOY"
    state: str
    bucket: str = ""  # none where `key` is an https URL, kept without its query
    key: str = ""
    file: str = ""
    name: str | None = None
    version: str | None = None
    sum: str | None = None  # SHA-1 or SHA-256 in hexadecimal
    id: str = ""
    region: str | None = None  # of the bucket, once it is known
    etag: str | None = None
    wanted_bytes: int | None = None  # as the deployment gave it
    size_bytes: int = 0
    sha256: str | None = None  # in hexadecimal, where S3 has it
    attempts: int = 0  # in a row that brought nothing
    refusals: int = 0  # in a row, of credentials
    restarts: int = 0  # of the download from its first byte
    hook_starts: int = 0
    previous: Installed | None = None
    link: str | None = None  # firmware's own, which leads to no model now, and not to `previous`
    reason: str | None = None
    rollback_reason: str | None = None
    signature: dict[str, str] | None = None  # the block of the deployment's document
    detached: str | None = None  # else that of the object beside the model, in base64
    digest: str | None = None  # SHA-256 of the verified file, where it has to be signed


class Work(msgspec.Struct, omit_defaults=True):
    """The deployment at work. `refusal` says why none of it is tried; planned: nothing of it has
    been done yet; withdrawn: why the cloud wants no more of it, nor a result.
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
        """As plain data; have_bytes tells what there is of a handle's download."""
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
    """A result that the service has not accepted yet, as far as is known.

    sent: it may have been accepted
    """

    result: Result
    sent: bool = False


class Journal(msgspec.Struct, omit_defaults=True):
    """done: names of deployments that are over; untidy: handles with files that may go."""

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
        """Note what is current now; None for nothing."""
        kept = [other for other in self.installed if other.handle != handle]
        self.installed = sorted(kept + ([model] if model else []), key=lambda item: item.handle)


class JournalError(OSError):
    """The disk does not take the journal: nothing goes on before it does."""


class JournalFile:
    """The journal on the disk, in the state folder.

    Raises OSError where the disk refuses. `saved`: whether the disk has what is here.
    """

    __slots__ = ("folder", "journal", "saved")

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.journal = Journal()
        self.saved = True

    def load(self) -> bool:
        """Read it; whether there is one. ValueError where it is corrupt: the flash has failed,
        not a write, or a newer version wrote it. Another OSError is one of access, not of damage.
        """
        path = os.path.join(self.folder, FILE)
        try:
            if not S_ISREG(os.stat(path).st_mode):  # a pipe would hold whoever opens it
                raise ValueError(f"{FILE} is not a file")
            with open(path, "rb") as file:
                text = file.read(limits.JOURNAL_BYTES)
        except FileNotFoundError:
            return False
        except OSError as error:
            if error.errno in _DAMAGE:
                raise ValueError(f"{FILE} is corrupt: {error.strerror}") from None
            raise OSError(error.errno, error.strerror, path) from None
        try:
            journal = msgspec.json.decode(text, type=Journal)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise ValueError(f"{FILE} is corrupt: {error}") from None
        self.journal = journal
        return True

    def save(self) -> None:
        """Replace it: on return it is on the disk; a power cut at any moment leaves old or new."""
        self.saved = False
        path = os.path.join(self.folder, FILE)
        try:
            if os.path.isdir(path):
                self.put_aside()
            replace_file(path, msgspec.json.encode(self.journal))
        except OSError as error:
            raise JournalError(error.errno, error.strerror) from error
        self.saved = True

    def put_aside(self) -> None:
        """Keep an illegible one for whoever looks into it, in place of the last such."""
        path = os.path.join(self.folder, FILE)
        remove(f"{path}.illegible")
        os.rename(path, f"{path}.illegible")
        sync_folder(self.folder)


def is_handle(text: str) -> bool:
    """Whether a text can be a model's handle."""
    plain = len(text) <= HANDLE_LIMIT and text.isascii() and text.replace("-", "").isalnum()
    return plain and text.strip("-") == text
