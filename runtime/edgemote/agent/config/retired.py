"""The configuration of the retired SageMaker Edge Manager agent, read as it is.

Its keys have no sections; all begin with `sagemaker_edge_`. What each becomes is a row of KEYS;
what it did there is public documentation of AWS.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import msgspec

from edgemote.agent.config.checks import split_alias
from edgemote.agent.config.document import Document, spell

if TYPE_CHECKING:
    from collections.abc import Callable

    from edgemote.agent.config.keys import Value

PREFIX = "sagemaker_edge_"
CAPTURE = "core_capture_data_"  # the beginning of all keys about inference capture
PROVIDERS = ("Aws", "None", "Custom")
# The role alias that CreateDeviceFleet makes with EnableIotRoleAlias.
FLEET_ALIAS = "SageMakerEdge-{fleet}"
NOT_CAPTURED = "inputs and outputs of models are not captured"
OWN_PROVIDER = "edgemote finds its credentials itself"


class RetiredError(Exception):
    """A value of a type that the retired agent had no use for; the text says what it expected."""


class RetiredKey(msgspec.Struct, frozen=True):
    """What becomes of a key.

    Attributes:
        target: section and key; None where it has no effect
        note: how the value is read, or why it has no effect
        read: makes it a value of ours
    """

    target: tuple[str, str] | None
    note: str
    read: Callable[[object], Value] | None = None


def _read_url(value: object) -> Value:
    url = _read_text(value)
    return url if "://" in url else f"https://{url}"


def _read_text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise RetiredError("a text")
    return value


def _read_minutes(value: object) -> Value:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise RetiredError("a number of minutes")
    return value * 60


def _read_verbosity(value: object) -> Value:
    if not isinstance(value, bool):
        raise RetiredError("true or false")
    return "debug" if value else "info"


_ROOTS = "core_root_certs_path"
_PROVIDER = "provider_provider"
_JUDGED = (_ROOTS, _PROVIDER)  # what they mean depends on their values
_AWS_PLACES = (("credentials", "iot_endpoint"), ("credentials", "cert_file"))

# Named without PREFIX.
KEYS = {
    "core_device_name": RetiredKey(("device", "name"), ""),
    "core_device_fleet_name": RetiredKey(("device", "fleet"), ""),
    "core_region": RetiredKey(("device", "region"), ""),
    "core_endpoint_override": RetiredKey(
        ("device", "endpoint_url"), "a host alone is taken for https://HOST", _read_url
    ),
    _ROOTS: RetiredKey(
        None,
        "a folder is of authorities for signatures of models, which are not checked; a PEM file is "
        "device.ca_file where provider_aws_ca_cert_file is not given",
    ),
    "core_iot_thing_name": RetiredKey(("credentials", "iot_thing_name"), ""),
    "core_folder_prefix": RetiredKey(None, NOT_CAPTURED),
    _PROVIDER: RetiredKey(
        None,
        "Aws demands the certificate and the credential endpoint; with None and Custom they count "
        "where they are given, else credentials are looked for as ever",
    ),
    "provider_provider_path": RetiredKey(None, OWN_PROVIDER),
    "provider_s3_bucket_name": RetiredKey(None, NOT_CAPTURED),
    "provider_aws_ca_cert_file": RetiredKey(
        ("device", "ca_file"), "for the credential provider too"
    ),
    "provider_aws_cert_file": RetiredKey(("credentials", "cert_file"), ""),
    "provider_aws_cert_pk_file": RetiredKey(("credentials", "key_file"), ""),
    "provider_aws_iot_cred_endpoint": RetiredKey(
        ("credentials", "iot_endpoint"),
        f"a host or the whole address; with a host, the role alias is {FLEET_ALIAS}, as "
        "CreateDeviceFleet names it",
    ),
    "log_verbose": RetiredKey(("log", "level"), "true is debug, false is info", _read_verbosity),
    "telemetry_libsystemd_path": RetiredKey(None, "edgemote speaks to systemd without a library"),
    "deployment_lib_path": RetiredKey(None, "edgemote carries out deployments itself"),
    "model_deployment_poll_interval": RetiredKey(
        ("deployments", "poll_s"), "minutes", _read_minutes
    ),
    "local_data_root_path": RetiredKey(
        ("folders", "state"), "models go into the folder models within it"
    ),
}


def read_retired(data: bytes, folder: str) -> Document:
    """What the retired agent's JSON says. What has no effect is a warning, an unknown key too.

    Relative paths are taken from `folder`.
    """
    names = {key.target: PREFIX + name for name, key in KEYS.items() if key.target is not None}
    document = Document(names=names)
    try:
        given = msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError, ValueError):
        given = None
    if not isinstance(given, dict):
        document.refuse("JSON", "expected an object that can be read, as the retired agent has it")
        document.whole = False
        return document
    # Where that agent wanted nothing, its files have an empty text.
    given = {name: value for name, value in given.items() if value not in ("", None)}
    for name, value in given.items():
        _accept(document, name, value)
    _accept_roots(document, folder, given.get(PREFIX + _ROOTS))
    _judge_provider(document, given.get(PREFIX + _PROVIDER))
    _complete_alias(document)
    return document


def _accept(document: Document, name: str, value: object) -> None:
    short = name.removeprefix(PREFIX) if name.startswith(PREFIX) else ""
    key = KEYS.get(short)
    if key is None:
        why = NOT_CAPTURED if short.startswith(CAPTURE) else "the key is not known"
        document.warnings.append(f"{spell(name)}: ignored, {why}")
    elif key.target is not None:
        try:
            document.values[key.target] = value if key.read is None else key.read(value)
        except RetiredError as error:
            document.refuse(name, f"expected {error}, got {type(value).__name__}")
    elif short not in _JUDGED:
        document.warnings.append(f"{name}: ignored, {key.note}")


def _accept_roots(document: Document, folder: str, path: object) -> None:
    if path is None:
        return
    if isinstance(path, str) and os.path.isfile(os.path.join(folder, path)):
        place = ("device", "ca_file")
        if place not in document.values:
            document.values[place] = path
            document.names[place] = PREFIX + _ROOTS
        return
    document.warnings.append(f"{PREFIX}{_ROOTS}: ignored, signatures of models are not checked")


def _judge_provider(document: Document, provider: object) -> None:
    name = PREFIX + _PROVIDER
    if provider is None:
        return
    if not isinstance(provider, str) or provider not in PROVIDERS:
        got = "another text" if isinstance(provider, str) else type(provider).__name__
        document.refuse(name, f"expected one of {', '.join(PROVIDERS)}, got {got}")
    elif provider == "Custom":
        document.warnings.append(f"{name}: ignored, {OWN_PROVIDER}")
    elif provider == "Aws":
        for key in _AWS_PLACES:
            if key not in document.values:
                document.refuse(
                    document.names[key], "expected with provider Aws, but it is missing"
                )


def _complete_alias(document: Document) -> None:
    endpoint = document.values.get(("credentials", "iot_endpoint"))
    fleet = document.values.get(("device", "fleet"))
    # Without a fleet there is none: then the endpoint is what lacks it.
    document.names["credentials", "iot_role_alias"] = PREFIX + "provider_aws_iot_cred_endpoint"
    if isinstance(endpoint, str) and isinstance(fleet, str) and not split_alias(endpoint):
        document.values["credentials", "iot_role_alias"] = FLEET_ALIAS.format(fleet=fleet)
