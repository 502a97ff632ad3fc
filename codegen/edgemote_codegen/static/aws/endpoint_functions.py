"""Functions that the endpoint rules of a few services call: ARNs, URLs, host names."""

from __future__ import annotations

import msgspec

_LETTERS_AND_DIGITS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
_HOST_LABEL = _LETTERS_AND_DIGITS | {"-"}
_UNRESERVED = _LETTERS_AND_DIGITS.union("-._~")


class Arn(msgspec.Struct, frozen=True):
    """An ARN; `resource_id` is its last part, cut at colons and slashes."""

    partition: str
    service: str
    region: str
    account_id: str
    resource_id: tuple[str, ...]


class Url(msgspec.Struct, frozen=True):
    """A URL; `normalized_path` begins and ends with a slash and has no empty or dot segments."""

    scheme: str
    authority: str
    path: str
    normalized_path: str
    is_ip: bool


def parse_arn(text: str) -> Arn | None:
    """Parse an ARN; None unless the text has a partition, a service and a resource."""
    parts = text.split(":", 5)
    if len(parts) < 6 or parts[0] != "arn" or not (parts[1] and parts[2] and parts[5]):
        return None
    _, partition, service, region, account_id, resource = parts
    resource_id = tuple(resource.replace(":", "/").split("/"))
    return Arn(partition, service, region, account_id, resource_id)


def parse_url(text: str) -> Url | None:
    """Parse a URL; None unless the text is an http or https URL without a query."""
    # Not with urllib.parse, which costs a board more than everything else here.
    scheme, _, rest = text.partition("://")
    rest, _, query = rest.partition("#")[0].partition("?")
    authority, slash, path = rest.partition("/")
    host, port = _split_port(authority.rpartition("@")[2])
    if scheme.lower() not in ("https", "http") or query or port.strip("0123456789"):
        return None
    path = slash + path
    return Url(scheme.lower(), authority, path, _normalize(path), _is_ip(host))


def substring(text: str, start: int, stop: int, from_end: bool = False) -> str | None:
    """Return characters start to stop, optionally counted from the end; None if there are none."""
    if start >= stop or len(text) < stop or not text.isascii():
        return None
    return text[len(text) - stop : len(text) - start] if from_end else text[start:stop]


def text_at(texts: tuple[str, ...], index: int) -> str | None:
    """Return the text at an index; None after the last one."""
    return texts[index] if index < len(texts) else None


def uri_encode(text: str) -> str:
    """Percent-encode everything except RFC 3986's unreserved characters."""
    return _escape(text, _UNRESERVED)


def is_host_label(text: str | None, dots: bool = False) -> bool:
    """Whether the text is a label of RFC 1123, or with `dots`, several of them."""
    if text is None:
        return False
    if dots:
        return all(is_host_label(label) for label in text.split("."))
    return (
        0 < len(text) < 64 and text[0] != "-" and text[-1] != "-" and _HOST_LABEL.issuperset(text)
    )


def is_virtual_host_bucket(name: str, dots: bool = False) -> bool:
    """Whether a bucket's name can be part of a host name."""
    return (
        len(name) >= 3
        and name == name.lower()
        and not _is_ipv4(name)
        and is_host_label(name, dots=dots)
    )


def _is_ipv4(host: str) -> bool:
    parts = host.split(".")
    return len(parts) == 4 and all(
        0 < len(part) < 4 and part.isascii() and part.isdigit() for part in parts
    )


def _split_port(place: str) -> tuple[str, str]:
    if place.startswith("["):
        host, _, port = place.partition("]")
        return f"{host}]", port.removeprefix(":")
    host, _, port = place.partition(":")
    return host, port


def _is_ip(host: str) -> bool:
    return host.startswith("[") or _is_ipv4(host)


def _normalize(path: str) -> str:
    segments: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            del segments[-1:]
        elif segment not in ("", "."):
            segments.append(segment)
    normal = _escape("/".join(segments), _UNRESERVED | {"/"})
    return f"/{normal}/" if normal else "/"


def _escape(text: str, kept: frozenset[str]) -> str:
    return "".join(
        char if char in kept else "".join(f"%{byte:02X}" for byte in char.encode()) for char in text
    )
