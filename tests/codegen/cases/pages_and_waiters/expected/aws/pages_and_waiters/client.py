# Generated, do not edit: `python -m edgemote_codegen generate --paginators --waiters --with presign
# --model pages_and_waiters=model.json pages_and_waiters` writes it anew.
# Model pages_and_waiters, API version 2020-01-01,
# sha256 0d455d88a5dab4388b88bf91874429e789ab5516ac2c3b29ab48638df75a6de7
"""Client of House Service; client.pyi has its types and documentation."""

from .. import aws_json
from ..operation import Client, Operation, Service
from . import errors, shapes
from .endpoint import resolve

LIST_SHELVES = Operation(
    name="ListShelves",
    input=shapes.ListShelvesInput,
    output=shapes.ListShelvesOutput,
)

LIST_DOORS = Operation(
    name="ListDoors",
    input=shapes.ListDoorsInput,
    output=shapes.ListDoorsOutput,
)

DESCRIBE_DOORS = Operation(
    name="DescribeDoors",
    input=shapes.DescribeDoorsInput,
    output=shapes.DescribeDoorsOutput,
)

PING = Operation(
    name="Ping",
    input=shapes.PingInput,
    output=shapes.PingOutput,
)

WAIT = Operation(
    name="Wait",
)


class House(Client):
    exceptions = errors
    service = Service(
        name="pages_and_waiters",
        service_id="House",
        signing_name="house",
        api_version="2020-01-01",
        protocol=aws_json,
        resolve=resolve,
        errors=errors,
        target_prefix="House",
        json_version="1.1",
    )

    def list_shelves(self, **params):
        return self._call(LIST_SHELVES, params)

    def list_doors(self, /, **params):
        return self._call(LIST_DOORS, params)

    def describe_doors(self, **params):
        return self._call(DESCRIBE_DOORS, params)

    def ping(self, **params):
        return self._call(PING, params)

    def wait_(self):
        self._call(WAIT, {})

    def presign(self, operation, params=None, *, expires_s=3600, method=None):
        from ..presign import presign

        return presign(self, operation, params or {}, expires_s, method)

    @property
    def pages(self):
        from .pages import HousePages

        return HousePages(self)

    @property
    def wait(self):
        from .waiters import HouseWaiters

        return HouseWaiters(self)
