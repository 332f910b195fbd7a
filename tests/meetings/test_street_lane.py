"""The street's lane by forms alone: from a proposal to what came of the conference."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from kernel import clock
from tests.journeys.founded import Founded, city
from tests.journeys.web import Web
from tests.meetings import lane
from tests.meetings.lane import COMMITTEE, LIAISON, fill, texts

pytestmark = pytest.mark.connected


@pytest.fixture
async def web(founded: Founded) -> AsyncIterator[Web]:
    async with city(founded) as web:
        yield web


async def test_a_topic_goes_from_a_proposal_through_a_delay_to_a_meeting_that_was_held(
    web: Web,
) -> None:
    topic = await lane.propose(web)
    assert "材料还差 3 样" in texts(await web.page(topic, LIAISON))
    await lane.submit(web, topic)
    waiting = await web.page("/console/topics", COMMITTEE)
    assert lane.QUESTION in waiting.text
    now = await clock.now(web.houses["meetings"].running.db)
    later = (now + timedelta(days=5)).date().isoformat()
    page = await lane.decide(web, topic, "DEFERRED", why="补早晚高峰车流数", until=later)
    assert "补早晚高峰车流数" in texts(page)
    assert lane.QUESTION not in (await web.page("/console/topics", COMMITTEE)).text
    await lane.wait(web, timedelta(days=5))
    assert lane.QUESTION in (await web.page("/console/topics", COMMITTEE)).text
    page = await lane.decide(web, topic, "APPROVED")
    assert "同意列为协商议题" in texts(page)
    meeting = await lane.draft(web, topic)
    page = await web.page(meeting, LIAISON)
    assert "还差 当事方、居民代表、政协委员、联络员" in page.text
    await lane.invite_all(web, meeting)
    await lane.notice(web, meeting)
    public = f"/m/{meeting.rpartition('/')[2]}"
    planned = begins(texts(await web.page(public)))
    await lane.wait(web, timedelta(days=12))
    page = await lane.check_in(web, meeting)
    assert "到了 7 人" in texts(page)
    minutes = f"{meeting}/minutes"
    agree = {"outcome": "CONSENSUS", "agreed": "停到侧门外的空地"}
    await fill(web, minutes, f"{minutes}/1", LIAISON, agree)
    vote = {"outcome": "VOTED_PASS", "votes_for": "4", "votes_against": "2"}
    await fill(web, minutes, f"{minutes}/2", LIAISON, vote)
    page = await fill(web, f"{meeting}/end", f"{meeting}/end", LIAISON, {})
    assert "会开完了" in texts(page)
    assert begins(texts(await web.page(public))) != planned, "residents read when it really began"
    stream = f"meeting-{meeting.rpartition('/')[2]}"
    assert (await lane.told(web, stream))[-3:] == ["ItemDecided", "ItemDecided", "MeetingHeld"]


def begins(page: str) -> str:
    return page.partition("开始")[2].partition("结束")[0]
