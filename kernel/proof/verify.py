"""Reads a whole store, or one stream, and names the first place that is not as it was written."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Row, text

from kernel.database import Database
from kernel.envelope import ENVELOPE
from kernel.feed import place
from kernel.proof.chain import GENESIS, link
from kernel.proof.heads import HEADS, LEAVES, Damaged, Head, grow
from kernel.proof.heads import PAGE as LEAVES_PAGE
from kernel.proof.merkle import EMPTY, Frontier

PAGE = 500
COLUMNS = ("source", "stream", "version", "id", "type", "schema_ver", "at", "key")

# One statement looks in both the order and its queue: the sequencer may be moving facts meanwhile.
OWN = """
with page as (
  select * from kernel.events where (stream_id, version) > (:stream, :version) {only}
   order by stream_id, version limit :most
), places as (
  select stream_id, version, count(*) as places, min(place) as place, min(key) as key
    from (select stream_id, version, f.seq as place, f.key
            from page join kernel.feed f using (stream_id, version) where journal_id is null
          union all
          select stream_id, version, q.pos + (1::bigint << 62), q.key
            from page join kernel.feed_queue q using (stream_id, version) where journal_id is null) p
   group by stream_id, version
)
select i.source, stream_id as stream, 0 as epoch, version, event_id as id, type, schema_ver, at, key,
       data, meta, hash, coalesce(places, 0) as places, place
  from page left join places using (stream_id, version) left join kernel.identity i on true
 order by stream_id, version
"""
# After a restore of its source a version may be there twice: one of those before it must fit.
HEARD = """
with page as (
  select * from kernel.journal where hash is not null {only}
     and (source, stream_id, epoch, version) > (:source, :stream, :epoch, :version)
   order by source, stream_id, epoch, version limit :most
)
select source, stream_id as stream, epoch, version, event_id as id, type, schema_ver, at, key,
       coalesce(data, '') as data, meta, hash, waits,
       (select array_agg(b.hash) from kernel.journal b
         where (b.source, b.stream_id, b.version) = (p.source, p.stream_id, p.version - 1)) as before
  from page p order by source, stream_id, epoch, version
"""


@dataclass(frozen=True, slots=True)
class Verdict:
    ok: bool
    checked_facts: int
    first_bad: str | None = None
    """Such as `stream book-1 version 3`, `seq 17` or `head 1000`."""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Tip:
    stream: str = ""
    version: int = 0
    hash: bytes = GENESIS
    place: int = 0


async def verify(
    db: Database,
    public_key: Ed25519PublicKey,
    *,
    stream_id: str | None = None,
    witnessed: Sequence[Head] = (),
) -> Verdict:
    """May run beside a service at work. Of one stream it reads the chain alone, not the tree.

    A tail that was cut off together with its heads, or a history that was written anew by who
    holds the signing key, is seen only by heads that others keep: `witnessed`.
    """
    checked = 0
    try:
        for facts in (_own(db, stream_id), _heard(db, stream_id)):
            async for _ in facts:
                checked += 1
        if stream_id is None:
            await _order(db, public_key, witnessed)
    except Damaged as damage:
        return Verdict(False, checked, damage.where, damage.why)
    return Verdict(True, checked)


async def _rows(db: Database, sql: str, only: str | None) -> AsyncIterator[Row[Any]]:
    """Each page is a statement of its own: one long snapshot would slow the sequencer down."""
    statement = text(sql.format(only="and stream_id = :only" if only else ""))
    at: dict[str, object] = {"source": "", "stream": "", "epoch": 0, "version": 0}
    while rows := await db.all(statement, **at, only=only, most=PAGE):
        for row in rows:
            yield row
        at = {name: getattr(rows[-1], name) for name in at}


async def _own(db: Database, only: str | None) -> AsyncIterator[None]:
    tip = Tip()
    async for row in _rows(db, OWN, only):
        tip = _follow(tip if row.stream == tip.stream else Tip(row.stream), row)
        yield
    if only and await place(db, only, tip.version + 1):
        raise Damaged(f"stream {only} version {tip.version + 1}", "is missing")


def _follow(tip: Tip, row: Row[Any]) -> Tip:
    where = f"stream {row.stream} version {tip.version + 1}"
    if row.version != tip.version + 1:
        raise Damaged(where, "is missing")
    _check(where, row, [tip.hash])
    if row.places != 1:
        raise Damaged(where, f"has {row.places} places in the order")
    _agree(where, row, COLUMNS)
    if row.place <= tip.place:
        raise Damaged(where, "has its place before its predecessor")
    return Tip(row.stream, row.version, row.hash, row.place)


async def _heard(db: Database, only: str | None) -> AsyncIterator[None]:
    async for row in _rows(db, HEARD, only):
        where = f"stream {row.stream} of {row.source} version "
        before = [GENESIS] if row.version == 1 else row.before
        if before:
            _check(f"{where}{row.version}", row, before)
        elif not row.waits:
            raise Damaged(f"{where}{row.version - 1}", "is missing")
        _agree(f"{where}{row.version}", row, (*COLUMNS, "epoch"))
        yield


def _check(where: str, row: Row[Any], before: Sequence[bytes]) -> None:
    if all(link(prev, row.meta, row.data) != row.hash for prev in before):
        raise Damaged(where, "does not give its hash")


def _agree(where: str, row: Row[Any], columns: Sequence[str]) -> None:
    try:
        envelope = ENVELOPE.validate_json(row.meta)
    except ValueError:
        raise Damaged(where, "has an envelope that cannot be read") from None
    for name in columns:
        if getattr(envelope, name) != getattr(row, name):
            raise Damaged(where, f"has another {name} in its envelope")


async def _order(db: Database, key: Ed25519PublicKey, witnessed: Sequence[Head]) -> None:
    tree, last, more = Frontier(), None, True
    while more:
        # Heads first: what is read next then holds all the facts that they count.
        own = {row.size: Head(*row) for row in await db.all(HEADS, after=tree.size, most=PAGE)}
        rows = await db.all(LEAVES, after=tree.size, most=PAGE)
        for row in rows:
            tree = grow(tree, row)
            if head := own.pop(tree.size, None):
                _stands(head, tree, key, "")
                _continues(head, last)
                last = head
            for kept in (head for head in witnessed if head.size == tree.size):
                _stands(kept, tree, key, " that others keep")
        more = len(rows) == PAGE
    if beyond := [*own, *(head.size for head in witnessed if head.size > tree.size)]:
        raise Damaged(f"head {min(beyond)}", f"counts more facts than the order holds: {tree.size}")


def _stands(head: Head, tree: Frontier, key: Ed25519PublicKey, whose: str) -> None:
    if not head.is_signed_by(key):
        raise Damaged(f"head {head.size}", f"has no valid signature{whose}")
