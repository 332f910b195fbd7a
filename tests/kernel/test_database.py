"""One PostgreSQL database as those meet it who ask it now and then."""

import asyncio
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
""")


async def test_a_session_that_ended_while_idle_is_replaced_before_anybody_meets_it(
    db: Database,
) -> None:
    sessions = await asyncio.gather(*(session(db) for _ in range(3)))
    other = Database(db.engine.url.render_as_string(hide_password=False), pool=1)
    assert len(await other.all(THROW_OUT)) == len(set(sessions)) == 3
    await other.close()

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
