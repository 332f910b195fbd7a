"""F20: a rebuild is killed at each of its steps, and run twice at once: old or new, never mixed."""

import asyncio
from collections.abc import Callable
from functools import partial
from multiprocessing.process import BaseProcess

import pytest
from sqlalchemy import text

from tests.faults import scale
from tests.faults.births import born
from tests.faults.load import Load
from tests.faults.nodes import until
from tests.faults.rebuilder import PAGE, rebuild_shelf
from tests.faults.stage import Stage
from tests.kernel.checker import check_projection
from tests.kernel.city import async_url
from tests.kernel.library.shelves import shelf

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]
STEPS = {
    "when the new table is made": "create table read.,after,1",
    "in the middle of filling": "insert into read.,after,2",
    "at a commit": "commit,before,3",
    "when the old view is dropped": "drop view,after,1",
    "when the old table is dropped": "drop table read.,after,1",
    "when the new table has its name": "rename to,after,1",
    "when the view is there": "create view,after,1",
    "before the last commit": "insert into kernel.projections,after,1",
}
SHOWN = text("select count(*) as n from kernel.feed where journal_id is null")
COUNT = text("select count(*) as n, coalesce(sum(loans), 0) as loans from read.shelf")


def rebuilding(stage: Stage, die: str = "") -> BaseProcess:
    log = stage.folder / "rebuilder.log"
    return born(rebuild_shelf, async_url(stage.urls["library"]), die, log=log)


async def ended(process: BaseProcess) -> int | None:
    await asyncio.to_thread(process.join, 60)
    return process.exitcode


async def test_f20_a_rebuild_killed_at_any_step_leaves_old_or_new(stage: Stage) -> None:
    async with stage.node("library") as library, stage.node("cards"), stage.node("post"):
        load = Load([library.port], clients=2)
        await load.run(scale(2, 20))
        asking = asyncio.create_task(load.run(3600))
        await until(partial(fill_pages, stage, 2), 300, "too few facts were written")
        watching = asyncio.create_task(watch(stage, asking.done))
        for where in STEPS.values():
            assert await ended(rebuilding(stage, where)) == -9, f"never came to {where}"
        assert await ended(rebuilding(stage)) == 0
        load.stopping = True
        await asking
        assert await watching > 10
        await stage.whole(load.acked)


async def fill_pages(stage: Stage, pages: int) -> bool:
    """Whether the library's own facts, which are what the shelf shows, do."""
    return int((await stage.stores["library"].one(SHOWN)).n) > pages * PAGE


async def watch(stage: Stage, done: Callable[[], bool]) -> int:
    """What a page reads meanwhile never goes back and never fails. How often it looked."""
    seen, looks = (0, 0), 0
    while not done():
        row = await stage.stores["library"].one(COUNT)
        assert (row.n, row.loans) >= seen, "the page went back in time"
        seen, looks = (row.n, row.loans), looks + 1
        await asyncio.sleep(0.02)
    return looks


async def test_f20_two_rebuilds_at_once_do_the_work_once(stage: Stage) -> None:
    async with stage.node("library") as library, stage.node("cards"), stage.node("post"):
        load = await Load([library.port], clients=4).run(scale(3, 30))
        await stage.whole(load.acked)
        both = [rebuilding(stage), rebuilding(stage)]
        assert [await ended(one) for one in both] == [0, 0]
        assert await check_projection(stage.stores["library"], shelf) == []
        await stage.whole(load.acked)
