"""What happened in one matter, in all services: its facts as the journal holds them, and gaps."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from contracts.permission import Role
from kernel.database import Database
from kernel.envelope import ENVELOPE, Envelope
from kernel.event import Event, TooNew, read_fact
from kernel.feed import read_at
from kernel.proof.chain import GENESIS, link
from services.audit.domain.promised import promised

MOST = 2_000
MOST_BETWEEN = 3
"""Facts that their service keeps for itself, between a cause and its effect."""

# Who was put back to a backup told some versions twice: what counts is told by the later one.
STEPS = text("""
with recursive followed(source, stream) as (
  values ('intake', 'issue-' || cast(:issue as text)), ('routing', 'case-' || cast(:issue as text))
  union select l.source, l.stream from followed f join read.link l on l.of = f.stream
)
select j.source, j.stream_id, j.version, j.type, j.schema_ver, j.data, j.meta, j.hash, j.waits
  from followed f join kernel.journal j on (j.source, j.stream_id) = (f.source, f.stream)
 where not exists (
   select from kernel.journal later where (later.source, later.stream_id) = (f.source, f.stream)
      and later.epoch > j.epoch and later.version <= j.version)
 order by j.stream_id, j.version limit :most
""")
MADE_BY = text("select event_id, meta from kernel.journal where event_id = any(:asked)")
PARKED = text("""
select distinct on (seq) seq, state, since, error from kernel.parked
 where key = any(:keys) and state <> 'behind' order by seq, state
""")


@dataclass(frozen=True, slots=True)
class Step:
    """One fact; `fact` is None where it is private to its service, or newer than this program.

    `chained`: its hash follows from the one before it; None while that one is missing.
    """

    envelope: Envelope
    fact: Event | None
    waits: bool
    chained: bool | None

    @property
    def id(self) -> str:
        return str(self.envelope.id)


@dataclass(frozen=True, slots=True)
class Gap:
    """Versions of a stream that did not come, before one that did."""

    first: int
    last: int
    before: Step

    @property
    def id(self) -> str:
        return f"{self.before.envelope.stream}:{self.first}"


@dataclass(frozen=True, slots=True)
class Parked:
    """A fact that came and could not be taken here."""

    type: str
    version: int
    state: str
    since: datetime
    error: str


async def steps(db: Database, issue_id: str) -> list[Step]:
    """Stream by stream, each in its order."""
    rows = await db.all(STEPS, issue=issue_id, most=MOST)
    streams = groupby(rows, key=lambda row: (row.source, row.stream_id))
    return [step for _, of_one in streams for step in _of_stream(of_one)]


def _of_stream(rows: Iterable[Row[Any]]) -> Iterator[Step]:
    version, tip = 0, GENESIS
    for row in rows:
        follows = row.version == version + 1
        chained = row.hash == link(tip, row.meta, row.data) if follows else None
        fact = _read(row.type, row.schema_ver, row.data)
        yield Step(ENVELOPE.validate_json(row.meta), fact, row.waits, chained)
        version, tip = row.version, row.hash


def _read(name: str, version: int, data: bytes) -> Event | None:
    kind = promised().get(name)
    try:
        return read_fact(kind, version, data) if kind else None
    except (TooNew, ValueError):  # it is listed all the same, by its name
        return None


async def between(db: Database, found: Iterable[Step]) -> dict[str, str]:
    """Fact → what made it, for facts of no matter through which one led to another: whom to tell
    is such a fact, and nobody's history shows it."""
    known = {step.envelope.id: step for step in found}
    made: dict[UUID, UUID] = {}
    asked = {s.envelope.cause for s in known.values() if s.envelope.actor.role == Role.SERVICE}
    for _ in range(MOST_BETWEEN):
        asked -= known.keys() | made.keys()
        rows = await db.all(MADE_BY, asked=list(asked)) if asked else []
        made |= {row.event_id: ENVELOPE.validate_json(row.meta).cause for row in rows}
        asked = set(made.values())
    return {str(fact): str(cause) for fact, cause in made.items()}


def with_gaps(found: Sequence[Step]) -> list[Step | Gap]:
    """Each gap before the first fact that came after it."""
    whole: list[Step | Gap] = []
    last: dict[str, int] = {}
    for step in found:
        told = step.envelope
        expected = last.get(told.stream, 0) + 1
        if told.version > expected:
            whole.append(Gap(expected, told.version - 1, step))
        whole.append(step)
        last[told.stream] = told.version
    return whole


async def parked(db: Database, keys: Iterable[str]) -> list[Parked]:
    """What waits for a person, an upgrade or another try; what stands behind it is not named."""
    rows = {row.seq: row for row in await db.all(PARKED, keys=sorted(set(keys)))}
    told = await read_at(db, sorted(rows)) if rows else []
    return [_parked(rows[one.seq], one.type, one.schema_ver) for one in told]


def _parked(row: Row[Any], kind: str | None, version: int) -> Parked:
    return Parked(kind or "", version, row.state, row.since, row.error)
