"""Every byte that a trial city keeps or shows to who watches it, place by place."""

from collections.abc import AsyncIterator, Iterator
from io import BytesIO
from pathlib import Path
from typing import Literal

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from httpx2 import AsyncClient

from tests.journeys.trial import Trial
from trial.preparing import ALL
from trial.servers import Kafka, Postgres

Found = tuple[str, bytes]
"""(where, what stands there)"""
TABLES = """
select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
 where c.relkind in ('r', 'm') and n.nspname not like 'pg_temp%' order by 1, 2
"""


async def everything(trial: Trial) -> AsyncIterator[Found]:
    postgres, kafka = Postgres(trial.data / "postgres"), Kafka(trial.data / "kafka")
    async for one in tables(postgres):
        yield one
    async for one in records(kafka):
        yield one
    async for one in metrics(trial):
        yield one
    postgres.sql("checkpoint")
    for one in files(trial.folder):
        yield one


async def tables(postgres: Postgres) -> AsyncIterator[Found]:
    """Also those of the server itself: its statistics hold samples of what others hold."""
    names = postgres.sql("select datname from pg_database where datallowconn").split()
    for name in names:
        conn = await asyncpg.connect(postgres.url(name))
        for schema, table in await conn.fetch(TABLES):
            out, own = BytesIO(), schema in ("pg_catalog", "information_schema")
            form: Literal["text", "binary"] = "text" if own else "binary"
            await conn.copy_from_table(table, schema_name=schema, output=out, format=form)
            yield f"{name} {schema}.{table}", out.getvalue()
        await conn.close()


async def records(kafka: Kafka) -> AsyncIterator[Found]:
    """Of every partition from its beginning: keys, headers and values, unpacked."""
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka.bootstrap, auto_offset_reset="earliest")
    await consumer.start()
    parts = await partitions(kafka)
    consumer.assign(parts)
    ends = await consumer.end_offsets(parts)
    while any([await consumer.position(part) < ends[part] for part in parts]):
        for part, batch in (await consumer.getmany(timeout_ms=500)).items():
            heads = [b"".join(k.encode() + b" " + v for k, v in one.headers) for one in batch]
            said = [(one.key or b"", one.value or b"") for one in batch]
            pairs = zip(heads, said, strict=True)
            yield f"topic {part.topic}", b"\n".join(b"\n".join([h, *both]) for h, both in pairs)
    await consumer.stop()


async def partitions(kafka: Kafka) -> list[TopicPartition]:
    """Of all topics, the broker's own among them."""
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    await admin.start()
    known = await admin.describe_topics()
    await admin.close()
    return [TopicPartition(t["topic"], p["partition"]) for t in known for p in t["partitions"]]


async def metrics(trial: Trial) -> AsyncIterator[Found]:
    async with AsyncClient(base_url=trial.address, trust_env=False) as http:
        for service in ALL:
            answer = await http.get(f"/api/{service}/metrics")
            assert answer.status_code == 200
            yield f"metrics of {service}", answer.content


def files(folder: Path) -> Iterator[Found]:
    """Logs, photos, passwords, and the servers' own files byte by byte."""
    for path in sorted(folder.rglob("*")):
        try:
            if path.is_file():
                whole = path.read_bytes()
                yield str(path.relative_to(folder)), whole.rstrip(b"\0")  # room kept ahead
        except FileNotFoundError:  # a server has just taken it away
            continue
