"""A store whose facts, places and heads a test makes one by one, and tampers with by SQL."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Row, text

from kernel.database import Database
from kernel.decider import Actor
from kernel.envelope import Envelope, to_headers
from kernel.epoch import settle_epoch
from kernel.proof.chain import GENESIS, link
from kernel.proof.heads import Head, seal_head
from kernel.proof.verify import Verdict, verify
from kernel.sequencer import sequence
from kernel.store import Append, Written, append
from kernel.wire.inbox import Inbox
from kernel.wire.page import Arrived

CLERK = Actor(UUID(int=7), "clerk", "north", UUID(int=8))
SOURCE = "library"
EVENTS = text("select * from kernel.events where stream_id = :stream order by version")
LEAVES = text("""
select coalesce(e.hash, j.hash) as hash
  from kernel.feed f left join kernel.journal j on j.id = f.journal_id
       left join kernel.events e on (e.stream_id, e.version) = (f.stream_id, f.version)
        and f.journal_id is null
 order by f.seq
""")
ALL_HEADS = text("select * from kernel.tree_heads order by size")
REWRITE = text("""
update kernel.events set data = :data, meta = :meta, hash = :hash
 where stream_id = :stream and version = :version
""")


def tree_hash(leaves: Sequence[bytes]) -> bytes:
    """As RFC 9162 §2.1.1 defines it, word for word."""
    if len(leaves) < 2:
        return hashlib.sha256(b"".join(b"\0" + one for one in leaves)).digest()
    k = 1 << ((len(leaves) - 1).bit_length() - 1)
    return hashlib.sha256(b"\1" + tree_hash(leaves[:k]) + tree_hash(leaves[k:])).digest()


def envelope(stream: str, version: int, source: str = SOURCE, epoch: int = 1) -> Envelope:
    return Envelope(
        source=source,
        stream=stream,
        key=stream.partition("-")[2],
        version=version,
        epoch=epoch,
        id=uuid4(),
        type="BookMoved",
        schema_ver=1,
        at=datetime.now(UTC),
        actor=CLERK,
        cause=uuid4(),
        correlation=uuid4(),
    )


def fact(tip: bytes, e: Envelope, data: bytes) -> Written:
    meta = e.written()
    return Written(e.id, e.type, e.schema_ver, data, meta, link(tip, meta, data))


@dataclass
class Archive:
    db: Database
    signer: Ed25519PrivateKey = field(
        default_factory=lambda: Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    )
    tips: dict[tuple[str, str], tuple[int, bytes]] = field(default_factory=dict)
    heard: int = 0

    @classmethod
    async def open(cls, db: Database) -> "Archive":
        await settle_epoch(db, SOURCE)
        return cls(db)

    async def write(self, *streams: str) -> None:
        """A fact in each of them, in this order."""
        for stream in streams:
            await self.write_many(stream, 1)

    async def write_many(self, stream: str, count: int) -> None:
        first, tip = self.tips.get((SOURCE, stream), (0, GENESIS))
        at, facts = datetime.now(UTC), []
        for version in range(first + 1, first + count + 1):
            e = envelope(stream, version)
            e = Envelope(**{name: getattr(e, name) for name in e.__slots__} | {"at": at})
            facts.append(fact(tip, e, orjson.dumps({"shelf": version})))
            tip = facts[-1].hash
        key = stream.partition("-")[2]
        await append(self.db, [Append(uuid4(), b"", stream, key, first, at, facts)])
        self.tips[SOURCE, stream] = (first + count, tip)

    def arrived(self, e: Envelope, data: bytes = b"{}") -> Arrived:
        """The record by which another service tells its next fact of a stream."""
        _, tip = self.tips.get((e.source, e.stream), (0, GENESIS))
        written = fact(tip, e, data)
        self.tips[e.source, e.stream] = (e.version, written.hash)
        headers = to_headers(written.meta, written.hash)
        return self.record(data, headers)

    def record(self, data: bytes | None, headers: Sequence[tuple[str, bytes | None]]) -> Arrived:
        self.heard += 1
        return Arrived(self.heard - 1, b"1", data, headers)

    async def hear(self, *records: Arrived) -> None:
        await Inbox(self.db).hear("cards.v1", 0, "topic", records)

    async def seal(self, every: int = 1, after: float = 0) -> Head:
        """Gives all facts their places and signs over them; the newest head."""
        await self.place()
        await seal_head(self.db, self.signer, every=every, after=after)
        return (await self.heads())[-1]

    async def place(self) -> None:
        while await sequence(self.db):
            pass

    async def heads(self) -> list[Head]:
        rows = await self.db.all(ALL_HEADS)
        return [Head(SOURCE, r.epoch, r.size, r.root, r.previous, r.at, r.signature) for r in rows]

    async def leaves(self) -> list[bytes]:
        return [row.hash for row in await self.db.all(LEAVES)]

    async def sql(self, statement: str, **values: object) -> int:
        return await self.db.do(text(statement), values)

    async def rewrite(
        self, stream: str, version: int, data: bytes, said: Mapping[str, object] | None = None
    ) -> None:
        """What a forger does who knows the chain: other words, and every later hash anew."""
        tip = GENESIS
        for row in await self.db.all(EVENTS, stream=stream):
            raw, meta = row.data, row.meta
            if row.version == version:
                raw, meta = data, orjson.dumps(orjson.loads(row.meta) | dict(said or {}))
            tip = await self._put(row, raw, meta, tip)

    async def _put(self, row: Row[Any], data: bytes, meta: bytes, tip: bytes) -> bytes:
        where = {"stream": row.stream_id, "version": row.version}
        new = link(tip, meta, data)
        await self.db.do(REWRITE, {**where, "data": data, "meta": meta, "hash": new})
        return new

    async def verdict(self, **more: Any) -> Verdict:
        return await verify(self.db, self.signer.public_key(), **more)


async def bad(archive: Archive, **more: object) -> str | None:
    verdict = await archive.verdict(**more)
    assert verdict.ok == (verdict.first_bad is None) == (verdict.why == "")
    return verdict.first_bad
