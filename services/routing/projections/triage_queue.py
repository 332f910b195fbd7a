"""What waits at a station for a decision, and which of it is due first?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from contracts.intake import IssueSubmitted
from contracts.leaving import IssueDeclined, IssueTransferred
from contracts.routing import IssueAccepted, IssueRouted
from kernel.database import Database
from kernel.envelope import About
from kernel.read.projection import Changes, Projection
from registry.organisations import below
from services.routing.domain.case import CaseOpened
from services.routing.projections import PAGE


@dataclass(slots=True)
class TriageQueue:
    """`title` rests sealed. A row is there from the moment it was raised until it is routed."""

    issue_id: str
    code: str = ""
    org: str = ""
    title: str = ""
    category: str | None = None
    urgency: str | None = None
    affected_hh: int | None = None
    village: str | None = None
    channel: str = ""
    submitted_at: datetime | None = None
    triage_by: datetime | None = None
    version: int = 0


triage_queue = Projection(TriageQueue, key="issue_id", version=2, indexes=("org",))


@triage_queue.when(IssueSubmitted)
def submitted(_row: TriageQueue, fact: IssueSubmitted, about: About) -> Changes:
    return {
        "code": fact.public_code,
        "org": fact.target.org_code,
        "title": fact.title.token,
        "category": fact.category_hint,
        "village": fact.location.village_code,
        "channel": fact.channel.value,
        "submitted_at": about.at,
    }


@triage_queue.when(CaseOpened)
def opened(_row: TriageQueue, fact: CaseOpened, about: About) -> Changes:
    return {"triage_by": fact.triage_by, "version": about.version}


@triage_queue.when(IssueAccepted)
def accepted(_row: TriageQueue, fact: IssueAccepted, about: About) -> Changes:
    matter = fact.assessment
    return {
        "category": matter.category,
        "urgency": matter.urgency.value,
        "affected_hh": matter.affected_hh,
        "version": about.version,
    }


@triage_queue.when(IssueRouted)
def routed(_row: TriageQueue, _fact: IssueRouted, _about: About) -> Changes:
    return None


@triage_queue.when(IssueDeclined)
def declined(_row: TriageQueue, _fact: IssueDeclined, _about: About) -> Changes:
    return None


@triage_queue.when(IssueTransferred)
def transferred(_row: TriageQueue, _fact: IssueTransferred, _about: About) -> Changes:
    return None


# The seat's subtree decides what is seen at all; emergencies stand first, then what is due first.
WAITING = below("""
select q.*, p.name as org_name from read.triage_queue q join below on below.code = q.org
  left join read.organisation p on p.code = coalesce(q.village, q.org)
 where triage_by is not null
   and (cast(:upto as timestamptz) is null or triage_by <= :upto)
   and (cast(:only as text) = '' or issue_id = :only)
 order by urgency is distinct from 'EMERGENCY', triage_by, issue_id limit :most offset :start
""")
COUNTS = below("""
select count(*) as n, count(*) filter (where triage_by <= :at) as late
  from read.triage_queue q join below on below.code = q.org where triage_by is not null
""")
DUE = below("""
select count(*) as n from read.triage_queue q join below on below.code = q.org
 where triage_by <= :upto
""")


NEW = below("""
select count(*) as n from read.triage_queue q join below on below.code = q.org
 where triage_by is not null and submitted_at > :at
""")


async def waiting(
    db: Database, org: str, upto: datetime | None = None, start: int = 0, most: int = PAGE + 1
) -> Sequence[Row[Any]]:
    """For a seat on `org`: what waits there or below it. With one row more than a page shows, if
    there are more."""
    return await db.all(WAITING, org=org, upto=upto, only="", start=start, most=most)


async def waits(db: Database, org: str, issue: str) -> Row[Any] | None:
    """That one, if it is among them."""
    rows = await db.all(WAITING, org=org, upto=None, only=issue, start=0, most=1)
    return rows[0] if rows else None


async def counts(db: Database, org: str, at: datetime) -> tuple[int, int]:
    """How many wait, and how many of them are late."""
    row = await db.one(COUNTS, org=org, at=at)
    return row.n, row.late


async def due(db: Database, org: str, upto: datetime) -> int:
    """How many of them are late, or will be then."""
    return int((await db.one(DUE, org=org, upto=upto)).n)


async def new_since(db: Database, org: str, at: datetime) -> int:
    return int((await db.one(NEW, org=org, at=at)).n)
