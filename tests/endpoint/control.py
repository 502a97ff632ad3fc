"""Telling a running endpoint what to do: `POST /-/control`, from this machine only.

The body is a JSON list of commands, each `[NAME, {arguments}]`; the answer lists what happened.
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from endpoint.answers import Answer, RefusedError, error_answer, json_answer

if TYPE_CHECKING:
    from endpoint.server import Endpoint
    from endpoint.signatures import Request

PATH = "/-/control"


def obey(endpoint: Endpoint, request: Request, peer: str) -> Answer:
    """Carry out the commands in order; 400 at the first that cannot be, 403 for strangers."""
    if not ipaddress.ip_address(peer).is_loopback:
        return error_answer("AccessDeniedException", "Only from this machine.", status=403)
    if request.method != "POST":
        return error_answer("BadRequestException", "POST a list of commands.")
    try:
        return json_answer(
            [COMMANDS[name](endpoint, **settings) for name, settings in json.loads(request.body)]
        )
    except (KeyError, TypeError, ValueError, RefusedError) as error:
        return error_answer("BadRequestException", f"{type(error).__name__}: {error}")


def _fault(endpoint: Endpoint, **settings: Any) -> str:
    return f"armed {endpoint.faults.add(**settings).name}"


def _clear(endpoint: Endpoint) -> str:
    endpoint.faults.clear()
    return "cleared"


def _register(endpoint: Endpoint, fleet: str, device: str) -> str:
    endpoint.register(fleet, device)
    return f"registered {fleet}/{device}"


def _deploy(endpoint: Endpoint, fleet: str, device: str | None, document: dict[str, Any]) -> str:
    endpoint.deploy(fleet, device, document)
    return f"queued {document.get('DeploymentName')}"


def _clock(endpoint: Endpoint, offset_s: float) -> str:
    endpoint.clock_offset_s = float(offset_s)
    return f"the clock is off by {endpoint.clock_offset_s:g} s"


COMMANDS: dict[str, Callable[..., str]] = {
    "fault": _fault,
    "clear-faults": _clear,
    "register": _register,
    "deploy": _deploy,
    "clock": _clock,
}
