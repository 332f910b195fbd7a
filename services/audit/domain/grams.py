"""Two letters at a time: by these a text is found that rests sealed."""

import hashlib
import hmac
import unicodedata
from collections.abc import Iterator

LEAST = 2
"""Letters of what is looked for."""

Letters = list[tuple[str, int]]


def letters(text: str) -> Letters:
    """What counts for finding, with its place in the text: no blanks, no capitals, no width."""
    return [
        (one, place)
        for place, letter in enumerate(text)
        for one in unicodedata.normalize("NFKC", letter).casefold()
        if not one.isspace()
    ]


def plain(text: str) -> str:
    return "".join(one for one, _ in letters(text))


def pairs(text: str) -> set[str]:
    found = plain(text)
    return {found[at : at + 2] for at in range(len(found) - 1)}


def grams(secret: bytes, text: str) -> list[int]:
    """Keyed: who sees the rows alone cannot tell which letters they stand for."""
    return sorted(_mark(secret, pair) for pair in pairs(text))


def _mark(secret: bytes, pair: str) -> int:
    digest = hmac.new(secret, pair.encode(), hashlib.sha256).digest()
    return int.from_bytes(digest[:8], signed=True)


def spans(text: str, word: str) -> Iterator[tuple[int, int]]:
    """Where the word stands in the text, as the text is written."""
    found, wanted = letters(text), plain(word)
    whole = "".join(one for one, _ in found)
    at = whole.find(wanted)
    while wanted and at >= 0:
        yield found[at][1], found[at + len(wanted) - 1][1] + 1
        at = whole.find(wanted, at + len(wanted))
