"""XML that is read without a tree gives what the tree gives, and leaves to it what is not plain."""

from __future__ import annotations

import tracemalloc

import pytest

from conformance.comparison import generated
from edgemote_codegen.models import load_model
from edgemote_codegen.selection import select

HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n'
ITEM = (
    b"<Contents><Key>a&amp;b &quot;c&quot;</Key><Size>7</Size>"
    b"<LastModified>2026-09-21T14:13:20.125Z</LastModified>"
    b"<Owner><ID>1</ID><DisplayName/></Owner><ChecksumAlgorithm>CRC32</ChecksumAlgorithm>"
    b"<ChecksumAlgorithm>SHA1</ChecksumAlgorithm></Contents>"
)


def listing(inside: bytes, attributes: bytes = b' xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'):
    return HEAD + b"<ListBucketResult%b>%b</ListBucketResult>" % (attributes, inside)


ODD_TIMES = (
    b"2026-09-21T14:13:20",
    b"2026-09-21",
    b"1790000000",
    b"Mon, 21 Sep 2026 14:13:20 GMT",
    b" 2026-09-21T14:13:20Z ",
    b"2026-09-21T14:13:60Z",
    b"2026-09-21T14:13:20.1234567+02:00",
    b"never",
    b"",
)
ODD_SIZES = (b"7.5", b" 7 ", b"1_0", b"7" * 41, b"many", b"")


def items(element: bytes, *texts: bytes) -> bytes:
    return b"".join(
        b"<Contents><%b>%b</%b></Contents>" % (element, text, element) for text in texts
    )


PLAIN = [
    listing(b""),
    listing(ITEM),
    listing(ITEM * 5),
    listing(ITEM + b"<Contents><Key/></Contents>" + ITEM * 2 + b"<Contents/>" + ITEM),
    listing(b"\n  <Name>dock</Name>\n  <Contents>\n <Key>a</Key>\n </Contents>\n"),
    listing(b"<Name>first</Name><Name>second</Name><MaxKeys>1</MaxKeys><MaxKeys>2</MaxKeys>"),
    listing(b"<News><Key>no</Key><Deep><Deeper/>x</Deep></News><Name>dock</Name><Other/>" + ITEM),
    listing(b"<IsTruncated>true</IsTruncated><MaxKeys>many</MaxKeys><Name>  a b </Name>"),
    listing("<Name>é☃😀</Name>".encode()),
    listing(b"<Owner/><CommonPrefixes><Prefix>a/</Prefix></CommonPrefixes><Prefix></Prefix>"),
    listing(b"<Name>dock</Name>", b""),
    listing(b"<Name>dock</Name>", b" xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'"),
    b"  \r\n".replace(b"\r", b"") + listing(ITEM),
    b"<Anything><Name>dock</Name></Anything>",
    listing(b"<Contents><Key/><Key>second</Key></Contents>" * 2),
    *(listing(items(b"LastModified", b"2026-09-21T14:13:20Z", odd)) for odd in ODD_TIMES),
    *(listing(items(b"Size", b"7", odd)) for odd in ODD_SIZES),
]
UNUSUAL = [
    listing(b"<Name>a<!-- b -->c</Name>"),
    listing(b"<!-- <Name>b</Name> --><Name>a</Name>"),
    listing(b"<Name><![CDATA[</Name>]]></Name>"),
    listing(b"<Name><![CDATA[<Key>]]></Name>"),
    listing(b"<Name>a&lt;b</Name>"),
    listing(b"<Name>&#97;&#x62;</Name>"),
    listing(b"<Name>&amp;lt;&lt;</Name>"),
    listing(b"<Name>a > b</Name>"),
    listing(b"<Name>a>/Name>b</Name>"),
    listing(b"<Contents><Key>a>/Key>/Contents>b</Key></Contents>"),
    listing(b'<Name a="1">dock</Name>'),
    listing(b"<Name >dock</Name>"),
    listing(b"<Name />"),
    listing(b'<Other a="<Name>"/>'.replace(b"<Name>", b"/>")),
    listing(b"<x:Name>dock</x:Name>", b' xmlns:x="http://x.example"'),
    listing(b"<Name>dock</Name>", b' a=">"'),
    listing(b"<Name>do<b>ck</b></Name>"),
    listing(b"<Name>a\r\nb</Name>"),
    listing(b"<?pi x?><Name>a</Name>"),
    listing(b"<Name>a<?pi?>b</Name>"),
    b"<!-- x -->" + listing(b"<Name>a</Name>").removeprefix(HEAD),
    b"<ListBucketResult/>",
    b"\xef\xbb\xbf" + listing(b"<Name>a</Name>"),
]
REFUSED = [
    b"<a>",
    b"<a></b>",
    b"not XML",
    b"<",
    b"<>",
    listing(b"<Name>&no;</Name>"),
    listing(b"<Name>\xff</Name>"),
    listing(b"<Name>\xed\xa0\x80</Name>"),
    b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
    listing(b"<a>" * 70 + b"</a>" * 70),
    listing(b"<a/>" * 150_000),
    listing(b"<Name>a</Name>", b"".join(b' a%d=""' % number for number in range(50_001))),
    listing(b"<Name>a</Name>") + b"<b/>",
    b"<Error><Code>Busy</Code><Message>wait</Message></Error>",
]


@pytest.fixture(scope="module")
def s3():
    with generated(select(load_model("s3", {}), ("ListObjectsV2",))) as ours:
        yield ours


def read(s3, body):
    """What the whole way gives, what the tree alone gives, and whether no tree was needed."""
    from aws import xml_plain

    operation = s3.operations["ListObjectsV2"]
    plain = xml_plain.read(operation.output, body, error="Error")
    found = [decode(s3, operation, body)]
    real = xml_plain.read
    xml_plain.read = lambda *_, **__: None
    try:
        found.append(decode(s3, operation, body))
    finally:
        xml_plain.read = real
    return (*found, plain)


def decode(s3, operation, body):
    from aws.errors import ServiceError
    from aws.operation import Response

    try:
        return s3.client_class.service.protocol.decode(operation, Response(200, {}, body))
    except ServiceError as error:
        return str(error)


@pytest.mark.parametrize("body", PLAIN)
def test_plain_xml_is_read_as_by_the_tree(s3, body):
    for _ in range(2):  # the second time by the plans of the first
        whole, tree, plain = read(s3, body)
        assert plain == whole == tree
        assert repr(plain) == repr(tree)


@pytest.mark.parametrize("body", UNUSUAL)
def test_what_is_not_plain_is_left_to_the_tree(s3, body):
    read(s3, listing(ITEM))  # which leaves plans
    whole, tree, plain = read(s3, body)
    assert plain is None
    assert whole == tree
    assert not isinstance(tree, str)


@pytest.mark.parametrize("body", REFUSED)
def test_what_is_refused_is_refused_in_the_same_words(s3, body):
    whole, tree, plain = read(s3, body)
    assert plain is None
    assert whole == tree
    assert isinstance(tree, str)


@pytest.mark.parametrize(
    "body",
    [b"<a>" * 200_000, b"<r %b/>" % b"".join(b' a%d=""' % number for number in range(60_000))],
    ids=["tags", "attributes"],
)
def test_what_exceeds_the_limits_takes_no_memory(s3, body):
    from aws import xml_plain

    output = s3.operations["ListObjectsV2"].output
    xml_plain.read(output, listing(ITEM))  # which makes its table
    tracemalloc.start()
    try:
        assert xml_plain.read(output, body) is None
        assert tracemalloc.get_traced_memory()[1] < 2 * len(body)
    finally:
        tracemalloc.stop()


def test_structs_of_one_result_share_nothing(s3):
    _, _, plain = read(s3, listing(ITEM * 3))
    first, second, _ = plain.Contents
    first.ChecksumAlgorithm.append("MD5")
    first.Owner.ID = "2"
    assert second.ChecksumAlgorithm == ["CRC32", "SHA1"]
    assert second.Owner.ID == "1"


def test_no_tree_is_loaded_for_a_plain_result():
    import os
    import subprocess
    import sys
    from pathlib import Path

    root = Path(__file__).resolve().parents[2]
    code = f"""
import sys
from conformance.comparison import generated
from edgemote_codegen.models import load_model
from edgemote_codegen.selection import select
for name in [name for name in sys.modules if name.startswith("xml.")]:
    del sys.modules[name]
with generated(select(load_model("s3", {{}}), ("ListObjectsV2",))) as ours:
    from aws.operation import Response
    operation = ours.operations["ListObjectsV2"]
    ours.client_class.service.protocol.decode(operation, Response(200, {{}}, {listing(ITEM)!r}))
print("xml.etree.ElementTree" in sys.modules)
"""
    path = os.pathsep.join(
        str(root / name) for name in ("codegen", "generated", "runtime", "tests")
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
    )
    assert done.stdout == "False\n", done.stderr
