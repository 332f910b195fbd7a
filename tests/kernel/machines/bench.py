"""One loop and one store for all examples of a machine: Hypothesis knows no coroutines."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, Self, TypeVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test
from sqlalchemy import Row, text

from kernel.database import Database
from kernel.epoch import settle_epoch
from tests.kernel.city import async_url

T = TypeVar("T")
EXAMPLES = int(os.environ.get("MAZHA_EXAMPLES", "25"))
"""With more of them than usual, one that fails is also made short, which takes minutes."""
QUICK = (Phase.explicit, Phase.reuse, Phase.generate)
SOURCE = "library"
# Emptied row by row: for a few rows that is ten times sooner than to truncate.
TABLES = text("""
select string_agg(format('delete from %I.%I', schemaname, tablename), '; ') as emptied
  from pg_tables where schemaname in ('kernel', 'read')
""")


class Bench:
    """`dbs` are the connections of several processes to one store."""

    def __init__(self, url: str, processes: int = 1) -> None:
        self.runner = asyncio.Runner(loop_factory=asyncio.new_event_loop)
        self.dbs = [Database(async_url(url), pool=10) for _ in range(processes)]

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    def together(self, *works: Awaitable[T]) -> list[T]:
        async def gathered() -> list[T]:
            return await asyncio.gather(*works)

        return self.run(gathered())

    def answers(self, *works: Awaitable[T]) -> list[T | BaseException]:
        """Also of those who were told no."""

        async def gathered() -> list[T | BaseException]:
            return await asyncio.gather(*works, return_exceptions=True)

        return self.run(gathered())

    def all(self, sql: str, **values: object) -> Sequence[Row[Any]]:
        return self.run(self.dbs[0].all(text(sql), **values))

    def wipe(self) -> None:
        """The store as a service finds it at its first start."""
        db = self.dbs[0]
        emptied = self.run(db.one(TABLES)).emptied
        self.run(db.do(text(f"do $$ begin {emptied}; end $$")))
        self.run(settle_epoch(db, SOURCE))

    def wipe_read(self) -> None:
        """Also the tables of read models."""
        self.run(self.dbs[0].do(text("drop schema read cascade")))
        self.run(self.dbs[0].do(text("create schema read")))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for db in self.dbs:
            self.run(db.close())
        self.runner.close()


class Machine(RuleBasedStateMachine):
    """Each example begins with an empty store."""

    def __init__(self, bench: Bench) -> None:
        super().__init__()
        self.bench = bench
        bench.wipe()


def explore(machine: Callable[[], Machine], steps: int = 30, share: float = 1.0) -> None:
    """`share` of the usual examples, for a machine whose steps are long."""
    how = settings(
        max_examples=int(EXAMPLES * share),
        stateful_step_count=steps,
        phases=QUICK if EXAMPLES <= 25 else tuple(Phase),
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine, settings=how)  # type: ignore[arg-type]
