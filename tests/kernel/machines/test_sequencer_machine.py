"""The sequencer against lists: every committed fact has one place, the same for everybody."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from kernel import clock, feed
from kernel.decider import Actor
from kernel.envelope import Envelope, to_headers
from kernel.loops import Wake
from kernel.sequencer import sequence
from kernel.store import APPEND, Append, Written, columns
from kernel.wire.inbox import Inbox
from kernel.wire.page import Arrived
from kernel.writer import Writer
from tests.kernel.machines.bench import Bench, Machine, explore

pytestmark = pytest.mark.connected
OURS = ["book-1", "book-2", "book-3"]
HEARD = ["card-1", "card-2"]
AT = datetime(2030, 1, 1, tzinfo=UTC)
NOBODY = Actor(UUID(int=0), "", "")
Place = tuple[str, int]
"""(stream, version)"""

processes = st.integers(0, 1)


class SequencerMachine(Machine):
    """`committed` is the model: of each stream, how many facts were surely kept."""

    @initialize()
    def begin(self) -> None:
        self.made = 0
        self.offset = 0
        self.committed: dict[str, int] = defaultdict(int)
        self.order: list[Place] = []
        """As somebody has read it: from then on it may only grow at its end."""
        self.late: dict[str, tuple[AsyncExitStack, int]] = {}
        """Appends whose transaction is still open: others commit before they do."""
        self.writers = [Writer(db, Wake()) for db in self.bench.dbs]
        self.inboxes = [Inbox(db) for db in self.bench.dbs]

    def free(self) -> list[str]:
        return [stream for stream in OURS if stream not in self.late]

    def item(self, stream: str, count: int) -> Append:
        self.made += 1
        ident, head = UUID(int=self.made), self.committed[stream]
        facts = [
            Written(UUID(int=self.made * 100 + n), "BookBought", 1, b"{}", b"{}", bytes(32))
            for n in range(count)
        ]
        return Append(ident, b"", stream, stream.partition("-")[2], head, AT, facts)

    async def append(self, process: int, stream: str, count: int) -> None:
        item = self.item(stream, count)
        outcome = await self.writers[process].append(item)
        self.committed[stream] = outcome.version

    async def hear(self, process: int, stream: str, count: int) -> None:
        first = self.committed[stream] + 1
        records = [self.record(stream, first + n) for n in range(count)]
        self.committed[stream] += count
        partition = HEARD.index(stream)
        await self.inboxes[process].hear("cards.v1", partition, "the topic", records)

    def record(self, stream: str, version: int) -> Arrived:
        self.offset += 1
        ident, key = UUID(int=2**64 + self.offset), stream.partition("-")[2]
        envelope = Envelope(
            "cards", stream, key, version, 1, ident, "LoanNoted", 1, AT, NOBODY, ident, ident
        )
        headers = to_headers(envelope.written(), bytes(32))
        return Arrived(self.offset, key.encode(), b"{}", list(headers))

    @precondition(lambda self: self.free())
    @rule(process=processes, count=st.integers(1, 3), data=st.data())
    def append_one(self, process: int, count: int, data: Any) -> None:
        stream = data.draw(st.sampled_from(self.free()))
        self.bench.run(self.append(process, stream, count))

    @rule(process=processes, stream=st.sampled_from(HEARD), count=st.integers(1, 3))
    def hear_some(self, process: int, stream: str, count: int) -> None:
        self.bench.run(self.hear(process, stream, count))

    @precondition(lambda self: self.free())
    @rule(process=processes, count=st.integers(1, 3), data=st.data())
    def append_and_linger(self, process: int, count: int, data: Any) -> None:
        """It has its number in the queue, and commits after those that took theirs later."""
        stream = data.draw(st.sampled_from(self.free()))
        self.late[stream] = self.bench.run(self.lingering(process, self.item(stream, count))), count

    async def lingering(self, process: int, item: Append) -> AsyncExitStack:
        async with AsyncExitStack() as stack:
            conn = await stack.enter_async_context(self.bench.dbs[process].begin())
            await conn.execute(APPEND, columns([item]))
            return stack.pop_all()
        raise AssertionError

    @precondition(lambda self: self.late)
    @rule(kept=st.booleans(), data=st.data())
    def end_a_lingering_one(self, kept: bool, data: Any) -> None:
        """It commits, or it is rolled back and leaves a hole among the numbers of the queue."""
        self.end(data.draw(st.sampled_from(sorted(self.late))), kept)

    @precondition(lambda self: len(self.free()) > 1)
    @rule(process=processes, count=st.integers(1, 3), most=st.sampled_from([1, 100]))
    def overtake_a_lingering_one(self, process: int, count: int, most: int) -> None:
        slow, quick = self.free()[:2]
        self.late[slow] = self.bench.run(self.lingering(process, self.item(slow, count))), count
        self.bench.run(self.append(1 - process, quick, count))
        self.bench.run(self.lead(process, most))
        self.end(slow, kept=True)

    def end(self, stream: str, kept: bool) -> None:
        stack, count = self.late.pop(stream)
        failure = None if kept else InterruptedError("its process ended")
        self.bench.run(stack.__aexit__(type(failure) if failure else None, failure, None))
        self.committed[stream] += count if kept else 0

    @rule(process=processes, most=st.integers(1, 4))
    def sequence_some(self, process: int, most: int) -> None:
        waiting = self.waiting()
        assert self.bench.run(sequence(self.bench.dbs[process], most)) == min(most, waiting)

    def waiting(self) -> int:
        return int(self.bench.all("select count(*) as n from kernel.feed_queue")[0].n)

    @rule(
        counts=st.lists(st.integers(1, 2), min_size=5, max_size=5),
        leaders=st.lists(processes, min_size=1, max_size=3),
        most=st.integers(1, 5),
    )
    def all_at_once(self, counts: list[int], leaders: list[int], most: int) -> None:
        """Writers, hearers and rival leaders; whoever does not lead does nothing."""
        given = list(zip(OURS + HEARD, counts, strict=True))
        writes = [
            self.append(n % 2, s, count) for n, (s, count) in enumerate(given) if s in self.free()
        ]
        hears = [self.hear(0, stream, count) for stream, count in given if stream in HEARD]
        leads = [self.lead(process, most) for process in leaders]
        self.bench.together(*writes, *leads, *hears)

    async def lead(self, process: int, most: int) -> int:
        return await sequence(self.bench.dbs[process], most)

    @rule(process=processes, after=st.integers(0, 20), most=st.integers(1, 7))
    def read_a_page(self, process: int, after: int, most: int) -> None:
        page = self.bench.run(feed.read(self.bench.dbs[process], after, most))
        assert [told.seq for told in page] == list(range(after + 1, after + 1 + len(page)))
        assert places(page) == self.whole()[after : after + most]

    def whole(self) -> list[Place]:
        return places(self.bench.run(feed.read(self.bench.dbs[0], 0, 10_000)))

    @invariant()
    def the_order_grows_at_its_end_only(self) -> None:
        now = self.whole()
        assert now[: len(self.order)] == self.order
        self.order = now

    @invariant()
    def each_stream_stands_in_its_own_order(self) -> None:
        for stream in OURS + HEARD:
            versions = [version for name, version in self.order if name == stream]
            assert versions == list(range(1, len(versions) + 1))

    @invariant()
    def places_were_given_one_after_the_other(self) -> None:
        times = [r.sequenced_at for r in self.bench.all("select * from kernel.feed order by seq")]
        assert times == sorted(times)

    def teardown(self) -> None:
        """Nothing is lost: when all is quiet every kept fact has its place, and none is doubled."""
        for stack, _ in self.late.values():
            self.bench.run(stack.aclose())
        for stream, (_, count) in self.late.items():
            self.committed[stream] += count
        while any(self.bench.together(*(self.lead(process, 3) for process in (0, 1)))):
            pass
        assert self.waiting() == 0
        kept = [(s, version) for s, n in self.committed.items() for version in range(1, n + 1)]
        for db in self.bench.dbs:
            everything = self.bench.run(feed.read(db, 0, 10_000))
            assert sorted(places(everything)) == sorted(kept)
            assert places(everything)[: len(self.order)] == self.order
            assert self.bench.run(self.in_pages(db, 3)) == everything_of(everything)
            assert self.bench.run(feed.as_of(db, self.bench.run(clock.now(db)))) == len(kept)

    async def in_pages(self, db: Any, most: int) -> list[tuple[int, Place]]:
        found: list[feed.Told] = []
        while page := await feed.read(db, len(found), most):
            found += page
        return everything_of(found)


def places(page: list[feed.Told]) -> list[Place]:
    return [place for _, place in everything_of(page)]


def everything_of(page: list[feed.Told]) -> list[tuple[int, Place]]:
    return list(_numbered(page))


def _numbered(page: list[feed.Told]) -> Iterator[tuple[int, Place]]:
    for told in page:
        assert told.about is not None
        assert told.key == told.about.stream.partition("-")[2]
        yield told.seq, (told.about.stream, told.about.version)


def test_the_order_is_one_for_all(database: Callable[[], str]) -> None:
    with Bench(database(), processes=2) as bench:
        explore(lambda: SequencerMachine(bench))
