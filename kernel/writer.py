"""Group commit: appends that arrive while one is under way share the next statement."""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row
from sqlalchemy.exc import DBAPIError, IntegrityError

from kernel.database import Busy, Database, constraint, sqlstate
from kernel.loops import Wake
from kernel.store import Append, Claimed, Conflict, KeyReused, append, held_by_another

MOST_IN_ONE = 64
MOST_WAITING = 2_000


@dataclass(frozen=True, slots=True)
class Outcome:
    version: int
    again: bool


@dataclass(slots=True)
class Job:
    item: Append
    done: asyncio.Future[Outcome]

    def fail(self, error: BaseException) -> None:
        if not self.done.done():
            self.done.set_exception(error)

    def settle(self, row: Row[Any]) -> None:
        try:
            outcome = _outcome(self.item, row)
        except (Conflict, KeyReused) as error:
            return self.fail(error)
        if not self.done.done():
            self.done.set_result(outcome)
        return None


class Writer:
    """No timer: a batch is what arrived meanwhile. With nothing under way it goes at once."""

    def __init__(self, db: Database, wake: Wake) -> None:
        self.db, self.wake = db, wake
        self.waiting: deque[Job] = deque()
        self.draining: asyncio.Task[None] | None = None

    async def append(self, item: Append) -> Outcome:
        """Raises Conflict, KeyReused, Claimed, Busy, or what the database said."""
        if len(self.waiting) >= MOST_WAITING:
            raise Busy
        job = Job(item, asyncio.get_running_loop().create_future())
        self.waiting.append(job)
        if self.draining is None:
            self.draining = asyncio.create_task(self._drain())
        return await job.done

    async def _drain(self) -> None:
        try:
            while self.waiting:
                await self._flush(self._batch())
                self.wake.set()
        finally:
            self.draining = None
            while self.waiting:  # only when this task was ended
                self.waiting.popleft().fail(Busy())

    def _batch(self) -> list[Job]:
        """At most one append of a stream and of a command: the others wait for the next turn."""
        batch: list[Job] = []
        later: list[Job] = []
        taken: set[object] = set()
        while self.waiting and len(batch) < MOST_IN_ONE:
            job = self.waiting.popleft()
            marks = {job.item.stream_id, job.item.command_id}
            (later if taken & marks else batch).append(job)
            taken |= marks
        self.waiting.extendleft(reversed(later))
        return batch

    async def _flush(self, batch: Sequence[Job]) -> None:
        try:
            rows = await append(self.db, [job.item for job in batch])
        except Exception as error:
            await self._apart(batch, error)
        else:
            for job in batch:
                job.settle(rows[job.item.command_id])
        finally:  # whatever ended this: nobody may wait for ever
            for job in batch:
                job.fail(Busy())

    async def _apart(self, batch: Sequence[Job], error: Exception) -> None:
        """One of them spoilt the statement for all. Alone, an error is its own."""
        if len(batch) > 1 and isinstance(error, DBAPIError) and not error.connection_invalidated:
            for job in batch:
                await self._flush([job])
            return
        for job in batch:
            try:
                job.fail(await self._meant(job.item, error))
            except Exception as unknown:  # it could not be asked
                job.fail(unknown)

    async def _meant(self, item: Append, error: Exception) -> Exception:
        """What the database's no says of this append."""
        broken = constraint(error) if isinstance(error, IntegrityError) else ""
        if broken == "claims_pkey" and await held_by_another(self.db, item):
            return Claimed(item.stream_id)
        if broken in ("claims_pkey", "events_pkey") or rolled_back(error):
            return Conflict(item.stream_id)
        return error


def _outcome(item: Append, row: Row[Any]) -> Outcome:
    if row.prior is not None and row.digest != item.digest:
        raise KeyReused(item.command_id)
    if row.prior is not None:
        return Outcome(row.prior, again=True)
    if row.appended is None:  # an older head, or the same command committing beside us
        raise Conflict(item.stream_id)
    return Outcome(row.appended, again=False)


def rolled_back(error: Exception) -> bool:
    """A deadlock or a serialization failure: nothing was written, and the same again may do."""
    return isinstance(error, DBAPIError) and sqlstate(error).startswith("40")
