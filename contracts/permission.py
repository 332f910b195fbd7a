"""Who may do what: a role on an organisation covers its subtree; what is not granted is denied."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from kernel.decider import Actor, Forbidden


class Role(StrEnum):
    """The seats of domain.md 2 that act so far; more come with the services that need them."""

    RESIDENT = "resident"
    GRID_WORKER = "grid_worker"
    COMMUNITY_LIAISON = "community_liaison"
    COMMUNITY_SECRETARY = "community_secretary"
    TOWN_LIAISON = "town_liaison"
    STATION_STAFF = "station_staff"
    TOWN_COMMITTEE = "town_committee"
    COUNTY_CPPCC = "county_cppcc"
    MEMBER = "member"
    AUDITOR = "auditor"
    SYS_ADMIN = "sys_admin"
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class Tree:
    """`above`: each organisation's code → the code of who answers for it."""

    above: Mapping[str, str]

    def covers(self, org: str, other: str) -> bool:
        """Whether `other` is `org` or lies below it."""
        seen: set[str] = set()
        while other != org and other in self.above and other not in seen:
            seen.add(other)
            other = self.above[other]
        return other == org


STATION = frozenset({Role.STATION_STAFF})
LIAISONS = frozenset({Role.COMMUNITY_LIAISON, Role.TOWN_LIAISON})
HANDLERS = LIAISONS | {Role.GRID_WORKER}
"""Who works on what was sent to their organisation."""
HEADS = frozenset({Role.COMMUNITY_SECRETARY, Role.TOWN_COMMITTEE})
"""Who answers for an organisation of theirs."""
COUNCIL = (
    STATION
    | HANDLERS
    | {
        *(Role.TOWN_COMMITTEE, Role.COMMUNITY_SECRETARY, Role.MEMBER, Role.COUNTY_CPPCC),
    }
)
"""Who may look at what a council deliberates."""
KEEPERS = frozenset({Role.SYS_ADMIN, Role.SERVICE})
"""Who keeps the directory: neither is a seat of the trade."""


def must_be(by: Actor, roles: Collection[str]) -> None:
    """Raises Forbidden unless this seat has one of the roles, on whatever organisation."""
    if by.role not in roles:
        raise Forbidden("not-in-your-seat")


def must(by: Actor, roles: Collection[str], org: str, tree: Tree) -> None:
    """Raises Forbidden unless this seat has one of the roles on the organisation or above it."""
    must_be(by, roles)
    if not by.org or not tree.covers(by.org, org):
        raise Forbidden("not-in-your-seat")
