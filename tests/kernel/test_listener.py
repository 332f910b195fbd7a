"""What Kafka gives a listener: what could not be heard comes again, before anything after it."""

from collections.abc import Sequence

import pytest
from aiokafka import TopicPartition

from kernel.database import Database
from kernel.wire.broker import Listener
from kernel.wire.page import Arrived
from kernel.wire.producer import KafkaOutbound, Record
from tests.kernel.contract.town import until
from tests.servers import make_topics
from trial.servers import Kafka

pytestmark = pytest.mark.connected


class Seated(Listener):
    """Says when it knows where to go on: what comes sooner may come twice."""

    seated = False

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        await super().on_partitions_assigned(assigned)
        self.seated = True

    async def is_seated(self) -> bool:
        return self.seated


class Ear:
    """Fails at the first it is given, as if the database were away."""

    def __init__(self) -> None:
        self.failed: list[int] = []
        self.heard: list[int] = []

    async def hear(
        self, _topic: str, _partition: int, _id: str, records: Sequence[Arrived]
    ) -> None:
        numbers = [int(record.value or b"") for record in records]
        if not self.failed:
            self.failed = numbers
            raise ConnectionError
        self.heard += numbers

    async def heard_the(self, last: int) -> bool:
        return last in self.heard


async def test_what_could_not_be_heard_comes_again_before_the_next(
    kafka: Kafka, db: Database, prefix: str
) -> None:
    await make_topics(kafka.bootstrap, [prefix], partitions=1)
    ear, out = Ear(), KafkaOutbound(kafka.bootstrap, "test")
    listener = Seated(db, kafka.bootstrap, f"{prefix}.group", [prefix], ear.hear, most=1)
    await listener.start()
    await until(listener.is_seated, "it has its partition")
    assert await out.send([Record(prefix, "key", b"%d" % n, []) for n in (1, 2, 3)]) == 3
    await until(lambda: ear.heard_the(3), "the last is heard")
    assert (ear.failed, ear.heard) == ([1], [1, 2, 3])
    await listener.stop()
    await out.stop()
