from __future__ import annotations

import math
import os
import signal
import threading
import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aws.errors import ValidationError
from aws.sagemaker_edge import EdgeMetric
from edgemote.agent import limits
from edgemote.agent.log import Log
from edgemote.agent.sensors import GAUGE_COUNT, SENSORS, Board, Gauges, Sampler

NOW_S = 1_800_000_000.0
MIB = 1024 * 1024
# What the kernel of a small board says.
PROC = {
    "loadavg": "0.52 0.58 0.59 1/467 12345\n",
    "meminfo": (
        "MemTotal:          61440 kB\nMemFree:            2048 kB\nMemAvailable:      15360 kB\n"
        "Buffers:            1024 kB\nHugePages_Total:       0\n"
    ),
    "uptime": "350735.47 234388.90\n",
    "net/dev": (
        "Inter-|   Receive                                                |  Transmit\n"
        " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs\n"
        "    lo: 5000000    1  0    0    0     0          0         0  5000000    1  0 0 0 0 0 0\n"
        "  eth0:1000       10  0    0    0     0          0         0      300    9  0 0 0 0 0 0\n"
        "wwan0: 24          1  0    0    0     0          0         0       50    1  0 0 0 0 0 0\n"
    ),
    "self/statm": "6500 3000 1000 1 0 500 0\n",
}
SYS = {
    "class/thermal/thermal_zone0/temp": "48312\n",
    "class/thermal/thermal_zone1/temp": "51500\n",
    "class/thermal/cooling_device0/temp": "99000\n",
    "class/hwmon/hwmon0/temp1_input": "44000\n",
    "class/hwmon/hwmon0/temp1_crit": "120000\n",
}
EXPECTED = {
    "LoadAverage": 0.52,
    "MemoryAvailableBytes": 15 * MIB,
    "MemoryUsedPercent": 75.0,
    "TemperatureCelsius": 51.5,
    "UptimeSeconds": 350735.47,
    "NetworkReceivedBytes": 1024,
    "NetworkSentBytes": 350,
    "AgentResidentBytes": 3000 * os.sysconf("SC_PAGE_SIZE"),
    "SpoolDepth": 7,
    "SpoolDropped": 2,
}
BY_FILE = {
    "loadavg": {"LoadAverage"},
    "meminfo": {"MemoryAvailableBytes", "MemoryUsedPercent"},
    "uptime": {"UptimeSeconds"},
    "net/dev": {"NetworkReceivedBytes", "NetworkSentBytes"},
    "self/statm": {"AgentResidentBytes"},
}


class Warnings:
    """A log, for reading afterwards."""

    def __init__(self):
        self.texts = []

    def warning(self, text):
        self.texts.append(text)


class KeptBeats:
    depth, dropped = 7, 2


class Tree:
    """Folders like /proc and /sys, and a sampler that looks there."""

    def __init__(self, folder):
        self.proc, self.sys = folder / "proc", folder / "sys"
        for root, files in ((self.proc, PROC), (self.sys, SYS)):
            root.mkdir()
            for name, text in files.items():
                self.write(root / name, text)
        self.gauges, self.log = Gauges(), Warnings()
        board = Board(str(folder), KeptBeats(), str(self.proc), str(self.sys))
        self.sampler = Sampler(None, self.gauges, self.log, board)

    def write(self, file, text):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def sample(self):
        return {
            metric.MetricName: metric.Value for metric in self.sampler.sample(NOW_S, EdgeMetric)
        }


@pytest.fixture
def tree(tmp_path):
    return Tree(tmp_path)


def test_every_sensor(tree, tmp_path):
    found = tree.sample()
    disk = os.statvfs(tmp_path)
    assert 0 < found.pop("DiskFreeBytes") <= disk.f_blocks * disk.f_frsize
    assert 0 <= found.pop("DiskUsedPercent") <= 100
    assert found == EXPECTED
    assert tree.log.texts == []


def test_the_metrics_are_the_services(tree):
    metrics = tree.sampler.sample(NOW_S, EdgeMetric)
    assert [metric.MetricName for metric in metrics] == list(SENSORS)
    assert all(isinstance(metric, EdgeMetric) for metric in metrics)
    assert {metric.Timestamp for metric in metrics} == {NOW_S}
    assert {type(metric.Value) for metric in metrics} == {float}


def test_names_and_dimensions_of_the_table_are_allowed():
    gauges = Gauges()
    for metric, (dimension, _, _) in SENSORS.items():
        gauges.set(metric, 1.0, dimension)


def test_only_what_was_asked_for(tree):
    sampler = Sampler(["UptimeSeconds", "LoadAverage"], tree.gauges, tree.log, tree.sampler._board)
    assert [metric.MetricName for metric in sampler.sample(NOW_S, EdgeMetric)] == [
        "UptimeSeconds",
        "LoadAverage",
    ]


def test_each_sample_reads_anew(tree):
    tree.sample()
    tree.write(tree.proc / "uptime", "350740.00 1.0\n")
    assert tree.sample()["UptimeSeconds"] == 350740.0


def make_missing(file):
    file.unlink()


def make_empty(file):
    file.write_bytes(b"")


def make_garbage(file):
    file.write_bytes(b"\xff\x00: \xfe garbage\n" * 30)


def make_huge(file):
    file.write_bytes(file.read_bytes() * 100_000)


def make_endless(file):
    file.unlink()
    file.symlink_to("/dev/zero")


def make_folder(file):
    file.unlink()
    file.mkdir()


def make_pipe(file):
    """One that nobody writes to: to read it would wait for ever."""
    file.unlink()
    os.mkfifo(file)


FAULTS = [
    make_missing,
    make_empty,
    make_garbage,
    make_huge,
    make_endless,
    make_folder,
    make_pipe,
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
@pytest.mark.parametrize("name", BY_FILE)
def test_a_fault_costs_its_own_metrics(tree, name, fault):
    fault(tree.proc / name)
    found = tree.sample()
    lost = BY_FILE[name]
    assert set(EXPECTED) - set(found) == lost
    assert {text.split()[1] for text in tree.log.texts} == lost


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_thermometer_that_fails_leaves_the_others(tree, fault):
    fault(tree.sys / "class/thermal/thermal_zone1/temp")
    assert tree.sample()["TemperatureCelsius"] == 48.312


def test_thermometers_that_are_not_connected(tree):
    texts = "-274000 65535000 127000000 127000 127500 127937 255000 -127000 125001 -40001".split()
    for index, text in enumerate(["", *texts]):
        tree.write(tree.sys / f"class/thermal/thermal_zone{index + 5}/temp", text)
        tree.write(tree.sys / f"class/hwmon/hwmon{index + 5}/temp1_input", text)
    assert tree.sample()["TemperatureCelsius"] == 51.5
    for name in SYS:
        (tree.sys / name).unlink()
    assert "TemperatureCelsius" not in tree.sample()  # not the best of those either


@pytest.mark.parametrize("text", ["-40000", "0", "85000", "110000", "125000"])
def test_thermometers_at_what_chips_are_made_for(tree, text):
    for name in SYS:
        (tree.sys / name).unlink()
    tree.write(tree.sys / "class/thermal/thermal_zone3/temp", text)
    assert tree.sample()["TemperatureCelsius"] == int(text) / 1_000


def test_thermometers_that_say_themselves_that_they_do_not_know(tree):
    tree.write(tree.sys / "class/hwmon/hwmon1/temp2_input", "90000\n")
    tree.write(tree.sys / "class/hwmon/hwmon1/temp2_fault", "1\n")
    tree.write(tree.sys / "class/hwmon/hwmon2/temp1_input", "85000\n")
    tree.write(tree.sys / "class/hwmon/hwmon2/name", "w1_slave_temp\n")
    assert tree.sample()["TemperatureCelsius"] == 51.5
    tree.write(tree.sys / "class/hwmon/hwmon1/temp2_fault", "0\n")
    assert tree.sample()["TemperatureCelsius"] == 90.0


def test_a_board_without_thermometers(tree):
    for name in SYS:
        (tree.sys / name).unlink()
    assert "TemperatureCelsius" not in tree.sample()
    assert tree.log.texts == []
    named = Sampler(["TemperatureCelsius"], tree.gauges, tree.log, tree.sampler._board)
    assert [named.sample(NOW_S, EdgeMetric), named.sample(NOW_S, EdgeMetric)] == [[], []]
    assert tree.log.texts == [
        "metric TemperatureCelsius is not available: ValueError: no thermometer"
    ]


def test_a_thermometer_that_was_there_and_fails(tree):
    assert "TemperatureCelsius" in tree.sample()
    for name in SYS:
        (tree.sys / name).unlink()
    assert "TemperatureCelsius" not in tree.sample()
    assert tree.log.texts == [
        "metric TemperatureCelsius is not available: ValueError: no thermometer"
    ]


def test_what_is_not_optional_is_missed_from_the_start(tree):
    for name in ("uptime", "loadavg", "meminfo", "net/dev"):
        (tree.proc / name).unlink()
    tree.sample()
    missing = {line.split()[1] for line in tree.log.texts}
    assert missing == {name for name, (_, _, optional) in SENSORS.items() if not optional} - {
        "DiskFreeBytes",
        "DiskUsedPercent",
        "AgentResidentBytes",
        "SpoolDepth",
        "SpoolDropped",
    }


def test_hwmon_alone(tree):
    for name in SYS:
        if "thermal" in name:
            (tree.sys / name).unlink()
    assert tree.sample()["TemperatureCelsius"] == 44.0


def test_a_disk_that_is_not_there(tree, tmp_path):
    board = Board(str(tmp_path / "absent"), None)
    metrics = Sampler(
        ["DiskFreeBytes", "DiskUsedPercent", "LoadAverage"], tree.gauges, tree.log, board
    )
    assert [metric.MetricName for metric in metrics.sample(NOW_S, EdgeMetric)] == ["LoadAverage"]
    assert tree.log.texts[0].endswith("absent: No such file or directory")


def test_what_fails_is_said_when_it_begins(tree):
    file = tree.proc / "uptime"
    for _ in range(3):
        file.unlink()
        for _ in range(3):
            assert "UptimeSeconds" not in tree.sample()
        file.write_text("1.0 1.0\n")
        assert tree.sample()["UptimeSeconds"] == 1.0
    assert (
        tree.log.texts
        == [f"metric UptimeSeconds is not available: {file}: No such file or directory"] * 3
    )


def test_gauges_come_after_the_sensors(tree):
    level = 3
    tree.gauges.set("QueueDepth", 5)
    tree.gauges.set("TankLevel", lambda: level, "board/tank")
    metrics = tree.sampler.sample(NOW_S, EdgeMetric)[-2:]
    assert [(m.MetricName, m.Dimension, m.Value) for m in metrics] == [
        ("QueueDepth", "device", 5.0),
        ("TankLevel", "board/tank", 3.0),
    ]
    level = 4
    tree.gauges.set("QueueDepth", 6.5)
    metrics = tree.sampler.sample(NOW_S, EdgeMetric)[-2:]
    assert [m.Value for m in metrics] == [6.5, 4.0]
    tree.gauges.remove("QueueDepth")
    tree.gauges.remove("QueueDepth")
    assert tree.sampler.sample(NOW_S, EdgeMetric)[-1].MetricName == "TankLevel"
    assert "QueueDepth" not in tree.sample()


def test_one_name_in_two_dimensions(tree):
    tree.gauges.set("Level", 1, "tank/1")
    tree.gauges.set("Level", 2, "tank/2")
    assert [m.Value for m in tree.sampler.sample(NOW_S, EdgeMetric)[-2:]] == [1.0, 2.0]


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 0, True, 2**60, Decimal("1.5")])
def test_numbers_of_all_kinds(tree, value):
    tree.gauges.set("Gauge", value)
    tree.gauges.set("Function", lambda: value)
    first, second = tree.sampler.sample(NOW_S, EdgeMetric)[-2:]
    assert type(first.Value) is type(second.Value) is float
    assert first.Value == second.Value == value or math.isnan(value)


class Failing:
    def __call__(self):
        raise RuntimeError("i2c gave up")


@pytest.mark.parametrize(
    "function",
    [lambda: "7", lambda: None, lambda: 10**400, lambda: 1j, Failing(), lambda missing: 1],
)
def test_a_function_that_fails_costs_its_metric(tree, function):
    tree.gauges.set("Broken", function)
    tree.gauges.set("Whole", lambda: 1)
    for _ in range(3):
        found = tree.sample()
        assert "Broken" not in found
        assert found["Whole"] == 1.0
    [text] = tree.log.texts
    assert text.startswith("metric Broken is not available: ")


def test_a_function_may_set_a_gauge(tree):
    def count():
        tree.gauges.set("Count2", 1)
        return 1

    tree.gauges.set("Count1", count)
    assert tree.sample()["Count1"] == 1
    assert tree.sample()["Count2"] == 1


WRONG = {
    ("abc", 1, "device"): "MetricName: 'abc' has 3 characters, it may have 4 to 100",
    ("a" * 101, 1, "device"): "has 101 characters",
    (7, 1, "device"): "MetricName: expected str, got int",
    ("queue_depth", 1, "device"): "MetricName: 'queue_depth' has '_', it may have the letters",
    ("Füllstand", 1, "device"): "MetricName: 'Füllstand' has 'ü'",
    ("-abcd", 1, "device"): "must begin with a letter or a digit and not end with '-'",
    ("abcd-", 1, "device"): "must begin with a letter or a digit and not end with '-'",
    ("abc/d", 1, "device"): "MetricName: 'abc/d' has '/'",
    ("Gauge", 1, ""): "Dimension: '' has 0 characters, it may have 1 to 1000",
    ("Gauge", 1, "/x"): "Dimension: '/x' must begin with a letter or a digit",
    ("Gauge", 1, None): "Dimension: expected str, got NoneType",
    ("Gauge", "1", "device"): "Value of Gauge: expected a number, got str",
    ("Gauge", None, "device"): "Value of Gauge: expected a number, got NoneType",
    ("Gauge", 10**400, "device"): "Value of Gauge: this int does not fit a float",
}


@pytest.mark.parametrize("arguments", WRONG, ids=repr)
def test_what_the_service_refuses_is_refused_at_once(tree, arguments):
    with pytest.raises(ValidationError) as caught:
        tree.gauges.set(*arguments)
    assert WRONG[arguments] in str(caught.value)
    assert list(tree.gauges) == []


@given(st.text("ab0-_/.\n", max_size=12) | st.text(max_size=6))
def test_names_are_those_of_the_model(name):
    """The pattern of botocore's model, read by Python; `$` there means the very end."""
    import re

    for field, pattern, least in (
        ("name", r"[a-zA-Z0-9](-*[a-zA-Z0-9])*", 4),
        ("dimension", r"[a-zA-Z0-9](-*[a-zA-Z0-9\/])*", 1),
    ):
        allowed = len(name) >= least and re.fullmatch(pattern, name) is not None
        gauges = Gauges()
        arguments = {"name": "Gauge", "value": 1, "dimension": "device", field: name}
        try:
            gauges.set(**arguments)
        except ValidationError:
            assert not allowed
        else:
            assert allowed


def test_gauges_are_bounded(tree):
    for index in range(GAUGE_COUNT):
        tree.gauges.set(f"Gauge{index}", index)
    tree.gauges.set("Gauge0", 1)
    with pytest.raises(ValidationError, match="would exceed 200 gauges"):
        tree.gauges.set("Another", 1)


@given(content=st.binary(max_size=300))
def test_whatever_a_file_holds(tmp_path_factory, content):
    folder = tmp_path_factory.mktemp("tree")
    tree = Tree(folder)
    for root, files in ((tree.proc, PROC), (tree.sys, SYS)):
        for name in files:
            (root / name).write_bytes(content)
    assert {"SpoolDepth", "SpoolDropped"} <= set(tree.sample())


def test_a_pipe_with_a_silent_writer(tree):
    make_pipe(tree.proc / "uptime")
    holding = threading.Thread(target=lambda: os.open(tree.proc / "uptime", os.O_WRONLY))
    reader = os.open(tree.proc / "uptime", os.O_RDONLY | os.O_NONBLOCK)
    holding.start()
    holding.join()
    assert "UptimeSeconds" not in tree.sample()
    os.close(reader)


BOARD = Board("/", None)


class UnspeakableError(Exception):
    """One whose text cannot be had."""

    def __str__(self):
        raise SystemExit(9)


class Unwritable:
    def __repr__(self):
        raise MemoryError

    def __float__(self):
        raise GeneratorExit


def hang():
    while True:
        time.sleep(0.01)


def hang_in_text():
    class SlowError(Exception):
        def __str__(self):
            return hang()

    raise SlowError


def throw(error):
    raise error


BAD_FUNCTIONS = {
    "hangs": hang,
    "exits": lambda: throw(SystemExit(3)),
    "generator": lambda: throw(GeneratorExit()),
    "base": lambda: throw(BaseException("ended")),
    "no-text": lambda: throw(UnspeakableError()),
    "no-repr": lambda: throw(KeyError(Unwritable())),
    "slow-text": hang_in_text,
    "no-float": Unwritable,
}


@pytest.mark.parametrize("function", BAD_FUNCTIONS.values(), ids=BAD_FUNCTIONS)
def test_a_function_costs_its_own_metric_whatever_it_does(monkeypatch, capfd, function):
    monkeypatch.setattr(limits, "METRIC_S", 0.1)
    gauges = Gauges()
    gauges.set("Before", 1)
    gauges.set("Wrong", function)
    gauges.set("Afterwards", lambda: 2)
    timer, handler = signal.getitimer(signal.ITIMER_REAL), signal.getsignal(signal.SIGALRM)
    metrics = Sampler((), gauges, Log(), BOARD).sample(1.0, EdgeMetric)
    assert [(metric.MetricName, metric.Value) for metric in metrics] == [
        ("Before", 1.0),
        ("Afterwards", 2.0),
    ]
    assert "metric Wrong is not available: " in capfd.readouterr().err
    assert signal.getitimer(signal.ITIMER_REAL) == timer
    assert signal.getsignal(signal.SIGALRM) == handler


def test_the_keyboard_interrupts_a_function_in_the_main_thread_alone():
    gauges = Gauges()
    gauges.set("Interrupted", lambda: throw(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        Sampler((), gauges, Log(), BOARD).sample(1.0, EdgeMetric)
    done = []
    work = threading.Thread(
        target=lambda: done.append(Sampler((), gauges, Log(), BOARD).sample(1, EdgeMetric))
    )
    work.start()
    work.join()
    assert done == [[]]


def test_metrics_of_one_name_are_said_to_be_missing_once_each(capfd):
    gauges = Gauges()
    gauges.set("Faults", lambda: 1 / 0, "camera/one")
    gauges.set("Faults", 1, "camera/two")
    sampler = Sampler((), gauges, Log("debug"), BOARD)
    for _ in range(3):
        sampler.sample(1.0, EdgeMetric)
    assert capfd.readouterr().err.count("is not available") == 1
