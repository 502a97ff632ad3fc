# Generated, do not edit: `python -m edgemote_codegen generate --model query_compatible=model.json
# query_compatible` writes it anew.
# Model query_compatible, API version 2020-01-01,
# sha256 f7bed54eaf361ce54940221c4cf5d4d612e2525c5a4af758588d9a4048b65d2f
"""Operations and client of Query Compatible."""

from typing_extensions import Unpack

from ..operation import Client, Operation
from . import errors
from . import params as _params

PUT: Operation[None]

class _Exceptions:
    Bad: type[errors.Bad]

class QueryCompatible(Client):
    """Client of Query Compatible. `edgemote.connect(QueryCompatible)` makes it."""

    exceptions: _Exceptions

    def put(self, **params: Unpack[_params.PutParams]) -> None:
        """Put.

        Raises Bad.

        https://docs.aws.amazon.com/goto/WebAPI/query-compatible-2020-01-01/Put
        """
