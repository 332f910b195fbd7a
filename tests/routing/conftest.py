"""One city for all tests of a file that do not mind each other's matters."""

import contextlib
import uuid
from collections.abc import AsyncIterator

import pytest

from tests import servers
from tests.journeys.web import Web, city
from trial.servers import Postgres


@pytest.fixture(scope="module")
async def shared(postgres_of_run: Postgres) -> AsyncIterator[Web]:
    with contextlib.ExitStack() as stack:

        def database(service: str = "") -> str:
            name = "r" + uuid.uuid4().hex[:10]
            postgres_of_run.create_database(
                name, template=servers.template_of(postgres_of_run, service)
            )
            stack.callback(postgres_of_run.drop_database, name)
            return postgres_of_run.url(name)

        async with city(database) as web:
            yield web
