"""Heartbeats larger than a message of AWS IoT, and those that were kept for another cloud."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgemote.agent import heartbeat
from edgemote.agent.cloud import edge, iot
from edgemote.agent.cloud.iot import EdgeMetric, Model, split_beat
from edgemote.clock import Clock

from .board import BUILT_S, NOW_S, Lines

VALUES = st.floats() | st.floats(-1e6, 1e6)
NAMES = st.text("ab", min_size=1, max_size=60)
METRICS = st.lists(
    st.builds(
        EdgeMetric,
        Dimension=NAMES,
        MetricName=NAMES,
        Value=VALUES,
        Timestamp=st.just(NOW_S),
    ),
    max_size=12,
)
MODELS = st.lists(
    st.builds(
        Model,
        ModelName=st.none() | NAMES,
        ModelVersion=st.none() | NAMES,
        LatestInference=st.none() | st.just(NOW_S),
        ModelMetrics=st.none() | METRICS,
    ),
    max_size=6,
)
BEATS = st.fixed_dictionaries(
    {"AgentVersion": st.just("1")}, optional={"AgentMetrics": METRICS, "Models": MODELS}
)


def pieces(beat):
    """What of a heartbeat may be in one part or another: each metric, and each model's times."""
    metrics = [json.dumps(one) for one in beat.get("AgentMetrics") or []]
    models = []
    for model in beat.get("Models") or []:
        own = model.pop("ModelMetrics", None) or []
        model = json.dumps(model)
        models.append(model)
        models += [f"{model} {json.dumps(one)}" for one in own]
    return metrics, models


@given(BEATS, st.integers(50, 5_000))
def test_parts_are_small_and_together_the_beat(beat, limit_bytes):
    whole = pieces(json.loads(iot.encode_beat(beat)))
    parts = list(split_beat(beat, limit_bytes))
    found = [], []
    for part in parts:
        decoded = json.loads(part)
        assert decoded["AgentVersion"] == "1"
        metrics, models = pieces(decoded)
        # What cannot be made smaller is one metric.
        alone = len(metrics) + sum(" {" in one for one in models) <= 1 and len(models) <= 2
        assert len(part) <= limit_bytes or alone
        found[0].extend(metrics)
        found[1].extend(models)
    assert found[0] == whole[0]
    if len(parts) == 1:
        assert found[1] == whole[1]
    # A model's own members stand in each part that has some of its metrics.
    assert set(found[1]) == set(whole[1])
    assert sorted(one for one in found[1] if " {" in one and one.count("{") > 1) == sorted(
        one for one in whole[1] if " {" in one and one.count("{") > 1
    )


def test_what_cannot_be_split_is_sent_as_it_is():
    huge = EdgeMetric(Dimension="d" * 1_000, MetricName="n", Value=1.0)
    assert len(list(split_beat({"AgentMetrics": [huge]}, 500))) == 1
    assert len(list(split_beat({"AgentMetrics": [huge, huge]}, 500))) == 2
    model = Model(ModelName="m" * 1_000, ModelMetrics=[huge])
    assert len(list(split_beat({"Models": [model]}, 500))) == 1
    assert len(list(split_beat({"AgentVersion": "v" * 1_000}, 500))) == 1


class Config:
    class heartbeat:  # noqa: N801
        disk_path = "/"
        metrics = ()


def builder(cloud):
    made = heartbeat.HeartbeatBuilder(Clock(lambda: NOW_S, lambda: 5.0, BUILT_S), Lines())
    made.configure(Config, None, cloud)
    return made


@pytest.mark.parametrize("before", [edge, iot])
@pytest.mark.parametrize("after", [edge, iot])
@given(
    value=VALUES,
    inferred=st.none() | st.just(NOW_S - 100),
    own=st.none() | VALUES,
    shift_s=st.sampled_from([0.0, 7.5]),
)
def test_a_kept_beat_is_sent_by_whichever_cloud_comes_then(
    before, after, value, inferred, own, shift_s
):
    def metric(number):
        return before.EdgeMetric(
            Dimension="board", MetricName="Temp", Value=number, Timestamp=NOW_S - 60
        )

    beat = {
        "AgentVersion": "1",
        "AgentMetrics": [metric(value)],
        "Models": [
            before.Model(
                ModelName="snow",
                LatestInference=inferred,
                ModelMetrics=None if own is None else [metric(own)],
            )
        ],
    }
    kept = builder(before).encode(beat, NOW_S)
    found = builder(after).restore(NOW_S + shift_s, kept)
    assert "DeviceName" not in found
    (restored,) = found["AgentMetrics"]
    assert restored.Timestamp == NOW_S - 60 + shift_s
    wanted = "NaN" if math.isnan(value) else str(value).replace("inf", "Infinity")
    sent = json.loads(after.encode_beat(found))
    (shown,) = sent["AgentMetrics"]
    assert str(shown["Value"]) == (wanted if not math.isfinite(value) else str(value))
    (model,) = sent["Models"]
    assert model["ModelName"] == "snow"
    assert len(model.get("ModelMetrics") or []) == (own is not None)
    if after is iot:
        (body,) = split_beat(found, 131_072)
        assert json.loads(body) == sent
