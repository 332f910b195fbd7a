"""What the station and the handlers see and send: forms only, as a browser without scripts."""

import re
from typing import Any
from uuid import uuid4

import pytest
from fastapi.responses import JSONResponse

from contracts.permission import Role
from tests.journeys.city import VILLAGE
from tests.journeys.web import Web, form_of
from tests.routing.forms import (
    LIAISON,
    REPLY,
    STATION,
    TOWN_LIAISON,
    fill,
    route,
    stage,
    submit,
    take,
)

pytestmark = pytest.mark.connected
OTHER_TOWN, HELPING, BESIDE = "620105002", "620105001002", "620105001003"


@pytest.fixture
def web(shared: Web) -> Web:
    return shared


async def test_a_small_matter_goes_its_whole_way_by_forms(web: Web) -> None:
    issue = await submit(web)
    queue = await web.page(f"/console/queue?pick={issue}", STATION)
    assert "三号楼路灯不亮，老人摔倒" in queue.text
    assert "13893123456" not in queue.text
    assert form_of(queue, f"/console/queue/{issue}")["lane"] == "GRID:MICRO"
    sent = await route(web, issue)
    assert sent.status_code == 303, sent.text
    after = await web.page(sent.headers["location"], STATION)
    assert "已受理并分派" in after.text
    assert f"pick={issue}" not in after.text
    listed = await web.page("/console/cases?tab=sign", LIAISON)
    assert f"/console/cases/{issue}" in listed.text
    await take(web, issue, "sign", LIAISON)
    early = await web.page(f"/console/cases/{issue}", LIAISON)
    assert "还不能做的" in early.text
    assert "请先联系反映人：联系上，或试过3次（已试0次）。" in early.text
    await take(web, issue, "contact-made", LIAISON, method="PHONE", reached="true")
    await take(web, issue, "start", LIAISON)
    await take(web, issue, "progress", LIAISON, note="换灯的师傅明天上午到", public="1")
    shown = await web.page(f"/console/cases/{issue}", LIAISON)
    assert "换灯的师傅明天上午到" in shown.text
    assert "下一步：" in shown.text
    answer = {"result": "SOLVED", "reply": REPLY}
    await take(web, issue, "answer", LIAISON, "/answer", **answer)
    assert await stage(web, issue, LIAISON) == "ANSWERED"
    last = await web.page(f"/console/cases/{issue}", LIAISON)
    assert "<title>已答复待评价：" in last.text
    assert REPLY in last.text
    assert "等居民评价是否解决" in last.text
    why = await web.page(f"/console/cases/{issue}/why", STATION)
    assert "就用这一条" in why.text
    assert "没人说，按这一类平常的样子算" in why.text


async def test_another_lane_asks_for_a_reason_and_keeps_what_was_typed(web: Web) -> None:
    issue = await submit(web)
    refused = await route(web, issue, affected_hh="350", override_reason="")
    assert refused.status_code == 409
    assert "规则建议街道协商、大事大议。不按建议分派，请写明理由。" in refused.text
    assert await stage(web, issue, STATION) == "SUBMITTED"  # nothing was half done
    kept = form_of(refused, f"/console/queue/{issue}")
    assert (kept["affected_hh"], kept["lane"], kept["to_org"]) == ("350", "GRID:MICRO", VILLAGE)
    sent = await web.send(
        f"/console/queue/{issue}", kept | {"override_reason": "只有一盏灯坏了"}, STATION
    )
    assert sent.status_code == 303, sent.text
    why = await web.page(f"/console/cases/{issue}/why", STATION)
    assert "只有一盏灯坏了" in why.text


async def test_what_was_typed_changes_the_suggestion_and_nothing_else(web: Web) -> None:
    issue = await submit(web)
    path = f"/console/queue/{issue}"
    form = form_of(await web.page(f"/console/queue?pick={issue}", STATION), path)
    tried = await web.send(f"{path}/suggest", form | {"affected_hh": "350"}, STATION)
    assert tried.status_code == 200
    assert form_of(tried, path)["lane"] == "STREET:MAJOR"
    assert "影响 300 户以上" in tried.text
    assert await stage(web, issue, STATION) == "SUBMITTED"


async def test_a_field_that_is_wrong_is_said_at_the_field(web: Web) -> None:
    issue = await submit(web)
    for typed, said in (
        ({"affected_hh": ""}, "这一项要填。"),
        ({"affected_hh": "很多"}, "请填数字"),
        ({"to_org": ""}, "请从列出的里面选一个。"),
    ):
        wrong = await route(web, issue, **typed)
        assert (wrong.status_code, said in wrong.text) == (422, True), typed
        assert "<title>出错：" in wrong.text


async def test_a_double_tap_is_one_decision(web: Web) -> None:
    issue = await submit(web)
    path = f"/console/queue/{issue}"
    form = form_of(await web.page(f"/console/queue?pick={issue}", STATION), path)
    form |= {"category": "B4", "affected_hh": "5", "to_org": VILLAGE}
    first, again = [await web.send(path, form, STATION) for _ in range(2)]
    assert (first.status_code, again.status_code) == (303, 303)
    assert first.headers["location"] == again.headers["location"]


async def test_an_old_screen_is_told_so_and_what_was_typed_is_sent_again(web: Web) -> None:
    issue = await submit(web)
    assert (await route(web, issue)).status_code == 303
    await take(web, issue, "sign", LIAISON)
    case = f"/console/cases/{issue}"
    old = form_of(await web.page(case, LIAISON), f"{case}/progress")
    await take(web, issue, "contact-made", LIAISON, method="PHONE", reached="true")
    note = "明天上午去换灯 <b>&"
    stale = await web.send(f"{case}/progress", old | {"note": note, "public": "1"}, LIAISON)
    assert stale.status_code == 412
    assert "这件事变了，您写的还没记上" in stale.text
    kept = form_of(stale, f"{case}/progress")
    assert (kept["note"], kept["public"]) == (note, "1")
    assert (await web.send(f"{case}/progress", kept, LIAISON)).status_code == 303


async def test_an_old_queue_is_told_so(web: Web) -> None:
    issue = await submit(web)
    path = f"/console/queue/{issue}"
    old = form_of(await web.page(f"/console/queue?pick={issue}", STATION), path)
    accept = {"category": "B4", "urgency": "NORMAL", "affected_hh": 5}
    await web.post(f"/api/routing/cases/{issue}/accept-issue", accept, STATION)
    typed = {"affected_hh": "9", "to_org": VILLAGE, "override_reason": "要多走一步"}
    stale = await web.send(path, old | typed, STATION)
    assert stale.status_code == 412
    kept = form_of(stale, path)
    assert kept["override_reason"] == "要多走一步"
    again = await web.send(path, kept, STATION)  # what was accepted meanwhile is routed alone
    assert again.status_code == 303, again.text


async def test_a_matter_of_another_town_is_not_shown(web: Web) -> None:
    issue = await submit(web)
    await route(web, issue)
    mine = web.seats.pop(TOWN_LIAISON)
    await web.seat(TOWN_LIAISON, OTHER_TOWN)
    await web.settle()
    for path in ("", "/contact", "/answer", "/why"):
        answer = await web.page(f"/console/cases/{issue}{path}", TOWN_LIAISON)
        assert answer.status_code == 403
        assert "这件事不在您单位的范围内" in answer.text
        assert "路灯" not in answer.text
    sent = await web.send(f"/console/cases/{issue}/sign", {"once": str(uuid4())}, TOWN_LIAISON)
    assert sent.status_code == 403
    assert (await web.get(f"/api/routing/cases/{issue}", TOWN_LIAISON)).status_code == 403
    assert issue not in (await web.page("/console/cases", TOWN_LIAISON)).text
    web.seats[TOWN_LIAISON] = mine
    assert issue in (await web.page("/console/cases", TOWN_LIAISON)).text


async def test_who_helps_sees_it_and_who_stands_beside_does_not(web: Web) -> None:
    issue, mine = await submit(web), web.seats[LIAISON]
    accept = {"category": "B4", "urgency": "NORMAL", "affected_hh": 5}
    await web.post(f"/api/routing/cases/{issue}/accept-issue", accept, STATION)
    helped = {"lane": "GRID", "mode": "MICRO", "to_org": VILLAGE, "co_orgs": [HELPING]}
    done = await web.post(f"/api/routing/cases/{issue}/route-issue", helped, STATION)
    assert done.status_code == 200, done.text
    for org, listed, status in ((HELPING, True, 200), (BESIDE, False, 403)):
        web.seats.pop(LIAISON)
        await web.seat(LIAISON, org)
        await web.settle()
        assert (issue in (await web.page("/console/cases", LIAISON)).text) is listed
        page = await web.page(f"/console/cases/{issue}", LIAISON)
        assert page.status_code == status
    web.seats[LIAISON] = mine


async def test_who_has_no_business_here_is_told_so(web: Web) -> None:
    await submit(web)
    for path in ("/console/queue", "/console/routing/_count"):
        assert (await web.page(path, LIAISON)).status_code == 403
    assert (await web.page("/console/cases", Role.MEMBER)).status_code == 403
    assert (await web.page(f"/console/cases/{uuid4()}", LIAISON)).status_code == 404
    away = await web.page("/console/cases?tab=late")
    assert away.status_code == 303
    assert away.headers["location"].startswith("/console/sign-in?next=")


async def test_a_session_that_ended_keeps_what_was_typed(web: Web) -> None:
    issue = await submit(web)
    await route(web, issue)
    await take(web, issue, "sign", LIAISON)
    case = f"/console/cases/{issue}"
    form = form_of(await web.page(case, LIAISON), f"{case}/progress")
    typed = form | {"note": "师傅明天上午到，要带梯子"}
    ended = await web.send(f"{case}/progress", typed)
    assert ended.status_code == 401
    kept = form_of(ended, f"{case}/progress")
    assert kept["note"] == "师傅明天上午到，要带梯子"
    assert (await web.send(f"{case}/progress", kept, LIAISON)).status_code == 303


async def test_no_is_said_with_a_reason_and_where_to_go(web: Web) -> None:
    issue = await submit(web)
    path = f"/console/queue/{issue}/decline"
    typed = {"reason": "LEGAL_CHANNEL", "urgency": "NORMAL", "alternative": "区法院诉讼服务中心"}
    short = await fill(web, path, path, STATION, explanation="不归我们管", **typed)
    assert (short.status_code, "至少写20个字" in short.text) == (422, True)
    assert form_of(short, path)["alternative"] == "区法院诉讼服务中心"
    why = "这件事正由法院审理，议事会不能替法院作决定，请等判决。"
    urgent = typed | {"urgency": "EMERGENCY"}
    refused = await fill(web, path, path, STATION, explanation=why, **urgent)
    assert (refused.status_code, "紧急的事不能不受理" in refused.text) == (409, True)
    said = await fill(web, path, path, STATION, explanation=why, **typed)
    assert said.status_code == 303
    assert await stage(web, issue, STATION) == "NOT_ACCEPTED"
    assert why in (await web.page(f"/console/cases/{issue}", STATION)).text
    assert issue not in (await web.page("/console/queue", STATION)).text


async def test_what_belongs_elsewhere_is_handed_on(web: Web) -> None:
    issue = await submit(web)
    path = f"/console/queue/{issue}/transfer"
    why = "这件事归信访部门办理，他们会在十五天内告知是否受理。"
    typed = {"channel": "XINFANG", "external_ref": "XF-2026-18", "explanation": why}
    assert (await fill(web, path, path, STATION, **typed)).status_code == 303
    assert await stage(web, issue, STATION) == "TRANSFERRED"
    assert (await web.page(path, LIAISON)).status_code == 403


async def test_nothing_moves_under_who_reads_but_a_line_says_that_there_is_more(web: Web) -> None:
    first = await submit(web)
    page = await web.page(f"/console/queue?pick={first}", STATION)
    (news,) = re.findall(r'hx-get="(/console/queue/_news[^"]+)"', page.text)
    assert (await web.page(news, STATION)).text == ""
    await submit(web)
    assert "有 1 件新的" in (await web.page(news, STATION)).text
    assert (await web.page(news, LIAISON)).status_code == 403


async def test_the_queue_over_http_waits_for_what_was_just_done(web: Web) -> None:
    issue = await submit(web)
    accept = {"category": "B4", "urgency": "NORMAL", "affected_hh": 5}
    done = await web.post(f"/api/routing/cases/{issue}/accept-issue", accept, STATION)
    version = done.json()["version"]
    path = f"/api/routing/queue?issue_id={issue}&min_version={version}"
    answer = await web.get(path, STATION)
    assert [row["version"] for row in answer.json() if row["issue_id"] == issue] == [version]
    assert "x-behind" not in answer.headers
    behind = await web.get(f"/api/routing/queue?issue_id={issue}&min_version=99", STATION)
    assert behind.headers["x-behind"] == "true"


async def test_a_number_is_noted_before_it_is_shown_and_shown_once(web: Web) -> None:
    asked: list[str] = []
    issue = await submit(web)
    await route(web, issue)
    await take(web, issue, "sign", LIAISON)
    path = f"/console/cases/{issue}/contact"
    answering(web, [], status=503)
    away = await fill(web, path, path, LIAISON, reason="约时间上门看灯")
    assert (away.status_code, "暂时没有回答" in away.text) == (409, True)
    kept = form_of(away, path)
    assert kept["reason"] == "约时间上门看灯"
    answering(web, asked)
    found = await web.send(path, kept, LIAISON)
    assert found.status_code == 200
    assert found.headers["cache-control"] == "no-store"
    assert "13893123456" in found.text
    assert asked == [issue]
    assert "13893123456" not in (await web.page(path, LIAISON)).text
    page = await web.page(f"/console/cases/{issue}", STATION)
    assert page.text.count("看了反映人的联系方式") == 1  # the second press was the same one
    assert "约时间上门看灯" in page.text
    short = await fill(web, path, path, LIAISON, reason="看")
    assert (short.status_code, "至少写4个字" in short.text) == (422, True)
    nobody = await web.page(path, STATION)
    assert "只有承办单位的联络员、网格员能看" in nobody.text


def answering(web: Web, asked: list[str], status: int = 200) -> None:
    """As intake answers who may ask, or as it does when it is away."""

    async def contact(body: dict[str, Any]) -> JSONResponse:
        asked.append(body["issue_id"])
        return JSONResponse({"name": "李建国", "contact": "13893123456"}, status)

    app = web.built["intake"].app
    app.add_api_route("/internal/intake/reporter-contact", contact, methods=["POST"])
    app.router.routes.insert(0, app.router.routes.pop())
