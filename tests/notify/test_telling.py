"""Whom the city tells of one matter, from the first message to the last reminder."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from contracts.intake import Solved
from contracts.leaving import DeclineReason, TransferChannel
from contracts.meetings import Form, SeatRole, TopicLevel, TopicSource
from contracts.notify import Template
from contracts.permission import Role
from contracts.routing import Urgency
from kernel import clock
from services.intake.commands import ISSUES
from services.intake.domain.code import code_of
from services.intake.domain.issue import Evaluate
from services.meetings.commands import MEETINGS, TOPICS
from services.meetings.domain.preparing import (
    DraftMeeting,
    InviteParticipant,
    Item,
    NoticeMeeting,
)
from services.meetings.domain.topic import ApproveTopic, ProposeTopic, SubmitTopic
from services.notify.projections.inbox import newest
from services.routing.commands import CASES
from services.routing.domain.leaving import DeclineIssue, TransferOut
from services.routing.domain.work import SignIssue
from tests.journeys.city import TOWN, VILLAGE
from tests.kernel.checker import check_heard, check_projection, check_store, parked
from tests.notify.town import NUMBER, REPLY, Town, answered, routed

pytestmark = pytest.mark.connected
CODE = code_of(1)
ALL = text("select convert_from(data, 'utf8') as data from kernel.events")


@pytest.fixture(autouse=True)
async def sound(here: Town) -> AsyncIterator[None]:
    """After each test the history checker finds nothing in its store."""
    yield
    assert await wrong(here) == []


async def wrong(here: Town) -> list[str]:
    db = here.notify.db
    found = await check_store(db) + await parked(db)
    for projection in here.notify.service.projections:
        found += await check_projection(db, projection)
    intake = here.web.houses["intake"].running.db
    return found + await check_heard(intake, db, ["issue"])


async def inbox_of(here: Town, role: Role) -> list[str]:
    rows = await newest(here.notify.db, here.web.seats[role][1])
    return [row.template for row in rows]


async def test_a_resident_is_told_that_it_came_in_and_who_deals_with_it(here: Town) -> None:
    await routed(here)
    came_in, accepted = await here.sent()
    assert came_in.text.startswith(f"您反映的事项已收到，查询码{CODE}")
    assert "由" in accepted.text
    assert accepted.template is Template.ACCEPTED
    assert (came_in.tail, accepted.tail) == (NUMBER[-4:], NUMBER[-4:])
    paths = {request.url.path for request in here.book.asked}
    assert paths == {"/internal/intake/reporter-address"}


async def test_no_fact_holds_a_number_a_name_or_a_word_of_theirs(here: Town) -> None:
    await answered(here)
    said = [row.data for row in await here.notify.db.all(ALL)]
    assert len(said) > 10
    assert [data for data in said if any(word in data for word in (NUMBER, "路灯", "查询码"))] == []


async def test_who_shall_sign_finds_it_in_the_inbox_and_the_station_does_not(here: Town) -> None:
    await routed(here)
    assert await inbox_of(here, Role.COMMUNITY_LIAISON) == ["new-case"]
    for other in (Role.STATION_STAFF, Role.COMMUNITY_SECRETARY, Role.TOWN_LIAISON, Role.MEMBER):
        assert await inbox_of(here, other) == []


async def test_of_an_emergency_the_head_of_the_organisation_is_told_too(here: Town) -> None:
    await routed(here, Urgency.EMERGENCY)
    assert await inbox_of(here, Role.COMMUNITY_LIAISON) == ["urgent"]
    assert await inbox_of(here, Role.COMMUNITY_SECRETARY) == ["urgent"]


async def test_who_is_late_is_urged_together_with_the_head(here: Town) -> None:
    await routed(here)
    await here.move(timedelta(days=2))
    for role in (Role.COMMUNITY_LIAISON, Role.COMMUNITY_SECRETARY):
        assert "urged" in await inbox_of(here, role)


async def test_a_resident_is_reminded_twice_until_there_is_a_word(here: Town) -> None:
    issue, reporter = await answered(here)
    assert [one.template for one in await here.sent()].count(Template.ANSWERED) == 1
    await here.move(timedelta(days=3))
    assert [one.template for one in await here.sent()].count(Template.ANSWERED) == 2
    await here.do("intake", ISSUES, issue, Evaluate(Solved.YES, 5), reporter)
    await here.move(timedelta(days=4))
    assert [one.template for one in await here.sent()].count(Template.ANSWERED) == 2


async def test_who_says_no_is_told_that_it_is_done_again(here: Town) -> None:
    issue, reporter = await answered(here)
    await here.do("intake", ISSUES, issue, Evaluate(Solved.NO, 1), reporter)
    last = (await here.sent())[-1]
    assert last.text.startswith(f"您反映的事项（{CODE}）将重新办理，")
    assert "在1个工作日内联系您" in last.text


@pytest.mark.parametrize(
    "no",
    [
        DeclineIssue(DeclineReason.LEGAL_CHANNEL, REPLY, "请到法院立案", Urgency.NORMAL),
        TransferOut(TransferChannel.HOTLINE, REPLY),
    ],
)
async def test_who_is_sent_elsewhere_is_told_to_look_where(
    here: Town, no: DeclineIssue | TransferOut
) -> None:
    issue, _ = await here.submit()
    await here.do("routing", CASES, issue, no, here.by(Role.STATION_STAFF, TOWN))
    last = (await here.sent())[-1]
    assert last.text == f"您反映的事项（{CODE}）本平台无法办理，原因和建议途径请凭码查看。"


async def test_at_night_messages_wait_until_eight(here: Town) -> None:
    await here.move(timedelta(hours=12))
    await here.submit()
    assert await here.sent() == []
    await here.move(timedelta(hours=9, minutes=59))
    assert await here.sent() == []
    await here.move(timedelta(minutes=5))
    assert len(await here.sent()) == 1


async def test_while_the_address_cannot_be_asked_it_is_tried_again_and_sent_once(
    here: Town,
) -> None:
    here.book.away = True
    await here.submit()
    assert await here.told() == ["NotificationQueued", "NotificationTaken", "NotificationFailed"]
    here.book.away = False
    await here.move(timedelta(minutes=1))
    await here.move(timedelta(minutes=30))
    assert len(await here.sent()) == 1
    assert (await here.told())[3:] == ["NotificationTaken", "NotificationSent"]


async def test_who_has_no_mobile_is_not_tried_again(here: Town) -> None:
    here.book.contact = "0931-8888888"
    await here.submit()
    await here.move(timedelta(days=1))
    assert await here.sent() == []
    assert await here.told() == ["NotificationQueued", "NotificationTaken", "NotificationFailed"]
    assert len(here.book.asked) == 1


async def test_the_committee_is_told_of_a_topic_and_the_members_of_a_meeting(here: Town) -> None:
    issue, _ = await routed(here)
    await here.do("routing", CASES, issue, SignIssue(), here.by(Role.COMMUNITY_LIAISON, VILLAGE))
    liaison, committee = here.by(Role.TOWN_LIAISON, TOWN), here.by(Role.TOWN_COMMITTEE, TOWN)
    topic, meeting = uuid4(), uuid4()
    propose = ProposeTopic(TOWN, TopicLevel.TOWN, TopicSource.ISSUE, "电梯怎么加装", (issue,))
    package = SubmitTopic("350户，老楼", ("产权单位",), ("加装", "不加装"))
    for wish in (propose, package):
        await here.do("meetings", TOPICS, topic, wish, liaison)
    assert await inbox_of(here, Role.TOWN_COMMITTEE) == ["topic-waits"]
    today = (await clock.now(here.notify.db)).date()
    approve = ApproveTopic(today, "党工委〔2026〕13号")
    await here.do("meetings", TOPICS, topic, approve, committee)
    await call_meeting(here, topic, meeting)
    assert await inbox_of(here, Role.MEMBER) == ["invited"]


async def call_meeting(here: Town, topic: Any, meeting: Any) -> None:
    liaison = here.by(Role.TOWN_LIAISON, TOWN)
    assert liaison.seat
    seat = here.web.seats[Role.MEMBER][1]
    draft = DraftMeeting(
        TOWN,
        TopicLevel.TOWN,
        Form.CONFERENCE,
        convenor_seat=liaison.seat,
        chair_seat=liaison.seat,
        recorder_seat=liaison.seat,
        agenda=(Item("怎么加装"),),
        topic_ids=(topic,),
    )
    await here.do("meetings", MEETINGS, meeting, draft, liaison)
    roles = [SeatRole.PARTY, SeatRole.RESIDENT_REP, SeatRole.MEMBER, SeatRole.LIAISON]
    for place, role in enumerate([*roles, SeatRole.DEPT, SeatRole.PROPERTY, SeatRole.EXPERT], 1):
        member = seat if role is SeatRole.MEMBER else None
        invite = InviteParticipant(place, role, required=False, member_seat=member)
        await here.do("meetings", MEETINGS, meeting, invite, liaison)
    starts = await clock.now(here.notify.db) + timedelta(days=20)
    notice = NoticeMeeting(starts, starts + timedelta(hours=2), "街道三楼会议室")
    await here.do("meetings", MEETINGS, meeting, notice, liaison)
