"""F8: PostgreSQL goes away, throws sessions out, rolls back: no answer without a commit."""

import asyncio

import pytest
from sqlalchemy import text

from tests.faults import scale
from tests.faults.load import Load
from tests.faults.nodes import Node
from tests.faults.proxy import Proxy
from tests.faults.stage import Stage
from trial.servers import Postgres

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]
THROW_OUT = text("""
select pg_terminate_backend(pid) from pg_stat_activity
 where datname = :name and application_name <> 'checker' and pid <> pg_backend_pid()
""")


async def test_f8_postgres_is_killed_and_started_again(
    stage_on_own_postgres: Stage, own_postgres: Postgres
) -> None:
    stage = stage_on_own_postgres
    async with stage.node("library") as library, stage.node("cards"), stage.node("post"):
        load = Load([library.port], clients=4)
        asking = asyncio.create_task(load.run(3600))
        for outage in (0, scale(5, 30)):
            await asyncio.sleep(2)
            await asyncio.to_thread(own_postgres.kill)
            assert await library.status("/livez") == 200, "who is alive must say so without it"
            assert await library.status("/readyz") == 503
            await asyncio.sleep(outage)
            await asyncio.to_thread(own_postgres.start)
            await library.up()
        await asyncio.sleep(2)
        load.stopping = True
        await asking
        assert load.unanswered, "nobody noticed the outage"
        await stage.whole(load.acked)


async def test_f8_sessions_are_thrown_out_in_mid_work(stage: Stage) -> None:
    async with stage.node("library") as library, stage.node("cards"), stage.node("post"):
        load = Load([library.port], clients=4)
        asking = asyncio.create_task(load.run(scale(6, 60)))
        while not asking.done():
            await asyncio.sleep(0.5)
            for service in ("library", "cards", "post"):
                name = f"{stage.prefix}_{service}"
                await stage.stores[service].all(THROW_OUT, name=name)
        await asking
        await stage.whole(load.acked)


async def test_f8_the_line_to_postgres_goes_silent(stage: Stage) -> None:
    """Half open: no error ever comes, only nothing."""
    proxy = Proxy("127.0.0.1", stage.postgres.port)
    port = await proxy.start()
    through = stage.urls["cards"].replace(f":{stage.postgres.port}/", f":{port}/")
    cards: Node = stage.node("cards", url=through, MAZHA_CARDS_STATEMENT_LIMIT="3")
    async with stage.node("library") as library, cards, stage.node("post"):
        load = Load([library.port], clients=2)
        asking = asyncio.create_task(load.run(scale(8, 60)))
        await asyncio.sleep(2)
        proxy.silence()
        await asyncio.sleep(scale(5, 40))
        proxy.cut()
        proxy.flow()
        await asking
        await stage.whole(load.acked)
    await proxy.stop()
