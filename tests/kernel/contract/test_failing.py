"""One consumer that fails stops no other; one that is too old waits for its successor."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from sqlalchemy import text

from kernel.read import parking
from kernel.web.running import Running
from tests.kernel.contract.rung import rung, with_headers
from tests.kernel.contract.town import Town, all_of, one_of, until, url_of
from tests.kernel.contract.wire import Said
from tests.kernel.till import Mood, Newer, accounts, keep_the_page

pytestmark = pytest.mark.connected
SHOWING = "takings__v1"
DUE = text("update kernel.parked set next_at = clock_timestamp()")


async def tell(town: Town, records: Sequence[Said]) -> None:
    await town.wire.put(town.topic("tills.v1"), records)


async def shows(hearer: Running, expected: dict[str, str]) -> None:
    async def so() -> bool:
        await hearer.db.do(DUE)  # whichever replica is quicker then takes what waits
        rows = await all_of(hearer.db, "select till, amounts from read.takings")
        return {row.till: row.amounts for row in rows} == expected

    await until(so, f"{expected} is shown")


async def no_answer() -> None:
    raise ConnectionError("what its desk asks for is away")


async def test_a_reaction_whose_desk_is_away_stops_neither_pages_nor_retries_nor_reactions(
    alone: Town,
) -> None:
    mood = Mood(desk=no_answer, unshown={7})
    service = accounts(mood)
    healthy = replace(keep_the_page(Mood()), name="healthy")
    hearer = await alone.start(replace(service, reactions=[*service.reactions, healthy]))
    await tell(alone, [rung("one", 1), rung("two", 1, 7)])
    await shows(hearer, {"one": "1"})
    await tell(alone, [rung("one", 2)])
    await shows(hearer, {"one": "1 2"})
    mood.unshown.clear()
    await parking.retry(hearer.db, SHOWING, "two")
    await shows(hearer, {"one": "1 2", "two": "7"})
    await until(lambda: entered(hearer, 3), "the healthy reaction has gone on")
    assert await one_of(hearer.db, "select count(*) from kernel.parked") == 0
    mood.desk = None
    await until(lambda: entered(hearer, 6), "the other follows")


async def entered(hearer: Running, count: int) -> bool:
    return bool(await one_of(hearer.db, "select count(*) = :n from kernel.events", n=count))


async def test_what_is_too_new_is_read_by_the_new_replica_while_the_old_one_still_runs(
    alone: Town,
) -> None:
    """An upgrade comes replica by replica: the old one may park what the new one can read."""
    old = await alone.start(accounts(Mood()))
    new = await alone.start(accounts(Mood(), Newer.Rung), url_of(old))
    later = of_the_next_release(rung("one", 2, currency="CNY"))
    await tell(alone, [rung("one", 1), later, rung("one", 3)])
    await shows(new, {"one": "1 2 3"})
    await alone.stop(new)
    await tell(alone, [of_the_next_release(rung("two", 1, currency="CNY")), rung("two", 2)])
    await until(lambda: waits(old), "it waits")
    await alone.start(accounts(Mood(), Newer.Rung), url_of(old))
    await shows(old, {"one": "1 2 3", "two": "1 2"})


def of_the_next_release(said: Said) -> Said:
    return with_headers(said, schemaver=b"2")


async def waits(hearer: Running) -> bool:
    rows = await all_of(hearer.db, "select state from kernel.parked where key = 'two' order by seq")
    return "too-new" in [row.state for row in rows]
