"""The same with edgemote's client."""

import sys

from virtual import BEAT_S, HOUR_S, Day, mark

port, keys_port, control, ca_file, device_file, beats = sys.argv[1:7]
day = Day(int(control))
mark()

from beats import make_beat  # noqa: E402

import edgemote  # noqa: E402
from aws.sagemaker_edge import EdgeMetric, Model, SagemakerEdgeManager  # noqa: E402

NAMES = {"DeviceName": "cam-7", "DeviceFleetName": "dock"}
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
    edge.send_heartbeat(**NAMES, **make_beat(EdgeMetric, Model, day.now_s))
    if beat * BEAT_S % HOUR_S == 0:
        edge.get_deployments(**NAMES)
    day.wait(BEAT_S)
mark()
day.end()
