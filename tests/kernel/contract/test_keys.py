"""A sealed text is read by who has its key; once the key is destroyed, nowhere by nobody."""

import asyncio
import base64
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import pytest
from sqlalchemy import text

from kernel.decider import Refused
from kernel.envelope import About
from kernel.read.projection import Changes, Projection
from kernel.read.rebuild import rebuild
from kernel.seal.keyring import Keyring, Missing
from kernel.seal.telling import KeyTeller
from kernel.web.running import Running
from kernel.web.service import Service
from kernel.wire.producer import Outbound, Record
from tests.kernel.checker import check_heard, check_projection, check_store
from tests.kernel.conftest import OpenHouse
from tests.kernel.contract.town import LIMIT, Town, all_of, carry_out, one_of, quiet, until, url_of
from tests.kernel.contract.wire import Said
from tests.kernel.library.books import BookLent, BuyBook, LendBook, TakeBack
from tests.kernel.library.services import LIBRARY
from tests.kernel.library.shelves import shelf
from tests.kernel.local import LocalBroker

pytestmark = pytest.mark.connected
PLAIN, TITLE = "Weinfleck auf Seite sieben 酒渍", "Ein Titel für alle"
SUBJECT = "book/one"


@dataclass(slots=True)
class Remark:
    """What a page about the book's state shows."""

    book: str
    remark: str = ""


@dataclass(slots=True)
class Clumsy:
    book: str


remarks = Projection(Remark, key="book", version=1)
clumsy = Projection(Clumsy, key="book", version=1)


@remarks.when(BookLent)
def noted(_row: Remark, fact: BookLent, _about: About) -> Changes:
    return {"remark": fact.remark.token}


@clumsy.when(BookLent)
def stumble(_row: Clumsy, fact: BookLent, _about: About) -> Changes:
    raise ValueError(f"cannot show {fact!r}")


TELLER = replace(LIBRARY, hears=())
DESK = Service("desk", projections=[remarks, clumsy], hears=["books.v1"], hears_keys=True)
DEAF = replace(DESK, hears_keys=False)


async def lend(library: Running) -> None:
    await carry_out(library, "one", BuyBook("QA", TITLE), LendBook("ann", PLAIN))


async def heard(library: Running, desk: Running) -> bool:
    return not await check_heard(library.db, desk.db, ["book"]) and await quiet(library, desk)


async def reads(running: Running) -> str | Missing:
    """What a page shows that has the row."""
    token = await one_of(running.db, "select remark from read.remark where book = 'one'")
    (opened,) = await running.keyring.open([token])
    return opened


async def becomes(running: Running, expected: str | Missing) -> None:
    async def so() -> bool:
        return await reads(running) == expected

    await until(so, f"the page shows {expected!r}")


FILES = text("""
select c.oid::regclass::text as name, pg_read_binary_file(pg_relation_filepath(c.oid), true) as file
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
 where n.nspname in ('kernel', 'read', 'pg_toast') and c.relkind in ('r', 't', 'i')
""")


def said_in(plain: str, raw: bytes) -> bool:
    """As it is, in hex, in base64 at any place, or as JSON escapes it."""
    data = plain.encode()
    forms = [data, data.hex().encode(), plain.encode("unicode_escape")]
    for skip in range(3):  # the letters that depend on what stands before and behind are left out
        cut = data[skip : len(data) - (len(data) - skip) % 3]
        forms.append(base64.b64encode(cut))
    return any(form in raw for form in forms)


async def found(plain: str, town: Town, logs: str, *services: Running) -> set[str]:
    """Every place where it can be read: files of tables with all that was deleted, topics, logs."""
    places = {"logs"} if said_in(plain, logs.encode()) else set()
    for running in services:
        await running.db.do(text("checkpoint"))
        for row in await running.db.all(FILES):
            if row.file and said_in(plain, row.file):
                places.add(f"{running.service.name}: {row.name}")
    for topic in ("books.v1", "keys.v1", "heads.v1"):
        records = await town.wire.told(town.topic(topic))
        if said_in(plain, b"".join(map(bytes_of, records))):
            places.add(topic)
    return places


def bytes_of(said: Said) -> bytes:
    headers = [name.encode() + (value or b"") for name, value in said.headers]
    return b"\n".join([said.key or b"", said.value or b"", *headers])


async def whole(library: Running, *hearers: Running) -> list[str]:
    wrong = await check_store(library.db) + await check_projection(library.db, shelf)
    for desk in hearers:
        wrong += await check_store(desk.db) + await check_projection(desk.db, remarks)
    return wrong


async def nothing_wrong(library: Running, *hearers: Running) -> bool:
    return await whole(library, *hearers) == []


async def test_a_destroyed_key_leaves_no_plain_text_anywhere_and_changes_no_row(
    town: Town, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """The key came first, and the text was read with it, and then it was destroyed."""
    library, desk = await town.start(TELLER), await town.start(DESK)
    await lend(library)
    await until(lambda: heard(library, desk), "the desk has heard of it")
    await becomes(desk, PLAIN)
    logs = "".join(capfd.readouterr()) + caplog.text
    assert "clumsy__v1" in logs  # the failure is told, without the words it failed on
    title_is_in = await found(TITLE, town, logs, library, desk)
    assert {"library: kernel.events", "desk: kernel.journal", "books.v1"} <= title_is_in
    assert await found(PLAIN, town, logs, library, desk) == set()
    rows = await all_of(desk.db, "select * from read.remark")
    await library.keyring.destroy(SUBJECT)
    await becomes(desk, Missing.ERASED)
    await rebuild(desk.db, remarks)
    assert await all_of(desk.db, "select * from read.remark") == rows
    assert await reads(desk) == Missing.ERASED
    with pytest.raises(Refused, match="erased"):
        await carry_out(library, "one", TakeBack(), LendBook("ben", PLAIN))
    logs = "".join(capfd.readouterr()) + caplog.text
    assert await found(PLAIN, town, logs, library, desk) == set()
    await until(lambda: nothing_wrong(library, desk), "what is on its way has arrived")


async def test_a_key_that_comes_after_its_fact_opens_it(town: Town) -> None:
    library, desk = await town.start(TELLER), await town.start(DEAF)
    await lend(library)
    await until(lambda: heard(library, desk), "the desk has heard of it")
    assert await reads(desk) == Missing.NOT_YET
    await town.stop(desk)
    desk = await town.start(DESK, url_of(desk))
    await becomes(desk, PLAIN)
    assert await whole(library, desk) == []


async def test_a_key_destroyed_before_it_comes_is_never_had(town: Town) -> None:
    library, desk = await town.start(TELLER), await town.start(DEAF)
    await lend(library)
    await until(lambda: heard(library, desk), "the desk has heard of it")
    await library.keyring.destroy(SUBJECT)
    await until(lambda: ended(town, library), "the end of the key is told")
    await town.stop(desk)
    desk = await town.start(DESK, url_of(desk))
    await becomes(desk, Missing.ERASED)
    assert await all_of(desk.db, "select * from kernel.keys where wrapped is not null") == []
    assert await found(PLAIN, town, "", library, desk) == set()
    assert await whole(library, desk) == []


async def keys_told(town: Town) -> list[bytes | None]:
    told = await town.wire.told(town.topic("keys.v1"))
    return [said.value for said in told if said.key == SUBJECT.encode()]


async def ended(town: Town, library: Running) -> bool:
    """Not by a null, which a compacted topic drops in time."""
    last = (await keys_told(town))[-1:]
    return bool(last) and is_end(library, last[0])


def is_end(library: Running, value: bytes | None) -> bool:
    return value is not None and library.keyring.told(SUBJECT, value) is None


async def test_a_key_told_again_after_its_end_stays_destroyed(town: Town) -> None:
    """A producer given up for dead may tell it late, and a new hearer meets all of it at once."""
    library, early = await town.start(TELLER), await town.start(DESK)
    await lend(library)
    await until(lambda: heard(library, early), "the desk has heard of it")
    await becomes(early, PLAIN)
    (wrapped,) = await keys_told(town)
    await library.keyring.destroy(SUBJECT)
    await until(lambda: ended(town, library), "the end of the key is told")
    await town.wire.put(town.topic("keys.v1"), [Said(SUBJECT.encode(), wrapped, [])])
    late = await town.start(replace(DESK, name="late"))
    for desk in (early, late):
        await until(partial(heard_keys, town, desk), "all keys are heard")
        await until(partial(heard, library, desk), "all facts are heard")
        assert await reads(desk) == Missing.ERASED


async def heard_keys(town: Town, desk: Running) -> bool:
    at = "select coalesce(sum(next_offset), 0) from kernel.inbox_offsets where topic = :topic"
    topic = town.topic("keys.v1")
    return int(await one_of(desk.db, at, topic=topic)) == len(await town.wire.told(topic))


async def test_a_spoilt_key_holds_up_no_other(town: Town) -> None:
    library, desk = await town.start(TELLER), await town.start(DESK)
    names = [start + b"%d" % n for start in (b"\0", b"x" * 5_000) for n in range(20)]
    spoilt = [Said(name, value, []) for name in [b"", *names] for value in (b"no key", b"", None)]
    await town.wire.put(town.topic("keys.v1"), spoilt)
    await lend(library)
    await until(lambda: heard(library, desk), "the desk has heard of it")
    await becomes(desk, PLAIN)


class Lingering:
    """A way out that is slow just now."""

    def __init__(self, out: Outbound) -> None:
        self.out, self.reached, self.going = out, asyncio.Event(), asyncio.Event()

    async def send(self, records: Sequence[Record]) -> int:
        self.reached.set()
        await self.going.wait()
        return await self.out.send(records)

    async def stop(self) -> None:
        return None


@dataclass(slots=True)
class Crowded:
    """A way out beside which somebody always makes one more key."""

    out: Outbound
    keyring: Keyring
    told: list[str] = field(default_factory=list)

    async def send(self, records: Sequence[Record]) -> int:
        self.told += [record.key for record in records]
        await self.keyring.keys_of([f"more/{len(self.told)}"])
        return await self.out.send(records)

    async def stop(self) -> None:
        return None


async def test_keys_that_go_on_being_made_hold_up_no_fact(house: OpenHouse) -> None:
    library = await house(LIBRARY)
    await library.do("one", BuyBook("QA", TITLE))
    await library.do("one", LendBook("ann", PLAIN))
    steps, running = library.steps(), library.running
    await steps["sequence"]()
    out = running.keys.out = running.relay.out = Crowded(running.out, running.keyring)
    async with asyncio.timeout(LIMIT):
        assert await steps["tell"]() == 3
    assert out.told == [SUBJECT, "one", "one"], "its key goes before a fact, and no other holds it"
    waiting = "select min(subject) from kernel.key_queue"
    assert await one_of(running.db, waiting) == "more/1"


async def test_the_last_that_is_told_of_a_destroyed_key_is_its_end(
    house: OpenHouse, broker: LocalBroker
) -> None:
    """One replica has read the key and lingers while it tells it, another tells its end; of a
    compacted topic only the last word stays."""
    library = await house(LIBRARY)
    await library.do("one", BuyBook("QA", TITLE))
    await library.do("one", LendBook("ann", PLAIN))
    keyring = library.running.keyring
    db, slow = library.running.db, Lingering(broker.outbound("one"))
    one, other = (
        KeyTeller(db, out, "keys.v1", keyring) for out in (slow, broker.outbound("other"))
    )
    lingering = asyncio.create_task(one.step())
    await slow.reached.wait()
    await library.running.keyring.destroy(SUBJECT)
    rival = asyncio.create_task(other.step())
    await asyncio.wait({rival}, timeout=0.5)  # it need not wait for the one that lingers
    slow.going.set()
    await asyncio.gather(lingering, rival)
    while await other.step():
        pass
    assert is_end(library.running, broker.told("keys.v1")[-1].value)


async def test_a_card_in_the_vault_is_read_by_its_owner_alone_until_it_is_erased(
    town: Town, capfd: pytest.CaptureFixture[str]
) -> None:
    library, desk = await town.start(TELLER), await town.start(DESK)
    assert library.vault
    name = "Ann Weinfleck"
    await library.vault.put("ann", {"name": name, "phone": "12345"})
    assert await library.vault.get("ann") == {"name": name, "phone": "12345"}
    await lend(library)
    await until(lambda: heard(library, desk), "the desk has heard of the book")
    await becomes(desk, PLAIN)
    assert await found(name, town, "".join(capfd.readouterr()), library, desk) == set()
    told = await town.wire.told(town.topic("keys.v1"))
    assert [said.key for said in told] == [SUBJECT.encode()]
    await library.vault.erase("ann")
    assert await library.vault.get("ann") is Missing.ERASED
    assert await one_of(library.db, "select count(*) from kernel.vault") == 0
