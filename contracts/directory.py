"""What directory tells the city: organisations since when, seats, and who sits in them."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from pydantic import AwareDatetime

from contracts.permission import Role
from kernel.event import Event


class Level(StrEnum):
    """The tree from the city down to the grid; the last three stand outside it."""

    CITY = "CITY"
    COUNTY = "COUNTY"
    TOWN = "TOWN"
    VILLAGE = "VILLAGE"
    GRID = "GRID"
    DEPT = "DEPT"
    PROPERTY_CO = "PROPERTY_CO"
    ENTERPRISE_PLATFORM = "ENTERPRISE_PLATFORM"


TREE = (Level.CITY, Level.COUNTY, Level.TOWN, Level.VILLAGE, Level.GRID)


class Facility(StrEnum):
    """What a town or village deliberates in (domain.md 1, 5 and 6)."""

    STATION = "STATION"
    COUNCIL = "COUNCIL"
    ROOM = "ROOM"


class OrganisationOpened(Event):
    """An organisation is there from that day on. Its statistics code is the subject."""

    name: str
    level: Level
    located_in: str | None  # the organisation above it on the map; None for the city alone
    managed_by: str | None = None  # where another answers for it, as a functional area does
    opened_on: date


class OrganisationRenamed(Event):
    """It bears another name from that day on."""

    name: str
    since: date


class OrganisationMoved(Event):
    """It belongs elsewhere from that day on."""

    located_in: str
    managed_by: str | None = None
    since: date


class OrganisationClosed(Event):
    """It is there no more from that day on."""

    closed_on: date


class FacilityOpened(Event):
    """A station, council or room works from that day on. Its address is public."""

    facility: Facility
    address: str
    opened_on: date


class FacilityClosed(Event):
    """It works no more from that day on."""

    facility: Facility
    closed_on: date


class SeatOpened(Event):
    """There is a seat: a role on an organisation. Whoever takes it may act for it."""

    role: Role
    org_code: str


class SeatTaken(Event):
    """An account sits there from now on."""

    account_id: UUID


class SeatLeft(Event):
    """Nobody sits there any more."""


class AccountOpened(Event):
    """Somebody may sign in. Who they are and how they sign in stays with directory alone."""


class SessionsEnded(Event):
    """Whatever was signed before this holds no more."""

    before: AwareDatetime
