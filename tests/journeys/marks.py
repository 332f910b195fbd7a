"""Words that stand nowhere else, and how they are found in whatever dress bytes wear."""

import json
import secrets
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from urllib.parse import quote

AROUND = 48
"""Bytes that are shown beside a hit."""


def letters(many: int) -> str:
    """Common ones, at random."""
    return "".join(chr(0x4E20 + secrets.randbelow(0x5000)) for _ in range(many))


@dataclass
class Marks:
    """All words of one set begin alike, and so do all its numbers: two searches find all of them.

    `made` tells which is which.
    """

    root: str = field(default_factory=lambda: letters(4))
    dialled: str = field(default_factory=lambda: f"139{secrets.randbelow(10**6):06d}")
    made: dict[str, str] = field(default_factory=dict)
    numbers: "Iterator[int]" = field(default_factory=lambda: count(10))

    def word(self, what: str) -> str:
        return self.made.setdefault(what, self.root + letters(3))

    def phone(self, what: str) -> str:
        if what not in self.made:
            self.made[what] = f"{self.dialled}{next(self.numbers)}"
        return self.made[what]

    def on(self, page: str) -> set[str]:
        """Which of them it shows."""
        return {what for what, mark in self.made.items() if mark in page}

    def found(self, where: str, data: bytes) -> list[str]:
        return [
            f"{where}: {data[max(at - AROUND, 0) : at + AROUND]!r}"
            for dress in self.dresses
            if (at := data.find(dress)) >= 0
        ]

    @property
    def dresses(self) -> set[bytes]:
        return set(dresses(self.root)) | set(dresses(self.dialled))


def dresses(text: str) -> Iterator[bytes]:
    """As it is, escaped, packed, and as people who look at bytes see it."""
    plain, escaped = text.encode(), json.dumps(text)[1:-1]
    yield plain
    yield text.encode("gb18030")
    yield from (text.encode(codec) for codec in ("utf-16-le", "utf-16-be"))
    for slashes in (1, 2):  # escaped once more in a log, or in a row as text
        for letters in (escaped, escaped.upper().replace("\\U", "\\u")):
            yield letters.replace("\\", "\\" * slashes).encode()
    yield quote(text).encode()
    for kind in (plain, escaped.encode()):
        yield from (kind.hex().encode(), kind.hex().upper().encode())
        for skipped in range(3):
            yield from (packed := base64_of(kind, skipped), packed.translate(URLSAFE))


URLSAFE = bytes.maketrans(b"+/", b"-_")


def base64_of(data: bytes, skipped: int) -> bytes:
    """What of it is the same wherever it stands in a longer text: so many bytes are before it."""
    whole = b64encode(bytes(skipped) + data)
    return whole[-(-skipped * 8 // 6) : (skipped + len(data)) * 8 // 6]
