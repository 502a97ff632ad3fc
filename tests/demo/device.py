"""A firmware script: the agent with a metric of the script's own, and a model that is tried before
it is taken.

usage: python3 device.py CONFIG
"""

import sys
import tarfile
import time

import edgemote

agent = edgemote.Agent.from_config(sys.argv[1])

started = time.monotonic()
agent.metric("CameraSeconds", lambda: time.monotonic() - started, dimension="camera")


@agent.on_deploy
def load(handle: str, path: str) -> None:
    """Try a new model. An exception refuses it, and its text is reported as the reason."""
    begun = time.monotonic()
    with tarfile.open(path) as package:
        labels = package.extractfile("labels.txt").read().split()
        weights = package.extractfile("weights.bin").read()
    if not labels or not weights:
        raise ValueError("a model without labels or weights")
    # Here the firmware would have it judge a picture.
    model = agent.model(handle)
    model.inferred()
    model.metric("LabelCount", len(labels))
    model.metric("LoadSeconds", time.monotonic() - begun)


sys.exit(agent.run())
