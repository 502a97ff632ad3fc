"""How requests say who sends them: the schemes of models, and what the device makes of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

# What models call a scheme -> what the runtime calls it.
_SCHEMES = {
    **dict.fromkeys(("aws.auth#sigv4", "v4", "s3", "s3v4", "v4-unsigned-body"), "sigv4"),
    "v2": "sigv2",
    **dict.fromkeys(("smithy.api#httpBearerAuth", "bearer"), "bearer"),
    **dict.fromkeys(("smithy.api#noAuth", "none"), "none"),
}


def list_auth(operation: Mapping[str, Any], metadata: Mapping[str, Any]) -> list[str]:
    """The schemes of an operation in the model's words, the preferred first."""
    own = operation.get("auth") or ([operation["authtype"]] if "authtype" in operation else [])
    return list(own or metadata.get("auth") or [metadata.get("signatureVersion", "v4")])


def lower_auth(names: Iterable[str]) -> tuple[str, ...] | None:
    """The schemes in the runtime's words, () where nothing is said; None where none is known."""
    known = list(dict.fromkeys(_SCHEMES[name] for name in names if name in _SCHEMES))
    if not known:
        return None
    # Where "none" is not the first, it is what is left to those without keys.
    return () if known[0] == "none" else tuple(scheme for scheme in known if scheme != "none")


def unite_auth(
    operations: Iterable[Mapping[str, Any]], metadata: Mapping[str, Any]
) -> tuple[str, ...]:
    """All that a client of these operations must be able to, the service's preferences first."""
    schemes = [lower_auth(list_auth({}, metadata)) or ()]
    schemes += (lower_auth(list_auth(operation, metadata)) or () for operation in operations)
    return tuple(dict.fromkeys(scheme for group in schemes for scheme in group))
