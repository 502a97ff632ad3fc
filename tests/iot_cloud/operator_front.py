"""What an operator speaks to: ministack, and an index of named shadows, which it has not."""

from __future__ import annotations

import json
import re
from typing import Any

from endpoint.answers import Answer, error_answer, json_answer
from endpoint.connections import Limits
from endpoint.service import Peer, Service
from endpoint.signatures import Request
from iot_cloud.forwarding import Forwarder

# One term of a query about a named shadow: shadow, path and value.
_TERM = re.compile(r"shadow\.name\.([^.:\s]+)\.((?:reported|desired)\.[^:\s]+):(\S+)")


class OperatorFront(Service):
    """Hands requests on as they came. The indexing configuration decides what can be searched."""

    limits = Limits(body_bytes=64 * 1024 * 1024)

    def __init__(self, ministack_url: str, iot: Any, data: Any) -> None:
        super().__init__()
        self._forwarder = Forwarder(ministack_url)
        self._iot, self._data = iot, data

    @property
    def url(self) -> str:
        """By address: S3 then has its buckets in the path."""
        return f"http://127.0.0.1:{self.port}"

    def respond_to(self, request: Request, peer: Peer) -> Answer:
        if (request.method, request.path) == ("POST", "/indices/search"):
            asked = json.loads(request.body)
            if terms := _TERM.findall(asked["queryString"]):
                return self._search(asked["queryString"], terms)
        return self._forwarder.forward(request, dict(request.headers))

    def _search(self, query: str, terms: list[tuple[str, str, str]]) -> Answer:
        config = self._iot.get_indexing_configuration()["thingIndexingConfiguration"]
        indexed = config.get("filter", {}).get("namedShadowNames", [])
        for name, path, _ in terms:
            if config.get("namedShadowIndexingMode") != "ON" or name not in indexed:
                message = f"shadow.name.{name}.{path} is not indexed"
                return error_answer("InvalidQueryException", message, status=400)
        others = re.sub(r"^(AND\s+)+|(\s+AND)+$", "", _TERM.sub("", query).strip())
        others = re.sub(r"(\bAND\s+)+", "AND ", others) or "thingName:*"
        found = self._iot.search_index(queryString=others)["things"]
        things = [
            thing | {"shadow": json.dumps({"name": shadows})}
            for thing in found
            if (shadows := self._read_shadows(thing["thingName"], terms)) is not None
        ]
        return json_answer({"things": things})

    def _read_shadows(self, thing: str, terms: list[tuple[str, str, str]]) -> dict[str, Any] | None:
        """The named shadows, if all terms hold for them."""
        shadows: dict[str, Any] = {}
        for name, path, value in terms:
            try:
                shadow = self._data.get_thing_shadow(thingName=thing, shadowName=name)
            except self._data.exceptions.ResourceNotFoundException:
                return None
            shadows[name] = node = json.load(shadow["payload"])["state"]
            for part in path.split("."):
                node = node.get(part) if isinstance(node, dict) else None
            if node is None or not _is_like(str(node), value.strip('"')):
                return None
        return shadows


def _is_like(text: str, pattern: str) -> bool:
    parts = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(parts, text, re.IGNORECASE | re.DOTALL) is not None
