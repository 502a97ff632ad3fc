"""The same with botocore, which takes nothing but nested dicts. Arguments: those of floor.py."""

import os
import sys
import time
from datetime import datetime, timezone

import botocore.session


def make_metric(number, moment):
    return {
        "Dimension": f"board/cpu{number}",
        "MetricName": f"CpuTemp{number}",
        "Value": 51.5 + number,
        "Timestamp": moment,
    }


def make_heartbeat(moment):
    return {
        "AgentVersion": "1.0",
        "DeviceName": "cam-7",
        "DeviceFleetName": "dock",
        "AgentMetrics": [make_metric(number, moment) for number in range(8)],
        "Models": [
            {
                "ModelName": f"model{index}",
                "ModelVersion": "1.0",
                "LatestSampleTime": moment,
                "LatestInference": moment,
                "ModelMetrics": [make_metric(number, moment) for number in range(4)],
            }
            for index in range(2)
        ],
    }


def mark():
    os.getpriority(os.PRIO_PROCESS, 0)


host, port, ca_file, key_id, secret, count = sys.argv[1:7]
count = int(count)
edge = botocore.session.Session().create_client(
    "sagemaker-edge",
    region_name="us-west-2",
    endpoint_url=f"https://{host}:{port}",
    verify=ca_file,
    aws_access_key_id=key_id,
    aws_secret_access_key=secret,
)
moment = datetime.fromtimestamp(time.time() // 1 + 0.25, timezone.utc)
edge.send_heartbeat(**make_heartbeat(moment))
mark()
for _ in range(count):
    make_heartbeat(moment)
mark()
for _ in range(count):
    edge.send_heartbeat(**make_heartbeat(moment))
mark()
edge.get_deployments(DeviceName="cam-7", DeviceFleetName="dock")
mark()
for _ in range(count):
    result = edge.get_deployments(DeviceName="cam-7", DeviceFleetName="dock")
mark()
assert len(result["Deployments"][0]["Definitions"]) == 20
