"""The firmware's hooks, which accept or refuse a model: Python functions, or configured commands.

A hook gets a handle and a path. If the process was killed while the hook ran, it is called again
with the same model.
"""

from __future__ import annotations

import os

from edgemote.agent import limits
from edgemote.agent.log import explain, is_interrupt

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import FrameType
    from typing import Any

    Hook = Callable[[str, str], object]

_NAG_S = 1.0  # a function that swallows its interruption is interrupted again
_READ_BYTES = 65_536  # the capacity of a pipe
_READS = 4  # in a row: a command that writes endlessly must not block the agent


class Verdict:
    """A hook's answer. reason: of a refusal; clean: whether the refusal changed nothing."""

    __slots__ = ("accepted", "clean", "reason")

    def __init__(self, accepted: bool, reason: str = "", *, clean: bool = True) -> None:
        self.accepted = accepted
        self.reason = shorten(reason)
        self.clean = clean


class Hooks:
    """The hooks of an agent.

    Args:
        on_deploy, on_undeploy: called with (handle, path of the model's file); None and any true
            value accept, a false one refuses, an exception fails. In the main thread one that takes
            longer than limit_s is interrupted by SIGALRM; in another thread it cannot be
        deploy_command, undeploy_command: words of a command, with {handle} and {path} to be filled
            in; run without a shell where there is no function. Exit status 0 accepts; the last line
            that it writes is the reason; after limit_s its process group is killed
        limit_s: seconds that a hook may take
        patience: told them before a function is called, and 0.0 after it
    """

    __slots__ = (
        "_patience",
        "deploy_command",
        "limit_s",
        "on_deploy",
        "on_undeploy",
        "undeploy_command",
    )

    def __init__(
        self,
        on_deploy: Hook | None = None,
        on_undeploy: Hook | None = None,
        deploy_command: Sequence[str] = (),
        undeploy_command: Sequence[str] = (),
        limit_s: float = 60.0,
        patience: Callable[[float], None] = lambda limit_s: None,
    ) -> None:
        self.on_deploy = on_deploy
        self.on_undeploy = on_undeploy
        self.deploy_command = deploy_command
        self.undeploy_command = undeploy_command
        self.limit_s = limit_s
        self._patience = patience

    def has(self, deploys: bool) -> bool:
        """Whether there is such a hook."""
        if deploys:
            return self.on_deploy is not None or bool(self.deploy_command)
        return self.on_undeploy is not None or bool(self.undeploy_command)

    def start(self, deploys: bool, handle: str, path: str, steady_s: float) -> Verdict | Command:
        """Call on_deploy or on_undeploy. A function has answered when this returns."""
        hook = self.on_deploy if deploys else self.on_undeploy
        if hook is not None:
            self._patience(self.limit_s)
            try:
                return call(hook, handle, path, self.limit_s)
            finally:
                self._patience(0.0)
        words = self.deploy_command if deploys else self.undeploy_command
        filled = [word.replace("{handle}", handle).replace("{path}", path) for word in words]
        try:
            return Command(filled, steady_s + self.limit_s, self.limit_s)
        except OSError as error:
            return Verdict(False, f"cannot start {filled[0]}: {error.strerror}")


RUNNING: set[int] = set()
"""Process ids of commands that have not been waited for."""


class Command:
    """A running command, in a process group of its own."""

    __slots__ = ("_deadline_s", "_limit_s", "_output", "_pid", "_pipe")

    def __init__(self, argv: list[str], deadline_s: float, limit_s: float) -> None:
        import signal

        self._deadline_s = deadline_s
        self._limit_s = limit_s
        self._output = b""
        self._pipe, writer = os.pipe()
        try:
            os.set_blocking(self._pipe, False)
            # Not subprocess, whose import takes as long as that of the rest of the agent.
            self._pid = os.posix_spawnp(
                argv[0],
                argv,
                os.environ,
                file_actions=[
                    (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                    (os.POSIX_SPAWN_DUP2, writer, 1),
                    (os.POSIX_SPAWN_DUP2, writer, 2),
                ],
                setpgroup=0,
                setsigmask=(),
                setsigdef=(
                    signal.SIGPIPE,
                ),  # Python ignores it, and the command would inherit that
            )
        except BaseException:
            os.close(self._pipe)
            raise
        finally:
            os.close(writer)
        RUNNING.add(self._pid)

    def poll(self, steady_s: float) -> Verdict | None:
        """Its verdict; None while it runs and has time left."""
        self._read()
        try:
            pid, status = os.waitpid(self._pid, os.WNOHANG)
        except ChildProcessError:  # the script ignores SIGCHLD, or waits for every child
            os.close(self._pipe)
            RUNNING.discard(self._pid)
            return Verdict(False, "the command's exit status was taken by another", clean=False)
        if pid == 0:
            if steady_s < self._deadline_s:
                return None
            self.kill()
            return Verdict(False, f"took longer than {self._limit_s:g} s", clean=False)
        RUNNING.discard(self._pid)
        self._read()
        os.close(self._pipe)
        code = os.waitstatus_to_exitcode(status)
        if code == 0:
            return Verdict(True)
        ended = f"exit status {code}" if code > 0 else f"ended by signal {-code}"
        said = last_line(self._output)
        return Verdict(False, f"{said} ({ended})" if said else ended, clean=code > 0)

    def kill(self) -> None:
        """Kill it and the processes that it started."""
        import signal

        os.close(self._pipe)
        RUNNING.discard(self._pid)
        try:
            # It was not waited for yet, so the id of its group cannot have been reused.
            os.killpg(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)
        except (ChildProcessError, PermissionError):
            # The script waits for every child; or the command has changed its user, and waiting
            # for it could block forever.
            return

    def _read(self) -> None:
        try:
            for _ in range(_READS):
                data = os.read(self._pipe, _READ_BYTES)
                self._output = (self._output + data)[-limits.HOOK_OUTPUT_BYTES :]
                if not data:
                    return
        except BlockingIOError:
            return


def call(hook: Hook, handle: str, path: str, limit_s: float) -> Verdict:
    """Call a function and return its verdict, with a time limit if signals can enforce it."""

    def accepts() -> bool:
        answer = hook(handle, path)
        return answer is None or bool(answer)

    accepted, failure = ask(accepts, limit_s)
    return Verdict(bool(accepted), failure or "refused by the hook", clean=not failure)


def ask(function: Callable[[], Any], limit_s: float) -> tuple[Any, str]:
    """What a function returned and an empty string, or None and why it returned nothing.

    No exception of the function passes, except KeyboardInterrupt.
    """
    answer, failure = None, ""
    alarm = Alarm(limit_s)
    try:
        try:
            alarm.start()
            answer = function()
        except TooLong:
            raise
        except BaseException as error:
            if is_interrupt(error):
                raise
            failure = explain(error)
        finally:
            alarm.stop()
    except TooLong:
        alarm.stop()  # again: the alarm may have gone off during the first call
        answer, failure = None, f"took longer than {limit_s:g} s"
    return answer, failure


class TooLong(BaseException):
    """Raised inside a hook that takes too long; no Exception, so that hooks do not catch it."""


class Alarm:
    """Raises TooLong limit_s after the start, unless stopped; only in the main thread."""

    __slots__ = ("_before", "_handler", "_limit_s", "_on")

    def __init__(self, limit_s: float) -> None:
        self._limit_s = limit_s
        self._on = False
        self._before = 0.0, 0.0

    def start(self) -> None:
        """Start it where TooLong is caught: it may be raised before this returns."""
        import signal

        try:
            self._handler = signal.signal(signal.SIGALRM, self._ring)
        except ValueError:  # not the main thread
            return
        self._on = True
        self._before = signal.setitimer(signal.ITIMER_REAL, self._limit_s, _NAG_S)

    def stop(self) -> None:
        """Restore the former alarm, less the time that has passed."""
        if not self._on:
            return
        self._on = False
        import signal

        left_s = signal.setitimer(signal.ITIMER_REAL, 0)[0]
        signal.signal(signal.SIGALRM, signal.SIG_DFL if self._handler is None else self._handler)
        due_s, interval_s = self._before
        if due_s:
            passed_s = max(0.0, self._limit_s - left_s)
            signal.setitimer(signal.ITIMER_REAL, max(0.001, due_s - passed_s), interval_s)

    def _ring(self, number: int, frame: FrameType | None) -> None:
        if self._on:
            raise TooLong


def shorten(text: str) -> str:
    """A reason for the report: one line of printable characters, of bounded length."""
    line = " ".join(text.split())
    plain = "".join(letter if letter.isprintable() else "?" for letter in line)
    return (
        plain
        if len(plain) <= limits.REASON_CHARACTERS
        else f"{plain[: limits.REASON_CHARACTERS - 3]}..."
    )


def last_line(output: bytes) -> str:
    """The last line that is not empty."""
    lines = output.decode("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else ""
