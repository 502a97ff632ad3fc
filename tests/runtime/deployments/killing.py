"""Kills a device at every write of a deployment, and looks at what its next start makes of it.

A program, run by test_killed: FOLDER URL SCENARIO FIRST EVERY ORIGIN CA_FILE. URL is an S3, ORIGIN
a TLS server with a certificate by that authority, which has the same files. It forks a process for
each life of the device, so it has to have but one thread. At the N-th call of a function that
changes a disk, at each hook and around each report the process sends itself SIGKILL; N grows from
FIRST by EVERY until nothing is killed any more.
"""

from __future__ import annotations

import builtins
import hashlib
import json
import os
import shutil
import signal
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import edgemote.agent.deployments.signatures  # loaded once, not in each life
import edgemote.agent.deployments.worker  # noqa: F401
from edgemote.agent.deployments.hooks import Hooks
from edgemote.http.tls import client_context
from edgemote.http.transport import Transport
from runtime.deployments.device import Device, define, make, undeploy

if TYPE_CHECKING:
    from collections.abc import Callable

    from edgemote.agent.deployments.shapes import Deployment

OLD_A, NEW_A, OLD_B, NEW_B = (bytes([number]) * 40_000 for number in range(4))
CHANGES = (
    "fsync",
    "replace",
    "rename",
    "symlink",
    "unlink",
    "mkdir",
    "rmdir",
    "pwrite",
    "ftruncate",
)


class Service:
    """What the cloud lists, and which results were accepted: a file that survives, as one does that
    says that everything is cancelled.

    gives_once: a deployment at work is not listed after a restart, until its URLs are asked for
    """

    def __init__(self, folder, listed, cancels=False, gives_once=False):
        self._path = folder / "accepted"
        self._cancelled = folder / "cancelled"
        self._listed = listed
        self.cancels = cancels
        self.gives_once = gives_once

    @property
    def cancelled(self):
        return self._cancelled.exists()

    def cancel(self):
        self._cancelled.touch()

    def find(self, name):
        return next(item for item in self._listed if item.name == name)

    @property
    def accepted(self):
        return self._path.read_text().split() if self._path.exists() else []

    def list(self):
        if self.cancelled:
            return []
        return [item for item in self._listed if item.name not in self.accepted]

    def accept(self, result):
        with open(self._path, "a") as file:
            file.write(f"{result.name} {result.status}\n")


def refuse_new_b(handle, path):
    point()
    return not (handle == "b" and Path(path).read_bytes() == NEW_B)


def agree(handle, path):
    point()


class Scenario(NamedTuple):
    """What was deployed before, what is deployed while it is killed, and what comes of it."""

    before: list
    killed: Deployment
    hook: Callable
    current: dict
    status: str | None  # None where no result is reported
    cancels: bool = False  # once the first model is current
    https: bool = False
    signed: bool = False


def scenarios(url, origin):
    def define_url(handle, file, content):
        return define(handle, f"{origin}/{file}?X-Amz-Signature=5ec2e7", content)

    a_old, a_new = define("a", f"{url}/a-1.bin", OLD_A), define("a", f"{url}/a-2.bin", NEW_A)
    b_old, b_new = define("b", f"{url}/b-1.bin", OLD_B), define("b", f"{url}/b-2.bin", NEW_B)
    wrong = define("b", f"{url}/b-2.bin", NEW_A)
    both = [make("c", a_old, b_old)]
    return {
        "first": Scenario([], make("d", a_new, b_new), agree, {"a": NEW_A, "b": NEW_B}, "SUCCESS"),
        "replaced": Scenario(both, make("d", a_new, undeploy("b")), agree, {"a": NEW_A}, "SUCCESS"),
        "rolled-back": Scenario(
            both, make("d", a_new, b_new), refuse_new_b, {"a": OLD_A, "b": OLD_B}, "FAIL"
        ),
        "undeployment-rolled-back": Scenario(
            [make("c", a_old)], make("d", undeploy("a"), b_new), refuse_new_b, {"a": OLD_A}, "FAIL"
        ),
        "left": Scenario(
            [make("c", b_old)],
            make("d", a_new, wrong, policy="DO_NOTHING"),
            agree,
            {"a": NEW_A, "b": OLD_B},
            "FAIL",
        ),
        # What was there needed no signature; b's new one is signed by somebody else.
        "signed": Scenario(
            both,
            make("d", a_new, b_new, policy="DO_NOTHING"),
            agree,
            {"a": NEW_A, "b": OLD_B},
            "FAIL",
            signed=True,
        ),
        "from-urls": Scenario(
            both,
            make("d", define_url("a", "a-2.bin", NEW_A), define_url("b", "b-2.bin", NEW_B)),
            agree,
            {"a": NEW_A, "b": NEW_B},
            "SUCCESS",
            https=True,
        ),
        "cancelled": Scenario(
            both, make("d", a_new, b_new), agree, {"a": OLD_A, "b": OLD_B}, None, cancels=True
        ),
    }


_left = None  # calls until the end


def point():
    global _left
    if _left is not None:
        if _left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        _left -= 1


def count(function):
    def counted(*arguments, **options):
        point()
        return function(*arguments, **options)

    return counted


def count_opening(function):
    """After it: a file that was opened to be written is empty by then."""

    def counted(path, mode="r", *arguments, **options):
        file = function(path, mode, *arguments, **options)
        if "w" in mode:
            point()
        return file

    return counted


def live(folder, url, hook, service, signers=()):
    """What an agent does, until there is nothing to do."""
    device = Device(folder, url, Hooks(hook, agree), open_url=open_url, signers=signers)
    deployments = device.deployments
    name = deployments.at_work
    if name is None or not service.gives_once:
        deployments.offer(service.list(), device.now_s)
    if name is not None and service.cancelled:
        deployments.withdraw(name, "cancelled")
    while True:
        due_s = device.step()
        name = deployments.at_work
        if name is not None and deployments.needs_renewal:
            deployments.renew(service.find(name))
        goes_on = service.cancels and name is not None and not deployments.is_withdrawn
        if goes_on and device.current().get("a") == NEW_A:
            service.cancel()
            deployments.withdraw(name, "cancelled")
        if deployments.needs_listing:
            deployments.offer(service.list(), device.now_s)
        result = deployments.result
        if result is not None:
            name = result.name
            deployments.note_sending(name)
            point()
            service.accept(result)
            point()
            deployments.note_reported(name)
        elif due_s is None:
            return device


def open_url(origin):
    return Transport(origin, tls=lambda: client_context(sys.argv[7]), may_sync=False)


def in_child(work, *arguments):
    """Exit status of work(*arguments) in a process of its own; negative for a signal."""
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            work(*arguments)
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def live_until(calls, *arguments):
    global _left
    _left = calls
    live(*arguments)


def check_whole(device, scenario):
    """Old or new, as a whole: what is current, and every version beside it."""
    current = device.current()
    for handle, content in current.items():
        assert content in {"a": (OLD_A, NEW_A), "b": (OLD_B, NEW_B)}[handle], handle
    for name in device.files():
        if not name.startswith(".partial/"):
            content = (device.folder / "models" / name).read_bytes()
            assert hashlib.sha1(content).hexdigest() == name.split("/")[1], name
    leaving = {item.handle for item in scenario.killed.definitions if item.state == "UNDEPLOY"}
    there = {item.handle for done in scenario.before for item in done.definitions}
    assert there - leaving <= current.keys()


def check_end(device, scenario, service):
    check_whole(device, scenario)
    assert device.current() == scenario.current
    assert service.accepted == ([] if scenario.status is None else ["d", scenario.status])
    assert service.cancelled == scenario.cancels
    assert "5ec2e7" not in (device.folder / "state" / "deployment.json").read_text()
    models = device.folder / "models"
    assert {path.name for path in models.iterdir()} == {".partial", *scenario.current}
    assert not list((models / ".partial").iterdir())
    for handle in scenario.current:
        names = os.listdir(models / handle)
        assert len(names) == 2 + len(kept(device, handle)), names
    assert os.listdir(device.folder / "state") == ["deployment.json"]
    assert device.deployments.status["deployment"] is None


def kept(device, handle):
    """Older versions, as the journal has them."""
    journal = json.loads((device.folder / "state" / "deployment.json").read_bytes())
    (model,) = (item for item in journal["installed"] if item["handle"] == handle)
    return model.get("older", [])


def kill_and_restart(folder, template, url, scenario, calls):
    """Whether there were so many calls that it could be killed."""
    shutil.copytree(template, folder, symlinks=True)
    (folder / "accepted").unlink(missing_ok=True)
    service = Service(folder, [scenario.killed], scenario.cancels, scenario.https)
    signers = (str(folder.parent / "signer.pem"),) if scenario.signed else ()
    status = in_child(live_until, calls, folder, url, scenario.hook, service, signers)
    check_whole(Device(folder, url), scenario)
    killed = status == -signal.SIGKILL
    if killed:
        status = in_child(live, folder, url, scenario.hook, service, signers)
    assert status == 0, status
    check_end(Device(folder, url), scenario, service)
    shutil.rmtree(folder)
    return killed


def main(folder, url, name, first, every):
    scenario = scenarios("s3://kills", sys.argv[6])[name]
    template = folder / "template"
    template.mkdir()
    for item in scenario.before:
        service = Service(template, [item])
        assert in_child(live, template, url, agree, service) == 0
    for change in CHANGES:
        setattr(os, change, count(getattr(os, change)))
    builtins.open = count_opening(open)
    kills = first
    try:
        while kill_and_restart(folder / "device", template, url, scenario, kills):
            kills += every
    except AssertionError:
        print(f"killed at call {kills}", file=sys.stderr)
        raise
    print(kills)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:4], *map(int, sys.argv[4:6]))
