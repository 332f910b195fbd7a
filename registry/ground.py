"""Which organisations are there today, and who stands above whom?"""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from weakref import WeakKeyDictionary

from sqlalchemy import text

from contracts.calendar import day_of
from contracts.directory import Level
from contracts.permission import Tree
from kernel.clock import now
from kernel.database import Database

STAMP = text("select coalesce(max(changed), 0) as changed from read.organisation")
ALL = text("""
select code, name, level, coalesce(managed_by, located_in) as above, opened_on, closed_on
  from read.organisation
""")


@dataclass(frozen=True, slots=True)
class Place:
    name: str
    level: str
    above: str | None
    opened_on: date
    closed_on: date | None

    def on(self, day: date) -> bool:
        return self.opened_on <= day and (self.closed_on is None or self.closed_on > day)


@dataclass(frozen=True)
class Ground:
    places: Mapping[str, Place]

    @cached_property
    def tree(self) -> Tree:
        return Tree({code: place.above for code, place in self.places.items() if place.above})

    def active(self, day: date, levels: Container[str] = tuple(Level)) -> "Active":
        return Active(self.places, day, levels)


@dataclass(frozen=True, slots=True)
class Active:
    """The codes of those that are there on a day; a rule asks for one or two of a thousand."""

    places: Mapping[str, Place]
    day: date
    levels: Container[str]

    def __contains__(self, code: object) -> bool:
        place = self.places.get(str(code))
        return place is not None and place.level in self.levels and place.on(self.day)


known: WeakKeyDictionary[Database, tuple[int, Ground]] = WeakKeyDictionary()


async def ground(db: Database) -> Ground:
    """A question of one row, and all of them again only after directory told something new."""
    changed = int((await db.one(STAMP)).changed)
    before = known.get(db)
    if before is None or before[0] != changed:
        before = known[db] = (changed, await read(db))
    return before[1]


async def read(db: Database) -> Ground:
    rows = await db.all(ALL)
    return Ground({r.code: Place(r.name, r.level, r.above, r.opened_on, r.closed_on) for r in rows})


async def today(db: Database) -> date:
    """By the store's clock."""
    return day_of(await now(db))
