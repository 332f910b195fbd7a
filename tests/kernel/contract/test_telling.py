"""Every fact is told, in the order of its stream, as a CloudEvent that any SDK reads."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson
import pytest
from cloudevents.core.base import BaseCloudEvent
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary_event
from sqlalchemy import Row

from kernel import feed
from kernel.envelope import from_headers
from kernel.web.running import Running
from kernel.wire import relay
from kernel.wire.relay import tell_again
from tests.kernel.conftest import OpenHouse
from tests.kernel.contract.rung import rung
from tests.kernel.contract.town import Town, all_of, carry_out, quiet, until
from tests.kernel.contract.wire import PARTITIONS, KafkaWire, Said
from tests.kernel.library.books import BuyBook, LendBook, TakeBack
from tests.kernel.library.services import LIBRARY
from tests.kernel.till import TILLS, Mood, Ring, accounts
from tests.servers import make_topics
from trial.servers import Kafka

pytestmark = pytest.mark.connected
BOOKS = [f"00000000-0000-4000-8000-{n:012}" for n in range(5)]
ROUNDS = 4
TELLER = replace(LIBRARY, hears=())


@dataclass
class Told:
    kept: Sequence[Row[Any]]
    """The facts as their store has them."""
    said: Sequence[Said]
    """The records of their topic."""

    def events(self) -> dict[str, BaseCloudEvent]:
        """As the SDK of CloudEvents reads them, by their id."""
        messages = [
            KafkaMessage({k: v for k, v in headers if v is not None}, key, value or b"")
            for key, value, headers in self.said
        ]
        return {event.get_id(): event for event in map(from_binary_event, messages)}


async def test_a_store_tells_all_again_to_those_who_lost_it(town: Town) -> None:
    """Kafka came back empty, and a hearer with nothing."""
    library = await town.start(TELLER)
    for n, book in enumerate(BOOKS):
        await carry_out(library, book, BuyBook(f"QA {n}", "x"), LendBook("ann"))
    await until(lambda: is_told(town, 10), "all is told")
    await until(lambda: keys_told(town, 5), "so is the key of each")
    await town.wire.remake(town.topic("books.v1"))
    await tell_again(library.db)
    await until(lambda: is_told(town, 10), "all is told again")
    await until(lambda: keys_told(town, 10), "so are the keys")


async def keys_told(town: Town, count: int) -> bool:
    return len(await town.wire.told(town.topic("keys.v1"))) >= count


async def is_told(town: Town, count: int) -> bool:
    return len(await town.wire.told(town.topic("books.v1"))) >= count


async def test_a_step_ends_before_its_lead_does_however_slow_the_broker_is(
    house: OpenHouse,
) -> None:
    """Else what it told would be told again, and again."""
    till = await house(TILLS)
    for amount in (1, 2, 3):
        await till.do("one", Ring(amount))
    steps, telling = till.steps(), till.running.relay
    await steps["sequence"]()
    telling.most, telling.enough = 1, 0.0
    assert [await steps["tell"]() for _ in range(4)] == [1, 1, 1, 0]


async def test_long_facts_are_read_and_told_few_at_a_time(
    alone: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page of a thousand facts of half a megabyte would fill the memory."""
    till = await alone.start(TILLS)
    for _ in range(24):
        await carry_out(till, "long", Ring(1, "x" * 400_000))
    await until(lambda: placed(till, 24), "all have their place")
    page = await feed.read(till.db, 0, 1_000)
    assert len(page) < 24
    assert sum(len(told.data) for told in page[:-1]) < feed.MOST_BYTES
    monkeypatch.setattr(feed, "MOST_BYTES", 1)
    (least,) = await feed.read(till.db, page[-1].seq, 1_000)
    assert least.seq == page[-1].seq + 1
    await until(lambda: long_told(alone), "all are told")


async def test_a_page_that_is_cut_ends_before_all_that_follows(
    alone: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also before what says nothing, or is another's: neither may carry the place past the rest."""
    monkeypatch.setattr(feed, "MOST_BYTES", 1)
    monkeypatch.setattr(relay, "MOST_BYTES", 1)
    hearer = await alone.start(replace(accounts(Mood()), hears=["tills.v1"]))
    await alone.wire.put(alone.topic("tills.v1"), [rung("one", 1)])
    await until(lambda: pages(alone, hearer, 1), "its page is told")
    silent = rung("one", 2)._replace(value=None)
    await alone.wire.put(alone.topic("tills.v1"), [silent, rung("two", 1), rung("three", 1)])
    await until(lambda: pages(alone, hearer, 3), "every page is told")
    read, place = [], 0
    while page := await feed.read(hearer.db, place, 1_000):
        read += [told.seq for told in page]
        place = page[-1].seq
    assert read == list(range(1, place + 1))


async def pages(town: Town, hearer: Running, count: int) -> bool:
    told = await town.wire.told(town.topic("pages.v1"))
    return len(told) == count and await quiet(hearer)


async def placed(till: Running, count: int) -> bool:
    return await feed.head(till.db) == count


async def long_told(town: Town) -> bool:
    return len(await town.wire.told(town.topic("tills.v1"))) == 24


@pytest.fixture
async def told(town: Town) -> Told:
    """Five books, each bought and then lent and brought back four times."""
    library = await town.start(TELLER)
    for n, book in enumerate(BOOKS):
        await carry_out(library, book, BuyBook(f"QA {n}", "Über das 重构"))
    for n in range(ROUNDS):
        for book in BOOKS:
            await carry_out(library, book, LendBook(f"reader-{n}", "eselsohrig"), TakeBack())
    kept = await all_of(library.db, "select * from kernel.events order by stream_id, version")
    said: list[Said] = []

    async def everything() -> bool:
        said[:] = await town.wire.told(town.topic("books.v1"))
        return len(said) >= len(kept)

    await until(everything, "every fact is told")
    return Told(kept, said)


async def test_a_stream_is_told_whole_and_in_its_order(told: Told) -> None:
    streams: dict[str, list[int]] = defaultdict(list)
    for said in told.said:
        envelope, _ = from_headers(said.headers)
        streams[envelope.stream].append(envelope.version)
    whole = list(range(1, 2 + 2 * ROUNDS))
    assert streams == {f"book-{book}": whole for book in BOOKS}


async def test_what_is_told_is_what_was_stored_to_the_last_byte(told: Told) -> None:
    """Under its subject's key, so that all that is said of it stays in one partition."""
    found = {}
    for said in told.said:
        envelope, hash_ = from_headers(said.headers)
        assert said.key == envelope.key.encode() == envelope.stream.removeprefix("book-").encode()
        found[envelope.stream, envelope.version] = said.value, envelope.written(), hash_
    assert found == {(r.stream_id, r.version): (r.data, r.meta, r.hash) for r in told.kept}


async def test_the_cloudevents_sdk_reads_every_record(told: Told) -> None:
    events = told.events()
    assert len(events) == len(told.kept) == len(told.said)
    for row in told.kept:
        event = events[str(row.event_id)]
        assert event.get_specversion() == "1.0"
        assert (event.get_type(), event.get_source()) == (row.type, "/library")
        assert (event.get_subject(), event.get_time()) == (row.stream_id, row.at)
        assert event.get_datacontenttype() == "application/json"
        assert event.get_extension("partitionkey") == row.stream_id.removeprefix("book-")
        assert event.get_extension("sequence") == str(row.version)
        assert event.get_data() == orjson.loads(row.data)


async def test_headers_are_ascii_whatever_the_fact_says(told: Told) -> None:
    assert any("重构".encode() in (said.value or b"") for said in told.said)
    for said in told.said:
        assert all(name.isascii() and value and value.isascii() for name, value in said.headers)


@pytest.mark.parametrize("wire", ["kafka"], indirect=True)
async def test_what_the_broker_refuses_is_said_in_the_log(
    town: Town, kafka: Kafka, capsys: pytest.CaptureFixture[str]
) -> None:
    """Here the topic takes less than the store keeps: nothing is lost, yet somebody must act."""
    topic = town.topic("books.v1")
    await make_topics(kafka.bootstrap, [topic], PARTITIONS, {"max.message.bytes": "2000"})
    assert isinstance(town.wire, KafkaWire)
    town.wire.made.add(topic)
    library = await town.start(TELLER)
    await carry_out(library, BOOKS[0], BuyBook("QA", "x" * 3_000))
    logs: list[str] = []

    async def said() -> bool:
        logs.append(capsys.readouterr().out)
        return any("RecordTooLarge" in line or "MessageSizeTooLarge" in line for line in logs)

    await until(said, "the log says what is wrong", limit=10)
    assert "do=" in "".join(logs)
