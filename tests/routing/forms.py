"""What station staff and handlers do on their pages: open one, fill in a form of it, send it."""

from typing import Any
from uuid import uuid4

from contracts.permission import Role
from services.intake.commands import NOTICE
from tests.journeys.city import TOWN, VILLAGE
from tests.journeys.web import Web, form_of

STATION, LIAISON, TOWN_LIAISON = Role.STATION_STAFF, Role.COMMUNITY_LIAISON, Role.TOWN_LIAISON
REPLY = "三号楼路灯已经换好，物业每周检查一次，请放心出行。"
SUBMITTED = {
    "org_code": TOWN,
    "level": "STREET",
    "text": "三号楼路灯不亮，老人摔倒。",
    "name": "李建国",
    "contact": "13893123456",
    "consents": ["process", "contact"],
    "notice_ver": NOTICE,
    "place": "三号楼东侧",
}


async def submit(web: Web, **other: str) -> str:
    own = {"client_id": str(uuid4()), "contact": f"139{uuid4().int % 10**8:08}"}
    sent = await web.post("/api/intake/issues", SUBMITTED | own | other)
    assert sent.status_code == 200, sent.text
    return str(sent.json()["id"])


async def fill(web: Web, page: str, action: str, by: Role, **typed: str) -> Any:
    shown = await web.page(page, by)
    assert shown.status_code == 200, shown.text
    return await web.send(action, form_of(shown, action) | typed, by)


async def route(web: Web, issue: str, **typed: str) -> Any:
    given = {"category": "B4", "affected_hh": "5", "to_org": VILLAGE} | typed
    page, action = f"/console/queue?pick={issue}", f"/console/queue/{issue}"
    return await fill(web, page, action, STATION, **given)


async def take(web: Web, issue: str, step: str, by: Role, page: str = "", **typed: str) -> None:
    case = f"/console/cases/{issue}"
    answer = await fill(web, case + page, f"{case}/{step}", by, **typed)
    assert answer.status_code == 303, answer.text


async def stage(web: Web, issue: str, by: Role) -> str:
    answer = await web.get(f"/api/routing/cases/{issue}", by)
    assert answer.status_code == 200, answer.text
    assert answer.headers["etag"] == f'"{answer.json()["version"]}"'
    return str(answer.json()["stage"])
