"""What a resident sees while others work: councils, lateness, and that a no has its effect."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.permission import Role
from kernel.clock import move, now
from tests.intake.residents import (
    FORM_PAGE,
    answered,
    filled,
    issue_of,
    key_in,
    staff,
    worked_on,
)
from tests.journeys.city import TOWN
from tests.journeys.web import Web, form_of

pytestmark = pytest.mark.connected
VENUE = "培黎广场北侧凉亭"


class Resident:
    """Has sent a matter and looks again and again."""

    def __init__(self, web: Web, code: str, key: str, issue: UUID) -> None:
        self.web, self.code, self.key, self.issue = web, code, key, issue

    async def sees(self, page: str = "", key: str | None = None) -> str:
        answer = await self.web.page(f"/i/{self.code}{page}", k=key or self.key)
        assert answer.status_code == 200, answer.text
        return str(answer.text)

    async def rates(self, solved: str, satisfaction: int) -> Any:
        page = f"/i/{self.code}/rate"
        form = form_of(await self.web.page(page, k=self.key), page)
        said = {**form, "solved": solved, "satisfaction": str(satisfaction)}
        return await self.web.send(page, said, k=self.key)


@pytest.fixture
async def resident(web: Web) -> Resident:
    sent = await web.send(FORM_PAGE, await filled(web))
    code = sent.headers["location"].split("/")[2]
    web.client.cookies.clear()
    return Resident(web, code, key_in(sent), await issue_of(web, code))


async def pass_time(web: Web, by: timedelta) -> None:
    for house in web.houses.values():
        await move(house.running.db, by)
    await web.settle()


async def meetings(web: Web, path: str, wish: dict[str, Any], by: Role) -> None:
    done = await web.post(f"/api/meetings/{path}", wish, by)
    assert done.status_code == 200, done.text


async def test_a_council_is_seen_from_topic_to_outcome(web: Web, resident: Resident) -> None:
    accept = {"category": "A3", "urgency": "NORMAL", "affected_hh": 350, "cost_band": "LARGE"}
    await staff(web, resident.issue, "accept-issue", accept, Role.STATION_STAFF)
    route = {"lane": "STREET", "mode": "MAJOR", "to_org": TOWN}
    await staff(web, resident.issue, "route-issue", route, Role.STATION_STAFF)
    await staff(web, resident.issue, "sign-issue", {}, Role.TOWN_LIAISON)
    topic, meeting = f"topics/{uuid4()}", f"meetings/{uuid4()}"
    asked: dict[str, Any] = {
        "org_code": TOWN,
        "level": "TOWN",
        "source": "ISSUE",
        "question": "电梯怎么加装",
    }
    asked |= {"issue_ids": [str(resident.issue)]}
    await meetings(web, f"{topic}/propose-topic", asked, Role.TOWN_LIAISON)
    package = {"background": "350户", "parties": ["产权单位"], "options": ["加装"]}
    await meetings(web, f"{topic}/submit-topic", package, Role.TOWN_LIAISON)
    seen = await resident.sees()
    assert "待确定议题" in seen
    assert "正在等党组织研究" in seen
    today = (await now(web.houses["meetings"].running.db)).date()
    approve = {"decided_on": str(today), "record_no": "党工委〔2026〕13号"}
    await meetings(web, f"{topic}/approve-topic", approve, Role.TOWN_COMMITTEE)
    seen = await resident.sees()
    assert '<h2 id="now">协商中</h2>' in seen
    assert "已列为协商议题，最晚" in seen
    assert "列为协商议题" in seen
    await noticed(web, resident, topic, meeting, today)
    seen = await resident.sees()
    assert f"开会商量，在{VENUE}。" in seen
    assert "发了开会通知" in seen
    alone = await resident.sees(key="no")
    assert "协商中" in alone
    assert VENUE not in alone


async def noticed(web: Web, resident: Resident, topic: str, meeting: str, today: date) -> None:
    chair = str(web.seats[Role.TOWN_COMMITTEE][1])
    seat = {f"{who}_seat": chair for who in ("convenor", "chair", "recorder")}
    draft: dict[str, Any] = {"org_code": TOWN, "level": "TOWN", "form": "CONFERENCE", **seat}
    draft |= {"agenda": [{"question": "怎么加装"}], "topic_ids": [topic.partition("/")[2]]}
    draft |= {"issue_ids": [str(resident.issue)]}
    await meetings(web, f"{meeting}/draft-meeting", draft, Role.TOWN_LIAISON)
    roles = ["PARTY", "RESIDENT_REP", "MEMBER", "LIAISON", "RESIDENT_REP", "PROPERTY", "DEPT"]
    for place, role in enumerate(roles, 1):
        invited: dict[str, Any] = {"place": place, "role": role, "required": False}
        if role == "MEMBER":
            invited["member_seat"] = str(web.seats[Role.MEMBER][1])
        await meetings(web, f"{meeting}/invite-participant", invited, Role.TOWN_LIAISON)
    starts = today + timedelta(days=14)
    when = {"starts_at": f"{starts}T09:00:00+08:00", "ends_at": f"{starts}T11:00:00+08:00"}
    notice = {**when, "venue": VENUE}
    await meetings(web, f"{meeting}/notice-meeting", notice, Role.TOWN_LIAISON)


async def test_what_is_late_is_said_to_be_late_and_urged(web: Web, resident: Resident) -> None:
    await pass_time(web, timedelta(days=6))
    assert "已超时" in await resident.sees()
    await worked_on(web, resident.issue)
    assert "已超时" not in await resident.sees()
    await pass_time(web, timedelta(days=12))
    seen = await resident.sees()
    assert "天，已催办 " in seen


async def test_a_no_has_it_worked_on_again_and_a_word_is_said_once(
    web: Web, resident: Resident
) -> None:
    await worked_on(web, resident.issue)
    assert "现在还没有答复，有了答复再请您评价。" in await resident.sees("/rate")
    await answered(web, resident.issue)
    page = f"/i/{resident.code}/rate"
    empty = await web.send(
        page, {"once": str(uuid4()), "solved": "", "comment": "灯还是暗"}, k=resident.key
    )
    assert empty.status_code == 422
    assert form_of(empty, page)["comment"] == "灯还是暗"
    assert (await resident.rates("NO", 2)).status_code == 303
    seen = await resident.sees()
    assert "重新办理" in seen
    assert "您评价：没解决，不满意" in seen
    assert "您说没解决，建宁路社区重新办，最晚" in seen
    once = {"once": str(uuid4()), "solved": "YES", "satisfaction": "5"}
    again = await web.send(page, once, k=resident.key)
    assert again.status_code == 409
    assert "您已经评价过这次答复。" in again.text
    reached = {"method": "VISIT", "reached": True}
    await staff(web, resident.issue, "contact-reporter", reached, Role.COMMUNITY_LIAISON)
    await answered(web, resident.issue)
    assert "解决了吗" in await resident.sees("/rate")
    assert (await resident.rates("YES", 4)).status_code == 303
    assert "办结：您说解决了" in await resident.sees()


async def test_who_is_declined_reads_why_and_where_to_go_and_may_be_forgotten(
    web: Web, resident: Resident
) -> None:
    no = {
        "reason": "OUT_OF_AREA",
        "urgency": "NORMAL",
        "explanation": "这条路归市政管养，不在街道管辖范围之内，街道没有权限施工。",
        "alternative": "请拨打12345，由市政所派人来修。",
    }
    await staff(web, resident.issue, "decline-issue", no, Role.STATION_STAFF)
    seen = await resident.sees()
    assert "不予受理" in seen
    assert no["explanation"] in seen
    assert f"可以去：{no['alternative']}" in seen
    assert "12345" not in await resident.sees(key="no")
    page = f"/i/{resident.code}/erase"
    form = form_of(await web.page(page, k=resident.key), page)
    assert (await web.send(page, form, k=resident.key)).status_code == 303
    assert "您的姓名、电话、原话和照片已经删除。" in await resident.sees()
