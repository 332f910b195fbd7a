"""A resident at a browser without JavaScript, and the staff who answer through the API."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fastapi import FastAPI, Request
from httpx2 import Response
from sqlalchemy import text

from contracts.permission import Role
from kernel.web.build import Built
from tests.journeys.city import VILLAGE
from tests.journeys.web import Web, form_of

FORM_PAGE = f"/o/{VILLAGE}/report"
SAID: dict[str, Any] = {
    "matter": "三号楼路灯不亮，老人摔倒。请联系李建国13893123456。",
    "place": "三号楼东侧",
    "target": "COMMUNITY",
    "name": "李建国",
    "contact": "138 9312 3456",
    "consents[]": ["process", "handler"],
}
REPLY = "路灯已于今日修好，物业每周检查一次，请放心出行。"


async def filled(web: Web, page: str = FORM_PAGE, **changed: Any) -> dict[str, Any]:
    """The form as it is once somebody has filled it in."""
    hidden = form_of(await web.page(page), page)
    return {**hidden, **SAID, **changed}


async def raised(web: Web, page: str = FORM_PAGE, **changed: Any) -> str:
    """The code of a matter that was just sent."""
    answer = await web.send(page, await filled(web, page, **changed))
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"]).split("/")[2]


def key_in(answer: Response) -> str:
    (cookie,) = [c for c in answer.headers.get_list("set-cookie") if c.startswith("k=")]
    return cookie.removeprefix("k=").partition(";")[0]


async def issue_of(web: Web, code: str) -> UUID:
    sql = text("select issue_id from read.matter where code = :code")
    return UUID((await web.houses["intake"].running.db.one(sql, code=code)).issue_id)


async def staff(web: Web, issue: UUID, step: str, body: Mapping[str, Any], by: Role) -> None:
    done = await web.post(f"/api/routing/cases/{issue}/{step}", body, by)
    assert done.status_code == 200, done.text


async def worked_on(web: Web, issue: UUID) -> None:
    accept = {"category": "B4", "urgency": "NORMAL", "affected_hh": 5}
    await staff(web, issue, "accept-issue", accept, Role.STATION_STAFF)
    route = {"lane": "GRID", "mode": "MICRO", "to_org": VILLAGE}
    await staff(web, issue, "route-issue", route, Role.STATION_STAFF)
    await staff(web, issue, "sign-issue", {}, Role.COMMUNITY_LIAISON)
    reached = {"method": "PHONE", "reached": True}
    await staff(web, issue, "contact-reporter", reached, Role.COMMUNITY_LIAISON)
    await staff(web, issue, "start-work", {}, Role.COMMUNITY_LIAISON)


async def answered(web: Web, issue: UUID) -> None:
    answer = {"result": "SOLVED", "reply": REPLY}
    await staff(web, issue, "answer-issue", answer, Role.COMMUNITY_LIAISON)


class Messages:
    """In place of notify: what would have been sent by text message."""

    def __init__(self, web: Web) -> None:
        self.sent: list[dict[str, Any]] = []
        app = FastAPI()

        @app.post("/internal/notify/sms")
        async def sms(request: Request) -> dict[str, Any]:
            self.sent.append(await request.json())
            return {}

        web.built["notify"] = Built(web.houses["intake"].running, app)

    @property
    def last(self) -> str:
        return str(self.sent[-1]["values"]["code"])
