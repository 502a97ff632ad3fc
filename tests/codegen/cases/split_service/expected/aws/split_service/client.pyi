# Generated, do not edit: `python -m edgemote_codegen generate` writes it anew.
# Model split_service, API version 2026-01-01,
# sha256 29cd422b56b694399c4e1da3ae69f26bdefc8ef1ed344a14d76adce78086df62
"""Operations and client of Split Service."""

from typing_extensions import Unpack

from ..operation import Client
from . import errors, shapes
from . import params as _params

class _Exceptions:
    ShelfFull: type[errors.ShelfFull]

class SplitService(Client):
    """Client of Split Service. `edgemote.connect(SplitService)` makes it."""

    exceptions: _Exceptions

    def put_shelf(self, **params: Unpack[_params.PutShelfParams]) -> shapes.ShelfAnswer:
        """Puts up a shelf.

        Raises ShelfFull.

        https://docs.aws.amazon.com/goto/WebAPI/split-2026-01-01/PutShelf
        """

    def get_shelf(self, **params: Unpack[_params.GetShelfParams]) -> shapes.ShelfAnswer:
        """GetShelf.

        Raises ShelfFull.

        https://docs.aws.amazon.com/goto/WebAPI/split-2026-01-01/GetShelf
        """

    def describe_all_owners_of_all_shelves_in_the_house(
        self, **params: Unpack[_params.DescribeAllOwnersOfAllShelvesInTheHouseParams]
    ) -> shapes.Nothing:
        """DescribeAllOwnersOfAllShelvesInTheHouse.

        https://docs.aws.amazon.com/goto/WebAPI/split-2026-01-01/DescribeAllOwnersOfAllShelvesInTheHouse
        """

    def import_(self) -> None:
        """Import.

        https://docs.aws.amazon.com/goto/WebAPI/split-2026-01-01/Import
        """
