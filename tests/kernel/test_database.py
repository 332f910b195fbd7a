"""One PostgreSQL database as those meet it who ask it now and then."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import text

from kernel.database import Database
from tests.kernel.contract.town import until

pytestmark = pytest.mark.connected
ONE, HELD = text("select 1 as one"), text("select pg_sleep(0.1)")
THROW_OUT = text("""
select pg_terminate_backend(pid) from pg_stat_activity
 where datname = current_database() and pid <> pg_backend_pid()
   and backend_type = 'client backend'
""")


@pytest.fixture
async def line(db: Database) -> AsyncIterator[Database]:
    """A single connection to the same store, for all."""
    line = Database(db.engine.url.render_as_string(hide_password=False), pool=1)
    yield line
    await line.close()


async def test_a_session_that_ended_while_idle_is_replaced_before_anybody_meets_it(
    db: Database, line: Database
) -> None:
    sessions = await asyncio.gather(*(session(db) for _ in range(3)))
    assert len(await line.all(THROW_OUT)) == len(set(sessions)) == 3

    async def ended() -> bool:
        return all(one.is_closed() for one in sessions)

    await until(ended, "the end of the sessions is heard")
    rows = await asyncio.gather(*(db.one(ONE) for _ in range(3)))
    assert [row.one for row in rows] == [1, 1, 1]


async def session(db: Database) -> Any:
    """The driver's own connection, held while the others take theirs."""
    async with db.engine.connect() as conn:
        await conn.execute(HELD)
        return (await conn.get_raw_connection()).driver_connection


async def test_who_is_ended_in_mid_statement_leaves_the_connection_to_the_next(
    line: Database,
) -> None:
    for moment in (0.0, 0.01, 0.05):
        asking = asyncio.create_task(line.one(text("select pg_sleep(60)")))
        await asyncio.sleep(moment)
        asking.cancel()
        await asyncio.wait([asking])
        assert asking.cancelled()
        assert (await line.one(ONE)).one == 1


async def test_who_is_paused_before_it_uses_a_plan_loses_its_locks_too(db: Database) -> None:
    """No session that waits for the next message of a statement counts as idle."""
    url = db.engine.url.render_as_string(hide_password=False)
    paused = Database(url, pool=1, limit=1, lease=1)
    await db.do(text("create table kept as select 1 as n"))
    async with paused.engine.connect() as conn:
        driver: Any = (await conn.get_raw_connection()).driver_connection
        await driver.execute("begin; select n from kept for update")
        await driver.prepare("select n from kept where n = 2")

        async def free() -> bool:
            return bool(await db.all(text("select n from kept for update skip locked")))

        assert not await free()
        await until(free, "its lock is gone")
        await conn.invalidate()
    await paused.close()


async def test_who_asks_on_and_on_keeps_the_connection_from_nobody(line: Database) -> None:
    served = list[str]()

    async def ask(name: str, times: int) -> None:
        for _ in range(times):
            await line.one(ONE)
        served.append(name)

    await asyncio.gather(ask("on and on", 50), ask("once", 1), ask("once", 1))
    assert served == ["once", "once", "on and on"]
