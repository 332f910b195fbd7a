"""A stage for each test; servers of their own for tests that stop them."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.faults.stage import Stage
from tests.servers import TEMPLATE, make_template
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
    server.create_database(TEMPLATE)
    make_template(server.url(TEMPLATE))
    yield server
    server.stop()


@pytest.fixture
async def stage_on_own_kafka(
    postgres: Postgres, own_kafka: Kafka, prefix: str, tmp_path: Path
) -> AsyncIterator[Stage]:
    stage = await Stage(postgres, own_kafka.bootstrap, prefix, tmp_path).set_up()
    yield stage
    await stage.tear_down()


@pytest.fixture
async def stage_on_own_postgres(
    own_postgres: Postgres, kafka: Kafka, prefix: str, tmp_path: Path
) -> AsyncIterator[Stage]:
    stage = await Stage(own_postgres, kafka.bootstrap, prefix, tmp_path).set_up()
    yield stage
    await stage.tear_down()
