"""Heartbeats as AWS IoT gets them."""

import json
from math import inf, nan

import pytest

from edgemote.agent.cloud.iot import EdgeMetric, Model, encode_beat


@pytest.mark.parametrize(
    ("value", "written"),
    [(1.5, 1.5), (nan, "NaN"), (inf, "Infinity"), (-inf, "-Infinity")],
)
@pytest.mark.parametrize("name", ["CpuTemp", "null"])
def test_a_number_that_json_lacks_is_a_word(value, written, name):
    def make():
        return EdgeMetric(Dimension="board", MetricName=name, Value=value)

    beat = {
        "AgentVersion": "1",
        "AgentMetrics": [make()],
        "Models": [Model(ModelName="snow", ModelMetrics=[make()])],
    }
    metric = {"Dimension": "board", "MetricName": name, "Value": written}
    assert json.loads(encode_beat(beat)) == {
        "AgentVersion": "1",
        "AgentMetrics": [metric],
        "Models": [{"ModelName": "snow", "ModelMetrics": [metric]}],
    }
