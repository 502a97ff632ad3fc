"""Paginators: request page after page until the last, as botocore does.

Generated paginators specify where a page has its items and the token of the next page. A place is
the path of a member, such as `DistributionList.Items`, or a function of the page.
"""

from __future__ import annotations

from binascii import a2b_base64, b2a_base64
from typing import TYPE_CHECKING, Any, Generic, TypedDict, TypeVar

import msgspec

from .errors import Error, ValidationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import TypeAlias

    Place: TypeAlias = str | Callable[[Any], Any]

Page = TypeVar("Page")
Item = TypeVar("Item")

_SKIPPED = "boto_truncate_amount"  # the names that botocore has in its tokens
_BYTES = "boto_encoded_keys"


class PaginationError(Error):
    """Pagination is impossible: the service sent the same token twice, or the operation does not
    support the page size that was set.
    """


class PaginationConfig(TypedDict, total=False):
    """Limits, as in boto3."""

    MaxItems: int | None
    """maximum number of items"""
    PageSize: int | None
    """number of items to request per page"""
    StartingToken: str | None
    """the `resume_token` of an earlier run, to continue there"""


class Paginators:
    """Base class of the generated classes: `client.pages`."""

    __slots__ = ("_client",)

    def __init__(self, client: Any) -> None:
        self._client = client


class Pages(Generic[Page, Item]):
    """The pages of one operation with one set of parameters. Each loop starts at the first page.

    Attributes:
        resume_token: pass this as StartingToken to continue after a loop that MaxItems ended;
            botocore accepts it, too. None if nothing is left
    """

    __slots__ = ("_arguments", "_limits", "_method", "_params", "resume_token")

    def __init__(
        self,
        method: Callable[..., Page],
        params: dict[str, Any],
        *,
        tokens: Mapping[str, Place],
        results: tuple[str, ...],
        more: Place | None = None,
        limit: str = "",
        limit_type: type = int,
        constants: tuple[str, ...] = (),
    ) -> None:
        """
        Args:
            method: calls the operation
            params: the operation's parameters, and PaginationConfig
            tokens: parameter -> the place of its next value
            results: the paths of the items; MaxItems limits those of the first
            more: the place of the flag that says whether there are more pages; by default, there
                are more if there is a token
            limit: the parameter for the page size
            limit_type: the type of that parameter
            constants: members that are the same in every page and belong to the full result
        """
        self._method = method
        self._arguments = tokens, results, more, constants
        config = params.pop("PaginationConfig", None) or {}
        if not hasattr(config, "keys"):
            raise ValidationError(
                f"$.PaginationConfig: expected a dict, got {type(config).__name__}"
            )
        for name in config:
            if name not in PaginationConfig.__annotations__:
                raise ValidationError(
                    f"$.PaginationConfig.{name}: expected MaxItems, PageSize or StartingToken"
                )
        most, start = _read_count(config, "MaxItems"), config.get("StartingToken")
        if start is not None and not isinstance(start, str):
            raise ValidationError(
                f"$.PaginationConfig.StartingToken: expected a str, got {type(start).__name__}"
            )
        size = _read_count(config, "PageSize")
        if size is not None:
            if not limit:
                raise PaginationError(
                    f"{method.__name__} has no parameter for a page size: leave out PageSize"
                )
            params[limit] = limit_type(size)
        self._params = params
        self._limits = most, start
        self.resume_token: str | None = None

    def __iter__(self) -> Iterator[Page]:
        """Raises what the operation raises, and PaginationError."""
        names, (primary, *others), _, _ = self._arguments
        most, start = self._limits
        params = dict(self._params)
        tokens: dict[str, Any] = dict.fromkeys(names)
        skipped = total = 0
        if start is not None:
            tokens, skipped = _read_token(start, tuple(names))
            _put_tokens(params, tokens)
        self.resume_token = None
        previous = None
        while True:
            page = self._method(**params)
            items = find(page, primary)
            if start is not None:
                items = items[skipped:] if isinstance(items, (list, str)) else None
                _put(page, primary, items)
                for other in others:  # an earlier run has returned these
                    value = find(page, other)
                    if not isinstance(value, (int, float)):
                        _put(page, other, type(value)() if isinstance(value, (list, str)) else None)
            count = len(items) if isinstance(items, (list, str, dict)) else 0
            if most is not None and total + count > most:
                if isinstance(items, dict):
                    raise PaginationError(f"MaxItems cannot truncate {primary}, which is a map")
                _put(page, primary, items[: most - total])
                self.resume_token = _write_token({**tokens, _SKIPPED: skipped + most - total})
                yield page
                return
            start, skipped = None, 0
            total += count
            tokens = self._find_tokens(page)
            is_last = all(token is None for token in tokens.values())
            if most == total and not is_last:
                self.resume_token = _write_token(tokens)
            yield page
            if is_last or most == total:
                return
            if tokens == previous:
                raise PaginationError(
                    f"{self._method.__name__}: the service sent the same token twice: "
                    f"{tokens!s:.200}"
                )
            del page, items  # one page at a time is held in memory
            _put_tokens(params, tokens)
            previous = tokens

    def _find_tokens(self, page: Page) -> dict[str, Any]:
        tokens, _, more, _ = self._arguments
        if more is not None and not find(page, more):
            return {}
        return {name: find(page, place) or None for name, place in tokens.items()}

    def items(self, key: Any = None) -> Iterator[Item]:
        """Iterate over the items of all pages: the elements of a list, or the (key, value) pairs of
        a map; any other value is an item itself.

        key: the name of one of several results, as in `items("CommonPrefixes")`; default: the first
        """
        _, results, _, _ = self._arguments
        if key is None:
            key = results[0]
        elif key not in results:
            raise ValidationError(f"items: expected one of {', '.join(results)}, got {key!r:.80}")
        return self._iterate_items(key)

    def _iterate_items(self, key: str) -> Iterator[Item]:
        for page in self:
            found = find(page, key)
            if isinstance(found, dict):
                yield from found.items()  # type: ignore[misc]
            elif isinstance(found, list):
                yield from found
            elif found is not None:
                yield found

    def build_full_result(self) -> Page | None:
        """Return all pages as one result: their items together, and the members that are the same
        in each page. Unlike `items`, this holds the complete result in memory.
        """
        _, results, _, constants = self._arguments
        full: Page | None = None
        for page in self:
            if full is None:
                full = page
                continue
            for key in results:
                value, known = find(page, key), find(full, key)
                if known is None:
                    _put(full, key, value)
                elif isinstance(value, list):
                    known.extend(value)
                elif isinstance(value, (int, float, str)):
                    _put(full, key, known + value)
        if full is not None:
            _keep(full, [key.split(".") for key in (*results, *constants)])
        return full


def find(page: Any, place: Place) -> Any:
    """Return what a page has at a place, or None."""
    if not isinstance(place, str):
        return place(page)
    for name in place.split("."):
        if page is None:
            return None
        page = getattr(page, name)
    return page


def _put(page: Any, path: str, value: Any) -> None:
    start, _, name = path.rpartition(".")
    owner = find(page, start) if start else page
    if owner is not None:
        setattr(owner, name, value)


def _keep(struct: Any, paths: list[list[str]]) -> None:
    """Clear everything that is not on one of the paths."""
    for name in struct.__struct_fields__ if struct is not None else ():
        rests = [path[1:] for path in paths if path[0] == name]
        if not rests:
            setattr(struct, name, None)
        elif all(rests):
            _keep(getattr(struct, name), rests)


def _read_count(config: Mapping[str, Any], name: str) -> int | None:
    value = config.get(name)
    if value is None:
        return None
    try:
        count = int(value)
    except (TypeError, ValueError, OverflowError):
        count = -1
    if count < 0:
        raise ValidationError(
            f"$.PaginationConfig.{name}: expected a whole number of 0 or more, got {value!r:.80}"
        )
    return count


# Tokens -----------------------------------------------------------------------------------------


def _put_tokens(params: dict[str, Any], tokens: Mapping[str, Any]) -> None:
    for name, token in tokens.items():
        if token is None or token == "None":
            params.pop(name, None)
        else:
            params[name] = token


def _write_token(tokens: Mapping[str, Any]) -> str:
    """Write a token as botocore does: JSON in base64. Bytes in it are base64, too, and their paths
    are listed.
    """
    paths: list[list[Any]] = []
    content = _pack(msgspec.to_builtins(tokens, builtin_types=(bytes,)), [], paths)
    if paths:
        content[_BYTES] = paths
    return b2a_base64(msgspec.json.encode(content), newline=False).decode()


def _pack(value: Any, path: list[Any], paths: list[list[Any]]) -> Any:
    if isinstance(value, bytes):
        paths.append(path)
        return b2a_base64(value, newline=False).decode()
    if isinstance(value, dict):
        return {key: _pack(part, [*path, key], paths) for key, part in value.items()}
    if isinstance(value, list):
        return [_pack(part, [*path, index], paths) for index, part in enumerate(value)]
    return value


def _read_token(text: str, names: tuple[str, ...]) -> tuple[dict[str, Any], int]:
    """Return the tokens, and how many items of their page were already returned."""
    try:
        content = msgspec.json.decode(a2b_base64(text))
        for *path, last in content.pop(_BYTES, ()):
            owner = content
            for step in path:
                owner = owner[step]
            owner[last] = a2b_base64(owner[last])
        skipped = content.pop(_SKIPPED, 0)
        if type(skipped) is not int:
            raise TypeError
    except (ValueError, TypeError, LookupError, AttributeError):
        # A token of the service itself, or of an old botocore.
        return _read_plain_token(text, names)
    if content.keys() - names:
        raise ValidationError(
            "$.PaginationConfig.StartingToken: expected a token of this operation, got one of "
            f"another: {text!r:.80}"
        )
    return content, skipped


def _read_plain_token(text: str, names: tuple[str, ...]) -> tuple[dict[str, Any], int]:
    parts, skipped = text.split("___"), 0
    if len(parts) == len(names) + 1:
        if parts[-1].isdecimal():
            skipped = int(parts.pop())
        else:
            parts = [text]
    if len(parts) > len(names):
        raise ValidationError(
            f"$.PaginationConfig.StartingToken: expected a resume_token, got {text!r:.80}"
        )
    found = [None if part == "None" else part for part in parts]
    return dict(zip(names, found + [None] * len(names), strict=False)), skipped
