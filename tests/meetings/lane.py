"""The forms of the street's lane, filled in one after the other as people do."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import uuid4

from httpx2 import Response

from contracts.permission import Role
from kernel import clock
from services.intake.commands import NOTICE
from tests.journeys.city import TOLD, TOWN
from tests.journeys.web import Web, form_of
from tests.routing.forms import route

STATION, LIAISON, COMMITTEE = Role.STATION_STAFF, Role.TOWN_LIAISON, Role.TOWN_COMMITTEE
QUESTION, SUBS = "学校门口上下学怎么走", "接送车停哪\n摊点挪到哪"
PACKAGE = {
    "background": "每天早晚接送车、公交、摊点挤在一起。",
    "parties": "学校\n摊主\n接送家长",
    "options": "开侧门\n高峰单行",
}
SEVEN = ["PARTY", "RESIDENT_REP", "MEMBER", "LIAISON", "RESIDENT_REP", "PROPERTY", "DEPT"]


async def issue(web: Web) -> str:
    form = {
        "client_id": str(uuid4()),
        "org_code": TOWN,
        "level": "STREET",
        "text": "学校门口太挤，孩子过马路不安全。",
        "name": "李建国",
        "contact": "13893123456",
        "consents": ["process", "contact"],
        "notice_ver": NOTICE,
    }
    sent = await web.post("/api/intake/issues", form)
    assert sent.status_code == 200, sent.text
    return str(sent.json()["id"])


async def matter(web: Web) -> str:
    """An issue that the street has."""
    raised = await issue(web)
    routed = await route(web, raised, category="A5", affected_hh="350", lane="STREET:MAJOR")
    assert routed.status_code == 303, routed.text
    return raised


async def fill(
    web: Web, path: str, action: str, by: Role, fields: Mapping[str, Any], status: int = 303
) -> Response:
    """Opens a page, fills in one of its forms and sends it; with a 303, the page it leads to."""
    page = await web.page(path, by)
    assert page.status_code == 200, page.text
    return await send(web, action, by, {**form_of(page, action), **fields}, status)


async def send(
    web: Web, action: str, by: Role, fields: Mapping[str, Any], status: int = 303
) -> Response:
    answer = await web.send(action, fields, by)
    assert answer.status_code == status, answer.text
    if status != 303:
        return answer
    page = await web.page(answer.headers["location"], by)
    assert page.status_code == 200, page.text
    page.extensions["path"] = answer.headers["location"]
    return page


def path_of(page: Response) -> str:
    return str(page.extensions["path"])


async def propose(web: Web, by: Role = LIAISON) -> str:
    """The page of the topic."""
    action = f"/console/topics/new?issue={await matter(web)}"
    page = await fill(web, action, action, by, {"question": QUESTION, "sub_questions": SUBS})
    return path_of(page)


async def submit(web: Web, topic: str) -> Response:
    return await fill(web, topic, topic, LIAISON, PACKAGE)


async def decide(web: Web, topic: str, verdict: str, **more: str) -> Response:
    given = {"decision": verdict, "record_no": "培党工〔2026〕34 号"}
    action = f"{topic}/decision"
    page = await fill(web, action, action, COMMITTEE, given, status=200)
    return await send(
        web, f"{action}/record", COMMITTEE, {**form_of(page, f"{action}/record"), **more}
    )


async def approved(web: Web) -> str:
    topic = await propose(web)
    await submit(web, topic)
    await decide(web, topic, "APPROVED")
    return topic


async def draft(web: Web, topic: str) -> str:
    action = f"/console/meetings/new?topic={topic.rpartition('/')[2]}"
    return path_of(await fill(web, action, action, LIAISON, {"form": "CONFERENCE"}))


async def invite_all(web: Web, meeting: str) -> Response:
    member = str(web.seats[Role.MEMBER][1])
    page = await web.page(meeting, LIAISON)
    for role in SEVEN:
        fields = {"role": role, "member_seat": member if role == "MEMBER" else ""}
        page = await fill(web, meeting, f"{meeting}/invite", LIAISON, fields)
    return page


async def notice(web: Web, meeting: str) -> Response:
    """At the hour that the page offers."""
    return await fill(web, meeting, f"{meeting}/notice", LIAISON, {"venue": "街道三楼会议室"})


async def noticed(web: Web) -> str:
    meeting = await draft(web, await approved(web))
    await invite_all(web, meeting)
    await notice(web, meeting)
    return meeting


async def wait(web: Web, by: timedelta) -> None:
    for house in web.houses.values():
        await clock.move(house.running.db, by)
    await web.settle()


async def check_in(web: Web, meeting: str, places: range = range(1, 8)) -> Response:
    action = f"{meeting}/check-in"
    return await fill(web, action, action, LIAISON, {"place[]": [str(n) for n in places]})


async def told(web: Web, stream: str) -> list[str]:
    rows = await web.houses["meetings"].running.db.all(TOLD, stream=stream)
    return [row.type for row in rows]


def texts(page: Response) -> str:
    """What a page says, without its tags."""
    body = page.text.partition("<main")[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", body))
