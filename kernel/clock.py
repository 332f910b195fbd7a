"""Clocks that come due: claimed on the database's time, answered by the stream's own rules."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import structlog
from sqlalchemy import Row, text

from kernel.database import Database, passes
from kernel.handle import Command, Store
from kernel.handler import Handler, service_actor
from kernel.store import Conflict, KeyReused

log = structlog.get_logger(__name__)
MOST = 200
MOST_FAILURES = 3
"""Of one step: with the database away the others need not be tried."""

# The lease is real time even where the clock was moved: it says when another may try.
CLAIM = text("""
update kernel.due d
   set tries = tries + 1, held_until = clock_timestamp() + least(interval '1 hour',
       interval '30 seconds' * power(2, least(tries, 10)))
  from (select stream_id, clock from kernel.due
         where not rung and at <= (select kernel.now()) and held_until < clock_timestamp()
         order by at limit :most for update skip locked) due
 where (d.stream_id, d.clock) = (due.stream_id, due.clock)
returning d.stream_id, d.clock, d.at, d.tries
""")
RUNG = text(
    "update kernel.due set rung = true where (stream_id, clock, at) = (:stream, :clock, :at)"
)
FAILED = text(
    "update kernel.due set error = :error where (stream_id, clock, at) = (:stream, :clock, :at)"
)
NOW = text("select kernel.now() as now")
SHIFT = text("""
insert into kernel.clock_shift (shift) values (:by)
on conflict (one) do update set shift = clock_shift.shift + excluded.shift
    where excluded.shift >= interval '0'
""")


BEGIN = text("""
insert into kernel.clock_shift (shift) select :by where not exists (select from kernel.events)
on conflict (one) do nothing
""")


async def now(db: Database) -> datetime:
    at: datetime = (await db.one(NOW)).now
    return at


async def move(db: Database, by: timedelta) -> datetime:
    """For trials and tests: the store's clock jumps ahead. It never goes back."""
    if by < timedelta(0):
        raise ValueError("the clock moves ahead only")
    await db.do(SHIFT, {"by": by})
    return await now(db)


async def begin(db: Database, by: timedelta) -> datetime:
    """For trials: a store without a fact may begin in the past. Of one that has some nothing
    changes."""
    await db.do(BEGIN, {"by": by})
    return await now(db)


def tick_id(stream_id: str, clock: str, at: object) -> UUID:
    """Of the command that answers this clock at this instant: ringing twice is once."""
    return uuid5(NAMESPACE_URL, f"{stream_id}:{clock}:{at}")


class Tick:
    """`handlers` by stream prefix; those whose stream has a `wake` wish can be rung."""

    def __init__(self, store: Store, handlers: Mapping[str, Handler[Any, Any, Any, Any]]) -> None:
        self.store, self.handlers = store, handlers

    async def step(self) -> int:
        due: Sequence[Row[Any]] = await self.store.db.all(CLAIM, most=MOST)
        passing: list[Exception] = []
        for row in sorted(due, key=lambda row: (row.at, row.stream_id, row.clock)):
            if len(passing) < MOST_FAILURES and (error := await self._ring(row)):
                passing.append(error)
        if passing:  # the loop backs off; these clocks ring again when their lease is over
            raise passing[0]
        return len(due)

    async def _ring(self, row: Row[Any]) -> Exception | None:
        """What will pass by itself, if that was the trouble: it is no fault of the clock's."""
        named = {"stream": row.stream_id, "clock": row.clock, "at": row.at}
        try:
            with suppress(
                KeyReused
            ):  # it rang before, under an older program that wished otherwise
                await self._wake(row)
            await self.store.db.do(RUNG, named)
        except Conflict:  # others wrote this stream meanwhile: it rings again soon
            return None
        except Exception as error:
            if passes(error):
                return error
            await self.store.db.do(FAILED, named | {"error": type(error).__name__})
            log.error(
                "a clock rang and its rule failed; it rings again",
                **named,
                tries=row.tries,
                error=type(error).__name__,
                do="mend the rule of this clock; nothing else waits for it",
            )
        return None

    async def _wake(self, row: Row[Any]) -> None:
        handler = self.handlers[row.stream_id.partition("-")[0]]
        if handler.stream.wake is None:
            raise LookupError("this stream has no clocks any more")
        key = handler.stream.key_of(row.stream_id)
        ident: UUID = tick_id(row.stream_id, row.clock, row.at)
        command = Command(ident, service_actor(self.store.source), ident)
        await handler.carry_out(self.store, key, handler.stream.wake(row.clock), command)
