"""A big matter goes its way with its topic and its council: every step reaches it by itself."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from contracts.permission import Role
from kernel import clock
from tests.journeys.city import TOWN
from tests.journeys.founded import Founded, city
from tests.journeys.web import Web, form_of
from tests.routing.forms import (
    REPLY,
    STATION,
    TOWN_LIAISON,
    route,
    stage,
    submit,
    take,
)

pytestmark = pytest.mark.connected
COMMITTEE = Role.TOWN_COMMITTEE
ROLES = ("PARTY", "RESIDENT_REP", "MEMBER", "LIAISON", "RESIDENT_REP", "PROPERTY", "DEPT")


@pytest.fixture
async def web(founded: Founded) -> AsyncIterator[Web]:
    async with city(founded) as web:
        yield web


async def wait(web: Web, days: int) -> None:
    for house in web.houses.values():
        await clock.move(house.running.db, timedelta(days=days))
    await web.settle()


async def say(web: Web, subject: str, wish: str, by: Role, **body: Any) -> None:
    answer = await web.post(f"/api/meetings/{subject}/{wish}", body, by)
    assert answer.status_code == 200, answer.text


async def sent_to_the_street(web: Web) -> str:
    issue = await submit(web, text="几个小区想一起加装电梯，大约三百五十户。")
    answer = await route(web, issue, category="A3", affected_hh="350", lane="STREET:MAJOR")
    assert answer.status_code == 303, answer.text
    await take(web, issue, "sign", TOWN_LIAISON)
    return issue


async def laid_before_the_committee(web: Web, issue: str) -> str:
    topic = f"topics/{uuid4()}"
    about = {"org_code": TOWN, "level": "TOWN", "source": "ISSUE", "question": "电梯怎么装"}
    await say(web, topic, "propose-topic", TOWN_LIAISON, **about, issue_ids=[issue])
    assert await stage(web, issue, TOWN_LIAISON) == "SIGNED"
    package = {"background": "350 户，老楼", "parties": ["产权单位"], "options": ["装", "不装"]}
    await say(web, topic, "submit-topic", TOWN_LIAISON, **package)
    return topic


async def today(web: Web) -> Any:
    return (await clock.now(web.houses["meetings"].running.db)).date()


async def decided(web: Web, topic: str, how: str, **more: Any) -> None:
    record = {"decided_on": str(await today(web)), "record_no": "党工委〔2026〕12号"}
    await say(web, topic, how, COMMITTEE, **record, **more)


async def test_deferred_then_approved_then_held_then_answered(web: Web) -> None:
    issue = await sent_to_the_street(web)
    page = f"/console/cases/{issue}"
    topic = await laid_before_the_committee(web, issue)
    assert await stage(web, issue, TOWN_LIAISON) == "TOPIC_PENDING"
    shown = await web.page(page, TOWN_LIAISON)
    assert f'href="/console/{topic}"' in shown.text
    assert "党工委研究是否列为议题" in shown.text
    until = str(await today(web) + timedelta(days=5))
    await decided(web, topic, "defer-topic", why="缺预算", until=until)
    assert await stage(web, issue, TOWN_LIAISON) == "TOPIC_PENDING"
    assert "暂缓确定议题" in (await web.page(page, TOWN_LIAISON)).text
    await wait(web, 5)
    await decided(web, topic, "approve-topic")
    assert await stage(web, issue, TOWN_LIAISON) == "DELIBERATING"
    meeting = await held(web, issue, topic)
    assert await stage(web, issue, TOWN_LIAISON) == "IMPLEMENTING"
    shown = await web.page(page, TOWN_LIAISON)
    assert f'href="/console/{meeting}"' in shown.text
    assert "议出了结果，接着落实" in shown.text
    await take(web, issue, "contact-made", TOWN_LIAISON, method="PHONE", reached="true")
    answer = {"result": "SOLVED", "reply": REPLY, "meeting_id": meeting.partition("/")[2]}
    await take(web, issue, "answer", TOWN_LIAISON, "/answer", **answer)
    assert await stage(web, issue, TOWN_LIAISON) == "IMPLEMENTING"
    assert "负责人签发答复" in (await web.page(page, TOWN_LIAISON)).text
    await sent_back_and_approved(web, issue)
    assert await stage(web, issue, TOWN_LIAISON) == "ANSWERED"
    council = await web.page("/console/cases?tab=council", STATION)
    assert issue not in council.text


async def sent_back_and_approved(web: Web, issue: str) -> None:
    """The committee finds it on its desk."""
    page, head = f"/console/cases/{issue}", Role.TOWN_COMMITTEE
    assert "签发答复" in (await web.page("/console/desk", head)).text
    assert REPLY in (await web.page(page, head)).text
    await another_draft(web, issue)
    await take(web, issue, "send-back", head, reason="写清什么时候修好")
    assert "签发答复" not in (await web.page("/console/desk", head)).text
    again = await web.page(f"{page}/answer", TOWN_LIAISON)
    assert "写清什么时候修好" in again.text
    form = form_of(again, f"{page}/answer")
    assert (form["reply"], form["result"]) == (REPLY, "SOLVED")
    sent = await web.send(
        f"{page}/answer", form | {"reply": f"{REPLY}今天下午修好。"}, TOWN_LIAISON
    )
    assert sent.status_code == 303, sent.text
    await take(web, issue, "approve", head)


async def another_draft(web: Web, issue: str) -> None:
    """While the head looks at the one before: that one is not approved any more."""
    page, head = f"/console/cases/{issue}", Role.TOWN_COMMITTEE
    shown = await web.page(page, head)
    old, back = form_of(shown, f"{page}/approve"), form_of(shown, f"{page}/send-back")
    form = form_of(await web.page(f"{page}/answer", TOWN_LIAISON), f"{page}/answer")
    assert (await web.send(f"{page}/answer", form, TOWN_LIAISON)).status_code == 303
    late = await web.send(f"{page}/approve", old, head)
    assert (late.status_code, "还没有签发" in late.text) == (412, True)
    late = await web.send(f"{page}/send-back", back | {"reason": "写清什么时候修好"}, head)
    assert late.status_code == 412
    again = form_of(late, f"{page}/send-back")
    assert (again["reason"], again["nth"]) == ("写清什么时候修好", "2")
    said = await web.post(f"/api/routing/cases/{issue}/approve-answer", {"nth": 1}, head)
    assert (said.status_code, said.json()["code"]) == (409, "answer-drafted-anew")


async def held(web: Web, issue: str, topic: str) -> str:
    meeting, (_, seat) = f"meetings/{uuid4()}", web.seats[TOWN_LIAISON]
    about = {"topic_ids": [topic.partition("/")[2]], "agenda": [{"question": "怎么装"}]}
    seats = dict.fromkeys(("convenor_seat", "chair_seat", "recorder_seat"), str(seat))
    form = {"org_code": TOWN, "level": "TOWN", "form": "CONFERENCE"}
    await say(web, meeting, "draft-meeting", TOWN_LIAISON, **form, **about, **seats)
    for place, role in enumerate(ROLES, 1):
        member = {"member_seat": str(web.seats[Role.MEMBER][1])} if role == "MEMBER" else {}
        invited = {"place": place, "role": role, "required": False, **member}
        await say(web, meeting, "invite-participant", TOWN_LIAISON, **invited)
    starts = await clock.now(web.houses["meetings"].running.db) + timedelta(days=16)
    notice = {"starts_at": starts.isoformat(), "venue": "街道三楼会议室"}
    ends = (starts + timedelta(hours=2)).isoformat()
    await say(web, meeting, "notice-meeting", TOWN_LIAISON, **notice, ends_at=ends)
    page = await web.page(f"/console/cases/{issue}", TOWN_LIAISON)
    assert "下一步：开协商会" in page.text
    await wait(web, 16)
    for place in range(1, 8):
        await say(web, meeting, "check-in", TOWN_LIAISON, place=place)
    item = {"no": 1, "outcome": "CONSENSUS", "agreed": "先装一部"}
    await say(web, meeting, "decide-item", TOWN_LIAISON, **item)
    ended = (await clock.now(web.houses["meetings"].running.db)).isoformat()
    await say(web, meeting, "end-meeting", TOWN_LIAISON, ended_at=ended)
    return meeting


async def test_rejected_it_is_led_by_whom_the_committee_named(web: Web) -> None:
    issue = await sent_to_the_street(web)
    topic = await laid_before_the_committee(web, issue)
    village = "620105001001"
    await decided(web, topic, "reject-topic", why="先由社区摸底", handling_org=village)
    assert await stage(web, issue, STATION) == "IN_PROGRESS"
    community = Role.COMMUNITY_LIAISON
    assert issue in (await web.page("/console/cases", community)).text
    await take(web, issue, "contact-made", community, method="VISIT", reached="true")
    talk = {
        "org_code": TOWN,
        "issue_ids": [issue],
        "form": "MICRO",
        "parties": ["PARTY", "LIAISON"],
        "at": (await clock.now(web.houses["meetings"].running.db)).isoformat(),
        "result": "先装一部试试",
    }
    await say(web, f"meetings/{uuid4()}", "record-instant-meeting", TOWN_LIAISON, **talk)
    assert await stage(web, issue, STATION) == "IN_PROGRESS"  # evidence, and no step
    page = await web.page(f"/console/cases/{issue}/answer", community)
    assert "微协商" in page.text
