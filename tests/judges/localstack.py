"""localstack-core as a process: a reader of requests and a writer of answers that is not ours.

It is written from the models of the services, as we are, but for the other side of the wire, and
runs in a Python environment of its own. `Reader` speaks to it in pickles, each of our own making.
"""

from __future__ import annotations

import pickle
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

from judges.environment import prepare_environment
from oracle import Raw

_PROGRAM = Path(__file__).with_name("localstack_program.py")
# One exact version, because declared differences are this version's. Its own dependencies are a
# whole AWS; its parser and serializer need these.
_VERSION = "2026.3.0"
_NEEDED = (
    "cbor2<6 werkzeug rolo cachetools asn1crypto cryptography dnspython dnslib jsonpatch xmltodict"
)


def prepare() -> Path:
    """The Python of localstack's environment, with the models that we have."""
    models = [f"{name}=={version('botocore')}" for name in ("botocore", "boto3")]
    return prepare_environment(
        "localstack",
        [["--no-deps", f"localstack-core=={_VERSION}"], [*models, *_NEEDED.split()]],
    )


class Read(NamedTuple):
    """What the reader found in a request: `error` says why it found nothing."""

    operation: str = ""
    params: Any = None
    error: str = ""


class Written(NamedTuple):
    """An answer: `error` says why there is none."""

    status: int = 0
    headers: dict[str, str] = {}  # noqa: RUF012 - nobody changes it
    body: bytes = b""
    error: str = ""


class Reader:
    """One process. What it is asked is about the service that was opened last."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [str(prepare()), "-I", str(_PROGRAM)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def open(self, service: str, protocol: str) -> None:
        """Take up a service in one of its protocols."""
        self._ask("open", service, protocol)

    def read(self, request: Raw) -> Read:
        """Parse a request."""
        return Read(*self._ask("read", *request))

    def write(self, operation: str, result: Any) -> Written:
        """Serialize a result."""
        return Written(*self._ask("write", operation, result))

    def refuse(self, operation: str, code: str, message: str, members: dict[str, Any]) -> Written:
        """Serialize an error."""
        return Written(*self._ask("refuse", operation, code, message, members))

    def _ask(self, *question: Any) -> Any:
        pipe = self._process.stdin
        assert pipe is not None
        assert self._process.stdout is not None
        pickle.dump(question, pipe)
        pipe.flush()
        return pickle.load(self._process.stdout)

    def close(self) -> None:
        """End the process."""
        self._process.communicate()
