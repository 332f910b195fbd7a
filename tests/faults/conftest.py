"""A stage for each test; servers of their own for tests that stop them."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.faults.stage import Stage
from trial.servers import Kafka, Postgres


@pytest.fixture
async def stage(
    postgres: Postgres, kafka: Kafka, prefix: str, tmp_path: Path
) -> AsyncIterator[Stage]:
    stage = await Stage(postgres, kafka.bootstrap, prefix, tmp_path).set_up()
    yield stage
    await stage.tear_down()


@pytest.fixture(scope="module")
def own_kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kafka]:
    """One that may be stopped and killed."""
    server = Kafka(tmp_path_factory.mktemp("kafka")).start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def own_postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    server = Postgres(tmp_path_factory.mktemp("postgres")).start()
    yield server
    server.stop()


@pytest.fixture
async def apart(
    own_postgres: Postgres, own_kafka: Kafka, prefix: str, tmp_path: Path
) -> AsyncIterator[Stage]:
    """A stage on servers of its own."""
    stage = await Stage(own_postgres, own_kafka.bootstrap, prefix, tmp_path).set_up()
    yield stage
    await stage.tear_down()
