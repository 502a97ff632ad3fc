"""The agent of a device, as `python3 -m edgemote` runs it, until it has sent so many heartbeats and
installed and reported so many models.

Arguments: host, port, CA file, key id, secret, folder, heartbeats, models, address of S3.
"""

import os
import sys
import time

host, port, ca_file, key_id, secret, folder, count, models, s3_url = sys.argv[1:10]
os.environ["AWS_ACCESS_KEY_ID"] = key_id
os.environ["AWS_SECRET_ACCESS_KEY"] = secret
config_file = os.path.join(folder, "edgemote.toml")
with open(config_file, "w") as file:
    file.write(f"""
[device]
name = "cam-7"
fleet = "dock"
region = "us-west-2"
endpoint_url = "https://{host}:{port}"
ca_file = "{ca_file}"
[folders]
state = "{folder}/state"
run = "{folder}"
[heartbeat]
period_s = 1
jitter = 0.0
[deployments]
poll_s = 60
reserve_bytes = 0
s3_endpoint_url = "{s3_url}"
""")

from edgemote.agent.agent import Agent  # noqa: E402

agent = Agent.from_config(config_file)
beats, delay_s = 0, 0.0


def is_done():
    work = agent.core.deployments
    installed = [] if work is None or work.result or work.needs_listing else work.installed
    return beats >= int(count) and len(installed) >= int(models)


while not is_done():
    time.sleep(delay_s)
    before = agent.core.last_beat_s
    delay_s = agent.step()
    beats += agent.core.last_beat_s != before
assert not agent.core.troubles, agent.core.troubles
os.getpriority(os.PRIO_PROCESS, 0)
agent.close()
