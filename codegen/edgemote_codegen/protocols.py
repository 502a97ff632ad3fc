"""The supported protocols. A new one needs only a row here and its codec."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct


class Protocol(Struct, frozen=True):
    """`module` of aws has fixed_head, encode_body, encode, decode and decode_error; `files` are it
    and the static modules that it needs.
    """

    module: str
    files: tuple[str, ...]
    binds: bool = False
    """members go to the path, the query and headers too (Smithy's HTTP bindings)"""
    xml: bool = False
    """responses are in XML: structs carry what its names and forms are"""
    timestamp: str = "unixtimestamp"
    """format of times in bodies, unless the model has another"""
    one_timestamp: bool = False
    """whether times have that format even if the model has another"""
    singles: bool = False
    """whether the wire form of float differs from that of double"""
    needed_by: Mapping[str, frozenset[str]] = {}
    """those of `files` that only some operations need -> the arguments of Operation that tell, or
    "xml_result"
    """


_JSON = ("json_body.py", "service_errors.py")
_XML = ("service_errors.py", "scalars.py", "xml_parser.py", "xml_plain.py", "xml_reading.py")

# An operation with one of these has members that are not in its body.
_BINDINGS = frozenset(
    "labels query headers prefix_headers payload query_map host_prefix "
    "result_headers result_prefix_headers result_status result_payload".split()
)

# In order of preference: the lightest on the device first.
PROTOCOLS = {
    "json": Protocol("aws_json", ("aws_json.py", *_JSON)),
    "rest-json": Protocol(
        "rest_json",
        ("rest_json.py", "rest.py", *_JSON),
        binds=True,
        needed_by={"rest.py": _BINDINGS},
    ),
    # After JSON, which msgspec reads and writes in C.
    "smithy-rpc-v2-cbor": Protocol(
        "rpc_v2_cbor",
        ("rpc_v2_cbor.py", "cbor.py", "cbor_writers.py", "service_errors.py"),
        one_timestamp=True,
        singles=True,
    ),
    "rest-xml": Protocol(
        "rest_xml",
        ("rest_xml.py", "rest.py", "xml_writing.py", *_XML),
        binds=True,
        xml=True,
        timestamp="iso8601",
        needed_by={
            "xml_writing.py": frozenset(("body_name",)),
            "xml_plain.py": frozenset(("xml_result",)),
        },
    ),
    "query": Protocol(
        "aws_query", ("aws_query.py", "form.py", *_XML), xml=True, timestamp="iso8601"
    ),
    "ec2": Protocol(
        "ec2_query",
        ("ec2_query.py", "aws_query.py", "form.py", *_XML),
        xml=True,
        timestamp="iso8601",
    ),
}
