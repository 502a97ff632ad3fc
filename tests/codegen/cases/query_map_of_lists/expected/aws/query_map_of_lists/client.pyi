# Generated, do not edit: `python -m edgemote_codegen generate --model query_map_of_lists=model.json
# query_map_of_lists` writes it anew.
# Model query_map_of_lists, API version 2020-01-01,
# sha256 80a83c4040da263f7ea7fd60182bf0374ee84a424caf2019345b31ac645859ef
"""Operations and client of Query Map Of Lists."""

from typing_extensions import Unpack

from ..operation import Client, Operation
from . import errors
from . import params as _params

FIND: Operation[None]

class QueryMapOfLists(Client):
    """Client of Query Map Of Lists. `edgemote.connect(QueryMapOfLists)` makes it."""

    exceptions = errors

    def find(self, **params: Unpack[_params.FindParams]) -> None:
        """Find.

        https://docs.aws.amazon.com/goto/WebAPI/query-map-of-lists-2020-01-01/Find
        """
