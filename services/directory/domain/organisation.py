"""An organisation: opened, renamed, moved, closed; and the facilities it keeps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Annotated, assert_never

from pydantic import Field

from contracts.directory import (
    TREE,
    Facility,
    FacilityClosed,
    FacilityOpened,
    Level,
    OrganisationClosed,
    OrganisationMoved,
    OrganisationOpened,
    OrganisationRenamed,
)
from contracts.permission import KEEPERS, must_be
from kernel.decider import Call, Decider, Refused, Stream
from kernel.event import Kinds

Name = Annotated[str, Field(min_length=1, max_length=100)]
Address = Annotated[str, Field(min_length=1, max_length=200)]
Code = Annotated[str, Field(pattern=r"^[0-9A-Za-z-]{1,40}$")]

# ── wishes ──────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class OpenOrganisation:
    name: Name
    level: Level
    opened_on: date
    located_in: Code | None = None
    managed_by: Code | None = None


@dataclass(frozen=True, slots=True)
class RenameOrganisation:
    name: Name
    since: date


@dataclass(frozen=True, slots=True)
class MoveOrganisation:
    located_in: Code
    since: date
    managed_by: Code | None = None


@dataclass(frozen=True, slots=True)
class CloseOrganisation:
    closed_on: date


@dataclass(frozen=True, slots=True)
class OpenFacility:
    facility: Facility
    address: Address
    opened_on: date


@dataclass(frozen=True, slots=True)
class CloseFacility:
    facility: Facility
    closed_on: date


Wish = (
    OpenOrganisation
    | RenameOrganisation
    | MoveOrganisation
    | CloseOrganisation
    | OpenFacility
    | CloseFacility
)

Fact = (
    OrganisationOpened
    | OrganisationRenamed
    | OrganisationMoved
    | OrganisationClosed
    | FacilityOpened
    | FacilityClosed
)
FACTS: Kinds[Fact] = Kinds(Fact)

# ── what the rules remember, and what they may look at ──────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Organisation:
    opened: OrganisationOpened | None = None
    name: str = ""
    located_in: str | None = None
    managed_by: str | None = None
    closed_on: date | None = None
    facilities: Mapping[Facility, FacilityOpened] = field(default_factory=dict)

    def open(self) -> OrganisationOpened:
        if self.opened is None:
            raise Refused("no-such-organisation")
        if self.closed_on is not None:
            raise Refused("organisation-closed", closed_on=self.closed_on)
        return self.opened


@dataclass(frozen=True, slots=True)
class Desk:
    """`above`: the level of the organisation that the wish names above it; None: there is none."""

    call: Call
    above: Level | None = None


# ── rules, one for each wish ────────────────────────────────────────────────────────────────


def decide(wish: Wish, org: Organisation, desk: Desk) -> Sequence[Fact]:
    must_be(desk.call.by, KEEPERS)
    match wish:
        case OpenOrganisation():
            return open_organisation(wish, org, desk)
        case RenameOrganisation():
            return rename(wish, org)
        case MoveOrganisation():
            return move(wish, org, desk)
        case CloseOrganisation():
            return close(wish, org)
        case OpenFacility():
            return open_facility(wish, org)
        case CloseFacility():
            return close_facility(wish, org)
        case _:
            assert_never(wish)


def open_organisation(wish: OpenOrganisation, org: Organisation, desk: Desk) -> Sequence[Fact]:
    if org.opened:
        return []
    must_fit(wish.level, wish.located_in, desk.above)
    return [
        OrganisationOpened(
            name=wish.name,
            level=wish.level,
            located_in=wish.located_in,
            managed_by=wish.managed_by,
            opened_on=wish.opened_on,
        )
    ]


def rename(wish: RenameOrganisation, org: Organisation) -> Sequence[Fact]:
    not_before(wish.since, org.open().opened_on)
    if wish.name == org.name:
        return []
    return [OrganisationRenamed(name=wish.name, since=wish.since)]


def move(wish: MoveOrganisation, org: Organisation, desk: Desk) -> Sequence[Fact]:
    opened = org.open()
    not_before(wish.since, opened.opened_on)
    if (wish.located_in, wish.managed_by) == (org.located_in, org.managed_by):
        return []
    must_fit(opened.level, wish.located_in, desk.above)
    return [
        OrganisationMoved(located_in=wish.located_in, managed_by=wish.managed_by, since=wish.since)
    ]


def close(wish: CloseOrganisation, org: Organisation) -> Sequence[Fact]:
    if org.closed_on == wish.closed_on:
        return []
    not_before(wish.closed_on, org.open().opened_on)
    return [OrganisationClosed(closed_on=wish.closed_on)]


def open_facility(wish: OpenFacility, org: Organisation) -> Sequence[Fact]:
    not_before(wish.opened_on, org.open().opened_on)
    if wish.facility in org.facilities:
        return []
    return [FacilityOpened(facility=wish.facility, address=wish.address, opened_on=wish.opened_on)]


def close_facility(wish: CloseFacility, org: Organisation) -> Sequence[Fact]:
    org.open()
    kept = org.facilities.get(wish.facility)
    if kept is None:
        return []
    not_before(wish.closed_on, kept.opened_on)
    return [FacilityClosed(facility=wish.facility, closed_on=wish.closed_on)]


def must_fit(level: Level, named: str | None, above: Level | None) -> None:
    """In the tree each stands one step below the other; those outside it may stand anywhere."""
    if named is not None and above is None:
        raise Refused("no-such-organisation-above", code=named)
    if level in TREE and above != ([None, *TREE][TREE.index(level)]):
        raise Refused("level-does-not-fit", level=level, above=above)


def not_before(day: date, first: date) -> None:
    if day < first:
        raise Refused("before-it-was-opened", opened_on=first)


def evolve(org: Organisation, fact: Fact) -> Organisation:
    match fact:
        case OrganisationOpened():
            there = replace(org, located_in=fact.located_in, managed_by=fact.managed_by)
            return replace(there, opened=fact, name=fact.name)
        case OrganisationRenamed():
            return replace(org, name=fact.name)
        case OrganisationMoved():
            return replace(org, located_in=fact.located_in, managed_by=fact.managed_by)
        case OrganisationClosed():
            return replace(org, closed_on=fact.closed_on)
        case FacilityOpened():
            return replace(org, facilities={**org.facilities, fact.facility: fact})
        case FacilityClosed():
            left = {kind: kept for kind, kept in org.facilities.items() if kind != fact.facility}
            return replace(org, facilities=left)
        case _:
            assert_never(fact)


decider: Decider[Wish, Organisation, Fact, Desk] = Decider(Organisation(), decide, evolve)
ORGANISATION = Stream("org", "directory.events.v1", FACTS, decider)
