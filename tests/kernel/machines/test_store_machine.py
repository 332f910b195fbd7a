"""The store against dicts: appended once, at its place, with its claims and its clocks."""

import asyncio
import copy
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, consumes, initialize, invariant, rule
from sqlalchemy import text

from kernel.decider import Claim
from kernel.loops import Wake
from kernel.proof.chain import GENESIS
from kernel.store import (
    APPEND,
    Append,
    Claimed,
    Conflict,
    History,
    KeyReused,
    Written,
    columns,
    load,
)
from kernel.writer import Outcome, Writer
from tests.kernel.library.books import FACTS, BookBought, Fact
from tests.kernel.machines.bench import Bench, Machine, explore

pytestmark = pytest.mark.connected
START = datetime(2030, 1, 1, tzinfo=UTC)
STREAMS = ["book-1", "book-2", "book-3"]
BLOCKED = text("select 1 from pg_locks where not granted")
Told = tuple[str, int | str]
"""What a caller was told: (`appended` or `again`, version), or (the error's name, its words)."""


@dataclass
class Shelves:
    """The store as dicts: what an append does, if one comes after the other."""

    streams: dict[str, list[Append]] = field(default_factory=lambda: {s: [] for s in STREAMS})
    """The append that wrote each fact, in the order of versions."""
    commands: dict[UUID, tuple[Append, int]] = field(default_factory=dict)
    claims: dict[Claim, str] = field(default_factory=dict)
    due: dict[tuple[str, str], datetime] = field(default_factory=dict)

    def append(self, item: Append) -> Told:
        if item.command_id in self.commands:
            first, version = self.commands[item.command_id]
            same = first.digest == item.digest
            return ("again", version) if same else ("KeyReused", str(item.command_id))
        stream = self.streams[item.stream_id]
        if item.expected != len(stream):
            return "Conflict", item.stream_id
        if item.claim & (self.claims.keys() - item.free):
            return "Claimed", item.stream_id
        stream += [item] * len(item.facts)
        self.commands[item.command_id] = item, len(stream)
        self._keep_in_step(item)
        return "appended", len(stream)

    def _keep_in_step(self, item: Append) -> None:
        for claim in item.free:
            self.claims.pop(claim, None)
        for clock in item.stop:
            self.due.pop((item.stream_id, clock), None)
        self.claims |= dict.fromkeys(item.claim, item.stream_id)
        self.due |= {(item.stream_id, clock): at for clock, at in item.start.items()}

    def titles(
        self, stream: str, fits: Callable[[int, Append], bool] = lambda *_: True
    ) -> list[str]:
        told = enumerate(self.streams[stream], 1)
        return [title_of(item, version) for version, item in told if fits(version, item)]


def blank(stream: str) -> Append:
    key = stream.partition("-")[2]
    return Append(UUID(int=0), b"first wish", stream, key, expected=0, at=START, facts=())


def title_of(item: Append, version: int) -> str:
    return f"{item.command_id}/{version}"


def facts_of(item: Append, count: int) -> list[Written]:
    """Chained to nothing: here a hash is only what was stored as one."""
    written = []
    for version in range(item.expected + 1, item.expected + 1 + count):
        fact = BookBought(shelfmark="QA76", title=title_of(item, version))
        ident = UUID(int=item.command_id.int * 100 + version)
        mark = ident.bytes * 2
        written.append(Written(ident, "BookBought", 1, fact.written(), b"{}", mark))
    return written


class StoreMachine(Machine):
    commands: Bundle[Append] = Bundle("commands")

    @initialize()
    def begin(self) -> None:
        self.model = Shelves()
        self.made = 0
        self.writers = [Writer(db, Wake()) for db in self.bench.dbs]

    def item(self, stream: str, count: int, off: int) -> Append:
        """An append by somebody who saw the stream `off` facts away from its end."""
        self.made += 1
        item = replace(
            blank(stream),
            command_id=UUID(int=self.made),
            expected=max(0, len(self.model.streams[stream]) + off),
            at=START + timedelta(minutes=self.made),
        )
        return replace(item, facts=facts_of(item, count))

    def told(self, writer: int, item: Append) -> Told:
        (answer,) = self.bench.answers(self.writers[writer].append(item))
        return said(answer)

    @rule(
        target=commands,
        writer=st.integers(0, 1),
        stream=st.sampled_from(STREAMS),
        count=st.integers(1, 3),
        off=st.sampled_from([0, 0, 0, 0, -1, 1]),
        clocks=st.dictionaries(st.sampled_from("abc"), st.booleans()),
        claims=st.dictionaries(st.sampled_from("xyz"), st.booleans()),
    )
    def append(
        self,
        writer: int,
        stream: str,
        count: int,
        off: int,
        clocks: dict[str, bool],
        claims: dict[str, bool],
    ) -> Append:
        """With clocks to start (True) or to stop, and claims to take or to give back."""
        item = self.item(stream, count, off)
        ours = {c for c, holder in self.model.claims.items() if holder == stream}
        named = {Claim("shelfmark", value): take for value, take in claims.items()}
        item = replace(
            item,
            start={clock: item.at for clock, start in clocks.items() if start},
            stop=[clock for clock, start in clocks.items() if not start],
            claim=frozenset(c for c, take in named.items() if take and c not in ours),
            free=frozenset(c for c, take in named.items() if not take and c in ours),
        )
        assert self.told(writer, item) == self.model.append(item)
        return item

    @rule(item=commands, writer=st.integers(0, 1), same=st.booleans())
    def come_again(self, item: Append, writer: int, same: bool) -> None:
        """The answer was lost, so the same command comes again; or its id with another wish."""
        again = item if same else replace(item, digest=b"another wish")
        assert self.told(writer, again) == self.model.append(again)

    @rule(
        target=commands,
        wishes=st.lists(
            st.tuples(st.integers(0, 1), st.sampled_from(STREAMS)), min_size=2, max_size=4
        ),
        claim=st.booleans(),
        doubled=st.booleans(),
    )
    def come_together(self, wishes: list[tuple[int, str]], claim: bool, doubled: bool) -> Append:
        """Whatever they are told is explained by some order of one after the other."""
        taken = frozenset({Claim("code", f"of {self.made}")} if claim else ())
        items = [replace(self.item(stream, 1, 0), claim=taken) for _, stream in wishes]
        if doubled:
            items[-1] = items[0]
        calls = [self.writers[w].append(item) for (w, _), item in zip(wishes, items, strict=True)]
        answers = [said(answer) for answer in self.bench.answers(*calls)]
        assert "appended" in dict(answers)
        self.model = explained(self.model, items, answers)
        return items[0]

    @rule(stream=st.sampled_from(STREAMS), upto=st.integers(0, 12))
    def read_as_of_a_version(self, stream: str, upto: int) -> None:
        found = self.load(stream, upto=upto)
        assert titles(found) == self.model.titles(stream, lambda version, _: version <= upto)

    @rule(stream=st.sampled_from(STREAMS), minutes=st.integers(0, 40))
    def read_as_of_an_instant(self, stream: str, minutes: int) -> None:
        until = START + timedelta(minutes=minutes)
        found = self.load(stream, until=until)
        assert titles(found) == self.model.titles(stream, lambda _, item: item.at <= until)

    @rule(item=consumes(commands))
    def read_with_the_command(self, item: Append) -> None:
        """What `handle` answers from before it decides."""
        found = self.load(item.stream_id, command=item.command_id)
        first = self.model.commands.get(item.command_id)
        assert (found.done, found.digest) == ((first[1], first[0].digest) if first else (None, b""))

    def load(self, stream: str, **how: Any) -> History[Fact]:
        return self.bench.run(load(self.bench.dbs[0], FACTS, stream, **how))

    @invariant()
    def every_stream_is_the_list(self) -> None:
        loads = [load(self.bench.dbs[0], FACTS, stream) for stream in STREAMS]
        for stream, found in zip(STREAMS, self.bench.together(*loads), strict=True):
            items = self.model.streams[stream]
            assert titles(found) == self.model.titles(stream)
            assert found.version == len(items)
            assert found.hash == (items[-1].facts[-1].hash if items else GENESIS)

    @invariant()
    def claims_and_clocks_are_the_dicts(self) -> None:
        claims = self.bench.all("select kind, value, stream_id from kernel.claims")
        assert {Claim(r.kind, r.value): r.stream_id for r in claims} == self.model.claims
        due = self.bench.all("select stream_id, clock, at from kernel.due")
        assert {(r.stream_id, r.clock): r.at for r in due} == self.model.due

    @invariant()
    def every_fact_waits_for_its_place_once(self) -> None:
        queued = self.bench.all(
            "select key, stream_id, version from kernel.feed_queue order by pos"
        )
        for stream in STREAMS:
            mine = [(row.key, row.version) for row in queued if row.stream_id == stream]
            key, count = stream.partition("-")[2], len(self.model.streams[stream])
            assert mine == [(key, version) for version in range(1, count + 1)]


def titles(found: History[Fact]) -> list[str]:
    return [fact.title for fact in found.facts if isinstance(fact, BookBought)]


def said(answer: Outcome | BaseException) -> Told:
    if isinstance(answer, Conflict | Claimed | KeyReused):
        return type(answer).__name__, str(answer)
    if isinstance(answer, BaseException):
        raise answer
    return "again" if answer.again else "appended", answer.version


def explained(before: Shelves, items: Sequence[Append], answers: Sequence[Told]) -> Shelves:
    """The dicts after an order that gives these answers. Who was told Conflict did nothing: he
    reads again, and need not know what he met."""
    for order in itertools.permutations(zip(items, answers, strict=True)):
        model = copy.deepcopy(before)
        if all(told[0] == "Conflict" or model.append(item) == told for item, told in order):
            return model
    raise AssertionError(f"no order explains {answers}")


def test_who_is_second_at_a_stream_is_not_told_that_its_claim_is_taken(
    database: Callable[[], str],
) -> None:
    """It is the same stream's claim: having read again, it finds what it wished already so."""
    with Bench(database(), processes=2) as bench:
        bench.wipe()
        wanted = replace(blank("book-1"), claim=frozenset({Claim("shelfmark", "QA76")}))
        first, second = (replace(wanted, command_id=UUID(int=n)) for n in (1, 2))
        rivals = [replace(item, facts=facts_of(item, 1)) for item in (first, second)]
        (answer,) = bench.answers(beaten(bench, *rivals))
        assert isinstance(answer, Conflict)


async def beaten(bench: Bench, first: Append, second: Append) -> Outcome:
    """The second append begins while the first is under way, and ends after it."""
    async with bench.dbs[0].begin() as conn:
        await conn.execute(APPEND, columns([first]))
        late = asyncio.create_task(Writer(bench.dbs[1], Wake()).append(second))
        while not await bench.dbs[1].all(BLOCKED):  # noqa: ASYNC110 - the server makes no sound
            await asyncio.sleep(0.01)
    return await late


def test_the_store_is_as_good_as_its_dicts(database: Callable[[], str]) -> None:
    with Bench(database(), processes=2) as bench:
        explore(lambda: StoreMachine(bench))
