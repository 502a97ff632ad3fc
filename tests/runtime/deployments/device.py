"""A device for the tests of deployments: real folders, a real S3, a clock that the test moves."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path

import edgemote
from aws.s3 import S3
from edgemote.agent.deployments import Deployments, Settings
from edgemote.agent.deployments.hooks import Hooks
from edgemote.agent.deployments.shapes import Definition, Deployment
from s3_server import KEY_ID, SECRET

START_S = 1_800_000_000.0
STEPS_LIMIT = 20_000


class Meter:
    """Lets everything through, and keeps what it was asked; `held_s` holds it back."""

    def __init__(self):
        self.held_s = 0.0
        self.asked = []

    def wait_s(self, size_bytes, now_s, steady_s):
        if self.asked is not None:
            self.asked.append(size_bytes)
        return self.held_s


class Log:
    """Keeps its lines."""

    def __init__(self):
        self.lines = []

    def _keep(self, text):
        assert "\n" not in text
        self.lines.append(text)

    error = warning = info = debug = _keep


class Device:
    """Deployments in `folder`, which may be opened again as after a restart.

    `steady_s` moves to whatever time a step asks for, so pauses take no time, but `real_pause_s`
    where something else needs it.
    """

    real_pause_s = 0.0
    timeout_s = 10.0

    def __init__(self, folder, url, hooks=None, open_s3=None, ca_file=None, **options):
        self.folder = Path(folder)
        self.meter, self.log = Meter(), Log()
        self.steady_s = 100.0
        self.steps = 0
        self.opened = 0  # clients of S3
        self.url = url
        self.ca_file = ca_file
        self.credentials = edgemote.Credentials(KEY_ID, SECRET)
        settings = Settings(
            str(self.folder / "models"),
            open_s3=open_s3 or self.open_s3,
            meter=self.meter,
            log=self.log,
            hooks=hooks or Hooks(),
            **{"keep_versions": 1, "reserve_bytes": 0, "attempt_limit": 5, **options},
        )
        self.deployments = Deployments(str(self.folder / "state"), settings)

    def open_s3(self):
        self.opened += 1
        return edgemote.connect(
            S3,
            region="us-east-1",
            endpoint_url=self.url,
            credentials=self.credentials,
            ca_file=self.ca_file,
            timeout_s=self.timeout_s,
            retries=0,
        )

    @property
    def now_s(self):
        return START_S + self.steady_s

    def step(self, limit_s=5.0):
        self.steps += 1
        assert self.steps < STEPS_LIMIT, self.log.lines[-5:]
        due_s = self.deployments.step(self.now_s, self.steady_s, limit_s)
        if due_s is not None:
            if due_s > self.steady_s and self.real_pause_s:
                time.sleep(self.real_pause_s)
            self.steady_s = max(self.steady_s, due_s)
        return due_s

    def finish(self, *listed):
        """Offer, and work until there is nothing left; the result that then waits."""
        if listed:
            self.deployments.offer(listed, self.now_s)
        while self.step() is not None:
            pass
        return self.deployments.result

    def deploy(self, *listed):
        """The same, and the result is accepted."""
        result = self.finish(*listed)
        self.deployments.note_sending(result.name)
        self.deployments.note_reported(result.name)
        return result

    def current(self):
        """Handle -> content of the file that the link leads to; all else is checked to be whole."""
        models = self.folder / "models"
        found = {}
        for place in sorted(models.iterdir()) if models.exists() else ():
            if place.name[0] == ".":
                continue
            link = place / "current"
            if link.is_symlink():
                (file,) = link.iterdir()
                found[place.name] = file.read_bytes()
        return found

    def files(self):
        """Every file below the models folder."""
        models = self.folder / "models"
        return sorted(str(path.relative_to(models)) for path in models.rglob("*") if path.is_file())


def define(handle, url, content=None, state="DEPLOY", **fields):
    """A Definition; its checksum is that of the content, where there is one."""
    if content is not None:
        fields = {
            "checksum_type": "SHA1",
            "checksum": hashlib.sha1(content).hexdigest(),
            **fields,
        }
    return Definition(handle, state, url, **fields)


def undeploy(handle):
    return Definition(handle, "UNDEPLOY")


def make(name, *definitions, policy="ROLLBACK_ON_FAILURE", **fields):
    return Deployment(name, policy, list(definitions), **fields)


def summary(result):
    """Handle -> (status, reason, rollback failure), and the whole's status under ""."""
    rows = {
        model.handle: (model.status, model.reason, model.rollback_reason)
        for model in result.models or []
    }
    return {"": result.status, **rows}
