"""Who may look at what a council deliberates: those who work for it, in their own subtree."""

from contracts.permission import Role, Tree
from kernel.decider import Actor

COUNCIL = frozenset(
    {
        Role.STATION_STAFF,
        Role.TOWN_LIAISON,
        Role.TOWN_COMMITTEE,
        Role.COMMUNITY_LIAISON,
        Role.COMMUNITY_SECRETARY,
        Role.GRID_WORKER,
        Role.MEMBER,
        Role.COUNTY_CPPCC,
    }
)


def may_see(by: Actor, org: str, tree: Tree) -> bool:
    return by.role in COUNCIL and bool(by.org) and tree.covers(by.org, org)
