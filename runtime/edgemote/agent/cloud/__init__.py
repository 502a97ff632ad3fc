"""What an agent asks of a cloud. `[cloud] kind` names the module here that is loaded, and no other.

A module of a cloud has `EdgeMetric`, `Model` and `Heartbeat`, the structs that heartbeats are made
of (members as in SendHeartbeat), `encode_beat`, which writes one as JSON, and a class `Cloud`:
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

        final_codes: of errors that stay as they are, however often one asks
        needs_keys: whether anything is signed, such as a download from S3
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
            """The device, as log lines call it."""
            ...

        def check(self) -> Iterable[tuple[bool, str]]:
            """Lines of `--check` about what it takes beside credentials: whether each is good."""
            ...

        def status(self) -> Mapping[str, str]:
            """What `--status` shows of it."""
            ...

        def greet(self) -> float | None:
            """Prove that we may talk: seconds for which that holds; None for a device that this
            cloud does not know.
            """
            ...

        def send(self, beat: Beat, /) -> None:
            """Deliver a heartbeat."""
            ...

        def list_deployments(self) -> Iterable[Deployment]:
            """What is to be deployed."""
            ...

        def send_result(self, result: Result, beat: Beat, /) -> None:
            """Deliver the result of a deployment, with a heartbeat that has no metrics of the
            board's. Raises EndedError where it is not wanted any more.
            """
            ...

        def renew(self, name: str, /) -> Deployment:
            """A deployment again, with URLs that are good now. Raises EndedError."""
            ...

        def send_progress(self, name: str, details: dict[str, str], /) -> None:
            """Say how far a deployment is. Raises EndedError."""
            ...

        def send_state(self, change: State, /) -> None:
            """Report a part of the device's state; what is None is gone."""
            ...

        def close(self) -> None:
            """Close the kept connections."""
            ...


class EndedError(EdgemoteError):
    """The cloud wants no more of a deployment: it was cancelled, timed out or deleted there."""


def load_cloud(kind: str) -> ModuleType:
    """The module of a cloud. Raises ConfigError where this copy of edgemote has not all of it."""
    try:
        return __import__(f"{__name__}.{kind}", fromlist=("Cloud",))
    except ImportError as error:
        raise ConfigError(
            f"cloud.kind: this copy of edgemote lacks what {kind!r} needs ({error}): make a bundle "
            f"with --cloud {kind}, or choose the cloud that it was made for"
        ) from None


__all__ = ["EndedError", "load_cloud"]
