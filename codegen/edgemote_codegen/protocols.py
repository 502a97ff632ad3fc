"""The protocols that are generated. A row is all that a new one needs beside its codec."""

from __future__ import annotations

from msgspec import Struct


class Protocol(Struct, frozen=True):
    """`module` of aws has fixed_head, encode_body, encode, decode and decode_error; `files` are it
    and the static modules that it needs.
    """

    module: str
    files: tuple[str, ...]


# In the order of preference: what is lightest on the device first.
PROTOCOLS = {
    "json": Protocol("aws_json", ("aws_json.py", "json_body.py")),
    "rest-json": Protocol("rest_json", ("rest_json.py", "rest.py", "json_body.py")),
    "rest-xml": Protocol("rest_xml", ("rest_xml.py", "rest.py", "xml_parser.py", "xml_reading.py")),
}
