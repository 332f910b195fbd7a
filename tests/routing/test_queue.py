"""Which row of the queue is the chosen one, and whose decision a form is."""

from types import SimpleNamespace
from typing import Any

import pytest

from services.routing.pages.queue import Asked, picked_of
from tests.journeys.city import VILLAGE
from tests.journeys.web import Web, form_of
from tests.routing.forms import STATION, route, submit

FIRST: Any = SimpleNamespace(issue_id="1")
SECOND: Any = SimpleNamespace(issue_id="2")
ROWS = [FIRST, SECOND]


def test_the_chosen_row_is_picked_and_else_the_first() -> None:
    assert picked_of(ROWS, ROWS, Asked("2")) is SECOND
    assert picked_of(ROWS, ROWS, Asked()) is FIRST
    assert picked_of(ROWS, ROWS, Asked("gone")) is FIRST
    assert picked_of([], ROWS, Asked("2", late_only=True)) is SECOND
    assert picked_of([], [], Asked()) is None


def test_what_was_typed_for_a_row_that_is_gone_picks_no_other() -> None:
    assert picked_of(ROWS, ROWS, Asked("gone", typed={"lane": "GRID:MICRO"})) is None
    assert picked_of(ROWS, ROWS, Asked("2", typed={"lane": "GRID:MICRO"})) is SECOND


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
