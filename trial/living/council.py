"""培黎 deliberates: a topic before the committee, and a conference about it."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from contracts.calendar import ZONE, day_of
from trial.living.deeds import City, Matter
from trial.living.people import TOWNS, Seat, seats

PEILI = TOWNS[6]
PACKAGE = {
    "background": "早晚两个高峰，校门前180米路上车、人、摊点挤在一起，约620户受影响。",
    "parties": ["学校", "交警大队", "城管执法队", "接送家长", "摊主"],
    "options": ["开侧门，人车分开", "高峰单行，划即停即走位", "摊点挪进便民点"],
}
AGENDA = ("接送车停在哪里", "摊点挪到哪里")
OTHERS = ("RESIDENT_REP", "RESIDENT_REP", "RESIDENT_REP", "PARTY", "LIAISON", "DEPT")
WARNED, LASTS = timedelta(days=12), timedelta(hours=2)


def topic_at(topic: UUID) -> str:
    return f"/api/meetings/topics/{topic}"


def meeting_at(meeting: UUID) -> str:
    return f"/api/meetings/meetings/{meeting}"


async def today(city: City) -> str:
    return day_of(await city.now()).isoformat()


async def lay_before_committee(city: City, matter: Matter, topic: UUID) -> None:
    liaison = city.at(PEILI, "town-liaison")
    wish = {
        "org_code": PEILI.code,
        "level": "TOWN",
        "source": "ISSUE",
        "question": "学校门口上下学怎么走",
        "issue_ids": [str(matter.id)],
        "sub_questions": [*AGENDA, "谁在路口值守"],
    }
    await liaison.ask(f"{topic_at(topic)}/propose-topic", wish)
    await liaison.ask(f"{topic_at(topic)}/submit-topic", PACKAGE)


async def defer(city: City, topic: UUID, days: int = 3) -> None:
    until = day_of(await city.now()) + timedelta(days=days)
    wish = {
        "decided_on": await today(city),
        "record_no": "培党工〔2026〕31号",
        "why": "请补早晚高峰车流数，和学校愿不愿开侧门的答复。",
        "until": until.isoformat(),
    }
    await city.at(PEILI, "town-committee").ask(f"{topic_at(topic)}/defer-topic", wish)


async def approve(city: City, topic: UUID) -> None:
    wish = {
        "decided_on": await today(city),
        "record_no": "培党工〔2026〕34号",
        "conditions": ["先试两周再定长期办法", "值守排班由学校牵头"],
    }
    await city.at(PEILI, "town-committee").ask(f"{topic_at(topic)}/approve-topic", wish)


async def call_conference(city: City, matter: Matter, topic: UUID, meeting: UUID) -> None:
    liaison, by_login = city.at(PEILI, "town-liaison"), {seat.login: seat for seat in seats()}
    recorder = str(by_login["peili-town-liaison"].id)
    draft = {
        "org_code": PEILI.code,
        "level": "TOWN",
        "form": "CONFERENCE",
        "convenor_seat": str(by_login["peili-town-committee"].id),
        "chair_seat": recorder,
        "recorder_seat": recorder,
        "agenda": [{"question": question} for question in AGENDA],
        "topic_ids": [str(topic)],
        "issue_ids": [str(matter.id)],
    }
    await liaison.ask(f"{meeting_at(meeting)}/draft-meeting", draft)
    for place in table(by_login):
        await liaison.ask(f"{meeting_at(meeting)}/invite-participant", place)
    starts = (await city.now()).astimezone(ZONE) + WARNED
    starts = starts.replace(hour=15, minute=0, second=0, microsecond=0)
    notice = {
        "starts_at": starts.isoformat(),
        "ends_at": (starts + LASTS).isoformat(),
        "venue": "培黎街道三楼会议室（有电梯）",
    }
    await liaison.ask(f"{meeting_at(meeting)}/notice-meeting", notice)


def table(by_login: Mapping[str, Seat]) -> Sequence[dict[str, object]]:
    member: dict[str, object] = {"role": "MEMBER", "member_seat": str(by_login["peili-member"].id)}
    places = [member, *(dict[str, object](role=role) for role in OTHERS)]
    return [{"place": nth, **place} for nth, place in enumerate(places, 1)]


async def hold(city: City, meeting: UUID) -> None:
    """When its hour has come: all are there, the first question is agreed, the second is not."""
    liaison, at = city.at(PEILI, "town-liaison"), meeting_at(meeting)
    for place in range(1, len(OTHERS) + 2):
        await liaison.ask(f"{at}/check-in", {"place": place})
    agreed = {"no": 1, "outcome": "CONSENSUS", "agreed": "接送车停到侧门外的空地，先试两周。"}
    await liaison.ask(f"{at}/decide-item", agreed)
    await liaison.ask(f"{at}/decide-item", {"no": 2, "outcome": "NO_CONSENSUS"})
    await liaison.ask(f"{at}/end-meeting", {"ended_at": (await city.now()).isoformat()})
