# Generated, do not edit: `python -m edgemote_codegen generate --paginators --waiters --with presign
# --model pages_and_waiters=model.json pages_and_waiters` writes it anew.
# Model pages_and_waiters, API version 2020-01-01,
# sha256 0d455d88a5dab4388b88bf91874429e789ab5516ac2c3b29ab48638df75a6de7
"""Paginators of House Service; pages.pyi has their types."""

from ..paging import Pages, Paginators


class HousePages(Paginators):
    __slots__ = ()

    def list_doors(self, /, **params):
        return Pages(
            self._client.list_doors,
            params,
            tokens={"from": "List.from_"},
            results=("List.Doors",),
            limit="Limit",
            limit_type=str,
        )

    def list_shelves(self, **params):
        return Pages(
            self._client.list_shelves,
            params,
            tokens={
                "Marker": lambda result: (
                    result.NextMarker or (result.Shelves and result.Shelves[-1])
                )
            },
            results=("Shelves", "Rooms", "Count"),
            more="More",
            limit="Limit",
            constants=("House",),
        )
