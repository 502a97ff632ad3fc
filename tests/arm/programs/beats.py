"""One heartbeat, that of programs/ours.py, which an agent's cloud is sent again and again."""

import gc
import time


def send_again(cloud, calls, mark):
    """Once, a mark, so many times, a mark."""
    structs = __import__(type(cloud).__module__, fromlist=("EdgeMetric", "Model"))
    beat = make_beat(structs.EdgeMetric, structs.Model, time.time() // 1 + 0.25)
    cloud.send(beat)
    # Else it is left to chance whether what the start left behind is collected among these calls.
    gc.collect()
    mark()
    for _ in range(calls):
        cloud.send(beat)
    mark()


def make_beat(metric, model, now_s):
    def make_metrics(count):
        return [
            metric(
                Dimension=f"board/cpu{number}",
                MetricName=f"CpuTemp{number}",
                Value=51.5 + number,
                Timestamp=now_s,
            )
            for number in range(count)
        ]

    models = [
        model(
            ModelName=f"model{index}",
            ModelVersion="1.0",
            LatestSampleTime=now_s,
            LatestInference=now_s,
            ModelMetrics=make_metrics(4),
        )
        for index in range(2)
    ]
    return {"AgentVersion": "1.0", "AgentMetrics": make_metrics(8), "Models": models}
