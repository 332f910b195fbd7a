"""A conference from its draft to what came of it; and a talk in the street, recorded afterwards."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from contracts.calendar import Calendar
from contracts.meetings import (
    Attendance,
    CheckInMethod,
    Form,
    ItemDecided,
    ItemOutcome,
    ItemType,
    MeetingDrafted,
    MeetingHeld,
    MeetingNoticed,
    Outcome,
    ParticipantCheckedIn,
    ParticipantInvited,
    SeatRole,
    TopicLevel,
    TopicProposed,
    TopicSource,
)
from contracts.permission import Role, Tree
from kernel.decider import Actor, Call
from kernel.seal.sealed import Sealed
from services.meetings.domain.decider import Wish, decider
from services.meetings.domain.forms import FORMS
from services.meetings.domain.meeting import Desk, Fact
from services.meetings.domain.preparing import (
    DraftMeeting,
    InviteParticipant,
    Item,
    NoticeMeeting,
)
from services.meetings.domain.session import (
    CheckIn,
    DecideItem,
    EndMeeting,
    RecordInstantMeeting,
)
from tests.given import given

TOWN, VILLAGE, OTHER = "620105001", "620105001001", "620105002"
TREE = Tree({VILLAGE: TOWN, TOWN: "620105", OTHER: "620105"})
CALENDAR = Calendar.of("2026", [(date(2026, 1, 1), True)])
NOW = datetime(2026, 11, 25, 2, tzinfo=UTC)
ISSUE, TOPIC_ID, CHAIR, MEMBER = (UUID(int=n) for n in range(1, 5))

TOPIC = TopicProposed(
    org_code=TOWN,
    level=TopicLevel.TOWN,
    source=TopicSource.ISSUE,
    issue_ids=(ISSUE,),
    question=Sealed("topic", "电梯怎么加装"),
)


def desk(role: Role = Role.TOWN_LIAISON, org: str = TOWN, at: datetime = NOW) -> Desk:
    call = Call(Actor(uuid4(), role, org, uuid4()), at)
    seats = {CHAIR: Role.TOWN_COMMITTEE, MEMBER: Role.MEMBER}
    return Desk(call, TREE, CALENDAR, {TOPIC_ID: TOPIC}, {ISSUE: frozenset({VILLAGE})}, seats)


DRAFT = DraftMeeting(
    TOWN,
    TopicLevel.TOWN,
    Form.CONFERENCE,
    CHAIR,
    CHAIR,
    CHAIR,
    (Item("怎么加装"), Item("通报费用", ItemType.INFORM)),
    (TOPIC_ID,),
    (ISSUE,),
)
drafted = given(decider).when(DRAFT, desk()).facts[0]
ROLES = [SeatRole.PARTY, SeatRole.RESIDENT_REP, SeatRole.MEMBER, SeatRole.LIAISON]
SEVEN = [*ROLES, SeatRole.RESIDENT_REP, SeatRole.PROPERTY, SeatRole.DEPT]


def invited(place: int, role: SeatRole, required: bool = False) -> ParticipantInvited:
    member = MEMBER if role is SeatRole.MEMBER else None
    return ParticipantInvited(place=place, role=role, required=required, member_seat=member)


TABLE: Sequence[Fact] = [invited(n, role, n == 1) for n, role in enumerate(SEVEN, 1)]
STARTS = datetime(2026, 12, 3, 1, tzinfo=UTC)
NOTICE = NoticeMeeting(STARTS, STARTS + timedelta(hours=2), "街道三楼会议室")
noticed = MeetingNoticed(
    starts_at=STARTS, ends_at=NOTICE.ends_at, venue=Sealed("meeting", "街道三楼会议室")
)
CAME: Sequence[Fact] = [
    ParticipantCheckedIn(place=n, method=CheckInMethod.STAFF, at=STARTS) for n in range(1, 8)
]
agreed = ItemDecided(no=1, outcome=Outcome.CONSENSUS, agreed=Sealed("meeting", "先装一部"))
AGREE = DecideItem(1, Outcome.CONSENSUS, "先装一部")
END = EndMeeting(STARTS + timedelta(hours=1))
NOTICED: Sequence[Fact] = [drafted, *TABLE, noticed]
SESSION: Sequence[Fact] = [*NOTICED, *CAME]
held = MeetingHeld(
    org_code=TOWN,
    level=TopicLevel.TOWN,
    form=Form.CONFERENCE,
    topic_ids=(TOPIC_ID,),
    issue_ids=(ISSUE,),
    started_at=STARTS,
    ended_at=END.ended_at,
    attendance=Attendance(
        invited=7, present=7, by_role={role: SEVEN.count(role) for role in SEVEN}
    ),
    member_seats=(MEMBER,),
    quorum_rule="CONFERENCE-TOWN",
    quorum_met=True,
    items=(ItemOutcome(no=1, outcome=Outcome.CONSENSUS, topic_id=TOPIC_ID),),
)


def test_it_is_drafted_for_topics_that_the_committee_approved() -> None:
    assert isinstance(drafted, MeetingDrafted)
    assert [item.no for item in drafted.agenda] == [1, 2]
    given(decider, drafted).when(DRAFT, desk()).then_nothing()
    none = replace(desk(), approved={})
    given(decider).when(DRAFT, none).then_refused("topic-not-approved")
    without = replace(DRAFT, topic_ids=())
    given(decider).when(without, desk()).then_refused("topic-not-approved")
    other = replace(DRAFT, issue_ids=(UUID(int=9),))
    given(decider).when(other, desk()).then_refused("matter-of-another-topic")
    small = replace(DRAFT, form=Form.STOOL)
    given(decider).when(small, desk()).then_refused("a-street-topic-needs-a-conference")
    soon = replace(DRAFT, level=TopicLevel.VILLAGE)  # would be noticed two days later
    given(decider).when(soon, desk()).then_refused("another-level-than-its-topic")
    far = replace(desk(), approved={TOPIC_ID: TOPIC.model_copy(update={"org_code": OTHER})})
    given(decider).when(DRAFT, far).then_refused("not-in-your-seat")
    talk = replace(DRAFT, form=Form.MICRO)
    given(decider).when(talk, desk()).then_refused("this-form-is-recorded-afterwards")
    gone = replace(DRAFT, recorder_seat=uuid4())
    given(decider).when(gone, desk()).then_refused("seat-is-empty")


def test_of_several_topics_each_has_its_own_outcome() -> None:
    other = UUID(int=20)
    both = replace(desk(), approved={TOPIC_ID: TOPIC, other: TOPIC})
    first = Item("怎么加装", topic_id=TOPIC_ID)
    wish = replace(DRAFT, topic_ids=(TOPIC_ID, other), agenda=(first, first))
    given(decider).when(wish, both).then_refused("each-topic-needs-its-question")
    wrong = replace(DRAFT, agenda=(replace(first, topic_id=other),))
    given(decider).when(wrong, desk()).then_refused("each-topic-needs-its-question")
    elsewhere = replace(first, topic_id=UUID(int=21), type=ItemType.INFORM)
    of_others = replace(DRAFT, agenda=(first, elsewhere))
    given(decider).when(of_others, desk()).then_refused("each-topic-needs-its-question")
    told = replace(first, topic_id=other, type=ItemType.INFORM)  # nothing comes of it
    none = replace(wish, agenda=(first, told))
    given(decider).when(none, both).then_refused("each-topic-needs-its-question")
    each = replace(wish, agenda=(first, replace(first, topic_id=other)))
    (two,) = given(decider).when(each, both).facts
    failed = ItemDecided(no=2, outcome=Outcome.NO_CONSENSUS)
    history = [two, *TABLE, noticed, *CAME, agreed, failed]
    (fact,) = given(decider, *history).when(END, desk(at=END.ended_at)).facts
    assert isinstance(fact, MeetingHeld)
    assert [(one.topic_id, one.outcome) for one in fact.items] == [
        (TOPIC_ID, Outcome.CONSENSUS),
        (other, Outcome.NO_CONSENSUS),
    ]


def test_seats_are_taken_once() -> None:
    wish = InviteParticipant(3, SeatRole.MEMBER, required=False, member_seat=MEMBER)
    given(decider, drafted).when(wish, desk()).then(invited(3, SeatRole.MEMBER))
    given(decider, drafted, *TABLE).when(wish, desk()).then_nothing()
    nobody = InviteParticipant(3, SeatRole.MEMBER)
    given(decider, drafted).when(nobody, desk()).then_refused("which-member")
    for other in (CHAIR, uuid4()):  # duty is credited to who is named here
        wrong = replace(wish, member_seat=other)
        given(decider, drafted).when(wrong, desk()).then_refused("no-such-member")


def test_it_is_noticed_five_working_days_ahead() -> None:
    given(decider, drafted, *TABLE).when(NOTICE, desk()).then(noticed)
    soon = replace(NOTICE, starts_at=STARTS - timedelta(days=1))
    given(decider, drafted, *TABLE).when(soon, desk()).then_refused("notice-too-short")


def test_it_needs_enough_seats_and_each_role_or_a_reason() -> None:
    given(decider, drafted, *TABLE[:6]).when(NOTICE, desk()).then_refused("too-few-invited")
    others = [invited(n, SeatRole.DEPT) for n in range(1, 8)]
    given(decider, drafted, *others).when(NOTICE, desk()).then_refused("seats-missing")
    waived = replace(NOTICE, waiver_reason="委员请假")
    (fact,) = given(decider, drafted, *others).when(waived, desk()).facts
    assert isinstance(fact, MeetingNoticed)
    assert list(fact.waived) == ROLES
    backwards = replace(NOTICE, ends_at=STARTS)
    given(decider, drafted, *TABLE).when(backwards, desk()).then_refused("ends-before-it-starts")


@pytest.mark.parametrize(
    ("form", "hours", "enough"),
    [(Form.STOOL, 4, True), (Form.STOOL, 3, False), (Form.CONFERENCE, 4, False)],
)
def test_a_stool_meeting_is_noticed_on_the_same_day(form: Form, hours: int, enough: bool) -> None:
    earliest = FORMS[form].earliest(NOW, CALENDAR)
    assert (NOW + timedelta(hours=hours) >= earliest) is enough


def test_who_comes_is_ticked_once_and_with_the_time_they_came() -> None:
    wish = CheckIn(1, at=STARTS)
    given(decider, *NOTICED).when(wish, desk(at=STARTS)).then(CAME[0])
    given(decider, *NOTICED).when(wish, desk()).then_refused("recorded-before-it-took-place")
    given(decider, *NOTICED, CAME[0]).when(wish, desk()).then_nothing()
    given(decider, *NOTICED).when(CheckIn(99), desk()).then_refused("no-such-place")
    given(decider, drafted, *TABLE).when(wish, desk()).then_refused("not-now")


def test_each_question_has_its_own_outcome() -> None:
    given(decider, *SESSION).when(AGREE, desk()).then(agreed)
    given(decider, *SESSION, agreed).when(AGREE, desk()).then_refused("item-decided-already")
    given(decider, *SESSION).when(replace(AGREE, no=9), desk()).then_refused("no-such-item")
    given(decider, *SESSION).when(replace(AGREE, no=2), desk()).then_refused("nothing-to-decide")


@pytest.mark.parametrize(("yes", "no", "passes"), [(4, 3, True), (3, 3, False), (3, 4, False)])
def test_a_vote_is_what_was_counted(yes: int, no: int, passes: bool) -> None:
    passed = DecideItem(1, Outcome.VOTED_PASS, votes_for=yes, votes_against=no)
    failed = replace(passed, outcome=Outcome.VOTED_FAIL)
    right, wrong = (passed, failed) if passes else (failed, passed)
    assert given(decider, *SESSION).when(right, desk()).facts
    given(decider, *SESSION).when(wrong, desk()).then_refused("votes-say-otherwise")


def test_it_is_held_when_a_quorum_decided_what_was_to_be_decided() -> None:
    over = desk(at=END.ended_at)
    given(decider, *SESSION, agreed).when(END, over).then(held)
    given(decider, *SESSION, agreed).when(END, desk()).then_refused("recorded-before-it-took-place")
    given(decider, *SESSION).when(END, desk()).then_refused("items-undecided")
    given(decider, *NOTICED, *CAME[:6], agreed).when(END, desk()).then_refused("no-quorum")
    early = EndMeeting(STARTS - timedelta(minutes=1))
    given(decider, *SESSION, agreed).when(early, over).then_refused("ends-before-it-starts")


def test_a_minute_on_the_wall_is_not_earlier_than_the_seconds_in_it() -> None:
    late = STARTS + timedelta(seconds=30)
    came = [fact.model_copy(update={"at": late}) for fact in CAME]
    history = [*NOTICED, *came, agreed]
    (fact,) = given(decider, *history).when(EndMeeting(STARTS), desk(at=late)).facts
    assert isinstance(fact, MeetingHeld)
    assert (fact.started_at, fact.ended_at) == (late, late)


def test_a_required_seat_must_be_there() -> None:
    more = invited(8, SeatRole.EXPERT, required=True)
    history = [drafted, *TABLE, more, noticed, *CAME, agreed]
    given(decider, *history).when(END, desk()).then_refused("required-seats-absent")


AT_WORK: list[tuple[Sequence[Fact], Wish]] = [
    ([], DRAFT),
    ([drafted], InviteParticipant(1, SeatRole.PARTY)),
    ([drafted, *TABLE], NOTICE),
    (NOTICED, CheckIn(1)),
    (SESSION, AGREE),
    ([*SESSION, agreed], END),
]


@pytest.mark.parametrize(("history", "wish"), AT_WORK, ids=lambda x: type(x).__name__)
def test_only_those_who_organise_it_do(history: Sequence[Fact], wish: Wish) -> None:
    for other in (desk(Role.MEMBER), desk(org=OTHER)):
        given(decider, *history).when(wish, other).then_refused("not-in-your-seat")
    if history:
        given(decider).when(wish, desk()).then_refused("no-such-meeting")


TALK = RecordInstantMeeting(
    VILLAGE,
    (ISSUE,),
    Form.MICRO,
    (SeatRole.PARTY, SeatRole.LIAISON),
    NOW - timedelta(hours=1),
    "双方同意错时停车",
)


def test_a_talk_in_the_street_is_recorded_at_once() -> None:
    worker = desk(Role.GRID_WORKER, VILLAGE)
    (fact,) = given(decider).when(TALK, worker).facts
    assert isinstance(fact, MeetingHeld)
    assert (fact.form, fact.attendance.present) == (Form.MICRO, 2)
    given(decider, fact).when(TALK, worker).then_nothing()
    given(decider).when(TALK, desk(Role.MEMBER)).then_refused("not-in-your-seat")
    formal = replace(TALK, form=Form.CONFERENCE)
    given(decider).when(formal, worker).then_refused("this-form-is-noticed-first")
    far = replace(worker, matters={ISSUE: frozenset({OTHER})})
    given(decider).when(TALK, far).then_refused("no-such-issue")
    ahead = replace(TALK, at=NOW + timedelta(hours=1))
    given(decider).when(ahead, worker).then_refused("recorded-before-it-took-place")
