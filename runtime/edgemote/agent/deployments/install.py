"""Installs models and rolls them back: the actions of the APPLY and ROLLBACK tables."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from edgemote.agent.deployments.download import Digests, Rehash
from edgemote.agent.deployments.hooks import Verdict
from edgemote.agent.deployments.journal import Installed, JournalError
from edgemote.agent.deployments.states import ModelError, PauseError

if TYPE_CHECKING:
    from edgemote.agent.deployments import Settings
    from edgemote.agent.deployments.hooks import Command
    from edgemote.agent.deployments.journal import JournalFile, ModelWork
    from edgemote.agent.deployments.states import Moment
    from edgemote.agent.deployments.store import ModelFolder

HOOK_STARTS_LIMIT = 3  # of a hook that ends the agent's process each time
HOOK_POLL_S = 0.2


class Installer:
    """Installs models in the models folder, with the hook that is running."""

    def __init__(self, settings: Settings, folder: ModelFolder, file: JournalFile) -> None:
        self._settings = settings
        self._folder = folder
        self._file = file
        self._command: Command | None = None
        self._rehash: Rehash | None = None
        self.actions = {
            "install": self.install,
            "deploy": self.deploy,
            "switch": self.switch,
            "undeploy": self.undeploy,
            "leave": self.leave,
            "skip": self.skip,
            "revert": self.revert,
            "redeploy": self.redeploy,
        }

    def install(self, model: ModelWork, moment: Moment) -> str:
        """Move the verified file beside the current version."""
        return "done" if self._folder.install(model.handle, model.id, model.file) else "lost"

    def deploy(self, model: ModelWork, moment: Moment) -> str:
        """Ask the firmware whether the new version works."""
        self._require_signature(model, "refused")
        return self._ask_hook(True, model, self._place(model), moment)

    def switch(self, model: ModelWork, moment: Moment) -> str:
        """Make the new version current."""
        self._require_signature(model, "failed")
        self._folder.switch(model.handle, model.id)
        before = model.previous
        older = [before.id, *before.older] if before else []
        older = [version for version in older if version != model.id]
        installed = Installed(
            model.handle,
            model.id,
            model.file,
            model.name,
            model.version,
            model.sum,
            older[: self._settings.keep_versions],
        )
        self._file.journal.set_installed(model.handle, installed)
        return "done"

    def undeploy(self, model: ModelWork, moment: Moment) -> str:
        """Ask the firmware whether it can do without the model."""
        assert model.previous is not None
        return self._ask_hook(False, model, self._place(model.previous), moment)

    def leave(self, model: ModelWork, moment: Moment) -> str:
        """Make no version current. The files stay, so that this can be rolled back."""
        self._folder.leave(model.handle)
        self._file.journal.set_installed(model.handle, None)
        return "done"

    def skip(self, model: ModelWork, moment: Moment) -> str:
        """The firmware knows nothing of this model, so there is nothing to undo."""
        return "done"

    def revert(self, model: ModelWork, moment: Moment) -> str:
        """Make the former version current again if it is intact; otherwise change nothing."""
        before, target = model.previous, model.link
        if before is not None and target is None:
            if not self._verify(before):
                return "more"
            target = before.link or before.id
        if target is None:
            self._folder.leave(model.handle)
        else:
            self._folder.switch(model.handle, target)
        self._file.journal.set_installed(model.handle, model.previous)
        model.hook_starts = 0
        return "done"

    def redeploy(self, model: ModelWork, moment: Moment) -> str:
        """Tell the firmware which version is current again, or that none is."""
        place = self._place(model.previous or model)
        return self._ask_hook(model.previous is not None, model, place, moment)

    def _require_signature(self, model: ModelWork, outcome: str) -> None:
        """Verify the signature again: other signers may have been configured in the meantime."""
        if self._settings.signers:
            from edgemote.agent.deployments.signatures import require

            require(self._settings.signers, model, outcome)

    def _verify(self, before: Installed) -> bool:
        """Hash some of a version's file; return whether it is done. Raises ModelError if the file
        is damaged.

        A file outside of the models folder, where firmware has put it, only has to exist, as does a
        folder of files of which the largest has a name that the journal cannot hold.
        """
        place = self._place(before)
        leads_out = self._folder.leads_out(before.handle, before.id, before.file)
        if os.path.isdir(place) or (leads_out and os.path.isfile(place)):
            return True
        try:
            if self._rehash is None:
                self._rehash = Rehash(self._place(before), Digests(before.sum))
            if not self._rehash.step():
                return False
            difference = self._rehash.digests.find_difference()
        except OSError as error:
            difference = f"cannot be read: {error.strerror}"
        self.drop_files()
        if difference is not None:
            raise ModelError(f"not restored: the previous version {difference}")
        return True

    def drop_files(self) -> None:
        """Close the files that are open for one model."""
        rehash, self._rehash = self._rehash, None
        if rehash is not None:
            rehash.close()

    def end_hook(self) -> None:
        """End a running command; it will be started again, and this start does not count."""
        work = self._file.journal.work
        if self._command is None or work is None:
            return
        self._command.kill()
        self._command = None
        for model in work.models:
            model.hook_starts = max(0, model.hook_starts - 1)
        try:
            self._file.save()
        except OSError as error:  # then the start counts, as the file on disk says
            self._settings.log.error(f"cannot write the journal of deployments: {error.strerror}")

    def _ask_hook(self, deploys: bool, model: ModelWork, path: str, moment: Moment) -> str:
        hooks = self._settings.hooks
        if not hooks.has(deploys):
            return "accepted"
        running: Command | Verdict | None = self._command
        if running is None:
            if model.hook_starts >= HOOK_STARTS_LIMIT:
                raise ModelError("the process died each time the hook was called", "broken")
            model.hook_starts += 1
            try:
                self._file.save()
            except JournalError:
                model.hook_starts -= 1  # it is only called once its start is on disk
                raise
            running = hooks.start(deploys, model.handle, path, moment.steady_s)
        if not isinstance(running, Verdict):
            self._command = running
            verdict = running.poll(moment.steady_s)
            if verdict is None:
                raise PauseError(HOOK_POLL_S)
            self._command = None
        else:
            verdict = running
        model.hook_starts = 0
        if verdict.accepted:
            return "accepted"
        raise ModelError(f"hook: {verdict.reason}", "refused" if verdict.clean else "broken")

    def _place(self, model: ModelWork | Installed) -> str:
        return self._folder.file_path(model.handle, model.id, model.file)
