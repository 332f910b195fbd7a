"""A seeded scheduler: drives the kernel's own steps of three services through crashes and an
unkind transport, one schedule a seed, and asks the checker at the end."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import event, text

from kernel import clock
from kernel.database import Busy, Database
from kernel.decider import Refused
from kernel.handle import Command
from kernel.store import Conflict
from kernel.web.service import Service
from tests.kernel.checker import (
    Acked,
    check_effects,
    check_heard,
    check_projection,
    check_store,
    check_told,
    parked,
)
from tests.kernel.city import House, async_url, command, trial_settings
from tests.kernel.library.books import BuyBook, LendBook, TakeBack
from tests.kernel.library.services import CARD_OFFICE, LIBRARY, POST
from tests.kernel.library.shelves import readers, shelf
from tests.kernel.local import LocalBroker

HOUSES: dict[str, Service] = {
    "library": LIBRARY,
    "library again": LIBRARY,  # a second replica on the same store
    "cards": CARD_OFFICE,
    "post": POST,
}
BOOKS = [str(UUID(int=n)) for n in range(1, 7)]
NOW = text("update kernel.parked set next_at = clock_timestamp()")


class Crash(BaseException):
    """The process died here: nothing after this line was run."""


# Where a death hurts most: around whatever makes something true, and at the commit after it.
DEADLY = (
    "insert into kernel.commands",
    "insert into kernel.feed (",
    "insert into kernel.journal",
    "insert into kernel.inbox_guards",
    "update kernel.checkpoints",
    "update kernel.due",
    "delete from kernel.due where",
    "insert into read.",
    "commit",
)


@dataclass
class CrashPoint:
    """Dies at the next statement with these words: before it was sent, or after it was done."""

    words: str = ""
    after: bool = False

    def passing(self, statement: str, after: bool) -> None:
        if self.words and after == self.after and self.words in statement:
            self.words = ""
            raise Crash

    def attach(self, db: Database) -> None:
        engine = db.engine.sync_engine
        event.listen(engine, "before_cursor_execute", lambda *a: self.passing(a[2], after=False))
        event.listen(engine, "after_cursor_execute", lambda *a: self.passing(a[2], after=True))
        event.listen(engine, "commit", lambda *_: self.passing("commit", after=False))


class Line:
    """One house's way to its store, with its crash point.

    It outlives its houses, and one schedule after the other goes over it: to connect anew would
    cost more than the schedule. A death rolls back what was under way on it, which is all that
    a server sees of one.
    """

    def __init__(self, url: str) -> None:
        self.url, self.db, self.point = url, Database(async_url(url), pool=6), CrashPoint()
        self.point.attach(self.db)


@dataclass
class Simulation:
    seed: int
    lines: dict[str, Line]
    """One for each name of HOUSES; those of replicas lead to the same database."""

    houses: dict[str, House] = field(default_factory=dict)
    acked: list[Acked] = field(default_factory=list)
    sent: list[tuple[str, object, Command]] = field(default_factory=list)
    crashes: int = 0

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)  # noqa: S311
        self.broker = LocalBroker(random.Random(self.seed + 1))  # noqa: S311

    async def run(self, turns: int) -> list[str]:
        for name in ("library", "cards", "post"):
            await wipe(self.lines[name].db)
        for name in HOUSES:
            await self.open(name)
        for n, book in enumerate(BOOKS[:-1]):
            await self._do("library", book, BuyBook(f"QA{n}", "x"), command())
        for _ in range(turns):
            chosen = [self.action() for _ in range(self.random.randint(1, 4))]
            await asyncio.gather(*(act() for act in chosen))
        await self.quiet()
        return await self.check()

    async def open(self, name: str) -> None:
        service, line = HOUSES[name], self.lines[name]
        settings = trial_settings(service.name, line.url)
        self.houses[name] = await House.open(service, settings, self.broker, line.db)

    def action(self) -> Callable[[], Awaitable[object]]:
        kinds = (self.wishes, self.step, self.tide, self.arm, self.deliver, self.time_passes)
        return self.random.choices(kinds, (6, 4, 3, 2, 4, 1))[0]

    async def wishes(self) -> None:
        await asyncio.gather(*(self.wish() for _ in range(self.random.randint(1, 5))))

    async def wish(self) -> None:
        """A person's wish, or one sent again because its answer was lost."""
        name = self.random.choice(["library", "library again"])
        if self.sent and self.random.random() < 0.2:
            book, wish, given = self.random.choice(self.sent)
        else:
            book, wish, given = self.random.choice(BOOKS), self._any_wish(), command()
            self.sent.append((book, wish, given))
        await self._surviving(name, lambda: self._do(name, book, wish, given))

    def _any_wish(self) -> object:
        shelfmark, reader = f"QA{self.random.randrange(6)}", f"reader-{self.random.randrange(3)}"
        wishes = [BuyBook(shelfmark, "x"), LendBook(reader, "a remark"), TakeBack()]
        return self.random.choices(wishes, (1, 4, 3))[0]

    async def _do(self, name: str, book: str, wish: object, given: Command) -> None:
        try:
            done = await self.houses[name].do(book, wish, given)
        except (Refused, Conflict, Busy):
            return
        if not done.again:
            self.acked.append(Acked(given.id, done.stream, done.version))

    async def step(self) -> None:
        """One step of one house."""
        name = self.random.choice(list(HOUSES))
        steps = self.houses[name].steps()
        await self._surviving(name, steps[self.random.choice(sorted(steps))])

    async def tide(self) -> None:
        """Every step of every house at once, as their loops would take them."""
        await asyncio.gather(*(self._all_of(name) for name in HOUSES))

    async def _all_of(self, name: str) -> None:
        steps = self.houses[name].steps().values()
        await self._surviving(name, lambda: together(steps))

    async def arm(self) -> None:
        point = self.lines[self.random.choice(list(HOUSES))].point
        point.words, point.after = self.random.choice(DEADLY), self.random.random() < 0.5

    async def deliver(self) -> None:
        self.broker.settle(self.random.random())

    async def time_passes(self) -> None:
        name = self.random.choice(list(HOUSES))
        days = timedelta(days=self.random.randrange(10))
        await self._surviving(name, lambda: clock.move(self.houses[name].running.db, days))

    async def _surviving(self, name: str, act: Callable[[], Awaitable[object]]) -> None:
        try:
            await act()
        except (Crash, BaseExceptionGroup):
            self.crashes += 1
            await self.open(name)
        except (ConnectionError, Busy):
            return  # no answer from the broker, or from a writer just ended: its loop tries again

    async def quiet(self) -> None:
        """Everything arrives, every retry comes due, nobody dies any more."""
        for line in self.lines.values():
            line.point.words = ""
        self.broker.settle()
        self.broker.unkind = None
        rest, rounds = 1, 0
        while rest and rounds < 100:  # what never comes to rest is for the checker to say
            rounds += 1
            rest = sum([await self._once(house) for house in self.houses.values()])

    async def _once(self, house: House) -> int:
        waiting = await house.running.db.do(NOW)
        house.running.reader.look_again = 0.0
        return await house.settle() + waiting

    async def check(self) -> list[str]:
        a, b, c = (self.houses[n].running.db for n in ("library", "cards", "post"))
        wrong = await check_store(a, self.acked) + await check_store(b) + await check_store(c)
        wrong += await check_heard(a, b, ["book"]) + await check_heard(a, c, ["book"])
        wrong += await check_heard(b, a, ["card"]) + await check_heard(b, c, ["card"])
        wrong += await check_projection(a, shelf) + await check_projection(c, readers)
        wrong += await check_effects(b, {"LoanNoted", "ReturnNoted", "CardBlocked", "LoanCounted"})
        wrong += await check_effects(c, {"LetterWritten"})
        for topic in ("books.v1", "cards.v1", "letters.v1"):
            wrong += check_told(r.headers for r in self.broker.told(topic))
        return wrong + [w for db in (a, b, c) for w in await parked(db)] + await self._agree(a, b)

    async def _agree(self, library: Any, cards: Any) -> list[str]:
        """What the cards say is out is what the library says is out."""
        out = {(r.reader, r.book) for r in await library.all(OUT)}
        noted: set[tuple[str, str]] = set()
        for row in await cards.all(NOTED):
            pair = (row.reader, row.book)
            noted = noted | {pair} if row.type == "LoanNoted" else noted - {pair}
        return [f"cards and shelves differ: {out ^ noted}"] if out != noted else []


async def together(steps: Iterable[Callable[[], Awaitable[int]]]) -> None:
    """Who dies takes the others with it; who merely got no answer does not."""
    ends = await asyncio.gather(*(step() for step in steps), return_exceptions=True)
    errors = [end for end in ends if isinstance(end, BaseException)]
    for error in sorted(errors, key=lambda e: isinstance(e, Exception)):
        raise error


OUT = text("select book, reader from read.shelf where reader is not null")
NOTED = text("""
select substr(stream_id, 6) as reader, type, convert_from(data, 'utf8')::json ->> 'book' as book
  from kernel.events where type in ('LoanNoted', 'ReturnNoted') order by stream_id, version
""")
TABLES = text("""
select string_agg(format('delete from %I.%I;', schemaname, tablename), ' ') as emptied
  from pg_tables where schemaname = 'kernel'
""")


async def wipe(db: Database) -> None:
    """The store as the migrations leave it, sooner than by making it anew."""
    emptied = (await db.one(TABLES)).emptied
    await db.do(text(f"do $$ begin {emptied} drop schema read cascade; create schema read; end $$"))
