"""Who may look at what a council deliberates, and about which matters: those of their subtree."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from contracts.permission import COUNCIL, Tree
from kernel.decider import Actor, Refused


def may_see(by: Actor, org: str, tree: Tree) -> bool:
    return by.role in COUNCIL and bool(by.org) and tree.covers(by.org, org)


Matters = Mapping[UUID, frozenset[str]]
"""Of each matter the organisations that answer it."""


def must_be_matters_of(org: str, issues: Iterable[UUID], matters: Matters, tree: Tree) -> None:
    """What a council makes of a matter moves it, so nobody names one of elsewhere."""
    for issue in issues:
        if not any(tree.covers(org, one) for one in matters.get(issue, ())):
            raise Refused("no-such-issue")
