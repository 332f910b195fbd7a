"""What routing tells the city: who answers a matter, by when, and what came of it (domain.md 3.2).

What staff write is sealed under `issue`: the resident may go, and it stays.
"""

from datetime import date
from enum import StrEnum
from uuid import UUID

from pydantic import AwareDatetime

from contracts.intake import Attachment, Code, Count, Part, Solved
from kernel.event import Event
from kernel.seal.sealed import Sealed


class Urgency(StrEnum):
    EMERGENCY = "EMERGENCY"
    UTILITY = "UTILITY"
    NORMAL = "NORMAL"
    COMPLEX = "COMPLEX"


class UrgentNeed(StrEnum):
    """急难愁盼"""

    URGENT = "急"
    HARD = "难"
    WORRYING = "愁"
    HOPED_FOR = "盼"


class Scope(StrEnum):
    HOUSEHOLD = "HOUSEHOLD"
    BUILDING = "BUILDING"
    GRID = "GRID"
    COMMUNITY = "COMMUNITY"
    STREET = "STREET"
    CROSS = "CROSS"


class CostBand(StrEnum):
    """In yuan: below 20,000, up to 499,999, and from 500,000 on."""

    SMALL = "SMALL"
    MIDDLE = "MIDDLE"
    LARGE = "LARGE"


class MatterClass(StrEnum):
    """Matters that a deliberation may not decide by itself (domain.md 4.5)."""

    ORDINARY = "ORDINARY"
    RULE = "RULE"
    COLLECTIVE = "COLLECTIVE"
    OWNERS = "OWNERS"


class Outage(Part):
    """Water, power, gas or heating is gone."""

    households: Count
    hours: Count
    heating: bool = False


class Assessment(Part):
    """What the decision table looks at. `assumed` names what nobody said, and its category's usual
    band was taken for."""

    category: str
    urgency: Urgency
    urgent_need: UrgentNeed | None = None
    affected_hh: Count
    scope: Scope
    cost_band: CostBand
    parties: Count
    depts: Count
    daily_or_temporary: bool
    danger: bool = False
    outage: Outage | None = None
    chronic: bool = False
    joint_reporters: Count = 1
    matter_class: MatterClass = MatterClass.ORDINARY
    assumed: tuple[str, ...] = ()


class IssueAccepted(Event):
    """The station looked at the matter and took it on."""

    assessment: Assessment


class Lane(StrEnum):
    """The three councils: grid, community, street."""

    GRID = "GRID"
    COMMUNITY = "COMMUNITY"
    STREET = "STREET"


class Mode(StrEnum):
    """微协商, 小事小议, 大事大议, 急事快议"""

    MICRO = "MICRO"
    MINOR = "MINOR"
    MAJOR = "MAJOR"
    URGENT = "URGENT"


class IssueRouted(Event):
    """One organisation leads the matter from now on, and these are its clocks."""

    leg: int
    round: int
    lane: Lane
    mode: Mode
    from_org: Code
    to_org: Code
    grid_code: Code | None = None
    lead_org: Code
    co_orgs: tuple[Code, ...] = ()
    rule_id: str
    policy_ver: str
    calendar_ver: str
    assessment: Assessment
    override_reason: Sealed | None = None
    auto: bool = False
    return_by: AwareDatetime
    sign_by: AwareDatetime
    contact_by: AwareDatetime
    resolve_by: AwareDatetime
    resolve_budget_wd: float
    provisional: bool = False  # a deadline lies in a year whose holidays are not published yet


class IssueSigned(Event):
    """The organisation it was sent to has picked it up."""

    signed_by_seat: UUID


class ContactMethod(StrEnum):
    PHONE = "PHONE"
    VISIT = "VISIT"
    MESSAGE = "MESSAGE"
    MEET = "MEET"


class IssueContacted(Event):
    """The handler tried to reach the resident."""

    method: ContactMethod
    reached: bool
    attempt: int


class IssueWorkStarted(Event):
    """Somebody works on it."""

    handler_seat: UUID


class IssueProgressed(Event):
    """Something was done. Residents see it where it is public."""

    note: Sealed
    attachments: tuple[Attachment, ...] = ()
    public: bool


class AnswerResult(StrEnum):
    SOLVED = "SOLVED"
    PARTLY = "PARTLY"
    ON_AGENDA = "ON_AGENDA"
    EXPLAINED = "EXPLAINED"
    CANNOT = "CANNOT"


class IssueAnswered(Event):
    """The resident has an answer and is asked whether it is solved."""

    round: int
    result: AnswerResult
    reply: Sealed
    evidence: tuple[Attachment, ...] = ()
    meeting_id: UUID | None = None
    no_meeting_reason: Sealed | None = None
    next_review_on: AwareDatetime | None = None
    evaluate_by: AwareDatetime


class CloseBasis(StrEnum):
    EVALUATED = "EVALUATED"
    TIMEOUT = "TIMEOUT"


class IssueClosed(Event):
    """The matter is done with: by the resident's word, or because none came."""

    basis: CloseBasis
    solved: Solved | None = None


class IssueReopened(Event):
    """The resident said no: it is worked on again, in a new round."""

    round: int
    contact_by: AwareDatetime
    resolve_by: AwareDatetime


class IssuePromotedToTopic(Event):
    """The street's council is to deliberate it, if the committee makes it a topic."""

    topic_id: UUID
    decide_by: AwareDatetime | None = None


class TopicDecision(StrEnum):
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    DEFERRED = "DEFERRED"


class IssueTopicDecided(Event):
    """The committee decided on the topic that this matter waits for: what follows for it."""

    topic_id: UUID
    decision: TopicDecision
    meet_by: AwareDatetime | None = None  # approved
    handling_org: Code | None = None  # rejected: it leads from now on
    contact_by: AwareDatetime | None = None  # where another leads now, which speaks to them anew
    until: date | None = None  # deferred


class Deliberated(StrEnum):
    """Something was agreed, nothing was, or the council meets again."""

    AGREED = "AGREED"
    NOT_AGREED = "NOT_AGREED"
    ADJOURNED = "ADJOURNED"


class IssueDeliberated(Event):
    """A council met about its topic: what was agreed is carried out, or it is worked on else."""

    meeting_id: UUID
    outcome: Deliberated


class EscalationLevel(StrEnum):
    """Reminder, overdue, 催办, 督办, level up."""

    E0 = "E0"
    E1 = "E1"
    E2 = "E2"
    E3 = "E3"
    E4 = "E4"


class ClockName(StrEnum):
    SIGN = "sign"
    CONTACT = "contact"
    RESOLVE = "resolve"


class EscalationRaised(Event):
    """A step is late, or nearly so: the organisation is urged."""

    level: EscalationLevel
    clock: ClockName
    org: Code
    due: AwareDatetime
    count: int  # of this level on this matter


class VoiceNotFollowed(Event):
    """What the resident said came too late to change anything; they read why."""

    fact_id: UUID
    why: str
