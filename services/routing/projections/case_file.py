"""What is on file about one matter? From its own stream, so that nothing is ever behind."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text

from contracts.intake import IssueEvaluated, IssueSubmitted, ReporterErased
from contracts.permission import Tree
from contracts.stages import Stage
from kernel.clock import now
from kernel.database import Database
from kernel.decider import Actor
from kernel.envelope import ENVELOPE
from kernel.event import Event, Kinds
from kernel.web.problems import Problem
from services.routing.domain import case
from services.routing.domain.case import Case
from services.routing.domain.decider import CASE
from services.routing.domain.possible import may_see

Voice = IssueSubmitted | IssueEvaluated | ReporterErased
VOICES: Kinds[Voice] = Kinds(Voice)
STEPS = text("""
select true as ours, type, schema_ver, data, meta, at, version from kernel.events
 where stream_id = :case
union all
select false, type, schema_ver, data, meta, at, version from kernel.journal
 where source = 'intake' and stream_id = :issue and not waits
 order by at, ours, version
""")


@dataclass(frozen=True, slots=True)
class Step:
    """One fact of the history: our own, or a voice of the resident."""

    fact: Event
    at: datetime
    by: Actor
    ours: bool


@dataclass(frozen=True, slots=True)
class CaseFile:
    issue_id: str
    case: Case
    version: int
    steps: Sequence[Step]
    now: datetime

    @property
    def raised(self) -> IssueSubmitted | None:
        return next((s.fact for s in self.steps if isinstance(s.fact, IssueSubmitted)), None)


async def case_file(db: Database, issue_id: str) -> CaseFile:
    """An unknown matter has an empty file."""
    rows = await db.all(STEPS, case=CASE.id(issue_id), issue=f"issue-{issue_id}")
    steps = [step for row in rows if (step := step_of(row))]
    state = CASE.decider.after(step.fact for step in steps if step.ours)  # type: ignore[misc]
    version = max((row.version for row in rows if row.ours), default=0)
    return CaseFile(issue_id, state, version, steps, await now(db))


async def file_for(db: Database, by: Actor, issue_id: str, tree: Tree) -> CaseFile:
    """Raises Problem: 404 where there is no such matter, 403 where it is no business of theirs."""
    file = await case_file(db, issue_id)
    if file.case.stage is Stage.UNKNOWN:
        raise Problem(404, "no-such-case")
    if not may_see(by, file.case, tree):
        raise Problem(403, "not-your-organisations")
    return file


def step_of(row: Row[Any]) -> Step | None:
    """What intake tells besides is for others."""
    read = case.FACTS.read if row.ours else VOICES.hear
    fact: Event | None = read(row.type, row.schema_ver, row.data)
    by = ENVELOPE.validate_json(row.meta).actor
    return Step(fact, row.at, by, row.ours) if fact else None
