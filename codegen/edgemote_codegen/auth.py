"""Authentication schemes: those of models, and those of the runtime."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

# Scheme in a model -> scheme in the runtime.
_SCHEMES = {
    **dict.fromkeys(("aws.auth#sigv4", "v4", "s3", "s3v4", "v4-unsigned-body"), "sigv4"),
    "v2": "sigv2",
    **dict.fromkeys(("smithy.api#httpBearerAuth", "bearer"), "bearer"),
    **dict.fromkeys(("smithy.api#noAuth", "none"), "none"),
}


def list_auth(operation: Mapping[str, Any], metadata: Mapping[str, Any]) -> list[str]:
    """The schemes of an operation as the model names them, in order of preference."""
    own = operation.get("auth") or ([operation["authtype"]] if "authtype" in operation else [])
    return list(own or metadata.get("auth") or [metadata.get("signatureVersion", "v4")])


def lower_auth(names: Iterable[str]) -> tuple[str, ...] | None:
    """The schemes as the runtime names them; () if the model has none, None if all are unknown."""
    known = list(dict.fromkeys(_SCHEMES[name] for name in names if name in _SCHEMES))
    if not known:
        return None
    # Unless "none" comes first, it is the fallback for callers without keys.
    return () if known[0] == "none" else tuple(scheme for scheme in known if scheme != "none")


def unite_auth(
    operations: Iterable[Mapping[str, Any]], metadata: Mapping[str, Any]
) -> tuple[str, ...]:
    """All schemes that a client of these operations needs, the service's preferences first."""
    schemes = [lower_auth(list_auth({}, metadata)) or ()]
    schemes += (lower_auth(list_auth(operation, metadata)) or () for operation in operations)
    return tuple(dict.fromkeys(scheme for group in schemes for scheme in group))
