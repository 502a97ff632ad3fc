"""The result of a service's endpoint rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from .operation import Request


class Endpoint(msgspec.Struct, frozen=True):
    """The destination of a request, and how it is signed.

    Attributes:
        url: scheme, host and optionally a path prefix
        auth_scheme: "sigv4", "none", or a scheme that this client does not support, such as
            "sigv4a". If this or one of the next two is None, the service's model decides
        signing_name: the service's name in the signature's scope
        signing_region: the region in the signature's scope; for sigv4a, a set separated by commas
        disable_double_encoding: the path is escaped once, not twice, before it is signed
        headers: names and values to send with every request
    """

    url: str
    auth_scheme: str | None = None
    signing_name: str | None = None
    signing_region: str | None = None
    disable_double_encoding: bool = False
    headers: tuple[tuple[str, str], ...] = ()


def locate(url: str, request: Request) -> tuple[str, str]:
    """Return origin and path of a request to an endpoint."""
    scheme, _, place = url.partition("://")
    authority, slash, base = place.partition("/")
    base = slash + base
    path = base.removesuffix("/") + request.path if len(request.path) > 1 else base or "/"
    return f"{scheme}://{request.host_prefix}{authority}", path
