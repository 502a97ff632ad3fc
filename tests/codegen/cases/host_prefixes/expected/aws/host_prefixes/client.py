# Generated, do not edit: `python -m edgemote_codegen generate --model host_prefixes=model.json
# host_prefixes` writes it anew.
# Model host_prefixes, API version 2020-01-01,
# sha256 a7d2f242fd7e8445dbec1e3c795b440f20824a6af333ab228a86933e73e757be
"""Operations and client of Host Prefixes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import rest_json
from ..operation import Client, Operation, Service
from . import errors, shapes
from .endpoint import resolve

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from . import params as _params

GET_CONTROL: Operation[None] = Operation(
    name="GetControl",
    method="GET",
    path="/control",
    host_prefix="control.",
)

GET_ACCOUNT: Operation[None] = Operation(
    name="GetAccount",
    method="GET",
    path="/account",
    host_prefix="{AccountId}.data-",
    input=shapes.GetAccountRequest,
    headers={"x-amz-account-id": "AccountId"},
)


class HostPrefixes(Client):
    """Client of Host Prefixes. `edgemote.connect(HostPrefixes)` makes it."""

    exceptions = errors
    service = Service(
        name="host_prefixes",
        service_id="Host Prefixes",
        signing_name="host-prefixes",
        api_version="2020-01-01",
        protocol=rest_json,
        resolve=resolve,
        errors=errors,
    )

    def get_control(self) -> None:
        """GetControl.

        https://docs.aws.amazon.com/goto/WebAPI/host-prefixes-2020-01-01/GetControl
        """
        self._call(GET_CONTROL, {})

    def get_account(self, **params: Unpack[_params.GetAccountParams]) -> None:
        """GetAccount.

        https://docs.aws.amazon.com/goto/WebAPI/host-prefixes-2020-01-01/GetAccount
        """
        self._call(GET_ACCOUNT, params)
