"""One city for all tests of a file that do not mind each other's matters."""

import contextlib
from collections.abc import AsyncIterator

import pytest

from tests.journeys.founded import Founded, city
from tests.journeys.web import Web
from trial.servers import Postgres


@pytest.fixture(scope="module")
async def shared(postgres_of_run: Postgres) -> AsyncIterator[Web]:
    with contextlib.ExitStack() as stack:
        copies = Founded(postgres_of_run)
        stack.callback(copies.drop)
        async with city(copies) as web:
            yield web
