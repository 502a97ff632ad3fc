"""Log lines with a level on standard error.

Under systemd, where standard error is connected to the journal, a line begins with the number of
its level, as in sd-daemon(3): `<4>link: no route to host`. Elsewhere it begins with the level's
name: `WARNING link: ...`.
"""

from __future__ import annotations

import os
import select
import time
from typing import TYPE_CHECKING

from edgemote.agent import limits

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

STDERR = 2
# From the most important to the least, with syslog's numbers.
LEVELS = {"error": 3, "warning": 4, "info": 6, "debug": 7}


def occupy_descriptors() -> None:
    """Open closed standard descriptors on /dev/null. Otherwise a file that the agent opens could
    get the number of standard error, and log lines would be written into it.
    """
    while (fd := os.open(os.devnull, os.O_RDWR)) <= STDERR:
        os.set_inheritable(fd, True)
    os.close(fd)


class Log:
    """Writes each message as one line. If it cannot, the line is dropped: it never raises or waits.

    A line that was written within the last hour is counted, and written again after it with the
    count: a board that is offline for a month then writes each warning to its flash only once an
    hour. At level debug every line is written.

    Args:
        level: the least important level that is written: error, warning, info or debug
        fd: the file descriptor to write to
        environ: has JOURNAL_STREAM if that is the journal
        steady_s: a monotonic clock, in seconds
    """

    __slots__ = ("_fd", "_is_journal", "_level", "_recent", "_steady_s", "_torn", "_writable")

    def __init__(
        self,
        level: str = "info",
        *,
        fd: int = STDERR,
        environ: Mapping[str, str] = os.environ,
        steady_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._level = LEVELS[level]
        self._fd = fd
        self._is_journal = _leads_to_journal(fd, environ)
        self._steady_s = steady_s
        # Line -> when it was last written, and how many repeats have been suppressed since.
        self._recent: dict[str, tuple[float, int]] = {}
        self._torn = False
        self._writable = select.poll()
        self._writable.register(fd, select.POLLOUT)

    def error(self, text: object) -> None:
        """Data was lost, or something stays broken until somebody repairs it."""
        self._log("error", text)

    def warning(self, text: object) -> None:
        """Something does not work at present; the agent keeps trying."""
        self._log("warning", text)

    def info(self, text: object) -> None:
        """A rare event."""
        self._log("info", text)

    def debug(self, text: object) -> None:
        """Routine work of the agent."""
        self._log("debug", text)

    def set_level(self, level: str) -> None:
        """Change the least important level that is written."""
        self._level = LEVELS[level]

    def _log(self, level: str, text: object) -> None:
        number = LEVELS[level]
        if number > self._level:
            return
        start = f"<{number}>" if self._is_journal else f"{level.upper()} "
        line = start + one_line(to_text(text), limits.LOG_LINE_CHARS)
        if self._level == LEVELS["debug"]:
            self._write(line)
        else:
            self._write_once(line)

    def _write_once(self, line: str) -> None:
        """Write a line, or just count it if it was written recently."""
        now_s = self._steady_s()
        written_s, count = self._recent.pop(line, (None, 0))
        if written_s is not None and now_s - written_s < limits.LOG_REPEAT_S:
            self._recent[line] = written_s, count + 1
            return
        shown = f"{line} ({count} more like this)" if count else line
        if not self._write(shown):
            return
        if len(self._recent) >= limits.LOG_REPEAT_LINES:
            del self._recent[next(iter(self._recent))]
        self._recent[line] = now_s, 0

    def _write(self, line: str) -> bool:
        # If the end of the last line was cut off, this one begins with the missing line end.
        data = ("\n" * self._torn + line + "\n").encode("utf-8", "backslashreplace")
        try:
            # Writing to a pipe that nobody reads would block the agent forever.
            if not self._writable.poll(0):
                return False
            self._torn = os.write(self._fd, data) < len(data)
        except OSError:
            return False
        return not self._torn


def explain(error: BaseException) -> str:
    """Type and text of an exception."""
    return f"{type(error).__name__}: {to_text(error)}"


def to_text(value: object) -> str:
    """The text of an object of the script's, whose __str__ may raise."""
    try:
        return str(value)
    except BaseException as error:
        if is_interrupt(error):
            raise
        return f"a {type(value).__name__} whose text cannot be produced"


def is_interrupt(error: BaseException) -> bool:
    """Whether this exception ends the process: Ctrl-C, which only reaches the main thread."""
    if not isinstance(error, KeyboardInterrupt):
        return False
    import threading

    return threading.current_thread() is threading.main_thread()


def one_line(text: str, limit_chars: int) -> str:
    """A text without control characters, cut at the limit."""
    if len(text) > limit_chars:
        text = text[:limit_chars] + "..."
    if text.isprintable():
        return text
    return "".join(mark if mark.isprintable() else ascii(mark)[1:-1] for mark in text)


def _leads_to_journal(fd: int, environ: Mapping[str, str]) -> bool:
    """Whether systemd has connected this descriptor to the journal: systemd.exec(5)."""
    stream = environ.get("JOURNAL_STREAM")
    if not stream:
        return False
    try:
        status = os.fstat(fd)
    except OSError:
        return False
    return stream == f"{status.st_dev}:{status.st_ino}"
