"""A resident's own words and photos, for those alone who deal with the matter."""

import re
from uuid import UUID

import pytest
from sqlalchemy import text

from contracts.permission import Role
from tests.intake.residents import FORM_PAGE, filled, issue_of, worked_on
from tests.intake.test_photos import files, picture
from tests.journeys.web import Web

pytestmark = pytest.mark.connected
LOOKS = text("select asked_by, purpose from intake.look where issue = :issue order by id")


async def sent(web: Web, **changed: str) -> str:
    """The path of the original of a matter with one photo."""
    form = await filled(web, **changed)
    answer = await web.send(FORM_PAGE, form, files=files(picture()))
    assert answer.status_code == 303, answer.text
    issue = await issue_of(web, answer.headers["location"].split("/")[2])
    web.client.cookies.clear()
    return f"/console/originals/{issue}"


async def looks(web: Web, path: str) -> list[tuple[str, str]]:
    db = web.houses["intake"].running.db
    return [(r.asked_by, r.purpose) for r in await db.all(LOOKS, issue=path.rpartition("/")[2])]


async def test_the_station_sees_the_words_and_the_photos_and_the_look_is_noted(web: Web) -> None:
    path = await sent(web)
    page = await web.page(path, Role.STATION_STAFF)
    assert "请联系李建国13893123456" in page.text
    (photo,) = re.findall(rf'src="({path}/photo/[^"]+)', page.text)
    shown = await web.page(photo, Role.STATION_STAFF)
    assert shown.content.startswith(b"\xff\xd8")
    assert shown.headers["cache-control"] == "no-store"
    seat = web.seats[Role.STATION_STAFF][1]
    assert await looks(web, path) == [(f"seat-{seat}", "original")]


async def test_nobody_else_is_told_that_there_is_one(web: Web) -> None:
    path = await sent(web)
    web.seats.pop(Role.TOWN_LIAISON)
    await web.seat(Role.TOWN_LIAISON, "620105002")
    await web.settle()
    for place in (path, f"{path}/photo/{path.rpartition('/')[2]}"):
        assert (await web.page(place, Role.TOWN_LIAISON)).status_code == 404
        assert (await web.page(place, Role.MEMBER)).status_code == 403
        assert (await web.page(place)).headers["location"].startswith("/console/")
    assert await looks(web, path) == []


async def test_whom_it_was_sent_to_sees_it_from_then_on(web: Web) -> None:
    path = await sent(web, target="STREET")
    assert (await web.page(path, Role.COMMUNITY_LIAISON)).status_code == 404
    await worked_on(web, UUID(path.rpartition("/")[2]))
    assert (await web.page(path, Role.COMMUNITY_LIAISON)).status_code == 200
