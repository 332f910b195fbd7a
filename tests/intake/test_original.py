"""A resident's own words and photos, for those alone who deal with the matter."""

import re
from contextlib import nullcontext
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from contracts.permission import Role, Tree
from contracts.stages import Stage
from kernel.decider import Actor, Forbidden
from services.intake.domain.original import Answering, must_be_open
from services.intake.domain.reporter import HANDLER
from tests.intake.residents import FORM_PAGE, filled, issue_of, staff, worked_on
from tests.intake.test_photos import files, picture
from tests.journeys.web import Web

connected = pytest.mark.connected
LOOKS = text("""
select asked_by, purpose from intake.look
 where issue = :issue and asked_by like 'seat-%' order by id
""")


TOWN, VILLAGE, GRID, OTHER = "620105001", "620105001001", "620105001001-001", "620105001002"
TREE = Tree({GRID: VILLAGE, VILLAGE: TOWN, OTHER: TOWN})
NEW, LED = Answering(TOWN, None), Answering(TOWN, VILLAGE, (GRID, OTHER))
NO_CONSENT, CONSENT = ("process",), ("process", HANDLER)


@pytest.mark.parametrize(
    ("role", "org", "answering", "opens"),
    [
        (Role.STATION_STAFF, TOWN, NEW, True),
        (Role.TOWN_LIAISON, TOWN, NEW, False),  # its station has to ask
        (Role.STATION_STAFF, TOWN, LED, False),
        (Role.COMMUNITY_LIAISON, VILLAGE, LED, True),
        (Role.TOWN_LIAISON, TOWN, LED, True),
        (Role.GRID_WORKER, GRID, LED, True),
        (Role.COMMUNITY_LIAISON, "620105003", LED, False),
    ],
)
def test_it_opens_to_who_may_see_the_number(
    role: Role, org: str, answering: Answering, opens: bool
) -> None:
    by = Actor(uuid4(), role, org, uuid4())
    must_be_open(by, answering, CONSENT, Stage.ROUTED, TREE)
    with nullcontext() if opens else pytest.raises(Forbidden, match="resident-did-not-agree"):
        must_be_open(by, answering, NO_CONSENT, Stage.ROUTED, TREE)


@pytest.mark.parametrize("stage", [Stage.CLOSED, Stage.NOT_ACCEPTED, Stage.TRANSFERRED])
def test_once_it_is_over_it_opens_to_nobody(stage: Stage) -> None:
    by = Actor(uuid4(), Role.COMMUNITY_LIAISON, VILLAGE, uuid4())
    with pytest.raises(Forbidden, match="original-is-closed"):
        must_be_open(by, LED, CONSENT, stage, TREE)


def test_a_member_of_the_council_has_no_need_of_it() -> None:
    by = Actor(uuid4(), Role.MEMBER, TOWN, uuid4())
    with pytest.raises(Forbidden, match="not-in-your-seat"):
        must_be_open(by, LED, CONSENT, Stage.ROUTED, TREE)


async def sent(web: Web, **changed: Any) -> str:
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


@connected
async def test_the_station_sees_the_words_and_the_photos_and_the_look_is_noted(web: Web) -> None:
    path = await sent(web)
    page = await web.page(path, Role.STATION_STAFF)
    assert "请联系李建国13893123456" in page.text
    (photo,) = re.findall(rf'src="({path}/photo/[^"]+)', page.text)
    shown = await web.page(photo, Role.STATION_STAFF)
    assert shown.content.startswith(b"\xff\xd8")
    assert shown.headers["cache-control"] == "no-store"
    seat = f"seat-{web.seats[Role.STATION_STAFF][1]}"
    assert await looks(web, path) == [(seat, "original"), (seat, "photo")]


@connected
async def test_nobody_else_is_told_that_there_is_one(web: Web) -> None:
    path = await sent(web)
    page = await web.page(path, Role.STATION_STAFF)
    (photo,) = re.findall(rf'src="({path}/photo/[^"]+)', page.text)
    web.seats.pop(Role.TOWN_LIAISON)
    await web.seat(Role.TOWN_LIAISON, "620105002")
    await web.settle()
    for place in (path, photo):
        assert (await web.page(place, Role.TOWN_LIAISON)).status_code == 404
        assert (await web.page(place, Role.MEMBER)).status_code == 403
        assert (await web.page(place)).headers["location"].startswith("/console/")
    assert len(await looks(web, path)) == 1


@connected
async def test_whom_it_was_sent_to_sees_it_from_then_on(web: Web) -> None:
    path = await sent(web, target="STREET")
    assert (await web.page(path, Role.COMMUNITY_LIAISON)).status_code == 404
    await worked_on(web, UUID(path.rpartition("/")[2]))
    assert (await web.page(path, Role.COMMUNITY_LIAISON)).status_code == 200


@connected
@pytest.mark.parametrize(("agreed", "status"), [(["process"], 403), (["process", "handler"], 200)])
async def test_who_does_not_lead_sees_it_only_if_the_resident_agreed(
    web: Web, agreed: list[str], status: int
) -> None:
    """As with the number, which may stand in it. It was told to one community, another leads."""
    path = await sent(web, **{"consents[]": agreed})
    issue, accept = UUID(path.rpartition("/")[2]), {"category": "B4", "urgency": "NORMAL"}
    await staff(web, issue, "accept-issue", accept | {"affected_hh": 60}, Role.STATION_STAFF)
    route = {"lane": "COMMUNITY", "mode": "MINOR", "to_org": "620105001002"}
    await staff(web, issue, "route-issue", route, Role.STATION_STAFF)
    page = await web.page(path, Role.COMMUNITY_LIAISON)
    assert page.status_code == status
    assert ("13893123456" in page.text) is (status == 200)


@connected
async def test_once_it_is_over_nobody_sees_it(web: Web) -> None:
    path = await sent(web)
    no = {
        "reason": "NO_SUBSTANCE",
        "explanation": "这件事需要法院判定，不在协商范围内，请按下面的途径办理。",
        "alternative": "安宁区法院诉讼服务中心",
        "urgency": "NORMAL",
    }
    await staff(web, UUID(path.rpartition("/")[2]), "decline-issue", no, Role.STATION_STAFF)
    page = await web.page(path, Role.STATION_STAFF)
    assert page.status_code == 403
    assert "原件和照片不再打开" in page.text
