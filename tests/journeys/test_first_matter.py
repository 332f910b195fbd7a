"""One matter from the gate to the resident's word, as facts of four services."""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from contracts.intake import Solved
from contracts.meetings import Form, Outcome, SeatRole, TopicLevel, TopicSource
from contracts.permission import Role
from contracts.routing import AnswerResult, ContactMethod, CostBand, Lane, Mode, Urgency
from kernel import clock
from kernel.decider import Actor, Refused
from kernel.handler import service_actor
from services.directory.commands import SEATS
from services.directory.domain.seat import OpenSeat, TakeSeat
from services.intake.commands import ISSUES
from services.intake.domain.issue import Evaluate
from services.meetings.commands import MEETINGS, TOPICS
from services.meetings.domain.preparing import (
    DraftMeeting,
    InviteParticipant,
    Item,
    NoticeMeeting,
)
from services.meetings.domain.session import CheckIn, DecideItem, EndMeeting, RecordInstantMeeting
from services.meetings.domain.topic import ApproveTopic, DeferTopic, ProposeTopic, SubmitTopic
from services.routing.commands import CASES
from services.routing.domain.answer import AnswerIssue
from services.routing.domain.approval import ApproveAnswer
from services.routing.domain.triage import AcceptIssue, RouteIssue
from services.routing.domain.work import ContactReporter, SignIssue, StartWork
from services.routing.projections.triage_queue import waiting
from tests.journeys.city import TOWN, VILLAGE, City, seat
from tests.kernel.checker import check_heard, check_projection, check_store, parked

pytestmark = pytest.mark.connected
STATION = seat(Role.STATION_STAFF, TOWN)
LIAISON = seat(Role.COMMUNITY_LIAISON, VILLAGE)
TOWN_LIAISON = seat(Role.TOWN_LIAISON, TOWN)
COMMITTEE = seat(Role.TOWN_COMMITTEE, TOWN)
REPLY = "路灯已于今日修好，物业每周检查一次，请放心出行。"


@pytest.fixture
async def city(database: Callable[..., str]) -> AsyncIterator[City]:
    city = await City.open(database)
    yield city
    assert await wrong(city) == []
    await city.close()


async def wrong(city: City) -> list[str]:
    """What the history checker finds in any of the stores."""
    found: list[str] = []
    for house in city.houses.values():
        found += await check_store(house.running.db) + await parked(house.running.db)
        for projection in house.running.service.projections:
            found += await check_projection(house.running.db, projection)
    db = {name: house.running.db for name, house in city.houses.items()}
    found += await check_heard(db["intake"], db["routing"], ["issue", "qr"])
    return found + await check_heard(db["routing"], db["intake"], ["case"])


async def seated(city: City, role: Role) -> UUID:
    """A seat of the town in which somebody sits."""
    ident = uuid4()
    for wish in (OpenSeat(role, TOWN), TakeSeat(uuid4())):
        await city.do("directory", SEATS, ident, wish, service_actor("directory"))
    return ident


async def work_and_answer(city: City, issue: object, answer: AnswerIssue, by: Actor) -> None:
    for wish in (ContactReporter(ContactMethod.PHONE, reached=True), StartWork(), answer):
        await city.do("routing", CASES, issue, wish, by)


async def test_a_small_matter_goes_to_the_grid_and_is_solved_by_the_residents_word(
    city: City,
) -> None:
    issue = await city.submit("三号楼路灯不亮，老人摔倒。请联系13893123456。")
    (row,) = await waiting(city.houses["routing"].running.db, TOWN)
    assert row.issue_id == str(issue)
    await city.do("routing", CASES, issue, AcceptIssue("B4", Urgency.NORMAL, 5), STATION)
    wish = RouteIssue(Lane.GRID, Mode.MICRO, VILLAGE)
    await city.do("routing", CASES, issue, wish, STATION)
    assert await waiting(city.houses["routing"].running.db, TOWN) == []
    await city.do("routing", CASES, issue, SignIssue(), LIAISON)
    at = await clock.now(city.houses["meetings"].running.db)
    talk = RecordInstantMeeting(
        VILLAGE, (issue,), Form.MICRO, (SeatRole.PARTY, SeatRole.LIAISON), at, "物业明天来修"
    )
    meeting = uuid4()
    await city.do("meetings", MEETINGS, meeting, talk, LIAISON)
    answer = AnswerIssue(AnswerResult.SOLVED, REPLY, meeting_id=meeting)
    await work_and_answer(city, issue, answer, LIAISON)
    await city.do("intake", ISSUES, issue, Evaluate(Solved.YES, 5), seat(Role.RESIDENT, ""))
    assert await city.facts("intake", f"issue-{issue}") == ["IssueSubmitted", "IssueEvaluated"]
    assert await city.facts("routing", f"case-{issue}") == [
        "CaseOpened",
        "IssueAccepted",
        "IssueRouted",
        "IssueSigned",
        "IssueContacted",
        "IssueWorkStarted",
        "IssueAnswered",
        "IssueClosed",
    ]


async def test_a_late_signature_is_urged_and_a_no_has_it_worked_on_again(city: City) -> None:
    issue = await city.submit("小区门口常年积水，邻居都有意见。")
    accept = AcceptIssue("B4", Urgency.NORMAL, 60)
    await city.do("routing", CASES, issue, accept, STATION)
    await city.do("routing", CASES, issue, RouteIssue(Lane.COMMUNITY, Mode.MINOR, VILLAGE), STATION)
    await city.wait(timedelta(days=6))
    urged = await city.facts("routing", f"case-{issue}")
    assert urged[-2:] == ["EscalationRaised", "EscalationRaised"]  # signature and first contact
    await city.do("routing", CASES, issue, SignIssue(), LIAISON)
    met = AnswerIssue(AnswerResult.SOLVED, REPLY, no_meeting_reason="当天已疏通")
    await work_and_answer(city, issue, met, LIAISON)
    resident = seat(Role.RESIDENT, "")
    await city.do("intake", ISSUES, issue, Evaluate(Solved.NO, 2), resident)
    assert (await city.facts("routing", f"case-{issue}"))[-1] == "IssueReopened"
    await work_and_answer(city, issue, met, LIAISON)
    await city.do("intake", ISSUES, issue, Evaluate(Solved.YES, 4), resident)
    assert (await city.facts("routing", f"case-{issue}"))[-1] == "IssueClosed"


async def test_a_big_matter_goes_before_the_committee_and_to_a_conference(city: City) -> None:
    issue = await city.submit("我们楼要加装电梯，涉及三百多户。")
    accept = AcceptIssue("A3", Urgency.NORMAL, 350, cost_band=CostBand.LARGE)
    await city.do("routing", CASES, issue, accept, STATION)
    await city.do("routing", CASES, issue, RouteIssue(Lane.STREET, Mode.MAJOR, TOWN), STATION)
    await city.do("routing", CASES, issue, SignIssue(), TOWN_LIAISON)
    topic, meeting = uuid4(), uuid4()
    propose = ProposeTopic(TOWN, TopicLevel.TOWN, TopicSource.ISSUE, "电梯怎么加装", (issue,))
    await city.do("meetings", TOPICS, topic, propose, TOWN_LIAISON)
    package = SubmitTopic("350户，老楼", ("产权单位",), ("加装", "不加装"))
    await city.do("meetings", TOPICS, topic, package, TOWN_LIAISON)
    day = (await clock.now(city.houses["meetings"].running.db)).date()
    defer = DeferTopic(day, "党工委〔2026〕12号", "缺预算", day + timedelta(days=5))
    await city.do("meetings", TOPICS, topic, defer, COMMITTEE)
    chair = await seated(city, Role.TOWN_COMMITTEE)
    draft = DraftMeeting(
        TOWN,
        TopicLevel.TOWN,
        Form.CONFERENCE,
        convenor_seat=chair,
        chair_seat=chair,
        recorder_seat=chair,
        agenda=(Item("怎么加装"),),
        topic_ids=(topic,),
        issue_ids=(issue,),
    )
    with pytest.raises(Refused, match="topic-not-approved"):
        await city.do("meetings", MEETINGS, meeting, draft, TOWN_LIAISON)
    await city.wait(timedelta(days=5))
    approve = ApproveTopic(day, "党工委〔2026〕13号")
    await city.do("meetings", TOPICS, topic, approve, COMMITTEE)
    await city.do("meetings", MEETINGS, meeting, draft, TOWN_LIAISON)
    await hold(city, meeting)
    answer = AnswerIssue(AnswerResult.SOLVED, REPLY, meeting_id=meeting)
    await work_and_answer(city, issue, answer, TOWN_LIAISON)
    await city.do("routing", CASES, issue, ApproveAnswer(1), COMMITTEE)
    await city.do("intake", ISSUES, issue, Evaluate(Solved.PARTLY, 3), seat(Role.RESIDENT, ""))
    assert (await city.facts("routing", f"case-{issue}"))[-1] == "IssueClosed"
    assert (await city.facts("meetings", f"meeting-{meeting}"))[-1] == "MeetingHeld"


async def hold(city: City, meeting: object) -> None:
    roles = [SeatRole.PARTY, SeatRole.RESIDENT_REP, SeatRole.MEMBER, SeatRole.LIAISON]
    roles += [SeatRole.RESIDENT_REP, SeatRole.PROPERTY, SeatRole.DEPT]
    member = await seated(city, Role.MEMBER)
    for place, role in enumerate(roles, 1):
        of = member if role is SeatRole.MEMBER else None
        wish = InviteParticipant(place, role, required=False, member_seat=of)
        await city.do("meetings", MEETINGS, meeting, wish, TOWN_LIAISON)
    starts = await clock.now(city.houses["meetings"].running.db) + timedelta(days=16)
    notice = NoticeMeeting(starts, starts + timedelta(hours=2), "街道三楼会议室")
    await city.do("meetings", MEETINGS, meeting, notice, TOWN_LIAISON)
    await city.wait(timedelta(days=16))
    for place in range(1, 8):
        await city.do("meetings", MEETINGS, meeting, CheckIn(place), TOWN_LIAISON)
    agree = DecideItem(1, Outcome.CONSENSUS, "先装一部")
    await city.do("meetings", MEETINGS, meeting, agree, TOWN_LIAISON)
    ended = await clock.now(city.houses["meetings"].running.db)
    await city.do("meetings", MEETINGS, meeting, EndMeeting(ended), TOWN_LIAISON)
