"""The least pool is enough: whoever may hold a connection does, and all the others go on."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from kernel import clock
from kernel.database import Database
from kernel.decider import Refused
from kernel.read.rebuild import rebuild
from kernel.web.running import Hearing, Running
from kernel.web.service import Service
from kernel.web.settings import LEAST_POOL, WrongSettings
from kernel.wire.broker import HeardFrom
from kernel.wire.producer import Outbound, Record
from tests.kernel.checker import check_projection, check_store
from tests.kernel.city import House, trial_settings
from tests.kernel.conftest import OpenHouse
from tests.kernel.contract.town import carry_out, one_of, until
from tests.kernel.library.books import BuyBook, LendBook, TakeBack
from tests.kernel.library.cards import NoteLoan
from tests.kernel.library.services import BOOKS, CARD_OFFICE, LETTERS, of_post
from tests.kernel.library.shelves import readers, shelf
from tests.kernel.local import LocalBroker
from tests.kernel.till import TILLS, Enter, Mood, Ring, accounts

pytestmark = pytest.mark.connected
SOON = 8
"""Seconds; below those after which a wait for a connection is given up."""
BUSY = Service("library", [BOOKS, LETTERS], [shelf, readers], of_post.all, hears=["cards.v1"])


class Hanging:
    """Kafka takes what it is given and never answers."""

    async def send(self, _records: Sequence[Record]) -> int:
        await asyncio.Event().wait()
        return 0

    async def stop(self) -> None:
        return None


@dataclass
class Mute:
    """Hears well, and is never heard."""

    broker: LocalBroker = field(default_factory=LocalBroker)

    def outbound(self, _name: str) -> Outbound:
        return Hanging()

    def listen(
        self, db: Database, group: str, topics: Sequence[str], hear: HeardFrom, member: str | None
    ) -> Hearing:
        return self.broker.listen(db, group, topics, hear, member)


Start = Callable[[Service], Awaitable[Running]]


@pytest.fixture
async def start(database: Callable[[], str], broker: LocalBroker) -> AsyncIterator[Start]:
    """On the least pool, and mute."""
    started: list[Running] = []

    async def opened() -> bool:
        return started[-1].opened

    async def start(service: Service) -> Running:
        settings = trial_settings(service.name, database(), pool=LEAST_POOL)
        started.append(Running(service, settings, Mute(broker)))
        started[-1].start()
        await until(opened, "it opens")
        return started[-1]

    yield start
    for running in started:
        await running.stop()


def test_a_pool_that_is_too_small_is_refused() -> None:
    with pytest.raises(WrongSettings, match="MAZHA_TILL_POOL"):
        trial_settings("till", "postgresql://nobody@127.0.0.1:1/none", pool=LEAST_POOL - 1)


async def test_who_holds_a_connection_holds_up_nobody(house: OpenHouse, start: Start) -> None:
    going, mood = asyncio.Event(), Mood()
    running = await start(accounts(mood))
    await carry_out(running, "south", Enter(1))  # facts and heads are on their way for ever
    mood.desk = going.wait
    till = await house(TILLS)
    await till.do("north", Ring(1))
    await till.settle()  # what is heard of it waits at the desk, in the reader's transaction
    await until(lambda: held(running, 3), "three hold a connection")
    mood.desk = None
    async with running.db.begin(), asyncio.timeout(SOON):  # as a rebuild does that swaps
        await carry_out(running, "south", Enter(2))
        await till.do("north", Ring(2))
        await till.settle()
        await until(lambda: heard(running, 2), "what is told is heard")
        going.set()
        await until(lambda: entered(running, 2), "who waited at the desk goes on")


async def held(running: Running, connections: int) -> bool:
    for _ in range(5):  # nobody who only passes by
        if running.db.engine.pool.checkedout() != connections:  # type: ignore[attr-defined]
            return False
        await asyncio.sleep(0.02)
    return True


async def heard(running: Running, facts: int) -> bool:
    return bool(await one_of(running.db, "select count(*) from kernel.journal") == facts)


async def entered(running: Running, facts: int) -> bool:
    sql = "select count(*) from kernel.events where stream_id = 'page-north'"
    return bool(await one_of(running.db, sql) == facts)


async def test_the_least_pool_serves_all_at_once(
    house: OpenHouse, start: Start, capfd: pytest.CaptureFixture[str]
) -> None:
    """Wishes, clocks, reactions, what others tell and rebuilds, while Kafka hangs."""
    running = await start(BUSY)
    cards = await house(replace(CARD_OFFICE, reactions=(), hears=()))
    async with asyncio.TaskGroup() as group:
        for n in range(16):
            group.create_task(borrow(running, f"book {n}"))
        for _ in range(8):
            group.create_task(rebuild(running.db, shelf))
        group.create_task(block(cards))
    await clock.move(running.db, timedelta(days=15))
    await until(lambda: written(running, 16 + 20), "who is late and who is blocked has a letter")
    await until(lambda: ordered(running), "all has its place")
    assert await check_store(running.db) == []
    assert await check_projection(running.db, shelf) == []
    assert "a loop failed" not in "".join(capfd.readouterr())


async def borrow(running: Running, book: str) -> None:
    """And somebody else would like to have it, too."""
    await carry_out(running, book, BuyBook(f"QA {book}", "x"))
    for turn in range(5):
        await carry_out(running, book, LendBook("ann", "dog-eared"))
        with pytest.raises(Refused):
            await carry_out(running, book, LendBook("ben"))
        if turn < 4:
            await carry_out(running, book, TakeBack())


async def block(cards: House) -> None:
    for n in range(20):
        for book in ("a", "b", "c"):
            await cards.do(f"reader {n}", NoteLoan(book))
        await cards.settle()


async def ordered(running: Running) -> bool:
    return bool(await one_of(running.db, "select count(*) from kernel.feed_queue") == 0)


async def written(running: Running, letters: int) -> bool:
    sql = "select count(*) from kernel.events where type = 'LetterWritten'"
    return bool(await one_of(running.db, sql) == letters)
