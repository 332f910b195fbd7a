"""One PostgreSQL database as those meet it who ask it now and then."""

import asyncio

import pytest
from sqlalchemy import text

from kernel.database import Database

pytestmark = pytest.mark.connected
ONE = text("select 1 as one")
THROW_OUT = text("""
select pg_terminate_backend(pid, 5000) from pg_stat_activity
 where datname = current_database() and pid <> pg_backend_pid()
""")


async def test_a_session_that_ended_while_idle_is_replaced_before_anybody_meets_it(
    db: Database,
) -> None:
    other = Database(db.engine.url.render_as_string(hide_password=False), pool=1)
    await asyncio.gather(*(db.one(text("select pg_sleep(0.1)")) for _ in range(3)))
    thrown_out = await other.all(THROW_OUT)
    await other.close()
    await asyncio.sleep(0.5)  # the end of a session is heard a moment later
    rows = await asyncio.gather(*(db.one(ONE) for _ in range(3)))
    assert len(thrown_out) == 3
    assert [row.one for row in rows] == [1, 1, 1]
