"""Four weeks of a small city: a dozen matters, each at another step when the visitor comes."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

from contracts.calendar import ZONE
from trial.living.deeds import City, Matter
from trial.living.people import COMMUNITIES, TOWNS, People, Seat, seats
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
    await propose(city, school)
    await city.days(3)
    await city.take_on(garbage, city.at(PEILI1, "community-liaison"))


TOPIC, CONFERENCE = uuid4(), uuid4()


async def propose(city: City, school: Matter) -> None:
    liaison, clerk = city.at(PEILI, "town-liaison"), city.at(PEILI, "town-committee")
    topic = f"/api/meetings/topics/{TOPIC}"
    wish = {
        "org_code": PEILI.code,
        "level": "TOWN",
        "source": "ISSUE",
        "question": "学校门口上下学怎么走",
        "issue_ids": [str(school.id)],
        "sub_questions": ["接送车停在哪里", "摊点挪到哪里", "谁在路口值守"],
    }
    await liaison.ask(f"{topic}/propose-topic", wish)
    package = {
        "background": "早晚两个高峰，校门前180米路上车、人、摊点挤在一起，约620户受影响。",
        "parties": ["学校", "交警大队", "城管执法队", "接送家长", "摊主"],
        "options": ["开侧门，人车分开", "高峰单行，划即停即走位", "摊点挪进便民点"],
    }
    await liaison.ask(f"{topic}/submit-topic", package)
    today = (await city.now()).astimezone(ZONE).date()
    later = {
        "decided_on": today.isoformat(),
        "record_no": "培党工〔2026〕31号",
        "why": "请补早晚高峰车流数，和学校愿不愿开侧门的答复。",
        "until": (today + timedelta(days=3)).isoformat(),
    }
    await clerk.ask(f"{topic}/defer-topic", later)


async def third_week(city: City, garbage: Matter, school: Matter) -> None:
    """The committee makes it a topic, and a conference is noticed; the garbage goes on."""
    clerk = city.at(PEILI, "town-committee")
    today = (await city.now()).astimezone(ZONE).date()
    approved = {
        "decided_on": today.isoformat(),
        "record_no": "培党工〔2026〕34号",
        "conditions": ["先试两周再定长期办法", "值守排班由学校牵头"],
    }
    await clerk.ask(f"/api/meetings/topics/{TOPIC}/approve-topic", approved)
    await notice(city, school)
    await city.progress(garbage, city.at(PEILI1, "community-liaison"), "清运了三车，装了提示牌。")
    await small_matters(city)


async def notice(city: City, school: Matter) -> None:
    liaison, meeting = city.at(PEILI, "town-liaison"), f"/api/meetings/meetings/{CONFERENCE}"
    by_login = {seat.login: seat for seat in seats()}
    recorder = str(by_login["peili-town-liaison"].id)
    wish = {
        "org_code": PEILI.code,
        "level": "TOWN",
        "form": "CONFERENCE",
        "convenor_seat": str(by_login["peili-town-committee"].id),
        "chair_seat": recorder,
        "recorder_seat": recorder,
        "agenda": [{"question": "接送车停在哪里"}, {"question": "摊点挪到哪里"}],
        "topic_ids": [str(TOPIC)],
        "issue_ids": [str(school.id)],
    }
    await liaison.ask(f"{meeting}/draft-meeting", wish)
    for place, (role, seat) in enumerate(table(by_login), 1):
        at = {"place": place, "role": role, **({"member_seat": str(seat.id)} if seat else {})}
        await liaison.ask(f"{meeting}/invite-participant", at)
    starts = (await city.now()).astimezone(ZONE) + timedelta(days=12)
    starts = starts.replace(hour=15, minute=0, second=0, microsecond=0)
    told = {
        "starts_at": starts.isoformat(),
        "ends_at": (starts + timedelta(hours=2)).isoformat(),
        "venue": "培黎街道三楼会议室（有电梯）",
    }
    await liaison.ask(f"{meeting}/notice-meeting", told)


def table(by_login: dict[str, Seat]) -> list[tuple[str, Seat | None]]:
    member = by_login["peili-member"]
    others = ("RESIDENT_REP", "RESIDENT_REP", "RESIDENT_REP", "PARTY", "LIAISON", "DEPT")
    return [("MEMBER", member), *((role, None) for role in others)]


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
