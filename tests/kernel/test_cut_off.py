"""Who is ended while it connects to Kafka leaves no open connection behind."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiokafka.conn import AIOKafkaConnection

from kernel.database import Database
from kernel.wire.broker import Listener
from kernel.wire.producer import KafkaOutbound, Record
from kernel.wire.topics import topic_ids
from tests.kernel.test_listener import Ear
from tests.servers import make_topics
from trial.servers import Kafka

pytestmark = pytest.mark.connected

Connect = Callable[[Kafka, Database, str], Awaitable[None]]


async def ask(kafka: Kafka, _db: Database, topic: str) -> None:
    await topic_ids(kafka.bootstrap, [topic])


async def tell(kafka: Kafka, _db: Database, topic: str) -> None:
    out = KafkaOutbound(kafka.bootstrap, "test")
    await out.send([Record(topic, "key", b"1", [])])


async def hear(kafka: Kafka, db: Database, topic: str) -> None:
    listener = Listener(db, kafka.bootstrap, f"{topic}.group", [topic], Ear().hear)
    try:
        await listener.start()
        await asyncio.Event().wait()
    finally:
        await listener.stop()


class Connections:
    """All that were opened since; `another` is set by each."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.made: list[AIOKafkaConnection] = []
        self.another = asyncio.Event()
        connect: Any = AIOKafkaConnection.connect

        async def noted(connection: AIOKafkaConnection) -> object:
            opened = await connect(connection)
            self.made.append(connection)
            self.another.set()
            return opened

        patch.setattr(AIOKafkaConnection, "connect", noted)

    async def until(self, number: int) -> None:
        while len(self.made) < number:
            self.another.clear()
            await self.another.wait()


@pytest.mark.parametrize(
    ("connect", "number"), [(ask, 1), (ask, 2), (tell, 1), (tell, 2), (hear, 3), (hear, 4)]
)
async def test_who_is_cut_off_while_it_connects_leaves_no_connection(
    kafka: Kafka,
    db: Database,
    prefix: str,
    monkeypatch: pytest.MonkeyPatch,
    connect: Connect,
    number: int,
) -> None:
    await make_topics(kafka.bootstrap, [prefix], partitions=1)
    opened = Connections(monkeypatch)
    work = asyncio.ensure_future(connect(kafka, db, prefix))
    await opened.until(number)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert [c for c in opened.made if c.connected()] == []
