"""What a service's endpoint rules find."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from .operation import Request


class Endpoint(msgspec.Struct, frozen=True):
    """Where a request goes and how it is signed there.

    Attributes:
        url: scheme, host and perhaps a path prefix
        auth_scheme: "sigv4", "none", or a scheme that this client does not sign with, such as
            "sigv4a"; None leaves it to the service's model, as do the next two
        signing_name: the service's name in the signature's scope
        signing_region: the region in the signature's scope; for sigv4a, a set divided by commas
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
    """Origin and path of a request to an endpoint."""
    scheme, _, place = url.partition("://")
    authority, slash, base = place.partition("/")
    base = slash + base
    path = base.removesuffix("/") + request.path if len(request.path) > 1 else base or "/"
    return f"{scheme}://{request.host_prefix}{authority}", path
