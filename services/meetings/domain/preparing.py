"""Up to the day: who sits at the table, and that they were told in time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, Field

from contracts.intake import Code
from contracts.meetings import (
    AgendaItem,
    Form,
    ItemType,
    MeetingDrafted,
    MeetingNoticed,
    ParticipantInvited,
    SeatRole,
    TopicLevel,
)
from contracts.permission import Role
from kernel.decider import Refused
from kernel.seal.sealed import Sealed
from services.meetings.domain.forms import FORMS
from services.meetings.domain.meeting import (
    REQUIRED_ROLES,
    Desk,
    Fact,
    Meeting,
    Stage,
    rule_of,
)

Words = Annotated[str, Field(min_length=1, max_length=2000)]
Ids = Annotated[tuple[UUID, ...], Field(max_length=50)]


@dataclass(frozen=True, slots=True)
class Item:
    question: Words
    type: ItemType = ItemType.DECIDE
    minutes: Annotated[int, Field(gt=0, le=480)] = 20
    topic_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class DraftMeeting:
    org_code: Code
    level: TopicLevel
    form: Form
    convenor_seat: UUID
    chair_seat: UUID
    recorder_seat: UUID
    agenda: Annotated[tuple[Item, ...], Field(min_length=1, max_length=20)]
    topic_ids: Ids = ()
    issue_ids: Ids = ()


@dataclass(frozen=True, slots=True)
class InviteParticipant:
    """`place` numbers the seats of this meeting; the same again is once."""

    place: Annotated[int, Field(ge=1, le=200)]
    role: SeatRole
    required: bool = True
    member_seat: UUID | None = None
    person_ref: UUID | None = None


@dataclass(frozen=True, slots=True)
class NoticeMeeting:
    """A role that must be there and is not may be waived, with a reason."""

    starts_at: AwareDatetime
    ends_at: AwareDatetime
    venue: Words
    waiver_reason: Words | None = None


def draft(wish: DraftMeeting, meeting: Meeting, desk: Desk) -> Sequence[Fact]:
    desk.organises(wish.org_code)
    if meeting.drafted:
        return []
    if FORMS[wish.form].instant:
        raise Refused("this-form-is-recorded-afterwards", form=wish.form)
    must_be_about_approved(wish, desk)
    must_settle_each(wish)
    if not desk.seats.keys() >= {wish.convenor_seat, wish.chair_seat, wish.recorder_seat}:
        raise Refused("seat-is-empty")
    return [
        MeetingDrafted(
            org_code=wish.org_code,
            level=wish.level,
            topic_ids=wish.topic_ids,
            issue_ids=wish.issue_ids,
            form=wish.form,
            convenor_seat=wish.convenor_seat,
            chair_seat=wish.chair_seat,
            recorder_seat=wish.recorder_seat,
            agenda=tuple(item_of(no, item, wish) for no, item in enumerate(wish.agenda, 1)),
        )
    ]


def must_be_about_approved(wish: DraftMeeting, desk: Desk) -> None:
    """Topics of the organiser's own place, in the form that they need, and their matters alone."""
    if not wish.topic_ids or not desk.approved.keys() >= set(wish.topic_ids):
        raise Refused("topic-not-approved")
    topics = [desk.approved[one] for one in wish.topic_ids]
    for topic in topics:
        desk.organises(topic.org_code)
    if wish.form is not Form.CONFERENCE and any(t.level is TopicLevel.TOWN for t in topics):
        raise Refused("a-street-topic-needs-a-conference")
    if any(topic.level is not wish.level for topic in topics):  # how long before it is noticed
        raise Refused("another-level-than-its-topic")
    if not {issue for topic in topics for issue in topic.issue_ids}.issuperset(wish.issue_ids):
        raise Refused("matter-of-another-topic")


def must_settle_each(wish: DraftMeeting) -> None:
    """Else what was agreed about one would be told to those who wait for another."""
    settled = {topic_of(item, wish) for item in wish.agenda if item.type is not ItemType.INFORM}
    named = {item.topic_id for item in wish.agenda if item.topic_id}
    if settled != set(wish.topic_ids) or not named.issubset(wish.topic_ids):
        raise Refused("each-topic-needs-its-question")


def topic_of(item: Item, wish: DraftMeeting) -> UUID | None:
    """A meeting about one topic need not say so again."""
    return item.topic_id or (wish.topic_ids[0] if len(wish.topic_ids) == 1 else None)


def item_of(no: int, item: Item, wish: DraftMeeting) -> AgendaItem:
    return AgendaItem(
        no=no,
        question=Sealed("meeting", item.question),
        type=item.type,
        minutes=item.minutes,
        topic_id=topic_of(item, wish),
    )


def invite(wish: InviteParticipant, meeting: Meeting, desk: Desk) -> Sequence[Fact]:
    drafted = meeting.at(Stage.DRAFT)
    desk.organises(drafted.org_code)
    if wish.place in meeting.places:
        return []
    if wish.role is SeatRole.MEMBER and wish.member_seat is None:
        raise Refused("which-member")
    if wish.member_seat and desk.seats.get(wish.member_seat) != Role.MEMBER:  # duty is counted so
        raise Refused("no-such-member")
    return [
        ParticipantInvited(
            place=wish.place,
            role=wish.role,
            required=wish.required,
            member_seat=wish.member_seat,
            person_ref=wish.person_ref,
        )
    ]


def notice(wish: NoticeMeeting, meeting: Meeting, desk: Desk) -> Sequence[Fact]:
    drafted = meeting.at(Stage.DRAFT)
    desk.organises(drafted.org_code)
    must_be_told_in_time(wish.starts_at, meeting, desk)
    if wish.ends_at <= wish.starts_at:
        raise Refused("ends-before-it-starts")
    missing = roles_missing(meeting)
    if missing and not wish.waiver_reason:
        raise Refused("seats-missing", roles=missing)
    reason = wish.waiver_reason
    return [
        MeetingNoticed(
            starts_at=wish.starts_at,
            ends_at=wish.ends_at,
            venue=Sealed("meeting", wish.venue),
            waived=tuple(missing),
            waiver_reason=Sealed("meeting", reason) if missing and reason else None,
        )
    ]


def must_be_told_in_time(starts_at: datetime, meeting: Meeting, desk: Desk) -> None:
    rule = rule_of(meeting.at(Stage.DRAFT))
    earliest = rule.earliest(desk.call.now, desk.calendar)
    if starts_at < earliest:
        raise Refused("notice-too-short", earliest=earliest)
    if len(meeting.places) < rule.least_present:
        raise Refused("too-few-invited", least=rule.least_present)


def roles_missing(meeting: Meeting) -> list[SeatRole]:
    there = {invited.role for invited in meeting.places.values()}
    return [role for role in REQUIRED_ROLES if role not in there]
