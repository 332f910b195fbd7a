"""Which organisations are there on a day, and where do they stand?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, TextClause, text

from contracts.directory import (
    FacilityClosed,
    FacilityOpened,
    OrganisationClosed,
    OrganisationMoved,
    OrganisationOpened,
    OrganisationRenamed,
)
from kernel.database import Database
from kernel.envelope import About
from kernel.read.projection import Changes, Projection


@dataclass(slots=True)
class Organisation:
    code: str
    name: str = ""
    level: str = ""
    located_in: str | None = None
    managed_by: str | None = None
    opened_on: date = date.max
    closed_on: date | None = None
    station: str | None = None
    council: str | None = None
    room: str | None = None
    changed: int = 0
    """The place in the local order where this was last told of."""


INDEXES = ("located_in", "name", "changed")
organisations = Projection(Organisation, key="code", version=1, indexes=INDEXES)


@organisations.when(OrganisationOpened)
def opened(_row: Organisation, fact: OrganisationOpened, about: About) -> Changes:
    return {
        "changed": about.seq,
        "name": fact.name,
        "level": fact.level.value,
        "located_in": fact.located_in,
        "managed_by": fact.managed_by,
        "opened_on": fact.opened_on,
    }


@organisations.when(OrganisationRenamed)
def renamed(_row: Organisation, fact: OrganisationRenamed, about: About) -> Changes:
    return {"changed": about.seq, "name": fact.name}


@organisations.when(OrganisationMoved)
def moved(_row: Organisation, fact: OrganisationMoved, about: About) -> Changes:
    return {"changed": about.seq, "located_in": fact.located_in, "managed_by": fact.managed_by}


@organisations.when(OrganisationClosed)
def closed(_row: Organisation, fact: OrganisationClosed, about: About) -> Changes:
    return {"changed": about.seq, "closed_on": fact.closed_on}


@organisations.when(FacilityOpened)
def facility_opened(_row: Organisation, fact: FacilityOpened, about: About) -> Changes:
    return {"changed": about.seq, fact.facility.lower(): fact.address}


@organisations.when(FacilityClosed)
def facility_closed(_row: Organisation, fact: FacilityClosed, about: About) -> Changes:
    return {"changed": about.seq, fact.facility.lower(): None}


BELOW = """
with recursive below as (
  select cast(:org as text) as code
  union select o.code from below join read.organisation o
     on coalesce(o.managed_by, o.located_in) = below.code
)"""
ACTIVE = "opened_on <= :day and (closed_on is null or closed_on > :day)"
COUNTS = text(f"select level, count(*) as n from read.organisation where {ACTIVE} group by level")  # noqa: S608
# The way down from the city, so that a name that stands twice can be told apart.
PATH = text("""
with recursive way as (
  select code, name, located_in, 1 as step from read.organisation where code = :code
  union all
  select o.code, o.name, o.located_in, step + 1 from way join read.organisation o
    on o.code = way.located_in where step < 10
)
select name from way order by step desc
""")
NAMED = text(
    f"select code from read.organisation where name = :name and {ACTIVE} order by code limit :most"  # noqa: S608
)


def below(query: str) -> TextClause:
    """A query that may use `below (code)`: the organisation `:org` and all that are under it."""
    return text(f"{BELOW} {query}")


async def counts(db: Database, day: date) -> dict[str, int]:
    """How many are there on that day, by level."""
    return {row.level: row.n for row in await db.all(COUNTS, day=day)}


async def path(db: Database, code: str) -> list[str]:
    """Names from the city down; empty for a code that is not known."""
    return [row.name for row in await db.all(PATH, code=code)]


async def named(db: Database, name: str, day: date, most: int = 50) -> Sequence[Row[Any]]:
    return await db.all(NAMED, name=name, day=day, most=most)
