"""The protocols that are compared: how a service of each writes its answers.

A protocol of `edgemote_codegen.protocols` needs a row here, and nothing else.
"""

from __future__ import annotations

from msgspec import Struct

from samples import CborSamples, RestSamples, Samples
from xml_samples import Ec2Samples, QuerySamples, XmlSamples


class Wire(Struct, frozen=True):
    """`samples` draws parameters, answers and error answers."""

    samples: type[Samples]


WIRES = {
    "json": Wire(Samples),
    "rest-json": Wire(RestSamples),
    "smithy-rpc-v2-cbor": Wire(CborSamples),
    "rest-xml": Wire(XmlSamples),
    "query": Wire(QuerySamples),
    "ec2": Wire(Ec2Samples),
}
