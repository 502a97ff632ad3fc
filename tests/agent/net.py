"""The net: a device, its service and its store through any sequence of what may happen to them, and
what must hold after each step whatever came before.

    PYTHONPATH=generated:runtime:tests python -m agent.net --steps 200000

A sequence is a list of steps, ("rule", argument, ...); RULES has every rule with the arguments that
it may have. `run` carries one out, and raises BrokenError where something does not hold.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import hashlib
import os
import random
import shutil
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Container
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from edgemote import Agent, Clock, EdgemoteError
from edgemote.agent.config import load

from .cloud import Cloud, write_ca
from .faulty_disk import FaultyDisk, KilledError

SECRET = "5ecretSecretSecretSecretSecretSecret5ecr"
TOKEN = "t0kenTokenTokenToken/t0ken"
PERIOD_S, POLL_S, DAY_S = 300.0, 600.0, 86_400.0
YEAR_S = 365 * DAY_S
TURNS = 60  # of one rule, after which time goes on without the agent
SETTLING_TURNS = 1_000  # of an agent with nothing against it, until everything is delivered
HANDLES = ("snow", "rain")
GIVEN_UP = ("gave up", "given up", "gives up", "giving up", "skipped")
# A hook that hangs is not in the way of the next sequence for long.
HOOK_LIMIT_S, READ_LIMIT_S = 0.02, 0.1

Step = tuple[Any, ...]


class BrokenError(AssertionError):
    """An invariant that does not hold."""


class Lines:
    """The agent's log."""

    def __init__(self, disk: FaultyDisk) -> None:
        self.lines: list[str] = []
        self.note_begun: Callable[[str], None] = lambda name: None
        self._disk = disk

    def _note(self, text: object) -> None:
        line = str(text)
        if not self._disk.dead:  # who was killed says nothing any more
            self.lines.append(line)
            name, begun, _ = line.removeprefix("deployment ").partition(": started")
            if begun:
                self.note_begun(name)
        if SECRET in line or TOKEN in line:
            raise BrokenError(f"a secret in the log: {line}")

    error = warning = info = debug = _note


class UnspeakableError(Exception):
    """One whose text cannot be made."""

    def __str__(self) -> str:
        raise RuntimeError("no text")


class Unsure:
    """Neither true nor false."""

    def __bool__(self) -> bool:
        raise RuntimeError("no verdict")


class Net:
    """A device in a folder. `do` carries out a step and checks; `settle` heals and waits."""

    def __init__(self, cloud: Cloud, folder: Path, disk: FaultyDisk) -> None:
        self.cloud, self.folder, self.disk = cloud, folder, disk
        cloud.reset()
        disk.mode, disk.kill_in, disk.fail_in, disk.closed = "well", None, None, None
        disk.dead = disk.armed = disk.failed = False
        self.root = folder / "device"
        self.root.mkdir()
        (self.root / "other").write_text("not the agent's")
        self.models = self.root / "models"
        self.true_s = cloud.now_s
        self.began_s = self.true_s - PERIOD_S
        self.built_s = self.true_s - 30 * DAY_S
        self.steady_s = 1_000.0
        self.wall_error_s = 0.0
        self.log = Lines(disk)
        self.log.note_begun = self._note_begun
        self.begun: set[str] = set()
        self.open: set[str] = set()  # deployments that have begun, or had since the last check
        self.read_lines = 0
        self.shown: dict[str, bytes | None] = {}  # by handle, what was current at the last check
        self.late: list[str] = []  # begun after a listing that did not have them any more
        self.hook, self.metric = "accept", "number"
        # Beats by their serials: made; not looked for any more, as what had them was destroyed.
        self.made = 0
        self.excused: set[float] = set()
        self.dropped_before = 0
        self.disordered = False
        self.ordered_from = 0
        # Clock errors that the service's Dates may have taught.
        self.taught_s = {0.0}
        # Handle -> contents that may be current, oldest first; None for no model.
        self.may: dict[str, list[bytes | None]] = {handle: [None] for handle in HANDLES}
        self.contents: dict[bytes, str] = {}
        self.seen_results = self.deployed = 0
        self.noted: set[str] = set()  # names of results that were accepted
        self.unnoted: set[str] = set()  # those of them for which the disk was at fault
        self.wished: dict[str, list[tuple[str, bytes | None]]] = {}
        self.last: tuple[str, ...] | None = None
        self.withdrawn: dict[str, int] = {}  # name -> listings before
        # Handles whose current file was destroyed -> whether a hook has accepted another since.
        self.destroyed: dict[str, bool] = {}
        self.second: Agent | None = None
        self.agent: Agent | None = None
        self.config = self._read_config()
        self.start()

    def _read_config(self) -> Any:
        global _config
        if _config is None:
            _config = self._load_config()
        # Shorter than a person may set them, for the sequences wait for them in earnest.
        return replace(
            _config,
            device=replace(_config.device, ca_file=f"{self.folder}/ca.pem"),
            folders=replace(
                _config.folders,
                state=f"{self.root}/state",
                models=str(self.models),
                run=f"{self.root}/run",
            ),
            link=replace(_config.link, read_timeout_s=READ_LIMIT_S),
            deployments=replace(_config.deployments, hook_limit_s=HOOK_LIMIT_S),
        )

    def _load_config(self) -> Any:
        file = self.folder / "edgemote.toml"
        file.write_text(
            f"""
            [device]
            name = "cam-7"
            fleet = "dock"
            region = "us-west-2"
            endpoint_url = "{self.cloud.url}"
            ca_file = "{self.folder}/ca.pem"
            [heartbeat]
            period_s = {PERIOD_S}
            jitter = 0
            metrics = []
            [deployments]
            poll_s = {POLL_S}
            reserve_bytes = 0
            s3_endpoint_url = "{self.cloud.url}"
            """
        )
        return load(str(file))

    # The device ---------------------------------------------------------------------------------

    def _make_agent(self) -> Agent:
        clock = Clock(
            lambda: max(0.0, self.true_s + self.wall_error_s), lambda: self.steady_s, self.built_s
        )
        agent = Agent(self.config, clock=clock, log=self.log)
        agent.on_deploy(self._deploy)
        agent.on_undeploy(self._undeploy)
        agent.metric("Serial", self._serial)
        agent.metric("Other", self._other)
        return agent

    def start(self) -> None:
        """Boot."""
        self.agent = self._make_agent()
        # What the last process had counted in memory alone is gone with it.
        self.dropped_before = self.agent.core.spool.dropped

    def _serial(self) -> float:
        self.made += 1
        return float(self.made)

    def _other(self) -> Any:
        if self.metric == "raise":
            raise ValueError("no sensor")
        if self.metric == "unspeakable":
            raise UnspeakableError
        if self.metric == "exit":
            raise SystemExit(3)
        return 1.0

    def _deploy(self, handle: str, path: str) -> Any:
        answer = self._answer()
        if answer is None or answer is True:
            self.may[handle].append(Path(path).read_bytes())
            if handle in self.destroyed:
                self.destroyed[handle] = True
        return answer

    def _undeploy(self, handle: str, path: str) -> Any:
        answer = self._answer()
        if answer is None or answer is True:
            self.may[handle].append(None)
            if handle in self.destroyed:
                self.destroyed[handle] = False
        return answer

    def _answer(self) -> Any:
        if self.hook == "raise":
            raise ValueError("does not load")
        if self.hook == "unspeakable":
            raise UnspeakableError
        if self.hook == "exit":
            raise SystemExit(3)
        if self.hook == "hang":
            while True:
                time.sleep(0.005)
        if self.hook == "kill":
            self.hook = "accept"
            self.disk.kill()
        return {"accept": None, "yes": True, "refuse": False, "unsure": Unsure()}[self.hook]

    # Time ---------------------------------------------------------------------------------------

    def wait(self, seconds: float) -> None:
        self.steady_s += seconds
        self.true_s += seconds
        self.cloud.now_s = self.true_s

    def turn(self, agent: Agent) -> float:
        """One step of the agent; seconds until it wants the next one."""
        self.disk.armed = True
        try:
            agent.step(self.steady_s)
        except KilledError:
            pass
        except BrokenError:
            raise
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            where = traceback.extract_tb(error.__traceback__)[-1]
            raise BrokenError(
                f"step raised {type(error).__name__} at {where.filename}:{where.lineno}"
            ) from error
        finally:
            self.disk.armed = False
        if self.disk.dead:
            self._bury()
            return 0.0
        return max(0.0, min(agent.core.due.values()) - self.steady_s)

    def run(self, seconds: float) -> None:
        """Let time pass, with a step whenever one is due."""
        end_s = self.steady_s + seconds
        for _ in range(TURNS):
            assert self.agent is not None
            delay_s = self.turn(self.agent)
            if self.second is not None:
                self.turn(self.second)
            if self.steady_s + delay_s > end_s:
                break
            self.wait(delay_s)
        if self.steady_s < end_s:
            self.wait(end_s - self.steady_s)

    def _bury(self) -> None:
        """Forget the processes that were killed, with their descriptors, and boot."""
        self.disk.dead, self.disk.kill_in = True, None
        self.disk.armed = True  # nothing that is closed now writes
        for agent in (self.agent, self.second):
            if agent is not None:
                for close in (agent.core.services.close, agent.core.spool._disconnect):
                    with contextlib.suppress(BaseException):
                        close()
                if (lock := getattr(agent, "_lock", None)) is not None:
                    lock.close()
                work = agent.core.deployments
                if work is not None and work._worker is not None:
                    with contextlib.suppress(BaseException):
                        work._worker._fetcher.drop()
        agent = self.agent = self.second = None
        gc.collect()
        self.disk.armed = self.disk.dead = False
        self._excuse()
        self.start()

    def _excuse(self) -> None:
        """A process ended that counted in memory what it dropped, or what counted was destroyed."""
        self.excused |= self._missing(kept=set(self._kept()))

    def _kept(self) -> list[float]:
        """Serials on the disk, in their order; nobody may have it open."""
        import json
        import sqlite3

        found = []
        with contextlib.suppress(sqlite3.Error, ValueError):
            path = self.root / "state" / "spool.db"
            if path.exists():
                db = sqlite3.connect(path)
                try:
                    for (body,) in db.execute("SELECT body FROM beats ORDER BY id").fetchall():
                        document = json.loads(body.partition(b"\n")[2])
                        found += [
                            item["Value"]
                            for item in document["AgentMetrics"]
                            if item["MetricName"] == "Serial"
                        ]
                finally:
                    db.close()
        return found

    def _missing(self, kept: set[float]) -> set[float]:
        made = {float(number) for number in range(1, self.made + 1)}
        return made - set(self.cloud.beats) - self.excused - kept

    def close(self) -> None:
        for agent in (self.agent, self.second):
            if agent is not None:
                agent.close()

    # Rules --------------------------------------------------------------------------------------

    def do(self, step: Step) -> None:
        """Carry a step out, and check."""
        name, *arguments = step
        getattr(self, f"do_{name}")(*arguments)
        self.check()

    def do_run(self, seconds: float) -> None:
        self.run(seconds)

    def do_link(self, state: str) -> None:
        if state == "lost":
            self.cloud.lose_connections()
        elif state == "closed":
            self.cloud.lose_connections(close=True)
        else:
            self.cloud.link = state

    def do_service(self, status: int) -> None:
        self.cloud.service = status

    def do_store(self, state: Any) -> None:
        self.cloud.store = state

    def do_dates(self, service_s: float, store_s: float) -> None:
        self.cloud.date_s, self.cloud.store_date_s = service_s, store_s
        self.taught_s.add(service_s)

    def do_clock(self, error_s: float) -> None:
        self.wall_error_s = error_s

    def do_suspend(self, seconds: float, end: str) -> None:
        """Asleep; what was connected is forgotten by a router meanwhile, or ended by the peer."""
        self.cloud.lose_connections(close=end == "closed")
        self.wait(seconds)

    def do_register(self, registered: bool) -> None:
        self.cloud.registered = registered

    def do_hook(self, how: str) -> None:
        self.hook = how

    def do_metric(self, how: str) -> None:
        self.metric = how

    def do_disk(self, mode: str) -> None:
        self.disk.mode = mode
        self.disordered |= mode != "well"

    def do_hiccup(self, calls: int, mode: str) -> None:
        self.disk.fail_in, self.disk.fail_mode = calls, mode
        self.disordered = True
        self.run(PERIOD_S)
        self.disk.fail_in = None

    def do_kill(self, calls: int) -> None:
        self.disk.kill_in = calls
        self.run(POLL_S)
        self.disk.kill_in = None

    def do_restart(self, steady_s: float | None) -> None:
        """Ended by a signal and started; after a reboot steady seconds begin anew."""
        self._stop()
        if steady_s is not None:
            self.steady_s = steady_s
        self.start()

    def _stop(self) -> None:
        self.disk.armed = True  # a full disk is full for what is closed, too
        try:
            self.close()
        except KilledError:
            pass
        finally:
            self.disk.armed = False
        self.agent = self.second = None
        self._excuse()

    def do_damage(self, what: str, how: str, live: bool) -> None:
        """Something of the state folder is lost or overwritten, under the running agent or not."""
        self.disordered = True
        self.destroyed = dict.fromkeys(self.destroyed, False)
        if not live:
            self._stop()
        self.disk.closed = None
        path = self.root / "state" / what
        # Its beats may have been on that disk alone; deployments that are listed are done again.
        if what != "deployment.json":
            kept = set() if live else set(self._kept())
            self.excused |= self._missing(set()) | kept
        if path.is_dir():
            shutil.rmtree(path)
        elif path.exists():
            if how == "delete":
                path.unlink()
            else:
                path.write_bytes({"empty": b"", "noise": b"\0noise" * 500}[how])
        if not live:
            self.start()
            return
        assert self.agent is not None
        self.dropped_before = min(self.dropped_before, self.agent.core.spool.dropped)

    def do_journal(self, how: str, live: bool) -> None:
        """Something else is in place of the journal, or a newer version has written it."""
        self.disk.closed = None
        path = self.root / "state" / "deployment.json"
        if not path.is_file():
            return
        self.destroyed = dict.fromkeys(self.destroyed, False)
        if not live:
            self._stop()
        content = path.read_bytes()
        path.unlink()
        if how == "folder":
            path.mkdir()
            (path / "thing").write_bytes(content)
        elif how == "loop":
            path.symlink_to(path.name)
        elif how == "pipe":
            os.mkfifo(path)
        else:
            words = {"phase": b'"phase":"', "state": b'"state":"', "handle": b'"handle":"'}[how]
            path.write_bytes(content.replace(words, words + b"new "))
        if not live:
            self.start()

    def do_close_journal(self, closed: bool) -> None:
        """This user may not read the journal from the next start on, or may again."""
        self._stop()
        self.disk.closed = f"{self.root}/state/deployment.json" if closed else None
        self.start()

    def do_relink(self, handle: str, way: str) -> None:
        """Firmware has the link lead to the same model in its own way."""
        place = self.models / handle
        current = place / "current"
        if not (current.is_symlink() and current.is_dir() and len(os.listdir(current)) == 1):
            return
        version = current.resolve().name
        (file,) = os.listdir(current)
        texts = {
            "dot": f"./{version}",
            "slash": f"{version}/",
            "absolute": f"{place}/{version}",
            "up": f"../{handle}/{version}",
            "file": f"{version}/{file}",
            "chain": "stable",
        }
        if way == "chain":
            (place / "stable").unlink(missing_ok=True)
            (place / "stable").symlink_to(version)
        (place / "new").symlink_to(texts[way])
        (place / "new").replace(current)

    def do_factory(self, handle: str) -> None:
        """A model that no deployment brought, with a stranger's file beside it."""
        place = self.models / handle
        if not place.exists() and not self.deployed:
            content = f"{handle} of the factory".encode()
            self.contents[content] = handle
            (place / "v0").mkdir(parents=True)
            (place / "v0" / "model.bin").write_bytes(content)
            (place / "NOTES").write_text("not the agent's")
            (place / "current").symlink_to("v0")
            self.may[handle] = [content]

    def do_destroy(self, handle: str) -> None:
        """The flash loses the file of the current version."""
        current = self.models / handle / "current"
        if current.is_dir():
            for file in current.iterdir():
                file.unlink()
            self.destroyed[handle] = False
        elif current.is_file():
            current.resolve().unlink()
            self.destroyed[handle] = False

    def do_second(self) -> None:
        """Another process on the same folders: refused, or else as good as one."""
        if self.second is None:
            try:
                self.second = self._make_agent()
            except EdgemoteError:
                return
            self.disordered = True
        self.run(PERIOD_S)

    def do_end_second(self) -> None:
        if self.second is not None:
            self.second.close()
            self.second = None

    def do_deploy(self, shape: str, handle: str, policy: str) -> None:
        """List a deployment."""
        self.deployed += 1
        name = f"d-{self.deployed}"
        other = HANDLES[1 - HANDLES.index(handle)]
        shapes = {
            "good": [self._define(handle)],
            "two": [self._define(handle), self._define(other)],
            "wrong": [self._define(handle, wrong=True)],
            "half-wrong": [self._define(handle), self._define(other, wrong=True)],
            "missing": [self._define(handle, missing=True)],
            "unnamed": [self._define(handle, plain=True)],
            "undeploy": [{"ModelHandle": handle, "State": "UNDEPLOY"}],
            "swap": [{"ModelHandle": handle, "State": "UNDEPLOY"}, self._define(other)],
            "none": [],
        }
        self.cloud.listed[name] = {
            "DeploymentName": name,
            "Type": "Model",
            "FailureHandlingPolicy": policy,
            "Definitions": shapes[shape],
        }
        self.wished[name] = [
            (item["ModelHandle"], self.cloud.objects.get(item.get("S3Url", "").rpartition("/")[2]))
            for item in shapes[shape]
        ]
        self.last = (shape, handle, policy)

    def _define(
        self, handle: str, *, wrong: bool = False, missing: bool = False, plain: bool = False
    ) -> dict[str, Any]:
        number = len(self.contents) + 1
        # Sizes of one piece of a download and of several.
        content = f"{handle} {number} ".encode() * (10, 200, 2_000, 5_000, 40_000)[number % 5]
        self.contents[content] = handle
        key = f"model-{number}.tar.gz"
        if not missing:
            self.cloud.objects[key] = content
        total = hashlib.sha1(content[1:] if wrong else content).hexdigest()
        checksum = {} if plain else {"Checksum": {"Type": "SHA1", "Sum": total}}
        return {
            "ModelHandle": handle,
            "S3Url": f"s3://bucket/models/{key}",
            "State": "DEPLOY",
            **checksum,
        }

    def do_again(self) -> None:
        """The last deployment under another name."""
        names = list(self.wished)
        if names:
            self.deployed += 1
            name = f"d-{self.deployed}"
            before = self.cloud.listed.get(names[-1])
            if before is not None:
                self.cloud.listed[name] = {**before, "DeploymentName": name}
                self.wished[name] = self.wished[names[-1]]

    def do_withdraw(self) -> None:
        """The newest that is listed; if it has begun, it may be finished."""
        names = list(self.cloud.listed)
        if names:
            del self.cloud.listed[names[-1]]
            self.withdrawn[names[-1]] = len(self.cloud.listings)

    def _note_begun(self, name: str) -> None:
        self.begun.add(name)
        if len(self.cloud.listings) > self.withdrawn.get(name, sys.maxsize):
            self.late.append(name)

    def do_poison(self, ahead: int, status: int) -> None:
        """A beat that the service never takes."""
        self.cloud.poison[float(self.made + ahead)] = status

    def do_poison_result(self, how: str) -> None:
        """The next deployment's result is never taken, or not with its models."""
        self.cloud.poison_results[f"d-{self.deployed + 1}"] = how

    def do_settle(self) -> None:
        self.settle()

    # What must hold -----------------------------------------------------------------------------

    def check(self) -> None:
        self._note_results()
        self._check_models()
        self._check_beats()
        self._check_clock()
        _hold(not self.late, f"begun although it was listed no more: {self.late}")
        unexpected = next((line for line in self.log.lines if ": unexpected " in line), None)
        _hold(unexpected is None, f"nobody thought of {unexpected}")
        names = set(os.listdir(self.root)) - {"state", "models", "run"}
        _hold(names == {"other"}, f"files outside of the folders: {names}")
        _hold((self.root / "other").read_text() == "not the agent's", "a file was changed")

    def _note_results(self) -> None:
        new = self.cloud.results[self.seen_results :]
        self.seen_results = len(self.cloud.results)
        for result in new:
            name = result["DeploymentName"]
            for model in result.get("DeploymentModels") or []:
                handle, wish = model.get("ModelHandle"), model.get("DesiredState")
                if model.get("Status") != "SUCCESS" or handle not in self.may:
                    continue
                reason = model.get("StatusReason")
                if wish == "UNDEPLOY" and reason == "was not deployed":
                    continue
                _hold(reason is None, f"{name}: SUCCESS, but {reason}")
                content = dict(self.wished[name]).get(handle) if wish == "DEPLOY" else None
                may = self.may[handle]
                if content in may:
                    # Not from where it came last: later deployments may be over before this result.
                    self.may[handle] = may[may.index(content) :]
                elif wish == "DEPLOY":
                    # A hook that refused, and SUCCESS all the same; or it was there already.
                    raise BrokenError(f"{name}: SUCCESS for {handle}, whose hook did not accept it")
        counts = Counter(result["DeploymentName"] for result in self.cloud.results)
        # What the disk refused to note, a process that is killed cannot know.
        self.unnoted |= set(counts) - self.noted if self.disk.failed else set()
        self.noted |= set(counts)
        self.disk.failed = self.disk.mode != "well"
        twice = [name for name, count in counts.items() if count > 1 and name not in self.unnoted]
        _hold(not twice, f"results reported more than once: {twice}")

    def _check_models(self) -> None:
        over = set()
        for line in self.log.lines[self.read_lines :]:
            name, _, rest = line.removeprefix("deployment ").partition(": ")
            if rest.startswith("started"):
                self.open.add(name)
                over.discard(name)
            elif rest.startswith(("SUCCESS", "FAIL", "withdrawn")):
                over.add(name)
        self.read_lines = len(self.log.lines)
        for handle, may in self.may.items():
            place = self.models / handle
            current = place / "current"
            content: bytes | None = None
            if os.path.lexists(current):
                files = list(current.iterdir()) if current.is_dir() else [current]
                if not (files and files[0].exists()) and handle in self.destroyed:
                    continue
                _hold(current.exists(), f"{handle}/current dangles")
                _hold(len(files) == 1, f"{handle}/current has {files}")
                content = files[0].read_bytes()
            if content is None:
                # Of a file that the flash has lost, without a journal, nobody knows any more.
                lost = self.destroyed.get(handle) is False
                _hold(lost or None in may, f"the model {handle} is gone, and nobody said so")
            else:
                _hold(self.contents.get(content) == handle, f"{handle}: content of no deployment")
                _hold(content in may, f"{handle}: current is what no hook accepted last")
            before, self.shown[handle] = self.shown.get(handle), content
            if None not in (before, content) and handle not in self.destroyed:
                # As one is kept, whatever has become of the journal. Two may have come at once.
                files = [path for path in place.rglob("*") if path.is_file()]
                there = any(path.read_bytes() == before for path in files) or len(self.open) > 1
                _hold(there, f"{handle}: the version before is gone")
            for path in place.glob("[!.]*/*") if place.exists() else ():
                if not path.exists():  # through a link that leads nowhere any more
                    continue
                whole = self.contents.get(path.read_bytes()) == handle
                _hold(whole, f"{path.relative_to(self.models)} is no whole version")
        self.open -= over
        if self.models.exists():
            strange = set(os.listdir(self.models)) - {".partial", *HANDLES}
            _hold(not strange, f"in the models folder: {strange}")

    def _check_beats(self) -> None:
        assert self.agent is not None
        beats = self.cloud.beats
        if not self.disordered:
            first = list(dict.fromkeys(beats))[self.ordered_from :]
            _hold(first == sorted(first), f"beats out of order: {first[-12:]}")
        if self.second is None:
            spool = self.agent.core.spool
            missing = self._missing(set())
            counted = spool.depth + spool.dropped - self.dropped_before
            _hold(
                len(missing) <= counted,
                f"beats {sorted(missing)[-5:]} are neither delivered nor kept nor counted:"
                f" {len(missing)} missing, {spool.depth} kept,"
                f" {spool.dropped - self.dropped_before} dropped",
            )

    def _check_clock(self) -> None:
        for agent in (self.agent, self.second):
            if agent is not None and agent.clock.synced:
                error_s = agent.clock.now() - self.true_s
                # A time that was proven, and kept on the disk, is an earlier one, by the service's
                # Date of then.
                earliest_s = self.began_s + min(0.0, *self.taught_s) - 5.0
                _hold(
                    earliest_s - self.true_s < error_s < max(self.taught_s) + 5.0
                    or any(abs(error_s - taught_s) < 5.0 for taught_s in self.taught_s),
                    f"the clock was set to {error_s:+.0f} s by something else than the service",
                )

    def settle(self) -> None:
        """Heal everything but poison; what is owed must be delivered within so many turns."""
        self.cloud.heal()
        self.disk.mode, self.disk.kill_in, self.disk.fail_in = "well", None, None
        self.disk.closed = None
        self.hook, self.metric, self.wall_error_s = "accept", "number", 0.0
        self.do_end_second()
        assert self.agent is not None
        due_beat = self.made + 1
        what = ""
        for _ in range(SETTLING_TURNS):
            delay_s = self.turn(self.agent)
            what = self._find_owed(due_beat)
            if not what:
                break
            _hold(delay_s < 7 * DAY_S, f"it rests for ever, and owes {what}")
            self.wait(delay_s)
        _hold(not what, f"with everything well it still owes {what}")
        self.check()
        for handle, accepted in self.destroyed.items():
            resolves = (self.models / handle / "current").exists() or not accepted
            _hold(resolves, f"{handle}: another was accepted, and is not current")
        self.disordered = False
        self.ordered_from = len(set(self.cloud.beats))
        # What a service has proven by taking calls of that time is not taken back.
        error_s = self.agent.clock.now() - self.true_s
        _hold(-300.0 < error_s < max(self.taught_s) + 300.0, f"its clock is {error_s:+.0f} s wrong")
        self.cloud.poison = {
            serial: status for serial, status in self.cloud.poison.items() if serial > self.made
        }

    def _find_owed(self, due_beat: int) -> str:
        """What is not delivered yet, in words."""
        assert self.agent is not None
        beats = self.cloud.beats
        if not beats or max(beats) < due_beat:
            return f"beat {due_beat} and those after it"
        if self.agent.core.spool.depth:
            return f"{self.agent.core.spool.depth} beats that are kept"
        reported = {result["DeploymentName"] for result in self.cloud.results}
        for name in self.cloud.listed:
            if name not in reported and not any(
                name in line and any(words in line for words in GIVEN_UP) for line in self.log.lines
            ):
                return f"the result of {name}"
        return ""


def _hold(holds: bool, text: str) -> None:
    if not holds:
        raise BrokenError(text)


POLICIES = ("ROLLBACK_ON_FAILURE", "DO_NOTHING")
SHAPES = ("good", "two", "wrong", "half-wrong", "missing", "unnamed", "undeploy", "swap", "none")
# Rule -> how often it is drawn, and what each of its arguments may be.
RULES: dict[str, tuple[int, tuple[tuple[Any, ...], ...]]] = {
    "run": (12, ((1.0, PERIOD_S, POLL_S, 4 * POLL_S),)),
    "deploy": (8, (SHAPES, HANDLES, POLICIES)),
    "again": (1, ()),
    "withdraw": (1, ()),
    "hook": (
        3,
        (
            (
                "accept",
                "accept",
                "yes",
                "refuse",
                "raise",
                "hang",
                "kill",
                "exit",
                "unsure",
                "unspeakable",
            ),
        ),
    ),
    "metric": (1, (("number", "raise", "unspeakable", "exit"),)),
    "link": (4, (("up", "up", "up", "down", "down", "cut", "cut", "closed", "lost"),)),
    "service": (3, ((0, 0, 500, 403, 404, 400),)),
    "store": (
        3,
        (("well", "well", 500, 403, 404, "skewed", "skewed-get", "whole", "cut", "changing"),),
    ),
    "dates": (1, ((0.0, 7_200.0, -7_200.0, 30 * DAY_S), (0.0, 2 * YEAR_S, -2 * YEAR_S))),
    "clock": (2, ((0.0, 3_600.0, -3_600.0, YEAR_S, -60 * YEAR_S),)),
    "suspend": (1, ((3_600.0, 36_000.0), ("closed", "closed", "lost"))),
    "register": (1, ((True, True, False),)),
    "disk": (3, (("well", "well", "full", "readonly", "broken"),)),
    "hiccup": (3, (tuple(range(12)), ("full", "broken"))),
    "kill": (5, (tuple(range(25)),)),
    "restart": (3, ((None, 10.0),)),
    "damage": (
        2,
        (
            ("deployment.json", "spool.db", "."),
            ("delete", "empty", "noise"),
            (False, False, True),
        ),
    ),
    "journal": (
        1,
        (("folder", "loop", "pipe", "phase", "state", "handle"), (False, False, True)),
    ),
    "close_journal": (1, ((True, True, False),)),
    "relink": (2, (HANDLES, ("dot", "slash", "absolute", "up", "file", "chain"))),
    "factory": (1, (HANDLES,)),
    "destroy": (1, (HANDLES,)),
    "second": (1, ()),
    "end_second": (1, ()),
    "poison": (1, ((1, 2, 3), (500, 403, 404, 400))),
    "poison_result": (1, (("always", "models"),)),
    "settle": (1, ()),
}
_NAMES = [name for name, (weight, _) in RULES.items() for _ in range(weight)]


def draw_step(draw: random.Random, without: Container[str] = ()) -> Step:
    """Any step, but for rules that are left out."""
    name = draw.choice([name for name in _NAMES if name not in without])
    return (name, *(draw.choice(values) for values in RULES[name][1]))


_cloud: Cloud | None = None
_config: Any = None  # as it is read from a file, once


def run(steps: list[Step], log: list[str] | None = None) -> None:
    """Carry a sequence out on a new device, and settle. Raises BrokenError."""
    global _cloud
    if _cloud is None:
        _cloud = Cloud()
    shared = "/dev/shm"
    place = tempfile.mkdtemp(prefix="net-", dir=shared if os.path.isdir(shared) else None)
    keys = {
        "AWS_ACCESS_KEY_ID": "AKIANET",
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_SESSION_TOKEN": TOKEN,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    before = dict(os.environ)
    os.environ.update(keys)
    net = None
    try:
        write_ca(_cloud, Path(place))
        with FaultyDisk() as disk:
            net = Net(_cloud, Path(place), disk)
            try:
                for step in steps:
                    net.do(step)
                net.settle()
            finally:
                disk.armed = False
                with contextlib.suppress(Exception):
                    net.close()
    finally:
        if log is not None and net is not None:
            log += net.log.lines
        os.environ.clear()
        os.environ.update(before)
        shutil.rmtree(place, ignore_errors=True)


def find_fault(steps: list[Step]) -> str | None:
    """What does not hold, in words; None where everything does."""
    try:
        run(steps)
    except BrokenError as error:
        return str(error)
    return None


def shorten(steps: list[Step], limit: int = 400) -> list[Step]:
    """A sequence of fewer steps that breaks something too."""
    size = max(1, len(steps) // 2)
    while size and limit:
        at = 0
        while at < len(steps) and limit:
            fewer = steps[:at] + steps[at + size :]
            limit -= 1
            if find_fault(fewer) is not None:
                steps = fewer
            else:
                at += size
        size //= 2
    return steps


def share(jobs: int, steps: int, minutes: float | None, seed: int) -> int:
    """Have processes do a part each, of other sequences."""
    import subprocess

    bound = ["--steps", str(steps // jobs)] if minutes is None else ["--minutes", str(minutes)]
    command = [sys.executable, "-m", "agent.net", *bound, "--seed"]
    running = [subprocess.Popen([*command, str(seed + job)]) for job in range(jobs)]
    return max([one.wait() for one in running])


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m agent.net", description=__doc__)
    parser.add_argument("--steps", type=int, default=200_000)
    parser.add_argument("--minutes", type=float, help="go on for so long instead")
    parser.add_argument("--length", type=int, default=40, help="steps of a sequence")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--faults", type=int, default=1, help="different ones, and it ends")
    parser.add_argument("--jobs", type=int, default=1, help="processes that share the steps")
    parser.add_argument("--without", default="", help="rules, by commas, that are not drawn")
    options = parser.parse_args()
    if options.jobs > 1:
        return share(options.jobs, options.steps, options.minutes, options.seed)
    without = options.without.split(",")
    began_s = told_s = time.monotonic()
    done = 0
    faults: dict[str, list[Step]] = {}
    number = options.seed * 1_000_000
    while (
        done < options.steps
        if options.minutes is None
        else time.monotonic() - began_s < 60 * options.minutes
    ):
        draw = random.Random(number)
        number += 1
        steps = [draw_step(draw, without) for _ in range(options.length)]
        fault = find_fault(steps)
        done += len(steps)
        if fault is not None:
            steps = shorten(steps)
            fault = find_fault(steps) or fault
            kind = "".join(letter for letter in fault if not letter.isdigit())
            if kind not in faults:
                faults[kind] = steps
                print(f"BROKEN: {fault}\n    {steps}", flush=True)
            if len(faults) >= options.faults:
                break
        if time.monotonic() - told_s > 30:
            told_s = time.monotonic()
            print(f"{done:,} steps in {told_s - began_s:.0f} s", flush=True)
    rate = done / (time.monotonic() - began_s)
    state = "every invariant held" if not faults else f"{len(faults)} faults"
    print(f"{done:,} steps, {rate:.0f} a second, {number % 1_000_000} sequences: {state}")
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
