"""What staff see: their desk, their inbox, and the numbers in the menu."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from contracts.permission import Role
from kernel.decider import Refused
from registry.neighbours import Neighbours
from services.routing.commands import CASES
from services.routing.domain.work import SignIssue
from tests.journeys.city import VILLAGE
from tests.journeys.web import form_of
from tests.notify.town import NUMBER, Town, routed

pytestmark = pytest.mark.connected
LIAISON, STATION = Role.COMMUNITY_LIAISON, Role.STATION_STAFF
NOTICES, ALL_READ = "/console/notices", "/console/notices/read-all"


async def count(here: Town, of: str, by: Role) -> str:
    answer = await here.web.page(f"/console/{of}/_count", by)
    assert answer.status_code == 200
    return answer.text


async def test_a_desk_names_the_step_by_when_and_where_to_take_it(here: Town) -> None:
    issue, _ = await here.submit()
    station = (await here.web.page("/console/desk", STATION)).text
    assert 'href="/console/queue"' in station
    assert "受理<span" in station
    other = (await here.web.page("/console/desk", LIAISON)).text
    assert "现在没有等您办的事" in other
    assert str(issue) not in other


async def test_a_step_moves_from_desk_to_desk_as_the_matter_moves(here: Town) -> None:
    issue, _ = await routed(here)
    assert "现在没有等您办的事" in (await here.web.page("/console/desk", STATION)).text
    mine = (await here.web.page("/console/desk", LIAISON)).text
    assert f'href="/console/cases/{issue}"' in mine
    assert "小区环境 · 建宁路社区居委会" in mine
    assert "签收<span" in mine
    await here.do("routing", CASES, issue, SignIssue(), here.by(LIAISON, VILLAGE))
    assert "联系反映人<span" in (await here.web.page("/console/desk", LIAISON)).text


async def test_what_is_late_stands_first_and_is_counted(here: Town) -> None:
    await routed(here)
    assert await count(here, "desk", LIAISON) == ""
    await here.move(timedelta(days=5))
    page = (await here.web.page("/console/desk", LIAISON)).text
    assert "<title>我的桌面：迟了 1 件，今天到期 0 件</title>" in page
    assert page.count("btn main") == 1
    assert await count(here, "desk", LIAISON) == "1"
    assert await count(here, "desk", Role.MEMBER) == ""


async def test_an_inbox_counts_what_is_unread_until_it_is_read(here: Town) -> None:
    await routed(here)
    assert await count(here, "notify", LIAISON) == "1"
    assert await count(here, "notify", STATION) == ""
    page = await here.web.page(NOTICES, LIAISON)
    assert "新事项000000000019已分派至建宁路社区居委会" in page.text
    assert "没看" in page.text
    answer = await here.web.send(ALL_READ, form_of(page, ALL_READ), LIAISON)
    assert (answer.status_code, answer.headers["location"]) == (303, NOTICES)
    assert await count(here, "notify", LIAISON) == ""
    assert "<title>站内消息：0 条没看</title>" in (await here.web.page(NOTICES, LIAISON)).text
    assert (await here.told()).count("NoticeRead") == 1


async def test_opening_a_notice_reads_it_and_leads_to_what_it_is_about(here: Town) -> None:
    issue, _ = await routed(here)
    (row,) = (await here.web.get("/api/notify/notices", LIAISON)).json()
    path = f"{NOTICES}/{row['notice_id']}/open"
    form = form_of(await here.web.page(NOTICES, LIAISON), path)
    answer = await here.web.send(path, form, LIAISON)
    assert answer.headers["location"] == f"/console/cases/{issue}"
    assert await count(here, "notify", LIAISON) == ""
    again = await here.web.send(path, form, LIAISON)
    assert again.status_code == 303


async def test_the_notice_of_another_seat_is_not_there(here: Town) -> None:
    await routed(here)
    (row,) = (await here.web.get("/api/notify/notices", LIAISON)).json()
    form = {"once": str(uuid4())}
    answer = await here.web.send(f"{NOTICES}/{row['notice_id']}/open", form, STATION)
    assert answer.status_code == 404
    path = f"/api/notify/notices/{row['notice_id']}/read-notice"
    denied = await here.web.post(path, {}, STATION)
    assert (denied.status_code, denied.json()["code"]) == (403, "not-in-your-seat")
    assert await count(here, "notify", LIAISON) == "1"


async def test_who_is_not_signed_in_sees_no_desk(here: Town) -> None:
    for path in ("/console/desk", NOTICES, "/console/notify/_count"):
        answer = await here.web.page(path)
        assert (answer.status_code, answer.headers["location"][:16]) == (303, "/console/sign-in")
    assert (await here.web.get("/api/notify/notices")).status_code == 401
    assert (await here.web.get("/console/live")).status_code == 401


async def test_a_one_time_code_goes_out_at_once_and_only_for_a_service(here: Town) -> None:
    intake = Neighbours(here.web.houses["intake"].running, here.web.client)
    code: dict[str, Any] = {"to": NUMBER, "template": "login-code", "values": {"code": "482913"}}
    assert await intake.ask("notify", "sms", "send-sms", code) == {"taken": True}
    page = (await here.web.page("/trial/sms")).text
    assert "【兰州政协】验证码482913，5分钟内有效，请勿告诉他人。" in page
    assert "尾号 3456" in page
    assert NUMBER not in page
    for wrong in ({"template": "received"}, {"values": {"code": "你好"}}, {"to": "0931"}):
        with pytest.raises(Refused):
            await intake.ask("notify", "sms", "send-sms", code | wrong)
    with pytest.raises(Refused):
        await intake.ask("notify", "sms", "another", code)
    assert (await here.web.client.post("/internal/notify/sms", json=code)).status_code == 403
    assert len(here.sink.kept) == 1
