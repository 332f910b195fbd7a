"""A reaction to a fact is carried out once: told again, met again, refused at first or cut off."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import orjson
import pytest
from sqlalchemy import text

from kernel.envelope import About
from kernel.read.reaction import Ask, Reactions
from kernel.web.running import Running
from kernel.web.service import Service
from tests.kernel.contract.rung import CASHIER, rung
from tests.kernel.contract.town import Town, all_of, one_of, quiet, until
from tests.kernel.contract.wire import Said
from tests.kernel.till import Enter, Mood, Rung, accounts, page_of

pytestmark = pytest.mark.connected
PUT_BACK = text("update kernel.checkpoints set seq = 0 where name = :name")


async def pages(hearer: Running) -> dict[str, list[int]]:
    """What stands in each page, in its order."""
    found: dict[str, list[int]] = {}
    rows = await all_of(hearer.db, "select * from kernel.events order by stream_id, version")
    for row in rows:
        found.setdefault(row.stream_id, []).append(orjson.loads(row.data)["amount"])
    return found


async def become(hearer: Running, expected: dict[str, list[int]]) -> None:
    async def so() -> bool:
        return await pages(hearer) == expected and await quiet(hearer)

    await until(so, f"the pages become {expected}")


async def tell(town: Town, records: Sequence[Said]) -> None:
    await town.wire.put(town.topic("tills.v1"), records)


async def test_what_is_met_again_has_no_second_effect(town: Town) -> None:
    """Told again, or read again because the reaction's place was put back."""
    hearer = await town.start(accounts(Mood()))
    facts = [rung(key, n) for n in (1, 2, 3) for key in ("one", "two")]
    await tell(town, facts)
    await become(hearer, {"page-one": [1, 2, 3], "page-two": [1, 2, 3]})
    await tell(town, facts)
    await hearer.db.do(PUT_BACK, {"name": "react:enter_in_the_page"})
    await tell(town, [rung("one", 4)])
    await become(hearer, {"page-one": [1, 2, 3, 4], "page-two": [1, 2, 3]})
    assert await one_of(hearer.db, "select count(*) from kernel.commands") == 7


async def test_an_effect_names_its_cause(town: Town) -> None:
    hearer = await town.start(accounts(Mood()))
    await tell(town, [rung("one", 1)])
    await become(hearer, {"page-one": [1]})
    cause, event = [
        orjson.loads((await all_of(hearer.db, f"select meta from kernel.{table}"))[0].meta)  # noqa: S608
        for table in ("journal", "events")
    ]
    assert event["cause"] == cause["id"]
    assert event["correlation"] == cause["correlation"]
    assert event["actor"]["role"] == "service"
    assert event["actor"]["id"] != str(CASHIER.id)


async def test_one_that_is_refused_waits_for_its_cause_and_only_its_key_waits(town: Town) -> None:
    mood = Mood(refused={2})
    hearer = await town.start(accounts(mood))
    await tell(town, [rung("one", n) for n in (1, 2, 3)] + [rung("two", 1)])
    await become(hearer, {"page-one": [1], "page-two": [1]})
    states = await all_of(hearer.db, "select state, error from kernel.parked order by seq")
    assert [tuple(row) for row in states] == [("retrying", "not-yet"), ("behind", "")]
    mood.refused.clear()
    await become(hearer, {"page-one": [1, 2, 3], "page-two": [1]})
    assert await all_of(hearer.db, "select * from kernel.parked") == []


async def test_one_that_is_always_refused_waits_for_a_person_in_the_end(town: Town) -> None:
    hearer = await town.start(accounts(Mood(refused={1})))
    hearer.reader.patience = timedelta(seconds=0)
    await tell(town, [rung("one", 1), rung("one", 2), rung("two", 1, 2)])

    async def parked() -> bool:
        rows = await all_of(hearer.db, "select state from kernel.parked order by seq")
        return [row.state for row in rows] == ["parked", "behind"]

    await until(parked, "it is parked")
    await become(hearer, {"page-two": [2]})


async def test_a_reaction_cut_off_between_its_effect_and_its_checkpoint_is_done_once(
    town: Town,
) -> None:
    """While the first effect is under way, the connection that holds the place is cut."""
    mood = Mood()
    hearer = await town.start(accounts(mood))
    cut: list[int] = []

    async def pull_the_plug() -> None:
        if not cut:
            rows = await all_of(
                hearer.db,
                """
                select pg_terminate_backend(pid), pid from pg_stat_activity
                 where datname = current_database() and state = 'idle in transaction'""",
            )
            cut.extend(row.pid for row in rows)

    mood.desk = pull_the_plug
    await tell(town, [rung("one", n) for n in (1, 2, 3)])
    await become(hearer, {"page-one": [1, 2, 3]})
    assert cut
    assert await all_of(hearer.db, "select * from kernel.parked") == []


def dated() -> Service:
    """Its reaction takes the sum for seconds since 1970, and stumbles over those of no year."""
    entered, pages, reactions = accounts(Mood()), page_of(Mood()), Reactions()

    @reactions.to(Rung)
    def date_the_page(fact: Rung, about: About) -> Iterable[Ask]:
        year = datetime.fromtimestamp(fact.amount, UTC).year
        return [Ask(pages, about.key, Enter(year))]

    return replace(entered, projections=(), reactions=reactions.all)


async def test_a_reaction_with_a_bug_parks_its_key_whatever_it_raises(town: Town) -> None:
    """`fromtimestamp` raises OSError for this sum, as a server does that is away."""
    hearer = await town.start(dated())
    await tell(town, [rung("one", 1, 10**17), rung("one", 2), rung("two", 1)])
    await become(hearer, {"page-two": [1970]})
    states = await all_of(hearer.db, "select state from kernel.parked order by seq")
    assert [row.state for row in states] == ["parked", "behind"]
