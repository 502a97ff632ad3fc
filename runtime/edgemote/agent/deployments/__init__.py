"""Deployments: each one that the cloud lists is carried out, through restarts, and reported once.

`states` holds the states and their transitions, `journal` what survives a killed process. `plan`
turns a listed deployment into work, and finished work into a result. `fetch` and `install` do the
work with `download`, `hooks` and `store`; `worker` calls one action after the other. `signatures`
verifies signed models.

No other module is loaded and no file created before the first deployment.
"""

from __future__ import annotations

import os

from edgemote.agent import limits
from edgemote.agent.files import JOURNAL

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Any, Protocol

    from edgemote.agent.deployments.hooks import Hooks
    from edgemote.agent.deployments.journal import InstalledModel, JournalFile
    from edgemote.agent.deployments.shapes import Deployment, Result
    from edgemote.agent.deployments.worker import Worker

    class Log(Protocol):
        """The log that the device's operator reads."""

        def error(self, text: str, /) -> None: ...

        def warning(self, text: str, /) -> None: ...

        def info(self, text: str, /) -> None: ...

        def debug(self, text: str, /) -> None: ...

    class Meter(Protocol):
        """The link's data budget: how long so many bytes have to wait."""

        def wait_s(self, size_bytes: int, now_s: float, steady_s: float, /) -> float: ...


DISK_PAUSE_S = 60.0  # where the journal cannot be read or written


class Settings:
    """What an agent's configuration and firmware say about deployments.

    Args:
        models_folder: gets HANDLE/ID/FILE and the link HANDLE/current
        open_s3: makes an S3 client for a region, None being the device's own. It must not retry:
            retries, with their pauses, are made here
        open_url: connects to the host of an https URL; None if such URLs are not accepted
        meter: is asked before anything is read from the link
        hooks: accept or refuse each model
        keep_versions: number of older versions of a model that are kept on disk
        reserve_bytes: free disk space that a download must leave
        attempt_limit: consecutive attempts without progress after which a model fails
        signers: PEM files with the public keys that may sign models; empty if models need no
            signature
    """

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
        *,
        open_s3: Callable[[], Any],
        open_url: Callable[[str], Any] | None = None,
        meter: Meter,
        log: Log,
        hooks: Hooks,
        keep_versions: int,
        reserve_bytes: int,
        attempt_limit: int,
        signers: Sequence[str] = (),
    ) -> None:
        self.models_folder = models_folder
        self.open_s3 = open_s3
        self.open_url = open_url
        # Of the current deployment, by handle. Anyone who has such a URL can read the model, so it
        # is never written to disk. stale: a fresh one is needed.
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
    """The deployments of one device. state_folder: gets deployment.json, the journal.

    No method raises because of what the cloud, S3, the link or a hook does.
    """

    def __init__(self, state_folder: str, settings: Settings) -> None:
        self._state_folder = state_folder
        self._settings = settings
        self._file: JournalFile | None = None
        self._worker: Worker | None = None
        self._waiting: list[Deployment] = []
        self._listed: set[str] = set()
        self._unsent: set[str] = set()  # sent before, but certainly not accepted
        self._refused: set[str] = set()  # results that the service has rejected once
        self.trouble: str | None = None
        """why no deployment can proceed before somebody intervenes"""
        # There may be models without a journal: the factory's, or those of a journal that was lost.
        if any(map(os.path.lexists, (os.path.join(state_folder, JOURNAL), settings.models_folder))):
            self._try_to_load()

    def offer(self, deployments: Iterable[Deployment], now_s: float, again: bool = False) -> None:
        """Take over the cloud's list: new deployments are queued in this order. again: one that is
        done and reported counts as new, too, since this cloud lists only unfinished ones.

        Where it is unknown whether a result was accepted, it was if its deployment is no longer
        listed.
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
        """Do one bounded piece of work, waiting for the network for at most limit_s.

        Returns the time of the next step in steady seconds, or None if there is nothing to do.
        A hook that is a Python function may take longer, up to its own limit.
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
        waiting = self._waiting if self._may_begin(file) else []
        due_s = self._worker.step(Moment(now_s, steady_s, limit_s), waiting, self._listed)
        self.trouble = (
            None if file.saved else f"deployments are paused: {JOURNAL} cannot be written"
        )
        return due_s

    @property
    def at_work(self) -> str | None:
        """The name of the current deployment."""
        work = self._file.journal.work if self._file is not None else None
        return None if work is None else work.name

    @property
    def is_withdrawn(self) -> bool:
        """Whether the cloud has withdrawn the current deployment."""
        work = self._file.journal.work if self._file is not None else None
        return work is not None and work.withdrawn is not None

    @property
    def needs_renewal(self) -> bool:
        """Whether the current deployment needs fresh URLs to proceed."""
        return self._settings.stale

    def renew(self, deployment: Deployment) -> None:
        """Use the fresh URLs of the current deployment."""
        self._settings.stale = False
        self._settings.urls = {
            one.handle: one.url for one in deployment.definitions if one.handle and one.url
        }

    def withdraw(self, name: str, reason: str) -> None:
        """The cloud has withdrawn this deployment: no further model is started, changes are rolled
        back if its policy says so, and no result is reported.
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
        """Name and progress of the current deployment; None without one, or if it is withdrawn."""
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
        """Whether the next step starts a deployment."""
        file = self._file
        if file is None or not file.saved:
            return False
        if file.journal.work is not None:
            return file.journal.work.planned
        return not file.journal.untidy and self._may_begin(file)

    def _is_busy(self, file: JournalFile) -> bool:
        journal = file.journal
        is_unfinished = not file.saved or journal.work is not None or bool(journal.untidy)
        return is_unfinished or self._may_begin(file)

    def _may_begin(self, file: JournalFile) -> bool:
        return bool(self._waiting) and len(file.journal.reports) < limits.DEPLOYMENT_REPORTS

    def close(self) -> None:
        """Close the connection and end a hook's command; the next start resumes from there."""
        if self._worker is not None:
            self._worker.close()
            self._worker = None

    # Results ------------------------------------------------------------------------------------

    @property
    def unreported(self) -> Result | None:
        """The first result that the cloud has not confirmed."""
        reports = self._file.journal.reports if self._file is not None else []
        return reports[0].result if reports else None

    @property
    def result(self) -> Result | None:
        """The result to report next; None without one, or while it is unknown whether the last one
        was accepted.
        """
        if self._file is None or not self._file.journal.reports or self.needs_listing:
            return None
        result = self._file.journal.reports[0].result
        if result.name in self._refused:
            from msgspec.structs import replace

            return replace(result, models=None, message=None)
        return result

    @property
    def needs_listing(self) -> bool:
        """Whether a result was sent, but may not have been accepted: the cloud's list will tell."""
        if self._file is None or not self._file.journal.reports:
            return False
        report = self._file.journal.reports[0]
        return report.sent and report.result.name not in self._unsent

    def note_sending(self, name: str) -> None:
        """Record that this result is about to be sent.

        The record is on disk on return. A write error is logged, and step tries again.
        """
        self._unsent.discard(name)
        file = self._load()
        for report in file.journal.reports:
            if report.result.name == name and not report.sent:
                report.sent = True
                self._save(file)

    def note_unsent(self, name: str) -> None:
        """Record that it was certainly not accepted: it was not sent, or it was rejected."""
        self._unsent.add(name)

    def note_refused(self, name: str) -> None:
        """The service rejects this result. It is sent once more, without models and reasons, which
        may contain what the service does not accept; after that it is skipped.
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
        """It was the device that was rejected, not a result."""
        self._refused.clear()

    def note_reported(self, name: str) -> None:
        """The service has accepted this result. Recorded as in note_sending."""
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
        """The current deployment, the queue, open results and the models, as plain data."""
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
        """Write the journal again after the folder was deleted."""
        if self._file is not None:
            self._save(self._file)

    def _save(self, file: JournalFile) -> None:
        try:
            file.save()
        except OSError as error:
            self._settings.log.error(f"cannot write {JOURNAL}: {error.strerror}")

    def _try_to_load(self) -> bool:
        """Whether the journal is known; else nothing is deployed, lest what works be lost."""
        try:
            self._load()
            self.trouble = None
        except OSError as error:
            from edgemote.agent.deployments.recovery import describe_refusal

            before = self.trouble
            self.trouble = f"deployments are paused: {describe_refusal(error)}"
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
