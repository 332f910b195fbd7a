"""A bare `getmany` loop that writes the rows an inbox writes, with the inbox's own SQL."""

import re
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from aiokafka import ConsumerRecord, TopicPartition

from bench.peers.kafka import consumer
from bench.stage import Stage
from kernel.database import spread
from kernel.wire.inbox import GUARD, JOURNAL
from kernel.wire.page import COLUMNS

AT_ONCE = 1_000
PASSED = """
insert into kernel.inbox_offsets (topic, partition, topic_id, next_offset) values ($1, $2, '', $3)
on conflict (topic, partition) do update set next_offset = excluded.next_offset
"""
GUARDS = "sources streams epochs versions waiting"
Records = Sequence[ConsumerRecord[bytes, bytes]]


def positional(sql: str) -> tuple[str, list[str]]:
    """The same statement as asyncpg takes it, and the names in their order."""
    names: list[str] = []

    def number(found: re.Match[str]) -> str:
        if found[1] not in names:
            names.append(found[1])
        return f"${names.index(found[1]) + 1}"

    return re.sub(r"(?<![:\w]):(\w+)", number, sql), names


JOURNAL_SQL, JOURNAL_NAMES = positional(JOURNAL.text)
GUARD_SQL, GUARD_NAMES = positional(GUARD.text)


async def hear(stage: Stage, database: str, topic: str, count: int) -> float:
    """Seconds from the first batch in hand to the last one committed."""
    conn = await asyncpg.connect(stage.postgres.url(database))
    began, left = 0.0, count
    async with stage.measured(), consumer(stage.bootstrap, topic) as made:
        while left > 0:
            batch = await made.getmany(timeout_ms=50, max_records=AT_ONCE)
            began = began or (time.perf_counter() if batch else 0.0)
            await keep(conn, batch)
            left -= sum(map(len, batch.values()))
        ended = time.perf_counter()
    await conn.close()
    return ended - began


async def keep(
    conn: "asyncpg.Connection[asyncpg.Record]", batch: Mapping[TopicPartition, Records]
) -> None:
    """One transaction for all that one poll gave."""
    async with conn.transaction():
        for tp, records in batch.items():
            rows = [row(r) for r in records]
            where = {"topic": tp.topic, "partition": tp.partition}
            said = {**where, **spread(COLUMNS, rows)}
            await conn.execute(JOURNAL_SQL, *(said[name] for name in JOURNAL_NAMES))
            last = {(r[0], r[1]): (*r[:4], 0) for r in rows}
            guards = spread(GUARDS, last.values())
            await conn.execute(GUARD_SQL, *(guards[name] for name in GUARD_NAMES))
            await conn.execute(PASSED, tp.topic, tp.partition, records[-1].offset + 1)


def row(record: ConsumerRecord[bytes, bytes]) -> tuple[Any, ...]:
    """As little as gives the same bytes: nothing is checked."""
    h = {name: value.decode() for name, value in record.headers}
    source, at = h["ce_source"][1:], h["ce_time"]
    named = (source, h["ce_subject"], int(h["ce_epoch"]), int(h["ce_sequence"]))
    kind = (UUID(h["ce_id"]), h["ce_type"], int(h["ce_schemaver"]))
    hash_, when = bytes.fromhex(h["ce_hash"]), datetime.fromisoformat(at)
    rest = (None, record.offset, h["ce_partitionkey"], False)
    return (*named, *kind, record.value, meta(h, named, kind[2]), hash_, when, *rest)


def meta(h: dict[str, str], named: tuple[str, str, int, int], schema_ver: int) -> bytes:
    source, stream, epoch, version = named
    who = {"id": h["ce_actorid"], "role": h.get("ce_actorrole", "")}
    actor = {**who, "org": h.get("ce_actororg", ""), "seat": h.get("ce_actorseat")}
    return orjson.dumps(
        {
            "source": source,
            "stream": stream,
            "key": h["ce_partitionkey"],
            "version": version,
            "epoch": epoch,
            "id": h["ce_id"],
            "type": h["ce_type"],
            "schema_ver": schema_ver,
            "at": h["ce_time"],
            "actor": actor,
            "cause": h["ce_causationid"],
            "correlation": h["ce_correlationid"],
        }
    )
