"""What a configuration file says, in our terms, before it is checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from edgemote.agent.config.rules import Place

_NAME_LIMIT_CHARS = 64


class Document(Struct):
    """A file that has been read.

    Attributes:
        values: what it gives
        names: what the file calls these places, where that is not `section.key`
        problems: name -> what is wrong with it
        warnings: what it says to no avail
        whole: False where lines could not be read: nothing can then be missing
    """

    values: dict[Place, object] = {}
    names: dict[Place, str] = {}
    problems: dict[str, str] = {}
    warnings: list[str] = []
    whole: bool = True

    def name(self, place: Place) -> str:
        return self.names.get(place) or ".".join(place)

    def refuse(self, name: str, problem: str) -> None:
        """Note what is wrong; of two problems with the same name the first counts."""
        self.problems.setdefault(spell(name), problem)


def spell(name: str) -> str:
    """A name from a file as an error may show it."""
    if len(name) > _NAME_LIMIT_CHARS:
        name = name[:_NAME_LIMIT_CHARS] + "..."
    return name if name.isprintable() else ascii(name)[1:-1]
