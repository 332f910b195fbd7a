"""How places are called and found: of all that are there today, by name and by who is above."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from registry.ground import Ground

ENDINGS = (
    (re.compile(r"社区(居民委员会|居委会|委会)$"), "社区"),
    (re.compile(r"(村民委员会|村委会)$"), "村"),
    (re.compile(r"(居民委员会|居委会)$"), ""),
)
KIND = re.compile(r"(社区|村|街道|镇|乡)$")
MOST_FOUND, ALIKE = 12, 2
Name = tuple[str, str]
"""(code, what it is called)"""


def short(name: str) -> str:
    """As people say it: 徐家巷社区, not 徐家巷社区居委会."""
    for ending, instead in ENDINGS:
        if ending.search(name):
            return ending.sub(instead, name)
    return name


@dataclass(frozen=True, slots=True)
class Places:
    ground: Ground
    day: date

    def name(self, code: str | None) -> str:
        place = self.ground.places.get(code or "")
        return short(place.name) if place else code or ""

    def level(self, code: str) -> str:
        place = self.ground.places.get(code)
        return place.level if place and place.on(self.day) else ""

    def above(self, code: str, level: str) -> str | None:
        """The organisation of that level at or above it."""
        seen: str | None = code
        while seen and (place := self.ground.places.get(seen)):
            if place.level == level:
                return seen
            seen = place.above
        return None

    def path(self, code: str) -> list[Name]:
        """From the county down to what stands above it."""
        way, seen = [], self.ground.places.get(code)
        while seen and seen.above and (above := self.ground.places.get(seen.above)):
            if above.level != "CITY":
                way.append((seen.above, self.name(seen.above)))
            seen = above
        return way[::-1]

    def below(self, code: str, level: str) -> list[Name]:
        """Those of that level right below it."""
        found = (
            (one, short(place.name))
            for one, place in self.ground.places.items()
            if place.above == code and place.level == level and place.on(self.day)
        )
        return sorted(found)

    def counties(self) -> list[Name]:
        places = self.ground.places.items()
        return sorted((code, p.name) for code, p in places if p.level == "COUNTY")

    def villages(self) -> Counter[str | None]:
        """How many lie below each county: asked of all at once, for the first page shows them."""
        places = self.ground.places.items()
        there = [code for code, p in places if p.level == "VILLAGE" and p.on(self.day)]
        return Counter(self.above(code, "COUNTY") for code in there)

    def known(self) -> Iterator[Name]:
        for code, place in self.ground.places.items():
            if place.level in ("VILLAGE", "TOWN") and place.on(self.day):
                yield code, short(place.name)

    def find(self, typed: str) -> list[str]:
        """Those that are called so, best first: the same name, a part of it, or it is a part."""
        ranked = ((rank(name, typed), code) for code, name in self.known())
        return [code for place, code in sorted(ranked) if place < MISSED][:MOST_FOUND]

    def alike(self, typed: str) -> list[str]:
        """Those that share two letters in a row with what was typed."""
        pairs = {typed[at : at + ALIKE] for at in range(len(typed) - 1)}
        shared = (
            (-sum(pair in name for pair in pairs), code)
            for code, name in self.known()
            if any(pair in KIND.sub("", name) for pair in pairs)
        )
        return [code for _, code in sorted(shared)][:MOST_FOUND]


MISSED = 9


def rank(name: str, typed: str) -> int:
    stem = KIND.sub("", name)
    if typed in (name, stem):
        return 0
    if typed and typed in name:
        return 1
    return 2 if len(stem) >= ALIKE and stem in typed else MISSED
