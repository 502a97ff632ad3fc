# Generated, do not edit: `python -m edgemote_codegen generate --model query_map_of_lists=model.json
# query_map_of_lists` writes it anew.
# Model query_map_of_lists, API version 2020-01-01,
# sha256 80a83c4040da263f7ea7fd60182bf0374ee84a424caf2019345b31ac645859ef
"""Query Map Of Lists: client, structs and errors."""

from .client import QueryMapOfLists
from .shapes import FindRequest

__all__ = ["FindRequest", "QueryMapOfLists"]
