"""What stands in the file of one meeting? Read from its own stream, so it is never behind."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contracts.meetings import Form, MeetingHeld, TopicLevel
from kernel.database import Database
from kernel.store import load
from services.meetings.domain.decider import MEETING
from services.meetings.domain.meeting import Fact, Meeting
from services.meetings.projections.topic_file import last


@dataclass(frozen=True, slots=True)
class MeetingFile:
    """`org`, `level`, `form` and the matters are there from the draft on, or from the record of a
    meeting that was recorded afterwards."""

    meeting_id: UUID
    meeting: Meeting
    org: str
    level: TopicLevel
    form: Form
    topic_ids: Sequence[UUID]
    issue_ids: Sequence[UUID]
    facts: Sequence[Fact]
    version: int
    now: datetime

    @property
    def held(self) -> MeetingHeld | None:
        return last(self.facts, MeetingHeld)


async def meeting_file(db: Database, meeting_id: UUID) -> MeetingFile | None:
    past = await load(db, MEETING.facts, MEETING.id(meeting_id))
    meeting = MEETING.decider.after(past.facts)
    begun = meeting.drafted or last(past.facts, MeetingHeld)
    if begun is None:
        return None
    return MeetingFile(
        meeting_id=meeting_id,
        meeting=meeting,
        org=begun.org_code,
        level=begun.level,
        form=begun.form,
        topic_ids=begun.topic_ids,
        issue_ids=begun.issue_ids,
        facts=past.facts,
        version=past.version,
        now=past.now,
    )
