"""F6, F7, F9, F21: Kafka goes away, forgets, rebalances or wedges."""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete
from aiokafka.errors import KafkaError
from aiokafka.structs import OffsetAndMetadata
from sqlalchemy import text

from tests.faults import scale
from tests.faults.load import Load
from tests.faults.nodes import until
from tests.faults.stage import Stage
from trial.servers import Kafka

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]
HOLD_UP = text("""
select topic, partition from kernel.inbox_offsets
 where topic = :topic order by topic, partition limit 1 for update
""")


async def test_f6_a_second_member_joins_during_a_long_batch(stage: Stage) -> None:
    """The batch is held up by a lock on its offset row, as a slow database would."""
    async with stage.node("library") as library, stage.node("cards"), stage.node("post"):
        load = Load([library.port], clients=4)
        await load.run(2)
        asking = asyncio.create_task(load.run(scale(15, 30) + 5))
        async with stage.stores["cards"].begin() as conn:
            await conn.execute(HOLD_UP, {"topic": stage.prefix + "books.v1"})
            async with stage.node("cards") as second:
                await asyncio.sleep(scale(15, 30))
                await conn.rollback()
                await asking
                await stage.whole(load.acked)
                await second.end()


async def test_f7_kafka_is_down_at_the_start_under_load_and_at_the_end(
    stage_on_own_kafka: Stage, own_kafka: Kafka
) -> None:
    stage = stage_on_own_kafka
    async with stage.node("post"):
        pass  # a new one would wait for the keys before it serves
    await asyncio.to_thread(own_kafka.kill)
    async with stage.node("library") as library, stage.node("cards"), stage.node("post"):
        load = Load([library.port], clients=4)
        await load.run(3)
        assert load.acked and not load.unanswered, "a command waited for Kafka"
        await asyncio.to_thread(own_kafka.start)
        await stage.whole(load.acked)
        asking = asyncio.create_task(load.run(3600))
        await asyncio.sleep(2)
        for stop in (own_kafka.stop, own_kafka.kill):
            await asyncio.to_thread(stop)
            await asyncio.sleep(scale(8, 60))
            assert await library.is_ready(), "it serves without Kafka"
            await asyncio.to_thread(own_kafka.start)
            await asyncio.sleep(2)
        load.stopping = True
        await asking
        assert not load.unanswered
        await stage.whole(load.acked, limit=scale(120, 600))
        await asyncio.to_thread(own_kafka.kill)
        assert await library.end() < 15
        await asyncio.to_thread(own_kafka.start)


async def test_f7_ending_under_load_takes_no_longer_than_fifteen_seconds(stage: Stage) -> None:
    async with stage.node("library") as library, stage.node("cards"), stage.node("post"):
        load = Load([library.port], clients=4)
        asking = asyncio.create_task(load.run(3600))
        await asyncio.sleep(2)
        assert await library.end() < 15
        await library.up()
        load.stopping = True
        await asking
        await stage.whole(load.acked)


async def test_f9_the_group_offsets_are_gone(stage: Stage) -> None:
    """Set to the end, which is what `latest` would do: our own offsets win."""
    async with stage.node("library") as library, stage.node("post"):
        async with stage.node("cards") as cards:
            load = await Load([library.port], clients=2).run(2)
            await stage.whole(load.acked)
            cards.kill()
        await load.run(2)
        await jump_to_end(stage, "cards.journal.v1", "books.v1")
        async with stage.node("cards"):
            await stage.whole(load.acked)


async def jump_to_end(stage: Stage, group: str, topic: str) -> None:
    consumer = AIOKafkaConsumer(
        bootstrap_servers=stage.bootstrap, group_id=stage.prefix + group, enable_auto_commit=False
    )
    await consumer.start()
    parts = [TopicPartition(stage.prefix + topic, n) for n in range(12)]
    consumer.assign(parts)
    ends = await consumer.end_offsets(parts)
    await until_committed(consumer, {tp: OffsetAndMetadata(end, "") for tp, end in ends.items()})
    await consumer.stop()


async def until_committed(
    consumer: AIOKafkaConsumer, offsets: dict[TopicPartition, OffsetAndMetadata]
) -> None:
    """The killed member is remembered for its session; only then the group takes offsets."""

    async def committed() -> bool:
        try:
            await consumer.commit(offsets)
        except KafkaError:
            return False
        return True

    await until(committed, 60, "the group takes no offsets")


async def test_f9_the_topic_is_made_anew_and_told_again(stage: Stage) -> None:
    """The loss of Kafka loses nothing: the cursor goes back, and the topic has a new id."""
    async with stage.node("library") as library, stage.node("cards"), stage.node("post"):
        load = await Load([library.port], clients=2).run(2)
        await stage.whole(load.acked)
        admin = AIOKafkaAdminClient(bootstrap_servers=stage.bootstrap)
        await admin.start()
        await admin.delete_topics([stage.prefix + "books.v1"])
        await admin.close()
        await asyncio.sleep(2)
        await stage.make_topics(["books.v1"])
        await load.run(2)
        again = text("update kernel.checkpoints set seq = 0 where name = 'relay'")
        await stage.stores["library"].do(again)
        await stage.whole(load.acked, limit=90)


async def test_f9_what_the_broker_dropped_unheard_raises_an_alarm(stage: Stage) -> None:
    async with stage.node("library") as library:
        await Load([library.port], clients=2).run(2)
        await until_told(stage)
        admin = AIOKafkaAdminClient(bootstrap_servers=stage.bootstrap)
        await admin.start()
        topic = stage.prefix + "books.v1"
        await admin.delete_records(
            {TopicPartition(topic, n): RecordsToDelete(before_offset=-1) for n in range(12)}
        )
        await admin.close()
        await Load([library.port], clients=4, seed=2).run(2)
        async with stage.node("cards") as cards:
            await until(alarmed(cards.log, "the broker dropped records"), 30, "no alarm was raised")


def alarmed(log: Path, words: str) -> Callable[[], Awaitable[bool]]:
    async def said() -> bool:
        return words in await asyncio.to_thread(log.read_text)

    return said


async def until_told(stage: Stage) -> None:
    behind = text("""
    select (select max(seq) from kernel.feed) - seq as n,
           (select count(*) from kernel.feed_queue) as q
      from kernel.checkpoints where name = 'relay'
    """)

    async def told() -> bool:
        row = await stage.stores["library"].one(behind)
        return bool(row.n == 0 and row.q == 0)

    await until(told, 30, "not everything was told")


async def test_f21_a_consumer_that_stops_fetching_is_replaced(stage: Stage) -> None:
    async with stage.node("library") as library, stage.node("cards") as cards, stage.node("post"):
        load = await Load([library.port], clients=2).run(2)
        await stage.whole(load.acked)
        cards.signal(signal.SIGUSR1)
        await load.run(2)
        await until(alarmed(cards.log, "Stalled"), 60, "nobody noticed the stall")
        await stage.whole(load.acked)
