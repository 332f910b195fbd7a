"""Who may do what on the pages of meetings, and what becomes of what was typed."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from contracts.permission import Role
from kernel import clock
from tests.journeys.city import VILLAGE
from tests.journeys.founded import Founded, city
from tests.journeys.test_over_http import everything
from tests.journeys.web import Web, form_of
from tests.kernel.checker import check_projection, check_store, parked
from tests.meetings import lane
from tests.meetings.lane import COMMITTEE, LIAISON, STATION, fill, path_of, send, texts
from tests.routing.forms import route, stage, take

pytestmark = pytest.mark.connected
OTHER_TOWN = "620105002"


@pytest.fixture
async def web(founded: Founded) -> AsyncIterator[Web]:
    async with city(founded) as web:
        yield web


async def test_the_station_sees_the_decision_and_cannot_take_it(web: Web) -> None:
    topic = await lane.propose(web)
    await lane.submit(web, topic)
    action = f"{topic}/decision"
    page = await web.page(action, STATION)
    assert "不能登记" in texts(page)
    assert action not in page.text.partition("<main")[2].partition("<form")[2]
    given = {
        **form_of(await web.page(action, COMMITTEE), action),
        "decision": "APPROVED",
        "record_no": "34 号",
    }
    await send(web, action, STATION, given, 403)
    await send(web, f"{action}/record", STATION, given, 403)
    assert await lane.told(web, stream(topic)) == ["TopicProposed", "TopicSubmitted"]


def stream(path: str, kind: str = "topic") -> str:
    return f"{kind}-{path.rpartition('/')[2]}"


async def test_elsewhere_nobody_learns_that_it_is_there(web: Web) -> None:
    topic = await lane.propose(web)
    await lane.submit(web, topic)
    ident = topic.rpartition("/")[2]
    del web.seats[COMMITTEE]
    await web.seat(COMMITTEE, OTHER_TOWN)
    await web.settle()
    assert lane.QUESTION not in (await web.page("/console/topics", COMMITTEE)).text
    for path in (topic, f"{topic}/decision", f"/console/meetings/new?topic={ident}"):
        answer = await web.page(path, COMMITTEE)
        assert answer.status_code == 404
        assert lane.QUESTION not in answer.text
    await send(web, f"{topic}/decision", COMMITTEE, {"decision": "APPROVED"}, 404)
    found = await web.get("/api/meetings/topics", COMMITTEE)
    assert found.json() == {"topics": [], "after": None}
    assert (await web.get(f"/api/meetings/topics/{ident}", COMMITTEE)).status_code == 404
    assert (await web.page("/console/topics", Role.SYS_ADMIN)).status_code == 403


async def test_an_old_screen_keeps_what_was_typed_on_it(web: Web) -> None:
    topic = await lane.propose(web)
    mine = {**form_of(await web.page(topic, LIAISON), topic), **lane.PACKAGE}
    await lane.submit(web, topic)
    page = await send(web, topic, LIAISON, {**mine, "background": "我写了很久的背景"}, 412)
    assert "您写的时候，这件事变了" in page.text
    assert "我写了很久的背景" in page.text
    action = f"{topic}/decision"
    early = form_of(await web.page(action, COMMITTEE), action)
    now = await clock.now(web.houses["meetings"].running.db)
    until = (now + timedelta(days=3)).date().isoformat()
    await lane.decide(web, topic, "DEFERRED", why="补车流数", until=until)
    given = {**early, "decision": "APPROVED", "record_no": "培党工〔2026〕35 号"}
    page = await send(web, action, COMMITTEE, given, 412)
    again = form_of(page, action)
    assert again["record_no"] == "培党工〔2026〕35 号"
    assert again["if_match"] == "3"


async def test_a_double_press_is_once(web: Web) -> None:
    action = f"/console/topics/new?issue={await lane.matter(web)}"
    given = {**form_of(await web.page(action, LIAISON), action), "question": lane.QUESTION}
    first = path_of(await send(web, action, LIAISON, given))
    assert path_of(await send(web, action, LIAISON, given)) == first
    assert await lane.told(web, stream(first)) == ["TopicProposed"]
    await lane.submit(web, first)
    await lane.decide(web, first, "APPROVED")
    meeting = await lane.draft(web, first)
    invite = f"{meeting}/invite"
    seat = {**form_of(await web.page(meeting, LIAISON), invite), "role": "PARTY"}
    for _ in range(2):
        await send(web, invite, LIAISON, seat)
    told = await lane.told(web, stream(meeting, "meeting"))
    assert told == ["MeetingDrafted", "ParticipantInvited"]


async def test_what_is_wrong_is_said_and_what_was_typed_stays(web: Web) -> None:
    action = f"/console/topics/new?issue={await lane.issue(web)}"
    page = await fill(web, action, action, LIAISON, {"sub_questions": lane.SUBS}, 422)
    assert form_of(page, action)["sub_questions"].splitlines() == lane.SUBS.splitlines()
    meeting = await lane.draft(web, await lane.approved(web))
    notice = f"{meeting}/notice"
    given = {"venue": "院里的大树下", "on": "2026-13-45"}
    page = await fill(web, meeting, notice, LIAISON, given, 422)
    assert form_of(page, notice)["venue"] == "院里的大树下"
    page = await fill(web, meeting, notice, LIAISON, {"venue": "院里的大树下"}, 409)
    assert "至少要邀请7个席位" in page.text
    today = (await clock.now(web.houses["meetings"].running.db)).date().isoformat()
    page = await fill(web, meeting, notice, LIAISON, {"venue": "楼下", "on": today}, 409)
    assert "通知的时间不够，最早可定在" in page.text
    for fields in ({"role": "MEMBER"}, {"role": "PARTY"}):
        status = 409 if fields["role"] == "MEMBER" else 303
        await fill(web, meeting, f"{meeting}/invite", LIAISON, fields, status)


async def test_a_topic_waits_until_its_matter_was_taken_on(web: Web) -> None:
    """Else the topic could not take it along, and would stand still for good."""
    matter = await lane.issue(web)
    action = f"/console/topics/new?issue={matter}"
    topic = path_of(await fill(web, action, action, LIAISON, {"question": lane.QUESTION}))
    page = await fill(web, topic, topic, LIAISON, lane.PACKAGE, 409)
    assert "有 1 件事还没有人接" in page.text
    assert form_of(page, topic)["background"] == lane.PACKAGE["background"]
    small = {"category": "B4", "affected_hh": "5", "lane": "COMMUNITY:MINOR", "to_org": VILLAGE}
    await route(web, matter, **small, override_reason="按现场情况定")
    await fill(web, topic, topic, LIAISON, lane.PACKAGE, 409)
    await take(web, matter, "sign", Role.COMMUNITY_LIAISON)
    await lane.submit(web, topic)
    assert await stage(web, matter, LIAISON) == "TOPIC_PENDING"


async def test_a_matter_that_was_declined_holds_no_topic_up(web: Web) -> None:
    matter = await lane.issue(web)
    action = f"/console/topics/new?issue={matter}"
    topic = path_of(await fill(web, action, action, LIAISON, {"question": lane.QUESTION}))
    no = {
        "reason": "CLOSED_SAME_MATTER",
        "explanation": "同一件事去年已经答复过，情况没有变化，请看那一次的答复。",
        "alternative": "凭码查看去年的答复",
        "urgency": "NORMAL",
    }
    gone = await web.post(f"/api/routing/cases/{matter}/decline-issue", no, STATION)
    assert gone.status_code == 200, gone.text
    await lane.submit(web, topic)


async def test_a_meeting_cannot_end_before_all_is_there(web: Web) -> None:
    meeting = await lane.noticed(web)
    assert (await web.page(f"{meeting}/minutes", LIAISON)).status_code == 409
    page = await lane.check_in(web, meeting, range(1, 4))
    assert "人数还不够" in texts(page)
    end = f"{meeting}/end"
    page = await fill(web, end, end, LIAISON, {}, 409)
    assert "到会3人，至少要7人且过半" in page.text
    await lane.check_in(web, meeting)
    page = await fill(web, end, end, LIAISON, {}, 409)
    assert "还有议程没有结果：第1、2项" in page.text
    minutes = f"{meeting}/minutes"
    wrong = {"outcome": "VOTED_PASS", "votes_for": "1", "votes_against": "5"}
    page = await fill(web, minutes, f"{minutes}/1", LIAISON, wrong, 409)
    assert form_of(page, f"{minutes}/1")["votes_against"] == "5"


async def test_residents_read_when_and_where_and_by_role_alone(web: Web) -> None:
    meeting = await lane.draft(web, await lane.approved(web))
    public = f"/m/{meeting.rpartition('/')[2]}"
    assert (await web.page(public)).status_code == 404
    await lane.invite_all(web, meeting)
    await lane.notice(web, meeting)
    read = texts(await web.page(public))
    for words in ("街道三楼会议室", "接送车停哪", "政协委员 1 席", "居民代表 2 席"):
        assert words in read


async def test_a_talk_is_recorded_in_one_form_and_a_visit_stays_private(web: Web) -> None:
    issue = await lane.issue(web)
    action = f"/console/meetings/record?issue={issue}"
    assert (await web.page(action, Role.COMMUNITY_LIAISON)).status_code == 404
    given = {
        **form_of(await web.page(action, LIAISON), action),
        "parties[]": ["PARTY", "PARTY", "LIAISON"],
        "form": "HOUSEHOLD_VISIT",
    }
    page = await send(web, action, LIAISON, given, 422)
    assert page.text.count("checked") == 4  # three parties and the form, as they were chosen
    given["result"] = "楼上今天修水管"
    first = path_of(await send(web, action, LIAISON, given))
    assert path_of(await send(web, action, LIAISON, given)) == first
    assert await lane.told(web, stream(first, "meeting")) == ["MeetingHeld"]
    read = texts(await web.page(f"/m/{first.rpartition('/')[2]}"))
    assert "楼上今天修水管" in read
    assert "当事方" not in read


async def test_a_case_shows_what_a_council_made_of_it(web: Web) -> None:
    issue = await lane.issue(web)
    piece = f"/console/topics/about/{issue}"
    assert "/console/topics/new?issue=" in (await web.page(piece, LIAISON)).text
    assert "提议题" not in (await web.page(piece, COMMITTEE)).text
    action = f"/console/topics/new?issue={issue}"
    topic = path_of(await fill(web, action, action, LIAISON, {"question": lane.QUESTION}))
    page = await web.page(piece, STATION)
    assert (topic in page.text, "提议题" in page.text) == (True, False)
    assert topic not in (await web.page(piece, Role.COMMUNITY_LIAISON)).text


async def test_programs_read_the_same(web: Web) -> None:
    meeting = await lane.noticed(web)
    (listed,) = (await web.get("/api/meetings/topics", STATION)).json()["topics"]
    assert (listed["question"], listed["stage"]) == (lane.QUESTION, "APPROVED")
    assert listed["meeting_id"] == meeting.rpartition("/")[2]
    one = await web.get(f"/api/meetings/topics/{listed['topic_id']}", STATION)
    assert (one.json()["options"], one.headers["etag"]) == (["开侧门", "高峰单行"], '"3"')
    one = await web.get(f"/api/meetings/meetings/{listed['meeting_id']}", STATION)
    assert (one.json()["venue"], one.headers["etag"]) == ("街道三楼会议室", '"9"')
    assert [seat["role"] for seat in one.json()["seats"]] == lane.SEVEN


async def test_read_models_hold_no_words_and_can_be_built_anew(web: Web) -> None:
    await lane.check_in(web, await lane.noticed(web))
    house = web.houses["meetings"]
    db, found = house.running.db, list[str]()
    for projection in house.running.service.projections:
        found += await check_projection(db, projection)
    assert found + await check_store(db) + await parked(db) == []
    rest = await everything(house)
    for secret in ("接送车", "摊点", "街道三楼", "学校门口", "13893123456"):
        assert secret.encode() not in rest


async def test_a_village_decides_its_own_topics(web: Web) -> None:
    by, secretary = Role.COMMUNITY_LIAISON, Role.COMMUNITY_SECRETARY
    action = "/console/topics/new"
    given = {"question": "楼拐角的荒地怎么用", "source": "RESIDENTS"}
    topic = path_of(await fill(web, action, action, by, given))
    await fill(web, topic, topic, by, lane.PACKAGE)
    assert "楼拐角的荒地怎么用" in (await web.page("/console/topics", secretary)).text
    assert (await web.page(topic, COMMITTEE)).status_code == 200
    decide, chosen = f"{topic}/decision", {"decision": "REJECTED", "record_no": "7 号"}
    page = await fill(web, decide, decide, secretary, chosen, 200)
    record = f"{decide}/record"
    page = await send(web, record, secretary, form_of(page, record), 422)
    assert form_of(page, record)["record_no"] == "7 号"
    no = {**form_of(page, record), "why": "物业能直接办", "handling_org": VILLAGE}
    page = await send(web, record, secretary, no)
    assert "没有同意" in texts(page)
