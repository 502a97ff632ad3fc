"""The agent of a device, as `python3 -m edgemote` runs it, until it has sent so many heartbeats and
installed and reported so many models; then its cloud is sent one heartbeat again and again.

Arguments: configuration, heartbeats, models, and how often that one is sent.
"""

import os
import sys
import time

config_file, *numbers = sys.argv[1:]
count, models, calls = map(int, numbers)

from edgemote.agent.agent import Agent  # noqa: E402


def mark():
    os.getpriority(os.PRIO_PROCESS, 0)


def is_done():
    work = agent.core.deployments
    installed = [] if work is None or work.result or work.needs_listing else work.installed
    return beats >= count and len(installed) >= models


agent = Agent.from_config(config_file)
beats, delay_s = 0, 0.0
while not is_done():
    time.sleep(delay_s)
    before = agent.core.last_beat_s
    delay_s = agent.step()
    if agent.core.last_beat_s != before:
        beats += 1
        if beats == 1:
            mark()
assert not agent.core.troubles, agent.core.troubles
mark()

# Only now: what it loads is not the agent's.
from beats import send_again  # noqa: E402

send_again(agent.core.cloud, calls, mark)
agent.close()
