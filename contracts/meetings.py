"""What meetings tells the city: topics that were decided on, and what councils made of them.

What is said and agreed is sealed under the meeting or topic it belongs to.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, Field

from contracts.intake import Code, Count, Part
from kernel.event import Event
from kernel.seal.sealed import Sealed

# ── topics ──────────────────────────────────────────────────────────────────────────────────


class TopicLevel(StrEnum):
    """Who decides: the community's Party organisation, or the street's Party committee."""

    VILLAGE = "VILLAGE"
    TOWN = "TOWN"


class TopicSource(StrEnum):
    ISSUE = "ISSUE"
    CLUSTER = "CLUSTER"
    MEMBER = "MEMBER"
    RESIDENTS = "RESIDENTS"
    COMMITTEE = "COMMITTEE"


class TopicProposed(Event):
    """Somebody says that a council should deliberate this. The subject is the topic."""

    org_code: Code
    level: TopicLevel
    source: TopicSource
    issue_ids: tuple[UUID, ...]
    question: Sealed
    sub_questions: tuple[Sealed, ...] = ()


class TopicSubmitted(Event):
    """Its package is complete and lies before who decides."""

    background: Sealed
    parties: tuple[Sealed, ...]
    options: tuple[Sealed, ...]
    decide_by: AwareDatetime


class TopicApproved(Event):
    """The committee made it a topic. The record's number is the committee's own."""

    decided_on: date
    record_no: str
    conditions: tuple[Sealed, ...] = ()
    meet_by: AwareDatetime


class TopicRejected(Event):
    """The committee said no, and who deals with it instead."""

    decided_on: date
    record_no: str
    why: Sealed
    handling_org: Code


class TopicDeferred(Event):
    """The committee will look at it again on that day."""

    decided_on: date
    record_no: str
    why: Sealed
    until: date


# ── meetings ────────────────────────────────────────────────────────────────────────────────


class Form(StrEnum):
    """The ten kinds of meeting (domain.md 4.1)."""

    CONFERENCE = "CONFERENCE"
    ON_SITE = "ON_SITE"
    BUILDING = "BUILDING"
    COURTYARD = "COURTYARD"
    STOOL = "STOOL"
    COMMUNICATION = "COMMUNICATION"
    ONLINE = "ONLINE"
    MICRO = "MICRO"
    HOUSEHOLD_VISIT = "HOUSEHOLD_VISIT"
    ROADSIDE = "ROADSIDE"


class SeatRole(StrEnum):
    PARTY = "PARTY"
    RESIDENT_REP = "RESIDENT_REP"
    MEMBER = "MEMBER"
    LIAISON = "LIAISON"
    DEPT = "DEPT"
    PROPERTY = "PROPERTY"
    EXPERT = "EXPERT"


class ItemType(StrEnum):
    INFORM = "INFORM"
    DISCUSS = "DISCUSS"
    DECIDE = "DECIDE"


class AgendaItem(Part):
    no: int
    question: Sealed
    type: ItemType
    minutes: Annotated[int, Field(gt=0, le=480)]
    topic_id: UUID | None = None


class MeetingDrafted(Event):
    """A council is to deliberate these topics. The subject is the meeting."""

    org_code: Code
    level: TopicLevel
    topic_ids: tuple[UUID, ...]
    issue_ids: tuple[UUID, ...]
    form: Form
    convenor_seat: UUID
    chair_seat: UUID
    recorder_seat: UUID
    agenda: tuple[AgendaItem, ...]


class ParticipantInvited(Event):
    """A place at the table. Whose it is stands in a vault."""

    place: int
    role: SeatRole
    required: bool
    member_seat: UUID | None = None
    person_ref: UUID | None = None


class MeetingNoticed(Event):
    """When and where is told to all who are invited."""

    starts_at: AwareDatetime
    ends_at: AwareDatetime
    venue: Sealed
    waived: tuple[SeatRole, ...] = ()
    waiver_reason: Sealed | None = None


class CheckInMethod(StrEnum):
    QR = "QR"
    PAPER = "PAPER"
    STAFF = "STAFF"
    ONLINE = "ONLINE"


class ParticipantCheckedIn(Event):
    """Somebody is there."""

    place: int
    method: CheckInMethod
    at: AwareDatetime


class Outcome(StrEnum):
    CONSENSUS = "CONSENSUS"
    VOTED_PASS = "VOTED_PASS"  # noqa: S105
    VOTED_FAIL = "VOTED_FAIL"
    NO_CONSENSUS = "NO_CONSENSUS"
    DEFERRED = "DEFERRED"


class ItemDecided(Event):
    """What came of one question of the agenda."""

    no: int
    outcome: Outcome
    agreed: Sealed | None = None
    votes_for: Count = 0
    votes_against: Count = 0
    abstained: Count = 0


class ItemOutcome(Part):
    no: int
    outcome: Outcome
    topic_id: UUID | None = None


class Attendance(Part):
    invited: Count
    present: Count
    by_role: dict[SeatRole, int]


class MeetingHeld(Event):
    """The meeting took place; duty and answers go back to this."""

    org_code: Code
    level: TopicLevel
    form: Form
    topic_ids: tuple[UUID, ...]
    issue_ids: tuple[UUID, ...]
    started_at: AwareDatetime
    ended_at: AwareDatetime
    attendance: Attendance
    member_seats: tuple[UUID, ...]
    quorum_rule: str
    quorum_met: bool
    items: tuple[ItemOutcome, ...]
    result: Sealed | None = None  # of a meeting that was recorded after it took place
    recorded_offline: bool = False
