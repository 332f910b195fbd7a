"""F10, F11, F12: records come again, out of order between keys, old after new, or spoilt."""

import asyncio
import random
from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID, uuid4

import pytest
from aiokafka import AIOKafkaProducer, ConsumerRecord
from sqlalchemy import text

from kernel.read import parking
from kernel.wire.partition import partition_of
from tests.faults import scale
from tests.faults.load import Load
from tests.faults.nodes import until
from tests.faults.stage import Stage

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]
SHOWN = text("select * from read.reader order by reader")
FACTS = text("select stream_id, version, data, meta from kernel.events order by 1, 2")
Record = ConsumerRecord[bytes, bytes]


async def tell(stage: Stage, records: Sequence[Record]) -> None:
    """The same bytes once more, each under its own key and in the given order."""
    async with AIOKafkaProducer(bootstrap_servers=stage.bootstrap) as producer:
        for r in records:
            await producer.send(
                r.topic, key=r.key, value=r.value, headers=list(r.headers), partition=r.partition
            )
        await producer.flush()


async def heard_everything(stage: Stage) -> None:
    """Every consumer's offsets have reached the end of what was told."""
    ends: dict[tuple[str, int], int] = defaultdict(int)
    for r in await stage.records():
        ends[r.topic, r.partition] = r.offset + 1
    places = text("select topic, partition, next_offset from kernel.inbox_offsets")

    async def heard() -> bool:
        rows = await stage.stores["post"].all(places)
        at = {(r.topic, r.partition): r.next_offset for r in rows}
        mine = {k: n for k, n in ends.items() if not k[0].endswith("letters.v1")}
        return all(at.get(key, 0) >= end for key, end in mine.items())

    await until(heard, 60, "not everything was heard")


async def test_f10_everything_comes_three_times_more_shuffled_across_keys(stage: Stage) -> None:
    async with stage.node("library") as library, stage.node("cards"), stage.node("post"):
        load = await Load([library.port], clients=4).run(scale(3, 30))
        await stage.whole(load.acked)
        shown = await stage.stores["post"].all(SHOWN)
        facts = [await stage.stores[name].all(FACTS) for name in ("cards", "post")]
        told = await stage.records()
        for seed in range(3):
            await tell(stage, shuffled(told, seed))
        await heard_everything(stage)
        await stage.whole(load.acked)
        assert await stage.stores["post"].all(SHOWN) == shown
        assert [await stage.stores[name].all(FACTS) for name in ("cards", "post")] == facts


def shuffled(records: Sequence[Record], seed: int) -> list[Record]:
    """Keys in any order, each key's own records in theirs."""
    by_key: dict[bytes | None, list[Record]] = defaultdict(list)
    for record in records:
        by_key[record.key].append(record)
    lots = [key for key, mine in by_key.items() for _ in mine]
    random.Random(seed).shuffle(lots)  # noqa: S311
    return [by_key[key].pop(0) for key in lots]


async def test_f11_an_older_fact_after_a_newer_one_of_its_key_is_ignored(stage: Stage) -> None:
    async with stage.node("library") as library, stage.node("cards"), stage.node("post"):
        load = await Load([library.port], clients=2).run(2)
        await stage.whole(load.acked)
        shown = await stage.stores["post"].all(SHOWN)
        told = await stage.records()
        await tell(stage, list(reversed(told)))
        await heard_everything(stage)
        await asyncio.sleep(1)
        assert await stage.stores["post"].all(SHOWN) == shown
        assert await stage.check(load.acked) == []


def spoilt(record: Record) -> dict[str, tuple[bytes | None, list[tuple[str, bytes | None]]]]:
    """Ways to spoil a fact: (value, headers) each, under a stream of its own."""

    def headers(**other: bytes | None) -> list[tuple[str, bytes | None]]:
        stream = f"book-{uuid4()}".encode()
        fresh = {"ce_subject": stream, "ce_sequence": b"1", "ce_id": str(uuid4()).encode()}
        return list({**dict(record.headers), **fresh, **other}.items())

    value = record.value
    return {
        "bad JSON": (b"{", headers()),
        "wrong schema": (b'{"reader": 7}', headers()),
        "no value": (None, headers()),
        "a header that is no ASCII": (value, headers(ce_source=b"/\xff\xfe")),
        "a header without a value": (value, headers(ce_epoch=None)),
        "an absurd number": (value, headers(ce_sequence=b"99999999999999999999")),
        "a NUL in a name": (value, headers(ce_subject=b"book-\x00")),
        "a megabyte of nonsense": (b"x" * 900_000, headers()),
        "a version of the future": (value, headers(ce_schemaver=b"9")),
        "an unknown kind": (b"{}", headers(ce_type=b"NeverHeardOf")),
    }


async def test_f12_spoilt_records_stop_their_own_key_and_nothing_else(stage: Stage) -> None:
    async with stage.node("library") as library, stage.node("cards"), stage.node("post"):
        load = await Load([library.port], clients=2).run(1)
        await stage.whole(load.acked)
        lent = next(r for r in await stage.records() if dict(r.headers)["ce_type"] == b"BookLent")
        ways = spoilt(lent)
        async with AIOKafkaProducer(bootstrap_servers=stage.bootstrap) as producer:
            for name, (value, headers) in ways.items():
                key = f"spoilt {name}"
                told = [(n, v if n != "ce_partitionkey" else key.encode()) for n, v in headers]
                partition = partition_of(key, 12)
                await producer.send_and_wait(
                    lent.topic, key=key.encode(), value=value, headers=told, partition=partition
                )
        load = await Load([library.port], clients=2, seed=2, acked=load.acked).run(2)
        await heard_everything(stage)
        cards = stage.stores["cards"]
        held = {row.key for row in await parking.listed(cards)}
        expected = {f"spoilt {name}" for name in ways} - {"spoilt an unknown kind"}
        assert held == expected
        await everybody_else_flows(stage, load)
        for row in await parking.listed(cards):
            assert await parking.skip(cards, row.consumer, row.seq, "a test", UUID(int=1))
        assert await parking.listed(cards) == []


async def everybody_else_flows(stage: Stage, load: Load) -> None:
    """Every loan of the second load has reached its card."""
    noted = text("select count(*) as n from kernel.events where type = 'LoanNoted'")
    lent = text("select count(*) as n from kernel.events where type = 'BookLent'")

    async def same() -> bool:
        cards, library = stage.stores["cards"], stage.stores["library"]
        return bool((await cards.one(noted)).n == (await library.one(lent)).n)

    assert load.acked
    await until(same, 30, "other keys were held up")
