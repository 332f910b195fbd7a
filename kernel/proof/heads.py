"""Signed heads of the tree over the local order. Who keeps one sees later what was changed."""

from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from kernel.database import Database
from kernel.envelope import PREFIX
from kernel.producer import Outbound, Record
from kernel.proof.merkle import EMPTY, Frontier, leaf

EVERY, AFTER = 1_000, timedelta(seconds=60)
MOST_FACTS, MOST_HEADS, PAGE = 20_000, 500, 2_000

LEAD = text("select pg_try_advisory_xact_lock(hashtext('kernel.heads.' || :what))")
NEWEST = text("""
select n.now, f.seq - coalesce(h.size, 0) as fresh, coalesce(n.now - h.at >= :after, true) as rested,
       h.root, h.frontier
  from (select kernel.now() as now) n cross join (select coalesce(max(seq), 0) as seq from kernel.feed) f
       left join (select * from kernel.tree_heads order by size desc limit 1) h on true
""")
# A record that came without its envelope has no hash of its own: its bytes are hashed here.
LEAVES = text(r"""
select f.seq, coalesce(e.hash, case
         when (j.source, j.stream_id, j.epoch, j.version, j.hash) is not null then j.hash
         when j.id is not null then sha256('\x02' ||
           int8send(coalesce(length(j.raw_headers), -1)) || coalesce(j.raw_headers, '') ||
           int8send(coalesce(length(j.data), -1)) || coalesce(j.data, '')) end) as hash
  from kernel.feed f left join kernel.journal j on j.id = f.journal_id
       left join kernel.events e on f.journal_id is null and (e.stream_id, e.version) = (f.stream_id, f.version)
 where f.seq > :after order by f.seq limit :most
""")
SEAL = text("""
insert into kernel.tree_heads (size, epoch, root, previous, at, signature, frontier)
values (:size, :epoch, :root, :previous, :at, :signature, :frontier)
""")
HEADS = text("""
select coalesce(i.source, '') as source, h.epoch, h.size, h.root, h.previous, h.at, h.signature
  from kernel.tree_heads h left join kernel.identity i on true
 where h.size > :after order by h.size limit :most
""")
# Told in order: from the last told one back, no untold one is ever met.
TOLD_UPTO = text("select coalesce(max(size), 0) from kernel.tree_heads where told")
TOLD = text("update kernel.tree_heads set told = true where size = any(:sizes)")


class Damaged(Exception):
    """The store is not as it was written; `where` is the first such place."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(f"{where} {why}")
        self.where, self.why = where, why


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

    def said(self) -> dict[str, str | int]:
        at = self.at.astimezone(UTC).isoformat()
        hashes = {"root": self.root.hex(), "previous": self.previous.hex()}
        return {"source": self.source, "epoch": self.epoch, "size": self.size, "at": at, **hashes}

    def signed(self) -> bytes:
        return orjson.dumps(self.said(), option=orjson.OPT_SORT_KEYS)

    def told(self) -> bytes:
        said = self.said() | {"signature": b64encode(self.signature).decode()}
        return orjson.dumps(said, option=orjson.OPT_SORT_KEYS)

    def signed_by(self, signer: Ed25519PrivateKey) -> "Head":
        return replace(self, signature=signer.sign(self.signed()))

    def is_signed_by(self, key: Ed25519PublicKey) -> bool:
        try:
            key.verify(self.signature, self.signed())
        except InvalidSignature:
            return False
        return True


def heard(told: bytes) -> Head:
    """A head as another store told it; its signature is not judged. Raises ValueError."""
    try:
        raw = orjson.loads(told)
        root, previous = bytes.fromhex(raw["root"]), bytes.fromhex(raw["previous"])
        at, signature = datetime.fromisoformat(raw["at"]), b64decode(raw["signature"])
        return Head(raw["source"], raw["epoch"], raw["size"], root, previous, at, signature)
    except (KeyError, TypeError) as error:
        raise ValueError(f"not a tree head: {error!r}") from None


async def seal_head(
    db: Database,
    signer: Ed25519PrivateKey,
    source: str,
    epoch: int,
    *,
    every: int = EVERY,
    after: timedelta = AFTER,
) -> int:
    """One step; how many facts came under a new head. 0 also when another process leads."""
    async with db.begin() as conn:
        if not (await conn.execute(LEAD, {"what": "seal"})).scalar():
            return 0
        last = (await conn.execute(NEWEST, {"after": after})).one()
        edge = _edge(last)
        if last.fresh < every and not (last.fresh > 0 and last.rested):
            return 0
        tree = await _grown(conn, edge)
        head = Head(source, epoch, tree.size, tree.root(), edge.root(), last.now).signed_by(signer)
        await conn.execute(SEAL, asdict(head) | {"frontier": tree.dump()})
    return tree.size - edge.size


def _edge(last: Row[Any]) -> Frontier:
    """Nothing is signed on top of what was altered: that would make it look whole again."""
    edge = Frontier.load(last.frontier) if last.frontier else Frontier()
    if edge.root() != (last.root or EMPTY):
        raise Damaged(f"head {edge.size}", "has an edge that does not give its root")
    if last.fresh < 0:
        raise Damaged(f"head {edge.size}", "counts more facts than the order holds")
    return edge


async def _grown(conn: AsyncConnection, tree: Frontier) -> Frontier:
    most = tree.size + MOST_FACTS
    while tree.size < most:
        rows = (await conn.execute(LEAVES, {"after": tree.size, "most": PAGE})).all()
        for row in rows:
            tree = grow(tree, row)
        if len(rows) < PAGE:
            break
    return tree


def grow(tree: Frontier, row: Row[Any]) -> Frontier:
    """By the next row of LEAVES."""
    if row.seq != tree.size + 1:
        raise Damaged(f"seq {tree.size + 1}", "is missing")
    if row.hash is None:
        raise Damaged(f"seq {row.seq}", "names a fact that is not there")
    return tree.add(leaf(row.hash))


async def tell_heads(db: Database, out: Outbound, topic: str) -> int:
    """One step; how many were told. What is not surely kept is told again."""
    async with db.begin() as conn:
        if not (await conn.execute(LEAD, {"what": "tell"})).scalar():
            return 0
        after = (await conn.execute(TOLD_UPTO)).scalar()
        rows = await conn.execute(HEADS, {"after": after, "most": MOST_HEADS})
        heads = [Head(*row) for row in rows]
        told = await out.send([_record(topic, head) for head in heads]) if heads else 0
        await conn.execute(TOLD, {"sizes": [head.size for head in heads[:told]]})
    return told


def _record(topic: str, head: Head) -> Record:
    named = {
        "specversion": "1.0",
        "id": f"{head.source}/{head.epoch}/{head.size}",
        "source": "/" + head.source,
        "type": "TreeHead",
        "time": str(head.said()["at"]),
    }
    headers = [(PREFIX + name, value.encode("ascii")) for name, value in named.items()]
    at = int(head.at.timestamp() * 1000)
    return Record(
        topic, head.source, head.told(), [("content-type", b"application/json"), *headers], at
    )
