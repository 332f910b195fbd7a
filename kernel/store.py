"""Facts in, facts out: one statement to append, one to load."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Generic, NamedTuple, TypeVar
from uuid import UUID

import orjson
from sqlalchemy import Row, text

from kernel.database import Database, spread
from kernel.decider import Actor, Claim
from kernel.event import Event, Kinds
from kernel.proof.chain import GENESIS

E = TypeVar("E", bound=Event)
FOR_EVER = 2**31 - 1
END_OF_TIME = datetime(9999, 1, 1, tzinfo=UTC)
NO_COMMAND = UUID(int=0)
MOST_BYTES = 512 * 1024
"""Of one fact. Refused here, because one record too large would stop its partition for ever."""

LOAD = text("""
select null::int as version, null as type, null::smallint as schema_ver, null::bytea as data,
       null::bytea as hash, c.version as done, c.digest, kernel.now() as now,
       (select epoch from kernel.identity) as epoch
  from (select 1) one left join kernel.commands c on c.command_id = :command
union all
select version, type, schema_ver, data, hash, null, null, null, null
  from kernel.events where stream_id = :stream and version <= :upto and at <= :until
order by version nulls first
""")

APPEND = text("""
with item as (
  select * from unnest(cast(:commands as uuid[]), cast(:digests as bytea[]),
      cast(:streams as text[]),
                       cast(:expected as int[]), cast(:counts as int[]),
                           cast(:ats as timestamptz[]))
             as i(command_id, digest, stream_id, expected, n, at)
), prior as (  -- lateral: a plan made while the table was empty would scan it for ever
  select c.command_id, c.version, c.digest
    from item cross join lateral (select command_id, version, digest from kernel.commands k
                                   where k.command_id = item.command_id limit 1) c
), head as (
  select i.command_id, coalesce(h.version, 0) as version
    from item i left join lateral (select version from kernel.events e
        where e.stream_id = i.stream_id
                                    order by version desc limit 1) h on true
), cmd as (
  insert into kernel.commands (command_id, digest, stream_id, version, at)
  select command_id, digest, stream_id, expected + n, at from item join head using (command_id)
   where head.version = expected and not exists (select from prior p
       where p.command_id = item.command_id)
   order by stream_id
  on conflict do nothing returning command_id, version
), ev as (
  insert into kernel.events (stream_id, version, event_id, type, schema_ver, data, meta, at, hash)
  select e.stream_id, e.version, event_id, type, schema_ver, data, meta, e.at, hash
    from unnest(cast(:ev_commands as uuid[]), cast(:ev_streams as text[]), cast(:versions as int[]),
                cast(:ids as uuid[]), cast(:types as text[]), cast(:vers as smallint[]),
                    cast(:datas as bytea[]),
                cast(:metas as bytea[]), cast(:ev_ats as timestamptz[]), cast(:hashes as bytea[]))
          as e(command_id, stream_id, version, event_id, type, schema_ver, data, meta, at, hash)
    join cmd using (command_id)
   order by e.stream_id, e.version
  returning stream_id, version
), queued as (
  insert into kernel.feed_queue (key, stream_id, version)
  select k.key, ev.stream_id, ev.version
    from ev join unnest(cast(:streams as text[]), cast(:keys as text[])) as k(stream_id,
        key) using (stream_id)
   order by ev.stream_id, ev.version
), free as (
  delete from kernel.claims c using unnest(cast(:free_commands as uuid[]),
      cast(:free_kinds as text[]), cast(:free_values as text[]),
      cast(:free_streams as text[])) as f(command_id, kind, value, stream_id), cmd
   where f.command_id = cmd.command_id
     and (c.kind, c.value, c.stream_id) = (f.kind, f.value, f.stream_id)
), claimed as (
  insert into kernel.claims (kind, value, stream_id)
  select kind, value, stream_id
    from unnest(cast(:claim_commands as uuid[]), cast(:claim_kinds as text[]),
        cast(:claim_values as text[]),
                cast(:claim_streams as text[]), cast(:claim_news as boolean[]))
             as c(command_id, kind, value, stream_id, is_new)
    join cmd using (command_id)
   where is_new or not exists (select from kernel.claims h where (h.kind, h.value) = (c.kind,
       c.value))  -- what it held before, an older program may not have claimed
   order by kind, value
), stopped as (
  delete from kernel.due d using unnest(cast(:stop_commands as uuid[]),
      cast(:stop_streams as text[]),
      cast(:stop_clocks as text[])) as s(command_id, stream_id, clock), cmd
   where s.command_id = cmd.command_id and (d.stream_id, d.clock) = (s.stream_id, s.clock)
), started as (
  insert into kernel.due (stream_id, clock, at)
  select stream_id, clock, s.at
    from unnest(cast(:due_commands as uuid[]), cast(:due_streams as text[]),
        cast(:due_clocks as text[]),
                cast(:due_ats as timestamptz[])) as s(command_id, stream_id, clock, at)
    join cmd using (command_id) order by stream_id, clock
  on conflict (stream_id, clock) do update set at = excluded.at, tries = 0, rung = false,
      held_until = '-infinity', error = null where due.at <> excluded.at
)
select item.command_id, cmd.version as appended, prior.version as prior, prior.digest
  from item left join cmd using (command_id) left join prior using (command_id)
""")


HELD = text("""
select 1 from kernel.claims where stream_id <> :stream
   and (kind, value) in (select * from unnest(cast(:kinds as text[]), cast(:values as text[])))
""")


class Conflict(Exception):
    """Somebody wrote this stream since we read it: read and decide again."""


class Claimed(Exception):
    """Another stream holds that value."""


class KeyReused(Exception):
    """The same command id came with another wish (422)."""


@dataclass(frozen=True, slots=True)
class History(Generic[E]):
    facts: Sequence[E]
    version: int
    hash: bytes
    now: datetime
    """The store's clock at the moment of reading."""
    epoch: int
    """Of the store, at that moment too: another process may have raised it."""
    done: int | None = None
    """The version that this very command reached when it was first carried out."""
    digest: bytes = b""


class Written(NamedTuple):
    """One fact, ready to be stored."""

    id: UUID
    type: str
    schema_ver: int
    data: bytes
    meta: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class Append:
    """All that one command writes, in one piece."""

    command_id: UUID
    digest: bytes
    stream_id: str
    key: str
    expected: int
    at: datetime
    facts: Sequence[Written]
    start: Mapping[str, datetime] = field(default_factory=dict)
    """All clocks that run from now on; those that run already stay as they are."""
    stop: Sequence[str] = ()
    claim: frozenset[Claim] = frozenset()
    keep: frozenset[Claim] = frozenset()
    """What it held before and holds on."""
    free: frozenset[Claim] = frozenset()


async def load(
    db: Database,
    kinds: Kinds[E],
    stream_id: str,
    *,
    command: UUID = NO_COMMAND,
    upto: int = FOR_EVER,
    until: datetime = END_OF_TIME,
) -> History[E]:
    """The stream as it is, as it was at a version, or as it was at an instant."""
    rows = await db.all(LOAD, stream=stream_id, command=command, upto=upto, until=until)
    first, told = rows[0], rows[1:]
    facts = [kinds.read(r.type, r.schema_ver, r.data) for r in told]
    version, tip = (told[-1].version, told[-1].hash) if told else (0, GENESIS)
    mark = first.digest or b""
    return History(facts, version, tip, first.now, first.epoch, first.done, mark)


async def append(db: Database, items: Sequence[Append]) -> dict[UUID, Row[Any]]:
    """One statement, whether one command or many; at most one of a stream and of a command id. Each
    row says what became of its command: `appended`, or carried out before as `prior`."""
    return {row.command_id: row for row in await db.all(APPEND, **columns(items))}


async def held_by_another(db: Database, item: Append) -> bool:
    """Whether a value that it claims is another stream's: else somebody wrote its own stream."""
    wanted = spread("kinds values", [(c.kind, c.value) for c in item.claim])
    return bool(await db.all(HELD, stream=item.stream_id, **wanted))


def columns(items: Sequence[Append]) -> dict[str, list[Any]]:
    return {
        **spread(
            "commands digests streams keys expected counts ats",
            [
                (i.command_id, i.digest, i.stream_id, i.key, i.expected, len(i.facts), i.at)
                for i in items
            ],
        ),
        **spread(
            "ev_commands ev_streams ev_ats versions ids types vers datas metas hashes",
            [
                (i.command_id, i.stream_id, i.at, n, *fact)
                for i in items
                for n, fact in enumerate(i.facts, i.expected + 1)
            ],
        ),
        **_clocks(items),
        **_claims(items),
    }


def _clocks(items: Sequence[Append]) -> dict[str, list[Any]]:
    start = [(i.command_id, i.stream_id, *clock) for i in items for clock in i.start.items()]
    stop = [(i.command_id, i.stream_id, clock) for i in items for clock in i.stop]
    return {
        **spread("due_commands due_streams due_clocks due_ats", start),
        **spread("stop_commands stop_streams stop_clocks", stop),
    }


def _claims(items: Sequence[Append]) -> dict[str, list[Any]]:
    held = [(i, c, False) for i in items for c in i.keep]
    claim = [
        (i.command_id, i.stream_id, c.kind, c.value, is_new)
        for i, c, is_new in [*((i, c, True) for i in items for c in i.claim), *held]
    ]
    free = [(i.command_id, c.kind, c.value, i.stream_id) for i in items for c in i.free]
    return {
        **spread("claim_commands claim_streams claim_kinds claim_values claim_news", claim),
        **spread("free_commands free_kinds free_values free_streams", free),
    }


def digest(secret: bytes, stream_id: str, by: Actor, wish: object) -> bytes:
    """Keyed, for a wish may hold what must not be guessed from its hash."""
    said = orjson.dumps([stream_id, by.id, type(wish).__name__, wish], default=str)
    return hmac.new(secret, said, hashlib.sha256).digest()
