"""The sensors on the machine that runs the tests, psutil being the judge."""

from __future__ import annotations

import time

import pytest

from aws.sagemaker_edge import EdgeMetric
from edgemote.agent.sensors import Board, Gauges, Sampler

psutil = pytest.importorskip("psutil", reason="needs psutil")


class Log:
    def warning(self, text: str) -> None:
        raise AssertionError(text)  # nor of a thermometer, where this machine has none


def judge() -> dict[str, float]:
    memory, disk = psutil.virtual_memory(), psutil.disk_usage("/")
    links = psutil.net_io_counters(pernic=True, nowrap=False)
    links.pop("lo", None)
    found = {
        "LoadAverage": psutil.getloadavg()[0],
        "MemoryAvailableBytes": memory.available,
        "MemoryUsedPercent": memory.percent,
        "DiskFreeBytes": disk.free,
        "DiskUsedPercent": disk.percent,
        "UptimeSeconds": time.time() - psutil.boot_time(),
        "NetworkReceivedBytes": sum(link.bytes_recv for link in links.values()),
        "NetworkSentBytes": sum(link.bytes_sent for link in links.values()),
        "AgentResidentBytes": psutil.Process().memory_info().rss,
    }
    thermometers = [
        entry.current for entries in psutil.sensors_temperatures().values() for entry in entries
    ]
    if thermometers:
        found["TemperatureCelsius"] = max(thermometers)
    return found


# How far the world may move between two looks at it: the rest of the tests runs meanwhile.
SLACK = {
    "LoadAverage": 1.0,
    "MemoryAvailableBytes": 1 << 30,
    "MemoryUsedPercent": 10.0,
    "DiskFreeBytes": 1 << 30,
    "DiskUsedPercent": 2.0,
    "UptimeSeconds": 5.0,
    "NetworkReceivedBytes": 1 << 24,
    "NetworkSentBytes": 1 << 24,
    "AgentResidentBytes": 1 << 22,
    "TemperatureCelsius": 10.0,
}


def test_psutil_agrees():
    sampler = Sampler(None, Gauges(), Log(), Board("/", None))
    before = judge()
    found = {metric.MetricName: metric.Value for metric in sampler.sample(0.0, EdgeMetric)}
    after = judge()
    assert len(after) >= 9
    for name in after:
        least, most = sorted((before[name], after[name]))
        assert least - SLACK[name] <= found[name] <= most + SLACK[name], name
