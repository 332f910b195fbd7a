"""What others tell is heard once and in order; what is spoilt stops its own key only."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import pytest
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete
from sqlalchemy import text

from kernel.database import Database
from kernel.read import parking
from kernel.web.running import Running
from kernel.wire.broker import Listener
from kernel.wire.inbox import Inbox
from kernel.wire.page import Arrived
from tests.kernel.contract.rung import rung, with_headers
from tests.kernel.contract.town import Town, all_of, carry_out, one_of, quiet, until, url_of
from tests.kernel.contract.wire import PARTITIONS, KafkaWire, Said
from tests.kernel.till import TILLS, Mood, Ring, accounts
from trial.servers import Kafka

pytestmark = pytest.mark.connected
CLERK = UUID(int=3)
SHOWING, REACTING = "takings__v1", "react:enter_in_the_page"
BOTH = {SHOWING, REACTING}
GOOD = rung("good", 2)
# Whose fact it is cannot be read, so the subject that Kafka knows waits; its version is not spent.
NAMELESS: dict[str, Said] = {
    "has a header that is no text": with_headers(GOOD, traceparent=b"\xff\xfe"),
    "has a header without a value": with_headers(GOOD, type=None),
    "has no headers": GOOD._replace(headers=[]),
    "has an odd name": with_headers(GOOD, type=b"Ru\0ng"),
    "is of no version": with_headers(GOOD, sequence=b"-1"),
    "is of a huge version": with_headers(GOOD, sequence=b"9" * 4_000),
    "is of no time": with_headers(GOOD, time=b"0001-01-01T00:00:00+23:00"),
}
# These are known facts, and who cannot take one has it parked.
SPENT: dict[str, tuple[Said, set[str]]] = {
    "is not JSON": (GOOD._replace(value=b'{"amount": '), BOTH),
    "is a deep hole": (GOOD._replace(value=b"[" * 100_000), BOTH),
    "has another shape": (GOOD._replace(value=b'{"amount": "plenty"}'), BOTH),
    "says nothing": (GOOD._replace(value=None), BOTH),
    "is too new": (with_headers(GOOD, schemaver=b"2"), BOTH),
    "has a sum that no column takes": (rung("good", 2, 2**70), BOTH),
    "has a note that no column takes": (rung("good", 2, note="a\0b"), {SHOWING}),
    "is of a kind unknown here": (with_headers(GOOD, type=b"DrawerJammed"), set()),
    "is heavy": (rung("good", 2, note="x" * 1_000_000), set()),
}


def of_key(said: Said, key: str) -> Said:
    """The same, said of another subject."""
    if not said.headers:
        return said._replace(key=key.encode())
    named = with_headers(said, partitionkey=key.encode(), subject=f"till-{key}".encode())
    return named._replace(key=key.encode())


async def told(town: Town, hearer: Running, records: Sequence[Said]) -> None:
    """Puts them there, and waits until this hearer has all of them behind it."""
    topic = town.topic("tills.v1")
    offsets = "select coalesce(sum(next_offset), 0) from kernel.inbox_offsets where topic = :topic"
    before = len(await town.wire.told(topic))
    await town.wire.put(topic, records)

    async def heard() -> bool:
        at = await one_of(hearer.db, offsets, topic=topic)
        return int(at) == before + len(records) and await quiet(hearer)

    await until(heard, f"{len(records)} records are heard")


async def amounts(hearer: Running) -> dict[str, str]:
    rows = await all_of(hearer.db, "select till, amounts from read.takings order by till")
    return {row.till: row.amounts for row in rows}


async def test_what_is_told_again_is_heard_once(town: Town) -> None:
    """Three times each, among those of another key; and once more when newer ones are known."""
    hearer = await town.start(accounts(Mood()))
    one, two = ([rung(key, n) for n in (1, 2, 3)] for key in ("one", "two"))
    thrice = [said for pair in zip(one, two, strict=True) for said in pair * 3]
    await told(town, hearer, [*thrice, *one, *reversed(two)])
    assert await amounts(hearer) == {"one": "1 2 3", "two": "1 2 3"}
    assert await one_of(hearer.db, "select count(*) from kernel.journal") == 6
    assert await one_of(hearer.db, "select count(*) from kernel.events") == 6
    assert await one_of(hearer.db, "select count(*) from kernel.forks") == 0


async def test_a_header_of_somebody_elses_is_none_of_ours(town: Town) -> None:
    """Whatever bytes a tracer or a proxy adds."""
    hearer = await town.start(accounts(Mood()))
    traced = rung("one", 1)
    await told(town, hearer, [traced._replace(headers=[*traced.headers, ("trace", b"\xff\0")])])
    assert await amounts(hearer) == {"one": "1"}


async def test_what_one_told_oneself_on_a_shared_topic_is_not_heard_again(town: Town) -> None:
    till = await town.start(replace(TILLS, hears=["tills.v1"]))
    await carry_out(till, "own", Ring(7))
    await until(lambda: is_told(town, 1), "its own fact is told")
    await told(town, till, [with_headers(rung("one", 1), source=b"/another")])
    rows = await all_of(till.db, "select source, key from kernel.journal")
    assert [tuple(row) for row in rows] == [("another", "one")]
    assert await one_of(till.db, "select count(*) from kernel.feed") == 2


async def is_told(town: Town, count: int) -> bool:
    return len(await town.wire.told(town.topic("tills.v1"))) == count


async def test_a_gap_holds_up_its_stream_alone_and_heals(town: Town) -> None:
    hearer = await town.start(accounts(Mood()))
    await told(town, hearer, [rung("one", 1), rung("one", 3), rung("one", 4), rung("two", 1)])
    assert await amounts(hearer) == {"one": "1", "two": "1"}
    waiting = "select version from kernel.journal where waits order by version"
    assert [row.version for row in await all_of(hearer.db, waiting)] == [3, 4]
    await told(town, hearer, [rung("one", 2), rung("one", 5), rung("two", 2)])
    assert await amounts(hearer) == {"one": "1 2 3 4 5", "two": "1 2"}
    assert await all_of(hearer.db, waiting) == []


async def test_a_history_told_anew_is_heard_and_what_it_lost_is_named(town: Town) -> None:
    """A higher epoch at an old version is no duplicate: its owner was put back to a backup."""
    hearer = await town.start(accounts(Mood()))
    anew = [rung("one", version, 10 * version, epoch=2) for version in (2, 3)]
    await told(town, hearer, [rung("one", 1), rung("one", 2), rung("one", 3), *anew])
    assert await amounts(hearer) == {"one": "1 2 3 20 30"}
    (fork,) = await all_of(hearer.db, "select * from kernel.forks")
    assert (fork.source, fork.stream_id, fork.epoch) == ("till", "till-one", 1)
    assert (fork.first_missing, fork.last_missing) == (2, 3)
    kept = await all_of(hearer.db, "select epoch, version from kernel.journal order by 1, 2")
    assert [tuple(row) for row in kept] == [(1, 1), (1, 2), (1, 3), (2, 2), (2, 3)]


async def test_a_topic_made_anew_is_heard_from_its_beginning(town: Town) -> None:
    """Its offsets are below those that were passed; what is told there again is known."""
    hearer = await town.start(accounts(Mood()))
    await told(town, hearer, [rung("one", 1), rung("one", 2), rung("two", 1)])
    await town.stop(hearer)
    await town.wire.remake(town.topic("tills.v1"))
    hearer = await town.start(accounts(Mood()), url_of(hearer))
    await town.wire.put(town.topic("tills.v1"), [rung("one", 2), rung("one", 3)])

    expected = {"one": "1 2 3", "two": "1"}
    await until(lambda: shown(hearer, expected), "what is new in the new topic is shown")


async def test_a_log_that_lost_its_end_is_heard_again_at_once_or_at_the_next_start(
    kafka: Kafka, database: Callable[[], str], prefix: str, db: Database
) -> None:
    """A broker that came back without its last records gives their offsets to others."""
    town = Town(KafkaWire(kafka.bootstrap), prefix, database)
    url = str(db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False))
    hearer = await town.start(accounts(Mood()), url)
    await told(town, hearer, [rung("one", 1), rung("one", 2)])
    await db.do(FURTHER)
    await town.wire.put(town.topic("tills.v1"), [rung("one", 3)])
    await until(lambda: shown(hearer, {"one": "1 2 3"}), "it was heard while at work")
    await town.stop(hearer)
    await db.do(FURTHER)
    await town.wire.put(town.topic("tills.v1"), [rung("one", 4)])
    hearer = await town.start(accounts(Mood()), url_of(hearer))
    await until(lambda: shown(hearer, {"one": "1 2 3 4"}), "it is heard from the start")
    await town.stop()


FURTHER = text("update kernel.inbox_offsets set next_offset = next_offset + 1000")


async def test_what_the_broker_dropped_before_is_no_lag(
    kafka: Kafka, database: Callable[[], str], prefix: str
) -> None:
    town = Town(KafkaWire(kafka.bootstrap), prefix, database)
    topic = town.topic("tills.v1")
    await town.wire.make([topic])
    await town.wire.put(topic, [rung(f"key-{n}", 1) for n in range(9)])
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    await admin.start()
    parts = [TopicPartition(topic, n) for n in range(PARTITIONS)]
    await admin.delete_records({tp: RecordsToDelete(before_offset=-1) for tp in parts})
    await admin.close()
    hearer = await town.start(accounts(Mood()))
    await until(lambda: is_behind(hearer, 0), "nothing is left to hear")
    await town.stop()


async def is_behind(hearer: Running, records: int) -> bool:
    listener = hearer.listeners.get("journal")
    return listener is not None and await listener.behind() == records


async def shown(hearer: Running, expected: dict[str, str]) -> bool:
    return await amounts(hearer) == expected


async def test_members_of_a_group_come_and_go_and_nothing_is_heard_twice_or_lost(
    town: Town,
) -> None:
    """Two replicas on one store; while facts flow the second joins, and later the first leaves."""
    first = await town.start(accounts(Mood()))
    flow = Flow(town)
    flowing = asyncio.create_task(flow.run())
    await until(lambda: takes_part(first), "the first hears")
    second = await town.start(accounts(Mood()), url_of(first))
    await until(lambda: takes_part(second), "the second hears")
    await flow.go_on(5)
    await town.stop(first)
    await flow.go_on(5)
    flow.ends = True
    await flowing
    await until(lambda: heard_facts(second, 12 * flow.rounds), "all is heard")
    whole = " ".join(str(n) for n in range(1, flow.rounds + 1))
    assert await amounts(second) == {f"many-{n}": whole for n in range(12)}
    assert await one_of(second.db, "select count(*) from kernel.events") == 12 * flow.rounds


@dataclass
class Flow:
    """Tells one more fact of each of twelve tills, again and again."""

    town: Town
    rounds: int = 0
    ends: bool = False

    async def run(self) -> None:
        while not self.ends:
            records = [rung(f"many-{n}", self.rounds + 1) for n in range(12)]
            await self.town.wire.put(self.town.topic("tills.v1"), records)
            self.rounds += 1
            await asyncio.sleep(0.02)

    async def go_on(self, rounds: int) -> None:
        upto = self.rounds + rounds

        async def gone_on() -> bool:
            return self.rounds >= upto

        await until(gone_on, "facts flow")


async def takes_part(hearer: Running) -> bool:
    """Over Kafka: it has its share of the partitions."""
    listener = hearer.listeners.get("journal")
    if isinstance(listener, Listener):
        return bool(listener.subscriber.consumer.assignment())
    return listener is not None


async def heard_facts(hearer: Running, count: int) -> bool:
    journaled = await one_of(hearer.db, "select count(*) from kernel.journal where not waits")
    return int(journaled) >= count and await quiet(hearer)


async def test_what_is_spoilt_stops_its_own_key_and_can_be_skipped(town: Town) -> None:
    """Before it and behind it each key has a good fact; healthy keys notice nothing."""
    hearer = await town.start(accounts(Mood()))
    stuck = {name: (said, BOTH, 2) for name, said in NAMELESS.items()}
    stuck |= {name: (said, consumers, 3) for name, (said, consumers) in SPENT.items()}
    before = [rung(name, 1, 1) for name in stuck]
    spoilt = [of_key(said, name) for name, (said, _, _) in stuck.items()]
    behind = [rung(name, version, 9) for name, (_, _, version) in stuck.items()]
    healthy = [rung(f"healthy-{n}", 1) for n in range(8)]
    await told(town, hearer, [*before, *spoilt, *healthy])
    await told(town, hearer, behind)
    parked = await all_of(hearer.db, "select * from kernel.parked where state <> 'behind'")
    whom = {name: {row.consumer for row in parked if row.key == name} for name in stuck}
    assert whom == {name: consumers for name, (_, consumers, _) in stuck.items()}
    shown = await amounts(hearer)
    assert all(shown[f"healthy-{n}"] == "1" for n in range(8))
    assert all(shown[name] == "1" for name, consumers in whom.items() if SHOWING in consumers)
    for row in parked:
        assert await parking.skip(hearer.db, row.consumer, row.seq, "spoilt", CLERK)
    await until(lambda: nothing_parked(hearer), "what was behind has followed")
    shown = await amounts(hearer)
    assert all(shown[name] == "1 9" for name, consumers in whom.items() if SHOWING in consumers)
    assert shown["is heavy"] == "1 2 9"
    assert shown["is of a kind unknown here"] == "1 9"


async def nothing_parked(hearer: Running) -> bool:
    return not await one_of(hearer.db, "select count(*) from kernel.parked")


async def test_a_mended_key_is_retried_in_its_order(town: Town) -> None:
    mood = Mood(unshown={2}, broken={1})
    hearer = await town.start(accounts(mood))
    facts = [rung(key, n) for n in (1, 2, 3) for key in ("one", "two")]
    await told(town, hearer, facts)
    assert await amounts(hearer) == {"one": "1", "two": "1"}
    assert await one_of(hearer.db, "select count(*) from kernel.events") == 0
    mood.unshown.clear()
    mood.broken.clear()
    for consumer in BOTH:
        await parking.retry(hearer.db, consumer, "one")
    await until(lambda: only_parked(hearer, "two"), "the retried key has gone on")
    assert await amounts(hearer) == {"one": "1 2 3", "two": "1"}
    pages = await all_of(hearer.db, "select stream_id from kernel.events")
    assert [row.stream_id for row in pages] == ["page-one"] * 3


async def only_parked(hearer: Running, key: str) -> bool:
    rows = await all_of(hearer.db, "select distinct key from kernel.parked")
    return [row.key for row in rows] == [key]


async def test_all_that_is_wrong_in_a_batch_is_said_though_one_record_spoils_it(
    db: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    """Then each is taken for itself; with the last of them nothing is wrong."""
    spoilt = of_key(NAMELESS["is of no time"], "three")
    anew = [rung("one", version, epoch=2) for version in (2, 3, 3)]
    told = [rung("two", 7), rung("one", 1), rung("one", 2), spoilt, *anew]
    woken: list[bool] = []
    inbox = Inbox(db, lambda: woken.append(True))
    records = [Arrived(offset, *said) for offset, said in enumerate(told)]
    await inbox.hear("tills.v1", 0, "1", records)
    logs = capsys.readouterr().out
    assert "without a readable envelope" in logs
    assert "put back to a backup" in logs
    assert "came before their predecessors" in logs
    assert woken
