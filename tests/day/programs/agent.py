"""The agent with its own schedule and link.window_s, and the same heartbeat. One argument more:
the folder for its files. Its day ends with as many heartbeats as the others send: by chance, its
periods are longer or shorter.
"""

import hashlib
import os
import sys

from virtual import HOUR_S, Day, mark

CONFIG = """\
[device]
name = "cam-7"
fleet = "dock"
region = "us-west-2"
endpoint_url = "https://localhost:{port}"
ca_file = "{ca_file}"
[credentials]
iot_endpoint = "https://localhost:{keys_port}/role-aliases/board/credentials"
cert_file = "{device_file}"
[folders]
state = "{folder}/state"
run = "{folder}"
[heartbeat]
metrics = []
[link]
window_s = 300
[log]
level = "warning"
"""

port, keys_port, control, ca_file, device_file, beats, folder = sys.argv[1:8]
day = Day(int(control))
mark()
drawn = iter(range(1 << 32))
# The same jitter in each run.
os.urandom = lambda size: hashlib.sha256(b"%d" % next(drawn)).digest()[:size]

from edgemote.agent.agent import Agent  # noqa: E402
from edgemote.agent.config import load  # noqa: E402
from edgemote.clock import Clock  # noqa: E402

path = f"{folder}/edgemote.toml"
with open(path, "w") as file:
    file.write(CONFIG.format(**globals()))
agent = Agent(load(path), clock=Clock(lambda: day.now_s, lambda: day.steady_s, 0.0))
for number in range(8):
    agent.metric(f"CpuTemp{number}", 51.5 + number, dimension=f"board/cpu{number}")
for index in range(2):
    model = agent.model(f"model{index}")
    model.version = "1.0"
    model.sampled()
    model.inferred()
    for number in range(4):
        model.metric(f"CpuTemp{number}", 51.5 + number, dimension=f"board/cpu{number}")

hour_s = HOUR_S
sent = {None}
while True:
    if day.steady_s >= hour_s:
        hour_s += HOUR_S
        mark()
    delay_s = agent.step()
    sent.add(agent.core.last_beat_s)
    if delay_s:
        if len(sent) > int(beats):
            break
        day.wait(min(delay_s, hour_s - day.steady_s))
mark()
day.end()
assert not agent.core.troubles, agent.core.troubles
agent.close()
