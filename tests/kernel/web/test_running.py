"""What a running service waits for, and what must never wait for each other."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection

from kernel.database import Database
from kernel.event import Event
from kernel.handle import Store
from kernel.read.fold import Heard, Trouble
from kernel.read.rebuild import rebuild
from kernel.web import health
from kernel.web.running import Hearing, Running
from kernel.wire.broker import HeardFrom
from kernel.wire.producer import Outbound, Record
from tests.kernel.city import trial_settings
from tests.kernel.conftest import OpenHouse
from tests.kernel.contract.town import carry_out, one_of, opened, quiet, until, url_of
from tests.kernel.contract.wire import KafkaWire
from tests.kernel.library.services import POST
from tests.kernel.local import LocalBroker, LocalOutbound
from tests.kernel.till import TILLS, Mood, Ring, Rung, takings
from trial.servers import Kafka

pytestmark = pytest.mark.connected
READER = replace(POST, hears=())
"""Hears keys and nothing else."""


@dataclass
class Part(Hearing):
    """A member that has heard what it was given; `rest` is what it learns of the others."""

    rest: list[int | Exception | None] = field(default_factory=list)

    async def start(self) -> None:
        return None

    async def stop(self) -> None:
        return None

    def lag(self) -> int | None:
        return 0

    async def behind(self) -> int | None:
        said = self.rest.pop(0) if len(self.rest) > 1 else self.rest[0]
        if isinstance(said, Exception):
            raise said
        return said

    async def stalled(self, limit: float) -> None:  # noqa: ARG002
        await asyncio.Event().wait()


@dataclass
class Parted(LocalBroker):
    part: Part = field(default_factory=Part)

    def listen(  # type: ignore[override]
        self, _db: Database, _group: str, _topics: Sequence[str], _hear: HeardFrom, _member: object
    ) -> Hearing:
        return self.part


async def has_keys(running: Running) -> bool:
    return running.has_keys


async def test_a_replica_waits_for_the_keys_that_the_other_is_to_hear(house: OpenHouse) -> None:
    """Its own partitions are heard, all of them are not."""
    one = (await house(READER)).running
    part = Part([7])
    one.listeners["keys"] = part
    await one.steps()["all keys"][0]()
    assert (await health.checks(one))["keys"] == "not all heard yet"
    part.rest = [None]
    await one.steps()["all keys"][0]()
    assert not one.has_keys
    part.rest = [0]
    await one.steps()["all keys"][0]()
    assert (await health.checks(one))["keys"] == "ok"


async def test_what_one_replica_has_made_sure_of_the_other_need_not(house: OpenHouse) -> None:
    one = (await house(READER)).running
    other = (await house(READER, url_of(one))).running
    one.listeners["keys"], other.listeners["keys"] = Part([0]), Part([None])
    await other.steps()["all keys"][0]()
    assert not other.has_keys
    await one.steps()["all keys"][0]()
    await other.steps()["all keys"][0]()
    assert other.has_keys


async def test_who_waits_for_keys_outlives_a_broker_and_a_database_that_are_away(
    house: OpenHouse,
) -> None:
    broker = Parted(part=Part([ConnectionError("no broker"), OSError("no database"), 3, 0]))
    running = (await house(READER, transport=broker)).running
    running.start()
    await until(lambda: has_keys(running), "all keys are heard")
    assert await one_of(running.db, "select has_keys from kernel.identity")


async def test_who_opens_nothing_asks_for_no_keys(house: OpenHouse) -> None:
    running = (await house(replace(READER, hears_keys=False))).running
    said = statements(running)
    await running.steps()["all keys"][0]()
    assert running.has_keys and said == []


def statements(running: Running) -> list[str]:
    """From now on."""
    said: list[str] = []
    event.listen(
        running.db.engine.sync_engine, "before_cursor_execute", lambda *a: said.append(a[2])
    )
    return said


async def test_a_step_of_a_services_own_is_taken_with_the_others_and_outlives_its_failures(
    house: OpenHouse,
) -> None:
    running, taken = (await house(replace(READER, hears_keys=False))).running, list[int]()

    async def own() -> int:
        taken.append(len(taken))
        if len(taken) == 1:
            raise OSError("a gateway is away")
        return 0

    running.own_steps["own"] = own
    running.start()

    async def twice() -> bool:
        return len(taken) > 1

    await until(twice, "it is taken again")
    assert "own" in running.tasks


@dataclass
class Headless(LocalBroker):
    """Nobody has made the topic of heads."""

    stopped: list[str] = field(default_factory=list)

    def outbound(self, name: str) -> Outbound:
        return HeadlessOutbound(self, name)


class HeadlessOutbound(LocalOutbound):
    def __init__(self, broker: Headless, name: str) -> None:
        super().__init__(broker)
        self.headless, self.name, self.failed = broker, name, False

    async def send(self, records: Sequence[Record]) -> int:
        if any(record.topic == "heads.v1" for record in records):
            self.failed = True
            raise TimeoutError("no such topic")
        assert not self.failed, "facts go a way that heads have spoilt"
        return await super().send(records)

    async def stop(self) -> None:
        self.headless.stopped.append(self.name)


async def test_facts_are_told_whether_heads_get_through_or_not(house: OpenHouse) -> None:
    broker = Headless()
    till = await house(TILLS, transport=broker)
    steps = till.steps()
    for amount in range(3):
        await till.do("north", Ring(amount))
        await steps["sequence"]()
        await steps["sign"]()
        with pytest.raises(TimeoutError):
            await steps["tell heads"]()
        assert await steps["tell"]() == 1
    assert len(broker.told("tills.v1")) == 3
    await till.close()
    assert len(set(broker.stopped)) == 2


async def test_who_has_no_head_to_tell_asks_one_question(house: OpenHouse) -> None:
    till = await house(TILLS)
    await till.do("north", Ring(1))
    steps = till.steps()
    await steps["sequence"]()
    said = statements(till.running)
    assert await steps["tell heads"]() == 0
    assert len(said) == 1
    assert [await steps[name]() for name in ("sign", "tell heads", "tell heads")] == [1, 1, 0]


async def test_a_read_model_that_another_run_has_shown_is_kept_up_here_too(
    house: OpenHouse,
) -> None:
    """Else it would stand still: a swap may be done though its answer was lost."""
    before = (await house(TILLS)).running
    await carry_out(before, "north", Ring(1))
    await before.steps()["sequence"][0]()
    projection = takings(Mood())
    running = (await house(replace(TILLS, projections=[projection]), url_of(before))).running
    await rebuild(before.db, projection)
    running.start()
    await until(lambda: is_kept_up(running), "it is read here too")
    await carry_out(running, "north", Ring(2))
    await until(lambda: quiet(running), "what came later is shown")
    assert await one_of(running.db, "select amounts from read.takings") == "1 2"


async def is_kept_up(running: Running) -> bool:
    return "takings__v1" in running.reader.consumers


async def test_a_consumer_of_a_services_own_hears_each_fact_once(house: OpenHouse) -> None:
    """Made with the store; it goes on where it stood, and what it writes stands with its place."""
    till = await house(replace(TILLS, consumers=[Adding]))
    await till.do("north", Ring(2))
    await till.settle()
    await till.do("north", Ring(3))
    await till.settle()
    (adding,) = (c for c in till.running.reader.consumers.values() if isinstance(c, Adding))
    assert (adding.source, adding.sums) == ("till", [2, 3])
    place = "select seq from kernel.checkpoints where name = 'adding'"
    assert await one_of(till.running.db, place) == 2


class Adding:
    name, slow = "adding", True
    kinds: Mapping[str, type[Event]] = {"Rung": Rung}

    def __init__(self, store: Store) -> None:
        self.source, self.sums = store.source, list[int]()

    async def take(self, _conn: AsyncConnection, batch: Sequence[Heard]) -> list[Trouble]:
        self.sums += [heard.fact.amount for heard in batch if isinstance(heard.fact, Rung)]
        return []


async def test_facts_are_told_at_once_where_kafka_has_no_topic_for_heads(
    database: Callable[[], str], kafka: Kafka, prefix: str
) -> None:
    """Its client asks for the topic again and again for half a minute before it gives up."""
    wire, topic = KafkaWire(kafka.bootstrap), f"{prefix}tills.v1"
    await wire.make([topic])
    settings = trial_settings("till", database(), topic_prefix=prefix)
    till = Running(TILLS, settings, wire.transport)
    till.start()
    try:
        await until(lambda: opened(till), "it opens")
        await carry_out(till, "north", Ring(0))
        await until(lambda: signed(till), "there is a head to tell")
        for amount in range(1, 4):
            await carry_out(till, "north", Ring(amount))
            await until(partial(told, wire, topic, amount + 1), "it is told", limit=15)
    finally:
        await till.stop()


async def signed(running: Running) -> bool:
    return bool(
        await one_of(running.db, "select count(*) from kernel.tree_heads where not told") == 1
    )


async def told(wire: KafkaWire, topic: str, facts: int) -> bool:
    return len(await wire.told(topic)) == facts
