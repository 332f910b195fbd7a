"""Signed heads of the tree over the local order: who keeps one sees later what was changed."""

from base64 import b64decode, b64encode
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import reduce
from typing import Any

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey as Signer
from sqlalchemy import Row, text

from kernel.database import Database
from kernel.envelope import PREFIX
from kernel.proof.merkle import EMPTY, Frontier, leaf
from kernel.wire.producer import Outbound, Record

MOST_FACTS, MOST_HEADS = 2_000, 500

LEAD = text("select pg_try_advisory_xact_lock(hashtext('kernel.heads.' || :what))")
NEWEST = text("""
select i.source, i.epoch, n.now, n.seq - coalesce(h.size, 0) as fresh, h.root, h.frontier,
       coalesce(n.now - h.at >= make_interval(secs => :after), true) as rested
  from (select kernel.now() as now, (select coalesce(max(seq), 0) from kernel.feed) as seq) n
       cross join kernel.identity i
       left join (select * from kernel.tree_heads order by size desc limit 1) h on true
""")
# What came without a readable envelope has no hash of its own: all its bytes are hashed here.
LEAVES = text(r"""
select f.seq, coalesce(e.hash, case
         when (j.source, j.stream_id, j.epoch, j.version, j.meta, j.hash) is not null then j.hash
         when j.id is not null then sha256('\x02' ||
           int8send(coalesce(length(j.raw_headers), -1)) || coalesce(j.raw_headers, '') ||
           int8send(coalesce(length(j.data), -1)) || coalesce(j.data, '')) end) as hash
  from kernel.feed f left join kernel.journal j on j.id = f.journal_id left join kernel.events e
    on f.journal_id is null and e.stream_id = f.stream_id and e.version = f.version
 where f.seq > :after order by f.seq limit :most
""")
SEAL = text("""
insert into kernel.tree_heads (size, epoch, root, previous, at, signature, frontier)
values (:size, :epoch, :root, :previous, :at, :signature, :frontier)
""")
# Without `after`, those still to tell: that is done in order, so the last told one is near the end.
HEADS = text("""
select coalesce(i.source, '') as source, h.epoch, h.size, h.root, h.previous, h.at, h.signature
  from kernel.tree_heads h left join kernel.identity i on true
 where h.size > coalesce(:after, (select max(size) from kernel.tree_heads where told), 0)
 order by h.size limit :most
""")
TOLD = text("update kernel.tree_heads set told = true where size = any(:sizes)")


class Damaged(Exception):
    """(where, why): the first place where a store is not as it was written."""

    do = "keep this store as it is; compare it with a backup and with the heads that others heard"


def must(holds: bool, where: str, why: str) -> None:
    if not holds:
        raise Damaged(where, why)


@dataclass(frozen=True, slots=True)
class Head:
    """What a store says of its first `size` facts. `previous` is the root of the head before."""

    source: str
    epoch: int
    size: int
    root: bytes
    previous: bytes
    at: datetime
    signature: bytes = b""

    def signed(self) -> bytes:
        """Canonical: sorted names, no blanks, hashes in hex."""
        said = {name: said for name, said in asdict(self).items() if name != "signature"}
        return orjson.dumps(said, default=bytes.hex, option=orjson.OPT_SORT_KEYS)

    def told(self) -> bytes:
        signature = b64encode(self.signature).decode()
        return orjson.dumps({**orjson.loads(self.signed()), "signature": signature})


def heard(told: bytes) -> Head:
    """As another store told it, unjudged. Raises LookupError, TypeError or ValueError."""
    raw = orjson.loads(told)
    root, previous = bytes.fromhex(raw["root"]), bytes.fromhex(raw["previous"])
    at, signature = datetime.fromisoformat(raw["at"]), b64decode(raw["signature"])
    return Head(raw["source"], raw["epoch"], raw["size"], root, previous, at, signature)


async def seal_head(db: Database, signer: Signer, *, every: int = 1_000, after: float = 60) -> int:
    """A step: how many facts came under a new head. 0 also when another process leads."""
    async with db.begin() as conn:
        if not (await conn.execute(LEAD, {"what": "seal"})).scalar():
            return 0
        last = (await conn.execute(NEWEST, {"after": after})).one()
        edge = Frontier.load(last.frontier) if last.frontier else Frontier()
        # Nothing is signed on top of what was altered: that would make it look whole again.
        must(edge.root() == (last.root or EMPTY), f"head {edge.size}", "has another frontier")
        must(last.fresh >= 0, f"head {edge.size}", "counts more facts than the order has")
        if not last.fresh or not (last.fresh >= every or last.rested):
            return 0
        rows = await conn.execute(LEAVES, {"after": edge.size, "most": MOST_FACTS})
        tree = reduce(grow, rows, edge)
        head = Head(last.source, last.epoch, tree.size, tree.root(), edge.root(), last.now)
        head = replace(head, signature=signer.sign(head.signed()))
        await conn.execute(SEAL, {**asdict(head), "frontier": tree.dump()})
    return tree.size - edge.size


def grow(tree: Frontier, row: Row[Any]) -> Frontier:
    """By the next row of LEAVES."""
    where = f"seq {tree.size + 1}"
    must(row.seq == tree.size + 1, where, "is missing")
    must(row.hash is not None, where, "names a fact that is not there")
    return tree.add(leaf(row.hash))


async def tell_heads(db: Database, out: Outbound, topic: str) -> int:
    """A step: how many heads were told. What is not surely kept is told again."""
    async with db.begin() as conn:
        if not (await conn.execute(LEAD, {"what": "tell"})).scalar():
            return 0
        rows = await conn.execute(HEADS, {"after": None, "most": MOST_HEADS})
        heads = [Head(**row._mapping) for row in rows]
        told = await out.send([_record(topic, head) for head in heads]) if heads else 0
        await conn.execute(TOLD, {"sizes": [head.size for head in heads[:told]]})
    return told


def _record(topic: str, head: Head) -> Record:
    ident = f"{head.source}/{head.epoch}/{head.size}"
    said = ("1.0", ident, "/" + head.source, "TreeHead", head.at.isoformat())
    named = zip(("specversion", "id", "source", "type", "time"), said, strict=True)
    headers = [(PREFIX + name, value.encode("ascii")) for name, value in named]
    headers.append(("content-type", b"application/json"))
    return Record(topic, head.source, head.told(), headers)
