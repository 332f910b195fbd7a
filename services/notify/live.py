"""Who looks at the console right now, and is told at once that something moved (not what)."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from contracts.permission import Tree
from kernel.database import Database
from kernel.decider import Actor
from registry.ground import ground

MOST_WAITING = 50
"""Of one listener; who is further behind is told to look at everything again."""
MOST_ROWS = 500
PLACES = text("""
select (select coalesce(max(changed), 0) from read.inbox) as inbox,
       (select coalesce(max(changed), 0) from read.task) as task
""")
# One may be behind the other, so each is looked at from where it was itself.
MOVED = text("""
(select 'notice' as kind, notice_id as id, version, changed, seat, '' as org, null as grid
   from read.inbox where changed > :inbox order by changed limit :most)
union all
(select stream, subject, version, changed, null, org, grid
   from read.task where changed > :task order by changed limit :most)
""")


@dataclass(frozen=True, slots=True)
class Moved:
    """Whoever hears this asks its owner for the rest, with their own rights."""

    kind: str
    id: str
    version: int


EVERYTHING = Moved("all", "", 0)


@dataclass(eq=False, slots=True)
class Listener:
    seat: UUID | None
    org: str
    waiting: asyncio.Queue[Moved] = field(default_factory=lambda: asyncio.Queue(MOST_WAITING))

    def tell(self, moved: Moved) -> None:
        if self.waiting.full():
            while not self.waiting.empty():
                self.waiting.get_nowait()
            moved = EVERYTHING
        self.waiting.put_nowait(moved)

    def concerns(self, row: Row[Any], tree: Tree) -> bool:
        if row.seat is not None:
            return bool(row.seat == self.seat)
        return tree.covers(self.org, row.org) or row.grid == self.org


class Live:
    """Looks for what moved only while somebody listens, with one question for all of them."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.listeners: set[Listener] = set()
        self.places: dict[str, int] = {}

    async def step(self) -> int:
        if not self.listeners:
            self.places = {}
            return 0
        if not self.places:
            self.places = dict((await self.db.one(PLACES))._mapping)
            return 0
        rows = await self.db.all(MOVED, **self.places, most=MOST_ROWS)
        if rows:
            self.go_on(rows)
            self.tell(rows, (await ground(self.db)).tree)
        return len(rows)

    def go_on(self, rows: Iterable[Row[Any]]) -> None:
        for row in rows:
            table = "inbox" if row.seat else "task"
            self.places[table] = max(self.places[table], row.changed)

    def tell(self, rows: Iterable[Row[Any]], tree: Tree) -> None:
        for row in rows:
            moved = Moved(row.kind, row.id, row.version)
            for listener in self.listeners:
                if listener.concerns(row, tree):
                    listener.tell(moved)

    @contextmanager
    def listening(self, by: Actor) -> Iterator[Listener]:
        listener = Listener(by.seat, by.org)
        self.listeners.add(listener)
        try:
            yield listener
        finally:
            self.listeners.discard(listener)

    async def hear(self, by: Actor, limit: float) -> AsyncIterator[Moved]:
        """For `limit` seconds: who is still entitled comes again."""
        with self.listening(by) as listener:
            yield EVERYTHING  # between the page and this moment something may have moved
            end = asyncio.get_running_loop().time() + limit
            while (left := end - asyncio.get_running_loop().time()) > 0:
                try:
                    async with asyncio.timeout(left):
                        moved = await listener.waiting.get()
                except TimeoutError:
                    return
                yield moved
