"""The inbox against lists: told twice, too early, anew or unreadably; heard once, in order."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from kernel.decider import Actor
from kernel.envelope import Envelope, to_headers
from kernel.sequencer import sequence
from kernel.wire.inbox import Inbox
from kernel.wire.page import Arrived
from tests.kernel.machines.bench import Bench, Machine, explore

pytestmark = pytest.mark.connected
Fact = tuple[int, int]
"""(epoch, version)"""
Stream = tuple[str, str]
"""(source, stream id)"""
STREAMS: list[Stream] = [("cards", "card-1"), ("cards", "card-2"), ("post", "card-1")]
AT = datetime(2030, 1, 1, tzinfo=UTC)
NOBODY = Actor(UUID(int=0), "", "")
TURNS = ["writes", "loses some on the way", "tells again", "is put back", "talks nonsense"]
counts = st.sampled_from([1, 2, 3, 100])
streams = st.sampled_from(STREAMS)


@dataclass
class Owner:
    """One stream at its owner's: the facts it has now, and the epoch in which it writes."""

    epoch: int = 1
    facts: list[Fact] = field(default_factory=list)
    holes: bool = False
    """Some of it was lost on the way."""

    def write(self, count: int) -> list[Fact]:
        first = len(self.facts) + 1
        new = [(self.epoch, version) for version in range(first, first + count)]
        self.facts += new
        return new

    def put_back(self, lost: int) -> None:
        self.epoch += 1
        del self.facts[max(0, len(self.facts) - lost) :]


@dataclass
class Ear:
    """One stream as a hearer should have it. `missing` are facts that its owner has no more."""

    epoch: int = 0
    version: int = 0
    heard: list[Fact] = field(default_factory=list)
    waiting: set[Fact] = field(default_factory=set)
    missing: list[tuple[int, int, int]] = field(default_factory=list)

    def hear(self, fact: Fact) -> None:
        epoch, version = fact
        if fact in self.heard:  # also when it is of a history that its owner has no more
            return
        if version > self.version + (epoch >= self.epoch):
            self.waiting.add(fact)
        elif epoch > self.epoch or version > self.version:
            if version <= self.version:
                self.missing.append((self.epoch, version, self.version))
            self._take(fact)
            self._go_on()

    def _take(self, fact: Fact) -> None:
        self.epoch, self.version = fact
        self.heard.append(fact)
        self.waiting.discard(fact)

    def connects(self) -> list[Fact]:
        return [(e, v) for e, v in self.waiting if e >= self.epoch and v > self.version]

    def _go_on(self) -> None:
        while ready := [fact for fact in self.connects() if fact[1] == self.version + 1]:
            self._take(max(ready))


class InboxMachine(Machine):
    @initialize()
    def begin(self) -> None:
        self.owners = {stream: Owner() for stream in STREAMS}
        self.ears = {stream: Ear() for stream in STREAMS}
        self.inboxes = [Inbox(db) for db in self.bench.dbs]
        self.topic_id = 1
        self.log: list[tuple[Arrived, tuple[Stream, Fact] | None]] = []
        self.next = 0
        self.unreadable: Counter[str] = Counter()

    def tell(self, stream: Stream, facts: Sequence[Fact]) -> None:
        for fact in facts:
            record = arrived(len(self.log), stream, fact)
            self.log.append((record, (stream, fact)))

    @rule(
        turns=st.lists(
            st.tuples(streams, st.sampled_from(TURNS), st.integers(0, 3), st.integers(1, 3)),
            min_size=1,
            max_size=6,
        ),
        then=counts,
    )
    def go_on(self, turns: list[tuple[Stream, str, int, int]], then: int) -> None:
        for stream, turn, back, count in turns:
            owner = self.owners[stream]
            if turn == "talks nonsense":
                self.log.append((nonsense(len(self.log), stream), None))
            elif turn == "tells again":
                self.tell(stream, owner.facts[-back - 1 :])
            else:
                self.turn(stream, turn, back)
                self.tell(stream, owner.write(count))
        self.deliver(then, twice=0, rivals=False)

    def turn(self, stream: Stream, turn: str, back: int) -> None:
        owner = self.owners[stream]
        if turn == "loses some on the way":
            owner.write(back)
            owner.holes = True
        elif turn == "is put back":
            if owner.holes:  # its relay had told all of it, in the end
                self.tell(stream, owner.facts)
                self.deliver(len(self.log), twice=0, rivals=False)
                owner.holes = False
            owner.put_back(back)

    @precondition(lambda self: self.next < len(self.log))
    @rule(count=counts, twice=st.integers(0, 3), rivals=st.booleans())
    def deliver_more(self, count: int, twice: int, rivals: bool) -> None:
        """Some of it for the second time; to two members at once while a group is shared anew."""
        self.deliver(count, twice, rivals)
        self.bench.run(sequence(self.bench.dbs[0], 5))

    def deliver(self, count: int, twice: int, rivals: bool) -> None:
        upto = min(self.next + count, len(self.log))
        batch = self.log[max(0, self.next - twice) : upto]
        records = [record for record, _ in batch]
        ears = self.inboxes if rivals else self.inboxes[:1]
        self.bench.together(*(e.hear("cards.v1", 0, str(self.topic_id), records) for e in ears))
        for record, meant in self.log[self.next : upto]:
            self.hear(record, meant)
        self.next = upto

    def hear(self, record: Arrived, meant: tuple[Stream, Fact] | None) -> None:
        if meant is None:
            self.unreadable[(record.key or b"").decode()] += 1
        else:
            stream, fact = meant
            self.ears[stream].hear(fact)

    @rule(to=st.integers(0, 12))
    def restart_with_older_offsets(self, to: int) -> None:
        """What cannot be read has no name to be known by: it is heard as often as it is told."""
        self.next = min(self.next, to)
        self.bench.all(
            "update kernel.inbox_offsets set next_offset = :at returning 1", at=self.next
        )

    @precondition(lambda self: self.next > 6)
    @rule(again=streams)
    def make_the_topic_anew(self, again: Stream) -> None:
        """Its offsets begin at nought, below those that were passed."""
        self.topic_id, self.log, self.next = self.topic_id + 1, [], 0
        for stream in [*STREAMS, again]:
            self.tell(stream, self.owners[stream].facts)

    @invariant()
    def the_journal_is_what_was_heard(self) -> None:
        rows = self.bench.all("select * from kernel.journal")
        kept: dict[bool, dict[Stream, set[Fact]]] = {w: defaultdict(set) for w in (True, False)}
        for row in rows:
            if row.source is not None:
                kept[row.waits][row.source, row.stream_id].add((row.epoch, row.version))
                assert row.data == said(row.source, row.stream_id, (row.epoch, row.version))
        for stream, ear in self.ears.items():
            assert kept[False][stream] == set(ear.heard)
            assert kept[True][stream] == ear.waiting
        assert Counter(row.key for row in rows if row.source is None) == self.unreadable

    @invariant()
    def the_order_is_what_was_heard(self) -> None:
        rows = self.bench.all("""
            select j.source, j.stream_id, j.epoch, j.version from kernel.journal j join (
              select 0 as turn, seq as nth, journal_id from kernel.feed union all
              select 1, pos, journal_id from kernel.feed_queue) f on j.id = f.journal_id
             order by turn, nth""")
        for stream, ear in self.ears.items():
            mine = [(r.epoch, r.version) for r in rows if (r.source, r.stream_id) == stream]
            assert mine == ear.heard

    @invariant()
    def the_guards_know_how_far_and_who_waits(self) -> None:
        rows = self.bench.all("select * from kernel.inbox_guards")
        guards = {(r.source, r.stream_id): r for r in rows}
        for stream, ear in self.ears.items():
            guard = guards.get(stream)
            known = (guard.epoch, guard.version) if guard else (0, 0)
            assert known == (ear.epoch, ear.version)
            last = max((version for _, version in ear.connects()), default=0)
            assert not last or (guard and guard.waiting >= last)

    @invariant()
    def forks_name_what_is_missing(self) -> None:
        rows = self.bench.all("select * from kernel.forks order by epoch")
        for stream, ear in self.ears.items():
            mine = [r for r in rows if (r.source, r.stream_id) == stream]
            assert [(r.epoch, r.first_missing, r.last_missing) for r in mine] == ear.missing


def said(source: str, stream: str, fact: Fact) -> bytes:
    return f"{source} {stream} {fact}".encode()


def nonsense(offset: int, stream: Stream) -> Arrived:
    key = stream[1].partition("-")[2]
    return Arrived(offset, key.encode(), None, [("ce_id", None), ("other", b"\xff")])


def arrived(offset: int, stream: Stream, fact: Fact) -> Arrived:
    (source, name), (epoch, version) = stream, fact
    key, ident = name.partition("-")[2], UUID(int=offset)
    envelope = Envelope(
        source, name, key, version, epoch, ident, "LoanNoted", 1, AT, NOBODY, ident, ident
    )
    headers = to_headers(envelope.written(), bytes(32))
    return Arrived(offset, key.encode(), said(source, name, fact), list(headers))


def test_the_inbox_hears_as_well_as_its_lists(database: Callable[[], str]) -> None:
    with Bench(database(), processes=2) as bench:
        explore(lambda: InboxMachine(bench))


@pytest.mark.parametrize(
    ("early", "then"),
    [
        ([2], [1, 2]),  # who was early comes again with the one that was missing
        ([3, 2], [1, 2, 3]),
        (range(2, 1_402), [1]),
    ],
    ids=["again", "all again", "a thousand"],
)
def test_a_gap_heals(
    database: Callable[[], str], early: Sequence[int], then: Sequence[int]
) -> None:
    versions = [*early, *then]
    told = [arrived(n, STREAMS[0], (1, version)) for n, version in enumerate(versions)]
    with Bench(database()) as bench:
        bench.wipe()
        inbox = Inbox(bench.dbs[0])
        bench.run(inbox.hear("cards.v1", 0, "1", told[: len(early)]))
        assert bench.all("select * from kernel.feed_queue") == []
        bench.run(inbox.hear("cards.v1", 0, "1", told[len(early) :]))
        order = bench.all("select version from kernel.feed_queue order by pos")
        assert [row.version for row in order] == sorted(set(versions))
