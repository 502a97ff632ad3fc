"""What an agent asks of a cloud. `[cloud] kind` names the module here that is loaded, and no other.

A module of a cloud has `EdgeMetric`, `Model` and `Heartbeat`, the structs that heartbeats are made
of (members as in SendHeartbeat), `encode_beat`, which writes one as JSON, and a class `Cloud`:
`Protocol` has its functions. They raise what clients raise; each makes one call, or few.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import ModuleType
    from typing import Any, Protocol

    from edgemote.agent.config import Config
    from edgemote.agent.deployments.shapes import Deployment, Result
    from edgemote.agent.services import Services

    Beat = dict[str, Any]

    class Cloud(Protocol):
        """One device's cloud.

        final_codes: of errors that stay as they are, however often one asks
        one_by_one: whether it gives deployments one at a time, and more once that is reported
        """

        final_codes: frozenset[str]
        one_by_one: bool

        def __init__(self, config: Config, services: Services, /) -> None: ...

        def describe(self) -> str:
            """The device, as log lines call it."""
            ...

        def check(self) -> Iterable[tuple[bool, str]]:
            """Lines of `--check` about what it takes beside credentials: whether each is good."""
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
            board's.
            """
            ...

        def close(self) -> None:
            """Close the kept connections."""
            ...


KINDS = ("edge", "iot")


def load_cloud(kind: str) -> ModuleType:
    """The module of a cloud."""
    return __import__(f"{__name__}.{kind}", fromlist=("Cloud",))


__all__ = ["KINDS", "load_cloud"]
