"""The three operations: what each keeps in the store and what it answers.

AWS documents only InternalServiceException for them. An unregistered device gets what seems
fit: GetDeviceRegistration says "" (with a shorter CacheTTL), the other two refuse it with a
ValidationException and keep nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from endpoint.answers import Answer, RefusedError, json_answer
from endpoint.store import Store
from endpoint.validation import load_model, read_body

REGISTERED = "REGISTERED"
UNREGISTERED = ""
UNREGISTERED_TTL_S = 60


@dataclass(frozen=True)
class Call:
    """One accepted request on its way to an operation."""

    request_id: str
    now_s: float
    input: dict[str, Any]
    store: Store
    any_device: bool

    @property
    def device(self) -> tuple[str, str]:
        return self.input["DeviceFleetName"], self.input["DeviceName"]


def find_operation(method: str, path: str) -> str | None:
    """The operation behind a method and a raw path; paths are compared as they came."""
    for name in load_model().operation_names:
        http = load_model().operation_model(name).http
        if (method, path) == (http["method"], http["requestUri"]):
            return name
    return None


def perform(
    name: str, body: bytes, *, request_id: str, now_s: float, store: Store, any_device: bool
) -> Answer:
    """Check the body and do the operation; raises RefusedError."""
    shape = load_model().operation_model(name).input_shape
    call = Call(request_id, now_s, read_body(shape, body), store, any_device)
    return OPERATIONS[name](call)


def send_heartbeat(call: Call) -> Answer:
    require_registration(call)
    call.store.add_heartbeat(call.request_id, call.now_s, call.input)
    return Answer(200)


def get_deployments(call: Call) -> Answer:
    require_registration(call)
    return json_answer({"Deployments": call.store.pending_deployments(*call.device)})


def get_device_registration(call: Call) -> Answer:
    found = call.store.find_registration(*call.device)
    text, ttl_s = found or (UNREGISTERED, UNREGISTERED_TTL_S)
    return json_answer({"DeviceRegistration": text, "CacheTTL": str(ttl_s)})


def require_registration(call: Call) -> None:
    if not call.any_device and call.store.find_registration(*call.device) is None:
        fleet, device = call.device
        raise RefusedError(
            "ValidationException", f"Device {device} is not registered in device fleet {fleet}."
        )


OPERATIONS: dict[str, Callable[[Call], Answer]] = {
    "SendHeartbeat": send_heartbeat,
    "GetDeployments": get_deployments,
    "GetDeviceRegistration": get_device_registration,
}
