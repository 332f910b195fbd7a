"""What are the matters called that a topic or a meeting is about, and who may read that?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from contracts.intake import IssueSubmitted
from contracts.routing import IssueRouted
from kernel.database import Database
from kernel.envelope import About
from kernel.read.projection import Changes, Projection
from registry.organisations import below


@dataclass(slots=True)
class IssueTitle:
    """`title` rests sealed. Whom it was told, who leads and in which grid: each of them sees it."""

    issue_id: str
    code: str = ""
    title: str = ""
    target_org: str = ""
    lead_org: str | None = None
    grid_code: str | None = None


INDEXES = ("target_org", "lead_org")
issue_titles = Projection(IssueTitle, key="issue_id", version=1, indexes=INDEXES)


@issue_titles.when(IssueSubmitted)
def submitted(_row: IssueTitle, fact: IssueSubmitted, _about: About) -> Changes:
    return {
        "code": fact.public_code,
        "title": fact.title.token,
        "target_org": fact.target.org_code,
    }


@issue_titles.when(IssueRouted)
def routed(_row: IssueTitle, fact: IssueRouted, _about: About) -> Changes:
    return {"lead_org": fact.lead_org, "grid_code": fact.grid_code}


SEEN = below("""
select * from read.issue_title
 where issue_id = any(:issues) and code <> ''
   and exists (select from below where below.code in (target_org, lead_org, grid_code))
 order by code
""")


async def seen(db: Database, org: str, issues: Iterable[UUID]) -> Sequence[Row[Any]]:
    """Of these matters the ones that a seat on `org` may see."""
    return await db.all(SEEN, org=org, issues=sorted(str(one) for one in issues))
