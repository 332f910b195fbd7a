"""A small trade to measure: a parcel is handed in, then passed on from depot to depot."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kernel.decider import Call, Decider, Stream
from kernel.envelope import About
from kernel.event import Event, Kinds
from kernel.read.projection import Changes, Projection

TOPIC = "parcels.v1"
DEPOTS = 7
NOTE = "Keep dry; this side up. " * 9
"""Fills a fact to about 300 bytes."""


@dataclass(frozen=True, slots=True)
class Carry:
    """The next `steps` facts of a parcel."""

    steps: int


class ParcelTaken(Event):
    """Somebody handed a parcel in."""

    sender: str
    town: str
    weight: int
    express: bool
    note: str


class ParcelMoved(Event):
    """A depot passed it on."""

    depot: str
    lane: int
    carrier: str
    weight: int
    note: str


Fact = ParcelTaken | ParcelMoved
FACTS: Kinds[Fact] = Kinds(Fact)


def fact(version: int) -> Fact:
    """What a parcel's history says there: the same for all parcels, as `filling` writes it."""
    if version == 1:
        return ParcelTaken(sender="sender-12", town="town-3", weight=1200, express=False, note=NOTE)
    depot, carrier = f"depot-{version % DEPOTS}", f"carrier-{version % 5}"
    return ParcelMoved(depot=depot, lane=version, carrier=carrier, weight=1200, note=NOTE)


def decide(wish: Carry, carried: int, _call: Call) -> Sequence[Fact]:
    return [fact(version) for version in range(carried + 1, carried + wish.steps + 1)]


def evolve(carried: int, _fact: Fact) -> int:
    return carried + 1


decider: Decider[Carry, int, Fact, Call] = Decider(0, decide, evolve)
PARCEL = Stream("parcel", TOPIC, FACTS, decider)


@dataclass(slots=True)
class Track:
    """Where is my parcel? Fourteen columns."""

    parcel: str
    sender: str = ""
    town: str = ""
    weight: int = 0
    express: bool = False
    depot: str = ""
    lane: int = 0
    carrier: str = ""
    note: str = ""
    moves: int = 0
    taken_at: datetime | None = None
    moved_at: datetime | None = None
    stage: str = ""
    version: int = 0


track = Projection(Track, key="parcel", version=1)


@track.when(ParcelTaken)
def taken(_row: Track, fact: ParcelTaken, about: About) -> Changes:
    return {
        "sender": fact.sender,
        "town": fact.town,
        "weight": fact.weight,
        "express": fact.express,
        "note": fact.note,
        "taken_at": about.at,
        "stage": "taken",
        "version": about.version,
    }


@track.when(ParcelMoved)
def moved(row: Track, fact: ParcelMoved, about: About) -> Changes:
    return {
        "depot": fact.depot,
        "lane": fact.lane,
        "carrier": fact.carrier,
        "weight": fact.weight,
        "note": fact.note,
        "moves": row.moves + 1,
        "moved_at": about.at,
        "stage": "moving",
        "version": about.version,
    }
