"""Publish a JSON message to AWS IoT Core over HTTPS.

    edgemote-codegen generate iot-data:Publish
    PYTHONPATH=generated python3 publish_telemetry.py https://PREFIX-ats.iot.us-west-2.amazonaws.com

The argument is your account's data endpoint, from
`aws iot describe-endpoint --endpoint-type iot:Data-ATS`. The credentials need iot:Publish.
"""

import json
import sys
import time

import edgemote
from aws.iot_data import IoTDataPlane

data = edgemote.connect(IoTDataPlane, region="us-west-2", endpoint_url=sys.argv[1], timeout_s=10)
message = {"temperature_c": 41.5, "time": int(time.time())}
try:
    # qos=1: the broker has the message when this returns. After a lost response it is sent again,
    # so a subscriber may see it twice.
    data.publish(topic="dock/cam-7/telemetry", qos=1, payload=json.dumps(message).encode())
except edgemote.TransportError as error:
    sys.exit(f"the network failed, try again later: {error}")
except edgemote.ServiceError as error:
    sys.exit(f"AWS refused the message: {error}")
print("published")
