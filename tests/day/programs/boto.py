"""The same with botocore. It has no source of keys for a certificate, so that one is by hand."""

import json
import sys
from datetime import datetime, timedelta, timezone

import botocore.session
from beats import make_beat
from botocore.awsrequest import AWSRequest
from botocore.credentials import RefreshableCredentials
from botocore.httpsession import URLLib3Session
from virtual import BEAT_S, HOUR_S, Day, mark

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
NAMES = {"DeviceName": "cam-7", "DeviceFleetName": "dock"}


def now():
    return EPOCH + timedelta(seconds=day.now_s)


def fetch_keys():
    http = URLLib3Session(verify=ca_file, client_cert=device_file)
    url = f"https://localhost:{keys_port}/role-aliases/board/credentials"
    found = json.loads(http.send(AWSRequest("GET", url).prepare()).content)["credentials"]
    http.close()
    return {
        "access_key": found["accessKeyId"],
        "secret_key": found["secretAccessKey"],
        "token": found["sessionToken"],
        "expiry_time": found["expiration"],
    }


port, keys_port, control, ca_file, device_file, beats = sys.argv[1:7]
day = Day(int(control))
mark()
session = botocore.session.Session()
keys = fetch_keys()
session._credentials = RefreshableCredentials(
    keys["access_key"],
    keys["secret_key"],
    keys["token"],
    datetime.fromisoformat(keys["expiry_time"].replace("Z", "+00:00")),
    fetch_keys,
    "iot-role-alias",
    now,
)
edge = session.create_client(
    "sagemaker-edge",
    region_name="us-west-2",
    endpoint_url=f"https://localhost:{port}",
    verify=ca_file,
)
for beat in range(int(beats)):
    if beat and beat * BEAT_S % HOUR_S == 0:
        mark()
    edge.send_heartbeat(**NAMES, **make_beat(dict, dict, now()))
    if beat * BEAT_S % HOUR_S == 0:
        edge.get_deployments(**NAMES)
    day.wait(BEAT_S)
mark()
day.end()
