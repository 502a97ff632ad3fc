# Generated, do not edit: `python -m edgemote_codegen generate --model host_prefixes=model.json
# host_prefixes` writes it anew.
# Model host_prefixes, API version 2020-01-01,
# sha256 a7d2f242fd7e8445dbec1e3c795b440f20824a6af333ab228a86933e73e757be
"""Operations and client of Host Prefixes."""

from typing_extensions import Unpack

from ..operation import Client, Operation
from . import errors
from . import params as _params

GET_CONTROL: Operation[None]
GET_ACCOUNT: Operation[None]

class HostPrefixes(Client):
    """Client of Host Prefixes. `edgemote.connect(HostPrefixes)` makes it."""

    exceptions = errors

    def get_control(self) -> None:
        """GetControl.

        https://docs.aws.amazon.com/goto/WebAPI/host-prefixes-2020-01-01/GetControl
        """

    def get_account(self, **params: Unpack[_params.GetAccountParams]) -> None:
        """GetAccount.

        https://docs.aws.amazon.com/goto/WebAPI/host-prefixes-2020-01-01/GetAccount
        """
