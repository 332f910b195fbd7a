"""A store put back to an earlier state says so by its epoch: nobody takes its new facts for old."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from functools import partial

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from sqlalchemy.exc import DBAPIError

from kernel.envelope import from_headers
from kernel.epoch import restored
from kernel.handle import Command
from kernel.web.running import Running
from tests.kernel.checker import check_store
from tests.kernel.city import command
from tests.kernel.contract.town import Town, all_of, carry_out, one_of, quiet, until, url_of
from tests.kernel.contract.wire import KafkaWire
from tests.kernel.till import TILLS, Mood, Ring, accounts
from trial.servers import Postgres

pytestmark = pytest.mark.connected
Copy = Callable[[str], Awaitable[str]]


@pytest.fixture
def copy(postgres: Postgres, prefix: str) -> Iterator[Copy]:
    """Makes a copy of a database at rest, as a backup or as what is put back from one."""
    names: list[str] = []

    async def make(url: str) -> str:
        names.append(f"{prefix}_copy_{len(names)}")
        source = url.rpartition("/")[2]
        await asyncio.to_thread(postgres.create_database, names[-1], template=source)
        return postgres.url(names[-1])

    yield make
    for name in names:
        postgres.drop_database(name)


async def ring(till: Running, key: str, *amounts: int) -> None:
    for amount in amounts:
        await carry_out(till, key, Ring(amount))


async def shown(hearer: Running) -> dict[str, str]:
    rows = await all_of(hearer.db, "select till, amounts from read.takings")
    return {row.till: row.amounts for row in rows}


async def shows(hearer: Running, expected: dict[str, str]) -> None:
    async def so() -> bool:
        return await shown(hearer) == expected and await quiet(hearer)

    await until(so, f"{expected} is shown")


async def missing(hearer: Running) -> list[tuple[str, int, int, int]]:
    """What its source once told and has no more: (stream, epoch, first, last)."""
    forks = "select * from kernel.forks order by epoch, stream_id"
    rows = await all_of(hearer.db, forks)
    return [(r.stream_id, r.epoch, r.first_missing, r.last_missing) for r in rows]


async def test_a_store_put_back_to_a_backup_tells_a_new_epoch_and_others_name_what_it_lost(
    town: Town, copy: Copy
) -> None:
    till, hearer = await town.start(TILLS), await town.start(accounts(Mood()))
    await ring(till, "north", 1, 2, 3)
    await ring(till, "south", 1)
    await shows(hearer, {"north": "1 2 3", "south": "1"})
    await town.stop(till)
    backup = await copy(url_of(till))
    till = await town.start(TILLS, url_of(till))
    assert await epoch(till) == 1
    await ring(till, "north", 4, 5)
    await ring(till, "south", 2)
    await shows(hearer, {"north": "1 2 3 4 5", "south": "1 2"})
    await town.stop(till)
    till = await town.start(TILLS, backup)
    assert await epoch(till) > 1
    await ring(till, "north", 6, 7, 8)
    await shows(hearer, {"north": "1 2 3 4 5 6 7 8", "south": "1 2"})
    await ring(till, "south", 3)
    await shows(hearer, {"north": "1 2 3 4 5 6 7 8", "south": "1 2 3"})
    assert await missing(hearer) == [("till-north", 1, 4, 5), ("till-south", 1, 2, 2)]
    assert await check_store(till.db) == []
    both = (
        "select count(*) from kernel.journal where stream_id = 'till-north' and version in (4, 5)"
    )
    assert await one_of(hearer.db, both) == 4
    assert await told(town, "till-north", await epoch(till)) == [4, 5, 6]


async def told(town: Town, stream: str, epoch: int) -> list[int]:
    said = await town.wire.told(town.topic("tills.v1"))
    envelopes = [from_headers(record.headers)[0] for record in said]
    return [e.version for e in envelopes if (e.stream, e.epoch) == (stream, epoch)]


async def test_each_time_the_same_backup_is_put_back_its_epoch_is_a_new_one(
    town: Town, copy: Copy
) -> None:
    """Two lives that began at one backup are two histories."""
    till, hearer = await town.start(TILLS), await town.start(accounts(Mood()))
    await ring(till, "north", 1)
    await shows(hearer, {"north": "1"})
    await town.stop(till)
    lives = [await copy(url_of(till)) for _ in range(2)]
    epochs = []
    for n, url in enumerate(lives):
        await asyncio.sleep(1.1 * n)  # nobody restores twice in one second
        till = await town.start(TILLS, url)
        epochs.append(await epoch(till))
        await ring(till, "north", 10 * n + 2, 10 * n + 3)
        amounts = "1 2 3" if n == 0 else "1 2 3 12 13"
        await shows(hearer, {"north": amounts})
        await town.stop(till)
    assert 1 < epochs[0] < epochs[1]
    assert await missing(hearer) == [("till-north", epochs[0], 2, 3)]


async def test_a_restore_that_the_server_cannot_show_is_said_by_hand(alone: Town) -> None:
    till = await alone.start(TILLS)
    raised = await restored(till.db)
    assert raised > 1
    await alone.stop(till)
    assert await epoch(await alone.start(TILLS, url_of(till))) == raised


async def test_a_store_put_back_under_replicas_at_work_is_written_in_the_new_epoch_by_all(
    alone: Town,
) -> None:
    """What one of them was told at its start is not what the store is now."""
    one = await alone.start(TILLS)
    two = await alone.start(TILLS, url_of(one))
    await ring(one, "north", 1)
    await all_of(one.db, "update kernel.identity set identity = 'of the backup' returning 1")
    await all_of(one.db, CUT_OFF)
    await until(lambda: raised(two), "the first new connection has asked")
    for till in (one, two, one):
        given = command()
        await until(partial(accepted, till, given), "who was cut off is accepted")
    rows = await all_of(one.db, EPOCHS)
    assert [row.epoch for row in rows] == [1] + [await epoch(one)] * 3


async def accepted(till: Running, given: Command) -> bool:
    """The same command again, as long as it meets sessions that have just ended."""
    with suppress(DBAPIError):
        await carry_out(till, "north", Ring(2), given=given)
        return True
    return False


CUT_OFF = """
select pg_terminate_backend(pid) from pg_stat_activity
 where datname = current_database() and pid <> pg_backend_pid()
"""
EPOCHS = """
select (convert_from(meta, 'utf8')::json ->> 'epoch')::int as epoch
  from kernel.events order by version
"""


async def epoch(running: Running) -> int:
    return int(await one_of(running.db, "select epoch from kernel.identity"))


async def raised(running: Running) -> bool:
    with suppress(DBAPIError):
        return await epoch(running) > 1
    return False


async def test_a_hearer_put_back_to_a_backup_hears_again_what_came_since(
    town: Town, copy: Copy
) -> None:
    """From where its own store stands, though the broker remembers that its group came further."""
    till, hearer = await town.start(TILLS), await town.start(accounts(Mood()))
    await ring(till, "north", 1, 2)
    await shows(hearer, {"north": "1 2"})
    await town.stop(hearer)
    backup = await copy(url_of(hearer))
    hearer = await town.start(accounts(Mood()), url_of(hearer))
    await ring(till, "north", 3, 4, 5)
    await shows(hearer, {"north": "1 2 3 4 5"})
    await until(lambda: remembered(town, 5), "the broker remembers how far the group came")
    await town.stop(hearer)
    hearer = await town.start(accounts(Mood()), backup)
    await shows(hearer, {"north": "1 2 3 4 5"})
    await ring(till, "north", 6)
    await shows(hearer, {"north": "1 2 3 4 5 6"})
    assert await one_of(hearer.db, "select count(*) from kernel.events") == 6
    assert await check_store(hearer.db) == []


async def remembered(town: Town, offset: int) -> bool:
    """Only Kafka keeps offsets of its own."""
    if not isinstance(town.wire, KafkaWire):
        return True
    admin = AIOKafkaAdminClient(bootstrap_servers=town.wire.bootstrap)
    await admin.start()
    try:
        group = town.topic("accounts.journal.v1")
        places = await admin.list_consumer_group_offsets(group)
    finally:
        await admin.close()
    return sum(place.offset for place in places.values() if place.offset > 0) == offset
