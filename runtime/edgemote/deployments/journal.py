"""What must outlive a killed process: one small file, replaced whole at each change of state."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import msgspec

from aws.sagemaker_edge.shapes import DeploymentResult
from edgemote import limits
from edgemote.durable import replace_file, sync_folder

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from edgemote.deployments import Log

FILE = "deployment.json"


class Installed(msgspec.Struct, omit_defaults=True):
    """A model that is current. name and version are None where the file's name does not tell.

    id: the folder of this version, or what `current` is where firmware made it itself; older: ids
    of the versions before it that are kept, newest first; sum: SHA-1 in hexadecimal as the
    deployment gave it, None where it gave none; file: empty where the id is the model's file;
    link: what `current` says where that is another way to the same
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
    bucket: str = ""
    key: str = ""
    file: str = ""
    name: str | None = None
    version: str | None = None
    sum: str | None = None  # SHA-1 in hexadecimal
    id: str = ""
    region: str | None = None  # of the bucket, once it is known
    etag: str | None = None
    size_bytes: int = 0
    sha256: str | None = None  # in hexadecimal, where S3 has it
    attempts: int = 0  # in a row that brought nothing
    refusals: int = 0  # in a row, of credentials
    restarts: int = 0  # of the download from its first byte
    hook_starts: int = 0
    previous: Installed | None = None
    link: str | None = None  # firmware's own to where no model is now, in place of `previous`
    reason: str | None = None
    rollback_reason: str | None = None


class Work(msgspec.Struct, omit_defaults=True):
    """The deployment at work. `refusal` says why none of it is tried."""

    name: str
    policy: str
    phase: str
    start_s: float
    models: list[ModelWork] = []
    refusal: str | None = None

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

    result: DeploymentResult
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
        """Read it; whether there is one. ValueError where it is not legible: the flash has failed,
        not a write.
        """
        try:
            with open(os.path.join(self.folder, FILE), "rb") as file:
                text = file.read(limits.JOURNAL_BYTES)
        except FileNotFoundError:
            return False
        try:
            self.journal = msgspec.json.decode(text, type=Journal)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise ValueError(f"{FILE} is not legible: {error}") from None
        return True

    def save(self) -> None:
        """Replace it: on return it is on the disk; a power cut at any moment leaves old or new."""
        self.saved = False
        try:
            replace_file(os.path.join(self.folder, FILE), msgspec.json.encode(self.journal))
        except OSError as error:
            raise JournalError(error.errno, error.strerror) from error
        self.saved = True

    def put_aside(self) -> None:
        """Keep an illegible one for whoever looks into it."""
        path = os.path.join(self.folder, FILE)
        os.replace(path, f"{path}.illegible")
        sync_folder(self.folder)


def open_journal(folder: str, models_folder: str, log: Log) -> JournalFile:
    """The journal as it is on the disk, or a new one in place of one that is lost, with the models
    that are there.
    """
    file = JournalFile(folder)
    try:
        if file.load():
            return file
    except ValueError as error:
        log.error(f"{error}; it is put aside, and deployments that are still listed are done again")
        file.put_aside()
    from edgemote.deployments.folder import ModelFolder

    file.saved = not adopt(file.journal, ModelFolder(models_folder).find_installed())
    return file


def adopt(journal: Journal, found: list[Installed]) -> bool:
    """Note the models that are current on the disk and that the journal does not know as such;
    whether there was one. Those at work stay as they are: the journal knows more of them.
    """
    at_work = {model.handle for model in journal.work.models} if journal.work else set()
    adopted = False
    for item in found:
        known = journal.find_installed(item.handle)
        if item.handle in at_work:
            continue
        if known is not None and known.id == item.id:
            known.link = item.link
            continue
        if known is not None:
            item.older = [one for one in (known.id, *known.older) if one != item.id]
        journal.set_installed(item.handle, item)
        adopted = True
    return adopted
