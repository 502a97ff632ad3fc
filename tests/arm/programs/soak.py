"""Heartbeats without end. Arguments: host, port, CA file, count, how many for each connection.

Looks at its memory ten times and prints it, which is of use outside of an emulator; inside, the
marks tell it.
"""

import os
import sys

import edgemote
from aws.sagemaker_edge import EdgeMetric, SagemakerEdgeManager

LOOKS = 10

host, port, ca_file, count, kept = sys.argv[1:6]
edge = edgemote.connect(
    SagemakerEdgeManager,
    region="us-west-2",
    endpoint_url=f"https://{host}:{port}",
    ca_file=ca_file,
    credentials=edgemote.Credentials("AKIDEXAMPLE", "secret"),
)
count, kept = int(count), int(kept)
page_kib = os.sysconf("SC_PAGESIZE") // 1024
for number in range(1, count + 1):
    metrics = [
        EdgeMetric(
            Dimension="board/cpu", MetricName=f"Cpu{cpu}", Value=number / 8, Timestamp=number
        )
        for cpu in range(8)
    ]
    edge.send_heartbeat(
        AgentVersion="1.0", DeviceName="cam-7", DeviceFleetName="dock", AgentMetrics=metrics
    )
    if number % kept == 0:
        edge.close()
    if number % (count // LOOKS) == 0:
        os.getpriority(os.PRIO_PROCESS, 0)
        with open("/proc/self/statm") as file:
            print(number, int(file.read().split()[1]) * page_kib)
