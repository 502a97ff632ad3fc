"""The interface of a cloud. Only the module that `[cloud] kind` names is loaded.

Such a module has `EdgeMetric`, `Model` and `Heartbeat`, the structs of heartbeats (with the members
of SendHeartbeat), `encode_beat`, which encodes a heartbeat as JSON, and a class `Cloud`:
`Protocol` has its functions. They raise what clients raise; each makes one call, or few.
"""

from __future__ import annotations

from edgemote.errors import ConfigError, EdgemoteError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from types import ModuleType
    from typing import Any, Protocol

    from edgemote.agent.config import Config
    from edgemote.agent.deployments.shapes import Deployment, Result
    from edgemote.agent.services import Services

    Beat = dict[str, Any]
    State = dict[str, Any]

    class Cloud(Protocol):
        """One device's cloud.

        final_codes: of errors that no retry would change
        needs_keys: whether any request is signed, such as a download from S3
        signs: whether its own calls are
        is_one_service: whether an error for one call alone, while others are accepted, is that
            call's fault and not that of a part of the cloud that is down
        one_by_one: whether it gives deployments one at a time, and more once that is reported, and
            wants to know how far one is; else `renew` and `send_progress` are never called
        state_bytes: how large a state it keeps, 0 for none; else `send_state` is never called
        """

        final_codes: frozenset[str]
        needs_keys: bool
        signs: bool
        is_one_service: bool
        one_by_one: bool
        state_bytes: int

        def __init__(self, config: Config, services: Services, /) -> None: ...

        def describe(self) -> str:
            """The device's name in log lines."""
            ...

        def check(self) -> Iterable[tuple[bool, str]]:
            """Lines of `--check` about what the cloud needs beside credentials: (passed, line)."""
            ...

        def status(self) -> Mapping[str, str]:
            """What `--status` shows about it."""
            ...

        def greet(self) -> float | None:
            """Check that the cloud accepts this device. Returns for how many seconds that holds,
            or None if the cloud does not know the device.
            """
            ...

        def send(self, beat: Beat, /) -> None:
            """Deliver a heartbeat."""
            ...

        def list_deployments(self) -> Iterable[Deployment]:
            """The deployments to carry out."""
            ...

        def send_result(self, result: Result, beat: Beat, /) -> None:
            """Deliver the result of a deployment, with a heartbeat that has no metrics of the
            board. Raises EndedError if the cloud no longer expects it.
            """
            ...

        def renew(self, name: str, /) -> Deployment:
            """The same deployment with fresh URLs. Raises EndedError."""
            ...

        def send_progress(self, name: str, details: dict[str, str], /) -> None:
            """Report the progress of a deployment. Raises EndedError."""
            ...

        def send_state(self, change: State, /) -> None:
            """Report a part of the device's state; None removes a key."""
            ...

        def close(self) -> None:
            """Close the kept connections."""
            ...


class EndedError(EdgemoteError):
    """The deployment has ended in the cloud: it was cancelled, timed out or deleted there."""


def load_cloud(kind: str) -> ModuleType:
    """The module of a cloud. Raises ConfigError if this copy of edgemote lacks a part of it."""
    try:
        return __import__(f"{__name__}.{kind}", fromlist=("Cloud",))
    except ImportError as error:
        raise ConfigError(
            f"cloud.kind: this copy of edgemote lacks what {kind!r} needs ({error}): make a bundle "
            f"with --cloud {kind}, or choose the cloud that it was made for"
        ) from None


__all__ = ["EndedError", "load_cloud"]
