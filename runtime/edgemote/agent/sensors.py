"""The metrics of a heartbeat: the system's sensors, and those that a firmware script adds.

A sensor that fails only loses its own metric, and is logged once.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from aws.errors import ValidationError
from edgemote.agent import limits
from edgemote.agent.log import explain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

    from edgemote.agent.log import Log
    from edgemote.agent.spool import Spool


# Of one file in /proc or /sys. The largest is /proc/net/dev, with 120 bytes for each interface.
_FILE_BYTES = 65_536
# Of one folder in /sys/class.
_ENTRIES = 64
# The range of chips; a thermometer that is not connected reads 127, 127.94, 255 or -127.
_COLDEST_C, _HOTTEST_C = -40.0, 125.0
# A DS18B20's reading before its first measurement.
_W1_UNMEASURED_C = 85.0
# SageMaker Edge Manager's limits for EdgeMetric.
_NAME_LENGTHS = (4, 100)
_DIMENSION_LENGTHS = (1, 1_000)
LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
# A script that uses a new name each time would fill the board's memory.
GAUGE_COUNT = 200


class Board:
    """Where sensors are read; only tests use other folders."""

    __slots__ = ("_texts", "disk_path", "proc", "spool", "sys")

    def __init__(
        self, disk_path: str, spool: Spool | None, proc: str = "/proc", sys: str = "/sys"
    ) -> None:
        self.disk_path = disk_path
        self.spool = spool
        self.proc = proc
        self.sys = sys
        self._texts: dict[str, bytes] = {}

    def read(self, name: str) -> bytes:
        """A file of /proc, which is read once for all sensors of a sample."""
        if name not in self._texts:
            self._texts[name] = _read_file(f"{self.proc}/{name}")
        return self._texts[name]

    def forget(self) -> None:
        """Read the files again for the next sample."""
        self._texts.clear()


def _read_load(board: Board) -> float:
    return float(board.read("loadavg").split()[0])


def _read_memory(board: Board) -> tuple[int, int]:
    """Total and available memory in bytes."""
    sizes = {}
    for line in board.read("meminfo").splitlines():
        name, _, value = line.partition(b":")
        if name in (b"MemTotal", b"MemAvailable"):
            sizes[name] = int(value.removesuffix(b"kB")) * 1_024
    return sizes[b"MemTotal"], sizes[b"MemAvailable"]


def _read_memory_available(board: Board) -> float:
    return float(_read_memory(board)[1])


def _read_memory_used(board: Board) -> float:
    total, available = _read_memory(board)
    return 100.0 * (total - available) / total


def _read_disk_free(board: Board) -> float:
    disk = os.statvfs(board.disk_path)
    return float(disk.f_bavail * disk.f_frsize)


def _read_disk_used(board: Board) -> float:
    # Of what an ordinary user can use, as in df.
    disk = os.statvfs(board.disk_path)
    used = disk.f_blocks - disk.f_bfree
    return 100.0 * used / (used + disk.f_bavail)


def _read_temperature(board: Board) -> float:
    hottest = max(_list_temperatures(board), default=None)
    if hottest is None:
        raise ValueError("no thermometer")
    return hottest


def _list_temperatures(board: Board) -> Iterator[float]:
    """The plausible readings of all thermometers, in degrees Celsius."""
    for folder, start, end in (("thermal", "thermal_zone", ""), ("hwmon", "hwmon", "_input")):
        parent = f"{board.sys}/class/{folder}"
        for name in _list_folder(parent):
            if not name.startswith(start):
                continue
            files = [
                file
                for file in (_list_folder(f"{parent}/{name}") if end else ("temp",))
                if file.startswith("temp") and file.endswith(end)
            ]
            for file in files:
                try:
                    celsius = int(_read_file(f"{parent}/{name}/{file}")) / 1_000
                except (OSError, ValueError):
                    continue  # one that is switched off
                if _COLDEST_C <= celsius <= _HOTTEST_C and not (
                    (end and _says(f"{parent}/{name}/{file[: -len(end)]}_fault", b"1"))
                    or (
                        celsius == _W1_UNMEASURED_C
                        and _says(f"{parent}/{name}/name", b"w1_slave_temp")
                    )
                ):
                    yield celsius


def _says(path: str, text: bytes) -> bool:
    try:
        return _read_file(path).strip() == text
    except (OSError, ValueError):
        return False


def _read_uptime(board: Board) -> float:
    return float(board.read("uptime").split()[0])


def _read_network(board: Board, column: int) -> float:
    """The sum of a column of /proc/net/dev over all interfaces but the loopback."""
    total = 0
    # Two lines of headings.
    for line in board.read("net/dev").splitlines()[2:]:
        name, _, columns = line.partition(b":")
        if name.strip() != b"lo":
            total += int(columns.split()[column])
    return float(total)


def _read_received(board: Board) -> float:
    return _read_network(board, 0)


def _read_sent(board: Board) -> float:
    return _read_network(board, 8)


def _read_resident(board: Board) -> float:
    return float(int(board.read("self/statm").split()[1]) * os.sysconf("SC_PAGE_SIZE"))


def _read_spool_depth(board: Board) -> float:
    return float(board.spool.depth if board.spool is not None else 0)


def _read_spool_dropped(board: Board) -> float:
    return float(board.spool.dropped if board.spool is not None else 0)


# MetricName -> Dimension, the function that reads it, and whether it is optional, which means that
# many boards lack it and nothing is logged. Names end with the unit; the load average (of one
# minute) is a number of tasks, depth and drops are numbers of heartbeats.
SENSORS: dict[str, tuple[str, Callable[[Board], float], bool]] = {
    "LoadAverage": ("board/cpu", _read_load, False),
    "MemoryAvailableBytes": ("board/memory", _read_memory_available, False),
    "MemoryUsedPercent": ("board/memory", _read_memory_used, False),
    "DiskFreeBytes": ("board/disk", _read_disk_free, False),
    "DiskUsedPercent": ("board/disk", _read_disk_used, False),
    "TemperatureCelsius": ("board/temperature", _read_temperature, True),
    "UptimeSeconds": ("board/system", _read_uptime, False),
    "NetworkReceivedBytes": ("board/network", _read_received, False),
    "NetworkSentBytes": ("board/network", _read_sent, False),
    "AgentResidentBytes": ("agent/process", _read_resident, False),
    "SpoolDepth": ("agent/spool", _read_spool_depth, False),
    "SpoolDropped": ("agent/spool", _read_spool_dropped, False),
}


class Gauges:
    """Metrics of a firmware script: numbers, and functions that are called for each heartbeat."""

    __slots__ = ("_gauges",)

    def __init__(self) -> None:
        self._gauges: dict[tuple[str, str], float | Callable[[], float]] = {}

    def set(self, name: str, value: float | Callable[[], float], dimension: str = "device") -> None:
        """Add a metric to every heartbeat, or replace the one of this name and dimension.

        name: 4 to 100 letters, digits and hyphens, such as "QueueDepth". dimension: 1 to
        1,000 of these and slashes, such as "board/camera". value: a number, NaN and the infinities
        too, or a function without parameters that returns one; if it fails, returns
        something else or takes longer than limits.METRIC_S, that heartbeat lacks the metric.

        Raises edgemote.ValidationError for a name, a dimension or a value that the service refuses,
        and beyond 200 gauges.
        """
        check_text("MetricName", name, *_NAME_LENGTHS, LETTERS)
        check_text("Dimension", dimension, *_DIMENSION_LENGTHS, LETTERS | {"/"})
        if not callable(value):
            try:
                value = _to_float(value)
            except ValueError as error:
                raise ValidationError(f"Value of {name}: {error}") from None
        key = (name, dimension)
        if key not in self._gauges and len(self._gauges) >= GAUGE_COUNT:
            raise ValidationError(
                f"{name} would exceed {GAUGE_COUNT} gauges; are names generated on every call?"
            )
        self._gauges[key] = value

    def remove(self, name: str, dimension: str = "device") -> None:
        """Remove a metric from all further heartbeats."""
        self._gauges.pop((name, dimension), None)

    def __iter__(self) -> Iterator[tuple[str, str, float | Callable[[], float]]]:
        """Name, dimension and value of each."""
        # A copy, since a function may set another gauge.
        for (name, dimension), value in list(self._gauges.items()):
            yield name, dimension, value


class Sampler:
    """Makes a heartbeat's AgentMetrics.

    Args:
        names: of SENSORS, in the order of the heartbeat; None for all
        gauges: the script's, which follow them
        log: is told of a metric that is missing, when it is missing first; of an optional one where
            it is named, or has been there before
        board: where to look
    """

    __slots__ = ("_board", "_gauges", "_log", "_missing", "_sensors")

    def __init__(self, names: Iterable[str] | None, gauges: Gauges, log: Log, board: Board) -> None:
        self._sensors = [(name, *SENSORS[name]) for name in (SENSORS if names is None else names)]
        self._gauges = gauges
        self._log = log
        self._board = board
        # Optional sensors that nobody asked for are not logged if they are missing.
        self._missing = {
            (name, dimension)
            for name, dimension, _, optional in self._sensors
            if optional and names is None
        }

    def sample(self, now_s: float, metric: Callable[..., Any]) -> list[Any]:
        """All metrics that can be read now, as structs of this type. now_s: POSIX seconds."""
        board = self._board
        board.forget()
        metrics: list[Any] = []

        def add(name: str, dimension: str, read: Callable[..., float], argument: object) -> None:
            value = self._read(name, dimension, read, argument)
            if value is not None:
                metrics.append(
                    metric(MetricName=name, Dimension=dimension, Value=value, Timestamp=now_s)
                )

        for name, dimension, read, _ in self._sensors:
            add(name, dimension, read, board)
        for name, dimension, value in self._gauges:
            add(name, dimension, _call if callable(value) else float, value)
        board.forget()
        return metrics

    def _read(
        self, name: str, dimension: str, read: Callable[..., float], argument: object
    ) -> float | None:
        try:
            value = _to_float(read(argument))
        except Exception as error:
            if (name, dimension) not in self._missing:
                self._missing.add((name, dimension))
                self._log.warning(f"metric {name} is not available: {_explain(error)}")
            return None
        self._missing.discard((name, dimension))
        return value


class _FunctionError(Exception):
    """Why a script's function returned no metric."""


def _call(function: Callable[[], float]) -> float:
    from edgemote.agent.deployments.hooks import ask  # few scripts add functions

    value, failure = ask(lambda: _to_float(function()), limits.METRIC_S)
    if failure:
        raise _FunctionError(failure)
    return float(value)


def _to_float(value: object) -> float:
    """A number as a float, including numpy's and decimal's. Raises ValueError for anything else."""
    if isinstance(value, (int, float)) or hasattr(type(value), "__float__"):
        try:
            return float(value)  # type: ignore[arg-type]
        except (OverflowError, TypeError, ValueError):
            raise ValueError(f"this {type(value).__name__} does not fit a float") from None
    raise ValueError(f"expected a number, got {type(value).__name__}")


def check_text(field: str, text: str, least: int, most: int, letters: frozenset[str]) -> None:
    """Raise ValidationError unless it matches the pattern [a-zA-Z0-9](-*[a-zA-Z0-9])*."""
    if not isinstance(text, str):
        raise ValidationError(f"{field}: expected str, got {type(text).__name__}")
    if not least <= len(text) <= most:
        raise ValidationError(
            f"{field}: {text[:most]!r} has {len(text)} characters, it may have {least} to {most}"
        )
    wrong = next((letter for letter in text if letter not in letters and letter != "-"), None)
    if wrong is not None:
        slash = ", '/'" if "/" in letters else ""
        raise ValidationError(
            f"{field}: {text!r} has {wrong!r}, it may have the letters A to Z and a to z, digits,"
            f" '-'{slash}"
        )
    if text[0] not in LETTERS or text[-1] == "-":
        raise ValidationError(
            f"{field}: {text!r} must begin with a letter or a digit and not end with '-'"
        )


def _explain(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename or 'its file'}: {error.strerror}"
    return str(error) if isinstance(error, _FunctionError) else explain(error)


def _read_file(path: str) -> bytes:
    """The content of a small file. Raises OSError, or ValueError if it is empty or too large."""
    # Non-blocking, in case it is a pipe.
    file = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        content = b""
        while piece := os.read(file, 4_096):
            content += piece
            if len(content) > _FILE_BYTES:
                raise ValueError(f"{path} has more than {_FILE_BYTES} bytes")
        if not content:
            raise ValueError(f"{path} is empty")
        return content
    finally:
        os.close(file)


def _list_folder(path: str) -> list[str]:
    try:
        return sorted(os.listdir(path))[:_ENTRIES]
    except OSError:
        return []
