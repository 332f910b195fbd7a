"""What is late is counted, urged, and said on the pages."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from kernel import clock
from tests.journeys.founded import Founded, city
from tests.journeys.web import Web
from tests.routing.forms import LIAISON, STATION, route, submit

pytestmark = pytest.mark.connected


@pytest.fixture
async def web(founded: Founded) -> AsyncIterator[Web]:
    async with city(founded) as web:
        yield web


async def wait(web: Web, by: timedelta) -> None:
    for house in web.houses.values():
        await clock.move(house.running.db, by)
    await web.settle()


async def test_what_is_late_is_counted_urged_and_said(web: Web) -> None:
    queued, sent = await submit(web), await submit(web, text="二号楼门口积水，出不了门。")
    await route(web, sent)
    assert (await web.page("/console/routing/_count", STATION)).text in ("0", "1")
    await wait(web, timedelta(days=9))
    assert (await web.page("/console/routing/_count", STATION)).text == "1"
    late = await web.page("/console/queue?tab=late", STATION)
    assert "超时" in late.text
    assert f"pick={queued}" in late.text
    new = await submit(web, text="三号楼楼道堆了杂物，过不了担架。")
    late = await web.page("/console/queue?tab=late", STATION)
    assert new not in late.text
    assert '<span class="hot">超时 1</span>' in late.text
    assert new in (await web.page("/console/queue", STATION)).text
    page = await web.page(f"/console/cases/{sent}", LIAISON)
    assert "签收超时" in page.text
    assert "已催办" in page.text
    assert "（已超时）" in page.text
    assert sent in (await web.page("/console/cases?tab=urged", LIAISON)).text
    assert sent in (await web.page("/console/cases?tab=late", STATION)).text
    assert queued not in (await web.page("/console/cases?tab=late", LIAISON)).text
