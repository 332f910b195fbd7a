"""The history checker: reads every store when all is quiet and says what is wrong, by name.

0 lost, 0 out of order, 0 done twice: each promise of the kernel is one function here.
"""

from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text

from kernel import feed
from kernel.database import Database
from kernel.envelope import from_headers
from kernel.proof.chain import GENESIS, link
from kernel.read.consumers import Showing
from kernel.read.fold import fold, rows_of, touched
from kernel.read.projection import Projection
from kernel.read.reader import Reader

EVENTS = text("select * from kernel.events order by stream_id, version")
FEED = text("select * from kernel.feed order by seq")
JOURNAL = text("select * from kernel.journal order by id")
COMMANDS = text("select command_id, stream_id, version from kernel.commands")
LEFT = text("select count(*) as n from kernel.feed_queue")
PARKED = text("select consumer, seq, state, error from kernel.parked order by 1, 2")
CAUSES = text("""
select convert_from(meta, 'utf8')::json ->> 'cause' as cause, stream_id, type from kernel.events
""")


@dataclass(frozen=True)
class Acked:
    """What a caller was told: this command made this stream reach this version."""

    command: UUID
    stream: str
    version: int


async def check_store(db: Database, acked: Iterable[Acked] = ()) -> list[str]:
    """What a store promises on its own."""
    events, order = await db.all(EVENTS), await db.all(FEED)
    journal = await db.all(JOURNAL)
    wrong = [*chain(events), *contiguous(order), *once(events, order, journal), *in_order(order)]
    commands = {r.command_id: (r.stream_id, r.version) for r in await db.all(COMMANDS)}
    wrong += [f"lost: {a}" for a in acked if commands.get(a.command) != (a.stream, a.version)]
    left = (await db.one(LEFT)).n
    return wrong + ([f"{left} facts have no place"] if left else [])


def chain(events: Sequence[Any]) -> Iterable[str]:
    version, tip, stream = 0, GENESIS, None
    for e in events:
        if e.stream_id != stream:
            version, tip, stream = 0, GENESIS, e.stream_id
        if e.version != version + 1:
            yield f"hole: {stream} goes from {version} to {e.version}"
        if link(tip, e.meta, e.data) != e.hash:
            yield f"chain: {stream} {e.version}"
        version, tip = e.version, e.hash


def contiguous(order: Sequence[Any]) -> Iterable[str]:
    seqs = [row.seq for row in order]
    if seqs != list(range(1, len(seqs) + 1)):
        yield "the order has holes or doubles"


def once(events: Sequence[Any], order: Sequence[Any], journal: Sequence[Any]) -> Iterable[str]:
    """Every fact of ours, and every one heard in its turn, stands in the order exactly once."""
    placed = Counter((r.stream_id, r.version) for r in order if r.journal_id is None)
    heard = Counter(r.journal_id for r in order if r.journal_id is not None)
    for key, n in (Counter((e.stream_id, e.version) for e in events) - placed).items():
        yield f"no place: {key} x{n}"
    for key, n in (placed - Counter((e.stream_id, e.version) for e in events)).items():
        yield f"placed twice: {key} x{n}"
    turn = Counter(row.id for row in journal if not row.waits)
    yield from (f"journal row {key} placed wrongly" for key in (turn - heard) + (heard - turn))


def in_order(order: Sequence[Any]) -> Iterable[str]:
    last: dict[tuple[bool, str], int] = defaultdict(int)
    for row in order:
        stream = (row.journal_id is None, row.stream_id)
        if row.stream_id is not None and row.version <= last[stream]:
            yield f"order: {row.stream_id} {row.version} after {last[stream]}"
        last[stream] = row.version or 0


async def check_heard(
    teller: Database, hearer: Database, topic_prefixes: Sequence[str]
) -> list[str]:
    """Whoever hears a topic has in the end each of its facts, once, byte for byte."""
    told = {
        (e.stream_id, e.version): (e.data, e.meta, e.hash)
        for e in await teller.all(EVENTS)
        if e.stream_id.partition("-")[0] in topic_prefixes
    }
    rows = [
        r
        for r in await hearer.all(JOURNAL)
        if r.stream_id and r.stream_id.partition("-")[0] in topic_prefixes
    ]
    heard = {(r.stream_id, r.version): (r.data, r.meta, r.hash) for r in rows}
    wrong = [f"not heard: {key}" for key in told.keys() - heard.keys()]
    wrong += [f"heard and not told: {key}" for key in heard.keys() - told.keys()]
    wrong += [f"changed on the way: {k}" for k in told.keys() & heard.keys() if told[k] != heard[k]]
    twice = Counter((r.stream_id, r.version) for r in rows)
    return wrong + [f"journaled twice: {key}" for key, n in twice.items() if n > 1]


def check_told(headers: Iterable[Sequence[tuple[str, bytes]]]) -> list[str]:
    """On the wire a stream's versions are contiguous, and first seen in their order."""
    last: dict[str, int] = defaultdict(int)
    wrong = []
    for one in headers:
        envelope, _ = from_headers(one)
        if envelope.version == last[envelope.stream] + 1:
            last[envelope.stream] += 1
        elif envelope.version > last[envelope.stream]:
            wrong.append(
                f"wire: {envelope.stream} {envelope.version} after {last[envelope.stream]}"
            )
    return wrong


async def check_projection(db: Database, projection: Projection[Any]) -> list[str]:
    """The read model is the fold of the whole local order, to the last field."""
    fresh: dict[str, Any] = {}
    async for batch in _batches(db, projection):
        fresh |= {key: fresh.get(key) for key in touched(projection, batch)}
        fold(projection, fresh, batch)
    expected = {key: row for key, row in fresh.items() if row is not None}
    every = text(f"select {projection.key} from read.{projection.name}")  # noqa: S608
    async with db.begin() as conn:
        keys = [row[0] for row in await conn.execute(every)]
        found = await rows_of(conn, projection, projection.table, keys)
    return [
        f"{projection.name} {key}: {found.get(key)} is not {expected.get(key)}"
        for key in found.keys() | expected.keys()
        if found.get(key) != expected.get(key)
    ]


async def _batches(db: Database, projection: Projection[Any]) -> AsyncIterator[list[Any]]:
    reader = Reader(db, [Showing(projection)])
    at = 0
    while told := await feed.read(db, at, 1_000):
        at = told[-1].seq
        yield [heard for heard in map(reader.read, told) if heard.told.type in projection.kinds]


async def check_effects(db: Database, caused: set[str]) -> list[str]:
    """A reaction's command ran once: no fact of `caused` kinds twice for one cause and stream."""
    rows = [r for r in await db.all(CAUSES) if r.type in caused]
    twice = Counter((r.cause, r.stream_id, r.type) for r in rows)
    return [f"done twice: {key}" for key, n in twice.items() if n > 1]


async def parked(db: Database) -> list[str]:
    return [f"parked: {tuple(row)}" for row in await db.all(PARKED)]
