"""The day itself: who came, what was agreed on each question, and that it was held."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, Field

from contracts.intake import Code
from contracts.meetings import (
    Attendance,
    CheckInMethod,
    Form,
    ItemDecided,
    ItemOutcome,
    ItemType,
    MeetingDrafted,
    MeetingHeld,
    Outcome,
    ParticipantCheckedIn,
    SeatRole,
    TopicLevel,
)
from contracts.permission import must
from kernel.decider import Refused
from kernel.seal.sealed import Sealed
from services.meetings.domain.forms import FORMS
from services.meetings.domain.meeting import RECORDERS, Desk, Fact, Meeting, Stage, rule_of
from services.meetings.domain.sight import must_be_matters_of

Words = Annotated[str, Field(min_length=1, max_length=2000)]
Votes = Annotated[int, Field(ge=0, le=100_000)]
Party = Annotated[tuple[SeatRole, ...], Field(min_length=2, max_length=50)]


@dataclass(frozen=True, slots=True)
class CheckIn:
    """`at`: when they came, which may be earlier than the device found its way to us."""

    place: Annotated[int, Field(ge=1, le=200)]
    method: CheckInMethod = CheckInMethod.STAFF
    at: AwareDatetime | None = None


@dataclass(frozen=True, slots=True)
class DecideItem:
    no: int
    outcome: Outcome
    agreed: Annotated[str, Field(max_length=2000)] = ""
    votes_for: Votes = 0
    votes_against: Votes = 0
    abstained: Votes = 0


@dataclass(frozen=True, slots=True)
class EndMeeting:
    ended_at: AwareDatetime


@dataclass(frozen=True, slots=True)
class RecordInstantMeeting:
    """At most six fields, for a phone in the street (domain.md 1, 32)."""

    org_code: Code
    issue_ids: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=10)]
    form: Form
    parties: Party
    at: AwareDatetime
    result: Words


def check_in(wish: CheckIn, meeting: Meeting, desk: Desk) -> Sequence[Fact]:
    drafted = meeting.at(Stage.NOTICED, Stage.IN_SESSION)
    desk.organises(drafted.org_code)
    if wish.place not in meeting.places:
        raise Refused("no-such-place", place=wish.place)
    if wish.place in meeting.present:
        return []
    at = wish.at or desk.call.now
    must_be_past(at, desk)
    return [ParticipantCheckedIn(place=wish.place, method=wish.method, at=at)]


def decide_item(wish: DecideItem, meeting: Meeting, desk: Desk) -> Sequence[Fact]:
    drafted = meeting.at(Stage.IN_SESSION)
    desk.organises(drafted.org_code)
    must_be_votable(wish, drafted)
    if meeting.decided.get(wish.no):
        raise Refused("item-decided-already", no=wish.no)
    return [
        ItemDecided(
            no=wish.no,
            outcome=wish.outcome,
            agreed=Sealed("meeting", wish.agreed) if wish.agreed else None,
            votes_for=wish.votes_for,
            votes_against=wish.votes_against,
            abstained=wish.abstained,
        )
    ]


def must_be_votable(wish: DecideItem, drafted: MeetingDrafted) -> None:
    item = next((one for one in drafted.agenda if one.no == wish.no), None)
    if item is None:
        raise Refused("no-such-item", no=wish.no)
    if item.type is ItemType.INFORM:
        raise Refused("nothing-to-decide", no=wish.no)
    voted = wish.outcome in (Outcome.VOTED_PASS, Outcome.VOTED_FAIL)
    passed = wish.votes_for * 2 > wish.votes_for + wish.votes_against + wish.abstained
    if voted and passed != (wish.outcome is Outcome.VOTED_PASS):
        raise Refused("votes-say-otherwise")


def end(wish: EndMeeting, meeting: Meeting, desk: Desk) -> Sequence[Fact]:
    drafted = meeting.at(Stage.IN_SESSION)
    desk.organises(drafted.org_code)
    must_be_a_quorum(meeting, drafted)
    open_items = [i.no for i in drafted.agenda if i.type is not ItemType.INFORM]
    if undecided := [no for no in open_items if no not in meeting.decided]:
        raise Refused("items-undecided", items=undecided)
    must_be_past(wish.ended_at, desk)
    return [held(wish, meeting, drafted)]


def must_be_past(at: datetime, desk: Desk) -> None:
    """Duty and answers go back to what took place, not to what is planned."""
    if at > desk.call.now:
        raise Refused("recorded-before-it-took-place")


def must_be_a_quorum(meeting: Meeting, drafted: MeetingDrafted) -> None:
    rule, present = rule_of(drafted), len(meeting.present)
    if present < rule.least_present or present * 2 < len(meeting.places):
        raise Refused("no-quorum", least=rule.least_present, present=present)
    if absent := meeting.absent_required():
        raise Refused("required-seats-absent", places=absent)


def held(wish: EndMeeting, meeting: Meeting, drafted: MeetingDrafted) -> MeetingHeld:
    came = [meeting.places[place] for place in sorted(meeting.present)]
    started = min(meeting.present.values())
    if wish.ended_at < started.replace(second=0, microsecond=0):  # people write minutes
        raise Refused("ends-before-it-starts")
    return MeetingHeld(
        org_code=drafted.org_code,
        level=drafted.level,
        form=drafted.form,
        topic_ids=drafted.topic_ids,
        issue_ids=drafted.issue_ids,
        started_at=started,
        ended_at=max(wish.ended_at, started),
        attendance=Attendance(
            invited=len(meeting.places),
            present=len(came),
            by_role=dict(Counter(invited.role for invited in came)),
        ),
        member_seats=tuple(invited.member_seat for invited in came if invited.member_seat),
        quorum_rule=f"{drafted.form}-{drafted.level}",
        quorum_met=True,
        items=tuple(outcomes(meeting, drafted)),
    )


def outcomes(meeting: Meeting, drafted: MeetingDrafted) -> Iterator[ItemOutcome]:
    for item in drafted.agenda:
        if decided := meeting.decided.get(item.no):
            yield ItemOutcome(no=item.no, outcome=decided.outcome, topic_id=item.topic_id)


def record(wish: RecordInstantMeeting, meeting: Meeting, desk: Desk) -> Sequence[Fact]:
    must(desk.by, RECORDERS, wish.org_code, desk.tree)
    if meeting.stage is Stage.HELD:
        return []
    if not FORMS[wish.form].instant:
        raise Refused("this-form-is-noticed-first", form=wish.form)
    must_be_past(wish.at, desk)
    must_be_matters_of(desk.by.org, wish.issue_ids, desk.matters, desk.tree)
    came = len(wish.parties)
    return [
        MeetingHeld(
            org_code=wish.org_code,
            level=TopicLevel.VILLAGE,
            form=wish.form,
            topic_ids=(),
            issue_ids=wish.issue_ids,
            started_at=wish.at,
            ended_at=wish.at,
            attendance=Attendance(invited=came, present=came, by_role=dict(Counter(wish.parties))),
            member_seats=(),
            quorum_rule=str(wish.form),
            quorum_met=True,
            items=(),
            result=Sealed("meeting", wish.result),
        )
    ]
