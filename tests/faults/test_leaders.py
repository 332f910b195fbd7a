"""F4, F15, F16: who leads is paused, many write at once, a stranger holds a transaction open."""

import asyncio
import random
import subprocess
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from kernel.database import Database
from kernel.handle import Turn
from kernel.handler import Handler
from kernel.sequencer import sequence
from kernel.store import APPEND, Append, History, columns, load
from tests.faults import scale
from tests.faults.load import Load
from tests.faults.nodes import until
from tests.faults.stage import Stage
from tests.kernel.checker import check_store
from tests.kernel.city import House, async_url, command, trial_settings
from tests.kernel.library.books import FACTS, BuyBook
from tests.kernel.library.services import LIBRARY
from tests.kernel.local import LocalBroker
from trial.servers.postgres import program

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]
PAUSE = scale(10, 30)
CURSOR = text("select seq from kernel.checkpoints where name = 'relay'")


async def test_f4_a_paused_relay_gives_way_and_its_late_words_are_dropped(stage: Stage) -> None:
    """A lease shorter than the pause: the other takes over while the first still believes."""
    lease = {"MAZHA_LIBRARY_LEASE": "3", "MAZHA_LIBRARY_STATEMENT_LIMIT": "5"}
    one, two = stage.node("library", **lease), stage.node("library", **lease)
    async with one, two, stage.node("cards"), stage.node("post"):
        load = Load([two.port], clients=4)
        asking = asyncio.create_task(load.run(3 * PAUSE))
        cursors = []
        for _ in range(scale(1, 3)):
            await asyncio.sleep(1)
            one.pause()
            await asyncio.sleep(0.5)  # what it had sent still lands
            before = await cursor(stage)
            await asyncio.sleep(PAUSE)
            after = await cursor(stage)
            one.go_on()
            cursors += [before, after]
        load.stopping = True
        await asking
        assert cursors == sorted(cursors), "the cursor went back"
        assert cursors[-1] > cursors[0], "nobody took over"
        await stage.whole(load.acked)


async def cursor(stage: Stage) -> int:
    return int((await stage.stores["library"].one(CURSOR)).seq)


@pytest.fixture
async def library(database: Callable[[], str]) -> Any:
    house = await House.open(LIBRARY, trial_settings("library", database(), pool=24), LocalBroker())
    yield house
    await house.close()


async def test_f15_sixteen_writers_who_write_elsewhere_first_lose_nothing(library: House) -> None:
    """The race that a position, a snapshot horizon and a gap timer were all measured to lose."""
    db, most = library.running.db, scale(20_000, 100_000)
    done = asyncio.Event()
    contenders = [asyncio.create_task(contend(db, done)) for _ in range(2)]
    await asyncio.gather(*(write(library, n, most // 16) for n in range(16)))
    done.set()
    await asyncio.gather(*contenders)
    while await sequence(db):
        pass
    assert await check_store(db) == []
    assert (await db.one(text("select count(*) as n from kernel.feed"))).n >= most // 16 * 16


async def contend(db: Database, done: asyncio.Event) -> None:
    while not done.is_set():
        if not await sequence(db, 200):
            await asyncio.sleep(0.002)


async def write(library: House, n: int, appends: int) -> None:
    """Transactions that first write elsewhere, then append, then dawdle before the commit."""
    chance, db = random.Random(n), library.running.db  # noqa: S311
    unwritten = await load(db, FACTS, "book-unwritten")
    for _ in range(appends):
        item = await bought(library, unwritten)
        async with db.begin() as conn:
            if chance.random() < 0.3:
                values = {"name": f"elsewhere-{uuid4()}"}
                await conn.execute(
                    text("insert into kernel.checkpoints (name) values (:name)"), values
                )
            await conn.execute(APPEND, columns([item]))
            if chance.random() < 0.1:
                await asyncio.sleep(chance.random() * 0.01)


async def bought(library: House, unwritten: History[Any]) -> Append:
    """The append of one bought book, prepared as `handle` does."""
    stream_id = f"book-{uuid4()}"
    handler: Handler[Any, Any, Any, Any] = library.running.service.handlers[0]
    turn = Turn(library.running.store, handler.stream, stream_id, command(), b"", unwritten)
    blank = handler.stream.decider.blank
    facts = handler.stream.decider.decide(BuyBook(stream_id, "x"), blank, None)
    return await turn.prepare(blank, facts)


async def test_f16_a_transaction_left_open_elsewhere_delays_nothing(
    stage: Stage, record_property: Callable[[str, object], None]
) -> None:
    """In another database, in this one, and a dump that reads for as long as it likes: while they
    are open, whatever is queued gets its place."""
    # A lease as a stranger has it: ours would end a transaction that rests for a minute.
    elsewhere = Database(async_url(stage.postgres.url("postgres")), pool=1, lease=3600)
    here = Database(async_url(stage.urls["library"]), pool=1, lease=3600)
    async with stage.node("library") as library, stage.node("cards"), stage.node("post"):
        async with elsewhere.begin() as one, here.begin() as two:
            await one.execute(text("create table left_open (n int)"))
            await two.execute(
                text("select txid_current(), pg_snapshot_xmin(pg_current_snapshot())")
            )
            load = Load([library.port], clients=4)
            asking = asyncio.create_task(load.run(scale(5, 60)))
            dump = asyncio.create_task(asyncio.to_thread(dump_of, stage))
            waits = [await delay(stage)]
            while not asking.done():
                waits.append(await delay(stage))
            await asking
            await dump
            await one.rollback()
        await stage.whole(load.acked)
    await elsewhere.close()
    await here.close()
    record_property("the longest wait for a place, seconds", max(waits))


def dump_of(stage: Stage) -> bytes:
    return subprocess.run(
        [program("pg_dump"), "--schema=kernel", stage.urls["library"]],
        check=True,
        capture_output=True,
        timeout=120,
    ).stdout


async def delay(stage: Stage) -> float:
    """How long what is in the queue now takes to leave it."""
    db, started = stage.stores["library"], time.monotonic()
    last = (await db.one(text("select coalesce(max(pos), 0) as pos from kernel.feed_queue"))).pos
    rest = text("select count(*) as n from kernel.feed_queue where pos <= :pos")

    async def gone() -> bool:
        return bool((await db.one(rest, pos=last)).n == 0)

    await until(gone, 30, "the queue stands still")
    return time.monotonic() - started
