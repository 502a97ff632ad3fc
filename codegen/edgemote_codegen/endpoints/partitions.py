"""AWS partitions, from botocore's partitions.json to a table that needs no regular expressions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import jinja2
import msgspec

from ..errors import EndpointRuleError

# The only form of the patterns: prefixes, one word, a number, separated by dashes. A word contains
# no dash, so the table only needs the prefixes.
_PATTERN = re.compile(r"\^([a-z()|\\-]+?)\\-\\w\+\\-\\d\+\$")
_GROUP = re.compile(r"\(([^()]*)\)")


class PartitionIR(msgspec.Struct, frozen=True):
    """A row of the device's table.

    A region belongs to it if it is one of `regions`, or consists of one of `prefixes`, a dash, a
    word of letters, digits and underscores, a dash, and digits. Both are separated by spaces.
    """

    id: str
    dns_suffix: str
    dual_stack_dns_suffix: str
    implicit_global_region: str
    supports_fips: bool
    supports_dual_stack: bool
    prefixes: str
    regions: str


def lower_partitions(partitions: Mapping[str, Any]) -> tuple[PartitionIR, ...]:
    """The partitions in their order; the first is used for unknown regions.

    Raises EndpointRuleError for a region pattern of another form.
    """
    rows = []
    for partition in partitions["partitions"]:
        outputs = partition["outputs"]
        pattern = partition["regionRegex"]
        rows.append(
            PartitionIR(
                id=partition["id"],
                dns_suffix=outputs["dnsSuffix"],
                dual_stack_dns_suffix=outputs["dualStackDnsSuffix"],
                implicit_global_region=outputs["implicitGlobalRegion"],
                supports_fips=outputs["supportsFIPS"],
                supports_dual_stack=outputs["supportsDualStack"],
                prefixes=" ".join(_list_prefixes(partition["id"], pattern)),
                regions=" ".join(
                    name for name in partition["regions"] if not re.match(pattern, name)
                ),
            )
        )
    return tuple(rows)


def render_partitions(rows: tuple[PartitionIR, ...], environment: jinja2.Environment) -> str:
    """The text of aws/partitions.py below its header."""
    return environment.get_template("partitions.py.j2").render(partitions=rows)


def _list_prefixes(partition_id: str, pattern: str) -> Iterator[str]:
    match = _PATTERN.fullmatch(pattern)
    if match is None:
        raise EndpointRuleError(
            f"partition {partition_id}: region pattern {pattern!r} has an unsupported form"
        )
    yield from _expand(match[1].replace("\\-", "-"))


def _expand(words: str) -> Iterator[str]:
    match = _GROUP.search(words)
    if match is None:
        yield words
        return
    for choice in match[1].split("|"):
        yield from _expand(words[: match.start()] + choice + words[match.end() :])
