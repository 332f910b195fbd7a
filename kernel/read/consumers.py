"""Projections and reactions, as the reader drives them."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from kernel.database import passes
from kernel.decider import Refused
from kernel.handle import Store
from kernel.read.fold import Heard, Trouble, project
from kernel.read.parking import skipped
from kernel.read.projection import Projection
from kernel.read.reaction import Reaction, carry_out
from kernel.store import Conflict

AT_ONCE = 16


class Showing:
    """A projection folding into one of its tables: the live one, or the next beside it."""

    slow = False

    def __init__(self, projection: Projection[Any], table: str = "") -> None:
        self.projection, self.name = projection, table or projection.table
        self.kinds = projection.kinds

    async def take(self, conn: AsyncConnection, batch: Sequence[Heard]) -> list[Trouble]:
        if self.name != self.projection.table:  # what was skipped stays so in a rebuild
            out = await skipped(conn, self.projection.table, [h.told.seq for h in batch])
            batch = [h for h in batch if h.told.seq not in out]
        return await project(conn, self.projection, self.name, batch)


def named(error: Exception) -> str:
    """Of a rule that failed: what it raised."""
    return type(error.__cause__ or error).__name__


class Reacting:
    """A reaction: keys side by side, the facts of one key one after the other."""

    slow = True

    def __init__(self, store: Store, reaction: Reaction) -> None:
        self.store, self.reaction, self.name = store, reaction, f"react:{reaction.name}"
        self.kinds = reaction.kinds

    async def take(self, _conn: AsyncConnection, batch: Sequence[Heard]) -> list[Trouble]:
        by_key: dict[str, list[Heard]] = defaultdict(list)
        for heard in batch:
            by_key[heard.told.key].append(heard)
        limit = asyncio.Semaphore(AT_ONCE)
        lines = [self._in_order(facts, limit) for facts in by_key.values()]
        ends = await asyncio.gather(*lines, return_exceptions=True)
        for failed in [one for one in ends if isinstance(one, BaseException)]:
            raise failed  # only now: what others of the batch did is done, and found so again
        return [trouble for end in ends if not isinstance(end, BaseException) for trouble in end]

    async def _in_order(self, facts: Sequence[Heard], limit: asyncio.Semaphore) -> list[Trouble]:
        async with limit:
            for n, heard in enumerate(facts):
                if trouble := await self._one(heard):
                    return [trouble, *(Trouble(h.told, "behind", "") for h in facts[n + 1 :])]
        return []

    async def _one(self, heard: Heard) -> Trouble | None:
        if heard.fact is None or heard.told.about is None:
            return Trouble(heard.told, heard.state, heard.trouble)
        try:
            await carry_out(self.store, self.reaction, heard.fact, heard.told.about)
        except Refused as no:  # its cause may still be on the way
            return Trouble(heard.told, "retrying", no.code)
        except Conflict as error:
            return Trouble(heard.told, "retrying", f"conflict on {error}")
        except Exception as error:
            return self._unless_passing(heard, error)
        return None

    def _unless_passing(self, heard: Heard, error: Exception) -> Trouble:
        if passes(error):
            raise error
        return Trouble(heard.told, "parked", f"{named(error)} in {self.reaction.name}")
