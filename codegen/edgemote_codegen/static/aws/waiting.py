"""Waiters: poll a resource until it reaches a state, as botocore's waiters do."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, TypedDict

from .errors import Error, ServiceError, ValidationError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


_DELAY_LIMIT_S = 2_147_483_647  # what time.sleep takes where time_t has 32 bits


class WaiterError(Error):
    """The resource did not reach the expected state.

    Attributes:
        waiter: the name of the waiter, such as "object_exists"
        reason: why waiting ended
        last_response: the result of the last call, or its ServiceError
    """

    def __init__(self, waiter: str, operation: str, reason: str, last_response: Any) -> None:
        super().__init__(f"waiter {waiter}: {operation}: {reason}")
        self.waiter = waiter
        self.reason = reason
        self.last_response = last_response


class WaiterConfig(TypedDict, total=False):
    """Overrides of the model's settings, as in boto3."""

    Delay: float
    """seconds between two calls"""
    MaxAttempts: int
    """maximum number of calls"""


class Waiters:
    """Base class of the generated classes: `client.wait`."""

    __slots__ = ("_client",)

    def __init__(self, client: Any) -> None:
        self._client = client


def wait(
    name: str,
    method: Callable[..., Any],
    params: dict[str, Any],
    *,
    delay_s: float,
    max_attempts: int,
    acceptors: tuple[tuple[Any, ...], ...],
) -> None:
    """Call the operation until an acceptor ends the wait.

    Raises WaiterError if the expected state is not reached. Errors of the operation other than
    service errors are raised unchanged.

    Args:
        method: calls the operation
        params: the operation's parameters, and WaiterConfig
        acceptors: (state, matcher, expected value, for paths a function that finds the value in
            the result); the first that matches decides
    """
    delay_s, max_attempts = _read_config(params, delay_s, max_attempts)
    operation = method.__name__
    attempt = 0
    while True:
        attempt += 1
        response: Any
        try:
            response = method(**params)
        except ServiceError as error:
            response = error
        state, seen = _judge(acceptors, response)
        if state == "success":
            return
        if state == "failure":
            reason = f"the state can no longer be reached: {seen}"
        elif not state and isinstance(response, ServiceError):
            reason = f"the call failed: {response}"
        elif attempt >= max_attempts:
            reason = f"gave up after {attempt} calls, {delay_s:g} s apart; in the last, {seen}"
        else:
            time.sleep(delay_s)
            continue
        cause = response if isinstance(response, ServiceError) else None
        raise WaiterError(name, operation, reason, response) from cause


def _judge(acceptors: tuple[tuple[Any, ...], ...], response: Any) -> tuple[str, str]:
    """Return the state ("" if no acceptor matches) and a description for an error message."""
    is_error = isinstance(response, ServiceError)
    seen = f"the service returned {response}" if is_error else "the result contained no state"
    for state, matcher, expected, *finder in acceptors:
        if matcher == "error":
            found = response.code if is_error else ""
            matches = is_error is expected if isinstance(expected, bool) else found == expected
        elif matcher == "status":
            matches = (response.status if is_error else 200) == expected
            if not is_error:
                seen = "the call succeeded"
        elif is_error:
            continue
        else:
            found = finder[0](response)
            if matcher == "path":
                matches = found == expected
            else:
                test = all if matcher == "pathAll" else any
                matches = bool(found) and test(one == expected for one in found)
            if found is not None:
                seen = f"the result contained {found!r:.200}"
        if matches:
            return state, seen
    return "", seen


def _read_config(params: dict[str, Any], delay_s: float, max_attempts: int) -> tuple[float, int]:
    config: Mapping[str, Any] = params.pop("WaiterConfig", None) or {}
    if not hasattr(config, "keys"):
        raise ValidationError(f"$.WaiterConfig: expected a dict, got {type(config).__name__}")
    for name in config:
        if name not in WaiterConfig.__annotations__:
            raise ValidationError(f"$.WaiterConfig.{name}: expected Delay or MaxAttempts")
    delay_s = config.get("Delay", delay_s)
    is_number = isinstance(delay_s, (int, float)) and not isinstance(delay_s, bool)
    if not (is_number and 0 <= delay_s <= _DELAY_LIMIT_S):
        raise ValidationError(
            f"$.WaiterConfig.Delay: expected 0 to {_DELAY_LIMIT_S} seconds, got {delay_s!r:.80}"
        )
    max_attempts = config.get("MaxAttempts", max_attempts)
    if isinstance(max_attempts, bool) or not isinstance(max_attempts, int) or max_attempts < 1:
        raise ValidationError(
            "$.WaiterConfig.MaxAttempts: expected a whole number of 1 or more, "
            f"got {max_attempts!r:.80}"
        )
    return delay_s, max_attempts
