# Generated, do not edit: `python -m edgemote_codegen generate --model uri_labels=model.json
# uri_labels` writes it anew.
# Model uri_labels, API version 2020-01-01,
# sha256 5dc7e5fc8440e979ac04b7d3400c281b2e8198fc11308b9ef33031c1ff910436
"""Operations and client of Uri Labels."""

from typing_extensions import Unpack

from ..operation import Client, Operation
from . import errors
from . import params as _params

GET_PART: Operation[None]
GET_SHELF_AT: Operation[None]

class UriLabels(Client):
    """Client of Uri Labels. `edgemote.connect(UriLabels)` makes it."""

    exceptions = errors

    def get_part(self, **params: Unpack[_params.GetPartParams]) -> None:
        """GetPart.

        https://docs.aws.amazon.com/goto/WebAPI/uri-labels-2020-01-01/GetPart
        """

    def get_shelf_at(self, **params: Unpack[_params.GetShelfAtParams]) -> None:
        """GetShelfAt.

        https://docs.aws.amazon.com/goto/WebAPI/uri-labels-2020-01-01/GetShelfAt
        """
