"""A read model is the fold of the one local order: live, built anew, cut off and begun again."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from sqlalchemy import Row, event, text

from kernel import feed
from kernel.database import Database
from kernel.decider import Refused
from kernel.envelope import About
from kernel.read import tables
from kernel.read.consumers import Showing
from kernel.read.projection import Changes, Projection
from kernel.read.reader import Reader
from kernel.read.rebuild import beside, drop_old, fill, rebuild, swap
from kernel.read.waiting import shown
from kernel.web import health
from kernel.web.running import Running
from kernel.web.service import Service
from tests.kernel.checker import check_heard, check_projection, check_store
from tests.kernel.contract.town import Town, all_of, carry_out, one_of, places, quiet, until, url_of
from tests.kernel.library.books import BuyBook, LendBook, TakeBack
from tests.kernel.library.services import CARD_OFFICE, LIBRARY, POST
from tests.kernel.library.shelves import readers, shelf
from tests.kernel.till import TILLS, Mood, Ring, Rung, takings
from trial.servers import Postgres

pytestmark = pytest.mark.connected
KEYS = ["north", "south"]
PLUG = text("""
select pg_terminate_backend(pid) from pg_stat_activity
 where datname = current_database() and pid <> pg_backend_pid()
""")

LENT = "select count(*) from kernel.events where type = 'BookLent'"


async def busy(library: Running, seed: int, turns: int = 30) -> None:
    """Wishes as they come; some are refused."""
    dice = random.Random(seed)  # noqa: S311
    for n in range(turns):
        book, reader = f"book {dice.randrange(8)}", f"reader-{dice.randrange(4)}"
        wishes = [BuyBook(f"QA {book}", "x"), LendBook(reader, "eselsohrig"), TakeBack()]
        try:
            await carry_out(library, book, wishes[0] if n < 8 else dice.choice(wishes))
        except Refused:
            continue


async def heard_all(library: Running, cards: Running, post: Running) -> bool:
    """In the order of causes: who has nothing left to do gives nobody else anything."""
    return (
        not await check_heard(library.db, cards.db, ["book"])
        and await quiet(cards)
        and not await check_heard(cards.db, library.db, ["card", "tally"])
        and not await check_heard(cards.db, post.db, ["card", "tally"])
        and not await check_heard(library.db, post.db, ["book"])
        and await quiet(library, post)
    )


async def test_what_is_shown_is_the_fold_of_what_was_told(town: Town) -> None:
    services = [await town.start(service) for service in (LIBRARY, CARD_OFFICE, POST)]
    library, cards, post = services
    await asyncio.gather(*(busy(library, seed) for seed in range(3)))
    await until(lambda: heard_all(library, cards, post), "all is heard and shown")
    assert await check_projection(library.db, shelf) == []
    assert await check_projection(post.db, readers) == []
    assert [wrong for one in services for wrong in await check_store(one.db)] == []
    lent = await one_of(library.db, LENT)
    assert await one_of(post.db, "select sum(loans) from read.reader") == lent > 0


async def test_a_rebuild_while_facts_flow_equals_what_is_live(town: Town) -> None:
    """And whoever reads meanwhile never sees it go back."""
    services = [await town.start(service) for service in (LIBRARY, CARD_OFFICE, POST)]
    library, cards, post = services
    await busy(library, seed=1)
    flowing = [asyncio.create_task(busy(library, seed)) for seed in (2, 3)]
    watching = asyncio.create_task(watch(post))
    for _ in range(3):
        await rebuild(post.db, readers)
    await asyncio.gather(*flowing)
    await until(lambda: heard_all(library, cards, post), "all is heard and shown")
    watching.cancel()
    assert await check_projection(post.db, readers) == []
    assert (
        await one_of(post.db, "select to_regclass(:name)", name=f"read.{beside(readers)}") is None
    )
    with pytest.raises(asyncio.CancelledError):
        await watching


async def watch(post: Running) -> None:
    loans = 0
    while True:
        now = await one_of(post.db, "select coalesce(sum(loans), 0)::int from read.reader")
        assert now >= loans, "the page went back in time"
        loans = now


def till(projection: Projection[Any]) -> Service:
    """Shows its own facts, so that no transport has a part in it."""
    return replace(TILLS, projections=[projection])


async def ring(running: Running, *amounts: int, note: str = "") -> None:
    for amount in amounts:
        for key in KEYS:
            await carry_out(running, key, Ring(amount, note))


async def view(db: Database) -> Sequence[Row[Any]]:
    """As a page reads it: it knows nothing of versions."""
    return await all_of(db, "select * from read.takings order by till")


async def amounts(running: Running) -> list[str]:
    return [row.amounts for row in await view(running.db)]


async def test_who_has_written_waits_until_it_is_shown(alone: Town) -> None:
    projection = takings(Mood())
    running = await alone.start(till(projection))
    for amount in range(1, 6):
        done = await carry_out(running, "north", Ring(amount))
        table = projection.table
        assert await shown(running.db, running.reader, table, done.stream, done.version)
        assert (await view(running.db))[0].last == amount


async def test_who_waits_for_what_does_not_come_is_told_so_in_time(alone: Town) -> None:
    projection = takings(Mood())
    running = await alone.start(till(projection))
    await ring(running, 1)
    assert not await shown(running.db, running.reader, projection.table, "till-north", 2, limit=0.1)


async def test_who_waits_for_what_is_not_shown_yet_is_told_so_in_time(alone: Town) -> None:
    """Its table may still be on its way: then there is no place to compare with."""
    running = await alone.start(till(takings(Mood())))
    await ring(running, 1)
    await until(lambda: quiet(running), "it has its place")
    assert not await shown(running.db, running.reader, counted().table, "till-north", 1, limit=0.1)


async def without_page(town: Town, *amounts: int) -> Running:
    """A store with facts that nobody has shown, opened by a program that would show them."""
    before = await town.start(replace(TILLS, projections=[]))
    await ring(before, *amounts)
    await until(lambda: quiet(before), "they are told")
    await town.stop(before)
    settings = before.settings
    running = Running(till(takings(Mood())), settings, town.wire.transport)
    town.services.append(running)
    await running.open()
    return running


async def is_there(running: Running) -> bool:
    return await one_of(running.db, "select to_regclass('read.takings') is not null") is True


async def test_a_read_model_new_to_an_old_store_is_never_seen_empty(alone: Town) -> None:
    """It is built beside, and the service is not ready before it is whole."""
    running = await without_page(alone, 1, 2, 3)
    await running.reader.step()
    assert not await is_there(running)
    said = (await health.checks(running))["projections"]
    assert said == "not in this version yet: takings"
    await rebuild(running.db, takings(Mood()))
    assert await amounts(running) == ["1 2 3"] * 2
    assert (await health.checks(running))["projections"] == "ok"


async def test_a_read_model_new_to_an_old_store_comes_by_itself_and_goes_on(alone: Town) -> None:
    running = await without_page(alone, 1, 2)
    running.start()

    async def ready() -> bool:
        return (await health.checks(running))["projections"] == "ok"

    await until(ready, "it is built")
    assert await amounts(running) == ["1 2"] * 2
    await ring(running, 3)
    await until(lambda: quiet(running), "what came later is shown too")
    assert await amounts(running) == ["1 2 3"] * 2
    assert await check_projection(running.db, takings(Mood())) == []


async def test_a_first_table_is_shown_only_at_the_end_of_the_order(alone: Town) -> None:
    """Another run may hold the table just now: who passes nothing has not come to the end."""
    running, projection = await without_page(alone, 1, 2), takings(Mood())
    reader = Reader(running.db, [Showing(projection, beside(projection))], most=3)
    async with running.db.begin() as conn:
        await tables.make(conn, projection, beside(projection))
    assert not await swap(running.db, projection, reader)
    assert not await is_there(running)
    await reader.forward()
    assert await swap(running.db, projection, reader)
    assert await amounts(running) == ["1 2"] * 2


@dataclass
class Counted:
    """The next version of the read model: another table, behind the same view."""

    @dataclass(slots=True)
    class Takings:
        till: str
        count: int = 0


def counted() -> Projection[Counted.Takings]:
    projection = Projection(Counted.Takings, key="till", version=2)

    @projection.when(Rung)
    def rung(row: Counted.Takings, _fact: Rung, _about: About) -> Changes:
        return {"count": row.count + 1}

    return projection


async def test_a_new_version_takes_the_place_of_the_old_behind_the_view(alone: Town) -> None:
    """The older program goes on with its own table, until nobody goes back to it."""
    older = await alone.start(till(takings(Mood())))
    await ring(older, 1, 2, 3)
    await until(lambda: quiet(older), "the older program has shown them")
    newer = await alone.start(till(counted()), url_of(older))

    async def swapped() -> bool:
        rows = await page(newer.settings.database_url)
        return [tuple(row) for row in rows] == [("north", 3), ("south", 3)]

    await until(swapped, "the newer program has built its own")
    await ring(older, 4)
    await until(lambda: quiet(newer), "both have shown what came later")
    assert [tuple(row) for row in await view(newer.db)] == [("north", 4), ("south", 4)]
    old = "select amounts from read.takings__v1 where till = 'north'"
    assert await one_of(newer.db, old) == "1 2 3 4"
    await alone.stop(older)
    assert await drop_old(newer.db, counted()) == ["takings__v1"]
    assert await one_of(newer.db, "select count(*) from kernel.checkpoints where name ~ 'v1'") == 0


class Killed(BaseException):
    """The process ended here."""


@dataclass
class Life:
    """Ends at its n-th statement or commit."""

    left: int
    done: list[str] = field(default_factory=list)

    def passing(self, statement: str) -> None:
        self.done.append(statement)
        if len(self.done) > self.left:
            raise Killed

    def watch(self, db: Database) -> None:
        engine = db.engine.sync_engine
        event.listen(engine, "before_cursor_execute", lambda *a: self.passing(a[2]))
        event.listen(engine, "commit", lambda *_: self.passing("commit"))


@pytest.mark.parametrize("anew", [takings(Mood()), counted()], ids=["same", "next"])
async def test_a_rebuild_killed_at_any_step_leaves_old_or_new_and_goes_on(
    alone: Town, anew: Projection[Any]
) -> None:
    running = await alone.start(till(takings(Mood())))
    await ring(running, 1, 2, 3)
    await until(lambda: quiet(running), "they are shown")
    url = running.settings.database_url
    await alone.stop(running)
    old, new, killed = await page(url), await built(url, anew), 0
    for step in range(200):
        if old != new:
            await built(url, takings(Mood()))
        life = Life(step)
        try:
            await built(url, anew, life)
            break
        except Killed:
            killed += 1
        assert await page(url) in (old, new), f"killed before {life.done[-1]}"
        assert await built(url, anew) == new, f"killed before {life.done[-1]}"
    assert killed > 15


async def page(url: str) -> Sequence[Row[Any]]:
    """As somebody sees it who has just come."""
    db = Database(url)
    try:
        return await view(db)
    finally:
        await db.close()


async def built(
    url: str, projection: Projection[Any], life: Life | None = None
) -> Sequence[Row[Any]]:
    """By a process of its own, which may end before its work does."""
    db = Database(url)
    try:
        if life:
            life.watch(db)
        await rebuild(db, projection)
        assert await check_projection(db, projection) == []
    finally:
        await db.close()
    return await page(url)


async def test_a_swap_takes_along_what_the_old_table_has_shown_meanwhile(alone: Town) -> None:
    """Else the page would go back in time. When that is too much for one step it says so."""
    projection = takings(Mood())
    running = await alone.start(till(projection))
    await ring(running, 1, 2)
    await until(lambda: has_shown(running, projection), "the table has shown the first")
    reader = Reader(running.db, [Showing(projection, beside(projection))], most=3)
    async with running.db.begin() as conn:
        await tables.make(conn, projection, beside(projection))
    await fill(running.db, reader, lambda _at, _end: None)
    await ring(running, 3, 4)
    await until(lambda: has_shown(running, projection), "the old table has shown them")
    assert not await swap(running.db, projection, reader)
    assert await amounts(running) == ["1 2 3 4"] * 2
    await reader.forward()
    await pause(running)
    assert await swap(running.db, projection, reader)
    assert await amounts(running) == ["1 2 3 4"] * 2


async def has_shown(running: Running, projection: Projection[Any]) -> bool:
    """The order is compared only where nothing waits for its place any more."""
    waiting = await one_of(running.db, "select count(*) from kernel.feed_queue")
    return not waiting and (await places(running))[projection.table] == await feed.head(running.db)


async def pause(running: Running) -> None:
    """Nobody reads on: what is shown from here on is what the swap has brought."""
    running.tasks["read"].cancel()
    await asyncio.wait([running.tasks["read"]])


async def test_two_rebuilds_at_once_are_as_good_as_one(alone: Town) -> None:
    """Beside the live reader of the same table."""
    projection = takings(Mood())
    running = await alone.start(till(projection))
    await ring(running, *range(20))
    more = asyncio.create_task(ring(running, *range(20, 40)))
    rivals = [Database(running.settings.database_url) for _ in range(2)]
    await asyncio.gather(*(rebuild(db, projection) for db in rivals))
    await more
    await until(lambda: quiet(running), "all is shown")
    assert await amounts(running) == [" ".join(map(str, range(40)))] * 2
    assert await check_projection(running.db, projection) == []
    for db in rivals:
        await db.close()


async def test_a_rebuild_that_loses_its_database_goes_on_by_itself(
    alone: Town, postgres: Postgres
) -> None:
    """All connections are cut while the new table is filled."""
    older = await alone.start(till(takings(Mood())))
    await ring(older, 1, 2)
    await until(lambda: quiet(older), "they are shown")
    url = url_of(older)
    await alone.stop(older)
    cuts: list[str] = []

    def cut() -> None:
        if not cuts:
            cuts.append(postgres.sql(str(PLUG), url.rpartition("/")[2]))

    newer = await alone.start(till(cutting(cut)), url)

    async def swapped() -> bool:
        return [tuple(row) for row in await view(newer.db)] == [("north", 2), ("south", 2)]

    await until(patiently(swapped), "the newer program has built its own")
    assert cuts


def cutting(cut: Callable[[], None]) -> Projection[Counted.Takings]:
    projection = Projection(Counted.Takings, key="till", version=2)

    @projection.when(Rung)
    def rung(row: Counted.Takings, _fact: Rung, _about: About) -> Changes:
        cut()
        return {"count": row.count + 1}

    return projection


def patiently(condition: Callable[[], Awaitable[bool]]) -> Callable[[], Awaitable[bool]]:
    async def asked() -> bool:
        try:
            return await condition()
        except Exception:  # our own connection was cut too
            return False

    return asked


@dataclass(slots=True)
class Drawer:
    """What lies in a drawer, as JSON; and in which other drawers the same sums lie."""

    drawer: str
    sums: list[int] = field(default_factory=list)


def drawers(broken: set[int]) -> Projection[Drawer]:
    """Each sum lies in the drawer of its till and in one for all tills, which is looked at last."""
    projection = Projection(Drawer, key="drawer", version=1)

    def both(_fact: Rung, about: About) -> list[str]:
        return [about.key, "~all"]

    @projection.when(Rung, keys=both)
    def rung(row: Drawer, fact: Rung, _about: About) -> Changes:
        if row.drawer == "~all" and fact.amount in broken:
            raise ArithmeticError("this sum cannot be shown")
        return {"sums": [*row.sums, fact.amount]}

    return projection


async def sums(running: Running) -> dict[str, list[int]]:
    return {row.drawer: row.sums for row in await all_of(running.db, "select * from read.drawer")}


async def test_a_fold_that_fails_halfway_leaves_nothing_of_its_fact(alone: Town) -> None:
    broken = {2}
    running = await alone.start(till(drawers(broken)))
    await ring(running, 1)
    await carry_out(running, "north", Ring(2))
    await until(lambda: quiet(running), "all is read")
    assert await sums(running) == {"north": [1], "south": [1], "~all": [1, 1]}
    broken.clear()
    await running.db.do(text("update kernel.parked set state = 'retrying'"))

    async def gone_on() -> bool:
        return not await all_of(running.db, "select * from kernel.parked")

    await until(gone_on, "it is retried")
    assert await sums(running) == {"north": [1, 2], "south": [1], "~all": [1, 1, 2]}


async def test_a_row_that_cannot_be_written_down_parks_its_own_key(alone: Town) -> None:
    """JSON columns hold integers of 64 bits at most."""
    running = await alone.start(till(drawers(set())))
    await carry_out(running, "north", Ring(2**40))
    await running.db.do(
        text("""
        update kernel.events set data = convert_to('{"amount": ' || 2::numeric ^ 70 || '}', 'utf8')
    """)
    )
    await ring(running, 3)

    async def all_read() -> bool:
        return await quiet(running) and bool(await sums(running))

    await until(all_read, "the others have gone on")
    assert await sums(running) == {"south": [3], "~all": [3]}
    assert await feed.head(running.db) == 3
