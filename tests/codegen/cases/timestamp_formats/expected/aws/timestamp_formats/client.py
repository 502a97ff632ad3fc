# Generated, do not edit: `python -m edgemote_codegen generate --model timestamp_formats=model.json
# timestamp_formats` writes it anew.
# Model timestamp_formats, API version 2020-01-01,
# sha256 cbaeafdff1b8b9e71faeb1a3aa9c2f1f40eb41900c4b7b603d16ab5a61b8c27b
"""Client of Timestamp Formats; client.pyi has its types and documentation."""

from .. import rest_json
from ..operation import Client, Operation, Service
from . import errors, shapes
from .endpoint import resolve

PUT_TIMES = Operation(
    name="PutTimes",
    path="/times/{at}",
    input=shapes.PutTimesRequest,
    labels={"at": "At"},
    headers={
        "header-plain": "HeaderPlain",
        "header-iso": "HeaderIso",
        "header-http": "HeaderHttp",
        "header-epoch": "HeaderEpoch",
        "header-memberiso": "HeaderMemberIso",
        "header-memberhttp": "HeaderMemberHttp",
        "times": "HeaderTimes",
    },
    query={
        "query-plain": "QueryPlain",
        "query-iso": "QueryIso",
        "query-http": "QueryHttp",
        "query-epoch": "QueryEpoch",
        "query-memberiso": "QueryMemberIso",
        "query-memberhttp": "QueryMemberHttp",
        "times": "QueryTimes",
    },
    output=shapes.PutTimesResponse,
    result_headers={
        "header-plain": "HeaderPlain",
        "header-iso": "HeaderIso",
        "header-http": "HeaderHttp",
        "header-epoch": "HeaderEpoch",
        "header-memberiso": "HeaderMemberIso",
        "header-memberhttp": "HeaderMemberHttp",
    },
)


class TimestampFormats(Client):
    exceptions = errors
    service = Service(
        name="timestamp_formats",
        service_id="Timestamp Formats",
        signing_name="timestamp-formats",
        api_version="2020-01-01",
        protocol=rest_json,
        resolve=resolve,
        errors=errors,
    )

    def put_times(self, **params):
        return self._call(PUT_TIMES, params)
