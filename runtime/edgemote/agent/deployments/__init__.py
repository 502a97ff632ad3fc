"""Deployments: what the cloud lists is carried out, survives, and is reported once.

`states` has the states and every way between them, `journal` what outlives a killed process, `plan`
makes work of what is listed and a result of the work. `fetch` and `install` do it, through
`download`, `hooks` and `store`; `worker` goes from one action to the next. `signatures` judges
what has to be signed.

Nothing of it is loaded, and no file made, before the first deployment.
"""

from __future__ import annotations

import os

from edgemote.agent import limits

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Any, Protocol

    from edgemote.agent.deployments.hooks import Hooks
    from edgemote.agent.deployments.journal import InstalledModel, JournalFile
    from edgemote.agent.deployments.shapes import Deployment, Result
    from edgemote.agent.deployments.worker import Worker

    class Log(Protocol):
        """Where lines for the person who looks after the device go."""

        def error(self, text: str, /) -> None: ...

        def warning(self, text: str, /) -> None: ...

        def info(self, text: str, /) -> None: ...

        def debug(self, text: str, /) -> None: ...

    class Meter(Protocol):
        """Who pays for the link: says how long so many bytes have to wait."""

        def wait_s(self, size_bytes: int, now_s: float, steady_s: float, /) -> float: ...


FILE = "deployment.json"
DISK_PAUSE_S = 60.0  # where the journal cannot be read or written


class Settings:
    """What an agent's configuration and firmware say about deployments."""

    __slots__ = (
        "attempt_limit",
        "hooks",
        "keep_versions",
        "log",
        "meter",
        "models_folder",
        "open_s3",
        "open_url",
        "reserve_bytes",
        "signers",
        "stale",
        "urls",
    )

    def __init__(
        self,
        models_folder: str,
        open_s3: Callable[[str | None], Any],
        open_url: Callable[[str], Any] | None,
        meter: Meter,
        log: Log,
        hooks: Hooks,
        keep_versions: int,
        reserve_bytes: int,
        attempt_limit: int,
        signers: Sequence[str],
    ) -> None:
        self.models_folder = models_folder
        self.open_s3 = open_s3
        self.open_url = open_url
        # By handle, those of the deployment at work: who has one may read the model, so the disk
        # never gets one. stale: another is needed.
        self.urls: dict[str, str] = {}
        self.stale = False
        self.meter = meter
        self.log = log
        self.hooks = hooks
        self.keep_versions = keep_versions
        self.reserve_bytes = reserve_bytes
        self.attempt_limit = attempt_limit
        self.signers = signers


class Deployments:
    """The deployments of one device.

    Args:
        state_folder: gets deployment.json, the journal
        models_folder: gets HANDLE/ID/FILE and the link HANDLE/current
        open_s3: makes a client of S3 for a region, None for the device's own. Without retries of
            its own: it is tried again here, with pauses
        open_url: makes the connection to the host of an https URL; None where none are taken
        meter: is asked before anything is read from the link
        hooks: accept or refuse each model
        keep_versions: older versions of a model that stay on the disk
        reserve_bytes: of the disk, that no download may take
        attempt_limit: tries in a row that bring nothing, until a model fails
        signers: PEM files with the keys of who may sign models; none where they need no signature

    No function raises for what the cloud, S3, the link or a hook does.
    """

    def __init__(
        self,
        state_folder: str,
        models_folder: str,
        *,
        open_s3: Callable[[str | None], Any],
        open_url: Callable[[str], Any] | None = None,
        meter: Meter,
        log: Log,
        hooks: Hooks,
        keep_versions: int,
        reserve_bytes: int,
        attempt_limit: int,
        signers: Sequence[str] = (),
    ) -> None:
        self._state_folder = state_folder
        self._settings = Settings(
            models_folder,
            open_s3,
            open_url,
            meter,
            log,
            hooks,
            keep_versions,
            reserve_bytes,
            attempt_limit,
            signers,
        )
        self._file: JournalFile | None = None
        self._worker: Worker | None = None
        self._waiting: list[Deployment] = []
        self._listed: set[str] = set()
        self._unsent: set[str] = set()  # sent before, and known not to have been accepted
        self._refused: set[str] = set()  # results that the service has refused for good once
        self.trouble: str | None = None
        """why nothing is deployed until somebody does something, in words"""
        # Without a journal the models may still be there: a factory's, or one that was lost.
        if os.path.lexists(os.path.join(state_folder, FILE)) or os.path.lexists(models_folder):
            self._try_to_load()

    def offer(self, deployments: Iterable[Deployment], now_s: float, again: bool = False) -> None:
        """Take what the cloud lists: what is new waits for its turn, in this order. again: what is
        done and reported is new, too, since the cloud lists only what it waits for.

        A result that may have been accepted has been if its deployment is not listed any more.
        """
        named: dict[str, Deployment] = {}
        for item in deployments:
            if _is_name(item.name):
                named.setdefault(item.name, item)
        if (not named and self._file is None) or not self._try_to_load():
            return
        journal = self._load().journal
        self._listed = set(named)
        for report in list(journal.reports):
            name = report.result.name or ""
            if report.sent and name not in self._listed:
                self.note_reported(name)
            elif report.sent:
                self._unsent.add(name)
        work = journal.work
        if work is not None and work.name not in named and work.planned:
            self._settings.log.info(f"deployment {work.name}: withdrawn before it started")
            journal.work = None
            self._save(self._load())
        at_work = journal.work.name if journal.work is not None else None
        if again:
            pending = {report.result.name for report in journal.reports}
            journal.done = [name for name in journal.done if name not in named or name in pending]
        new = [name for name in named if name != at_work and name not in journal.done]
        if at_work in named:
            self.renew(named[at_work])
        self._waiting = [named[name] for name in new[: limits.DEPLOYMENTS_WAITING]]

    def step(self, now_s: float, steady_s: float, limit_s: float) -> float | None:
        """Do one bounded piece of work, waiting for the network up to limit_s.

        Returns when it wants to be called next, in steady seconds; None if there is nothing to do.
        A hook that is a function takes as long as it takes, up to its own limit.
        """
        if self.trouble is not None and not self._try_to_load():
            return steady_s + DISK_PAUSE_S
        file = self._file
        if file is None:
            return None
        if not self._is_busy(file):
            if self._worker is not None:
                self._worker.close()
                self._worker = None
            return None
        from edgemote.agent.deployments.states import Moment
        from edgemote.agent.deployments.worker import Worker

        if self._worker is None:
            self._worker = Worker(self._settings, file)
        waiting = self._waiting if len(file.journal.reports) < limits.DEPLOYMENT_REPORTS else []
        due_s = self._worker.step(Moment(now_s, steady_s, limit_s), waiting, self._listed)
        self.trouble = None if file.saved else f"deployments are paused: {FILE} cannot be written"
        return due_s

    @property
    def at_work(self) -> str | None:
        """The name of the deployment at work."""
        work = self._file.journal.work if self._file is not None else None
        return None if work is None else work.name

    @property
    def is_withdrawn(self) -> bool:
        """Whether the cloud wants no more of the deployment at work."""
        work = self._file.journal.work if self._file is not None else None
        return work is not None and work.withdrawn is not None

    @property
    def needs_renewal(self) -> bool:
        """Whether the deployment at work goes on with URLs that are new."""
        return self._settings.stale

    def renew(self, deployment: Deployment) -> None:
        """Take the URLs of the deployment at work, as they are now."""
        self._settings.stale = False
        self._settings.urls = {
            one.handle: one.url for one in deployment.definitions if one.handle and one.url
        }

    def withdraw(self, name: str, reason: str) -> None:
        """The cloud wants no more of this deployment: nothing more of it is begun, what was changed
        is rolled back where it asks for that, and no result is reported.
        """
        self._settings.stale = False
        self._waiting = [one for one in self._waiting if one.name != name]
        file = self._load()
        if name == self.at_work and file.journal.work is not None:
            self._settings.log.warning(f"deployment {name}: withdrawn: {reason}")
            file.journal.work.withdrawn = reason
            self._save(file)
        else:
            self.note_reported(name)

    @property
    def progress(self) -> tuple[str, dict[str, str]] | None:
        """(name of the deployment at work, how far it is); None where there is none, or nobody
        wants to know.
        """
        found = self.status["deployment"]
        if found is None or self.is_withdrawn:
            return None
        details = {"step": found["phase"]}
        for model in found["models"][: limits.PROGRESS_MODELS]:
            text = f"{model['state']}"
            if model["size_bytes"]:
                text += f", {model['have_bytes']} of {model['size_bytes']} bytes"
            if model["handle"]:
                details.setdefault(model["handle"], text)
        return found["name"], details

    @property
    def begins(self) -> bool:
        """Whether the next step is the first for a deployment that was listed before."""
        file = self._file
        if file is None or not file.saved:
            return False
        if file.journal.work is not None:
            return file.journal.work.planned
        if file.journal.untidy:
            return False
        return bool(self._waiting) and len(file.journal.reports) < limits.DEPLOYMENT_REPORTS

    def _is_busy(self, file: JournalFile) -> bool:
        journal = file.journal
        return (
            not file.saved
            or journal.work is not None
            or bool(journal.untidy)
            or (bool(self._waiting) and len(journal.reports) < limits.DEPLOYMENT_REPORTS)
        )

    def close(self) -> None:
        """Hang up, and end a hook's command; the next start goes on from there."""
        if self._worker is not None:
            self._worker.close()
            self._worker = None

    # Results ------------------------------------------------------------------------------------

    @property
    def unreported(self) -> Result | None:
        """The result of which the cloud may not know yet."""
        reports = self._file.journal.reports if self._file is not None else []
        return reports[0].result if reports else None

    @property
    def result(self) -> Result | None:
        """The result to report next; None while there is none, or the fate of the last is open."""
        if self._file is None or not self._file.journal.reports or self.needs_listing:
            return None
        result = self._file.journal.reports[0].result
        if result.name in self._refused:
            from msgspec.structs import replace

            return replace(result, models=None, message=None)
        return result

    @property
    def needs_listing(self) -> bool:
        """Whether a result was sent and nobody knows if it was accepted: ask for the list."""
        if self._file is None or not self._file.journal.reports:
            return False
        report = self._file.journal.reports[0]
        return report.sent and report.result.name not in self._unsent

    def note_sending(self, name: str) -> None:
        """This result is about to be sent.

        On the disk on return; a disk that refuses is logged, and asked again by step.
        """
        self._unsent.discard(name)
        file = self._load()
        for report in file.journal.reports:
            if report.result.name == name and not report.sent:
                report.sent = True
                self._save(file)

    def note_unsent(self, name: str) -> None:
        """It certainly was not accepted: nothing was sent, or the service refused it."""
        self._unsent.add(name)

    def note_refused(self, name: str) -> None:
        """The service will not take this result. It is sent once more without models and reasons,
        in which something may be that it does not know, and then passed over.
        """
        if name in self._refused:
            self._settings.log.error(
                f"deployment {name}: the service rejects its result, which is skipped"
            )
            self.note_reported(name)
        else:
            self._refused.add(name)
            self.note_unsent(name)

    def forget_refusals(self) -> None:
        """It was the device that was refused, not a result."""
        self._refused.clear()

    def note_reported(self, name: str) -> None:
        """The service has accepted this result. On the disk on return, as above."""
        self._unsent.discard(name)
        self._refused.discard(name)
        file = self._load()
        reports = [item for item in file.journal.reports if item.result.name != name]
        if len(reports) != len(file.journal.reports):
            file.journal.reports = reports
            self._save(file)

    # What is known ------------------------------------------------------------------------------

    @property
    def installed(self) -> list[InstalledModel]:
        """The current models, by handle."""
        if self._file is None:
            return []
        return self._file.journal.list_installed(self._settings.models_folder)

    @property
    def status(self) -> dict[str, Any]:
        """What a person wants to know, as plain data."""
        if self._file is None:
            return {"deployment": None, "waiting": [], "unreported": [], "installed": []}
        from edgemote.agent.deployments.store import ModelFolder

        journal = self._file.journal
        folder = ModelFolder(self._settings.models_folder)
        work = journal.work
        return {
            "deployment": work.describe(folder.have_bytes) if work is not None else None,
            "waiting": [item.name for item in self._waiting],
            "unreported": [report.result.name for report in journal.reports],
            "installed": [model.describe() for model in self.installed],
        }

    def save(self) -> None:
        """Write the journal again, where the folder was deleted."""
        if self._file is not None:
            self._save(self._file)

    def _save(self, file: JournalFile) -> None:
        try:
            file.save()
        except OSError as error:
            self._settings.log.error(f"cannot write {FILE}: {error.strerror}")

    def _try_to_load(self) -> bool:
        """Whether the journal is known; else nothing is deployed, lest what works be lost."""
        try:
            self._load()
            self.trouble = None
        except OSError as error:
            from edgemote.agent.deployments.recovery import describe_refusal

            before, self.trouble = (
                self.trouble,
                f"deployments are paused: {describe_refusal(error)}",
            )
            if self.trouble != before:
                self._settings.log.error(self.trouble)
        return self.trouble is None

    def _load(self) -> JournalFile:
        if self._file is None:
            from edgemote.agent.deployments.recovery import open_journal

            settings = self._settings
            self._file = open_journal(self._state_folder, settings.models_folder, settings.log)
            if not self._file.saved:
                self._save(self._file)
        return self._file


def _is_name(name: str) -> bool:
    # One that cannot be reported, or that would break a line of the log, is not taken.
    return 0 < len(name) <= limits.DEPLOYMENT_NAME and name.isprintable()
