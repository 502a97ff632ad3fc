"""The journal at the agent's start: read, checked, and rebuilt from the models if it is lost."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from edgemote.agent.deployments.journal import Installed, Journal, JournalFile, is_handle
from edgemote.agent.files import JOURNAL, describe_need

if TYPE_CHECKING:
    from edgemote.agent.deployments import Log

_PLAIN = dict.fromkeys(map(ord, "- _."), "0")  # allowed in names and versions, too


def load(file: JournalFile) -> bool:
    """Read it; return whether there is one. Raises as JournalFile.load does, and ValueError also
    for content that no agent of this version writes.
    """
    found = file.load()
    fault = find_fault(file.journal)
    if fault:
        file.journal = Journal()
        raise ValueError(f"{JOURNAL} is corrupt: {fault}")
    return found


def find_fault(journal: Journal) -> str | None:
    """What in a journal no agent of this version would write; None if there is nothing. Work with
    it could not proceed, or would touch other places.
    """
    handles = [one.handle for one in journal.installed] + journal.untidy
    names: list[str] = []
    for one in journal.installed:  # the service would take no heartbeat with it
        plain = f"0{one.name or ''}{one.version or ''}"
        if not (plain.isascii() and plain.translate(_PLAIN).isalnum()):
            return f"invalid model {plain!a:.80}"
    if not all(one.result.name for one in journal.reports):
        return "a result without a deployment"
    work = journal.work
    if work is not None:
        from edgemote.agent.deployments import states

        if work.phase not in (*states.PHASES, states.REPORT):
            return f"unknown phase {work.phase!a:.80}"
        for model in work.models:
            over = model.state in states.ENDS
            if not over and not any(model.state in rows for rows in states.PHASES.values()):
                return f"unknown state {model.state!a:.80}"
            if model.state == "leaving" and model.previous is None:
                return f"model {model.handle!a:.80} is being removed but was not installed"
            handles += [model.handle] if model.handle or not over else []
            names += [model.id, model.file]
    for name in names:
        if name in (".", "..") or "/" in name:
            return f"invalid name {name!a:.80}"
    for handle in handles:
        if not is_handle(handle):
            return f"invalid handle {handle!a:.80}"
    return None


def describe_refusal(error: OSError) -> str:
    """What this user is not permitted to do, and what the agent needs."""
    path = error.filename or JOURNAL
    if isinstance(error, PermissionError):
        path = describe_need(path, "accessible")
    return f"{error.strerror}: {path}"


def look(folder: str) -> str | None:
    """What is wrong with the journal in a folder, None for nothing; nothing is changed."""
    try:
        load(JournalFile(folder))
    except OSError as error:
        return describe_refusal(error)
    except ValueError as error:
        return f"{error}; the agent will move it aside"
    return None


def open_journal(folder: str, models_folder: str, log: Log) -> JournalFile:
    """The journal on disk, or, if that is lost, a new one with the models that are there. Raises
    OSError if this user may not read it, or the models.
    """
    file = JournalFile(folder)
    try:
        if load(file):
            for model in file.journal.list_installed(models_folder):
                if not os.path.exists(model.path):
                    log.error(f"model {model.handle}: {model.path} is missing")
            return file
    except ValueError as error:
        log.error(f"{error}; moved aside, and deployments that are still listed will run again")
        file.put_aside()
    from edgemote.agent.deployments.store import ModelFolder  # most boards do not need it

    file.saved = not adopt(file.journal, ModelFolder(models_folder).find_installed())
    return file


def adopt(journal: Journal, found: list[Installed]) -> bool:
    """Record models that are current on disk, but not in the journal; return whether there were
    any. Those of the current deployment stay as they are: the journal knows more about them.
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
