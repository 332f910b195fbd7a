"""Parking against lists: a fact that cannot be taken holds up its own key, and that key only."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from kernel.database import Database
from kernel.decider import Actor
from kernel.envelope import Envelope, to_headers
from kernel.handle import Store
from kernel.loops import Wake
from kernel.read import parking, tables
from kernel.read.consumers import Reacting, Showing
from kernel.read.projection import Projection
from kernel.read.reader import Reader
from kernel.seal.keyring import Keyring
from kernel.sequencer import sequence
from kernel.wire.inbox import Inbox
from kernel.wire.page import Arrived
from kernel.writer import Writer
from tests.kernel.machines.bench import SOURCE, Bench, Machine, explore
from tests.kernel.till import Mood, Newer, Rung, keep_the_page, takings

pytestmark = pytest.mark.connected
AT = datetime(2030, 1, 1, tzinfo=UTC)
NOBODY = Actor(UUID(int=0), "", "")
KEYS = ["north", "south", "west"]
SHOWING, REACTING = "takings__v1", "react:enter_in_the_page"
LINES = [(consumer, key) for consumer in (SHOWING, REACTING) for key in KEYS]
NEEDS_A_PERSON = ("parked", "too-new")
lines = st.sampled_from(LINES)


@dataclass(frozen=True)
class Fact:
    """Amounts are never told twice here, so they name their fact. A newer kind is version 2."""

    amount: int
    kind: int


@dataclass
class Line:
    """One key of one consumer: `told[:at]` it has behind it, what follows waits in order."""

    told: list[Fact]
    at: int = 0
    state: str = "free"
    """Of the first that waits."""

    def waiting(self) -> list[tuple[int, str]]:
        rest = self.told[self.at :]
        return [(fact.amount, self.state if n == 0 else "behind") for n, fact in enumerate(rest)]


class ParkingMachine(Machine):
    @initialize()
    def begin(self) -> None:
        self.bench.wipe_read()
        self.told: dict[str, list[Fact]] = {key: [] for key in KEYS}
        self.lines = {(consumer, key): Line(self.told[key]) for consumer, key in LINES}
        self.skipped: list[tuple[str, int]] = []
        self.mood, self.newest, self.made = Mood(), 1, 0
        self.bench.run(prepare(self.bench.dbs[0], takings(self.mood)))
        self.open()

    def open(self) -> None:
        """Two replicas of one program, which reads kinds up to `newest`."""
        kind = Rung if self.newest == 1 else Newer.Rung
        self.readers = [replica(db, self.mood, kind) for db in self.bench.dbs]
        self.bench.run(self.readers[0].enter())

    @rule(keys=st.lists(st.sampled_from(KEYS), min_size=1, max_size=6), newer=st.integers(0, 9))
    def tell(self, keys: list[str], newer: int) -> None:
        """Of every ten, one is of a kind that only the next release reads."""
        facts = [self.fact(n == newer) for n in range(len(keys))]
        inbox, records = Inbox(self.bench.dbs[0]), []
        for key, fact in zip(keys, facts, strict=True):
            self.told[key].append(fact)
            records.append(arrived(key, len(self.told[key]), fact, fact.amount))
        self.bench.run(inbox.hear("tills.v1", 0, "1", records))
        self.bench.run(sequence(self.bench.dbs[0]))

    def fact(self, newer: bool) -> Fact:
        self.made += 1
        return Fact(self.made, 2 if newer else 1)

    @rule(ahead=st.integers(0, 3), wrong=st.sampled_from(["unshown", "refused", "broken"]))
    def go_wrong(self, ahead: int, wrong: str) -> None:
        getattr(self.mood, wrong).add(self.made + ahead)

    @rule(wrong=st.sampled_from(["unshown", "refused", "broken"]))
    def mend(self, wrong: str) -> None:
        """What was refused goes on by itself; the others wait until they are told to."""
        getattr(self.mood, wrong).clear()

    @precondition(lambda self: any(line.state != "free" for line in self.lines.values()))
    @rule(line=lines)
    def retry(self, line: tuple[str, str]) -> None:
        self.bench.run(parking.retry(self.bench.dbs[0], *line))
        if self.lines[line].state != "free":
            self.lines[line].state = "again"

    @precondition(lambda self: any(line.state != "free" for line in self.lines.values()))
    @rule(named=lines, first=st.booleans())
    def skip(self, named: tuple[str, str], first: bool) -> None:
        """Only what holds the others up can be taken out."""
        line = self.lines[named]
        waiting = line.waiting()[0 if first else 1 :]
        if line.state == "free" or not waiting:
            return
        amount = waiting[0][0]
        (seq,) = (seq for seq, other in self.places().items() if other == amount)
        done = self.bench.run(parking.skip(self.bench.dbs[0], named[0], seq, "torn", NOBODY.id))
        assert done == first
        if first:
            self.skipped.append((named[0], amount))
            line.at, line.state = line.at + 1, "again"

    @precondition(lambda self: any(line.state == "retrying" for line in self.lines.values()))
    @rule()
    def lose_patience(self) -> None:
        self.bench.all("update kernel.parked set since = since - interval '1 hour' returning 1")
        for line in self.lines.values():
            if line.state == "retrying" and line.told[line.at].amount in self.mood.refused:
                line.state = "parked"

    @precondition(lambda self: self.newest == 1)
    @rule()
    def upgrade(self) -> None:
        self.newest = 2
        self.open()
        for line in self.lines.values():
            line.state = "again" if line.state == "too-new" else line.state

    @invariant()
    def all_that_can_go_on_has_gone_on(self) -> None:
        self.settle()
        for (consumer, _), line in self.lines.items():
            self.go_on(consumer, line)
        parked, amount = self.bench.all("select * from kernel.parked order by seq"), self.places()
        for named, line in self.lines.items():
            mine = [r for r in parked if (r.consumer, r.key) == named]
            assert [(amount[row.seq], row.state) for row in mine] == line.waiting()

    def places(self) -> dict[int, int]:
        """The amount of every fact by its place in the order."""
        rows = self.bench.all("""
            select seq, event_id from kernel.feed f join kernel.journal j on j.id = f.journal_id""")
        return {row.seq: row.event_id.int for row in rows}

    def settle(self) -> None:
        """Time passes until nobody has anything to do."""
        did = 1
        while did:
            self.bench.all("update kernel.parked set next_at = clock_timestamp() returning 1")
            for reader in self.readers:
                reader.look_again = 0.0
            did = sum(self.bench.together(*(reader.step() for reader in self.readers)))

    def go_on(self, consumer: str, line: Line) -> None:
        while line.state not in NEEDS_A_PERSON and line.at < len(line.told):
            line.state = self.judge(consumer, line.told[line.at])
            if line.state != "free":
                return
            line.at += 1
        if line.at == len(line.told):
            line.state = "free"

    def judge(self, consumer: str, fact: Fact) -> str:
        if fact.kind > self.newest:
            return "too-new"
        if fact.amount in (self.mood.unshown if consumer == SHOWING else self.mood.broken):
            return "parked"
        refused = consumer == REACTING and fact.amount in self.mood.refused
        return "retrying" if refused else "free"

    @invariant()
    def each_key_was_taken_once_and_in_its_order(self) -> None:
        rows = self.bench.all("select till, amounts from read.takings")
        shown = {r.till: [int(amount) for amount in r.amounts.split()] for r in rows}
        for (consumer, key), line in self.lines.items():
            done = shown.get(key, []) if consumer == SHOWING else self.page(key)
            past = [f for f in line.told[: line.at] if (consumer, f.amount) not in self.skipped]
            assert done == [fact.amount for fact in past]

    def page(self, key: str) -> list[int]:
        events = "select data from kernel.events where stream_id = :page order by version"
        rows = self.bench.all(events, page=f"page-{key}")
        return [orjson.loads(row.data)["amount"] for row in rows]

    @invariant()
    def what_was_skipped_is_on_record(self) -> None:
        rows, amount = self.bench.all("select * from kernel.skipped"), self.places()
        assert sorted((r.consumer, amount[r.seq]) for r in rows) == sorted(self.skipped)
        assert all((row.reason, row.by) == ("torn", NOBODY.id) for row in rows)


def replica(db: Database, mood: Mood, kind: type[Rung] = Rung) -> Reader:
    store = Store(db, SOURCE, b"secret", Writer(db, Wake()), Keyring(db, None))
    shown, kept = takings(mood, kind), keep_the_page(mood, kind)
    return Reader(db, [Showing(shown), Reacting(store, kept)], most=4)


async def prepare(db: Database, projection: Projection[Any]) -> None:
    async with db.begin() as conn:
        await tables.prepare(conn, [projection])


def arrived(key: str, version: int, fact: Fact, offset: int) -> Arrived:
    ident, stream = UUID(int=fact.amount), f"till-{key}"
    envelope = Envelope(
        "till", stream, key, version, 1, ident, "Rung", fact.kind, AT, NOBODY, ident, ident
    )
    said: dict[str, Any] = {"amount": fact.amount, "currency": "CNY"}
    headers = to_headers(envelope.written(), bytes(32))
    return Arrived(offset, key.encode(), orjson.dumps(said), list(headers))


def test_what_parks_is_as_the_lists_say(database: Callable[[], str]) -> None:
    with Bench(database(), processes=2) as bench:
        explore(lambda: ParkingMachine(bench), steps=20, share=0.6)


def test_a_retry_that_lingers_does_not_repeat_what_another_replica_has_done_meanwhile(
    database: Callable[[], str],
) -> None:
    with Bench(database(), processes=2) as bench:
        bench.wipe()
        bench.run(linger(bench))
        (row,) = bench.all("select amounts from read.takings")
        assert row.amounts == "1"
        assert bench.all("select * from kernel.parked") == []


async def linger(bench: Bench) -> None:
    """The first replica stands at the desk of a page; what it retries next is done before it."""
    mood, db = Mood(unshown={1}, broken={1}), bench.dbs[0]
    at_desk, going = asyncio.Event(), asyncio.Event()

    async def wait() -> None:
        at_desk.set()
        await going.wait()

    await prepare(db, takings(mood))
    first, second = (replica(one, mood) for one in bench.dbs)
    await first.enter()
    await Inbox(db).hear("tills.v1", 0, "1", [arrived("north", 1, Fact(1, 1), 0)])
    await sequence(db)
    await first.step()
    mood.unshown.clear()
    mood.broken.clear()
    mood.desk = wait
    await parking.retry(db, REACTING, "north")
    await parking.retry(db, SHOWING, "north")
    first.look_again = 0.0
    lingering = asyncio.create_task(first.step())
    await at_desk.wait()
    assert await second.step() == 1
    going.set()
    await lingering
