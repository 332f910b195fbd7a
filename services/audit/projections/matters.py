"""Which matters are there, how far are they, and which seats may look at them?"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from contracts.intake import IssueSubmitted, ReporterErased
from contracts.leaving import IssueDeclined, IssueTransferred
from contracts.permission import Role
from contracts.routing import (
    IssueAccepted,
    IssueAnswered,
    IssueClosed,
    IssueDeliberated,
    IssuePromotedToTopic,
    IssueReopened,
    IssueRouted,
    IssueSigned,
    IssueTopicDecided,
    IssueWorkStarted,
)
from contracts.stages import AFTER_MEETING, AFTER_TOPIC
from kernel.database import Database
from kernel.decider import Actor
from kernel.envelope import About
from kernel.event import Event
from kernel.read.projection import Changes, Projection
from registry.organisations import below

DIGITS = 12
"""Of a public code."""
SEERS = frozenset(
    {
        *(Role.STATION_STAFF, Role.TOWN_LIAISON, Role.TOWN_COMMITTEE, Role.COMMUNITY_LIAISON),
        *(Role.COMMUNITY_SECRETARY, Role.GRID_WORKER, Role.COUNTY_CPPCC, Role.AUDITOR),
    }
)
"""Who deals with matters, and who looks on. Who keeps the system does not read them."""


@dataclass(slots=True)
class Matter:
    """`title`, `words` (redacted) and `place` rest sealed. `orgs`: where it was raised, for good,
    and who leads or helps now. Who stands above one of them sees it too."""

    issue_id: str
    code: str = ""
    title: str = ""
    words: str = ""
    place: str | None = None
    target: str = ""
    orgs: list[str] = field(default_factory=list)
    stage: str = "SUBMITTED"
    submitted_at: datetime | None = None
    erased: bool = False


matters = Projection(Matter, key="issue_id", version=1, indexes=("code", "submitted_at"))


@matters.when(IssueSubmitted)
def submitted(_row: Matter, fact: IssueSubmitted, about: About) -> Changes:
    place = fact.location.place
    return {
        "code": fact.public_code,
        "title": fact.title.token,
        "words": fact.text_redacted.token,
        "place": place.token if place else None,
        "target": fact.target.org_code,
        "orgs": [fact.target.org_code],
        "submitted_at": about.at,
    }


@matters.when(ReporterErased)
def erased(_row: Matter, _fact: ReporterErased, _about: About) -> Changes:
    return {"erased": True, "place": None}


@matters.when(IssueRouted)
def routed(row: Matter, fact: IssueRouted, _about: About) -> Changes:
    """Who led before has handed it over."""
    grid = [fact.grid_code] if fact.grid_code else []
    leg = {row.target, fact.to_org, fact.lead_org, *fact.co_orgs, *grid}
    return {"stage": "ROUTED", "orgs": sorted(leg)}


STAGES: dict[type[Event], str] = {
    IssueAccepted: "ACCEPTED",
    IssueSigned: "SIGNED",
    IssueWorkStarted: "IN_PROGRESS",
    IssuePromotedToTopic: "TOPIC_PENDING",
    IssueDeclined: "NOT_ACCEPTED",
    IssueTransferred: "TRANSFERRED",
    IssueAnswered: "ANSWERED",
    IssueReopened: "REWORK",
    IssueClosed: "CLOSED",
}


def moved(_row: Matter, fact: Event, _about: About) -> Changes:
    return {"stage": STAGES[type(fact)]}


for kind in STAGES:
    matters.when(kind)(moved)


@matters.when(IssueTopicDecided)
def topic_decided(row: Matter, fact: IssueTopicDecided, _about: About) -> Changes:
    """Whoever it was handed to leads from now on, and nobody else."""
    stage = AFTER_TOPIC[fact.decision]
    if fact.handling_org is None:
        return {"stage": stage}
    return {"stage": stage, "orgs": sorted({row.target, fact.handling_org})}


@matters.when(IssueDeliberated)
def deliberated(_row: Matter, fact: IssueDeliberated, _about: About) -> Changes:
    return {"stage": AFTER_MEETING[fact.outcome]}


# Only what the seat's own organisation, or one below it, deals with: asked of the store.
SEEN_BY = """
select m.* from read.matter m
 where m.submitted_at is not null and exists (
   select from jsonb_array_elements_text(m.orgs) as org(code) join below using (code))
"""
ONE = below(f"{SEEN_BY} and m.issue_id = :issue")
SOME = below(
    f"{SEEN_BY} and (m.issue_id = any(:found) or (m.code between :low and :high))"
    " order by m.submitted_at desc, m.issue_id limit :most"
)


async def seen(db: Database, by: Actor, issue_id: str) -> Row[Any] | None:
    """The matter, if this seat may look at it."""
    if by.role not in SEERS or not by.org:
        return None
    rows = await db.all(ONE, org=by.org, issue=issue_id)
    return rows[0] if rows else None


async def among(
    db: Database, by: Actor, found: Sequence[str], code: str, most: int
) -> Sequence[Row[Any]]:
    """Of those found, and of those whose code begins so, the ones that this seat may look at; the
    newest first."""
    if by.role not in SEERS or not by.org:
        return []
    low, high = (code.ljust(DIGITS, "0"), code.ljust(DIGITS, "9")) if code else ("", "")
    return await db.all(SOME, org=by.org, found=list(found), low=low, high=high, most=most)
