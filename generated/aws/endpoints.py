# Generated, do not edit: `python -m edgemote_codegen generate` writes it anew.
"""Endpoints and AWS partitions: what every service's endpoint rules need."""

from __future__ import annotations

import msgspec


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


class Partition(msgspec.Struct, frozen=True):
    """A group of regions that share DNS names and accounts."""

    id: str
    dns_suffix: str
    dual_stack_dns_suffix: str
    implicit_global_region: str
    supports_fips: bool
    supports_dual_stack: bool


def partition(region: str | None) -> Partition:
    """The partition of a region, known or not; the first one, `aws`, for names of no known form."""
    # A client with an endpoint of its own never needs the table.
    from .partitions import PARTITIONS

    region = region or ""
    prefix, _, ending = region.rpartition("-")
    prefix, _, word = prefix.rpartition("-")
    if not (ending.isdecimal() and word and word.replace("_", "0").isalnum()):
        prefix = ""
    for row in PARTITIONS:
        if prefix in row[6].split() or region in row[7].split():
            return Partition(*row[:6])
    return Partition(*PARTITIONS[0][:6])
