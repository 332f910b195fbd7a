"""A matter is found by its code, its place and two letters of its text, by who may look at it."""

import re
from collections.abc import AsyncIterator
from html import unescape
from uuid import uuid4

import pytest
from sqlalchemy import text

from contracts.permission import Role
from kernel.seal.keyring import Missing
from services.audit.projections.search import look_again
from tests.audit.story import (
    NAME,
    OTHER_TOWN,
    PHONE,
    STATION,
    TOWN_LIAISON,
    forgotten,
    form,
    move_town_liaison,
    raised,
    small,
)
from tests.journeys.founded import Founded, city
from tests.journeys.web import Web

pytestmark = pytest.mark.connected
GRAMS = text("select subject, grams from audit.grams order by 1")
PARKED = text("select state, error from kernel.parked where consumer = 'audit:search'")


@pytest.fixture
async def web(founded: Founded) -> AsyncIterator[Web]:
    async with city(founded) as web:
        yield web


async def found(web: Web, typed: str, by: Role = STATION) -> str:
    """As its form sends it: the words stand in no address."""
    sent = await web.send("/console/search", {"q": typed}, by)
    assert sent.status_code == 303 and "?for=" in sent.headers["location"]
    page = await web.page(sent.headers["location"], by)
    assert page.status_code == 200, page.text
    return page.text


async def test_it_is_found_by_code_by_place_and_by_two_letters(web: Web) -> None:
    lamp = await raised(web)
    tap = await raised(web, "一楼水阀锈死，关不严，厨房一直渗水。", "九十三号院")
    code = lamp["code"]
    for typed in (code, code[:11], f"{code[:4]} {code[4:8]} {code[8:]}", code[:6]):
        page = await found(web, typed)
        assert lamp["id"] in page, typed
        assert (tap["id"] in page) == tap["code"].startswith(code[:6])
    for typed in ("水阀", "锈死", "九十三号", "水阀 九十三", "水 阀锈"):
        page = await found(web, typed)
        assert tap["id"] in page or typed == "水 阀锈", typed
        assert lamp["id"] not in page
    page = await found(web, "水阀")
    assert "<title>“水阀”找到 1 条</title>" in page
    assert "一楼<mark>水阀</mark>锈死" in page
    assert f"/console/history/{tap['id']}" in page


async def test_what_only_looks_alike_is_no_hit_and_names_and_numbers_never_are(web: Web) -> None:
    """All pairs may be there, and the word is not: the text itself decides."""
    await raised(web)
    await raised(web, "水管的管道漏水，道路积水。", "")
    assert "没有找到" in await found(web, "水管道路")
    assert "找到 1 条" in await found(web, "管道漏水")
    for secret in (NAME, PHONE, PHONE[:7]):
        assert "没有找到" in await found(web, secret)


async def test_nobody_finds_what_is_not_theirs(web: Web) -> None:
    lamp = await raised(web)
    assert lamp["id"] in await found(web, "路灯", TOWN_LIAISON)
    for by in (Role.COMMUNITY_LIAISON, Role.SYS_ADMIN, Role.MEMBER):
        assert "没有找到" in await found(web, "路灯", by)
        assert "没有找到" in await found(web, lamp["code"], by)
    await move_town_liaison(web, OTHER_TOWN)
    assert "没有找到" in await found(web, "路灯", TOWN_LIAISON)
    assert "没有找到" in await found(web, lamp["code"], TOWN_LIAISON)


async def test_an_auditor_finds_no_place_that_a_resident_named(web: Web) -> None:
    await raised(web)
    assert "没有找到" in await found(web, "拐角", Role.AUDITOR)
    page = await found(web, "路灯", Role.AUDITOR)
    assert "找到 1 条" in page
    assert "［原话不给看］" in page


async def test_what_was_forgotten_is_not_found_any_more(web: Web) -> None:
    issue, _ = await small(web)
    assert issue in await found(web, "拐角")
    await forgotten(web, issue)
    assert "没有找到" in await found(web, "拐角")
    assert issue in await found(web, "路灯")
    rows = await web.built["audit"].running.db.all(GRAMS)
    assert [row.subject for row in rows] == [f"issue/{issue}"]


async def test_rows_built_anew_are_the_same(web: Web) -> None:
    await raised(web)
    await raised(web, "小区门口常年积水，邻居都有意见。", "北门")
    db = web.built["audit"].running.db
    before = await db.all(GRAMS)
    assert len(before) == 4
    await look_again(db)
    assert await db.all(GRAMS) == []
    await web.settle()
    assert await db.all(GRAMS) == before


async def test_a_key_that_is_still_on_its_way_is_waited_for(web: Web) -> None:
    running = web.built["audit"].running
    opening = running.keyring.open

    async def not_yet(tokens: list[str]) -> list[str | Missing]:
        return [Missing.NOT_YET for _ in tokens]

    running.keyring.open = not_yet  # type: ignore[method-assign,assignment]
    await raised(web)
    rows = await running.db.all(PARKED)
    assert [(row.state, row.error) for row in rows] == [("retrying", "key-not-yet")]
    running.keyring.open = opening  # type: ignore[method-assign]
    await running.db.do(text("update kernel.parked set next_at = clock_timestamp()"))
    running.reader.look_again = 0.0
    await web.settle()
    assert await running.db.all(PARKED) == []
    assert "找到 1 条" in await found(web, "路灯")


async def test_twenty_are_shown_and_too_little_to_look_for_is_said(web: Web) -> None:
    for n in range(21):
        sent = form(f"第{n}栋楼道堆物，出不去。", "") | {"contact": f"139{n:08d}"}
        await web.client.post("/api/intake/issues", json=sent)
    await web.settle()
    page = await found(web, "楼道")
    assert "找到 21 条" in page
    assert page.count("<li><div>") == 20
    assert "再看 1 条" in page
    (more,) = re.findall(r'href="(\?for=[^"]+)"', page)
    rest = await web.page(f"/console/search{unescape(more)}", STATION)
    assert rest.text.count("<li><div>") == 1
    assert "请写查询码的前四位以上，或者至少两个字。" in await found(web, "灯")
    assert "写查询码、地点" in await found(web, "")
    assert "没有找到" in await found(web, f"<b>{uuid4()}")
