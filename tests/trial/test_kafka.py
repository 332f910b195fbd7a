"""A Kafka of one's own: it keeps what was acknowledged and says in words what is wrong."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from tests.servers import make_topics
from trial.servers import Kafka, Trouble
from trial.servers.kafka import metadata

pytestmark = pytest.mark.connected


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kafka]:
    server = Kafka(tmp_path_factory.mktemp("kafka") / "庭院, kafka")
    yield server
    server.wipe()


@pytest.fixture(autouse=True)
def started(server: Kafka) -> None:
    server.start()


async def tell(bootstrap: str, topic: str, value: bytes) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap)
    await producer.start()
    await producer.send_and_wait(topic, value)
    await producer.stop()


async def hear(bootstrap: str, topic: str) -> bytes | None:
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=bootstrap, auto_offset_reset="earliest")
    await consumer.start()
    heard = await asyncio.wait_for(consumer.getone(), 20)
    await consumer.stop()
    value: bytes | None = heard.value
    return value


async def test_what_was_acknowledged_outlives_a_kill(server: Kafka, prefix: str) -> None:
    bootstrap = server.bootstrap
    await make_topics(bootstrap, [prefix], partitions=1)
    await tell(bootstrap, prefix, b"told")
    server.kill()
    assert not server.running
    await asyncio.to_thread(server.start)
    assert server.bootstrap == bootstrap
    assert await hear(bootstrap, prefix) == b"told"


def test_a_second_starter_joins_the_first(server: Kafka) -> None:
    assert Kafka(server.folder).start().bootstrap == server.bootstrap


def test_a_taken_port_is_one_clear_line(server: Kafka, tmp_path: Path) -> None:
    with pytest.raises(Trouble, match=f"^kafka: port {server.port} is taken by another"):
        Kafka(tmp_path, port=server.port).start()


def test_a_broker_on_a_stolen_port_is_not_taken_for_ours(server: Kafka, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "meta.properties").write_text("cluster.id=AnotherCluster\n")
    (tmp_path / "server.json").write_text((server.folder / "server.json").read_text())
    assert server._is_ready()
    assert not Kafka(tmp_path)._is_ready()


def test_a_folder_formatted_by_halves_is_formatted_anew(server: Kafka) -> None:
    server.stop()
    (server.folder / "data" / "meta.properties").unlink()
    (server.folder / "formatting").mkdir()
    assert server.start().running


def test_data_of_a_newer_broker_are_left_alone(server: Kafka) -> None:
    server.stop()
    mark = server.folder / "version"
    ours = mark.read_text()
    mark.write_text("99.0.0")
    with pytest.raises(Trouble, match=r"was written by Kafka 99\.0\.0"):
        server.start()
    mark.write_text(ours)
    assert (server.folder / "data" / "meta.properties").exists()


def test_a_paused_broker_answers_again_when_resumed(server: Kafka) -> None:
    server.pause()
    assert metadata(server.port) == b""
    server.resume()
    assert metadata(server.port) != b""


async def test_topics_are_made_with_twelve_partitions(kafka: Kafka, prefix: str) -> None:
    await make_topics(kafka.bootstrap, [f"{prefix}.events"], configs={"cleanup.policy": "compact"})
    producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap)
    await producer.start()
    assert len(await producer.partitions_for(f"{prefix}.events")) == 12
    await producer.stop()
