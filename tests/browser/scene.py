"""A city in which every page has something to show, and where each of its pages is found."""

import asyncio
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from uuid import UUID, uuid4

from httpx2 import AsyncClient
from pydantic import TypeAdapter

from tests.journeys.trial import city_at
from trial.living import council
from trial.living.deeds import City, Matter
from trial.living.drawn import corner
from trial.living.people import COMMUNITIES, TOWNS, qr_of
from trial.living.said import GARDEN, LAMP, SCHOOL, Said
from trial.servers.server import held

TUANJIE, PEILI = TOWNS[1], TOWNS[6]
TIANSHUINAN, PEILI1 = COMMUNITIES[1], COMMUNITIES[3]
STATION, LIAISON = "tuanjie-station-staff", "tianshuinan-community-liaison"
TOWN, COMMITTEE = "peili-town-liaison", "peili-town-committee"
SMALL = {"category": "B4", "urgency": "NORMAL", "affected_hh": 6}
WIDE = {"category": "A5", "urgency": "COMPLEX", "affected_hh": 620, "depts": 3}
REPLY = "楼道灯已换好两盏，物业每周一检查一次；再坏了请打议事室电话，当天来修。"


class Sight(NamedTuple):
    """A page and who looks at it: a login, a resident with the secret link, or anybody."""

    path: str
    login: str = ""
    matter: Matter | None = None


@dataclass
class Scene:
    address: str
    waiting: Matter
    answered: Matter
    working: Matter
    drafted: Matter
    """Its answer waits for the head."""
    pending: tuple[Matter, UUID]
    """A matter, and the topic that lies before the committee."""
    meeting: UUID

    @property
    def sights(self) -> dict[str, Sight]:
        return {**for_residents(self), **for_staff(self)}


KEPT = TypeAdapter(Scene)


async def shared(address: str, folder: Path) -> Scene:
    """Made by whichever worker needs it first."""
    kept = folder / "scene.json"
    with ExitStack() as stack:
        await asyncio.to_thread(stack.enter_context, held(folder / "scene"))
        if not kept.exists():
            kept.write_bytes(KEPT.dump_json(await make(address)))
        return KEPT.validate_json(kept.read_bytes())


async def make(address: str) -> Scene:
    """No clock moves, so that other tests of the city are not disturbed."""
    async with AsyncClient(base_url=address, timeout=60, trust_env=False) as http:
        city = city_at(http)
        return Scene(
            address=address,
            waiting=await city.submit(TIANSHUINAN, by_somebody(GARDEN)),
            answered=await answered(city),
            working=await small(city),
            drafted=await drafted(city),
            pending=await wide(city),
            meeting=await sitting(city),
        )


def by_somebody(said: Said) -> Said:
    """Whose phone number nobody else of the city has: one person may raise ten matters a day."""
    return said._replace(name=f"居民{uuid4().hex[:6]}")


async def small(city: City) -> Matter:
    """Its handler works on it."""
    station, liaison = city.people.seats[STATION], city.people.seats[LIAISON]
    matter = await city.submit(TIANSHUINAN, by_somebody(LAMP))
    await city.accept(matter, station, **SMALL)
    await city.route(matter, station, "GRID", "MICRO", TIANSHUINAN)
    await city.take_on(matter, liaison)
    await city.progress(matter, liaison, "和物业一起看过，换了两盏灯。", corner())
    return matter


async def answered(city: City) -> Matter:
    """Its resident has the word."""
    matter, liaison = await small(city), city.people.seats[LIAISON]
    await city.answer(matter, liaison, "SOLVED", REPLY, no_meeting_reason="当天修好")
    return matter


async def major(city: City) -> Matter:
    """The town's liaison works on it."""
    station = city.at(PEILI, "station-staff")
    matter = await city.submit(PEILI, by_somebody(SCHOOL))
    await city.accept(matter, station, **WIDE)
    await city.route(matter, station, "STREET", "MAJOR", PEILI)
    await city.take_on(matter, city.at(PEILI, "town-liaison"))
    return matter


async def drafted(city: City) -> Matter:
    matter, liaison = await major(city), city.at(PEILI, "town-liaison")
    await city.answer(matter, liaison, "PARTLY", REPLY, no_meeting_reason="先疏导，再开会商量")
    return matter


async def wide(city: City) -> tuple[Matter, UUID]:
    matter, topic = await major(city), uuid4()
    await council.lay_before_committee(city, matter, topic)
    return matter, topic


async def sitting(city: City) -> UUID:
    """A conference in which most have come and the first question is settled."""
    (matter, topic), meeting = await wide(city), uuid4()
    await council.approve(city, topic)
    await council.call_conference(city, matter, topic, meeting)
    liaison, at = city.at(PEILI, "town-liaison"), council.meeting_at(meeting)
    for place in (1, 2, 3, 5):
        await liaison.ask(f"{at}/check-in", {"place": place})
    agreed = {"no": 1, "outcome": "CONSENSUS", "agreed": "接送车停到侧门外的空地，先试两周。"}
    await liaison.ask(f"{at}/decide-item", agreed)
    return meeting


def for_residents(scene: Scene) -> dict[str, Sight]:
    new, done = scene.waiting, scene.answered
    return {
        "form": Sight(f"/q/{qr_of(TIANSHUINAN)}"),
        "home": Sight("/"),
        "district": Sight("/?in=620105"),
        "found": Sight("/?q=徐家巷"),
        "not-found": Sight("/?q=没有这个地方"),
        "form-of-the-city": Sight("/o/6201/report"),
        "lookup": Sight("/i"),
        "code-alone": Sight(f"/i/{new.code}"),
        "receipt": Sight(f"/i/{new.code}/receipt", matter=new),
        "tracking": Sight(f"/i/{done.code}", matter=done),
        "rate": Sight(f"/i/{done.code}/rate", matter=done),
        "erase": Sight(f"/i/{new.code}/erase", matter=new),
        "meeting-for-all": Sight(f"/m/{scene.meeting}"),
        "nowhere": Sight("/i/000000000000"),
    }


def for_staff(scene: Scene) -> dict[str, Sight]:
    new, busy = scene.waiting.id, scene.working.id
    (wide, topic), meeting = scene.pending, f"/console/meetings/{scene.meeting}"
    return {
        "queue": Sight(f"/console/queue?pick={new}", STATION),
        "case": Sight(f"/console/cases/{busy}", LIAISON),
        "history": Sight(f"/console/history/{wide.id}", TOWN),
        "sign-in": Sight("/console/sign-in"),
        "seat": Sight("/console/seat", STATION),
        "desk": Sight("/console/desk", LIAISON),
        "notices": Sight("/console/notices", LIAISON),
        "search": Sight("/console/search?q=学校", TOWN),
        "cases": Sight("/console/cases", STATION),
        "original": Sight(f"/console/originals/{busy}", LIAISON),
        "why": Sight(f"/console/cases/{busy}/why", LIAISON),
        "answer": Sight(f"/console/cases/{busy}/answer", LIAISON),
        "approval": Sight(f"/console/cases/{scene.drafted.id}", COMMITTEE),
        "drafted": Sight(f"/console/cases/{scene.drafted.id}/answer", TOWN),
        "contact": Sight(f"/console/cases/{busy}/contact", LIAISON),
        "decline": Sight(f"/console/queue/{new}/decline", STATION),
        "transfer": Sight(f"/console/queue/{new}/transfer", STATION),
        "topics": Sight("/console/topics", TOWN),
        "meetings": Sight("/console/topics?tab=meetings", TOWN),
        "topic": Sight(f"/console/topics/{topic}", TOWN),
        "new-topic": Sight("/console/topics/new", TOWN),
        "decision": Sight(f"/console/topics/{topic}/decision", COMMITTEE),
        "new-meeting": Sight(f"/console/meetings/new?topic={topic}", TOWN),
        "meeting": Sight(meeting, TOWN),
        "check-in": Sight(f"{meeting}/check-in", TOWN),
        "minutes": Sight(f"{meeting}/minutes", TOWN),
        "end": Sight(f"{meeting}/end", TOWN),
        "record": Sight(f"/console/meetings/record?issue={busy}", LIAISON),
        "qrs": Sight("/console/qrs", STATION),
        "poster": Sight(f"/console/qrs/{qr_of(TUANJIE)}/poster", STATION),
        "revoke": Sight(f"/console/qrs/{qr_of(TUANJIE)}/revoke", STATION),
        "clock": Sight("/trial/clock"),
        "sms": Sight("/trial/sms"),
    }


NINE = ("form", "tracking", "queue", "case", "history")
"""Looked at in every width and size."""
RESIDENTS = (
    *("form", "home", "district", "found", "not-found", "form-of-the-city", "lookup"),
    *("code-alone", "receipt", "tracking", "rate", "erase", "meeting-for-all", "nowhere"),
)
STAFF = (
    *("queue", "case", "history", "sign-in", "seat", "desk", "notices", "search", "cases", "why"),
    *("original", "answer", "drafted", "approval", "contact", "decline", "transfer"),
    *("topics", "meetings", "topic", "new-topic"),
    *("decision", "new-meeting", "meeting", "check-in", "minutes", "end", "record"),
    *("qrs", "poster", "revoke", "clock", "sms"),
)
