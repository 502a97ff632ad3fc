"""Answers in XML, made from botocore's shapes."""

from __future__ import annotations

from base64 import b64encode
from xml.etree.ElementTree import Element, SubElement, tostring

from botocore.model import Shape

from samples import Samples

# What Python calculates; what S3 takes for a bucket's name.
_ALGORITHMS = ("CRC32", "SHA1", "SHA256", "SHA512")
# What botocore decodes of an answer.
_TEXTS = {
    "policyDocumentType": (
        "%7B%22Version%22%3A%20%222012-10-17%22%7D",
        "%5B%22%C3%A9%22%5D",
        "%7B",
    ),
    "TemplateBody": ('{"Resources": {"a": [1, 2.5, null]}}', "Resources: {}", "[]"),
}
_BUCKETS = ("bucket", "bucket.with.dots", "Bucket_1")


class XmlSamples(Samples):
    """Answers of rest-xml."""

    rest = True
    _root = "Answer"

    def string(self, shape: Shape, depth: int) -> str:
        if shape.name == "BucketName":
            return self.random.choice(_BUCKETS)
        if shape.name == "ChecksumAlgorithm":
            return self.random.choice(_ALGORITHMS)
        return super().string(shape, depth)

    def answer(self, shape: Shape | None) -> tuple[int, dict[str, str], bytes]:
        headers = {"x-amzn-RequestId": "4442587f-b7d0-11e5"}
        if shape is None:
            return 200, headers, b""
        if shape.name == "GetBucketLocationOutput":  # the root is its member
            root = Element("LocationConstraint")
            root.text = self.random.choice(("", "eu-west-1"))
            return 200, headers, tostring(root)
        payload = shape.serialization.get("payload")
        in_body = {}
        raw = b""
        for name in self.choose(shape, 0):
            member = shape.members[name]
            location = member.serialization.get("location")
            wire = member.serialization.get("name", name)
            if location == "header":
                headers[wire] = self.header_text(member)
            elif location == "headers":
                headers |= {f"{wire}{key}": "x" for key in ("one", "Two")}
            elif name == payload:
                if member.type_name in ("blob", "string"):
                    raw = b"raw \xc3\xa9 payload"
                else:
                    root = Element(wire)
                    self.fill(root, member, 1)
                    raw = tostring(root)
            elif location is None:
                in_body[name] = member
        if payload is None:
            root = Element(self._root)
            self.fill_members(root, in_body, 1)
            raw = tostring(root)
        if "Content-Length" in headers:
            headers["Content-Length"] = str(len(raw))
        # botocore would hold them against the body.
        headers = {n: v for n, v in headers.items() if not n.startswith("x-amz-checksum-")}
        return 200, headers, raw

    def error(self, shape: Shape) -> tuple[int, dict[str, str], bytes]:
        root = Element("ErrorResponse")
        self.fill_error(SubElement(root, "Error"), shape)
        SubElement(root, "RequestId").text = "4442587f"
        return 400, {"x-amzn-RequestId": "4442587f"}, tostring(root)

    def fill_error(self, element: Element, shape: Shape) -> None:
        SubElement(element, "Type").text = "Sender"
        SubElement(element, "Code").text = shape.error_code
        SubElement(element, "Message").text = "what was wrong"
        members = {
            name: member
            for name, member in shape.members.items()
            if name.lower() not in ("message", "code", "type")
            and not member.serialization.get("location")
        }
        self.fill_members(element, members, 1)

    def fill_members(self, element: Element, members: dict[str, Shape], depth: int) -> None:
        for name, member in members.items():
            if member.serialization.get("xmlAttribute"):
                prefix, _, local = member.serialization["name"].rpartition(":")
                uri = "http://www.w3.org/2001/XMLSchema-instance"
                element.set(f"{{{uri}}}{local}" if prefix else local, self.string(member, depth))
            else:
                self.add(element, member, member.serialization.get("name", name), depth)

    def add(self, parent: Element, shape: Shape, tag: str, depth: int) -> None:
        """The element, or elements, of a member."""
        flat = shape.serialization.get("flattened")
        if shape.type_name == "list" and flat:
            tag = shape.member.serialization.get("name", tag)
            for _ in range(self.random.randint(1, 3) if depth < self.depth_limit else 0):
                self.fill(SubElement(parent, tag), shape.member, depth + 1)
        elif shape.type_name == "map" and flat:
            for n in range(2):
                self.fill_entry(SubElement(parent, tag), shape, n, depth)
        else:
            self.fill(SubElement(parent, tag), shape, depth)

    def fill(self, element: Element, shape: Shape, depth: int) -> None:
        kind = shape.type_name
        if kind == "structure":
            if depth < self.depth_limit or getattr(shape, "is_tagged_union", False):
                chosen = {name: shape.members[name] for name in self.choose(shape, depth)}
                self.fill_members(element, chosen, depth + 1)
        elif kind == "list":
            tag = shape.member.serialization.get("name", "member")
            for _ in range(2 if depth < self.depth_limit else 0):
                self.fill(SubElement(element, tag), shape.member, depth + 1)
        elif kind == "map":
            for n in range(2 if depth < self.depth_limit else 0):
                self.fill_entry(SubElement(element, "entry"), shape, n, depth)
        else:
            element.text = self.text(shape, depth)

    def fill_entry(self, entry: Element, shape: Shape, number: int, depth: int) -> None:
        SubElement(entry, shape.key.serialization.get("name", "key")).text = f"key {number}"
        value = SubElement(entry, shape.value.serialization.get("name", "value"))
        self.fill(value, shape.value, depth + 1)

    def text(self, shape: Shape, depth: int) -> str:
        kind = shape.type_name
        if kind == "timestamp":
            return self.moment().isoformat().replace("+00:00", "Z")
        if kind == "blob":
            return b64encode(self.blob(shape, depth)).decode()
        if shape.name in _TEXTS:
            return self.random.choice(_TEXTS[shape.name])
        if kind == "boolean":
            return "true" if self.boolean(shape, depth) else "false"
        if kind in ("float", "double"):
            number = self.float(shape, depth)
            if number != number:
                return "NaN"
            return {float("inf"): "Infinity", float("-inf"): "-Infinity"}.get(number, str(number))
        return str(self.value(shape, depth))


class QuerySamples(XmlSamples):
    """Answers of the query protocol."""

    rest = False

    def answer(self, shape: Shape | None) -> tuple[int, dict[str, str], bytes]:
        root = Element("Response", xmlns="http://query.amazonaws.com/doc/2010-01-01/")
        if shape is not None:
            self.fill_result(root, shape)
        SubElement(SubElement(root, "ResponseMetadata"), "RequestId").text = "4442587f"
        return 200, {"x-amzn-RequestId": "4442587f"}, tostring(root)

    def fill_result(self, root: Element, shape: Shape) -> None:
        wrapper = shape.serialization.get("resultWrapper")
        self.fill(SubElement(root, wrapper) if wrapper else root, shape, 0)


class Ec2Samples(QuerySamples):
    """Answers of EC2."""

    def error(self, shape: Shape) -> tuple[int, dict[str, str], bytes]:
        root = Element("Response")
        self.fill_error(SubElement(SubElement(root, "Errors"), "Error"), shape)
        SubElement(root, "RequestID").text = "4442587f"
        return 400, {}, tostring(root)
