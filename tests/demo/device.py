"""What a firmware script looks like: it reports this machine to SageMaker Edge Manager's device
API.

usage: python -m demo.device ENDPOINT_URL REGION FLEET DEVICE BEATS
"""

import os
import resource
import sys
import time

import edgemote
from aws.sagemaker_edge import EdgeMetric, SagemakerEdgeManager


def read_metrics() -> list[EdgeMetric]:
    """Load, memory, disk and uptime, as Linux tells them."""
    now = time.time()
    with open("/proc/meminfo") as file:
        memory = {line.split(":")[0]: float(line.split()[1]) for line in file}
    with open("/proc/uptime") as file:
        uptime_s = float(file.read().split()[0])
    disk = os.statvfs("/")
    readings = {
        ("cpu", "LoadAverage"): os.getloadavg()[0],
        ("memory", "AvailableKiB"): memory["MemAvailable"],
        ("memory", "AgentPeakKiB"): float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss),
        ("disk", "FreeMiB"): disk.f_bavail * disk.f_frsize / 2**20,
        ("system", "UptimeSeconds"): uptime_s,
    }
    return [
        EdgeMetric(Dimension=f"board/{part}", MetricName=name, Value=value, Timestamp=now)
        for (part, name), value in readings.items()
    ]


def main(endpoint_url: str, region: str, fleet: str, device: str, beats: str) -> None:
    edge = edgemote.connect(SagemakerEdgeManager, region=region, endpoint_url=endpoint_url)
    registration = edge.get_device_registration(DeviceName=device, DeviceFleetName=fleet)
    print(f"registration: {registration.DeviceRegistration}, valid {registration.CacheTTL} s")
    for number in range(int(beats)):
        edge.send_heartbeat(
            AgentVersion="1.0",
            DeviceName=device,
            DeviceFleetName=fleet,
            AgentMetrics=read_metrics(),
        )
        print(f"heartbeat {number + 1} accepted")
    result = edge.get_deployments(DeviceName=device, DeviceFleetName=fleet)
    for deployment in result.Deployments or []:
        for definition in deployment.Definitions or []:
            print(f"to do: {definition.State} {definition.ModelHandle} from {definition.S3Url}")
    try:
        edge.send_heartbeat(
            AgentVersion="1.0", DeviceName=device, DeviceFleetName=fleet, Models="x"
        )
    except edgemote.ValidationError as error:
        print(f"bad input is refused before it is sent: {error}")


if __name__ == "__main__":
    main(*sys.argv[1:])
