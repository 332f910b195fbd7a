"""A whole city: its Kafka goes away, it is killed itself, and all it was told is there, once."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path

import pytest

from tests.faults.firm import at_work, firm, history, in_queue, kinds
from tests.faults.nodes import until
from tests.journeys.stores import at_rest, rebuilt_otherwise, stores_of, unheard, wrong
from tests.journeys.trial import EmptyTrial
from trial.living.deeds import City, Matter, form_of
from trial.living.people import COMMUNITIES
from trial.living.said import GARBAGE, GARDEN, LAMP, NOISE, WATER, Said
from trial.servers import Kafka, Postgres

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]
TIANSHUINAN, STATION = COMMUNITIES[1], "tuanjie-station-staff"
HANDLERS = ("tianshuinan-community-liaison", "tianshuinan-grid-worker")
WHOLE = Counter(
    ["IssueSubmitted", "CaseOpened", "IssueAccepted", "IssueRouted"]
    + 2 * ["NotificationQueued", "NotificationTaken", "NotificationSent"]  # to the resident
    + len(HANDLERS) * ["NotificationQueued"]
)


@pytest.fixture
async def trial(tmp_path: Path) -> AsyncIterator[EmptyTrial]:
    trial = EmptyTrial(tmp_path / "trial", None)
    await asyncio.to_thread(trial.start, limit=300)
    yield trial
    await asyncio.to_thread(trial.wipe)


async def test_a_city_without_kafka_and_a_city_that_was_killed_lose_and_double_nothing(
    trial: EmptyTrial,
) -> None:
    """One city for the whole story: a start of its own for each part would take longer than they
    do."""
    async with at_work(trial.address) as city:
        await six_matters_while_kafka_is_away(city, Kafka(trial.data / "kafka"))
    for end in (trial.die, trial.kill):
        await a_matter_just_before_the_end(trial, end)
    await come_to_rest(trial)
    await asyncio.to_thread(trial.stop)
    await all_stores_are_whole(trial)


async def six_matters_while_kafka_is_away(city: City, kafka: Kafka) -> None:
    heard = await submit(city, GARDEN, NOISE, LAMP)
    await until(waiting(city, heard), 30, "the first three did not reach their station")
    await asyncio.to_thread(kafka.kill)
    late = await submit(city, WATER, GARBAGE, GARDEN)
    await route(city, heard)
    assert not await waiting(city, late)(), "Kafka was not away"
    await asyncio.to_thread(kafka.start)
    await until(waiting(city, late), 60, "the last three did not reach their station")
    await route(city, late)
    for matter in (*heard, *late):
        await is_told_whole(city, matter)
    await are_told_once(city, [*heard, *late])


async def submit(city: City, *said: Said) -> list[Matter]:
    return [await city.submit(TIANSHUINAN, one) for one in said]


async def route(city: City, matters: Sequence[Matter]) -> None:
    station = firm(city, STATION)
    for matter in matters:
        await city.accept(matter, station, category="B6", urgency="NORMAL", affected_hh=85)
        await city.route(matter, station, "COMMUNITY", "MINOR", TIANSHUINAN)


def waiting(city: City, matters: Sequence[Matter]) -> Callable[[], Awaitable[bool]]:
    """Each of them, once."""

    async def there() -> bool:
        queue = await in_queue(city, STATION)
        return all(queue[str(matter.id)] == 1 for matter in matters)

    return there


async def is_told_whole(city: City, matter: Matter) -> None:
    async def whole() -> bool:
        return kinds(await history(city, matter.id)) == WHOLE

    await until(whole, 60, f"{matter.id}: its history is not whole")
    found = await history(city, matter.id)
    assert not found["parked"] and not [line for line in found["lines"] if line["gap"]]
    assert {one["service"] for one in found["streams"]} == {"intake", "routing", "notify"}
    assert all(one["chained"] and not one["missing"] for one in found["streams"])


async def are_told_once(city: City, matters: Sequence[Matter]) -> None:
    """The resident of each step, and who shall sign."""
    sent = (await city.http.get("/trial/sms")).text
    for matter in matters:
        assert sent.count(f"查询码{matter.code}") == sent.count(f"（{matter.code}）已受理") == 1
    for login in HANDLERS:
        told = await firm(city, login).look("/api/notify/notices")
        about = Counter(one["gist"]["issue_id"] for one in told)
        assert about == Counter(str(matter.id) for matter in matters)


async def a_matter_just_before_the_end(trial: EmptyTrial, end: Callable[[], None]) -> None:
    form = form_of(TIANSHUINAN, LAMP)
    async with at_work(trial.address) as city:
        matter = await city.send(form)
        await asyncio.to_thread(end)
    await asyncio.to_thread(trial.start, limit=120)
    async with at_work(trial.address) as city:
        assert await city.send(form) == matter
        await until(waiting(city, [matter]), 60, "what was answered did not reach its station")

        async def raised() -> bool:
            return kinds(await history(city, matter.id))["IssueSubmitted"] == 1

        await until(raised, 30, "what was answered is not there once")


async def come_to_rest(trial: EmptyTrial) -> None:
    async with stores_of(trial.data) as stores:

        async def all_heard() -> bool:
            return await at_rest(stores) and not await unheard(stores)

        await until(all_heard, 60, "something was not heard")


async def all_stores_are_whole(trial: EmptyTrial) -> None:
    """With nobody at work in them."""
    postgres = await asyncio.to_thread(Postgres(trial.data / "postgres").start)
    async with stores_of(trial.data) as stores:
        assert await wrong(stores) == []
        assert await rebuilt_otherwise(stores) == []
    await asyncio.to_thread(postgres.stop)
