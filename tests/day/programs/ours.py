"""The same with edgemote's client."""

import sys

from virtual import BEAT_S, HOUR_S, Day, mark

port, keys_port, control, ca_file, device_file, beats = sys.argv[1:7]
day = Day(int(control))
mark()

import edgemote  # noqa: E402
from aws.sagemaker_edge import EdgeMetric, Model, SagemakerEdgeManager  # noqa: E402


def make_metric(number, now_s):
    return EdgeMetric(
        Dimension=f"board/cpu{number}",
        MetricName=f"CpuTemp{number}",
        Value=51.5 + number,
        Timestamp=now_s,
    )


def make_heartbeat(now_s):
    return {
        "AgentVersion": "1.0",
        "DeviceName": "cam-7",
        "DeviceFleetName": "dock",
        "AgentMetrics": [make_metric(number, now_s) for number in range(8)],
        "Models": [
            Model(
                ModelName=f"model{index}",
                ModelVersion="1.0",
                LatestSampleTime=now_s,
                LatestInference=now_s,
                ModelMetrics=[make_metric(number, now_s) for number in range(4)],
            )
            for index in range(2)
        ],
    }


edge = edgemote.connect(
    SagemakerEdgeManager,
    region="us-west-2",
    endpoint_url=f"https://localhost:{port}",
    ca_file=ca_file,
    credentials=edgemote.IotRoleAlias(f"localhost:{keys_port}", "board", device_file),
    clock=edgemote.Clock(lambda: day.now_s, lambda: day.steady_s, 0.0),
    retries=0,
)
for beat in range(int(beats)):
    if beat and beat * BEAT_S % HOUR_S == 0:
        mark()
    edge.send_heartbeat(**make_heartbeat(day.now_s))
    if beat * BEAT_S % HOUR_S == 0:
        edge.get_deployments(DeviceName="cam-7", DeviceFleetName="dock")
    day.wait(BEAT_S)
mark()
day.end()
