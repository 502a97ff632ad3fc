"""Hostile CBOR: the corpus, and a way to spoil what is sound."""

from __future__ import annotations

from pathlib import Path
from random import Random

CORPUS = Path(__file__).with_name("hostile_cbor.txt")


def read_corpus() -> list[tuple[bytes, str]]:
    """(bytes, what is expected): a literal, or an exclamation mark and a part of the error."""
    found = []
    for line in CORPUS.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            content, _, expected = line.partition(" ")
            found.append((bytes.fromhex(content), expected.strip()))
    return found


def mutate(random: Random, content: bytes) -> bytes:
    """Some bytes changed, left out, doubled or put in."""
    changed = bytearray(content)
    for _ in range(random.randint(1, 4)):
        at = random.randint(0, len(changed))
        change = random.randrange(4)
        if change == 0:
            changed[at:at] = bytes((random.randrange(256),))
        elif change == 1:
            del changed[at : at + random.randint(1, 3)]
        elif change == 2:
            changed[at : at + 1] = bytes((random.randrange(256),))
        else:
            changed[at:at] = changed[random.randint(0, at) : at]
    return bytes(changed)
