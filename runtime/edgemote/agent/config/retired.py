"""The JSON configuration of the retired SageMaker Edge Manager agent, as AWS documented it."""

from __future__ import annotations

import os
from typing import Annotated

import msgspec

from edgemote.agent.config.checks import Document, check_value, show, spell, split_alias
from edgemote.agent.config.schema import Flag, list_keys, number
from edgemote.errors import ConfigError

PREFIX = "sagemaker_edge_"
CAPTURE = "core_capture_data_"  # prefix of most keys about captured samples
# The role alias that CreateDeviceFleet creates with EnableIotRoleAlias.
FLEET_ALIAS = "SageMakerEdge-{fleet}"
_OWN_PROVIDER = "edgemote finds its credentials itself"
_ROOTS, _PROVIDER = "core_root_certs_path", "provider_provider"
_MINUTES = Annotated[float, number("a number (minutes)", 1, 43_200)]
_DESTINATION = "capture.destination"
_DESTINATIONS = {"Cloud": "s3", "Disk": "disk"}
_ENDPOINT, _ALIAS = "credentials.iot_endpoint", "credentials.iot_role_alias"

# Key without PREFIX -> our key, or why it has no effect.
KEYS = {
    "core_device_name": "device.name",
    "core_device_fleet_name": "device.fleet",
    "core_region": "device.region",
    "core_endpoint_override": "device.endpoint_url",
    _ROOTS: "signatures of models are checked only with deployments.signers of edgemote.toml",
    "core_iot_thing_name": "credentials.iot_thing_name",
    "core_folder_prefix": "capture.prefix",
    f"{CAPTURE}destination": _DESTINATION,
    f"{CAPTURE}disk_path": "capture.disk_path",
    f"{CAPTURE}buffer_size": "capture.limit_samples",
    f"{CAPTURE}batch_size": "capture.batch",
    f"{CAPTURE}push_period": "capture.period_s",
    f"{CAPTURE}push_period_seconds": "capture.period_s",
    f"{CAPTURE}base64_embed_limit": "capture.embed_limit_bytes",
    _PROVIDER: _OWN_PROVIDER,
    "provider_provider_path": _OWN_PROVIDER,
    "provider_s3_bucket_name": "capture.bucket",
    "provider_aws_ca_cert_file": "device.ca_file",
    "provider_aws_cert_file": "credentials.cert_file",
    "provider_aws_cert_pk_file": "credentials.key_file",
    "provider_aws_iot_cred_endpoint": _ENDPOINT,
    "log_verbose": "log.level",
    "telemetry_libsystemd_path": "edgemote needs no library",
    "deployment_lib_path": "edgemote needs no library",
    "model_deployment_poll_interval": "deployments.poll_s",
    "local_data_root_path": "folders.state",
}


def read_retired(document: Document, data: bytes, folder: str) -> None:
    """Read that agent's keys. Unknown ones and those without effect become warnings.

    Relative paths start at `folder`. Raises ConfigError for anything but a JSON object.
    """
    try:
        given = msgspec.json.decode(data, type=dict[str, object])
    except (msgspec.DecodeError, RecursionError, ValueError) as error:
        raise ConfigError(f"JSON: {error}") from None
    values, names = document.values, document.names
    names.update((key, PREFIX + name) for name, key in KEYS.items() if " " not in key)
    # Without a fleet there is no alias; the problem is then shown at the endpoint's key.
    names[_ALIAS] = names[_ENDPOINT]
    # An empty string counts as a missing key, as it did there.
    given = {name: value for name, value in given.items() if value not in ("", None)}
    for name, value in given.items():
        short = name.removeprefix(PREFIX) if name.startswith(PREFIX) else ""
        key = KEYS.get(short, "unknown key")
        if " " not in key:
            names[key] = name
            try:
                values[key] = _translate(document, key, value)
            except ConfigError as error:
                document.refuse(name, str(error))
        elif short not in (_ROOTS, _PROVIDER):
            document.warnings.append(f"{spell(name)}: ignored, {key}")
    _judge(document, given.get(PREFIX + _ROOTS), given.get(PREFIX + _PROVIDER, "None"), folder)
    _judge_capture(document)
    endpoint, fleet = values.get(_ENDPOINT), values.get("device.fleet")
    if isinstance(endpoint, str) and isinstance(fleet, str) and not split_alias(endpoint):
        values[_ALIAS] = FLEET_ALIAS.format(fleet=fleet)


def _translate(document: Document, key: str, value: object) -> object:
    if key == "device.endpoint_url" and isinstance(value, str) and "://" not in value:
        return f"https://{value}"
    if key == "log.level":
        return "debug" if check_value(Flag, value) else "info"
    if key == _DESTINATION:
        if not (isinstance(value, str) and value in _DESTINATIONS):
            raise ConfigError(f"expected one of Cloud, Disk, got {show(value)}")
        return _DESTINATIONS[value]
    if key == "capture.prefix" and isinstance(value, str):
        return value.strip("/")
    if key.startswith("capture.") and type(value) is int:
        return _fit(document, key, value)
    return check_value(_MINUTES, value) * 60 if key == "deployments.poll_s" else value


def _fit(document: Document, key: str, value: int) -> int:
    """A number, moved into our bounds, since that agent's differ."""
    (meta,) = (kind.__metadata__[0] for name, kind, _ in list_keys() if name == key)
    fitting = value if meta.ge is None else min(max(value, meta.ge), meta.le)
    if fitting != value:
        document.warnings.append(f"{document.names[key]}: {show(value)} counts as {fitting:g}")
    return int(fitting)


def _judge_capture(document: Document) -> None:
    """Turn captures off if they have no destination, which was not an error there."""
    is_disk = document.values.get(_DESTINATION) == "disk"
    place = "capture.disk_path" if is_disk else "capture.bucket"
    if place not in document.values:
        for key in [key for key in document.values if key.startswith("capture.")]:
            del document.values[key]
            document.warnings.append(
                f"{document.names[key]}: ignored, inputs and outputs of models are not captured"
                f" without {document.names[place]}"
            )


def _judge(document: Document, roots: object, provider: object, folder: str) -> None:
    if isinstance(roots, str) and os.path.isfile(os.path.join(folder, roots)):
        if document.values.setdefault("device.ca_file", roots) is roots:
            document.names["device.ca_file"] = PREFIX + _ROOTS
    elif roots is not None:
        document.warnings.append(f"{PREFIX}{_ROOTS}: ignored, {KEYS[_ROOTS]}")
    name = PREFIX + _PROVIDER
    if provider == "Custom":
        document.warnings.append(f"{name}: ignored, {_OWN_PROVIDER}")
    elif provider == "Aws":
        for key in (_ENDPOINT, "credentials.cert_file"):
            if key not in document.values:
                document.refuse(key, f"required when {name} is Aws")
    elif provider != "None":
        document.refuse(name, f"expected one of Aws, None, Custom, got {show(provider)}")
