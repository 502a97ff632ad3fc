# Generated, do not edit: `python -m edgemote_codegen generate` writes it anew.
"""The AWS partitions, and which regions belong to them: what the endpoint rules look up."""

from __future__ import annotations

from msgspec import Struct

# id, DNS suffix, dual-stack DNS suffix, implicit global region, has FIPS, has dual stack;
# then the first words of the partition's regions, and further regions by their whole names.
PARTITIONS: tuple[tuple[str, str, str, str, bool, bool, str, str], ...] = (
    (
        "aws",
        "amazonaws.com",
        "api.aws",
        "us-east-1",
        True,
        True,
        "us eu ap sa ca me af il mx",
        "aws-global",
    ),
    (
        "aws-cn",
        "amazonaws.com.cn",
        "api.amazonwebservices.com.cn",
        "cn-northwest-1",
        True,
        True,
        "cn",
        "aws-cn-global",
    ),
    (
        "aws-eusc",
        "amazonaws.eu",
        "api.amazonwebservices.eu",
        "eusc-de-east-1",
        True,
        True,
        "eusc-de",
        "",
    ),
    (
        "aws-iso",
        "c2s.ic.gov",
        "api.aws.ic.gov",
        "us-iso-east-1",
        True,
        True,
        "us-iso",
        "aws-iso-global",
    ),
    (
        "aws-iso-b",
        "sc2s.sgov.gov",
        "api.aws.scloud",
        "us-isob-east-1",
        True,
        True,
        "us-isob",
        "aws-iso-b-global",
    ),
    (
        "aws-iso-e",
        "cloud.adc-e.uk",
        "api.cloud-aws.adc-e.uk",
        "eu-isoe-west-1",
        True,
        True,
        "eu-isoe",
        "aws-iso-e-global",
    ),
    (
        "aws-iso-f",
        "csp.hci.ic.gov",
        "api.aws.hci.ic.gov",
        "us-isof-south-1",
        True,
        True,
        "us-isof",
        "aws-iso-f-global",
    ),
    (
        "aws-us-gov",
        "amazonaws.com",
        "api.aws",
        "us-gov-west-1",
        True,
        True,
        "us-gov",
        "aws-us-gov-global",
    ),
)


class Partition(Struct, frozen=True):
    """A group of regions that share DNS names and accounts."""

    id: str
    dns_suffix: str
    dual_stack_dns_suffix: str
    implicit_global_region: str
    supports_fips: bool
    supports_dual_stack: bool


def partition(region: str | None) -> Partition:
    """The partition of a region, known or not; the first one, `aws`, for names of no known form."""
    region = region or ""
    prefix, _, ending = region.rpartition("-")
    prefix, _, word = prefix.rpartition("-")
    if not (ending.isdecimal() and word and word.replace("_", "0").isalnum()):
        prefix = ""
    for row in PARTITIONS:
        if prefix in row[6].split() or region in row[7].split():
            return Partition(*row[:6])
    return Partition(*PARTITIONS[0][:6])
