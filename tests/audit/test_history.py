"""One matter's history over all services, told to who may look at it and to nobody else."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from contracts.permission import Role
from kernel.wire.page import Arrived
from tests.audit.story import (
    AGREED,
    NAME,
    OTHER_TOWN,
    PHONE,
    PLACE,
    REPLY,
    STATION,
    TOWN_LIAISON,
    big,
    do,
    forgotten,
    move_town_liaison,
    raised,
    small,
)
from tests.journeys.founded import Founded, city
from tests.journeys.test_over_http import everything
from tests.journeys.web import Web
from tests.kernel.checker import check_projection, check_store, parked
from tests.kernel.city import House

pytestmark = pytest.mark.connected
SMALL = [
    "IssueSubmitted",
    "CaseOpened",
    "IssueAccepted",
    "IssueRouted",
    "IssueSigned",
    "IssueContacted",
    "MeetingHeld",
    "IssueWorkStarted",
    "IssueAnswered",
    "IssueEvaluated",
    "IssueClosed",
]
OF_THE_MATTER = ("intake", "routing", "meetings")


@pytest.fixture
async def web(founded: Founded) -> AsyncIterator[Web]:
    async with city(founded) as web:
        yield web
        assert await wrong(web) == []


async def wrong(web: Web) -> list[str]:
    """What the history checker finds: every read model rebuilt equals the live one."""
    running = web.built["audit"].running
    found = await check_store(running.db) + await parked(running.db)
    for projection in running.service.projections:
        found += await check_projection(running.db, projection)
    return found


async def told(web: Web, issue: str, by: Role = STATION, **asked: Any) -> Any:
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    answer = await web.get(f"/api/audit/history/{issue}?{query}", by)
    assert answer.status_code == 200, answer.text
    return answer.json()


def of_matter(history: Any) -> list[Any]:
    """Without what others were told of it meanwhile."""
    return [line for line in history["lines"] if line["service"] in OF_THE_MATTER]


def above(history: Any) -> dict[str, str | None]:
    """Kind → kind of the line it stands under."""
    kinds = {line["n"]: line["kind"] for line in history["lines"]}
    return {line["kind"]: kinds.get(line["under"]) for line in history["lines"]}


async def test_a_matter_is_told_whole_by_whom_and_why_in_the_order_of_causes(web: Web) -> None:
    issue, _ = await small(web)
    history = await told(web, issue)
    assert [line["kind"] for line in of_matter(history)] == SMALL
    assert history["stage"] == "CLOSED"
    under = above(history)
    assert under["CaseOpened"] == "IssueSubmitted"
    assert under["IssueAnswered"] == "MeetingHeld"
    assert under["MeetingHeld"] == "IssueContacted"
    assert under["IssueEvaluated"] == "IssueAnswered"
    assert under["IssueClosed"] == "IssueEvaluated"
    by_kind = {line["kind"]: line for line in history["lines"]}
    assert by_kind["IssueRouted"]["rule"].startswith("规则 R5 · 办法 lz-default-1 · 日历 cn-")
    assert by_kind["IssueRouted"]["who"]["name"] == "培黎街道"
    assert by_kind["IssueSubmitted"]["who"]["role"] == "resident"
    assert by_kind["MeetingHeld"]["texts"] == [{"label": "商定", "text": AGREED, "why": ""}]
    assert by_kind["IssueAnswered"]["texts"][0]["text"] == REPLY
    assert by_kind["IssueClosed"]["how"] == "following"
    assert by_kind["IssueClosed"]["because"] == by_kind["IssueClosed"]["under"]
    causes = {line["n"]: line["kind"] for line in history["lines"]}
    told_of = [
        causes.get(one["because"])
        for one in history["lines"]
        if one["kind"] == "NotificationQueued"
    ]
    assert told_of[0] == "IssueSubmitted"
    assert "IssueAnswered" in told_of
    assert {s["service"] for s in history["streams"]} == {*OF_THE_MATTER, "notify"}
    assert all(not s["missing"] and s["chained"] for s in history["streams"])


async def test_the_page_shows_it_as_a_tree_and_by_time(web: Web) -> None:
    issue, _ = await small(web)
    page = await web.page(f"/console/history/{issue}", STATION)
    assert page.status_code == 200, page.text
    assert "<title>来龙去脉：三号楼路灯不亮，老人摔倒</title>" in page.text
    assert f"商定：{AGREED}" in page.text
    assert "规则 R5" in page.text
    assert '因为 <a href="#n' in page.text
    assert " style=" not in page.text
    kinds = re.findall(r'<span class="mono">(\w+)</span>', page.text)
    assert sorted(kind for kind in kinds if kind in SMALL) == sorted(SMALL)
    assert kinds.index("MeetingHeld") + 1 == kinds.index("IssueAnswered")
    by_time = await web.page(f"/console/history/{issue}?order=time", STATION)
    assert "竖线往下" not in by_time.text
    intake = await web.page(f"/console/history/{issue}?svc=intake&who=person&pub=1", STATION)
    found = re.findall(r'<span class="mono">(\w+)</span>', intake.text)
    assert found == ["IssueSubmitted", "IssueEvaluated"]


async def test_the_committee_and_the_conference_stand_inside_the_matter(web: Web) -> None:
    issue, topic, meeting = await big(web)
    history = await told(web, issue)
    streams = {stream["stream"] for stream in history["streams"]}
    assert {f"topic-{topic}", f"meeting-{meeting}"} <= streams
    under = above(history)
    assert under["TopicProposed"] == "IssueSigned"
    assert under["IssueTopicDecided"] == "TopicApproved"
    assert under["MeetingDrafted"] == "TopicApproved"
    assert under["IssueDeliberated"] == "MeetingHeld"
    assert history["stage"] == "IMPLEMENTING"
    assert under["ParticipantInvited"] == "MeetingDrafted"
    assert under["MeetingNoticed"] == "ParticipantInvited"
    by_kind = {line["kind"]: line for line in history["lines"]}
    assert by_kind["ParticipantInvited"]["count"] == 7
    assert by_kind["MeetingHeld"]["texts"][0] == {
        "label": "第 1 项商定",
        "text": "先装一部",
        "why": "",
    }
    each = await told(web, issue, every="true")
    assert sum(line["kind"] == "ParticipantInvited" for line in each["lines"]) == 7


async def test_another_town_sees_nothing_of_it_and_who_keeps_the_system_neither(web: Web) -> None:
    issue, _ = await small(web)
    paths = (f"/console/history/{issue}", f"/api/audit/history/{issue}")
    for path in paths:
        assert (await web.get(path, TOWN_LIAISON)).status_code == 200
        assert (await web.get(path, Role.COMMUNITY_LIAISON)).status_code == 200
        assert (await web.get(path, Role.SYS_ADMIN)).status_code == 404
        assert (await web.get(path, Role.MEMBER)).status_code == 404
        assert (await web.get(path)).status_code == 401
    await move_town_liaison(web, OTHER_TOWN)
    for path in paths:
        no = await web.get(path, TOWN_LIAISON)
        assert no.status_code == 404
        assert "路灯" not in no.text
    unknown = await web.get(f"/api/audit/history/{uuid4()}", STATION)
    assert unknown.status_code == 404


async def test_residents_stay_unnamed_and_auditors_read_nothing_of_their_own_words(
    web: Web,
) -> None:
    issue, _ = await small(web)
    for by in (STATION, TOWN_LIAISON, Role.AUDITOR):
        page = await web.page(f"/console/history/{issue}", by)
        raw = await web.get(f"/api/audit/history/{issue}", by)
        assert all(secret not in page.text + raw.text for secret in (NAME, PHONE))
        assert (PLACE in page.text) == (PLACE in raw.text) == (by is not Role.AUDITOR)
        assert ("灯亮了" in page.text) == (by is not Role.AUDITOR)
        assert ("地点：［原话不给看］" in page.text) == (by is Role.AUDITOR)
        assert REPLY in page.text
    rest = await everything(web.houses["audit"])
    for secret in (NAME, PHONE, "三号楼", "路灯", AGREED, REPLY):
        assert secret.encode() not in rest, secret


async def test_who_asked_to_be_forgotten_is_at_once(web: Web) -> None:
    issue, _ = await small(web)
    await forgotten(web, issue)
    page = await web.page(f"/console/history/{issue}", STATION)
    assert PLACE not in page.text
    assert "灯亮了" not in page.text
    assert "地点：［已按本人要求删除］" in page.text
    assert "ReporterErased" in page.text
    assert REPLY in page.text


async def test_a_step_that_did_not_come_is_a_row_in_its_place_and_is_not_counted(web: Web) -> None:
    """A record is lost on its way to audit, and later ones of its stream come."""
    lose(web.houses["audit"], b"CaseOpened")
    issue = (await raised(web))["id"]
    accept = {"category": "B4", "urgency": "NORMAL", "affected_hh": 5}
    await do(web, f"/api/routing/cases/{issue}/accept-issue", accept, STATION)
    history = await told(web, issue)
    gap = next(line for line in history["lines"] if line["gap"])
    late = next(line for line in history["lines"] if line["kind"] == "IssueAccepted")
    assert (gap["stream"], gap["version"], gap["n"]) == (f"case-{issue}", 1, late["n"] - 1)
    assert not gap["counted"]
    assert not late["counted"]
    assert history["stage"] == "SUBMITTED"
    page = await web.page(f"/console/history/{issue}", STATION)
    assert "这里缺 1 步：分派的第 1 号还没到" in page.text
    assert '<li class="gap"' in page.text
    assert "缺第 1 号" in page.text
    assert "还不能说" in page.text


def lose(house: House, kind: bytes) -> None:
    for member in house.members:
        member.hear = partial(hear_but, kind, member.hear, {})


async def hear_but(kind: bytes, hear: Any, last: dict[str, Arrived], *place: Any) -> Any:
    """What is lost is heard as the record before it, once more: that changes nothing."""
    *where, records = place
    heard = []
    for one in records:
        lost = ("ce_type", kind) in one.headers
        last[str(where)] = replace(last[str(where)], offset=one.offset) if lost else one
        heard.append(last[str(where)])
    return await hear(*where, heard)
