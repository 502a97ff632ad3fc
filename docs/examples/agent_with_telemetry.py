"""The agent, with a client of your own in the same process: a message after each measurement.

    edgemote-codegen generate sagemaker-edge s3:GetObject,HeadObject iot-data:Publish
    PYTHONPATH=generated python3 agent_with_telemetry.py /etc/edgemote.toml

`agent.step()` does one piece of the agent's work and returns the seconds until the next one is due.
"""

import json
import signal
import sys
import time

import edgemote
from aws.iot_data import IoTDataPlane

ENDPOINT = "https://PREFIX-ats.iot.us-west-2.amazonaws.com"
PERIOD_S = 10.0
WAIT_LIMIT_S = 1.0  # how late SIGTERM may be noticed

stopped = False


def stop(number, frame):
    global stopped
    stopped = True


def measure():
    return 41.5  # your sensor


signal.signal(signal.SIGTERM, stop)
agent = edgemote.Agent.from_config(sys.argv[1])
agent.metric("LensCelsius", measure, dimension="camera")  # goes into each heartbeat
# One attempt of at most ten seconds: the loop comes back to it anyway.
data = edgemote.connect(
    IoTDataPlane, region="us-west-2", endpoint_url=ENDPOINT, timeout_s=10, retries=0
)
due_s = 0.0
while not stopped:
    if time.monotonic() >= due_s:
        due_s = time.monotonic() + PERIOD_S
        message = json.dumps({"lens_c": measure()}).encode()
        try:
            data.publish(topic="dock/cam-7/lens", qos=1, payload=message)
        except (edgemote.TransportError, edgemote.ServiceError) as error:
            print(f"not published: {error}", file=sys.stderr)
    time.sleep(min(agent.step(), WAIT_LIMIT_S))
agent.close()
