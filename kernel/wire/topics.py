"""Which topic this really is: one that was deleted and made again has another id (KIP-516).

aiokafka speaks Metadata up to version 5; ids came with 10. This is version 12.
"""

from io import BytesIO
from uuid import UUID

from aiokafka.client import AIOKafkaClient
from aiokafka.protocol.abstract import AbstractType
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import (
    Boolean,
    CompactArray,
    CompactString,
    Int16,
    Int32,
    Schema,
    TaggedFields,
)

from kernel.loops import to_its_end


class NoTopic(Exception):
    """The broker does not know it: run the topics job."""


class Id(AbstractType[UUID]):
    @classmethod
    def encode(cls, value: UUID) -> bytes:
        return value.bytes

    @classmethod
    def decode(cls, data: BytesIO) -> UUID:
        return UUID(bytes=data.read(16))


TEXT, TAGS = CompactString("utf-8"), ("tags", TaggedFields)
BROKER = (("node_id", Int32), ("host", TEXT), ("port", Int32), ("rack", TEXT), TAGS)
PARTITION = (
    ("error_code", Int16),
    ("partition", Int32),
    ("leader", Int32),
    ("leader_epoch", Int32),
    ("replicas", CompactArray(Int32)),
    ("isr", CompactArray(Int32)),
    ("offline", CompactArray(Int32)),
    TAGS,
)
TOPIC = (
    ("error_code", Int16),
    ("name", TEXT),
    ("topic_id", Id),
    ("internal", Boolean),
    ("partitions", CompactArray(*PARTITION)),
    ("operations", Int32),
    TAGS,
)


class Metadata12Response(Response):
    API_KEY, API_VERSION = 3, 12
    SCHEMA = Schema(
        ("throttle", Int32),
        ("brokers", CompactArray(*BROKER)),
        ("cluster_id", TEXT),
        ("controller_id", Int32),
        ("topics", CompactArray(*TOPIC)),
        TAGS,
    )


class Metadata12(RequestStruct):
    API_KEY, API_VERSION, FLEXIBLE_VERSION = 3, 12, True
    RESPONSE_TYPE = Metadata12Response
    SCHEMA = Schema(
        ("topics", CompactArray(("topic_id", Id), ("name", TEXT), TAGS)),
        ("create", Boolean),
        ("operations", Boolean),
        TAGS,
    )


class Topics(Request[Metadata12]):
    API_KEY = 3

    def __init__(self, names: list[str]) -> None:
        self.names = names

    def build(self, request_struct_class: type[Metadata12]) -> Metadata12:
        no_tags: dict[int, bytes] = {}
        asked = [(UUID(int=0), name, no_tags) for name in self.names]
        return request_struct_class(asked, False, False, no_tags)


async def topic_ids(bootstrap: str, names: list[str]) -> dict[str, str]:
    """Name → id. Raises NoTopic naming those that do not exist, or KafkaError."""
    client = AIOKafkaClient(bootstrap_servers=bootstrap, request_timeout_ms=5_000)
    try:
        await to_its_end(client.bootstrap())
        answer = await client.send(client.get_random_node(), Topics(names))
    finally:
        await client.close()
    found = {topic[1]: str(topic[2]) for topic in answer.topics if topic[0] == 0}
    if missing := sorted(set(names) - set(found)):
        raise NoTopic(", ".join(missing))
    return found
