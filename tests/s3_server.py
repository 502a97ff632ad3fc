"""rclone's S3 server as a process: one in Go that is not ours, and that refuses wrong keys.

with serve(folder) as server: folder/BUCKET/KEY is s3://BUCKET/KEY at server.url
"""

from __future__ import annotations

import contextlib
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

KEY_ID, SECRET = "AKIAMODELS", "s3-secret"
_START_TIMEOUT_S = 60.0
_STOP_TIMEOUT_S = 30.0
_LISTENING = re.compile(rb"(https?)://127\.0\.0\.1:(\d+)")


class Server(NamedTuple):
    """An S3 that listens: url, port, and the folder of its buckets."""

    url: str
    port: int
    folder: Path

    def put(self, bucket: str, key: str, content: bytes) -> str:
        """Store an object; its s3:// address."""
        path = self.folder / bucket / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return f"s3://{bucket}/{key}"


@contextlib.contextmanager
def serve(
    folder: Path,
    *,
    cert_file: Path | None = None,
    key_file: Path | None = None,
    keys: tuple[str, str] = (KEY_ID, SECRET),
) -> Iterator[Server]:
    """Serve the folders in `folder` as buckets; over TLS where there is a certificate. keys: the
    access key id and the secret that it knows.
    """
    buckets = folder / "buckets"
    buckets.mkdir(parents=True)
    output = folder / "rclone.log"
    tls = ["--cert", str(cert_file), "--key", str(key_file)] if cert_file else []
    with open(output, "wb") as log:
        process = subprocess.Popen(
            [
                str(Path(sys.executable).with_name("rclone")),
                *("serve", "s3", "--addr", "127.0.0.1:0", "--auth-key", ",".join(keys)),
                *("--config", str(folder / "none.conf"), "--dir-cache-time", "0s"),
                *("--no-cleanup", "--force-path-style=true", *tls, str(buckets)),
            ],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        scheme, port = _wait_for_port(process, output)
        yield Server(f"{scheme}://127.0.0.1:{port}", port, buckets)
    finally:
        process.terminate()
        try:
            process.wait(_STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for_port(process: subprocess.Popen[bytes], output: Path) -> tuple[str, int]:
    deadline_s = time.monotonic() + _START_TIMEOUT_S
    while time.monotonic() < deadline_s:
        found = _LISTENING.search(output.read_bytes())
        if found:
            return found[1].decode(), int(found[2])
        if process.poll() is not None:
            break
        time.sleep(0.02)
    raise RuntimeError(f"rclone does not listen:\n{output.read_text(errors='replace')[-4000:]}")
