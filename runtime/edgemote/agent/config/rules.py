"""What the keys of a configuration must be together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgemote.agent.config.checks import RefusalError, has_private_key, split_alias

if TYPE_CHECKING:
    from collections.abc import Iterator

    Place = tuple[str, str]  # section and key
    Values = dict[Place, object]

# Keys of the AWS IoT credential provider.
_IOT_KEYS = (
    "iot_endpoint",
    "cert_file",
    "key_file",
    "iot_role_alias",
    "iot_thing_name",
    "iot_ca_file",
)
_IOT_REQUIRED = ("iot_endpoint", "cert_file")


def find_contradictions(values: Values, given: set[Place]) -> Iterator[tuple[Place, str]]:
    """Where keys contradict each other, and how.

    Args:
        values: those that are good by themselves, defaults included
        given: the places that the file has, good or not
    """
    of_credentials = {key for section, key in given if section == "credentials"}
    yield from _judge_credentials(values, of_credentials)
    pause_s = values.get(("registration", "pause_s"))
    limit_s = values.get(("registration", "pause_limit_s"))
    if isinstance(pause_s, float) and isinstance(limit_s, float) and pause_s > limit_s:
        yield ("registration", "pause_s"), f"expected at most pause_limit_s, which is {limit_s:,}"
    state, models = values.get(("folders", "state")), values.get(("folders", "models"))
    if state is not None and state == models:
        yield ("folders", "models"), "expected another folder than folders.state"


def _judge_credentials(values: Values, given: set[str]) -> Iterator[tuple[Place, str]]:
    of_iot = [key for key in _IOT_KEYS if key in given]
    if not of_iot:
        return
    if "profile" in given:
        yield ("credentials", "profile"), f"expected either a profile or {of_iot[0]}, got both"
        return
    for key in _IOT_REQUIRED:
        if key not in given:
            yield ("credentials", key), f"expected beside {of_iot[0]}, but it is missing"
    endpoint = values.get(("credentials", "iot_endpoint"))
    if isinstance(endpoint, str):
        alias, given_alias = split_alias(endpoint), values.get(("credentials", "iot_role_alias"))
        if alias and given_alias not in (None, alias):
            yield ("credentials", "iot_role_alias"), "expected the alias that iot_endpoint has"
        if not alias and "iot_role_alias" not in given:
            yield (
                ("credentials", "iot_role_alias"),
                "expected, for iot_endpoint is a host, but it is missing",
            )
    cert_file = values.get(("credentials", "cert_file"))
    if isinstance(cert_file, str) and "key_file" not in given:
        yield from _judge_certificate(cert_file)


def _judge_certificate(cert_file: str) -> Iterator[tuple[Place, str]]:
    try:
        found = has_private_key(cert_file)
    except RefusalError as error:
        yield ("credentials", "cert_file"), str(error)
    else:
        if not found:
            yield ("credentials", "key_file"), "expected, for cert_file has no private key"
