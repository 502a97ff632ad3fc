"""The same with edgemote, written as its README has it. Arguments: those of floor.py."""

import os
import sys
import time

import edgemote
from aws.sagemaker_edge import EdgeMetric, Model, SagemakerEdgeManager


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


def make_nested_metric(number, moment):
    return {
        "Dimension": f"board/cpu{number}",
        "MetricName": f"CpuTemp{number}",
        "Value": 51.5 + number,
        "Timestamp": moment,
    }


def make_nested_heartbeat(moment):
    return {
        "AgentVersion": "1.0",
        "DeviceName": "cam-7",
        "DeviceFleetName": "dock",
        "AgentMetrics": [make_nested_metric(number, moment) for number in range(8)],
        "Models": [
            {
                "ModelName": f"model{index}",
                "ModelVersion": "1.0",
                "LatestSampleTime": moment,
                "LatestInference": moment,
                "ModelMetrics": [make_nested_metric(number, moment) for number in range(4)],
            }
            for index in range(2)
        ],
    }


def mark():
    os.getpriority(os.PRIO_PROCESS, 0)


host, port, ca_file, key_id, secret, count = sys.argv[1:7]
count = int(count)
edge = edgemote.connect(
    SagemakerEdgeManager,
    region="us-west-2",
    endpoint_url=f"https://{host}:{port}",
    ca_file=ca_file,
    credentials=edgemote.Credentials(key_id, secret),
)
start_s = time.time() // 1 + 0.25
edge.send_heartbeat(**make_heartbeat(start_s))
mark()
for number in range(count):
    make_heartbeat(start_s + number)
mark()
for number in range(count):
    edge.send_heartbeat(**make_heartbeat(start_s + number))
mark()
edge.get_deployments(DeviceName="cam-7", DeviceFleetName="dock")
mark()
for _ in range(count):
    result = edge.get_deployments(DeviceName="cam-7", DeviceFleetName="dock")
mark()
assert len(result.Deployments[0].Definitions) == 20

from datetime import datetime, timezone  # noqa: E402

moment = datetime.fromtimestamp(start_s, timezone.utc)
edge.send_heartbeat(**make_nested_heartbeat(moment))
mark()
for _ in range(count):
    make_nested_heartbeat(moment)
mark()
for _ in range(count):
    edge.send_heartbeat(**make_nested_heartbeat(moment))
mark()


def reconnect(number):
    edge.close()
    edge.send_heartbeat(**make_heartbeat(start_s + number))


reconnect(0)
mark()
for number in range(count):
    reconnect(number)
mark()
