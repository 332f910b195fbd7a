"""Matters driven over the API of the other services, for audit to have heard of."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from contracts.intake import Solved
from contracts.permission import Role
from kernel import clock
from kernel.decider import Actor
from kernel.handle import Command
from services.intake.commands import ISSUES, NOTICE
from services.intake.domain.issue import EraseReporter, Evaluate
from tests.journeys.city import TOWN, VILLAGE
from tests.journeys.web import Web

NAME, PHONE = "李建国", "13893123456"
WORDS = f"三号楼路灯不亮，老人摔倒。请联系{NAME}{PHONE}。"
PLACE = "三号楼东侧拐角"
REPLY = "路灯已于今日修好，物业每周检查一次，请放心出行。"
AGREED = "物业两天内换灯，每周查一次"
OTHER_TOWN = "620105002"
STATION, LIAISON, TOWN_LIAISON, COMMITTEE = (
    Role.STATION_STAFF,
    Role.COMMUNITY_LIAISON,
    Role.TOWN_LIAISON,
    Role.TOWN_COMMITTEE,
)


async def do(web: Web, path: str, body: Any, by: Role) -> None:
    done = await web.post(path, body, by)
    assert done.status_code == 200, done.text


def form(words: str = WORDS, place: str = PLACE) -> dict[str, Any]:
    return {
        "client_id": str(uuid4()),
        "org_code": TOWN,
        "level": "STREET",
        "text": words,
        "name": NAME,
        "contact": PHONE,
        "consents": ["process", "contact"],
        "notice_ver": NOTICE,
        "place": place,
    }


async def raised(web: Web, words: str = WORDS, place: str = PLACE) -> Any:
    sent = await web.post("/api/intake/issues", form(words, place))
    assert sent.status_code == 200, sent.text
    return sent.json()


async def routed(web: Web, issue: str, lane: str, mode: str, to: str, **more: Any) -> None:
    case = f"/api/routing/cases/{issue}"
    accept = {"category": "B4", "urgency": "NORMAL", "affected_hh": 60, **more}
    await do(web, f"{case}/accept-issue", accept, STATION)
    await do(web, f"{case}/route-issue", {"lane": lane, "mode": mode, "to_org": to}, STATION)


async def answered(web: Web, issue: str, meeting: str, by: Role) -> None:
    case = f"/api/routing/cases/{issue}"
    await do(web, f"{case}/start-work", {}, by)
    answer = {"result": "SOLVED", "reply": REPLY, "meeting_id": meeting}
    await do(web, f"{case}/answer-issue", answer, by)
    if by is TOWN_LIAISON:
        await do(web, f"{case}/approve-answer", {"nth": 1}, Role.TOWN_COMMITTEE)


async def rated(web: Web, issue: str) -> None:
    await resident(web, issue, Evaluate(Solved.YES, 5, "灯亮了，谢谢"))


async def forgotten(web: Web, issue: str) -> None:
    """As intake does it: the fact, and the end of the key."""
    await resident(web, issue, EraseReporter())
    await web.built["intake"].running.keyring.destroy(f"reporter/{issue}")
    await web.settle()


async def resident(web: Web, issue: str, wish: Any) -> None:
    store = web.built["intake"].running.ready()
    command = Command(uuid4(), Actor(uuid4(), Role.RESIDENT, ""), uuid4())
    await ISSUES.carry_out(store, issue, wish, command)
    await web.settle()


async def small(web: Web) -> tuple[str, str]:
    """A community's matter: talked over with those concerned, answered, and solved."""
    issue, meeting = (await raised(web))["id"], str(uuid4())
    await routed(web, issue, "COMMUNITY", "MINOR", VILLAGE)
    case = f"/api/routing/cases/{issue}"
    await do(web, f"{case}/sign-issue", {}, LIAISON)
    await do(web, f"{case}/contact-reporter", {"method": "PHONE", "reached": True}, LIAISON)
    talk = {
        "org_code": VILLAGE,
        "issue_ids": [issue],
        "form": "MICRO",
        "parties": ["PARTY", "LIAISON"],
        "at": (await clock.now(web.built["meetings"].running.db)).isoformat(),
        "result": AGREED,
    }
    await do(web, f"/api/meetings/meetings/{meeting}/record-instant-meeting", talk, LIAISON)
    await answered(web, issue, meeting, LIAISON)
    await rated(web, issue)
    return issue, meeting


async def big(web: Web) -> tuple[str, str, str]:
    """A street's matter: made a topic by the committee, and deliberated in a conference."""
    issue, topic, meeting = (await raised(web))["id"], str(uuid4()), str(uuid4())
    await routed(web, issue, "STREET", "MAJOR", TOWN, category="A3", cost_band="LARGE")
    await do(web, f"/api/routing/cases/{issue}/sign-issue", {}, TOWN_LIAISON)
    path = f"/api/meetings/topics/{topic}"
    propose = {"org_code": TOWN, "level": "TOWN", "source": "ISSUE", "question": "路灯怎么装"}
    await do(web, f"{path}/propose-topic", propose | {"issue_ids": [issue]}, TOWN_LIAISON)
    package = {"background": "老旧小区", "parties": ["产权单位"], "options": ["加装", "不加装"]}
    await do(web, f"{path}/submit-topic", package, TOWN_LIAISON)
    day = (await clock.now(web.built["meetings"].running.db)).date().isoformat()
    record = {"decided_on": day, "record_no": "党工委〔2026〕13号"}
    await do(web, f"{path}/approve-topic", record, COMMITTEE)
    await conference(web, issue, topic, meeting)
    return issue, topic, meeting


async def conference(web: Web, issue: str, topic: str, meeting: str) -> None:
    path, seat = f"/api/meetings/meetings/{meeting}", str(web.seats[TOWN_LIAISON][1])
    seats = {f"{who}_seat": seat for who in ("convenor", "chair", "recorder")}
    draft: dict[str, Any] = {"org_code": TOWN, "level": "TOWN", "form": "CONFERENCE", **seats}
    draft |= {"agenda": [{"question": "灯装在哪"}], "topic_ids": [topic], "issue_ids": [issue]}
    await do(web, f"{path}/draft-meeting", draft, TOWN_LIAISON)
    roles = ("PARTY", "RESIDENT_REP", "LIAISON", "RESIDENT_REP", "PROPERTY", "DEPT", "MEMBER")
    for place, role in enumerate(roles, 1):
        invite = {"place": place, "role": role, "required": False}
        invite |= {"member_seat": str(web.seats[Role.MEMBER][1])} if role == "MEMBER" else {}
        await do(web, f"{path}/invite-participant", invite, TOWN_LIAISON)
    starts = await clock.now(web.built["meetings"].running.db) + timedelta(days=14)
    times = {"starts_at": starts.isoformat(), "ends_at": (starts + timedelta(hours=2)).isoformat()}
    await do(web, f"{path}/notice-meeting", times | {"venue": "街道三楼会议室"}, TOWN_LIAISON)
    for built in web.built.values():
        await clock.move(built.running.db, timedelta(days=14))
    await web.settle()
    for place in range(1, 8):
        await do(web, f"{path}/check-in", {"place": place}, TOWN_LIAISON)
    agreed = {"no": 1, "outcome": "CONSENSUS", "agreed": "先装一部"}
    await do(web, f"{path}/decide-item", agreed, TOWN_LIAISON)
    ended = await clock.now(web.built["meetings"].running.db)
    await do(web, f"{path}/end-meeting", {"ended_at": ended.isoformat()}, TOWN_LIAISON)


async def move_town_liaison(web: Web, org: str) -> None:
    """From now on whoever asks as a town's liaison sits in another town."""
    web.seats.pop(Role.TOWN_LIAISON)
    await web.seat(Role.TOWN_LIAISON, org)
    await web.settle()
