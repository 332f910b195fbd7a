"""ST3 of 培黎 over HTTP: one code, three forms, three councils; weeks pass; each is solved.

On a whole city as `mazha up` starts it: real PostgreSQL with a role for each service, real Kafka.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from trial.living import council
from trial.living.clerk import NotDone
from trial.living.council import PEILI
from trial.living.deeds import City, Matter
from trial.living.people import COMMUNITIES
from trial.living.said import GARBAGE, LAMP, SCHOOL
from trial.living.weeks import MIDDLE, SMALL, WIDE

pytestmark = [pytest.mark.connected, pytest.mark.timeout(600)]
PEILI1 = COMMUNITIES[3]
MENDED = "楼道灯已换好两盏，物业每周一检查一次；再坏了请打议事室电话，当天来修。"
CLEARED = "垃圾已清运三车，装了围挡和提示牌，物业每周三清一次，欢迎邻居监督。"
AGREED = "会议商定：接送车停到侧门外空地，先试两周；摊点的事下次再议。街道每月回看一次。"
PATIENCE = 30.0


async def test_a_small_matter_is_closed_within_three_working_days_by_the_grid(city: City) -> None:
    station, worker = city.at(PEILI, "station-staff"), city.at(PEILI1, "grid-worker")
    lamp = await city.submit(PEILI, LAMP)
    await city.accept(lamp, station, **SMALL)
    await city.route(lamp, station, "GRID", "MICRO", PEILI1)
    await city.take_on(lamp, worker)
    await city.answer(lamp, worker, "SOLVED", MENDED)
    await city.evaluate(lamp, "YES", 5)
    history = await settled(city, lamp, "IssueClosed")
    assert kinds(history)["EscalationRaised"] == 0
    assert whole(history)


async def test_a_late_community_is_urged_and_a_no_is_worked_on_again(city: City) -> None:
    station, liaison = city.at(PEILI, "station-staff"), city.at(PEILI1, "community-liaison")
    garbage = await city.submit(PEILI, GARBAGE)
    await city.accept(garbage, station, **MIDDLE)
    await city.route(garbage, station, "COMMUNITY", "MINOR", PEILI1)
    await city.days(4)
    history = await settled(city, garbage, "EscalationRaised")
    assert kinds(history)["EscalationRaised"] == 2  # the signature, and the first contact
    await city.take_on(garbage, liaison)
    why = "清运不用开会，改用途另行开会商量"
    await city.answer(garbage, liaison, "SOLVED", CLEARED, no_meeting_reason=why)
    await city.evaluate(garbage, "NO", 2)
    await settled(city, garbage, "IssueReopened")
    await liaison.ask(f"{garbage.case}/contact-reporter", {"method": "VISIT", "reached": True})
    await liaison.ask(f"{garbage.case}/start-work", {})
    await city.answer(garbage, liaison, "SOLVED", CLEARED, no_meeting_reason=why)
    await city.evaluate(garbage, "YES", 4)
    assert whole(await settled(city, garbage, "IssueClosed"))


async def test_a_big_matter_goes_before_the_committee_twice_and_to_a_conference(city: City) -> None:
    station, liaison = city.at(PEILI, "station-staff"), city.at(PEILI, "town-liaison")
    topic, meeting = uuid4(), uuid4()
    school = await city.submit(PEILI, SCHOOL)
    await city.accept(school, station, **WIDE)
    await city.route(school, station, "STREET", "MAJOR", PEILI)
    await city.take_on(school, liaison)
    await council.lay_before_committee(city, school, topic)
    await settled(city, school, "IssuePromotedToTopic")
    await council.defer(city, topic)
    await city.days(4)
    await council.approve(city, topic)
    await council.call_conference(city, school, topic, meeting)
    await city.days(council.WARNED.days, hour=15)
    await council.hold(city, meeting)
    await settled(city, school, "IssueDeliberated")
    await city.answer(school, liaison, "PARTLY", AGREED, meeting_id=str(meeting))
    assert not kinds(await settled(city, school, "AnswerDrafted"))["IssueAnswered"]
    await city.approve(school, city.at(PEILI, "town-committee"))
    await city.evaluate(school, "PARTLY", 4)
    history = await settled(city, school, "IssueClosed")
    assert [k for k in STREET if not kinds(history)[k]] == []
    assert whole(history)
    told = {line["service"] for line in history["lines"]}
    assert told == {"intake", "routing", "meetings", "notify"}


STREET = (
    *("TopicProposed", "TopicSubmitted", "IssuePromotedToTopic", "TopicDeferred", "TopicApproved"),
    *("MeetingDrafted", "MeetingNoticed", "ItemDecided", "MeetingHeld", "IssueDeliberated"),
    *("IssueAnswered", "IssueEvaluated", "IssueClosed"),
)


async def test_a_liaison_of_another_town_sees_and_does_nothing_of_it(city: City) -> None:
    station = city.at(PEILI, "station-staff")
    stranger = city.at(COMMUNITIES[0], "community-liaison")
    lamp = await city.submit(PEILI, LAMP)
    await city.accept(lamp, station, **SMALL)
    await city.route(lamp, station, "GRID", "MICRO", PEILI1)
    with pytest.raises(NotDone, match="403"):
        await stranger.ask(f"{lamp.case}/sign-issue", {})
    for path in (f"/api/audit/history/{lamp.id}", f"/api/routing/cases/{lamp.id}"):
        with pytest.raises(NotDone, match=r"404|403"):
            await stranger.look(path)


async def settled(city: City, matter: Matter, kind: str) -> dict[str, Any]:
    """The matter's history as its station reads it, once audit has heard of this."""
    return await until(city, matter, lambda history: kinds(history)[kind] > 0 and whole(history))


async def until(
    city: City, matter: Matter, holds: Callable[[dict[str, Any]], bool]
) -> dict[str, Any]:
    station, end = city.at(PEILI, "station-staff"), time.monotonic() + PATIENCE
    history: dict[str, Any] = {}
    while time.monotonic() < end:
        try:
            path = f"/api/audit/history/{matter.id}?every=true"
            history = await station.look(path)
        except NotDone:
            history = {"lines": [], "streams": []}
        if holds(history):
            return history
        await asyncio.sleep(0.2)
    raise AssertionError(f"it never came to this: {[line['kind'] for line in history['lines']]}")


def kinds(history: dict[str, Any]) -> Counter[str]:
    return Counter(line["kind"] for line in history["lines"])


def whole(history: dict[str, Any]) -> bool:
    """No step is missing, and each hash follows from the one before."""
    gaps = [line for line in history["lines"] if line["gap"]]
    return not gaps and all(s["chained"] and not s["missing"] for s in history["streams"])
