"""Reads a whole store, or one stream, and names the first place that is not as it was written."""

from collections.abc import AsyncIterator, Sequence
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey as Key
from sqlalchemy import Row, text

from kernel.database import Database
from kernel.envelope import ENVELOPE
from kernel.feed import place, read_at
from kernel.proof.chain import GENESIS, link
from kernel.proof.heads import HEADS, LEAVES, Damaged, Head, grow, must
from kernel.proof.merkle import EMPTY, Frontier

PAGE = 500
NAMES = ("source", "stream", "version", "id", "type", "schema_ver", "at", "key")

# One statement looks at the order and its queue: the sequencer may be moving facts meanwhile.
OWN = """
with page as (
  select * from kernel.events where (stream_id, version) > (:stream, :version) {only}
   order by stream_id, version limit :most), places as (
  select stream_id, version, count(*) as places, min(place) as place, min(key) as key from (
    select stream_id, version, seq as place, key
      from page join kernel.feed using (stream_id, version) where journal_id is null
    union all select stream_id, version, null, key
      from page join kernel.feed_queue using (stream_id, version) where journal_id is null) p
   group by stream_id, version)
select source, stream_id as stream, 0 as epoch, version, event_id as id, type, schema_ver, at, key,
       data, meta, hash, coalesce(places, 0) as places, place
  from page left join places using (stream_id, version) left join kernel.identity on true
 order by stream_id, version
"""
# Once its source was put back, a version may be here twice: one of those before it must fit.
HEARD = """
with page as (
  select * from kernel.journal where (source, stream_id, epoch, version, meta, hash) is not null
     and (source, stream_id, epoch, version) > (:source, :stream, :epoch, :version) {only}
   order by source, stream_id, epoch, version limit :most)
select source, stream_id as stream, epoch, version, event_id as id, type, schema_ver, at, key,
       coalesce(data, '') as data, meta, hash, waits, (select array_agg(b.hash)
          from kernel.journal b where b.source = p.source and b.stream_id = p.stream_id
           and b.version = p.version - 1) as before
  from page p order by source, stream_id, epoch, version
"""


class Verdict(NamedTuple):
    ok: bool
    checked_facts: int
    first_bad: str | None = None  # such as "stream book-1 version 3", "seq 17" or "head 1000"
    why: str = ""


async def verify(
    db: Database, public_key: Key, *, stream_id: str | None = None, witnessed: Sequence[Head] = ()
) -> Verdict:
    """May run beside a service at work. Of one stream only the chain is read, not the tree.

    Who cuts off a tail with its heads, or holds the signing key, is caught by `witnessed` alone.
    """
    checked = 0
    try:
        for facts in (_own(db, stream_id), _heard(db, stream_id)):
            async for _ in facts:
                checked += 1
        if stream_id is None:
            await _order(db, public_key, witnessed)
    except Damaged as damage:
        return Verdict(False, checked, *damage.args)
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
    last: Row[Any] | None = None
    async for row in _rows(db, OWN, only):
        last = _follows(last, row)
        yield
    due = last.version + 1 if last else 1
    seq = await place(db, only, due) if only else None
    must(not seq or bool(await read_at(db, [seq])), f"stream {only} version {due}", "is missing")


def _follows(last: Any, row: Row[Any]) -> Row[Any]:
    begun = last is not None and last.stream == row.stream
    due, tip, after = (last.version + 1, last.hash, last.place) if begun else (1, GENESIS, None)
    where = f"stream {row.stream} version {due}"
    must(row.version == due, where, "is missing")
    must(link(tip, row.meta, row.data) == row.hash, where, "does not give its hash")
    must(row.places == 1, where, f"has {row.places} places in the order")
    must(row.place is None or row.place > (after or 0), where, "stands before its predecessor")
    _agrees(where, row, NAMES)
    return row


async def _heard(db: Database, only: str | None) -> AsyncIterator[None]:
    async for row in _rows(db, HEARD, only):
        where = f"stream {row.stream} of {row.source} version "
        tips = [GENESIS] if row.version == 1 else row.before or []
        must(bool(tips) or row.waits, f"{where}{row.version - 1}", "is missing")
        fits = not tips or any(link(tip, row.meta, row.data) == row.hash for tip in tips)
        must(fits, f"{where}{row.version}", "does not give its hash")
        _agrees(f"{where}{row.version}", row, (*NAMES, "epoch"))
        yield


def _agrees(where: str, row: Row[Any], names: Sequence[str]) -> None:
    try:
        envelope = ENVELOPE.validate_json(row.meta)
    except ValueError:
        raise Damaged(where, "has no readable envelope") from None
    for name in names:
        must(getattr(envelope, name) == getattr(row, name), where, f"has another {name} inside")


async def _order(db: Database, key: Key, witnessed: Sequence[Head]) -> None:
    tree, root, epoch = Frontier(), EMPTY, 0
    kept = sorted(witnessed, key=lambda head: -head.size)
    while True:
        # Heads first: what is read next then has all the facts that they count.
        own = {h.size: Head(**h._mapping) for h in await db.all(HEADS, after=tree.size, most=PAGE)}
        rows = await db.all(LEAVES, after=tree.size, most=PAGE)
        for row in rows:
            tree = grow(tree, row)
            if head := own.pop(tree.size, None):
                must(head.previous == root, f"head {tree.size}", "does not follow the one before")
                must(head.epoch >= epoch, f"head {tree.size}", "is of an older epoch")
                _stands(head, tree, key)
                root, epoch = head.root, head.epoch
            while kept and kept[-1].size <= tree.size:
                _stands(kept.pop(), tree, key)
        if len(rows) < PAGE:
            break
    if beyond := [*own, *(head.size for head in kept)]:
        raise Damaged(f"head {min(beyond)}", f"counts more facts than the {tree.size} of the order")


def _stands(head: Head, tree: Frontier, key: Key) -> None:
    try:
        key.verify(head.signature, head.signed())
    except InvalidSignature:
        raise Damaged(f"head {head.size}", "has no valid signature") from None
    must(head.root == tree.root(), f"head {head.size}", "has another root than the facts give")
