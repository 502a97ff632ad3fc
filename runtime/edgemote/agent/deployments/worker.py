"""Carries out deployments: one action at a time, and its outcome is saved in the journal."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from edgemote.agent.deployments import DISK_PAUSE_S, states
from edgemote.agent.deployments.fetch import Fetcher
from edgemote.agent.deployments.hooks import shorten
from edgemote.agent.deployments.install import Installer
from edgemote.agent.deployments.journal import JournalError, Report
from edgemote.agent.deployments.plan import make_result, plan
from edgemote.agent.deployments.recovery import adopt
from edgemote.agent.deployments.states import Moment
from edgemote.agent.deployments.store import ModelFolder

if TYPE_CHECKING:
    from edgemote.agent.deployments import Settings
    from edgemote.agent.deployments.journal import JournalFile, ModelWork, Work
    from edgemote.agent.deployments.shapes import Deployment

DONE_LIMIT = 256  # names of deployments that are over, beside those that are still listed


class Worker:
    """Works on the current deployment, and holds what is open for it."""

    def __init__(self, settings: Settings, file: JournalFile) -> None:
        self._settings = settings
        self._log = settings.log
        self._file = file
        self._folder = ModelFolder(settings.models_folder)
        self._fetcher = Fetcher(settings, self._folder, file)
        self._installer = Installer(settings, self._folder, file)
        self._actions = {**self._fetcher.actions, **self._installer.actions}
        self._due_s: float | None = None

    def step(self, moment: Moment, waiting: list[Deployment], listed: set[str]) -> float:
        """Do one bounded piece of work. Returns the time of the next step in steady seconds.

        The next deployment is taken from `waiting`; names in `listed` stay in the journal.
        """
        if self._due_s is not None and moment.steady_s < self._due_s:
            return self._due_s
        pause_s = 0.0
        try:
            if not self._file.saved:
                self._file.save()
            self._turn(moment, waiting, listed)
        except states.PauseError as pause:
            pause_s = pause.seconds
        except JournalError as error:
            self._log.error(f"cannot write the journal of deployments: {error.strerror}")
            pause_s = DISK_PAUSE_S
        except OSError as error:
            self._log.error(f"cannot list the models: {error.strerror}: {error.filename}")
            pause_s = DISK_PAUSE_S
        self._due_s = moment.steady_s + pause_s
        return self._due_s

    def close(self) -> None:
        """Close the connection and end a hook's command; the next start resumes from here."""
        self._fetcher.drop()
        self._installer.drop_files()
        self._installer.end_hook()

    def _turn(self, moment: Moment, waiting: list[Deployment], listed: set[str]) -> None:
        work = self._file.journal.work
        if work is not None:
            if work.withdrawn is not None and work.phase in ("fetch", "apply"):
                states.give_up(work)
            found = states.next_action(work)
            if found is None:
                self._report(work, moment, listed)
            else:
                self._act(work, *found, moment)
        elif self._file.journal.untidy:
            self._tidy()
        elif waiting:
            self._begin(waiting.pop(0), moment)

    def _act(self, work: Work, action: str, model: ModelWork, moment: Moment) -> None:
        work.planned = False
        try:
            outcome = self._actions[action](model, moment)
        except states.ModelError as error:
            outcome = self._fail(work, model, str(error), error.outcome)
        except JournalError:
            raise  # it is not the model that failed
        except (OSError, ValueError) as error:  # ValueError: a name that cannot be encoded
            reason = getattr(error, "strerror", None) or error
            outcome = self._fail(work, model, f"{action}: {reason}", "failed")
        if states.advance(work, model, outcome):
            self._log.debug(f"deployment {work.name}: model {model.handle} is {model.state}")
            self._fetcher.drop_files()
            self._installer.drop_files()
            self._file.save()

    def _fail(self, work: Work, model: ModelWork, reason: str, outcome: str) -> str:
        self._log.error(f"deployment {work.name}: model {model.handle}: {shorten(reason)}")
        if work.phase == "rollback":
            model.rollback_reason = shorten(reason)
        elif states.PHASES[work.phase][model.state][1][outcome] in states.FAILED:
            model.reason = shorten(reason)
        return outcome

    def _begin(self, deployment: Deployment, moment: Moment) -> None:
        # A rollback restores what is current now, whoever made it so.
        adopt(self._file.journal, self._folder.find_installed())
        https = self._settings.open_url is not None
        work = plan(deployment, self._file.journal, moment.now_s, https)
        for model in work.models:
            link = self._folder.read_link(model.handle) if model.handle else None
            before = model.previous
            if before is None or link not in (before.id, before.link):
                model.link = link
        self._settings.urls = {
            one.handle: one.url for one in deployment.definitions if one.handle and one.url
        }
        self._file.journal.work = work
        self._log.info(f"deployment {work.name}: started with {len(work.models)} models")
        self._file.save()

    def _report(self, work: Work, moment: Moment, listed: set[str]) -> None:
        journal = self._file.journal
        result = make_result(work, moment.now_s)
        if work.withdrawn is None:
            journal.reports.append(Report(result))
        journal.done.append(work.name)
        while len(journal.done) > DONE_LIMIT:
            old = next((name for name in journal.done if name not in listed), None)
            if old is None:
                break
            journal.done.remove(old)
        journal.untidy = sorted({model.handle for model in work.models if model.handle})
        journal.work = None
        self._fetcher.drop()
        self._file.save()
        self._log.info(f"deployment {work.name}: {result.status}, {result.message}")

    def _tidy(self) -> None:
        journal = self._file.journal
        kept = [
            os.path.join(model.handle, version)
            for model in journal.installed
            for version in (model.id, *model.older)
        ]
        while journal.untidy:
            handle = journal.untidy.pop()
            try:
                self._folder.tidy(handle, kept)
            except (OSError, ValueError) as error:  # the next deployment tries again
                reason = getattr(error, "strerror", None) or error
                self._log.warning(f"cannot tidy up model {handle}: {reason}")
        self._file.save()
