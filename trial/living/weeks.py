"""Four weeks of a small city: a dozen matters, each at another step when the visitor comes."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

from contracts.calendar import ZONE
from trial.living import council
from trial.living.deeds import City, Matter
from trial.living.drawn import corner
from trial.living.people import COMMUNITIES, TOWNS, People
from trial.living.said import GARBAGE, GARDEN, LAMP, NOISE, SCHOOL, WAITING_AT, WATER

BAILU, TUANJIE, PEILI = TOWNS[0], TOWNS[1], TOWNS[6]
XUJIAXIANG, TIANSHUINAN, _, PEILI1 = COMMUNITIES
SMALL = {"category": "B4", "urgency": "NORMAL", "affected_hh": 6}
MIDDLE = {"category": "B6", "urgency": "NORMAL", "affected_hh": 85}
WIDE = {"category": "A5", "urgency": "COMPLEX", "affected_hh": 620, "depts": 3}
OUTAGE = {
    "category": "B3",
    "urgency": "UTILITY",
    "affected_hh": 126,
    "outage": {"households": 126, "hours": 6},
}
Tell = Callable[[str], None]
TOPIC, CONFERENCE = uuid4(), uuid4()


async def weeks(people: People, tell: Tell) -> None:
    city = City(people)
    lamp, garbage, school = await first_week(city)
    tell("first week")
    await second_week(city, lamp, garbage, school)
    tell("second week")
    await third_week(city, garbage, school)
    tell("third week")
    await last_days(city)
    await city.until(datetime.now(ZONE))


async def first_week(city: City) -> tuple[Matter, Matter, Matter]:
    """One code at the gate of 培黎, three forms: one for each council."""
    station = city.at(PEILI, "station-staff")
    lamp = await city.submit(PEILI, LAMP)
    garbage = await city.submit(PEILI, GARBAGE)
    school = await city.submit(PEILI, SCHOOL)
    await city.accept(lamp, station, **SMALL)
    await city.route(lamp, station, "GRID", "MICRO", PEILI1)
    await city.accept(garbage, station, **MIDDLE)
    await city.route(garbage, station, "COMMUNITY", "MINOR", PEILI1)
    await city.accept(school, station, **WIDE)
    await city.route(school, station, "STREET", "MAJOR", PEILI)
    await water(city)
    await city.days(1)
    await city.take_on(lamp, city.at(PEILI1, "grid-worker"))
    await city.take_on(school, city.at(PEILI, "town-liaison"))
    return lamp, garbage, school


async def water(city: City) -> None:
    """徐家巷 without water: answered within the day, and settled by the talk at the well."""
    station, liaison = city.at(BAILU, "station-staff"), city.at(XUJIAXIANG, "community-liaison")
    matter = await city.submit(XUJIAXIANG, WATER)
    await city.accept(matter, station, **OUTAGE)
    await city.route(matter, station, "GRID", "URGENT", XUJIAXIANG)
    await city.take_on(matter, liaison)
    talk = {
        "org_code": XUJIAXIANG.code,
        "issue_ids": [str(matter.id)],
        "form": "COMMUNICATION",
        "parties": ["PARTY", "PROPERTY", "LIAISON"],
        "at": (await city.now()).isoformat(),
        "result": "三方在井口商定：先开总阀供水，水费的事另外开会商量。",
    }
    meeting = uuid4()
    await liaison.ask(f"/api/meetings/meetings/{meeting}/record-instant-meeting", talk)
    await city.progress(matter, liaison, "物业打开总阀，91到99号都来水了。")
    reply = "总阀已打开，当天恢复供水；水费怎么收、水阀谁来管，接着开会商量，时间另行通知。"
    await city.answer(matter, liaison, "SOLVED", reply, meeting_id=str(meeting))
    await city.evaluate(matter, "YES", 4)


async def second_week(city: City, lamp: Matter, garbage: Matter, school: Matter) -> None:
    """The lamp is mended; nobody signed for the garbage, so the clock urges; a topic is laid before
    the committee."""
    worker = city.at(PEILI1, "grid-worker")
    await city.progress(lamp, worker, "和物业一起看过，换了两盏灯。")
    reply = "楼道灯已换好两盏，物业每周一检查一次；再坏了请打议事室电话，当天来修。"
    await city.answer(lamp, worker, "SOLVED", reply)
    await city.days(1, hour=10)
    await city.evaluate(lamp, "YES", 5)
    await city.days(3)
    await council.lay_before_committee(city, school, TOPIC)
    await council.defer(city, TOPIC)
    await city.days(3)
    await city.take_on(garbage, city.at(PEILI1, "community-liaison"))


async def third_week(city: City, garbage: Matter, school: Matter) -> None:
    """The committee makes it a topic, and a conference is noticed; the garbage goes on."""
    await council.approve(city, TOPIC)
    await council.call_conference(city, school, TOPIC, CONFERENCE)
    liaison = city.at(PEILI1, "community-liaison")
    await city.progress(garbage, liaison, "清运了三车，装了提示牌。", corner())
    await small_matters(city)


async def small_matters(city: City) -> None:
    """What a station sees on an ordinary day."""
    station, liaison = city.at(TUANJIE, "station-staff"), city.at(TIANSHUINAN, "community-liaison")
    garden = await city.submit(TIANSHUINAN, GARDEN)
    await city.accept(garden, station, **MIDDLE)
    await city.route(garden, station, "COMMUNITY", "MINOR", TIANSHUINAN)
    await city.take_on(garden, liaison)
    reply = "荒地已清理并投了药，怎么用这块地，下月开小马扎议事会商量，开会前三天在楼门口贴通知。"
    await city.answer(garden, liaison, "PARTLY", reply, no_meeting_reason="先清理，改用途另行开会")
    noise = await city.submit(TIANSHUINAN, NOISE)
    await city.accept(noise, station, category="B5", urgency="NORMAL", affected_hh=20)
    await city.route(noise, station, "GRID", "MICRO", TIANSHUINAN)


async def last_days(city: City) -> None:
    """These wait for a decision when the visitor comes."""
    now = datetime.now(ZONE)
    await city.until(now - timedelta(hours=3))
    for place, said in WAITING_AT:
        await city.submit(place, said)
