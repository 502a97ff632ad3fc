"""Checksums of a request's body, which the service requires or the caller chooses.

As in botocore.httpchecksum, the checksum of a stream is sent in a trailer over TLS, so the stream
is read once. Otherwise it is sent in a header, and the body must be readable twice. Loaded with the
first operation that has a checksum.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws.errors import ValidationError
from edgemote import limits
from edgemote.client import digests
from edgemote.errors import describe_missing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from aws.operation import Operation, Request

_PREFIX = "x-amz-checksum-"
_TREE_HEADER = "x-amz-sha256-tree-hash"
_LEAF_BYTES = 1_048_576
_NOT_A_CHECKSUM = ("x-amz-checksum-algorithm", "x-amz-checksum-mode", "x-amz-checksum-type")


def make_headers(
    operation: Operation[Any], request: Request, params: Mapping[str, Any], secure: bool = False
) -> dict[str, str]:
    """Return the headers to add to the request; none if the caller gave a checksum.

    secure: whether TLS is used. If the operation supports trailers, the headers then announce one,
    and a file or an iterable has a CRC32 unless another algorithm is chosen.

    Raises ValidationError for an algorithm that is not available, and for a body that can be read
    only once.
    """
    given = request.headers
    if operation.checksum == "tree":
        return _make_tree_headers(operation, request)
    if any(name.startswith(_PREFIX) and name not in _NOT_A_CHECKSUM for name in given):
        return {}
    member = operation.checksum_member
    algorithm = params.get(member) if member is not None else None
    trails = secure and operation.trailers
    default = operation.checksum or (trails and type(request.body) is not bytes and "CRC32")
    headers = {}
    if algorithm is None:
        if not default:
            return {}
        algorithm = default
        name = next((name for name, at in operation.headers.items() if at == member), None)
        if name is not None:
            headers[name.lower()] = algorithm
    kind = str.__str__(algorithm).lower()
    digest = digests.start(kind) if kind in digests.NAMES else None
    if digest is None:
        names = map(str.upper, digests.NAMES)
        raise ValidationError(
            f"$.{member}: {describe_missing('slow-checksums')}"
            if kind in digests.NAMES
            else f"$.{member}: {kind.upper()} cannot be calculated by this client: choose one of "
            f"{', '.join(names)}, or pass the checksum yourself"
        )
    if trails:
        from edgemote.client.trailers import announce

        return headers | announce(request, _PREFIX + kind)
    for piece in _pieces(operation, request.body):
        digest.update(piece)
    from binascii import b2a_base64

    headers[_PREFIX + kind] = b2a_base64(digest.digest(), newline=False).decode()
    return headers


def _make_tree_headers(operation: Operation[Any], request: Request) -> dict[str, str]:
    # The second header is a placeholder, which the signer fills in.
    headers = {_TREE_HEADER: "", "x-amz-content-sha256": ""}
    given = request.headers.get(_TREE_HEADER)
    headers[_TREE_HEADER] = given or hash_tree(_pieces(operation, request.body))
    return headers


def hash_tree(pieces: Iterable[bytes]) -> str:
    """Return Glacier's tree hash in hexadecimal: the SHA-256 of each MiB, then of each pair of
    digests, and so on until one is left. A digest without a neighbour is passed up unchanged.

    This holds one digest in memory for each doubling of the size.
    https://docs.aws.amazon.com/amazonglacier/latest/dev/checksum-calculations.html
    """
    from hashlib import sha256

    # By height, the digest of a full tree whose right neighbour is not known yet.
    waiting: list[bytes | None] = []
    leaf, room = sha256(), _LEAF_BYTES
    for piece in pieces:
        rest = memoryview(piece)
        while rest:
            leaf.update(rest[:room])
            rest, room = rest[room:], max(0, room - len(rest))
            if not room:
                digest = leaf.digest()
                height = 0
                while height < len(waiting) and (left := waiting[height]) is not None:
                    digest = sha256(left + digest).digest()
                    waiting[height] = None
                    height += 1
                waiting[height : height + 1] = [digest]
                leaf, room = sha256(), _LEAF_BYTES
    whole = leaf.digest() if room < _LEAF_BYTES or not waiting else None
    for left in waiting:
        if left is not None:
            whole = left if whole is None else sha256(left + whole).digest()
    assert whole is not None
    return whole.hex()


def _pieces(operation: Operation[Any], body: Any) -> Iterator[bytes]:
    if isinstance(body, bytes):
        yield body
        return
    seekable = getattr(body, "seekable", None)
    if seekable is None or not seekable():
        raise ValidationError(
            f"$.{operation.payload}: {operation.name} requires a checksum: expected bytes or a "
            f"seekable file, got `{type(body).__name__}`"
        )
    start = body.tell()
    while (piece := body.read(limits.SEND_BYTES)) != b"":
        if piece is None:
            body.seek(start)
            raise ValidationError(
                f"$.{operation.payload}: read() returned None: expected a file in blocking mode"
            )
        yield piece
    body.seek(start)
