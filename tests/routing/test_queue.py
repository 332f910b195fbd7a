"""Which row of the queue is the chosen one, and whose decision a form is."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from registry.ground import Ground, Place
from services.routing.pages.look import communities
from services.routing.pages.queue import Asked, picked_of
from services.routing.projections.triage_queue import counts, waiting
from tests.journeys.city import TOWN, VILLAGE
from tests.journeys.web import Web, form_of
from tests.routing.forms import STATION, route, submit

FIRST: Any = SimpleNamespace(issue_id="1")
SECOND: Any = SimpleNamespace(issue_id="2")
ROWS = [FIRST, SECOND]


def test_the_chosen_row_is_picked_and_else_the_first() -> None:
    assert picked_of(ROWS, SECOND, Asked("2")) is SECOND
    assert picked_of(ROWS, None, Asked()) is FIRST
    assert picked_of(ROWS, None, Asked("gone")) is FIRST
    assert picked_of([], SECOND, Asked("2", late_only=True)) is SECOND
    assert picked_of([], None, Asked()) is None


def test_what_was_typed_for_a_row_that_is_gone_picks_no_other() -> None:
    assert picked_of(ROWS, None, Asked("gone", typed={"lane": "GRID:MICRO"})) is None
    assert picked_of(ROWS, SECOND, Asked("2", typed={"lane": "GRID:MICRO"})) is SECOND


@pytest.mark.connected
async def test_a_long_queue_goes_on_on_another_page(shared: Web) -> None:
    for _ in range(2):
        await submit(shared)
    db = shared.houses["routing"].running.db
    n, late = await counts(db, TOWN, datetime(2026, 1, 1, tzinfo=UTC))
    every = [row.issue_id for row in await waiting(db, TOWN, most=n + 1)]
    assert (len(every), late) == (n, 0)
    assert [row.issue_id for row in await waiting(db, TOWN, start=n - 1)] == every[-1:]
    page = (await shared.page(f"/console/queue?from={n - 1}", STATION)).text
    assert page.count("data-row") == 1
    assert f"pick={every[-1]}&amp;from={n - 1}" in page
    assert 'href="/console/queue?from=0">前 100 件' in page
    assert "后 100 件" not in page
    beyond = (await shared.page(f"/console/queue?from={n}", STATION)).text
    assert "后面没有了" in beyond


@pytest.mark.connected
async def test_a_decision_about_a_matter_that_is_gone_is_put_under_no_other(shared: Web) -> None:
    issue, waiting = await submit(shared), await submit(shared)
    path = f"/console/queue/{issue}"
    old = form_of(await shared.page(f"/console/queue?pick={issue}", STATION), path)
    assert (await route(shared, issue)).status_code == 303  # a colleague was faster
    typed = {"category": "B4", "affected_hh": "9", "to_org": VILLAGE, "override_reason": "太急"}
    stale = await shared.send(path, old | typed, STATION)
    assert stale.status_code == 412
    assert "这件事已经不在分拣台上，您这次选的没有记上" in stale.text
    assert "您写的理由：太急" in stale.text
    assert waiting in stale.text
    assert 'action="/console/queue/' not in stale.text


def test_a_community_is_offered_from_the_day_on_that_begins_here() -> None:
    """At half past four of that morning it is still the day before in Greenwich."""
    village = Place("新社区居委会", "VILLAGE", TOWN, date(2026, 9, 25), None)
    here, at = Ground({VILLAGE: village}), datetime(2026, 9, 24, 20, 30, tzinfo=UTC)
    assert communities(here, TOWN, at) == [(VILLAGE, "新社区居委会")]
    assert communities(here, TOWN, at - timedelta(hours=5)) == []


@pytest.mark.connected
async def test_the_list_of_one_lane_shows_no_other(shared: Web) -> None:
    issue = await submit(shared)
    assert (await route(shared, issue)).status_code == 303
    for lane, listed in (("GRID", True), ("STREET", False), ("nonsense", True)):
        page = await shared.page(f"/console/cases?lane={lane}", STATION)
        assert (f"/console/cases/{issue}" in page.text) is listed
