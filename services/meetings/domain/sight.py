"""Who may look at what a council deliberates, and about which matters: those of their subtree."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from contracts.leaving import IssueDeclined, IssueTransferred
from contracts.permission import COUNCIL, Tree
from contracts.routing import IssueRouted, IssueSigned, Lane
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


Handling = IssueRouted | IssueSigned | IssueDeclined | IssueTransferred
Handlings = Mapping[UUID, Handling]
"""Of each matter what routing last told of who has it."""


def must_be_taken_on(issues: Iterable[UUID], handlings: Handlings) -> None:
    """Else the topic could not take them along. One that was declined or handed on it leaves."""
    waiting = [issue for issue in issues if not is_taken_on(handlings.get(issue))]
    if waiting:
        raise Refused("matters-not-taken-on", count=len(waiting))


def is_taken_on(handling: Handling | None) -> bool:
    """Sent to the street, or signed by whom it was sent to."""
    match handling:
        case None:
            return False
        case IssueRouted(lane=lane):
            return lane is Lane.STREET
        case _:
            return True
