"""How long it takes until what was sent is seen elsewhere, at a rate that waits for nobody."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import TextClause

from bench.figures import Latencies, micros
from kernel.database import Database
from kernel.read.reader import Reader

A_SECOND = 50
LIMIT = 600.0
"""Seconds that the last one may take: a chain that cannot keep up falls far behind."""

Left = dict[str, float]
"""Those on their way: when they set out."""
Send = Callable[[str, Left], Coroutine[Any, Any, None]]


@dataclass
class Trip:
    """`send` notes in `left` when a key set out; `shown` answers which of `:keys` are there, as
    `key`; `reader` is who shows them."""

    send: Send
    reader: Reader
    eyes: Database
    shown: TextClause
    left: Left = field(default_factory=dict)
    took: Latencies = field(default_factory=Counter)

    async def make(self, keys: Sequence[str]) -> None:
        """At its rate whatever the answers do, so that a stall is seen by all that wait in it."""
        began, due = time.perf_counter(), self.took.total() + len(keys)
        async with asyncio.timeout(LIMIT + len(keys) / A_SECOND), asyncio.TaskGroup() as group:
            group.create_task(self.watch(due))
            for n, key in enumerate(keys):
                await asyncio.sleep(began + n / A_SECOND - time.perf_counter())
                group.create_task(self.send(key, self.left))

    async def watch(self, due: int) -> None:
        """Looks as a page does, each time the reader has committed something."""
        while self.took.total() < due:
            moved = self.reader.moved
            await self.look()
            try:
                await asyncio.wait_for(moved.wait(), 0.25)
            except TimeoutError:
                continue

    async def look(self) -> None:
        rows = await self.eyes.all(self.shown, keys=list(self.left)) if self.left else []
        now = time.perf_counter()
        for row in rows:
            self.took[micros(now - self.left.pop(row.key))] += 1
